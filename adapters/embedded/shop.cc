#include "adapters/embedded/shop.h"

#include <functional>

#include "adapters/embedded/carts.h"
#include "adapters/embedded/catalogue.h"
#include "adapters/embedded/service.h"
#include "adapters/embedded/store.h"

namespace floorwalker::embedded {

struct Shop::Parts {
  explicit Parts(std::unique_ptr<Store> opened)
      : store(std::move(opened)), catalogue(*store), carts(*store), policies(*store), orders(*store), desk(*store) {}

  std::unique_ptr<Store> store;
  SqliteCatalogue catalogue;
  SqliteCarts carts;
  SqlitePolicies policies;
  SqliteOrders orders;
  SqliteHandOffDesk desk;
};

namespace {

// Changes one column set of a variant and keeps the catalogue's version true.
Result<void> update_variant(Store& store, const VariantId& variant, const std::function<void(Connection&)>& update) {
  return store.write([&](Connection& connection) -> Result<void> {
    std::string product;
    {
      Query query(connection, "SELECT p.id FROM variants v JOIN products p ON p.seq=v.product WHERE v.id=?1", variant.str());
      if (!query.step()) return fail(ErrorKind::kNotFound, "There is no variant \"" + variant.str() + "\".");
      product = query.text(0);
    }
    update(connection);
    return refresh_version(connection, ProductId(product));
  });
}

}  // namespace

Shop::Shop(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Shop::~Shop() = default;

Result<std::unique_ptr<Shop>> Shop::open(const std::filesystem::path& file) {
  auto store = open_store(file, false);
  if (!store) return fail(std::move(store.error()));
  return std::unique_ptr<Shop>(new Shop(std::make_unique<Parts>(std::move(*store))));
}

Result<std::unique_ptr<Shop>> Shop::create(const std::filesystem::path& file) {
  auto store = open_store(file, true);
  if (!store) return fail(std::move(store.error()));
  return std::unique_ptr<Shop>(new Shop(std::make_unique<Parts>(std::move(*store))));
}

ports::Catalogue& Shop::catalogue() { return parts_->catalogue; }
ports::Carts& Shop::carts() { return parts_->carts; }
ports::Policies& Shop::policies() { return parts_->policies; }
ports::Orders& Shop::orders() { return parts_->orders; }
ports::HandOffDesk& Shop::desk() { return parts_->desk; }
void Shop::sync_seldom() { parts_->store->sync_seldom(); }
Store& Shop::store() { return *parts_->store; }
const std::filesystem::path& Shop::file() const { return parts_->store->file(); }

Result<ShopSettings> Shop::settings() {
  return parts_->store->read([](Connection& connection) -> Result<ShopSettings> {
    return ShopSettings{get_meta(connection, "name"), read_currency(connection), get_meta(connection, "checkout_url")};
  });
}

Result<void> Shop::set_stock(const VariantId& variant, const Stock& stock) {
  if (stock.count && *stock.count < 0) return fail(ErrorKind::kInvalidArgument, "stock: must be 0 or more.");
  return update_variant(*parts_->store, variant, [&](Connection& connection) {
    Query(connection, "UPDATE variants SET availability=?2,count=?3 WHERE id=?1", variant.str(), static_cast<int>(stock.availability),
          stock.count)
        .run();
  });
}

Result<void> Shop::set_price(const VariantId& variant, const Money& price) {
  if (price.minor < 0 || price.currency != catalogue().currency()) {
    return fail(ErrorKind::kInvalidArgument, "price: must be 0 or more, in the shop's currency.");
  }
  return update_variant(*parts_->store, variant, [&](Connection& connection) {
    Query(connection, "UPDATE variants SET price=?2,compare_at=CASE WHEN compare_at>?2 THEN compare_at END WHERE id=?1", variant.str(),
          price.minor)
        .run();
  });
}

}  // namespace floorwalker::embedded
