#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/core/conversation.h"
#include "agent/core/guardrails/action_guard.h"
#include "agent/core/playbook/playbook.h"

namespace floorwalker::guardrails {

// Which identifiers a write may use: any, or only those that the shop told in this conversation. The second is what a shop runs with.
enum class Identifiers { kAny, kTold };

// The action guardrails for our own tools: whether a write may be made now in this conversation. Checked are the grant, the identifiers (only
// what a result of this conversation told as an id, or the page itself showed), the options (only what the shopper chose), the limits on quantity,
// cart value, discounts and number of writes. The shopper's yes is the planner's business, which holds the very call until it comes; what a shopper
// may do in a day is the runner's, which knows of their other sessions. Pure; safe for every thread.
Ruling judge_shop_action(const ToolCall& call, const Conversation& conversation, const GuardrailRules& rules, const std::vector<std::string>& writes,
                         Identifiers identifiers, BrowsedOption browsed = BrowsedOption::kAsk);

}  // namespace floorwalker::guardrails
