#include "adapters/embedded/attribute_mapper.h"

#include <algorithm>

#include "adapters/embedded/fields.h"
#include "agent/core/text.h"

namespace floorwalker::embedded {

namespace {

constexpr std::size_t kLongestNumber = 40;

std::vector<std::string> folded(const std::vector<std::string>& texts) {
  std::vector<std::string> out;
  for (const std::string& text : texts) out.push_back(text::fold(text));
  return out;
}

bool contains(const std::vector<std::string>& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

// Every top-level field that the map uses for something other than an attribute.
std::unordered_set<std::string> used_fields(const ImportMap& map) {
  std::unordered_set<std::string> used;
  const auto use = [&](const Path& path) { used.insert(path.name); };
  for (const TextSource* source :
       {&map.id, &map.title, &map.brand, &map.kind, &map.description, &map.highlights, &map.tags, &map.images, &map.url, &map.identifiers,
        &map.margin_percent, &map.categories, &map.variant_id, &map.sku, &map.price, &map.sale_price, &map.compare_at, &map.least, &map.most,
        &map.pack, &map.price_currency, &map.stock.count, &map.stock.availability}) {
    std::for_each(source->from.begin(), source->from.end(), use);
  }
  for (const auto& [name, value] : map.options.pairs) used.insert({name.name, value.name});
  for (const auto& column : map.options.columns) use(column.first);
  if (map.options.lists) use(*map.options.lists);
  for (const Path& path : map.attributes.inside) use(path);
  for (const Condition& condition : map.stock.untracked) use(condition.field);
  for (const Condition& condition : map.skip) use(condition.field);
  if (!map.group_by.empty()) used.insert(map.group_by);
  return used;
}

// Takes a unit off the end of a field name: "width_cm", "Weight (kg)".
std::optional<Unit> take_unit(std::string& name) {
  const auto end = name.find_last_not_of(" )]_");
  if (end == std::string::npos) return std::nullopt;
  const auto before = name.find_last_of(" ([_", end);
  if (before == std::string::npos || before == 0) return std::nullopt;
  auto unit = find_unit(name.substr(before + 1, end - before));
  if (unit) name.resize(before);
  return unit;
}

bool is_word(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

}  // namespace

std::string attribute_name(std::string_view source_name) {
  std::string name;
  for (const char c : text::fold(source_name)) {
    const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
    if (kept) name += c;
    else if (!name.empty() && name.back() != '_') name += '_';
  }
  while (!name.empty() && name.back() == '_') name.pop_back();
  return name;
}

AttributeMapper::AttributeMapper(const ImportMap& map)
    : map_(map),
      used_(used_fields(map)),
      unknown_(folded(map.attributes.unknown)),
      yes_(folded(map.attributes.yes)),
      no_(folded(map.attributes.no)) {
  for (const auto* words : {&unknown_, &yes_, &no_}) {
    for (const std::string& word : *words) longest_word_ = std::max(longest_word_, word.size());
  }
}

// Name, unit and omission, once type and source name are known.
void AttributeMapper::settle(Plan& plan, std::string_view source_name, const std::optional<Unit>& unit) const {
  std::string name(source_name);
  std::optional<Unit> known = unit;
  if (map_.attributes.unit_in_name && !known) known = take_unit(name);
  plan.name = attribute_name(name);
  const auto omitted = [&](const std::string& pattern) { return fits(plan.name, pattern); };
  plan.skip = plan.name.empty() || std::any_of(map_.attributes.omit.begin(), map_.attributes.omit.end(), omitted);
  if (known) {
    plan.unit = *known;
    return;
  }
  for (const UnitRule& rule : map_.attributes.units) {
    if (!fits(plan.name, rule.pattern) || (!rule.skip.empty() && fits(plan.name, rule.skip))) continue;
    plan.unit = rule.unit;
    plan.over = rule.over;
    plan.large = rule.large;
    return;
  }
}

AttributeMapper::Plan AttributeMapper::make_plan(std::string_view field, bool inside) const {
  Plan plan;
  plan.split = map_.attributes.split;
  for (const AttributeField& named : map_.attributes.fields) {
    if (named.from.name != field) continue;
    plan.type = named.type;
    if (!named.split.empty()) plan.split = named.split;
    settle(plan, named.name, named.unit);
    return plan;
  }
  if (inside) {
    settle(plan, field, std::nullopt);
    return plan;
  }
  if (used_.count(std::string(field))) return plan;
  for (const auto& [prefix, type] : map_.attributes.prefixes) {
    if (field.substr(0, prefix.size()) != prefix) continue;
    plan.type = type;
    settle(plan, field.substr(prefix.size()), std::nullopt);
    return plan;
  }
  if (map_.attributes.rest) settle(plan, field, std::nullopt);
  return plan;
}

const AttributeMapper::Plan& AttributeMapper::plan_for(std::string_view field, bool inside) {
  Plans& plans = inside ? inside_ : plans_;
  const auto known = plans.find(field);
  if (known != plans.end()) return known->second;
  return plans.emplace(std::string(field), make_plan(field, inside)).first->second;
}

bool AttributeMapper::says_nothing(std::string_view text) const {
  return text.size() <= longest_word_ && contains(unknown_, text::fold(text));
}

std::optional<Measure> AttributeMapper::measure(const Plan& plan, std::string_view text) const {
  const auto decimal = parse_decimal(text, map_.decimal);
  if (!decimal) return std::nullopt;
  const double value = to_double(*decimal);
  return Measure{value, plan.over && value >= *plan.over ? plan.large : plan.unit};
}

// What a text is when the map does not say: yes or no, a number with a unit, a number, or just text. A number with leading zeros or
// more than nine digits is a code.
AttributeValue AttributeMapper::typed(const Plan& plan, std::string text) const {
  const bool short_enough = text.size() <= kLongestNumber;
  if (plan.type == AttributeType::kDate) return text.substr(0, 10);
  if (plan.type != AttributeType::kNumber && text.size() <= longest_word_) {
    const std::string word = text::fold(text);
    if (contains(yes_, word)) return true;
    if (contains(no_, word)) return false;
  }
  if (plan.type == AttributeType::kText || !short_enough) return text;
  if (plan.type != AttributeType::kNumber) {
    const std::string word = text::fold(text);
    if (is_word(word, {"true", "yes"})) return true;
    if (is_word(word, {"false", "no"})) return false;
  }
  if (plan.type == AttributeType::kBoolean) return text;
  const bool code = text.size() > 1 && text.front() == '0' && text.find_first_not_of("0123456789") == std::string::npos;
  if (const auto number = measure(plan, text); number && !code && (text.size() <= 9 || plan.type == AttributeType::kNumber)) return *number;
  if (const auto found = parse_measure(text); found && !found->unit.symbol.empty()) return *found;
  return text;
}

void AttributeMapper::add_text(const Plan& plan, std::string_view text, std::vector<Attribute>& attributes) const {
  std::string cleaned = clean(text);
  if (map_.literal_newlines) {
    for (std::size_t at = cleaned.find("\\n"); at != std::string::npos; at = cleaned.find("\\n", at + 1)) cleaned.replace(at, 2, "\n");
  }
  if (cleaned.empty() || says_nothing(cleaned)) return;
  const bool several = !plan.split.empty() && cleaned.find(plan.split) != std::string::npos;
  if (!several) {
    attributes.push_back({plan.name, typed(plan, std::move(cleaned))});
    return;
  }
  for (std::string& piece : split(cleaned, plan.split)) attributes.push_back({plan.name, typed(plan, std::move(piece))});
}

void AttributeMapper::add_nested(const std::string& prefix, const Value& object, std::vector<Attribute>& attributes) {
  for (const auto& [name, value] : object.members) {
    const std::string full = prefix.empty() ? std::string(name) : prefix + "_" + std::string(name);
    if (value.is_object()) add_nested(full, value, attributes);
    else add_value(plan_for(full, true), value, attributes);
  }
}

void AttributeMapper::add_value(const Plan& plan, const Value& value, std::vector<Attribute>& attributes) {
  if (plan.skip) return;
  switch (value.kind) {
    case Value::Kind::kNull: return;
    case Value::Kind::kText: return add_text(plan, value.text, attributes);
    case Value::Kind::kBoolean: attributes.push_back({plan.name, value.text == "true"}); return;
    case Value::Kind::kNumber:
      if (const auto decimal = parse_decimal(value.text, DecimalMark::kPoint)) {
        const double number = to_double(*decimal);
        attributes.push_back({plan.name, Measure{number, plan.over && number >= *plan.over ? plan.large : plan.unit}});
      }
      return;
    case Value::Kind::kList:
      for (const Value& item : value.items) add_value(plan, item, attributes);
      return;
    case Value::Kind::kObject: add_nested(plan.name, value, attributes); return;
  }
}

void AttributeMapper::add(const Value& row, std::vector<Attribute>& attributes) {
  attributes.reserve(row.members.size());
  for (const auto& [name, value] : row.members) add_value(plan_for(name, false), value, attributes);
  for (const AttributeField& field : map_.attributes.fields) {
    if (field.from.steps.size() < 2 || row.find(field.from.name)) continue;  // those are top-level fields
    if (const Value* value = find(row, field.from)) add_value(plan_for(field.from.name, false), *value, attributes);
  }
  for (const Path& path : map_.attributes.inside) {
    if (const Value* value = find(row, path); value && value->is_object()) add_nested("", *value, attributes);
  }
}

}  // namespace floorwalker::embedded
