#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/guided_dialogue.h"
#include "tests/support/memory_shop.h"
#include "tools/search/index.h"

namespace floorwalker::test {
namespace {

Attribute number(const std::string& name, const std::string& value) { return {name, *parse_measure(value)}; }
Attribute words(const std::string& name, const std::string& value) { return {name, value}; }

// A small shop of boots, jumpers and totes, written for these tests.
class GuidedDialogue : public ::testing::Test {
 protected:
  GuidedDialogue() {
    const char* materials[] = {"Leather", "Suede", "Canvas", "Leather", "Suede", "Leather"};
    for (int i = 0; i < 6; ++i) {
      Product boot = simple_product("B-" + std::to_string(i + 1), std::string(i % 2 ? "Harrow" : "Linden") + " Boot " + std::to_string(i + 1), "boot",
                                    6000 + 1500 * i, {words("material", materials[i]), number("weight", std::to_string(600 + 50 * i) + " g")});
      set_variants(boot, "Size", {"6", "7", "8"});
      shop_.catalogue.add(std::move(boot));
    }
    for (int i = 0; i < 3; ++i) {
      Product jumper = simple_product("J-" + std::to_string(i + 1), "Fern Jumper " + std::to_string(i + 1), "jumper", 4000 + 3000 * i,
                                      {words("material", i == 0 ? "Cotton" : "Wool")});
      set_variants(jumper, "Size", {"S", "M", "L"});
      shop_.catalogue.add(std::move(jumper));
    }
    shop_.catalogue.add(simple_product("T-1", "Marl Tote", "tote", 3000, {words("material", "Canvas")}));
    Policy returns;
    returns.id = PolicyId("returns");
    returns.topic = "returns";
    returns.title = "Returns";
    returns.text = "You may send anything back within 30 days.";
    returns.date = "2026-01-01";
    shop_.policies.policies.push_back(returns);
    tools::Shop ports;
    ports.catalogue = &shop_.catalogue;
    ports.search = &shop_.search;
    ports.carts = &shop_.carts;
    ports.policies = &shop_.policies;
    ports.orders = &shop_.orders;
    ports.desk = &shop_.desk;
    Playbook playbook;
    playbook.brand.currency = *Currency::parse("USD");
    playbook.guardrails.confirm = {"start_checkout"};
    dialogue_ = std::make_unique<Dialogue>(ports, playbook, *search::build_index(shop_.catalogue));
  }

  Dialogue::Turn say(const std::string& text) { return dialogue_->say(text); }

  std::string cart() {
    std::string out;
    for (const CartLine& line : dialogue_->cart().lines) {
      out += (out.empty() ? "" : "; ") + std::to_string(line.quantity) + " " + line.product.str();
      for (const OptionValue& option : line.options) out += " " + option.value;
    }
    return out;
  }

  MemoryShop shop_;
  std::unique_ptr<Dialogue> dialogue_;
};

TEST_F(GuidedDialogue, ShowsProductsAndAsksAtMostOneQuestion) {
  const auto turn = say("I'm looking for boots");
  EXPECT_GE(turn.shown().size(), 2u);
  EXPECT_EQ(turn.shown().front().substr(0, 2), "B-");
  EXPECT_EQ(dialogue_->cart().lines.size(), 0u);
}

TEST_F(GuidedDialogue, KeepsToTheCeiling) {
  const auto turn = say("boots under 80");
  ASSERT_FALSE(turn.shown().empty());
  for (const std::string& id : turn.shown()) EXPECT_LE(shop_.catalogue.find(id)->variants.front().price.minor, 8000) << id;
}

TEST_F(GuidedDialogue, AsksWhichSizeBeforeAdding) {
  say("boots under 80");
  const auto turn = say("add the first one");
  EXPECT_EQ(turn.presentation.asked, "option:Size");
  EXPECT_EQ(cart(), "");
  say("7");
  EXPECT_EQ(cart().substr(cart().size() - 1), "7");
  EXPECT_EQ(dialogue_->cart().lines.size(), 1u);
}

TEST_F(GuidedDialogue, AddsAtOnceInTheSizeThatWasSaid) {
  say("boots");
  const auto list = say("show me more").shown();
  say("add the first one in a 7");
  EXPECT_EQ(dialogue_->cart().lines.size(), 1u);
  EXPECT_NE(cart().find(" 7"), std::string::npos);
}

TEST_F(GuidedDialogue, AddsASingleVariantWithoutAsking) {
  say("a tote");
  say("add it");
  EXPECT_EQ(cart(), "1 T-1");
}

TEST_F(GuidedDialogue, CorrectsASizeInOneLine) {
  say("boots under 70");
  say("add it in a 6");
  ASSERT_EQ(dialogue_->cart().lines.size(), 1u);
  say("size 8 instead");
  ASSERT_EQ(dialogue_->cart().lines.size(), 1u);
  EXPECT_NE(cart().find(" 8"), std::string::npos) << cart();
}

TEST_F(GuidedDialogue, TwoSizesAreTwoLines) {
  say("boots under 70");
  say("add it in a 6");
  say("add it in an 8 as well");
  EXPECT_EQ(dialogue_->cart().lines.size(), 2u) << cart();
}

TEST_F(GuidedDialogue, RemembersTheShoppersOwnSize) {
  say("I'm a size 7");
  say("boots under 70");
  say("add it");
  EXPECT_NE(cart().find(" 7"), std::string::npos) << cart();
}

TEST_F(GuidedDialogue, RefusesASizeThatIsNotMade) {
  say("boots under 70");
  const auto turn = say("add it in a 12");
  EXPECT_EQ(cart(), "");
  EXPECT_NE(turn.text.find("6"), std::string::npos) << turn.text;
}

TEST_F(GuidedDialogue, ShowsEveryThingOfOneSentence) {
  const auto turn = say("boots under 80 and a jumper");
  const auto shown = turn.shown();
  EXPECT_TRUE(std::any_of(shown.begin(), shown.end(), [](const std::string& id) { return id[0] == 'B'; }));
  EXPECT_TRUE(std::any_of(shown.begin(), shown.end(), [](const std::string& id) { return id[0] == 'J'; }));
  EXPECT_EQ(turn.steps, 2);
}

TEST_F(GuidedDialogue, SaysWhatItDoesNotCarry) {
  const auto turn = say("do you have jeans?");
  EXPECT_TRUE(turn.shown().empty());
  EXPECT_NE(turn.text.find("jeans"), std::string::npos) << turn.text;
}

TEST_F(GuidedDialogue, AnswersAQuestionAboutAFactFromTheRecord) {
  say("boots under 70");
  const auto turn = say("how heavy is it?");
  EXPECT_NE(turn.text.find("600 g"), std::string::npos) << turn.text;
}

TEST_F(GuidedDialogue, QuotesPoliciesAndInventsNone) {
  EXPECT_NE(say("what is your return policy?").text.find("30 days"), std::string::npos);
  EXPECT_EQ(say("is there a warranty?").text.find("30 days"), std::string::npos);
}

TEST_F(GuidedDialogue, SetsAQuantityAndRemoves) {
  say("a tote");
  say("add two of them");
  EXPECT_EQ(cart(), "2 T-1");
  say("make it three");
  EXPECT_EQ(cart(), "3 T-1");
  say("remove it");
  EXPECT_EQ(cart(), "");
}

TEST_F(GuidedDialogue, AddsNothingUnasked) {
  for (const char* text : {"boots", "leather ones", "compare the first two", "tell me about the second", "cheaper", "what's in my cart?"}) say(text);
  EXPECT_EQ(cart(), "");
}

TEST_F(GuidedDialogue, GivesTheShopsCheckoutLink) {
  say("a tote");
  say("add it");
  const auto asked = say("checkout");
  EXPECT_NE(asked.text.find("$30.00"), std::string::npos) << asked.text;
  EXPECT_EQ(asked.presentation.asked, "confirm:start_checkout");
  EXPECT_FALSE(asked.called("start_checkout"));
  EXPECT_NE(say("yes").text.find("http"), std::string::npos);
}

TEST_F(GuidedDialogue, LeavesTheCheckoutForNow) {
  say("a tote");
  say("add it");
  say("checkout");
  EXPECT_FALSE(say("no, wait").called("start_checkout"));
  EXPECT_EQ(cart(), "1 T-1");
}

TEST_F(GuidedDialogue, TakesALongRequestForASearchThoughItHoldsAProductsName) {
  const auto turn = say("find me sturdy winter boots with leather sole to go with my marl tote and price lower than 90 dollars");
  ASSERT_GE(turn.shown().size(), 2u) << turn.text;
  EXPECT_EQ(turn.shown().front().substr(0, 2), "B-") << turn.text;
}

TEST_F(GuidedDialogue, ShowsNewProductsForMore) {
  const auto first = say("boots").shown();
  for (const std::string& id : say("show me more").shown()) EXPECT_EQ(std::count(first.begin(), first.end(), id), 0) << id;
}


}  // namespace
}  // namespace floorwalker::test
