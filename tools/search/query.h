#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/search/lexicon.h"

namespace floorwalker::search {

// One way in which a product may say what a word of the query means: all of `terms`, usually one.
struct Alternative {
  std::vector<std::uint32_t> terms;
  float weight = 1;  // 1: the word itself; less: joined, split, synonym, corrected
};

// One idea of a query: a word, or a number with its unit.
struct Concept {
  std::string text;                       // folded, as the shopper wrote it
  std::vector<Alternative> alternatives;  // none: no product has it
  float idf = 0;
  bool in_head = false;                   // belongs to the name of the kind of thing
  std::size_t first_token = 0;
};

// A query, understood.
struct Query {
  std::vector<Concept> concepts;          // at most 31
  std::vector<std::string> corrections;   // "labtop -> laptop"
  std::string words;                      // the words, corrected
  Scope scope;                            // the kind of thing it names, if any
  std::vector<std::uint32_t> brands;      // values: brands that it names
  std::string kind;                       // as written (corrected), "" if none
  std::size_t head = kNone;               // the concept that is the head noun
  bool head_known = false;                // some product is called so in its title, kind or category
};

Query understand(const Lexicon& lexicon, std::string_view words);

}  // namespace floorwalker::search
