#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "agent/core/verify/piece.h"

// "cheaper than", "the lightest": recomputed over the evidence; a page of the shop proves nothing about the whole of it.
namespace floorwalker::verify {
namespace {

struct Standing {
  double value = 0;
  std::uint32_t leaf = 0;
};

bool of_attribute(const Leaf& leaf, const ComparisonRule& rule) {
  return std::any_of(rule.attributes.begin(), rule.attributes.end(), [&](Concept word) {
    return std::find(leaf.attribute.begin(), leaf.attribute.end(), word) != leaf.attribute.end();
  });
}

// The attribute's value of a thing: of several variants the one that wins.
std::optional<Standing> standing(const Examination& exam, EntityIndex entity, const ComparisonRule& rule, int depth = 0) {
  std::optional<Standing> best;
  const auto offer = [&](const Standing& one) {
    if (!best || (rule.low ? one.value < best->value : one.value > best->value)) best = one;
  };
  for (std::uint32_t leaf : exam.index.entities[entity].leaves) {
    const Leaf& fact = exam.index.leaves[leaf];
    if (!exam.usable(leaf) || fact.trust != Trust::kMerchant || fact.numbers == 0 || !of_attribute(fact, rule)) continue;
    if (fact.key == "compare_at" || fact.key == "price_to" || fact.key == "price_high") continue;
    const Number& number = exam.index.numbers[fact.first_number].number;
    offer({number.money ? static_cast<double>(number.minor) : number.canonical(), leaf});
  }
  if (best || depth > 1) return best;
  for (EntityIndex child : exam.index.entities[entity].children) {
    if (const auto found = standing(exam, child, rule, depth + 1)) offer(*found);
  }
  return best;
}

const Mention* mention_before(const Examination& exam, std::size_t token) {
  const Mention* found = nullptr;
  for (const Mention& mention : exam.piece.mentions) {
    if (mention.last < token && mention.entities.size() == 1) found = &mention;
  }
  return found;
}

const Mention* mention_after(const Examination& exam, std::size_t token) {
  for (const Mention& mention : exam.piece.mentions) {
    if (mention.first > token && mention.entities.size() == 1) return &mention;
  }
  return nullptr;
}

void decide(Examination& exam, std::size_t token, ClaimKind kind, bool holds, const std::string& why, const std::vector<std::uint32_t>& leaves) {
  exam.claim(exam.piece.tokens[token].start, exam.piece.tokens[token].end, kind, holds ? Verdict::kSupported : Verdict::kContradicted, why, leaves);
}

std::string compared(const Examination& exam, std::uint32_t a, std::uint32_t b) {
  return fmt::format("{} against {}", exam.index.value_text(a), exam.index.value_text(b));
}

// "A is cheaper than B".
void check_comparative(Examination& exam, std::size_t token, const ComparisonRule& rule) {
  const auto& tokens = exam.piece.tokens;
  std::size_t than = token + 1;
  while (than < tokens.size() && than <= token + 3 && tokens[than].folded != "than") ++than;
  if (than >= tokens.size() || tokens[than].folded != "than") return;
  const Mention* a = mention_before(exam, token);
  const Mention* b = mention_after(exam, than);
  const EntityIndex first = a ? a->entities[0] : exam.piece.context.size() == 1 ? exam.piece.context[0] : 0;
  if (!first || !b || first == b->entities[0]) return;
  const auto mine = standing(exam, first, rule);
  const auto other = standing(exam, b->entities[0], rule);
  if (!mine || !other) return;
  const bool wins = rule.low ? mine->value < other->value : mine->value > other->value;
  decide(exam, token, ClaimKind::kComparison, wins != exam.piece.negated[token], compared(exam, mine->leaf, other->leaf), {mine->leaf, other->leaf});
}

// Things that stand beside an entity: members of the same list or variants of the same product.
std::vector<EntityIndex> peers_of(const Examination& exam, EntityIndex entity) {
  std::vector<EntityIndex> peers;
  for (EntityIndex parent : exam.index.entities[entity].parents) {
    const auto& siblings = exam.index.entities[parent].children;
    if (siblings.size() > 400) continue;
    peers.insert(peers.end(), siblings.begin(), siblings.end());
  }
  return peers;
}

// Whether the list that the entity stands in is all there is.
bool whole_list(const Examination& exam, EntityIndex entity) {
  for (const Collection& list : exam.index.collections) {
    if (list.complete) continue;
    for (std::uint32_t leaf : exam.index.entities[entity].leaves) {
      if (exam.index.leaves[leaf].document == list.document) return false;
    }
  }
  return true;
}

bool among_shown(const Examination& exam) {
  static constexpr std::string_view kThese[] = {"these", "those", "two", "three", "four", "both", "shown", "above", "them", "list", "here"};
  return std::any_of(exam.piece.tokens.begin(), exam.piece.tokens.end(),
                     [&](const Token& token) { return std::find(std::begin(kThese), std::end(kThese), token.folded) != std::end(kThese); });
}

// The tool said so itself: {"what": "cheapest", "product": {...}}, or a result sorted by it.
bool extreme_stated(const Examination& exam, const std::string& word, EntityIndex entity) {
  for (EntityIndex parent : exam.index.entities[entity].parents) {
    for (std::uint32_t leaf : exam.index.entities[parent].leaves) {
      if (exam.index.leaves[leaf].key == "what" && exam.index.value_text(leaf) == word) return true;
    }
  }
  return false;
}

// "A is the cheapest".
void check_superlative(Examination& exam, std::size_t token, const ComparisonRule& rule) {
  const Mention* mention = mention_before(exam, token);
  if (!mention) mention = mention_after(exam, token);
  const EntityIndex entity = mention ? mention->entities[0] : exam.piece.context.size() == 1 ? exam.piece.context[0] : 0;
  if (!entity || exam.piece.negated[token] || exam.piece.question || exam.piece.hypothetical) return;
  const std::string& word = exam.piece.tokens[token].folded;
  const auto mine = standing(exam, entity, rule);
  if (!mine) return;
  if (extreme_stated(exam, word, entity)) return decide(exam, token, ClaimKind::kSuperlative, true, "the shop says so", {mine->leaf});
  std::optional<Standing> better;
  std::size_t peers = 0;
  for (EntityIndex peer : peers_of(exam, entity)) {
    const auto other = peer == entity ? std::nullopt : standing(exam, peer, rule);
    if (!other) continue;
    ++peers;
    if (rule.low ? other->value < mine->value : other->value > mine->value) better = other;
  }
  if (peers == 0) return;
  const bool narrowed = exam.piece.tokens.size() > token + 1 && exam.piece.tokens[token + 1].is(WordClass::kAvailable);
  if (better && !narrowed) return decide(exam, token, ClaimKind::kSuperlative, false, compared(exam, better->leaf, mine->leaf), {better->leaf, mine->leaf});
  if (better) return;
  if (whole_list(exam, entity) || among_shown(exam)) return decide(exam, token, ClaimKind::kSuperlative, true, "over every thing in the result", {mine->leaf});
  exam.claim(exam.piece.tokens[token].start, exam.piece.tokens[token].end, ClaimKind::kSuperlative, Verdict::kUnsupported,
             "the result is only a page of what the shop has", {mine->leaf});
}

}  // namespace

void check_comparisons(Examination& exam) {
  for (std::size_t i = 0; i < exam.piece.tokens.size(); ++i) {
    if (!exam.piece.tokens[i].is(WordClass::kComparing)) continue;
    const auto rule = exam.lexicon.comparisons.find(exam.piece.tokens[i].folded);
    if (rule == exam.lexicon.comparisons.end() || exam.piece.used[i]) continue;
    if (rule->second.superlative) check_superlative(exam, i, rule->second);
    else check_comparative(exam, i, rule->second);
  }
}

}  // namespace floorwalker::verify
