#pragma once

#include <algorithm>
#include <cstdint>

#include "agent/core/cart.h"

namespace floorwalker {

// The line with that id, or null. Points into `cart`.
inline const CartLine* line_of(const Cart& cart, const LineId& id) {
  const auto at = std::find_if(cart.lines.begin(), cart.lines.end(), [&](const CartLine& line) { return line.id == id; });
  return at == cart.lines.end() ? nullptr : &*at;
}

// The first line that holds the variant, or null: a shop may keep one variant on several lines. Points into `cart`.
inline const CartLine* line_with(const Cart& cart, const VariantId& variant) {
  const auto at = std::find_if(cart.lines.begin(), cart.lines.end(), [&](const CartLine& line) { return line.variant == variant; });
  return at == cart.lines.end() ? nullptr : &*at;
}

// Pieces of the variant over all its lines.
inline std::int64_t quantity_of(const Cart& cart, const VariantId& variant) {
  std::int64_t all = 0;
  for (const CartLine& line : cart.lines) all += line.variant == variant ? line.quantity : 0;
  return all;
}

}  // namespace floorwalker
