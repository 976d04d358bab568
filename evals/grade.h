#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/core/cart.h"
#include "agent/core/turn.h"
#include "evals/suite.h"
#include "tools/ports/catalogue.h"

namespace floorwalker::evals {

inline constexpr const char* kCouldNotRun = "could_not_run";

// What a guardrail decided in a turn, beyond letting something pass, or that it could not run.
struct RuleDecision {
  std::string rule;
  std::string decision;   // "refuse", "ask", "mark"; kCouldNotRun
  std::string about;      // the tool, or the text
  std::string why;
};

// What a turn came to, as a grader may look at it: state and proof, never style.
struct TurnState {
  Reply reply;
  std::string error;                       // kind of the error that the turn was turned down with; "": it was played
  std::vector<Shown> shown;                // of this turn, in the one numbered order
  std::vector<Shown> shown_before;         // of all earlier turns
  std::optional<Cart> before, after;       // nothing: there is no cart
  std::vector<ToolResult> results;         // of this turn, in the order of reply.tools
  std::vector<RuleDecision> rules;         // of this turn; looked up where rules are expected or something failed
  std::int64_t wall_micros = 0;
};

// One expectation that was not met.
struct Failure {
  std::string check;      // "shown.each", "cart" ...
  std::string expected;
  std::string got;
  std::string product = {};   // that it is about, "" if it is about none
};

// Holds a turn against what was expected of it. Products are looked up in the shop itself, so a grader never believes the agent.
std::vector<Failure> grade(const Expectation& expected, const TurnState& state, ports::Catalogue& catalogue);

// Whether a product, by its own record, meets a constraint: the graders' own reading, independent of search.
bool meets(const Product& product, const Constraint& constraint);

}  // namespace floorwalker::evals
