#include "agent/core/gate.h"

#include <algorithm>
#include <utility>

#include "agent/core/text.h"

namespace floorwalker {

std::vector<std::string> Cutter::feed(std::string_view delta) {
  pending_ += delta;
  return cut(false);
}

std::vector<std::string> Cutter::finish() { return cut(true); }

std::vector<std::string> Cutter::cut(bool ended) {
  std::vector<std::string> pieces;
  std::size_t start = 0;
  while (start < pending_.size()) {
    const std::size_t length = verify::next_piece(std::string_view(pending_).substr(start), ended);
    if (length == 0) break;
    pieces.push_back(pending_.substr(start, length));
    start += length;
  }
  pending_.erase(0, start);
  if (ended && !pending_.empty()) pieces.push_back(std::exchange(pending_, {}));
  return pieces;
}

ProvingGate::ProvingGate(const verify::Lexicon& lexicon, const verify::Verifier& verifier) : verifier_(verifier), evidence_(lexicon) {}

// The system messages of a live conversation are the planner's own notes. One that asks for a repair quotes what could not be proven: as
// evidence it would prove the same words when they are said again.
void ProvingGate::learn(const Message& message) {
  if (message.role != Role::kSystem) evidence_.add(message);
}

void ProvingGate::shown(const std::vector<Shown>& shown) { evidence_.set_shown(shown); }

void ProvingGate::begin_reply() {
  context_ = verify::ReplyContext();
  offset_ = 0;
}

std::vector<Claim> ProvingGate::judge(std::string_view piece) {
  before_ = context_;
  offset_before_ = offset_;
  std::vector<Claim> claims = verifier_.verify_next(piece, evidence_, context_);
  for (Claim& claim : claims) {
    claim.start -= std::min(claim.start, offset_);
    claim.end -= std::min(claim.end, offset_);
  }
  offset_ += text::code_points_before(piece, piece.size());
  return claims;
}

void ProvingGate::forget_piece() {
  context_ = before_;
  offset_ = offset_before_;
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
