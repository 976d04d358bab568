#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/catalogue.h"
#include "agent/core/result.h"

namespace floorwalker::ports {

// A shop's products. Implementations are safe for every thread; price and stock are as of the call.
class Catalogue {
 public:
  virtual ~Catalogue() = default;

  // Everything about one product. kNotFound for an unknown id.
  virtual Result<Product> product(const ProductId& id) = 0;

  // The same for several, in the order asked; unknown ids are left out.
  virtual Result<std::vector<Product>> products(const std::vector<ProductId>& ids) = 0;

  // The product that a variant belongs to. kNotFound for an unknown id.
  virtual Result<ProductId> product_of(const VariantId& id) = 0;

  // Calls `visit` with every product, in a stable order, until it returns false: for building an index.
  virtual Result<void> each(const std::function<bool(const Product&)>& visit) = 0;

  // Relations that start at the product.
  virtual Result<std::vector<Relation>> relations(const ProductId& id) = 0;

  // The currency in which the shop tells prices.
  virtual Currency currency() const = 0;

  // Changes whenever the catalogue's content (not stock) changes: for a persisted index to know that it is stale.
  virtual Result<std::string> version() = 0;
};

}  // namespace floorwalker::ports
