#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/conversation.h"
#include "agent/core/playbook/playbook.h"
#include "agent/core/vocabulary.h"
#include "agent/models/guided/dialogue/calls.h"
#include "agent/models/guided/dialogue/phrases.h"
#include "agent/models/guided/dialogue/state.h"
#include "agent/models/guided/understanding/heard.h"

namespace floorwalker::guided {

// What never changes between turns.
struct Guide {
  const Vocabulary& vocabulary;
  const Playbook& playbook;
  Lexicon lexicon;
  Phrases phrases;
  Listener listener;

  Guide(const Vocabulary& words, const Playbook& rules, Lexicon lexicon_in, Phrases phrases_in)
      : vocabulary(words), playbook(rules), lexicon(std::move(lexicon_in)), phrases(std::move(phrases_in)), listener(words, rules, lexicon) {}
  Guide(const Guide&) = delete;             // the listener refers to the lexicon beside it
  Guide& operator=(const Guide&) = delete;
};

// One turn under way: what the conversation is, what was decided so far, what will be said. Lives for one step.
struct Talk {
  Talk(const Guide& guide_in, const ModelRequest& request);

  // Appends the sentence of that key.
  void say(std::string_view key, const Variables& variables = {});

  // Puts products in front of the shopper, in this order, after those already shown in this turn. `group` is "" for a single list.
  void show(const std::vector<ProductCard>& cards, const std::string& group = {});
  void show_one(const Product& product);

  // Asks for a slot; the question itself is said by the caller.
  void ask(const std::string& slot);
  bool asked_before(const std::string& slot) const;

  // The slot of the question that the last turn ended with, "" if none.
  std::string open_question() const;
  void close_question();

  bool waiting() const { return calls.waiting(); }

  const Need* need() const { return memory.needs.empty() ? nullptr : &memory.needs.back(); }
  std::string kind() const { return need() ? need()->kind : std::string(); }

  const Guide& guide;
  const Conversation& conversation;
  std::uint64_t seed;
  Calls calls;
  Memory memory;
  State state;
  std::string text;
  Presentation presentation;
};

// Works one turn out: the whole way from the shopper's words to tool calls or a reply, in `talk`.
void converse(Talk& talk, std::string_view said);

}  // namespace floorwalker::guided
