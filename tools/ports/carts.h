#pragma once

#include <cstdint>
#include <string>

#include "agent/core/cart.h"
#include "agent/core/ids.h"
#include "agent/core/result.h"

namespace floorwalker::ports {

// What a change of a cart came to: the cart as re-read from the shop after it.
struct CartChange {
  Cart cart;
  LineId line;                             // the line concerned
  std::int64_t got = 0;                    // the quantity that was added or is now set
  std::optional<std::int64_t> available;   // told when less than asked
  std::optional<CartLine> before{};        // the line as it was, where there was one and the shop knows
};

// A shop's carts. Every write carries a key and happens at most once for it: the same key with the same content returns what the first
// call returned, with other content fails with kConflict. Safe for every thread.
class Carts {
 public:
  virtual ~Carts() = default;

  virtual Result<CartId> create(const IdempotencyKey& key) = 0;

  // What came of the write with this key: as it was returned then, or nothing where no such write was done or the shop cannot tell. For a
  // call that is repeated after a crash.
  virtual Result<std::optional<CartChange>> done(const CartId& cart, const IdempotencyKey& key) {
    static_cast<void>(cart), static_cast<void>(key);
    return std::optional<CartChange>();
  }

  // kNotFound for an unknown or expired cart.
  virtual Result<Cart> read(const CartId& cart) = 0;

  // Adds `quantity` (>= 1) of the variant; a line of the same variant grows. Fails with kOutOfStock (message tells how many are left)
  // and then adds nothing; shops that clamp instead say so through CartChange::got and available.
  virtual Result<CartChange> add(const CartId& cart, const VariantId& variant, std::int64_t quantity, const IdempotencyKey& key) = 0;

  // Sets a line's quantity; 0 removes it.
  virtual Result<CartChange> set_quantity(const CartId& cart, const LineId& line, std::int64_t quantity, const IdempotencyKey& key) = 0;

  // Puts another variant in the line's place: adds before it removes, so that a failure never loses the line.
  virtual Result<CartChange> change_variant(const CartId& cart, const LineId& line, const VariantId& variant, const IdempotencyKey& key) = 0;

  virtual Result<CartChange> remove(const CartId& cart, const LineId& line, const IdempotencyKey& key) = 0;

  // kRefused with the shop's reason for a code that does not apply.
  virtual Result<Cart> apply_discount(const CartId& cart, const std::string& code, const IdempotencyKey& key) = 0;

  // The address at which the shopper pays. The cart stays as it is.
  virtual Result<std::string> checkout_url(const CartId& cart) = 0;
};

}  // namespace floorwalker::ports
