#include "evals/metrics.h"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "evals/report.h"
#include "tests/support/paths.h"

namespace floorwalker::evals {
namespace {

CaseRecord record_of(const std::string& id, TurnRecord turn) {
  CaseRecord made;
  made.suite = "s";
  made.id = id;
  made.turns = {std::move(turn)};
  return made;
}

TEST(Metrics, IntervalsFollowTheCounts) {
  const Share share{8, 10};
  EXPECT_NEAR(share.low(), 0.490, 0.001);
  EXPECT_NEAR(share.high(), 0.943, 0.001);
}

TEST(Metrics, CallAProductIrrelevantThatTheShopDoesNotHave) {
  TurnRecord turn;
  turn.wanted_of_each = {{"price", Constraint::Op::kAtMost, {"60 USD"}}};
  for (const char* id : {"P-1", "P-2", "P-3"}) turn.state.shown.emplace_back().product = ProductId(id);
  turn.failures = {{"shown", "products that the shop has", "P-2", "P-2"}, {"shown.each", "price", "P-3 is not", "P-3"}, {"shown.each", "colour", "P-3 is not", "P-3"}};
  const Metrics metrics = measure({record_of("a", turn)});
  EXPECT_EQ(metrics.shown_relevant.hits, 1u);
  EXPECT_EQ(metrics.shown_relevant.of, 3u);
}

TEST(Metrics, CallACallValidByItsOutcome) {
  const std::string error = R"({"error": {"kind": "invalid_argument", "message": "no"}})";
  const std::vector<std::pair<ToolOutcome, std::string>> answers = {
      {ToolOutcome::kFailed, error},                                                     // the one that is not
      {ToolOutcome::kOk, R"({"quoted":"{\"kind\":\"invalid_argument\"}","kind":"invalid_argument"})"},
      {ToolOutcome::kOk, R"({"error":{"kind":"invalid_argument"}})"},
      {ToolOutcome::kFailed, R"({"error":{"kind":"not_found","message":"\"kind\":\"invalid_argument\""}})"},
      {ToolOutcome::kFailed, "garbage"}};
  TurnRecord turn;
  for (const auto& [outcome, content] : answers) {
    turn.state.reply.tools.emplace_back().outcome = outcome;
    turn.state.results.push_back({CallId("c"), outcome, content, {}});
  }
  const Metrics metrics = measure({record_of("a", turn)});
  EXPECT_EQ(metrics.calls_valid.hits, 4u);
  EXPECT_EQ(metrics.calls_valid.of, 5u);
}

TEST(Metrics, TakePercentilesByTheNearestRank) {
  std::vector<CaseRecord> cases;
  for (int i = 1; i <= 10; ++i) {
    TurnRecord turn;
    turn.state.wall_micros = i * 10;
    turn.cpu_micros = i;
    cases.push_back(record_of(std::to_string(i), turn));
  }
  const Metrics metrics = measure(cases);
  EXPECT_EQ(metrics.wall_p50, 50);
  EXPECT_EQ(metrics.wall_p95, 100);
  EXPECT_EQ(metrics.cpu_p50, 5);
  EXPECT_EQ(metrics.cpu_p99, 10);
}

// ---- --fail-under

TEST(MetricBounds, AreFloorsOrCeilings) {
  Metrics metrics;
  metrics.task_success = {9, 10};
  metrics.refusals_false = {1, 10};
  metrics.pass_all = 0.5;
  metrics.tokens = 100;
  const auto told = [&](const std::string& rule) { return complaint(*parse_bound(rule), metrics); };
  for (const char* holds : {"task_success=0.9", "refusals_false=0.1", "pass_all=0.5", "tokens=100", "cost_micros=0", "questions_per_success=0", "cpu_p99=1e6"}) EXPECT_EQ(told(holds), "") << holds;
  EXPECT_EQ(told("task_success=0.91"), "task_success is 0.9, below 0.91");
  EXPECT_EQ(told("refusals_false=0.05"), "refusals_false is 0.1, above 0.05");
  EXPECT_EQ(told("pass_all=0.6"), "pass_all is 0.5, below 0.6");
  EXPECT_EQ(told("tokens=99"), "tokens is 100, above 99");
  EXPECT_EQ(told("judge_agreement=0.1"), "judge_agreement has nothing to be measured by in this run");
}

TEST(MetricBounds, NameTheMetricThatWasMeant) {
  const auto wrong = parse_bound("refusal_false=0.1");
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("did you mean 'refusals_false'?"), std::string::npos);
  for (const char* rule : {"task_success", "task_success=", "task_success=much", "task_success=0.9x", "task_success=nan", "=1", ""}) EXPECT_FALSE(parse_bound(rule)) << rule;
}

// ---- comparison with another run

std::vector<CaseShares> plays(std::size_t cases, const std::function<bool(std::size_t)>& passes, const std::string& metric = "task_success") {
  std::vector<CaseShares> made;
  for (std::size_t i = 0; i < cases; ++i) made.push_back({"s", std::to_string(i), 0, {{metric, {passes(i) ? 1u : 0u, 1}}}});
  return made;
}

TEST(Comparisons, SeeARegressionThatChanceDoesNotExplain) {
  const auto before = plays(200, [](std::size_t i) { return i < 190; });
  const auto worse = compare_runs(before, plays(200, [](std::size_t i) { return i < 150; }));
  ASSERT_EQ(worse.regressions.size(), 1u);
  EXPECT_EQ(worse.regressions[0].worse, 40u);
  EXPECT_TRUE(compare_runs(before, plays(200, [](std::size_t i) { return i < 188; })).regressions.empty());
  EXPECT_TRUE(compare_runs(plays(200, [](std::size_t i) { return i < 150; }), before).regressions.empty());
}

TEST(Comparisons, AreExact) {
  const auto all = plays(100, [](std::size_t) { return true; });
  const auto p_of = [&](std::size_t failing) {
    const auto found = compare_runs(all, plays(100, [&](std::size_t i) { return i >= failing; })).regressions;
    return found.empty() ? 1.0 : found[0].p;
  };
  EXPECT_EQ(p_of(5), 1.0) << "2 / 2^5 is 0.0625";
  EXPECT_NEAR(p_of(6), 0.03125, 1e-12);
  const auto mixed = compare_runs(plays(20, [](std::size_t i) { return i != 0; }), plays(20, [](std::size_t i) { return i == 0 || i > 9; }));
  ASSERT_EQ(mixed.regressions.size(), 1u) << "nine worse, one better";
  EXPECT_NEAR(mixed.regressions[0].p, 2 * 11 / 1024.0, 1e-12);
}

TEST(Comparisons, PairCasesAndTellWhichHaveNoOther) {
  auto before = plays(10, [](std::size_t) { return true; });
  auto now = plays(20, [](std::size_t i) { return i < 10; });
  before.push_back({"other", "0", 0, {{"task_success", {1, 1}}}});
  const Comparison comparison = compare_runs(before, now);
  EXPECT_TRUE(comparison.regressions.empty()) << "new cases that fail are no regression";
  EXPECT_EQ(comparison.paired, 10u);
  EXPECT_EQ(comparison.only_before, 1u);
  EXPECT_EQ(comparison.only_now, 10u);
}

TEST(Comparisons, CountTheRepeatsOfACaseOnce) {
  std::vector<CaseShares> before, now;
  for (int repeat = 0; repeat < 10; ++repeat) {
    before.push_back({"s", "a", repeat, {{"task_success", {1, 1}}}});
    now.push_back({"s", "a", repeat, {{"task_success", {0, 1}}}});
  }
  EXPECT_TRUE(compare_runs(before, now).regressions.empty());
}

TEST(Comparisons, KnowOfWhichLessIsBetter) {
  const auto none = plays(10, [](std::size_t) { return false; }, "refusals_false"), all = plays(10, [](std::size_t) { return true; }, "refusals_false");
  EXPECT_EQ(compare_runs(none, all).regressions.size(), 1u);
  EXPECT_TRUE(compare_runs(all, none).regressions.empty());
}

// ---- one definition of each, under one name

TEST(Metrics, AreDefinedInTheReadmeUnderTheNameThatReportsUse) {
  std::ifstream in(test::source_dir() / "evals/README.md");
  const std::string readme{std::istreambuf_iterator<char>(in), {}};
  const auto metrics = nlohmann::json::parse(json_report(RunRecord())).at("metrics");
  std::vector<std::string> names;
  for (const auto& [name, value] : metrics.items()) {
    if (name != "times") names.push_back(name);
  }
  for (const auto& [name, value] : metrics.at("times").items()) names.push_back(name);
  for (const std::string& name : names) {
    std::size_t defined = 0;
    for (std::size_t line = 0; line < readme.size(); line = std::min(readme.size(), readme.find('\n', line)) + 1) {
      const std::string row = readme.substr(line, std::min(readme.size(), readme.find('\n', line)) - line);
      defined += row.starts_with("| ") && row.substr(0, row.find(" | ")).find("`" + name + "`") != std::string::npos;
    }
    EXPECT_EQ(defined, 1u) << name;
    EXPECT_EQ(parse_bound(name + "=1").has_value(), name != "cases" && name != "turns") << name;
  }
}

}  // namespace
}  // namespace floorwalker::evals
