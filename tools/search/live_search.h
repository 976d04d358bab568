#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/core/vocabulary.h"
#include "tools/ports/catalogue.h"
#include "tools/ports/search.h"
#include "tools/search/indexed_search.h"

namespace floorwalker::search {

// What a shop's own search found.
struct FoundLive {
  std::vector<Product> products;
  bool complete = true;   // there is no more of it
};

// Asks a shop's own search: at most about `most` products for the words, "" for any.
using FindLive = std::function<Result<FoundLive>(const std::string& words, std::size_t most)>;

// Search in a shop of which no copy is kept. The shop's own search finds; what it has told so far is indexed in memory, and that index filters,
// orders and knows the words of the shop. Price and stock of what is shown are read once more. Safe for every thread.
//
// What it cannot know it does not tell: `complete` is false where the shop has more than it was asked for, and the shape of the whole shop is only
// told of a shop so small that a first look saw all of it.
class LiveSearch final : public ports::Search {
 public:
  // Takes a first look at the shop, for its words. `catalogue` must outlive the search.
  static Result<std::unique_ptr<LiveSearch>> open(ports::Catalogue& catalogue, FindLive find, SearchRules rules = {});
  ~LiveSearch() override;

  Result<SearchPage> search(const SearchRequest& request) override;
  Result<ShopShape> shape(const std::string& scope) override;
  std::optional<std::string> kind_of(const ProductId& id) override;

  // The shop's words as far as they are known; more with every search. Lives as long as the search.
  const Vocabulary& vocabulary() const;

 private:
  struct State;
  explicit LiveSearch(std::unique_ptr<State> state);

  Result<FoundLive> candidates(const SearchRequest& request);

  std::unique_ptr<State> state_;
};

}  // namespace floorwalker::search
