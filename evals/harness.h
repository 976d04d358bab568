#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "agent/core/answers.h"
#include "agent/core/turn.h"
#include "agent/runner/runner.h"
#include "evals/grade.h"
#include "evals/judge.h"
#include "evals/names.h"
#include "evals/suite.h"
#include "tools/ports/carts.h"
#include "tools/ports/catalogue.h"

namespace floorwalker::evals {

// What a case is played in: a shop, and an agent over it. Cases of one shop and playbook share one unless they need their own (a script,
// faults). Used by several threads at once, each with conversations of its own.
class World {
 public:
  virtual ~World() = default;
  virtual runner::Runner& runner() = 0;
  virtual ports::Catalogue& catalogue() = 0;
  virtual ports::Carts& carts() = 0;

  // What the playbook's guardrails decided in a turn of the conversation; nothing where nobody can tell.
  virtual std::vector<RuleDecision> rules_of(const Conversation& /*conversation*/, int /*turn*/) { return {}; }

  // What the playbook in use and the tools are called.
  virtual WorldNames names() { return {}; }

  // A digest of the playbook in use, "" where there is none.
  virtual std::string content() { return ""; }

  // Lets time go by, where the world has a clock of its own.
  virtual void pass(std::chrono::milliseconds /*time*/) {}

  // Ends a case: what its script or faults did not get used for, "" if all is well. A scripted model that was asked less than it expected
  // fails the case.
  virtual std::string leftovers() { return ""; }
};

// Whether nobody else may use the case's world: its model is scripted, its shop fails, is a remote one or a desk, or time goes by in it.
bool needs_own_world(const Suite& suite, const Case& one);

// Opens the world that a case asks for. `repeat`, from 0, is which of its plays it is for, where it has a world of its own.
using WorldMaker = std::function<Result<std::shared_ptr<World>>(const Suite& suite, const Case& one, int repeat)>;

struct TurnRecord {
  std::string said;
  TurnState state;
  bool checked = false;                   // the suite expects something of it
  bool refusal_wanted = false;            // and that is a refusal
  std::vector<Failure> failures;
  std::vector<Constraint> wanted_of_each; // for the relevance of what is shown
  std::vector<Judgement> judged;
  std::int64_t cpu_micros = 0;
  std::string error;                      // the turn could not be run at all

  // The outcome is right and every claim is proven.
  bool grounded() const;
};

struct CaseRecord {
  std::string suite;
  std::string id;
  int repeat = 0;                         // from 0
  std::vector<int> scenarios;
  std::vector<std::string> tags;
  std::vector<TurnRecord> turns;
  std::size_t unplayed = 0;               // turns with expectations that it did not come to
  std::string problem;                    // the case as a whole failed: "" if not
  bool mistaken = false;                  // because it names what its world does not have: the suite is wrong, and tells nothing of the agent
  std::string known_failing;              // why it may fail, "" if it may not
  SourcePosition at;

  bool passed() const;
  bool failed() const { return !passed() && known_failing.empty(); }   // what makes a run fail
};

class KeptResults;

// How far a run has come.
struct Progress {
  std::size_t done = 0, all = 0;          // plays of cases
  std::size_t failed = 0;                 // of those done
};

struct RunOptions {
  int repeat = 1;
  int jobs = 2;
  std::uint64_t seed = 1;
  std::int64_t max_cost_micros = 0;       // stop beginning cases when the models have cost that much; 0: no limit
  std::function<std::int64_t()> saved_micros;   // of that cost so far, what recordings answered and nobody was paid; may be empty
  Judge* judge = nullptr;                 // answers what suites ask a judge; without one those questions are left open
  KeptResults* kept = nullptr;            // of earlier runs, and where finished plays are kept; may be null
  std::function<void(const Progress&)> progress;   // of one play at a time
  std::stop_token stop;
};

struct RunRecord {
  std::vector<CaseRecord> cases;          // in the order of the suites, whatever the number of jobs
  std::vector<CaseRecord> left;           // those that were not begun when the run was stopped, without turns
  std::uint64_t seed = 0;
  std::string build;                      // version, model and content, so that two runs can be told apart
  std::vector<std::string> contents;      // digests of the playbooks that were in use, ordered
  std::size_t taken = 0;                  // plays whose results were kept by an earlier run
  std::size_t open_questions = 0;         // to a judge that there was none for
  bool stopped = false;                   // by the budget or by a signal: not everything was run
};

// Plays every case and grades it. Deterministic for models that are: the same seed gives the same record apart from times.
Result<RunRecord> run_suites(const std::vector<Suite>& suites, const WorldMaker& make_world, const RunOptions& options);

}  // namespace floorwalker::evals
