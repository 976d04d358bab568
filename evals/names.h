#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evals/suite.h"
#include "tools/ports/catalogue.h"

namespace floorwalker::evals {

// What cases may name of the world they are played in; nothing where nobody can tell.
struct WorldNames {
  std::optional<std::vector<std::string>> tools;
  std::optional<std::vector<std::string>> rules;
};

// The names of a case that its world does not know, each with the nearest one that it does: an expectation about what is not there checks nothing.
// `catalogue`: where products are looked up; null where that would ask a shop far away.
std::vector<Finding> unknown_names(const Case& one, const WorldNames& known, ports::Catalogue* catalogue);

}  // namespace floorwalker::evals
