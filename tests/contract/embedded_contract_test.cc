#include "adapters/embedded/importer.h"
#include "adapters/embedded/shop.h"
#include "tests/contract/shop_contract.h"
#include "tests/support/paths.h"

namespace floorwalker::test {

namespace {

constexpr std::string_view kGoods = R"({"type": "shop", "name": "Contract", "currency": "USD", "checkout_url": "https://shop.example/pay/{cart}"}
{"id": "tee", "title": "Contract tee", "brand": "Plain", "kind": "t-shirt", "attributes": {"material": "cotton", "weight": "180 g"}, "variants": [{"id": "tee-s", "options": {"Size": "S"}, "price": "19.99", "stock": 5}, {"id": "tee-m", "options": {"Size": "M"}, "price": "19.99", "compare_at": "24.99", "stock": 2}, {"id": "tee-l", "options": {"Size": "L"}, "price": "21.50", "stock": 0}], "relations": {"accessory": ["mug"]}}
{"id": "mug", "title": "Täschchen-Becher ☕", "price": "8.05", "stock": "in_stock"}
{"id": "cable", "title": "Cable", "price": "2.00", "stock": 100, "min": 4, "max": 12, "pack": 4}
{"type": "discount", "code": "SAVE10", "percent": 10, "min_total": "50.00"}
{"type": "discount", "code": "TAKE20", "amount": "20.00"}
{"type": "discount", "code": "OLD", "percent": 50, "active": false}
{"type": "policy", "id": "returns", "topic": "returns", "title": "Returns", "text": "Within 30 days.", "date": "2026-01-01"}
{"type": "order", "id": "N-1", "email": "sam@example.com", "status": "shipped", "placed": "2026-02-27", "lines": [{"variant": "tee-s"}]}
)";

class EmbeddedContractShop final : public ContractShop {
 public:
  EmbeddedContractShop() : shop_(*embedded::Shop::create(folder_.path() / "shop.db")) {
    embedded::ImportRequest request;
    request.map.format = embedded::RowFormat::kNative;
    request.sources.push_back({"goods.jsonl", kGoods});
    const auto report = embedded::import_files(*shop_, request);
    if (!report) ADD_FAILURE() << report.error().message;
    else for (const auto& problem : report->problems) ADD_FAILURE() << embedded::format(problem);
  }

  ports::Catalogue& catalogue() override { return shop_->catalogue(); }
  ports::Carts& carts() override { return shop_->carts(); }
  ports::Policies& policies() override { return shop_->policies(); }
  ports::Orders& orders() override { return shop_->orders(); }
  ports::HandOffDesk& desk() override { return shop_->desk(); }
  void set_stock(const std::string& variant, std::int64_t count) override {
    const Availability level = count == 0 ? Availability::kOutOfStock : Availability::kInStock;
    ASSERT_TRUE(shop_->set_stock(VariantId(variant), {level, count}));
  }
  void set_price(const std::string& variant, std::int64_t minor) override {
    ASSERT_TRUE(shop_->set_price(VariantId(variant), {minor, shop_->catalogue().currency()}));
  }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<embedded::Shop> shop_;
};

}  // namespace

ContractFactory embedded_contract_shop() {
  return {"embedded", [] { return std::make_unique<EmbeddedContractShop>(); }};
}

}  // namespace floorwalker::test
