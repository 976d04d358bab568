#include "agent/core/answers_json.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

#include "agent/core/json_writer.h"
#include "agent/core/units.h"

// Writing. Each `put` leaves out what is empty, unknown or the usual case.
namespace floorwalker {
namespace {

using json::Writer;

bool reads_as_measure(std::string_view text) {
  const std::size_t blank = text.find(' ');
  if (blank == std::string_view::npos || blank == 0) return false;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + blank, number);
  if (error != std::errc() || end != text.data() + blank) return false;
  const auto unit = find_unit(text.substr(blank + 1));
  return unit && unit->symbol == text.substr(blank + 1);
}

void put(Writer& out, const Measure& measure) {
  if (measure.unit == Unit{}) {
    out.number(measure.value);
  } else if (const auto known = find_unit(measure.unit.symbol); known && *known == measure.unit && std::isfinite(measure.value)) {
    out.text(json::number_text(measure.value) + " " + measure.unit.symbol);
  } else {
    out.open('{').key("value").number(measure.value).field("unit", measure.unit.symbol).close('}');
  }
}

void put(Writer& out, const AttributeValue& value) {
  if (const auto* measure = std::get_if<Measure>(&value)) {
    put(out, *measure);
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    out.boolean(*flag);
  } else if (const auto& text = std::get<std::string>(value); reads_as_measure(text)) {
    out.open('{').field("text", text).close('}');
  } else {
    out.text(text);
  }
}

void put_money(Writer& out, std::string_view key, const Money& money) {
  if (money != Money{}) out.field(key, money_text(money));
}

void put_money(Writer& out, std::string_view key, const std::optional<Money>& money) {
  if (money) out.field(key, money_text(*money));
}

void put_texts(Writer& out, std::string_view key, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  out.key(key).open('[');
  for (const std::string& text : texts) out.text(text);
  out.close(']');
}

// Entries of one name stand together, where the first of them stood.
void put_attributes(Writer& out, const std::vector<Attribute>& attributes) {
  if (attributes.empty()) return;
  out.key("attributes").open('{');
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    const auto same = [&](const Attribute& other) { return other.name == attributes[i].name; };
    const auto here = attributes.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::any_of(attributes.begin(), here, same)) continue;
    const auto count = std::count_if(here, attributes.end(), same);
    out.key(attributes[i].name);
    if (count > 1) out.open('[');
    std::for_each(here, attributes.end(), [&](const Attribute& other) {
      if (same(other)) put(out, other.value);
    });
    if (count > 1) out.close(']');
  }
  out.close('}');
}

void put_options(Writer& out, const std::vector<OptionValue>& options) {
  if (options.empty()) return;
  out.key("options").open('{');
  for (const OptionValue& option : options) out.field(option.name, option.value);
  out.close('}');
}

void put(Writer& out, const Variant& variant) {
  out.open('{').field("id", variant.id.str()).filled("sku", variant.sku);
  put_options(out, variant.options);
  put_money(out, "price", variant.price);
  put_money(out, "compare_at", variant.compare_at);
  out.field("availability", to_string(variant.stock.availability));
  if (variant.stock.count) out.key("stock").integer(*variant.stock.count);
  out.close('}');
}

void put_variants(Writer& out, std::string_view key, const std::vector<Variant>& variants) {
  if (variants.empty()) return;
  out.key(key).open('[');
  for (const Variant& variant : variants) put(out, variant);
  out.close(']');
}

constexpr std::string_view kUnread = "the shop does not answer now: neither prices nor what is in stock can be told";

void put_price(Writer& out, const Money& from, const Money& to) {
  if (from == to) return put_money(out, "price", from);
  put_money(out, "price_from", from);
  put_money(out, "price_to", to);
}

void put_card(Writer& out, const ProductCard& card, const Hit* hit = nullptr) {
  out.open('{').field("id", card.id.str()).field("title", card.title).filled("brand", card.brand).filled("kind", card.kind);
  put_price(out, card.price_from, card.price_to);
  put_money(out, "compare_at", card.compare_at);
  out.field("availability", to_string(card.availability));
  put_attributes(out, card.attributes);
  if (!card.options.empty()) {
    out.key("options").open('{');
    for (const auto& [name, values] : card.options) {
      out.key(name).open('[');
      for (const std::string& value : values) out.text(value);
      out.close(']');
    }
    out.close('}');
  }
  put_variants(out, "variants", card.variants);
  out.filled("url", card.url).filled("image", card.image);
  if (hit) {
    out.key("match").open('{').key("score").number(std::round(hit->score * 1e4) / 1e4);
    put_texts(out, "words", hit->matched);
    put_texts(out, "fields", hit->fields);
    out.close('}');
  }
  out.close('}');
}

void put(Writer& out, const Constraint& constraint) {
  out.open('{').field("field", constraint.field).field("op", to_string(constraint.op));
  put_texts(out, "values", constraint.values);
  out.close('}');
}

void put_constraints(Writer& out, std::string_view key, const std::vector<Constraint>& constraints) {
  if (constraints.empty()) return;
  out.key(key).open('[');
  for (const Constraint& constraint : constraints) put(out, constraint);
  out.close(']');
}

std::string_view name_of(SortBy sort) {
  switch (sort) {
    case SortBy::kRelevance: return "relevance";
    case SortBy::kPriceAscending: return "price_ascending";
    case SortBy::kPriceDescending: return "price_descending";
    case SortBy::kAttributeAscending: return "attribute_ascending";
    case SortBy::kAttributeDescending: return "attribute_descending";
  }
  return "relevance";
}

void put(Writer& out, const SearchRequest& request) {
  out.open('{').filled("words", request.words);
  put_constraints(out, "constraints", request.constraints);
  if (request.sort != SortBy::kRelevance) out.field("sort", name_of(request.sort));
  out.filled("sort_attribute", request.sort_attribute);
  if (request.offset) out.key("offset").integer(static_cast<std::int64_t>(request.offset));
  if (request.limit != SearchRequest{}.limit) out.key("limit").integer(static_cast<std::int64_t>(request.limit));
  put_texts(out, "relax_in_order", request.relax_in_order);
  if (request.broad) out.key("broad").boolean(true);
  out.close('}');
}

void put(Writer& out, const Facet& facet) {
  out.open('{').field("field", facet.field).key("covered").integer(static_cast<std::int64_t>(facet.covered));
  if (facet.low) put(out.key("low"), *facet.low);
  if (facet.high) put(out.key("high"), *facet.high);
  if (!facet.values.empty()) {
    out.key("values").open('{');
    for (const FacetValue& value : facet.values) out.key(value.value).integer(static_cast<std::int64_t>(value.count));
    out.close('}');
  }
  out.close('}');
}

void put(Writer& out, const CartLine& line) {
  out.open('{').field("id", line.id.str()).field("product", line.product.str()).field("variant", line.variant.str());
  out.field("title", line.title);
  put_options(out, line.options);
  out.key("quantity").integer(line.quantity);
  put_money(out, "unit_price", line.unit_price);
  put_money(out, "total", line.total);
  out.close('}');
}

void put(Writer& out, const Cart& cart) {
  out.open('{').filled("id", cart.id.str()).key("lines").open('[');
  for (const CartLine& line : cart.lines) put(out, line);
  out.close(']');
  if (!cart.discounts.empty()) {
    out.key("discounts").open('[');
    for (const AppliedDiscount& discount : cart.discounts) {
      out.open('{').field("code", discount.code);
      put_money(out, "amount", discount.amount);
      out.close('}');
    }
    out.close(']');
  }
  put_money(out, "subtotal", cart.subtotal);
  put_money(out, "total", cart.total);
  out.close('}');
}

void put(Writer& out, const Order& order) {
  out.open('{').field("id", order.id.str()).filled("status", order.status).filled("placed", order.placed);
  out.filled("expected", order.expected).filled("tracking", order.tracking).key("lines").open('[');
  for (const OrderLine& line : order.lines) {
    out.open('{').field("variant", line.variant.str()).field("title", line.title);
    put_options(out, line.options);
    out.key("quantity").integer(line.quantity);
    put_money(out, "unit_price", line.unit_price);
    out.close('}');
  }
  out.close(']');
  put_money(out, "total", order.total);
  out.close('}');
}

std::string two_digits(long value) { return (value < 10 ? "0" : "") + std::to_string(value); }

std::string iso_time(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const auto millis = (time - day).count();
  std::string fraction = std::to_string(1000 + millis % 1000).substr(1);
  return std::to_string(int(date.year())) + "-" + two_digits(unsigned(date.month())) + "-" + two_digits(unsigned(date.day())) + "T" +
         two_digits(millis / 3600000) + ":" + two_digits(millis / 60000 % 60) + ":" + two_digits(millis / 1000 % 60) + "." + fraction + "Z";
}

void put_categories(Writer& out, const std::vector<std::vector<std::string>>& categories) {
  if (categories.empty()) return;
  out.key("categories").open('[');
  for (const auto& path : categories) {
    out.open('[');
    for (const std::string& name : path) out.text(name);
    out.close(']');
  }
  out.close(']');
}

void put(Writer& out, const Comparison::Axis& axis, const std::vector<ProductCard>& products) {
  out.open('{').field("name", axis.name).key("values").open('{');
  for (std::size_t i = 0; i < axis.cells.size() && i < products.size(); ++i) {
    out.key(products[i].id.str());
    if (axis.cells[i].value) {
      put(out, *axis.cells[i].value);
    } else {
      out.null();
    }
  }
  out.close('}');
  if (axis.winner && *axis.winner < products.size()) out.field("winner", products[*axis.winner].id.str());
  if (axis.differs) out.key("differs").boolean(true);
  out.filled("why", axis.why).close('}');
}

void put_product(Writer& out, const Product& product) {
  out.field("id", product.id.str()).field("title", product.title).filled("brand", product.brand).filled("kind", product.kind);
  out.field("availability", to_string(availability_of(product)));
  put_attributes(out, product.attributes);
  put_variants(out, "variants", product.variants);
  out.filled("description", product.description);
  put_texts(out, "highlights", product.highlights);
  put_categories(out, product.categories);
  put_texts(out, "tags", product.tags);
  put_texts(out, "identifiers", product.identifiers);
  out.filled("url", product.url);
  put_texts(out, "images", product.images);
}

}  // namespace

std::string money_text(const Money& money) {
  const std::string_view code = money.currency.code();
  return decimal(money) + " " + std::string(code.empty() ? "XXX" : code);  // ISO 4217: no currency
}

std::optional<Money> money_from_text(std::string_view text) {
  if (text.size() < 5 || text[text.size() - 4] != ' ') return std::nullopt;
  const std::string_view code = text.substr(text.size() - 3);
  if (!std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) return std::nullopt;
  const Currency currency = code == "XXX" ? Currency{} : *Currency::parse(code);
  std::string digits(text.substr(0, text.size() - 4));
  if (currency.digits() > 0) {
    const std::size_t point = digits.find('.');
    if (point == std::string::npos || digits.size() - point - 1 != static_cast<std::size_t>(currency.digits())) return std::nullopt;
    digits.erase(point, 1);
  }
  std::int64_t minor = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), minor);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return Money{minor, currency};
}

std::string value_text(const AttributeValue& value) {
  const auto* measure = std::get_if<Measure>(&value);
  if (!measure) return format(value);
  return json::number_text(measure->value) + (measure->unit.symbol.empty() ? "" : " " + measure->unit.symbol);
}

std::string to_json(const SearchRequest& request) {
  Writer out;
  put(out, request);
  return out.take();
}

std::string to_json(const SearchPage& page) {
  Writer out;
  out.open('{').field("outcome", to_string(page.outcome)).filled("kind", page.kind);
  out.key("total").integer(static_cast<std::int64_t>(page.total)).key("complete").boolean(page.complete);
  if (page.at_least) out.key("at_least").boolean(true);
  put(out.key("request"), page.request);
  out.key("products").open('[');
  for (std::size_t i = 0; i < page.products.size(); ++i) {
    put_card(out, page.products[i], i < page.hits.size() ? &page.hits[i] : nullptr);
  }
  out.close(']');
  put_constraints(out, "relaxed", page.relaxed);
  put_constraints(out, "unfilterable", page.unfilterable);
  put_texts(out, "corrections", page.corrections);
  put_money(out, "price_low", page.price_low);
  put_money(out, "price_high", page.price_high);
  if (prices_unread(page.products)) out.field("prices", kUnread);
  if (!page.facets.empty()) {
    out.key("facets").open('[');
    for (const Facet& facet : page.facets) put(out, facet);
    out.close(']');
  }
  return out.close('}').take();
}

std::string to_json(const ShopShape& shape) {
  Writer out;
  out.open('{').filled("scope", shape.scope).key("products").integer(static_cast<std::int64_t>(shape.products));
  put_money(out, "price_low", shape.price_low);
  put_money(out, "price_high", shape.price_high);
  if (shape.products && shape.price_low == Money{}) out.field("prices", "not known as they are now: search for what is meant to have them read");
  out.key("departments").open('[');
  for (const ShopShape::Department& department : shape.departments) {
    out.open('{').field("name", department.name).key("products").integer(static_cast<std::int64_t>(department.products));
    put_money(out, "price_low", department.price_low);
    put_money(out, "price_high", department.price_high);
    out.close('}');
  }
  out.close(']').key("extremes").open('[');
  for (const ShopShape::Extreme& extreme : shape.extremes) {
    put_card(out.open('{').field("what", extreme.what).key("product"), extreme.product);
    out.close('}');
  }
  return out.close(']').close('}').take();
}

std::string to_json(const ProductDetails& details) {
  Writer out;
  put_product(out.open('{'), details.product);
  if (!prices_known(details.product)) out.field("prices", kUnread);
  return out.field("observed", iso_time(details.observed)).close('}').take();
}

std::string to_json(const Comparison& comparison) {
  Writer out;
  out.open('{').key("products").open('[');
  for (const ProductCard& card : comparison.products) put_card(out, card);
  out.close(']').key("axes").open('[');
  for (const Comparison::Axis& axis : comparison.axes) put(out, axis, comparison.products);
  out.close(']');
  put_texts(out, "missing", comparison.missing);
  if (prices_unread(comparison.products)) out.field("prices", kUnread);
  return out.close('}').take();
}

std::string to_json(const Compatibility& answer) {
  Writer out;
  out.open('{').field("fit", to_string(answer.fit)).field("a", answer.a.str()).filled("a_title", answer.a_title);
  out.filled("b", answer.b.str()).filled("b_title", answer.b_title).key("checks").open('[');
  for (const Compatibility::Check& check : answer.checks) {
    out.open('{').field("rule", check.rule).field("fit", to_string(check.fit)).filled("left", check.left);
    out.filled("right", check.right).filled("why", check.why).close('}');
  }
  return out.close(']').close('}').take();
}

std::string to_json(const Addons& answer) {
  Writer out;
  out.open('{').field("for", answer.for_product.str()).filled("for_title", answer.for_title).key("addons").open('[');
  for (const Addon& addon : answer.addons) {
    out.open('{').field("tier", to_string(addon.tier)).filled("reason", addon.reason).field("fit", to_string(addon.fit));
    put_card(out.key("product"), addon.product);
    out.close('}');
  }
  return out.close(']').close('}').take();
}

std::string to_json(const CartAnswer& answer) {
  Writer out;
  out.open('{');
  if (answer.change != CartAnswer::Change::kNone) out.field("change", to_string(answer.change));
  if (answer.line) put(out.key("line"), *answer.line);
  if (answer.before) put(out.key("before"), *answer.before);
  if (answer.asked) out.key("asked").integer(answer.asked);
  if (answer.got) out.key("got").integer(answer.got);
  if (answer.available) out.key("available").integer(*answer.available);
  put(out.key("cart"), answer.cart);
  return out.close('}').take();
}

std::string to_json(const CheckoutAnswer& answer) {
  Writer out;
  put(out.open('{').field("url", answer.url).key("cart"), answer.cart);
  return out.close('}').take();
}

std::string to_json(const PolicyAnswer& answer) {
  Writer out;
  out.open('{').filled("topic", answer.topic).key("policies").open('[');
  for (const Policy& policy : answer.policies) {
    out.open('{').field("id", policy.id.str()).filled("topic", policy.topic).filled("title", policy.title);
    out.field("text", policy.text).filled("date", policy.date);
    put_texts(out, "applies_to", policy.applies_to);
    out.close('}');
  }
  return out.close(']').close('}').take();
}

std::string to_json(const OrderAnswer& answer) {
  Writer out;
  out.open('{').key("orders").open('[');
  for (const Order& order : answer.orders) put(out, order);
  return out.close(']').close('}').take();
}

std::string to_json(const HandOffAnswer& answer) {
  Writer out;
  return out.open('{').field("queue", answer.queue).filled("reference", answer.reference).close('}').take();
}

std::string to_json(const ErrorAnswer& answer) {
  Writer out;
  out.open('{').key("error").open('{').field("kind", to_string(answer.error.kind)).field("message", answer.error.message);
  out.filled("field", answer.field).filled("say", answer.say);
  put_texts(out, "accepted", answer.accepted);
  if (answer.available) out.key("available").integer(*answer.available);
  put_variants(out, "choices", answer.choices);
  if (answer.cart) put(out.key("cart"), *answer.cart);
  return out.close('}').close('}').take();
}

}  // namespace floorwalker
