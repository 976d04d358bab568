#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/ids.h"
#include "agent/core/money.h"
#include "agent/core/units.h"

// What a shop sells, in the words of DESIGN.md: products (listings), variants (what is bought), attributes, relations, policies.
// Plain values: copyable, valid once built, free of any storage or transport format.
namespace floorwalker {

// One typed value: text, boolean or number with unit.
using AttributeValue = std::variant<std::string, bool, Measure>;

// A fact the merchant states about a product. A name may occur several times (one entry for each value).
struct Attribute {
  std::string name;   // "battery_life": lower case, underscores; unique meaning within a catalogue
  AttributeValue value;

  bool operator==(const Attribute&) const = default;
};

// "Black", "true" -> "yes", "15.6 in": as a shopper reads it.
std::string format(const AttributeValue& value);

// One choice that makes a variant: {"size", "M"}.
struct OptionValue {
  std::string name;   // as the shop names the option: "Size"
  std::string value;  // "M"

  bool operator==(const OptionValue&) const = default;
};

enum class Availability { kUnknown, kInStock, kLowStock, kOutOfStock };

std::string_view to_string(Availability availability);  // "in_stock" ...

struct Stock {
  Availability availability = Availability::kUnknown;
  std::optional<std::int64_t> count;  // nothing where the shop only tells a level

  bool operator==(const Stock&) const = default;
};

// What is put in a cart.
struct Variant {
  VariantId id;
  std::string sku;
  std::vector<OptionValue> options;  // one for each option of the product, in the product's order; empty for single-variant products
  Money price;
  std::optional<Money> compare_at;   // the earlier, higher price; never zero, never below `price`
  Stock stock;

  bool operator==(const Variant&) const = default;
};

struct Product {
  ProductId id;
  std::string title;
  std::string brand;                       // "" if unknown
  std::string kind;                        // the shop's own product type, "" if it has none (search infers one)
  std::string description;                 // plain text
  std::vector<std::string> highlights;     // bullet points, plain text
  std::vector<std::vector<std::string>> categories;  // paths from the root; the first is the main one
  std::vector<Attribute> attributes;
  std::vector<Variant> variants;           // at least one
  std::vector<std::string> tags;
  std::vector<std::string> images;         // URLs
  std::string url;                         // the product's page, "" if unknown
  std::vector<std::string> identifiers;    // GTIN, manufacturer part number ...
  std::optional<int> margin_permille;      // of the price; for ranking rules only, never told to a shopper

  bool operator==(const Product&) const = default;
};

// The variant with the lowest price.
const Variant& cheapest_variant(const Product& product);

// False where the shop could not be asked: then no variant has a price, and what is in stock is unknown.
bool prices_known(const Product& product);

// In stock if any variant is; unknown if none is in stock and any is unknown.
Availability availability_of(const Product& product);

enum class RelationKind { kAccessory, kPartOfBundle, kReplacement, kCompatible };

std::string_view to_string(RelationKind kind);  // "accessory", "part_of_bundle", "replacement", "compatible"

struct Relation {
  ProductId from;
  RelationKind kind = RelationKind::kAccessory;
  ProductId to;

  bool operator==(const Relation&) const = default;
};

// Approved content: delivery, returns, warranty, sizing guides. Its text is what the shop promises, word for word.
struct Policy {
  PolicyId id;
  std::string topic;  // "delivery", "returns", "warranty", "sizing", "payment" ...
  std::string title;
  std::string text;   // plain text
  std::string date;   // ISO 8601 day from which it holds
  std::vector<std::string> applies_to;  // category or kind names; empty: the whole shop

  bool operator==(const Policy&) const = default;
};

}  // namespace floorwalker
