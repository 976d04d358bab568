#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/core/model.h"
#include "agent/models/openai/dialect.h"
#include "agent/models/openai/request.h"
#include "agent/net/http.h"

namespace floorwalker::openai {

// Where a model is served and how it is to be used.
struct OpenAiConfig {
  std::string base_url;                    // "http://127.0.0.1:8080/v1"; "/chat/completions" is appended
  std::string url;                         // the whole address instead, for other layouts (Azure: with its api-version)
  std::vector<std::pair<std::string, std::string>> headers;  // keys come from the environment through whoever configures
  RequestSettings settings;
  Dialect dialect;
  net::Deadlines deadlines;
  int max_attempts = 3;                    // for what trying again can mend
  std::chrono::milliseconds backoff{400};  // doubled each time, with jitter
  std::chrono::milliseconds longest_wait{20000};  // a server that asks for more is given up
  std::chrono::milliseconds grace{250};    // silence after the last expected part of a stream that a server forgot to end
  std::int64_t input_cost_micros_per_million = 0;   // millionths of the configured currency for a million tokens
  std::int64_t output_cost_micros_per_million = 0;
};

// What the model is told besides the conversation. Safe for every thread; empty functions tell nothing.
struct Telling {
  std::function<std::string()> system;                    // the same at every call
  std::function<std::string(const Conversation&)> note;   // added to the shopper's latest message
};

// Chat completions of any server that speaks OpenAI's form, streaming or not. Learns the server's dialect from its refusals, retries what
// can be mended before any text was told, and tells tool calls only when a reply is whole. Safe for every thread; `transport` must
// outlive it.
class OpenAiModel final : public Model {
 public:
  OpenAiModel(OpenAiConfig config, Telling telling, net::Transport& transport);
  ~OpenAiModel() override;

  void start(const ModelRequest& request, ModelSink sink, std::stop_token stop) override;
  std::string name() const override;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace floorwalker::openai
