#pragma once

#include <string>
#include <vector>

#include "agent/core/playbook/yaml_tree.h"

namespace floorwalker::yaml {

// A guardrail that one playbook file makes looser than the files it extends.
struct Loosened {
  std::string path;     // "guardrails.actions.limits.quantity"
  SourcePosition at;
};

// What `over`, laid on `under`, allows that `under` forbids: higher limits, shorter lists of what is forbidden or confirmed, longer lists of
// what is granted.
std::vector<Loosened> loosened(const Node& under, const Node& over);

// The node that dotted keys lead to, null if there is none.
const Node* node_under(const Node& root, const std::string& keys);

}  // namespace floorwalker::yaml
