#include "agent/core/catalogue.h"

#include <algorithm>

namespace floorwalker {

std::string format(const AttributeValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "yes" : "no";
  return format(std::get<Measure>(value));
}

const Variant& cheapest_variant(const Product& product) {
  return *std::min_element(product.variants.begin(), product.variants.end(),
                           [](const Variant& a, const Variant& b) { return a.price.minor < b.price.minor; });
}

bool prices_known(const Product& product) {
  return std::none_of(product.variants.begin(), product.variants.end(), [](const Variant& variant) { return variant.price == Money{}; });
}

Availability availability_of(const Product& product) {
  Availability best = Availability::kOutOfStock;
  for (const Variant& variant : product.variants) {
    const Availability one = variant.stock.availability;
    if (one == Availability::kInStock) return one;
    if (one == Availability::kLowStock || best == Availability::kOutOfStock) best = one;
  }
  return best;
}

}  // namespace floorwalker
