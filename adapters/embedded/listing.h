#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "agent/core/catalogue.h"

namespace floorwalker::embedded {

// In which quantities a variant is sold.
struct SellingRule {
  std::int64_t least = 1;
  std::optional<std::int64_t> most;
  std::int64_t pack = 1;  // sold in multiples of this

  bool operator==(const SellingRule&) const = default;
};

// A product as the importer hands it to the shop: with what the shop alone knows about it.
struct Listing {
  Product product;
  std::vector<SellingRule> rules;  // one for each variant
  std::vector<Relation> relations;  // those that the product's own record states; `from` is the product

  bool operator==(const Listing&) const = default;
};

// Few enough left that a shopper should know.
inline constexpr std::int64_t kLowStock = 3;

// The level that a count comes to.
inline Stock stock_of_count(std::int64_t count) {
  const Availability level = count == 0 ? Availability::kOutOfStock : count <= kLowStock ? Availability::kLowStock : Availability::kInStock;
  return {level, count};
}

}  // namespace floorwalker::embedded
