#pragma once

#include "agent/cli/command.h"

namespace floorwalker::cli {

// The subcommands of `playbook` that replay conversations.
void add_playbook_explain(CLI::App& playbook, Exit& exit);
void add_playbook_diff(CLI::App& playbook, Exit& exit);

}  // namespace floorwalker::cli
