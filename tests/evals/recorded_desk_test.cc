#include "evals/recorded_desk.h"

#include <gtest/gtest.h>

namespace floorwalker::evals {
namespace {

constexpr const char* kDesk =
    "desk: d\n"
    "tools:\n"
    "  find_order:\n"
    "    about: Finds an order\n"
    "    answers:\n"
    "      - {with: {id: \"7\"}, tells: {id: \"7\", open: true, total: 12.5, note: \"true\", lines: [1, two, null]}}\n"
    "      - {with: {id: 7}, tells: seven}\n"
    "      - {refuses: There is no such order}\n"
    "  cancel: {writes: true, answers: [{with: {ids: [a, b]}, tells: {done: true}}]}\n";

ToolResult asked(const std::string& tool, const std::string& arguments) {
  const auto loaded = RecordedDesk::load(kDesk, "d.yaml");
  EXPECT_TRUE(loaded.findings.empty());
  return loaded.desk->call({CallId("c"), tool, arguments, "", ""}, {});
}

TEST(RecordedDesk, TellsTheFirstAnswerThatFitsTheArguments) {
  EXPECT_EQ(asked("find_order", R"({"id":"7","also":1})").content, R"({"id":"7","open":true,"total":12.5,"note":"true","lines":[1,"two",null]})");
  EXPECT_EQ(asked("find_order", R"({"id":7})").content, R"("seven")");
  EXPECT_EQ(asked("cancel", R"({"ids":["a","b"]})").outcome, ToolOutcome::kOk);
}

TEST(RecordedDesk, RefusesInItsOwnWords) {
  const ToolResult refused = asked("find_order", R"({"id":"8"})");
  EXPECT_EQ(refused.outcome, ToolOutcome::kRefused);
  EXPECT_NE(refused.content.find("There is no such order"), std::string::npos);
}

TEST(RecordedDesk, FailsWhereNothingIsRecorded) {
  EXPECT_EQ(asked("cancel", R"({"ids":["b","a"]})").outcome, ToolOutcome::kFailed);
  EXPECT_EQ(asked("cancel", "[]").outcome, ToolOutcome::kFailed);
  EXPECT_EQ(asked("pay", "{}").outcome, ToolOutcome::kFailed);
}

TEST(RecordedDesk, TellsWhichToolsWrite) {
  const auto loaded = RecordedDesk::load(kDesk, "d.yaml");
  ASSERT_EQ(loaded.desk->specs().size(), 2u);
  EXPECT_EQ(loaded.desk->specs()[0].description, "Finds an order");
  EXPECT_EQ(loaded.desk->specs()[0].effect, ToolEffect::kRead);
  EXPECT_EQ(loaded.desk->specs()[1].effect, ToolEffect::kWrite);
}

TEST(RecordedDesk, SaysWhereItsFileIsWrong) {
  const auto loaded = RecordedDesk::load("desk: d\ntools:\n  a:\n    answers:\n      - {tels: 1}\n", "d.yaml");
  ASSERT_EQ(loaded.findings.size(), 2u);
  EXPECT_EQ(loaded.findings[0].at.line, 5);
  EXPECT_NE(loaded.findings[0].suggestion.find("tells"), std::string::npos);
}

}  // namespace
}  // namespace floorwalker::evals
