#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "tests/support/rest_counter.h"

// A shopper talks to the guided model while the shop behind a real port fails: every turn gets an answer that holds, within its time.
namespace floorwalker::test {
namespace {

constexpr std::chrono::seconds kTurn{3};
constexpr std::chrono::seconds kSlack{2};   // of a loaded machine

struct Say {
  const char* text;
  std::set<std::int64_t> pieces;   // that may lie in the cart after it, whatever went wrong in it: the change was made, or it was not
};

const std::vector<Say>& says() {
  static const std::vector<Say> kSays = {{"do you have the Contract tee?", {0}},
                                         {"what sizes does the Contract tee come in?", {0}},
                                         {"add one Contract tee in size S to my cart", {0, 1}},
                                         {"make it 3", {1, 3}},
                                         {"use the code TAKE20", {3}},
                                         {"what is in my cart?", {3}},
                                         {"change the size to M, just one of it", {1, 3, 4, 6}},
                                         {"can I send things back?", {1, 3}},
                                         {"where is my order N-1? my email is sam@example.com", {1, 3}},
                                         {"I want to talk to a person", {1, 3}},
                                         {"I'd like to pay now", {1, 3}}};
  return kSays;
}

const std::string kHasty = "limits: {total: 600ms, operation: 1500ms, retry_wait: 5ms, breaker_pause: 30ms, response_bytes: 262144}\n";

class Counter {
 public:
  runner::TurnResult say(const SessionId& session, const std::string& text) {
    auto result = rest_.runner().run({session, ShopperSaid{text, "", 0}});
    EXPECT_TRUE(result) << result.error().message;
    return result.value_or(runner::TurnResult{});
  }

  // The session's cart, to be asked for while nothing fails; empty where there is none.
  Cart cart(const SessionId& session) {
    const auto conversation = rest_.runner().conversation(session);
    if (!conversation || conversation->cart.empty()) return {};
    const auto cart = rest_.composition->shop()->carts.read(conversation->cart);
    EXPECT_TRUE(cart) << cart.error().message;
    return cart.value_or(Cart{});
  }

  std::int64_t sold(const char* variant) { return rest_.server.sold(variant); }
  void fail_with(Fault fault, std::size_t from) {
    auto count = std::make_shared<std::atomic<std::size_t>>(0);
    rest_.front.set_fault([=, this](const std::string&, const std::string&) {
      if (++*count <= from) return Fault::kNone;
      ++met_;
      return fault;
    });
  }
  std::size_t faults_met() const { return met_; }
  void heal() { EXPECT_TRUE(rest_.heal()); }

 private:
  std::atomic<std::size_t> met_{0};
  RestCounter rest_{kHasty, "limits: {seconds: " + std::to_string(kTurn.count()) + "}\n"};
};

void expect_honest(const runner::TurnResult& turn) {
  EXPECT_FALSE(turn.reply.text.empty());
  EXPECT_LT(turn.wall, kTurn + kSlack);
  for (const Claim& claim : turn.reply.claims) {
    EXPECT_TRUE(claim.verdict == Verdict::kSupported || claim.verdict == Verdict::kSubjective) << claim.text << " " << claim.why << ": " << turn.reply.text;
  }
}

std::int64_t pieces(const Cart& cart) {
  std::int64_t all = 0;
  for (const CartLine& line : cart.lines) all += line.quantity;
  return all;
}

// Nothing fails any more, so what is said of the cart is what the cart is.
void expect_true_of(const Cart& cart, const std::string& said) {
  if (cart.lines.empty()) {
    EXPECT_EQ(said.find("tee"), std::string::npos) << said;
    return;
  }
  EXPECT_NE(said.find("Contract tee"), std::string::npos) << said;
  EXPECT_NE(said.find(decimal(cart.total)), std::string::npos) << decimal(cart.total) << ": " << said;
}

struct Case {
  Fault fault;
  const char* name;
  std::size_t broken, from;
};

// A sale in which every request of turn `broken`, from its `from`th on, meets the fault.
void sell(Counter& counter, const Case& one, const SessionId& session) {
  SCOPED_TRACE(std::string(one.name) + " in turn " + std::to_string(one.broken + 1) + " after " + std::to_string(one.from) + " requests");
  const std::int64_t before = counter.sold("tee-s") + counter.sold("tee-m");
  for (std::size_t i = 0; i < one.broken; ++i) expect_honest(counter.say(session, says()[i].text));
  const Cart had = counter.cart(session);
  counter.fail_with(one.fault, one.from);
  const runner::TurnResult met = counter.say(session, says()[one.broken].text);
  expect_honest(met);
  counter.heal();
  const Cart has = counter.cart(session);
  if (met.reply.text.find("nothing was changed") != std::string::npos) {
    EXPECT_EQ(pieces(has), pieces(had)) << met.reply.text;
    EXPECT_EQ(has.total, had.total) << met.reply.text;
  }
  EXPECT_TRUE(says()[one.broken].pieces.contains(pieces(has))) << pieces(has) << " pieces: " << met.reply.text;
  EXPECT_EQ(counter.sold("tee-s") + counter.sold("tee-m") - before, pieces(has));   // no second cart
  const runner::TurnResult after = counter.say(session, "what is in my cart?");
  expect_honest(after);
  expect_true_of(has, after.reply.text);
}

TEST(FaultyTurns, AreAnsweredHonestlyAndInTime) {
  std::vector<Case> cases;
  for (const auto& [fault, name] : every_fault()) {
    for (std::size_t broken = 0; broken < says().size(); ++broken) {
      for (const std::size_t from : {0, 1, 2, 4}) cases.push_back({fault, name, broken, from});
    }
  }
  std::atomic<std::size_t> next{0}, met{0};
  std::vector<std::jthread> shoppers;
  for (int i = 0; i < 12; ++i) {   // most of the time is waiting
    shoppers.emplace_back([&] {
      Counter counter;
      for (std::size_t at = next++; at < cases.size(); at = next++) sell(counter, cases[at], SessionId("s" + std::to_string(at)));
      met += counter.faults_met();
    });
  }
  shoppers.clear();
  EXPECT_GE(met, 700u);
}

TEST(ExpiredCart, IsToldAndNeverReplacedInSilence) {
  RestCounter counter(kHasty);
  const auto say = [&](const std::string& text) {
    auto turn = counter.runner().run({SessionId("s"), ShopperSaid{text, "", 0}});
    EXPECT_TRUE(turn);
    return turn ? turn->reply.text : std::string();
  };
  say("add one Contract tee in size S to my cart");
  ASSERT_EQ(counter.server.sold("tee-s"), 1);
  counter.server.forget_carts();
  EXPECT_NE(say("what is in my cart?").find("expired"), std::string::npos);
  EXPECT_NE(say("add one Contract tee in size S to my cart").find("expired"), std::string::npos);
  EXPECT_EQ(counter.server.sold("tee-s"), 0);
  EXPECT_EQ(say("add one Contract tee in size S to my cart").find("expired"), std::string::npos);
  EXPECT_EQ(counter.server.sold("tee-s"), 1);
}

TEST(FaultyAdd, IsNotToldAsDoneWhenTheCartHoldsTwiceAsMuch) {
  RestCounter counter(kHasty);
  counter.server.keeps_keys = false;
  counter.front.set_fault([](const std::string& method, const std::string& target) {
    if (method == "PUT") return Fault::kErrorBefore;
    return method == "POST" && target.ends_with("/lines") ? Fault::kTwice : Fault::kNone;
  });
  const auto turn = counter.runner().run({SessionId("s"), ShopperSaid{"add one Contract tee in size S to my cart", "", 0}});
  ASSERT_TRUE(turn);
  EXPECT_EQ(counter.server.sold("tee-s"), 2);
  EXPECT_EQ(turn->reply.text.find("In your cart"), std::string::npos) << turn->reply.text;
  EXPECT_NE(turn->reply.text.find("not sure"), std::string::npos) << turn->reply.text;
  EXPECT_NE(turn->reply.text.find("$39.98"), std::string::npos) << "what the cart holds: " << turn->reply.text;
}

TEST(DoubtfulAdd, IsClearedUpAsSoonAsTheCartCanBeRead) {
  for (const bool done : {true, false}) {
    RestCounter counter(kHasty);
    const auto say = [&](const std::string& text) {
      auto turn = counter.runner().run({SessionId("s"), ShopperSaid{text, "", 0}});
      EXPECT_TRUE(turn);
      if (turn) expect_honest(*turn);
      return turn ? turn->reply.text : std::string();
    };
    say("add one Contract tee in size M to my cart");
    std::atomic<bool> sent{false};
    counter.front.set_fault([&](const std::string& method, const std::string& target) {
      const bool adds = method == "POST" && target.ends_with("/lines");
      if (adds) sent = true;
      if (!sent) return Fault::kNone;
      return adds && done ? Fault::kErrorAfter : Fault::kErrorBefore;
    });
    const std::string doubtful = say("add one Contract tee in size S to my cart");
    EXPECT_NE(doubtful.find("not sure"), std::string::npos) << doubtful;
    const std::string still = say("do you have a mug?");
    EXPECT_EQ(still.find("$19.99"), std::string::npos) << still;
    ASSERT_TRUE(counter.heal());
    const std::string cleared = say("do you have a mug?");
    EXPECT_NE(cleared.find("looked at your cart again"), std::string::npos) << cleared;
    EXPECT_NE(cleared.find(counter.server.sold("tee-s") == 1 ? "$39.98" : "$19.99"), std::string::npos) << cleared;
    EXPECT_EQ(counter.server.sold("tee-s"), done ? 1 : 0);
    EXPECT_EQ(say("do you have a mug?").find("looked at your cart again"), std::string::npos);   // once is enough
  }
}

TEST(FaultyHandOff, IsNotDeniedWhenItsAnswerIsLost) {
  RestCounter counter(kHasty);
  counter.front.set_fault([](const std::string&, const std::string& target) { return target == "/api/tickets" ? Fault::kErrorAfter : Fault::kNone; });
  const auto turn = counter.runner().run({SessionId("s"), ShopperSaid{"I want to talk to a person", "", 0}});
  ASSERT_TRUE(turn);
  EXPECT_EQ(counter.server.tickets(), 1);
  EXPECT_NE(turn->reply.text.find("not sure"), std::string::npos) << turn->reply.text;
}

}  // namespace
}  // namespace floorwalker::test
