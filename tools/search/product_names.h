#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tools/search/analysis.h"
#include "tools/search/lexicon.h"

namespace floorwalker::search {

// A product that a text names by (part of) its title or by its model number: tokens [first, last).
struct ProductName {
  std::size_t first = 0, last = 0;
  std::uint32_t doc = 0;
  std::size_t products = 0;  // how many products the same words name
  double confidence = 0;     // 1: the whole title; 0.9: its beginning or a model number; 0.8: part of it; 0.6: one word
};

// Names of products in a text, at most five products for one name. A name holds a word that few titles have.
std::vector<ProductName> product_names(const Lexicon& lexicon, const std::vector<Token>& tokens);

}  // namespace floorwalker::search
