#pragma once

#include "adapters/embedded/store.h"
#include "tools/ports/carts.h"

namespace floorwalker::embedded {

// Carts in a shop's database. Each write is one transaction that also keeps the answer under its key, so that a repeated key finds
// either nothing (and nothing was written) or the answer. Lines of variants that the shop no longer has are left out of the cart and
// of its totals. kOutOfStock carries what is left in words and as "available=N" in the error's detail. Safe for every thread.
class SqliteCarts final : public ports::Carts {
 public:
  explicit SqliteCarts(Store& store) : store_(store) {}

  Result<CartId> create(const IdempotencyKey& key) override;
  Result<std::optional<ports::CartChange>> done(const CartId& cart, const IdempotencyKey& key) override;
  Result<Cart> read(const CartId& cart) override;
  Result<ports::CartChange> add(const CartId& cart, const VariantId& variant, std::int64_t quantity, const IdempotencyKey& key) override;
  Result<ports::CartChange> set_quantity(const CartId& cart, const LineId& line, std::int64_t quantity, const IdempotencyKey& key) override;
  Result<ports::CartChange> change_variant(const CartId& cart, const LineId& line, const VariantId& variant,
                                           const IdempotencyKey& key) override;
  Result<ports::CartChange> remove(const CartId& cart, const LineId& line, const IdempotencyKey& key) override;
  Result<Cart> apply_discount(const CartId& cart, const std::string& code, const IdempotencyKey& key) override;
  Result<std::string> checkout_url(const CartId& cart) override;

 private:
  Store& store_;
};

}  // namespace floorwalker::embedded
