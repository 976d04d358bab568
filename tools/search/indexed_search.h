#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/answers.h"
#include "agent/core/playbook/playbook.h"
#include "tools/ports/catalogue.h"
#include "tools/ports/search.h"
#include "tools/search/freshness.h"
#include "tools/search/index.h"

namespace floorwalker::search {

// What the playbook says about finding and ordering.
struct SearchRules {
  VocabularyRules vocabulary;
  std::vector<RankingRule> ranking;  // shopper-first rules before commercial ones, as loaded
  std::optional<Freshness> freshness = std::nullopt;  // nothing: the index is always as the shop is
};

// Search over our own index. The index decides what matches and in which order; prices and stock of the products on the page are read live
// from the catalogue, and a product that no longer meets the constraints is left out. Safe for every thread.
//
// What counts as a match: every constraint holds (for options, price and stock together: on one and the same variant), and the words of the
// request are met: the kind of thing they name, else most of what they say. A constraint on something the catalogue does not record
// is listed in `unfilterable` and otherwise ignored.
class IndexedSearch final : public ports::Search {
 public:
  // `catalogue` must outlive the search.
  IndexedSearch(ports::Catalogue& catalogue, std::shared_ptr<const Index> index, SearchRules rules = {});
  ~IndexedSearch() override;

  Result<SearchPage> search(const SearchRequest& request) override;
  Result<ShopShape> shape(const std::string& scope) override;
  std::optional<std::string> kind_of(const ProductId& id) override;

  // The best `top` products for the words alone, by relevance, from the index: no constraints, facets, live data or merchandising. Goes on
  // past the strict matches of search(). For batches and for measuring.
  std::vector<Hit> rank(std::string_view words, std::size_t top) const;

  const Index& index() const { return *index_; }

 private:
  struct State;
  ports::Catalogue& catalogue_;
  std::shared_ptr<const Index> index_;
  std::unique_ptr<State> state_;
};

}  // namespace floorwalker::search
