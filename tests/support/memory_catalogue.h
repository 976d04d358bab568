#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "tools/ports/catalogue.h"

namespace floorwalker::test {

// A catalogue in memory. Products may be changed between calls (`find`), as a shop's prices and stock do. One thread only.
class MemoryCatalogue final : public ports::Catalogue {
 public:
  explicit MemoryCatalogue(std::vector<Product> products = {}, std::string currency = "USD");

  void add(Product product);
  void add(Relation relation) { relations_.push_back(std::move(relation)); }
  Product* find(const std::string& id);
  void remove(const std::string& id);
  void set_version(std::string version) { version_ = std::move(version); }

  Result<Product> product(const ProductId& id) override;
  Result<std::vector<Product>> products(const std::vector<ProductId>& ids) override;
  Result<ProductId> product_of(const VariantId& id) override;
  Result<void> each(const std::function<bool(const Product&)>& visit) override;
  Result<std::vector<Relation>> relations(const ProductId& id) override;
  Currency currency() const override { return currency_; }
  Result<std::string> version() override { return version_; }

  std::size_t reads = 0;  // products handed out by product() and products()

 private:
  std::vector<Product> products_;
  std::unordered_map<std::string, std::size_t> at_;
  std::vector<Relation> relations_;
  Currency currency_;
  std::string version_ = "1";
};

}  // namespace floorwalker::test
