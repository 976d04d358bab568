#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/catalogue.h"

namespace floorwalker {

struct CartLine {
  LineId id;
  ProductId product;
  VariantId variant;
  std::string title;
  std::vector<OptionValue> options;
  std::int64_t quantity = 1;
  Money unit_price;
  Money total;

  bool operator==(const CartLine&) const = default;
};

struct AppliedDiscount {
  std::string code;
  Money amount;  // positive: what it takes off

  bool operator==(const AppliedDiscount&) const = default;
};

// The shopper's cart as the shop last reported it. Totals come from the shop and are never computed here.
struct Cart {
  CartId id;
  std::vector<CartLine> lines;
  std::vector<AppliedDiscount> discounts;
  Money subtotal;
  Money total;

  bool operator==(const Cart&) const = default;
};

struct OrderLine {
  VariantId variant;
  std::string title;
  std::vector<OptionValue> options;
  std::int64_t quantity = 1;
  Money unit_price;

  bool operator==(const OrderLine&) const = default;
};

struct Order {
  OrderId id;
  std::string status;  // the shop's word: "pending", "shipped", "delivered", "cancelled"
  std::string placed;  // ISO 8601 day, "" if unknown
  std::vector<OrderLine> lines;
  Money total;
  std::string tracking;         // "" if none
  std::string expected;         // ISO 8601 day of delivery, "" if unknown

  bool operator==(const Order&) const = default;
};

}  // namespace floorwalker
