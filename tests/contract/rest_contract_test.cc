#include "tests/contract/shop_contract.h"
#include "tests/support/rest_stack.h"

namespace floorwalker::test {
namespace {

class RestContractShop final : public ContractShop {
 public:
  explicit RestContractShop(bool clamps) {
    stack_.server.clamps = clamps;
    stack_.server.keeps_keys = !clamps;
  }

  ports::Catalogue& catalogue() override { return stack_.shop->catalogue(); }
  ports::Carts& carts() override { return stack_.shop->carts(); }
  ports::Policies& policies() override { return stack_.shop->policies(); }
  ports::Orders& orders() override { return stack_.shop->orders(); }
  ports::HandOffDesk& desk() override { return stack_.shop->desk(); }
  CartId expired_cart(const CartId& cart) override {
    const CartId gone(cart.str() + "-expired");
    EXPECT_TRUE(stack_.shop->ledger().keep_cart(gone, R"({"cart":"secret-0"})"));   // which the server does not know
    return gone;
  }
  void set_stock(const std::string& variant, std::int64_t count) override { stack_.server.set_stock(variant, count); }
  void set_price(const std::string& variant, std::int64_t minor) override { stack_.server.set_price(variant, minor); }

 private:
  RestStack stack_;
};

}  // namespace

ContractFactory rest_contract_shop() {
  return {"rest", [] { return std::make_unique<RestContractShop>(false); }};
}

ContractFactory clamping_contract_shop() {
  return {"clamping", [] { return std::make_unique<RestContractShop>(true); }};
}

}  // namespace floorwalker::test
