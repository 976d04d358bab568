#include "agent/core/verify/binding.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace floorwalker::verify {
namespace {

constexpr int kReach = 9;        // words
constexpr double kFirm = 1.0;


bool content(const Token& token) {
  if (token.concept_id == 0) return false;
  const bool number = token.digits && token.folded.find_first_not_of("0123456789.,") == std::string::npos;
  return !number && (!token.is(WordClass::kStop) || token.digits) && token.folded.size() > 1;
}

double rarity(const Examination& exam, Concept word) {
  const std::size_t known = exam.index.attributed(word).size();
  const double uses = known == 0 ? 1.0 : static_cast<double>(known);
  const double generic = exam.lexicon.classes_of(word) & bit(WordClass::kGeneric) ? 0.3 : 1.0;
  return generic / (1.0 + 0.2 * std::log2(1.0 + uses));
}

bool holds(Words words, Concept word) { return std::find(words.begin(), words.end(), word) != words.end(); }

// The side of a contrast that some words take; -1: none, -2: several.
int side_of(const LexiconData& lexicon, Words words, int contrast) {
  int side = -1;
  for (Concept word : words) {
    if (word >= lexicon.contrasts_of.size()) continue;
    for (std::uint16_t code : lexicon.contrasts_of[word]) {
      if (code / 16 != contrast) continue;
      const int found = code % 16;
      if (side >= 0 && side != found) return -2;
      side = found;
    }
  }
  return side;
}

// The name that the word is part of; 0: none.
std::uint16_t in_name(const Examination& exam, std::size_t token) { return exam.piece.named[token]; }

bool starts_number(const Examination& exam, std::size_t token) {
  for (const Number& number : exam.piece.numbers) {
    if (number.first_token == token && !number.bare()) return true;
  }
  return false;
}

// "RAM: 8 GB, 16 GB, 32 GB": the label of a list of figures speaks for each of them.
bool labels_list(const Examination& exam, std::size_t label, std::size_t token) {
  const auto& tokens = exam.piece.tokens;
  std::size_t i = label + 1;
  if (i >= tokens.size() || tokens[i].gap != ':' || i > token) return false;
  for (; i < token; ++i) {
    const bool figure = tokens[i].digits || tokens[i].is(WordClass::kAnd);
    if (!figure || tokens[i + 1].gap == '.' || tokens[i + 1].gap == ';' || tokens[i + 1].gap == ':') return false;
  }
  return true;
}

// The piece has every word of the fact's own key side by side, of at least two words or one that tells: "usb c ports", "seats".
bool named_in_full(const Examination& exam, const Leaf& leaf) {
  const Words key = leaf.own;
  const auto& tokens = exam.piece.tokens;
  if (key.empty() || !exam.piece.said.all(key)) return false;
  if (key.size() == 1 && (exam.lexicon.classes_of(key[0]) & (bit(WordClass::kGeneric) | bit(WordClass::kStop) | bit(WordClass::kMoney)))) return false;
  for (std::size_t i = 0; i + key.size() <= tokens.size(); ++i) {
    bool same = !in_name(exam, i);
    for (std::size_t k = 0; k < key.size() && same; ++k) same = tokens[i + k].concept_id == key[k];
    if (same) return true;
  }
  return false;
}

// What the token can say of a fact, worked out once.
const TokenHint& hint_of(const Examination& exam, std::size_t token) {
  if (exam.hints.empty()) exam.hints.resize(exam.piece.tokens.size());
  TokenHint& hint = exam.hints[token];
  if (hint.known) return hint;
  hint.known = true;
  const Token& word = exam.piece.tokens[token];
  const auto& contrasts = exam.lexicon.contrasts_of;
  hint.excludes = word.concept_id < contrasts.size() && !contrasts[word.concept_id].empty();
  const bool named = !exam.index.attributed(word.concept_id).empty() || !exam.index.holding(word.concept_id).empty();
  hint.tells = !in_name(exam, token) && content(word) && (named || hint.excludes);
  if (hint.tells) hint.rarity = rarity(exam, word.concept_id);
  return hint;
}

}  // namespace

std::vector<Hint> hints_around(const Examination& exam, std::size_t first, std::size_t last) {
  const std::vector<Token>& tokens = exam.piece.tokens;
  std::vector<Hint> hints;
  hints.reserve(2 * kReach + 1);
  const auto add = [&](std::size_t i, int distance) {
    const TokenHint& known = hint_of(exam, i);
    if (!known.tells) return;
    const bool same = exam.piece.segment[i] == exam.piece.segment[first] || exam.piece.segment[i] == exam.piece.segment[last] || labels_list(exam, i, first);
    const double weight = (same ? kFirm : 0.45) / (1.0 + 0.12 * (distance - 1));
    hints.push_back({tokens[i].concept_id, weight, known.rarity, group_of(tokens[i].concept_id), known.excludes, same, distance});
  };
  int away = 0;
  for (std::size_t i = first; i-- > 0 && away <= kReach;) {
    const bool goes_on = i + 1 < first && in_name(exam, i) && in_name(exam, i) == in_name(exam, i + 1);
    add(i, away += goes_on ? 0 : 1);  // a name is as far as one word
  }
  for (std::size_t i = last + 1; i < tokens.size() && static_cast<int>(i - last) <= kReach; ++i) {
    if (i == last + 1 && starts_number(exam, i)) break;  // "32GB 3GB RAM": the words after are the second number's
    add(i, static_cast<int>(i - last));
  }
  return hints;
}

double agreement(const Examination& exam, const std::vector<Hint>& hints, const Leaf& leaf, const EvidenceNumber* number) {
  const std::uint64_t groups = number ? number->groups : leaf.called;
  double sum = 0;
  bool called = false;   // by a word of the value's own part of the sentence
  for (const Hint& hint : hints) {
    if (!(groups & hint.group)) continue;
    called = called || (hint.same_segment && holds(leaf.own, hint.word));
    if (number && holds(number->near, hint.word)) sum += hint.weight * (exam.lexicon.classes_of(hint.word) & bit(WordClass::kGeneric) ? 0.4 : 1.1);
    else if (holds(leaf.attribute, hint.word)) sum += hint.weight * hint.rarity * 1.2;
  }
  return called && named_in_full(exam, leaf) ? std::max(sum, kNamed + 0.3 * static_cast<double>(leaf.own.size() - 1)) : sum;
}

bool contrasts(const Examination& exam, const std::vector<Hint>& hints, const Leaf& leaf, const EvidenceNumber* number, Dimension dimension) {
  const LexiconData& lexicon = exam.lexicon;
  for (const Hint& hint : hints) {
    if (!hint.excludes || !hint.same_segment || hint.distance > 5) continue;
    for (std::uint16_t code : lexicon.contrasts_of[hint.word]) {
      const int contrast = code / 16;
      const int said = code % 16;
      const Dimension only = lexicon.contrast_dimension[static_cast<std::size_t>(contrast)];
      if (only != Dimension::kNone && only != dimension) continue;
      bool nearer_other = false;
      for (const Hint& other : hints) {
        if (!other.excludes || !other.same_segment || other.distance > hint.distance) continue;
        for (std::uint16_t c : lexicon.contrasts_of[other.word]) nearer_other = nearer_other || (c / 16 == contrast && c % 16 != said);
      }
      if (nearer_other) continue;
      int has = number ? side_of(lexicon, number->near, contrast) : -1;
      if (has == -1) has = side_of(lexicon, leaf.attribute, contrast);
      if (has >= 0 && has != said) return true;
    }
  }
  return false;
}

}  // namespace floorwalker::verify
