#include <algorithm>

#include <fmt/format.h>

#include "agent/core/verify/phrase.h"
#include "agent/core/verify/piece.h"

// Features that the evidence affirms or denies: "has NFC" against {"name": "NFC", "value": "No"}, "does not need batteries" against true.
namespace floorwalker::verify {
namespace {

struct FeatureSpan {
  std::size_t first = 0, last = 0;
  bool found = false;
};

// The words of the leaf's own name that carry meaning.
std::vector<Concept> feature_words(const Examination& exam, const Leaf& leaf) {
  std::vector<Concept> words;
  for (const Token& token : tokenise(leaf.key, exam.index.concepts)) {
    if (is_content(token)) words.push_back(token.concept_id);
  }
  if (words.empty() && leaf.key.find('_') != std::string_view::npos) words.clear();
  return words;
}

FeatureSpan find_feature(const Examination& exam, const std::vector<Concept>& words) {
  const auto& tokens = exam.piece.tokens;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].concept_id == 0 || std::find(words.begin(), words.end(), tokens[i].concept_id) == words.end()) continue;
    std::vector<char> met(words.size(), 0);
    std::size_t last = i;
    std::size_t count = 0;
    for (std::size_t k = i; k < tokens.size() && k <= i + words.size() + 2; ++k) {
      if (k > i && (tokens[k].gap == '.' || tokens[k].gap == ',' || tokens[k].gap == ';')) break;
      for (std::size_t w = 0; w < words.size(); ++w) {
        if (!met[w] && words[w] == tokens[k].concept_id) {
          met[w] = 1;
          ++count;
          last = k;
          break;
        }
      }
      if (count == words.size()) return {i, last, true};
    }
  }
  return {};
}

// Speaks of what the feature is for rather than of having it: "if you need NFC".
bool hedged(const Examination& exam) { return exam.piece.question || exam.piece.hypothetical; }

void check_leaf(Examination& exam, std::uint32_t leaf) {
  const Leaf& fact = exam.index.leaves[leaf];
  std::vector<Concept> words;
  for (Concept word : fact.attribute) {
    if (!(exam.lexicon.classes_of(word) & bit(WordClass::kStop))) words.push_back(word);
  }
  const std::vector<Concept> own = feature_words(exam, fact);
  if (!own.empty()) words = own;
  if (words.empty() || words.size() > 5) return;
  const FeatureSpan span = find_feature(exam, words);
  if (!span.found) return;
  for (std::size_t i = span.first; i <= span.last; ++i) {
    if (exam.piece.used[i]) return;
  }
  const Scope scope = exam.scope_at(span.first);
  if (!scope.holds(fact.entity)) return;
  const bool affirmed = !exam.piece.negated[span.first] && !exam.piece.negated[span.last];
  const bool denied = exam.piece.negated[span.last];
  const bool has = fact.yes || !fact.no;
  if (affirmed == denied) return;
  const std::string why = fmt::format("{}: {}", fact.key, exam.index.value_text(leaf).substr(0, 60));
  const bool agrees = affirmed == has;
  if (!agrees && hedged(exam)) return;
  exam.claim(exam.piece.tokens[span.first].start, exam.piece.tokens[span.last].end, ClaimKind::kAttribute,
             agrees ? Verdict::kSupported : Verdict::kContradicted, why, {leaf});
}

bool says_plainly(const Leaf& leaf) { return (leaf.yes || leaf.no) && leaf.key != "available" && leaf.key != "in_stock"; }

}  // namespace

void check_features(Examination& exam) {
  std::vector<std::uint32_t> candidates;
  for (const Token& token : exam.piece.tokens) {
    const auto leaves = exam.index.by_attribute.find(token.concept_id);
    if (token.concept_id == 0 || leaves == exam.index.by_attribute.end()) continue;
    for (std::uint32_t leaf : leaves->second) {
      const Leaf& fact = exam.index.leaves[leaf];
      if (fact.trust != Trust::kMerchant || !exam.usable(leaf) || fact.kind == Leaf::Kind::kNull) continue;
      if (says_plainly(fact) && std::find(candidates.begin(), candidates.end(), leaf) == candidates.end()) candidates.push_back(leaf);
    }
  }
  for (std::uint32_t leaf : candidates) check_leaf(exam, leaf);
}

}  // namespace floorwalker::verify
