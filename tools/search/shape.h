#pragma once

#include <string>

#include "agent/core/answers.h"
#include "agent/core/result.h"
#include "tools/ports/catalogue.h"
#include "tools/search/lexicon.h"

namespace floorwalker::search {

// Departments, price range and superlatives over everything in scope: "" for the whole shop, else the name of a category or kind.
// kNotFound when there is no such scope.
Result<ShopShape> shape_of(ports::Catalogue& catalogue, const Lexicon& lexicon, const std::string& scope);

}  // namespace floorwalker::search
