#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/guardrails/action_guard.h"
#include "agent/core/message.h"
#include "agent/core/playbook/playbook.h"
#include "agent/core/tool.h"

namespace floorwalker::guardrails {

// What tools return is data: the texts in a result are made harmless before model, gate or journal see it, and what spoke to its reader is
// labelled, dropped, or the result withheld, as the playbook says. What a write did stays done: its outcome is never changed, only its words.
// Immutable, safe for every thread.
class ResultGuard {
 public:
  explicit ResultGuard(const ResultRules& rules) : rules_(rules) {}

  // The result as it may be seen. `considered`, if given, gets the rules that were looked at: "result_size", "result_text".
  ToolResult check(ToolResult result, ToolEffect effect, std::vector<Considered>* considered = nullptr) const;

 private:
  ResultRules rules_;
};

// The rule that withheld a result, by what `check` left of it; nothing where it was not withheld. Tells why in a replay, whose results were
// withheld when they came.
std::optional<Considered> withheld_by(std::string_view content);

}  // namespace floorwalker::guardrails
