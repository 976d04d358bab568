#pragma once

#include <cstdint>
#include <vector>

#include "tools/search/query.h"

namespace floorwalker::search {

// A product that a query touches.
struct Match {
  std::uint32_t doc = 0;
  float score = 0;
  std::uint32_t concepts = 0;  // mask: which concepts of the query it has
  std::uint8_t zones = 0;      // mask: in which zones
  bool of_kind = false;        // it is of the kind of thing that the query names
};

// The best `top` of all products that have any word of the query or are of its kind, best first; the same in every run.
std::vector<Match> best_matches(const Lexicon& lexicon, const Query& query, std::size_t top);

// Every product that has any word of the query or is of its kind, ascending. With `within` only products of that scope.
std::vector<Match> all_matches(const Lexicon& lexicon, const Query& query, const Scope* within = nullptr);

// Of all matches those that meet the query strictly, ascending. With a kind: products of it, which have most of the few other words if any
// product has them all. Without: products that have most of what any of them has.
std::vector<Match> strict_matches(const Lexicon& lexicon, const Query& query, const Scope* within = nullptr);

// Puts the best `top` first, best first; the same in every run. The rest follows in no particular order.
void best_first(std::vector<Match>& matches, std::size_t top);

}  // namespace floorwalker::search
