#include "tools/registry.h"

#include <algorithm>
#include <exception>
#include <stdexcept>

#include "agent/core/stopping.h"
#include "agent/core/text.h"

namespace floorwalker::tools {
namespace {

ToolOutcome outcome_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kOutcomeUnknown: return ToolOutcome::kUnknown;
    case ErrorKind::kRefused:
    case ErrorKind::kOutOfStock:
    case ErrorKind::kConflict: return ToolOutcome::kRefused;
    default: return ToolOutcome::kFailed;
  }
}

ErrorAnswer unknown_tool(const std::string& name, const std::vector<ToolSpec>& specs) {
  std::vector<std::string> names;
  for (const ToolSpec& spec : specs) names.push_back(spec.name);
  const std::string nearest = text::nearest(name, names);
  const std::string hint = nearest.empty() ? "" : "; did you mean '" + nearest + "'?";
  return {{ErrorKind::kNotFound, "there is no tool '" + name + "'" + hint, {}}, "name", names, {}, {}, {}};
}

}  // namespace

Registry::Registry(std::vector<Tool> tools, Log log) : log_(std::move(log)) {
  for (Tool& tool : tools) {
    const auto same = [&](const ToolSpec& spec) { return spec.name == tool.spec.name; };
    if (std::any_of(specs_.begin(), specs_.end(), same)) throw std::invalid_argument("two tools named " + tool.spec.name);
    specs_.push_back(tool.spec);
    Schema schema(tool.spec.parameters);
    entries_.push_back({std::move(tool), std::move(schema)});
  }
}

Answer Registry::run(const ToolCall& call, const ToolContext& context) const {
  const auto entry = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& one) { return one.tool.spec.name == call.name; });
  if (entry == entries_.end()) return refuse(unknown_tool(call.name, specs_));
  if (context.stop.stop_requested()) return refuse(ErrorKind::kCancelled, "stopped before it began");
  if (!call.problem.empty()) return refuse(ErrorKind::kInvalidArgument, "the call was not made: " + call.problem);
  const auto arguments = entry->schema.check(call.arguments);
  if (!arguments) return refuse(arguments.error());
  return entry->tool.handle(*arguments, context);
}

ToolResult Registry::call(const ToolCall& call, const ToolContext& context) {
  ToolResult result{call.id, ToolOutcome::kOk, {}, context.now};
  Answer answer;
  const Stopping stopping(context.stop);
  try {
    answer = run(call, context);
  } catch (const std::exception& bug) {
    answer = refuse(Error{ErrorKind::kInternal, "internal error", bug.what()});
  } catch (...) {
    answer = refuse(Error{ErrorKind::kInternal, "internal error", "an exception of unknown type"});
  }
  if (answer) {
    result.content = std::move(answer->json);
    result.considered = std::move(answer->considered);
    return result;
  }
  ErrorAnswer& refused = answer.error();
  if (log_) log_(call.name, refused.error);
  if (refused.error.kind == ErrorKind::kInternal) refused = {{ErrorKind::kInternal, "internal error", {}}, {}, {}, {}, {}, {}};
  result.outcome = outcome_of(refused.error.kind);
  result.content = to_json(refused);
  return result;
}

}  // namespace floorwalker::tools
