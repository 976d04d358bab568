#include <algorithm>

#include "agent/core/verify/phrase.h"
#include "agent/core/verify/piece.h"

// Words of praise and judgement: true or false for nobody, left to the playbook; supported where the merchant's own text has them.
namespace floorwalker::verify {

namespace {

// "cures insomnia": an effect on health, which the merchant's own words have or nobody may promise.
void check_effects(Examination& exam) {
  const auto& tokens = exam.piece.tokens;
  static constexpr std::string_view kVerbs[] = {"cure", "cures", "cured", "heal", "heals"};
  for (std::size_t i = 1; i + 1 < tokens.size(); ++i) {
    const bool effect = std::find(std::begin(kVerbs), std::end(kVerbs), tokens[i].folded) != std::end(kVerbs);
    if (!effect || exam.piece.used[i] || exam.piece.negated[i] || exam.piece.question || exam.piece.hypothetical) continue;
    for (const PhraseMatch& match : find_phrase(exam, i, i)) {
      if (exam.index.leaves[match.leaf].trust == Trust::kMerchant) return;
    }
    exam.claim(tokens[i].start, tokens[i + 1].end, ClaimKind::kAttribute, Verdict::kUnsupported, "no tool result says so");
  }
}

}  // namespace

void check_evaluative(Examination& exam) {
  check_effects(exam);
  const auto& tokens = exam.piece.tokens;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!tokens[i].is(WordClass::kEvaluative) || exam.piece.used[i]) continue;
    std::size_t last = i;
    while (last + 1 < tokens.size() && tokens[last + 1].is(WordClass::kEvaluative) && !exam.piece.used[last + 1] && (tokens[last + 1].gap == ' ' || tokens[last + 1].gap == '-')) ++last;
    std::vector<std::uint32_t> leaves;
    for (const PhraseMatch& match : find_phrase(exam, i, last)) {
      if (exam.index.leaves[match.leaf].trust == Trust::kMerchant) leaves.push_back(match.leaf);
    }
    exam.claim(tokens[i].start, tokens[last].end, ClaimKind::kEvaluative, leaves.empty() ? Verdict::kSubjective : Verdict::kSupported,
               leaves.empty() ? "a judgement" : "the merchant's own words", leaves);
    i = last;
  }
}

}  // namespace floorwalker::verify
