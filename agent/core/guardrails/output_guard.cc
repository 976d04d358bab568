#include "agent/core/guardrails/output_guard.h"

#include <algorithm>

#include "agent/core/guardrails/topics.h"
#include "agent/core/text.h"

namespace floorwalker::guardrails {
namespace {

// What is said to hurry people, apart from numbers. English; another language is another table.
const Phrases& urgency() {
  static const Phrases phrases = {
      "selling fast", "selling out", "sells out fast", "almost gone", "nearly gone", "going fast", "won't last", "will not last", "don't miss out",
      "do not miss out", "last chance", "act now", "act fast", "hurry up", "better hurry", "hurry before", "hurry while", "before it's too late", "before it is too late", "while supplies last",
      "while stocks last", "while stock lasts", "limited time", "today only", "only today", "ends tonight", "ends today", "before they're gone",
      "before it's gone", "in high demand", "flying off the shelves", "once it's gone", "once they're gone", "buy now before"};
  return phrases;
}

// "Only 2 left", "just three remaining".
bool counts_down(const std::string& words) {
  static const Phrases numbers = {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "few", "couple"};
  static const Phrases ends = {"left", "remaining", "in stock"};
  for (const std::string& start : {std::string(" only "), std::string(" just ")}) {
    const std::size_t at = words.find(start);
    if (at == std::string::npos) continue;
    const std::string near = words.substr(at + start.size() - 1, 24);
    const std::size_t second = near.find(' ', 1);
    if (second == std::string::npos || second < 2) continue;
    const bool number = (near[1] >= '0' && near[1] <= '9') || numbers.in(near.substr(0, second + 1));
    if (number && ends.in(near.substr(second))) return true;
  }
  return false;
}

// Tool names that no shopper would read as plain words.
std::vector<std::string> internal_names(const std::vector<std::string>& tool_names) {
  std::vector<std::string> names;
  std::copy_if(tool_names.begin(), tool_names.end(), std::back_inserter(names), [](const auto& name) { return name.find('_') != std::string::npos; });
  return names;
}

}  // namespace

OutputRules::OutputRules(const GuardrailRules& rules, const std::vector<std::string>& tool_names)
    : count_down_(rules.urgency_only_if_proven),
      max_length_(rules.max_reply_length),
      never_(rules.never_phrases),
      topics_(words_of_topics(rules.never_topics).said),
      competitors_(rules.competitors),
      tool_names_(rules.hide_internals ? internal_names(tool_names) : std::vector<std::string>{}) {}

std::optional<Violation> OutputRules::check(std::string_view piece, const std::vector<std::string>& shopper_said, std::size_t length_before) const {
  const std::string words = spoken(piece);
  const auto found = [](const char* rule, std::string_view phrase, const std::string& instead) {
    return Violation{rule, "\"" + std::string(phrase.substr(0, phrase.find_last_not_of(' ') + 1)) + "\" may not be said here; " + instead};
  };
  if (const auto phrase = never_.find(words); !phrase.empty()) return found("phrase", phrase, "leave it out.");
  if (const auto phrase = topics_.find(words); !phrase.empty()) return found("topic", phrase, "this shop gives no advice on that.");
  if (const auto phrase = urgency().find(words); !phrase.empty()) return found("urgency", phrase, "give the stock that a result tells, or nothing.");
  if (!count_down_ && counts_down(words)) return found("urgency", "only so many left", "leave the count out.");
  if (const auto name = competitors_.find(words); !name.empty()) {
    const bool asked = std::any_of(shopper_said.begin(), shopper_said.end(), [&](const auto& said) { return competitors_.find(said) == name; });
    if (!asked) return found("competitor", name, "speak of this shop only.");
  }
  for (const std::string& name : tool_names_) {
    if (piece.find(name) != std::string_view::npos) return found("internals", name, "say what you do in plain words.");
  }
  if (max_length_ && length_before + text::code_points_before(piece, piece.size()) > *max_length_) {
    return Violation{"length", "The reply is longer than " + std::to_string(*max_length_) + " characters; end it here."};
  }
  return std::nullopt;
}

void GuardedGate::learn(const Message& message) {
  if (message.role == Role::kShopper) shopper_said_.push_back(spoken(message.text));
  inner_->learn(message);
}

void GuardedGate::begin_reply() {
  length_ = last_ = 0;
  inner_->begin_reply();
}

std::vector<Claim> GuardedGate::judge(std::string_view piece) {
  std::vector<Claim> claims = inner_->judge(piece);
  if (auto violation = rules_->check(piece, shopper_said_, length_)) {
    Claim claim;
    claim.end = text::code_points_before(piece, piece.size());
    claim.text = std::string(piece);
    claim.kind = ClaimKind::kEvaluative;
    claim.verdict = Verdict::kContradicted;
    claim.why = std::move(violation->why);
    claims.push_back(std::move(claim));
  }
  last_ = text::code_points_before(piece, piece.size());
  length_ += last_;
  return claims;
}

void GuardedGate::forget_piece() {
  length_ -= std::min(length_, last_);
  last_ = 0;
  inner_->forget_piece();
}

}  // namespace floorwalker::guardrails
