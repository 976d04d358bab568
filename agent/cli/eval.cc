#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <sstream>

#include "adapters/embedded/importer.h"
#include "agent/cli/command.h"
#include "agent/cli/composition.h"
#include "agent/cli/interrupt.h"
#include "agent/models/scripted.h"
#include "agent/resources/resources.h"
#include "evals/faulty_tools.h"
#include "evals/report.h"

namespace floorwalker::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFooter = R"(
Examples:
  floorwalker eval evals/suites                         every suite of a folder
  floorwalker eval cart.yaml --html report.html         a page with the conversations and their proofs
  floorwalker eval evals/suites --fail-under grounded_accuracy=0.99 --baseline last.json --out report.json --junit junit.xml
Exit status 1: a case failed, a metric is below its --fail-under, or the baseline shows a regression. evals/README.md says what the
metrics mean and how to write a suite.
)";

struct EvalOptions {
  std::vector<std::string> suites;
  std::vector<std::string> fail_under;
  std::string junit, html, out, baseline;
  evals::RunOptions run;
  bool json = false;
};

Result<std::string> file_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(ErrorKind::kIo, file.string() + " cannot be read.");
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

Result<void> write_file(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  if (!out.flush()) return fail(ErrorKind::kIo, file.string() + " cannot be written.");
  return {};
}

// ---- worlds

// What the worlds of a run share: a folder with the shops of the suites, each imported once.
class Shops {
 public:
  Shops() {
    std::string name = (fs::temp_directory_path() / "floorwalker-eval-XXXXXX").string();
    if (mkdtemp(name.data())) folder_ = name;
  }
  ~Shops() {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
  }
  Shops(const Shops&) = delete;
  Shops& operator=(const Shops&) = delete;

  const fs::path& folder() const { return folder_; }
  fs::path fresh(const std::string& name) {
    const std::lock_guard lock(mutex_);
    return folder_ / (name + "-" + std::to_string(++made_));
  }

  // The database of a suite's shop: "" for the demo shop.
  Result<std::string> database(const evals::Suite& suite, const std::string& shop) {
    if (shop == "demo") return std::string();
    const std::lock_guard lock(mutex_);
    const fs::path source = fs::path(suite.file).parent_path() / shop;
    const fs::path database = folder_ / (source.stem().string() + ".db");
    if (source.extension() == ".db") return source.string();
    if (imported_.count(database.string())) return database.string();
    if (auto done = import(source, database); !done) return fail(done.error());
    imported_.insert(database.string());
    return database.string();
  }

 private:
  static Result<void> import(const fs::path& source, const fs::path& database) {
    auto shop = embedded::Shop::create(database);
    if (!shop) return fail(shop.error());
    embedded::ImportRequest request;
    request.sources = {{source, {}}};
    request.map.name = "floorwalker";
    request.map.format = embedded::RowFormat::kNative;
    auto report = embedded::import_files(**shop, request);
    if (!report) return fail(report.error());
    if (report->problems.empty()) return {};
    return fail(ErrorKind::kInvalidArgument, embedded::format(report->problems.front()));
  }

  fs::path folder_;
  std::mutex mutex_;  // guards what follows
  int made_ = 0;
  std::set<std::string> imported_;
};

class ComposedWorld final : public evals::World {
 public:
  static Result<std::shared_ptr<evals::World>> open(Settings settings, const std::vector<evals::Fault>& faults) {
    auto world = std::make_shared<ComposedWorld>();
    auto composition = Composition::create(std::move(settings));
    if (!composition) return fail(composition.error());
    world->composition_ = std::move(*composition);
    if (!faults.empty()) {
      world->composition_->wrap_tools([&world, &faults](ToolBox& tools) {
        auto faulty = std::make_shared<evals::FaultyTools>(tools, faults);
        world->faulty_ = faulty;
        return faulty;
      });
    }
    auto ports = world->composition_->shop();
    if (!ports) return fail(ports.error());
    world->ports_.emplace(*ports);
    auto runner = world->composition_->runner();
    if (!runner) return fail(runner.error());
    world->runner_ = &runner->get();
    return std::shared_ptr<evals::World>(std::move(world));
  }

  runner::Runner& runner() override { return *runner_; }
  ports::Catalogue& catalogue() override { return ports_->catalogue; }
  ports::Carts& carts() override { return ports_->carts; }

  std::string leftovers() override {
    std::string out = faulty_ ? faulty_->unmet() : "";
    const auto chain = composition_->models();
    if (!chain) return chain.error().message;
    for (const Model* model : *chain) {
      const auto* scripted = dynamic_cast<const models::ScriptedModel*>(model);
      if (!scripted) continue;
      for (const std::string& complaint : scripted->complaints()) out += (out.empty() ? "" : "; ") + complaint;
    }
    return out;
  }

 private:
  std::unique_ptr<Composition> composition_;
  std::optional<Composition::Ports> ports_;
  std::shared_ptr<evals::FaultyTools> faulty_;
  runner::Runner* runner_ = nullptr;
};

// Opens the world of a case: its own state folder, its shop, and the playbook and model that it asks for.
Result<std::shared_ptr<evals::World>> open_world(const Settings& common, Shops& shops, const evals::Suite& suite, const evals::Case& one) {
  Settings settings = common;
  auto shop = shops.database(suite, evals::shop_of(suite, one));
  if (!shop) return fail(shop.error());
  settings.shop = *shop;
  const std::string& playbook = evals::playbook_of(suite, one);
  if (!playbook.empty() && playbook != "own") {
    const fs::path beside = fs::path(suite.file).parent_path() / playbook;
    settings.playbook = fs::exists(beside) ? beside.string() : playbook;
  }
  settings.state = shops.fresh(suite.name).string();
  settings.fleeting = true;
  if (!one.script.empty()) {
    const fs::path script = shops.fresh("script").string() + ".yaml";
    if (auto written = write_file(script, one.script); !written) return fail(written.error());
    settings.model = "scripted:" + script.string();
  }
  return ComposedWorld::open(std::move(settings), one.faults);
}

// ---- the command

// The suite files that the arguments name; of a folder all of them, by name.
Result<std::vector<fs::path>> suite_files(const std::vector<std::string>& named) {
  std::vector<fs::path> files;
  for (const std::string& one : named) {
    if (!fs::is_directory(one)) {
      files.emplace_back(one);
      continue;
    }
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(one)) {
      if (entry.path().extension() == ".yaml") found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    if (found.empty()) return fail(ErrorKind::kInvalidArgument, "There are no suites (*.yaml) in " + one + ".");
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

Result<std::vector<evals::Suite>> load_suites(const std::vector<std::string>& named) {
  auto files = suite_files(named);
  if (!files) return fail(files.error());
  std::vector<evals::Suite> suites;
  std::string mistakes;
  for (const fs::path& file : *files) {
    auto text = file_text(file);
    if (!text) return fail(text.error());
    evals::LoadedSuite loaded = evals::load_suite(*text, file.string());
    for (const Finding& finding : loaded.findings) {
      mistakes += "\n  " + finding.at.file + ":" + std::to_string(finding.at.line) + ":" + std::to_string(finding.at.column) + ": " + finding.message +
                  (finding.suggestion.empty() ? "" : " (" + finding.suggestion + ")");
    }
    suites.push_back(std::move(loaded.suite));
  }
  if (!mistakes.empty()) return fail(ErrorKind::kInvalidArgument, "The suites have mistakes:" + mistakes);
  return suites;
}

// "grounded_accuracy=0.99" held against the run. True if it is met.
Result<bool> meets(const std::string& rule, const evals::Metrics& metrics) {
  const std::size_t equals = rule.find('=');
  const std::string name = rule.substr(0, equals);
  const auto value = evals::metric_by_name(metrics, name);
  char* end = nullptr;
  const double floor = equals == std::string::npos ? 0 : std::strtod(rule.c_str() + equals + 1, &end);
  if (!value || equals == std::string::npos || *end != 0) {
    std::string names;
    for (const std::string& known : evals::metric_names()) names += " " + known;
    return fail(ErrorKind::kInvalidArgument, "--fail-under " + rule + ": write METRIC=VALUE with one of:" + names);
  }
  if (*value >= floor) return true;
  std::cerr << "floorwalker: " << name << " is " << *value << ", below " << floor << "\n";
  return false;
}

Result<bool> no_regression(const std::string& baseline, const evals::Metrics& metrics) {
  const auto before = evals::shares_of_report(baseline);
  if (!before) return fail(before.error());
  const auto worse = evals::regressions(*before, evals::shares_of(metrics));
  for (const evals::Regression& regression : worse) {
    std::cerr << "floorwalker: " << regression.metric << " fell from " << regression.before << " to " << regression.now << " (p = " << regression.p << ")\n";
  }
  return worse.empty();
}

Result<void> write_reports(const EvalOptions& options, const evals::RunRecord& run, const std::optional<std::string>& baseline) {
  if (!options.junit.empty()) {
    if (auto done = write_file(options.junit, evals::junit_report(run)); !done) return done;
  }
  if (!options.html.empty()) {
    const auto before = baseline ? std::optional<std::string_view>(*baseline) : std::nullopt;
    if (auto done = write_file(options.html, evals::html_report(run, before)); !done) return done;
  }
  if (!options.out.empty()) {
    if (auto done = write_file(options.out, evals::json_report(run)); !done) return done;
  }
  return {};
}

// Runs the suites; true if everything that was asked of them holds.
Result<bool> evaluate(const Settings& settings, EvalOptions options) {
  const auto suites = load_suites(options.suites);
  if (!suites) return fail(suites.error());
  std::optional<std::string> baseline;
  if (!options.baseline.empty()) {
    auto text = file_text(options.baseline);
    if (!text) return fail(text.error());
    baseline = std::move(*text);
  }
  Shops shops;
  const Interrupts interrupts;
  const TurnInterrupt interrupt;
  options.run.stop = interrupt.token();
  const bool terminal = isatty(STDERR_FILENO) != 0;
  options.run.progress = [terminal](std::size_t done, std::size_t all) {
    if (terminal) std::cerr << "\r\x1b[K" << done << " of " << all << " cases" << (done == all ? "\r\x1b[K" : "") << std::flush;
  };
  auto run = evals::run_suites(*suites, [&](const evals::Suite& suite, const evals::Case& one) { return open_world(settings, shops, suite, one); }, options.run);
  if (!run) return fail(run.error());
  run->build = "floorwalker 0.1.0, " + (settings.model.empty() ? std::string("guided") : settings.model);
  if (auto written = write_reports(options, *run, baseline); !written) return fail(written.error());
  const bool colour = isatty(STDOUT_FILENO) != 0;
  std::cout << (options.json ? evals::json_report(*run) : evals::terminal_report(*run, colour ? evals::Colour::kAlways : evals::Colour::kNever));
  const evals::Metrics metrics = evals::measure(run->cases);
  bool holds = !run->stopped && std::none_of(run->cases.begin(), run->cases.end(), [](const evals::CaseRecord& record) { return record.failed(); });
  for (const std::string& rule : options.fail_under) {
    const auto met = meets(rule, metrics);
    if (!met) return met;
    holds = holds && *met;
  }
  if (baseline) {
    const auto same = no_regression(*baseline, metrics);
    if (!same) return same;
    holds = holds && *same;
  }
  return holds;
}

}  // namespace

void add_eval(CLI::App& app, Exit& exit) {
  auto* command = app.add_subcommand("eval", "play evaluation suites and grade them from state");
  auto settings = std::make_shared<Settings>();
  auto options = std::make_shared<EvalOptions>();
  add_settings(*command, *settings);
  command->add_option("suites", options->suites, "suite files, or folders of them")->required()->type_name("SUITE");
  command->add_option("--repeat", options->run.repeat, "play each case so many times")->check(CLI::Range(1, 1000));
  command->add_option("--jobs", options->run.jobs, "cases side by side (default 2)")->check(CLI::Range(1, 256));
  command->add_option("--seed", options->run.seed, "of everything that varies (default 1)");
  command->add_option("--budget", options->run.max_cost_micros, "stop when the models have cost so many millionths");
  command->add_option("--junit", options->junit, "write JUnit XML")->type_name("FILE");
  command->add_option("--html", options->html, "write one self-contained page")->type_name("FILE");
  command->add_option("--out", options->out, "write the whole record as JSON")->type_name("FILE");
  command->add_option("--fail-under", options->fail_under, "METRIC=VALUE, several times if wanted")->type_name("M=V");
  command->add_option("--baseline", options->baseline, "an earlier --out: a significant regression fails the run")->type_name("FILE");
  command->add_flag("--json", options->json, "print the whole record as JSON");
  command->footer(kFooter);
  command->callback([settings, options, &exit] {
    const auto held = evaluate(*settings, *options);
    if (!held) {
      exit.status = complain(held.error());
    } else {
      exit.status = *held ? 0 : 1;
    }
  });
}

}  // namespace floorwalker::cli
