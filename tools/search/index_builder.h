#pragma once

#include <memory>
#include <string>

#include "agent/core/catalogue.h"
#include "agent/core/money.h"
#include "tools/search/index.h"

namespace floorwalker::search {

// Builds an index from products one at a time; keeps none of them. Not for use by several threads.
class IndexBuilder {
 public:
  explicit IndexBuilder(Currency currency);
  ~IndexBuilder();

  // A product whose id was added before is ignored: an index has one entry for each id.
  void add(const Product& product);

  // The finished index; the builder is spent afterwards.
  std::shared_ptr<const Index> finish(const std::string& catalogue_version);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace floorwalker::search
