#include <algorithm>

#include <fmt/format.h>

#include "agent/core/verify/phrase.h"
#include "agent/core/verify/piece.h"

// Identifiers must exist and be what they are called; the last digits of a card are not an internal number.
namespace floorwalker::verify {
namespace {

using LeafList = Lists<std::uint32_t>::List;

bool named(const Leaf& leaf, std::string_view a, std::string_view b) {
  return leaf.key.find(a) != std::string_view::npos && leaf.key.find(b) != std::string_view::npos;
}

bool last_digits(const Leaf& leaf) { return named(leaf, "last", "four") || named(leaf, "last", "4") || named(leaf, "card", "last"); }

bool all_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }); }

// "card ending in 2478".
void check_ending(Examination& exam, std::size_t token) {
  const std::string_view said = exam.words(token, token);
  std::vector<std::uint32_t> known;
  for (std::uint32_t leaf = 0; leaf < exam.index.leaves.size(); ++leaf) {
    const Leaf& fact = exam.index.leaves[leaf];
    if (!exam.usable(leaf)) continue;
    const bool by_shopper = fact.trust == Trust::kShopper && exam.index.value_text(leaf).find(said) != std::string_view::npos;
    if ((last_digits(fact) && exam.index.value_text(leaf) == said) || by_shopper) {
      exam.claim(exam.piece.tokens[token].start, exam.piece.tokens[token].end, ClaimKind::kIdentifier, Verdict::kSupported,
                 fmt::format("{} is {}", fact.key, said), {leaf});
      return;
    }
    if (last_digits(fact)) known.push_back(leaf);
  }
  bool of_number = false;
  exam.index.identifiers.each([&](std::string_view id, const LeafList& leaves) {
    const bool suffix = id.size() > said.size() + 2 && id.substr(id.size() - said.size()) == said;
    of_number = suffix && id.find('_') != std::string_view::npos && id.find("credit") == std::string_view::npos;
    if (of_number) exam.claim(exam.piece.tokens[token].start, exam.piece.tokens[token].end, ClaimKind::kIdentifier, Verdict::kSupported, "the last digits of its number", {leaves.front()});
    return of_number;
  });
  if (of_number) return;
  const std::string why = known.empty() ? "no tool result states these last digits"
                                        : fmt::format("the last digits on file are {}, not {}", exam.index.value_text(known.back()), said);
  exam.claim(exam.piece.tokens[token].start, exam.piece.tokens[token].end, ClaimKind::kIdentifier,
             known.empty() ? Verdict::kUnsupported : Verdict::kContradicted, why, known);
}

void check_endings(Examination& exam) {
  const auto& tokens = exam.piece.tokens;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!tokens[i].is(WordClass::kEnding)) continue;
    std::size_t next = i + 1;
    while (next < tokens.size() && next <= i + 4 && !all_digits(tokens[next].folded)) ++next;
    const bool between = next < tokens.size() && next <= i + 4 && tokens[next].gap != '.' && tokens[next].gap != ',';
    if (between && tokens[next].folded.size() >= 3 && !exam.piece.used[next]) check_ending(exam, next);
  }
}

// The word that says what an identifier is for: "order" in "order #W1".
Concept label_before(const Examination& exam, const IdentifierSpan& span) {
  const auto& tokens = exam.piece.tokens;
  for (std::size_t back = 1; back <= 3 && back <= span.first; ++back) {
    const Token& token = tokens[span.first - back];
    const std::string_view between = exam.piece.text.substr(token.end, tokens[span.first - back + 1].start - token.end);
    const bool label_end = back == 1 && (token.folded == "id" || token.folded == "number");
    if (between.find_first_not_of(label_end ? " *#:" : " *#") != std::string_view::npos) return 0;
    if (token.folded == "id" || token.folded == "ids" || token.folded == "number" || token.folded == "no") continue;
    if (token.is(WordClass::kCopula)) return 0;
    return token.concept_id;
  }
  return 0;
}

bool key_has(const Examination& exam, std::uint32_t leaf, Concept word) {
  const auto& attribute = exam.index.leaves[leaf].attribute;
  return std::find(attribute.begin(), attribute.end(), word) != attribute.end();
}

// True where some identifiers of the evidence carry the label, but none of those that hold this one.
bool mislabelled(const Examination& exam, const std::vector<std::uint32_t>& leaves, Concept label) {
  if (label == 0) return false;
  bool used = false;
  exam.index.identifiers.each([&](std::string_view, const LeafList& holders) {
    for (std::uint32_t leaf : holders) used = used || (exam.index.leaves[leaf].identifier && exam.usable(leaf) && key_has(exam, leaf, label));
    return used;
  });
  if (!used) return false;
  bool plain = false;
  for (std::uint32_t leaf : leaves) {
    if (key_has(exam, leaf, label) || exam.index.leaves[leaf].trust == Trust::kShopper) return false;
    if (exam.index.leaves[leaf].key == "id") return false;
    plain = plain || exam.index.leaves[leaf].identifier;
  }
  return plain;
}

// The end of a known identifier, or a known one with something before it.
bool part_of_known(Examination& exam, const IdentifierSpan& span) {
  const std::string_view said = span.normal;
  bool decided = false;
  exam.index.identifiers.each([&](std::string_view id, const LeafList& leaves) {
    const bool inside = id.size() >= 7 && said.size() > id.size() && said.substr(said.size() - id.size()) == id;
    const bool suffix = said.size() >= 7 && id.size() > said.size() && id.substr(id.size() - said.size()) == said;
    decided = inside || suffix;
    if (!decided) return false;
    const std::string_view key = exam.index.leaves[leaves.front()].key;
    exam.claim(suffix ? span.start : span.end - id.size(), span.end, ClaimKind::kIdentifier, Verdict::kSupported,
               key.empty() ? "of a tool result" : std::string(key), {leaves.front()});
    return true;
  });
  return decided;
}

void check_identifier(Examination& exam, const IdentifierSpan& span) {
  const LeafList known = exam.index.identifiers.of(span.normal);
  if (!known.empty()) {
    std::vector<std::uint32_t> leaves;
    for (std::uint32_t leaf : known) {
      if (exam.usable(leaf)) leaves.push_back(leaf);
    }
    if (leaves.empty()) leaves.assign(known.begin(), known.end());
    if (mislabelled(exam, leaves, label_before(exam, span))) {
      exam.claim(span.start, span.end, ClaimKind::kIdentifier, Verdict::kContradicted,
                 fmt::format("it is a {}", exam.index.leaves[leaves[0]].key), leaves);
    } else {
      exam.claim(span.start, span.end, ClaimKind::kIdentifier, Verdict::kSupported, fmt::format("{} of a tool result", exam.index.leaves[leaves[0]].key), leaves);
    }
    return;
  }
  if (part_of_known(exam, span)) return;
  if (exam.index.entity_of_id.find(span.normal)) {
    exam.claim(span.start, span.end, ClaimKind::kIdentifier, Verdict::kSupported, "named by a tool result");
    return;
  }
  const auto phrase = find_phrase(exam, span.first, span.last);
  if (!phrase.empty()) {
    exam.claim(span.start, span.end, ClaimKind::kIdentifier, Verdict::kSupported, "as written in a tool result", {phrase[0].leaf});
    return;
  }
  for (std::size_t back = 1; back <= 6 && back <= span.first; ++back) {
    const Token& token = exam.piece.tokens[span.first - back];
    if (token.is(WordClass::kExample) && token.folded != "example") return;
  }
  const bool placeholder = span.normal.find("0000") != std::string::npos;
  if (placeholder) return;
  for (const CallRecord& call : exam.index.calls) {
    if (call.arguments.find(exam.piece.text.substr(span.start, span.end - span.start)) == std::string::npos) continue;
    if (call.failed || exam.piece.negated[span.first] || exam.piece.negated.back()) return;
  }
  exam.claim(span.start, span.end, ClaimKind::kIdentifier, Verdict::kUnsupported, "no tool result has this identifier");
}

// Its own names, or those of what it is a variant of.
bool has_name(const EvidenceIndex& index, EntityIndex thing, const std::vector<EntityIndex>& named, int depth = 0) {
  for (EntityIndex one : named) {
    if (one == thing || (!index.entities[thing].names.empty() && !named_apart(index, thing, one))) return true;
  }
  if (depth > 2) return false;
  const auto& parents = index.entities[thing].parents;
  return std::any_of(parents.begin(), parents.end(), [&](EntityIndex parent) { return parent != 0 && has_name(index, parent, named, depth + 1); });
}

// The thing itself or what it is a variant of, whichever has a name; 0: neither.
EntityIndex titled_of(const EvidenceIndex& index, EntityIndex thing, int depth = 0) {
  if (thing == 0 || depth > 2 || !index.entities[thing].names.empty()) return depth > 2 ? 0 : thing;
  for (EntityIndex parent : index.entities[thing].parents) {
    if (const EntityIndex found = titled_of(index, parent, depth + 1)) return found;
  }
  return 0;
}

bool titled(const EvidenceIndex& index, EntityIndex thing) { return titled_of(index, thing) != 0; }

// Nothing between the two leads to another thing.
bool together(const Examination& exam, const Mention& name, const Mention& id) {
  if (exam.piece.text.substr(exam.piece.tokens[name.last].end, exam.piece.tokens[id.first].start - exam.piece.tokens[name.last].end).find('}') != std::string_view::npos) return false;
  for (std::size_t i = name.last + 1; i < id.first; ++i) {
    const Token& token = exam.piece.tokens[i];
    if ((leads_elsewhere(exam.piece, i) && token.folded != "from") || token.is(WordClass::kAnd) || token.gap == '.' || token.gap == '\n' || token.folded == "for" || token.is(WordClass::kUnavailable)) return false;
  }
  return true;
}

// "and the chair": what is named goes on a list.
bool joined_to(const Examination& exam, std::size_t token) {
  const auto& tokens = exam.piece.tokens;
  return (token > 0 && tokens[token - 1].is(WordClass::kAnd)) || (token > 1 && tokens[token - 1].is(WordClass::kStop) && tokens[token - 2].is(WordClass::kAnd));
}

// "Office Chair (item 2366567022)" where that is a water bottle: a name and the identifier that comes next.
void check_named_ids(Examination& exam) {
  const Mention* name = nullptr;
  bool named = false;
  for (const Mention& mention : exam.piece.mentions) {
    const EntityIndex thing = mention.entities[0];
    if (!mention.by_id) {
      const bool several = name && joined_to(exam, mention.first);  // "the lamp and the chair are 1 and 2"
      named = named || whole_name(exam.index, mention);
      name = whole_name(exam.index, mention) && !several ? &mention : nullptr;
      if (several) return;
      continue;
    }
    if (!exam.index.entities[thing].children.empty()) continue;  // an order, a product with variants
    if (!named) return;  // identifiers come first: "12345678 (lamp), 12345679 (chair)"
    if (name && titled(exam.index, thing) && together(exam, *name, mention) && !has_name(exam.index, thing, name->entities)) {
      const auto& tokens = exam.piece.tokens;
      exam.claim(tokens[name->first].start, tokens[name->last].end, ClaimKind::kName, Verdict::kContradicted,
                 fmt::format("{} is {}", exam.words(mention.first, mention.last), exam.index.title(titled_of(exam.index, thing))));
    }
    name = nullptr;
  }
}

// "802_18_BGN" where the record has "802_11_BGN": words joined by a line below, some of which are known, but not together.
void check_joined(Examination& exam) {
  const auto& tokens = exam.piece.tokens;
  const auto joined = [&](std::size_t i) { return tokens[i].start == tokens[i - 1].end + 1 && exam.piece.text[tokens[i - 1].end] == '_'; };
  for (std::size_t first = 0; first + 2 < tokens.size(); ++first) {
    std::size_t last = first;
    bool digits = tokens[first].digits;
    while (last + 1 < tokens.size() && joined(last + 1)) digits = tokens[++last].digits || digits;
    const bool known = exam.index.holding(tokens[first].concept_id).size() > 0 && tokens[first].digits;
    if (last >= first + 2 && digits && known && !exam.piece.used[first] && find_phrase(exam, first, last).empty()) {
      exam.claim(tokens[first].start, tokens[last].end, ClaimKind::kIdentifier, Verdict::kUnsupported, "no tool result has it so");
    }
    first = last;
  }
}

// "2366567022: Office Chair, black" where that is a water bottle: a name in the description of an item.
void check_described_names(Examination& exam) {
  for (const Mention& name : exam.piece.mentions) {
    const std::uint16_t pin = exam.piece.pinned[name.first];
    if (name.by_id || !pin || !whole_name(exam.index, name) || exam.piece.used[name.first] || exam.piece.negated[name.first]) continue;
    const Mention& item = exam.piece.mentions[pin - 1];
    const EntityIndex thing = item.entities[0];
    if (!titled(exam.index, thing) || has_name(exam.index, thing, name.entities)) continue;
    exam.claim(exam.piece.tokens[name.first].start, exam.piece.tokens[name.last].end, ClaimKind::kName, Verdict::kContradicted,
               fmt::format("{} is {}", exam.words(item.first, item.last), exam.index.title(titled_of(exam.index, thing))));
  }
}

// "E-Reader from order #W1" where that order has none.
void check_member_of(Examination& exam, const Mention* order, bool only) {
  const Entity& whole = exam.index.entities[order->entities[0]];
  const bool known = whole.names.empty() && std::any_of(whole.children.begin(), whole.children.end(), [&](EntityIndex child) { return titled(exam.index, child); });
  if (!known) return;
  for (const Mention& name : exam.piece.mentions) {
    if (name.by_id || !whole_name(exam.index, name)) continue;
    const bool first = name.last < order->first;
    const std::size_t from = (first ? name.last : order->last) + 1;
    const std::size_t to = first ? order->first : name.first;
    bool beside = to - from <= 4 && (first || (only && !exam.piece.exchange));
    bool inside = only;
    for (std::size_t i = from; i < to; ++i) inside = inside || exam.piece.tokens[i].folded == "in";
    beside = beside && inside;
    for (std::size_t i = from; i < to && beside; ++i) beside = !exam.piece.tokens[i].is(WordClass::kAnd) && exam.piece.tokens[i].gap != '.' && exam.piece.tokens[i].folded != "to";
    const bool member = std::any_of(whole.children.begin(), whole.children.end(), [&](EntityIndex child) { return has_name(exam.index, child, name.entities); });
    if (!beside || member || exam.piece.negated[name.first] || exam.piece.used[name.first]) continue;
    exam.claim(exam.piece.tokens[name.first].start, exam.piece.tokens[name.last].end, ClaimKind::kName, Verdict::kContradicted,
               fmt::format("{} has no such item", exam.words(order->first, order->last)));
  }
}

void check_member(Examination& exam) {
  std::vector<const Mention*> orders;
  for (const Mention& mention : exam.piece.mentions) {
    if (mention.by_id && !exam.index.entities[mention.entities[0]].children.empty()) orders.push_back(&mention);
  }
  for (const Mention* order : orders) check_member_of(exam, order, orders.size() == 1);
}

}  // namespace

void check_identifiers(Examination& exam) {
  check_endings(exam);
  check_named_ids(exam);
  check_described_names(exam);
  check_member(exam);
  if (exam.piece.text.find('_') != std::string_view::npos) check_joined(exam);
  for (const IdentifierSpan& span : exam.piece.identifiers) {
    if (!exam.piece.used[span.first]) check_identifier(exam, span);
  }
}

}  // namespace floorwalker::verify
