#include "evals/harness.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <tuple>

#include "agent/core/digest.h"
#include "evals/kept_results.h"
#include "evals/shopper.h"

namespace floorwalker::evals {
namespace {

// One case to be played once.
struct Job {
  const Suite* suite;
  const Case* one;
  int repeat;
};

// How many turns of the case have expectations.
std::size_t checked_turns(const Case& one) {
  const auto checked = std::count_if(one.turns.begin(), one.turns.end(), [](const EvalTurn& turn) { return turn.expect.has_value(); });
  return static_cast<std::size_t>(checked) + (one.shopper ? 1 : 0);
}

CaseRecord begun(const Job& job) {
  CaseRecord record;
  record.suite = job.suite->name;
  record.id = job.one->id;
  record.repeat = job.repeat;
  record.scenarios = job.one->scenarios;
  record.tags = job.one->tags;
  record.known_failing = job.one->known_failing;
  record.at = job.one->at;
  record.unplayed = checked_turns(*job.one);
  return record;
}

std::uint64_t seed_of(std::uint64_t seed, const std::string& suite, const std::string& id, int repeat, std::size_t turn) {
  const std::string digest = sha256(fmt::format("{}|{}|{}|{}|{}", seed, suite, id, repeat, turn));
  return std::stoull(digest.substr(0, 15), nullptr, 16) | 1;
}

std::optional<Cart> cart_of(World& world, const Conversation& conversation) {
  if (conversation.cart.empty()) return std::nullopt;
  auto cart = world.carts().read(conversation.cart);
  if (!cart) return std::nullopt;
  return *cart;
}

// The result of each call of the turn. Models may give an id twice: results of one id are taken in their order.
std::vector<ToolResult> results_of(const Conversation& conversation, const Reply& reply) {
  std::map<CallId, std::vector<const ToolResult*>> told;   // the next one last
  for (auto message = conversation.messages.rbegin(); message != conversation.messages.rend(); ++message) {
    if (message->role == Role::kTool && message->turn == reply.turn) told[message->result.call].push_back(&message->result);
  }
  std::vector<ToolResult> out;
  for (const ToolUse& use : reply.tools) {
    auto& next = told[use.call.id];
    out.push_back(next.empty() ? ToolResult() : *next.back());
    if (!next.empty()) next.pop_back();
    out.back().outcome = use.outcome;
  }
  return out;
}

void note_expectations(const Expectation& expect, TurnRecord& record) {
  record.checked = true;
  record.refusal_wanted = expect.outcome == std::vector<std::string>{"refused"};
  if (expect.shown) record.wanted_of_each = expect.shown->each;
}

class Player {
 public:
  Player(World& world, const Job& job, const RunOptions& options) : world_(world), job_(job), options_(options) {
    session_ = SessionId(fmt::format("{}-{}-{}", job.suite->name, job.one->id, job.repeat));
  }

  // What was played stays in the record, whatever is thrown.
  void play(CaseRecord& record) {
    if (mistaken(record)) return;
    for (std::size_t i = 0; i < job_.one->turns.size(); ++i) {
      record.turns.push_back(turn(job_.one->turns[i], i));
      record.unplayed -= record.turns.back().checked;
      if (!record.turns.back().error.empty()) break;
    }
    if (job_.one->shopper) play_shopper(*job_.one->shopper, record);
    record.problem = world_.leftovers();
    if (const auto most = job_.one->max_turns; most && record.problem.empty() && record.turns.size() > static_cast<std::size_t>(*most)) {
      record.problem = fmt::format("took {} turns, of which it may take {}", record.turns.size(), *most);
    }
  }

 private:
  // A case that names what its world does not have is not played: what it expects of that would hold or fail for nothing. No list excuses it.
  bool mistaken(CaseRecord& record) {
    const auto findings = unknown_names(*job_.one, world_.names(), has_remote_shop(*job_.suite, *job_.one) ? nullptr : &world_.catalogue());
    for (const Finding& finding : findings) record.problem += (record.problem.empty() ? "" : "; ") + located(finding);
    record.mistaken = !findings.empty();
    if (record.mistaken) record.known_failing.clear();
    return record.mistaken;
  }

  // A shopper with a goal speaks until they have it, or lose patience; what is expected holds for where that leaves them.
  void play_shopper(const ShopperGoal& goal, CaseRecord& record) {
    SimulatedShopper shopper(goal);
    for (auto words = shopper.next(nullptr, cart_); words; words = shopper.next(&record.turns.back().state.reply, cart_)) {
      record.turns.push_back(turn({*words, {}, {}, {}, {}, {}}, record.turns.size()));
      if (!record.turns.back().error.empty()) return;
    }
    TurnRecord& last = record.turns.back();
    note_expectations(*goal.expect, last);
    --record.unplayed;
    if (!last.error.empty()) return;
    told_.pop_back();
    assess(*goal.expect, conversation_, last);
  }

  TurnRecord turn(const EvalTurn& said, std::size_t index) {
    TurnRecord record;
    record.said = said.event ? "(" + said.event->type + (said.event->product.empty() ? "" : " ") + said.event->product + ")" : said.say;
    if (said.expect) note_expectations(*said.expect, record);
    record.state.before = cart_;
    record.state.shown_before = shown_;
    if (said.after.count() > 0) world_.pass(said.after);
    runner::TurnRequest request{session_, input_of(said, index)};
    auto result = world_.runner().run(request, nullptr, options_.stop);
    if (!result) {
      record.state.error = to_string(result.error().kind);
      record.state.after = cart_ = cart_of(world_, conversation_);
      if (said.expect && said.expect->error == record.state.error) return assess(*said.expect, conversation_, record), record;
      record.error = result.error().message;
      record.failures.push_back({"turn", "an answer", record.error});
      return record;
    }
    record.state.reply = result->reply;
    record.state.shown = result->reply.presentation.shown;
    record.state.results = results_of(result->conversation, result->reply);
    record.state.wall_micros = result->wall.count();
    record.cpu_micros = result->cpu.count();
    record.state.after = cart_ = cart_of(world_, result->conversation);
    shown_.insert(shown_.end(), record.state.shown.begin(), record.state.shown.end());
    conversation_ = std::move(result->conversation);
    if (said.expect) assess(*said.expect, conversation_, record);
    told_.push_back({record.said, record.state.reply.text});
    return record;
  }

  // Holds the turn against what was expected of it; what guardrails decided is looked up where it is asked for, or may tell why something failed.
  void assess(const Expectation& expect, const Conversation& conversation, TurnRecord& record) {
    const int turn = record.state.reply.turn;
    if (!expect.rules.empty() || !expect.rules_not.empty() || !expect.could_not_run.empty()) record.state.rules = world_.rules_of(conversation, turn);
    record.failures = grade(expect, record.state, world_.catalogue());
    if (!record.failures.empty() && record.state.rules.empty()) record.state.rules = world_.rules_of(conversation, turn);
    if (!options_.judge) return;
    std::vector<Exchange> transcript = told_;
    transcript.push_back({record.said, record.state.reply.text});
    for (const JudgedQuestion& question : expect.judged) ask_judge(question, transcript, record);
  }

  void ask_judge(const JudgedQuestion& question, const std::vector<Exchange>& transcript, TurnRecord& record) {
    auto judgement = options_.judge->ask(question, transcript, options_.stop);
    if (!judgement) {
      record.failures.push_back({"judged", "a verdict on: " + question.ask, judgement.error().message});
      return;
    }
    if (!judgement->holds()) record.failures.push_back({"judged", question.ask + (question.yes ? " yes" : " no"), described(*judgement)});
    record.judged.push_back(std::move(*judgement));
  }

  std::variant<ShopperSaid, ShopperDid> input_of(const EvalTurn& said, std::size_t index) const {
    const std::uint64_t seed = seed_of(options_.seed, job_.suite->name, job_.one->id, job_.repeat, index);
    if (said.event) return ShopperDid{said.event->type, ProductId(said.event->product), said.event->details, said.key, seed};
    return ShopperSaid{said.say, said.key, seed};
  }

  World& world_;
  const Job& job_;
  const RunOptions& options_;
  SessionId session_;
  std::optional<Cart> cart_;
  std::vector<Shown> shown_;
  std::vector<Exchange> told_;     // the turns so far, as a judge reads them
  Conversation conversation_;      // after the last turn
};

// Worlds that suites share, made when first needed.
class Worlds {
 public:
  explicit Worlds(const WorldMaker& make) : make_(make) {}

  Result<std::shared_ptr<World>> of(const Job& job) {
    auto world = opened(job);
    if (!world) return world;
    const std::string content = (*world)->content();
    const std::lock_guard lock(mutex_);
    if (!content.empty()) contents_.insert(content);
    return world;
  }

  // A digest of the file that the case's shop or desk is in, "" for the demo shop.
  std::string goods_of(const Job& job) {
    const std::string& name = job.suite->desk.empty() ? shop_of(*job.suite, *job.one) : job.suite->desk;
    const std::filesystem::path file = std::filesystem::path(job.suite->file).parent_path() / name;
    const std::lock_guard lock(mutex_);
    const auto [known, first] = goods_.try_emplace(file);
    if (!first) return known->second;
    std::ifstream in(file, std::ios::binary);
    if (in) known->second = sha256(std::string(std::istreambuf_iterator<char>(in), {}));
    return known->second;
  }

  // Of all that were used.
  std::vector<std::string> contents() const { return {contents_.begin(), contents_.end()}; }

 private:
  Result<std::shared_ptr<World>> opened(const Job& job) {
    if (needs_own_world(*job.suite, *job.one)) return make_(*job.suite, *job.one, job.repeat);
    const Key key{std::filesystem::path(job.suite->file).parent_path(), shop_of(*job.suite, *job.one), playbook_of(*job.suite, *job.one)};
    const std::lock_guard lock(mutex_);
    const auto found = shared_.find(key);
    if (found != shared_.end()) return found->second;
    auto made = make_(*job.suite, *job.one, 0);
    if (made) shared_[key] = *made;
    return made;
  }

  // The folder that names are relative to, the shop and the playbook.
  using Key = std::tuple<std::filesystem::path, std::string, std::string>;

  const WorldMaker& make_;
  std::mutex mutex_;  // guards what follows
  std::map<Key, std::shared_ptr<World>> shared_;
  std::set<std::string> contents_;
  std::map<std::filesystem::path, std::string> goods_;   // digests of shops
};

std::vector<Job> jobs_of(const std::vector<Suite>& suites, int repeat) {
  std::vector<Job> jobs;
  for (const Suite& suite : suites) {
    for (const Case& one : suite.cases) {
      for (int i = 0; i < repeat; ++i) jobs.push_back({&suite, &one, i});
    }
  }
  return jobs;
}

std::int64_t cost_of(const CaseRecord& record) {
  std::int64_t cost = 0;
  for (const TurnRecord& turn : record.turns) cost += turn.state.reply.usage.cost_micros;
  return cost;
}

// What the suites would ask a judge.
std::size_t questions_in(const std::vector<Suite>& suites) {
  std::size_t questions = 0;
  for (const Suite& suite : suites) {
    for (const Case& one : suite.cases) {
      for (const EvalTurn& turn : one.turns) questions += turn.expect ? turn.expect->judged.size() : 0;
      if (one.shopper && one.shopper->expect) questions += one.shopper->expect->judged.size();
    }
  }
  return questions;
}

// What a play follows from.
std::string digest_of(const Job& job, World& world, Worlds& worlds, const RunOptions& options) {
  return sha256(fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", options.kept->made_with(), options.seed, job.suite->name, job.one->id, job.repeat, job.one->content, worlds.goods_of(job),
                            world.content()));
}

// Whether the play came to its end: one that was cut short, or whose model could not be asked, tells nothing that is worth keeping.
bool finished(const CaseRecord& record, const RunOptions& options) {
  const bool failed = std::any_of(record.turns.begin(), record.turns.end(), [](const TurnRecord& turn) { return !turn.error.empty(); });
  return !options.stop.stop_requested() && !record.mistaken && record.unplayed == 0 && !failed;
}

void restore(KeptPlay kept, const Case& one, CaseRecord& record) {
  record.turns = std::move(kept.turns);
  record.problem = std::move(kept.problem);
  record.unplayed = 0;
  for (std::size_t i = 0; i < record.turns.size(); ++i) {
    const auto& expect = one.shopper ? one.shopper->expect : one.turns.at(i).expect;
    if (record.turns[i].checked) note_expectations(*expect, record.turns[i]);
  }
}

struct Played {
  CaseRecord record;
  bool taken = false;                     // from an earlier run
  std::optional<Error> unkept;            // why it could not be kept
};

// Plays the case, unless it is known what that comes to.
void play(const Job& job, World& world, Worlds& worlds, const RunOptions& options, Played& played) {
  const std::string digest = options.kept ? digest_of(job, world, worlds, options) : "";
  auto known = options.kept ? options.kept->find(digest) : std::nullopt;
  played.taken = known.has_value();
  if (known) return restore(std::move(*known), *job.one, played.record);
  Player(world, job, options).play(played.record);
  if (!options.kept || !finished(played.record, options)) return;
  if (auto kept = options.kept->keep(digest, played.record); !kept) played.unkept = kept.error();
}

// A bug in a case, or in what it meets, fails the case and ends no run.
Played played(const Job& job, Worlds& worlds, const RunOptions& options) {
  Played made{begun(job), false, std::nullopt};
  try {
    auto world = worlds.of(job);
    if (world) play(job, **world, worlds, options, made);
    else made.record.problem = "the shop or the agent cannot be opened: " + world.error().message;
  } catch (const std::exception& bug) {
    made.record.problem = std::string("internal error: ") + bug.what();
  } catch (...) {
    made.record.problem = "internal error: something was thrown that is no exception";
  }
  return made;
}

}  // namespace

bool needs_own_world(const Suite& suite, const Case& one) {
  const bool time_goes_by = std::any_of(one.turns.begin(), one.turns.end(), [](const EvalTurn& turn) { return turn.after.count() > 0; });
  return !one.script.empty() || !one.faults.empty() || time_goes_by || has_remote_shop(suite, one) || !suite.desk.empty();
}

bool TurnRecord::grounded() const {
  if (!error.empty() || !failures.empty()) return false;
  return std::none_of(state.reply.claims.begin(), state.reply.claims.end(),
                      [](const Claim& claim) { return claim.verdict == Verdict::kContradicted || claim.verdict == Verdict::kUnsupported; });
}

bool CaseRecord::passed() const {
  return problem.empty() && std::all_of(turns.begin(), turns.end(), [](const TurnRecord& turn) { return turn.failures.empty() && turn.error.empty(); });
}

Result<RunRecord> run_suites(const std::vector<Suite>& suites, const WorldMaker& make_world, const RunOptions& options) {
  const std::vector<Job> jobs = jobs_of(suites, options.repeat);
  std::vector<std::optional<CaseRecord>> records(jobs.size());
  Worlds worlds(make_world);
  std::atomic<std::size_t> next{0};
  std::atomic<std::int64_t> cost{0};
  std::mutex progress_mutex;              // guards what follows
  Progress progress{0, jobs.size(), 0};
  std::size_t taken = 0;
  std::optional<Error> unkept;
  const auto used_up = [&] {
    const std::int64_t saved = options.saved_micros ? options.saved_micros() : 0, judge = options.judge ? options.judge->cost_micros() : 0;
    return options.max_cost_micros > 0 && cost + judge - saved >= options.max_cost_micros;
  };
  const auto work = [&] {
    for (std::size_t i = next++; i < jobs.size(); i = next++) {
      if (options.stop.stop_requested() || used_up()) return;
      Played one = played(jobs[i], worlds, options);
      if (!one.taken) cost += cost_of(one.record);
      records[i] = std::move(one.record);
      const std::lock_guard lock(progress_mutex);
      taken += one.taken;
      if (one.unkept) unkept = one.unkept;
      ++progress.done;
      progress.failed += records[i]->failed();
      if (options.progress) options.progress(progress);
    }
  };
  std::vector<std::jthread> threads;
  for (int i = 1; i < options.jobs; ++i) threads.emplace_back(work);
  work();
  threads.clear();
  if (unkept) return fail(*unkept);
  RunRecord run;
  run.seed = options.seed;
  run.taken = taken;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (records[i]) run.cases.push_back(std::move(*records[i]));
    else run.left.push_back(begun(jobs[i]));
  }
  run.contents = worlds.contents();
  run.stopped = !run.left.empty();
  run.open_questions = options.judge ? 0 : questions_in(suites);
  return run;
}

}  // namespace floorwalker::evals
