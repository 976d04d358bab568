#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/core/effect.h"
#include "agent/core/event.h"
#include "agent/core/result.h"
#include "agent/core/turn.h"

namespace floorwalker {

// What is written down together, before the effects that follow from it.
struct JournalEntry {
  SessionId session;
  std::string shopper;                   // who speaks in the session, where whoever runs it knows; "" where nobody does
  int turn = 0;
  std::string playbook;                  // under which the turn is played: name, version and content hash; "" where there is none
  std::vector<Event> events;             // in the order the planner took them
  std::vector<CallTool> intents;         // writes to the shop that follow: recorded, and on disk, before they are performed
  std::vector<std::pair<IdempotencyKey, ToolOutcome>> outcomes;  // of writes that were performed; their ToolFinished is among the events
  const Conversation* closed = nullptr;  // the turn is over: the conversation after it. Read during the call only
  const Reply* reply = nullptr;          // and what it came to, set with `closed`

  // Writes to a shop, their outcomes included, must survive a power cut; the rest must survive the process.
  bool synced() const { return !intents.empty() || !outcomes.empty(); }
};

// A write to a shop, as the ledger of actions has it.
struct Action {
  IdempotencyKey key;
  SessionId session;
  int turn = 0;
  ToolCall call;
  std::optional<ToolOutcome> outcome;    // nothing: begun, end not known
  Time began{}, ended{};
};

// Something that happened in a turn.
struct TurnEvent {
  int turn = 0;
  Event event;
};

// A session as it was left.
struct StoredSession {
  Conversation conversation;             // as of the last finished turn
  std::vector<Event> open;               // events of the turn that was under way, empty if none
  std::map<int, std::string> playbooks{};  // by turn, as JournalEntry says
};

// A request that was answered before.
struct StoredReply {
  std::string asked;                     // the text, or the event, that came with the key
  std::optional<Reply> reply;            // nothing: its turn is still open
};

// Where conversations are kept. Safe for every thread; calls for one session come one at a time.
class Journal {
 public:
  virtual ~Journal() = default;

  // What tells this store from every other, so that a shop does not take two sessions of one id for the same. "" where there is one store.
  virtual std::string origin() const { return {}; }

  // Writes the entry down; `done` is called once it is as safe as it has to be, perhaps from another thread, perhaps before the call
  // returns. Until then none of the effects that follow may be performed.
  virtual void append(JournalEntry entry, std::function<void(Result<void>)> done) = 0;

  // The session, or an empty conversation of that id if there is none.
  virtual Result<StoredSession> open(const SessionId& session) = 0;

  // What a request with that key was answered. Nothing if the key is new.
  virtual Result<std::optional<StoredReply>> answered(const SessionId& session, const std::string& key) = 0;

  // All writes of a session, oldest first.
  virtual Result<std::vector<Action>> actions(const SessionId& session) = 0;

  // What happened in each turn of a session, in order: from which a trace tells why.
  virtual Result<std::vector<TurnEvent>> events(const SessionId& session) = 0;

  // How many writes the session's shopper began from then until then, in this and every other session of theirs, beside the one with that key. One
  // whose end is not known counts; one that changed nothing does not. A session whose shopper nobody knows stands for itself.
  virtual Result<int> writes_between(const SessionId& session, Time from, Time until, const IdempotencyKey& beside) = 0;

  // Ids of the sessions, latest used first.
  virtual Result<std::vector<SessionId>> sessions(std::size_t limit) = 0;
};

}  // namespace floorwalker
