#pragma once

#include <cstdint>
#include <map>
#include <memory>
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

// A language, as read from its files.
struct Speech {
  Lexicon lexicon;
  Phrases phrases;
};

// What never changes between turns.
struct Guide {
  const Vocabulary& vocabulary;
  const Playbook& playbook;
  std::shared_ptr<const Speech> speech;
  const Lexicon& lexicon;
  const Phrases& phrases;
  Listener listener;

  Guide(const Vocabulary& words, const Playbook& rules, std::shared_ptr<const Speech> spoken)
      : vocabulary(words), playbook(rules), speech(std::move(spoken)), lexicon(speech->lexicon), phrases(speech->phrases), listener(words, rules, lexicon) {}
  Guide(const Guide&) = delete;             // the listener refers to the parts beside it
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

  // Notes for the trace what came of a rule. Of one that is looked at again in the turn the last word counts, save that what acted has acted.
  void consider(Considered rule);

  bool waiting() const { return calls.waiting(); }

  const Need* need() const { return memory.needs.empty() ? nullptr : &memory.needs.back(); }
  // What the talk is about: the kind, or the words for it where the shop has none; "" before anything is looked for.
  std::string kind() const { return !need() ? std::string() : need()->kind.empty() ? need()->words : need()->kind; }

  const Guide& guide;
  const Conversation& conversation;
  std::uint64_t seed;
  Calls calls;
  Memory memory;
  State state;
  std::string text;
  ProductId untold;  // of which this turn has said that something is not stated
  bool unanswered = false;               // a question of this turn that no handler understood
  std::vector<std::string> unpublished;  // topics asked in this turn of which the shop has published nothing
  bool cart_told = false;  // this turn has said what is in the cart
  bool added = false;      // this turn has put something into the cart
  Presentation presentation;
  std::vector<Considered> considered;
};

// Works one turn out: the whole way from the shopper's words to tool calls or a reply, in `talk`.
void converse(Talk& talk, std::string_view said);

}  // namespace floorwalker::guided
