#include "agent/core/gate.h"

#include <algorithm>

#include <utility>

namespace floorwalker {
namespace {

// Bytes of the first whole piece: up to a line break, or up to the white space after a sentence's end.
std::size_t first_piece(std::string_view text, bool ended) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') return i + 1;
    const bool end = text[i] == '.' || text[i] == '!' || text[i] == '?';
    if (end && i + 2 < text.size() && text[i + 1] == ' ' && text[i + 2] != ' ') return i + 2;
  }
  return ended ? text.size() : 0;
}

}  // namespace

std::vector<std::string> Cutter::feed(std::string_view delta) {
  pending_ += delta;
  return cut(false);
}

std::vector<std::string> Cutter::finish() { return cut(true); }

std::vector<std::string> Cutter::cut(bool ended) {
  std::vector<std::string> pieces;
  std::size_t start = 0;
  while (start < pending_.size()) {
    const std::size_t length = first_piece(std::string_view(pending_).substr(start), ended);
    if (length == 0) break;
    pieces.push_back(pending_.substr(start, length));
    start += length;
  }
  pending_.erase(0, start);
  if (ended && !pending_.empty()) pieces.push_back(std::exchange(pending_, {}));
  return pieces;
}

ClaimAction action_for(const std::vector<Claim>& claims, const GuardrailRules& rules) {
  ClaimAction sternest = ClaimAction::kAllow;
  for (const Claim& claim : claims) {
    ClaimAction action = ClaimAction::kAllow;
    if (claim.verdict == Verdict::kContradicted) action = rules.contradicted;
    if (claim.verdict == Verdict::kUnsupported) action = rules.unsupported;
    if (claim.verdict == Verdict::kSubjective) action = rules.subjective;
    sternest = std::max(sternest, action);
  }
  return sternest;
}

}  // namespace floorwalker
