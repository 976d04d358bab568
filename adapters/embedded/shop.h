#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "agent/core/result.h"
#include "tools/ports/carts.h"
#include "tools/ports/catalogue.h"
#include "tools/ports/service.h"

namespace floorwalker::embedded {

class Store;

// What a shop says about itself.
struct ShopSettings {
  std::string name;
  Currency currency;
  std::string checkout_url;  // with {cart} where the cart's id goes; "" where the shop has no checkout

  bool operator==(const ShopSettings&) const = default;
};

// A shop in one SQLite file. Hands out the ports, which live as long as the shop and are safe for every thread; several processes
// may open the same file. Price and stock are read at each call; totals are whole minor units computed here.
class Shop {
 public:
  // Opens an existing shop. kNotFound where there is no file, kMalformed where the file is not a shop.
  static Result<std::unique_ptr<Shop>> open(const std::filesystem::path& file);

  // Opens the shop, making the file where there is none.
  static Result<std::unique_ptr<Shop>> create(const std::filesystem::path& file);

  ~Shop();
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;

  ports::Catalogue& catalogue();
  ports::Carts& carts();
  ports::Policies& policies();
  ports::Orders& orders();
  ports::HandOffDesk& desk();

  Result<ShopSettings> settings();
  const std::filesystem::path& file() const;

  // What a merchant does while shoppers are in the shop. kNotFound for an unknown variant.
  Result<void> set_stock(const VariantId& variant, const Stock& stock);
  Result<void> set_price(const VariantId& variant, const Money& price);

  // From now on a cart's write is not waited for until it is on the disk. For shops that nobody buys in: a power cut may take the last writes.
  void sync_seldom();

  // For the importer.
  Store& store();

 private:
  struct Parts;
  explicit Shop(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace floorwalker::embedded
