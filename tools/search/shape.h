#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "agent/core/answers.h"
#include "agent/core/result.h"
#include "tools/ports/catalogue.h"
#include "tools/search/lexicon.h"

namespace floorwalker::search {

struct ShapeDraft;

// Departments, price range and superlatives over everything in a scope. What the index says of a scope is worked out once and kept; the
// products that are named are read live each time. Safe for every thread.
class ShapeBook {
 public:
  explicit ShapeBook(const Lexicon& lexicon) : lexicon_(lexicon) {}

  // `scope`: "" for the whole shop, else the name of a category or kind. kNotFound when there is no such scope.
  Result<ShopShape> shape(ports::Catalogue& catalogue, const std::string& scope);

 private:
  std::shared_ptr<const ShapeDraft> draft_of(const std::string& scope);  // nothing: no such scope

  const Lexicon& lexicon_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const ShapeDraft>> drafts_;  // by folded scope; guarded by `mutex_`
};

}  // namespace floorwalker::search
