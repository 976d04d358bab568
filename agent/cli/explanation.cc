#include "agent/cli/explanation.h"

#include <algorithm>
#include <map>

#include "agent/core/conversation.h"
#include "agent/core/gate.h"
#include "agent/core/guardrails/phrases.h"
#include "agent/core/guardrails/result_guard.h"
#include "agent/core/guardrails/shop_actions.h"
#include "agent/core/text.h"

namespace floorwalker::cli {
namespace {

using guardrails::Considered;
using guardrails::Decision;

void take(Explained& explained, guardrails::Ruling ruling) {
  explained.decision = guardrails::to_string(ruling.decision);
  explained.rule = std::move(ruling.rule);
  explained.why = std::move(ruling.why);
  explained.considered = std::move(ruling.considered);
}

// Of a reply's pieces a rule that passed is told once, with what it saw last.
void note(std::vector<Considered>& all, Considered one) {
  const auto same = std::find_if(all.begin(), all.end(), [&](const Considered& known) { return known.rule == one.rule && known.came == one.came; });
  if (one.came == Considered::Came::kPassed && same != all.end()) *same = std::move(one);
  else all.push_back(std::move(one));
}

}  // namespace

const std::vector<std::string>& own_writes() {
  static const std::vector<std::string> names = {"update_cart", "apply_discount", "start_checkout", "hand_off"};
  return names;
}

Explainer::Explainer(std::shared_ptr<const Playbook> playbook, std::vector<std::string> writes, std::shared_ptr<const guardrails::ActionRules> actions)
    : playbook_(std::move(playbook)), writes_(std::move(writes)), actions_(std::move(actions)), input_(playbook_->guardrails), output_(playbook_->guardrails, writes_) {}

Result<Explainer> Explainer::create(std::shared_ptr<const Playbook> playbook, std::vector<std::string> writes) {
  auto actions = guardrails::ActionRules::compile(*playbook);
  if (!actions) return fail(actions.error());
  return Explainer(std::move(playbook), std::move(writes), std::move(*actions));
}

// Whether the playbook has this tool at the desk of a foreign shop.
bool Explainer::desk(const std::string& tool) const {
  const auto& actions = playbook_->desk.actions;
  return std::any_of(actions.begin(), actions.end(), [&](const DeskAction& action) { return action.tool == tool; });
}

Explained Explainer::of_shopper(const Message& message) const {
  Explained explained;
  explained.what = "shopper";
  explained.subject = message.text;
  guardrails::InputRuling ruling = input_.check(message.text);
  explained.decision = ruling.decision == Decision::kRefuse ? "refuse" : ruling.mark.empty() ? "allow" : "mark";
  explained.rule = ruling.mark.empty() ? ruling.rule : "injection";
  explained.why = ruling.mark.empty() ? ruling.why : ruling.mark;
  explained.considered = std::move(ruling.considered);
  return explained;
}

Explained Explainer::of_result(const Message& message, const std::string& tool) const {
  Explained explained;
  explained.what = "result";
  explained.subject = tool;
  const ToolEffect effect = std::find(writes_.begin(), writes_.end(), tool) != writes_.end() ? ToolEffect::kWrite : ToolEffect::kRead;
  const ToolResult seen = guardrails::ResultGuard(playbook_->guardrails.results).check(message.result, effect, &explained.considered);
  for (const Considered& one : explained.considered) {
    if (one.came == Considered::Came::kPassed) continue;
    explained.decision = seen.outcome != message.result.outcome ? "refuse" : "mark";
    explained.rule = one.rule;
    explained.why = one.why;
  }
  return explained;
}

Explained Explainer::of_reply(const Message& message, const std::vector<std::string>& said, const guardrails::Told& told) const {
  Explained explained;
  explained.what = "reply";
  explained.subject = message.text;
  Cutter cutter;
  std::vector<std::string> pieces = cutter.feed(message.text);
  for (std::string& piece : cutter.finish()) pieces.push_back(std::move(piece));
  std::size_t length = 0;
  for (const std::string& piece : pieces) {
    std::vector<Considered> looked_at;
    const auto violation = output_.check(piece, said, length, &told, &looked_at);
    length += text::code_points_before(piece, piece.size());
    for (Considered& one : looked_at) note(explained.considered, std::move(one));
    if (!violation || explained.decision == "refuse") continue;
    explained.decision = "refuse";
    explained.rule = violation->rule;
    explained.why = violation->why;
  }
  return explained;
}

std::vector<Explained> Explainer::explain(const std::vector<Message>& messages) const {
  std::vector<Explained> all;
  guardrails::ActionGuard guard(actions_);
  guardrails::Told told;
  Conversation before;   // for our own tools: what had been said and told
  std::vector<std::string> said;
  std::map<std::string, std::string> tools;   // of calls, by id
  const auto add = [&](Explained explained, std::size_t message) {
    explained.message = message;
    explained.turn = messages[message].turn;
    all.push_back(std::move(explained));
  };
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const Message& message = messages[i];
    before.turn = message.turn;
    if (message.role == Role::kShopper) {
      add(of_shopper(message), i);
      said.push_back(guardrails::spoken(message.text));
    }
    if (message.role == Role::kTool) add(of_result(message, tools[message.result.call.str()]), i);
    if (message.role == Role::kAssistant && !message.text.empty()) add(of_reply(message, said, told), i);
    before.messages.push_back(message);   // its calls too: what is under way counts
    for (std::size_t c = 0; c < message.calls.size(); ++c) {
      const ToolCall& call = message.calls[c];
      tools[call.id.str()] = call.name;
      Explained explained;
      explained.what = "call";
      explained.call = c;
      explained.subject = call.name;
      const bool own = !desk(call.name) && playbook_->desk.actions.empty();
      take(explained, own ? guardrails::judge_shop_action(call, before, playbook_->guardrails, writes_, guardrails::Identifiers::kTold, playbook_->browsed_option)
                          : guard.decide(call, guardrails::Detail::kValues));
      guard.begin(call);
      add(std::move(explained), i);
    }
    guard.add(message);
    told.add(message);
  }
  return all;
}

}  // namespace floorwalker::cli
