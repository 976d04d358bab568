#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/evidence.h"
#include "agent/core/message.h"
#include "agent/core/verify/flat.h"
#include "agent/core/verify/json_walk.h"
#include "agent/core/verify/lexicon.h"
#include "agent/core/verify/numbers.h"
#include "agent/core/verify/tokens.h"

// How evidence is kept for fast verification: results as trees, their leaves as facts with words and numbers, what they are about as
// entities, and indexes from words and numbers back to leaves. Internal to agent/core/verify.
namespace floorwalker::verify {

using EntityIndex = std::uint32_t;  // 0: the conversation or the shop as a whole
using Words = std::span<const Concept>;  // kept in the index's arena

// Something that facts are about: a product, variant, cart line, order, user.
struct Entity {
  std::string id;                             // "" if it has none
  std::vector<Words> names;
  std::vector<EntityIndex> parents, children;
  std::vector<std::uint32_t> leaves;          // its own facts
};

// What a key of a result says by itself.
struct KeyFacts {
  bool read = false;          // false: nobody has looked at it yet
  bool worded = false;        // `words` and `money` are filled in
  bool structural = false;    // says nothing about what its value means
  bool label = false, value = false;  // may be the two of a {"name": ..., "value": ...} pair
  bool name = false;          // names the thing that the object is
  bool identifier = false;
  bool money = false, minor = false;
  bool review = false;
  bool tally = false;
  bool long_digits = false;   // an id used as key
  bool told = false;          // `own` is filled in
  Words own;                  // all its words, as a reply would say them
  std::uint8_t id_rank = UINT8_MAX;   // of keys that give an object its identity, the most specific first
  Words words;
};

// One result, text or content.
struct Document {
  std::string source;                         // the call's id, "shopper", or the content's name
  std::string tool;
  std::string arguments;
  ToolOutcome outcome = ToolOutcome::kOk;
  Trust trust = Trust::kMerchant;
  Time observed{};
  bool live = true;                           // false: superseded as a whole
  bool content = false;                       // approved text, no tool's result
  JsonTree tree;
  std::uint32_t first_leaf = 0, last_leaf = 0;
};

// One scalar of a result.
struct Leaf {
  enum class Kind : std::uint8_t { kText, kNumber, kBool, kNull };

  Kind kind = Kind::kText;
  Trust trust = Trust::kMerchant;
  bool live = true;
  bool yes = false, no = false;               // says plainly yes or no
  bool money = false;                         // its key says that numbers here are amounts
  bool identifier = false;
  bool tally = false;                         // how often a value occurs among the matches: says nothing about any thing
  bool ages = false;                          // a price, or what is in stock: proves nothing once it is too old
  std::uint32_t document = 0, node = 0;
  EntityIndex entity = 0;
  std::string_view key;                       // the last key or label of the path
  Words attribute;                            // words of the path from the entity down
  Words own;                                  // all words of the key
  Words words;                                // of the value
  std::uint64_t called = 0;                   // groups of the words of `attribute` and `own`
  std::uint32_t first_number = 0, numbers = 0;
};

// A number of a leaf and the words that stand beside it there ("16GB RAM, 1TB storage").
struct EvidenceNumber {
  Number number;
  std::uint32_t leaf = 0;
  Words near;
  std::uint64_t groups = 0;                   // of the words of `near` and of those that the fact is called by
};

// A member of a value: all of "Black", or one of "Black, White".
struct Part {
  std::uint32_t leaf = 0;
  std::uint16_t first = 0, length = 0;
};

struct Posting {
  std::uint32_t leaf = 0;
  std::uint16_t position = 0;
};

struct NamePosting {
  EntityIndex entity = 0;
  std::uint16_t name = 0, position = 0;
};

// A list of things in a result: what "11 options" counts.
struct Collection {
  std::uint32_t document = 0, node = 0;
  EntityIndex owner = 0;
  Words name;                                 // words of its key: "variants"
  std::size_t count = 0;
  std::size_t available = 0;                  // members that say that they can be bought
  bool says_available = false;
  bool complete = true;                       // false: a page of something longer
  std::int64_t total = -1;                    // of the longer thing, -1: not said
  bool at_least = false;                      // the longer thing has `total` or more
};

// A call of a tool and what came of it.
struct CallRecord {
  std::string id;
  std::string tool;
  std::vector<std::string> tool_stems;
  std::string arguments;
  ToolOutcome outcome = ToolOutcome::kOk;
  bool answered = false;
  bool failed = false;                        // refused, failed, unknown, or an error in the content
  std::uint32_t document = 0;
};

struct EvidenceIndex {
  explicit EvidenceIndex(const Lexicon& lexicon_) : lexicon(lexicon_), concepts(lexicon_.data()) { entities.emplace_back(); }

  Lexicon lexicon;
  ConceptTable concepts;
  std::vector<std::unique_ptr<Document>> documents;
  std::vector<Entity> entities;
  std::vector<Leaf> leaves;
  std::vector<EvidenceNumber> numbers;
  std::vector<CallRecord> calls;
  std::vector<Collection> collections;
  std::vector<std::string> replies;
  std::vector<std::pair<std::int64_t, std::string>> proven;  // amounts that earlier replies stated and evidence proved, with a pointer
  std::vector<EntityIndex> shown;             // numbered order before the shopper
  Time fresh_from = Time::min();              // prices and stock that were read before count no more
  std::vector<std::pair<Date, std::uint32_t>> dates;

  Arena<Concept> arena;                       // attributes, values, names
  WordTable<KeyFacts> keys;                   // every key of a result
  WordTable<EntityIndex> entity_of_id;
  ListsByWord<std::uint32_t> identifiers;     // normalised id -> leaves that hold it
  ListsByWord<std::uint32_t> joined_values;   // "tmobile" of "t_mobile" -> leaves
  Lists<Posting> by_word;                     // these four by the concept's slot
  Lists<Part> by_part;                        // by the part's first word
  Lists<std::uint32_t> by_attribute;
  Lists<NamePosting> by_name;
  Lists<std::uint32_t> numbers_of;            // by number_kind

  Lists<Posting>::List holding(Concept word) const { return by_word.of(concepts.slot(word)); }
  Lists<Part>::List parts_from(Concept word) const { return by_part.of(concepts.slot(word)); }
  Lists<std::uint32_t>::List attributed(Concept word) const { return by_attribute.of(concepts.slot(word)); }
  Lists<NamePosting>::List named(Concept word) const { return by_name.of(concepts.slot(word)); }

  bool content(std::uint32_t leaf) const { return documents[leaves[leaf].document]->content; }
  bool usable(std::uint32_t leaf) const {
    const Leaf& fact = leaves[leaf];
    return fact.live && documents[fact.document]->live && !(fact.ages && too_old(fact.document));
  }
  bool too_old(std::uint32_t document) const { return documents[document]->observed < fresh_from; }

  // "call_3#/variants/0/price"
  std::string pointer(std::uint32_t leaf) const;

  // The text of the leaf's value as the result has it.
  std::string_view value_text(std::uint32_t leaf) const;

  // The name, else the id, of an entity for people: "Aero 13".
  std::string title(EntityIndex entity) const;
};

// The groups that some words are in.
inline std::uint64_t groups_of(Words words) {
  std::uint64_t groups = 0;
  for (Concept word : words) groups |= group_of(word);
  return groups;
}

// What a number can be compared with: its dimension, or kMoneyKind.
constexpr std::size_t kMoneyKind = 60;
inline std::size_t number_kind(const Number& number) { return number.money ? kMoneyKind : static_cast<std::size_t>(number.unit.dimension); }

// Lower case without "#" and outer quotes.
std::string normal_identifier(std::string_view id);

// Letters and digits that form an identifier: six digits and more, letters mixed with digits, underscores.
bool looks_like_identifier(std::string_view word);

}  // namespace floorwalker::verify
