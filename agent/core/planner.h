#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/core/effect.h"
#include "agent/core/event.h"
#include "agent/core/guardrails/input_guard.h"
#include "agent/core/guardrails/shop_actions.h"
#include "agent/core/playbook/playbook.h"
#include "agent/core/turn.h"

namespace floorwalker {

// What the planner says in its own words, when no model has any. Whole sentences without claims.
struct PlannerTexts {
  std::string no_answer = "I could not put a proper answer together just now. Could you say it another way?";
  std::string see_list = "Please have a look at these.";   // when no sentence about the products on show was proven
  std::string unavailable = "I cannot look that up at the moment. Please try again in a little while.";
  std::string stopped = "I have stopped there.";
  std::string confirm = "Shall I go ahead with that? A yes is enough.";
  std::map<std::string, std::string> confirm_tool{  // tool -> its own question
      {"start_checkout", "Shall I take you to the checkout now?"},
      {"apply_discount", "Shall I enter that code for you?"},
      {"update_cart", "Shall I change your cart like that?"},
      {"hand_off", "Shall I pass you on to a colleague?"},
  };
  // What the input rules lead to, and what proactive plays offer where the playbook has no words of its own.
  std::string too_long = "That is more than I can read at once. Could you put it more briefly?";
  std::string other_language = "I'm sorry, I can only help in the languages of this shop.";
  std::string off_topic = "I can't help with that here. I'm glad to help you find something in the shop.";
  std::string not_readable = "I can't act on that message. What can I help you find in the shop?";
  std::map<std::string, std::string> offers{
      {"compare", "Shall I compare the ones you have been looking at?"},
      {"help", "Can I help you find something?"},
      {"alternatives", "Shall I show you alternatives?"},
      {"sizing", "Would you like help with the size?"},
      {"delivery", "Do you have a question about delivery or returns?"},
      {"checkout", "Is there anything left to clear up before you check out?"},
  };
  // Words of a plain yes: a text made of these alone, with at least one of the first list, confirms.
  std::vector<std::string> yes{"yes", "yeah", "yep", "yup", "sure", "ok", "okay", "confirm", "confirmed", "proceed", "absolutely", "definitely", "ahead"};
  std::vector<std::string> yes_company{"please", "go", "do", "it", "that", "of", "course", "fine", "thanks", "thank", "you", "sounds", "good", "great",
                                       "correct", "right", "lets", "let's", "now", "i", "do", "that's", "to", "checkout", "check", "out"};
};

// What the planner holds to. Fixed for the life of a runner.
struct PlannerRules {
  std::string origin;                  // of the store: tells its sessions from those of the same id elsewhere; begins every key
  std::string playbook;                // its name, version and content hash: what a trace says of these rules
  LimitRules limits;
  GuardrailRules guardrails;
  HesitationRules hesitation;
  std::vector<std::string> writes;     // names of the tools that change something
  std::shared_ptr<const guardrails::ActionRules> desk;  // what holds besides for tools that are not ours; null where there are none
  BrowsedOption browsed_option = BrowsedOption::kAsk;   // whether a value said while browsing is the shopper's choice
  guardrails::Identifiers identifiers = guardrails::Identifiers::kAny;  // which a write may use
  std::size_t rungs = 1;               // models in the fallback chain, the first one speaks by default
  std::vector<bool> can_repair;        // per rung: whether it can be told why a sentence was refused (a deterministic model cannot)
  PlannerTexts texts;
};

// Decides what happens next in a conversation. A pure function of session and event: reads no clock, opens no socket, keeps nothing; so
// a conversation can be saved half-way, resumed elsewhere and replayed. Safe for every thread.
//
// What it holds to: a turn ends with something said unless it is a silent event; steps, time and cost have limits, after which the model
// may only answer; a call that failed is not repeated unchanged; nothing unproven is released; a fallback continues after what was
// already released; a message that the input rules refuse reaches no model; nothing is offered unasked but what a play and the proactive
// rules allow; a tool that needs the shopper's yes is not called before it.
class Planner {
 public:
  explicit Planner(PlannerRules rules) : rules_(std::move(rules)), input_(rules_.guardrails) {}

  struct Step {
    Session session;
    Effects effects;   // to be performed in this order
  };

  // What the event leads to. Events that answer an earlier step, or nothing that is waited for, change nothing. A ShopperSaid or
  // ShopperDid must only come between turns.
  Step step(Session session, const Event& event) const;

  // The effects that an interrupted turn waits for: the pending model call, or the tool calls without a result, with the keys they had.
  // The session changes where a model call must be begun anew (what it had released stays released and is not said twice).
  Step resume(Session session) const;

  // What the turn has come to. Complete once Finish was returned.
  static Reply reply(const Session& session);

  // Ends the turn in the conversation, after Finish: the turn's state goes, what it taught stays.
  static Conversation close(Session session);

  const PlannerRules& rules() const { return rules_; }
  const guardrails::InputGuard& input() const { return input_; }

 private:
  PlannerRules rules_;
  guardrails::InputGuard input_;
};

}  // namespace floorwalker
