#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/gate.h"
#include "agent/core/journal.h"
#include "agent/core/model.h"
#include "agent/core/planner.h"
#include "agent/core/tool.h"

namespace floorwalker::runner {

// What a turn is asked: the shopper's words, or something they did.
struct TurnRequest {
  SessionId session;
  std::variant<ShopperSaid, ShopperDid> input;   // their `key` makes a repeated request harmless; a seed of 0 is derived from session and turn
  std::string shopper{};                         // who it is, established by the caller: what is allowed per day counts over all of their sessions

  bool operator==(const TurnRequest&) const = default;
};

// Where a turn is followed. Called from the thread that steps the conversation, one call at a time.
class TurnListener {
 public:
  virtual ~TurnListener() = default;

  virtual void released(std::string_view text) = 0;          // the next proven piece of the reply
  virtual void withheld(std::string_view /*text*/, const std::vector<Claim>& /*claims*/) {}   // a piece that was not proven
  virtual void calling(const ToolCall& /*call*/) {}
  virtual void called(const ToolCall& /*call*/, const ToolResult& /*result*/) {}
};

// How a turn ended for the one who asked.
struct TurnResult {
  Reply reply;
  Conversation conversation;             // after the turn
  bool stored = false;                   // the request had been answered before: this is that answer
  std::chrono::microseconds cpu{};       // processor time of the threads that stepped it, model and tools included where they ran there
  std::chrono::microseconds wall{};
};

// Everything a runner works with; all of it outlives the runner.
struct Services {
  std::vector<Model*> models;            // the fallback chain: the first speaks unless it fails
  ToolBox& tools;
  Journal& journal;
  const Clock& clock;
  GateMaker make_gate;
};

struct Options {
  std::size_t workers = 2;               // threads that step conversations started with `start`
  std::size_t queue = 4096;              // turns waiting or in flight; more are refused at once
  std::size_t kept = 256;                // idle sessions kept in memory; others are read from the journal again
  std::string locale = "en-US";
  Currency currency;
};

// Performs what the planner decides: calls models and tools, lets sentences through the gate, writes the journal before every effect,
// watches the deadlines, and feeds back what happened. One event at a time for each conversation; conversations share nothing mutable.
// No thread waits for a model: `start` returns at once and the turn goes on as its events arrive.
class Runner {
 public:
  Runner(Services services, const PlannerRules& rules, Options options);
  ~Runner();                             // drops the turns in flight without a word; their sessions resume from the journal
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  using Done = std::function<void(Result<TurnResult>)>;

  // Begins a turn; `listener` (may be null) must live until `done` was called. A turn that a crash left open in that session is
  // finished first. Fails at once with kUnavailable when the queue is full. `stop` cancels the turn: what was said stays said.
  Result<void> start(TurnRequest request, TurnListener* listener, Done done, std::stop_token stop = {});

  // The same, stepped by the calling thread and waiting for the end: for the command line and evaluations.
  Result<TurnResult> run(const TurnRequest& request, TurnListener* listener = nullptr, std::stop_token stop = {});

  // Finishes the turn that a crash left open, if there is one.
  Result<std::optional<TurnResult>> resume(const SessionId& session, TurnListener* listener = nullptr);

  // Turns that begin from now on follow these rules and gate; those in flight end under the old ones. For a playbook that changed.
  void use(const PlannerRules& rules, GateMaker make_gate);

  // The conversation as of its last finished turn.
  Result<Conversation> conversation(const SessionId& session);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace floorwalker::runner
