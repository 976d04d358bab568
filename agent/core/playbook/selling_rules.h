#pragma once

#include <string>
#include <string_view>

#include "agent/core/playbook/playbook.h"

// What traces and explanations call the rules of a playbook that sell, and what came of a rule.
namespace floorwalker {

std::string_view to_string(Considered::Came came);  // "passed", "acted", "could_not_run"

std::string rule_name(const NeedRule& rule);      // "need:travel"
std::string rule_name(const AddonRule& rule);     // "addon:wall_mount for tv when needs is wall"
std::string rule_name(const RankingRule& rule);   // "in_stock_first", "boost:tag overstock", "bury:margin below 5%", "never:brand Acme with kids"

// "ask:laptop": the questions in the merchant's order.
std::string ask_rule_name(const std::string& kind);

// "compare:travel": the axes of a need or kind.
std::string compare_rule_name(const std::string& need_or_kind);

}  // namespace floorwalker
