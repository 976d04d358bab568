#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "agent/core/guardrails/personal.h"
#include "agent/core/guardrails/result_guard.h"
#include "agent/runner/runner.h"

namespace floorwalker::runner {

// What turns are run by. Immutable, shared by the turns that began under it.
struct Ruled {
  Planner planner;
  guardrails::ResultGuard results;
  GateMaker make_gate;
};

// What a session keeps between turns: the conversation and the evidence that its gate has gathered.
struct Live {
  Conversation conversation;
  std::string shopper;       // as the latest request told; "" if none did
  std::unique_ptr<Gate> gate;
  std::size_t learned = 0;   // messages that the gate knows
  guardrails::Redactor redactor;   // knows what the placeholders in the conversation stand for
  std::shared_ptr<const Ruled> ruled;   // whose gate it is
};

// One turn in flight: the inbox of its events and the loop that takes them to the planner, writes them down and performs what follows.
//
// `post` and `pass` may be called from any thread. `pump` runs in one thread at a time: whoever gets the flight through
// `Ready`. A flight keeps itself alive as long as a model, a tool or the journal may still answer it.
class Flight : public std::enable_shared_from_this<Flight> {
 public:
  using Ready = std::function<void(std::shared_ptr<Flight>)>;            // the flight has something to do: pump it soon
  using Landed = std::function<void(Flight&, Result<TurnResult>)>;       // called once, from pump

  Flight(const Services& services, Live& live, TurnListener* listener, Ready ready, Landed landed);

  // Begins with the shopper's event. `stop` cancels the turn.
  void begin(Event event, const std::stop_token& stop);

  // Continues the turn whose events so far the journal kept.
  void resume(const std::vector<Event>& events);

  void post(Event event);

  // When time is up: first softly, then for good.
  struct Deadline {
    int nth = 0;
    std::chrono::steady_clock::time_point at;
  };

  // Tells the planner that time is up; once for each deadline.
  void pass(const Deadline& deadline);

  // Takes what has come and performs what follows, until nothing is left to do.
  void pump();

  // The one that comes next; nothing once the turn is over.
  std::optional<Deadline> next_deadline() const;

 private:
  struct Perform;
  struct Written {        // the journal has the last entry
    Result<void> result;
  };
  using Incoming = std::variant<Event, Written>;

  std::optional<Incoming> next();
  void put(Incoming incoming);
  void wake();
  void take(Event event);
  void adopt(Planner::Step step);
  void forget_call(int step);
  void judge(const Say& say, Time at);
  void learn();
  void write_down();
  void perform();
  void start_model(const CallModel& call);
  void call_tool(const CallTool& call);
  ToolResult result_of(const CallTool& call);
  bool may_write_today(const CallTool& call) const;
  void land(Result<TurnResult> result);

  const Services& services_;
  const std::shared_ptr<const Ruled> ruled_;         // of the whole turn, whatever is published meanwhile
  const Planner& planner_;
  Live& live_;
  TurnListener* listener_;
  Ready ready_;
  Landed landed_;
  std::chrono::steady_clock::time_point began_;

  // Of the pumping thread alone.
  Session session_;
  std::vector<Event> unwritten_;
  Effects held_;                                     // wait until the events that led to them are written down
  std::map<CallId, CallTool> writes_;                // writes to the shop under way
  std::vector<std::pair<IdempotencyKey, ToolOutcome>> outcomes_;
  std::stop_source model_stop_;
  std::chrono::nanoseconds cpu_{};                   // of earlier pumps
  std::chrono::nanoseconds pump_began_{};            // the thread's processor time when this pump began
  std::optional<Reply> reply_;                       // once finished

  std::optional<std::stop_callback<std::function<void()>>> on_stop_;
  std::stop_source tool_stop_;                       // requested when the hard deadline passes

  mutable std::mutex mutex_;                         // guards what follows
  std::deque<Incoming> inbox_;
  bool pumping_ = false;                             // a thread has it, or is about to
  bool writing_ = false;                             // the journal has an entry: nothing else is taken until it is written
  bool over_ = false;
  int deadlines_passed_ = 0;
};

}  // namespace floorwalker::runner
