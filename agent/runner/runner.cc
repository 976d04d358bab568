#include "agent/runner/runner.h"

#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <utility>

#include "agent/core/text.h"
#include "agent/runner/flight.h"
#include "agent/runner/pool.h"

namespace floorwalker::runner {
namespace {

PlannerRules with_origin(PlannerRules rules, const Journal& journal) {
  rules.origin = journal.origin();
  return rules;
}

std::uint64_t seed_of(const SessionId& session, int turn) {
  std::uint64_t hash = 1469598103934665603ULL;   // FNV-1a: the same in every build
  for (const char c : session.str() + "/" + std::to_string(turn)) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  }
  return hash;
}

const std::string& key_of(const TurnRequest& request) {
  return std::visit([](const auto& input) -> const std::string& { return input.key; }, request.input);
}

EventBody body_of(const TurnRequest& request) {
  return std::visit([](const auto& input) -> EventBody { return input; }, request.input);
}

// With a seed, so that a replay is equal.
TurnRequest normalised(TurnRequest request, int turn) {
  std::visit([&](auto& input) {
    if (input.seed == 0) input.seed = seed_of(request.session, turn);
  }, request.input);
  return request;
}

// With valid text, whatever a terminal or a browser sent.
TurnRequest sane(TurnRequest request) {
  if (auto* said = std::get_if<ShopperSaid>(&request.input)) said->text = text::sanitise(said->text);
  return request;
}

// As it may be stored: harmless, and without the shopper's personal data.
void make_private(TurnRequest& request, const guardrails::InputGuard& input, guardrails::Redactor& redactor) {
  if (auto* said = std::get_if<ShopperSaid>(&request.input)) {
    said->text = redactor.redact(input.tidy(said->text));
  } else {
    for (auto& [name, value] : std::get<ShopperDid>(request.input).details) value = redactor.redact(value);
  }
}

}  // namespace

struct Runner::State {
  // Hands a flight to whoever steps it.
  using Hand = Flight::Ready;

  // A turn that waits for its session, or is under way in it.
  struct Job {
    std::optional<TurnRequest> request;   // nothing: only finish what a crash left open
    TurnListener* listener = nullptr;
    Done done;
    std::stop_token stop;
    Hand hand;
  };

  // One session: what is kept of it, and the turns that wait for it. One turn at a time.
  struct Room {
    SessionId id;
    std::unique_ptr<Live> live;            // nothing: to be read from the journal
    std::deque<Job> waiting;
    bool busy = false;
    std::shared_ptr<Flight> flight;        // kept here so that its deadline finds it whatever a model does
    std::list<SessionId>::iterator idle;   // place among the idle ones, meaningful while not busy
  };

  State(Services services_in, const PlannerRules& rules, Options options_in)
      : services(std::move(services_in)), options(std::move(options_in)), ruled(ruled_by(rules, services.make_gate)), pool(std::make_shared<Pool>(options.workers)) {}
  ~State() {
    pool->stop();
    for (const auto& [id, room] : rooms) room->flight.reset();   // a flight that never landed holds its room
  }

  std::shared_ptr<const Ruled> ruled_by(const PlannerRules& rules, GateMaker make_gate) const {
    return std::make_shared<const Ruled>(Ruled{Planner(with_origin(rules, services.journal)), guardrails::ResultGuard(rules.guardrails.results), std::move(make_gate)});
  }
  void apply_rules(Live& live);
  Result<void> admit(const SessionId& session, Job job);
  void serve(const std::shared_ptr<Room>& room);
  void begin(const std::shared_ptr<Room>& room, Job job);
  Result<std::optional<TurnResult>> stored_answer(const Room& room, const TurnRequest& request);
  Result<std::vector<Event>> enter(Room& room);
  void fly(const std::shared_ptr<Room>& room, Job job, const std::vector<Event>& open);
  void landed(const std::shared_ptr<Room>& room, Job job, bool resumed, Result<TurnResult> result);
  void leave(const std::shared_ptr<Room>& room);
  void watch(const std::shared_ptr<Flight>& flight);

  Services services;
  Options options;

  std::mutex mutex;                        // guards what follows, and the rooms' `waiting`, `busy` and `idle`
  std::shared_ptr<const Ruled> ruled;
  std::map<SessionId, std::shared_ptr<Room>> rooms;
  std::list<SessionId> idle;               // least recently used first
  std::size_t admitted = 0;

  std::shared_ptr<Pool> pool;              // shared with whoever may still hand it a flight after the runner is gone
};

// ---- admission: one turn at a time for each session

Result<void> Runner::State::admit(const SessionId& session, Job job) {
  std::shared_ptr<Room> room;
  {
    const std::lock_guard lock(mutex);
    if (admitted >= options.queue) return fail(ErrorKind::kUnavailable, "Too many turns are in flight. Please try again shortly.");
    ++admitted;
    auto& place = rooms[session];
    if (!place) {
      place = std::make_shared<Room>();
      place->id = session;
      place->idle = idle.insert(idle.end(), session);
    }
    room = place;
    room->waiting.push_back(std::move(job));
    if (room->busy) return {};
    room->busy = true;
    idle.erase(room->idle);
  }
  serve(room);
  return {};
}

// Begins the next waiting turn, in the hands of the thread that is here.
void Runner::State::serve(const std::shared_ptr<Room>& room) {
  Job job;
  {
    const std::lock_guard lock(mutex);
    job = std::move(room->waiting.front());
    room->waiting.pop_front();
  }
  begin(room, std::move(job));
}

void Runner::State::leave(const std::shared_ptr<Room>& room) {
  bool more = false;
  {
    const std::lock_guard lock(mutex);
    --admitted;
    more = !room->waiting.empty();
    if (!more) {
      room->busy = false;
      room->idle = idle.insert(idle.end(), room->id);
      while (idle.size() > options.kept) {
        rooms.erase(idle.front());
        idle.pop_front();
      }
    }
  }
  if (more) pool->run([this, room] { serve(room); });
}

// ---- one turn

Result<std::optional<TurnResult>> Runner::State::stored_answer(const Room& room, const TurnRequest& request) {
  const std::string& key = key_of(request);
  if (key.empty()) return std::nullopt;
  auto stored = services.journal.answered(request.session, key);
  if (!stored) return fail(stored.error());
  if (!*stored) return std::nullopt;
  // The same words told again may have got other placeholders.
  if (guardrails::without_numbers((*stored)->asked) != guardrails::without_numbers(request_text(body_of(request)))) {
    return fail(ErrorKind::kConflict, "The key \"" + key + "\" was used before in this session for another request.");
  }
  if (!(*stored)->reply) return std::nullopt;
  TurnResult result;
  result.reply = std::move(*(*stored)->reply);
  result.conversation = room.live->conversation;
  result.stored = true;
  return std::optional<TurnResult>(std::move(result));
}

// The rules that are in use now; where they changed, the gate hears the conversation anew.
void Runner::State::apply_rules(Live& live) {
  std::shared_ptr<const Ruled> now;
  {
    const std::lock_guard lock(mutex);
    now = ruled;
  }
  if (live.ruled == now) return;
  live.gate = now->make_gate();
  live.learned = 0;
  live.redactor.look_for(now->planner.rules().guardrails.redact);
  live.ruled = std::move(now);
}

// Makes sure that the room has its conversation. Returns the events of a turn that a crash left open.
Result<std::vector<Event>> Runner::State::enter(Room& room) {
  if (room.live) return std::vector<Event>();
  auto stored = services.journal.open(room.id);
  if (!stored) return fail(stored.error());
  room.live = std::make_unique<Live>();
  room.live->conversation = std::move(stored->conversation);
  room.live->conversation.locale = options.locale;   // as the shop is run now, whatever it was when the conversation was left
  room.live->conversation.currency = options.currency;
  for (const Message& message : room.live->conversation.messages) room.live->redactor.go_on_after(message.text);
  for (const Event& event : stored->open) {
    if (const auto* said = std::get_if<ShopperSaid>(&event.body)) room.live->redactor.go_on_after(said->text);
  }
  return std::move(stored->open);
}

void Runner::State::begin(const std::shared_ptr<Room>& room, Job job) {
  auto open = enter(*room);
  if (!open) {
    job.done(fail(open.error()));
    return leave(room);
  }
  apply_rules(*room->live);
  if (job.request && !job.request->shopper.empty()) room->live->shopper = job.request->shopper;
  if (job.request) make_private(*job.request, room->live->ruled->planner.input(), room->live->redactor);
  if (!open->empty() || !job.request) return fly(room, std::move(job), *open);
  auto stored = stored_answer(*room, *job.request);
  if (!stored || *stored) {
    job.done(stored ? Result<TurnResult>(std::move(**stored)) : fail(stored.error()));
    return leave(room);
  }
  fly(room, std::move(job), {});
}

void Runner::State::fly(const std::shared_ptr<Room>& room, Job job, const std::vector<Event>& open) {
  const bool resumed = !open.empty();
  if (!resumed && !job.request) {   // nothing to resume
    job.done(TurnResult{});
    return leave(room);
  }
  const int turn = room->live->conversation.turn + 1;
  // A turn that is finished on behalf of a later request is not that request's to follow.
  const bool own = job.request.has_value() && !resumed;
  TurnListener* listener = own || !job.request ? job.listener : nullptr;
  const std::stop_token stop = job.stop;
  const Hand hand = job.hand;
  std::optional<TurnRequest> request = job.request;
  auto on_landed = [this, room, job = std::make_shared<Job>(std::move(job)), resumed](Flight&, Result<TurnResult> result) {
    landed(room, std::move(*job), resumed, std::move(result));
  };
  // Not make_shared: a timer's weak pointer would keep the memory until the deadline.
  room->flight.reset(new Flight(services, *room->live, listener, hand, std::move(on_landed)));
  const auto flight = room->flight;
  if (resumed) flight->resume(open);
  else flight->begin({services.clock.now(), 0, body_of(normalised(std::move(*request), turn))}, stop);
  watch(flight);   // only now: a deadline must come after the beginning
}

void Runner::State::landed(const std::shared_ptr<Room>& room, Job job, bool resumed, Result<TurnResult> result) {
  room->flight.reset();
  if (!result) room->live.reset();   // what is in memory may be ahead of the journal: read it again
  if (result && resumed && job.request) return begin(room, std::move(job));   // now the request itself, or its stored answer
  job.done(std::move(result));
  leave(room);
}

void Runner::State::watch(const std::shared_ptr<Flight>& flight) {
  const auto deadline = flight->next_deadline();
  if (!deadline) return;
  const auto wait = deadline->at - services.clock.steady();
  pool->run_at(std::chrono::steady_clock::now() + wait, [this, weak = std::weak_ptr(flight), passing = *deadline] {
    const auto still = weak.lock();
    if (!still || !still->next_deadline()) return;
    still->pass(passing);
    watch(still);
  });
}

// ---- the interface

Runner::Runner(Services services, const PlannerRules& rules, Options options)
    : state_(std::make_unique<State>(std::move(services), rules, std::move(options))) {}

Runner::~Runner() = default;

Result<void> Runner::start(TurnRequest request, TurnListener* listener, Done done, std::stop_token stop) {
  State::Job job;
  const SessionId session = request.session;
  job.request = sane(std::move(request));
  job.listener = listener;
  job.done = std::move(done);
  job.stop = std::move(stop);
  job.hand = [pool = state_->pool](std::shared_ptr<Flight> flight) {
    pool->run([flight = std::move(flight)] { flight->pump(); });
  };
  return state_->admit(session, std::move(job));
}

namespace {

// The calling thread of `run`: pumps the flights that are handed to it until the result is there.
class Waiting {
 public:
  void hand(std::shared_ptr<Flight> flight) {
    {
      const std::lock_guard lock(mutex_);
      flights_.push_back(std::move(flight));
    }
    came_.notify_one();
  }

  void finish(Result<TurnResult> result) {
    {
      const std::lock_guard lock(mutex_);
      result_ = std::move(result);
    }
    came_.notify_one();
  }

  Result<TurnResult> wait() {
    for (;;) {
      std::shared_ptr<Flight> flight;
      {
        std::unique_lock lock(mutex_);
        came_.wait(lock, [this] { return result_ || !flights_.empty(); });
        if (result_) return std::move(*result_);
        flight = std::move(flights_.front());
        flights_.pop_front();
      }
      flight->pump();
    }
  }

 private:
  std::mutex mutex_;   // guards what follows
  std::condition_variable came_;
  std::deque<std::shared_ptr<Flight>> flights_;
  std::optional<Result<TurnResult>> result_;
};

}  // namespace

Result<TurnResult> Runner::run(const TurnRequest& request, TurnListener* listener, std::stop_token stop) {
  const auto waiting = std::make_shared<Waiting>();
  State::Job job;
  job.request = sane(request);
  job.listener = listener;
  job.done = [waiting](Result<TurnResult> result) { waiting->finish(std::move(result)); };
  job.stop = std::move(stop);
  job.hand = [waiting](std::shared_ptr<Flight> flight) { waiting->hand(std::move(flight)); };
  if (auto admitted = state_->admit(request.session, std::move(job)); !admitted) return fail(admitted.error());
  return waiting->wait();
}

Result<std::optional<TurnResult>> Runner::resume(const SessionId& session, TurnListener* listener) {
  const auto waiting = std::make_shared<Waiting>();
  State::Job job;
  job.listener = listener;
  job.done = [waiting](Result<TurnResult> result) { waiting->finish(std::move(result)); };
  job.hand = [waiting](std::shared_ptr<Flight> flight) { waiting->hand(std::move(flight)); };
  if (auto admitted = state_->admit(session, std::move(job)); !admitted) return fail(admitted.error());
  Result<TurnResult> result = waiting->wait();
  if (!result) return fail(result.error());
  if (result->reply.turn == 0) return std::nullopt;
  return std::optional<TurnResult>(std::move(*result));
}

void Runner::use(const PlannerRules& rules, GateMaker make_gate) {
  auto ruled = state_->ruled_by(rules, std::move(make_gate));
  const std::lock_guard lock(state_->mutex);
  state_->ruled = std::move(ruled);
}

Result<Conversation> Runner::conversation(const SessionId& session) {
  auto stored = state_->services.journal.open(session);
  if (!stored) return fail(stored.error());
  return std::move(stored->conversation);
}

}  // namespace floorwalker::runner
