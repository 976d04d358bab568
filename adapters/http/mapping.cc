#include "adapters/http/mapping.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "agent/core/text.h"
#include "agent/core/units.h"

namespace floorwalker::http {
namespace {

constexpr std::size_t kMostVariants = 2000;
constexpr std::size_t kMostLines = 1000;

std::string_view scalar(const Json& json) {
  switch (json.type) {
    case Json::Type::kTrue: return "true";
    case Json::Type::kFalse: return "false";
    case Json::Type::kText:
    case Json::Type::kNumber: return json.text;
    default: return {};
  }
}

const Json* first_of(const std::vector<Selector>& selectors, const Scope& scope) {
  for (const Selector& selector : selectors) {
    if (const Json* found = selector.first(scope)) return found;
  }
  return nullptr;
}

std::vector<const Json*> all_of(const Selector& selector, const Scope& scope) {
  std::vector<const Json*> found;
  selector.select(scope, found);
  return found;
}

std::optional<std::string> composed(const Field& field, const Scope& scope) {
  std::string out;
  for (const Field::Piece& piece : field.composed) {
    if (!piece.selector) {
      out += piece.text.plain(*scope.variables);
      continue;
    }
    const Json* found = piece.selector->first(scope);
    if (!found || found->is_container()) return std::nullopt;
    out += scalar(*found);
  }
  return out;
}

// What a field says, in the shop's characters or as `values` has it: in the document, in the field, or in `made` where it had to be made.
std::optional<std::string_view> word_at(const Field& field, const Scope& scope, std::string& made) {
  std::string_view word;
  if (field.fixed) {
    word = made = field.fixed->plain(*scope.variables);
  } else if (!field.composed.empty()) {
    auto pieces = composed(field, scope);
    if (!pieces) return std::nullopt;
    word = made = std::move(*pieces);
  } else {
    const Json* found = field.last ? nullptr : first_of(field.at, scope);
    for (std::size_t i = 0; field.last && !found && i < field.at.size(); ++i) {
      const std::vector<const Json*> all = all_of(field.at[i], scope);
      if (!all.empty()) found = all.back();
    }
    if (!found || found->is_container()) return std::nullopt;
    word = scalar(*found);
  }
  if (field.values.empty()) return word;
  const auto known = field.values.find(std::string(word));
  if (known != field.values.end()) return known->second;
  return field.otherwise;   // a word that came with a newer version: tolerated
}

std::string cleaned(std::string_view text) {
  const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text::sanitise(text);
}

std::vector<std::string> texts_at(const std::vector<Selector>& selectors, const Scope& scope) {
  std::vector<std::string> texts;
  for (const Selector& selector : selectors) {
    for (const Json* found : all_of(selector, scope)) {
      std::string text = cleaned(scalar(*found));
      if (!text.empty() && std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(std::move(text));
    }
    if (!texts.empty()) break;
  }
  return texts;
}

Error lacking(const std::string& what) { return {ErrorKind::kMalformed, "the shop's answer lacks " + what, {}}; }

// ---- money

struct Digits {
  bool negative = false;
  std::string digits;      // without the point
  std::int64_t point = 0;  // where it stood, from the left of `digits`
};

std::optional<Digits> read_digits(std::string_view text) {
  Digits out;
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) out.negative = text[at++] == '-';
  bool point = false;
  std::size_t seen = 0;
  for (; at < text.size() && (text[at] == '.' || (text[at] >= '0' && text[at] <= '9')); ++at) {
    if (text[at] == '.') {
      if (point) return std::nullopt;
      point = true;
      out.point = static_cast<std::int64_t>(out.digits.size());
    } else {
      out.digits += text[at];
      ++seen;
    }
  }
  if (seen == 0 || seen > 60) return std::nullopt;
  if (!point) out.point = static_cast<std::int64_t>(out.digits.size());
  if (at < text.size()) {
    if (text[at] != 'e' && text[at] != 'E') return std::nullopt;
    int exponent = 0;
    const char* start = text.data() + at + 1 + (at + 1 < text.size() && text[at + 1] == '+' ? 1 : 0);
    const auto [end, bad] = std::from_chars(start, text.data() + text.size(), exponent);
    if (bad != std::errc() || end != text.data() + text.size() || exponent > 40 || exponent < -40) return std::nullopt;
    out.point += exponent;
  }
  return out;
}

// "19.99", as most amounts are written; nothing for anything else.
std::optional<std::int64_t> plain_minor_units(std::string_view amount, int digits) {
  if (amount.empty() || amount.size() > 15 || amount.front() == '.') return std::nullopt;
  std::int64_t minor = 0;
  int seen = -1;   // digits after the point
  bool up = false;
  for (const char c : amount) {
    if (c == '.' && seen < 0) {
      seen = 0;
    } else if (c >= '0' && c <= '9') {
      if (seen < digits) minor = minor * 10 + (c - '0');
      else up = seen == digits ? c >= '5' : up;
      seen += seen >= 0 ? 1 : 0;
    } else {
      return std::nullopt;
    }
  }
  for (int i = std::max(seen, 0); i < digits; ++i) minor *= 10;
  return minor + (up ? 1 : 0);
}

}  // namespace

std::optional<std::int64_t> minor_units(std::string_view amount, const Currency& currency, MoneyForm form) {
  if (const auto plain = plain_minor_units(amount, form == MoneyForm::kDecimal ? static_cast<int>(currency.digits()) : 0)) return plain;
  auto read = read_digits(amount);
  if (!read) return std::nullopt;
  const std::int64_t keep = read->point + (form == MoneyForm::kDecimal ? currency.digits() : 0);
  std::int64_t minor = 0;
  for (std::int64_t i = 0; i < keep; ++i) {
    const std::int64_t digit = i < static_cast<std::int64_t>(read->digits.size()) ? read->digits[static_cast<std::size_t>(i)] - '0' : 0;
    if (minor > (std::numeric_limits<std::int64_t>::max() - 10) / 10) return std::nullopt;
    minor = minor * 10 + digit;
  }
  const bool up = keep >= 0 && keep < static_cast<std::int64_t>(read->digits.size()) && read->digits[static_cast<std::size_t>(keep)] >= '5';
  minor += up ? 1 : 0;
  return read->negative ? -minor : minor;
}

std::optional<std::string> text_at(const Field& field, const Scope& scope) {
  std::string made;
  const auto word = word_at(field, scope, made);
  if (!word) return std::nullopt;
  return field.as == Field::As::kHtml ? cleaned(text::strip_html(*word)) : cleaned(*word);
}

std::string id_at(const Field& field, const Scope& scope) {
  std::string made;
  return std::string(word_at(field, scope, made).value_or(std::string_view()));
}

std::optional<std::int64_t> whole_at(const Field& field, const Scope& scope) {
  std::string made;
  const auto word = word_at(field, scope, made);
  if (!word) return std::nullopt;
  std::string_view text = *word;
  if (const std::size_t point = text.find('.'); point != std::string_view::npos) {   // "12.0"
    if (text.find_first_not_of('0', point + 1) != std::string_view::npos) return std::nullopt;
    text = text.substr(0, point);
  }
  std::int64_t value = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (bad == std::errc() && !text.empty() && end == text.data() + text.size()) return value;
  // A number within a sentence: "Only 26 items were added".
  const std::size_t start = word->find_first_of("0123456789");
  if (start == std::string_view::npos || field.at.empty()) return std::nullopt;
  std::from_chars(word->data() + start, word->data() + word->size(), value);
  return value;
}

std::optional<bool> truth_at(const Field& field, const Scope& scope) {
  std::string made;
  const auto word = word_at(field, scope, made);
  if (!word) return std::nullopt;
  return !(*word == "false" || *word == "0" || word->empty());
}

namespace {

std::optional<Money> read_money(const Json& json, const Currency& currency, MoneyForm form) {
  const auto minor = json.is_container() ? std::nullopt : minor_units(json.text, currency, form);
  return minor ? std::optional(Money{*minor, currency}) : std::nullopt;
}

Currency currency_at(const Field& field, const Scope& scope, const Currency& otherwise) {
  if (!field.given()) return otherwise;
  std::string code = id_at(field, scope);
  std::transform(code.begin(), code.end(), code.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return Currency::parse(code).value_or(otherwise);
}

std::optional<Money> money_at(const MoneyField& field, const Scope& scope, const MappingContext& context, const Currency& currency) {
  const MoneyForm form = field.form.value_or(context.adapter.money);
  const Currency used = currency_at(field.currency, scope, currency);
  if (field.sum.empty()) {
    const Json* found = first_of(field.at, scope);
    return found ? read_money(*found, used, form) : std::nullopt;
  }
  Money sum{0, used};
  for (const Selector& selector : field.sum) {
    for (const Json* found : all_of(selector, scope)) {
      const auto one = read_money(*found, used, form);
      if (!one) return std::nullopt;
      sum.minor += one->minor;
    }
  }
  return sum;
}

// ---- options, stock, attributes

std::vector<OptionValue> map_options(const OptionsMap& map, const Scope& scope) {
  std::vector<OptionValue> options;
  const auto add = [&](std::string name, std::string value) {
    const auto hidden = map.hide.find(name);
    if (name.empty() || value.empty() || (hidden != map.hide.end() && hidden->second == value)) return;
    options.push_back({std::move(name), std::move(value)});
  };
  if (map.each) {
    for (const Json* item : all_of(*map.each, scope)) {
      const Scope inner{item, &scope, scope.variables};
      add(text_at(map.name, inner).value_or(""), text_at(map.value, inner).value_or(""));
    }
  }
  const Json* table = map.table ? map.table->first(scope) : nullptr;
  if (table && table->type == Json::Type::kObject) {
    options.reserve(table->span);
    for (const Json* member = table->begin(); member != table->end(); member = member->next()) add(text::sanitise(member->key), cleaned(scalar(*member)));
  }
  if (!map.order) return options;
  const std::vector<std::string> order = texts_at({*map.order}, scope);
  const auto place = [&](const OptionValue& option) { return std::find(order.begin(), order.end(), option.name) - order.begin(); };
  std::stable_sort(options.begin(), options.end(), [&](const OptionValue& a, const OptionValue& b) { return place(a) < place(b); });
  return options;
}

Stock map_stock(const StockMap& map, const Scope& scope) {
  Stock stock;
  const auto level = text_at(map.level, scope);
  if (level == "in_stock") stock.availability = Availability::kInStock;
  if (level == "low_stock") stock.availability = Availability::kLowStock;
  if (level == "out_of_stock") stock.availability = Availability::kOutOfStock;
  if (truth_at(map.untracked, scope).value_or(false)) return {Availability::kInStock, std::nullopt};
  const auto available = truth_at(map.available, scope);
  if (available) stock.availability = *available ? Availability::kInStock : Availability::kOutOfStock;
  const auto count = whole_at(map.count, scope);
  if (!count) return stock;
  if (*count <= 0 && available == true) return stock;   // sold on back order: it can be had, but not counted
  stock.count = std::max<std::int64_t>(*count, 0);
  if (available == false || *count <= 0) return {Availability::kOutOfStock, 0};
  stock.availability = map.low_below && *count < *map.low_below ? Availability::kLowStock : Availability::kInStock;
  return stock;
}

// "Battery life (max)" -> "battery_life_max", as imports name attributes.
std::string attribute_name(const std::string& source) {
  std::string name;
  for (const char c : text::fold(source)) {
    const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
    if (kept) name += c;
    else if (!name.empty() && name.back() != '_') name += '_';
  }
  while (!name.empty() && name.back() == '_') name.pop_back();
  return name;
}

std::optional<AttributeValue> attribute_value(const Json& json, const std::string& unit) {
  if (json.type == Json::Type::kTrue || json.type == Json::Type::kFalse) return AttributeValue(json.type == Json::Type::kTrue);
  const std::string text = cleaned(scalar(json));
  if (text.empty()) return std::nullopt;
  if (json.type == Json::Type::kNumber || !unit.empty()) {
    double number = 0;
    const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (bad == std::errc() && end == text.data() + text.size()) {
      const auto found = unit.empty() ? std::optional(Unit{}) : find_unit(unit);
      return AttributeValue(Measure{number, found.value_or(Unit{unit, Dimension::kNone, 1, 0})});
    }
  }
  if (auto measure = parse_measure(text); measure && !measure->unit.symbol.empty()) return AttributeValue(std::move(*measure));
  return AttributeValue(text);
}

void add_attribute(const AttributeRule& rule, const std::string& source_name, const Json& json, std::vector<Attribute>& out) {
  const std::string name = attribute_name(source_name);
  const auto skipped = [&](const std::string& one) { return one == source_name || one == name; };
  if (name.empty() || std::any_of(rule.skip.begin(), rule.skip.end(), skipped)) return;
  if (json.type == Json::Type::kList) {
    for (const Json* item = json.begin(); item != json.end(); item = item->next()) add_attribute(rule, source_name, *item, out);
    return;
  }
  if (auto value = attribute_value(json, rule.unit)) {
    Attribute made{name, std::move(*value)};
    if (std::find(out.begin(), out.end(), made) == out.end()) out.push_back(std::move(made));
  }
}

void map_attributes(const AttributeRule& rule, const Scope& scope, std::vector<Attribute>& out) {
  if (rule.table) {
    const Json* table = rule.table->first(scope);
    if (!table || table->type != Json::Type::kObject) return;
    for (const Json* member = table->begin(); member != table->end(); member = member->next()) add_attribute(rule, std::string(member->key), *member, out);
    return;
  }
  std::vector<const Json*> items = rule.each ? all_of(*rule.each, scope) : std::vector<const Json*>{scope.node};
  for (const Json* item : items) {
    const Scope inner{item, rule.each ? &scope : scope.outer, scope.variables};
    const auto name = text_at(rule.name, inner);
    if (!name) continue;
    for (const Selector& selector : rule.value.at) {
      for (const Json* value : all_of(selector, inner)) add_attribute(rule, *name, *value, out);
    }
  }
}

std::vector<std::vector<std::string>> map_categories(const CategoriesMap& map, const Scope& scope) {
  std::vector<std::vector<std::string>> paths;
  if (!map.each) return paths;
  for (const Json* item : all_of(*map.each, scope)) {
    const Scope inner{item, &scope, scope.variables};
    std::vector<std::string> path;
    const auto add = [&](const std::string& name) {
      if (!name.empty() && std::find(map.skip.begin(), map.skip.end(), name) == map.skip.end()) path.push_back(name);
    };
    const std::vector<const Json*> names = map.path ? all_of(*map.path, inner) : std::vector<const Json*>{item};
    for (const Json* name : names) {
      std::string rest = cleaned(scalar(*name));
      for (std::size_t at = 0; !map.split.empty() && (at = rest.find(map.split)) != std::string::npos; rest = rest.substr(at + map.split.size())) add(cleaned(rest.substr(0, at)));
      add(cleaned(rest));
    }
    if (!path.empty() && std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(std::move(path));
  }
  // The deepest path is the main one.
  std::stable_sort(paths.begin(), paths.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return paths;
}

Result<Variant> map_variant(const VariantMap& map, const Scope& scope, const MappingContext& context) {
  Variant variant;
  variant.id = VariantId(id_at(map.id, scope));
  if (variant.id.empty()) return fail(lacking("a variant's id"));
  variant.sku = text_at(map.sku, scope).value_or("");
  variant.options = map_options(map.options, scope);
  const auto price = money_at(map.price, scope, context, context.currency);
  if (!price || price->minor < 0) return fail(lacking("the price of variant " + variant.id.str()));
  variant.price = *price;
  variant.compare_at = money_at(map.compare_at, scope, context, price->currency);
  if (variant.compare_at && variant.compare_at->minor <= price->minor) variant.compare_at.reset();   // 0 and the price itself mean none
  variant.stock = map_stock(map.stock, scope);
  return variant;
}

// Before, the same or after, by number where both are numbers; what is absent comes last.
int compared(const Json* a, const Json* b) {
  if (!a || !b) return a ? -1 : b ? 1 : 0;
  double x = 0, y = 0;
  const auto number = [](const Json& json, double& value) {
    return std::from_chars(json.text.data(), json.text.data() + json.text.size(), value).ec == std::errc() && json.type == Json::Type::kNumber;
  };
  if (number(*a, x) && number(*b, y)) return x < y ? -1 : x > y ? 1 : 0;
  return a->text.compare(b->text);
}

void put_in_order(const std::vector<Selector>& order, const Scope& scope, std::vector<const Json*>& variants) {
  if (order.empty()) return;
  std::stable_sort(variants.begin(), variants.end(), [&](const Json* a, const Json* b) {
    for (const Selector& selector : order) {
      const int found = compared(selector.first({a, &scope, scope.variables}), selector.first({b, &scope, scope.variables}));
      if (found != 0) return found < 0;
    }
    return false;
  });
}

std::string day_of(std::string text) {
  if (text.size() > 10 && (text[10] == 'T' || text[10] == ' ')) text.resize(10);
  return text;
}

Result<CartLine> map_line(const LineMap& map, const Scope& scope, const MappingContext& context, const Currency& currency) {
  CartLine line;
  line.id = LineId(id_at(map.id, scope));
  line.product = ProductId(id_at(map.product, scope));
  line.variant = VariantId(id_at(map.variant, scope));
  line.title = text_at(map.title, scope).value_or("");
  line.options = map_options(map.options, scope);
  const auto quantity = whole_at(map.quantity, scope);
  const auto unit = money_at(map.unit_price, scope, context, currency);
  const auto total = map.total.given() ? money_at(map.total, scope, context, currency) : unit;
  if (!quantity || *quantity < 0) return fail(lacking("the quantity of a line"));
  if (!unit || !total) return fail(lacking("the price of a line"));
  line.quantity = *quantity;
  line.unit_price = *unit;
  line.total = *total;
  return line;
}

// The codes in force. Where a shop tells only what they take off together, the first carries the amount.
Result<void> map_discounts(const Scope& scope, const MappingContext& context, Cart& cart, const Currency& currency) {
  const CartMap& map = context.adapter.cart;
  if (!map.codes) return {};
  for (const Json* item : all_of(*map.codes, scope)) {
    const Scope inner{item, &scope, scope.variables};
    const auto code = text_at(map.code, inner);
    auto amount = money_at(map.discount, inner, context, currency);
    if (!code || !amount) return fail(lacking("a discount's code or amount"));
    amount->minor = std::abs(amount->minor);
    if (map.lists_idle_codes && amount->minor == 0) continue;
    if (!map.discount.sum.empty() && !cart.discounts.empty()) amount->minor = 0;
    cart.discounts.push_back({*code, *amount});
  }
  return {};
}

}  // namespace

Result<Product> map_product(const Json& json, const MappingContext& context) {
  const ProductMap& map = context.adapter.product;
  const Scope scope{&json, nullptr, &context.variables};
  Product product;
  product.id = ProductId(id_at(map.id, scope));
  if (product.id.empty()) return fail(lacking("a product's id"));
  product.title = text_at(map.title, scope).value_or("");
  if (product.title.empty()) return fail(lacking("the title of product " + product.id.str()));
  product.brand = text_at(map.brand, scope).value_or("");
  product.kind = text_at(map.kind, scope).value_or("");
  product.description = text_at(map.description, scope).value_or("");
  product.url = text_at(map.url, scope).value_or("");
  product.highlights = texts_at(map.highlights, scope);
  product.tags = texts_at(map.tags, scope);
  product.images = texts_at(map.images, scope);
  product.identifiers = texts_at(map.identifiers, scope);
  product.categories = map_categories(map.categories, scope);
  for (const AttributeRule& rule : map.attributes) map_attributes(rule, scope, product.attributes);
  const bool own = !map.variants.each;
  std::vector<const Json*> variants = own ? std::vector<const Json*>{&json} : all_of(*map.variants.each, scope);
  put_in_order(map.variants.order_by, scope, variants);
  product.variants.reserve(std::min(variants.size(), kMostVariants));
  if (variants.empty() || variants.size() > kMostVariants) return fail(lacking("variants of product " + product.id.str()));
  for (const Json* one : variants) {
    auto variant = own ? map_variant(map.variants, scope, context) : map_variant(map.variants, {one, &scope, scope.variables}, context);
    if (!variant) return fail(variant.error());
    product.variants.push_back(std::move(*variant));
  }
  return product;
}

Result<Cart> map_cart(const Json& json, const MappingContext& context) {
  const CartMap& map = context.adapter.cart;
  const Scope scope{&json, nullptr, &context.variables};
  const Currency currency = currency_at(map.currency, scope, context.currency);
  Cart cart;
  const std::vector<const Json*> lines = all_of(*map.lines.each, scope);
  if (lines.size() > kMostLines) return fail(ErrorKind::kMalformed, "the shop's cart has more lines than can be");
  for (const Json* item : lines) {
    auto line = map_line(map.lines, {item, &scope, scope.variables}, context, currency);
    if (!line) return fail(line.error());
    if (line->id.empty() || line->variant.empty()) return fail(lacking("the id of a cart line"));
    if (line->quantity > 0) cart.lines.push_back(std::move(*line));   // a line of none stands for what has become unavailable
  }
  if (auto mapped = map_discounts(scope, context, cart, currency); !mapped) return fail(mapped.error());
  const auto subtotal = money_at(map.subtotal, scope, context, currency);
  const auto total = money_at(map.total, scope, context, currency);
  if (!subtotal || !total) return fail(lacking("the totals of the cart"));
  cart.subtotal = *subtotal;
  cart.total = *total;
  return cart;
}

Result<MappedOrder> map_order(const Json& json, const MappingContext& context) {
  const OrderMap& map = context.adapter.order;
  const Scope scope{&json, nullptr, &context.variables};
  MappedOrder mapped;
  Order& order = mapped.order;
  order.id = OrderId(id_at(map.id, scope));
  if (order.id.empty()) return fail(lacking("the order's id"));
  order.status = text_at(map.status, scope).value_or("");
  order.placed = day_of(text_at(map.placed, scope).value_or(""));
  order.expected = day_of(text_at(map.expected, scope).value_or(""));
  order.tracking = text_at(map.tracking, scope).value_or("");
  mapped.email = text_at(map.email, scope).value_or("");
  if (map.lines.each) {
    for (const Json* item : all_of(*map.lines.each, scope)) {
      auto line = map_line(map.lines, {item, &scope, scope.variables}, context, context.currency);
      if (!line) return fail(line.error());
      order.lines.push_back({std::move(line->variant), std::move(line->title), std::move(line->options), line->quantity, line->unit_price});
    }
  }
  const auto total = money_at(map.total, scope, context, context.currency);
  if (!total) return fail(lacking("the order's total"));
  order.total = *total;
  return mapped;
}

Result<Policy> map_policy(const Json& json, const MappingContext& context) {
  const PolicyMap& map = context.adapter.policy;
  const Scope scope{&json, nullptr, &context.variables};
  Policy policy;
  policy.id = PolicyId(id_at(map.id, scope));
  policy.topic = text_at(map.topic, scope).value_or("");
  policy.title = text_at(map.title, scope).value_or("");
  policy.text = text_at(map.text, scope).value_or("");
  policy.date = day_of(text_at(map.date, scope).value_or(""));
  if (policy.id.empty() || policy.text.empty()) return fail(lacking("the id or text of a policy"));
  return policy;
}

}  // namespace floorwalker::http
