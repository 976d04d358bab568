#include "tools/registry.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace floorwalker::tools {
namespace {

constexpr const char* kSchema = R"({"type":"object","required":["product"],"properties":{
"product":{"type":"string","format":"id"},"name":{"type":"string","maxLength":20},"quantity":{"type":"integer","minimum":0,"maximum":9},
"price":{"type":"number"},"gift":{"type":"boolean"},"op":{"type":"string","enum":["at_most","at_least"]},
"products":{"type":"array","maxItems":3,"items":{"type":"string","format":"id"}},
"options":{"type":"object","additionalProperties":{"type":"string"}},
"parts":{"type":"array","items":{"type":"object","required":["field"],"properties":{"field":{"type":"string"}}}}}})";

Tool echo() {
  return {{"echo", "", kSchema, ToolEffect::kRead}, [](const Arguments& arguments, const ToolContext&) -> Answer { return arguments.json(); }};
}

ToolCall made(const char* id, const char* name, const char* arguments) {
  ToolCall call;
  call.id = CallId(id);
  call.name = name;
  call.arguments = arguments;
  return call;
}

std::string normalised(const std::string& json) {
  const auto arguments = Schema(kSchema).check(json);
  return arguments ? arguments->json() : "refused: " + arguments.error().error.message;
}

ErrorAnswer refused(const std::string& json) {
  const auto arguments = Schema(kSchema).check(json);
  EXPECT_FALSE(arguments) << json;
  return arguments ? ErrorAnswer{} : arguments.error();
}

TEST(Schema, PutsRightWhatHasOneReading) {
  EXPECT_EQ(normalised(R"({"product":"P-1","quantity":"2","price":"3.5","gift":"yes"})"), R"({"product":"P-1","quantity":2,"price":3.5,"gift":true})");
  EXPECT_EQ(normalised(R"({"product":17,"name":"  Ann ","quantity":2.0})"), R"({"product":"17","name":"Ann","quantity":2})");
  EXPECT_EQ(normalised(R"({"product":"P","name":"","quantity":null,"products":[],"options":""})"), R"({"product":"P","products":[]})");
  EXPECT_EQ(normalised(R"({"product":"P","products":"A"})"), R"({"product":"P","products":["A"]})");
  EXPECT_EQ(normalised(R"({"product":"P","products":"A, <B>"})"), R"({"product":"P","products":["A","B"]})");
  EXPECT_EQ(normalised(R"({"product":"P","products":"[\"A\",\"B\"]"})"), R"({"product":"P","products":["A","B"]})");
  EXPECT_EQ(normalised(R"({"product":"P","options":"{\"Size\":7}"})"), R"({"product":"P","options":{"Size":"7"}})");
  EXPECT_EQ(normalised(R"({"product":"P","options":[{"name":"Size","value":"M"}]})"), R"({"product":"P","options":{"Size":"M"}})");
  EXPECT_EQ(normalised(R"({"product":"P","op":"At-Most"})"), R"({"product":"P","op":"at_most"})");
}

TEST(Schema, FindsTheIdInsideQuotesAndBrackets) {
  for (const char* id : {"<P-17>", "'P-17'", "`P-17`", "[P-17]", "(P-17)", " P-17 ", "\\\"P-17\\\"", "`<P-17>`"}) {
    EXPECT_EQ(normalised(std::string(R"({"product":")") + id + "\"}"), R"({"product":"P-17"})") << id;
  }
}

TEST(Schema, KnowsOtherSpellingsOfAnArgument) {
  for (const char* name : {"product_id", "productId", "Product", "product-id"}) {
    EXPECT_EQ(normalised(std::string("{\"") + name + R"(":"P"})"), R"({"product":"P"})") << name;
  }
}

TEST(Schema, NamesFieldAcceptedValuesAndTheNearestOne) {
  const ErrorAnswer word = refused(R"({"product":"P","op":"atmost"})");
  EXPECT_EQ(word.field, "op");
  EXPECT_EQ(word.accepted, (std::vector<std::string>{"at_most", "at_least"}));
  EXPECT_NE(word.error.message.find("did you mean 'at_most'?"), std::string::npos) << word.error.message;
  const ErrorAnswer name = refused(R"({"product":"P","quantitty":2})");
  EXPECT_EQ(name.field, "quantitty");
  EXPECT_NE(name.error.message.find("did you mean 'quantity'?"), std::string::npos) << name.error.message;
  EXPECT_EQ(refused(R"({"product":"P","parts":[{"field":"a"},{}]})").field, "parts[1].field");
}

TEST(Schema, RefusesWhatIsNoNumberOfTheRange) {
  for (const char* bad : {"\"abc\"", "-1", "10", "1.5", "\"2x\"", "[1]", "1e300", "true"}) {
    const ErrorAnswer answer = refused(std::string(R"({"product":"P","quantity":)") + bad + "}");
    EXPECT_EQ(answer.field, "quantity") << bad;
    EXPECT_EQ(answer.error.kind, ErrorKind::kInvalidArgument);
  }
  EXPECT_EQ(refused(R"({"product":"P","quantity":"abc"})").error.message, "quantity must be a whole number from 0 to 9, not 'abc'");
}

TEST(Schema, TellsEveryFaultAtOnce) {
  const ErrorAnswer answer = refused(R"({"product":"P","quantity":"abc","op":"x","gift":"perhaps"})");
  for (const char* field : {"quantity", "op", "gift"}) EXPECT_NE(answer.error.message.find(field), std::string::npos);
}

TEST(Schema, RefusesWhatIsNoObject) {
  for (const char* bad : {"[1]", "17", "\"x\"", "{", "nonsense", "{\"product\":{}}", "{\"product\":\"\"}", "{}", ""}) refused(bad);
  refused("{\"product\":\"" + std::string(100000, 'x') + "\"}");
  refused(std::string(100000, '['));
}

TEST(Schema, ThrowsForASchemaThatIsNone) {
  EXPECT_THROW(Schema("{"), std::invalid_argument);
  EXPECT_THROW(Schema(R"({"type":"string"})"), std::invalid_argument);
  EXPECT_THROW(Schema(R"({"type":"tuple"})"), std::invalid_argument);
}

TEST(Registry, AnswersWithTheCallsIdAndTime) {
  Registry registry({echo()});
  ToolContext context;
  context.now = Time(std::chrono::milliseconds(5));
  const ToolResult result = registry.call(made("c1", "echo", R"({"product":"P"})"), context);
  EXPECT_EQ(result.call, CallId("c1"));
  EXPECT_EQ(result.outcome, ToolOutcome::kOk);
  EXPECT_EQ(result.content, R"({"product":"P"})");
  EXPECT_EQ(result.observed, context.now);
}

TEST(Registry, NamesTheNearestToolWhereThereIsNone) {
  Registry registry({echo()});
  const ToolResult result = registry.call(made("c1", "ecko", "{}"), {});
  EXPECT_EQ(result.outcome, ToolOutcome::kFailed);
  const auto error = error_answer_from_json(result.content);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->error.kind, ErrorKind::kNotFound);
  EXPECT_NE(error->error.message.find("did you mean 'echo'?"), std::string::npos);
}

TEST(Registry, HidesABugFromTheModelAndLogsItInFull) {
  std::vector<Error> logged;
  const auto throwing = [](const Arguments&, const ToolContext&) -> Answer { throw std::runtime_error("row 17 broke"); };
  const auto failing = [](const Arguments&, const ToolContext&) -> Answer { return refuse(Error{ErrorKind::kInternal, "secret", "row 18"}); };
  const auto odd = [](const Arguments&, const ToolContext&) -> Answer { throw 17; };
  const auto spec = [](const char* name) { return ToolSpec{name, "", R"({"type":"object"})", ToolEffect::kRead}; };
  Registry registry({{spec("throwing"), throwing}, {spec("failing"), failing}, {spec("odd"), odd}},
                    [&](std::string_view, const Error& error) { logged.push_back(error); });
  for (const char* name : {"throwing", "failing", "odd"}) {
    const ToolResult result = registry.call(made("c", name, "{}"), {});
    EXPECT_EQ(result.outcome, ToolOutcome::kFailed);
    EXPECT_EQ(result.content, R"({"error":{"kind":"internal","message":"internal error"}})");
  }
  ASSERT_EQ(logged.size(), 3u);
  EXPECT_EQ(logged[0].detail, "row 17 broke");
  EXPECT_EQ(logged[1].detail, "row 18");
}

TEST(Registry, TellsARefusalFromAFailureAndFromDoubt) {
  const std::vector<std::pair<ErrorKind, ToolOutcome>> kinds = {
      {ErrorKind::kInvalidArgument, ToolOutcome::kFailed}, {ErrorKind::kNotFound, ToolOutcome::kFailed},       {ErrorKind::kOutOfStock, ToolOutcome::kRefused},
      {ErrorKind::kRefused, ToolOutcome::kRefused},        {ErrorKind::kConflict, ToolOutcome::kRefused},      {ErrorKind::kUnavailable, ToolOutcome::kFailed},
      {ErrorKind::kTimeout, ToolOutcome::kFailed},         {ErrorKind::kOutcomeUnknown, ToolOutcome::kUnknown}, {ErrorKind::kMalformed, ToolOutcome::kFailed},
      {ErrorKind::kCancelled, ToolOutcome::kFailed},       {ErrorKind::kIo, ToolOutcome::kFailed}};
  for (const auto& [kind, outcome] : kinds) {
    const auto handle = [failure = kind](const Arguments&, const ToolContext&) -> Answer { return refuse(failure, "why"); };
    Registry registry({{{"t", "", R"({"type":"object"})", ToolEffect::kWrite}, handle}});
    const ToolResult result = registry.call(made("c", "t", "{}"), {});
    EXPECT_EQ(result.outcome, outcome) << to_string(kind);
    EXPECT_EQ(error_answer_from_json(result.content)->error.kind, kind);
  }
}

TEST(Registry, DoesNotBeginWhatWasStopped) {
  Registry registry({echo()});
  std::stop_source stop;
  stop.request_stop();
  ToolContext context;
  context.stop = stop.get_token();
  const ToolResult result = registry.call(made("c", "echo", R"({"product":"P"})"), context);
  EXPECT_EQ(error_answer_from_json(result.content)->error.kind, ErrorKind::kCancelled);
}

TEST(Registry, DoesNotRunACallThatWasCutOff) {
  Registry registry({echo()});
  ToolCall call = made("c", "echo", R"({"product":"P"})");
  call.problem = "cut off by the length limit";
  const ToolResult result = registry.call(call, {});
  EXPECT_EQ(result.outcome, ToolOutcome::kFailed);
  EXPECT_NE(result.content.find("cut off"), std::string::npos);
}

TEST(Registry, RefusesTwoToolsOfOneName) { EXPECT_THROW(Registry({echo(), echo()}), std::invalid_argument); }

}  // namespace
}  // namespace floorwalker::tools
