#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/memory_catalogue.h"
#include "tools/ports/carts.h"
#include "tools/ports/search.h"
#include "tools/ports/service.h"
#include "tools/shop.h"

namespace floorwalker::test {

// Finds products that hold every word of the request (as a stem in title, kind, brand, category or attributes) and meet the
// constraints; relevance is the number of words in title or kind. For tests that need some search, not a good one. Live price and stock.
class MemorySearch final : public ports::Search {
 public:
  explicit MemorySearch(MemoryCatalogue& catalogue) : catalogue_(catalogue) {}

  Result<SearchPage> search(const SearchRequest& request) override;
  Result<ShopShape> shape(const std::string& scope) override;

  std::size_t searches = 0;

 private:
  MemoryCatalogue& catalogue_;
};

// Carts that keep every promise of the port, and break on demand.
class MemoryCarts final : public ports::Carts {
 public:
  // The next write fails so. `applied`: it happens nevertheless, and only the reply is lost.
  struct Fault {
    Error error;
    bool applied = false;
  };

  explicit MemoryCarts(MemoryCatalogue& catalogue) : catalogue_(catalogue) {}

  Result<CartId> create(const IdempotencyKey& key) override;
  Result<std::optional<ports::CartChange>> done(const CartId& cart, const IdempotencyKey& key) override;
  Result<Cart> read(const CartId& cart) override;
  Result<ports::CartChange> add(const CartId& cart, const VariantId& variant, std::int64_t quantity, const IdempotencyKey& key) override;
  Result<ports::CartChange> set_quantity(const CartId& cart, const LineId& line, std::int64_t quantity, const IdempotencyKey& key) override;
  Result<ports::CartChange> change_variant(const CartId& cart, const LineId& line, const VariantId& variant, const IdempotencyKey& key) override;
  Result<ports::CartChange> remove(const CartId& cart, const LineId& line, const IdempotencyKey& key) override;
  Result<Cart> apply_discount(const CartId& cart, const std::string& code, const IdempotencyKey& key) override;
  Result<std::string> checkout_url(const CartId& cart) override;

  std::deque<Fault> faults;                       // for coming writes, in order
  std::deque<Error> read_faults;                  // for coming reads
  bool clamps = false;                            // adds what is left in place of refusing
  std::map<std::string, int> discounts{{"SAVE10", 100}};  // code -> permille off
  std::size_t writes = 0;                         // writes that changed a cart
  std::string checkout = "https://shop.example/checkout/";  // the cart's id follows

 private:
  struct Done {
    std::string content;
    ports::CartChange change;
  };

  Result<ports::CartChange> once(const CartId& cart, const IdempotencyKey& key, const std::string& content,
                                 const std::function<Result<ports::CartChange>(Cart&)>& write);
  void total(Cart& cart) const;
  std::int64_t left(const VariantId& variant) const;

  MemoryCatalogue& catalogue_;
  std::map<std::string, Cart> carts_;
  std::map<std::string, Done> done_;
  std::map<std::string, CartId> created_;
  int next_line_ = 1;
};

class MemoryPolicies final : public ports::Policies {
 public:
  Result<std::vector<Policy>> all() override {
    if (fault) return fail(*fault);
    return policies;
  }

  std::vector<Policy> policies;
  std::optional<Error> fault;
};

class MemoryOrders final : public ports::Orders {
 public:
  Result<Order> find(const OrderId& id, const std::string& email) override;

  std::map<std::string, std::pair<std::string, Order>> orders;  // id -> email, order
};

class MemoryDesk final : public ports::HandOffDesk {
 public:
  Result<std::string> hand_off(const SessionId& session, const std::string& reason, const IdempotencyKey& key) override;

  std::map<std::string, std::string> cases;  // key -> reason
};

// A whole shop in memory: every port, empty at first. One thread only.
struct MemoryShop {
  MemoryCatalogue catalogue;
  MemorySearch search{catalogue};
  MemoryCarts carts{catalogue};
  MemoryPolicies policies;
  MemoryOrders orders;
  MemoryDesk desk;

  // They live no longer than it does.
  tools::Shop ports() {
    tools::Shop ports;
    ports.catalogue = &catalogue;
    ports.search = &search;
    ports.carts = &carts;
    ports.policies = &policies;
    ports.orders = &orders;
    ports.desk = &desk;
    return ports;
  }
};

// A product of one variant: id "P-1", variant "P-1-v", in stock.
Product simple_product(const std::string& id, const std::string& title, const std::string& kind, std::int64_t price_minor,
                       std::vector<Attribute> attributes = {});

// Gives a product one variant for each value of one option: "P-1-M" for {"Size", "M"}; all at the price of the first, in stock (10).
void set_variants(Product& product, const std::string& option, const std::vector<std::string>& values);

}  // namespace floorwalker::test
