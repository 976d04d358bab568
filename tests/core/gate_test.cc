#include "agent/core/gate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "agent/core/verify/lexicon.h"
#include "agent/core/verify/verifier.h"
#include "agent/resources/resources.h"

namespace floorwalker {
namespace {

class ProvingGateTest : public ::testing::Test {
 protected:
  verify::Lexicon lexicon_ = *verify::Lexicon::parse(*resources::find("prompts/verify/lexicon.en.yaml"));
  verify::Verifier verifier_{lexicon_};
  ProvingGate gate_{lexicon_, verifier_};
};

Message message(Role role, const std::string& text) {
  Message made;
  made.role = role;
  made.text = text;
  return made;
}

// A model that is told what it could not prove, and says it again, must not have proven it by that.
TEST_F(ProvingGateTest, TakesNothingForProvenBecauseItWasTurnedDown) {
  gate_.learn(message(Role::kShopper, "how much is the velvet dress?"));
  gate_.learn(message(Role::kSystem, "The sentence \"The velvet dress is $129.90.\" was not shown to the shopper, because nothing proves it."));
  gate_.begin_reply();
  const std::vector<Claim> claims = gate_.judge("The velvet dress is $129.90.");
  ASSERT_FALSE(claims.empty());
  for (const Claim& claim : claims) EXPECT_NE(claim.verdict, Verdict::kSupported) << claim.text << ": " << claim.why;
}

Message search_result(const std::string& id, Time observed) {
  Message made;
  made.role = Role::kTool;
  made.result = {CallId(id), ToolOutcome::kOk,
                 R"({"outcome":"found","total":1,"complete":true,"request":{"words":"dress"},"products":[{"id":"p-1","title":"Velvet dress","kind":"dress","price":"129.90 USD",)"
                 R"("availability":"in_stock","attributes":{"colour":"Green"},"variants":[{"id":"v-1","price":"129.90 USD","availability":"in_stock","stock":7}]}]})",
                 observed};
  return made;
}

Message search_call(const std::string& id) {
  Message made;
  made.role = Role::kAssistant;
  made.calls = {{CallId(id), "search_catalogue", R"({"words":"dress"})", "", ""}};
  return made;
}

class AgeingGateTest : public ProvingGateTest {
 protected:
  std::vector<Claim> judge(const char* piece) {
    ageing_.begin_reply();
    return ageing_.judge(piece);
  }
  ProvingGate ageing_{lexicon_, verifier_, std::chrono::minutes(10)};
};

TEST_F(AgeingGateTest, APriceProvesNothingOnceItIsTooOld) {
  const Time read{std::chrono::hours(1)};
  ageing_.learn(search_call("c1"));
  ageing_.learn(search_result("c1", read));
  for (const char* piece : {"The velvet dress is $129.90.", "The velvet dress is in stock.", "There are 7 velvet dresses left."}) {
    ageing_.turn_began(read + std::chrono::minutes(10));
    for (const Claim& claim : judge(piece)) EXPECT_EQ(claim.verdict, Verdict::kSupported) << claim.text << ": " << claim.why;
    ageing_.turn_began(read + std::chrono::minutes(11));
    const std::vector<Claim> claims = judge(piece);
    const auto old = std::find_if(claims.begin(), claims.end(), [](const Claim& claim) { return claim.verdict == Verdict::kUnsupported; });
    ASSERT_NE(old, claims.end()) << piece;
    ASSERT_FALSE(old->evidence.empty()) << piece;
    EXPECT_TRUE(old->evidence[0].starts_with("c1#")) << old->evidence[0];
  }
}

TEST_F(AgeingGateTest, WhatDoesNotChangeIsAsTrueAsBefore) {
  const Time read{std::chrono::hours(1)};
  ageing_.learn(search_call("c1"));
  ageing_.learn(search_result("c1", read));
  ageing_.turn_began(read + std::chrono::hours(5));
  const std::vector<Claim> claims = judge("The velvet dress is green.");
  ASSERT_FALSE(claims.empty());
  for (const Claim& claim : claims) EXPECT_EQ(claim.verdict, Verdict::kSupported) << claim.text << ": " << claim.why;
}

TEST_F(AgeingGateTest, WhatWasReadAnewProvesAgain) {
  const Time read{std::chrono::hours(1)};
  ageing_.learn(search_call("c1"));
  ageing_.learn(search_result("c1", read));
  ageing_.learn(search_call("c2"));
  ageing_.learn(search_result("c2", read + std::chrono::minutes(30)));
  ageing_.turn_began(read + std::chrono::minutes(31));
  const std::vector<Claim> claims = judge("The velvet dress is $129.90 and in stock.");
  ASSERT_FALSE(claims.empty());
  for (const Claim& claim : claims) EXPECT_EQ(claim.verdict, Verdict::kSupported) << claim.text << ": " << claim.why;
}

}  // namespace
}  // namespace floorwalker
