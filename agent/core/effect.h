#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "agent/core/message.h"
#include "agent/core/tool.h"

// What the planner wants done. The runner performs effects in order, after the events that led to them are in the journal, and feeds
// back what happened.
namespace floorwalker {

// Ask a model to continue the conversation. Answered by ModelText, ModelCalled and at last ModelFinished or ModelFailed of the same step.
struct CallModel {
  int step = 0;
  std::size_t rung = 0;      // which model of the fallback chain
  bool may_call = true;      // false: no tools are offered, only an answer is wanted
  std::uint64_t seed = 0;

  bool operator==(const CallModel&) const = default;
};

// Give up the model call of that step; whatever it still says is ignored.
struct CancelModel {
  int step = 0;

  bool operator==(const CancelModel&) const = default;
};

// Run a tool. Answered by ToolFinished.
struct CallTool {
  int step = 0;
  ToolCall call;
  IdempotencyKey key;        // from session, turn and step: equal when the call is repeated after a crash
  ToolEffect effect = ToolEffect::kRead;

  bool operator==(const CallTool&) const = default;
};

// Put a piece of the reply to the gate. Answered by SentenceJudged. Changes nothing outside.
struct Say {
  std::size_t sentence = 0;  // index in Turn::sentences
  std::string text;

  bool operator==(const Say&) const = default;
};

// Let a proven piece out to the shopper.
struct Release {
  std::size_t sentence = 0;
  std::string text;

  bool operator==(const Release&) const = default;
};

// A call waits for the shopper's yes. The question is part of the reply; a page may show buttons as well.
struct AskConfirmation {
  ToolCall call;

  bool operator==(const AskConfirmation&) const = default;
};

// A person takes over.
struct HandOff {
  std::string reason;

  bool operator==(const HandOff&) const = default;
};

// The turn is over: Planner::reply tells what it came to.
struct Finish {
  bool operator==(const Finish&) const = default;
};

using Effect = std::variant<CallModel, CancelModel, CallTool, Say, Release, AskConfirmation, HandOff, Finish>;
using Effects = std::vector<Effect>;

// "call_model" ...
std::string_view name_of(const Effect& effect);

}  // namespace floorwalker
