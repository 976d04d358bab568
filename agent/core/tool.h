#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "agent/core/message.h"
#include "agent/core/result.h"

namespace floorwalker {

enum class ToolEffect { kRead, kWrite };

// What a model is told about a tool.
struct ToolSpec {
  std::string name;
  std::string description;
  std::string parameters;  // JSON Schema (draft 7) of the arguments, an object
  ToolEffect effect = ToolEffect::kRead;
};

// What a call may use besides its arguments.
struct ToolContext {
  SessionId session;
  CartId cart;                  // the session's own cart, empty until the shop made one
  IdempotencyKey key;           // of this call: equal when the call is repeated after a crash
  Time now{};
  std::stop_token stop;
};

// The tools that a conversation may call. Implementations are safe for every thread and never throw.
class ToolBox {
 public:
  virtual ~ToolBox() = default;

  virtual const std::vector<ToolSpec>& specs() const = 0;

  // Validates the arguments against the tool's schema, runs it, and says how it went. A write happens at most once for a key.
  virtual ToolResult call(const ToolCall& call, const ToolContext& context) = 0;
};

}  // namespace floorwalker
