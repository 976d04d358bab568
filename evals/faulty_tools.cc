#include "evals/faulty_tools.h"

#include "agent/core/answers_json.h"

namespace floorwalker::evals {
namespace {

ToolResult failed(const ToolCall& call, const ToolContext& context, ToolOutcome outcome, ErrorKind kind, std::string message) {
  ErrorAnswer answer;
  answer.error = {kind, std::move(message), "planted by the suite"};
  return {call.id, outcome, to_json(answer), context.now};
}

}  // namespace

const Fault* FaultyTools::fault_of(const ToolCall& call) {
  const std::lock_guard lock(mutex_);
  const int nth = ++calls_[call.name];
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    if (faults_[i].tool != call.name || (faults_[i].nth != 0 && faults_[i].nth != nth)) continue;
    met_[i] = true;
    return &faults_[i];
  }
  return nullptr;
}

ToolResult FaultyTools::call(const ToolCall& call, const ToolContext& context) {
  const Fault* fault = fault_of(call);
  if (!fault) return tools_.call(call, context);
  switch (fault->what) {
    case Fault::What::kTimeoutBefore: return failed(call, context, ToolOutcome::kFailed, ErrorKind::kTimeout, "the shop did not answer in time");
    case Fault::What::kUnavailable: return failed(call, context, ToolOutcome::kFailed, ErrorKind::kUnavailable, "the shop cannot be reached");
    case Fault::What::kRefused: return failed(call, context, ToolOutcome::kRefused, ErrorKind::kRefused, "the shop refused");
    case Fault::What::kGarbageAfter: (void)tools_.call(call, context); [[fallthrough]];   // it happens, and is answered with rubbish
    case Fault::What::kGarbage: return {call.id, ToolOutcome::kOk, "<html>502 Bad Gateway</html>", context.now};
    case Fault::What::kSlow: pass_(fault->takes); return tools_.call(call, context);
    case Fault::What::kTimeoutAfter:
    case Fault::What::kReplyLost: break;
  }
  (void)tools_.call(call, context);  // it happens, but nobody hears of it
  return failed(call, context, ToolOutcome::kUnknown, ErrorKind::kOutcomeUnknown, "the shop's reply was lost");
}

std::string FaultyTools::unmet() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    if (!met_[i]) out += (out.empty() ? "a planted fault met no call: " : ", ") + faults_[i].tool;
  }
  return out;
}

}  // namespace floorwalker::evals
