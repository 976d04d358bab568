#include "tools/search/ordinary_words.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

// The build's list of English words: sorted by bytes, each ended by a line feed.
__asm__(
    ".section .rodata\n"
    "fw_english_words:\n"
    ".incbin \"" FLOORWALKER_ENGLISH_WORDS "\"\n"
    "fw_english_words_end:\n"
    ".byte 0\n"
    ".previous\n");
extern "C" const char fw_english_words[] __attribute__((visibility("hidden")));
extern "C" const char fw_english_words_end[] __attribute__((visibility("hidden")));

namespace floorwalker::search {

namespace {

// What the list lacks and shoppers say.
constexpr std::string_view kBesides[] = {"backache", "cyan", "grandma", "grandpa", "teal"};

bool listed(std::string_view word) {
  const std::string_view words(fw_english_words, static_cast<std::size_t>(fw_english_words_end - fw_english_words));
  std::size_t low = 0, high = words.size();  // the line sought begins within [low, high)
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    const std::size_t before = middle == 0 ? std::string_view::npos : words.rfind('\n', middle - 1);
    const std::size_t start = before == std::string_view::npos ? 0 : before + 1;
    const std::size_t end = words.find('\n', start);
    const int order = words.substr(start, end - start).compare(word);
    if (order == 0) return true;
    if (order < 0) low = end + 1;
    else high = start;
  }
  return false;
}

}  // namespace

bool is_ordinary(std::string_view folded) { return listed(folded) || std::find(std::begin(kBesides), std::end(kBesides), folded) != std::end(kBesides); }

}  // namespace floorwalker::search
