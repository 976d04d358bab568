#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "tools/ports/carts.h"
#include "tools/ports/catalogue.h"
#include "tools/ports/service.h"

// What every shop behind the ports keeps to, whatever platform it is. shop_contract_test.cc holds the suite; an adapter takes part by
// adding a factory to the list there, for a shop with the goods described here.
namespace floorwalker::test {

// A shop with these goods, in USD, and nothing else that the suite looks at:
//
//   product  variants (price, stock)
//   tee      "Contract tee", brand "Plain": tee-s (Size S, 19.99, 5), tee-m (Size M, 19.99, compare_at 24.99, 2), tee-l (Size L, 21.50, 0)
//   mug      "Täschchen-Becher ☕": mug (8.05, level in_stock without a count)
//   cable    "Cable": cable (2.00, 100; sold from 4 upwards, 12 at most, in packs of 4), if `has_selling_rules`
//
//   discount codes SAVE10 (10 %, from 50.00), TAKE20 (20.00 off), OLD (not active)
//   a policy "returns"; order N-1 of sam@example.com with one tee-s
class ContractShop {
 public:
  virtual ~ContractShop() = default;

  virtual ports::Catalogue& catalogue() = 0;
  virtual ports::Carts& carts() = 0;
  virtual ports::Policies& policies() = 0;
  virtual ports::Orders& orders() = 0;
  virtual ports::HandOffDesk& desk() = 0;

  // The shop's ids for the names above.
  virtual ProductId product(const std::string& name) const { return ProductId(name); }
  virtual VariantId variant(const std::string& name) const { return VariantId(name); }

  // A cart that was there once and that the shop does not know any more.
  virtual CartId expired_cart(const CartId& cart) { return CartId(cart.str() + "-expired"); }

  // What a merchant does meanwhile.
  virtual void set_stock(const std::string& variant, std::int64_t count) = 0;
  virtual void set_price(const std::string& variant, std::int64_t minor) = 0;

  bool has_selling_rules = true;    // least, most and pack quantities
  bool has_threads = true;          // may be used by several threads
  bool counts_stock = true;         // else tells a level only
  bool tells_former_prices = true;
  bool reprices_carts = true;       // a cart follows the catalogue's prices; else it keeps those at which things were put into it
  bool has_policies = true, dates_policies = true;
  bool has_orders = true;
};

struct ContractFactory {
  std::string name;
  std::function<std::unique_ptr<ContractShop>()> make;

  friend void PrintTo(const ContractFactory& factory, std::ostream* out) { *out << factory.name; }
};

// The embedded shop, in a temporary file.
ContractFactory embedded_contract_shop();

// The small REST shop behind adapters/example-rest.yaml; and the same where it adds what is left in place of refusing, and knows no keys.
ContractFactory rest_contract_shop();
ContractFactory clamping_contract_shop();

// The platform on which tests/servers/contract.sh has such a shop running (FLOORWALKER_CONTRACT names the file that says which); else none.
std::vector<ContractFactory> platform_contract_shops();

}  // namespace floorwalker::test
