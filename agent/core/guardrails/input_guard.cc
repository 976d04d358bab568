#include "agent/core/guardrails/input_guard.h"

#include <algorithm>

#include "agent/core/guardrails/language.h"
#include "agent/core/guardrails/neutral.h"
#include "agent/core/guardrails/phrases.h"
#include "agent/core/guardrails/topics.h"
#include "agent/core/text.h"

namespace floorwalker::guardrails {
namespace {

constexpr std::size_t kLongestId = 60;

std::string listed(const std::vector<std::string>& items) {
  std::string all;
  for (const std::string& item : items) all += (all.empty() ? "" : ", ") + item;
  return all;
}

// The byte behind the first `most` code points.
std::size_t byte_of(std::string_view text, std::size_t most) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if ((text[at] & 0xC0) != 0x80 && count++ == most) return at;
  }
  return text.size();
}

// What a bracketed name would have to begin with to be a command of some model's own language: "<system-reminder>", "<tool_call>".
bool commands(std::string_view name) {
  static constexpr std::string_view kWords[] = {"system", "assistant", "user", "human", "tool", "function", "developer", "instruction", "prompt", "im", "ai"};
  return std::any_of(std::begin(kWords), std::end(kWords), [&](std::string_view word) { return name.starts_with(word); });
}

// An identifier that the shopper wrote in angle brackets ("<pot-set>"), without them: it has a dash, an underscore or a digit, and nothing closes it.
std::string without_brackets(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t end = text[at] == '<' ? text.find('>', at) : std::string_view::npos;
    const std::string_view name = end == std::string_view::npos ? std::string_view() : text.substr(at + 1, end - at - 1);
    const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
    const bool id = name.size() > 1 && name.size() < kLongestId && std::all_of(name.begin(), name.end(), plain) && name.find_first_of("-_0123456789") != std::string_view::npos && plain(name.front()) && name.front() != '-';
    if (!id || commands(text::fold(name)) || text.find("</" + std::string(name)) != std::string_view::npos) {
      out += text[at];
      continue;
    }
    out += name;
    at = end;
  }
  return out;
}

std::string without_marked_sentences(std::string_view text) {
  std::string kept;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of(".!?\n", at), text.size() - 1) + 1;
    const Neutral sentence = neutralise(text.substr(at, end - at));
    if (sentence.mark.empty()) kept += sentence.text;
    at = end;
  }
  return kept;
}

}  // namespace

struct InputGuard::Run {
  const InputGuard& guard;
  std::string_view text;
  InputRuling ruling = {};

  void pass(const char* rule, std::string why) { ruling.considered.push_back({rule, Considered::Came::kPassed, std::move(why)}); }

  void act(const char* rule, const std::string& why, Considered::Came came = Considered::Came::kActed) {
    ruling.considered.push_back({rule, came, why});
    if (ruling.decision == Decision::kRefuse) return;
    ruling.decision = Decision::kRefuse;
    ruling.rule = rule;
    ruling.why = why;
  }

  void readable() {
    if (plain_ascii(text) || text::sanitise(text) == text) return;
    constexpr const char* kWhy = "the message is not clean UTF-8, so no rule can read it";
    if (guard.rules_.on_error == OnError::kRefuse) return act("input", kWhy, Considered::Came::kCouldNotRun);
    ruling.considered.push_back({"input", Considered::Came::kCouldNotRun, kWhy});
  }

  void length() {
    const std::size_t size = text::code_points_before(text, text.size());
    const std::string why = std::to_string(size) + " characters, at most " + std::to_string(guard.rules_.max_length);
    if (size > guard.rules_.max_length) act("length", why);
    else pass("length", why);
  }

  void language() {
    const auto& allowed = guard.rules_.languages;
    if (allowed.empty()) return;
    const std::string found = language_of(text, allowed);
    const std::string why = (found.empty() ? "not clear" : found) + ", answered are " + listed(allowed);
    if (!found.empty() && std::find(allowed.begin(), allowed.end(), found) == allowed.end()) act("language", why);
    else pass("language", why);
  }

  void topic() {
    if (guard.rules_.refuse_topics.empty()) return;
    const std::string_view found = guard.topics_.find(spoken(text));
    if (!found.empty()) act("topic", "\"" + std::string(found.substr(0, found.find_last_not_of(' ') + 1)) + "\"");
    else pass("topic", "none of " + listed(guard.rules_.refuse_topics));
  }

  void injection() {
    const std::string mark = neutralise(without_brackets(text)).mark;
    if (mark.empty()) return pass("injection", "");
    if (guard.rules_.injection == OnInjection::kMark) {
      ruling.mark = mark;
      ruling.considered.push_back({"injection", Considered::Came::kActed, "marked: " + mark});
      return;
    }
    act("injection", mark);
  }
};

InputGuard::InputGuard(const GuardrailRules& rules) : rules_(rules.input), topics_(words_of_topics(rules.input.refuse_topics).asked) {}

InputRuling InputGuard::check(std::string_view text) const {
  Run run{*this, text};
  run.readable();
  run.length();
  if (run.ruling.decision == Decision::kAllow) {
    run.language();
    run.topic();
    run.injection();
  }
  return std::move(run.ruling);
}

// A text that carries the label already keeps the one: read as part of the text, its bracket could pair with one of the text's own.
std::string InputGuard::tidy(std::string_view text) const {
  const bool labelled = text.starts_with(kQuotedLabel);
  while (text.starts_with(kQuotedLabel)) text.remove_prefix(kQuotedLabel.size());
  const std::string unbracketed = text.find('<') == std::string_view::npos ? std::string(text) : without_brackets(text);
  const std::string_view kept = std::string_view(unbracketed).substr(0, byte_of(unbracketed, rules_.max_length + 1));
  if (rules_.injection == OnInjection::kDrop) return without_marked_sentences(kept);
  Neutral neutral = neutralise(kept);
  const bool rewritten = neutral.mark == "a forged turn" || neutral.mark == "markup" || neutral.mark == "control sequences" || neutral.mark == "invisible characters";
  // What is left of a forged turn must still be seen for what it is.
  if (labelled || rewritten) return std::string(kQuotedLabel) + neutral.text;
  return neutral.text;
}

}  // namespace floorwalker::guardrails
