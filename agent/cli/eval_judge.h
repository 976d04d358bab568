#pragma once

#include <memory>
#include <string>

#include "agent/core/result.h"
#include "evals/judge.h"

namespace floorwalker::cli {

// What `eval --judge` names.
struct JudgeOptions {
  std::string model;     // a server or a file of servers, as for --model; "": nobody is asked
  std::string verdicts;  // --verdicts FILE: votes that were cast before, and where new ones are kept; "" for none
  int repeat = 3;        // votes on each question
};

// The judge of an evaluation with what it works with.
class EvalJudge {
 public:
  // Nothing where the options name neither a model nor kept votes.
  static Result<std::unique_ptr<EvalJudge>> open(const JudgeOptions& options);
  ~EvalJudge();

  evals::Judge& judge() { return *judge_; }

 private:
  struct Parts;
  explicit EvalJudge(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;   // what the judge refers to
  std::unique_ptr<evals::Judge> judge_;
};

}  // namespace floorwalker::cli
