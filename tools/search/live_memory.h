#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "agent/core/catalogue.h"
#include "tools/search/filter.h"
#include "tools/search/index_data.h"

namespace floorwalker::search {

// Remembers what the shop said of prices and stock that the index does not know yet. Readers share a snapshot; news, which is rare, makes a
// new one. Safe for every thread.
class LiveMemory {
 public:
  std::shared_ptr<const LiveState> now() const {
    const std::lock_guard lock(mutex_);
    return state_;
  }

  // What was read of a document just now; no product: the shop has it no more.
  struct Read {
    std::uint32_t doc = 0;
    const Product* product = nullptr;
  };

  // True if this is news.
  bool observe(const IndexData& data, std::uint32_t doc, const Product* product) { return observe(data, {{doc, product}}); }

  // True if any of it is.
  bool observe(const IndexData& data, const std::vector<Read>& all) {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<LiveState> next;
    for (const Read& one : all) {
      if (one.product && !prices_known(*one.product)) continue;
      std::vector<LiveVariant> seen = said(one.product);
      const LiveState& known = next ? *next : *state_;
      const auto at = known.find(one.doc);
      if (at == known.end() ? as_indexed(data, one.doc, seen) : equal(at->second, seen)) continue;
      if (!next) next = std::make_shared<LiveState>(*state_);
      (*next)[one.doc] = std::move(seen);
    }
    if (next) state_ = next;
    return next != nullptr;
  }

 private:
  static std::vector<LiveVariant> said(const Product* product) {
    std::vector<LiveVariant> variants;
    for (std::size_t i = 0; product && i < product->variants.size(); ++i) variants.push_back({product->variants[i].price.minor, product->variants[i].stock.availability});
    return variants;
  }
  static bool as_indexed(const IndexData& data, std::uint32_t doc, const std::vector<LiveVariant>& seen) {
    const auto rows = data.variants_of(doc);
    return std::equal(rows.begin(), rows.end(), seen.begin(), seen.end(), [](const VariantRow& row, const LiveVariant& one) {
      return row.price == one.price && row.availability == static_cast<std::uint8_t>(one.availability);
    });
  }
  static bool equal(const std::vector<LiveVariant>& a, const std::vector<LiveVariant>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const LiveVariant& x, const LiveVariant& y) { return x.price == y.price && x.availability == y.availability; });
  }

  mutable std::mutex mutex_;
  std::shared_ptr<const LiveState> state_ = std::make_shared<LiveState>();  // guarded by `mutex_`
};

}  // namespace floorwalker::search
