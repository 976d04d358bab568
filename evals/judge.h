#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/model.h"
#include "agent/core/result.h"
#include "evals/suite.h"

// Judgement of free text by a model: what no state can tell ("does the reply apologise?"). A judge errs, so it is never the only grader of a turn,
// is asked several times, and how far it agrees with itself is a metric of the run.
namespace floorwalker::evals {

enum class Vote { kYes, kNo, kUnclear };

// What came of one question, asked several times.
struct Judgement {
  std::string ask;
  bool wanted = true;          // whether yes is wanted
  std::vector<Vote> votes;     // in the order they were cast
  std::string why;             // of the first vote that the verdict follows

  Vote verdict() const;        // of more than half of the votes; unclear where there are none such
  std::size_t agreeing() const;  // votes that say what most say
  bool holds() const { return verdict() == (wanted ? Vote::kYes : Vote::kNo); }
};

// "no (2 of 3): it blames the shopper"
std::string described(const Judgement& judgement);

// A turn as a judge reads it.
struct Exchange {
  std::string shopper, agent;
};

// Votes that were cast before, in a file of one JSON object a line, so that a run in CI asks nobody and comes to the same. What is kept says who
// judged, of what by its digest, and why; no conversation. Safe for every thread.
class Verdicts {
 public:
  // A file that is not there is made when the first vote comes. kMalformed names the line.
  static Result<std::shared_ptr<Verdicts>> open(std::string file);

  struct Kept {
    Vote vote = Vote::kUnclear;
    std::string why;
  };
  std::optional<Kept> find(const std::string& digest) const;
  Result<void> keep(const std::string& judge, const std::string& digest, const Kept& vote);
  std::string judge() const;   // who cast the last of them, "" if nobody

 private:
  std::string file_;
  mutable std::mutex mutex_;   // guards what follows
  std::string judge_;
  std::map<std::string, Kept> votes_;
};

// Asks `model` each question `repeat` times, but for what `kept` has. Without a model only what was kept is known. Safe for every thread; the
// model must outlive it. What the model is to be told of its task is in prompts/judge/.
class Judge {
 public:
  Judge(Model* model, int repeat, std::shared_ptr<Verdicts> kept) : model_(model), repeat_(repeat), kept_(std::move(kept)) {}

  // Fails where a vote is neither kept nor to be had.
  Result<Judgement> ask(const JudgedQuestion& question, const std::vector<Exchange>& transcript, std::stop_token stop);

  std::int64_t cost_micros() const { return cost_; }   // of what was asked, not of what was kept

 private:
  Result<Verdicts::Kept> vote(const std::string& text, const std::string& digest, int number, std::stop_token stop);

  Model* model_;
  int repeat_;
  std::shared_ptr<Verdicts> kept_;   // may be null
  std::atomic<std::int64_t> cost_{0};
};

}  // namespace floorwalker::evals
