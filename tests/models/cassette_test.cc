#include "agent/models/cassette.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "agent/models/scripted.h"
#include "tests/support/paths.h"

namespace floorwalker::models {
namespace {

constexpr std::string_view kScript = R"(
- steps:
    - calls: [{name: search_catalogue, args: {words: laptop}}]
    - text: "Two fit. The Aero 13 is the lighter one, and it costs less than you said."
- steps:
    - text: "Write to anna.smith@example.com about it."
- steps:
    - fail: {kind: unavailable, message: the model is down}
- steps:
    - text: "Pay at https://shop.example/cart-0123/pay."
)";

// What a model told, as text.
std::string heard(Model& model, const Conversation& conversation, int step, const std::vector<ToolSpec>& tools) {
  std::string out;
  const auto sink = [&](const ModelEvent& event) {
    if (const auto* delta = std::get_if<TextDelta>(&event)) out += "<" + delta->text + ">";
    if (const auto* ready = std::get_if<ToolCallReady>(&event)) out += "[" + ready->call.id.str() + " " + ready->call.name + " " + ready->call.arguments + "]";
    if (const auto* failed = std::get_if<ModelFailed>(&event)) out += "failed: " + failed->error.message;
    if (std::holds_alternative<ModelFinished>(event)) out += ".";
  };
  model.start({conversation, tools, 7, step}, sink, {});
  return out;
}

class CassetteTest : public testing::Test {
 protected:
  // A conversation of so many turns, the last one just said.
  static Conversation said(const std::string& text, int turn = 1) {
    Conversation conversation;
    conversation.session = SessionId("s1");
    for (conversation.turn = 1; conversation.turn < turn; ++conversation.turn) {
      conversation.messages.push_back({Role::kShopper, "earlier", {}, {}, {}, conversation.turn});
      conversation.messages.push_back({Role::kAssistant, "Yes.", {}, {}, {}, conversation.turn});
    }
    conversation.messages.push_back({Role::kShopper, text, {}, {}, {}, turn});
    return conversation;
  }

  static Conversation with_result(Conversation conversation, const std::string& id, const std::string& content) {
    ToolCall call;
    call.id = CallId(id);
    call.name = "search_catalogue";
    call.arguments = R"({"words":"laptop"})";
    conversation.messages.push_back({Role::kAssistant, "", {call}, {}, {}, conversation.turn});
    conversation.messages.push_back({Role::kTool, "", {}, {call.id, ToolOutcome::kOk, content, {}}, {}, conversation.turn});
    return conversation;
  }

  Told told() const {
    return [this](const Conversation&) { return prompts_; };
  }

  std::string record(const Conversation& conversation, int step = 1) {
    auto scripted = ScriptedModel::parse(kScript, "script.yaml");
    auto cassette = Cassette::open(file_);
    EXPECT_TRUE(scripted && cassette);
    RecordingModel model(**scripted, told(), *cassette);
    return heard(model, conversation, step, tools_);
  }

  std::string replay(const Conversation& conversation, int step = 1) {
    auto cassette = Cassette::load(file_);
    EXPECT_TRUE(cassette) << cassette.error().message;
    if (!cassette) return {};
    RecordedModel model("scripted", told(), *cassette);
    const std::string out = heard(model, conversation, step, tools_);
    complaints_ = model.complaints();
    return out;
  }

  std::string contents() const {
    std::ifstream in(file_);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }

  test::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "model.jsonl";
  std::string prompts_ = "You sell.";
  std::vector<ToolSpec> tools_{{"search_catalogue", "Finds products.", R"({"type":"object"})", ToolEffect::kRead}};
  std::vector<std::string> complaints_;
};

TEST_F(CassetteTest, ReplaysCallsAndTextPieceByPiece) {
  const Conversation first = said("a laptop");
  const Conversation second = with_result(first, "call_1", "{}");
  const std::string call = record(first), text = record(second, 2);
  EXPECT_NE(text.find("><"), std::string::npos) << "told in pieces: " << text;
  EXPECT_EQ(replay(first), call);
  EXPECT_EQ(replay(second, 2), text);
  EXPECT_TRUE(complaints_.empty());
}

TEST_F(CassetteTest, IdsAndTimesOfCallsMakeNoDifference) {
  const std::string text = record(with_result(said("a laptop"), "call_1", "{}"), 2);
  Conversation other = with_result(said("a laptop"), "toolu_77", "{}");
  other.session = SessionId("another");
  other.messages.back().result.observed = Time{} + std::chrono::hours(9);
  EXPECT_EQ(replay(other, 2), text);
}

TEST_F(CassetteTest, TheCartOfTheReplayTakesThePlaceOfTheRecordedOne) {
  const auto in_cart = [](const std::string& cart, const std::string& when) {
    Conversation conversation = with_result(said("a laptop", 3), "call_1", R"({"observed":")" + when + R"(","cart":{"id":")" + cart + R"("}})");
    conversation.cart = CartId(cart);
    conversation.turn = 4;
    return conversation;
  };
  EXPECT_NE(record(in_cart("cart-0123", "2026-01-01T10:00:00Z")).find("cart-0123/pay"), std::string::npos);
  EXPECT_EQ(contents().find("cart-0123"), std::string::npos);
  EXPECT_EQ(replay(in_cart("cart-9876", "2026-02-02T11:11:11Z")), "<Pay at https://shop.example/cart-9876/pay.>.");
}

TEST_F(CassetteTest, ARequestHasOneReplyHoweverOftenItIsMade) {
  record(said("a laptop"));
  const std::string once = contents();
  EXPECT_EQ(record(said("a laptop")), replay(said("a laptop")));
  EXPECT_EQ(contents(), once);
}

TEST_F(CassetteTest, DriftFailsAndSaysWhatDiffers) {
  record(with_result(said("a laptop"), "call_1", R"({"price":"999.00 USD"})"), 2);
  const auto complaint = [&](const Conversation& conversation) {
    EXPECT_EQ(replay(conversation, 2), "failed: The recorded model was never asked this.");
    return complaints_.empty() ? std::string() : complaints_.front();
  };
  EXPECT_NE(complaint(with_result(said("a laptop"), "call_1", R"({"price":"899.00 USD"})")).find("message 3 of 3 differs"), std::string::npos);
  EXPECT_NE(complaint(said("a tent")).find("message 1 of 1 differs"), std::string::npos);
  EXPECT_NE(complaint(said("a laptop")).find("only with more messages"), std::string::npos);
  const Conversation same = with_result(said("a laptop"), "call_1", R"({"price":"999.00 USD"})");
  prompts_ = "You sell tents.";
  EXPECT_NE(complaint(same).find("prompts"), std::string::npos);
  prompts_ = "You sell.";
  tools_.front().parameters = R"({"type":"object","required":["words"]})";
  EXPECT_NE(complaint(same).find("the tools have changed"), std::string::npos);
}

TEST_F(CassetteTest, HoldsNoPersonalData) {
  Conversation conversation = said("I am bob.jones@example.com, call 415 555 2671", 2);
  record(conversation);
  EXPECT_EQ(contents().find("example.com"), std::string::npos) << contents();
  EXPECT_EQ(contents().find("2671"), std::string::npos) << contents();
  EXPECT_NE(replay(conversation).find("Write to [email]"), std::string::npos);
}

TEST_F(CassetteTest, FindsWhatFollowsAReplyThatLostPersonalData) {
  const auto after = [](const std::string& reply) {
    Conversation conversation = said("and for my sister", 1);
    conversation.messages.insert(conversation.messages.begin(), {Role::kAssistant, reply, {}, {}, {}, 0});
    return conversation;
  };
  const std::string call = record(after("Write to anna.smith@example.com about it."));
  EXPECT_EQ(replay(after("Write to [email] about it.")), call);
}

TEST_F(CassetteTest, WhatFailedIsNotKept) {
  EXPECT_EQ(record(said("and now", 3)), "failed: the model is down");
  EXPECT_EQ(contents(), "");
}

TEST_F(CassetteTest, ALineThatIsNoRecordingIsNamed) {
  record(said("a laptop"));
  std::ofstream(file_, std::ios::app) << "{\"model\": 3}\n";
  const auto cassette = Cassette::load(file_);
  ASSERT_FALSE(cassette);
  EXPECT_EQ(cassette.error().kind, ErrorKind::kMalformed);
  EXPECT_NE(cassette.error().message.find("model.jsonl:2:"), std::string::npos) << cassette.error().message;
}

}  // namespace
}  // namespace floorwalker::models
