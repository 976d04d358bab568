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
};

// Every product that has any word of the query or is of its kind, best first; the order is the same in every run. The first `refine` are
// ordered with everything known of them (order of words, head of the title), the rest by words alone.
std::vector<Match> rank_matches(const Lexicon& lexicon, const Query& query, std::size_t refine);

// Of ranked matches those that meet the query strictly: of its kind, and having most of what else it says that any of them has.
std::vector<Match> strict_matches(const Lexicon& lexicon, const Query& query, const std::vector<Match>& ranked);

}  // namespace floorwalker::search
