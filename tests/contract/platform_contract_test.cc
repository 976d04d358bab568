#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "adapters/http/shop.h"
#include "agent/net/curl_transport.h"
#include "tests/contract/shop_contract.h"
#include "tests/support/rest_stack.h"

// The platforms that others wrote, each running with the goods of tests/servers/goods.csv. tests/servers/contract.sh starts them and says by
// the environment which adapter leads where: FLOORWALKER_CONTRACT (its name), FLOORWALKER_CONTRACT_URL, FLOORWALKER_CONTRACT_FOLDER (with
// contract.json, the platform's ids, and merchant.mjs, which changes stock and prices).
namespace floorwalker::test {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

struct Platform {
  std::string adapter, url, folder;
  std::map<std::string, std::string> products, variants;
};

Platform platform() {
  Platform made{environment("FLOORWALKER_CONTRACT"), environment("FLOORWALKER_CONTRACT_URL"), environment("FLOORWALKER_CONTRACT_FOLDER"), {}, {}};
  std::ifstream in(made.folder + "/contract.json");
  const auto ids = nlohmann::json::parse(in, nullptr, false);
  if (ids.is_discarded()) throw std::runtime_error("there is no " + made.folder + "/contract.json");
  ids.at("products").get_to(made.products);
  ids.at("variants").get_to(made.variants);
  return made;
}

class PlatformContractShop final : public ContractShop {
 public:
  PlatformContractShop() {
    http::EngineOptions options;
    options.url = platform_.url;
    auto opened = http::Shop::open(shipped_adapter(platform_.adapter), transport_, std::make_unique<http::MemoryLedger>(), std::move(options));
    if (!opened) throw std::runtime_error(opened.error().message);
    shop_ = std::move(*opened);
    describe();
  }

  ~PlatformContractShop() override {
    std::string touched;
    for (const std::string& name : touched_) touched += " " + name;
    if (!touched.empty()) merchant("reset" + touched);
  }

  ports::Catalogue& catalogue() override { return shop_->catalogue(); }
  ports::Carts& carts() override { return shop_->carts(); }
  ports::Policies& policies() override { return shop_->policies(); }
  ports::Orders& orders() override { return shop_->orders(); }
  ports::HandOffDesk& desk() override { return shop_->desk(); }
  ProductId product(const std::string& name) const override { return ProductId(platform_.products.at(name)); }
  VariantId variant(const std::string& name) const override { return VariantId(platform_.variants.at(name)); }
  CartId expired_cart(const CartId& cart) override {
    const CartId gone(cart.str() + "-expired");
    auto state = nlohmann::json::parse(shop_->ledger().cart(cart)->value());
    for (auto& value : state) {
      std::string text = value;
      value = text.insert(std::min(text.find('?'), text.size()), "0expired0");
    }
    EXPECT_TRUE(shop_->ledger().keep_cart(gone, state.dump()));
    return gone;
  }
  void set_stock(const std::string& variant, std::int64_t count) override { change("stock", variant, count); }
  void set_price(const std::string& variant, std::int64_t minor) override { change("price", variant, minor); }

 private:
  // What a platform has not, as its adapter says under `absent`, and how its carts treat prices.
  void describe() {
    const http::Adapter& adapter = shop_->engine().adapter();
    const bool shopify = platform_.adapter == "shopify";
    const bool token = !environment("SHOPIFY_STOREFRONT_TOKEN").empty() || !environment("SHOPIFY_PRIVATE_TOKEN").empty();
    has_selling_rules = shopify;   // the others sell everything one by one
    counts_stock = shopify ? token : !adapter.absent.contains("exact stock");
    tells_former_prices = adapter.product.variants.compare_at.given();
    reprices_carts = shopify;   // the others keep the price at which something was put into the cart
    has_policies = adapter.operation("policies") != nullptr;
    dates_policies = false;
    has_orders = false;         // Vendure tells orders, but these goods come with none
  }

  void change(const char* what, const std::string& name, std::int64_t value) {
    touched_.insert(name);
    merchant(std::string(what) + " " + name + " " + std::to_string(value));
  }

  void merchant(const std::string& words) {
    const std::string command = "cd '" + platform_.folder + "' && node merchant.mjs '" + platform_.url + "' " + words;
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
  }

  Platform platform_ = platform();
  net::CurlTransport transport_;   // before the shop that uses it
  std::unique_ptr<http::Shop> shop_;
  std::set<std::string> touched_;
};

}  // namespace

std::vector<ContractFactory> platform_contract_shops() {
  const std::string name = environment("FLOORWALKER_CONTRACT");
  if (name.empty()) return {};
  return {{name, [] { return std::make_unique<PlatformContractShop>(); }}};
}

}  // namespace floorwalker::test
