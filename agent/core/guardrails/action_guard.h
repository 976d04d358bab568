#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/message.h"
#include "agent/core/playbook/playbook.h"
#include "agent/core/result.h"

namespace floorwalker::guardrails {

enum class Decision { kAllow, kAsk, kRefuse };

std::string_view to_string(Decision decision);  // "allow", "ask", "refuse"

// Whether a ruling tells the values that each condition compared: for traces, which cost more than the decision.
enum class Detail { kShort, kValues };

// What the guard says of one call.
struct Ruling {
  Decision decision = Decision::kAllow;
  std::string rule;                     // the id of the rule that decided, "" when allowed; "confirmation" only where no other rule blocks
  std::string why;                      // for the model: what was checked, with the values, and what would be accepted
  std::string say;                      // for the shopper, in words without ids
  std::vector<Considered> considered;   // in order
};

// The action rules of a playbook, compiled. Immutable, safe for every thread, shared by the guards of all conversations.
class ActionRules {
 public:
  // Fails where an expression does not parse; a playbook that loaded without errors always compiles.
  static Result<std::shared_ptr<const ActionRules>> compile(const Playbook& playbook);

  struct Compiled;
  explicit ActionRules(std::unique_ptr<const Compiled> compiled);
  ~ActionRules();
  const Compiled& compiled() const { return *compiled_; }

 private:
  std::unique_ptr<const Compiled> compiled_;
};

// Judges the writes of one conversation. Feed it every message in order, then ask about a call before it is made. It reads no clock and
// touches nothing. For one thread at a time.
class ActionGuard {
 public:
  explicit ActionGuard(std::shared_ptr<const ActionRules> rules);
  ~ActionGuard();
  ActionGuard(ActionGuard&&) noexcept;

  // A message of the conversation: what was said, which calls were made, what they returned.
  void add(const Message& message);

  // Whether the call may be made now. Reads are allowed unless the playbook does not grant them.
  Ruling decide(const ToolCall& call, Detail detail = Detail::kShort) const;

  // Tells that the call is being made and its result comes later; until then conditions see it in `under_way`.
  void begin(const ToolCall& call);

  // The call as confirmation binds it: its tool and arguments in one canonical form.
  static std::string digest(const ToolCall& call);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace floorwalker::guardrails
