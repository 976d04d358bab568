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

// A text as words between spaces, folded: " yes please go ahead ".
std::string spoken(std::string_view text);

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

 private:
  static std::size_t beginning(std::string_view words);
  void add(std::string_view phrase);

  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  std::unordered_map<std::string, std::vector<std::string>, Hash, std::equal_to<>> by_first_word_;  // first word -> whole phrases, each as "go ahead "
  std::bitset<8192> begins_;  // how first words begin, and how long they are: most words of a text are none of them
  std::size_t longest_word_ = 0;
};

}  // namespace floorwalker::guardrails
