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

// An order, cart or bundle: its members are no alternatives to each other.
bool bundles(const Examination& exam, EntityIndex parent) {
  if (parent == 0) return false;
  const auto& leaves = exam.index.entities[parent].leaves;
  return std::any_of(leaves.begin(), leaves.end(), [&](std::uint32_t leaf) {
    const std::string_view key = exam.index.leaves[leaf].key;
    return key == "status" || key == "order_id" || key == "total" || key == "line";
  });
}

// Things that stand beside an entity: members of the same list or variants of the same product.
std::vector<EntityIndex> peers_of(const Examination& exam, EntityIndex entity) {
  std::vector<EntityIndex> peers;
  for (EntityIndex parent : exam.index.entities[entity].parents) {
    const auto& siblings = exam.index.entities[parent].children;
    if (siblings.size() > 400 || bundles(exam, parent)) continue;
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

// Cannot be bought: nobody means it by "the cheapest".
bool out_of_stock(const Examination& exam, EntityIndex entity) {
  return std::any_of(exam.index.entities[entity].leaves.begin(), exam.index.entities[entity].leaves.end(), [&](std::uint32_t leaf) {
    const Leaf& fact = exam.index.leaves[leaf];
    const bool tells = fact.key == "available" || fact.key == "in_stock" || fact.key == "availability";
    const std::string_view value = exam.index.value_text(leaf);
    return tells && exam.usable(leaf) && (fact.no || value == "no" || value == "out_of_stock" || value == "OutOfStock");
  });
}

// Words that belong to a superlative without narrowing what it is said over: "cheapest one available".
bool narrows(const Examination& exam, std::size_t token) {
  static constexpr std::string_view kPlain[] = {"price", "priced", "currently", "now", "already", "overall"};
  const Token& word = exam.piece.tokens[token];
  if (word.is(WordClass::kStop) || word.is(WordClass::kThing) || word.is(WordClass::kAvailable) || word.is(WordClass::kOrdinalNoun) || word.is(WordClass::kCopula)) return false;
  return std::find(std::begin(kPlain), std::end(kPlain), word.folded) == std::end(kPlain);
}

// The thing that a superlative is said of: "A is the cheapest", "the cheapest is A", "our cheapest laptop, the A". None for "I will look for
// the cheapest", "exchange A for the cheapest", and where other words narrow it ("the cheapest green one").
EntityIndex said_of(const Examination& exam, std::size_t token) {
  const auto& tokens = exam.piece.tokens;
  const Mention* before = mention_before(exam, token);
  bool copula = false;
  for (std::size_t i = before ? before->last + 1 : 0; i < token; ++i) {
    if (tokens[i].is(WordClass::kNegation) || tokens[i].is(WordClass::kFuture) || tokens[i].is(WordClass::kHypothetical)) return 0;
    copula = copula || tokens[i].is(WordClass::kCopula);
    if (copula && narrows(exam, i)) return 0;
  }
  std::size_t end = token + 1;
  while (end < tokens.size() && tokens[end].gap == ' ' && !tokens[end].is(WordClass::kCopula)) ++end;
  if (copula) {
    for (std::size_t i = token + 1; i < end; ++i) {
      if (narrows(exam, i)) return 0;
    }
    return before ? before->entities[0] : exam.piece.context.size() == 1 ? exam.piece.context[0] : 0;
  }
  const Mention* after = mention_after(exam, token);
  if (!after || before) return 0;
  for (std::size_t i = token + 1; i < after->first; ++i) {
    if (narrows(exam, i) || tokens[i].gap == '.' || tokens[i].gap == '\n') return 0;
    copula = copula || tokens[i].is(WordClass::kCopula) || tokens[i].gap == ':';
  }
  return copula ? after->entities[0] : 0;
}

void check_superlative(Examination& exam, std::size_t token, const ComparisonRule& rule) {
  const EntityIndex entity = said_of(exam, token);
  if (!entity || exam.piece.negated[token] || exam.piece.question || exam.piece.hypothetical) return;
  const std::string& word = exam.piece.tokens[token].folded;
  const auto mine = standing(exam, entity, rule);
  if (!mine) return;
  if (extreme_stated(exam, word, entity)) return decide(exam, token, ClaimKind::kSuperlative, true, "the shop says so", {mine->leaf});
  std::optional<Standing> better;
  std::size_t peers = 0;
  for (EntityIndex peer : peers_of(exam, entity)) {
    const auto other = peer == entity || (out_of_stock(exam, peer) && !among_shown(exam)) ? std::nullopt : standing(exam, peer, rule);
    if (!other) continue;
    ++peers;
    if (rule.low ? other->value < mine->value : other->value > mine->value) better = other;
  }
  if (peers == 0) return;
  if (better) return decide(exam, token, ClaimKind::kSuperlative, false, compared(exam, better->leaf, mine->leaf), {better->leaf, mine->leaf});
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
