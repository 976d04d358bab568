#include "tools/products.h"

#include <algorithm>

#include "agent/core/text.h"

namespace floorwalker::tools {
namespace {

bool in_stock(const Variant& variant) { return variant.stock.availability != Availability::kOutOfStock; }

void add_once(std::vector<std::string>& values, const std::string& value) {
  if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
}

// Option names with the values that exist, those in stock first.
std::vector<std::pair<std::string, std::vector<std::string>>> options_of(const Product& product) {
  std::vector<std::pair<std::string, std::vector<std::string>>> all;
  for (const bool stocked : {true, false}) {
    for (const Variant& variant : product.variants) {
      if (in_stock(variant) != stocked) continue;
      for (const OptionValue& option : variant.options) {
        auto at = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.first == option.name; });
        if (at == all.end()) at = all.insert(at, {option.name, {}});
        add_once(at->second, option.value);
      }
    }
  }
  return all;
}

// Folded words in their stems: "Wall mounts" and "wall_mount" are alike.
std::vector<std::string> stems(std::string_view name) {
  std::vector<std::string> all;
  for (const auto& word : text::words(text::spaced(name))) all.push_back(text::stem(word.folded));
  return all;
}

}  // namespace

ProductCard card_of(const Product& product, std::size_t attributes) {
  ProductCard card;
  card.id = product.id;
  card.title = product.title;
  card.brand = product.brand;
  card.kind = product.kind;
  const Variant& cheapest = cheapest_variant(product);
  card.price_from = cheapest.price;
  card.price_to = cheapest.price;
  for (const Variant& variant : product.variants) {
    if (variant.price.minor > card.price_to.minor) card.price_to = variant.price;
  }
  card.compare_at = cheapest.compare_at;
  card.availability = availability_of(product);
  card.attributes.assign(product.attributes.begin(), product.attributes.begin() + static_cast<std::ptrdiff_t>(std::min(attributes, product.attributes.size())));
  card.options = options_of(product);
  card.variants = product.variants;
  card.url = product.url;
  if (!product.images.empty()) card.image = product.images.front();
  return card;
}

Result<Product> product_meant(ports::Catalogue& catalogue, const std::string& id) {
  auto product = catalogue.product(ProductId(id));
  if (product || product.error().kind != ErrorKind::kNotFound) return product;
  const auto owner = catalogue.product_of(VariantId(id));
  if (owner) return catalogue.product(*owner);
  if (owner.error().kind != ErrorKind::kNotFound) return fail(owner.error());
  return fail(ErrorKind::kNotFound, "there is no product '" + shortened(id, 60) + "'; use an id from a search result");
}

std::string kind_of(const Shop& shop, const Product& product) {
  if (!product.kind.empty()) return product.kind;
  if (auto known = shop.search->kind_of(product.id)) return *known;
  SearchRequest request;
  request.words = product.title;
  request.limit = 3;
  const auto page = shop.search->search(request);
  if (!page) return "";
  for (const ProductCard& card : page->products) {
    if (card.id == product.id) return card.kind;
  }
  return "";
}

bool is_of_kind(const Product& product, const std::string& own_kind, const std::string& kind) {
  const auto wanted = stems(kind);
  if (wanted.empty()) return false;
  if (stems(product.kind) == wanted || stems(own_kind) == wanted) return true;
  const auto named = [&](const std::string& name) { return stems(name) == wanted; };
  return std::any_of(product.categories.begin(), product.categories.end(), [&](const auto& path) {
    // A whole department is no kind: cables in "Televisions" are no televisions.
    const bool department = path.size() > 1 && !product.kind.empty();
    return std::any_of(path.begin() + (department ? 1 : 0), path.end(), named);
  });
}

bool same_name(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const auto plain = [](std::string_view name) {
    std::string folded = text::fold(name);
    std::replace_if(folded.begin(), folded.end(), [](char c) { return c == '_' || c == '-'; }, ' ');
    return folded;
  };
  return plain(a) == plain(b);
}

std::vector<AttributeValue> values_of(const Product& product, std::string_view attribute) {
  std::vector<AttributeValue> all;
  for (const Attribute& one : product.attributes) {
    if (one.name == attribute) all.push_back(one.value);
  }
  return all;
}

std::string options_text(const Variant& variant) {
  if (variant.options.empty()) return variant.id.str();
  std::string all;
  for (const OptionValue& option : variant.options) all += (all.empty() ? "" : ", ") + option.name + " " + option.value;
  return all;
}

std::string shortened(const std::string& text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  std::size_t cut = bytes;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80) --cut;
  return text.substr(0, cut) + "...";
}

}  // namespace floorwalker::tools
