#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/playbook/yaml_tree.h"

namespace floorwalker {

// A rule that a playbook file states itself, and the file without it, or with it turned round: what an evaluation suite must notice. Rules that
// a file inherits are its parents'.
struct Mutation {
  std::string rule;                           // where it stands: "needs.travel.prefer[0]"
  std::string says;                           // its content, for people: "weight: low"
  std::string change;                         // "removed", or what it says instead
  SourcePosition at;
  std::function<void(yaml::Node&)> apply;     // to the file's own tree, before its parents are laid under it
  std::vector<Mutation> other_way;            // of a number, the shift the other way, for where the playbook cannot be read with this one
};

// Of every rule at least one, in file order: words, needs with their wishes and bounds, questions, axes, add-ons, ranking, plays, guardrails, limits,
// the brand's words, and what a desk knows, requires and asks. Names, versions and other settings that decide nothing are no rules.
std::vector<Mutation> mutations_of(std::string_view yaml, const std::string& file);

// Where rules stand, "*" being a free name and "[]" an item of a list: "needs.*.prefer[]".
std::vector<std::string> places_of_rules();

}  // namespace floorwalker
