#include "agent/cli/audit_actions.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "agent/cli/explanation.h"
#include "agent/cli/playbook_files.h"

namespace floorwalker::cli {

Result<ActionAuditor> action_auditor(const std::string& playbook) {
  if (playbook.empty()) return ActionAuditor();
  LoadedPlaybook loaded = load_playbook_file(playbook);
  std::string errors;
  for (const Finding& finding : loaded.findings) {
    if (finding.severity != Finding::Severity::kError) continue;
    errors += fmt::format("\n{}:{}:{}: {}: {}", finding.at.file, finding.at.line, finding.at.column, finding.path, finding.message);
  }
  if (!errors.empty()) return fail(ErrorKind::kInvalidArgument, "the playbook has errors:" + errors);
  const auto explainer = Explainer::create(std::make_shared<const Playbook>(std::move(loaded.playbook)), own_writes());
  if (!explainer) return fail(explainer.error());
  return ActionAuditor([explainer = *explainer](const Transcript& transcript) {
    std::vector<ActionDecision> decisions;
    for (Explained& one : explainer.calls(transcript.messages)) {
      decisions.push_back({*one.message, one.call, std::move(one.subject), std::move(one.decision), std::move(one.rule), std::move(one.why)});
    }
    return decisions;
  });
}

}  // namespace floorwalker::cli
