#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "agent/core/text.h"
#include "agent/core/verify/phrase.h"
#include "agent/core/verify/piece.h"

// Values in words: colours, materials, brands, chipsets. What the evidence says word for word supports; another value of the same
// attribute, or of a class that excludes it, contradicts.
namespace floorwalker::verify {
namespace {

constexpr std::size_t kShownOfValue = 60;

bool any_used(const Examination& exam, std::size_t first, std::size_t last) {
  for (std::size_t i = first; i <= last; ++i) {
    if (exam.piece.used[i]) return true;
  }
  return false;
}

// A word that may be a value: not grammar, not a label.
bool telling(const Examination& exam, std::size_t first, std::size_t last) {
  for (std::size_t i = first; i <= last; ++i) {
    const Token& token = exam.piece.tokens[i];
    if (is_content(token) && !token.is(WordClass::kThing) && !token.is(WordClass::kEvaluative)) return true;
  }
  return false;
}

bool trusted(const Examination& exam, const Leaf& leaf) {
  if (leaf.trust == Trust::kShopper) return false;
  return leaf.trust == Trust::kMerchant || exam.piece.review;
}

// In the evidence the word before is a "non": "non-removable".
bool negated_in_evidence(const Examination& exam, const PhraseMatch& match) {
  if (match.position == 0) return false;
  return exam.lexicon.classes_of(exam.index.leaves[match.leaf].words[match.position - 1]) & bit(WordClass::kNegation);
}

// Decides a run of words that evidence holds. Returns the tokens consumed.
std::size_t check_run(Examination& exam, std::size_t first) {
  const std::vector<PhraseMatch> matches = longest_phrase(exam, first);
  if (matches.empty()) return 1;
  std::size_t last = first + matches[0].length - 1;
  while (last > first && !is_content(exam.piece.tokens[last])) --last;
  if (!telling(exam, first, last) || any_used(exam, first, last)) return 1;
  const Scope& scope = exam.scope_at(first);
  std::vector<std::uint32_t> inside;
  bool whole = false;
  for (const PhraseMatch& match : matches) {
    const Leaf& leaf = exam.index.leaves[match.leaf];
    if (!trusted(exam, leaf) || !scope.holds(leaf.entity)) continue;
    if (match.length < 3 && exam.index.content(match.leaf)) continue;  // a word that a long text happens to have proves nothing
    const bool flipped = negated_in_evidence(exam, match) && !exam.piece.negated[first] && exam.piece.tokens[first].folded != "non";
    if (flipped) continue;
    inside.push_back(match.leaf);
    whole = whole || leaf.words.size() <= match.length + 1;
  }
  const std::size_t length = last - first + 1;
  const bool named = exam.piece.tokens[first].capital || exam.piece.tokens[first].digits;
  if (inside.empty() || !(whole || length >= 2 || named)) return 1;
  if (exam.piece.negated[first]) return length;
  exam.claim(exam.piece.tokens[first].start, exam.piece.tokens[last].end, ClaimKind::kAttribute, Verdict::kSupported,
             fmt::format("{}: {}", exam.index.leaves[inside[0]].key, shortened(exam.index.value_text(inside[0]), kShownOfValue)), inside);
  return length;
}

bool in_class(const LexiconData& lexicon, Concept word, std::uint16_t value_class) {
  if (word >= lexicon.value_classes_of.size()) return false;
  const auto& classes = lexicon.value_classes_of[word];
  return std::find(classes.begin(), classes.end(), value_class) != classes.end();
}

bool attribute_of_class(const ValueClass& value_class, const Leaf& leaf) {
  for (Concept word : leaf.attribute) {
    if (std::find(value_class.attributes.begin(), value_class.attributes.end(), word) != value_class.attributes.end()) return true;
  }
  return false;
}

// "the X is cotton": states the value of the thing, rather than what was asked for.
bool predicated(const Examination& exam, std::size_t token) {
  if (exam.piece.question || exam.piece.hypothetical || exam.piece.second_person || exam.piece.mentions.empty()) return false;
  static constexpr std::string_view kBetween[] = {"made", "of", "from", "pure", "all", "in"};
  std::size_t verb = token;
  while (verb > 0 && token - verb < 4) {
    --verb;
    if (exam.piece.tokens[verb].is(WordClass::kCopula)) return verb > 0 && exam.piece.mentions.front().last < verb && verb - exam.piece.mentions.front().last <= 2;
    if (std::find(std::begin(kBetween), std::end(kBetween), exam.piece.tokens[verb].folded) == std::end(kBetween)) return false;
  }
  return false;
}

// The word stands in another fact of the same thing or of its kin (another variant of the same product), or the shopper said it.
bool said_elsewhere(const Examination& exam, Concept word, const Scope& scope, bool of_thing_only = false) {
  for (const Posting& posting : exam.index.holding(word)) {
    const Leaf& fact = exam.index.leaves[posting.leaf];
    if (!exam.usable(posting.leaf) || exam.index.content(posting.leaf) || fact.tally) continue;
    if (of_thing_only && (fact.entity == 0 || fact.trust == Trust::kShopper)) continue;
    if (scope.holds(fact.entity) || fact.trust == Trust::kShopper || exam.kin(scope, fact.entity)) return true;
  }
  return false;
}

// A misspelling in the record: "Agate Greeen".
bool nearly_said(const Examination& exam, const std::string& word, const std::vector<std::uint32_t>& leaves) {
  for (std::uint32_t leaf : leaves) {
    for (const text::Word& known : text::words(exam.index.value_text(leaf))) {
      if (word.size() >= 4 && text::edit_distance(word, known.folded, 1) <= 1) return true;
      if (known.folded.size() == 1 && known.folded[0] == word[0]) return true;  // "L" is large
      if (known.folded.size() >= 4 && word.find(known.folded) != std::string::npos) return true;  // microSDHC in a microSD slot
      if (known.folded.size() > word.size() && known.folded.find(word) != std::string::npos) return true;
    }
  }
  return false;
}

// "black and white colors", "color: black": the sentence names the attribute.
bool named_by_attribute(const Examination& exam, std::size_t token, const ValueClass& value_class) {
  for (std::size_t i = token > 5 ? token - 5 : 0; i <= token + 5 && i < exam.piece.tokens.size(); ++i) {
    const Concept word = exam.piece.tokens[i].concept_id;
    if (i != token && word && std::find(value_class.attributes.begin(), value_class.attributes.end(), word) != value_class.attributes.end()) return true;
  }
  return token > 1 && exam.piece.tokens[token - 1].folded == "in" && exam.piece.tokens[token - 2].is(WordClass::kAvailable);
}

// The evidence writes the word by its first letter somewhere in a fact of the class.
bool initial_said(const Examination& exam, const ValueClass& value_class, const std::string& word) {
  if (!value_class.initials) return false;
  for (const Posting& posting : exam.index.holding(exam.index.concepts.find(std::string_view(word).substr(0, 1)).id)) {
    if (attribute_of_class(value_class, exam.index.leaves[posting.leaf])) return true;
  }
  return false;
}

// A colour, material ... that the thing's own evidence does not have while it has others.
void check_class_word(Examination& exam, std::size_t token, std::uint16_t class_index) {
  const ValueClass& value_class = exam.lexicon.value_classes[class_index];
  const Concept word = exam.piece.tokens[token].concept_id;
  const Scope& scope = exam.scope_at(token);
  std::vector<std::uint32_t> others;
  for (Concept attribute : value_class.attributes) {
    for (std::uint32_t leaf : exam.index.attributed(attribute)) {
      const Leaf& fact = exam.index.leaves[leaf];
      if (!exam.usable(leaf) || !scope.holds(fact.entity) || fact.trust != Trust::kMerchant || fact.kind != Leaf::Kind::kText) continue;
      if (!attribute_of_class(value_class, fact)) continue;
      if (std::find(fact.words.begin(), fact.words.end(), word) != fact.words.end()) return;
      bool states = false;
      for (Concept value : fact.words) states = states || in_class(exam.lexicon, value, class_index);
      if (states) others.push_back(leaf);
    }
  }
  if (exam.piece.negated[token] || (!exam.described(token) && (exam.piece.question || exam.piece.hypothetical)) || initial_said(exam, value_class, exam.piece.tokens[token].folded)) return;
  if (others.empty()) {
    if (named_by_attribute(exam, token, value_class) && !said_elsewhere(exam, word, Scope{})) {
      exam.claim(exam.piece.tokens[token].start, exam.piece.tokens[token].end, ClaimKind::kAttribute, Verdict::kUnsupported, "no tool result states it");
    }
    return;
  }
  if (said_elsewhere(exam, word, scope, predicated(exam, token)) || nearly_said(exam, exam.piece.tokens[token].folded, others)) return;
  exam.claim(exam.piece.tokens[token].start, exam.piece.tokens[token].end, ClaimKind::kAttribute, Verdict::kContradicted,
             fmt::format("{}: {}, not {}", exam.index.leaves[others[0]].key, shortened(exam.index.value_text(others[0]), kShownOfValue), exam.piece.tokens[token].folded), others);
}

// "size medium", "Medium," in a list of options; not "a small refund".
bool says_size(const Examination& exam, std::size_t token) {
  const auto& tokens = exam.piece.tokens;
  const auto& segment = exam.piece.segment;
  const bool alone = (token == 0 || (segment[token - 1] != segment[token] && tokens[token].gap != ':')) && (token + 1 == tokens.size() || segment[token + 1] != segment[token]);
  for (std::size_t i = token > 2 ? token - 2 : 0; i <= token + 2 && i < tokens.size(); ++i) {
    if (tokens[i].folded == "size" || tokens[i].folded == "sized") return true;
  }
  return alone;
}

void check_classes(Examination& exam) {
  for (std::size_t i = 0; i < exam.piece.tokens.size(); ++i) {
    const Concept word = exam.piece.tokens[i].concept_id;
    if (word == 0 || word >= exam.lexicon.value_classes_of.size() || exam.piece.used[i]) continue;
    for (std::uint16_t value_class : exam.lexicon.value_classes_of[word]) {
      if (exam.lexicon.value_classes[value_class].name == "size" && !says_size(exam, i)) continue;
      if (!exam.lexicon.value_classes[value_class].strict) check_class_word(exam, i, value_class);
    }
  }
}

// Some fact of the thing holds these words.
bool states(const Examination& exam, EntityIndex entity, Words words) {
  const auto& leaves = exam.index.entities[entity].leaves;
  return std::any_of(leaves.begin(), leaves.end(), [&](std::uint32_t leaf) {
    const Words own = exam.index.leaves[leaf].words;
    return std::search(own.begin(), own.end(), words.begin(), words.end()) != own.end();
  });
}

// "L" is large, "medium" is M.
bool shortens(std::string_view value, std::string_view word) {
  const char initial = value.empty() ? '\0' : static_cast<char>(value[0] >= 'A' && value[0] <= 'Z' ? value[0] + 32 : value[0]);
  return (value.size() == 1 || word.size() == 1) && !word.empty() && initial == word[0];
}

// Some word that is neither grammar nor what everything is called.
bool carries_value(const Examination& exam, std::size_t first, std::size_t length) {
  const auto& tokens = exam.piece.tokens;
  return std::any_of(tokens.begin() + static_cast<std::ptrdiff_t>(first), tokens.begin() + static_cast<std::ptrdiff_t>(first + length),
                     [](const Token& token) { return is_content(token) && !token.is(WordClass::kThing); });
}

bool names_things(const Leaf& fact) { return fact.key == "name" || fact.key == "title" || fact.key == "product_name"; }

// The words of the part stand in the piece from `first` on, and no claim has them yet.
bool stands_at(const Examination& exam, std::size_t first, const Part& part) {
  if (first + part.length > exam.piece.tokens.size()) return false;
  const Words words = exam.index.leaves[part.leaf].words;
  for (std::size_t k = 0; k < part.length; ++k) {
    if (words[part.first + k] != exam.piece.tokens[first + k].concept_id || exam.piece.used[first + k]) return false;
  }
  return true;
}

// A fact of the thing under this key; nothing if one of them has the words.
std::optional<std::uint32_t> states_another(const Examination& exam, EntityIndex thing, const Leaf& fact, std::string_view word) {
  std::optional<std::uint32_t> other;
  for (std::uint32_t leaf : exam.index.entities[thing].leaves) {
    const Leaf& own = exam.index.leaves[leaf];
    if (own.key != fact.key || !exam.usable(leaf) || own.identifier) continue;
    if (std::search(own.words.begin(), own.words.end(), fact.words.begin(), fact.words.end()) != own.words.end() || shortens(exam.index.value_text(leaf), word)) return std::nullopt;
    other = leaf;
  }
  return states(exam, thing, fact.words) ? std::nullopt : other;
}

// The shopper used the words: what they wished or have.
bool shopper_said(const Examination& exam, Words words) {
  for (const Posting& posting : exam.index.holding(words[0])) {
    const Leaf& leaf = exam.index.leaves[posting.leaf];
    if (leaf.trust != Trust::kShopper || posting.position + words.size() > leaf.words.size()) continue;
    if (std::equal(words.begin(), words.end(), leaf.words.begin() + posting.position)) return true;
  }
  return false;
}

bool stated_before(const Examination& exam, const std::vector<EntityIndex>& things, Words words) {
  return std::any_of(things.begin(), things.end(), [&](EntityIndex thing) { return states(exam, thing, words); });
}

// The thing lies in an order: the shopper has it.
bool in_order(const Examination& exam, EntityIndex thing) {
  const auto& parents = exam.index.entities[thing].parents;
  return std::any_of(parents.begin(), parents.end(), [&](EntityIndex parent) {
    const auto& leaves = exam.index.entities[parent].leaves;
    return parent != 0 && std::any_of(leaves.begin(), leaves.end(), [&](std::uint32_t leaf) { return exam.index.leaves[leaf].key == "status"; });
  });
}

// What the shopper has or wishes may be named beside items that have it not.
bool of_shopper(const Examination& exam, Words words) {
  if (shopper_said(exam, words) || stated_before(exam, exam.state.mentioned, words) || stated_before(exam, exam.piece.context, words)) return true;
  for (const Posting& posting : exam.index.holding(words[0])) {
    if (in_order(exam, exam.index.leaves[posting.leaf].entity)) return true;
  }
  return false;
}

// The items with an identifier that the piece names; those named last where it is a line below them.
std::vector<EntityIndex> items_named(const Examination& exam) {
  const auto item = [&](EntityIndex thing) { return thing != 0 && exam.index.entities[thing].children.empty() && !exam.index.entities[thing].id.empty(); };
  std::vector<EntityIndex> items;
  for (const Mention& mention : exam.piece.mentions) {
    if (mention.by_id && item(mention.entities[0])) items.push_back(mention.entities[0]);
  }
  if (!items.empty() || !exam.piece.mentions.empty() || exam.piece.depth < 0) return items;
  if (std::all_of(exam.state.latest.begin(), exam.state.latest.end(), item)) return exam.state.latest;
  return items;
}

// "replacement options", "other variants": a heading over items, which need not have what it speaks of.
bool heads_alternatives(const Piece& piece) {
  return std::any_of(piece.tokens.begin(), piece.tokens.end(), [&](const Token& token) {
    const Token* next = &token + 1 < piece.tokens.data() + piece.tokens.size() ? &token + 1 : nullptr;
    const bool plural = token.is(WordClass::kThing) && token.folded.back() == 's' && !(next && next->gap == ':');
    return token.folded == "replacement" || token.folded == "instead" || plural;
  });
}

// An option that none of the items with an identifier in this piece has, though each has one of its kind: whatever belongs to which of them.
void check_nobodys_value(Examination& exam, std::size_t first, const std::vector<EntityIndex>& items) {
  const Piece& piece = exam.piece;
  if (piece.question || piece.hypothetical || piece.negated[first] || piece.negated.back() || heads_alternatives(piece)) return;
  if (std::any_of(piece.tokens.begin(), piece.tokens.end(), [](const Token& token) { return token.is(WordClass::kUnavailable); })) return;
  for (const Part& part : exam.index.parts_from(piece.tokens[first].concept_id)) {
    const Leaf& fact = exam.index.leaves[part.leaf];
    if (part.length != fact.words.size() || !exam.usable(part.leaf) || fact.trust != Trust::kMerchant || fact.identifier || fact.entity == 0) continue;
    if (!stands_at(exam, first, part) || !carries_value(exam, first, part.length) || names_things(fact)) continue;
    std::optional<std::uint32_t> other;
    for (EntityIndex item : items) {
      other = states_another(exam, item, fact, piece.tokens[first].folded);
      if (!other) return;
    }
    if (!other || !exam.kin(exam.scope_at(first), fact.entity) || of_shopper(exam, fact.words)) return;
    exam.claim(piece.tokens[first].start, piece.tokens[first + part.length - 1].end, ClaimKind::kAttribute, Verdict::kContradicted,
               fmt::format("none of the items named here: {} is {}", exam.index.leaves[*other].key, shortened(exam.index.value_text(*other), kShownOfValue)), {*other});
    return;
  }
}

// A value in the description of a named thing that only things of other kinds have.
void check_told_value(Examination& exam, std::size_t first) {
  if (!exam.piece.told[first] || exam.piece.negated[first] || exam.piece.used[first]) return;
  const Scope& scope = exam.scope_at(first);
  std::optional<std::uint32_t> foreign;
  for (const Part& part : exam.index.parts_from(exam.piece.tokens[first].concept_id)) {
    const Leaf& fact = exam.index.leaves[part.leaf];
    if (part.length != fact.words.size() || !exam.usable(part.leaf) || fact.identifier || !stands_at(exam, first, part)) continue;
    if (fact.trust != Trust::kMerchant || scope.holds(fact.entity) || exam.kin(scope, fact.entity) || fact.entity == 0 || names_things(fact)) return;
    if (carries_value(exam, first, part.length)) foreign = part.leaf;
  }
  if (!foreign || said_elsewhere(exam, exam.piece.tokens[first].concept_id, scope)) return;
  const Leaf& fact = exam.index.leaves[*foreign];
  std::optional<std::uint32_t> other;
  for (EntityIndex root : scope.roots) {
    for (std::uint32_t leaf : exam.index.entities[root].leaves) {
      if (exam.index.leaves[leaf].key != fact.key || !exam.usable(leaf) || exam.index.leaves[leaf].kind != Leaf::Kind::kText) continue;
      if (shortens(exam.index.value_text(leaf), exam.piece.tokens[first].folded)) return;
      other = leaf;
    }
  }
  if (!other) return;
  exam.claim(exam.piece.tokens[first].start, exam.piece.tokens[first + fact.words.size() - 1].end, ClaimKind::kAttribute, Verdict::kContradicted,
             fmt::format("{}: {}", fact.key, shortened(exam.index.value_text(*other), kShownOfValue)), {*other});
}

// The item that the place is about: the one meant, or the only one with an identifier where what is meant is its product.
std::optional<EntityIndex> only_item(const Examination& exam, const Scope& scope) {
  if (scope.roots.size() == 1 && exam.index.entities[scope.roots[0]].children.empty()) return scope.roots[0];
  if (exam.piece.second_person) return std::nullopt;
  for (const Mention& mention : exam.piece.mentions) {
    const EntityIndex thing = mention.entities[0];
    if (mention.by_id && exam.index.entities[thing].children.empty() && scope.holds(thing)) return thing;
  }
  return std::nullopt;
}

// A value that the same attribute has elsewhere (another variant, another product), but not here.
void check_foreign_value(Examination& exam, std::size_t first) {
  const auto parts = exam.index.parts_from(exam.piece.tokens[first].concept_id);
  if (parts.empty()) return;
  const Scope& scope = exam.scope_at(first);
  const bool open = exam.piece.hypothetical && !exam.described(first);
  if (!scope.exact || open || !exam.one_identified(first) || exam.piece.negated[first]) return;
  const auto item = only_item(exam, scope);
  if (!item) return;
  const auto& tokens = exam.piece.tokens;
  if (!exam.described(first) && std::any_of(tokens.begin(), tokens.end(), [](const Token& token) { return token.is(WordClass::kUnavailable); })) return;
  for (const Part& part : parts) {
    const Leaf& fact = exam.index.leaves[part.leaf];
    const bool here = scope.roots[0] == *item ? scope.holds(fact.entity) : fact.entity == *item;
    if (part.length != fact.words.size() || !exam.usable(part.leaf) || here || fact.trust != Trust::kMerchant || fact.identifier) continue;
    if (first + part.length > exam.piece.tokens.size()) continue;
    bool same = true;
    for (std::size_t k = 0; k < part.length && same; ++k) same = fact.words[part.first + k] == exam.piece.tokens[first + k].concept_id && !exam.piece.used[first + k];
    if (!same || !carries_value(exam, first, part.length) || names_things(fact)) continue;
    if (states(exam, *item, fact.words)) continue;
    for (std::uint32_t leaf : exam.index.entities[*item].leaves) {
      const Leaf& own = exam.index.leaves[leaf];
      if (own.key != fact.key || !exam.usable(leaf) || own.identifier) continue;
      if (std::search(own.words.begin(), own.words.end(), fact.words.begin(), fact.words.end()) != own.words.end()) return;
      if (shortens(exam.index.value_text(leaf), exam.piece.tokens[first].folded)) return;
      exam.claim(exam.piece.tokens[first].start, exam.piece.tokens[first + part.length - 1].end, ClaimKind::kAttribute, Verdict::kContradicted,
                 fmt::format("{}: {}", own.key, shortened(exam.index.value_text(leaf), kShownOfValue)), {leaf});
      return;
    }
  }
}

// "t_mobile" written as "TMobile".
void check_joined(Examination& exam, std::size_t token) {
  if (exam.piece.used[token] || exam.piece.negated[token] || !telling(exam, token, token)) return;
  const auto found = exam.index.joined_values.of(exam.piece.tokens[token].folded);
  if (found.empty()) return;
  const Scope& scope = exam.scope_at(token);
  for (std::uint32_t leaf : found) {
    if (!exam.usable(leaf) || !scope.holds(exam.index.leaves[leaf].entity) || !trusted(exam, exam.index.leaves[leaf])) continue;
    exam.claim(exam.piece.tokens[token].start, exam.piece.tokens[token].end, ClaimKind::kAttribute, Verdict::kSupported,
               fmt::format("{}: {}", exam.index.leaves[leaf].key, shortened(exam.index.value_text(leaf), kShownOfValue)), {leaf});
    return;
  }
}

bool list_gap(const Token& token) { return token.gap == ',' || token.is(WordClass::kAnd); }

// The words of one member of a list in the sentence, from `first`: up to the next comma or "and".
std::size_t member_end(const Examination& exam, std::size_t first) {
  std::size_t end = first + 1;
  while (end < exam.piece.tokens.size() && exam.piece.tokens[end].gap == ' ' && !exam.piece.tokens[end].is(WordClass::kAnd)) ++end;
  return end;
}

// "sensors including an accelerometer and a proximity sensor" where the record's list has no proximity: the other members and the name of
// the list are known, this one is nowhere in the evidence.
void check_member(Examination& exam, std::size_t first, std::uint32_t leaf) {
  const auto& tokens = exam.piece.tokens;
  while (first < tokens.size() && (tokens[first].is(WordClass::kAnd) || (!is_content(tokens[first]) && tokens[first].gap != ','))) ++first;
  if (first >= tokens.size()) return;
  const std::size_t end = member_end(exam, first);
  const bool closes = end == tokens.size() || tokens[end].gap != ' ' || tokens[end].is(WordClass::kAnd);
  if (!closes || end - first > 3 || exam.piece.negated[first]) return;
  const Leaf& list = exam.index.leaves[leaf];
  std::size_t unknown = end;
  for (std::size_t i = first; i < end; ++i) {
    if (tokens[i].is(WordClass::kNegationEnd)) return;
    if (exam.piece.used[i] || tokens[i].digits || tokens[i].is(WordClass::kEvaluative) || tokens[i].is(WordClass::kThing)) return;
    const bool of_list = std::find(list.attribute.begin(), list.attribute.end(), tokens[i].concept_id) != list.attribute.end();
    if (!is_content(tokens[i]) || (of_list && tokens[i].concept_id)) continue;
    if (tokens[i].concept_id && (!exam.index.holding(tokens[i].concept_id).empty() || !exam.index.attributed(tokens[i].concept_id).empty())) return;
    if (unknown == end) unknown = i;
  }
  if (unknown == end) return;
  exam.claim(tokens[unknown].start, tokens[end - 1].end, ClaimKind::kAttribute, Verdict::kContradicted,
             fmt::format("{}: {}", list.key, shortened(exam.index.value_text(leaf), kShownOfValue)), {leaf});
}

// The piece names the attribute: "sensors", "colours".
bool names_attribute(const Examination& exam, const Leaf& leaf) {
  return std::any_of(leaf.own.begin(), leaf.own.end(), [&](Concept word) {
    if (exam.lexicon.classes_of(word) & bit(WordClass::kGeneric)) return false;
    return std::any_of(exam.piece.tokens.begin(), exam.piece.tokens.end(), [&](const Token& said) { return said.concept_id == word; });
  });
}

void check_lists(Examination& exam) {
  const auto& tokens = exam.piece.tokens;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].concept_id == 0 || !exam.piece.used[i] || tokens[i].digits) continue;
    const auto parts = exam.index.parts_from(tokens[i].concept_id);
    for (const Part& part : parts) {
      const Leaf& list = exam.index.leaves[part.leaf];
      const bool plural = list.key.size() > 3 && list.key.back() == 's' && list.key != "status" && list.key != "address";
      if (!plural) continue;
      const bool member = part.length <= 3 && i + part.length <= tokens.size() && exam.usable(part.leaf) && list.trust == Trust::kMerchant;
      if (!member || list.words.size() > 40 || list.identifier || !names_attribute(exam, list)) continue;
      bool same = true;
      for (std::size_t k = 0; k < part.length && same; ++k) same = list.words[part.first + k] == tokens[i + k].concept_id;
      const std::size_t next = i + part.length;
      if (same && next < tokens.size() && list_gap(tokens[next]) && exam.scope_at(i).holds(list.entity)) {
        check_member(exam, next, part.leaf);
        break;
      }
    }
  }
}

}  // namespace

void check_values(Examination& exam) {
  check_classes(exam);
  for (std::size_t i = 0; i < exam.piece.tokens.size(); ++i) {
    if (!exam.piece.used[i]) check_foreign_value(exam, i);
  }
  const std::vector<EntityIndex> items = items_named(exam);
  for (std::size_t i = 0; i < exam.piece.tokens.size(); ++i) {
    if (exam.piece.used[i] || !is_content(exam.piece.tokens[i])) continue;
    if (!items.empty()) check_nobodys_value(exam, i, items);
    check_told_value(exam, i);
  }
  for (std::size_t i = 0; i < exam.piece.tokens.size();) {
    i += exam.piece.used[i] || !is_content(exam.piece.tokens[i]) ? 1 : check_run(exam, i);
  }
  for (std::size_t i = 0; i < exam.piece.tokens.size(); ++i) check_joined(exam, i);
  check_lists(exam);
}

}  // namespace floorwalker::verify
