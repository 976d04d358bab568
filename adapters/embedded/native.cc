#include "adapters/embedded/native.h"

#include <algorithm>
#include <functional>
#include <set>

#include "adapters/embedded/attribute_mapper.h"
#include "adapters/embedded/fields.h"
#include "adapters/embedded/numbers.h"
#include "agent/core/text.h"

namespace floorwalker::embedded {

namespace {

using Read = std::function<void(const Value&)>;

const AmountFormat kExactMajor{PriceScale::kMajor, Rounding::kExact, DecimalMark::kPoint};

// Reads the fields of one object into typed values and gathers what is wrong.
class Fields {
 public:
  struct Field {
    std::string name;
    Read read;
    bool required = false;
  };

  Fields(const Value& object, std::string where, const Currency& currency, FieldProblems& problems)
      : object_(object), where_(std::move(where)), currency_(currency), problems_(problems) {}

  void read(const std::vector<Field>& fields) {
    for (const auto& [name, value] : object_.members) {
      const auto field = std::find_if(fields.begin(), fields.end(), [&wanted = name](const Field& one) { return one.name == wanted; });
      if (field != fields.end()) {
        if (value.kind != Value::Kind::kNull) field->read(value);
      } else if (name != "type") {
        unknown(std::string(name), fields);
      }
    }
    for (const Field& field : fields) {
      if (field.required && !object_.find(field.name)) problem(field.name, "is missing");
    }
  }

  void problem(const std::string& field, const std::string& message) { problems_.push_back({where_ + field, message}); }

  Field text(const std::string& name, std::string& out, bool required = false) {
    return {name, [this, name, &out, required](const Value& value) {
              if (!value.is_text() && value.kind != Value::Kind::kNumber) return problem(name, "must be text, not " + std::string(describe(value)));
              out = clean(value.text);
              if (required && out.empty()) problem(name, "must not be empty");
            }, required};
  }
  template <typename AnyId>
  Field id(const std::string& name, AnyId& out, bool required = true) {
    return {name, [this, name, &out](const Value& value) {
              if (value.text.empty() || value.kind == Value::Kind::kBoolean) return problem(name, "must be a text that is not empty");
              out = AnyId(std::string(value.text));
            }, required};
  }
  Field texts(const std::string& name, std::vector<std::string>& out) {
    return {name, [this, name, &out](const Value& value) {
              if (!value.is_list() && !value.is_text()) return problem(name, "must be a list of texts");
              out = texts_of(value, true);
            }};
  }
  Field money(const std::string& name, std::optional<std::int64_t>& out) {
    return {name, [this, name, &out](const Value& value) {
              auto minor = parse_amount(value.text, currency_, kExactMajor);
              if (minor) out = *minor;
              else problem(name, minor.error().message);
            }};
  }
  Field whole(const std::string& name, std::int64_t least, std::optional<std::int64_t>& out) {
    return {name, [this, name, least, &out](const Value& value) {
              const auto number = parse_whole(value.text);
              if (number && *number >= least) out = *number;
              else problem(name, in_quotes(value.text) + " must be a whole number of " + std::to_string(least) + " or more");
            }};
  }
  Field flag(const std::string& name, bool& out) {
    return {name, [this, name, &out](const Value& value) {
              if (value.kind != Value::Kind::kBoolean) return problem(name, "must be true or false");
              out = value.text == "true";
            }};
  }
  // A decimal number, times `scale`, rounded: percents as parts of a thousand.
  Field scaled(const std::string& name, double scale, double least, double most, std::optional<std::int64_t>& out) {
    return {name, [=, this, &out](const Value& value) {
              const auto decimal = parse_decimal(value.text, DecimalMark::kPoint);
              const double number = decimal ? to_double(*decimal) : least - 1;
              if (number < least || number > most) {
                return problem(name, in_quotes(value.text) + " must be a number from " + std::to_string(static_cast<int>(least)) + " to " +
                                         std::to_string(static_cast<int>(most)));
              }
              out = static_cast<std::int64_t>(number * scale + (number < 0 ? -0.5 : 0.5));
            }};
  }
  Field with(const std::string& name, Read read, bool required = false) { return {name, std::move(read), required}; }

 private:
  void unknown(const std::string& name, const std::vector<Field>& fields) {
    std::vector<std::string> known;
    for (const Field& field : fields) known.push_back(field.name);
    const std::string near = text::nearest(name, known);
    problem(name, "is not a field here; " + (near.empty() ? "known are " + text::join_and(known) : "did you mean \"" + near + "\"?"));
  }

  const Value& object_;
  std::string where_;
  const Currency& currency_;
  FieldProblems& problems_;
};

// What the price fields of a product or a variant say.
struct Offer {
  std::optional<std::int64_t> price, before, least, most, pack;
  std::string sku;
  Stock stock;
  bool any = false;
};

std::vector<Fields::Field> offer_fields(Fields& fields, Offer& offer) {
  const auto stock = [&fields, &offer](const Value& value) {
    if (const auto count = parse_whole(value.text); count && *count >= 0) {
      offer.stock = stock_of_count(*count);
    } else if (value.text == "in_stock") {
      offer.stock.availability = Availability::kInStock;
    } else if (value.text == "low_stock") {
      offer.stock.availability = Availability::kLowStock;
    } else if (value.text == "out_of_stock") {
      offer.stock.availability = Availability::kOutOfStock;
    } else {
      fields.problem("stock", in_quotes(value.text) + " must be a count, \"in_stock\", \"low_stock\" or \"out_of_stock\"");
    }
  };
  std::vector<Fields::Field> all{fields.money("price", offer.price), fields.money("compare_at", offer.before), fields.text("sku", offer.sku),
                                 fields.with("stock", stock), fields.whole("min", 1, offer.least), fields.whole("max", 1, offer.most),
                                 fields.whole("pack", 1, offer.pack)};
  for (Fields::Field& field : all) {
    field.read = [&offer, read = std::move(field.read)](const Value& value) {
      offer.any = true;
      read(value);
    };
  }
  return all;
}

void add_offer(const Offer& offer, Variant variant, const Currency& currency, Listing& listing) {
  variant.sku = offer.sku;
  variant.price = {offer.price.value_or(0), currency};
  if (offer.before && *offer.before > variant.price.minor) variant.compare_at = Money{*offer.before, currency};
  variant.stock = offer.stock;
  listing.product.variants.push_back(std::move(variant));
  listing.rules.push_back({offer.least.value_or(1), offer.most, offer.pack.value_or(1)});
}

void read_options(const Value& value, Fields& fields, std::vector<OptionValue>& options) {
  if (!value.is_object()) return fields.problem("options", "must be an object of option names and values");
  for (const auto& [name, choice] : value.members) {
    if (choice.text.empty()) fields.problem("options." + std::string(name), "must be a text that is not empty");
    options.push_back({clean_line(name), clean_line(choice.text)});
  }
}

void read_variants(const Value& list, Fields& parent, const Currency& currency, FieldProblems& problems, Listing& listing) {
  if (!list.is_list() || list.items.empty()) return parent.problem("variants", "must be a list of one or more variants");
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const std::string where = "variants[" + std::to_string(i) + "]";
    if (!list.items[i].is_object()) {
      parent.problem(where, "must be an object");
      continue;
    }
    Fields fields(list.items[i], where + ".", currency, problems);
    Variant variant;
    Offer offer;
    std::vector<Fields::Field> all = offer_fields(fields, offer);
    all.front().required = true;
    all.push_back(fields.id("id", variant.id));
    all.push_back(fields.with("options", [&](const Value& value) { read_options(value, fields, variant.options); }));
    fields.read(all);
    add_offer(offer, std::move(variant), currency, listing);
  }
}

// Text that is one number with a known unit is a measure; other text is text.
AttributeValue typed(std::string text) {
  if (auto measure = parse_measure(text); measure && !measure->unit.symbol.empty()) return *measure;
  return text;
}

void read_attribute(const std::string& name, const Value& value, Fields& fields, std::vector<Attribute>& attributes) {
  const auto number = [](const Value& from) {
    const auto decimal = parse_decimal(from.text, DecimalMark::kPoint);
    return decimal ? std::optional(to_double(*decimal)) : std::nullopt;
  };
  switch (value.kind) {
    case Value::Kind::kNull: return;
    case Value::Kind::kText: attributes.push_back({name, typed(clean(value.text, true))}); return;
    case Value::Kind::kBoolean: attributes.push_back({name, value.text == "true"}); return;
    case Value::Kind::kNumber: attributes.push_back({name, Measure{number(value).value_or(0), Unit()}}); return;
    case Value::Kind::kList:
      for (const Value& item : value.items) read_attribute(name, item, fields, attributes);
      return;
    case Value::Kind::kObject: break;
  }
  const Value* text = value.find("text");
  const Value* amount = value.find("value");
  const Value* unit_name = value.find("unit");
  const auto unit = unit_name ? find_unit(unit_name->text) : std::nullopt;
  if (text && value.members.size() == 1) {
    attributes.push_back({name, clean(text->text)});
  } else if (amount && number(*amount) && unit && value.members.size() == 2) {
    attributes.push_back({name, Measure{*number(*amount), *unit}});
  } else if (amount && unit_name && !unit) {
    fields.problem("attributes." + name, "has the unknown unit " + in_quotes(unit_name->text));
  } else {
    fields.problem("attributes." + name, "must be {\"value\": number, \"unit\": unit} or {\"text\": text}");
  }
}

void read_attributes(const Value& value, Fields& fields, std::vector<Attribute>& attributes) {
  if (!value.is_object()) return fields.problem("attributes", "must be an object of names and values");
  for (const auto& [name, one] : value.members) {
    const std::string proper = attribute_name(name);
    if (proper != name) fields.problem("attributes." + std::string(name), "must be lower case with underscores: \"" + proper + "\"");
    else read_attribute(proper, one, fields, attributes);
  }
}

void read_categories(const Value& value, Fields& fields, std::vector<std::vector<std::string>>& categories) {
  if (!value.is_list()) return fields.problem("categories", "must be a list of paths, each a list of names");
  for (const Value& path : value.items) {
    if (!path.is_list()) return fields.problem("categories", "must be a list of paths, each a list of names");
    if (auto names = texts_of(path); !names.empty()) categories.push_back(std::move(names));
  }
}

std::optional<RelationKind> parse_relation(std::string_view name) {
  for (const RelationKind kind : {RelationKind::kAccessory, RelationKind::kPartOfBundle, RelationKind::kReplacement, RelationKind::kCompatible}) {
    if (to_string(kind) == name) return kind;
  }
  return std::nullopt;
}

constexpr const char* kRelationKinds = "must be one of accessory, part_of_bundle, replacement or compatible";

void read_relations(const Value& value, Fields& fields, std::vector<Relation>& relations) {
  if (!value.is_object()) return fields.problem("relations", "must be an object of kinds and lists of product ids");
  for (const auto& [name, targets] : value.members) {
    const auto kind = parse_relation(name);
    if (!kind) {
      fields.problem("relations", in_quotes(name) + " " + kRelationKinds);
      continue;
    }
    for (std::string& target : texts_of(targets)) relations.push_back({{}, *kind, ProductId(std::move(target))});
  }
}

// Options that differ in name between variants, or do not tell two variants apart, cannot be chosen from.
void check_options(const Product& product, Fields& fields) {
  std::set<std::vector<std::string>> seen;
  for (const Variant& variant : product.variants) {
    std::vector<std::string> names, values, expected;
    for (const OptionValue& option : variant.options) {
      names.push_back(option.name);
      values.push_back(option.value);
    }
    for (const OptionValue& option : product.variants.front().options) expected.push_back(option.name);
    if (names != expected) {
      return fields.problem("variants", "must have the same options in the same order; \"" + variant.id.str() + "\" has others than \"" +
                                            product.variants.front().id.str() + "\"");
    }
    if (!seen.insert(std::move(values)).second) {
      return fields.problem("variants", "must differ in their options; \"" + variant.id.str() + "\" has the same as another");
    }
  }
}

Listing parse_product(const Value& record, const Currency& currency, FieldProblems& problems) {
  Fields fields(record, "", currency, problems);
  Listing listing;
  Product& product = listing.product;
  Offer offer;
  std::optional<std::int64_t> margin;
  std::vector<Fields::Field> all = offer_fields(fields, offer);
  for (Fields::Field field :
       {fields.id("id", product.id), fields.text("title", product.title, true), fields.text("brand", product.brand),
        fields.text("kind", product.kind),
        fields.with("description", [&](const Value& value) { product.description = clean(value.text, true); }),
        fields.texts("highlights", product.highlights),
        fields.with("categories", [&](const Value& value) { read_categories(value, fields, product.categories); }),
        fields.with("attributes", [&](const Value& value) { read_attributes(value, fields, product.attributes); }),
        fields.with("variants", [&](const Value& value) { read_variants(value, fields, currency, problems, listing); }),
        fields.with("relations", [&](const Value& value) { read_relations(value, fields, listing.relations); }),
        fields.texts("tags", product.tags), fields.texts("images", product.images), fields.text("url", product.url),
        fields.texts("identifiers", product.identifiers), fields.scaled("margin_percent", 10, -100, 100, margin)}) {
    all.push_back(std::move(field));
  }
  fields.read(all);
  for (Relation& relation : listing.relations) relation.from = product.id;
  if (margin) product.margin_permille = static_cast<int>(*margin);
  if (!record.find("variants")) {
    if (!offer.price && problems.empty()) fields.problem("price", "is missing; give a price or variants");
    Variant variant;
    variant.id = VariantId(product.id.str());
    add_offer(offer, std::move(variant), currency, listing);
  } else if (offer.any) {
    fields.problem("variants", "hold price, stock and the like; the product itself must not as well");
  }
  if (problems.empty()) check_options(product, fields);
  return listing;
}

ShopSettings parse_shop(const Value& record, const Currency& currency, FieldProblems& problems) {
  Fields fields(record, "", currency, problems);
  ShopSettings settings;
  std::string code;
  fields.read({fields.text("name", settings.name), fields.text("currency", code, true), fields.text("checkout_url", settings.checkout_url)});
  if (const auto parsed = Currency::parse(code)) settings.currency = *parsed;
  else fields.problem("currency", in_quotes(code) + " is no ISO code such as USD");
  return settings;
}

Relation parse_relation_record(const Value& record, const Currency& currency, FieldProblems& problems) {
  Fields fields(record, "", currency, problems);
  Relation relation;
  std::string kind;
  fields.read({fields.id("from", relation.from), fields.text("kind", kind, true), fields.id("to", relation.to)});
  if (const auto parsed = parse_relation(kind)) relation.kind = *parsed;
  else fields.problem("kind", in_quotes(kind) + " " + kRelationKinds);
  return relation;
}

bool is_day(const std::string& text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  for (const std::size_t i : {0, 1, 2, 3, 5, 6, 8, 9}) {
    if (text[i] < '0' || text[i] > '9') return false;
  }
  return text.substr(5, 2) >= "01" && text.substr(5, 2) <= "12" && text.substr(8) >= "01" && text.substr(8) <= "31";
}

void check_day(Fields& fields, const std::string& name, const std::string& day) {
  if (!day.empty() && !is_day(day)) fields.problem(name, in_quotes(day) + " must be a day such as 2026-03-01");
}

Policy parse_policy(const Value& record, const Currency& currency, FieldProblems& problems) {
  Fields fields(record, "", currency, problems);
  Policy policy;
  fields.read({fields.id("id", policy.id), fields.text("topic", policy.topic, true), fields.text("title", policy.title, true),
               fields.text("text", policy.text, true), fields.text("date", policy.date, true), fields.texts("applies_to", policy.applies_to)});
  check_day(fields, "date", policy.date);
  return policy;
}

DiscountRecord parse_discount(const Value& record, const Currency& currency, FieldProblems& problems) {
  Fields fields(record, "", currency, problems);
  DiscountRecord discount;
  std::optional<std::int64_t> percent, amount, least;
  fields.read({fields.text("code", discount.code, true), fields.scaled("percent", 100, 0, 100, percent), fields.money("amount", amount),
               fields.money("min_total", least), fields.flag("active", discount.active)});
  if (percent.has_value() == amount.has_value() && problems.empty()) fields.problem("percent", "give either percent or amount");
  discount.basis_points = percent.value_or(0);
  discount.amount = amount.value_or(0);
  discount.min_total = least.value_or(0);
  return discount;
}

OrderLine parse_order_line(const Value& line, std::size_t index, const Currency& currency, FieldProblems& problems) {
  Fields fields(line, "lines[" + std::to_string(index) + "].", currency, problems);
  OrderLine read;
  std::optional<std::int64_t> quantity, price;
  fields.read({fields.id("variant", read.variant), fields.whole("quantity", 1, quantity), fields.money("unit_price", price),
               fields.text("title", read.title),
               fields.with("options", [&](const Value& value) { read_options(value, fields, read.options); })});
  read.quantity = quantity.value_or(1);
  read.unit_price = {price.value_or(-1), currency};
  return read;
}

OrderRecord parse_order(const Value& record, const Currency& currency, FieldProblems& problems) {
  Fields fields(record, "", currency, problems);
  OrderRecord order;
  std::optional<std::int64_t> total;
  const auto lines = [&](const Value& value) {
    if (!value.is_list()) return fields.problem("lines", "must be a list");
    for (std::size_t i = 0; i < value.items.size(); ++i) order.order.lines.push_back(parse_order_line(value.items[i], i, currency, problems));
  };
  fields.read({fields.id("id", order.order.id), fields.text("email", order.email, true), fields.text("status", order.order.status, true),
               fields.text("placed", order.order.placed), fields.text("expected", order.order.expected),
               fields.text("tracking", order.order.tracking), fields.with("lines", lines, true), fields.money("total", total)});
  check_day(fields, "placed", order.order.placed);
  check_day(fields, "expected", order.order.expected);
  order.total_told = total.has_value();
  order.order.total = {total.value_or(0), currency};
  return order;
}

}  // namespace

NativeRecord parse_native(const Value& record, const Currency& currency, FieldProblems& problems) {
  const Value* type = record.find("type");
  const std::string_view kind = type ? type->text : "product";
  NativeRecord parsed;
  if (kind == "product") parsed = parse_product(record, currency, problems);
  else if (kind == "shop") parsed = parse_shop(record, currency, problems);
  else if (kind == "relation") parsed = parse_relation_record(record, currency, problems);
  else if (kind == "policy") parsed = parse_policy(record, currency, problems);
  else if (kind == "discount") parsed = parse_discount(record, currency, problems);
  else if (kind == "order") parsed = parse_order(record, currency, problems);
  else problems.push_back({"type", in_quotes(kind) + " must be one of product, shop, relation, policy, discount or order"});
  return problems.empty() ? std::move(parsed) : NativeRecord();
}

std::optional<Currency> native_currency(const Value& record) {
  const Value* type = record.find("type");
  const Value* currency = record.find("currency");
  return type && type->text == "shop" && currency ? Currency::parse(currency->text) : std::nullopt;
}

}  // namespace floorwalker::embedded
