#pragma once

#include <cstdint>
#include <vector>

#include "agent/core/verify/piece.h"

namespace floorwalker::verify {

// A run of a piece's words that evidence holds word for word.
struct PhraseMatch {
  std::uint32_t leaf = 0;
  std::size_t position = 0;   // in the leaf's words
  std::size_t length = 0;
};

// Leaves that hold the words of tokens [first, last] in that order, side by side.
std::vector<PhraseMatch> find_phrase(const Examination& exam, std::size_t first, std::size_t last, std::size_t most = 8);

// The longest run of tokens from `first` on that some leaf holds; empty if not even one word.
std::vector<PhraseMatch> longest_phrase(const Examination& exam, std::size_t first, std::size_t most = 64);

// A word carries meaning of its own.
bool is_content(const Token& token);

}  // namespace floorwalker::verify
