#pragma once

#include "agent/cli/command.h"

namespace floorwalker::cli {

// The subcommands of `playbook` that replay conversations or play suites.
void add_playbook_explain(CLI::App& playbook, Exit& exit);
void add_playbook_diff(CLI::App& playbook, Exit& exit);
void add_playbook_coverage(CLI::App& playbook, Exit& exit);

}  // namespace floorwalker::cli
