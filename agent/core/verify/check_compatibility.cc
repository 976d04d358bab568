#include <fmt/format.h>

#include "agent/core/verify/piece.h"

// That things fit together is known from a compatibility result alone: yes, no or unknown.
namespace floorwalker::verify {
namespace {

// The latest verdict of a compatibility check about a thing that the piece or its context speaks of; any where none is spoken of.
const Leaf* latest_fit(const Examination& exam, std::uint32_t& leaf) {
  const Leaf* found = nullptr;
  for (std::uint32_t one : exam.index.attributed(exam.index.concepts.find("fit").id)) {
    const Leaf& fact = exam.index.leaves[one];
    const std::string_view value = exam.index.value_text(one);
    const bool verdict = fact.key == "fit" && exam.usable(one) && (value == "yes" || value == "no" || value == "unknown");
    const Document& document = *exam.index.documents[fact.document];
    if (!verdict || document.tree.pointer(fact.node) != "/fit") continue;
    found = &fact;
    leaf = one;
  }
  return found;
}

}  // namespace

void check_compatibility(Examination& exam) {
  std::uint32_t leaf = 0;
  const Leaf* fit = latest_fit(exam, leaf);
  if (!fit || exam.piece.question || exam.piece.hypothetical) return;
  for (std::size_t i = 0; i < exam.piece.tokens.size(); ++i) {
    const Token& token = exam.piece.tokens[i];
    if (!token.is(WordClass::kCompatible) || exam.piece.used[i]) continue;
    const std::string_view value = exam.index.value_text(leaf);
    const bool denied = exam.piece.negated[i];
    const bool unknown = value == "unknown";
    const bool agrees = !unknown && (value == "yes") != denied;
    const Verdict verdict = agrees ? Verdict::kSupported : unknown ? Verdict::kUnsupported : Verdict::kContradicted;
    exam.claim(token.start, token.end, ClaimKind::kCompatibility, verdict, fmt::format("the compatibility check says {}", value), {leaf});
    return;
  }
}

}  // namespace floorwalker::verify
