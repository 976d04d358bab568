#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/http/catalogue.h"
#include "agent/core/clock.h"

namespace floorwalker::http {

// How a catalogue is copied.
struct SyncOptions {
  Time now = SystemClock().now();
  bool all = false;                        // look at every product, though the shop could tell which have changed
  std::chrono::hours all_every{24};        // and do so anyway when it was last done that long ago: only then is it seen what is gone
};

// What a sync came to.
struct SyncReport {
  std::size_t products = 0;            // that were looked at: all of the shop's, or those that it says have changed
  std::size_t listed = 0;              // items on the shop's pages: products, and what could not be understood
  bool only_changes = false;
  std::size_t changed = 0;             // new, or other than before
  std::size_t removed = 0;
  bool resumed = false;                // went on where an earlier sync was cut off
  std::vector<std::string> problems;   // products that could not be understood
};

struct SyncProgress {
  std::size_t products = 0;
  std::optional<std::int64_t> total;
};

// A remote shop's catalogue as it was at the last sync, in an SQLite file: what the search index is built from. Prices and stock in it are
// never told: those are read live. Safe for every thread; one sync at a time.
class Mirror {
 public:
  static Result<std::unique_ptr<Mirror>> open(const std::filesystem::path& file);
  ~Mirror();

  // Copies the catalogue page by page. Every page is kept with the place of the next, so that a sync that was killed goes on there. What
  // did not change is not written, and the version stays when nothing did.
  Result<SyncReport> sync(RemoteCatalogue& shop, const std::function<void(const SyncProgress&)>& progress = {}, const SyncOptions& options = {});

  bool complete() const;               // a sync has once come to its end
  Result<std::string> version() const;
  Time seen_whole() const;             // everything in it has been the shop's since then; Time::min() if no sync has come to its end
  Result<void> each(const std::function<bool(const Product&)>& visit) const;
  Result<std::optional<Product>> product(const ProductId& id) const;
  Result<std::optional<ProductId>> product_of(const VariantId& id) const;
  Currency currency() const;           // of its prices; Currency() where it has none

 private:
  struct Storage;
  struct Round;   // a sync under way
  explicit Mirror(std::unique_ptr<Storage> storage);

  Result<Round> begin(const RemoteCatalogue& shop, const SyncOptions& options);
  Result<ProductPage> first_page(RemoteCatalogue& shop, Round& round);
  Result<void> keep(const Round& round, const ProductPage& page, SyncReport& report);

  std::unique_ptr<Storage> storage_;
};

// Whether an error tells of a shop that does not answer now, rather than of what was asked.
bool out_of_reach(ErrorKind kind);

// The mirror for finding, the shop for telling: everything about a product is read live, the whole catalogue from the mirror. While the shop
// is out of reach, products are as the mirror has them, without price and stock (prices_known).
class MirroredCatalogue final : public ports::Catalogue {
 public:
  MirroredCatalogue(Mirror& mirror, RemoteCatalogue& live) : mirror_(mirror), live_(live) {}

  Result<Product> product(const ProductId& id) override;
  Result<std::vector<Product>> products(const std::vector<ProductId>& ids) override;
  Result<ProductId> product_of(const VariantId& id) override;
  Result<void> each(const std::function<bool(const Product&)>& visit) override { return mirror_.each(visit); }
  Result<std::vector<Relation>> relations(const ProductId& id) override { return live_.relations(id); }
  Currency currency() const override { return live_.currency(); }
  Result<std::string> version() override { return mirror_.version(); }

 private:
  Result<Product> copied(const ProductId& id, const Error& otherwise) const;

  Mirror& mirror_;
  RemoteCatalogue& live_;
};

}  // namespace floorwalker::http
