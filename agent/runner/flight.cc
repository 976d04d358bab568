#include "agent/runner/flight.h"

#include <time.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "agent/core/text.h"

namespace floorwalker::runner {
namespace {

using std::chrono::steady_clock;

// The share of a turn's time after which the last model of the chain gets what is left.
constexpr int kSoftDeadlinePercent = 80;

std::chrono::nanoseconds thread_cpu() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

// The cart that a tool's answer tells, by its one JSON form; product texts cannot forge it, since their quotes are escaped.
CartId cart_in(std::string_view content) {
  constexpr std::string_view kMark = R"("cart":{"id":")";
  const std::size_t at = content.find(kMark);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = content.substr(at + kMark.size());
  const std::size_t end = rest.find('"');
  return end == std::string_view::npos || rest.substr(0, end).find('\\') != std::string_view::npos ? CartId()
                                                                                                     : CartId(std::string(rest.substr(0, end)));
}

// Hears one model call: cuts its text into pieces, so that the conversation is woken for whole sentences and not for every token.
// The model calls it from one thread at a time.
class Hearing {
 public:
  Hearing(std::shared_ptr<Flight> flight, const Clock& clock, int step) : flight_(std::move(flight)), clock_(clock), step_(step) {}

  void operator()(ModelEvent event) {
    if (const auto* delta = std::get_if<TextDelta>(&event)) return post_pieces(cutter_.feed(delta->text));
    post_pieces(cutter_.finish());
    if (auto* ready = std::get_if<ToolCallReady>(&event)) return post(ModelCalled{std::move(ready->call)});
    if (auto* finished = std::get_if<ModelFinished>(&event)) return post(std::move(*finished));
    if (auto* failed = std::get_if<ModelFailed>(&event)) return post(std::move(*failed));
  }

 private:
  void post_pieces(std::vector<std::string> pieces) {
    for (std::string& piece : pieces) post(ModelText{std::move(piece)});
  }
  void post(EventBody body) { flight_->post({clock_.now(), step_, std::move(body)}); }

  std::shared_ptr<Flight> flight_;
  const Clock& clock_;
  int step_;
  Cutter cutter_;
};

}  // namespace

Flight::Flight(const Services& services, Live& live, TurnListener* listener, Ready ready, Landed landed)
    : services_(services),
      ruled_(live.ruled),
      planner_(ruled_->planner),
      live_(live),
      listener_(listener),
      ready_(std::move(ready)),
      landed_(std::move(landed)),
      began_(services.clock.steady()) {
  session_.conversation = std::move(live.conversation);
  live_.gate->begin_reply();
  live_.gate->shown(session_.conversation.memory.shown);
}

void Flight::begin(Event event, const std::stop_token& stop) {
  inbox_.push_back(std::move(event));   // before anybody else knows the flight: a stop must come after the beginning
  if (stop.stop_possible()) on_stop_.emplace(stop, [this] { put(Event{services_.clock.now(), 0, Stopped{}}); });
  wake();
}

void Flight::resume(const std::vector<Event>& events) {
  for (const Event& event : events) session_ = planner_.step(std::move(session_), event).session;
  learn();
  if (session_.turn) {
    for (const Sentence& sentence : session_.turn->sentences) {   // the gate hears again what was said before
      if (sentence.state == Sentence::State::kReleased && sentence.step > 0) live_.gate->judge(sentence.text);
    }
  }
  adopt(planner_.resume(std::move(session_)));
  put(Written{});
}

void Flight::post(Event event) { put(std::move(event)); }

void Flight::pass(const Deadline& deadline) {
  {
    const std::lock_guard lock(mutex_);
    if (over_ || deadlines_passed_ != deadline.nth) return;
    if (++deadlines_passed_ > 1) tool_stop_.request_stop();
  }
  put(Event{services_.clock.now(), 0, DeadlinePassed{}});
}

std::optional<Flight::Deadline> Flight::next_deadline() const {
  const std::lock_guard lock(mutex_);
  if (over_ || deadlines_passed_ > 1) return std::nullopt;
  const auto time = planner_.rules().limits.time;
  return Deadline{deadlines_passed_, began_ + (deadlines_passed_ == 0 ? time * kSoftDeadlinePercent / 100 : time)};
}

void Flight::put(Incoming incoming) {
  {
    const std::lock_guard lock(mutex_);
    if (over_) return;
    if (std::holds_alternative<Written>(incoming)) inbox_.push_front(std::move(incoming));
    else inbox_.push_back(std::move(incoming));
  }
  wake();
}

void Flight::wake() {
  {
    const std::lock_guard lock(mutex_);
    const bool held_up = writing_ && !inbox_.empty() && !std::holds_alternative<Written>(inbox_.front());
    if (over_ || pumping_ || held_up || inbox_.empty()) return;
    pumping_ = true;
  }
  ready_(shared_from_this());
}

std::optional<Flight::Incoming> Flight::next() {
  const std::lock_guard lock(mutex_);
  if (over_ || inbox_.empty() || (writing_ && !std::holds_alternative<Written>(inbox_.front()))) return std::nullopt;
  Incoming incoming = std::move(inbox_.front());
  inbox_.pop_front();
  if (std::holds_alternative<Written>(incoming)) writing_ = false;
  return incoming;
}

void Flight::pump() {
  const auto keep = shared_from_this();   // the last owner may be the model's sink that is replaced below
  pump_began_ = thread_cpu();
  try {
    for (;;) {
      std::optional<Incoming> incoming = next();
      if (incoming && std::holds_alternative<Event>(*incoming)) {
        take(std::move(std::get<Event>(*incoming)));
        continue;
      }
      if (incoming) {
        if (const auto& written = std::get<Written>(*incoming).result; !written) return land(fail(written.error()));
        perform();
        continue;
      }
      if (!unwritten_.empty()) {   // everything that came at once is written down at once
        write_down();
        continue;
      }
      const std::lock_guard lock(mutex_);
      if (over_) return;
      cpu_ += thread_cpu() - std::exchange(pump_began_, thread_cpu());
      const bool more = !inbox_.empty() && (!writing_ || std::holds_alternative<Written>(inbox_.front()));
      if (more) continue;
      pumping_ = false;
      return;
    }
  } catch (const std::exception& error) {   // a bug: ends the turn, reaches nobody in words
    land(fail(ErrorKind::kInternal, "internal error", error.what()));
  }
}

// ---- deciding

void Flight::take(Event event) {
  if (const auto* finished = std::get_if<ToolFinished>(&event.body)) {
    if (const auto write = writes_.find(finished->result.call); write != writes_.end()) {
      outcomes_.emplace_back(write->second.key, finished->result.outcome);
      writes_.erase(write);
    }
  }
  Planner::Step step = planner_.step(std::move(session_), event);
  unwritten_.push_back(std::move(event));
  adopt(std::move(step));
}

void Flight::adopt(Planner::Step step) {
  session_ = std::move(step.session);
  for (Effect& effect : step.effects) {
    if (const Say* say = std::get_if<Say>(&effect)) {
      judge(*say, unwritten_.back().at);
      continue;
    }
    if (const CancelModel* cancel = std::get_if<CancelModel>(&effect)) forget_call(cancel->step);
    held_.push_back(std::move(effect));
  }
}

// A model call that is given up before it was begun is never begun.
void Flight::forget_call(int step) {
  std::erase_if(held_, [step](const Effect& effect) {
    const CallModel* call = std::get_if<CallModel>(&effect);
    return call && call->step == step;
  });
}

void Flight::judge(const Say& say, Time at) {
  learn();
  Event event{at, session_.turn->step, SentenceJudged{say.sentence, live_.gate->judge(say.text)}};
  Planner::Step step = planner_.step(std::move(session_), event);
  if (step.session.turn && step.session.turn->sentences[say.sentence].state != Sentence::State::kReleased) {
    live_.gate->forget_piece();
    if (listener_) listener_->withheld(say.text, std::get<SentenceJudged>(event.body).claims);
  }
  unwritten_.push_back(std::move(event));
  adopt(std::move(step));
}

void Flight::learn() {
  if (session_.turn) live_.gate->turn_began(session_.turn->started);
  const auto& messages = session_.conversation.messages;
  for (; live_.learned < messages.size(); ++live_.learned) live_.gate->learn(messages[live_.learned]);
}

// ---- writing down

void Flight::write_down() {
  JournalEntry entry;
  entry.session = session_.conversation.session;
  entry.shopper = live_.shopper;
  entry.turn = session_.conversation.turn;
  entry.playbook = planner_.rules().playbook;
  entry.events = std::exchange(unwritten_, {});
  entry.outcomes = std::exchange(outcomes_, {});
  bool finished = false;
  for (const Effect& effect : held_) {
    const auto* call = std::get_if<CallTool>(&effect);
    if (call && call->effect == ToolEffect::kWrite) entry.intents.push_back(*call);
    finished = finished || std::holds_alternative<Finish>(effect);
  }
  if (finished) {
    reply_ = Planner::reply(session_);
    live_.conversation = Planner::close(std::move(session_));
    session_ = {};
    entry.closed = &live_.conversation;
    entry.reply = &*reply_;
  }
  {
    const std::lock_guard lock(mutex_);
    writing_ = true;
  }
  services_.journal.append(std::move(entry), [flight = shared_from_this()](Result<void> written) { flight->put(Written{std::move(written)}); });
}

// ---- performing

struct Flight::Perform {
  Flight& flight;

  void operator()(const CallModel& call) const { flight.start_model(call); }
  void operator()(const CancelModel&) const { flight.model_stop_.request_stop(); }
  void operator()(const CallTool& call) const { flight.call_tool(call); }
  void operator()(const Say&) const {}
  void operator()(const Release& release) const {
    if (flight.listener_) flight.listener_->released(release.text);
  }
  void operator()(const AskConfirmation&) const {}
  void operator()(const HandOff&) const {}
  void operator()(const Finish&) const {
    TurnResult result;
    result.reply = std::move(*flight.reply_);
    result.conversation = flight.live_.conversation;
    result.cpu = std::chrono::duration_cast<std::chrono::microseconds>(flight.cpu_ + thread_cpu() - flight.pump_began_);
    result.wall = std::chrono::duration_cast<std::chrono::microseconds>(flight.services_.clock.steady() - flight.began_);
    flight.land(std::move(result));
  }
};

void Flight::perform() {
  for (const Effect& effect : std::exchange(held_, {})) std::visit(Perform{*this}, effect);
}

void Flight::start_model(const CallModel& call) {
  static const std::vector<ToolSpec> kNoTools;
  model_stop_ = std::stop_source();
  const ModelRequest request{session_.conversation, call.may_call ? services_.tools.specs() : kNoTools, call.seed, call.step};
  const auto hearing = std::make_shared<Hearing>(shared_from_this(), services_.clock, call.step);
  Model& model = *services_.models[std::min(call.rung, services_.models.size() - 1)];
  try {
    model.start(request, [hearing](ModelEvent event) { (*hearing)(std::move(event)); }, model_stop_.get_token());
  } catch (const std::exception& error) {
    post({services_.clock.now(), call.step, ModelFailed{{ErrorKind::kInternal, "internal error", error.what()}}});
  }
}

void Flight::call_tool(const CallTool& call) {
  if (listener_) listener_->calling(call.call);
  if (call.effect == ToolEffect::kWrite) writes_.emplace(call.call.id, call);
  ToolResult result = result_of(call);
  if (listener_) listener_->called(call.call, result);
  const bool tells_cart = call.effect == ToolEffect::kWrite || call.call.name == "view_cart";
  CartId cart = tells_cart ? cart_in(result.content) : CartId();
  post({services_.clock.now(), call.step, ToolFinished{std::move(result), std::move(cart)}});
  // The timer may be late, as after a machine slept; a turn is not.
  for (auto deadline = next_deadline(); deadline && services_.clock.steady() >= deadline->at; deadline = next_deadline()) pass(*deadline);
}

namespace {

ToolResult refused(const CallTool& call, Time now, std::string content) {
  ToolResult result;
  result.call = call.call.id;
  result.outcome = ToolOutcome::kRefused;
  result.content = std::move(content);
  result.observed = now;
  return result;
}

constexpr const char* kForgotten =
    R"({"error":{"kind":"invalid_argument","message":"what the shopper told of themselves is not at hand any more; ask them for it again"}})";
constexpr const char* kNoMoreToday =
    R"({"error":{"kind":"refused","rule":"writes_per_day","message":"no more changes are made for this shopper today; they can go on tomorrow, or on the shop's own page"}})";

}  // namespace

// Whether the shopper's writes of the last 24 hours leave room for one more. The call's own intent is in the journal by now, so that of two that
// come at once neither is overlooked. A count that cannot be had refuses.
bool Flight::may_write_today(const CallTool& call) const {
  const auto most = planner_.rules().guardrails.max_writes_per_day;
  if (call.effect != ToolEffect::kWrite || !most) return true;
  const Time now = services_.clock.now();
  const auto made = services_.journal.writes_between(session_.conversation.session, now - std::chrono::hours(24), now, call.key);
  return made && *made < *most;
}

// What the tool says, made harmless; with the shopper's own data, which only the tool gets to see, hidden again.
ToolResult Flight::result_of(const CallTool& call) {
  const ToolContext context{session_.conversation.session, session_.conversation.cart, call.key, services_.clock.now(), tool_stop_.get_token()};
  if (!may_write_today(call)) return refused(call, context.now, kNoMoreToday);
  ToolResult result;
  result.observed = context.now;
  ToolCall meant = call.call;
  const auto arguments = live_.redactor.restore(call.call.arguments);
  if (!arguments) return refused(call, context.now, kForgotten);
  meant.arguments = *arguments;
  try {
    result = services_.tools.call(meant, context);
    // Whether a write whose answer was lost came about, the tool itself can tell: under the same key it is done at most once. Any other answer
    // than that it is done leaves the doubt as it was.
    const bool doubtful = result.outcome == ToolOutcome::kUnknown && call.effect == ToolEffect::kWrite;
    if (doubtful && !tool_stop_.stop_requested()) {
      if (ToolResult again = services_.tools.call(meant, context); again.outcome == ToolOutcome::kOk) result = std::move(again);
    }
  } catch (const std::exception& error) {   // a bug in a tool: the model hears no more than that
    result.outcome = call.effect == ToolEffect::kWrite ? ToolOutcome::kUnknown : ToolOutcome::kFailed;
    result.content = R"({"error":{"kind":"internal","message":"internal error"}})";
  }
  result.content = live_.redactor.hide(std::move(result.content));
  for (Considered& rule : result.considered) rule.why = live_.redactor.hide(std::move(rule.why));
  result = ruled_->results.check(std::move(result), call.effect);
  result.call = call.call.id;
  return result;
}

void Flight::land(Result<TurnResult> result) {
  model_stop_.request_stop();
  on_stop_.reset();
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
    inbox_.clear();
  }
  landed_(*this, std::move(result));
}

}  // namespace floorwalker::runner
