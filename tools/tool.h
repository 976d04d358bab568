#pragma once

#include <functional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "agent/core/answers.h"
#include "agent/core/answers_json.h"
#include "agent/core/tool.h"
#include "tools/arguments.h"

namespace floorwalker::tools {

// What a tool answers.
struct Told {
  Told() = default;
  Told(std::string json_in) : json(std::move(json_in)) {}
  Told(std::string json_in, std::vector<Considered> by) : json(std::move(json_in)), considered(std::move(by)) {}

  std::string json;                     // of its typed answer
  std::vector<Considered> considered;   // rules of the playbook that it chose by
};

// How a tool ends: its answer, or what it tells the model instead.
using Answer = tl::expected<Told, ErrorAnswer>;

inline tl::unexpected<ErrorAnswer> refuse(ErrorAnswer answer) { return tl::unexpected<ErrorAnswer>(std::move(answer)); }
inline tl::unexpected<ErrorAnswer> refuse(Error error) { return refuse(ErrorAnswer{std::move(error), {}, {}, {}, {}, {}}); }
inline tl::unexpected<ErrorAnswer> refuse(ErrorKind kind, std::string message, std::string field = {}, std::vector<std::string> accepted = {}) {
  return refuse(ErrorAnswer{{kind, std::move(message), {}}, std::move(field), std::move(accepted), {}, {}, {}});
}

// What an agent can do, as data. The handler gets arguments that the schema allows; it must be safe for every thread.
struct Tool {
  ToolSpec spec;
  std::function<Answer(const Arguments&, const ToolContext&)> handle;
};

}  // namespace floorwalker::tools
