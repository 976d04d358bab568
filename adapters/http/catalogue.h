#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/http/engine.h"
#include "tools/ports/catalogue.h"

namespace floorwalker::http {

// A page of a shop's products.
struct ProductPage {
  std::vector<Product> products;
  std::vector<std::string> problems;       // products that cannot be understood: which, and why
  std::size_t listed = 0;                  // items that the shop put on it
  std::string next;                        // where the next page begins, "" after the last
  std::optional<std::int64_t> total;       // products in the shop, where it tells
};

struct FoundProducts {
  std::vector<Product> products;
  bool complete = true;                    // there is no more of it
};

// A shop's products, read live at every call.
class RemoteCatalogue final : public ports::Catalogue {
 public:
  explicit RemoteCatalogue(Engine& engine)
      : engine_(engine), lines_lack_options_(!engine.adapter().cart.lines.options.each && !engine.adapter().cart.lines.options.table) {}

  Result<Product> product(const ProductId& id) override;
  Result<std::vector<Product>> products(const std::vector<ProductId>& ids) override;
  Result<ProductId> product_of(const VariantId& id) override;
  // The same without going through the whole catalogue for it: nothing if that would be needed, or the shop cannot be asked.
  std::optional<ProductId> owner_at_hand(const VariantId& id);
  Result<void> each(const std::function<bool(const Product&)>& visit) override;
  Result<std::vector<Relation>> relations(const ProductId& id) override;
  Currency currency() const override { return engine_.currency(); }
  Result<std::string> version() override;

  // The options of a variant, for carts whose lines do not tell them: remembered from products seen, else read.
  std::vector<OptionValue> options_of(const VariantId& variant, const ProductId& owner);

  // The page that begins at `from`: "" for the first, later what the page before said. With `since` (2026-03-01T00:00:00Z) only products
  // that changed from then on, where the shop can be asked for those (tells_changes).
  Result<ProductPage> page(const std::string& from, const std::string& since = {});
  // What the shop's own search finds for the words ("" for any), about `most` of it. kInvalidArgument where the shop has none.
  Result<FoundProducts> find(const std::string& words, std::size_t most);
  bool tells_changes() const { return engine_.adapter().operation("changed") != nullptr; }

 private:
  Result<Product> mapped(const Json& json, const Variables& variables);
  Result<std::vector<Product>> batch(const std::vector<ProductId>& ids);
  Result<ProductPage> page_of(const char* operation, const std::string& from, const std::vector<std::pair<std::string, std::string>>& given);
  Result<void> take(const std::vector<const Json*>& items, const Operation& operation, const Variables& variables, ProductPage& page);
  void remember(const Product& product);
  std::optional<ProductId> owner_seen(const VariantId& id);
  Result<ProductId> ask_owner(const VariantId& id);

  struct Seen {
    std::string product;
    std::vector<OptionValue> options;   // where `lines_lack_options_`
  };

  Engine& engine_;
  const bool lines_lack_options_;   // a cart's lines do not tell their options

  std::mutex mutex_;   // guards seen_
  std::unordered_map<std::string, Seen> seen_;   // by variant, of products seen
};

}  // namespace floorwalker::http
