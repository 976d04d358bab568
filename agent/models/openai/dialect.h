#pragma once

#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace floorwalker::openai {

// How a server's chat-completions differ from OpenAI's own.
struct Dialect {
  std::set<std::string> refused_schema_keywords;  // left out of tool schemas, at any depth
  bool stream_options = true;                     // may be asked for usage in the stream
  bool parallel_tool_calls = true;                // knows the parameter
  bool tool_choice = true;
  bool send_echo = true;                          // wants reasoning and signatures back
  bool max_completion_tokens = true;              // the newer name of max_tokens
  bool temperature = true;
  std::string system_role = "system";             // or "developer"

  bool operator==(const Dialect&) const = default;
};

// What a server's refusals have taught, shared by all conversations with it. Safe for every thread.
class LearnedDialect {
 public:
  explicit LearnedDialect(Dialect start = {}) : dialect_(std::move(start)) {}

  Dialect current() const;

  // Reads a refusal of `used` (HTTP 400 or 422 and its message). True if the dialect is now another than `used`, so that trying again
  // makes sense.
  bool learn(const Dialect& used, std::string_view message);

 private:
  mutable std::mutex mutex_;  // guards dialect_
  Dialect dialect_;
};

// A JSON Schema without the refused keywords. Property names are never taken for keywords.
std::string without_keywords(std::string_view schema, const std::set<std::string>& refused);

}  // namespace floorwalker::openai
