#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "agent/models/guided/dialogue/calls.h"
#include "agent/models/guided/dialogue/describe.h"
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
    Product umbrella = simple_product("U-1", "Gable Umbrella", "umbrella", 2500, {words("canopy", "Round canopy"), words("shaft", "Ash")});
    umbrella.brand = "Gable";
    shop_.catalogue.add(std::move(umbrella));
    Policy returns;
    returns.id = PolicyId("returns");
    returns.topic = "returns";
    returns.title = "Returns";
    returns.text = "You may send anything back within 30 days.";
    returns.date = "2026-01-01";
    shop_.policies.policies.push_back(returns);
    Policy delivery = returns;
    delivery.id = PolicyId("delivery");
    delivery.topic = "delivery";
    delivery.title = "Delivery";
    delivery.text = "Parcels are handed to the carrier before noon. They arrive in 3 to 5 days. Delivery costs $6, and nothing from $80. "
                    "The carrier leaves a card where nobody opens. Packaging is made of paper and can go into any paper bin.";
    shop_.policies.policies.push_back(delivery);
    Playbook playbook;
    playbook.brand.currency = *Currency::parse("USD");
    NeedRule rain;
    rain.name = "rain";
    rain.phrases = {"wet weather"};
    rain.applies_to = {"boot"};
    playbook.needs.push_back(rain);
    playbook.guardrails.confirm = {"start_checkout"};
    dialogue_ = std::make_unique<Dialogue>(shop_.ports(), playbook, *search::build_index(shop_.catalogue));
  }

  Dialogue::Turn say(const std::string& text) { return dialogue_->say(text); }

  static std::set<std::string> shown_in(const Dialogue::Turn& turn) {
    const auto shown = turn.shown();
    return {shown.begin(), shown.end()};
  }

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

TEST(GuidedCalls, GiveNoIdTwiceInATurnWhateverALaterStepAsksForFirst) {
  Conversation conversation;
  conversation.turn = 3;
  const std::vector<ToolSpec> tools = {{"get_product", "", "{}", ToolEffect::kRead}};
  const auto step = [&](const std::vector<const char*>& products) {
    const ModelRequest request{conversation, tools};
    guided::Calls calls(request);
    for (const char* product : products) calls.product(ProductId(product));
    Message message;
    message.role = Role::kAssistant;
    message.turn = conversation.turn;
    message.calls = calls.pending();
    conversation.messages.push_back(message);
    for (const ToolCall& call : message.calls) {
      Message answer;
      answer.role = Role::kTool;
      answer.turn = conversation.turn;
      answer.result = {call.id, ToolOutcome::kOk, "{}", {}};
      conversation.messages.push_back(answer);
    }
  };
  step({"P-1"});
  step({"P-2", "P-1", "P-3"});
  std::set<std::string> ids;
  std::size_t made = 0;
  for (const Message& message : conversation.messages) {
    for (const ToolCall& call : message.calls) ids.insert(call.id.str()), ++made;
  }
  EXPECT_EQ(made, 3u);
  EXPECT_EQ(ids.size(), made);
}

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

TEST_F(GuidedDialogue, AddsNothingForAKindThatWasNotShown) {
  say("boots under 70");
  for (const char* text : {"add the second tote", "add the tote", "and the jumper, add that"}) {
    say(text);
    EXPECT_EQ(cart().find("B-"), std::string::npos) << text << ": " << cart();
  }
}

TEST_F(GuidedDialogue, CountsWithinTheKindThatIsNamed) {
  say("boots");
  say("jumpers");
  const auto turn = say("tell me about the second boot");
  ASSERT_EQ(turn.shown().size(), 1u) << turn.text;
  EXPECT_EQ(turn.shown().front().substr(0, 2), "B-");
}

TEST_F(GuidedDialogue, AddsTwoThingsOfOneSentence) {
  say("boots under 70 and a tote");
  const auto turn = say("add the boot and the tote");
  EXPECT_EQ(turn.presentation.asked, "option:Size");
  say("7");
  EXPECT_EQ(cart(), "1 B-1 7; 1 T-1");
}

TEST_F(GuidedDialogue, AddsAnotherSizeBesideTheFirst) {
  say("boots under 70");
  say("add it in a 7");
  say("and also in a 6");
  EXPECT_EQ(cart(), "1 B-1 7; 1 B-1 6");
}

TEST_F(GuidedDialogue, TakesASizeFromAnotherPartOfTheMessage) {
  say("boots under 70");
  say("size 8 please, add it");
  EXPECT_EQ(cart(), "1 B-1 8");
}

TEST_F(GuidedDialogue, RemovesALineSetToZero) {
  say("a tote");
  say("add it");
  say("make it zero");
  EXPECT_EQ(cart(), "");
}

TEST_F(GuidedDialogue, TakesANumberAfterNoForTheQuantity) {
  say("a tote");
  say("add two of them");
  say("no, one");
  EXPECT_EQ(cart(), "1 T-1");
}

TEST_F(GuidedDialogue, OffersTheVariantThatIsPickedAndAddsItOnAYes) {
  say("boots under 70");
  EXPECT_EQ(say("make it a 7").presentation.asked, "offer:variant");
  EXPECT_EQ(cart(), "");
  say("yes please");
  EXPECT_EQ(cart(), "1 B-1 7");
}

TEST_F(GuidedDialogue, TakesNoCardNumbers) {
  const auto turn = say("my card is 4111 1111 1111 1111, charge it");
  EXPECT_TRUE(turn.calls.empty());
  EXPECT_EQ(turn.text.find("4111"), std::string::npos);
}

TEST_F(GuidedDialogue, PutsAsManyIntoTheCartAsAreNamed) {
  say("put 3 Marl Totes in my cart");
  EXPECT_EQ(cart(), "3 T-1");
}

TEST_F(GuidedDialogue, ComparesAllOfThemWithoutBuyingAny) {
  say("boots");
  say("compare all six of them");
  EXPECT_EQ(cart(), "");
}

// Where personal data is redacted, the model reads a placeholder.
TEST_F(GuidedDialogue, TakesNoCardNumbersThatWereRedacted) {
  say("boots under 70");
  const auto turn = say("take it from my card [card 1]");
  EXPECT_TRUE(turn.calls.empty());
  EXPECT_NE(turn.text.find("card"), std::string::npos);
  EXPECT_EQ(cart(), "");
}

TEST_F(GuidedDialogue, PassesACancellationToAPersonOnAYes) {
  say("can I cancel my order?");
  EXPECT_TRUE(say("yes").presentation.hand_off);
}

TEST_F(GuidedDialogue, QuotesTheSentenceThatAnswers) {
  const std::string text = say("how much does delivery cost?").text;
  EXPECT_NE(text.find("$6"), std::string::npos) << text;
  EXPECT_EQ(text.find("paper"), std::string::npos) << text;
  EXPECT_NE(say("when will it arrive?").text.find("3 to 5 days"), std::string::npos);
}

TEST_F(GuidedDialogue, ComparesNothingElseThanWhatIsNamed) {
  say("boots");
  const auto turn = say("compare your two aprons");
  EXPECT_FALSE(turn.called("compare_products")) << turn.text;
  EXPECT_NE(turn.text.find("aprons"), std::string::npos) << turn.text;
}

TEST_F(GuidedDialogue, SaysWithOneProductPerSentenceWhatTellsThemApart) {
  say("boots");
  const std::string text = say("compare the first two").text;
  EXPECT_NE(text.find("Boot"), std::string::npos);
  EXPECT_EQ(text.find("against"), std::string::npos) << text;
}

TEST_F(GuidedDialogue, FindsTheCheapestOfWhatIsWanted) {
  say("boots over 70");
  const auto turn = say("which is the cheapest?");
  ASSERT_FALSE(turn.shown().empty());
  EXPECT_EQ(turn.shown().front(), "B-2") << turn.text;
}

TEST_F(GuidedDialogue, FindsByTheUseWhereNoKindIsNamed) {
  const auto turn = say("something for wet weather");
  ASSERT_FALSE(turn.shown().empty()) << turn.text;
  EXPECT_EQ(turn.shown().front().substr(0, 2), "B-");
}

TEST_F(GuidedDialogue, NamesTheOneThatIsAheadOnWhatIsAsked) {
  say("show me boots");
  const auto turn = say("which of these is the lightest?");
  EXPECT_NE(turn.text.find("lowest weight"), std::string::npos) << turn.text;
  EXPECT_NE(turn.text.find("Linden Boot 1"), std::string::npos) << turn.text;
}

TEST_F(GuidedDialogue, AnswersBothQuestionsOfAMessage) {
  say("show me boots");
  const auto turn = say("what is the first one made of? how heavy is it?");
  EXPECT_NE(turn.text.find("Leather"), std::string::npos) << turn.text;
  EXPECT_NE(turn.text.find("600 g"), std::string::npos) << turn.text;
}

TEST_F(GuidedDialogue, LeansToWhatIsWishedWithoutANumber) {
  const auto turn = say("I need boots that are not too heavy");
  ASSERT_FALSE(turn.shown().empty());
  EXPECT_EQ(turn.shown().front(), "B-1");
  EXPECT_NE(turn.text.find("weight 600 g"), std::string::npos) << turn.text;
}

TEST_F(GuidedDialogue, SomethingWithoutANameIsWhatIsLookedFor) {
  say("show me boots");
  const auto turn = say("something light, with a zip");
  ASSERT_FALSE(turn.shown().empty());
  for (const std::string& id : turn.shown()) EXPECT_EQ(id.front(), 'B') << id;
  EXPECT_EQ(turn.shown().front(), "B-1") << "the lightest";
  EXPECT_EQ(say("something to carry, a tote").shown(), std::vector<std::string>{"T-1"});
}

TEST_F(GuidedDialogue, TakesAnIdInBackquotesForTheProduct) {
  say("add `T-1` to my cart");
  EXPECT_EQ(cart(), "1 T-1");
}

TEST_F(GuidedDialogue, AsksNothingTwiceWhereTwoPartsOfAMessageAddTheSame) {
  say("add the Linden Boot 1");
  const auto turn = say("whatever, put it in the cart");
  EXPECT_EQ(cart(), "");
  EXPECT_EQ(turn.text.find("Which", turn.text.find("Which") + 1), std::string::npos) << turn.text;
}

TEST_F(GuidedDialogue, GivesEachOfTwoItsOwnSize) {
  say("add the Linden Boot 1 and the Fern Jumper 2");
  say("the boot in 7, the jumper in M");
  EXPECT_NE(cart().find("B-1 7"), std::string::npos) << cart();
  EXPECT_NE(cart().find("J-2 M"), std::string::npos) << cart();
}

TEST(ShortTitles, EndWhereTheSpecificationsBegin) {
  EXPECT_EQ(guided::short_title("AOC 22P2Q LED display 54.6 cm (21.5\") 1920 x 1080 pixels Full HD Black"), "AOC 22P2Q LED display");
  EXPECT_EQ(guided::short_title("HP EliteBook 2540p Notebook PC (ENERGY STAR) Silver 30.7 cm (12.1\")"), "HP EliteBook 2540p Notebook PC");
  EXPECT_EQ(guided::short_title("Fern Jumper 2"), "Fern Jumper 2");
}

TEST_F(GuidedDialogue, PutsNothingIntoTheCartOnAQuestion) {
  say("show me boots");
  say("and laces, do any of them have it?");
  EXPECT_EQ(cart(), "");
}

TEST_F(GuidedDialogue, AnswersAnAsideWithTheQuestionBehindIt) {
  say("show me boots");
  say("add the Fern Jumper 2 in M");
  const auto turn = say("my flat is small, how heavy is the first boot?");
  EXPECT_NE(turn.text.find("600 g"), std::string::npos) << turn.text;
}

TEST_F(GuidedDialogue, LeavesOutWhatWasNeverTaken) {
  say("show me boots");
  say("no, leave the boots then");
  EXPECT_EQ(cart(), "");
}

TEST_F(GuidedDialogue, TakesTheCheapestOfWhatIsTalkedAbout) {
  const auto boots = say("show me boots").shown();
  say("tell me about the second one");
  const auto turn = say("what's the difference between that one and the cheapest?");
  EXPECT_EQ(shown_in(turn), (std::set<std::string>{boots[1], "B-1"})) << turn.text;
  EXPECT_EQ(say("just the cheapest one").shown().front(), "B-1") << "not the shop's, a tote";
}

TEST_F(GuidedDialogue, TellsWhetherAThingIsOfAMaterial) {
  say("tell me about the Harrow Boot 2");
  EXPECT_NE(say("does it come in suede?").text.find("Suede"), std::string::npos);
}

TEST_F(GuidedDialogue, ComparesTheTwoThatWereLookedAt) {
  const auto boots = say("show me boots").shown();
  say("tell me about the first one");
  say("and what about the third?");
  const auto turn = say("compare those two");
  EXPECT_EQ(shown_in(turn), (std::set<std::string>{boots[0], boots[2]})) << turn.text;
  say("the cheaper of those two please");
  say("size 7");
  EXPECT_EQ(cart().find("1 B-"), 0u) << cart();
}

TEST_F(GuidedDialogue, TakesADetailBeforeTheWordToAdd) {
  say("tell me about the Linden Boot 1");
  EXPECT_TRUE(say("ok in 7 please, add it").text.find("Added") != std::string::npos || !cart().empty());
  EXPECT_NE(cart().find("B-1 7"), std::string::npos) << cart();
}

TEST_F(GuidedDialogue, AddsNothingTwiceForAThingThatWasNotShown) {
  say("show me boots");
  say("take the first boot in 7 and that tote then");
  EXPECT_EQ(cart().find("2 B-"), std::string::npos) << cart();
}

TEST_F(GuidedDialogue, TellsTheWeightOfHowMuchSomethingWeighs) {
  say("show me boots");
  const std::string text = say("how much does the first one weigh?").text;
  EXPECT_NE(text.find(" g"), std::string::npos) << text;
}

TEST_F(GuidedDialogue, TakesWhatIsAgreedTo) {
  say("tell me about the Linden Boot 1");
  say("ok take that one");
  say("7");
  EXPECT_NE(cart().find("B-1 7"), std::string::npos) << cart();
}

TEST_F(GuidedDialogue, LeavesWhatIsToStayInTheCart) {
  say("add the Linden Boot 1 in 7");
  say("add the Fern Jumper 2 in M");
  const std::string both = cart();
  EXPECT_NE(say("what do I have now?").text.find("Fern Jumper"), std::string::npos);
  const auto turn = say("actually leave the boot for now, just the jumper please. how do I pay?");
  EXPECT_EQ(cart().find("B-1"), std::string::npos) << "had " << both;
  EXPECT_NE(cart(), "") << turn.text;
  EXPECT_NE(turn.text.find("1 × Fern Jumper 2"), std::string::npos) << "the cart as the change left it: " << turn.text;
}

TEST_F(GuidedDialogue, SaysByHowMuchSomethingIsLighter) {
  say("show me boots");
  say("tell me about the third one");
  const auto turn = say("is there anything lighter?");
  EXPECT_NE(turn.text.find("weight"), std::string::npos) << turn.text;
}

TEST_F(GuidedDialogue, AsksAgainForTheChoiceThatAThingWaitsForWhenTheShopperWantsToPay) {
  say("add the Linden Boot 1");
  say("do you deliver on saturdays?");
  const auto turn = say("ok I'd like to pay");
  EXPECT_NE(turn.text.find("Linden Boot 1"), std::string::npos) << turn.text;
  say("7");
  EXPECT_NE(cart().find("B-1 7"), std::string::npos) << cart();
}

TEST_F(GuidedDialogue, SuggestsWhatGoesWithAThingAndAddsNothingOfIt) {
  say("a tote");
  for (const char* text : {"add whatever goes with it", "do I need anything? add what I need for it"}) {
    say(text);
    EXPECT_EQ(cart(), "") << text;
  }
  EXPECT_TRUE(say("add it and whatever goes with it").called("suggest_addons"));
  EXPECT_EQ(cart(), "1 T-1");
}

TEST_F(GuidedDialogue, AsksBeforeSeveralThingsGoIntoTheCartThatWereNotNamed) {
  say("a tote");
  const auto list = say("boots under 80").shown();
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(say("add them").presentation.asked, "offer:several");
  EXPECT_EQ(say("no").presentation.asked, std::nullopt);
  EXPECT_EQ(cart(), "");
  say("add them");
  EXPECT_EQ(say("no, just the first one").presentation.asked, "option:Size");
  say("never mind");
  EXPECT_EQ(say("add both").presentation.asked, "option:Size");
}

TEST_F(GuidedDialogue, KeepsTheNumberUntilOneOfSeveralIsChosen) {
  say("jumpers, 4 of them");
  EXPECT_EQ(cart(), "");
  say("add the first one in M");
  EXPECT_EQ(cart().substr(0, 4), "4 J-");
  say("boots");
  say("add the second one in a 7");
  EXPECT_NE(cart().find("; 1 B-"), std::string::npos) << cart();
}

TEST_F(GuidedDialogue, RemovesNothingOfAnotherBrand) {
  say("a tote");
  say("add it");
  EXPECT_EQ(say("remove the Gable").presentation.asked, "cart_line");  // of the umbrella's make
  EXPECT_EQ(cart(), "1 T-1");
  say("remove the Marl");
  EXPECT_EQ(cart(), "");
}

TEST_F(GuidedDialogue, AddsEachThingThatIsNamedInItsOwnNumber) {
  say("a tote and an umbrella");
  say("ok, add the Marl and the umbrella, two of the umbrella");
  EXPECT_EQ(cart(), "1 T-1; 2 U-1");
  say("add the tote");
  EXPECT_EQ(cart(), "2 T-1; 2 U-1");
}

TEST_F(GuidedDialogue, SaysWhatElseIsNotAddedYetWhileAQuestionIsOpen) {
  say("boots");
  const auto turn = say("add the boot and some canvas");
  EXPECT_EQ(turn.presentation.asked, "which");
  EXPECT_NE(turn.text.find("some canvas"), std::string::npos) << turn.text;
  EXPECT_EQ(cart(), "");
}

TEST_F(GuidedDialogue, AddsNothingForAThingThatNobodyIsCalled) {
  say("a tote");
  say("add the flux capacitor");
  EXPECT_EQ(cart(), "");
}

TEST_F(GuidedDialogue, SetsTheNumberOfTheOneThatIsNamed) {
  say("a tote and an umbrella");
  say("add the tote and the umbrella, two of the umbrella");
  say("one Gable only, not two");
  EXPECT_EQ(cart(), "1 T-1; 1 U-1");
  say("add two more of the umbrella");
  EXPECT_EQ(cart(), "1 T-1; 3 U-1");
  say("remove the tote and make it one Gable");
  EXPECT_EQ(cart(), "1 U-1");
  say("add two more of them");
  EXPECT_EQ(cart(), "3 U-1");
  say("just one of the umbrellas");
  EXPECT_EQ(cart(), "1 U-1");
}

TEST_F(GuidedDialogue, ShowsWhatIsAskedForInANumberAndKeepsTheNumberForTheChoice) {
  const auto turn = say("umbrella, 5 of them");
  EXPECT_EQ(turn.shown(), std::vector<std::string>{"U-1"}) << turn.text;
  EXPECT_EQ(cart(), "");
  say("yes");
  EXPECT_EQ(cart(), "5 U-1");
  say("a tote");
  say("add it");
  EXPECT_EQ(cart(), "5 U-1; 1 T-1");
}

TEST_F(GuidedDialogue, TakesACodeByItselfForACode) {
  say("a tote");
  say("add it");
  const auto turn = say("SAVE10 please and checkout");
  EXPECT_TRUE(turn.called("apply_discount")) << turn.text;
  EXPECT_NE(turn.text.find("$27.00"), std::string::npos) << turn.text;
  EXPECT_FALSE(say("BOOT please").called("apply_discount"));
}

TEST_F(GuidedDialogue, TakesAChoiceLeftOpenForNoThing) {
  say("boots");
  for (const std::string& id : say("no preference on colour").shown()) EXPECT_EQ(id.front(), 'B') << id;
  for (const std::string& id : say("cheaper leather ones").shown()) EXPECT_EQ(id.front(), 'B') << id;
}

TEST_F(GuidedDialogue, DoesNotDoWhatIsTakenBack) {
  say("boots");
  const auto turn = say("fine, forget the comparison. add the Marl Tote");
  EXPECT_FALSE(turn.called("compare_products")) << turn.text;
  EXPECT_EQ(cart(), "1 T-1");
  EXPECT_TRUE(say("compare the first two boots").called("compare_products"));
}

TEST_F(GuidedDialogue, LooksForWhatIsSaidAnewThoughAWordOfTalkStandsBeforeIt) {
  say("boots");
  for (const char* text : {"forget the boots please. show me jumpers", "?? why boots. jumpers, wool, up to 150"}) {
    const auto turn = say(text);
    ASSERT_FALSE(turn.shown().empty()) << text << ": " << turn.text;
    EXPECT_EQ(turn.shown().front().front(), 'J') << text;
    say("boots under 80");
  }
  EXPECT_GT(say("forget the price").shown().size(), 2u) << "a wish that is dropped";
  EXPECT_NE(say("why the first one?").text.find("Boot"), std::string::npos);
}

TEST_F(GuidedDialogue, DropsAKindThatIsTakenBackByItself) {
  say("boots");
  EXPECT_TRUE(say("forget the boots").shown().empty());
  const auto turn = say("leather ones under 60");
  EXPECT_TRUE(std::none_of(turn.calls.begin(), turn.calls.end(), [](const ToolCall& call) { return call.arguments.find("boot") != std::string::npos; })) << turn.text;
}

TEST_F(GuidedDialogue, StartsOverWithWhatFollows) {
  say("boots");
  EXPECT_EQ(say("start over please: I need a jumper under 50").shown(), std::vector<std::string>{"J-1"});
  EXPECT_TRUE(say("start over").shown().empty());
}

TEST_F(GuidedDialogue, AddsWhatWasForgottenAndNothingElse) {
  say("boots under 70 and a tote");
  say("add the boot in 7");
  say("you forgot the colour");
  EXPECT_EQ(cart(), "1 B-1 7");
  say("you forgot the tote");
  EXPECT_EQ(cart(), "1 B-1 7; 1 T-1");
  EXPECT_NE(say("you forgot the tote").text.find("Marl Tote"), std::string::npos);
  EXPECT_EQ(cart(), "1 B-1 7; 1 T-1") << "it is there";
}

TEST_F(GuidedDialogue, MeansTheOneThatAloneIsOfTheBrand) {
  say("an umbrella");
  say("boots");
  EXPECT_EQ(say("tell me about the Gable one").shown(), std::vector<std::string>{"U-1"});
  const auto boot = say("tell me about the first boot").shown();
  ASSERT_EQ(boot.size(), 1u);
  EXPECT_EQ(shown_in(say("how does it compare with the Gable one?")), (std::set<std::string>{boot.front(), "U-1"}));
  EXPECT_EQ(shown_in(say("no, with the Linden Boot 3")).count("B-3"), 1u);
}

TEST_F(GuidedDialogue, NamesTheOneItWouldTake) {
  say("leather boots");
  for (const char* text : {"which one would you take?", "tell me honestly which one you'd take"}) {
    const std::string said = say(text).text;
    EXPECT_TRUE(said.find("I'd take") != std::string::npos || said.find("My choice") != std::string::npos) << said;
  }
}

TEST_F(GuidedDialogue, AsksTheTermsAboutAServiceAndTellsWhereTheyAreSilent) {
  say("boots");
  const auto turn = say("do you carry it up the stairs?");
  EXPECT_TRUE(turn.called("find_policy")) << turn.text;
  EXPECT_NE(turn.text.find("\"stairs\""), std::string::npos) << turn.text;
  EXPECT_EQ(say("do you deliver it in paper?").text.find("\"paper\""), std::string::npos);
}

TEST_F(GuidedDialogue, SaysNoNameTwice) {
  say("an umbrella");
  EXPECT_EQ(say("what canopy does it have?").text.find("canopy Round canopy"), std::string::npos);
  EXPECT_NE(say("what shaft does it have?").text.find("shaft"), std::string::npos);
}

TEST_F(GuidedDialogue, ShowsNewProductsForMore) {
  const auto first = say("boots").shown();
  for (const std::string& id : say("show me more").shown()) EXPECT_EQ(std::count(first.begin(), first.end(), id), 0) << id;
}

TEST_F(GuidedDialogue, SaysOnceOfWhatNothingIsPublished) {
  say("a tote");
  const std::string both = say("how long is the warranty, can I pay with paypal?").text;
  EXPECT_NE(both.find("no published information on warranty or payment"), std::string::npos) << both;
  EXPECT_EQ(both.find("published"), both.rfind("published")) << both;
  EXPECT_EQ(say("good. how long do I have to send it back?").text.find("published"), std::string::npos);
}

TEST_F(GuidedDialogue, ClaimsNotToHaveUnderstoodOnlyWhereItSaysNothingElse) {
  say("a tote");
  const std::string after = say("well now. what's in my cart?").text;
  EXPECT_EQ(after.find("another way"), std::string::npos) << after;
  EXPECT_EQ(after.find("didn't quite get"), std::string::npos) << after;
  const std::string alone = say("well now").text;
  EXPECT_TRUE(alone.find("another way") != std::string::npos || alone.find("didn't quite get") != std::string::npos) << alone;
}

// A shop of printers and drives whose records hold what shoppers ask about.
class GuidedQuestions : public GuidedDialogue {
 protected:
  GuidedQuestions() {
    const auto yes = [](const std::string& name, bool value) { return Attribute{name, value}; };
    shop_.catalogue.add(simple_product("P-1", "Corbel Printer 10", "printer", 20000, {yes("usb_port", true), yes("wi_fi", false), yes("ethernet_lan", true), yes("mac_compatibility", true),
                                                                                      words("compatible_operating_systems", "Windows 7; Mac OS X v10.4")}));
    shop_.catalogue.add(simple_product("P-2", "Corbel Printer 20", "printer", 15000, {yes("usb_port", true), yes("wi_fi", false), yes("ethernet_lan", false)}));
    shop_.catalogue.add(simple_product("P-3", "Corbel Printer 30", "printer", 12000, {yes("usb_port", true)}));
    shop_.catalogue.add(simple_product("D-1", "Pennant Drive", "drive", 2500, {words("usb_version", "2"), number("capacity", "4 GB"), words("works_with", "Windows 7, Windows 8")}));
    rebuild();
  }

  void rebuild() {
    Playbook playbook;
    playbook.brand.currency = *Currency::parse("USD");
    dialogue_ = std::make_unique<Dialogue>(shop_.ports(), playbook, *search::build_index(shop_.catalogue));
  }
};

TEST_F(GuidedQuestions, AnswersBothThingsOfAQuestionAndNoSharedNoun) {
  say("tell me about the Corbel Printer 20");
  const std::string both = say("does it have wifi or a network port?").text;
  EXPECT_NE(both.find("wi fi: no; ethernet lan: no"), std::string::npos) << both;
  EXPECT_EQ(both.find("usb"), std::string::npos) << both;
  const std::string other = say("does it have a serial port?").text;
  EXPECT_EQ(other.find("usb"), std::string::npos) << other;
  EXPECT_NE(say("does it have a usb port?").text.find("Yes"), std::string::npos);
}

TEST_F(GuidedQuestions, TellsOfAllShownWhichHasAThing) {
  say("I need a printer");
  const auto turn = say("which of the three has ethernet?");
  EXPECT_EQ(turn.text, "With ethernet lan: Corbel Printer 10. Without ethernet lan: Corbel Printer 20. Not stated for Corbel Printer 30.");
  EXPECT_TRUE(turn.shown().empty());
}

TEST_F(GuidedQuestions, LooksInTheRecordForWhatAThingWorksWith) {
  say("tell me about the Corbel Printer 10");
  const auto turn = say("does it work with a mac?");
  EXPECT_EQ(turn.text.substr(0, 3), "Yes") << turn.text;
  EXPECT_FALSE(turn.called("check_compatibility"));
  say("tell me about the Corbel Printer 30");
  EXPECT_NE(say("does it work with a mac?").text.substr(0, 3), "Yes");
}

TEST_F(GuidedQuestions, HoldsAFigureAgainstTheOneThatIsStated) {
  say("tell me about the Pennant Drive");
  EXPECT_NE(say("how many gigabytes is it?").text.find("4 GB"), std::string::npos);
  EXPECT_EQ(say("is it usb 3?").text.substr(0, 3), "No.");
  EXPECT_EQ(say("is it usb 2?").text.substr(0, 4), "Yes.");
  EXPECT_EQ(say("does it have 8 GB?").text.substr(0, 3), "No.");
  EXPECT_EQ(say("does it work with windows 8?").text.substr(0, 4), "Yes.");
  const std::string not_listed = say("does it work with windows 10?").text;  // a list of what was tried is no proof that nothing else works
  EXPECT_NE(not_listed.substr(0, 3), "No.");
  EXPECT_NE(not_listed.find("Windows 7, Windows 8"), std::string::npos) << not_listed;
}

TEST_F(GuidedQuestions, KeepsToTheThingThatAccessoriesAreFor) {
  shop_.catalogue.add(simple_product("C-1", "Pennant Camera 7", "camera", 20000));
  shop_.catalogue.add(simple_product("C-2", "Pennant Pouch", "case", 1500));
  shop_.catalogue.add(simple_product("C-3", "Pennant Card", "memory card", 2500));
  rebuild();
  say("I mean a camera");
  EXPECT_EQ(say("and a case for it").shown().front(), "C-2");
  EXPECT_NE(say("and a memory card for it").text.find("Camera 7"), std::string::npos);
  say("tell me about the Pennant Pouch");
  EXPECT_EQ(say("what does it cost?").shown().front(), "C-2");
}

TEST_F(GuidedQuestions, FindsAFigureThatOnlyNamesSay) {
  shop_.catalogue.add(simple_product("C-1", "Pennant Card 8 GB", "memory card", 1000));
  shop_.catalogue.add(simple_product("C-2", "Pennant Card 16 GB", "memory card", 1500));
  shop_.catalogue.add(simple_product("C-3", "Pennant Card 64 GB", "memory card", 2500));
  rebuild();
  say("I need a memory card");
  EXPECT_EQ(say("a 16 gb one").shown().front(), "C-2");
  EXPECT_EQ(say("and with 64 gb?").shown().front(), "C-3");
  const auto none = say("yes please add a 128 gb one");
  EXPECT_NE(none.text.find("128 gb"), std::string::npos) << none.text;
  EXPECT_FALSE(none.called("add_to_cart"));
}

TEST_F(GuidedQuestions, ComparesThreeByWhatOneHasAndAnotherLacks) {
  say("I need a printer");
  const auto turn = say("what's the difference between those three?");
  EXPECT_NE(turn.text.find("ethernet lan yes"), std::string::npos) << turn.text;
  EXPECT_EQ(turn.text.find("ahead on price"), std::string::npos) << turn.text;
  EXPECT_NE(say("which of those is the best for the price?").text.find("price"), std::string::npos);
}

TEST_F(GuidedQuestions, ShowsTheSupplyWhoseRecordNamesTheModel) {
  shop_.catalogue.add(simple_product("I-1", "Corbel 85 Black", "cartridge", 4000, {words("fits_models", "M1212")}));
  shop_.catalogue.add(simple_product("I-2", "Corbel 99 Black", "cartridge", 4000, {words("fits_models", "M9000")}));
  shop_.catalogue.add(simple_product("P-4", "Corbel M1212nf Press", "printer", 30000));
  rebuild();
  say("tell me about the Corbel M1212nf Press");
  const auto turn = say("which cartridge does it take, and can you show me one?");
  ASSERT_EQ(turn.shown().size(), 1u) << turn.text;
  EXPECT_EQ(turn.shown().front(), "I-1");
}

}  // namespace
}  // namespace floorwalker::test
