#include <algorithm>

#include "agent/core/gate.h"
#include "agent/core/text.h"

namespace floorwalker {

ProvingGate::ProvingGate(const verify::Lexicon& lexicon, const verify::Verifier& verifier) : verifier_(verifier), evidence_(lexicon) {}

void ProvingGate::learn(const Message& message) { evidence_.add(message); }

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

}  // namespace floorwalker
