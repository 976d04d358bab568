#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// `words` and `fold` of text.h one word at a time, for loops that must not allocate. The same words, the same folding.
namespace floorwalker::text {

// A word's place in a text, in bytes; start == end: there is none.
struct WordSpan {
  std::size_t start = 0, end = 0;
};

// The first word at or after `from`.
WordSpan next_word(std::string_view utf8, std::size_t from);

// As `fold`, into a string that is used again and again.
void fold_into(std::string_view utf8, std::string& out);

}  // namespace floorwalker::text
