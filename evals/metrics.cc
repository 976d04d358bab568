#include "evals/metrics.h"

#include <algorithm>
#include <cmath>
#include <set>

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

std::int64_t percentile(std::vector<std::int64_t> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())))];
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

void count_calls(Metrics& metrics, const TurnState& state) {
  for (std::size_t i = 0; i < state.reply.tools.size(); ++i) {
    const bool invalid = i < state.results.size() && state.results[i].content.find("\"kind\":\"invalid_argument\"") != std::string::npos;
    count(metrics.calls_valid, !invalid);
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
  std::set<std::string> wrong;
  for (const Failure& failure : turn.failures) {
    if (failure.check == "shown.each") wrong.insert(failure.got);
  }
  metrics.shown_relevant.of += turn.state.shown.size();
  metrics.shown_relevant.hits += turn.state.shown.size() - std::min(wrong.size(), turn.state.shown.size());
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
  metrics.wall_p50 = percentile(wall, 0.5);
  metrics.wall_p95 = percentile(wall, 0.95);
  metrics.wall_p99 = percentile(wall, 0.99);
  metrics.cpu_p50 = percentile(cpu, 0.5);
  metrics.cpu_p99 = percentile(cpu, 0.99);
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
  return {{"grounded_accuracy", metrics.grounded_accuracy}, {"task_success", metrics.task_success},       {"claim_precision", metrics.claim_precision},
          {"claim_coverage", metrics.claim_coverage},       {"refusals_right", metrics.refusals_right},   {"calls_valid", metrics.calls_valid},
          {"shown_relevant", metrics.shown_relevant},       {"judge_agreement", metrics.judge_agreement}};
}

std::optional<double> metric_by_name(const Metrics& metrics, const std::string& name) {
  const auto shares = shares_of(metrics);
  if (const auto found = shares.find(name); found != shares.end()) return found->second.value();
  if (name == "pass_all") return metrics.pass_all;
  return std::nullopt;
}

std::vector<std::string> metric_names() {
  std::vector<std::string> names{"pass_all"};
  for (const auto& [name, share] : shares_of({})) names.push_back(name);
  return names;
}

std::vector<Regression> regressions(const std::map<std::string, Share>& before, const std::map<std::string, Share>& now) {
  std::vector<Regression> out;
  for (const auto& [name, old] : before) {
    const auto found = now.find(name);
    if (found == now.end() || old.of == 0 || found->second.of == 0) continue;
    const Share& fresh = found->second;
    if (fresh.value() >= old.value()) continue;
    const double pooled = static_cast<double>(old.hits + fresh.hits) / static_cast<double>(old.of + fresh.of);
    const double deviation = std::sqrt(pooled * (1 - pooled) * (1.0 / static_cast<double>(old.of) + 1.0 / static_cast<double>(fresh.of)));
    const double p = deviation == 0 ? 0 : std::erfc((old.value() - fresh.value()) / deviation / std::sqrt(2.0));
    if (p < 0.05) out.push_back({name, old.value(), fresh.value(), p});
  }
  return out;
}

}  // namespace floorwalker::evals
