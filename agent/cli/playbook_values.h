#pragma once

#include <vector>

#include "agent/cli/composition.h"
#include "agent/core/playbook/loader.h"

namespace floorwalker::cli {

// What no product of this shop answers to: bounds in a unit that the shop's attribute cannot be compared with, values that no product has, attributes
// that no product of the kinds a rule is about records. Asks the shop's own search, which is what the rules come to. Fails where the shop cannot be
// opened or asked.
Result<std::vector<Finding>> check_values(const Playbook& playbook, Composition& shop);

}  // namespace floorwalker::cli
