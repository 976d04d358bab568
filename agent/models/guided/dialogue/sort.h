#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "agent/models/guided/dialogue/talk.h"

// What sort of thing a product is, by what its record states: things of one sort state the same attributes, whatever they are called.
namespace floorwalker::guided {

// The sort of those that were shown last for what is looked for.
class Sort {
 public:
  Sort(const Talk& talk, const Need& need);

  // Whether the product shares next to nothing with any of them: a paper notebook, once the talk is about computers. False where too little is
  // stated to tell.
  bool excludes(const ProductCard& card) const;

 private:
  const Need& need_;
  const Lexicon& lexicon_;
  std::vector<std::unordered_set<std::string>> known_;  // attributes of each
};

// Of the things on the page, those that share nothing with most of the others: a baby monitor among the monitors of computers.
std::vector<bool> odd_ones(const SearchPage& page, const Need& need, const Talk& talk);

}  // namespace floorwalker::guided
