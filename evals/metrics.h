#pragma once

#include <map>
#include <string>
#include <vector>

#include "evals/harness.h"

namespace floorwalker::evals {

// A share with the counts it is made of and its 95 % Wilson interval.
struct Share {
  std::size_t hits = 0;
  std::size_t of = 0;

  double value() const { return of == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(of); }
  double low() const;
  double high() const;
};

// What a run comes to. Each is defined once, in evals/README.md.
struct Metrics {
  Share grounded_accuracy;    // turns with expectations that are right and wholly proven
  Share task_success;         // cases that pass (pass@1 over all repeats)
  Share claim_precision;      // claims that are supported, of those that can be checked
  Share claim_coverage;       // turns that say something checkable and prove at least one claim
  Share refusals_right;       // of the turns that had to be refused: refused
  Share refusals_false;       // of the other turns with expectations: refused (lower is better)
  Share calls_valid;          // tool calls whose arguments were accepted
  Share shown_relevant;       // shown products that meet what the turn expects of each
  Share judge_agreement;      // votes of a judge that say what most votes on that question say
  double questions_per_success = 0;
  double pass_all = 0;        // pass^k: chance that k repeats of a case all pass, k = repeats
  std::int64_t tokens = 0;
  std::int64_t cost_micros = 0;
  std::int64_t wall_p50 = 0, wall_p95 = 0, wall_p99 = 0;   // microseconds a turn
  std::int64_t cpu_p50 = 0, cpu_p99 = 0;
  std::size_t cases = 0, turns = 0;
};

Metrics measure(const std::vector<CaseRecord>& cases);

// The same for each tag.
std::map<std::string, Metrics> measure_by_tag(const std::vector<CaseRecord>& cases);

// A metric by the name that --fail-under takes ("grounded_accuracy"); nothing for an unknown one.
std::optional<double> metric_by_name(const Metrics& metrics, const std::string& name);
std::vector<std::string> metric_names();

// The metrics that got worse than the baseline by more than chance allows: two-sided test on two shares at 5 %.
struct Regression {
  std::string metric;
  double before = 0, now = 0, p = 1;
};
std::vector<Regression> regressions(const std::map<std::string, Share>& before, const std::map<std::string, Share>& now);
std::map<std::string, Share> shares_of(const Metrics& metrics);

}  // namespace floorwalker::evals
