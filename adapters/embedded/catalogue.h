#pragma once

#include "adapters/embedded/listing.h"
#include "adapters/embedded/store.h"
#include "tools/ports/catalogue.h"

namespace floorwalker::embedded {

// The products of a shop's database. Safe for every thread.
class SqliteCatalogue final : public ports::Catalogue {
 public:
  explicit SqliteCatalogue(Store& store) : store_(store) {}

  Result<Product> product(const ProductId& id) override;
  Result<std::vector<Product>> products(const std::vector<ProductId>& ids) override;
  Result<ProductId> product_of(const VariantId& id) override;
  Result<void> each(const std::function<bool(const Product&)>& visit) override;
  Result<std::vector<Relation>> relations(const ProductId& id) override;
  Currency currency() const override;
  Result<std::string> version() override;

 private:
  Store& store_;
};

// The currency of the shop behind the connection.
Currency read_currency(Connection& connection);

// A product with its selling rules and own relations; nothing if unknown.
Result<std::optional<Listing>> read_listing(Connection& connection, const ProductId& id);

// Puts a listing in the place of what the shop has under its id, if anything, and keeps the catalogue's version true.
void write_listing(Connection& connection, const Listing& listing);

void remove_product(Connection& connection, const ProductId& id);

// Recomputes a product's share of the catalogue's version after its columns were changed.
Result<void> refresh_version(Connection& connection, const ProductId& id);

}  // namespace floorwalker::embedded
