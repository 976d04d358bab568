#include "evals/suite.h"

#include <gtest/gtest.h>

#include "evals/names.h"
#include "tests/support/memory_catalogue.h"

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

TEST(Suite, IsPlayedInAShopOrAtADesk) {
  const std::string cases = "cases:\n  - id: a\n    turns: [{say: hi, expect: {called: [find_user]}}]\n";
  EXPECT_TRUE(load_suite("suite: s\ndesk: d.yaml\n" + cases, "s.yaml").ok());
  EXPECT_FALSE(load_suite("suite: s\n" + cases, "s.yaml").ok());
  EXPECT_FALSE(load_suite("suite: s\nshop: demo\ndesk: d.yaml\n" + cases, "s.yaml").ok());
  EXPECT_FALSE(load_suite("suite: s\ndesk: d.yaml\ncases:\n  - id: a\n    shop: demo\n    turns: [{say: hi, expect: {called: [find_user]}}]\n", "s.yaml").ok());
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

// The first mistake in what a turn expects, with its place: what is checked begins in column 46 of line 5.
std::string mistake(const std::string& expect) {
  const LoadedSuite loaded = load_suite("suite: s\nshop: demo\ncases:\n  - id: a\n    turns: [{say: hi, expect: {cart: [], test: 0, " + expect + "}}]\n", "s.yaml");
  for (const Finding& finding : loaded.findings) {
    if (finding.message.find("'test'") == std::string::npos) return located(finding);
  }
  return "";
}

TEST(Suite, RefusesAPointerThatIsNone) {
  EXPECT_NE(mistake("results: [{tool: get_product, at: outcome, is: x}]").find("'outcome' is no JSON pointer (did you mean '/outcome'?)"), std::string::npos);
  EXPECT_NE(mistake("results: [{tool: get_product, at: /a~b, is: x}]").find("'~' is written '~0'"), std::string::npos);
  EXPECT_EQ(mistake("results: [{tool: get_product, at: outcome, is: x}]").find("s.yaml:5:"), 0u);
  EXPECT_EQ(mistake("results: [{tool: get_product, at: /a~1b/0, is: x}, {tool: get_product, is: ok}]"), "");
}

TEST(Suite, RefusesExpectationsThatCheckNothing) {
  for (const char* nothing : {"shown: {}", "shown: {min: 0}", "shown: {includes: []}", "shown: {each: {}}", "shown: {min: 1, each: {price: {}}}", "claims: {}",
                              "claims: {including: ['']}", "says_any: ['']"}) {
    EXPECT_NE(mistake(nothing), "") << nothing;
  }
  EXPECT_NE(first_error("  - id: a\n    turns: [{say: hi, expect: {}}, {say: ho, expect: {cart: []}}]\n"), "");
  for (const char* something : {"shown: {min: 0, max: 3}", "shown: {max: 0}", "shown: {each: {price: {max: 5 USD}}}", "claims: {all_proven: false}"}) EXPECT_EQ(mistake(something), "");
}

TEST(Suite, RefusesValuesThatNothingCanBe) {
  EXPECT_NE(mistake("outcome: [anwsered]").find("did you mean 'answered'?"), std::string::npos);
  EXPECT_NE(mistake("claims: {kinds: [ammount]}").find("did you mean 'amount'?"), std::string::npos);
  EXPECT_NE(mistake("claims: {no_kinds: [colour]}"), "");
  EXPECT_NE(mistake("results: [{tool: get_product, is: okay}]").find("unknown"), std::string::npos);
  EXPECT_EQ(mistake("outcome: handed_off, claims: {kinds: [evaluative], no_kinds: [amount]}, results: [{tool: get_product, is: unknown}]"), "");
}

TEST(Suite, FillsNamesInAndKnowsTheirPlaces) {
  const LoadedSuite loaded = load_suite(
      "suite: s\nshop: demo\ncases:\n"
      "  - id: a\n    rows: [{tool: get_product, ids: [P-1, P-2]}]\n"
      "    turns:\n      - say: hi\n        expect: {called: '{tool}', rules: [quantity], shown: {first: '{ids}'}}\n",
      "s.yaml");
  ASSERT_TRUE(loaded.ok()) << loaded.findings.front().message;
  const auto& names = loaded.suite.cases.at(0).names;
  ASSERT_EQ(names.size(), 4u);
  EXPECT_EQ(names[0].name, "get_product");
  EXPECT_EQ(names[0].at.line, 8);
  EXPECT_EQ(names[1].what, NamedThing::What::kRule);
  EXPECT_EQ(names[3].name, "P-2");
}

TEST(Suite, NamesWhatTheWorldDoesNotKnow) {
  const LoadedSuite loaded = load_suite(
      "suite: s\nshop: demo\ncases:\n  - id: a\n    turns:\n"
      "      - say: hi\n        expect: {not_called: [get_prodct], rules_not: [quantty], shown: {includes: [P-1], excludes: [P-9]}}\n",
      "s.yaml");
  ASSERT_TRUE(loaded.ok());
  const Case& one = loaded.suite.cases.at(0);
  Product product;
  product.id = ProductId("P-1");
  test::MemoryCatalogue catalogue({product});
  const WorldNames known{std::vector<std::string>{"get_product", "view_cart"}, std::vector<std::string>{"quantity"}};
  const auto findings = unknown_names(one, known, &catalogue);
  ASSERT_EQ(findings.size(), 3u);
  EXPECT_EQ(located(findings[0]), "s.yaml:7:31: there is no tool 'get_prodct' (did you mean 'get_product'?)");
  EXPECT_NE(located(findings[1]).find("no rule 'quantty' (did you mean 'quantity'?)"), std::string::npos);
  EXPECT_NE(located(findings[2]).find("the shop has no product 'P-9'"), std::string::npos);
  EXPECT_TRUE(unknown_names(one, {}, nullptr).empty());
}

}  // namespace
}  // namespace floorwalker::evals
