#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Text as every part of Floorwalker sees it: UTF-8, folded in one way, cut into words in one way.
namespace floorwalker::text {

// Valid UTF-8: malformed bytes are read as Windows-1252 (the usual cause), control characters other than \n and \t are dropped.
std::string sanitise(std::string_view bytes);

// HTML or lightly marked-up text as plain text: tags dropped, entities decoded, blocks become line breaks, spaces collapsed.
std::string strip_html(std::string_view html);

// Lower case, diacritics removed (é -> e, ß -> ss), typographic quotes and dashes made ASCII, ™ ® dropped.
std::string fold(std::string_view utf8);

// One word of a text. Words are runs of letters and digits, joined by an apostrophe ("men's"); a decimal number with its point or
// comma is one word ("15.6"). Everything else separates. `start`/`end` are byte offsets in the original text.
struct Word {
  std::string folded;
  std::size_t start = 0;
  std::size_t end = 0;
};

std::vector<Word> words(std::string_view utf8);

// The Snowball stem of one folded word (English; other languages by two-letter code "de", "fr", ...). Words with digits are returned
// unchanged. Thread-safe.
std::string stem(std::string_view folded_word, std::string_view language = "en");

// Unicode code points before byte `offset`.
std::size_t code_points_before(std::string_view utf8, std::size_t offset);

// Number of single-character edits (insert, delete, substitute, transpose neighbours) from a to b; stops early at limit + 1.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit = 3);

// The candidate nearest to `word` within a third of its length, or "": for "did you mean" in errors.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

// "a, b and c" (or another last joiner).
std::string join_and(const std::vector<std::string>& parts, std::string_view last = "and");

// "battery_life" -> "battery life".
std::string spaced(std::string_view identifier);

}  // namespace floorwalker::text
