#include "agent/core/verify/phrase.h"

#include <algorithm>

namespace floorwalker::verify {

std::vector<PhraseMatch> find_phrase(const Examination& exam, std::size_t first, std::size_t last, std::size_t most) {
  std::vector<PhraseMatch> found;
  const auto& tokens = exam.piece.tokens;
  if (tokens[first].concept_id == 0) return found;
  const std::size_t length = last - first + 1;
  for (const Posting& posting : exam.index.holding(tokens[first].concept_id)) {
    const Words words = exam.index.leaves[posting.leaf].words;
    if (posting.position + length > words.size() || !exam.usable(posting.leaf)) continue;
    bool same = true;
    for (std::size_t k = 1; k < length && same; ++k) same = words[posting.position + k] == tokens[first + k].concept_id;
    if (same) found.push_back({posting.leaf, posting.position, length});
    if (found.size() >= most) break;
  }
  return found;
}

std::vector<PhraseMatch> longest_phrase(const Examination& exam, std::size_t first, std::size_t most) {
  std::vector<PhraseMatch> found;
  const auto& tokens = exam.piece.tokens;
  if (tokens[first].concept_id == 0) return found;
  std::size_t best = 0;
  for (const Posting& posting : exam.index.holding(tokens[first].concept_id)) {
    if (!exam.usable(posting.leaf)) continue;
    const Words words = exam.index.leaves[posting.leaf].words;
    std::size_t length = 1;
    while (first + length < tokens.size() && posting.position + length < words.size() && tokens[first + length].gap != '.' &&
           words[posting.position + length] == tokens[first + length].concept_id) {
      ++length;
    }
    if (length > best) {
      best = length;
      found.clear();
    }
    if (length == best && found.size() < most) found.push_back({posting.leaf, posting.position, length});
  }
  return found;
}

bool is_content(const Token& token) { return !token.is(WordClass::kStop) || token.digits; }

}  // namespace floorwalker::verify
