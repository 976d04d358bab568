#include <algorithm>

#include <fmt/format.h>

#include "agent/core/verify/phrase.h"
#include "agent/core/verify/piece.h"

// Features that the evidence affirms or denies: "has NFC" against {"name": "NFC", "value": "No"}, "does not need batteries" against true.
namespace floorwalker::verify {
namespace {

using LeafList = Lists<std::uint32_t>::List;

struct FeatureSpan {
  std::size_t first = 0, last = 0;
  bool found = false;
};

// The words are part of a thing's name: "Evening Gift Box" beside {"gift_box": true}.
bool inside_name(const Examination& exam, const FeatureSpan& span) {
  return std::any_of(exam.piece.mentions.begin(), exam.piece.mentions.end(), [&](const Mention& mention) {
    return !mention.by_id && mention.first <= span.first && span.last <= mention.last && mention.last - mention.first > span.last - span.first;
  });
}

// Those that carry meaning.
std::vector<Concept> telling_words(const Examination& exam, Words all) {
  std::vector<Concept> words;
  for (Concept word : all) {
    if (!(exam.lexicon.classes_of(word) & bit(WordClass::kStop))) words.push_back(word);
  }
  return words;
}

FeatureSpan find_feature(const Examination& exam, Words words) {
  const auto& tokens = exam.piece.tokens;
  if (!exam.piece.said.all(words)) return {};
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
      if (count == words.size() && !inside_name(exam, {i, last, true})) return {i, last, true};
      if (count == words.size()) break;
    }
  }
  return {};
}

// Speaks of what the feature is for rather than of having it: "if you need NFC".
bool hedged(const Examination& exam) { return exam.piece.question || exam.piece.hypothetical; }

// "Mini-SIM card slot": the word before makes it another attribute's slot than the memory card's.
bool of_another(const Examination& exam, const FeatureSpan& span, Words words) {
  if (span.first == 0 || exam.piece.segment[span.first - 1] != exam.piece.segment[span.first]) return false;
  const Token& before = exam.piece.tokens[span.first - 1];
  if (!is_content(before) || before.concept_id == 0 || before.is(WordClass::kGeneric)) return false;
  if (std::find(words.begin(), words.end(), before.concept_id) != words.end()) return false;
  return !exam.index.attributed(before.concept_id).empty();
}

// The name of the attribute as people read it.
std::string attribute_name(const Examination& exam, const Leaf& leaf) {
  (void)exam;
  const bool blank = leaf.key.find_first_not_of(" \xC2\xA0") == std::string_view::npos;
  return blank ? "it" : std::string(leaf.key);
}

// Another fact of the same name, of the same thing or its kin, that says what is claimed.
bool agrees_elsewhere(const Examination& exam, const Scope& scope, const Leaf& fact, bool claimed) {
  if (fact.attribute.empty()) return false;
  for (std::uint32_t leaf : exam.index.attributed(fact.attribute.back())) {
    const Leaf& other = exam.index.leaves[leaf];
    if (!exam.usable(leaf) || other.key != fact.key || !(other.yes || other.no) || other.yes != claimed) continue;
    if (scope.holds(other.entity) || exam.kin(scope, other.entity)) return true;
  }
  return false;
}

void check_leaf(Examination& exam, std::uint32_t leaf) {
  const Leaf& fact = exam.index.leaves[leaf];
  std::vector<Concept> words = telling_words(exam, fact.own);
  if (words.empty()) words = telling_words(exam, fact.attribute);
  if (words.empty() || words.size() > 5) return;
  FeatureSpan span = find_feature(exam, words);
  for (const auto& [name, alias] : exam.lexicon.aliases) {
    if (!span.found && name == words) span = find_feature(exam, alias);
  }
  if (!span.found || inside_name(exam, span)) return;
  for (std::size_t i = span.first; i <= span.last; ++i) {
    if (exam.piece.used[i]) return;
  }
  const Scope& scope = exam.scope_at(span.first);
  if (!scope.holds(fact.entity) || of_another(exam, span, words)) return;
  const bool affirmed = !exam.piece.negated[span.first] && !exam.piece.negated[span.last];
  const bool denied = exam.piece.negated[span.last];
  const bool has = fact.yes || !fact.no;
  if (affirmed == denied) return;
  const std::string why = fmt::format("{}: {}", attribute_name(exam, fact), exam.index.value_text(leaf).substr(0, 60));
  const bool agrees = affirmed == has;
  if (!agrees && (hedged(exam) || (!exam.one_identified(span.first) && agrees_elsewhere(exam, scope, fact, affirmed)))) return;
  exam.claim(exam.piece.tokens[span.first].start, exam.piece.tokens[span.last].end, ClaimKind::kAttribute,
             agrees ? Verdict::kSupported : Verdict::kContradicted, why, {leaf});
}

// "does not have", "no", "without": denies having it, rather than something about it.
bool possession_denied(const Examination& exam, std::size_t token) {
  static constexpr std::string_view kHaving[] = {"have", "has", "support", "supports", "include", "includes", "offer", "feature", "come"};
  static constexpr std::string_view kTurns[] = {"with", "of", "for", "than", "that", "which", "same", "about"};
  for (std::size_t back = 1; back <= 12 && back <= token; ++back) {
    const Token& word = exam.piece.tokens[token - back];
    if (std::find(std::begin(kTurns), std::end(kTurns), word.folded) != std::end(kTurns)) return false;
    if (!word.is(WordClass::kNegation)) continue;
    if (word.folded == "no" || word.folded == "without" || word.folded == "lacks" || word.folded == "lack" || word.folded == "nor") {
      return word.folded != "without" || exam.piece.segment[token - back] == exam.piece.segment[token];
    }
    const std::string& next = exam.piece.tokens[token - back + 1].folded;
    return std::find(std::begin(kHaving), std::end(kHaving), next) != std::end(kHaving);
  }
  return false;
}

// The attribute has one value wherever the evidence states it: denying it can be wrong only then.
bool one_value(const Examination& exam, const Leaf& fact, const LeafList& leaves) {
  for (std::uint32_t leaf : leaves) {
    const Leaf& other = exam.index.leaves[leaf];
    if (exam.usable(leaf) && other.key == fact.key && !std::ranges::equal(other.words, fact.words)) return false;
  }
  return true;
}

// "does not have Bluetooth" where the evidence describes it.
void check_denied(Examination& exam, std::uint32_t leaf, const LeafList& leaves) {
  const Leaf& fact = exam.index.leaves[leaf];
  if (fact.words.empty()) return;
  const std::vector<Concept> own = telling_words(exam, fact.own);
  if (own.empty()) return;
  const FeatureSpan span = find_feature(exam, own);
  const auto& tokens = exam.piece.tokens;
  if (!span.found || inside_name(exam, span) || !exam.piece.negated[span.first] || exam.piece.used[span.first] || tokens[span.first].is(WordClass::kStop)) return;
  const bool described = span.first > 0 && tokens[span.first].gap == ' ' && is_content(tokens[span.first - 1]) && !tokens[span.first - 1].is(WordClass::kNegation);
  const Token* next = span.last + 1 < tokens.size() && tokens[span.last + 1].gap == ' ' ? &tokens[span.last + 1] : nullptr;
  const bool of_value = next && std::find(fact.words.begin(), fact.words.end(), next->concept_id) != fact.words.end();  // "no Bluetooth 1.2"
  const bool qualified = next && is_content(*next) && !next->is(WordClass::kGeneric) && !of_value;
  const bool denied_there = exam.lexicon.classes_of(fact.words[0]) & bit(WordClass::kNegation);
  const bool generic = own.size() == 1 && tokens[span.first].is(WordClass::kGeneric);
  if (described || qualified || denied_there || generic || !possession_denied(exam, span.first) || hedged(exam) || !one_value(exam, fact, leaves)) return;
  if (!exam.scope_at(span.first).holds(fact.entity)) return;
  exam.claim(tokens[span.first].start, tokens[span.last].end, ClaimKind::kAttribute, Verdict::kContradicted,
             fmt::format("{}: {}", attribute_name(exam, fact), exam.index.value_text(leaf).substr(0, 60)), {leaf});
}

// Facts in words that a denial could contradict.
bool describes(const Examination& exam, std::uint32_t leaf) {
  const Leaf& fact = exam.index.leaves[leaf];
  return fact.kind == Leaf::Kind::kText && !fact.no && !fact.yes && !fact.identifier && !looks_like_identifier(exam.index.value_text(leaf));
}

bool says_plainly(const Leaf& leaf) { return (leaf.yes || leaf.no) && leaf.key != "available" && leaf.key != "in_stock"; }

}  // namespace

void check_features(Examination& exam) {
  std::vector<std::uint32_t> candidates;
  for (const Token& token : exam.piece.tokens) {
    if (token.concept_id == 0) continue;
    for (std::uint32_t leaf : exam.index.attributed(token.concept_id)) {
      const Leaf& fact = exam.index.leaves[leaf];
      if (fact.trust != Trust::kMerchant || !exam.usable(leaf) || fact.kind == Leaf::Kind::kNull) continue;
      if (says_plainly(fact) && !fit_verdict(exam.index, leaf) && std::find(candidates.begin(), candidates.end(), leaf) == candidates.end()) candidates.push_back(leaf);
    }
  }
  for (const auto& [name, alias] : exam.lexicon.aliases) {
    for (std::uint32_t leaf : exam.index.attributed(name.back())) {
      const bool open = exam.usable(leaf) && says_plainly(exam.index.leaves[leaf]) && !fit_verdict(exam.index, leaf) && exam.index.leaves[leaf].trust == Trust::kMerchant;
      if (open && std::find(candidates.begin(), candidates.end(), leaf) == candidates.end()) candidates.push_back(leaf);
    }
  }
  for (std::uint32_t leaf : candidates) check_leaf(exam, leaf);
  for (std::size_t i = 0; i < exam.piece.tokens.size(); ++i) {
    if (!exam.piece.negated[i] || exam.piece.tokens[i].concept_id == 0) continue;
    const auto leaves = exam.index.attributed(exam.piece.tokens[i].concept_id);
    for (std::uint32_t leaf : leaves) {
      if (exam.index.leaves[leaf].trust == Trust::kMerchant && exam.usable(leaf) && describes(exam, leaf) && !fit_verdict(exam.index, leaf)) check_denied(exam, leaf, leaves);
    }
  }
}

}  // namespace floorwalker::verify
