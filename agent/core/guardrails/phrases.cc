#include "agent/core/guardrails/phrases.h"

#include <algorithm>
#include <cstring>

#include "agent/core/text.h"

namespace floorwalker::guardrails {

std::string spoken(std::string_view text) {
  std::string all = " ";
  all.reserve(text.size() + 2);
  for (const text::Word& word : text::words(text)) {
    all += word.folded;
    all += ' ';
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
  by_first_word_[first].push_back(words);
}

std::string_view Phrases::find(std::string_view spoken_text) const {
  std::string word;
  for (std::size_t start = 1; start < spoken_text.size();) {
    const std::size_t end = std::min(spoken_text.find(' ', start), spoken_text.size());
    if (end - start <= longest_word_) {
      word.assign(spoken_text.substr(start, end - start));
      const auto known = by_first_word_.find(word);
      if (known != by_first_word_.end()) {
        for (const std::string& phrase : known->second) {
          if (spoken_text.compare(start, phrase.size(), phrase) == 0) return phrase;
        }
      }
    }
    start = end + 1;
  }
  return {};
}

}  // namespace floorwalker::guardrails
