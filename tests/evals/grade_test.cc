#include "evals/grade.h"

#include <gtest/gtest.h>

#include "evals/metrics.h"
#include "evals/report.h"
#include "tests/support/memory_catalogue.h"

namespace floorwalker::evals {
namespace {

const Currency kUsd = *Currency::parse("USD");

Product product(const std::string& id, const std::string& kind, std::int64_t price, const std::string& colour) {
  Product made;
  made.id = ProductId(id);
  made.title = id;
  made.kind = kind;
  made.attributes = {{"colour", colour}, {"weight", *parse_measure("1.2 kg")}};
  Variant variant;
  variant.id = VariantId(id);
  variant.price = {price, kUsd};
  made.variants = {variant};
  return made;
}

class GradeTest : public ::testing::Test {
 protected:
  GradeTest() : catalogue({product("P-1", "dress", 5000, "Cream"), product("P-2", "dress", 17999, "Navy")}) {}

  Expectation expectation(const std::string& yaml) {
    const LoadedSuite loaded = load_suite("suite: s\nshop: demo\ncases:\n  - id: a\n    turns: [{say: hi, expect: {cart_unchanged: true, " + yaml + "}}]\n", "s.yaml");
    EXPECT_TRUE(loaded.ok()) << (loaded.findings.empty() ? "" : loaded.findings[0].message);
    return *loaded.suite.cases.at(0).turns.at(0).expect;
  }

  std::vector<std::string> failed(const std::string& yaml) {
    std::vector<std::string> checks;
    for (const Failure& failure : grade(expectation(yaml), state, catalogue)) checks.push_back(failure.check);
    return checks;
  }

  void show(std::initializer_list<const char*> ids) {
    for (const char* id : ids) {
      Shown shown;
      shown.product = ProductId(id);
      shown.number = static_cast<int>(state.shown.size()) + 1;
      state.shown.push_back(shown);
    }
  }

  test::MemoryCatalogue catalogue;
  TurnState state;
};

using Checks = std::vector<std::string>;

TEST_F(GradeTest, LooksShownProductsUpInTheShop) {
  show({"P-1", "P-2"});
  EXPECT_EQ(failed("shown: {each: {price: {max: 60 USD}}}"), Checks{"shown.each"});
  EXPECT_EQ(failed("shown: {each: {colour: {any_of: [cream, navy]}, weight: {max: 1.5 kg}}, kinds: [dress], min: 2}"), Checks{});
  EXPECT_EQ(failed("shown: {ids: [P-2, P-1]}"), Checks{"shown.ids"});
  EXPECT_EQ(failed("shown: {excludes: [P-2]}"), Checks{"shown.excludes"});
}

TEST_F(GradeTest, FailsATurnThatShowsNothing) { EXPECT_EQ(failed("shown: {each: {price: {max: 60 USD}}}"), Checks{"shown.min"}); }

TEST_F(GradeTest, FailsProductsThatTheShopDoesNotHave) {
  show({"P-9"});
  EXPECT_EQ(failed("shown: {min: 1}"), Checks{"shown"});
}

TEST_F(GradeTest, HoldsTheCartToTheLine) {
  Cart cart;
  CartLine line;
  line.product = ProductId("P-1");
  line.options = {{"Size", "8"}};
  line.quantity = 1;
  cart.lines = {line};
  state.before = state.after = cart;
  EXPECT_EQ(failed("cart: [{product: P-1, options: {size: '8'}}]"), Checks{});
  EXPECT_EQ(failed("cart: [{product: P-1, options: {size: '6'}}]"), Checks{"cart"});
  EXPECT_EQ(failed("cart: [{product: P-1}, {product: P-1}]"), Checks{"cart"});
  state.before.reset();
  EXPECT_EQ(failed("called: []"), Checks{"cart_unchanged"});
}

TEST_F(GradeTest, CountsAnUnprovenClaimAgainstEveryTurn) {
  Claim claim;
  claim.text = "$99.00";
  claim.kind = ClaimKind::kAmount;
  claim.verdict = Verdict::kUnsupported;
  state.reply.claims = {claim};
  EXPECT_EQ(failed("called: []"), Checks{"claims.all_proven"});
  state.reply.claims[0].verdict = Verdict::kSupported;
  EXPECT_EQ(failed("claims: {including: ['$99.00'], kinds: [amount]}"), Checks{});
  EXPECT_EQ(failed("claims: {including: ['$89.00']}"), Checks{"claims.including"});
}

TEST_F(GradeTest, ReadsWhatAToolAnswered) {
  state.reply.tools = {{{CallId("c"), "search_catalogue", "{}", "", ""}, ToolOutcome::kOk}};
  state.results = {{CallId("c"), ToolOutcome::kOk, R"({"outcome":"not_carried","total":0})", {}}};
  EXPECT_EQ(failed("results: [{tool: search_catalogue, at: /outcome, is: not_carried}, {tool: search_catalogue, at: /total, is: '0'}]"), Checks{});
  EXPECT_EQ(failed("results: [{tool: search_catalogue, at: /outcome, is: found}]"), Checks{"results"});
  EXPECT_EQ(failed("not_called: [search_catalogue]"), Checks{"not_called"});
}

TEST_F(GradeTest, TellsARuleThatCouldNotRunFromOneThatActed) {
  state.rules = {{"result_text", kCouldNotRun, "search_catalogue", "the result is no JSON"}, {"quantity", "refuse", "update_cart", "at most 10"}};
  EXPECT_EQ(failed("could_not_run: [result_text], rules: [quantity], rules_not: [result_text]"), Checks{});
  EXPECT_EQ(failed("could_not_run: [quantity]"), Checks{"could_not_run"});
  EXPECT_EQ(failed("rules: [result_text]"), Checks{"rules"});
}

TEST_F(GradeTest, FindsNothingAtAPointerThatLeadsNowhere) {
  state.reply.tools = {{{CallId("c"), "search_catalogue", "{}", "", ""}, ToolOutcome::kOk}};
  state.results = {{CallId("c"), ToolOutcome::kOk, R"({"list":[1]})", {}}};
  for (const char* at : {"/list/99999999999999999999999", "/list/-", "/list/x", "/none/0"}) {
    EXPECT_EQ(failed(std::string("results: [{tool: search_catalogue, at: ") + at + ", is: '1'}]"), Checks{"results"}) << at;
  }
  EXPECT_EQ(failed("results: [{tool: search_catalogue, at: /list/0, is: '1'}]"), Checks{});
}

TEST_F(GradeTest, ComparesPricesInTheirCurrencyOnly) {
  show({"P-1"});   // 50.00 USD
  for (const char* holds : {"{max: 60 USD}", "{max: 60}", "{min: 50 USD}", "{not: 60 USD}", "{any_of: [40 USD, 50 USD]}", "50 USD"}) {
    EXPECT_EQ(failed(std::string("shown: {each: {price: ") + holds + "}}"), Checks{}) << holds;
  }
  for (const char* fails : {"{max: 9000 EUR}", "{min: 1 EUR}", "{not: 50 USD}", "{not: 1 EUR}", "{any_of: [40 USD, 60 USD]}", "50 EUR", "{max: cheap}"}) {
    EXPECT_EQ(failed(std::string("shown: {each: {price: ") + fails + "}}"), Checks{"shown.each"}) << fails;
  }
}

TEST_F(GradeTest, TakesNumbersWhole) {
  Claim claim;
  claim.text = "\xE2\x82\xAC" "49.90";
  claim.kind = ClaimKind::kAmount;
  claim.verdict = Verdict::kSupported;
  state.reply.claims = {claim};
  for (const char* part : {"9.9", "49", "9.90", "90", "49.9"}) EXPECT_EQ(failed(std::string("claims: {including: ['") + part + "']}"), Checks{"claims.including"}) << part;
  EXPECT_EQ(failed("claims: {including: ['49.90'], excluding: ['9.90', '49']}"), Checks{});
  claim.text = "in size 8, or 1,299 of them.";
  state.reply.claims = {claim};
  EXPECT_EQ(failed("claims: {including: ['8', 'size 8', '1,299']}"), Checks{});
  EXPECT_EQ(failed("claims: {including: ['299']}"), Checks{"claims.including"});
}

TEST_F(GradeTest, HoldsCallsToTheirArguments) {
  state.reply.tools = {{{CallId("c"), "return_items", R"({"order":"#W1","items":["a","b"],"count":2,"now":true})", "", ""}, ToolOutcome::kOk}};
  EXPECT_EQ(failed("calls: [{tool: return_items, with: {order: '#W1', items: [a, b], count: 2, now: true}}]"), Checks{});
  EXPECT_EQ(failed("calls: [{tool: return_items, with: {}}]"), Checks{});
  for (const char* with : {"{order: '#W2'}", "{items: [b, a]}", "{items: a}", "{count: 3}", "{reason: none}"}) {
    EXPECT_EQ(failed(std::string("calls: [{tool: return_items, with: ") + with + "}]"), Checks{"calls"}) << with;
  }
  EXPECT_EQ(failed("calls: [{tool: cancel_order, with: {order: '#W1'}}]"), Checks{"calls"});
}

RunRecord two_cases() {
  RunRecord run;
  run.build = "test";
  CaseRecord passed;
  passed.suite = "s";
  passed.id = "good";
  passed.turns.resize(1);
  passed.turns[0].said = "is 1 < 2 & \"so\"?";
  CaseRecord failed = passed;
  failed.id = "bad";
  failed.turns[0].failures = {{"cart", "</script><b>x", "nothing"}};
  run.cases = {passed, failed};
  return run;
}

TEST(Reports, NameWhatFailedEverywhere) {
  const RunRecord run = two_cases();
  EXPECT_NE(terminal_report(run, Colour::kNever).find("FAILED  s / bad"), std::string::npos);
  const std::string junit = junit_report(run);
  EXPECT_NE(junit.find("tests=\"2\" failures=\"1\""), std::string::npos);
  EXPECT_EQ(junit.find("</script>"), std::string::npos);
  const std::string page = html_report(run, json_report(run));
  EXPECT_EQ(page.find("</script><b>x"), std::string::npos);
  EXPECT_EQ(page.find("@RUN@"), std::string::npos);
  const auto cases = cases_of_report(json_report(run));
  ASSERT_TRUE(cases);
  ASSERT_EQ(cases->size(), 2u);
  EXPECT_EQ(cases->at(0).shares.at("task_success").hits, 1u);
  EXPECT_EQ(cases->at(1).shares.at("task_success").hits, 0u);
}

TEST(Reports, WriteNothingThatXmlForbids) {
  RunRecord run = two_cases();
  run.cases[1].turns[0].said = "a\xEF\xBF\xBE" "b\xEF\xBF\xBF" "c\x01" "d\xEF\xBF\xBD";
  const std::string junit = junit_report(run);
  EXPECT_NE(junit.find("abcd\xEF\xBF\xBD"), std::string::npos) << junit;
}

TEST(Reports, FindEvidenceInWhicheverTurnItWasRead) {
  const std::string page = html_report(two_cases(), {});
  EXPECT_NE(page.find("function toolOf(call, turns, turn)"), std::string::npos) << "tests/slow/report_page.sh uses it in a browser";
}

TEST_F(GradeTest, HoldsATurnThatWasTurnedDownToItsError) {
  EXPECT_EQ(failed("error: conflict"), Checks{"error"});
  state.error = "conflict";
  EXPECT_EQ(failed("error: conflict"), Checks{});
  EXPECT_EQ(failed("max_calls: 0"), Checks{"error"});
}

}  // namespace
}  // namespace floorwalker::evals
