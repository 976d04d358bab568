#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/core/units.h"

namespace floorwalker::verify {

// A word's meaning: its stem, with synonyms joined. 0 is "no such word".
using Concept = std::uint32_t;

// The group of words that a word is in. Words of different groups differ: most comparisons of words end with this one bit.
constexpr std::uint64_t group_of(Concept word) { return std::uint64_t{1} << (word % 64); }

// What a word does in a sentence. A word may do several things: classes are bits.
enum class WordClass : std::uint8_t {
  kStop,          // carries no meaning of its own
  kNegation,      // not, no, without
  kNegationEnd,   // but, however: a negation does not reach past it
  kAnd,           // and, or, plus: joins members of a list
  kApproximate,   // about, around
  kAtMost,        // under, up to
  kAtLeast,       // over, at least, from
  kSecondPerson,  // you, your
  kFirstPerson,   // I, we
  kPronoun,       // it, this, they
  kHypothetical,  // if, would, could
  kFuture,        // will, shall, going
  kRequest,       // please, confirm, provide
  kAvailable,     // available, in stock
  kUnavailable,   // out of stock, sold out
  kCopula,        // is, are, was
  kPerfect,       // has, have, been: marks what is done
  kEvaluative,    // sleek, great
  kReview,        // reviewers, customers say
  kMoney,         // price, total, refund
  kTotal,         // total, sum, altogether
  kDifference,    // difference, save, cheaper by
  kThing,         // items, options, products: what counts count
  kOrdinalNoun,   // one, option, item: "the second one"
  kEnding,        // ending in: the last digits of a card
  kOnly,          // only, just
  kExample,       // example, e.g.
  kUnknowable,    // not stated, not specified: says that something is missing
  kPolicy,        // policy, delivery, return window
  kDelivery,      // arrives, shipping, delivered by
  kCompatible,    // compatible, fits, works with
  kEachOne,       // each, every
  kGeneric,       // size, type, number: names an attribute only together with another word
  kVersus,        // against, versus: compares values of things named before
  kSelling,       // carry, sell: "we don't carry tote bags"
  kSlight,        // a, any, currently: beside a name it narrows nothing
  kNumberWord,    // two, twelve: in `numbers`
  kOrdinalWord,   // second, last: in `ordinals`
  kMonth,         // january: in `months`
  kActing,        // cancelled: in `action_of`
  kComparing,     // cheaper: in `comparisons`
  kCompoundHead,  // "wi" of "wi fi": the first word of one in `compounds`
  kCount_,
};

constexpr std::uint64_t bit(WordClass c) { return std::uint64_t{1} << static_cast<unsigned>(c); }

// Words of which one excludes the others within one attribute: colours, materials, "front" against "rear".
struct ValueClass {
  std::string name;
  std::vector<Concept> attributes;  // words that name the attribute: colour, finish
  bool initials = false;            // records may write the first letter alone: S, M, L
  bool strict = false;              // only the shop's records prove it: what the shopper said does not
};

// One thing that agents say they did.
struct ActionRule {
  std::string name;
  std::vector<std::string> participles;  // folded: "cancelled"
  std::vector<std::string> calls;        // stems found in the names of tools that do it
  std::vector<std::string> states;       // stems found in a status or change that proves it
  bool any_write = false;                // any successful call that changes something proves it: "processed"
};

// "cheaper": compares an attribute of two things. "cheapest": the extreme of several.
struct ComparisonRule {
  std::vector<Concept> attributes;  // any of them; empty: the word before or after says it
  bool low = false;                 // the smaller value wins
  bool superlative = false;
};

// A phrase of several words that acts as one.
struct Phrase {
  std::vector<Concept> words;
  std::uint64_t classes = 0;
};

struct LexiconData {
  std::string language = "en";
  std::unordered_map<std::string, Concept> by_stem;  // concept of a stemmed word
  std::unordered_map<std::string, std::uint64_t> by_word;  // classes of an unstemmed folded word, where stems would mislead
  std::vector<std::uint64_t> classes;                // by concept
  std::vector<std::vector<std::uint16_t>> value_classes_of;  // by concept
  std::vector<std::vector<std::uint16_t>> contrasts_of;      // by concept: contrast * 16 + side
  std::vector<ValueClass> value_classes;
  std::vector<std::vector<Phrase>> phrases;          // by concept of the first word
  std::vector<ActionRule> actions;
  std::vector<std::string> reading;      // stems of tool names that change nothing: get, find
  std::unordered_map<std::string, std::uint16_t> action_of;  // participle -> action
  std::unordered_map<std::string, ComparisonRule> comparisons;  // folded word
  std::unordered_map<std::string, int> numbers;      // "two" -> 2
  std::unordered_map<std::string, int> ordinals;     // "second" -> 2, "last" -> -1
  std::unordered_map<std::string, int> months;       // "january" -> 1
  std::unordered_map<std::string, std::string> currencies;  // "dollars" -> "USD"
  std::vector<std::pair<std::vector<Concept>, std::vector<Concept>>> aliases;  // name of a feature, other words for it
  std::unordered_map<std::string, std::string> compounds;   // "stand by" -> "standby": two words that are one
  std::vector<Dimension> contrast_dimension;         // by contrast: the only dimension it holds for, kNone for any
  std::unordered_map<std::string, std::string> unit_words;  // further spellings of units: "megapixel" -> "MP"

  std::uint64_t serial = 0;                          // tells lexicons apart
  std::array<bool, 256> begins_unit_word{};          // by first byte: some key of `unit_words`
  std::array<bool, 256> begins_currency{};           // some key of `currencies`

  std::uint64_t classes_of(Concept concept_id) const { return concept_id < classes.size() ? classes[concept_id] : 0; }
};

// What a lexicon knows of a folded word.
struct WordFacts {
  std::string stem;
  Concept concept_id = 0;      // 0: the lexicon does not have it
  std::uint64_t classes = 0;   // of its concept and of its spelling
};

// Remembered per thread. Valid until the thread asks for the next word.
const WordFacts& facts_of(std::string_view folded, const LexiconData& lexicon);

// The stem of a folded word.
inline const std::string& stem_of(std::string_view folded, const LexiconData& lexicon) { return facts_of(folded, lexicon).stem; }

}  // namespace floorwalker::verify
