#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "agent/core/conversation.h"
#include "agent/core/evidence.h"
#include "agent/core/message.h"
#include "agent/core/verify/lexicon.h"

namespace floorwalker::verify {

struct EvidenceIndex;

// Everything that a conversation's tools returned, as facts: about whom, what, which value, from where, how far it reaches. Knows our own
// tools' answers and reads any JSON, JSON-like or plain text of foreign tools. What the shopper said is kept as a source of its own; what
// the agent said is context and proves nothing. A newer result about the same thing supersedes the older.
//
// Grows by appending; not safe for concurrent use while growing, safe for any number of readers otherwise.
class EvidenceStore {
 public:
  explicit EvidenceStore(const Lexicon& lexicon);
  EvidenceStore(EvidenceStore&&) noexcept;
  EvidenceStore& operator=(EvidenceStore&&) noexcept;
  ~EvidenceStore();

  // The evidence of a whole conversation: its messages in order and what was shown.
  static EvidenceStore of(const Conversation& conversation, const Lexicon& lexicon);

  // Appends a message of any role: tool results are facts, the call's name and arguments say what they are about; shopper's and
  // assistant's texts are kept as such; system text is approved content.
  void add(const Message& message);

  void add_call(const ToolCall& call);
  void add_result(const ToolResult& result);
  void add_shopper(std::string_view text);
  void add_reply(std::string_view text);

  // The claims of a reply as the verifier decided them: amounts that it proved (by arithmetic too) may be used again later.
  void add_proven(const std::vector<Claim>& claims);

  // Approved content that needs no tool call: policies of the playbook, a page of the shop. `source` is its pointer in verdicts.
  void add_content(std::string_view source, std::string_view text);

  // Prices and stock that were read before that time prove nothing from now on; Time::min(): all do.
  void count_from(Time fresh);

  // Whether some of them do not count for that reason, and whether the result that a pointer leads into is among them.
  bool has_too_old() const;
  bool too_old(std::string_view pointer) const;

  // The numbered order in which products stand before the shopper: what "the second one" means.
  void set_shown(const std::vector<Shown>& shown);

  // The facts in the domain's terms, oldest first, superseded ones left out. For traces and tests; the verifier reads the index.
  std::vector<Fact> facts() const;

  const EvidenceIndex& index() const { return *index_; }

 private:
  std::unique_ptr<EvidenceIndex> index_;
};

}  // namespace floorwalker::verify
