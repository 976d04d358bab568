#include "evals/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "agent/core/text.h"

namespace floorwalker::evals {
namespace {

constexpr double kZ = 1.959963984540054;  // 97.5th percentile of the normal distribution

double wilson(const Share& share, int side) {
  if (share.of == 0) return side < 0 ? 0 : 1;
  const double n = static_cast<double>(share.of);
  const double p = share.value();
  const double centre = p + kZ * kZ / (2 * n);
  const double spread = kZ * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n));
  return std::clamp((centre + side * spread) / (1 + kZ * kZ / n), 0.0, 1.0);
}

// The nearest rank: the least value that so many percent of all do not exceed.
std::int64_t percentile(std::vector<std::int64_t> values, std::size_t percent) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[(percent * values.size() + 99) / 100 - 1];
}

void count(Share& share, bool hit) {
  ++share.of;
  share.hits += hit;
}

void count_claims(Metrics& metrics, const Reply& reply) {
  bool checkable = false;
  bool proven = false;
  for (const Claim& claim : reply.claims) {
    if (claim.verdict == Verdict::kSubjective) continue;
    checkable = true;
    proven = proven || claim.verdict == Verdict::kSupported;
    count(metrics.claim_precision, claim.verdict == Verdict::kSupported);
  }
  if (checkable) count(metrics.claim_coverage, proven);
}

void count_refusals(Metrics& metrics, const TurnRecord& turn) {
  if (!turn.checked) return;
  const bool refused = turn.state.reply.outcome == Outcome::kRefused;
  count(turn.refusal_wanted ? metrics.refusals_right : metrics.refusals_false, refused);
}

// Whether a call was turned away for its arguments. What a tool found out otherwise says so with another kind.
bool arguments_refused(const ToolResult& result) {
  if (result.outcome == ToolOutcome::kOk) return false;
  const auto answer = nlohmann::json::parse(result.content, nullptr, false);
  if (!answer.is_object() || !answer.contains("error") || !answer["error"].is_object()) return false;
  const auto kind = answer["error"].find("kind");
  return kind != answer["error"].end() && *kind == to_string(ErrorKind::kInvalidArgument);
}

void count_calls(Metrics& metrics, const TurnState& state) {
  for (std::size_t i = 0; i < state.reply.tools.size(); ++i) {
    count(metrics.calls_valid, i >= state.results.size() || !arguments_refused(state.results[i]));
  }
}

void count_votes(Metrics& metrics, const TurnRecord& turn) {
  for (const Judgement& judgement : turn.judged) {
    metrics.judge_agreement.hits += judgement.agreeing();
    metrics.judge_agreement.of += judgement.votes.size();
  }
}

void count_shown(Metrics& metrics, const TurnRecord& turn) {
  if (turn.wanted_of_each.empty()) return;
  std::set<std::string> wrong;   // products that are not as wanted, or that the shop does not have
  for (const Failure& failure : turn.failures) {
    if (failure.check == "shown.each" || failure.check == "shown") wrong.insert(failure.product);
  }
  for (const Shown& shown : turn.state.shown) count(metrics.shown_relevant, wrong.count(shown.product.str()) == 0);
}

// Mean over the cases of C(passes, k) / C(repeats, k) with k = repeats: the share of cases that pass every time.
double pass_every_time(const std::vector<CaseRecord>& cases) {
  std::map<std::pair<std::string, std::string>, bool> all;
  for (const CaseRecord& record : cases) {
    const auto [found, first] = all.emplace(std::pair{record.suite, record.id}, true);
    found->second = found->second && record.passed();
  }
  const auto passed = std::count_if(all.begin(), all.end(), [](const auto& one) { return one.second; });
  return all.empty() ? 0 : static_cast<double>(passed) / static_cast<double>(all.size());
}

// The metrics that are no shares and of which less is better, by the names that reports use.
std::map<std::string, double> plain_values(const Metrics& metrics) {
  const auto number = [](std::int64_t value) { return static_cast<double>(value); };
  return {{"questions_per_success", metrics.questions_per_success}, {"tokens", number(metrics.tokens)},       {"cost_micros", number(metrics.cost_micros)},
          {"wall_p50", number(metrics.wall_p50)},                   {"wall_p95", number(metrics.wall_p95)},   {"wall_p99", number(metrics.wall_p99)},
          {"cpu_p50", number(metrics.cpu_p50)},                     {"cpu_p99", number(metrics.cpu_p99)}};
}

using CaseName = std::pair<std::string, std::string>;

// The repeats of a case are no evidence apart from each other: they count as one.
std::map<CaseName, std::map<std::string, Share>> repeats_together(const std::vector<CaseShares>& plays) {
  std::map<CaseName, std::map<std::string, Share>> cases;
  for (const CaseShares& play : plays) {
    auto& shares = cases[{play.suite, play.id}];
    for (const auto& [metric, share] : play.shares) {
      shares[metric].hits += share.hits;
      shares[metric].of += share.of;
    }
  }
  return cases;
}

// How likely chance alone divides the cases that changed at least so unevenly: twice the tail of the binomial distribution. For metrics that a
// case meets or does not it is McNemar's exact test.
double sign_test(std::size_t worse, std::size_t better) {
  const std::size_t changed = worse + better;
  double tail = 0;
  for (std::size_t k = std::max(worse, better); k <= changed && changed > 0; ++k) {
    const auto n = static_cast<double>(changed), at = static_cast<double>(k);
    tail += std::exp(std::lgamma(n + 1) - std::lgamma(at + 1) - std::lgamma(n - at + 1) - n * std::log(2.0));
  }
  return changed == 0 ? 1 : std::min(1.0, 2 * tail);
}

}  // namespace

double Share::low() const { return wilson(*this, -1); }
double Share::high() const { return wilson(*this, 1); }

Metrics measure(const std::vector<CaseRecord>& cases) {
  Metrics metrics;
  std::vector<std::int64_t> wall, cpu;
  std::size_t questions = 0;
  for (const CaseRecord& record : cases) {
    ++metrics.cases;
    count(metrics.task_success, record.passed());
    metrics.grounded_accuracy.of += record.unplayed;
    for (const TurnRecord& turn : record.turns) {
      ++metrics.turns;
      if (turn.checked) count(metrics.grounded_accuracy, turn.grounded());
      count_claims(metrics, turn.state.reply);
      count_refusals(metrics, turn);
      count_calls(metrics, turn.state);
      count_shown(metrics, turn);
      count_votes(metrics, turn);
      if (record.passed()) questions += turn.state.reply.presentation.asked.has_value();
      metrics.tokens += turn.state.reply.usage.input_tokens + turn.state.reply.usage.output_tokens;
      metrics.cost_micros += turn.state.reply.usage.cost_micros;
      wall.push_back(turn.state.wall_micros);
      cpu.push_back(turn.cpu_micros);
    }
  }
  if (metrics.task_success.hits > 0) metrics.questions_per_success = static_cast<double>(questions) / static_cast<double>(metrics.task_success.hits);
  metrics.pass_all = pass_every_time(cases);
  metrics.wall_p50 = percentile(wall, 50);
  metrics.wall_p95 = percentile(wall, 95);
  metrics.wall_p99 = percentile(wall, 99);
  metrics.cpu_p50 = percentile(cpu, 50);
  metrics.cpu_p99 = percentile(cpu, 99);
  return metrics;
}

Metrics measure(const RunRecord& run) {
  Metrics metrics = measure(run.cases);
  for (const CaseRecord& left : run.left) metrics.grounded_accuracy.of += left.unplayed;
  return metrics;
}

std::map<std::string, Metrics> measure_by_tag(const std::vector<CaseRecord>& cases) {
  std::map<std::string, std::vector<CaseRecord>> tagged;
  for (const CaseRecord& record : cases) {
    for (const std::string& tag : record.tags) tagged[tag].push_back(record);
  }
  std::map<std::string, Metrics> out;
  for (const auto& [tag, records] : tagged) out[tag] = measure(records);
  return out;
}

std::map<std::string, Share> shares_of(const Metrics& metrics) {
  return {{"grounded_accuracy", metrics.grounded_accuracy}, {"task_success", metrics.task_success},     {"claim_precision", metrics.claim_precision},
          {"claim_coverage", metrics.claim_coverage},       {"refusals_right", metrics.refusals_right}, {"refusals_false", metrics.refusals_false},
          {"calls_valid", metrics.calls_valid},             {"shown_relevant", metrics.shown_relevant}, {"judge_agreement", metrics.judge_agreement}};
}

Better which_is_better(const std::string& metric) { return metric == "refusals_false" || plain_values({}).count(metric) > 0 ? Better::kLess : Better::kMore; }

Result<MetricBound> parse_bound(const std::string& rule) {
  const std::size_t equals = rule.find('=');
  MetricBound bound{rule.substr(0, equals), 0};
  std::vector<std::string> names{"pass_all"};
  for (const auto& [name, share] : shares_of({})) names.push_back(name);
  for (const auto& [name, value] : plain_values({})) names.push_back(name);
  if (std::find(names.begin(), names.end(), bound.metric) == names.end()) {
    const std::string near = text::nearest(bound.metric, names);
    return fail(ErrorKind::kInvalidArgument, "There is no metric '" + bound.metric + "'" + (near.empty() ? "; there are " + text::join_and(names) + "." : "; did you mean '" + near + "'?"));
  }
  const std::string number = equals == std::string::npos ? "" : rule.substr(equals + 1);
  const auto [stop, bad] = std::from_chars(number.data(), number.data() + number.size(), bound.value);
  if (bad != std::errc{} || stop != number.data() + number.size() || !std::isfinite(bound.value)) {
    return fail(ErrorKind::kInvalidArgument, "'" + rule + "': write METRIC=NUMBER, such as " + bound.metric + "=0.99.");
  }
  return bound;
}

std::string complaint(const MetricBound& bound, const Metrics& metrics) {
  const auto shares = shares_of(metrics);
  const auto share = shares.find(bound.metric);
  if (share != shares.end() && share->second.of == 0) return bound.metric + " has nothing to be measured by in this run";
  const auto plain = plain_values(metrics);
  const double value = share != shares.end() ? share->second.value() : bound.metric == "pass_all" ? metrics.pass_all : plain.at(bound.metric);
  const bool ceiling = which_is_better(bound.metric) == Better::kLess;
  if (ceiling ? value <= bound.value : value >= bound.value) return "";
  return fmt::format("{} is {:.6g}, {} {:.6g}", bound.metric, value, ceiling ? "above" : "below", bound.value);
}

std::vector<CaseShares> shares_by_case(const std::vector<CaseRecord>& cases) {
  std::vector<CaseShares> out;
  for (const CaseRecord& record : cases) {
    CaseShares one{record.suite, record.id, record.repeat, shares_of(measure({record}))};
    std::erase_if(one.shares, [](const auto& share) { return share.second.of == 0; });
    out.push_back(std::move(one));
  }
  return out;
}

Comparison compare_runs(const std::vector<CaseShares>& before, const std::vector<CaseShares>& now) {
  const auto old = repeats_together(before), fresh = repeats_together(now);
  Comparison comparison;
  std::map<std::string, Comparison::Regression> changes;
  for (const auto& [name, shares] : fresh) {
    const auto found = old.find(name);
    if (found == old.end()) {
      ++comparison.only_now;
      continue;
    }
    ++comparison.paired;
    for (const auto& [metric, share] : shares) {
      const auto was = found->second.find(metric);
      if (was == found->second.end()) continue;
      const double change = (share.value() - was->second.value()) * (which_is_better(metric) == Better::kMore ? 1 : -1);
      changes[metric].worse += change < 0;
      changes[metric].better += change > 0;
    }
  }
  comparison.only_before = old.size() - comparison.paired;
  for (auto& [metric, change] : changes) {
    change.metric = metric;
    change.p = sign_test(change.worse, change.better);
    if (change.worse > change.better && change.p < 0.05) comparison.regressions.push_back(change);
  }
  return comparison;
}

}  // namespace floorwalker::evals
