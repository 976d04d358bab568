#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/guardrails/action_guard.h"
#include "agent/core/guardrails/phrases.h"
#include "agent/core/playbook/playbook.h"

namespace floorwalker::guardrails {

// What the input guard says of one message.
struct InputRuling {
  Decision decision = Decision::kAllow;   // kRefuse: no model sees the message
  std::string rule;                       // "length", "language", "topic", "injection"; "" when allowed
  std::string why;                        // for traces
  std::string mark;                       // what in the message speaks to the assistant's machinery, where that is let pass
  std::vector<Considered> considered;     // in order
};

// What shoppers may write, by the playbook: how long, in which languages, about what. Personal data is taken out before, by the runner, which
// stores the message (personal.h). Immutable, safe for every thread.
class InputGuard {
 public:
  explicit InputGuard(const GuardrailRules& rules);

  InputRuling check(std::string_view text) const;

  // The message as it may be stored and read: without control sequences, invisible characters and forged turns, cut behind the longest message
  // that is allowed, so that check still sees that it was longer.
  std::string tidy(std::string_view text) const;

 private:
  struct Run;

  InputRules rules_;
  Phrases topics_;
};

}  // namespace floorwalker::guardrails
