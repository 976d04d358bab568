#pragma once

#include <bitset>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace floorwalker::guardrails {

// Whether a text is nothing but ASCII letters, digits, signs, spaces, line ends and tabs.
bool plain_ascii(std::string_view text);

// A text as words between spaces, folded: " yes please go ahead ".
std::string spoken(std::string_view text);

// Whether the text has the part anywhere; much faster than std::string::find where the first character is a common one.
bool holds(std::string_view text, std::string_view part);

// Whether the words of `phrase`, spoken() already, stand in `spoken_text` one after the other.
bool holds_spoken(std::string_view spoken_text, std::string_view spoken_phrase);

// The same for a phrase as it is written.
bool says(std::string_view spoken_text, std::string_view phrase);

// A set of phrases that are looked for in one pass over a text. Immutable once built, safe for every thread.
class Phrases {
 public:
  Phrases() = default;
  Phrases(std::initializer_list<const char*> phrases);
  explicit Phrases(const std::vector<std::string>& phrases);

  // The first of them that stands in `spoken_text`, "" if none does.
  std::string_view find(std::string_view spoken_text) const;
  bool in(std::string_view spoken_text) const { return !find(spoken_text).empty(); }

  // The same for a text as it is written: find(spoken(text)), mostly without making its words.
  std::string_view find_in_text(std::string_view text) const;
  bool in_text(std::string_view text) const { return !find_in_text(text).empty(); }

  std::size_t size() const { return size_; }

 private:
  static std::size_t beginning(std::string_view words);
  std::string_view of_word(std::string_view text, std::size_t start, std::size_t end) const;
  void add(std::string_view phrase);

  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  std::unordered_map<std::string, std::vector<std::string>, Hash, std::equal_to<>> by_first_word_;  // first word -> whole phrases, each as "go ahead "
  std::bitset<8192> begins_;  // how first words begin, and how long they are: most words of a text are none of them
  std::size_t longest_word_ = 0;
  std::size_t size_ = 0;
  bool digits_ = false;   // a phrase has one: what is a word around digits only spoken() knows
};

}  // namespace floorwalker::guardrails
