#pragma once

#include <string>
#include <utility>
#include <vector>

#include "agent/core/catalogue.h"

namespace floorwalker::test {

// Writes small catalogues by hand: make("p1", "Acme Cloud Sofa", "sofa", 89900).brand("Acme").attribute("colour", "Grey").
class ProductMaker {
 public:
  // `price_minor` in US cents; one variant of it, in stock.
  ProductMaker(std::string id, std::string title, std::string kind, std::int64_t price_minor) {
    product_.id = ProductId(id);
    product_.title = std::move(title);
    product_.kind = std::move(kind);
    Variant variant;
    variant.id = VariantId(id + "-0");
    variant.price = {price_minor, *Currency::parse("USD")};
    variant.stock.availability = Availability::kInStock;
    product_.variants.push_back(std::move(variant));
  }

  ProductMaker& brand(std::string name) { return product_.brand = std::move(name), *this; }
  ProductMaker& description(std::string text) { return product_.description = std::move(text), *this; }
  ProductMaker& category(std::vector<std::string> path) { return product_.categories.push_back(std::move(path)), *this; }
  ProductMaker& tag(std::string tag) { return product_.tags.push_back(std::move(tag)), *this; }
  ProductMaker& margin(int permille) { return product_.margin_permille = permille, *this; }
  ProductMaker& attribute(std::string name, const char* text) { return product_.attributes.push_back({std::move(name), std::string(text)}), *this; }
  ProductMaker& attribute(std::string name, bool flag) { return product_.attributes.push_back({std::move(name), flag}), *this; }
  ProductMaker& measure(std::string name, const std::string& text) { return product_.attributes.push_back({std::move(name), *parse_measure(text)}), *this; }
  ProductMaker& out_of_stock() { return product_.variants.back().stock.availability = Availability::kOutOfStock, *this; }

  // Variants with options instead of the single one: the first call replaces it.
  ProductMaker& variant(std::vector<OptionValue> options, std::int64_t price_minor, Availability availability = Availability::kInStock) {
    if (product_.variants.size() == 1 && product_.variants[0].options.empty()) product_.variants.clear();
    Variant one;
    one.id = VariantId(product_.id.str() + "-" + std::to_string(product_.variants.size()));
    one.options = std::move(options);
    one.price = {price_minor, *Currency::parse("USD")};
    one.stock.availability = availability;
    product_.variants.push_back(std::move(one));
    return *this;
  }

  operator Product() const { return product_; }

 private:
  Product product_;
};

}  // namespace floorwalker::test
