#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

#include "agent/cli/eval_suites.h"
#include "agent/cli/eval_worlds.h"
#include "evals/harness.h"
#include "evals/metrics.h"
#include "evals/report.h"
#include "tests/support/paths.h"

// How fast the shipped suites are played: everything once as `floorwalker eval` does it, shops opened and report written; then the guided model's own
// cases again and again in open shops, search, tools, gate, verification, journal and grading included.
//   suite_speed_bench [--jobs 2] [--repeat 5] [--json]
namespace {

using namespace floorwalker;
using Steady = std::chrono::steady_clock;

struct Flags {
  int jobs = 2;
  int repeat = 5;
  bool json = false;
};

double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// What a stretch of work took.
struct Took {
  double wall = 0, cpu = 0;
};

class Watch {
 public:
  Took took() const { return {std::chrono::duration<double>(Steady::now() - began_).count(), processor_seconds() - cpu_}; }

 private:
  Steady::time_point began_ = Steady::now();
  double cpu_ = processor_seconds();
};

// Without the cases that open an agent of their own.
std::vector<evals::Suite> guided_only(std::vector<evals::Suite> suites) {
  for (evals::Suite& suite : suites) std::erase_if(suite.cases, [](const evals::Case& one) { return !one.script.empty() || !one.faults.empty(); });
  return suites;
}

evals::RunRecord play(const std::vector<evals::Suite>& suites, const evals::WorldMaker& open, int jobs, int repeat) {
  evals::RunOptions options;
  options.jobs = jobs;
  options.repeat = repeat;
  auto run = evals::run_suites(suites, open, options);
  if (!run) std::cerr << "suite_speed_bench: " << run.error().message << "\n", std::exit(1);
  return std::move(*run);
}

int run(const Flags& flags) {
  const auto suites = cli::load_suites({(test::source_dir() / "evals/suites").string()});
  if (!suites) return std::cerr << "suite_speed_bench: " << suites.error().message << "\n", 1;
  const Watch once;
  std::size_t report = 0, turns_once = 0;
  {
    cli::EvalWorlds worlds({});
    const auto record = play(*suites, [&](const evals::Suite& suite, const evals::Case& one, int) { return worlds.open(suite, one); }, flags.jobs, 1);
    turns_once = evals::measure(record.cases).turns;
    report = evals::json_report(record).size() + evals::html_report(record, std::nullopt).size();
  }
  const Took whole = once.took();
  cli::EvalWorlds worlds({});
  std::map<std::string, std::shared_ptr<evals::World>> opened;
  std::mutex mutex;
  const evals::WorldMaker keep = [&](const evals::Suite& suite, const evals::Case& one, int) -> Result<std::shared_ptr<evals::World>> {
    const std::lock_guard lock(mutex);
    auto& world = opened[evals::shop_of(suite, one) + "|" + evals::playbook_of(suite, one)];
    if (world) return world;
    auto made = worlds.open(suite, one);
    if (made) world = *made;
    return made;
  };
  const auto guided = guided_only(*suites);
  play(guided, keep, flags.jobs, 1);
  auto again = guided;
  for (evals::Suite& suite : again) suite.name += "-again";   // sessions of their own
  const Watch watch;
  const auto record = play(again, keep, flags.jobs, flags.repeat);
  const Took took = watch.took();
  const auto turns = static_cast<double>(evals::measure(record.cases).turns);
  const nlohmann::json line = {{"jobs", flags.jobs},
                               {"whole_run_seconds", whole.wall},
                               {"whole_run_cpu_seconds", whole.cpu},
                               {"whole_run_turns", turns_once},
                               {"report_bytes", report},
                               {"turns", turns},
                               {"turns_per_second", turns / took.wall},
                               {"cpu_ms_per_turn", 1000 * took.cpu / turns},
                               {"turns_per_cpu_second", turns / took.cpu}};
  std::cout << line.dump(flags.json ? -1 : 2) << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Flags flags;
  CLI::App app{"How fast the shipped suites are played"};
  app.add_option("--jobs", flags.jobs)->check(CLI::PositiveNumber);
  app.add_option("--repeat", flags.repeat)->check(CLI::PositiveNumber);
  app.add_flag("--json", flags.json);
  CLI11_PARSE(app, argc, argv);
  return run(flags);
}
