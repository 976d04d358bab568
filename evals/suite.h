#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/answers.h"
#include "agent/core/playbook/loader.h"

// Evaluation suites: conversations with expectations that are checked from state. Every key is documented in evals/README.md.
namespace floorwalker::evals {

// A line that the cart must hold.
struct ExpectedLine {
  std::string product;                         // or, with `shown`, the product of that number where products were last shown
  std::optional<int> shown;
  std::map<std::string, std::string> options;  // those that matter; names and values are compared folded
  std::int64_t quantity = 1;
};

// What the products that a turn shows must be. A ceiling or a property never stands alone: without `min` it asks for at least one.
struct ExpectedShown {
  std::optional<int> min, max;
  std::vector<std::string> ids;          // exactly these, in this order
  std::vector<std::string> includes, excludes;
  std::vector<std::string> first;        // the first product is one of these
  std::vector<Constraint> each;          // holds for every product shown, by the shop's own record
  std::vector<std::string> kinds;        // each is of one of these kinds
  std::vector<std::string> kinds_all;    // each of these kinds is shown at least once
  std::optional<int> new_since;          // none was shown in that turn or later, before this one
};

struct ExpectedClaims {
  bool all_proven = true;                // no claim contradicted or unsupported
  int min = 0;                           // supported ones
  std::vector<std::string> including;    // some supported claim's text contains each of these (folded)
  std::vector<std::string> excluding;    // no claim's text contains any of these
  std::vector<std::string> kinds;        // a supported claim of each kind
  std::vector<std::string> no_kinds;
};

// Something in a tool's result of this turn.
struct ExpectedResult {
  std::string tool;
  std::string at;    // JSON pointer (RFC 6901); "" means the outcome of the call
  std::string is;    // text form; "*" means that it is there
};

// A call of this turn, with arguments that it must have among others.
struct ExpectedCall {
  std::string tool;
  std::map<std::string, std::vector<std::string>> with;   // text forms; an argument that is a list has several, in order
};

// A question to a judge, who has read the conversation up to there; only ever beside a check of state.
struct JudgedQuestion {
  std::string ask;                       // that yes or no answers
  bool yes = true;                       // the answer that is wanted
};

// What a turn must come to. Everything left out is not checked, except that claims are proven.
struct Expectation {
  SourcePosition at;
  std::string error;                                // kind of the error that the turn is turned down with, unplayed; "": it is played
  std::vector<std::string> outcome;                 // any of these
  std::optional<ExpectedShown> shown;
  std::optional<std::vector<std::string>> asked;    // slot is one of these; "any", "none"
  std::vector<std::string> not_asked;               // slot is none of these
  std::optional<int> max_questions;                 // question marks in the reply
  std::optional<std::vector<ExpectedLine>> cart;    // exactly these lines, in any order
  bool cart_unchanged = false;                      // the same as before the turn, to the line
  std::optional<Money> cart_total;
  std::vector<std::string> tools_called, tools_not_called;
  std::vector<ExpectedCall> calls;
  ExpectedClaims claims;
  std::vector<ExpectedResult> results;
  std::vector<std::string> never_says;              // none of these in the reply (folded)
  std::vector<std::string> says_any;                // one of these in the reply (folded): only beside a check of state
  std::vector<std::string> rules, rules_not;        // guardrails that decided something in the turn; that decided nothing
  std::vector<std::string> could_not_run;           // guardrails that could not run
  std::vector<JudgedQuestion> judged;
  std::optional<int> min_calls;                     // tool calls in the turn
  std::optional<int> max_calls;                     // tool calls in the turn
  std::optional<std::chrono::milliseconds> max_time;
  std::optional<std::int64_t> max_tokens, max_cost_micros;

  // How many checks of state it makes. A case with none is refused when the suite is loaded.
  int state_checks() const;
};

// Something that the shopper does on the shop's pages.
struct PageEvent {
  std::string type;                     // "view", "cart" ...
  std::string product;                  // "" where it concerns none
  std::map<std::string, std::string> details;
};

struct EvalTurn {
  std::string say;
  std::optional<PageEvent> event;       // instead of words
  std::string key;                      // of the request, "" if none
  std::optional<Expectation> expect;
  SourcePosition at;
  std::chrono::milliseconds after{};    // how much time goes by first, by the world's clock
};

// A fault that hits calls of a tool.
struct Fault {
  enum class What { kTimeoutBefore, kTimeoutAfter, kUnavailable, kRefused, kGarbage, kGarbageAfter, kReplyLost, kSlow };
  std::string tool;
  int nth = 1;                           // which call of that tool in the case, from 1; 0: every call
  What what = What::kTimeoutBefore;
  std::chrono::milliseconds takes{};     // what a slow call takes, by the world's clock; then it does what it does
};

// A shopper with a goal, instead of words written out.
struct ShopperGoal {
  enum class Persona { kPlain, kTerse, kPolite, kChatty };   // how they speak, not what they want

  std::string opening;
  std::vector<std::string> wants;                // products, any of which in the cart is the goal
  std::map<std::string, std::string> facts;      // slot -> what they say when asked for it, and only then
  int patience = 8;                              // turns
  std::optional<Expectation> expect;             // of the last turn
  Persona persona = Persona::kPlain;
};

// A name that a case takes from the world it is played in, and that this world should know.
struct NamedThing {
  enum class What { kTool, kRule, kProduct };
  What what = What::kTool;
  std::string name;
  SourcePosition at;
};

struct Case {
  std::string id;                        // with its row's number where there is a table: "swap-size/2"
  std::vector<int> scenarios;            // numbers of the acceptance list
  std::vector<std::string> tags;
  std::string shop;                      // "": the suite's
  std::string playbook;                  // "": the suite's
  std::string known_failing;             // why it is known not to pass yet, "" for the rest: counted and reported, but no run fails for it
  std::string script;                    // steps of a scripted model as YAML text, "" for the suite's model
  std::vector<Fault> faults;
  std::vector<EvalTurn> turns;
  std::optional<ShopperGoal> shopper;    // instead of turns
  std::optional<int> max_turns;
  std::vector<NamedThing> names;         // in file order
  std::string content;                   // a digest of all that the file says of it
  SourcePosition at;
};

struct Suite {
  std::string name;
  std::string description;
  std::string file;
  std::string shop;                      // "demo", or a file of the native import format beside the suite
  std::string desk;                      // instead of a shop: a file of recorded answers beside the suite (recorded_desk.h)
  std::string playbook;
  std::vector<Case> cases;               // tables expanded
  SourcePosition at;                     // of its name
};

// What a case is played on: its own shop and playbook, else the suite's. A case with a shop of its own brings that shop's playbook.
const std::string& shop_of(const Suite& suite, const Case& one);

// Whether that shop is somebody else's, behind an adapter file.
bool has_remote_shop(const Suite& suite, const Case& one);
const std::string& playbook_of(const Suite& suite, const Case& one);

struct LoadedSuite {
  Suite suite;
  std::vector<Finding> findings;         // all at once, in file order
  bool ok() const;
};

// Reads and checks a suite. Unknown keys, values that nothing can ever be, expectations and cases that check nothing are errors.
LoadedSuite load_suite(std::string_view yaml, const std::string& file);

// "evals/suites/cart.yaml:12:9: there is no tool 'add_to_cart' (did you mean 'update_cart'?)".
std::string located(const Finding& finding);

}  // namespace floorwalker::evals
