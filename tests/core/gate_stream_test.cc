#include "agent/core/gate.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "agent/cli/audit.h"

namespace floorwalker {
namespace {

const verify::Lexicon& english() {
  static const verify::Lexicon lexicon = *cli::load_lexicon("en");
  return lexicon;
}

const verify::Verifier& verifier() {
  static const verify::Verifier made(english());
  return made;
}

Message result_of(const std::string& content) {
  Message message;
  message.role = Role::kTool;
  message.result = {CallId("c1"), ToolOutcome::kOk, content, {}};
  return message;
}

ProvingGate gate_over(const std::string& content) {
  ProvingGate gate(english(), verifier());
  gate.learn(result_of(content));
  gate.begin_reply();
  return gate;
}

GuardrailRules strict() {
  GuardrailRules rules;
  rules.contradicted = ClaimAction::kDrop;
  rules.unsupported = ClaimAction::kDrop;
  rules.subjective = ClaimAction::kAllow;
  return rules;
}

// What reaches the shopper when the text comes in these parts.
std::string released(const std::vector<std::string>& parts, const std::string& evidence) {
  ProvingGate gate = gate_over(evidence);
  Cutter cutter;
  std::vector<std::string> pieces;
  for (const std::string& part : parts) {
    for (std::string& piece : cutter.feed(part)) pieces.push_back(std::move(piece));
  }
  for (std::string& piece : cutter.finish()) pieces.push_back(std::move(piece));
  std::string out;
  for (const std::string& piece : pieces) {
    if (action_for(gate.judge(piece), strict()) == ClaimAction::kAllow) out += piece;
    else gate.forget_piece();
  }
  return out;
}

constexpr const char* kResult = R"({"outcome":"found","kind":"laptop","total":2,"complete":true,"products":[
  {"id":"P-17","title":"Aero 13","brand":"Acme","kind":"laptop","price":"1299.00 USD","availability":"in_stock",
   "attributes":{"weight":"1.2 kg","screen_size":"13.3 in","touchscreen":true}},
  {"id":"P-18","title":"Bolt 15","brand":"Bolt","kind":"laptop","price":"899.00 USD","availability":"out_of_stock",
   "attributes":{"weight":"1.9 kg","screen_size":"15.6 in","touchscreen":false}}]})";

const std::vector<std::string> kTruths = {"The Aero 13 costs $1,299.00. ", "It weighs 1.2 kg (with its battery), e.g. less than a bottle. ", "\n- **Aero 13**: 13.3 in\n",
                                          "- **Bolt 15**: 15.6 in\n", "\nThe Bolt 15 is out of stock!"};
const std::vector<std::string> kLies = {"The Aero 13 costs $1,199.00. ", "The Bolt 15 has a touchscreen. ", "- **Bolt 15**: 13.3 in\n"};

// The truths with one lie before the `place`-th.
std::string with_lie(const std::string& lie, std::size_t place) {
  std::string text;
  for (std::size_t i = 0; i <= kTruths.size(); ++i) {
    if (i == place) text += (text.empty() || text.back() == '\n' || text.back() == ' ' ? "" : "\n") + lie;
    if (i < kTruths.size()) text += (i == place && lie.back() != '\n' && kTruths[i][0] == '-' ? "\n" : "") + kTruths[i];
  }
  return text;
}

TEST(GateOverAStream, NoSplitOfTheStreamLetsAnUnprovenClaimThrough) {
  for (const std::string& lie : kLies) {
    const std::string core = lie.substr(0, lie.find_last_not_of(" .\n") + 1);
    for (std::size_t place = 0; place <= kTruths.size(); ++place) {
      const std::string text = with_lie(lie, place);
      const std::string whole = released({text}, kResult);
      EXPECT_EQ(whole.find(core), std::string::npos) << whole;
      for (std::size_t at = 1; at < text.size(); ++at) {
        ASSERT_EQ(released({text.substr(0, at), text.substr(at)}, kResult), whole) << "split at " << at;
      }
    }
  }
}

TEST(GateOverAStream, RandomDeltasGiveWhatTheWholeTextGives) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    const std::string text = with_lie(kLies[random() % kLies.size()], random() % (kTruths.size() + 1));
    std::vector<std::string> parts;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t length = 1 + random() % 7;
      parts.push_back(text.substr(at, length));
      at += length;
    }
    ASSERT_EQ(released(parts, kResult), released({text}, kResult)) << "round " << round;
  }
}

}  // namespace
}  // namespace floorwalker
