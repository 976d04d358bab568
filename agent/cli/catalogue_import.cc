#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "adapters/embedded/importer.h"
#include "agent/cli/catalogue_commands.h"
#include "agent/cli/terminal.h"
#include "agent/core/text.h"
#include "agent/resources/resources.h"
#include "tools/search/index.h"

namespace floorwalker::cli {
namespace {

using nlohmann::json;

constexpr std::string_view kMaps = "adapters/embedded/maps/";
constexpr std::string_view kYaml = ".yaml";

struct ImportOptions {
  std::vector<std::string> files;
  std::string map;
  std::string shop;
  std::string currency;
  bool replace = false;
  bool json = false;
};

std::vector<std::string> shipped_maps() {
  std::vector<std::string> names;
  for (const auto& resource : resources::under(kMaps)) {
    std::string_view name = resource.path.substr(kMaps.size());
    if (name.size() <= kYaml.size() || name.substr(name.size() - kYaml.size()) != kYaml) continue;
    names.emplace_back(name.substr(0, name.size() - kYaml.size()));
  }
  return names;
}

std::string in_words(const embedded::ImportProgress& progress) {
  std::string text = fmt::format("importing {}: {} records", progress.file, progress.records);
  if (progress.total > 0) text += fmt::format(", {} %", 100 * progress.bytes / progress.total);
  return text;
}

json as_json(const embedded::ImportReport& report, double seconds) {
  json problems = json::array();
  for (const auto& problem : report.problems) {
    problems.push_back({{"file", problem.file}, {"line", problem.line}, {"field", problem.field}, {"message", problem.message}});
  }
  return {{"ok", report.problems.empty()}, {"records", report.records}, {"added", report.added},     {"updated", report.updated},
          {"unchanged", report.unchanged}, {"removed", report.removed}, {"variants", report.variants}, {"others", report.others},
          {"skipped", report.skipped},     {"notes", report.notes},     {"problems", std::move(problems)}, {"seconds", seconds}};
}

void print(const embedded::ImportReport& report, const ImportOptions& options, double seconds) {
  if (options.json) {
    std::cout << as_json(report, seconds).dump(-1, ' ', false, json::error_handler_t::replace) << "\n";
    return;
  }
  for (const auto& problem : report.problems) std::cerr << embedded::format(problem) << "\n";
  for (const std::string& note : report.notes) std::cerr << "note: " << note << "\n";
  if (!report.problems.empty()) {
    const std::string more = report.problems.size() >= embedded::ImportRequest().most_problems ? " (there may be more)" : "";
    std::cerr << report.problems.size() << " problems" << more << "; nothing was changed in " << options.shop << "\n";
    return;
  }
  std::cout << fmt::format("{}: {} products added, {} updated, {} unchanged, {} removed", options.shop, report.added, report.updated,
                           report.unchanged, report.removed);
  if (report.others) std::cout << fmt::format("; {} policies, discounts, orders and the like", report.others);
  if (report.skipped) std::cout << fmt::format("; {} records left out by the map", report.skipped);
  std::cout << fmt::format(" ({:.1f} s)\n", seconds);
}

// Builds the index now, so that the first conversation does not wait for it. The shop is complete without: a failure is a note.
void build_index_of(embedded::Shop& shop, ProgressLine& line) {
  const std::filesystem::path file = shop.file().string() + ".index";  // where Composition looks for it
  const auto index = search::load_or_build_index(shop.catalogue(), file, [&](std::size_t products) {
    line.tell(fmt::format("indexing: {} products", products));
  });
  line.clear();
  if (!index) std::cerr << "note: the search index could not be built and will be at first use: " << index.error().message << "\n";
}

Result<embedded::ImportReport> import_into(embedded::Shop& shop, const ImportOptions& options, ProgressLine& line) {
  embedded::ImportRequest request;
  auto map = find_map(options.map);
  if (!map) return fail(std::move(map.error()));
  request.map = std::move(*map);
  for (const std::string& file : options.files) request.sources.push_back({file, {}});
  request.currency = options.currency;
  request.replace = options.replace;
  request.progress = [&](const embedded::ImportProgress& progress) { line.tell(in_words(progress)); };
  auto report = embedded::import_files(shop, request);
  line.clear();
  return report;
}

// A shop that the import would have made is not left behind empty.
void remove_new_shop(const std::filesystem::path& file) {
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + suffix, ignored);
}

int run_import(const ImportOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  std::error_code ignored;
  const bool existed = std::filesystem::exists(options.shop, ignored);
  if (auto map = find_map(options.map); !map) return complain(map.error());
  auto shop = embedded::Shop::create(options.shop);
  if (!shop) return complain(shop.error());
  ProgressLine line;
  const auto report = import_into(**shop, options, line);
  const bool done = report && report->problems.empty();
  if (done) build_index_of(**shop, line);
  if (!done && !existed) {
    shop->reset();
    remove_new_shop(options.shop);
  }
  if (!report) return complain(report.error());
  print(*report, options, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  return done ? 0 : 1;
}

}  // namespace

Result<embedded::ImportMap> find_map(const std::string& name) {
  if (const auto shipped = resources::find(std::string(kMaps) + name + std::string(kYaml))) {
    return embedded::load_map(*shipped, name + std::string(kYaml));
  }
  std::ifstream file(name, std::ios::binary);
  std::stringstream bytes;
  if (file && bytes << file.rdbuf()) return embedded::load_map(bytes.str(), name);
  const std::string near = text::nearest(name, shipped_maps());
  return fail(ErrorKind::kNotFound, "there is no map \"" + name + "\"" + (near.empty() ? "" : " (did you mean \"" + near + "\"?)") +
                                        "; give the path of a map file or one of " + text::join_and(shipped_maps(), "or"));
}

void add_catalogue_import(CLI::App& catalogue, Exit& exit) {
  auto options = std::make_shared<ImportOptions>();
  CLI::App* command = catalogue.add_subcommand("import", "Bring product files into a shop: all of them, or with any problem nothing");
  command->add_option("files", options->files, "JSON lines, CSV or TSV files, gzip or not")->required()->type_name("FILE");
  command->add_option("--map", options->map, "which field is what: a map file, or a shipped map: " + text::join_and(shipped_maps()))
      ->required()->type_name("MAP");
  command->add_option("--shop", options->shop, "the shop's file; made where there is none")->required()->type_name("DB");
  command->add_option("--currency", options->currency, "the currency of the prices, where the map names none or another")->type_name("ISO");
  command->add_flag("--replace", options->replace, "remove products that the files do not have");
  command->add_flag("--json", options->json, "print the report as one line of JSON");
  command->footer(
      "Examples:\n"
      "  floorwalker catalogue import products.jsonl.gz --map icecat --shop icecat.db\n"
      "  floorwalker catalogue import products_export.csv --map shopify-csv --currency EUR --shop shop.db\n"
      "  floorwalker catalogue import feed.tsv --map my-map.yaml --shop shop.db --replace\n\n"
      "Importing the same files again changes nothing; changed products are updated. Start a map of your own from a shipped one\n"
      "(adapters/embedded/maps in the source); mistakes in it are told with file, line and column.");
  command->callback([options, &exit] { exit.status = run_import(*options); });
}

}  // namespace floorwalker::cli
