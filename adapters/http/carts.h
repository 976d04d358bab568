#pragma once

#include <array>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/http/catalogue.h"
#include "adapters/http/engine.h"
#include "adapters/http/ledger.h"
#include "tools/ports/carts.h"

namespace floorwalker::http {

// Carts of a remote shop. Every write is written down before it is sent, sent once, and judged by the cart that is read after it: a lost
// reply that the cart shows is a success, one that it does not show is kOutcomeUnknown until the same key is tried again. A shop that adds
// fewer than asked is brought back to where it was, so that "more than there is" adds nothing on every platform. Changes of one cart
// come one at a time.
class RemoteCarts final : public ports::Carts {
 public:
  RemoteCarts(Engine& engine, RemoteCatalogue& catalogue, Ledger& ledger) : engine_(engine), catalogue_(catalogue), ledger_(ledger) {}

  Result<CartId> create(const IdempotencyKey& key) override;
  Result<std::optional<ports::CartChange>> done(const CartId& cart, const IdempotencyKey& key) override;
  Result<Cart> read(const CartId& cart) override;
  Result<ports::CartChange> add(const CartId& cart, const VariantId& variant, std::int64_t quantity, const IdempotencyKey& key) override;
  Result<ports::CartChange> set_quantity(const CartId& cart, const LineId& line, std::int64_t quantity, const IdempotencyKey& key) override;
  Result<ports::CartChange> change_variant(const CartId& cart, const LineId& line, const VariantId& variant, const IdempotencyKey& key) override;
  Result<ports::CartChange> remove(const CartId& cart, const LineId& line, const IdempotencyKey& key) override;
  Result<Cart> apply_discount(const CartId& cart, const std::string& code, const IdempotencyKey& key) override;
  Result<std::string> checkout_url(const CartId& cart) override;

 private:
  // A change of how many pieces of one variant a cart holds.
  struct Change {
    const char* operation;
    VariantId variant;
    LineId line;                 // empty for an add
    std::int64_t quantity = 0;   // to add, or to have
    bool adds = false;
    bool again = false;          // sent a second time, after a reply was lost
    std::string key{};           // for platforms that know keys themselves
  };
  using Work = std::function<Result<ports::CartChange>(const std::optional<WriteRecord>& begun)>;

  std::mutex& lock_of(const CartId& cart) { return locks_[std::hash<CartId>()(cart) % locks_.size()]; }
  Result<Variables> variables_of(const CartId& cart);
  Result<void> keep(const CartId& cart, const std::vector<std::pair<std::string, Value>>& captured, const Variables& variables);
  Result<Cart> mapped(const CartId& cart, const Outcome& outcome, const Variables& variables);
  Result<Cart> read_unlocked(const CartId& cart);

  Result<ports::CartChange> once(const CartId& cart, const IdempotencyKey& key, const std::string& content, const Work& work);
  Result<ports::CartChange> change(const CartId& cart, const IdempotencyKey& key, const std::string& content, const Change& change, const std::optional<WriteRecord>& begun);
  Result<ports::CartChange> judged(const CartId& cart, const Change& change, const Cart& before, std::int64_t had, const Ran& ran, const Variables& variables);
  Result<ports::CartChange> change_line(const CartId& cart, const LineId& line, std::int64_t quantity, const char* operation, const IdempotencyKey& key);
  Result<ports::CartChange> undone(const CartId& cart, const Change& change, const Cart& before, std::int64_t had, Cart after, std::optional<std::int64_t> available);
  Result<ports::CartChange> let_go(const std::string& code, const Variables& variables);
  Ran send(const CartId& cart, const Change& change, const Variables& variables);
  Error out_of_stock(const Change& change, const Cart& cart, std::optional<std::int64_t> available);

  Engine& engine_;
  RemoteCatalogue& catalogue_;
  Ledger& ledger_;
  std::array<std::mutex, 64> locks_;   // each guards the carts that hash to it
};

}  // namespace floorwalker::http
