#include "agent/core/guardrails/proactive.h"

#include <gtest/gtest.h>

#include <string>

namespace floorwalker::guardrails {
namespace {

using namespace std::chrono_literals;

class Proactive : public testing::Test {
 protected:
  Proactive() {
    PlayRule compare{"undecided", {{"toggled_between", 2, 3, {}}}, "compare", "", {}, 10min, 2, {}};
    PlayRule help{"nothing found", {{"no_results", 2, 1, {}}}, "help", "", {}, 1min, 5, {}};
    rules_.plays = {compare, help};
    limits_.pause = 2min;
    did("consent", "", {{"analytics", "true"}});
  }

  void did(const std::string& type, const std::string& product = "", std::map<std::string, std::string> details = {}) {
    now_ += 1s;
    observe(watch_, ShopperDid{type, ProductId(product), std::move(details), "", 0}, now_, rules_);
  }

  void toggle() {
    for (const char* product : {"A", "B", "A", "B", "A"}) did("view", product);
  }

  void find_nothing() {
    did("search", "", {{"results", "0"}});
    did("search", "", {{"results", "0"}});
  }

  Offer look() const { return choose_play(watch_, now_, rules_, limits_); }

  // The play that is made now, noted as made; "" for silence.
  std::string make() {
    const Offer offer = look();
    if (!offer.play) return "";
    watch_.offered.push_back({offer.play->name, now_});
    return offer.play->name;
  }

  HesitationRules rules_;
  ProactiveRules limits_;
  Watch watch_;
  Time now_{};
};

TEST_F(Proactive, OffersWhatTheSignalsCallFor) {
  did("view", "A");
  did("view", "B");
  EXPECT_EQ(make(), "");
  did("view", "A");
  did("view", "B");
  EXPECT_EQ(make(), "");
  did("view", "A");
  EXPECT_EQ(look().why, "toggled_between 2: 3 times, wanted 3");
  EXPECT_EQ(make(), "undecided");
}

TEST_F(Proactive, WatchesNothingWithoutConsent) {
  watch_ = {};
  toggle();
  EXPECT_TRUE(watch_.seen.empty());
  EXPECT_EQ(look().considered.back().rule, "consent");
  did("consent", "", {{"analytics", "true"}});
  toggle();
  EXPECT_EQ(make(), "undecided");
  did("consent", "", {{"analytics", "false"}});
  EXPECT_TRUE(watch_.seen.empty());
}

TEST_F(Proactive, StaysSilentAfterADismissal) {
  toggle();
  EXPECT_EQ(make(), "undecided");
  did("dismiss");
  now_ += 60min;
  find_nothing();
  EXPECT_EQ(make(), "");
  EXPECT_EQ(look().considered.back().rule, "dismissal");
  limits_.silent_after_dismissal = false;
  EXPECT_EQ(make(), "nothing found");
}

TEST_F(Proactive, PausesBetweenOffersAndCoolsDown) {
  toggle();
  EXPECT_EQ(make(), "undecided");
  find_nothing();
  EXPECT_EQ(look().considered.back().rule, "pause");
  now_ += 2min;
  EXPECT_EQ(make(), "nothing found");
  now_ += 3min;
  toggle();
  EXPECT_EQ(make(), "");   // its own cooldown
  now_ += 10min;
  EXPECT_EQ(make(), "undecided");
}

TEST_F(Proactive, CountsOnlyWhatWasSeenSinceTheOffer) {
  toggle();
  EXPECT_EQ(make(), "undecided");
  now_ += 30min;
  did("view", "C");
  EXPECT_EQ(make(), "");
}

TEST_F(Proactive, HoldsTheCaps) {
  limits_.max_per_session = 1;
  toggle();
  EXPECT_EQ(make(), "undecided");
  now_ += 30min;
  find_nothing();
  EXPECT_EQ(look().considered.back().rule, "offers_per_session");
  limits_.max_per_session = 9;
  rules_.plays[1].max_per_session = 1;
  EXPECT_EQ(make(), "nothing found");
  now_ += 30min;
  find_nothing();
  EXPECT_EQ(look().considered.back().rule, "play_per_session");
}

TEST_F(Proactive, OffersNothingWhenItCannotTellTheTime) {
  toggle();
  watch_.offered.push_back({"nothing found", now_ + 1h});
  EXPECT_EQ(look().play, nullptr);
  EXPECT_EQ(look().considered.back().came, Considered::Came::kCouldNotRun);
}

TEST_F(Proactive, LooksAtTheKindsOfThePlay) {
  rules_.plays[0].kinds = {"laptop"};
  toggle();
  EXPECT_EQ(make(), "");
  did("view", "B", {{"kind", "laptop"}});
  EXPECT_EQ(make(), "undecided");
}

TEST_F(Proactive, KnowsEverySignal) {
  const auto times = [&](const char* signal, std::int64_t amount) {
    std::string why;
    return signal_holds({signal, amount, 1, {}}, watch_.seen, why);
  };
  for (const char* signal : {"toggled_between", "returned_to", "option_switched", "no_results", "removed", "guide_opened", "dwelled", "idle", "cart_idle", "left_window"}) EXPECT_FALSE(times(signal, 2)) << signal;
  for (const char* product : {"A", "B", "A", "C", "A"}) did("view", product);
  EXPECT_TRUE(times("returned_to", 2));
  for (int i = 0; i < 2; ++i) {
    did("option", "A");
    did("removed", "A");
    did("guide");
    find_nothing();
  }
  for (const char* signal : {"option_switched", "no_results", "removed", "guide_opened"}) EXPECT_TRUE(times(signal, 2)) << signal;
  did("search", "", {{"results", "4"}});
  EXPECT_FALSE(times("no_results", 2));
  did("dwell", "A", {{"ms", "45000"}});
  did("idle", "", {{"ms", "60000"}});
  did("cart_idle", "", {{"ms", "60000"}});
  did("left_window", "", {{"ms", "60000"}});
  EXPECT_TRUE(times("dwelled", 45000));
  EXPECT_FALSE(times("dwelled", 45001));
  for (const char* signal : {"idle", "cart_idle", "left_window"}) EXPECT_TRUE(times(signal, 60000)) << signal;
}

}  // namespace
}  // namespace floorwalker::guardrails
