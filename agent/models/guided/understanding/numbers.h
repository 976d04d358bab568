#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/answers.h"
#include "agent/core/units.h"
#include "agent/core/vocabulary.h"
#include "agent/models/guided/understanding/lexicon.h"

// Numbers as shoppers say them: "under 800", "at least 16 gigs", "15-inch", "between 50 and 80".
namespace floorwalker::guided {

// A number, or two, with what was said around it. Not yet bound to an attribute.
struct NumberPhrase {
  WordSpan span;                        // with its bound and currency words
  Constraint::Op op = Constraint::Op::kEquals;
  Measure low, high;                    // the number; both for kBetween
  bool around = false;                  // "about 500"
  bool bounded = false;                 // a bound was said
  bool money = false;                   // a currency or a price word stands by it
  bool points = false;                  // "the 25 dollar one": behind an article that points
  bool negated = false;                 // "not the 500 one"
  bool unit_of_money = false;           // its unit is the name of a currency, too: "60 pounds"
  std::vector<std::string> attributes;  // words of attribute names that were said with it, the best first
  std::string counted;                  // folded, behind a number without a unit: "megapixels", "ports"
};

// Every number of the text that is not inside `taken` words (names, option values).
std::vector<NumberPhrase> number_phrases(std::string_view text, const std::vector<text::Word>& words, const std::vector<bool>& taken,
                                         const Lexicon& lexicon);

// What a number means for products of `kind`: a constraint on the price, or on the attribute that fits its words, unit and range; nothing
// when neither does. Prices are written in major units without currency ("300").
std::optional<Constraint> bind_number(const NumberPhrase& phrase, std::string_view kind, const Vocabulary& vocabulary, const Lexicon& lexicon);

// The number as a bound on that attribute, with the tolerance that shoppers mean: a "15 inch" laptop may have 15.6 in.
Constraint bound_on_field(const NumberPhrase& phrase, std::string field);

// The numeric attribute of `kind` that the hints (words of attribute names, best first) lead to; nothing if none.
std::optional<NumericAttribute> attribute_like(const std::vector<std::string>& hints, std::string_view kind, const Vocabulary& vocabulary);

}  // namespace floorwalker::guided
