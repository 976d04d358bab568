#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/rest_counter.h"

// A shop that cannot be reached: what is known for longer than a price is told from the copy, and the rest when the shop is back.
namespace floorwalker::test {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kQuick = "limits: {total: 100ms, operation: 400ms, retries: 0, breaker_failures: 1000}\n";
constexpr const char* kUnread = "I can't read prices and stock from the shop right now";

class Outage : public testing::TestWithParam<std::pair<Fault, const char*>> {
 protected:
  Reply say(const std::string& text) {
    const auto turn = counter_.runner().run({SessionId("s"), ShopperSaid{text, "", 0}});
    EXPECT_TRUE(turn) << turn.error().message;
    if (!turn) return {};
    for (const Claim& claim : turn->reply.claims) {
      EXPECT_TRUE(claim.verdict == Verdict::kSupported || claim.verdict == Verdict::kSubjective) << claim.text << " " << claim.why << ": " << turn->reply.text;
    }
    return turn->reply;
  }

  void copy() { ASSERT_TRUE(counter_.composition->sync({})); }
  void fail() {
    counter_.front.set_fault([met = GetParam().first](const std::string&, const std::string&) { return met; });
  }
  void heal() { ASSERT_TRUE(counter_.heal()); }

  RestCounter counter_{kQuick, "limits: {facts_good_for: 0s}\n"};
};

TEST_P(Outage, OfAShopWithACopyLeavesFindingAndComparing) {
  copy();
  fail();
  counter_.start_again();
  const std::string found = say("do you have a tee?").text;
  EXPECT_THAT(found, HasSubstr(kUnread));
  EXPECT_THAT(found, HasSubstr("Contract tee"));
  const std::string more = say("tell me more about the Contract tee").text;
  EXPECT_THAT(more, HasSubstr("cotton"));
  EXPECT_THAT(more, Not(HasSubstr(kUnread)));   // once is enough
  const std::string compared = say("compare the Contract tee with the Cable").text;
  for (const std::string& reply : {found, more, compared}) {
    EXPECT_THAT(reply, Not(HasSubstr("$")));
    EXPECT_THAT(reply, Not(HasSubstr("stock:")));
  }
}

TEST_P(Outage, TellsNoPriceAndNoStock) {
  copy();
  fail();
  counter_.start_again();
  say("do you have a tee?");
  for (const char* question : {"how much is the Contract tee?", "is the Contract tee in stock in size S?", "a cheaper one", "which is the cheapest?", "a tee under $10", "a tee under $10 in stock",
                               "what do you sell?", "how many products do you have?", "what is the cheapest thing you have?", "why the first one?", "show me more"}) {
    const std::string reply = say(question).text;
    EXPECT_THAT(reply, Not(HasSubstr("$19"))) << question;
    EXPECT_THAT(reply, Not(HasSubstr("$2"))) << question;
    EXPECT_THAT(reply, Not(HasSubstr("sold out"))) << question;
    EXPECT_THAT(reply, Not(HasSubstr("is in stock"))) << question;
    EXPECT_THAT(reply, Not(HasSubstr(" ."))) << question;
    EXPECT_THAT(reply, Not(HasSubstr(",,"))) << question;
  }
}

TEST_P(Outage, PutsNothingIntoACartAndIsOverWhenTheShopIsBack) {
  copy();
  fail();
  counter_.start_again();
  say("do you have a tee?");
  const std::string refused = say("add one Contract tee in size S to my cart").text;
  EXPECT_THAT(refused, Not(HasSubstr("In your cart")));
  EXPECT_EQ(counter_.server.sold("tee-s"), 0);
  heal();
  const std::string priced = say("how much is the Contract tee?").text;
  EXPECT_THAT(priced, HasSubstr("$19.99"));
  EXPECT_THAT(priced, Not(HasSubstr(kUnread)));
  say("add one Contract tee in size S to my cart");
  EXPECT_EQ(counter_.server.sold("tee-s"), 1);
  fail();
  EXPECT_THAT(say("do you have a tee?").text, HasSubstr(kUnread));   // another one
}

TEST_P(Outage, OfProductsAloneLetsNothingBeBoughtUnseen) {
  copy();
  counter_.front.set_fault([met = GetParam().first](const std::string&, const std::string& target) { return target.starts_with("/api/products") ? met : Fault::kNone; });
  EXPECT_THAT(say("add one Contract tee in size S to my cart").text, Not(HasSubstr("In your cart")));
  EXPECT_EQ(counter_.server.sold("tee-s"), 0);
}

TEST_P(Outage, OfAShopWithoutACopySaysWhereAndWhatToDo) {
  fail();
  const auto opened = counter_.composition->shop();
  ASSERT_FALSE(opened);
  for (const std::string& part : {counter_.front.url(), std::string("no copy of its catalogue"), std::string("start again")}) EXPECT_THAT(opened.error().message, HasSubstr(part));
  heal();
  EXPECT_TRUE(counter_.composition->shop());
}

INSTANTIATE_TEST_SUITE_P(Of, Outage, testing::Values(std::pair{Fault::kResetBefore, "Resets"}, std::pair{Fault::kTimeoutBefore, "Silence"}, std::pair{Fault::kErrorBefore, "Errors"},
                                                     std::pair{Fault::kBadGatewayHtml, "HtmlPages"}),
                         [](const auto& one) { return std::string(one.param.second); });

}  // namespace
}  // namespace floorwalker::test
