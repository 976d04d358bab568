#pragma once

#include <string>
#include <variant>

#include "adapters/embedded/listing.h"
#include "adapters/embedded/problems.h"
#include "adapters/embedded/shop.h"
#include "adapters/embedded/value.h"
#include "agent/core/cart.h"

// The native format (README.md): one typed record a line.
namespace floorwalker::embedded {

struct DiscountRecord {
  std::string code;
  std::int64_t basis_points = 0;  // of the subtotal; 0 for a fixed amount
  std::int64_t amount = 0;        // minor units
  std::int64_t min_total = 0;
  bool active = true;
};

struct OrderRecord {
  Order order;      // lines without a title get it, and their options, from the shop; lines of price -1 their price
  std::string email;
  bool total_told = false;
};

using NativeRecord = std::variant<std::monostate, Listing, ShopSettings, Relation, Policy, DiscountRecord, OrderRecord>;

// Reads a record; monostate where there are problems. Amounts are in `currency`.
NativeRecord parse_native(const Value& record, const Currency& currency, FieldProblems& problems);

// The currency of a `shop` record, nothing for any other record.
std::optional<Currency> native_currency(const Value& record);

}  // namespace floorwalker::embedded
