#include "tools/search/cards.h"

#include <algorithm>

namespace floorwalker::search {
namespace {

constexpr std::size_t kMostAttributes = 12;
constexpr std::size_t kMostVariants = 40;

bool buyable(const Variant& variant) { return variant.stock.availability != Availability::kOutOfStock; }

void add_options(const Product& product, ProductCard& card) {
  for (const bool in_stock : {true, false}) {
    for (const Variant& variant : product.variants) {
      if (buyable(variant) != in_stock) continue;
      for (const OptionValue& option : variant.options) {
        auto at = std::find_if(card.options.begin(), card.options.end(), [&](const auto& one) { return one.first == option.name; });
        if (at == card.options.end()) at = card.options.insert(card.options.end(), {option.name, {}});
        if (std::find(at->second.begin(), at->second.end(), option.value) == at->second.end()) at->second.push_back(option.value);
      }
    }
  }
}

void add_attributes(const Product& product, const std::vector<std::string>& first, ProductCard& card) {
  const auto add = [&](const Attribute& attribute) {
    if (card.attributes.size() >= kMostAttributes) return;
    if (std::find(card.attributes.begin(), card.attributes.end(), attribute) == card.attributes.end()) card.attributes.push_back(attribute);
  };
  for (const std::string& name : first) {
    for (const Attribute& attribute : product.attributes) {
      if (attribute.name == name) add(attribute);
    }
  }
  for (const Attribute& attribute : product.attributes) add(attribute);
}

}  // namespace

ProductCard make_card(const Product& product, const std::vector<std::size_t>& meeting, const std::vector<std::string>& first, const std::string& kind) {
  ProductCard card;
  card.id = product.id;
  card.title = product.title;
  card.brand = product.brand;
  card.kind = product.kind.empty() ? kind : product.kind;
  card.availability = availability_of(product);
  card.url = product.url;
  if (!product.images.empty()) card.image = product.images.front();
  add_attributes(product, first, card);
  add_options(product, card);
  bool any = false;
  for (std::size_t i = 0; i < product.variants.size(); ++i) {
    if (!meeting.empty() && std::find(meeting.begin(), meeting.end(), i) == meeting.end()) continue;
    const Variant& variant = product.variants[i];
    if (!any || variant.price.minor < card.price_from.minor) card.price_from = variant.price, card.compare_at = variant.compare_at;
    if (!any || variant.price.minor > card.price_to.minor) card.price_to = variant.price;
    any = true;
    if (card.variants.size() < kMostVariants) card.variants.push_back(variant);
  }
  return card;
}

}  // namespace floorwalker::search
