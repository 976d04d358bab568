#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/cart.h"
#include "agent/core/catalogue.h"
#include "agent/models/guided/dialogue/talk.h"
#include "agent/models/guided/understanding/heard.h"

// From what was said of size, colour and the like to the one variant that is meant.
namespace floorwalker::guided {

// A source of option values, the most binding first: this utterance, the shopper's own sizes, what the need said.
struct SaidOptions {
  const Lexicon& lexicon;
  std::vector<OptionSaid> named;   // values with or without their option's name
  std::string text;                // words in which a value may stand
};

struct Choice {
  std::optional<Variant> variant;                 // the one that is meant
  std::string open;                               // the option that still has to be chosen, "" if none
  std::vector<std::string> values;                // its values, in stock first
  std::vector<std::string> sold_out;              // those of them that are sold out
  std::map<std::string, std::string> chosen;      // options decided so far, by the product's own names
  std::string refused;                            // option for which something was said that the product does not come in
  std::string refused_value;
  bool out_of_stock = false;                      // the variant that is meant is sold out
};

// Chooses among the product's variants. `decided` binds options beforehand; what `said` names overrides it.
Choice choose(const Product& product, const SaidOptions& said, std::map<std::string, std::string> decided);

SaidOptions said_now(const Heard& heard, const Lexicon& lexicon);

// Adds to `decided` what the sources of lower weight say about options that are still free.
void fill_from(const Product& product, const SaidOptions& said, std::map<std::string, std::string>& decided);

// Whether the line's product has an option that the utterance gives a value for.
bool has_option_for(const CartLine& line, const Heard& heard);

// The value of `option` that the text names best: after the option's name ("size: xx-large"), else the longest that stands in the text
// whole; "" if none. Bare numbers and single letters count only after the name.
std::string value_in_text(const std::string& option, const std::vector<std::string>& values, std::string_view text, const Lexicon& lexicon);

// Tells that the product does not come in what was asked for, and in what it does.
void say_not_offered(Talk& talk, const Product& product, const Choice& choice);

}  // namespace floorwalker::guided
