#include <fstream>

#include "agent/cli/chat_modes.h"
#include "agent/core/json_writer.h"

namespace floorwalker::cli {
namespace {

using json::Writer;

void put_calls(Writer& w, const std::vector<ToolCall>& calls) {
  if (calls.empty()) return;
  w.key("tool_calls").open('[');
  for (const ToolCall& call : calls) {
    w.open('{').key("id").exact(call.id.str()).field("type", "function").key("function").open('{');
    w.key("name").exact(call.name).key("arguments").exact(call.arguments).close('}').close('}');
  }
  w.close(']');
}

}  // namespace

std::string transcript_json(const Conversation& conversation) {
  Writer w;
  w.open('{').key("id").exact(conversation.session.str()).key("messages").open('[');
  for (const Message& message : conversation.messages) {
    w.open('{');
    switch (message.role) {
      case Role::kSystem: w.field("role", "system").key("content").exact(message.text); break;
      case Role::kShopper: w.field("role", "user").key("content").exact(message.text); break;
      case Role::kAssistant: {
        w.field("role", "assistant").key("content").exact(message.text);
        put_calls(w, message.calls);
        break;
      }
      case Role::kTool:
        w.field("role", "tool").key("tool_call_id").exact(message.result.call.str()).key("content").exact(message.result.content);
        break;
    }
    w.close('}');
  }
  return w.close(']').close('}').take();
}

Result<void> record_conversations(Composition& composition, const std::set<SessionId>& sessions, const std::string& file) {
  auto runner = composition.runner();
  if (!runner) return fail(runner.error());
  std::ofstream out(file, std::ios::app);
  for (const SessionId& session : sessions) {
    const auto conversation = runner->get().conversation(session);
    if (!conversation) return fail(conversation.error());
    out << transcript_json(*conversation) << "\n";
  }
  out.flush();
  if (!out) return fail(ErrorKind::kIo, "The record " + file + " cannot be written.");
  return {};
}

}  // namespace floorwalker::cli
