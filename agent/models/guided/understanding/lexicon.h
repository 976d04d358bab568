#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "agent/core/answers.h"
#include "agent/core/units.h"
#include "agent/models/guided/understanding/pattern.h"

namespace floorwalker::guided {

// What a shopper does with a sentence.
enum class Act {
  kGreet, kThanks, kBye, kIdentity, kHelp, kSmallTalk, kOutOfScope,                          // talk
  kFind, kMore, kOther, kSurprise, kRetract, kStartOver, kSkip,                                     // finding
  kCompare, kAdvise, kWhy, kDetails, kCompatible, kStock, kPrice, kCurrency, kAttribute,                // about products
  kAdd, kRemove, kQuantity, kChange, kViewCart, kClearCart, kCheckout, kDiscount,            // cart
  kAddons, kNoAddons,
  kPolicy, kOrder, kHandOff, kComplaint,                                                     // service
  kOverview, kCount, kSuperlative,                                                           // the shop as a whole
  kYes, kNo, kAny,                                                                           // answers
};

// The act's name in the lexicon: "add"; nothing for an unknown name.
std::optional<Act> act_named(std::string_view name);
std::string_view to_string(Act act);

// Words that compare on a scale, and the attributes that may carry it: "lighter" -> low weight.
struct Scale {
  std::vector<std::string> words;       // folded, comparing: "lighter", "lightest"
  std::vector<std::string> plain;       // folded, after a number: "76 cm wide"
  std::vector<std::string> attributes;  // words of attribute names, the best first: "weight"
  bool low = false;                     // towards less
  std::vector<std::string> leaning;     // folded, wishing for this side without a number: "light", "not too heavy" for the other one
};

// A question word that asks for an attribute: "how heavy" -> weight.
struct Ask {
  Pattern pattern;
  std::vector<std::string> attributes;
};

// Phrases that put a bound on the number after (or before) them.
struct Bound {
  std::vector<std::string> words;
  Constraint::Op op = Constraint::Op::kAtMost;
  bool around = false;  // "about 500": a band around the number
};

// A name of money, and the currencies that it may mean: "dollars" -> USD, CAD, AUD.
struct CurrencyName {
  std::vector<std::string> words;
  std::vector<std::string> codes;
};

// How shoppers of one language speak, from a file such as prompts/guided/lexicon.en.yaml. Immutable, safe for every thread.
struct Lexicon {
  // Fails with kMalformed, naming line and key.
  static Result<Lexicon> load(std::string_view yaml);

  std::vector<std::pair<Act, Pattern>> acts;       // in file order
  std::vector<Bound> before, after;                // "under" 800 / 800 "or less"; the longest phrases first
  std::vector<std::vector<std::string>> between;   // "between", "from"
  std::vector<std::string> between_and;            // "and", "to"
  std::vector<Scale> scales;
  std::vector<Ask> asks;
  std::vector<std::vector<std::string>> spoken_of;  // the attributes of scales and asks, each as the stems of its words
  std::map<std::string, std::vector<Pattern>> policies;  // topic -> how it is asked for
  std::vector<Pattern> no_values;                  // phrases whose words name no value: "black and white prints"
  std::map<std::string, std::vector<Pattern>> extremes;  // "most expensive" -> how shoppers say it
  std::unordered_map<std::string, int> numbers;    // "two" -> 2
  std::unordered_map<std::string, int> ordinals;   // "second" -> 2, "last" -> -1
  std::map<int, std::vector<std::string>> usual_measures;  // Dimension -> what a bare figure of it names: length -> "screen size"
  std::unordered_set<std::string> spending;        // between a negation and a bound: "don't want to go" over 800
  std::unordered_set<std::string> tastes;          // words of attribute names that are a reason only to those who asked: "colour"
  std::unordered_set<std::string> dull;            // words of attribute names that are no reason to buy: "package", "date"
  std::vector<CurrencyName> currencies;            // the longest phrases first
  std::unordered_set<std::string> currency;        // their single words: "dollars"
  std::vector<std::pair<std::string, std::vector<std::string>>> currency_signs;  // "$" -> the same codes; the longest signs first
  std::map<std::string, std::string> currency_names;  // code -> how the agent calls it: USD -> "US dollars"
  std::vector<std::pair<std::vector<std::string>, std::string>> same_facts;  // words for one thing, the longest first -> the stem that stands for them: "wi fi" -> "wifi"
  std::unordered_set<std::string> shared_nouns;    // of so many facts that alone they name none: "port", "version"
  std::unordered_set<std::string> versions;        // behind what an attribute is of, where its value numbers that: "usb" version
  std::unordered_set<std::string> taking;          // behind "does it": asks for what goes with it
  std::unordered_set<std::string> counting;        // before a unit that is asked for: "how many" gigabytes
  std::unordered_set<std::string> price;           // "price", "budget"
  std::vector<std::vector<std::string>> negations; // "not", "anything but"
  std::unordered_set<std::string> negation_ends;   // where a negation stops: "but", "and", "with"
  std::unordered_set<std::string> fillers;         // say nothing about the product: "please", "want"
  std::unordered_set<std::string> indefinite;      // "something", "one": what is looked for already, where it is only described
  std::unordered_set<std::string> not_describing;  // "to", "for": what follows "something" and makes it another thing
  std::unordered_set<std::string> openers;         // "and", "plus", ",": between two things looked for
  std::unordered_set<std::string> versus;          // between two things compared: "versus", "against"
  std::string purpose;                             // the one of `modifiers` that tells what a thing is for: "for"
  std::unordered_set<std::string> modifiers;       // "for", "with", "of": what follows describes, it is not looked for
  std::unordered_set<std::string> own;             // "my": what follows is owned, not wanted
  std::unordered_set<std::string> first_person;    // "i", "we", "my": a clause about the shopper, not about the product
  std::unordered_set<std::string> wanting;         // unless it says what is wanted: "need", "looking", "budget"
  std::unordered_set<std::string> welcome;         // "a grill would be nice": what a thing may have besides
  std::unordered_set<std::string> making;          // before who makes a thing: "from SanDisk"
  std::unordered_set<std::string> frequency;       // "mostly letters": how often a thing is used for what follows
  std::unordered_set<std::string> presenting;      // "our printer, it's a HP": tells what is had
  std::unordered_set<std::string> doing;           // before a verb: "let's stay"
  std::unordered_set<std::string> distant;         // behind a length that is none of a thing: "2.5 m away"
  std::unordered_set<std::string> sighing;         // before a question: "hmm can I ..."
  std::unordered_set<std::string> worn_out;        // what is had is wanted anew: "my toaster died"
  std::unordered_set<std::string> praising;        // behind "is", it wishes for nothing: "black is fine"
  std::unordered_set<std::string> obliging;        // what follows is required: "it should scan too"
  std::unordered_set<std::string> having;          // what follows is part of what stands before: "it should have a good camera"
  std::unordered_set<std::string> renewing;        // before "one", the thing that is had is wanted again: "a new one"
  std::unordered_set<std::string> everyday;        // words that brands are called by as well: "sharp"
  std::unordered_set<std::string> together;        // "as a set": says how things are wanted, it names none
  std::unordered_set<std::string> enjoying;        // before a verb, it wants nothing: "likes" listening to records
  std::unordered_set<std::string> being;           // "is", "has": "the room has big windows"
  std::unordered_set<std::string> joiners;         // begin a clause before a subject: "and", "but", "because"
  std::unordered_set<std::string> pronouns;        // "it", "that", "this", "one"
  std::unordered_set<std::string> plural_pronouns; // "them", "both", "these"
  std::unordered_set<std::string> clause_starts;   // a new request may begin with these: "show", "what"
  std::unordered_map<std::string, std::vector<std::string>> option_cues;  // option -> words around its value: size -> size, in
  std::unordered_map<std::string, std::string> value_words;  // other words for option values: "small" -> "s"
  std::unordered_set<std::string> setting;         // between what is set and its number: "to"
  std::vector<std::vector<std::string>> quantity_before, quantity_after;  // "make it" 3, 3 "of them"
  std::unordered_set<std::string> the;             // before a thing already shown: "the", "that"
  std::unordered_set<std::string> articles;        // before a thing looked for: "a", "some"
  std::unordered_set<std::string> item_words;      // before a number in the list: "number", "option"
  std::unordered_set<std::string> describing_ends; // "able" of "comfortable": ends of words that describe a thing and name none
  std::unordered_set<std::string> only;            // "only"
  std::unordered_set<std::string> keeping;         // "leave the mouse, just the bag": before what stays
  std::unordered_set<std::string> open_questions;  // that neither yes nor no answers: "what", "how"
  std::unordered_set<std::string> choosing;        // a question that begins so asks for one of those shown: "which"
  std::unordered_set<std::string> question_words;  // a question may begin with these: "what", "does"
  std::unordered_set<std::string> asking;          // a question with one of these asks for a fact: "does", "is"
  std::unordered_set<std::string> adding;          // "add", "take": a new line, not the quantity of an old one
  std::unordered_set<std::string> increasing;      // behind a number, so many besides those that are there: "two more"
  std::unordered_set<std::string> pairing;         // names two things one by one: "both"
  std::unordered_set<std::string> most, least;     // before an attribute that products are compared on: "the highest" resolution
  std::unordered_set<std::string> excess;          // "too" heavy
  std::unordered_set<std::string> addressing;      // "you" said
  std::unordered_set<std::string> saying;          // you "said"
  std::unordered_set<std::string> ago;             // 15 years "ago"
  std::unordered_set<std::string> same;            // "as" big, the "same" size: what must not get worse
  std::unordered_set<std::string> each;            // a bound with this holds for everything named
  std::unordered_set<std::string> besides;         // "also": one more, nothing is changed
  std::unordered_set<std::string> ordering;        // before the number of an order: "order"
  std::unordered_set<std::string> cancelling;      // "cancel"
  std::unordered_set<std::string> entering;        // before a code: "try", "apply"
  std::unordered_map<std::string, std::vector<std::string>> answering;  // question word -> words of a sentence that answers it: when -> days
  std::unordered_set<std::string> self;            // the shopper speaks of themselves: "i'm", "my size"

  int number(std::string_view word) const;         // 0 if it is none
};

// The first place where the words say the act; nothing where they don't.
std::optional<WordSpan> said_at(const std::vector<text::Word>& words, Act act, const Lexicon& lexicon);

// Whether `phrase` stands at `word`.
bool phrase_at(const std::vector<text::Word>& words, std::size_t word, const std::vector<std::string>& phrase);

// The longest of `phrases` at `word`: its length, or 0.
std::size_t phrase_length(const std::vector<text::Word>& words, std::size_t word, const std::vector<std::vector<std::string>>& phrases);

}  // namespace floorwalker::guided
