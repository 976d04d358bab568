#include "agent/core/gate.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace floorwalker
