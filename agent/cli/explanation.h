#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/conversation.h"
#include "agent/core/guardrails/action_guard.h"
#include "agent/core/journal.h"
#include "agent/core/message.h"
#include "agent/core/playbook/playbook.h"

namespace floorwalker::cli {

// What the rules of a playbook say of one message, call, result, reply, sentence that was not released, doing of the shopper on the page, or turn.
struct Explained {
  int turn = 0;
  std::optional<std::size_t> message;   // index in the conversation; nothing for what no message tells of
  std::size_t call = 0;             // index in the message's calls
  std::string what;                 // "shopper", "call", "result", "reply", "withheld", "page", "selling", "turn"
  std::string subject;              // the tool, the text, or what was done
  std::string decision = "allow";   // "allow", "ask", "refuse", "mark"; of the page "silence" or "offer"; of selling "allow" or "applied"; of claims "repair", "drop", "replace"; of a turn "limit"
  std::string rule;                 // that decided, "" when allowed
  std::string why;
  std::vector<Considered> considered;   // every rule that was looked at, with the values compared
};

// A playbook's rules over recorded conversations, ours or another agent's: the same code that guards live ones. Immutable, safe for every thread.
class Explainer {
 public:
  // `writes`: which of our own tools change something.
  static Result<Explainer> create(std::shared_ptr<const Playbook> playbook, std::vector<std::string> writes);

  // In order; of every turn. A journal tells more than messages do: `events` make the silent turns, the sentences that were not released, the
  // limits of turns, the selling rules of whoever answered and the age of what was read known, and `shown` what "the second one" meant.
  std::vector<Explained> explain(const std::vector<Message>& messages, const std::vector<TurnEvent>& events = {}, const std::vector<Shown>& shown = {}) const;

  // Only what it says of calls.
  std::vector<Explained> calls(const std::vector<Message>& messages) const;

 private:
  struct Parts;
  class Replay;
  class Turns;
  explicit Explainer(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}

  std::shared_ptr<const Parts> parts_;
};

// The names that an explanation under this playbook may give to rules.
std::vector<std::string> rule_names(const Playbook& playbook);

// The names of our own tools that change something, whatever the shop.
const std::vector<std::string>& own_writes();

}  // namespace floorwalker::cli
