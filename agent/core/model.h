#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "agent/core/considered.h"
#include "agent/core/conversation.h"
#include "agent/core/message.h"
#include "agent/core/tool.h"

namespace floorwalker {

// What a model is asked: continue this conversation. Valid only during Model::start; a model copies what it keeps.
struct ModelRequest {
  const Conversation& conversation;
  const std::vector<ToolSpec>& tools;
  std::uint64_t seed = 0;  // for wording variety and jitter: from the event, so that a replay is equal
  int step = 1;            // which model call of the turn this is, from 1; the same when a call is begun anew after a crash
};

struct TextDelta {
  std::string text;
};

struct ToolCallReady {  // a call is only told once its arguments are complete
  ToolCall call;
};

struct Usage {
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
  std::int64_t cost_micros = 0;  // millionths of the configured currency

  bool operator==(const Usage&) const = default;
};

// The model's turn is over. Replies of models that know what they show say so; the planner derives it for the others.
struct ModelFinished {
  Usage usage;
  std::optional<Presentation> presentation;
  std::optional<Memory> memory;  // what the model has understood so far, replacing the conversation's
  std::string echo;              // to be kept in the assistant message: Message::echo
  std::vector<Considered> considered = {};  // rules of the playbook that a model which sells by them looked at: for the trace

  bool operator==(const ModelFinished&) const = default;
};

struct ModelFailed {
  Error error;

  bool operator==(const ModelFailed&) const = default;
};

using ModelEvent = std::variant<TextDelta, ToolCallReady, ModelFinished, ModelFailed>;
using ModelSink = std::function<void(ModelEvent)>;

// A language model, or what stands for one. Safe for every thread.
class Model {
 public:
  virtual ~Model() = default;

  // Starts to answer and returns at once; `sink` is called in order, perhaps from another thread, perhaps before start returns, and
  // ends with exactly one ModelFinished or ModelFailed. A requested stop ends it with kCancelled.
  virtual void start(const ModelRequest& request, ModelSink sink, std::stop_token stop) = 0;

  virtual std::string name() const = 0;
};

}  // namespace floorwalker
