#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/conversation.h"
#include "agent/core/evidence.h"
#include "agent/core/model.h"

namespace floorwalker {

// How a turn ended, as `chat --json` tells it.
enum class Outcome {
  kAnswered,
  kAsked,      // with a question that waits for the shopper
  kRefused,    // out of scope or not allowed
  kHandedOff,
  kSilent,     // an event that called for no words
  kFailed,     // nothing could be answered; the reply says so
};

std::string_view to_string(Outcome outcome);  // "answered" ...

// A tool call of the turn and how it went.
struct ToolUse {
  ToolCall call;
  ToolOutcome outcome = ToolOutcome::kOk;

  bool operator==(const ToolUse&) const = default;
};

// What a turn came to: all that the shopper, a repeated request or a grader gets.
struct Reply {
  int turn = 0;
  std::string text;                  // the released sentences, joined
  Presentation presentation;
  std::vector<Claim> claims;         // offsets count code points of `text`
  std::vector<ToolUse> tools;        // in the order they were asked for
  Outcome outcome = Outcome::kAnswered;
  Usage usage;

  bool operator==(const Reply&) const = default;
};

// One piece of the reply on its way to the shopper.
struct Sentence {
  enum class State { kJudging, kReleased, kDropped };

  std::string text;                  // with the white space that follows it
  int step = 0;                      // model call that wrote it; 0: the planner
  State state = State::kJudging;
  std::vector<Claim> claims;         // offsets count code points of `text`

  bool operator==(const Sentence&) const = default;
};

// A tool call of the current step, until its result came.
struct PendingCall {
  ToolCall call;
  IdempotencyKey key;
  std::optional<ToolResult> result;
  bool begun = false;           // writes of a step go one after the other: each goes into the cart that the one before left

  bool operator==(const PendingCall&) const = default;
};

// The turn under way. A plain value, like the conversation that it extends: written down half-way and continued elsewhere.
struct Turn {
  enum class Phase { kModel, kTools, kDone };

  int number = 0;
  std::string key;                   // of the request, "" if the caller gave none
  Time started{};
  std::uint64_t seed = 0;
  Phase phase = Phase::kModel;
  int step = 0;                      // model calls begun in this turn; answers to earlier ones are ignored
  std::size_t rung = 0;              // which model of the fallback chain speaks
  int rung_began = 0;                // the step before that model's first: its steps are counted from here
  bool last_words = false;           // a limit is reached: the model may only answer, not call
  bool repaired = false;             // the one repair is used up
  bool reread = false;               // what a sentence needed was read again: what had been said before that is not said twice
  bool stopping = false;             // the shopper cancelled: finish as soon as no write is in flight
  bool rushed = false;               // the deadline passed once: the last model of the chain has the reserve
  bool unanswered = false;           // nobody had an answer: the planner's own words stand in
  std::string approved;              // tool that the shopper's "yes" allows in this turn, "" if none
  std::vector<Sentence> sentences;   // of all steps, in order
  std::size_t first_of_step = 0;     // where the current step's sentences begin
  std::size_t matched = 0;           // sentences of an interrupted attempt that the new attempt has repeated so far
  std::vector<PendingCall> calls;    // of the current step
  std::vector<ToolCall> failed;      // calls of this turn that failed: the same again is refused
  int repeats = 0;                   // how often that happened
  std::string unproven;              // why sentences were not released, for the repair
  std::string echo;                  // what the provider wants back with the current step's message
  Presentation presentation;
  std::vector<ToolUse> tools;
  Usage usage;

  bool operator==(const Turn&) const = default;
};

// Everything that the planner decides from.
struct Session {
  Conversation conversation;
  std::optional<Turn> turn;          // the turn under way; nothing between turns

  bool operator==(const Session&) const = default;
};

}  // namespace floorwalker
