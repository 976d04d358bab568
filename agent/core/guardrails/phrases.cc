#include "agent/core/guardrails/phrases.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "agent/core/text.h"

namespace floorwalker::guardrails {

namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Letters and digits as they are spoken; 0 for everything else.
constexpr std::array<char, 256> lowered() {
  std::array<char, 256> all{};
  for (char c = '0'; c <= '9'; ++c) all[static_cast<std::size_t>(c)] = c;
  for (char c = 'a'; c <= 'z'; ++c) all[static_cast<std::size_t>(c)] = all[static_cast<std::size_t>(c - 'a' + 'A')] = c;
  return all;
}

constexpr std::array<char, 256> kLowered = lowered();

bool white(char c) { return c == ' ' || c == '\n' || c == '\t'; }

// Whether a character that is neither letter nor digit belongs to the word around it, by the rules of text::words: "1,500.50", "don't".
bool within_word(std::string_view chunk, std::size_t at, bool number) {
  if (at + 1 >= chunk.size()) return false;
  const char c = chunk[at], before = chunk[at - 1], after = chunk[at + 1];
  return c == '\'' ? letter(before) && letter(after) : (c == '.' || c == ',') && number && digit(before) && digit(after);
}

// The words of an ASCII text, each with a space behind it; `out` has room for twice as many bytes.
char* put_ascii(std::string_view chunk, char* out) {
  bool word = false, number = true;  // so far digits with their points and commas alone
  for (std::size_t at = 0; at < chunk.size(); ++at) {
    const char c = chunk[at];
    if (const char low = kLowered[static_cast<unsigned char>(c)]; low != 0) {
      word = true;
      number = number && c <= '9';
      *out++ = low;
    } else if (word && within_word(chunk, at, number)) {
      *out++ = c;
    } else if (word) {
      *out++ = ' ';
      word = false;
      number = true;
    }
  }
  if (word) *out++ = ' ';
  return out;
}

// Whether the word of an ASCII text goes on at `at`: a letter or digit, or the apostrophe of "don't".
bool goes_on(std::string_view text, std::size_t at) {
  if (at >= text.size()) return false;
  if (kLowered[static_cast<unsigned char>(text[at])] != 0) return true;
  return text[at] == '\'' && at > 0 && at + 1 < text.size() && letter(text[at - 1]) && letter(text[at + 1]);
}

// Whether the words of `phrase` ("go ahead ") stand in the ASCII text from `at` on.
bool stands_at(std::string_view text, std::size_t at, std::string_view phrase) {
  for (const char wanted : phrase) {
    if (wanted == ' ') {
      if (goes_on(text, at)) return false;
      while (at < text.size() && kLowered[static_cast<unsigned char>(text[at])] == 0) ++at;
    } else if (at < text.size() && (kLowered[static_cast<unsigned char>(text[at])] == wanted || (wanted == '\'' && text[at] == '\''))) {
      ++at;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

bool plain_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= ' ' && c < 0x7F) || c == '\n' || c == '\t'; });
}

// Most of what is said is ASCII, which needs no decoding; no word goes past white space.
std::string spoken(std::string_view text) {
  std::string all = " ";
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && (text[end] & 0x80) == 0) ++end;
    if (end < text.size()) {  // the token that is not ASCII begins behind the last white space
      while (end > at && !white(text[end - 1])) --end;
    }
    const std::size_t kept = all.size();
    all.resize(kept + 2 * (end - at));
    all.resize(static_cast<std::size_t>(put_ascii(text.substr(at, end - at), all.data() + kept) - all.data()));
    at = end;
    while (end < text.size() && !white(text[end])) ++end;
    for (const text::Word& word : text::words(text.substr(at, end - at))) all.append(word.folded) += ' ';
    at = end;
  }
  return all;
}

// Searches for the phrase without its leading space, which every word of the text would begin to match.
bool holds_spoken(std::string_view spoken_text, std::string_view spoken_phrase) {
  if (spoken_phrase.size() < 2) return false;
  const std::string_view words = spoken_phrase.substr(1);
  const char* const begin = spoken_text.data();
  const char* const end = begin + spoken_text.size();
  for (const char* at = begin; at < end; ++at) {
    at = static_cast<const char*>(::memmem(at, static_cast<std::size_t>(end - at), words.data(), words.size()));
    if (!at) return false;
    if (at > begin && at[-1] == ' ') return true;
  }
  return false;
}

bool holds(std::string_view text, std::string_view part) { return ::memmem(text.data(), text.size(), part.data(), part.size()) != nullptr; }

bool says(std::string_view spoken_text, std::string_view phrase) { return holds_spoken(spoken_text, spoken(phrase)); }

// A number for the first word of spoken text, by its first two characters and its length.
std::size_t Phrases::beginning(std::string_view words) {
  const std::size_t size = std::min(words.find(' '), words.size());
  const auto low = [&](std::size_t at) { return at < words.size() ? static_cast<std::size_t>(words[at]) & 31u : 0u; };
  return low(0) << 8 | low(1) << 3 | (size & 7u);
}

Phrases::Phrases(std::initializer_list<const char*> phrases) {
  for (const char* phrase : phrases) add(phrase);
}

Phrases::Phrases(const std::vector<std::string>& phrases) {
  for (const std::string& phrase : phrases) add(phrase);
}

void Phrases::add(std::string_view phrase) {
  const std::string words = spoken(phrase).substr(1);
  if (words.empty()) return;
  ++size_;
  digits_ = digits_ || std::any_of(words.begin(), words.end(), digit);
  const std::string first = words.substr(0, words.find(' '));
  longest_word_ = std::max(longest_word_, first.size());
  begins_.set(beginning(words));
  by_first_word_[first].push_back(words);
}

std::string_view Phrases::find(std::string_view spoken_text) const {
  if (by_first_word_.empty()) return {};
  for (std::size_t start = 1; start < spoken_text.size();) {
    std::size_t end = start;
    while (end < spoken_text.size() && spoken_text[end] != ' ') ++end;
    const std::size_t size = end - start;
    const auto low = [&](std::size_t at) { return at < end ? static_cast<std::size_t>(spoken_text[at]) & 31u : 0u; };   // as beginning() does
    const bool likely = size > 0 && size <= longest_word_ && begins_.test(low(start) << 8 | low(start + 1) << 3 | (size & 7u));
    const auto known = likely ? by_first_word_.find(spoken_text.substr(start, size)) : by_first_word_.end();
    if (known != by_first_word_.end()) {
      for (const std::string& phrase : known->second) {
        if (spoken_text.compare(start, phrase.size(), phrase) == 0) return phrase;
      }
    }
    start = end + 1;
  }
  return {};
}

// The phrase that begins with the word from `start` to `end`, "" if none does.
std::string_view Phrases::of_word(std::string_view text, std::size_t start, std::size_t end) const {
  std::array<char, 32> word{};
  if (end - start > longest_word_ || end - start > word.size()) return {};
  std::transform(text.begin() + static_cast<std::ptrdiff_t>(start), text.begin() + static_cast<std::ptrdiff_t>(end), word.begin(),
                 [](char c) { return c == '\'' ? c : kLowered[static_cast<unsigned char>(c)]; });
  const auto known = by_first_word_.find(std::string_view(word.data(), end - start));
  if (known == by_first_word_.end()) return {};
  for (const std::string& phrase : known->second) {
    if (stands_at(text, start, phrase)) return phrase;
  }
  return {};
}

std::string_view Phrases::find_in_text(std::string_view text) const {
  const auto foreign = [](char c) { return (c & 0x80) != 0; };
  if (digits_ || longest_word_ > 32 || std::any_of(text.begin(), text.end(), foreign)) return find(spoken(text));
  for (std::size_t start = 0; start < text.size();) {
    std::size_t end = start;
    while (goes_on(text, end)) ++end;
    if (end == start) {
      ++start;
      continue;
    }
    const auto low = [&](std::size_t at) { return at < end ? static_cast<std::size_t>(text[at]) & 31u : 0u; };
    if (begins_.test(low(start) << 8 | low(start + 1) << 3 | ((end - start) & 7u))) {
      if (const std::string_view phrase = of_word(text, start, end); !phrase.empty()) return phrase;
    }
    start = end;
  }
  return {};
}

}  // namespace floorwalker::guardrails
