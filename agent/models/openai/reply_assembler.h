#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/message.h"
#include "agent/core/model.h"
#include "agent/core/result.h"

namespace floorwalker::openai {

// Puts a reply together from the chunks of a stream or from one whole message, whatever a server does with indexes, ids, names and
// arguments. Text is told as it comes; calls only when the reply is over, so that a reply that breaks off runs none.
class ReplyAssembler {
 public:
  ReplyAssembler(std::vector<std::string> tool_names, std::uint64_t seed, std::function<void(std::string)> on_text);

  // One JSON document of the server: a chunk, a whole completion, or an error. What is no JSON object is ignored (keep-alives).
  void feed(std::string_view json);

  void done() { done_ = true; }  // the server said that the stream is over

  // Whether the reply may be taken as whole although the connection has not ended.
  bool finish_reason_seen() const { return !finish_reason_.empty(); }
  bool usage_seen() const { return usage_seen_; }
  bool complete() const { return done_ || finish_reason_seen(); }
  bool text_told() const { return text_told_; }
  const std::optional<std::string>& server_error() const { return error_; }

  // The calls, each with an id of its own, a tool's right name where it can be told, arguments that are a JSON object, or a problem.
  std::vector<ToolCall> calls();

  // Nothing but reasoning or silence came.
  bool empty() const { return !text_told_ && building_.empty(); }

  std::string finish_reason() const { return finish_reason_; }
  Usage usage() const { return usage_; }
  std::string echo() const;

 private:
  friend class ChunkReader;

  struct Piece {
    std::optional<std::int64_t> index;
    std::string id, name, arguments, echo;
  };
  struct Building {
    std::optional<std::int64_t> index;
    std::string id, name, arguments, echo;
  };

  void text(std::string_view content);
  void tell(std::string_view content);
  void piece(Piece piece);
  Building* target_of(const Piece& piece);
  std::string fresh_id();

  std::vector<std::string> tool_names_;
  std::uint64_t seed_;
  std::function<void(std::string)> on_text_;
  std::vector<Building> building_;
  std::string reasoning_;
  std::string reasoning_field_;
  std::string held_;       // text that may turn out to be a reasoning tag
  bool in_think_ = false;
  bool think_over_ = false;
  bool text_told_ = false;
  bool done_ = false;
  bool usage_seen_ = false;
  std::string finish_reason_;
  Usage usage_;
  std::optional<std::string> error_;
};

}  // namespace floorwalker::openai
