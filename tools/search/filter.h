#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "agent/core/answers.h"
#include "tools/search/lexicon.h"

namespace floorwalker::search {

// Price and stock as last seen in the shop, where they differ from the index. By product; one entry for each variant, none for a product
// that the shop no longer has.
struct LiveVariant {
  std::int64_t price = 0;
  Availability availability = Availability::kUnknown;
};
using LiveState = std::unordered_map<std::uint32_t, std::vector<LiveVariant>>;

// From the cheapest to the dearest variant, by what is known latest; low > high for a product that the shop no longer has.
struct PriceRange {
  std::int64_t low = INT64_MAX, high = INT64_MIN;
};
PriceRange price_range(const IndexData& data, std::uint32_t doc, const LiveState& live);

// One constraint, turned into sets of the index.
struct CompiledConstraint {
  enum class On { kScope, kPrice, kStock, kValues, kUnfilterable, kUnknown };

  Constraint source;
  On on = On::kValues;
  bool negated = false;
  bool settled = false;                     // everything that is looked at meets it: not tested again
  Scope scope;                              // kScope
  std::int64_t low = INT64_MIN, high = INT64_MAX;  // kPrice, minor units
  bool in_stock = true;                     // kStock
  std::vector<std::uint32_t> fields;        // kValues: any of them
  std::vector<bool> accepted;               // kValues: by value number, from `first_value`
  std::uint32_t first_value = 0;
  bool on_options = false;                  // kValues: some of the fields are options
  std::string problem;                      // kUnknown: what is wrong and what would be accepted

  // Whether any of a product's values (ascending) is accepted.
  bool accepts_any(std::span<const std::uint32_t> values) const {
    const std::size_t end = first_value + accepted.size();
    for (const std::uint32_t value : values) {
      if (value >= end) return false;
      if (value >= first_value && accepted[value - first_value]) return true;
    }
    return false;
  }

  bool accepts(std::uint32_t value) const {
    return value >= first_value && value - first_value < accepted.size() && accepted[value - first_value];
  }
};

CompiledConstraint compile(const Lexicon& lexicon, const Constraint& constraint);

// All constraints of a request.
class Filter {
 public:
  Filter(const Lexicon& lexicon, std::vector<CompiledConstraint> constraints);

  // Price, stock and options must hold on one and the same variant.
  bool passes(std::uint32_t doc, const LiveState& live) const;

  // Which variants of the product (by position) meet price, stock and options.
  std::vector<std::size_t> variants(std::uint32_t doc, const LiveState& live) const;

 private:
  using Constraints = std::vector<const CompiledConstraint*>;

  // False if the product as a whole fails; else `on_variants` are the constraints that one variant must meet together.
  bool product_passes(std::uint32_t doc, Constraints& on_variants) const;
  bool values_pass(const CompiledConstraint& one, std::uint32_t doc, Constraints& on_variants) const;
  bool variant_passes(std::uint32_t doc, std::size_t position, const Constraints& on_variants, const std::vector<LiveVariant>* live) const;

  // Whether no variant of the product, or surely one, has the price; nothing if the variants must be looked at.
  static std::optional<bool> by_price_range(const DocRow& row, const CompiledConstraint& one);

  const Lexicon& lexicon_;
  std::vector<CompiledConstraint> constraints_;  // the quickest to test first
};

// The fields that a constraint's or a shopper's name for something may mean: "colour" is "product_colour" too. Empty if none.
std::vector<std::uint32_t> fields_named(const IndexData& data, std::string_view name);

}  // namespace floorwalker::search
