#include "agent/core/playbook/live.h"

#include <utility>

namespace floorwalker {

std::shared_ptr<const Playbook> LivePlaybook::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

LivePlaybook::Reloaded LivePlaybook::reload() {
  LoadedPlaybook loaded = load_();
  Reloaded result;
  result.findings = std::move(loaded.findings);
  for (const Finding& finding : result.findings) {
    if (finding.severity == Finding::Severity::kError) return result;
  }
  const std::lock_guard lock(mutex_);
  if (current_ && current_->hash == loaded.playbook.hash) return result;
  current_ = std::make_shared<const Playbook>(std::move(loaded.playbook));
  result.changed = true;
  return result;
}

}  // namespace floorwalker
