#pragma once

#include <string>
#include <vector>

#include "agent/core/playbook/playbook.h"
#include "agent/core/playbook/yaml_tree.h"

namespace floorwalker::yaml {

// What each key alone allows but all together contradict: rules that can never fire, rules against each other, texts that the guardrails
// would stop, variables that nothing provides, and guardrails that a parent switched off unseen. `root` is the tree that `playbook` was
// read from; `own_file` the file that was asked for; `open` as in LoadOptions, for the prompts that the playbook names.
void check_consistency(const Node& root, const Playbook& playbook, const std::string& own_file, const LoadOptions& options,
                       std::vector<Finding>& findings);

}  // namespace floorwalker::yaml
