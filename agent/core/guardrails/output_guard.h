#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "agent/core/gate.h"
#include "agent/core/guardrails/action_guard.h"
#include "agent/core/guardrails/phrases.h"
#include "agent/core/playbook/playbook.h"

namespace floorwalker::guardrails {

class Looked;

// Something that a reply may not say.
struct Violation {
  std::string rule;        // "phrase", "topic", "competitor", "urgency", "internals", "link", "length", "output" where no rule can read the piece
  std::string why;         // for the model: what was found, and what would do
};

// What the shop's tools told in a conversation that is not for the shopper's eyes, and which addresses they told that are.
class Told {
 public:
  void add(const Message& message);

  // The shop's own id that stands in the text as a word, "" if none does.
  std::string internal_in(std::string_view text) const;

  // The address in the text that no result told, "" if there is none. One that carries data ("?") must be a result's own field.
  std::string foreign_address_in(std::string_view text) const;

 private:
  void note_texts(std::string_view content);
  void note_addresses(std::string_view content);

  // Ids are kept as hashes: a result names hundreds, and a reply hardly one.
  std::unordered_set<std::size_t> ids_;
  std::unordered_set<std::size_t> public_;      // what a shopper or a text of the shop said as well
  std::unordered_set<std::string> addresses_;   // whole fields
  std::unordered_set<std::string> mentioned_;   // within texts
};

// What replies may not say, by the playbook: phrases, topics, competitors the shopper did not name, urgency that nothing proves, tool names, the
// shop's own ids, addresses that no result told, and what is private, as the instructions to a model are.
// Numbers ("only 2 left") are claims and the verifier's business. Immutable once built, safe for every thread.
class OutputRules {
 public:
  OutputRules(const GuardrailRules& rules, const std::vector<std::string>& tool_names, const std::vector<std::string>& private_texts = {});

  // The first violation in one piece of a reply, given what the shopper has said and how many characters of the reply were released.
  // `considered`, if there is one, is told every rule that was looked at.
  std::optional<Violation> check(std::string_view piece, const std::vector<std::string>& shopper_said, std::size_t length_before, const Told* told = nullptr,
                                 std::vector<Considered>* considered = nullptr) const;

 private:
  std::optional<Violation> wording(const std::string& words, const std::vector<std::string>& shopper_said, const Looked& looked) const;
  std::optional<Violation> internals(std::string_view piece, const std::string& words, const Told* told) const;

  bool hide_internals_;
  OnError on_error_;
  bool count_down_;                        // "only 2 left" may be said, where the verifier finds it proven
  std::optional<std::size_t> max_length_;
  Phrases never_;
  Phrases topics_;
  Phrases competitors_;
  std::vector<std::string> tool_names_;
  Phrases private_;                        // runs of words of the private texts, and their telling words
};

// A gate that holds replies to the output rules as well: what they forbid is told as a contradicted claim, so that the piece is repaired, dropped
// or replaced like any falsehood. For one conversation; not for concurrent use.
class GuardedGate final : public Gate {
 public:
  GuardedGate(std::unique_ptr<Gate> inner, std::shared_ptr<const OutputRules> rules) : inner_(std::move(inner)), rules_(std::move(rules)) {}

  void learn(const Message& message) override;
  void shown(const std::vector<Shown>& shown) override { inner_->shown(shown); }
  void turn_began(Time at) override { inner_->turn_began(at); }
  void begin_reply() override;
  std::vector<Claim> judge(std::string_view piece) override;
  void forget_piece() override;

 private:
  std::unique_ptr<Gate> inner_;
  std::shared_ptr<const OutputRules> rules_;
  std::vector<std::string> shopper_said_;  // as spoken() gives it
  Told told_;
  std::size_t length_ = 0;                 // code points of the reply so far
  std::size_t last_ = 0;
};

}  // namespace floorwalker::guardrails
