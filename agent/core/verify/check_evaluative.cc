#include "agent/core/verify/phrase.h"
#include "agent/core/verify/piece.h"

// Words of praise and judgement: true or false for nobody, left to the playbook; supported where the merchant's own text has them.
namespace floorwalker::verify {

void check_evaluative(Examination& exam) {
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
