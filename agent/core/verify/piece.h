#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/core/evidence.h"
#include "agent/core/verify/evidence_index.h"
#include "agent/core/verify/numbers.h"
#include "agent/core/verify/tokens.h"

// One sentence or line of a reply under examination, and what the checks share. Internal to agent/core/verify.
namespace floorwalker::verify {

// Where a piece speaks of a thing that the evidence knows.
struct Mention {
  std::size_t first = 0, last = 0;     // tokens, last inclusive
  std::vector<EntityIndex> entities;   // several where the name does not tell them apart
  bool by_id = false;
};

// An identifier as written: "#W2378156", "gift_card_1234567", "7706410293".
struct IdentifierSpan {
  std::size_t start = 0, end = 0;      // bytes
  std::size_t first = 0, last = 0;     // tokens
  std::string normal;
};

// An amount that the reply has stated, for sums and differences later in it.
struct StatedAmount {
  std::int64_t minor = 0;
  bool supported = false;
  bool derived = false;                // by arithmetic: a difference, a sum
  std::string source;
};

// What a line is about, by its depth in a list.
struct Level {
  int depth = -1;                      // -1: prose
  std::vector<EntityIndex> entities;
};

// Carried from piece to piece of one reply.
struct ReplyState {
  std::size_t code_points = 0;         // of the reply so far
  std::size_t bytes = 0;
  std::vector<Level> levels;
  std::vector<EntityIndex> focus;      // last thing spoken of in prose
  std::vector<StatedAmount> amounts;
  std::vector<EntityIndex> mentioned;  // everything spoken of, in order
  std::vector<EntityIndex> latest;     // spoken of in the last piece that named things
  bool negated_list = false;
};

// Words of a piece, by hash: says surely what is not among them.
class SaidWords {
 public:
  void add(Concept word) { bits_[place(word) / 64] |= std::uint64_t{1} << (place(word) % 64); }
  bool may_have(Concept word) const { return bits_[place(word) / 64] >> (place(word) % 64) & 1; }
  bool all(std::span<const Concept> words) const {
    for (Concept word : words) {
      if (!may_have(word)) return false;
    }
    return true;
  }

 private:
  static constexpr std::size_t kBits = 512;
  static std::size_t place(Concept word) { return word % kBits; }

  std::array<std::uint64_t, kBits / 64> bits_{};
};

// What a token can say of the fact that is meant.
struct TokenHint {
  bool known = false;                  // false: nobody has asked yet
  bool tells = false;                  // part of no name, a word that facts have or exclude
  bool excludes = false;               // takes a side of a contrast
  double rarity = 0;
};

struct Piece {
  std::string_view text;               // with plain spaces; same offsets as `original`
  std::string_view original;
  std::vector<Token> tokens;
  std::vector<Number> numbers;
  std::vector<Date> dates;
  std::vector<IdentifierSpan> identifiers;
  std::vector<Mention> mentions;
  std::vector<std::uint16_t> segment;  // of each token: parts between commas, "and", brackets ...
  std::vector<bool> negated;           // each token: inside a negation's scope
  std::vector<bool> used;              // each token: part of a claim already
  std::vector<std::uint16_t> named;    // of each token: 1 + the mention by name that it is part of, or 0
  SaidWords said;
  std::vector<std::uint16_t> pinned;   // of each token: 1 + the mention by id whose description it is part of by the sentence's form, or 0
  std::vector<std::uint16_t> told;     // the same for descriptions of things that are named rather than identified: "Desk Lamp (black, tall)"
  std::vector<EntityIndex> context;    // what the piece is about if it does not say
  bool question = false;
  bool hypothetical = false;
  bool conditional = false;            // "if", "whether", "looking for": more than a modal verb
  bool second_person = false;
  bool request = false;
  bool review = false;
  bool exchange = false;
  bool versus = false;                 // compares values of the things named last: "1.2 kg against 1.9 kg"
  int depth = -1;
};

// The entities that a place in a piece may speak of.
struct Scope {
  bool everything = true;              // nothing narrows it
  bool exact = false;                  // named by its identifier or an unambiguous name in the same part of the sentence
  std::vector<EntityIndex> roots;
  std::vector<char> inside;            // by entity, if not everything

  bool holds(EntityIndex entity) const { return everything || (entity < inside.size() && inside[entity]); }
};

struct Examination {
  const EvidenceIndex& index;
  const LexiconData& lexicon;
  Piece& piece;
  ReplyState& state;
  std::vector<Claim>& claims;
  mutable std::vector<TokenHint> hints{};                          // of the tokens asked for so far; see binding.cc
  mutable std::deque<std::pair<const Mention*, Scope>> scopes{};   // those asked for so far, by the mention that decides

  // Adds a claim on bytes [start, end) of the piece; marks its tokens as used.
  Claim& claim(std::size_t start, std::size_t end, ClaimKind kind, Verdict verdict, std::string why, const std::vector<std::uint32_t>& leaves = {});

  const Mention* meant_at(std::size_t token) const;
  Scope scope_of(const Mention* chosen) const;

  // Which things a place of the piece may speak of. Valid as long as the examination.
  const Scope& scope_at(std::size_t token) const;

  // The entity belongs to the same product as what is spoken of: another variant, the same item of another order.
  bool kin(const Scope& scope, EntityIndex entity) const;

  // The piece names exactly one thing by its identifier, and no word between it and the token leads to another ("to", "for", "instead").
  bool one_identified(std::size_t token) const;
  // What is said there is said of a thing whatever becomes of it: its description by the sentence's own form, though a wish or a question.
  bool described(std::size_t token) const { return piece.pinned[token] != 0; }

  std::string_view words(std::size_t first, std::size_t last) const;  // text of tokens first..last
  bool usable(std::uint32_t leaf) const { return index.usable(leaf); }
};

// Both have names of their own and none in common: two things of one order or cart, say, rather than two variants.
bool named_apart(const EvidenceIndex& index, EntityIndex a, EntityIndex b);

// Two things of one product: variants, the same item of two orders.
bool kin_of(const EvidenceIndex& index, EntityIndex a, EntityIndex b);

// Reads a piece: words, numbers, things spoken of, parts, negation.
Piece read_piece(std::string_view text, const EvidenceIndex& index, const ReplyState& state);

// A word after which another thing is spoken of: "to", "instead", in an exchange also "for".
bool leads_elsewhere(const Piece& piece, std::size_t token);

// Of each token of a piece whose mentions are known: `Piece::pinned`.
std::vector<std::uint16_t> pinned_to(const Piece& piece, const EvidenceIndex& index);

// Of each token of a piece whose pins are known: `Piece::told`.
std::vector<std::uint16_t> told_of_names(const Piece& piece, const EvidenceIndex& index);

// The mention is a thing's whole name.
bool whole_name(const EvidenceIndex& index, const Mention& mention);

// After a piece: what the next one may refer to.
void remember(const Piece& piece, ReplyState& state, std::size_t text_bytes);

// The leaf is the verdict of a compatibility check: it is of two things, and no feature of one.
bool fit_verdict(const EvidenceIndex& index, std::uint32_t leaf);

// Each check finds its kind of claims and decides them.
void check_identifiers(Examination& exam);
void check_dates(Examination& exam);
void check_counts(Examination& exam);
void check_numbers(Examination& exam);
void check_features(Examination& exam);
void check_values(Examination& exam);
void check_availability(Examination& exam);
void check_absence(Examination& exam);
void check_comparisons(Examination& exam);
void check_compatibility(Examination& exam);
void check_actions(Examination& exam);
void check_names(Examination& exam);
void check_evaluative(Examination& exam);

}  // namespace floorwalker::verify
