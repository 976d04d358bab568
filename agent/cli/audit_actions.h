#pragma once

#include <string>

#include "agent/cli/audit.h"

namespace floorwalker::cli {

// Decides recorded calls by a playbook's action guardrails: a file, or the name of a shipped one; empty: decides nothing. Fails where the playbook
// has errors, with all of them.
Result<ActionAuditor> action_auditor(const std::string& playbook);

}  // namespace floorwalker::cli
