#pragma once

#include <vector>

#include "agent/cli/composition.h"
#include "agent/core/playbook/loader.h"

namespace floorwalker::cli {

// Add-on rules that could never be offered in this shop: nothing of the kind can be bought any more, or none of it fits what it is to go with.
// Asks the shop's own tools. Fails where the shop cannot be opened.
Result<std::vector<Finding>> check_addons(const Playbook& playbook, Composition& shop);

}  // namespace floorwalker::cli
