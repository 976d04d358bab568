#pragma once

#include <string>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/considered.h"
#include "agent/core/ids.h"

namespace floorwalker {

// A model's request to run a tool. `arguments` is JSON text, an object, as the model wrote it (repaired, not yet validated).
struct ToolCall {
  CallId id;
  std::string name;
  std::string arguments;
  std::string echo;     // JSON object of provider fields that must be sent back with the call (signatures), "" if none
  std::string problem;  // why the call must not be executed as written ("cut off by the length limit"), "" if it may

  bool operator==(const ToolCall&) const = default;
};

enum class ToolOutcome {
  kOk,
  kRefused,  // the shop or a guardrail said no: nothing changed
  kFailed,   // an error: nothing changed
  kUnknown,  // a write whose outcome is not known: must be re-read
};

std::string_view to_string(ToolOutcome outcome);  // "ok", "refused", "failed", "unknown"

// What a tool call came back with. `content` is JSON text: the answer's one form (answers_json.h), or {"error": {...}}.
struct ToolResult {
  CallId call;
  ToolOutcome outcome = ToolOutcome::kOk;
  std::string content;
  Time observed{};
  std::vector<Considered> considered = {};  // rules of the playbook that the tool chose by: for the trace, never told to a model

  bool operator==(const ToolResult&) const = default;
};

enum class Role { kSystem, kShopper, kAssistant, kTool };

// One entry of a conversation. Shopper and assistant messages have text; an assistant message may call tools; a tool message is one
// result.
struct Message {
  Role role = Role::kShopper;
  std::string text;
  std::vector<ToolCall> calls;  // assistant only
  ToolResult result;            // tool only
  std::string echo;             // assistant only: JSON object of provider fields to send back (reasoning), "" if none
  int turn = 0;                 // turns count from 1

  bool operator==(const Message&) const = default;
};

}  // namespace floorwalker
