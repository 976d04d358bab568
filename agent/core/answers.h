#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/cart.h"
#include "agent/core/catalogue.h"
#include "agent/core/considered.h"
#include "agent/core/result.h"

// What the tools answer, typed. Each has one JSON form (agent/core/answers_json.h), which is what a language model reads, what the
// journal keeps and what evidence points into.
namespace floorwalker {

// A bound that a shopper or a need put on an attribute, option, price, brand, kind, category, tag or stock.
struct Constraint {
  enum class Op { kEquals, kNot, kAtMost, kAtLeast, kBetween, kOneOf };

  std::string field;                // attribute or option name, or one of: price, brand, kind, category, tag, stock
  Op op = Op::kEquals;
  std::vector<std::string> values;  // text form; kBetween has two, kOneOf any number, the others one. Numbers carry their unit: "1.5 kg"

  bool operator==(const Constraint&) const = default;
};

std::string_view to_string(Constraint::Op op);  // "equals", "not", "at_most", "at_least", "between", "one_of"

enum class SortBy { kRelevance, kPriceAscending, kPriceDescending, kAttributeAscending, kAttributeDescending };

// What search_catalogue is asked.
struct SearchRequest {
  std::string words;                   // free text, "" to browse
  std::vector<Constraint> constraints;
  SortBy sort = SortBy::kRelevance;
  std::string sort_attribute;          // for the two attribute orders
  std::size_t offset = 0;
  std::size_t limit = 6;
  std::vector<std::string> relax_in_order;  // fields that may be dropped, first to last, when nothing matches
  bool broad = false;                  // the words only rank: products of another kind, or with few of the words, match as well

  bool operator==(const SearchRequest&) const = default;
};

// Why a product is in the result.
struct Hit {
  ProductId product;
  double score = 0;
  std::vector<std::string> matched;   // words of the request found in the product
  std::vector<std::string> fields;    // and where: "title", "kind", "brand", "attributes" ...
};

// How often a value occurs among everything that matched: for questions and for filters.
struct FacetValue {
  std::string value;      // text form, with unit
  std::size_t count = 0;
};

struct Facet {
  std::string field;                  // attribute or option name, "price", "brand", "kind", "category"
  std::vector<FacetValue> values;     // most frequent first; for numbers the shop's natural steps
  std::size_t covered = 0;            // matching products that have the field at all
  std::optional<Measure> low, high;   // numeric fields: the range; price in major units of the shop's currency
};

enum class SearchOutcome {
  kFound,
  kNotCarried,       // the shop has no such kind of thing
  kNoneMatch,        // it has the kind, but nothing meets the constraints, even relaxed
  kCannotFilter,     // products are listed, but a constraint names something the catalogue does not record
  kUnknownField,     // a constraint names a field, category or unit that does not exist
};

std::string_view to_string(SearchOutcome outcome);

// A product as lists show it: enough to recommend, compare and refer to.
struct ProductCard {
  ProductId id;
  std::string title;
  std::string brand;
  std::string kind;
  Money price_from;                    // cheapest variant that meets the constraints
  Money price_to;                      // dearest such variant
  std::optional<Money> compare_at;     // of the cheapest
  Availability availability = Availability::kUnknown;
  std::vector<Attribute> attributes;   // those that matter for the request first, bounded
  std::vector<std::pair<std::string, std::vector<std::string>>> options;  // option name -> values that exist (in stock first)
  std::vector<Variant> variants;       // those that meet the constraints, bounded to 40; price and stock live. Empty in a tool's result
                                       // when a product has so many that the result would swell: `options` lists the choices, get_product all
  std::string url;
  std::string image;
};

// Whether these are as a copy of the catalogue has them, because the shop could not be asked: without prices and stock.
inline bool prices_unread(const std::vector<ProductCard>& cards) {
  return std::any_of(cards.begin(), cards.end(), [](const ProductCard& card) { return card.price_from == Money{}; });
}

// The result of search_catalogue. `total` counts every match in the shop, not this page: the page's extent.
struct SearchPage {
  SearchRequest request;               // as understood (corrected words, recognised kind and brand)
  SearchOutcome outcome = SearchOutcome::kFound;
  std::string kind;                    // the kind of thing that the words name, "" if none
  std::vector<ProductCard> products;   // this page, in rank order
  std::vector<Hit> hits;               // one for each product, same order
  std::size_t total = 0;
  bool complete = false;               // this page holds every match
  bool at_least = false;               // the shop has more than could be looked at: `total` counts those alone
  std::vector<Constraint> relaxed;     // dropped or widened to find these
  std::vector<Constraint> unfilterable;  // not recorded in the catalogue, so neither met nor refused
  std::vector<std::string> corrections;  // "labtop -> laptop"
  std::vector<Facet> facets;           // over everything that matched
  std::optional<Money> price_low, price_high;  // over everything that matched the kind, whatever its price
  std::vector<Considered> considered;  // what the merchant's ranking rules did: for traces, so it has no JSON
};

// The result of describe_shop: the shape of the whole shop, or of one department or kind.
struct ShopShape {
  struct Department {
    std::string name;                  // category path joined by " > ", or a kind
    std::size_t products = 0;
    Money price_low, price_high;
  };
  struct Extreme {                     // a superlative over everything in scope
    std::string what;                  // "most expensive", "cheapest", "lightest" ...
    ProductCard product;
  };
  std::string scope;                   // "" for the whole shop
  std::size_t products = 0;
  Money price_low, price_high;
  std::vector<Department> departments;
  std::vector<Extreme> extremes;
};

// get_product: everything about one product, price and stock read live.
struct ProductDetails {
  Product product;
  Time observed{};
};

// compare_products: one row for each axis that matters for the stated needs.
struct Comparison {
  struct Cell {
    std::optional<AttributeValue> value;  // nothing: the catalogue does not say
    std::string text;                     // as shown: "1.2 kg", "not stated"
  };
  struct Axis {
    std::string name;                     // attribute name or "price"
    std::vector<Cell> cells;              // one for each product
    std::optional<std::size_t> winner;    // index of the product that is better on this axis; nothing on a tie or missing data
    bool differs = false;
    std::string why;                      // which stated need makes the axis matter, "" if none
  };
  std::vector<ProductCard> products;
  std::vector<Axis> axes;
  std::vector<std::string> missing;       // axes no product states
};

enum class Fit { kYes, kNo, kUnknown };

std::string_view to_string(Fit fit);  // "yes", "no", "unknown"

// check_compatibility: every rule that was looked at, with the two values compared.
struct Compatibility {
  struct Check {
    std::string rule;         // id of the rule
    Fit fit = Fit::kUnknown;
    std::string left, right;  // "socket AM5" / "sockets AM4, AM5"; "not stated" where missing
    std::string why;          // a sentence made of the rule and both values
  };
  ProductId a, b;             // b is empty when a was checked against shopper-given facts
  std::string a_title, b_title;
  Fit fit = Fit::kUnknown;    // no if any check is no; yes if a rule applied and all are yes; else unknown
  std::vector<Check> checks;
};

struct Addon {
  enum class Tier { kRequired, kRecommended, kPremium };
  Tier tier = Tier::kRecommended;
  ProductCard product;
  std::string reason;         // from the playbook or the relation
  Fit fit = Fit::kUnknown;    // kNo is never suggested
};

std::string_view to_string(Addon::Tier tier);

struct Addons {
  ProductId for_product;
  std::string for_title;
  std::vector<Addon> addons;
};

// view_cart, update_cart, apply_discount. `applied` tells what the call changed, `cart` the state re-read from the shop.
struct CartAnswer {
  enum class Change { kNone, kAdded, kQuantityChanged, kVariantChanged, kRemoved, kDiscountApplied, kPartlyAdded };
  Change change = Change::kNone;
  std::optional<CartLine> line;            // the line that changed, as it is now (as it was, for kRemoved)
  std::optional<CartLine> before;          // for changes: as it was
  std::int64_t asked = 0;                  // quantity asked for
  std::int64_t got = 0;                    // quantity added or set
  std::optional<std::int64_t> available;   // when less than asked
  Cart cart;
};

std::string_view to_string(CartAnswer::Change change);

struct CheckoutAnswer {
  Cart cart;
  std::string url;    // from the platform or a configured template, never composed by a model
};

struct PolicyAnswer {
  std::string topic;
  std::vector<Policy> policies;  // best first; empty: the shop has no approved content on it
};

struct OrderAnswer {
  std::vector<Order> orders;
};

struct HandOffAnswer {
  std::string queue;      // where it went
  std::string reference;  // to tell the shopper, "" if none
};

// What a call that did not succeed tells the model. Nothing was changed, save with kOutcomeUnknown.
struct ErrorAnswer {
  Error error;                             // its detail is for logs and leaves no trace in JSON
  std::string field;                       // the argument at fault, "" if none: "quantity", "constraints[0].field"
  std::vector<std::string> accepted;       // what the field would accept, bounded
  std::optional<std::int64_t> available;   // how many can be had, where fewer are left than asked
  std::vector<Variant> choices;            // variants to choose from: all while the choice is open, in-stock siblings of a sold-out one
  std::optional<Cart> cart;                // re-read from the shop after a failed or unknown write
  std::string say = {};                    // the reason in words for the shopper, where the message is for the model; "" if they are the same
};

}  // namespace floorwalker
