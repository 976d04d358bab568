#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "agent/core/guardrails/action_guard.h"
#include "agent/core/guardrails/input_guard.h"
#include "agent/core/guardrails/output_guard.h"
#include "agent/core/message.h"
#include "agent/core/playbook/playbook.h"

namespace floorwalker::cli {

// What the guardrails of a playbook say of one message, call, result or reply.
struct Explained {
  int turn = 0;
  std::size_t message = 0;          // index in the conversation
  std::size_t call = 0;             // index in the message's calls
  std::string what;                 // "shopper", "call", "result", "reply"
  std::string subject;              // the tool, or the text
  std::string decision = "allow";   // "allow", "ask", "refuse", "mark"
  std::string rule;                 // that decided, "" when allowed
  std::string why;
  std::vector<guardrails::Considered> considered;   // every rule that was looked at, with the values compared
};

// A playbook's guardrails over recorded conversations, ours or another agent's: the same code that guards live ones. Immutable, safe for every thread.
class Explainer {
 public:
  // `writes`: which of our own tools change something.
  static Result<Explainer> create(std::shared_ptr<const Playbook> playbook, std::vector<std::string> writes);

  // In order; of every turn.
  std::vector<Explained> explain(const std::vector<Message>& messages) const;

 private:
  Explainer(std::shared_ptr<const Playbook> playbook, std::vector<std::string> writes, std::shared_ptr<const guardrails::ActionRules> actions);

  Explained of_shopper(const Message& message) const;
  Explained of_result(const Message& message, const std::string& tool) const;
  Explained of_reply(const Message& message, const std::vector<std::string>& said, const guardrails::Told& told) const;
  bool desk(const std::string& tool) const;

  std::shared_ptr<const Playbook> playbook_;
  std::vector<std::string> writes_;
  std::shared_ptr<const guardrails::ActionRules> actions_;
  guardrails::InputGuard input_;
  guardrails::OutputRules output_;
};

// The names of our own tools that change something, whatever the shop.
const std::vector<std::string>& own_writes();

}  // namespace floorwalker::cli
