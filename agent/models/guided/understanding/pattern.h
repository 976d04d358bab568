#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/core/result.h"
#include "agent/core/text.h"

// Phrases of a lexicon, matched on the words of an utterance.
namespace floorwalker::guided {

// A run of an utterance's words: [first, last).
struct WordSpan {
  std::size_t first = 0;
  std::size_t last = 0;

  bool empty() const { return first == last; }
  bool covers(std::size_t word) const { return word >= first && word < last; }
  bool operator==(const WordSpan&) const = default;
};

// Named lists of words or phrases that patterns refer to as "@name".
using WordClasses = std::unordered_map<std::string, std::vector<std::string>>;

// A phrase with blanks, as the lexicon writes it:
//
//   add            the word itself              basket|cart    one of several words
//   the?           may be missing               @pronoun       one of the words of a class
//   #              any number, "3" or "three"   _              any one word
//   *              up to eight words            ^ and $        start and end of the utterance
//
// A word of the utterance matches in its folded form. Immutable.
class Pattern {
 public:
  static Result<Pattern> parse(std::string_view text, const WordClasses& classes);

  // The first place where it matches, leftmost then shortest; nothing if none.
  std::optional<WordSpan> find(const std::vector<text::Word>& words) const;

  // How many words it names itself: a longer match says more.
  std::size_t weight() const { return weight_; }
  const std::string& source() const { return source_; }

 private:
  struct Item {
    enum class What { kWords, kNumber, kAny, kGap, kStart, kEnd };
    What what = What::kWords;
    std::vector<std::string> words;  // sorted
    std::uint64_t marks = 0;         // of the words
    bool optional = false;
  };

  // A bit for a word: words that lack each other's bits differ.
  static std::uint64_t mark_of(std::string_view word);

  bool match(const std::vector<text::Word>& words, std::size_t word, std::size_t item, std::size_t& end) const;
  bool takes(const Item& item, const text::Word& word) const;

  std::vector<Item> items_;
  std::vector<std::string> numbers_;  // words that are numbers, sorted
  std::size_t weight_ = 0;
  std::string source_;
};

}  // namespace floorwalker::guided
