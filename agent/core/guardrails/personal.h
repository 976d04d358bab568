#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace floorwalker::guardrails {

// A piece of personal data in a text.
struct PersonalSpan {
  std::string kind;        // "email", "phone", "card", "address", "iban"
  std::size_t start = 0;   // bytes
  std::size_t end = 0;
};

// The spans of those kinds, first to last, none inside another. Cards and IBANs must have a right check sum, phones the shape of one: order
// numbers, prices, sizes and dates are none.
std::vector<PersonalSpan> find_personal(std::string_view text, const std::vector<std::string>& kinds);

// What a text has of one kind of personal data, for traces: its placeholders, and how much more there is that none stands for. "" if there is none.
std::string personal_in(std::string_view text, const std::string& kind);

// Keeps a shopper's personal data out of everything that is stored: journal, logs, traces and what a model is sent have placeholders
// ("shopper-1@private.invalid", "[phone 1]"), and only this object, which lives in memory beside the conversation, knows what they stand for. Tools
// get the true values back. A session that is read from the journal again has lost them: then the shopper is asked again. Cards and IBANs
// are given to nobody. For one conversation, one thread at a time.
class Redactor {
 public:
  Redactor() = default;
  explicit Redactor(std::vector<std::string> kinds) : kinds_(std::move(kinds)) {}

  // What is looked for from now on.
  void look_for(std::vector<std::string> kinds) { kinds_ = std::move(kinds); }

  // The numbers of placeholders go on after those in `stored`, a text that was redacted before.
  void go_on_after(std::string_view stored);

  std::string redact(std::string_view text);

  // `text` with the values that this conversation redacted hidden again: for what a tool answers.
  std::string hide(std::string text) const;

  // Arguments of a call with the true values in place; nothing if one of them is not known any more.
  std::optional<std::string> restore(std::string_view arguments) const;

 private:
  std::string placeholder(const std::string& kind, std::string_view value);

  std::vector<std::string> kinds_;
  std::vector<std::pair<std::string, std::string>> known_;  // placeholder, value
  std::map<std::string, int> numbers_;                      // kind -> the last number given
};

// A redacted text without the numbers of its placeholders: what two tellings of the same request have in common.
std::string without_numbers(std::string_view redacted);

}  // namespace floorwalker::guardrails
