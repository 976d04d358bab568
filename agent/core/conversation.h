#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/answers.h"
#include "agent/core/evidence.h"
#include "agent/core/message.h"

namespace floorwalker {

// One thing that the shopper looks for: a kind with its own constraints. Two things in one sentence are two roles, and a ceiling that
// was said of one does not bind the other.
struct Need {
  std::string kind;                      // what they look for, "" while unknown
  std::string words;                     // their own words that no constraint captured: for ranking
  std::vector<Constraint> constraints;
  std::vector<std::string> uses;         // playbook needs that apply ("travel")

  bool operator==(const Need&) const = default;
};

// A product that a reply put in front of the shopper.
struct Shown {
  ProductId product;
  std::string title;
  int turn = 0;      // when
  int number = 0;    // position in that turn's one numbered order, from 1
  std::string group; // the need's kind, where a turn showed several groups
  int group_number = 0;

  bool operator==(const Shown&) const = default;
};

// A question that the agent asked and waits for, or once asked.
struct Asked {
  std::string slot;                      // "budget", "screen_size", "option:Size", "confirm:start_checkout"
  int turn = 0;
  bool answered = false;

  bool operator==(const Asked&) const = default;
};

// Something that the page reported of the shopper, as far as plays ask for it.
struct Seen {
  std::string signal;                    // "view", "option", "search", "removed", "guide", "dwell", "idle", "cart_idle", "left_window"
  ProductId product;                     // empty where it concerns none
  std::string kind;                      // of what was looked at, "" if the page did not say
  std::int64_t amount = 0;               // milliseconds, or results of a search
  Time at{};

  bool operator==(const Seen&) const = default;
};

// A proactive offer that was made.
struct Offered {
  std::string play;
  Time at{};

  bool operator==(const Offered&) const = default;
};

// What proactive plays go by. Without the shopper's consent nothing is kept in it.
struct Watch {
  bool consented = false;
  bool dismissed = false;                // the latest offer was waved away
  std::vector<Seen> seen;                // the latest, oldest first
  std::vector<Offered> offered;          // all of the session

  bool operator==(const Watch&) const = default;
};

// What a conversation knows besides its messages. A plain value: saved, resumed and replayed.
struct Memory {
  std::vector<Need> needs;               // current ones, the latest last
  std::vector<Shown> shown;              // everything ever shown, oldest first
  std::vector<Asked> asked;
  std::map<std::string, std::string> said_options;  // "size" -> "6": what the shopper said of themselves, with the turn in said_turn
  std::map<std::string, int> said_turn;
  std::vector<std::string> declined;     // add-on offers, "upsell" for the whole session
  std::optional<ProductId> focus;        // what "it" means
  std::optional<LineId> last_line;       // what "that one" means after a cart change
  std::string plan;                      // the guided model's own state, JSON; empty for others
  int addons_offered = 0;
  Watch watch;

  bool operator==(const Memory&) const = default;
};

// What one reply puts on the page.
struct Presentation {
  std::vector<Shown> shown;
  std::optional<std::string> asked;      // slot
  bool hand_off = false;
  bool refused = false;                  // out of scope, or not allowed

  bool operator==(const Presentation&) const = default;
};

// A conversation is a plain value: everything that the planner decides from.
struct Conversation {
  SessionId session;
  std::string locale = "en-US";
  Currency currency;
  CartId cart;
  int turn = 0;                          // the current or last turn, from 1
  std::vector<Message> messages;
  Memory memory;
  std::optional<ToolCall> unconfirmed;   // a call that waits for the shopper's yes

  bool operator==(const Conversation&) const = default;
};

}  // namespace floorwalker
