#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/core/answers.h"
#include "agent/core/catalogue.h"
#include "agent/core/conversation.h"
#include "agent/core/playbook/playbook.h"
#include "agent/models/guided/dialogue/talk.h"

// Products in the words of a reply: every figure as the tool result has it.
namespace floorwalker::guided {

// "$1,299.00": of the least expensive variant; with " and up" where they differ.
// "" where the shop could not be asked for it.
std::string price_phrase(const ProductCard& card);

// "weight 1.2 kg", "touchscreen", "no touchscreen", "material leather".
std::string fact_phrase(const Attribute& attribute);

// "Black, 256 GB": the values of a choice.
std::string options_phrase(const std::vector<OptionValue>& options);

// "under $800", "weight up to 1.5 kg", "not leather": a bound as it was understood.
std::string constraint_phrase(const Constraint& constraint, const Currency& currency);

// The attribute of the card that a constraint is about; null if it has none.
const Attribute* attribute_named(const std::vector<Attribute>& attributes, std::string_view name);

// A title as a salesperson says it: a long one up to where its specifications begin ("HP EliteBook 2540p"), others as they are.
std::string short_title(const std::string& title);

// Every value of the attribute in one phrase: "ports HDMI and USB-C".
std::string facts_phrase(const std::vector<Attribute>& attributes, std::string_view name);

// Why the card fits the need: the values that meet what was asked for, then what shoppers choose such things by. At most `limit` phrases;
// none where all that the shop states is nothing to choose by.
std::vector<std::string> reasons(const ProductCard& card, const Need& need, const Talk& talk, std::size_t limit);

// Whether shoppers speak of such an attribute at all: one that the lexicon knows questions or comparisons for.
bool commonly_asked(const std::string& attribute, const Lexicon& lexicon);

// Whether the name of an attribute is nothing to choose by: "package_width", "release_date".
bool is_dull(std::string_view attribute, const Lexicon& lexicon);

// Whether the name of an attribute or option has all words of the hint: "cable_length" of "length".
bool has_words_of(const std::string& attribute, const std::string& hint);

// "Not supported": tells what a thing is not, in words that read badly behind the fact's name.
bool says_not(const std::string& value, const Lexicon& lexicon);

// Whether it is a reason only to those who asked: "product_colour".
bool is_taste(std::string_view attribute, const Lexicon& lexicon);

// What `other` gives for what it lacks, against `first`: "costs $200.00 less" never computed, only stated: both values.
struct TradeOff {
  std::string better;   // "$799.00 instead of $999.00"
  std::string worse;    // "weight 1.8 kg instead of 1.2 kg"
};
TradeOff trade_off(const ProductCard& first, const ProductCard& other, const Need& need, const Talk& talk);

// The attributes that matter for the need, best first: what the shopper wished much or little of, then what its uses prefer.
std::vector<Preference> preferences_of(const Need& need, const Talk& talk);

}  // namespace floorwalker::guided
