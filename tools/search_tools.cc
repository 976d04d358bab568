#include <algorithm>
#include <cctype>

#include "agent/core/text.h"
#include "tools/products.h"
#include "tools/shop.h"

namespace floorwalker::tools {
namespace {

constexpr std::size_t kVariantsOfPage = 36;   // in one search result; more, and those of many-variant products are left out
constexpr std::size_t kVariantsOfCard = 6;
constexpr std::size_t kDescription = 2000;    // bytes
constexpr std::size_t kFacets = 8;
constexpr std::size_t kFacetValues = 8;

constexpr const char* kSearchSchema = R"({"type":"object","properties":{
"words":{"type":"string","maxLength":400,"description":"What the shopper looks for, in a few words; leave out to browse by constraints"},
"constraints":{"type":"array","maxItems":20,"items":{"type":"object","required":["field","values"],"properties":{
"field":{"type":"string","description":"price, brand, kind, category, tag, stock, or the name of an attribute or option"},
"op":{"type":"string","enum":["equals","not","at_most","at_least","between","one_of"]},
"values":{"type":"array","minItems":1,"maxItems":40,"items":{"type":"string","maxLength":200},"description":"Numbers with their unit: \"1.5 kg\"; prices in major units: \"800\"; between takes two"}}}},
"sort":{"type":"string","enum":["relevance","price_ascending","price_descending","attribute_ascending","attribute_descending"]},
"sort_attribute":{"type":"string","description":"for the attribute orders"},
"offset":{"type":"integer","minimum":0,"maximum":100000},
"limit":{"type":"integer","minimum":1,"maximum":20,"description":"products in the answer, usually 6"},
"relax_in_order":{"type":"array","items":{"type":"string"},"description":"constraint fields that may be dropped, first to last, when nothing matches"},
"broad":{"type":"boolean","description":"a second, wider try: the words only rank, other kinds of products match as well"}}})";

// "800", "$800", "800.50 USD" as plain decimal; nothing for what is no exact amount in the currency.
std::optional<std::string> price_value(std::string_view text, const Currency& currency) {
  std::string digits, letters;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (std::isdigit(u) || c == '.' || c == ',' || c == '-') digits += c;
    if (std::isalpha(u)) letters += static_cast<char>(std::toupper(u));
  }
  if (letters.size() == 3 && letters != currency.code()) return std::nullopt;
  const std::size_t point = digits.find('.');
  const bool plain = point != std::string::npos && digits.find(',') == std::string::npos && digits.find('.', point + 1) == std::string::npos;
  if (plain && digits.size() - point - 1 > static_cast<std::size_t>(currency.digits())) return std::nullopt;
  const auto minor = parse_minor(digits, currency);
  if (!minor || *minor < 0) return std::nullopt;
  return decimal(Money{*minor, currency});
}

// What the schema cannot say of a constraint: how many values its op takes, and that a price is an amount.
std::optional<ErrorAnswer> settle(Constraint& constraint, std::size_t index, const Currency& currency) {
  const std::string at = "constraints[" + std::to_string(index) + "].values";
  const auto wrong = [&](std::string message) { return ErrorAnswer{{ErrorKind::kInvalidArgument, at + " " + std::move(message), {}}, at, {}, {}, {}, {}}; };
  const std::size_t count = constraint.values.size();
  if (constraint.op == Constraint::Op::kBetween && count != 2) return wrong("must be two for between: the lower and the upper bound");
  if (constraint.op == Constraint::Op::kEquals && count > 1) constraint.op = Constraint::Op::kOneOf;
  const bool bound = constraint.op == Constraint::Op::kAtMost || constraint.op == Constraint::Op::kAtLeast;
  if (bound && count != 1) return wrong("must be one for " + std::string(to_string(constraint.op)));
  if (!same_name(constraint.field, "price")) return std::nullopt;
  constraint.field = "price";
  for (std::string& value : constraint.values) {
    const auto amount = price_value(value, currency);
    if (!amount) return wrong("must be amounts in " + std::string(currency.code()) + " such as \"49.90\", not '" + shortened(value, 40) + "'");
    value = *amount;
  }
  return std::nullopt;
}

// Keeps a result small enough for a model: what is left out can be asked for with get_product.
void bound(SearchPage& page) {
  std::size_t variants = 0;
  for (const ProductCard& card : page.products) variants += card.variants.size();
  for (ProductCard& card : page.products) {
    if (variants > kVariantsOfPage && card.variants.size() > kVariantsOfCard) card.variants.clear();
  }
  if (page.facets.size() > kFacets) page.facets.resize(kFacets);
  for (Facet& facet : page.facets) {
    if (facet.values.size() > kFacetValues) facet.values.resize(kFacetValues);
  }
}

Answer run_search(const Shop& shop, const Arguments& arguments) {
  auto request = search_request_from_json(arguments.json());
  if (!request) return refuse(request.error());
  for (std::size_t i = 0; i < request->constraints.size(); ++i) {
    if (auto wrong = settle(request->constraints[i], i, shop.catalogue->currency())) return refuse(std::move(*wrong));
  }
  const bool by_attribute = request->sort == SortBy::kAttributeAscending || request->sort == SortBy::kAttributeDescending;
  if (by_attribute && request->sort_attribute.empty()) {
    return refuse(ErrorKind::kInvalidArgument, "sort_attribute is missing: the attribute to sort by", "sort_attribute");
  }
  auto page = shop.search->search(*request);
  if (!page) return refuse(page.error());
  bound(*page);
  return Told(to_json(*page), std::move(page->considered));
}

// Names the nearest departments where a scope is unknown.
Answer unknown_scope(const Shop& shop, const std::string& scope, const Error& error) {
  const auto whole = shop.search->shape("");
  if (!whole) return refuse(error);
  std::vector<std::string> names;
  for (const auto& department : whole->departments) names.push_back(department.name);
  const std::string nearest = text::nearest(scope, names);
  return refuse(ErrorKind::kNotFound, "there is no category or kind '" + shortened(scope, 60) + "'" + (nearest.empty() ? "" : "; did you mean '" + nearest + "'?"),
                "scope", names);
}

}  // namespace

Tool search_catalogue(const Shop& shop) {
  return {{"search_catalogue",
           "Find products by words and constraints. Tells how many match in all, what was relaxed, and whether the shop carries such a thing at all.",
           kSearchSchema, ToolEffect::kRead},
          [shop](const Arguments& arguments, const ToolContext&) { return run_search(shop, arguments); }};
}

Tool describe_shop(const Shop& shop) {
  return {{"describe_shop",
           "What the shop sells: departments with product counts and price ranges, the cheapest and the most expensive. For questions about the whole range.",
           R"({"type":"object","properties":{"scope":{"type":"string","maxLength":200,"description":"a category or kind; leave out for the whole shop"}}})",
           ToolEffect::kRead},
          [shop](const Arguments& arguments, const ToolContext&) -> Answer {
            const std::string scope = arguments.text("scope");
            auto shape = shop.search->shape(scope);
            if (!shape && shape.error().kind == ErrorKind::kNotFound) return unknown_scope(shop, scope, shape.error());
            if (!shape) return refuse(shape.error());
            for (ShopShape::Extreme& extreme : shape->extremes) {
              if (extreme.product.variants.size() > kVariantsOfCard) extreme.product.variants.clear();
            }
            return to_json(*shape);
          }};
}

Tool get_product(const Shop& shop) {
  return {{"get_product", "Everything the shop states about one product: attributes, every variant with its price and stock right now, description.",
           R"({"type":"object","required":["product"],"properties":{"product":{"type":"string","format":"id","description":"product id from a result"}}})",
           ToolEffect::kRead},
          [shop](const Arguments& arguments, const ToolContext& context) -> Answer {
            auto product = product_meant(*shop.catalogue, arguments.text("product"));
            if (!product) return refuse(ErrorAnswer{product.error(), "product", {}, {}, {}, {}});
            product->description = shortened(product->description, kDescription);
            return to_json(ProductDetails{std::move(*product), context.now});
          }};
}

}  // namespace floorwalker::tools
