#pragma once

#include <functional>
#include <string>
#include <vector>

#include "agent/cli/eval_worlds.h"
#include "agent/core/playbook/mutations.h"

namespace floorwalker::cli {

// What evaluation suites make of a change to one rule.
struct RuleOutcome {
  enum class Found {
    kDefended,   // a case fails
    kNoticed,    // some reply, call or offer differs, and no case minds
    kUntouched,  // nothing differs: no case reaches the rule, or it does nothing
    kUnreadable, // the playbook cannot be loaded with the change, so that nobody can publish it
  };
  Mutation mutation;
  Found found = Found::kUntouched;
  std::string by;   // the case that fails or differs: "suite/case"
  std::string was, is;   // where it is noticed: the first turn that differs, as it was and as it is with the change
};

struct CoverageOptions {
  int jobs = 2;
  std::string only;   // rules whose path holds this, "" for all
  std::function<void(std::size_t done, std::size_t all)> progress;
};

// Plays the cases that use the playbook, or one that extends it, with every rule that its file states taken out or turned round, until a case
// fails that passes without the change. Cases that are likely to mind come first, so that most rules cost a few turns. Fails where the playbook
// cannot be read, or no case uses it.
Result<std::vector<RuleOutcome>> rule_coverage(const std::string& playbook, const std::vector<evals::Suite>& suites, EvalWorlds& worlds, const CoverageOptions& options);

}  // namespace floorwalker::cli
