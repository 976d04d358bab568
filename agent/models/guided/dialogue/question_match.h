#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/core/catalogue.h"
#include "agent/models/guided/understanding/lexicon.h"

// Which of a product's facts answers a question.
namespace floorwalker::guided {

struct Answering {
  std::vector<const Attribute*> attributes;  // entries of the one attribute that answers, in order; empty if none does
  std::string sentence;                      // else a sentence of the description that speaks of it, "" if none
  bool by_value = false;                     // the question named the value ("does it have HDMI?")
  bool hinted = false;                       // its name has all words of a hint; otherwise it only shares a word with the question
  double score = 0;
};

// `words` are the folded content words of the question; `hints` words of attribute names that it asks for, best first ("weight").
// Attributes with a dull name (is_dull) answer only where a word of the question names it: no "package width" for "how big".
Answering find_answer(const Product& product, const std::vector<std::string>& words, const std::vector<std::string>& hints,
                      const Lexicon& lexicon);

}  // namespace floorwalker::guided
