#pragma once

#include <optional>
#include <string>

#include "agent/core/answers.h"
#include "agent/core/result.h"

namespace floorwalker::ports {

// Finding products: our own index (tools/search) over any catalogue, or a shop's own search. Safe for every thread.
class Search {
 public:
  virtual ~Search() = default;

  virtual Result<SearchPage> search(const SearchRequest& request) = 0;

  // The shape of the whole shop (scope "") or of a category or kind; kNotFound when there is no such scope.
  virtual Result<ShopShape> shape(const std::string& scope) = 0;

  // The kind of thing that the product is, as its cards say it; "" if it has none. Nothing where only a search would tell.
  virtual std::optional<std::string> kind_of(const ProductId&) { return std::nullopt; }
};

}  // namespace floorwalker::ports
