#include <gtest/gtest.h>

#include "agent/models/openai/dialect.h"
#include "agent/models/openai/refusal.h"
#include "agent/models/openai/repair.h"
#include "agent/models/openai/reply_assembler.h"
#include "agent/models/openai/request.h"
#include "agent/models/openai/sse.h"

namespace floorwalker::openai {
namespace {

std::vector<std::string> events(const std::vector<std::string>& chunks) {
  SseParser parser;
  std::vector<std::string> out;
  const auto sink = [&](std::string_view data) { out.emplace_back(data); };
  for (const std::string& chunk : chunks) parser.feed(chunk, sink);
  parser.finish(sink);
  return out;
}

TEST(Sse, GivesTheSameEventsHoweverTheBytesArrive) {
  const std::string stream = ": ping\r\n\r\nevent: message\nid: 1\ndata: {\"a\":1}\r\n\r\ndata:{\"b\"\ndata: :2}\n\ndata:\n\ndata: [DONE]";
  const std::vector<std::string> expected{"{\"a\":1}", "{\"b\"\n:2}", "[DONE]"};
  EXPECT_EQ(events({stream}), expected);
  for (std::size_t cut = 1; cut < stream.size(); ++cut) EXPECT_EQ(events({stream.substr(0, cut), stream.substr(cut)}), expected) << cut;
  std::vector<std::string> bytes;
  for (char c : stream) bytes.emplace_back(1, c);
  EXPECT_EQ(events(bytes), expected);
}

struct Assembled {
  std::string text;
  std::vector<ToolCall> calls;
};

Assembled assemble(const std::vector<std::string>& chunks) {
  Assembled out;
  ReplyAssembler assembler({"search_catalogue", "get_product"}, 7, [&](std::string text) { out.text += text; });
  for (const std::string& chunk : chunks) assembler.feed(chunk);
  out.calls = assembler.calls();
  return out;
}

std::string delta(const std::string& members) { return R"({"choices":[{"index":0,"delta":{)" + members + "}}]}"; }

std::string call_piece(const std::string& members) { return delta(R"("tool_calls":[{)" + members + "}]"); }

TEST(ReplyAssembler, JoinsArgumentsByIndex) {
  const Assembled got = assemble({call_piece(R"("index":0,"id":"a","function":{"name":"get_product","arguments":""})"),
                                  call_piece(R"("index":1,"id":"b","function":{"name":"get_product","arguments":"{\"sku\":")"),
                                  call_piece(R"("index":0,"function":{"arguments":"{\"sku\":\"1\"}"})"),
                                  call_piece(R"("index":1,"id":"","function":{"name":"","arguments":"\"2\"}"})")});
  ASSERT_EQ(got.calls.size(), 2u);
  EXPECT_EQ(got.calls[0].arguments, R"({"sku":"1"})");
  EXPECT_EQ(got.calls[1].arguments, R"({"sku":"2"})");
}

TEST(ReplyAssembler, TellsParallelCallsApartWithoutIndexes) {
  const Assembled same_index = assemble({call_piece(R"("index":0,"id":"a","function":{"name":"get_product","arguments":"{\"sku\":\"1\"}"})"),
                                         call_piece(R"("index":0,"id":"b","function":{"name":"get_product","arguments":"{\"sku\":\"2\"}"})")});
  EXPECT_EQ(same_index.calls.size(), 2u);
  const Assembled nothing = assemble({call_piece(R"("function":{"name":"get_product","arguments":"{\"sku\":\"1\"}"})"),
                                      call_piece(R"("function":{"name":"get_product","arguments":"{\"sku\":\"2\"}"})")});
  ASSERT_EQ(nothing.calls.size(), 2u);
  EXPECT_NE(nothing.calls[0].id, nothing.calls[1].id);
  EXPECT_EQ(nothing.calls[0].id.str().size(), 9u);
}

TEST(ReplyAssembler, GivesRepeatedIdsNewOnes) {
  const Assembled got = assemble({call_piece(R"("index":0,"id":"a","function":{"name":"get_product","arguments":"{}"})"),
                                  call_piece(R"("index":1,"id":"a","function":{"name":"get_product","arguments":"{}"})")});
  ASSERT_EQ(got.calls.size(), 2u);
  EXPECT_NE(got.calls[0].id, got.calls[1].id);
}

TEST(ReplyAssembler, ReadsNamesThatAreSplitLateOrRepeated) {
  const auto one = [](const std::vector<std::string>& chunks) { return assemble(chunks).calls.at(0).name; };
  EXPECT_EQ(one({call_piece(R"("index":0,"id":"a","function":{"name":"search_cat"})"), call_piece(R"("index":0,"function":{"name":"alogue","arguments":""})"),
                 call_piece(R"("index":0,"function":{"arguments":"{}"})")}), "search_catalogue");
  EXPECT_EQ(one({call_piece(R"("index":0,"id":"a","function":{"arguments":""})"), call_piece(R"("index":0,"function":{"name":"get_product","arguments":"{}"})")}),
            "get_product");
  EXPECT_EQ(one({call_piece(R"("index":0,"id":"a","function":{"name":"get_product","arguments":"{"})"),
                 call_piece(R"("index":0,"id":"a","function":{"name":"get_product","arguments":"}"})")}), "get_product");
}

TEST(ReplyAssembler, MarksACutOffCallInsteadOfGuessing) {
  const Assembled got = assemble({call_piece(R"("index":0,"id":"a","function":{"name":"get_product","arguments":"{\"sku\":\"BOO"})"),
                                  R"({"choices":[{"delta":{},"finish_reason":"length"}]})"});
  ASSERT_EQ(got.calls.size(), 1u);
  EXPECT_EQ(got.calls[0].arguments, "{}");
  EXPECT_NE(got.calls[0].problem.find("cut off"), std::string::npos);
}

TEST(ReplyAssembler, KeepsReasoningFromTheShopperAndForTheServer) {
  std::string text;
  ReplyAssembler assembler({}, 1, [&](std::string piece) { text += piece; });
  assembler.feed(delta(R"("reasoning_content":"They want ","content":null)"));
  assembler.feed(delta(R"("reasoning_content":"boots.")"));
  for (const char* piece : {"<th", "ink>secret</thi", "nk>Hel", "lo"}) assembler.feed(delta(R"("content":")" + std::string(piece) + "\""));
  EXPECT_EQ(text, "Hello");
  EXPECT_EQ(assembler.echo().find("secret") != std::string::npos, true);
}

TEST(ReplyAssembler, IgnoresWhatIsNoChunk) {
  const Assembled got = assemble({": keepalive", "", "{\"choices\":[]}", R"({"choices":[{"index":0,"finish_reason":null}]})", delta(R"("content":"Hi")"),
                                  R"({"choices":[{"index":0,"delta":null,"finish_reason":"stop"}]})"});
  EXPECT_EQ(got.text, "Hi");
  EXPECT_TRUE(got.calls.empty());
}

TEST(Repair, ReadsWhatModelsWrite) {
  EXPECT_EQ(repair_arguments(R"({"a": 1,,})"), R"({"a":1})");
  EXPECT_EQ(repair_arguments("```json\n{\"a\": true}\n```"), R"({"a":true})");
  EXPECT_EQ(repair_arguments(R"({'a': 'it\'s', 'b': None, 'c': True})"), R"({"a":"it's","b":null,"c":true})");
  EXPECT_EQ(repair_arguments(R"("{\"a\":1}")"), R"({"a":1})");
  EXPECT_EQ(repair_arguments(""), "{}");
}

TEST(Repair, RefusesWhatIsCutOffOrNoObject) {
  EXPECT_FALSE(repair_arguments(R"({"query": "waterproof hik)"));
  EXPECT_FALSE(repair_arguments(R"({"a": {"b": 1})"));
  EXPECT_FALSE(repair_arguments(R"("boots")"));
  EXPECT_FALSE(repair_arguments("[1]"));
}

TEST(Repair, FindsTheToolThatWasMeant) {
  const std::vector<std::string> names{"search_catalogue", "get_product"};
  EXPECT_EQ(intended_tool("functions.search_catalogue", names), "search_catalogue");
  EXPECT_EQ(intended_tool("SearchCatalogue", names), "search_catalogue");
  EXPECT_EQ(intended_tool("find_products", names), "");
}

TEST(Dialect, LearnsFromRefusalsOnce) {
  LearnedDialect learned;
  const Dialect first = learned.current();
  EXPECT_TRUE(learned.learn(first, R"(Unknown name "additionalProperties" at 'tools[0].function_declarations[0].parameters')"));
  const Dialect second = learned.current();
  EXPECT_TRUE(second.refused_schema_keywords.count("additionalProperties"));
  EXPECT_FALSE(second.refused_schema_keywords.count("type"));
  EXPECT_TRUE(learned.learn(second, "property 'stream_options' is unsupported"));
  EXPECT_FALSE(learned.learn(learned.current(), "I do not like you"));
}

TEST(Dialect, NeverTakesAPropertyForAKeyword) {
  const std::string schema = R"({"type":"object","properties":{"title":{"type":"string","title":"T"}},"additionalProperties":false})";
  EXPECT_EQ(without_keywords(schema, {"title", "additionalProperties"}), R"({"properties":{"title":{"type":"string"}},"type":"object"})");
}

TEST(Refusal, KnowsWhatTryingAgainCanMend) {
  EXPECT_EQ(classify(429, R"({"error":{"message":"Rate limit reached"}})").advice, Advice::kRetry);
  EXPECT_EQ(classify(429, R"({"error":{"message":"x","code":"insufficient_quota"}})").advice, Advice::kGiveUp);
  EXPECT_EQ(classify(503, "<html><title>503</title></html>").advice, Advice::kRetry);
  EXPECT_EQ(classify(400, R"({"error":{"message":"m","code":"context_length_exceeded"}})").advice, Advice::kShrink);
  EXPECT_EQ(classify(400, R"([{"error":{"message":"Unknown name"}}])").advice, Advice::kLearn);
  EXPECT_EQ(classify(401, "").advice, Advice::kGiveUp);
}

TEST(Request, WritesHistoryThatEveryServerTakes) {
  Message assistant;
  assistant.role = Role::kAssistant;
  assistant.calls = {{CallId("c1"), "get_product", R"({"sku":"1"})", R"({"extra_content":{"s":"x"}})", ""}};
  assistant.echo = R"({"reasoning_content":"r"})";
  EXPECT_EQ(message_json(assistant, {}),
            R"({"role":"assistant","content":null,"reasoning_content":"r","tool_calls":[{"id":"c1","type":"function","function":)"
            R"({"name":"get_product","arguments":"{\"sku\":\"1\"}"},"extra_content":{"s":"x"}}]})");
}

TEST(Request, ShrinksOnlyWhatIsOlderThanTheLastQuestion) {
  Conversation conversation;
  const std::string big(5000, 'x');
  for (int turn = 1; turn <= 2; ++turn) {
    Message shopper;
    shopper.text = "hello";
    Message result;
    result.role = Role::kTool;
    result.result = {CallId("c"), ToolOutcome::kOk, big, {}};
    conversation.messages.push_back(shopper);
    conversation.messages.push_back(result);
  }
  History history = History::of(conversation, "", "", {});
  EXPECT_TRUE(history.shrink());
  EXPECT_LT(history.messages[1].size(), 300u);
  EXPECT_GT(history.messages[3].size(), 5000u);
  EXPECT_FALSE(history.shrink());
}

TEST(Request, AddsTheNoteToTheLatestQuestionOnly) {
  Conversation conversation;
  for (const auto& [role, text] : {std::pair{Role::kShopper, "first"}, {Role::kAssistant, "yes?"}, {Role::kShopper, "second"}}) {
    Message message;
    message.role = role;
    message.text = text;
    conversation.messages.push_back(message);
  }
  const History history = History::of(conversation, "", "note", {});
  EXPECT_EQ(history.messages[0], R"({"role":"user","content":"first"})");
  EXPECT_EQ(history.messages[2], R"({"role":"user","content":"second\n\nnote"})");
}

}  // namespace
}  // namespace floorwalker::openai
