#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>

#include "adapters/embedded/rows.h"
#include "agent/cli/command.h"
#include "agent/cli/eval_judge.h"
#include "agent/cli/eval_suites.h"
#include "agent/cli/eval_worlds.h"
#include "agent/cli/interrupt.h"
#include "agent/cli/model_settings.h"
#include "agent/cli/terminal.h"
#include "agent/core/digest.h"
#include "agent/resources/resources.h"
#include "evals/importers.h"
#include "evals/kept_results.h"
#include "evals/report.h"

namespace floorwalker::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFooter = R"(
Examples:
  floorwalker eval evals/suites                         every suite of a folder
  floorwalker eval cart.yaml --html report.html         a page with the conversations and their proofs
  floorwalker eval evals/suites --model models.yaml --resume results.jsonl   stopped half-way? The same command once more plays what is missing
  floorwalker eval live.yaml --record-shop shop.jsonl   a suite on a shop behind an adapter; later, without the shop: --shop recorded:shop.jsonl
  floorwalker eval evals/suites --fail-under grounded_accuracy=0.99 --baseline last.json --out report.json --junit junit.xml
Exit status 1: a case failed, a metric is worse than its --fail-under (a floor; a ceiling where less is better), or the baseline shows a
regression; 2: what was given is wrong: a suite has mistakes, there is no such metric, the baseline is of other suites. evals/README.md says what the metrics mean and how to write a suite.
)";

struct EvalOptions {
  std::vector<std::string> suites;
  std::vector<std::string> fail_under;   // each can be parsed
  std::string junit, html, out, baseline;
  std::string resume;         // --resume: what plays came to, and will come to
  std::string record_model;   // --record-model: a cassette of what the models were asked and answered
  std::string record_shop;    // --record-shop: a recording of what shops behind adapters were asked and answered
  evals::ImportOptions import;
  evals::RunOptions run;
  JudgeOptions judge;
  bool json = false;
};

Result<void> write_file(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  if (!out.flush()) return fail(ErrorKind::kIo, file.string() + " cannot be written.");
  return {};
}

// A report of an earlier run, to compare with.
struct Baseline {
  std::string text;
  std::vector<evals::CaseShares> cases;
};

// Fails with kConflict for one that has no case in common with the suites.
Result<std::optional<Baseline>> read_baseline(const std::string& file, const std::vector<evals::Suite>& suites) {
  if (file.empty()) return std::optional<Baseline>();
  auto text = file_text(file);
  if (!text) return fail(text.error());
  auto cases = evals::cases_of_report(*text);
  if (!cases) return fail(ErrorKind::kConflict, file + ": " + cases.error().message + ".");
  const bool common = std::any_of(cases->begin(), cases->end(), [&](const evals::CaseShares& old) {
    return std::any_of(suites.begin(), suites.end(), [&](const evals::Suite& suite) {
      return suite.name == old.suite && std::any_of(suite.cases.begin(), suite.cases.end(), [&](const evals::Case& one) { return one.id == old.id; });
    });
  });
  if (!common) return fail(ErrorKind::kConflict, file + " is of other suites: it has none of the cases of this run, so there is nothing to compare.");
  return std::optional<Baseline>(Baseline{std::move(*text), std::move(*cases)});
}

bool no_regression(const Baseline& baseline, const evals::RunRecord& run) {
  const evals::Comparison comparison = evals::compare_runs(baseline.cases, evals::shares_by_case(run.cases));
  for (const auto& worse : comparison.regressions) {
    std::cerr << "floorwalker: " << worse.metric << " got worse in " << worse.worse << " cases and better in " << worse.better << " (p = " << worse.p << ")\n";
  }
  if (comparison.only_before + comparison.only_now > 0) {
    std::cerr << "floorwalker: compared by the " << comparison.paired << " cases that both runs have; " << comparison.only_before << " only the baseline has, " << comparison.only_now
              << " only this run\n";
  }
  return comparison.regressions.empty();
}

// Whether the run comes up to all that was asked of it; what it does not is told.
bool holds(const EvalOptions& options, const evals::RunRecord& run, const std::optional<Baseline>& baseline) {
  bool all = !run.stopped && std::none_of(run.cases.begin(), run.cases.end(), [](const evals::CaseRecord& record) { return record.failed(); });
  const evals::Metrics metrics = evals::measure(run);
  for (const std::string& rule : options.fail_under) {
    const auto bound = evals::parse_bound(rule);
    const std::string complaint = bound ? evals::complaint(*bound, metrics) : bound.error().message;
    if (!complaint.empty()) std::cerr << "floorwalker: " << complaint << "\n";
    all = all && complaint.empty();
  }
  if (baseline) all = no_regression(*baseline, run) && all;
  return all;
}

std::string model_named(const Settings& settings) { return settings.model.empty() ? "guided" : settings.model; }

// Version, model, and a digest of the prompts and playbooks in use: what tells two builds apart.
std::string build_of(const Settings& settings, const evals::RunRecord& run) {
  std::string content;
  for (const resources::Resource& prompt : resources::under("prompts/")) content += std::string(prompt.path) + " " + sha256(prompt.bytes) + "\n";
  for (const std::string& playbook : run.contents) content += playbook + "\n";
  return "floorwalker 0.1.0, " + model_named(settings) + ", prompts and playbooks " + sha256(content).substr(0, 12);
}

Result<void> write_reports(const EvalOptions& options, const evals::RunRecord& run, const std::optional<Baseline>& baseline) {
  if (!options.junit.empty()) {
    if (auto done = write_file(options.junit, evals::junit_report(run)); !done) return done;
  }
  if (!options.html.empty()) {
    const auto before = baseline ? std::optional<std::string_view>(baseline->text) : std::nullopt;
    if (auto done = write_file(options.html, evals::html_report(run, before)); !done) return done;
  }
  if (!options.out.empty()) {
    if (auto done = write_file(options.out, evals::json_report(run)); !done) return done;
  }
  return {};
}

// A whole file, gzip or not.
Result<std::string> unpacked(const std::string& file) {
  auto bytes = embedded::open_file(file);
  if (!bytes) return fail(bytes.error());
  std::string text;
  std::vector<char> block(64 * 1024);
  for (auto read = (*bytes)->read(block.data(), block.size()); !read || *read > 0; read = (*bytes)->read(block.data(), block.size())) {
    if (!read) return fail(read.error());
    text.append(block.data(), *read);
  }
  return text;
}

// Prints the suite that files of another format make.
Result<void> import(const EvalOptions& options) {
  std::vector<evals::ImportSource> sources;
  for (const std::string& file : options.suites) {
    auto text = unpacked(file);
    if (!text) return fail(text.error());
    sources.push_back({file, std::move(*text)});
  }
  const auto suite = evals::import_suite(sources, options.import);
  if (!suite) return fail(suite.error());
  std::cout << *suite;
  return {};
}

// Sets up whether shops behind adapters are recorded or played. The recording that is to be saved after the run, or null.
Result<std::shared_ptr<http::ShopRecording>> set_shops(const std::string& shop, const std::string& record, const std::vector<evals::Suite>& suites, EvalWorlds& worlds) {
  constexpr std::string_view kRecorded = "recorded:";
  const bool played = shop.starts_with(kRecorded);
  if (!played && record.empty()) return std::shared_ptr<http::ShopRecording>();
  if (played && !record.empty()) return fail(ErrorKind::kInvalidArgument, "--record-shop asks the shops themselves: it does not go with --shop recorded:FILE.");
  const bool remote = std::any_of(suites.begin(), suites.end(), [](const evals::Suite& suite) {
    return std::any_of(suite.cases.begin(), suite.cases.end(), [&](const evals::Case& one) { return evals::has_remote_shop(suite, one); });
  });
  if (!remote) return fail(ErrorKind::kInvalidArgument, "No case has a shop behind an adapter (shop: FILE.yaml): there is nothing to record or to play.");
  auto recording = played ? http::ShopRecording::load(shop.substr(kRecorded.size())) : http::ShopRecording::open(record);
  if (!recording) return fail(recording.error());
  worlds.use(played ? ShopTraffic::kPlayed : ShopTraffic::kRecorded, *recording);
  return played ? nullptr : std::move(*recording);
}

// What all plays of a run have in common: where one of these changed, what an earlier run came to says nothing.
std::string made_with(const Settings& settings, const JudgeOptions& judge) {
  const auto file_in = [](const std::string& name) { return name.substr(name.find(':') + 1); };   // "recorded:FILE"
  const bool judged = !judge.model.empty() || !judge.verdicts.empty();
  std::string all = model_named(settings) + (judged ? " judged " : " ") + std::to_string(judge.repeat) + " " + settings.environment + "\n";
  for (const std::string& name : {std::string("/proc/self/exe"), file_in(settings.model), file_in(settings.shop), settings.compatibility, settings.config, judge.model}) {
    const auto text = fs::is_regular_file(name) ? file_text(name) : Result<std::string>("");
    all += name + " " + (text ? sha256(*text) : "") + "\n";
  }
  return all;
}

Result<std::shared_ptr<evals::KeptResults>> open_results(const EvalOptions& options, const Settings& settings) {
  if (options.resume.empty()) return std::shared_ptr<evals::KeptResults>();
  return evals::KeptResults::open(options.resume, made_with(settings, options.judge));
}

// What CI tells apart: a run that came up to everything, one that did not, and one that says nothing about the agent because what it was given is wrong.
enum Status { kHolds = 0, kFails = 1, kWrong = 2 };

int unplayable(const Error& error) {
  complain(error);
  return kWrong;
}

bool has_mistakes(const evals::RunRecord& run) {
  return std::any_of(run.cases.begin(), run.cases.end(), [](const evals::CaseRecord& record) { return record.mistaken; });
}

// Runs the suites; the exit status.
int evaluate(const Settings& settings, EvalOptions options) {
  const auto suites = load_suites(options.suites);
  if (!suites) return unplayable(suites.error());
  const auto baseline = read_baseline(options.baseline, *suites);
  if (!baseline) return unplayable(baseline.error());
  Composition::Wraps wraps;
  if (!options.record_model.empty()) {
    auto cassette = open_cassette(options.record_model, settings);
    if (!cassette) return unplayable(cassette.error());
    options.run.saved_micros = [kept = *cassette] { return kept->saved_micros(); };
    wraps.cassette = std::move(*cassette);
  }
  if (settings.model.starts_with("recorded:")) options.run.max_cost_micros = 0;   // nobody is paid
  const auto kept = open_results(options, settings);
  if (!kept) return unplayable(kept.error());
  options.run.kept = kept->get();
  const auto judge = EvalJudge::open(options.judge);
  if (!judge) return unplayable(judge.error());
  if (*judge) options.run.judge = &(*judge)->judge();
  EvalWorlds worlds(settings, std::move(wraps));
  const auto recording = set_shops(settings.shop, options.record_shop, *suites, worlds);
  if (!recording) return unplayable(recording.error());
  const Interrupts interrupts;
  const TurnInterrupt interrupt;
  options.run.stop = interrupt.token();
  ProgressLine line;
  options.run.progress = [&line, began = std::chrono::steady_clock::now()](const evals::Progress& now) {
    line.tell(progress_bar(now.done, now.all, now.failed, std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - began)));
  };
  auto run = evals::run_suites(*suites, [&](const evals::Suite& suite, const evals::Case& one, int repeat) { return worlds.open(suite, one, repeat); }, options.run);
  line.clear();
  if (!run) return complain(run.error());
  if (interrupt.token().stop_requested() && *recording) std::cerr << "floorwalker: interrupted, so the recording of the shop stays as it was\n";
  else if (*recording) {
    if (auto saved = (*recording)->save(); !saved) return complain(saved.error());
  }
  if (run->taken > 0) std::cerr << "floorwalker: " << run->taken << " of " << run->cases.size() << " results are from " << options.resume << "\n";
  run->build = build_of(settings, *run);
  if (auto written = write_reports(options, *run, *baseline); !written) return complain(written.error());
  const bool colour = isatty(STDOUT_FILENO) != 0;
  std::cout << (options.json ? evals::json_report(*run) : evals::terminal_report(*run, colour ? evals::Colour::kAlways : evals::Colour::kNever));
  const bool all = holds(options, *run, *baseline);
  return has_mistakes(*run) ? kWrong : all ? kHolds : kFails;
}

// For the command line: nothing is played for a rule that no run can be held against.
std::string no_bound(const std::string& rule) {
  const auto bound = evals::parse_bound(rule);
  return bound ? "" : bound.error().message;
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
  command->add_option("--fail-under", options->fail_under, "METRIC=VALUE, several times if wanted: a floor, or a ceiling where less is better")->check(no_bound)->type_name("M=V");
  command->add_option("--baseline", options->baseline, "an earlier --out: a significant regression, case by case, fails the run")->type_name("FILE");
  command->add_option("--import", options->import.format, "print the suite that files of another format make")->check(CLI::IsMember(evals::import_formats()))->type_name("FORMAT");
  command->add_option("--limit", options->import.limit, "with --import: cases at most");
  command->add_option("--resume", options->resume, "keep what each case came to, and play only what the file does not have")->type_name("FILE");
  command->add_option("--record-model", options->record_model, "keep what a model server was asked and answered, for --model recorded:FILE")->type_name("FILE");
  command->add_option("--record-shop", options->record_shop, "keep what shops behind adapters were asked and answered, for --shop recorded:FILE")
      ->type_name("FILE")
      ->excludes("--resume");
  command->add_option("--judge", options->judge.model, "a model server that answers what suites ask a judge: URL#NAME or a file of servers")->type_name("MODEL");
  command->add_option("--verdicts", options->judge.verdicts, "keep the judge's votes; without --judge, only those are known")->type_name("FILE");
  command->add_option("--judge-repeat", options->judge.repeat, "votes on each question (default 3)")->check(CLI::Range(1, 99));
  command->add_flag("--json", options->json, "print the whole record as JSON");
  command->footer(kFooter);
  command->callback([settings, options, &exit] {
    options->import.shop = settings->shop.empty() ? "demo" : settings->shop;
    options->import.playbook = settings->playbook;
    if (options->import.format.empty()) {
      exit.status = evaluate(*settings, *options);
    } else if (const auto printed = import(*options); !printed) {
      exit.status = complain(printed.error());
    }
  });
}

}  // namespace floorwalker::cli
