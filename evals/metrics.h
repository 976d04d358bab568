#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/result.h"
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

// What a run comes to. Each is defined once, in evals/README.md, under the name that reports and --fail-under use.
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

// Of a run, which counts what it was stopped before against its accuracy.
Metrics measure(const RunRecord& run);

// The same for each tag.
std::map<std::string, Metrics> measure_by_tag(const std::vector<CaseRecord>& cases);

// The metrics that are shares, by name.
std::map<std::string, Share> shares_of(const Metrics& metrics);

enum class Better { kMore, kLess };
Better which_is_better(const std::string& metric);

// What a metric must come to: a floor, or a ceiling where less is better.
struct MetricBound {
  std::string metric;
  double value = 0;
};

// "grounded_accuracy=0.99". Fails for a metric that there is none of, and names the nearest one.
Result<MetricBound> parse_bound(const std::string& rule);

// Why the bound does not hold, "" if it does. It does not hold for a share of nothing.
std::string complaint(const MetricBound& bound, const Metrics& metrics);

// What a play of a case came to, metric by metric: what two runs are compared by.
struct CaseShares {
  std::string suite, id;
  int repeat = 0;
  std::map<std::string, Share> shares;   // only those with something to count
};

std::vector<CaseShares> shares_by_case(const std::vector<CaseRecord>& cases);

// Two runs, case by case.
struct Comparison {
  // A metric that got worse in more cases, against those in which it got better, than chance allows: exact sign test, two-sided, at 5 %.
  struct Regression {
    std::string metric;
    std::size_t worse = 0, better = 0;   // cases
    double p = 1;
  };
  std::vector<Regression> regressions;
  std::size_t paired = 0, only_before = 0, only_now = 0;   // cases
};

Comparison compare_runs(const std::vector<CaseShares>& before, const std::vector<CaseShares>& now);

}  // namespace floorwalker::evals
