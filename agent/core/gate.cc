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

ProvingGate::ProvingGate(const verify::Lexicon& lexicon, const verify::Verifier& verifier, std::optional<std::chrono::milliseconds> good_for)
    : verifier_(verifier), good_for_(good_for), evidence_(lexicon) {}

// The system messages of a live conversation are the planner's own notes. One that asks for a repair quotes what could not be proven: as
// evidence it would prove the same words when they are said again.
void ProvingGate::learn(const Message& message) {
  if (message.role != Role::kSystem) evidence_.add(message);
}

void ProvingGate::shown(const std::vector<Shown>& shown) { evidence_.set_shown(shown); }

void ProvingGate::turn_began(Time at) {
  if (!good_for_) return;
  fresh_from_ = at - *good_for_;
  evidence_.count_from(fresh_from_);
}

void ProvingGate::begin_reply() {
  context_ = verify::ReplyContext();
  offset_ = 0;
}

std::vector<Claim> ProvingGate::judge(std::string_view piece) {
  before_ = context_;
  offset_before_ = offset_;
  std::vector<Claim> claims = verifier_.verify_next(piece, evidence_, context_);
  if (evidence_.has_too_old()) say_too_old(piece, claims);
  for (Claim& claim : claims) {
    claim.start -= std::min(claim.start, offset_);
    claim.end -= std::min(claim.end, offset_);
  }
  offset_ += text::code_points_before(piece, piece.size());
  return claims;
}

// What was proven while the old prices and stock still counted, and is not any more.
void ProvingGate::say_too_old(std::string_view piece, std::vector<Claim>& claims) {
  verify::ReplyContext then = before_;
  evidence_.count_from(Time::min());
  std::vector<Claim> proven = verifier_.verify_next(piece, evidence_, then);
  evidence_.count_from(fresh_from_);
  for (Claim& old : proven) {
    if (old.verdict != Verdict::kSupported) continue;
    std::erase_if(old.evidence, [&](const std::string& pointer) { return !evidence_.too_old(pointer); });
    const auto now = std::find_if(claims.begin(), claims.end(), [&](const Claim& one) { return one.start == old.start && one.end == old.end && one.kind == old.kind; });
    const bool still = now != claims.end() && (now->verdict == Verdict::kSupported || now->verdict == Verdict::kSubjective);
    if (still || old.evidence.empty()) continue;
    old.verdict = Verdict::kUnsupported;
    old.why = "was read too long ago: it has to be read again before it is told";
    if (now != claims.end()) *now = std::move(old);
    else claims.push_back(std::move(old));
  }
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
