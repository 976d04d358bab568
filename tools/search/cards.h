#pragma once

#include <string>
#include <vector>

#include "agent/core/answers.h"
#include "tools/search/filter.h"

namespace floorwalker::search {

// A product as lists show it. `meeting`: positions of the variants that meet the constraints (all of them if it is empty).
// `first`: attributes that matter for the request, to come first. `kind`: used where the shop states none.
ProductCard make_card(const Product& product, const std::vector<std::size_t>& meeting, const std::vector<std::string>& first, const std::string& kind);

}  // namespace floorwalker::search
