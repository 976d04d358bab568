#include "agent/models/openai/request.h"

#include <algorithm>

#include "agent/core/json_writer.h"

namespace floorwalker::openai {
namespace {

// Appends the members of a JSON object that was kept as text.
void members(json::Writer& writer, const std::string& object) {
  if (object.size() > 2) writer.raw(std::string_view(object).substr(1, object.size() - 2));
}

void write_call(json::Writer& writer, const ToolCall& call, const Dialect& dialect) {
  writer.open('{').field("id", call.id.str()).field("type", "function").key("function");
  writer.open('{').field("name", call.name).field("arguments", call.arguments.empty() ? "{}" : call.arguments).close('}');
  if (dialect.send_echo) members(writer, call.echo);
  writer.close('}');
}

std::string assistant_json(const Message& message, const Dialect& dialect) {
  json::Writer writer;
  writer.open('{').field("role", "assistant").key("content");
  // Some servers refuse an empty text beside calls, others a null without them.
  if (message.text.empty() && !message.calls.empty()) {
    writer.null();
  } else {
    writer.text(message.text);
  }
  if (dialect.send_echo) members(writer, message.echo);
  if (!message.calls.empty()) {
    writer.key("tool_calls").open('[');
    for (const ToolCall& call : message.calls) write_call(writer, call, dialect);
    writer.close(']');
  }
  return writer.close('}').take();
}

std::string text_json(std::string_view role, std::string_view text) {
  json::Writer writer;
  return writer.open('{').field("role", role).field("content", text).close('}').take();
}

std::string stub_of(const std::string& message) {
  const std::size_t content = message.find(",\"content\":");
  return message.substr(0, content) + ",\"content\":\"(an earlier result, left out; call the tool again if it matters)\"}";
}

constexpr std::size_t kStubBelow = 200;  // shorter results are not worth leaving out

}  // namespace

std::string tools_json(const std::vector<ToolSpec>& specs, const Dialect& dialect) {
  if (specs.empty()) return "";
  json::Writer writer;
  writer.open('[');
  for (const ToolSpec& spec : specs) {
    writer.open('{').field("type", "function").key("function").open('{');
    writer.field("name", spec.name).field("description", spec.description);
    writer.key("parameters").raw(without_keywords(spec.parameters, dialect.refused_schema_keywords)).close('}').close('}');
  }
  return writer.close(']').take();
}

std::string message_json(const Message& message, const Dialect& dialect) {
  switch (message.role) {
    case Role::kSystem: return text_json(dialect.system_role, message.text);
    case Role::kShopper: return text_json("user", message.text);
    case Role::kAssistant: return assistant_json(message, dialect);
    case Role::kTool: break;
  }
  json::Writer writer;
  writer.open('{').field("role", "tool").field("tool_call_id", message.result.call.str());
  return writer.field("content", message.result.content).close('}').take();
}

History History::of(const Conversation& conversation, std::string system_prompt, const std::string& note, const Dialect& dialect) {
  const auto& all = conversation.messages;
  const auto latest = std::find_if(all.rbegin(), all.rend(), [](const Message& message) { return message.role == Role::kShopper; });
  History history;
  history.system = std::move(system_prompt);
  history.messages.reserve(conversation.messages.size());
  for (const Message& message : all) {
    const bool noted = !note.empty() && latest != all.rend() && &message == &*latest;
    history.messages.push_back(noted ? text_json("user", message.text + "\n\n" + note) : message_json(message, dialect));
    history.tool_result.push_back(message.role == Role::kTool);
  }
  return history;
}

bool History::shrink() {
  std::size_t current = messages.size();
  while (current > 0 && messages[current - 1].compare(0, 14, "{\"role\":\"user\"") != 0) --current;
  bool shorter = false;
  for (std::size_t i = 0; i < current; ++i) {
    if (!tool_result[i] || messages[i].size() < kStubBelow) continue;
    messages[i] = stub_of(messages[i]);
    shorter = true;
  }
  return shorter;
}

std::string request_body(const RequestSettings& settings, const Dialect& dialect, const History& history, const std::string& tools) {
  std::size_t size = history.system.size() + tools.size() + 512;
  for (const std::string& message : history.messages) size += message.size() + 1;
  json::Writer writer;
  writer.reserve(size);
  // The stable part first, so that a provider's prompt cache finds it again.
  writer.open('{').field("model", settings.model);
  if (!tools.empty()) writer.key("tools").raw(tools);
  writer.key("messages").open('[');
  if (!history.system.empty()) writer.raw(text_json(dialect.system_role, history.system));
  for (const std::string& message : history.messages) writer.raw(message);
  writer.close(']');
  writer.key("stream").boolean(settings.stream);
  if (settings.stream && dialect.stream_options) writer.key("stream_options").raw(R"({"include_usage":true})");
  if (settings.max_tokens > 0) writer.key(dialect.max_completion_tokens ? "max_completion_tokens" : "max_tokens").integer(settings.max_tokens);
  if (settings.send_temperature && dialect.temperature) writer.key("temperature").number(settings.temperature);
  if (!settings.extra.empty()) writer.raw(settings.extra);
  return writer.close('}').take();
}

}  // namespace floorwalker::openai
