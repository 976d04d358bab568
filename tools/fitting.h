#pragma once

#include "tools/shop.h"

namespace floorwalker::tools {

// Whether two products of the shop go together: by the rules, and by what the shop itself states of the pair. A rule that says no
// outweighs the shop's statement.
Compatibility fit_of(const Shop& shop, const Knowledge& knowledge, const Product& a, const Product& b);

}  // namespace floorwalker::tools
