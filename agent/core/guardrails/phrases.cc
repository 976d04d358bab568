#include "agent/core/guardrails/phrases.h"

#include <algorithm>
#include <cstring>

#include "agent/core/text.h"

namespace floorwalker::guardrails {

namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Where the word that begins at `at` ends, by the rules of text::words.
std::size_t ascii_word_end(std::string_view chunk, std::size_t at) {
  bool number = true;  // so far digits with their points and commas alone
  for (std::size_t start = at; at < chunk.size(); ++at) {
    const char c = chunk[at];
    if (digit(c)) continue;
    if (letter(c)) {
      number = false;
      continue;
    }
    if (at == start || at + 1 >= chunk.size()) break;
    const char before = chunk[at - 1], after = chunk[at + 1];
    const bool decimal = (c == '.' || c == ',') && number && digit(before) && digit(after);
    if (!decimal && !(c == '\'' && letter(before) && letter(after))) break;
  }
  return at;
}

bool white(char c) { return c == ' ' || c == '\n' || c == '\t'; }

// The words of an ASCII text, each with a space behind it; `out` has room for twice as many bytes.
char* put_ascii(std::string_view chunk, char* out) {
  for (std::size_t at = 0; at < chunk.size();) {
    if (!digit(chunk[at]) && !letter(chunk[at])) {
      ++at;
      continue;
    }
    for (const std::size_t end = ascii_word_end(chunk, at); at < end; ++at) *out++ = lower(chunk[at]);
    *out++ = ' ';
  }
  return out;
}

}  // namespace

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

bool says(std::string_view spoken_text, std::string_view phrase) { return holds_spoken(spoken_text, spoken(phrase)); }

Phrases::Phrases(std::initializer_list<const char*> phrases) {
  for (const char* phrase : phrases) add(phrase);
}

Phrases::Phrases(const std::vector<std::string>& phrases) {
  for (const std::string& phrase : phrases) add(phrase);
}

void Phrases::add(std::string_view phrase) {
  const std::string words = spoken(phrase).substr(1);
  if (words.empty()) return;
  const std::string first = words.substr(0, words.find(' '));
  longest_word_ = std::max(longest_word_, first.size());
  begins_[static_cast<unsigned char>(first[0])] |= 1u << std::min<std::size_t>(first.size(), 31);
  by_first_word_[first].push_back(words);
}

std::string_view Phrases::find(std::string_view spoken_text) const {
  if (by_first_word_.empty()) return {};
  for (std::size_t start = 1; start < spoken_text.size();) {
    std::size_t end = start;
    while (end < spoken_text.size() && spoken_text[end] != ' ') ++end;
    const std::size_t size = end - start;
    const bool likely = size > 0 && size <= longest_word_ && (begins_[static_cast<unsigned char>(spoken_text[start])] >> std::min<std::size_t>(size, 31) & 1u) != 0;
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

}  // namespace floorwalker::guardrails
