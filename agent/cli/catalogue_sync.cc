#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "agent/cli/catalogue_commands.h"
#include "agent/cli/composition.h"

// `floorwalker catalogue sync`: the copy of a remote shop's catalogue that searches work on.
namespace floorwalker::cli {
namespace {

constexpr const char* kFooter = R"(
Copies what the shop sells, page by page, for searching and comparing; prices and stock are always read from the shop itself. A sync that was
cut off goes on where it stopped. A shop that can tell is asked only for what changed, and once a day for everything, to see what is gone. Run it
as often as products come and go.

Example:
  floorwalker catalogue sync --shop my-shop.yaml
)";

std::string counted(std::size_t count, const char* what) { return std::to_string(count) + " " + what; }

void print(const http::SyncReport& report, bool json) {
  if (json) {
    const nlohmann::json line = {{"products", report.products}, {"only_changes", report.only_changes}, {"changed", report.changed}, {"removed", report.removed},
                                 {"resumed", report.resumed}, {"problems", report.problems}};
    std::cout << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
    return;
  }
  std::cout << counted(report.products, report.only_changes ? "products looked at, " : "products, ") << counted(report.changed, "new or changed, ") << counted(report.removed, "gone")
            << (report.resumed ? " (went on where the last sync stopped)" : "") << "\n";
  for (const std::string& problem : report.problems) std::cerr << "floorwalker: left out: " << problem << "\n";
}

int sync(const Settings& settings, bool all) {
  const bool terminal = !settings.json;
  http::SyncOptions options;
  options.all = all;
  auto composition = Composition::create(settings);
  if (!composition) return complain(composition.error());
  const auto report = (*composition)->sync([&](const http::SyncProgress& now) {
    if (terminal) std::cerr << "\r" << now.products << (now.total && *now.total >= static_cast<std::int64_t>(now.products) ? " of " + std::to_string(*now.total) : "") << " products " << std::flush;
  }, options);
  if (terminal) std::cerr << "\r";
  if (!report) return complain(report.error());
  print(*report, settings.json);
  return 0;
}

}  // namespace

void add_catalogue_sync(CLI::App& catalogue, Exit& exit) {
  CLI::App* command = catalogue.add_subcommand("sync", "Copy a remote shop's catalogue for searching");
  const auto settings = std::make_shared<Settings>();
  command->footer(kFooter);
  add_settings(*command, *settings);
  command->add_flag("--json", settings->json, "one object");
  const auto all = std::make_shared<bool>(false);
  command->add_flag("--all", *all, "look at every product, though the shop could tell what changed");
  command->callback([settings, all, &exit] { exit.status = sync(*settings, *all); });
}

}  // namespace floorwalker::cli
