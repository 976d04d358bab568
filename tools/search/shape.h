#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "agent/core/answers.h"
#include "agent/core/result.h"
#include "tools/ports/catalogue.h"
#include "tools/search/freshness.h"
#include "tools/search/lexicon.h"
#include "tools/search/live_memory.h"

namespace floorwalker::search {

struct ShapeDraft;

// Departments, price range and superlatives over everything in a scope. What is known of a scope is worked out once and kept until news of
// prices comes; the products that are named are read live each time. A range of prices is told where every price in the scope is fresh: where
// the index is too old for that, a small scope is read from the shop, and of a large one no range is told. Safe for every thread.
class ShapeBook {
 public:
  ShapeBook(const Lexicon& lexicon, LiveMemory& memory, std::optional<Freshness> freshness) : lexicon_(lexicon), memory_(memory), freshness_(std::move(freshness)) {}

  // `scope`: "" for the whole shop, else the name of a category or kind. kNotFound when there is no such scope.
  Result<ShopShape> shape(ports::Catalogue& catalogue, const std::string& scope);

 private:
  std::shared_ptr<const ShapeDraft> draft_of(const std::string& scope);  // nothing: no such scope
  bool prices_are_fresh(const std::string& scope);
  Result<bool> read_whole(ports::Catalogue& catalogue, const ShapeDraft& draft);   // false: the shop tells no prices now

  const Lexicon& lexicon_;
  LiveMemory& memory_;
  const std::optional<Freshness> freshness_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const ShapeDraft>> drafts_;  // by folded scope; guarded by `mutex_`
  std::map<std::string, Time> read_;                                 // when all of a scope was read; the same
};

}  // namespace floorwalker::search
