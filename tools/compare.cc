#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "agent/core/playbook/selling_rules.h"
#include "agent/core/text.h"
#include "tools/products.h"
#include "tools/shop.h"

namespace floorwalker::tools {
namespace {

constexpr std::size_t kAxes = 10;  // beyond those that were asked for

enum class Better { kUnknown, kLow, kHigh };

// Which end of a number a shopper is glad of, whoever they are. Only what holds for every use stands here: a larger screen or a longer
// cable is not better in itself.
struct KnownDirection {
  std::string_view words;  // of the attribute's name, in order
  Better better;
};

constexpr std::array kDirections = {
    KnownDirection{"price", Better::kLow},           KnownDirection{"weight", Better::kLow},
    KnownDirection{"noise", Better::kLow},           KnownDirection{"noise level", Better::kLow},
    KnownDirection{"response time", Better::kLow},   KnownDirection{"power consumption", Better::kLow},
    KnownDirection{"energy consumption", Better::kLow}, KnownDirection{"input lag", Better::kLow},
    KnownDirection{"battery life", Better::kHigh},   KnownDirection{"battery capacity", Better::kHigh},
    KnownDirection{"storage", Better::kHigh},        KnownDirection{"storage capacity", Better::kHigh},
    KnownDirection{"memory", Better::kHigh},         KnownDirection{"ram", Better::kHigh},
    KnownDirection{"internal memory", Better::kHigh}, KnownDirection{"brightness", Better::kHigh},
    KnownDirection{"contrast ratio", Better::kHigh}, KnownDirection{"refresh rate", Better::kHigh},
    KnownDirection{"warranty", Better::kHigh},       KnownDirection{"efficiency", Better::kHigh},
};

Better known_direction(const std::string& axis) {
  for (const KnownDirection& known : kDirections) {
    if (same_name(axis, known.words)) return known.better;
  }
  return Better::kUnknown;
}

// One axis before its cells are filled.
struct Wanted {
  std::string name;
  std::string why;
  Better better = Better::kUnknown;
  bool asked = false;  // by the shopper, a need or the playbook: kept even where nobody states it
};

class Axes {
 public:
  void want(const std::string& name, const std::string& why, Better better, bool asked) {
    for (Wanted& known : wanted_) {
      if (!same_name(known.name, name)) continue;
      if (known.better == Better::kUnknown) known.better = better;
      if (known.why.empty()) known.why = why;
      return;
    }
    wanted_.push_back({name, why, better, asked});
  }

  std::vector<Wanted>& all() { return wanted_; }

 private:
  std::vector<Wanted> wanted_;
};

bool names(const NeedRule& need, const std::string& said) {
  const auto same = [&](const std::string& phrase) { return same_name(phrase, said); };
  return same(need.name) || std::any_of(need.phrases.begin(), need.phrases.end(), same);
}

bool any_of_kind(const std::vector<Product>& products, const std::vector<std::string>& kinds, const std::string& kind) {
  for (std::size_t i = 0; i < products.size(); ++i) {
    if (is_of_kind(products[i], kinds[i], kind)) return true;
  }
  return false;
}

bool applies(const NeedRule& need, const std::vector<Product>& products, const std::vector<std::string>& kinds) {
  const auto fits = [&](const std::string& kind) { return any_of_kind(products, kinds, kind); };
  return need.applies_to.empty() || std::any_of(need.applies_to.begin(), need.applies_to.end(), fits);
}

// Axes that a stated need brings: those the playbook compares by, those it prefers (with the direction), those it requires.
void want_for_need(const Playbook& playbook, const NeedRule& need, Axes& axes) {
  for (const Preference& preference : need.prefer) {
    axes.want(preference.attribute, need.name, preference.low ? Better::kLow : Better::kHigh, true);
  }
  const auto rows = playbook.compare.axes.find(need.name);
  if (rows != playbook.compare.axes.end()) {
    for (const std::string& axis : rows->second) axes.want(axis, need.name, Better::kUnknown, true);
  }
  for (const Constraint& required : need.require) {
    const bool low = required.op == Constraint::Op::kAtMost;
    const bool high = required.op == Constraint::Op::kAtLeast;
    axes.want(required.field, need.name, low ? Better::kLow : high ? Better::kHigh : Better::kUnknown, true);
  }
}

bool states(const Product& product, const std::string& attribute) {
  return std::any_of(product.attributes.begin(), product.attributes.end(), [&](const Attribute& one) { return one.name == attribute; });
}

// The catalogue's spelling of an attribute that somebody named.
std::string spelled(const std::string& name, const std::vector<Product>& products) {
  for (const Product& product : products) {
    for (const Attribute& attribute : product.attributes) {
      if (same_name(attribute.name, name)) return attribute.name;
    }
  }
  return name;
}

std::vector<std::string> texts_of(const Product& product, const std::string& axis) {
  std::vector<std::string> texts;
  for (const AttributeValue& value : values_of(product, axis)) texts.push_back(format(value));
  return texts;
}

// Attributes on which the products differ, those stated by most of them first, of these what one has and another lacks; else in the order of
// the products' own lists.
std::vector<std::string> differing(const std::vector<Product>& products) {
  std::vector<std::pair<std::size_t, std::string>> found;
  std::set<std::string> seen;
  for (const Product& product : products) {
    for (const Attribute& attribute : product.attributes) {
      if (!seen.insert(attribute.name).second) continue;
      std::size_t stated = 0;
      std::set<std::vector<std::string>> distinct;
      for (const Product& other : products) {
        if (!states(other, attribute.name)) continue;
        ++stated;
        distinct.insert(texts_of(other, attribute.name));
      }
      if (stated >= 2 && distinct.size() > 1) found.emplace_back(stated, attribute.name);
    }
  }
  const auto function = [&](const std::string& name) {
    const auto values = values_of(products.front(), name);
    return !values.empty() && std::holds_alternative<bool>(values.front());
  };
  std::stable_sort(found.begin(), found.end(), [&](const auto& a, const auto& b) { return std::pair(a.first, function(a.second)) > std::pair(b.first, function(b.second)); });
  std::vector<std::string> names;
  for (auto& [stated, name] : found) names.push_back(name);
  return names;
}

Comparison::Cell cell_of(const Product& product, const std::string& axis) {
  if (axis == "price") {
    const Money& price = cheapest_variant(product).price;
    if (price == Money{}) return {std::nullopt, "not known now"};
    return {AttributeValue(money_text(price)), format(price)};
  }
  const auto values = values_of(product, axis);
  if (values.empty()) return {std::nullopt, "not stated"};
  if (values.size() == 1) return {values.front(), format(values.front())};
  const std::string all = text::join_and(texts_of(product, axis));
  return {AttributeValue(all), all};
}

// A cell as a number that compares with the other cells of its axis.
struct Comparable {
  double number = 0;
  Dimension dimension = Dimension::kNone;
  std::string unit;
};

std::optional<Comparable> comparable(const Product& product, const Comparison::Cell& cell, const std::string& axis) {
  if (axis == "price" && cell.value) return Comparable{static_cast<double>(cheapest_variant(product).price.minor), Dimension::kNone, ""};
  if (!cell.value) return std::nullopt;
  if (const auto* measure = std::get_if<Measure>(&*cell.value)) {
    const bool canonical = measure->unit.dimension != Dimension::kNone;
    return Comparable{measure->canonical(), measure->unit.dimension, canonical ? "" : measure->unit.symbol};
  }
  if (const auto* flag = std::get_if<bool>(&*cell.value)) return Comparable{*flag ? 1.0 : 0.0, Dimension::kNone, "flag"};
  return std::nullopt;
}

// The product that is better on the axis: nothing where a value is missing, two are equal, or no direction is known.
std::optional<std::size_t> winner_of(const Comparison::Axis& axis, const std::vector<Product>& products, Better better) {
  if (better == Better::kUnknown) return std::nullopt;
  std::vector<Comparable> numbers;
  for (std::size_t i = 0; i < products.size(); ++i) {
    const auto number = comparable(products[i], axis.cells[i], axis.name);
    if (!number || (!numbers.empty() && (number->dimension != numbers[0].dimension || number->unit != numbers[0].unit))) return std::nullopt;
    numbers.push_back(*number);
  }
  const auto less = [](const Comparable& a, const Comparable& b) { return a.number < b.number; };
  const auto best = better == Better::kLow ? std::min_element(numbers.begin(), numbers.end(), less) : std::max_element(numbers.begin(), numbers.end(), less);
  const double slack = 0.001 * std::max(1e-9, std::abs(best->number));
  const auto as_good = std::count_if(numbers.begin(), numbers.end(), [&](const Comparable& one) { return std::abs(one.number - best->number) <= slack; });
  if (as_good > 1) return std::nullopt;
  return static_cast<std::size_t>(best - numbers.begin());
}

bool differs(const Comparison::Axis& axis) {
  const auto& first = axis.cells.front();
  return std::any_of(axis.cells.begin(), axis.cells.end(), [&](const Comparison::Cell& cell) {
    if (!cell.value || !first.value) return cell.value.has_value() != first.value.has_value();
    const auto* a = std::get_if<Measure>(&*cell.value);
    const auto* b = std::get_if<Measure>(&*first.value);
    return a && b ? !same_quantity(*a, *b) : cell.text != first.text;
  });
}

void fill(Comparison& comparison, const std::vector<Product>& products, const std::vector<Wanted>& wanted) {
  for (const Wanted& want : wanted) {
    Comparison::Axis axis;
    axis.name = want.name;
    axis.why = want.why;
    for (const Product& product : products) axis.cells.push_back(cell_of(product, want.name));
    if (std::none_of(axis.cells.begin(), axis.cells.end(), [](const auto& cell) { return cell.value.has_value(); })) {
      comparison.missing.push_back(want.name);
      continue;
    }
    axis.differs = differs(axis);
    axis.winner = winner_of(axis, products, want.better == Better::kUnknown ? known_direction(want.name) : want.better);
    comparison.axes.push_back(std::move(axis));
  }
}

// Of each of the merchant's axes, whether the needs that were said or the kinds compared brought them.
std::vector<Considered> considered_axes(const Playbook& playbook, const std::vector<std::string>& needs, const std::vector<Product>& products, const std::vector<std::string>& kinds) {
  std::vector<Considered> all;
  for (const auto& [name, rows] : playbook.compare.axes) {
    const bool said = std::find(needs.begin(), needs.end(), name) != needs.end();
    const bool of_kind = any_of_kind(products, kinds, name);
    const std::string why = said ? "said" : of_kind ? "compared are of the kind '" + name + "'" : "not said, and compared are of the kind '" + kinds.front() + "'";
    all.push_back({compare_rule_name(name), said || of_kind ? Considered::Came::kActed : Considered::Came::kPassed, why});
  }
  return all;
}

// The axes in order of weight: what was asked, what the needs and the kind bring, the price, then what differs.
std::vector<Wanted> axes_for(const Shop& shop, const Playbook& playbook, const std::vector<Product>& products, const Arguments& arguments, std::vector<Considered>& considered) {
  std::vector<std::string> kinds;
  for (const Product& product : products) kinds.push_back(kind_of(shop, product));
  Axes axes;
  for (const std::string& name : arguments.texts("attributes")) axes.want(spelled(name, products), "asked", Better::kUnknown, true);
  std::vector<std::string> needs;
  for (const std::string& said : arguments.texts("needs")) {
    for (const NeedRule& need : playbook.needs) {
      if (!names(need, said) || !applies(need, products, kinds)) continue;
      want_for_need(playbook, need, axes);
      needs.push_back(need.name);
    }
  }
  considered = considered_axes(playbook, needs, products, kinds);
  for (const auto& [name, rows] : playbook.compare.axes) {
    if (!any_of_kind(products, kinds, name)) continue;
    for (const std::string& axis : rows) axes.want(axis, "", Better::kUnknown, true);
  }
  axes.want("price", "", Better::kLow, true);
  const std::size_t settled = axes.all().size();
  for (const std::string& name : differing(products)) {
    if (axes.all().size() < std::max(settled, kAxes)) axes.want(name, "", Better::kUnknown, false);
  }
  for (Wanted& want : axes.all()) want.name = spelled(want.name, products);
  return axes.all();
}

Answer compare(const Shop& shop, const Knowledge& knowledge, const Arguments& arguments) {
  const std::size_t most = std::max<std::size_t>(2, knowledge.playbook->compare.max_products);
  std::vector<Product> products;
  for (const std::string& id : arguments.texts("products")) {
    auto product = product_meant(*shop.catalogue, id);
    if (!product) return refuse(ErrorAnswer{product.error(), "products", {}, {}, {}, {}});
    const auto same = [&](const Product& one) { return one.id == product->id; };
    if (std::none_of(products.begin(), products.end(), same)) products.push_back(std::move(*product));
  }
  if (products.size() < 2) return refuse(ErrorKind::kInvalidArgument, "products must name at least 2 different products", "products");
  if (products.size() > most) {
    return refuse(ErrorKind::kInvalidArgument, "products must name at most " + std::to_string(most) + " products: choose the most promising", "products");
  }
  Comparison comparison;
  for (const Product& product : products) {
    comparison.products.push_back(card_of(product, 0));
    if (comparison.products.back().variants.size() > 6) comparison.products.back().variants.clear();
  }
  std::vector<Considered> considered;
  fill(comparison, products, axes_for(shop, *knowledge.playbook, products, arguments, considered));
  return Told(to_json(comparison), std::move(considered));
}

}  // namespace

Tool compare_products(const Shop& shop, const Knowledge& knowledge) {
  return {{"compare_products",
           "Compare products on what matters for the shopper's needs: values side by side, the better one on each axis where there is one, what is not stated.",
           R"({"type":"object","required":["products"],"properties":{
"products":{"type":"array","minItems":1,"maxItems":12,"items":{"type":"string","format":"id"},"description":"two or more product ids"},
"needs":{"type":"array","maxItems":12,"items":{"type":"string","maxLength":80},"description":"what the shopper wants it for, e.g. travel"},
"attributes":{"type":"array","maxItems":12,"items":{"type":"string","maxLength":80},"description":"attributes that the shopper asked about"}}})",
           ToolEffect::kRead},
          [shop, knowledge](const Arguments& arguments, const ToolContext&) { return compare(shop, knowledge, arguments); }};
}

}  // namespace floorwalker::tools
