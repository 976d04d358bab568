#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/answers.h"
#include "agent/core/playbook/playbook.h"
#include "agent/core/vocabulary.h"
#include "agent/models/guided/understanding/lexicon.h"
#include "agent/models/guided/understanding/numbers.h"

// What one utterance says, before anything is decided: acts, things wanted, references, options, quantity.
namespace floorwalker::guided {

// A thing looked for, with what was said of it.
struct Wanted {
  std::vector<std::string> kinds;       // what the noun may mean: several for an umbrella word, none while unknown
  std::string noun;                     // as the shopper said it
  std::string words;                    // for the search: everything said of it but bounds and fillers
  std::vector<Constraint> constraints;
  std::string known_words;              // of `words`, those that the catalogue knows: what a later request keeps
  std::vector<std::string> implied;     // fields of constraints that only a value implies ("natural"): perhaps said of something else
  std::vector<Constraint> readings;     // what those values may mean instead: the same word as a value of other fields
  std::vector<std::string> adjectives;  // of `wishes`, those said of the product itself: "waterproof" bag
  std::vector<std::string> musts;       // what it should do or be, and no constraint holds: "it should scan too"
  std::vector<std::string> uses;        // playbook needs
  std::vector<std::string> wishes;      // content words that neither kind nor constraint explains: "waterproof"
  std::vector<std::string> figures;     // said alone, of what the catalogue measures nowhere: "16 gb"
  std::vector<std::string> unmeasured;  // bounds on what the catalogue counts nowhere, as said: "at least 3 burners"
  std::optional<int> quantity;          // "two monitors"
  std::vector<const Scale*> leanings;   // "light", "not too expensive": the side of a scale that is preferred
};

// A value for an option of a product: "in a 7", "the black one".
struct OptionSaid {
  std::string option;   // "" where only the value was said
  std::string value;
  bool explicitly = false;  // with its name or a cue: "size 8", "in a 7"
  bool of_self = false;     // "I'm a 7", "my size is 7"

  bool operator==(const OptionSaid&) const = default;
};

// A currency that was named.
struct CurrencySaid {
  std::vector<std::string> codes;       // what it may mean
  bool of_amount = false;               // beside a figure: "under $60"
};

// What the shopper points at.
struct Reference {
  std::vector<int> ordinals;            // from 1; -1 is the last
  std::size_t first_n = 0;              // "the first two"
  bool pronoun = false;                 // "it", "that one"
  bool all = false;                     // "both", "all of them"
  std::size_t many = 0;                 // of `all`, how many: "those two"
  const Scale* scale = nullptr;         // "the cheaper one"
  std::vector<ProductId> named;         // by model name or title
  std::vector<ProductId> had;           // so named, of what the shopper has: "I have a Raid 16"
  std::vector<std::string> words;       // folded words that may describe one: "black", "acme", "leather"
  std::vector<ProductId> namesakes;     // other products that a name of `named` may mean
  std::string group;                    // "the second shoes"
  std::vector<std::string> groups;      // every kind that its word may mean: "laptop", "notebook"
  bool of_group = false;                // the group's word stands behind a number or "the": one of those shown is meant

  bool points() const { return !ordinals.empty() || first_n > 0 || pronoun || all || scale || !named.empty(); }
};

// A phrase of the utterance that the catalogue knows, with every reading of it.
struct Known {
  WordSpan span;
  std::vector<Mention> readings;        // most likely first
  bool negated = false;

  const Mention* reading(Mention::What what) const;
};

struct Heard {
  std::string text;
  std::vector<text::Word> words;
  std::vector<Act> acts;                // in order of how much of the utterance each explains
  std::vector<Wanted> wanted;           // things named; at least one (perhaps without a kind) when constraints or wishes were said
  std::vector<std::string> owned;       // kinds the shopper has: "my TV"
  std::vector<Known> known;
  std::vector<NumberPhrase> numbers;
  Reference reference;
  std::vector<OptionSaid> options;
  std::vector<bool> aside;              // per word: of a clause about the shopper or their home, not about what is wanted
  std::vector<bool> indifferent;        // per word: of a phrase that leaves a choice open, and names nothing: "no preference on colour"
  bool anew = false;                    // something that the shopper has is to be replaced: "my hairdryer died", "my old printer ... a new one"
  std::optional<int> quantity;
  std::optional<CurrencySaid> currency;
  std::vector<std::string> asked;       // words of attribute names that a question asks for, best first
  std::vector<const Scale*> scales;     // "cheaper", "bigger": a wish for more or less
  std::vector<const Scale*> kept;       // "just as big": what must not get worse
  std::string topic;                    // policy
  std::string extreme;                  // "most expensive"
  std::string code;                     // of a discount, as written
  std::string order;                    // id of an order
  std::string email;
  bool only = false;
  bool question = false;

  bool has(Act act) const;
  bool names_kind() const { return !wanted.empty() && !wanted.front().kinds.empty(); }
};

class Listener {
 public:
  Listener(const Vocabulary& vocabulary, const Playbook& playbook, const Lexicon& lexicon)
      : vocabulary_(vocabulary), playbook_(playbook), lexicon_(lexicon) {}

  // `kind` is what the conversation is about so far, for numbers without a noun ("under 1.5 kg"). What was heard last is remembered: each
  // step of a turn hears the same.
  Heard hear(std::string_view text, std::string_view kind) const;

  // The sentences of an utterance that stand on their own: "add the first one and show me bags" is two.
  std::vector<std::string> clauses(std::string_view text) const;

  const Lexicon& lexicon() const { return lexicon_; }

 private:
  Heard hear_anew(std::string_view text, std::string_view kind) const;
  void hear_acts(Heard& heard) const;
  void hear_indifference(Heard& heard) const;
  void hear_known(Heard& heard) const;
  void hear_asides(Heard& heard) const;
  void want_again(Heard& heard, std::size_t start, std::size_t next) const;
  void hear_reference(Heard& heard) const;
  void hear_options(Heard& heard, std::vector<bool>& taken) const;
  void hear_quantity(Heard& heard, std::vector<bool>& taken) const;
  void hear_service(Heard& heard) const;
  void hear_currency(Heard& heard) const;
  void hear_kept(Heard& heard) const;
  void hear_wanted(Heard& heard, std::string_view kind, const std::vector<bool>& taken) const;

  const Vocabulary& vocabulary_;
  const Playbook& playbook_;
  const Lexicon& lexicon_;

  struct Remembered {
    std::string kind;
    std::shared_ptr<const Heard> heard;
  };
  mutable std::mutex mutex_;
  mutable std::array<Remembered, 16> recent_;  // guarded by `mutex_`
  mutable std::size_t oldest_ = 0;             // guarded by `mutex_`
};

}  // namespace floorwalker::guided
