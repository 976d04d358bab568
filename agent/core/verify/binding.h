#pragma once

#include <cstdint>
#include <vector>

#include "agent/core/verify/piece.h"

// Which fact a statement is about: words of the statement against words of the fact. Internal to agent/core/verify.
namespace floorwalker::verify {

// A word near a claim, with how strongly it speaks for what the claim means.
struct Hint {
  Concept word = 0;
  double weight = 0;
  double rarity = 0;         // less where many attributes or generic words are called so
  std::uint64_t group = 0;   // of the word
  bool excludes = false;     // the word takes a side of a contrast
  bool same_segment = false;
  int distance = 0;
};

// Content words around tokens [first, last], nearest strongest; words of other parts of the sentence count less.
std::vector<Hint> hints_around(const Examination& exam, std::size_t first, std::size_t last);

// Agreement from which a fact is named in full; more for a longer name.
constexpr double kNamed = 1.2;

// How well the words of a fact, and those beside its number, agree with the hints; 0: not at all. About 0.5 and more is a firm binding.
double agreement(const Examination& exam, const std::vector<Hint>& hints, const Leaf& leaf, const EvidenceNumber* number);

// The statement qualifies its value by a word that excludes the fact's own ("rear camera" against "Selfie camera").
bool contrasts(const Examination& exam, const std::vector<Hint>& hints, const Leaf& leaf, const EvidenceNumber* number, Dimension dimension);

}  // namespace floorwalker::verify
