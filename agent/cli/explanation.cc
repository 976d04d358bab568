#include "agent/cli/explanation.h"

#include <algorithm>
#include <map>
#include <set>

#include "agent/cli/audit.h"
#include "agent/core/gate.h"
#include "agent/core/guardrails/dialogue.h"
#include "agent/core/guardrails/input_guard.h"
#include "agent/core/guardrails/output_guard.h"
#include "agent/core/guardrails/personal.h"
#include "agent/core/guardrails/phrases.h"
#include "agent/core/guardrails/proactive.h"
#include "agent/core/guardrails/result_guard.h"
#include "agent/core/guardrails/shop_actions.h"
#include "agent/core/playbook/selling_rules.h"
#include "agent/core/text.h"

namespace floorwalker::cli {
namespace {

using guardrails::Decision;
using Came = Considered::Came;

// Which rules looked at, and which of them decided.
void take(Explained& explained, guardrails::Ruling ruling) {
  explained.decision = guardrails::to_string(ruling.decision);
  explained.rule = std::move(ruling.rule);
  explained.why = std::move(ruling.why);
  explained.considered = std::move(ruling.considered);
}

// Adds a rule, which decides where it acts and nothing decided before.
void add(Explained& explained, Considered rule, const std::string& decision) {
  if (rule.came == Came::kActed && explained.decision == "allow") {
    explained.decision = decision;
    explained.rule = rule.rule;
    explained.why = rule.why;
  }
  explained.considered.push_back(std::move(rule));
}

// What whoever chose by the merchant's selling rules noted down as it chose.
Explained selling(std::string by, const std::vector<Considered>& rules) {
  Explained explained;
  explained.what = "selling";
  explained.subject = std::move(by);
  for (const Considered& rule : rules) add(explained, rule, "applied");
  return explained;
}

// Of a reply's pieces a rule that passed is told once, with what it saw last.
void note(std::vector<Considered>& all, Considered one) {
  const auto same = std::find_if(all.begin(), all.end(), [&](const Considered& known) { return known.rule == one.rule && known.came == one.came; });
  if (one.came == Came::kPassed && same != all.end()) *same = std::move(one);
  else all.push_back(std::move(one));
}

const char* name_of(ClaimAction action) {
  switch (action) {
    case ClaimAction::kAllow: return "allow";
    case ClaimAction::kRepair: return "repair";
    case ClaimAction::kDrop: return "drop";
    case ClaimAction::kReplace: break;
  }
  return "replace";
}

// What the playbook says to a claim, and the values that were compared.
Considered considered(const Claim& claim, const GuardrailRules& rules) {
  const bool stands = action_for({claim}, rules) == ClaimAction::kAllow;
  std::string why = std::string(to_string(claim.kind)) + " \"" + claim.text + "\": " + claim.why;
  for (const std::string& source : claim.evidence) why += " [" + source + "]";
  return {"claims." + std::string(to_string(claim.verdict)), stands ? Came::kPassed : Came::kActed, std::move(why)};
}

std::vector<std::string> pieces_of(const std::string& text) {
  Cutter cutter;
  std::vector<std::string> pieces = cutter.feed(text);
  for (std::string& piece : cutter.finish()) pieces.push_back(std::move(piece));
  return pieces;
}

std::string seconds(std::chrono::milliseconds time) {
  const std::string tenths = std::to_string(time.count() / 100 % 10);
  return std::to_string(time.count() / 1000) + "." + tenths + " s";
}

}  // namespace

const std::vector<std::string>& own_writes() {
  static const std::vector<std::string> names = {"update_cart", "apply_discount", "start_checkout", "hand_off"};
  return names;
}

namespace {

void add_selling_rules(std::vector<std::string>& names, const Playbook& playbook) {
  for (const NeedRule& rule : playbook.needs) names.push_back(rule_name(rule));
  for (const AddonRule& rule : playbook.addons.rules) names.push_back(rule_name(rule));
  for (const RankingRule& rule : playbook.ranking) names.push_back(rule_name(rule));
  for (const auto& [kind, slots] : playbook.discovery.ask) names.push_back(ask_rule_name(kind));
  for (const auto& [name, axes] : playbook.compare.axes) names.push_back(compare_rule_name(name));
  names.insert(names.end(), {"discovery.max_questions", "addons.after", "addons.declined", "addons.max_per_session"});   // of the guided model
}

}  // namespace

std::vector<std::string> rule_names(const Playbook& playbook) {
  std::vector<std::string> names = {"input", "length", "language", "topic", "injection",                                                    // input_guard.cc
                                    "result_size", "result_text",                                                                           // result_guard.cc
                                    "output", "phrase", "urgency", "competitor", "internals", "link",                                       // output_guard.cc
                                    "proactive", "consent", "dismissal", "offers_per_session", "pause", "play_per_session", "cooldown",     // proactive.cc
                                    "grant", "arguments", "identifier", "confirmation", "writes_per_turn", "writes_per_session",            // of every action
                                    "claims", "plays", "limits.steps", "limits.seconds", "limits.cost"};
  const bool desk = !playbook.desk.actions.empty();
  const std::vector<std::string> of_shop = {"rate", "requested", "options", "discount", "discounts", "quantity", "cart_total"};             // shop_actions.cc
  if (desk) names.emplace_back("identity");
  else names.insert(names.end(), of_shop.begin(), of_shop.end());
  for (const DeskCondition& condition : playbook.desk.conditions) names.push_back(condition.name);
  for (const Verdict verdict : {Verdict::kSupported, Verdict::kContradicted, Verdict::kUnsupported, Verdict::kSubjective}) names.push_back("claims." + std::string(to_string(verdict)));
  for (const std::string& kind : playbook.guardrails.redact) names.push_back("redact:" + kind);
  for (const auto& play : playbook.hesitation.plays) names.push_back("play:" + play.name);
  add_selling_rules(names, playbook);
  return names;
}

struct Explainer::Parts {
  Parts(std::shared_ptr<const Playbook> book, std::vector<std::string> own, std::shared_ptr<const guardrails::ActionRules> rules, verify::Lexicon words)
      : playbook(std::move(book)), writes(std::move(own)), actions(std::move(rules)), input(playbook->guardrails), output(playbook->guardrails, writes), lexicon(std::move(words)), verifier(lexicon) {}

  const std::shared_ptr<const Playbook> playbook;
  const std::vector<std::string> writes;
  const std::shared_ptr<const guardrails::ActionRules> actions;
  const guardrails::InputGuard input;
  const guardrails::OutputRules output;
  const verify::Lexicon lexicon;
  const verify::Verifier verifier;
};

Result<Explainer> Explainer::create(std::shared_ptr<const Playbook> playbook, std::vector<std::string> writes) {
  auto actions = guardrails::ActionRules::compile(*playbook);
  if (!actions) return fail(actions.error());
  auto lexicon = load_lexicon("en");
  if (!lexicon) return fail(lexicon.error());
  return Explainer(std::make_shared<const Parts>(std::move(playbook), std::move(writes), std::move(*actions), std::move(*lexicon)));
}

// The messages of one conversation, in order.
class Explainer::Replay {
 public:
  enum class Of { kEverything, kCalls };

  // `began`: when turns did, as far as that is known: what was read too long before one proves nothing in it.
  Replay(const Parts& parts, const std::vector<Message>& messages, const std::vector<Shown>& shown, std::map<int, Time> began, Of of)
      : parts_(parts), rules_(parts.playbook->guardrails), messages_(messages), shown_(shown), began_(std::move(began)), of_(of), guard_(parts.actions),
        gate_(parts.lexicon, parts.verifier, parts.playbook->limits.facts_good_for) {}

  std::vector<Explained> run() {
    for (at_ = 0; at_ < messages_.size(); ++at_) {
      const Message& message = messages_[at_];
      if (const auto began = began_.find(message.turn); began != began_.end() && message.turn != before_.turn) gate_.turn_began(began->second);
      before_.turn = message.turn;
      if (of_ == Of::kEverything) text_of(message);
      before_.messages.push_back(message);   // its calls too: what is under way counts
      for (std::size_t c = 0; c < message.calls.size(); ++c) {
        tools_[message.calls[c].id.str()] = message.calls[c].name;
        Explained explained = of_call(message.calls[c]);
        explained.call = c;
        guard_.begin(message.calls[c]);
        put(std::move(explained));
      }
      guard_.add(message);
      if (of_ == Of::kCalls) continue;
      told_.add(message);
      gate_.learn(message);
    }
    return std::move(all_);
  }

 private:
  void put(Explained explained) {
    explained.message = at_;
    explained.turn = messages_[at_].turn;
    all_.push_back(std::move(explained));
  }

  void text_of(const Message& message) {
    if (message.role == Role::kShopper) {
      put(of_shopper(message));
      said_.push_back(guardrails::spoken(message.text));
    }
    if (message.role == Role::kTool) {
      const std::string& tool = tools_[message.result.call.str()];
      put(of_result(message, tool));
      if (!message.result.considered.empty()) put(selling(tool, message.result.considered));
    }
    if (message.role == Role::kAssistant && !message.text.empty()) put(of_reply(message));
  }

  Explained of_shopper(const Message& message) const {
    Explained explained;
    explained.what = "shopper";
    explained.subject = message.text;
    guardrails::InputRuling ruling = parts_.input.check(message.text);
    explained.decision = ruling.decision == Decision::kRefuse ? "refuse" : ruling.mark.empty() ? "allow" : "mark";
    explained.rule = ruling.mark.empty() ? ruling.rule : "injection";
    explained.why = ruling.mark.empty() ? ruling.why : ruling.mark;
    explained.considered = std::move(ruling.considered);
    for (const std::string& kind : rules_.redact) {
      const std::string found = guardrails::personal_in(message.text, kind);
      add(explained, {"redact:" + kind, found.empty() ? Came::kPassed : Came::kActed, found.empty() ? "none" : found}, "mark");
    }
    return explained;
  }

  Explained of_result(const Message& message, const std::string& tool) const {
    Explained explained;
    explained.what = "result";
    explained.subject = tool;
    const ToolEffect effect = std::find(parts_.writes.begin(), parts_.writes.end(), tool) != parts_.writes.end() ? ToolEffect::kWrite : ToolEffect::kRead;
    if (const auto by = guardrails::withheld_by(message.result.content)) {
      explained.considered = {*by};
      explained.decision = "refuse";
      explained.rule = by->rule;
      explained.why = by->why;
      return explained;
    }
    const ToolResult seen = guardrails::ResultGuard(rules_.results).check(message.result, effect, &explained.considered);
    for (const Considered& one : explained.considered) {
      if (one.came == Came::kPassed) continue;
      explained.decision = seen.outcome != message.result.outcome ? "refuse" : "mark";
      explained.rule = one.rule;
      explained.why = one.why;
    }
    return explained;
  }

  // What may not be said at all, and what can be proven of the rest.
  Explained of_reply(const Message& message) {
    Explained explained;
    explained.what = "reply";
    explained.subject = message.text;
    std::vector<Shown> before;
    std::copy_if(shown_.begin(), shown_.end(), std::back_inserter(before), [&](const Shown& one) { return one.turn < message.turn; });
    gate_.begin_reply();
    gate_.shown(before);
    std::size_t length = 0;
    std::vector<Claim> claims;
    for (const std::string& piece : pieces_of(message.text)) {
      std::vector<Considered> looked_at;
      const auto violation = parts_.output.check(piece, said_, length, &told_, &looked_at);
      length += text::code_points_before(piece, piece.size());
      for (Considered& one : looked_at) note(explained.considered, std::move(one));
      for (Claim& claim : gate_.judge(piece)) claims.push_back(std::move(claim));
      if (!violation || explained.decision == "refuse") continue;
      explained.decision = "refuse";
      explained.rule = violation->rule;
      explained.why = violation->why;
    }
    for (const Claim& claim : claims) add(explained, considered(claim, rules_), name_of(action_for({claim}, rules_)));
    if (claims.empty()) explained.considered.push_back({"claims", Came::kPassed, "nothing that can be proven is stated"});
    return explained;
  }

  Explained of_call(const ToolCall& call) const {
    Explained explained;
    explained.what = "call";
    explained.subject = call.name;
    const Playbook& book = *parts_.playbook;
    if (!book.desk.actions.empty()) {
      take(explained, guard_.decide(call, guardrails::Detail::kValues));
      return explained;
    }
    take(explained, guardrails::judge_shop_action(call, before_, rules_, parts_.writes, guardrails::Identifiers::kTold, book.browsed_option));
    if (std::find(rules_.confirm.begin(), rules_.confirm.end(), call.name) == rules_.confirm.end()) return explained;
    const std::string answer = yes_before();
    add(explained, {"confirmation", answer.empty() ? Came::kActed : Came::kPassed, answer.empty() ? "no yes to a question for it comes right before" : "answered \"" + answer + "\""}, "ask");
    return explained;
  }

  // The shopper's yes to what the agent asked last, "" where they gave none since.
  std::string yes_before() const {
    const Message* answer = nullptr;
    for (auto message = before_.messages.rbegin(); message != before_.messages.rend(); ++message) {
      if (message->role == Role::kShopper && !answer) answer = &*message;
      if (message->role != Role::kAssistant || message->text.empty() || !answer) continue;
      const bool asked = guardrails::asks_to_go_ahead(message->text, guardrails::spoken(message->text));
      return asked && guardrails::stance(guardrails::spoken(answer->text), {}, true) == guardrails::Stance::kYes ? answer->text : "";
    }
    return "";
  }

  const Parts& parts_;
  const GuardrailRules& rules_;
  const std::vector<Message>& messages_;
  const std::vector<Shown>& shown_;
  const std::map<int, Time> began_;
  const Of of_;
  std::size_t at_ = 0;
  guardrails::ActionGuard guard_;
  ProvingGate gate_;
  guardrails::Told told_;
  Conversation before_;   // for our own tools: what had been said and told
  std::vector<std::string> said_;
  std::map<std::string, std::string> tools_;   // of calls, by id
  std::vector<Explained> all_;
};

// What no message tells of: what the page reported, what was written and not released, and what the limits of a turn left.
class Explainer::Turns {
 public:
  Turns(const Parts& parts, const std::vector<TurnEvent>& events) : book_(*parts.playbook) {
    for (const TurnEvent& one : events) {
      if (turn_ != one.turn) begin(one);
      std::visit([&](const auto& body) { on(body, one.event); }, one.event.body);
      ended_ = one.event.at;
    }
    end();
  }

  std::vector<Explained> take() { return std::move(all_); }

 private:
  void begin(const TurnEvent& first) {
    end();
    turn_ = first.turn;
    began_ = first.event.at;
    pieces_.clear();
    steps_.clear();
    cost_ = 0;
    late_ = false;
  }

  Explained& put(std::string what, std::string subject) {
    Explained explained;
    explained.turn = turn_;
    explained.what = std::move(what);
    explained.subject = std::move(subject);
    return all_.emplace_back(std::move(explained));
  }

  void on(const ShopperDid& did, const Event& event) {
    guardrails::observe(watch_, did, event.at, book_.hesitation);
    Explained& explained = put("page", did.type + (did.product.empty() ? "" : " " + did.product.str()));
    explained.decision = "silence";
    if (book_.hesitation.plays.empty()) return explained.considered.push_back({"plays", Came::kPassed, "the playbook has none"});
    guardrails::Offer offer = guardrails::choose_play(watch_, event.at, book_.hesitation, book_.guardrails.proactive);
    explained.considered = std::move(offer.considered);
    explained.why = std::move(offer.why);
    if (!offer.play) return;
    watch_.offered.push_back({offer.play->name, event.at});
    explained.decision = "offer";
    explained.rule = "play:" + offer.play->name;
  }

  void on(const ModelText& text, const Event&) { pieces_.push_back(text.text); }

  // Judged in the order they came; what the planner says itself is not judged.
  void on(const SentenceJudged& judged, const Event&) {
    const std::string piece = pieces_.empty() ? "" : pieces_.front();
    if (!pieces_.empty()) pieces_.erase(pieces_.begin());
    const ClaimAction action = action_for(judged.claims, book_.guardrails);
    if (action == ClaimAction::kAllow) return;   // the reply has it
    Explained& explained = put("withheld", piece);
    for (const Claim& claim : judged.claims) add(explained, considered(claim, book_.guardrails), name_of(action));
  }

  void on(const ModelFinished& finished, const Event& event) {
    steps_.insert(event.step);
    cost_ += finished.usage.cost_micros;
    if (finished.considered.empty()) return;
    all_.push_back(selling("model", finished.considered));
    all_.back().turn = turn_;
  }
  void on(const ModelFailed&, const Event& event) { steps_.insert(event.step); }
  void on(const DeadlinePassed&, const Event&) { late_ = true; }
  template <typename Other>
  void on(const Other&, const Event&) {}

  // A turn of the model's, held against its limits.
  void end() {
    if (steps_.empty()) return;
    const LimitRules& limits = book_.limits;
    Explained& explained = put("turn", "");
    const auto hold = [&](const char* rule, bool acts, const std::string& why) { add(explained, {rule, acts ? Came::kActed : Came::kPassed, why}, "limit"); };
    hold("limits.steps", static_cast<int>(steps_.size()) >= limits.steps, std::to_string(steps_.size()) + " model calls, at most " + std::to_string(limits.steps));
    hold("limits.seconds", late_, seconds(ended_ - began_) + ", at most " + seconds(limits.time));
    hold("limits.cost", cost_ > limits.cost_micros, std::to_string(cost_) + " millionths, at most " + std::to_string(limits.cost_micros));
  }

  const Playbook& book_;
  std::vector<Explained> all_;
  Watch watch_;
  int turn_ = 0;
  Time began_{}, ended_{};
  std::vector<std::string> pieces_;   // that wait for their verdict
  std::set<int> steps_;
  std::int64_t cost_ = 0;
  bool late_ = false;
};

std::vector<Explained> Explainer::explain(const std::vector<Message>& messages, const std::vector<TurnEvent>& events, const std::vector<Shown>& shown) const {
  std::map<int, Time> began;
  for (const TurnEvent& one : events) began.emplace(one.turn, one.event.at);
  std::vector<Explained> all = Replay(*parts_, messages, shown, std::move(began), Replay::Of::kEverything).run();
  for (Explained& one : Turns(*parts_, events).take()) all.push_back(std::move(one));
  const auto order = [](const Explained& one) { return std::pair(one.turn, one.what != "page"); };   // what the page reported begins a turn
  std::stable_sort(all.begin(), all.end(), [&](const Explained& a, const Explained& b) { return order(a) < order(b); });
  return all;
}

std::vector<Explained> Explainer::calls(const std::vector<Message>& messages) const { return Replay(*parts_, messages, {}, {}, Replay::Of::kCalls).run(); }

}  // namespace floorwalker::cli
