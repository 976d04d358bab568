#include <nlohmann/json.hpp>

#include "agent/core/playbook/selling_rules.h"
#include "agent/store/codec.h"

namespace floorwalker::store {
namespace {

using nlohmann::json;

std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? std::string() : found->get<std::string>();
}

std::int64_t integer_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? 0 : found->get<std::int64_t>();
}

bool flag_of(const json& object, const char* name) { return object.value(name, false); }

Time time_of(const json& object, const char* name) { return Time(std::chrono::milliseconds(integer_of(object, name))); }

// The enumerator of that name; enumerations here count from 0 to `last` without gaps.
template <typename Enum>
Enum enum_of(const json& object, const char* name, Enum last) {
  const std::string wanted = object.at(name).get<std::string>();
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (to_string(static_cast<Enum>(i)) == wanted) return static_cast<Enum>(i);
  }
  throw std::invalid_argument(std::string(name) + ": unknown value " + wanted);
}

template <typename Read>
auto list_of(const json& object, const char* name, const Read& read) {
  std::vector<decltype(read(object))> items;
  const auto found = object.find(name);
  if (found == object.end()) return items;
  items.reserve(found->size());
  for (const json& item : *found) items.push_back(read(item));
  return items;
}

std::string read_text(const json& value) { return value.get<std::string>(); }

ToolCall read_call(const json& value) {
  return {CallId(text_of(value, "id")), text_of(value, "name"), text_of(value, "arguments"), text_of(value, "echo"), text_of(value, "problem")};
}

Considered read_considered(const json& value) { return {text_of(value, "rule"), enum_of(value, "came", Considered::Came::kCouldNotRun), text_of(value, "why")}; }

ToolResult read_result(const json& value) {
  return {CallId(text_of(value, "call")), enum_of(value, "outcome", ToolOutcome::kUnknown), text_of(value, "content"),
          time_of(value, "observed"), list_of(value, "considered", read_considered)};
}

Claim read_claim(const json& value) {
  Claim claim;
  claim.start = static_cast<std::size_t>(integer_of(value, "start"));
  claim.end = static_cast<std::size_t>(integer_of(value, "end"));
  claim.text = text_of(value, "text");
  claim.kind = enum_of(value, "kind", ClaimKind::kEvaluative);
  claim.verdict = enum_of(value, "verdict", Verdict::kSubjective);
  claim.why = text_of(value, "why");
  claim.evidence = list_of(value, "evidence", read_text);
  return claim;
}

Shown read_shown(const json& value) {
  Shown shown;
  shown.product = ProductId(text_of(value, "product"));
  shown.title = text_of(value, "title");
  shown.turn = static_cast<int>(integer_of(value, "turn"));
  shown.number = static_cast<int>(integer_of(value, "number"));
  shown.group = text_of(value, "group");
  shown.group_number = static_cast<int>(integer_of(value, "group_number"));
  return shown;
}

Constraint read_constraint(const json& value) {
  return {text_of(value, "field"), enum_of(value, "op", Constraint::Op::kOneOf), list_of(value, "values", read_text)};
}

Need read_need(const json& value) {
  return {text_of(value, "kind"), text_of(value, "words"), list_of(value, "constraints", read_constraint),
          list_of(value, "uses", read_text)};
}

Asked read_asked(const json& value) {
  return {text_of(value, "slot"), static_cast<int>(integer_of(value, "turn")), flag_of(value, "answered")};
}

Presentation read_presentation(const json& value) {
  Presentation presentation;
  presentation.shown = list_of(value, "shown", read_shown);
  if (value.contains("asked")) presentation.asked = text_of(value, "asked");
  presentation.hand_off = flag_of(value, "hand_off");
  presentation.refused = flag_of(value, "refused");
  return presentation;
}

Seen read_seen(const json& value) {
  return {text_of(value, "signal"), ProductId(text_of(value, "product")), text_of(value, "kind"), integer_of(value, "amount"), time_of(value, "at")};
}

Watch read_watch(const json& value) {
  const auto offered = [](const json& one) { return Offered{text_of(one, "play"), time_of(one, "at")}; };
  return {flag_of(value, "consented"), flag_of(value, "dismissed"), list_of(value, "seen", read_seen), list_of(value, "offered", offered)};
}

Memory read_memory(const json& value) {
  Memory memory;
  memory.needs = list_of(value, "needs", read_need);
  memory.shown = list_of(value, "shown", read_shown);
  memory.asked = list_of(value, "asked", read_asked);
  if (value.contains("said_options")) memory.said_options = value["said_options"].get<std::map<std::string, std::string>>();
  if (value.contains("said_turn")) memory.said_turn = value["said_turn"].get<std::map<std::string, int>>();
  memory.declined = list_of(value, "declined", read_text);
  if (value.contains("focus")) memory.focus = ProductId(text_of(value, "focus"));
  if (value.contains("last_line")) memory.last_line = LineId(text_of(value, "last_line"));
  memory.plan = text_of(value, "plan");
  memory.addons_offered = static_cast<int>(integer_of(value, "addons_offered"));
  if (value.contains("watch")) memory.watch = read_watch(value["watch"]);
  return memory;
}

Usage read_usage(const json& value) {
  return {integer_of(value, "input_tokens"), integer_of(value, "output_tokens"), integer_of(value, "cost_micros")};
}

Message read_message(const json& value) {
  const std::string role = text_of(value, "role");
  Message message;
  message.role = role == "system"      ? Role::kSystem
                 : role == "assistant" ? Role::kAssistant
                 : role == "tool"      ? Role::kTool
                                       : Role::kShopper;
  message.turn = static_cast<int>(integer_of(value, "turn"));
  message.text = text_of(value, "text");
  message.calls = list_of(value, "calls", read_call);
  message.echo = text_of(value, "echo");
  if (value.contains("result")) message.result = read_result(value["result"]);
  return message;
}

std::uint64_t read_seed(const json& value) { return std::stoull(text_of(value, "seed")); }

ModelFinished read_finished(const json& value) {
  ModelFinished finished;
  finished.usage = read_usage(value.at("usage"));
  if (value.contains("presentation")) finished.presentation = read_presentation(value["presentation"]);
  if (value.contains("memory")) finished.memory = read_memory(value["memory"]);
  finished.echo = text_of(value, "echo");
  finished.considered = list_of(value, "considered", read_considered);
  return finished;
}

EventBody read_body(const json& value) {
  const std::string type = text_of(value, "type");
  if (type == "shopper_said") return ShopperSaid{text_of(value, "text"), text_of(value, "key"), read_seed(value)};
  if (type == "shopper_did") {
    return ShopperDid{text_of(value, "did"), ProductId(text_of(value, "product")),
                      value.at("details").get<std::map<std::string, std::string>>(), text_of(value, "key"), read_seed(value)};
  }
  if (type == "model_text") return ModelText{text_of(value, "text")};
  if (type == "model_called") return ModelCalled{read_call(value.at("call"))};
  if (type == "model_finished") return read_finished(value);
  if (type == "model_failed") {
    return ModelFailed{{enum_of(value, "kind", ErrorKind::kInternal), text_of(value, "message"), text_of(value, "detail")}};
  }
  if (type == "tool_finished") return ToolFinished{read_result(value.at("result")), CartId(text_of(value, "cart"))};
  if (type == "sentence_judged") {
    return SentenceJudged{static_cast<std::size_t>(integer_of(value, "sentence")), list_of(value, "claims", read_claim)};
  }
  if (type == "deadline_passed") return DeadlinePassed{};
  if (type == "stopped") return Stopped{};
  throw std::invalid_argument("unknown event type " + type);
}

Event read_event(const json& value) {
  return {time_of(value, "at"), static_cast<int>(integer_of(value, "step")), read_body(value)};
}

Reply read_reply(const json& value) {
  Reply reply;
  reply.turn = static_cast<int>(integer_of(value, "turn"));
  reply.text = text_of(value, "text");
  reply.presentation = read_presentation(value.at("presentation"));
  reply.claims = list_of(value, "claims", read_claim);
  reply.tools = list_of(value, "tools", [](const json& use) {
    return ToolUse{read_call(use.at("call")), enum_of(use, "outcome", ToolOutcome::kUnknown)};
  });
  reply.outcome = enum_of(value, "outcome", Outcome::kFailed);
  reply.usage = read_usage(value.at("usage"));
  return reply;
}

// Runs a reader on JSON text; what it throws becomes an Error.
template <typename Read>
auto guarded(std::string_view what, std::string_view text, const Read& read) -> Result<decltype(read(json()))> {
  try {
    return read(json::parse(text));
  } catch (const std::exception& error) {  // nlohmann's, and the readers' own
    return fail(ErrorKind::kMalformed, "The journal holds " + std::string(what) + " that cannot be read.", error.what());
  }
}

template <typename Read>
auto all_of(const json& array, const Read& read) {
  std::vector<decltype(read(array))> items;
  items.reserve(array.size());
  for (const json& item : array) items.push_back(read(item));
  return items;
}

}  // namespace

Result<std::vector<Event>> decode_events(std::string_view text) {
  return guarded("events", text, [](const json& value) { return all_of(value, read_event); });
}

Result<std::vector<Message>> decode_messages(std::string_view text) {
  return guarded("messages", text, [](const json& value) { return all_of(value, read_message); });
}

Result<Memory> decode_memory(std::string_view text) { return guarded("a memory", text, read_memory); }

Result<ToolCall> decode_call(std::string_view text) { return guarded("a call", text, read_call); }

Result<Reply> decode_reply(std::string_view text) { return guarded("a reply", text, read_reply); }

}  // namespace floorwalker::store
