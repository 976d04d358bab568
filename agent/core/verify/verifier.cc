#include "agent/core/verify/verifier.h"

#include <algorithm>
#include <iterator>

#include "agent/core/text.h"
#include "agent/core/verify/piece.h"

namespace floorwalker::verify {

ReplyContext::ReplyContext() : state_(std::make_unique<ReplyState>()) {}
ReplyContext::ReplyContext(const ReplyContext& other) : state_(std::make_unique<ReplyState>(*other.state_)) {}
ReplyContext::ReplyContext(ReplyContext&&) noexcept = default;
ReplyContext& ReplyContext::operator=(const ReplyContext& other) {
  state_ = std::make_unique<ReplyState>(*other.state_);
  return *this;
}
ReplyContext& ReplyContext::operator=(ReplyContext&&) noexcept = default;
ReplyContext::~ReplyContext() = default;

Verifier::Verifier(const Lexicon& lexicon) : lexicon_(lexicon) {}

std::vector<Claim> Verifier::verify(std::string_view reply, const EvidenceStore& evidence) const {
  std::vector<Claim> claims;
  ReplyContext context;
  while (!reply.empty()) {
    const std::size_t length = next_piece(reply, true);
    std::vector<Claim> next = verify_next(reply.substr(0, length), evidence, context);
    claims.insert(claims.end(), std::make_move_iterator(next.begin()), std::make_move_iterator(next.end()));
    reply.remove_prefix(length);
  }
  return claims;
}

std::vector<Claim> Verifier::verify_next(std::string_view text, const EvidenceStore& evidence, ReplyContext& context) const {
  std::vector<Claim> claims;
  const EvidenceIndex& index = evidence.index();
  ReplyState& state = *context.state_;
  const std::string plain = plain_spaces(text);
  Piece piece = read_piece(plain, index, state);
  piece.original = text;
  if (!piece.tokens.empty()) {
    Examination exam{index, lexicon_.data(), piece, state, claims};
    check_identifiers(exam);
    check_dates(exam);
    check_counts(exam);
    check_numbers(exam);
    check_availability(exam);
    check_absence(exam);
    check_features(exam);
    check_comparisons(exam);
    check_compatibility(exam);
    check_actions(exam);
    check_values(exam);
    check_names(exam);
    check_evaluative(exam);
  }
  remember(piece, state, text.size());
  const auto earlier = [](const Claim& a, const Claim& b) { return a.start < b.start; };
  if (!std::is_sorted(claims.begin(), claims.end(), earlier)) std::stable_sort(claims.begin(), claims.end(), earlier);
  return claims;
}

}  // namespace floorwalker::verify
