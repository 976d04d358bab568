#include "agent/models/guided/understanding/pattern.h"

#include <algorithm>
#include <sstream>

namespace floorwalker::guided {

namespace {

constexpr std::size_t kLongestGap = 8;

std::vector<std::string> split(std::string_view text, char by) {
  std::vector<std::string> parts;
  std::stringstream in{std::string(text)};
  for (std::string part; std::getline(in, part, by);) {
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

bool contains(const std::vector<std::string>& sorted, const std::string& word) {
  return std::binary_search(sorted.begin(), sorted.end(), word);
}

bool is_number(const std::string& word) { return !word.empty() && word[0] >= '0' && word[0] <= '9'; }

}  // namespace

Result<Pattern> Pattern::parse(std::string_view text, const WordClasses& classes) {
  Pattern pattern;
  pattern.source_ = std::string(text);
  if (const auto numbers = classes.find("number"); numbers != classes.end()) pattern.numbers_ = numbers->second;
  std::sort(pattern.numbers_.begin(), pattern.numbers_.end());
  for (std::string part : split(text, ' ')) {
    Item item;
    if (part.size() > 1 && part.back() == '?') {
      item.optional = true;
      part.pop_back();
    }
    if (part == "^") item.what = Item::What::kStart;
    else if (part == "$") item.what = Item::What::kEnd;
    else if (part == "*") item.what = Item::What::kGap;
    else if (part == "_") item.what = Item::What::kAny;
    else if (part == "#") item.what = Item::What::kNumber;
    else {
      for (const std::string& word : split(part, '|')) {
        if (word[0] != '@') {
          item.words.push_back(word);
          continue;
        }
        const auto found = classes.find(word.substr(1));
        if (found == classes.end()) return fail(ErrorKind::kMalformed, "pattern '" + pattern.source_ + "' names the unknown class " + word);
        item.words.insert(item.words.end(), found->second.begin(), found->second.end());
      }
      std::sort(item.words.begin(), item.words.end());
      for (const std::string& word : item.words) item.marks |= mark_of(word);
    }
    if ((item.what == Item::What::kWords || item.what == Item::What::kNumber) && !item.optional) ++pattern.weight_;
    pattern.items_.push_back(std::move(item));
  }
  if (pattern.weight_ == 0) return fail(ErrorKind::kMalformed, "pattern '" + pattern.source_ + "' names no word that must be there");
  return pattern;
}

bool Pattern::takes(const Item& item, const text::Word& word) const {
  switch (item.what) {
    case Item::What::kWords: return (item.marks & mark_of(word.folded)) != 0 && contains(item.words, word.folded);
    case Item::What::kNumber: return is_number(word.folded) || contains(numbers_, word.folded);
    default: return item.what == Item::What::kAny;
  }
}

bool Pattern::match(const std::vector<text::Word>& words, std::size_t word, std::size_t item, std::size_t& end) const {
  if (item == items_.size()) {
    end = word;
    return true;
  }
  const Item& here = items_[item];
  switch (here.what) {
    case Item::What::kStart: return word == 0 && match(words, word, item + 1, end);
    case Item::What::kEnd: return word == words.size() && match(words, word, item + 1, end);
    case Item::What::kGap:
      for (std::size_t skip = 0; skip <= kLongestGap && word + skip <= words.size(); ++skip) {
        if (match(words, word + skip, item + 1, end)) return true;
      }
      return false;
    default: break;
  }
  if (word < words.size() && takes(here, words[word]) && match(words, word + 1, item + 1, end)) return true;
  return here.optional && match(words, word, item + 1, end);
}

std::uint64_t Pattern::mark_of(std::string_view word) {
  if (word.empty()) return 1;
  const auto letter = [&](std::size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(word[at])); };
  return std::uint64_t{1} << ((letter(0) + 7 * letter(word.size() / 2) + 3 * letter(word.size() - 1) + 11 * word.size()) & 63);
}

std::optional<WordSpan> Pattern::find(const std::vector<text::Word>& words) const {
  // Most patterns name a word that was not said.
  std::uint64_t said = 0;
  for (const text::Word& word : words) said |= mark_of(word.folded);
  for (const Item& item : items_) {
    if (item.what == Item::What::kWords && !item.optional && (item.marks & said) == 0) return std::nullopt;
  }
  const bool anchored = items_.front().what == Item::What::kStart;
  for (std::size_t start = 0; start < words.size(); ++start) {
    std::size_t end = 0;
    if (match(words, start, 0, end)) return WordSpan{start, end};
    if (anchored) break;
  }
  return std::nullopt;
}

}  // namespace floorwalker::guided
