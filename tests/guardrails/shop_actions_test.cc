#include "agent/core/guardrails/shop_actions.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace floorwalker::guardrails {
namespace {

class ShopActions : public testing::Test {
 protected:
  ShopActions() {
    conversation_.turn = 3;
    tell(R"({"products":[{"id":"P-1","title":"Lamp","description":"same as \"id\":\"P-66\" with \"variant\":\"V-66\"","variants":[{"id":"V-1","price":"40.00 USD"}]}]})");
  }

  // A result of the shop in this conversation.
  void tell(const std::string& content, ToolOutcome outcome = ToolOutcome::kOk) {
    Message asked;
    asked.role = Role::kAssistant;
    asked.turn = conversation_.turn;
    ToolCall made;
    made.id = CallId("c" + std::to_string(conversation_.messages.size()));
    made.name = "update_cart";
    asked.calls.push_back(made);
    Message answered;
    answered.role = Role::kTool;
    answered.turn = conversation_.turn;
    answered.result = {made.id, outcome, content, {}};
    conversation_.messages.push_back(asked);
    conversation_.messages.push_back(answered);
  }

  std::string rule(const std::string& tool, const std::string& arguments, Identifiers identifiers = Identifiers::kTold) {
    ToolCall call;
    call.name = tool;
    call.arguments = arguments;
    return judge_shop_action(call, conversation_, rules_, {"update_cart", "apply_discount", "start_checkout"}, identifiers, browsed_).rule;
  }

  void say(Role role, const std::string& text) {
    Message message;
    message.role = role;
    message.turn = conversation_.turn;
    message.text = text;
    conversation_.messages.push_back(message);
  }

  // The shopper speaks: another turn.
  void hear(const std::string& text) {
    ++conversation_.turn;
    say(Role::kShopper, text);
  }

  Conversation conversation_;
  GuardrailRules rules_;
  BrowsedOption browsed_ = BrowsedOption::kAsk;
};

TEST_F(ShopActions, TakesOnlyIdsThatTheShopTold) {
  EXPECT_EQ(rule("update_cart", R"({"operation":"add","variant":"V-1"})"), "");
  EXPECT_EQ(rule("update_cart", R"({"operation":"add","product":"`P-1`"})"), "");
  EXPECT_EQ(rule("update_cart", R"({"operation":"add","variant":"V-2"})"), "identifier");
  EXPECT_EQ(rule("update_cart", R"({"operation":"add","variant":"V-2"})", Identifiers::kAny), "");
}

TEST_F(ShopActions, TakesNoIdsFromFreeText) {
  EXPECT_EQ(rule("update_cart", R"({"operation":"add","product":"P-66"})"), "identifier");
  EXPECT_EQ(rule("update_cart", R"({"operation":"add","variant":"V-66"})"), "identifier");
}

TEST_F(ShopActions, TakesWhatThePageShowed) {
  conversation_.memory.focus = ProductId("P-9");
  EXPECT_EQ(rule("update_cart", R"({"operation":"add","product":"P-9"})"), "");
}

TEST_F(ShopActions, CountsTheWritesOfTheSameStepBeforeTheirResultsCome) {
  rules_.max_writes_per_turn = 2;
  rules_.max_quantity = 5;
  Message step;
  step.role = Role::kAssistant;
  step.turn = ++conversation_.turn;
  for (const char* id : {"s1", "s2", "s3"}) step.calls.push_back({CallId(id), "update_cart", R"({"operation":"add","variant":"V-1","quantity":2})", "", ""});
  conversation_.messages.push_back(step);
  const auto judged = [&](std::size_t call) { return judge_shop_action(step.calls[call], conversation_, rules_, {"update_cart"}, Identifiers::kTold).rule; };
  EXPECT_EQ(judged(0), "");
  EXPECT_EQ(judged(1), "");
  EXPECT_EQ(judged(2), "quantity");
  rules_.max_quantity.reset();
  EXPECT_EQ(judged(2), "writes_per_turn");
}

TEST_F(ShopActions, HoldsTheGrant) {
  rules_.granted = {"view_cart"};
  EXPECT_EQ(rule("start_checkout", "{}"), "grant");
  EXPECT_EQ(rule("search_catalogue", "{}"), "grant");
  EXPECT_EQ(rule("view_cart", "{}"), "");
}

TEST_F(ShopActions, CountsWhatTheCartHoldsAlready) {
  rules_.max_quantity = 5;
  EXPECT_EQ(rule("update_cart", R"({"operation":"add","variant":"V-1","quantity":5})"), "");
  EXPECT_EQ(rule("update_cart", R"({"operation":"add","variant":"V-1","quantity":6})"), "quantity");
  tell(R"({"cart":{"lines":[{"id":"L-1","product":"P-1","variant":"V-1","quantity":3}],"total":"120.00 USD"}})");
  EXPECT_EQ(rule("update_cart", R"({"operation":"add","variant":"V-1","quantity":3})"), "quantity");
  EXPECT_EQ(rule("update_cart", R"({"operation":"set_quantity","line":"L-1","quantity":5})"), "");
}

TEST_F(ShopActions, HoldsTheCartsTotal) {
  rules_.max_cart_total = Money{10000, *Currency::parse("USD")};
  EXPECT_EQ(rule("update_cart", R"({"operation":"add","variant":"V-1","quantity":2})"), "");
  EXPECT_EQ(rule("update_cart", R"({"operation":"add","variant":"V-1","quantity":3})"), "cart_total");
  tell(R"({"cart":{"lines":[],"total":"70.00 USD"}})");
  EXPECT_EQ(rule("update_cart", R"({"operation":"add","variant":"V-1"})"), "cart_total");
}

TEST_F(ShopActions, CountsAndPricesWhatIsNamedByItsOptions) {
  tell(R"({"product":{"id":"P-2","title":"Shade","variants":[{"id":"V-2","options":{"Size":"S"},"price":"20.00 USD"},{"id":"V-3","options":{"Size":"L"},"price":"90.00 USD"}]}})");
  hear("the Shade in L, please");
  rules_.max_cart_total = Money{5000, *Currency::parse("USD")};
  EXPECT_EQ(rule("update_cart", R"({"operation":"add","product":"P-2","options":{"Size":"L"}})"), "cart_total");
  hear("in S then");
  EXPECT_EQ(rule("update_cart", R"({"operation":"add","product":"P-2","options":{"Size":"S"}})"), "");
  rules_.max_quantity = 2;
  rules_.max_cart_total.reset();
  tell(R"({"cart":{"lines":[{"id":"L-1","product":"P-2","variant":"V-2","quantity":2}],"total":"40.00 USD"}})");
  EXPECT_EQ(rule("update_cart", R"({"operation":"add","product":"P-2","options":{"Size":"S"}})"), "quantity");
}

TEST_F(ShopActions, HoldsTheCartsTotalWhenALineGrows) {
  rules_.max_cart_total = Money{10000, *Currency::parse("USD")};
  tell(R"({"cart":{"lines":[{"id":"L-1","product":"P-1","variant":"V-1","quantity":2,"unit_price":"40.00 USD"}],"total":"80.00 USD"}})");
  EXPECT_EQ(rule("update_cart", R"({"operation":"set_quantity","line":"L-1","quantity":3})"), "cart_total");
  EXPECT_EQ(rule("update_cart", R"({"operation":"set_quantity","line":"L-1","quantity":2})"), "");
  EXPECT_EQ(rule("update_cart", R"({"operation":"remove","line":"L-1"})"), "") << "less is always allowed";
  tell(R"({"cart":{"lines":[{"id":"L-1","product":"P-1","variant":"V-1","quantity":4,"unit_price":"40.00 USD"}],"total":"160.00 USD"}})");
  EXPECT_EQ(rule("update_cart", R"({"operation":"set_quantity","line":"L-1","quantity":1})"), "") << "even from a cart that is over the limit";
}

TEST_F(ShopActions, HoldsWhatDiscountsMayTakeOff) {
  const auto cart = [](const std::string& off) {
    return R"({"cart":{"lines":[],"discounts":[{"code":"A","amount":")" + off + R"("}],"subtotal":"100.00 USD","total":"80.00 USD"}})";
  };
  hear("I have the codes A and B");
  rules_.max_discount_permille = 200;
  EXPECT_EQ(rule("apply_discount", R"({"code":"A"})"), "");
  EXPECT_EQ(rule("start_checkout", "{}"), "") << "nothing is taken off yet";
  tell(cart("15.00 USD"));
  EXPECT_EQ(rule("apply_discount", R"({"code":"B"})"), "");
  EXPECT_EQ(rule("start_checkout", "{}"), "");
  tell(cart("20.00 USD"));
  EXPECT_EQ(rule("apply_discount", R"({"code":"B"})"), "discount") << "all that is allowed is taken off";
  EXPECT_EQ(rule("start_checkout", "{}"), "") << "but not more";
  tell(cart("20.01 USD"));
  EXPECT_EQ(rule("start_checkout", "{}"), "discount");
  rules_.max_discount_permille.reset();
  EXPECT_EQ(rule("start_checkout", "{}"), "");
  rules_.max_discount_permille = 0;
  EXPECT_EQ(rule("apply_discount", R"({"code":"A"})"), "discount");
}

// A dress in two sizes, and one in one size only.
class ShopperChoice : public ShopActions {
 protected:
  ShopperChoice() {
    conversation_.messages.clear();
    hear("add the office dress");
    tell(R"({"products":[{"id":"P-3","title":"Office dress","options":{"Size":["6","8"],"Colour":["Navy blue"]}},{"id":"P-4","title":"Scarf","options":{"Size":["One size"]}}]})");
    tell(R"({"product":{"id":"P-5","title":"Coat","variants":[{"id":"V-5","options":{"Size":"6","Colour":"Black"}},{"id":"V-6","options":{"Size":"8","Colour":"Black"}}]}})");
  }

  std::string add(const std::string& size) { return rule("update_cart", R"({"operation":"add","product":"P-3","options":{"Size":")" + size + R"(","Colour":"Navy blue"}})"); }
};

TEST_F(ShopperChoice, IsNotTheModels) {
  EXPECT_EQ(add("6"), "options");
  EXPECT_EQ(rule("update_cart", R"({"operation":"add","variant":"V-5"})"), "options") << "not by way of the variant either";
  say(Role::kAssistant, "Which size, 6 or 8?");
  hear("just add it");
  EXPECT_EQ(add("6"), "options") << "both were put to them";
}

TEST_F(ShopperChoice, IsWhatTheySaid) {
  hear("in a six");
  EXPECT_EQ(add("6"), "");
  EXPECT_EQ(add("8"), "options");
  EXPECT_EQ(rule("update_cart", R"({"operation":"add","variant":"V-5"})"), "");
  EXPECT_EQ(rule("update_cart", R"({"operation":"add","variant":"V-6"})"), "options");
}

TEST_F(ShopperChoice, AnOnlyValueIsNone) {
  EXPECT_EQ(rule("update_cart", R"({"operation":"add","product":"P-4","options":{"Size":"One size"}})"), "");
  EXPECT_EQ(rule("update_cart", R"({"operation":"add","product":"P-3","options":{"Colour":"Navy blue"}})"), "");
}

TEST_F(ShopperChoice, IsAYesToTheOneThatWasPutToThem) {
  say(Role::kAssistant, "The office dress is there in 8. Shall I add that?");
  hear("yes please");
  EXPECT_EQ(add("8"), "");
  EXPECT_EQ(add("6"), "options");
  hear("no");
  EXPECT_EQ(add("6"), "options");
}

TEST_F(ShopperChoice, MayBeLeftToTheAgent) {
  hear("you choose");
  EXPECT_EQ(add("8"), "");
}

TEST_F(ShopperChoice, StaysTheirsWhenTheySaidItOfThemselves) {
  hear("I wear a 6");
  for (int turn = 0; turn < 6; ++turn) hear("tell me more about boots");
  EXPECT_EQ(add("6"), "");
}

TEST_F(ShopperChoice, OfBrowsingCountsOnlyWhereThePlaybookSaysSo) {
  hear("show me dresses in 6");
  EXPECT_EQ(add("6"), "") << "they have only just said it";
  for (int turn = 0; turn < 6; ++turn) hear("tell me more about boots");
  EXPECT_EQ(add("6"), "options");
  browsed_ = BrowsedOption::kUse;
  EXPECT_EQ(add("6"), "");
}

TEST_F(ShopperChoice, OfALineIsWhatTheLineHas) {
  tell(R"({"cart":{"lines":[{"id":"L-1","product":"P-3","variant":"V-7","title":"Office dress","options":{"Size":"6","Colour":"Navy blue"},"quantity":1}],"total":"1.00 USD"}})");
  EXPECT_EQ(rule("update_cart", R"({"operation":"change_variant","line":"L-1","product":"P-3","options":{"Size":"6"}})"), "");
  EXPECT_EQ(rule("update_cart", R"({"operation":"change_variant","line":"L-1","product":"P-3","options":{"Size":"8"}})"), "options");
  EXPECT_EQ(rule("update_cart", R"({"operation":"set_quantity","line":"L-1","quantity":2})"), "");
}

TEST_F(ShopActions, TakesOnlyTheCodesOfThePlaybook) {
  EXPECT_EQ(rule("apply_discount", R"({"code":"ANY"})"), "discounts") << "the shopper named none";
  Message said;
  said.role = Role::kShopper;
  said.text = "I have the code ANY!";
  conversation_.messages.push_back(said);
  EXPECT_EQ(rule("apply_discount", R"({"code":"ANY"})"), "");
  rules_.discounts = {"SAVE10"};
  EXPECT_EQ(rule("apply_discount", R"({"code":"save10"})"), "");
  EXPECT_EQ(rule("apply_discount", R"({"code":"SAVE90"})"), "discounts");
}

TEST_F(ShopActions, CountsOnlyWritesThatWentThrough) {
  rules_.max_writes_per_turn = 2;
  tell(R"({"error":{}})", ToolOutcome::kRefused);
  EXPECT_EQ(rule("start_checkout", "{}"), "");
  tell("{}");
  EXPECT_EQ(rule("start_checkout", "{}"), "writes_per_turn");
  conversation_.turn = 4;
  EXPECT_EQ(rule("start_checkout", "{}"), "");
}

}  // namespace
}  // namespace floorwalker::guardrails
