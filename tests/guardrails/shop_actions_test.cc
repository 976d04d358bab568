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
    return judge_shop_action(call, conversation_, rules_, {"update_cart", "apply_discount", "start_checkout"}, identifiers).rule;
  }

  Conversation conversation_;
  GuardrailRules rules_;
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
