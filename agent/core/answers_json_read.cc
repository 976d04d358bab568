#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "agent/core/answers_json.h"
#include "agent/core/units.h"

// Reading. Inside this file a wrong place is told by throwing Misread, which gathers the path on its way out.
namespace floorwalker {
namespace {

using Json = nlohmann::ordered_json;

struct Misread {
  std::string path;
  std::string problem;
};

[[noreturn]] void misread(std::string_view path, std::string problem) { throw Misread{std::string(path), std::move(problem)}; }

// The member of that name, or null where it is absent.
const Json* member(const Json& object, std::string_view name) {
  if (!object.is_object()) misread("", "expected an object");
  const auto found = object.find(std::string(name));
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::string text_of(const Json& value, std::string_view path) {
  if (!value.is_string()) misread(path, "expected text");
  return value.get<std::string>();
}

std::string text(const Json& object, std::string_view name) {
  const Json* value = member(object, name);
  return value ? text_of(*value, name) : "";
}

std::int64_t integer(const Json& object, std::string_view name, std::int64_t otherwise = 0) {
  const Json* value = member(object, name);
  if (!value) return otherwise;
  if (!value->is_number_integer()) misread(name, "expected a whole number");
  return value->get<std::int64_t>();
}

std::size_t count(const Json& object, std::string_view name, std::size_t otherwise = 0) {
  const std::int64_t value = integer(object, name, static_cast<std::int64_t>(otherwise));
  if (value < 0) misread(name, "expected a whole number, 0 or more");
  return static_cast<std::size_t>(value);
}

std::optional<std::int64_t> maybe_integer(const Json& object, std::string_view name) {
  if (!member(object, name)) return std::nullopt;
  return integer(object, name);
}

bool flag(const Json& object, std::string_view name) {
  const Json* value = member(object, name);
  if (!value) return false;
  if (!value->is_boolean()) misread(name, "expected true or false");
  return value->get<bool>();
}

std::optional<Money> maybe_money(const Json& object, std::string_view name) {
  const Json* value = member(object, name);
  if (!value) return std::nullopt;
  const auto money = money_from_text(text_of(*value, name));
  if (!money) misread(name, "expected an amount such as \"1299.00 USD\"");
  return money;
}

Money money(const Json& object, std::string_view name) { return maybe_money(object, name).value_or(Money{}); }

// The enumerator that is written so.
template <typename E>
E named(const Json& object, std::string_view name, std::initializer_list<E> all, E otherwise) {
  const Json* value = member(object, name);
  if (!value) return otherwise;
  const std::string written = text_of(*value, name);
  const auto* found = std::find_if(all.begin(), all.end(), [&](E one) { return to_string(one) == written; });
  if (found == all.end()) misread(name, "unknown word '" + written + "'");
  return *found;
}

// Calls `read` with each element of an array, and puts the element's place before what it throws.
template <typename F>
void each(const Json& object, std::string_view name, F read) {
  const Json* array = member(object, name);
  if (!array) return;
  if (!array->is_array()) misread(name, "expected a list");
  for (std::size_t i = 0; i < array->size(); ++i) {
    try {
      read((*array)[i]);
    } catch (const Misread& inner) {
      const std::string dot = inner.path.empty() ? "" : "." + inner.path;
      misread(std::string(name) + "[" + std::to_string(i) + "]" + dot, inner.problem);
    }
  }
}

// The same for the members of an object.
template <typename F>
void each_member(const Json& object, std::string_view name, F read) {
  const Json* map = member(object, name);
  if (!map) return;
  if (!map->is_object()) misread(name, "expected an object");
  for (const auto& [key, value] : map->items()) read(key, value);
}

std::vector<std::string> texts(const Json& object, std::string_view name) {
  std::vector<std::string> all;
  each(object, name, [&](const Json& one) { all.push_back(text_of(one, "")); });
  return all;
}

std::optional<Measure> measure_from_text(const std::string& text) {
  const std::size_t blank = text.find(' ');
  if (blank == std::string::npos || blank == 0) return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + blank, number);
  if (error != std::errc() || end != text.data() + blank) return std::nullopt;
  const std::string symbol = text.substr(blank + 1);
  const auto unit = find_unit(symbol);
  if (!unit || unit->symbol != symbol) return std::nullopt;
  return Measure{number, *unit};
}

AttributeValue value_of(const Json& value, std::string_view path) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number()) return Measure{value.get<double>(), Unit{}};
  if (value.is_object()) {
    if (const Json* number = member(value, "value"); number && number->is_number()) {
      return Measure{number->get<double>(), Unit{text(value, "unit"), Dimension::kNone, 1, 0}};
    }
    return text(value, "text");
  }
  const std::string written = text_of(value, path);
  if (const auto measure = measure_from_text(written)) return *measure;
  return written;
}

std::optional<Measure> maybe_measure(const Json& object, std::string_view name) {
  const Json* value = member(object, name);
  if (!value) return std::nullopt;
  const AttributeValue read = value_of(*value, name);
  if (!std::holds_alternative<Measure>(read)) misread(name, "expected a number with its unit");
  return std::get<Measure>(read);
}

std::vector<Attribute> attributes(const Json& object) {
  std::vector<Attribute> all;
  each_member(object, "attributes", [&](const std::string& name, const Json& value) {
    if (value.is_null()) return;
    if (!value.is_array()) return all.push_back({name, value_of(value, name)});
    for (const Json& one : value) all.push_back({name, value_of(one, name)});
  });
  return all;
}

std::vector<OptionValue> options(const Json& object) {
  std::vector<OptionValue> all;
  each_member(object, "options", [&](const std::string& name, const Json& value) { all.push_back({name, text_of(value, name)}); });
  return all;
}

Availability availability(const Json& object) {
  using enum Availability;
  return named(object, "availability", {kUnknown, kInStock, kLowStock, kOutOfStock}, kUnknown);
}

Variant variant(const Json& object) {
  Variant read;
  read.id = VariantId(text(object, "id"));
  read.sku = text(object, "sku");
  read.options = options(object);
  read.price = money(object, "price");
  read.compare_at = maybe_money(object, "compare_at");
  read.stock = {availability(object), maybe_integer(object, "stock")};
  return read;
}

std::vector<Variant> variants(const Json& object, std::string_view name) {
  std::vector<Variant> all;
  each(object, name, [&](const Json& one) { all.push_back(variant(one)); });
  return all;
}

ProductCard card(const Json& object) {
  ProductCard read;
  read.id = ProductId(text(object, "id"));
  read.title = text(object, "title");
  read.brand = text(object, "brand");
  read.kind = text(object, "kind");
  const auto price = maybe_money(object, "price");
  read.price_from = price ? *price : money(object, "price_from");
  read.price_to = price ? *price : money(object, "price_to");
  read.compare_at = maybe_money(object, "compare_at");
  read.availability = availability(object);
  read.attributes = attributes(object);
  each_member(object, "options", [&](const std::string& name, const Json& values) {
    if (!values.is_array()) misread("options." + name, "expected a list");
    read.options.emplace_back(name, std::vector<std::string>());
    for (const Json& one : values) read.options.back().second.push_back(text_of(one, name));
  });
  read.variants = variants(object, "variants");
  read.url = text(object, "url");
  read.image = text(object, "image");
  return read;
}

ProductCard card_in(const Json& object, std::string_view name) {
  const Json* value = member(object, name);
  if (!value) misread(name, "missing");
  return card(*value);
}

Constraint constraint(const Json& object) {
  using enum Constraint::Op;
  return {text(object, "field"), named(object, "op", {kEquals, kNot, kAtMost, kAtLeast, kBetween, kOneOf}, kEquals), texts(object, "values")};
}

std::vector<Constraint> constraints(const Json& object, std::string_view name) {
  std::vector<Constraint> all;
  each(object, name, [&](const Json& one) { all.push_back(constraint(one)); });
  return all;
}

SearchRequest request(const Json& object) {
  static const std::vector<std::string> kSorts = {"relevance", "price_ascending", "price_descending", "attribute_ascending", "attribute_descending"};
  SearchRequest read;
  read.words = text(object, "words");
  read.constraints = constraints(object, "constraints");
  if (const std::string sort = text(object, "sort"); !sort.empty()) {
    const auto found = std::find(kSorts.begin(), kSorts.end(), sort);
    if (found == kSorts.end()) misread("sort", "unknown word '" + sort + "'");
    read.sort = static_cast<SortBy>(found - kSorts.begin());
  }
  read.sort_attribute = text(object, "sort_attribute");
  read.offset = count(object, "offset");
  read.limit = count(object, "limit", read.limit);
  read.relax_in_order = texts(object, "relax_in_order");
  read.broad = flag(object, "broad");
  return read;
}

Facet facet(const Json& object) {
  Facet read;
  read.field = text(object, "field");
  read.covered = count(object, "covered");
  read.low = maybe_measure(object, "low");
  read.high = maybe_measure(object, "high");
  each_member(object, "values", [&](const std::string& value, const Json& number) {
    if (!number.is_number_unsigned()) misread("values." + value, "expected a count");
    read.values.push_back({value, number.get<std::size_t>()});
  });
  return read;
}

Hit hit(const Json& object, const ProductId& product) {
  Hit read;
  read.product = product;
  if (const Json* match = member(object, "match")) {
    if (const Json* score = member(*match, "score"); score && score->is_number()) read.score = score->get<double>();
    read.matched = texts(*match, "words");
    read.fields = texts(*match, "fields");
  }
  return read;
}

SearchPage search_page(const Json& object) {
  using enum SearchOutcome;
  SearchPage read;
  read.outcome = named(object, "outcome", {kFound, kNotCarried, kNoneMatch, kCannotFilter, kUnknownField}, kFound);
  read.kind = text(object, "kind");
  read.total = count(object, "total");
  read.complete = flag(object, "complete");
  read.at_least = flag(object, "at_least");
  if (const Json* asked = member(object, "request")) read.request = request(*asked);
  each(object, "products", [&](const Json& one) {
    read.products.push_back(card(one));
    read.hits.push_back(hit(one, read.products.back().id));
  });
  read.relaxed = constraints(object, "relaxed");
  read.unfilterable = constraints(object, "unfilterable");
  read.corrections = texts(object, "corrections");
  read.price_low = maybe_money(object, "price_low");
  read.price_high = maybe_money(object, "price_high");
  each(object, "facets", [&](const Json& one) { read.facets.push_back(facet(one)); });
  return read;
}

ShopShape shop_shape(const Json& object) {
  ShopShape read;
  read.scope = text(object, "scope");
  read.products = count(object, "products");
  read.price_low = money(object, "price_low");
  read.price_high = money(object, "price_high");
  each(object, "departments", [&](const Json& one) {
    read.departments.push_back({text(one, "name"), count(one, "products"), money(one, "price_low"), money(one, "price_high")});
  });
  each(object, "extremes", [&](const Json& one) { read.extremes.push_back({text(one, "what"), card_in(one, "product")}); });
  return read;
}

Time time_of(const Json& object, std::string_view name) {
  const std::string written = text(object, name);
  if (written.empty()) return {};
  int year = 0;
  unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0, millis = 0;
  if (std::sscanf(written.c_str(), "%d-%u-%uT%u:%u:%u.%uZ", &year, &month, &day, &hour, &minute, &second, &millis) != 7) {
    misread(name, "expected a time such as \"2026-11-22T13:35:00.000Z\"");
  }
  const std::chrono::sys_days date = std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day);
  return Time(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second) + std::chrono::milliseconds(millis);
}

ProductDetails product_details(const Json& object) {
  ProductDetails read;
  Product& product = read.product;
  product.id = ProductId(text(object, "id"));
  product.title = text(object, "title");
  product.brand = text(object, "brand");
  product.kind = text(object, "kind");
  product.attributes = attributes(object);
  product.variants = variants(object, "variants");
  product.description = text(object, "description");
  product.highlights = texts(object, "highlights");
  each(object, "categories", [&](const Json& path) {
    std::vector<std::string> names;
    for (const Json& name : path) names.push_back(text_of(name, ""));
    product.categories.push_back(std::move(names));
  });
  product.tags = texts(object, "tags");
  product.identifiers = texts(object, "identifiers");
  product.url = text(object, "url");
  product.images = texts(object, "images");
  read.observed = time_of(object, "observed");
  return read;
}

Comparison::Cell cell(const Json& value, const std::string& name) {
  if (value.is_null()) return {std::nullopt, "not stated"};
  const AttributeValue read = value_of(value, name);
  if (const auto* written = std::get_if<std::string>(&read)) {
    if (const auto price = money_from_text(*written)) return {read, format(*price)};
  }
  return {read, format(read)};
}

Comparison comparison(const Json& object) {
  Comparison read;
  each(object, "products", [&](const Json& one) { read.products.push_back(card(one)); });
  each(object, "axes", [&](const Json& one) {
    Comparison::Axis axis;
    axis.name = text(one, "name");
    const std::string winner = text(one, "winner");
    const Json* values = member(one, "values");
    for (std::size_t i = 0; i < read.products.size(); ++i) {
      const std::string& id = read.products[i].id.str();
      const auto found = values ? values->find(id) : Json::const_iterator();
      axis.cells.push_back(values && found != values->end() ? cell(*found, id) : Comparison::Cell{std::nullopt, "not stated"});
      if (!winner.empty() && winner == id) axis.winner = i;
    }
    axis.differs = flag(one, "differs");
    axis.why = text(one, "why");
    read.axes.push_back(std::move(axis));
  });
  read.missing = texts(object, "missing");
  return read;
}

Fit fit(const Json& object) { return named(object, "fit", {Fit::kYes, Fit::kNo, Fit::kUnknown}, Fit::kUnknown); }

Compatibility compatibility(const Json& object) {
  Compatibility read;
  read.fit = fit(object);
  read.a = ProductId(text(object, "a"));
  read.a_title = text(object, "a_title");
  read.b = ProductId(text(object, "b"));
  read.b_title = text(object, "b_title");
  each(object, "checks", [&](const Json& one) {
    read.checks.push_back({text(one, "rule"), fit(one), text(one, "left"), text(one, "right"), text(one, "why")});
  });
  return read;
}

Addons addons(const Json& object) {
  using enum Addon::Tier;
  Addons read;
  read.for_product = ProductId(text(object, "for"));
  read.for_title = text(object, "for_title");
  each(object, "addons", [&](const Json& one) {
    read.addons.push_back({named(one, "tier", {kRequired, kRecommended, kPremium}, kRecommended), card_in(one, "product"), text(one, "reason"), fit(one)});
  });
  return read;
}

CartLine cart_line(const Json& object) {
  CartLine read;
  read.id = LineId(text(object, "id"));
  read.product = ProductId(text(object, "product"));
  read.variant = VariantId(text(object, "variant"));
  read.title = text(object, "title");
  read.options = options(object);
  read.quantity = integer(object, "quantity", 1);
  read.unit_price = money(object, "unit_price");
  read.total = money(object, "total");
  return read;
}

Cart cart(const Json& object) {
  Cart read;
  read.id = CartId(text(object, "id"));
  each(object, "lines", [&](const Json& one) { read.lines.push_back(cart_line(one)); });
  each(object, "discounts", [&](const Json& one) { read.discounts.push_back({text(one, "code"), money(one, "amount")}); });
  read.subtotal = money(object, "subtotal");
  read.total = money(object, "total");
  return read;
}

CartAnswer cart_answer(const Json& object) {
  using enum CartAnswer::Change;
  CartAnswer read;
  read.change = named(object, "change", {kNone, kAdded, kQuantityChanged, kVariantChanged, kRemoved, kDiscountApplied, kPartlyAdded}, kNone);
  if (const Json* line = member(object, "line")) read.line = cart_line(*line);
  if (const Json* before = member(object, "before")) read.before = cart_line(*before);
  read.asked = integer(object, "asked");
  read.got = integer(object, "got");
  read.available = maybe_integer(object, "available");
  if (const Json* now = member(object, "cart")) read.cart = cart(*now);
  return read;
}

CheckoutAnswer checkout_answer(const Json& object) {
  const Json* now = member(object, "cart");
  return {now ? cart(*now) : Cart{}, text(object, "url")};
}

PolicyAnswer policy_answer(const Json& object) {
  PolicyAnswer read;
  read.topic = text(object, "topic");
  each(object, "policies", [&](const Json& one) {
    read.policies.push_back({PolicyId(text(one, "id")), text(one, "topic"), text(one, "title"), text(one, "text"), text(one, "date"), texts(one, "applies_to")});
  });
  return read;
}

Order order(const Json& object) {
  Order read;
  read.id = OrderId(text(object, "id"));
  read.status = text(object, "status");
  read.placed = text(object, "placed");
  read.expected = text(object, "expected");
  read.tracking = text(object, "tracking");
  each(object, "lines", [&](const Json& one) {
    read.lines.push_back({VariantId(text(one, "variant")), text(one, "title"), options(one), integer(one, "quantity", 1), money(one, "unit_price")});
  });
  read.total = money(object, "total");
  return read;
}

OrderAnswer order_answer(const Json& object) {
  OrderAnswer read;
  each(object, "orders", [&](const Json& one) { read.orders.push_back(order(one)); });
  return read;
}

HandOffAnswer hand_off_answer(const Json& object) { return {text(object, "queue"), text(object, "reference")}; }

ErrorAnswer error_answer(const Json& object) {
  using enum ErrorKind;
  const Json* error = member(object, "error");
  if (!error) misread("error", "missing");
  ErrorAnswer read;
  read.error.kind = named(*error, "kind", {kInvalidArgument, kNotFound, kOutOfStock, kRefused, kConflict, kUnavailable, kTimeout, kOutcomeUnknown,
                                           kMalformed, kCancelled, kIo, kInternal}, kInternal);
  read.error.message = text(*error, "message");
  read.field = text(*error, "field");
  read.accepted = texts(*error, "accepted");
  read.available = maybe_integer(*error, "available");
  read.say = text(*error, "say");
  read.choices = variants(*error, "choices");
  if (const Json* now = member(*error, "cart")) read.cart = cart(*now);
  return read;
}

// Runs a reader over JSON text; whatever is wrong becomes an Error that names the place.
template <typename T>
Result<T> read_with(std::string_view json, T (*reader)(const Json&)) {
  try {
    return reader(Json::parse(json));
  } catch (const Misread& wrong) {
    return fail(ErrorKind::kMalformed, "cannot read the answer" + (wrong.path.empty() ? "" : " at " + wrong.path) + ": " + wrong.problem);
  } catch (const nlohmann::json::exception& wrong) {
    return fail(ErrorKind::kMalformed, "cannot read the answer: it is not JSON of the expected form", wrong.what());
  }
}

}  // namespace

Result<SearchRequest> search_request_from_json(std::string_view json) { return read_with(json, request); }
Result<SearchPage> search_page_from_json(std::string_view json) { return read_with(json, search_page); }
Result<ShopShape> shop_shape_from_json(std::string_view json) { return read_with(json, shop_shape); }
Result<ProductDetails> product_details_from_json(std::string_view json) { return read_with(json, product_details); }
Result<Comparison> comparison_from_json(std::string_view json) { return read_with(json, comparison); }
Result<Compatibility> compatibility_from_json(std::string_view json) { return read_with(json, compatibility); }
Result<Addons> addons_from_json(std::string_view json) { return read_with(json, addons); }
Result<CartAnswer> cart_answer_from_json(std::string_view json) { return read_with(json, cart_answer); }
Result<CheckoutAnswer> checkout_answer_from_json(std::string_view json) { return read_with(json, checkout_answer); }
Result<PolicyAnswer> policy_answer_from_json(std::string_view json) { return read_with(json, policy_answer); }
Result<OrderAnswer> order_answer_from_json(std::string_view json) { return read_with(json, order_answer); }
Result<HandOffAnswer> hand_off_answer_from_json(std::string_view json) { return read_with(json, hand_off_answer); }
Result<ErrorAnswer> error_answer_from_json(std::string_view json) { return read_with(json, error_answer); }

}  // namespace floorwalker
