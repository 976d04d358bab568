#include <algorithm>

#include "agent/core/text.h"
#include "tools/fitting.h"
#include "tools/products.h"
#include "tools/shop.h"

namespace floorwalker::tools {
namespace {

AttributeValue typed(const std::string& text) {
  const std::string word = text::fold(text);
  if (word == "yes" || word == "true") return true;
  if (word == "no" || word == "false") return false;
  if (const auto measure = parse_measure(text)) return *measure;
  return text;
}

// What the shopper says they have: "a door of 76 cm", "an AM4 board".
compatibility::Thing thing_told(const Arguments& arguments) {
  compatibility::Thing thing;
  thing.kind = arguments.text("kind");
  for (const auto& [name, value] : arguments.pairs("facts")) {
    std::string plain = text::fold(name);
    std::replace(plain.begin(), plain.end(), ' ', '_');
    thing.attributes.push_back({plain, typed(value)});
    thing.title += (thing.title.empty() ? "" : ", ") + text::spaced(plain) + " " + value;
  }
  if (!thing.kind.empty()) thing.title = "the " + text::spaced(thing.kind) + (thing.title.empty() ? "" : " (" + thing.title + ")");
  return thing;
}

// a and b among further products of the same build: every pair, and the sums over all.
Answer together(const Shop& shop, const Knowledge& knowledge, const std::vector<Product>& pair, const std::vector<std::string>& others) {
  std::vector<compatibility::Thing> things;
  for (const Product& product : pair) things.push_back(compatibility::thing_of(product, kind_of(shop, product)));
  for (const std::string& id : others) {
    const auto product = product_meant(*shop.catalogue, id);
    if (!product) return refuse(ErrorAnswer{product.error(), "with", {}, {}, {}, {}});
    const auto same = [&](const compatibility::Thing& one) { return one.id == product->id; };
    if (std::none_of(things.begin(), things.end(), same)) things.push_back(compatibility::thing_of(*product, kind_of(shop, *product)));
  }
  Compatibility answer{pair[0].id, pair[1].id, pair[0].title, pair[1].title, Fit::kUnknown, knowledge.compatibility->check_together(things)};
  answer.fit = compatibility::all_of(answer.checks);
  return to_json(answer);
}

Answer check(const Shop& shop, const Knowledge& knowledge, const Arguments& arguments) {
  const auto a = product_meant(*shop.catalogue, arguments.text("a"));
  if (!a) return refuse(ErrorAnswer{a.error(), "a", {}, {}, {}, {}});
  if (!arguments.has("b")) {
    if (arguments.pairs("facts").empty()) return refuse(ErrorKind::kInvalidArgument, "b or facts is missing: the other product, or what the shopper has", "b");
    return to_json(knowledge.compatibility->check(compatibility::thing_of(*a, kind_of(shop, *a)), thing_told(arguments)));
  }
  const auto b = product_meant(*shop.catalogue, arguments.text("b"));
  if (!b) return refuse(ErrorAnswer{b.error(), "b", {}, {}, {}, {}});
  if (a->id == b->id) return refuse(ErrorKind::kInvalidArgument, "a and b are the same product", "b");
  if (arguments.texts("with").empty()) return to_json(fit_of(shop, knowledge, *a, *b));
  return together(shop, knowledge, {*a, *b}, arguments.texts("with"));
}

// Whether the shop itself states that the two belong together.
bool stated(const Shop& shop, const ProductId& from, const ProductId& to) {
  const auto relations = shop.catalogue->relations(from);
  return relations && std::any_of(relations->begin(), relations->end(), [&](const Relation& one) {
           return one.to == to && one.kind == RelationKind::kCompatible;
         });
}

}  // namespace

Compatibility fit_of(const Shop& shop, const Knowledge& knowledge, const Product& a, const Product& b) {
  Compatibility answer = knowledge.compatibility->check(compatibility::thing_of(a, kind_of(shop, a)), compatibility::thing_of(b, kind_of(shop, b)));
  if (!stated(shop, a.id, b.id) && !stated(shop, b.id, a.id)) return answer;
  answer.checks.push_back({"stated_by_shop", Fit::kYes, a.title, b.title, "The shop lists " + b.title + " as compatible with " + a.title + "."});
  if (answer.fit == Fit::kUnknown) {
    const bool doubt = std::any_of(answer.checks.begin(), answer.checks.end(), [](const auto& one) { return one.fit == Fit::kNo; });
    if (!doubt) answer.fit = Fit::kYes;
  }
  return answer;
}

Tool check_compatibility(const Shop& shop, const Knowledge& knowledge) {
  return {{"check_compatibility",
           "Whether two products go together, or a product with what the shopper has: yes, no or unknown, each with the rule and both values.",
           R"({"type":"object","required":["a"],"properties":{
"a":{"type":"string","format":"id","description":"product id"},
"b":{"type":"string","format":"id","description":"product id of the other"},
"facts":{"type":"object","additionalProperties":{"type":"string","maxLength":200},"description":"in place of b: attributes of what the shopper has, numbers with units, e.g. {\"opening_width\": \"76 cm\"}"},
"with":{"type":"array","maxItems":20,"items":{"type":"string","format":"id"},"description":"further products of the same build, which count where loads add up"},
"kind":{"type":"string","maxLength":80,"description":"with facts: what kind of thing that is, e.g. door, motherboard"}}})",
           ToolEffect::kRead},
          [shop, knowledge](const Arguments& arguments, const ToolContext&) { return check(shop, knowledge, arguments); }};
}

}  // namespace floorwalker::tools
