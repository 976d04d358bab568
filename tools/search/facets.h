#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "agent/core/answers.h"
#include "tools/search/filter.h"
#include "tools/search/lexicon.h"

namespace floorwalker::search {

// Which fields may tell products apart: all that they have, or, for a mixed lot, only what any product has: price, brand, kind, category.
enum class FacetsOf { kTheseProducts, kAnyProduct };

// What tells the products apart, best first: fields that most of them have and whose values split them evenly; at most `limit` fields with
// at most 12 values each. Price, brand, kind and category are fields like others. More than 20,000 products count as a mixed lot.
std::vector<Facet> facets_of(const IndexData& data, const std::vector<std::uint32_t>& docs, const LiveState& live, std::size_t limit, FacetsOf of);

}  // namespace floorwalker::search
