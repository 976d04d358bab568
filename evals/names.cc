#include "evals/names.h"

#include <algorithm>

#include "agent/core/text.h"

namespace floorwalker::evals {
namespace {

Finding mistake(const NamedThing& named, std::string message, std::string suggestion = {}) {
  return {Finding::Severity::kError, named.at, "", std::move(message), std::move(suggestion)};
}

void check_listed(const NamedThing& named, const std::optional<std::vector<std::string>>& known, const std::string& message, std::vector<Finding>& findings) {
  if (!known || std::find(known->begin(), known->end(), named.name) != known->end()) return;
  const std::string near = text::nearest(named.name, *known);
  findings.push_back(mistake(named, message, near.empty() ? "there are " + text::join_and(*known) : "did you mean '" + near + "'?"));
}

}  // namespace

std::vector<Finding> unknown_names(const Case& one, const WorldNames& known, ports::Catalogue* catalogue) {
  std::vector<Finding> findings;
  for (const NamedThing& named : one.names) {
    switch (named.what) {
      case NamedThing::What::kTool: check_listed(named, known.tools, "there is no tool '" + named.name + "'", findings); break;
      case NamedThing::What::kRule: check_listed(named, known.rules, "the playbook in use has no rule '" + named.name + "'", findings); break;
      case NamedThing::What::kProduct:
        if (!catalogue) break;
        if (const auto product = catalogue->product(ProductId(named.name)); !product && product.error().kind == ErrorKind::kNotFound) {
          findings.push_back(mistake(named, "the shop has no product '" + named.name + "'"));
        }
        break;
    }
  }
  return findings;
}

}  // namespace floorwalker::evals
