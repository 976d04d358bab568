#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "agent/cli/audit.h"
#include "agent/core/text.h"
#include "agent/core/verify/evidence_store.h"
#include "agent/core/verify/verifier.h"

namespace floorwalker::verify {
namespace {

const Lexicon& english() {
  static const Lexicon lexicon = *cli::load_lexicon("en");
  return lexicon;
}

ToolCall call_of(const std::string& id, const std::string& name) {
  ToolCall call;
  call.id = CallId(id);
  call.name = name;
  call.arguments = "{}";
  return call;
}

constexpr const char* kSearch = R"({"outcome":"found","kind":"laptop","total":41,"complete":false,"products":[
  {"id":"P-17","title":"Aero 13","brand":"Acme","kind":"laptop","price":"1299.00 USD","availability":"in_stock",
   "attributes":{"weight":"1.2 kg","screen_size":"13.3 in","colour":"Black","touchscreen":true,"battery_life":"12 h"}},
  {"id":"P-18","title":"Bolt 15","brand":"Bolt","kind":"laptop","price":"899.00 USD","availability":"out_of_stock",
   "attributes":{"weight":"1.9 kg","screen_size":"15.6 in","colour":"Silver","touchscreen":false,"battery_life":"8 h"}}]})";

EvidenceStore laptops() {
  EvidenceStore store(english());
  store.add_shopper("I need a light laptop under $1,500 for my 40 cm shelf");
  store.add_call(call_of("c1", "search_catalogue"));
  store.add_result({CallId("c1"), ToolOutcome::kOk, kSearch, {}});
  return store;
}

// "ok" where nothing is contradicted or unsupported, else the first such claim with its reason.
std::string verdict_on(const EvidenceStore& store, const std::string& reply) {
  for (const Claim& claim : Verifier(english()).verify(reply, store)) {
    if (claim.verdict == Verdict::kContradicted || claim.verdict == Verdict::kUnsupported) return std::string(to_string(claim.verdict)) + ": " + claim.text;
  }
  return "ok";
}

std::size_t supported(const EvidenceStore& store, const std::string& reply) {
  std::size_t count = 0;
  for (const Claim& claim : Verifier(english()).verify(reply, store)) count += claim.verdict == Verdict::kSupported && !claim.evidence.empty();
  return count;
}

struct Twins {
  const char* true_one;
  const char* false_one;
};

TEST(ReasonsOfClaims, AreCutBetweenCharacters) {
  std::string content = R"({"outcome":"found","products":[{"id":"P-1","title":"Mattress","price":"99.00 USD","description":")";
  content += "Five layers of foam and 30 springs: " + std::string(40, 'x') + "\xe2\x80\x99\xe2\x80\x99\xe2\x80\x99" + std::string(60, 'y') + "\"}]}";
  EvidenceStore store(english());
  store.add_call(call_of("c1", "search_catalogue"));
  store.add_result({CallId("c1"), ToolOutcome::kOk, content, {}});
  std::size_t cut = 0;
  for (const Claim& claim : Verifier(english()).verify("It has 30 springs, five layers and 12 legs.", store)) {
    EXPECT_EQ(text::sanitise(claim.why), claim.why);
    cut += claim.why.ends_with("...");
  }
  EXPECT_GT(cut, 0u);
}

class TrueAndFalse : public ::testing::TestWithParam<Twins> {};

TEST_P(TrueAndFalse, TheTrueOnePassesAndItsTwinDoesNot) {
  const EvidenceStore store = laptops();
  EXPECT_EQ(verdict_on(store, GetParam().true_one), "ok") << GetParam().true_one;
  EXPECT_NE(verdict_on(store, GetParam().false_one), "ok") << GetParam().false_one;
}

INSTANTIATE_TEST_SUITE_P(Laptops, TrueAndFalse, ::testing::Values(
    Twins{"The Aero 13 costs $1,299.00.", "The Aero 13 costs $1,199.00."},
    Twins{"The Aero 13 costs $1,299.00.", "The Aero 13 costs $899.00."},
    Twins{"The Aero 13 weighs 1.2 kg.", "The Aero 13 weighs 1.9 kg."},
    Twins{"The Aero 13 weighs 1200 g.", "The Aero 13 weighs 1200 kg."},
    Twins{"The Aero 13 has a 13.3-inch screen.", "The Aero 13 has a 15.6-inch screen."},
    Twins{"The Aero 13 has a touchscreen.", "The Bolt 15 has a touchscreen."},
    Twins{"The Bolt 15 does not have a touchscreen.", "The Aero 13 does not have a touchscreen."},
    Twins{"The Aero 13 is in stock.", "The Bolt 15 is in stock."},
    Twins{"The Bolt 15 is out of stock.", "The Aero 13 is out of stock."},
    Twins{"The Aero 13 comes in black.", "The Aero 13 comes in red."},
    Twins{"The Bolt 15 is cheaper than the Aero 13.", "The Aero 13 is cheaper than the Bolt 15."},
    Twins{"The Aero 13 is lighter than the Bolt 15.", "The Bolt 15 is lighter than the Aero 13."},
    Twins{"There are 41 laptops.", "There are 47.5 kg of laptops."},
    Twins{"It fits your 40 cm shelf.", "It fits your 44 cm shelf."}));

TEST(Verifier, PointsIntoTheResult) {
  const EvidenceStore store = laptops();
  const std::vector<Claim> claims = Verifier(english()).verify("The Aero 13 costs $1,299.00.", store);
  const auto amount = std::find_if(claims.begin(), claims.end(), [](const Claim& claim) { return claim.kind == ClaimKind::kAmount; });
  ASSERT_NE(amount, claims.end());
  EXPECT_EQ(amount->verdict, Verdict::kSupported);
  EXPECT_EQ(amount->evidence, std::vector<std::string>{"c1#/products/0/price"});
}

TEST(Verifier, CountsCodePointsNotBytes) {
  const EvidenceStore store = laptops();
  const std::vector<Claim> claims = Verifier(english()).verify("Voil\xC3\xA0: $1,299.00", store);
  ASSERT_FALSE(claims.empty());
  EXPECT_EQ(claims.back().start, 7u);
  EXPECT_EQ(claims.back().end, 16u);
}

TEST(Verifier, ADateProvesItsYearAndNoCount) {
  EvidenceStore store(english());
  store.add_call(call_of("c1", "get_product"));
  store.add_result({CallId("c1"), ToolOutcome::kOk, R"({"id":"P-1","title":"Aero 13","release_date":"2009-05-21","observed":"2026-11-24T00:17:05Z"})", {}});
  EXPECT_GT(supported(store, "The Aero 13 was released in 2009."), 0u);
  for (const char* reply : {"That would make 11.", "That would make 24.", "That would make 17.", "That would make 5."}) EXPECT_EQ(supported(store, reply), 0u) << reply;
}

TEST(Verifier, AnActionNeedsACallThatSucceeded) {
  EvidenceStore store = laptops();
  EXPECT_NE(verdict_on(store, "I've added the Aero 13 to your cart."), "ok");
  store.add_call(call_of("c2", "update_cart"));
  store.add_result({CallId("c2"), ToolOutcome::kRefused, R"({"error":{"kind":"out_of_stock","message":"none left"}})", {}});
  EXPECT_NE(verdict_on(store, "I've added the Aero 13 to your cart."), "ok");
  store.add_call(call_of("c3", "update_cart"));
  store.add_result({CallId("c3"), ToolOutcome::kOk, R"({"change":"added","cart":{"id":"C-1","lines":[],"total":"1299.00 USD"}})", {}});
  EXPECT_EQ(verdict_on(store, "I've added the Aero 13 to your cart."), "ok");
}

TEST(Verifier, AnOldCartProvesNothing) {
  EvidenceStore store = laptops();
  store.add_call(call_of("c2", "update_cart"));
  store.add_result({CallId("c2"), ToolOutcome::kOk, R"({"change":"added","cart":{"id":"C-1","lines":[],"total":"1299.00 USD"}})", {}});
  store.add_call(call_of("c3", "update_cart"));
  store.add_result({CallId("c3"), ToolOutcome::kOk, R"({"change":"removed","cart":{"id":"C-1","lines":[],"total":"17.00 USD"}})", {}});
  EXPECT_EQ(verdict_on(store, "Your cart total is $17.00."), "ok");
  EXPECT_NE(verdict_on(store, "Your cart total is $1,350.00."), "ok");
}

TEST(Verifier, CompatibilityComesFromACheckAlone) {
  EvidenceStore store = laptops();
  store.add_call(call_of("c2", "check_compatibility"));
  store.add_result({CallId("c2"), ToolOutcome::kOk, R"({"fit":"no","a":"P-17","a_title":"Aero 13","b":"D-1","b_title":"Dock","checks":[]})", {}});
  EXPECT_NE(verdict_on(store, "The dock is compatible with the Aero 13."), "ok");
  EXPECT_EQ(verdict_on(store, "The dock is not compatible with the Aero 13."), "ok");
}

TEST(Verifier, AFactNamedForCompatibilityIsNoWordOnAFit) {
  EvidenceStore store = laptops();
  store.add_call(call_of("c2", "get_product"));
  store.add_result({CallId("c2"), ToolOutcome::kOk, R"({"id":"B-1","title":"Porter Bag","attributes":{"maximum_screen_size_compatibility":"15.6 in"}})", {}});
  store.add_call(call_of("c3", "check_compatibility"));
  store.add_result({CallId("c3"), ToolOutcome::kOk, R"({"fit":"unknown","a":"B-1","a_title":"Porter Bag","b":"P-17","b_title":"Aero 13","checks":[]})", {}});
  EXPECT_EQ(verdict_on(store, "Porter Bag: maximum screen size compatibility 15.6 in."), "ok");
  EXPECT_NE(verdict_on(store, "Its compatibility with the Aero 13 is sure."), "ok");
}

TEST(Verifier, ACheckOfOtherThingsSaysNothingOfThese) {
  EvidenceStore store(english());
  const auto result = [&](const char* id, const char* tool, const std::string& content) {
    ToolCall call = call_of(id, tool);
    call.arguments = R"({"call":")" + std::string(id) + R"("})";  // each asks for something else
    store.add_call(call);
    store.add_result({CallId(id), ToolOutcome::kOk, content, {}});
  };
  result("c1", "search_catalogue", R"({"products":[{"id":"P-17","title":"Aero 13"},{"id":"P-18","title":"Boreal 16"},{"id":"B-1","title":"Porter Bag"},{"id":"B-2","title":"Courier Sleeve"}]})");
  result("c2", "check_compatibility", R"({"fit":"yes","a":"B-1","a_title":"Porter Bag","b":"P-17","b_title":"Aero 13","checks":[]})");
  result("c3", "check_compatibility", R"({"fit":"no","a":"B-1","a_title":"Porter Bag","b":"P-18","b_title":"Boreal 16","checks":[]})");
  result("c4", "check_compatibility", R"({"fit":"unknown","a":"B-1","a_title":"Porter Bag","b_title":"width 14 in","checks":[]})");
  EXPECT_EQ(verdict_on(store, "The Porter Bag fits the Aero 13."), "ok");
  EXPECT_NE(verdict_on(store, "The Porter Bag does not fit the Aero 13."), "ok");
  EXPECT_NE(verdict_on(store, "The Porter Bag fits the Boreal 16."), "ok");
  EXPECT_EQ(verdict_on(store, "The Porter Bag does not fit the Boreal 16."), "ok");
  EXPECT_NE(verdict_on(store, "The Courier Sleeve fits the Aero 13."), "ok");
  EXPECT_NE(verdict_on(store, "The Porter Bag fits a width of 14 in."), "ok");
}

TEST(Verifier, JudgementsAreSubjective) {
  const EvidenceStore store = laptops();
  const std::vector<Claim> claims = Verifier(english()).verify("It has a sleek design.", store);
  ASSERT_EQ(claims.size(), 1u);
  EXPECT_EQ(claims[0].kind, ClaimKind::kEvaluative);
  EXPECT_EQ(claims[0].verdict, Verdict::kSubjective);
}

TEST(Verifier, ReviewsProveOnlyWhatIsSaidToBeTheirs) {
  EvidenceStore store(english());
  store.add_call(call_of("c1", "get_product"));
  store.add_result({CallId("c1"), ToolOutcome::kOk, R"({"id":"P-1","title":"Lamp Nova","reviews":["Mine burned for 30 hours"]})", {}});
  EXPECT_NE(verdict_on(store, "The Lamp Nova burns for 30 hours."), "ok");
  EXPECT_EQ(verdict_on(store, "A reviewer says it burned for 30 hours."), "ok");
}

TEST(Verifier, DerivesTotalsAndDifferences) {
  const EvidenceStore store = laptops();
  EXPECT_EQ(verdict_on(store, "The Aero 13 is $1,299.00 and the Bolt 15 is $899.00, in total $2,198.00."), "ok");
  EXPECT_NE(verdict_on(store, "The Aero 13 is $1,299.00 and the Bolt 15 is $899.00, in total $2,298.00."), "ok");
}

TEST(Verifier, PieceByPieceIsTheSameAsWhole) {
  const EvidenceStore store = laptops();
  const std::string reply = "The Aero 13 is a laptop. It weighs 1.2 kg.\n- It costs $1,299.00\n- Its colour is red. Really!";
  const Verifier verifier(english());
  std::vector<Claim> pieces;
  ReplyContext context;
  std::string_view rest = reply;
  while (!rest.empty()) {
    const std::size_t length = next_piece(rest, true);
    for (Claim& claim : verifier.verify_next(rest.substr(0, length), store, context)) pieces.push_back(std::move(claim));
    rest.remove_prefix(length);
  }
  EXPECT_EQ(pieces, verifier.verify(reply, store));
  EXPECT_GT(supported(store, reply), 1u);
}

TEST(NextPiece, CutsNeitherNumbersNorAbbreviations) {
  EXPECT_EQ(next_piece("It costs $1,299.00. Next", true), 20u);
  EXPECT_EQ(next_piece("Ports, e.g. HDMI. Next", true), 18u);
  EXPECT_EQ(next_piece("It costs $1,299.", false), 0u);
  EXPECT_EQ(next_piece("- a row\n- another", true), 8u);
}

TEST(NextPiece, GivesTheSamePiecesHoweverTheTextArrives) {
  const std::string text = "One is $1,299.00. Two (see www.a.b) is 5.5 in. wide!\n1. A row\n2. Another? Yes.";
  std::vector<std::size_t> whole;
  for (std::string_view rest = text; !rest.empty();) {
    whole.push_back(next_piece(rest, true));
    rest.remove_prefix(whole.back());
  }
  std::vector<std::size_t> streamed;
  std::string pending;
  for (char c : text) {
    pending += c;
    for (std::size_t cut = next_piece(pending, false); cut > 0; cut = next_piece(pending, false)) {
      streamed.push_back(cut);
      pending.erase(0, cut);
    }
  }
  for (; !pending.empty(); pending.erase(0, streamed.back())) streamed.push_back(next_piece(pending, true));
  EXPECT_EQ(streamed, whole);
}

TEST(EvidenceStore, TellsFactsWithTheirSource) {
  const EvidenceStore store = laptops();
  bool found = false;
  for (const Fact& fact : store.facts()) {
    if (fact.source != "c1#/products/0/attributes/weight") continue;
    found = true;
    EXPECT_EQ(fact.subject, "P-17");
    EXPECT_EQ(std::get<Measure>(fact.value).value, 1.2);
  }
  EXPECT_TRUE(found);
}

TEST(Lexicon, RefusesAnUnknownSection) {
  const auto lexicon = Lexicon::parse("language: en\nwrods: {}\n");
  ASSERT_FALSE(lexicon);
  EXPECT_NE(lexicon.error().message.find("line 2"), std::string::npos);
}

TEST(Verifier, HowOftenAValueOccursSaysNothingAboutAProduct) {
  EvidenceStore store(english());
  store.add_call(call_of("c1", "search_catalogue"));
  store.add_result({CallId("c1"), ToolOutcome::kOk, R"({"outcome":"found","total":13,"complete":false,"facets":[{"name":"brand","values":[{"value":"Acme","count":7},
    {"value":"Bolt","count":2}]}],"products":[{"id":"P-1","title":"Acme Memory","price":"10.00 USD","attributes":{"memory_slots":2}}]})", {}});
  EXPECT_EQ(verdict_on(store, "Added 2 \xC3\x97 Acme Memory."), "ok");
  EXPECT_EQ(verdict_on(store, "Your cart: 3 x Acme Memory at $10.00."), "ok");
}

TEST(Verifier, ValuesComparedBelongToTheThingsNamedBefore) {
  const EvidenceStore store = laptops();
  EXPECT_EQ(verdict_on(store, "Here are the Aero 13 and the Bolt 15. In that order: weight 1.2 kg against 1.9 kg; colour Black against Silver."), "ok");
  EXPECT_NE(verdict_on(store, "Here are the Aero 13 and the Bolt 15. In that order: weight 1.2 kg against 2.4 kg."), "ok");
}

TEST(Verifier, AWordOfATitleThatOthersUseNamesNothing) {
  EvidenceStore store(english());
  store.add_call(call_of("c1", "search_catalogue"));
  store.add_result({CallId("c1"), ToolOutcome::kOk, R"({"products":[
    {"id":"T-1","title":"Oriven M8 Mini LED","attributes":{"refresh_rate":"144 Hz","panel":"Mini LED"}},
    {"id":"T-2","title":"Visarro Clear 55","attributes":{"refresh_rate":"60 Hz","panel":"LED"}}]})", {}});
  EXPECT_EQ(verdict_on(store, "The Visarro Clear 55 is the smaller one. In short: panel LED, refresh rate 60 Hz."), "ok");
}

TEST(Verifier, ASuperlativeIsJudgedWhereItIsSaidOfAThing) {
  const EvidenceStore store = laptops();
  EXPECT_EQ(verdict_on(store, "I will look for the cheapest laptop to go with the Aero 13."), "ok");
  EXPECT_NE(verdict_on(store, "Of these two, the Aero 13 is the heaviest."), "ok");
}

TEST(Verifier, ANegationEndsWithItsStatement) {
  EvidenceStore store(english());
  store.add_content("policy", "Refunds take 5 to 7 business days.");
  EXPECT_NE(verdict_on(store, "Since this is not a gift card, the refund will take 5 to 13 business days."), "ok");
  EXPECT_NE(verdict_on(store, "The refund will take 5 to 7 business weeks."), "ok");
}

// An order with two things, and the variants of one of them.
EvidenceStore desk() {
  EvidenceStore store(english());
  store.add_call(call_of("c1", "get_order_details"));
  store.add_result({CallId("c1"), ToolOutcome::kOk, R"({"order_id":"#W1000001","status":"delivered","items":[
    {"name":"Desk Lamp","product_id":"8100000001","item_id":"9100000001","price":135.24,"options":{"color":"black","brightness":"low","power source":"USB"}},
    {"name":"Office Chair","product_id":"8100000002","item_id":"9100000002","price":609.15,"options":{"color":"red","material":"mesh"}}]})", {}});
  store.add_call(call_of("c2", "get_product_details"));
  store.add_result({CallId("c2"), ToolOutcome::kOk, R"({"name":"Desk Lamp","product_id":"8100000001","variants":{
    "9100000001":{"item_id":"9100000001","options":{"color":"black","brightness":"low","power source":"USB"},"available":true,"price":135.24},
    "9100000003":{"item_id":"9100000003","options":{"color":"white","brightness":"high","power source":"battery"},"available":false,"price":158.41}}})", {}});
  return store;
}

TEST(Verifier, APriceOfAnotherThingOfTheSameOrderIsNotItsOwn) {
  EXPECT_EQ(verdict_on(desk(), "Your order has the Desk Lamp ($135.24) and the Office Chair ($609.15)."), "ok");
  EXPECT_NE(verdict_on(desk(), "- Current: Desk Lamp ($609.15)"), "ok");
}

TEST(Verifier, OptionsAreThoseOfTheItemBesideThem) {
  EXPECT_EQ(verdict_on(desk(), "From item 9100000001 (black, low) to item 9100000003 (white, high)."), "ok");
  EXPECT_EQ(verdict_on(desk(), "From the black lamp (item 9100000001) to the white one (item 9100000003)."), "ok");
  EXPECT_EQ(verdict_on(desk(), "9100000001 \xE2\x86\x92 9100000003 (black, low \xE2\x86\x92 white, high)."), "ok");
  EXPECT_NE(verdict_on(desk(), "From item 9100000001 (white, low) to item 9100000003 (white, high)."), "ok");
  EXPECT_NE(verdict_on(desk(), "Would you like the Desk Lamp in black, high (item 9100000003)?"), "ok");
}

TEST(Verifier, ANameBelongsToTheIdentifierBesideIt) {
  EXPECT_EQ(verdict_on(desk(), "- Desk Lamp (Item ID: 9100000003)"), "ok");
  EXPECT_NE(verdict_on(desk(), "- Office Chair (Item ID: 9100000003)"), "ok");
}

TEST(Verifier, TheCartHoldsWhatALookAtItShowed) {
  EvidenceStore store = laptops();
  EXPECT_NE(verdict_on(store, "The Aero 13 is already in your cart."), "ok");
  EXPECT_EQ(verdict_on(store, "Would you like the Aero 13 in your cart?"), "ok");
  store.add_call(call_of("c2", "view_cart"));
  store.add_result({CallId("c2"), ToolOutcome::kOk, R"({"cart":{"id":"C-1","lines":[{"line":"L-1","product":"P-17","title":"Aero 13","quantity":1}]}})", {}});
  EXPECT_EQ(verdict_on(store, "The Aero 13 is already in your cart."), "ok");
  EXPECT_NE(verdict_on(store, "The Bolt 15 is now in your cart."), "ok");
}

TEST(Verifier, StockIsToldOfTheVariantsThatAreNamed) {
  EvidenceStore store(english());
  store.add_call(call_of("c1", "get_product"));
  store.add_result({CallId("c1"), ToolOutcome::kOk, R"({"product":{"id":"J-1","title":"Corrie Jacket","variants":[
    {"id":"J-1:m-grey","options":{"size":"M","colour":"Grey"},"availability":"out_of_stock"},
    {"id":"J-1:m-green","options":{"size":"M","colour":"Green"},"availability":"out_of_stock"},
    {"id":"J-1:l-grey","options":{"size":"L","colour":"Grey"},"availability":"in_stock"}]}})", {}});
  EXPECT_NE(verdict_on(store, "The Corrie Jacket in M is in stock."), "ok");
  EXPECT_EQ(verdict_on(store, "The Corrie Jacket in M is out of stock."), "ok");
  EXPECT_EQ(verdict_on(store, "The Corrie Jacket in L is in stock."), "ok");
  EXPECT_EQ(verdict_on(store, "The Corrie Jacket is in stock in grey."), "ok");
}

TEST(Verifier, WhatWasAskedForIsNotWhatAThingIsMadeOf) {
  EvidenceStore store(english());
  store.add_shopper("dresses, only cotton");
  store.add_call(call_of("c1", "get_product"));
  store.add_result({CallId("c1"), ToolOutcome::kOk, R"({"product":{"id":"D-1","title":"Bettina Dress","attributes":{"material":"linen"}}})", {}});
  EXPECT_EQ(verdict_on(store, "The Bettina Dress is linen."), "ok");
  EXPECT_NE(verdict_on(store, "The Bettina Dress is cotton."), "ok");
}

EvidenceStore order_and_catalogue() {
  EvidenceStore store(english());
  store.add_call(call_of("c1", "get_order_details"));
  store.add_result({CallId("c1"), ToolOutcome::kOk, R"({"order_id":"#W7000001","status":"delivered","items":[
    {"name":"Jigsaw Puzzle","product_id":"5100000001","item_id":"5100000011","price":52.01,"options":{"pieces":"500","theme":"art","difficulty":"beginner"}},
    {"name":"Smartphone","product_id":"5200000001","item_id":"5200000011","price":700.5,"options":{"storage":"128GB","color":"black"}},
    {"name":"Desk Lamp","product_id":"5300000001","item_id":"5300000011","price":153.23,"options":{"color":"white","brightness":"high"}}]})", {}});
  store.add_call(call_of("c2", "get_product_details"));
  store.add_result({CallId("c2"), ToolOutcome::kOk, R"({"name":"Jigsaw Puzzle","product_id":"5100000001","variants":{
    "5100000011":{"item_id":"5100000011","options":{"pieces":"500","theme":"art","difficulty":"beginner"},"available":true,"price":52.01},
    "5100000012":{"item_id":"5100000012","options":{"pieces":"1500","theme":"animals","difficulty":"intermediate"},"available":true,"price":46.0},
    "5100000013":{"item_id":"5100000013","options":{"pieces":"2000","theme":"fantasy","difficulty":"expert"},"available":true,"price":48.5}}})", {}});
  return store;
}

TEST(Verifier, ADescriptionBelongsToTheNameBesideIt) {
  const EvidenceStore store = order_and_catalogue();
  EXPECT_EQ(verdict_on(store, "- Smartphone (128GB, black) - $700.50"), "ok");
  EXPECT_EQ(verdict_on(store, "- Desk Lamp (128GB, black) - $700.50"), "contradicted: 128GB");
  EXPECT_EQ(verdict_on(store, "- Desk Lamp (white) - $700.50"), "contradicted: $700.50");
  EXPECT_EQ(verdict_on(store, "- 5200000011 (Smartphone, black)"), "ok");
  EXPECT_EQ(verdict_on(store, "- 5200000011 (Desk Lamp, black)"), "contradicted: Desk Lamp");
}

TEST(Verifier, AnOptionMustBeOfOneOfTheItemsNamed) {
  const EvidenceStore store = order_and_catalogue();
  EXPECT_EQ(verdict_on(store, "I will exchange the art puzzle (item 5100000011) for the intermediate one (item 5100000012)."), "ok");
  EXPECT_EQ(verdict_on(store, "I will exchange the art puzzle (item 5100000011) for the expert one (item 5100000012)."), "contradicted: expert");
}

TEST(Verifier, CountsOfVariantsAndTheirDifferences) {
  const EvidenceStore store = order_and_catalogue();
  EXPECT_EQ(verdict_on(store, "The new Jigsaw Puzzle has 1500 pieces."), "ok");
  EXPECT_EQ(verdict_on(store, "The new one has 1000 more pieces."), "ok");
  EXPECT_EQ(verdict_on(store, "The new one has 1300 more pieces."), "unsupported: 1300 more pieces");
  EXPECT_NE(verdict_on(store, "Could you confirm the 1370-piece puzzle?"), "ok");
}

TEST(Verifier, AnAmountProvedOnceMayBeSaidAgain) {
  const EvidenceStore store = order_and_catalogue();
  EXPECT_EQ(verdict_on(store, "The price difference is $6.01. Shall I put the $6.01 on your card?"), "ok");
  EXPECT_EQ(verdict_on(store, "The lamp is $153.23 and the phone is $700.50: $853.73."), "ok");
  EXPECT_EQ(verdict_on(store, "The lamp is $153.23 and the phone is $700.50: $843.73."), "unsupported: $843.73");
}

TEST(Verifier, ANoughtAndAFormerPriceAreHeldToTheirFacts) {
  EvidenceStore store(english());
  store.add_call(call_of("c1", "get_product"));
  store.add_result({CallId("c1"), ToolOutcome::kOk, R"({"id":"lap-1","title":"Halden Scout 14","attributes":{"usb_a_ports":2,"memory_slots":0,"cpu_cores":8,"battery_life":"9 h"},
    "variants":[{"id":"lap-1:a","price":"899.00 USD","compare_at":"999.00 USD"}]})", {}});
  EXPECT_EQ(verdict_on(store, "The Halden Scout 14 has 0 memory slots."), "ok");
  EXPECT_EQ(verdict_on(store, "The usb a ports of the Halden Scout 14 is 0."), "contradicted: 0");
  EXPECT_EQ(verdict_on(store, "The cpu cores of the Halden Scout 14 is 9."), "contradicted: 9");
  EXPECT_EQ(verdict_on(store, "The Halden Scout 14 costs $899.00, it was $999.00."), "ok");
  EXPECT_EQ(verdict_on(store, "The Halden Scout 14 costs $999.00."), "contradicted: $999.00");
}

TEST(Verifier, ALongTitleNamesItsProductByItsBeginning) {
  EvidenceStore store(english());
  store.add_call(call_of("c1", "search_catalogue"));
  std::string tail;
  for (int i = 0; i < 45; ++i) tail += " part" + std::to_string(i);
  store.add_result({CallId("c1"), ToolOutcome::kOk,
                    R"({"products":[{"id":"1","title":"Halden Scout 14p Notebook","price":"69.95 USD"},{"id":"2","title":"Halden Scout 14p Vela Processor 1024M/80G)" + tail +
                        R"(","price":"32.95 USD"},{"id":"3","title":"Brel Lumen Photo","price":"333.95 USD"},{"id":"4","title":"Brel Lumen Photo 6400 x 9600 DPI scanner","price":"472.95 USD"}]})",
                    {}});
  EXPECT_EQ(verdict_on(store, "Halden Scout 14p Vela Processor costs $32.95."), "ok");
  EXPECT_EQ(verdict_on(store, "Halden Scout 14p Vela Processor costs $69.95."), "contradicted: $69.95");
  EXPECT_EQ(verdict_on(store, "My first pick is Brel Lumen Photo, $472.95."), "ok") << "its name, without the specifications";
  EXPECT_EQ(verdict_on(store, "Brel Lumen Photo costs $32.95."), "contradicted: $32.95");
}

TEST(Verifier, AFigureWithAPointIsPartOfAName) {
  EvidenceStore store(english());
  store.add_call(call_of("c1", "search_catalogue"));
  store.add_result({CallId("c1"), ToolOutcome::kOk, R"({"products":[
    {"id":"1","title":"Orrin 64GB USB 3.1 Flash Drive - With Retractable connector","brand":"Orrin","attributes":{"read_speed":"120 MB/s"}},
    {"id":"2","title":"Tamsel COURIER USB flash drive","brand":"Tamsel","attributes":{"read_speed":"12 MB/s"}},
    {"id":"3","title":"Orrin 64GB USB 2.0 Flash Drive - With Retractable connector","brand":"Orrin","attributes":{"read_speed":"10 MB/s"}}]})", {}});
  const std::string others = "The others: Tamsel COURIER USB flash drive: read speed 12 MB/s; Orrin 64GB USB 2.0 Flash Drive: read speed ";
  EXPECT_EQ(verdict_on(store, others + "10 MB/s."), "ok");
  EXPECT_NE(verdict_on(store, others + "12 MB/s."), "ok");
}

TEST(Verifier, OfAPartTheShopHasAtLeastSoMany) {
  EvidenceStore store(english());
  store.add_call(call_of("c1", "search_catalogue"));
  store.add_result({CallId("c1"), ToolOutcome::kOk, R"({"outcome":"found","kind":"lamp","total":12,"complete":false,"at_least":true,"products":[
    {"id":"1","title":"Ostra Lamp","price":"19.00 USD"},{"id":"2","title":"Merle Lamp","price":"29.00 USD"}]})", {}});
  EXPECT_EQ(verdict_on(store, "There are at least 12 products to choose from."), "ok");
  EXPECT_NE(verdict_on(store, "There are 12 products to choose from."), "ok");
  EXPECT_NE(verdict_on(store, "There are at least 13 products to choose from."), "ok");
}

// ---- what a search says about what the shop has

EvidenceStore after_search(const std::string& result) {
  EvidenceStore store(english());
  store.add_call(call_of("c1", "search_catalogue"));
  store.add_result({CallId("c1"), ToolOutcome::kOk, result, {}});
  return store;
}

TEST(Absence, IsWhatASearchFoundAbsent) {
  const EvidenceStore store = after_search(R"({"outcome":"not_carried","kind":"","total":0,"complete":true,"request":{"words":"jeans"},"products":[]})");
  EXPECT_EQ(supported(store, "Sorry, we don't carry jeans."), 1u);
  EXPECT_EQ(verdict_on(store, "Sorry, we don't carry jeans."), "ok");
}

TEST(Absence, IsContradictedByASearchThatKnowsSuchThings) {
  for (const char* outcome : {"none_match", "found", "cannot_filter"}) {
    const EvidenceStore store = after_search(std::string(R"({"outcome":")") + outcome +
                                             R"(","kind":"tote bags","total":0,"complete":true,"request":{"words":"tote bags","constraints":[{"field":"category","values":["Hats"]}]},"products":[]})");
    EXPECT_EQ(verdict_on(store, "Sorry, we don't carry tote bags."), "contradicted: tote bags") << outcome;
    EXPECT_EQ(verdict_on(store, "We don't sell any tote bags."), "contradicted: tote bags") << outcome;
    EXPECT_EQ(verdict_on(store, "We don't carry tote bags in purple."), "ok") << "of these the search says nothing";
    EXPECT_EQ(verdict_on(store, "We don't carry leather tote bags."), "ok");
  }
}

TEST(Wishes, ThatASearchSetAsideProveNothing) {
  for (const char* list : {"unfilterable", "relaxed"}) {
    const std::string wish = R"([{"field":"waterproof","op":"equals","values":["yes"]}])";
    const EvidenceStore store = after_search(R"({"outcome":"cannot_filter","kind":"sandals","total":1,"complete":true,"request":{"words":"sandals","constraints":)" + wish +
                                             R"(},")" + list + R"(":)" + wish +
                                             R"(,"products":[{"id":"S-1","title":"Inga sandals","price":"64.90 USD","attributes":{"upper":"leather"}}]})");
    EXPECT_EQ(verdict_on(store, "I can't confirm waterproof from the product data."), "ok") << list;
    for (const Claim& claim : Verifier(english()).verify("The Inga sandals are waterproof.", store)) EXPECT_NE(claim.text, "waterproof") << list;
  }
}

TEST(Wishes, OfHowASearchWasToLookProveNothing) {
  const EvidenceStore store = after_search(R"({"outcome":"found","kind":"lamp","total":12,"complete":false,"request":{"words":"lamp","constraints":[{"field":"price","op":"at_most","values":["40"]}],)"
                                           R"("limit":25,"relax_in_order":["price+10%","shade"]},"products":[{"id":"1","title":"Ostra Lamp","price":"19.00 USD"},{"id":"2","title":"Merle Lamp","price":"29.00 USD"}]})");
  EXPECT_EQ(verdict_on(store, "12 match."), "ok");
  for (const char* said : {"10 match.", "25 match."}) EXPECT_NE(verdict_on(store, said), "ok") << said;
}

TEST(Metals, ExcludeEachOther) {
  const EvidenceStore store = after_search(R"({"outcome":"found","total":1,"complete":true,"products":[{"id":"N-1","title":"Gry pendant necklace","attributes":{"metal":"silver"}}]})");
  EXPECT_EQ(verdict_on(store, "The Gry pendant necklace is silver."), "ok");
  EXPECT_EQ(verdict_on(store, "The Gry pendant necklace is gold."), "contradicted: gold");
}

}  // namespace
}  // namespace floorwalker::verify
