#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "evals/report.h"

namespace floorwalker::evals {
namespace {

struct Painter {
  Colour colour;
  std::string operator()(const char* code, const std::string& text) const {
    return colour == Colour::kAlways ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text;
  }
};

std::string percent(const Share& share) {
  if (share.of == 0) return "-";
  return fmt::format("{:.1f} % ({}/{}; 95 %: {:.1f} to {:.1f})", 100 * share.value(), share.hits, share.of, 100 * share.low(), 100 * share.high());
}

// Failures that are known stand on a line each; those that are not, with their conversation.
void describe_known(std::string& out, const CaseRecord& record, const Painter& paint) {
  const char* what = record.passed() ? "passes now, take it off the list" : "known to fail";
  out += paint(record.passed() ? "32" : "33", fmt::format("{}: {} / {}", what, record.suite, record.id)) + "  " + record.known_failing + "\n";
}

// What guardrails decided in the turn, and what was made of its claims.
void describe_proofs(std::string& out, const TurnRecord& turn, const Painter& paint) {
  for (const RuleDecision& rule : turn.state.rules) out += paint("2", fmt::format("    rule {}: {} {} ({})", rule.rule, rule.decision, rule.about, rule.why)) + "\n";
  for (const Claim& claim : turn.state.reply.claims) {
    const std::string proof = claim.evidence.empty() ? "" : " [" + claim.evidence.front() + "]";
    out += paint("2", fmt::format("    claim \"{}\" {}: {}{}", claim.text, to_string(claim.verdict), claim.why, proof)) + "\n";
  }
}

void describe_case(std::string& out, const CaseRecord& record, const Painter& paint) {
  out += paint("31", fmt::format("FAILED  {} / {}", record.suite, record.id)) + fmt::format("  ({}:{})\n", record.at.file, record.at.line);
  if (!record.problem.empty()) out += "  " + record.problem + "\n";
  for (const TurnRecord& turn : record.turns) {
    out += fmt::format("  shopper  {}\n  agent    {}\n", turn.said, turn.error.empty() ? turn.state.reply.text : "(" + turn.error + ")");
    for (const ToolUse& use : turn.state.reply.tools) {
      out += paint("2", fmt::format("    {} {} -> {}", use.call.name, use.call.arguments, to_string(use.outcome))) + "\n";
    }
    if (!turn.failures.empty()) describe_proofs(out, turn, paint);
    for (const Failure& failure : turn.failures) {
      out += "    " + paint("31", failure.check) + fmt::format("  expected: {}\n      got: {}\n", failure.expected, failure.got);
    }
  }
  out += "\n";
}

// The tags whose cases do not all pass; the others in one line.
void describe_tags(std::string& out, const RunRecord& run) {
  std::size_t whole = 0, all = 0;
  for (const auto& [tag, metrics] : measure_by_tag(run.cases)) {
    ++all;
    if (metrics.task_success.hits == metrics.task_success.of) ++whole;
    else out += fmt::format("  tag {:<16}task success {}; grounded {}\n", tag, percent(metrics.task_success), percent(metrics.grounded_accuracy));
  }
  if (all > 0) out += fmt::format("  {} of {} tags have no case that fails\n", whole, all);
}

int repeats_of(const RunRecord& run) {
  int repeats = 0;
  for (const CaseRecord& record : run.cases) repeats = std::max(repeats, record.repeat + 1);
  return repeats;
}

}  // namespace

std::string terminal_report(const RunRecord& run, Colour colour) {
  const Painter paint{colour};
  std::string out;
  std::map<std::string, Share> suites;
  std::vector<std::string> order;
  std::string known_lines;
  std::size_t known = 0;
  for (const CaseRecord& record : run.cases) {
    if (!suites.count(record.suite)) order.push_back(record.suite);
    Share& share = suites[record.suite];
    ++share.of;
    share.hits += record.passed();
    known += !record.passed() && !record.known_failing.empty();
    if (record.failed()) describe_case(out, record, paint);
    if (!record.known_failing.empty()) describe_known(known_lines, record, paint);
  }
  out += known_lines + (known_lines.empty() ? "" : "\n");
  for (const std::string& name : order) {
    const Share& share = suites[name];
    out += paint(share.hits == share.of ? "32" : "31", fmt::format("{:>5}/{:<5}", share.hits, share.of)) + name + "\n";
  }
  const Metrics metrics = measure(run);
  out += fmt::format("\n{} cases, {} turns, seed {}, {}\n", metrics.cases, metrics.turns, run.seed, run.build);
  if (known > 0) out += paint("33", fmt::format("  {} failures are known, and no reason for this run to fail\n", known));
  for (const auto& [name, share] : shares_of(metrics)) out += fmt::format("  {:<22}{}\n", name, percent(share));
  if (const int repeats = repeats_of(run); repeats > 1) out += fmt::format("  {:<22}{:.1f} % pass each of {} repeats\n", "pass_all", 100 * metrics.pass_all, repeats);
  out += fmt::format("  {:<22}{:.2f}\n", "questions_per_success", metrics.questions_per_success);
  out += fmt::format("  {:<22}p50 {} us, p95 {} us, p99 {} us; processor p50 {} us, p99 {} us\n", "a turn", metrics.wall_p50, metrics.wall_p95,
                     metrics.wall_p99, metrics.cpu_p50, metrics.cpu_p99);
  if (metrics.tokens > 0) out += fmt::format("  {:<22}{} tokens, {} millionths\n", "models", metrics.tokens, metrics.cost_micros);
  describe_tags(out, run);
  if (run.open_questions > 0) out += fmt::format("  {} questions to a judge were left open (--judge)\n", run.open_questions);
  if (run.stopped) out += paint("33", fmt::format("stopped before the end: {} plays of cases are left, and what they expect counts as not grounded\n", run.left.size()));
  return out;
}

}  // namespace floorwalker::evals
