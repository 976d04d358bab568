#pragma once

#include <string>
#include <vector>

#include "agent/core/guardrails/dialogue.h"
#include "agent/core/guardrails/value.h"

namespace floorwalker::guardrails {

// What must have been put to the shopper in words: for each group, at least one of its values.
using ShownGroups = std::vector<std::vector<const Value*>>;

struct Consent {
  bool given = false;
  std::string why;  // what was found, or what is missing
};

// Whether the shopper agreed to an action, understood from the dialogue. A yes counts when it answers a message that asked for a go-ahead or
// spoke of the action; a request in the shopper's own words counts until the agent asks back. Either stays good for `within` shopper
// messages while nothing revokes it, and covers only what had been said by then, or by the shopper since. `details` are the action's own
// values: a shopper who answers the agent's question about the action with one of them agrees.
Consent find_consent(const Dialogue& dialogue, const std::vector<std::string>& words, const ShownGroups& groups,
                     const std::vector<const Value*>& details, int within);

}  // namespace floorwalker::guardrails
