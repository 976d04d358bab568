#include "evals/suite.h"

#include <gtest/gtest.h>

namespace floorwalker::evals {
namespace {

std::string first_error(const std::string& cases) {
  const LoadedSuite loaded = load_suite("suite: s\nshop: demo\ncases:\n" + cases, "s.yaml");
  return loaded.findings.empty() ? "" : loaded.findings.front().message;
}

TEST(Suite, ExpandsATableIntoCases) {
  const LoadedSuite loaded = load_suite(
      "suite: s\nshop: demo\ncases:\n"
      "  - id: add\n    rows: [{thing: sofa, id: P-1}, {thing: bed, id: P-2}]\n"
      "    turns:\n      - say: add the {thing}\n        expect: {cart: [{product: '{id}'}]}\n",
      "s.yaml");
  ASSERT_TRUE(loaded.ok()) << loaded.findings.front().message;
  ASSERT_EQ(loaded.suite.cases.size(), 2u);
  EXPECT_EQ(loaded.suite.cases[1].id, "add/2");
  EXPECT_EQ(loaded.suite.cases[1].turns[0].say, "add the bed");
  EXPECT_EQ(loaded.suite.cases[1].turns[0].expect->cart->at(0).product, "P-2");
}

// A turn that shows nothing must not pass "everything shown is under 50".
TEST(Suite, GivesEveryCeilingAFloor) {
  const LoadedSuite loaded = load_suite(
      "suite: s\nshop: demo\ncases:\n"
      "  - id: a\n    turns: [{say: hi, expect: {shown: {each: {price: {max: 50 USD}}}}}]\n"
      "  - id: b\n    turns: [{say: hi, expect: {shown: {max: 0}}}]\n",
      "s.yaml");
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded.suite.cases[0].turns[0].expect->shown->min, 1);
  EXPECT_FALSE(loaded.suite.cases[1].turns[0].expect->shown->min);
}

TEST(Suite, RefusesACaseThatChecksNothing) {
  EXPECT_NE(first_error("  - id: a\n    turns: [{say: hi}]\n").find("checks no state"), std::string::npos);
  EXPECT_NE(first_error("  - id: a\n    turns: [{say: hi, expect: {never_says: [sorry]}}]\n").find("checks no state"), std::string::npos);
  EXPECT_EQ(first_error("  - id: a\n    turns: [{say: hi, expect: {cart_unchanged: true}}]\n"), "");
}

TEST(Suite, NamesMistakesWithTheirPlace) {
  const LoadedSuite loaded = load_suite("suite: s\nshop: demo\ncases:\n  - id: a\n    turns:\n      - say: hi\n        expect: {shwon: {min: 1}, cart: []}\n", "s.yaml");
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.findings[0].at.line, 7);
  EXPECT_NE((loaded.findings[0].message + loaded.findings[0].suggestion).find("shown"), std::string::npos);
}

TEST(Suite, RefusesTwoCasesOfOneName) {
  EXPECT_NE(first_error("  - id: a\n    turns: [{say: hi, expect: {cart: []}}]\n  - id: a\n    turns: [{say: ho, expect: {cart: []}}]\n").find("two cases"), std::string::npos);
}

}  // namespace
}  // namespace floorwalker::evals
