#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/core/verify/piece.h"

namespace floorwalker::verify {

// An amount that no result states, but arithmetic over stated ones gives.
struct Derivation {
  std::string why;                     // "101.12 + 109.58 = 210.70"
  std::vector<std::uint32_t> leaves;
  std::vector<std::string> pointers;
};

// The shopper asked for so many more or fewer than there are: "a 500-piece puzzle ... with 1000 more".
bool asked_for_more(const Examination& exam, double said, double known);

// Derives a total, difference, saving or product of amounts, where the sentence says that it is one. Operands are the supported amounts of
// this reply and the prices of the things that it speaks of.
std::optional<Derivation> derive_amount(const Examination& exam, const Number& said);

}  // namespace floorwalker::verify
