#pragma once

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
};

}  // namespace floorwalker::ports
