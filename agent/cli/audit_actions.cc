#include "agent/cli/audit_actions.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "agent/cli/playbook_files.h"
#include "agent/core/guardrails/action_guard.h"

namespace floorwalker::cli {
namespace {

std::vector<ActionDecision> decide(const Transcript& transcript, const std::shared_ptr<const guardrails::ActionRules>& rules) {
  std::vector<ActionDecision> decisions;
  guardrails::ActionGuard guard(rules);
  for (std::size_t i = 0; i < transcript.messages.size(); ++i) {
    const std::vector<ToolCall>& calls = transcript.messages[i].calls;
    for (std::size_t c = 0; c < calls.size(); ++c) {
      guardrails::Ruling ruling = guard.decide(calls[c]);
      guard.begin(calls[c]);
      decisions.push_back({i, c, calls[c].name, std::string(guardrails::to_string(ruling.decision)), std::move(ruling.rule), std::move(ruling.why)});
    }
    guard.add(transcript.messages[i]);
  }
  return decisions;
}

}  // namespace

Result<ActionAuditor> action_auditor(const std::string& playbook) {
  if (playbook.empty()) return ActionAuditor();
  const LoadedPlaybook loaded = load_playbook_file(playbook);
  std::string errors;
  for (const Finding& finding : loaded.findings) {
    if (finding.severity != Finding::Severity::kError) continue;
    errors += fmt::format("\n{}:{}:{}: {}: {}", finding.at.file, finding.at.line, finding.at.column, finding.path, finding.message);
  }
  if (!errors.empty()) return fail(ErrorKind::kInvalidArgument, "the playbook has errors:" + errors);
  const auto rules = guardrails::ActionRules::compile(loaded.playbook);
  if (!rules) return fail(rules.error());
  return ActionAuditor([compiled = *rules](const Transcript& transcript) { return decide(transcript, compiled); });
}

}  // namespace floorwalker::cli
