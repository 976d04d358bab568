#pragma once

#include <set>
#include <string>
#include <vector>

#include "adapters/embedded/importer.h"
#include "adapters/embedded/native.h"
#include "adapters/embedded/record_stream.h"
#include "adapters/embedded/store.h"

namespace floorwalker::embedded {

// Brings items into the shop, inside the caller's transaction. Problems go to the report; with any of them the caller is to undo.
class ShopWriter {
 public:
  ShopWriter(Connection& connection, const ImportRequest& request, ImportReport& report);

  void put(ImportItem& item);

  // What can only be done once everything is in: references, orders, removals.
  Result<void> finish();

 private:
  void put_listing(Listing& listing, const ImportItem& item);
  bool repeats(const Listing& listing, const ImportItem& item);
  bool claim_variants(const Listing& listing, const ImportItem& item);
  void put_settings(const ShopSettings& settings);
  void put_policy(const Policy& policy);
  void put_discount(const DiscountRecord& discount);
  void put_order(OrderRecord& order, const ImportItem& item);
  void check_relations();
  void check_variants_left();
  void remove_absent();
  void problem(std::size_t source, std::size_t line, const std::string& field, const std::string& message);

  struct PlacedRelation {
    std::size_t source, line;
    Relation relation;
  };

  Connection& connection_;
  const ImportRequest& request_;
  ImportReport& report_;
  Currency currency_;
  std::vector<PlacedRelation> relations_;
  std::vector<ImportItem> orders_;
  std::set<std::string> policies_, discounts_;
};

}  // namespace floorwalker::embedded
