#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "agent/core/verify/binding.h"
#include "agent/core/verify/derive.h"
#include "agent/core/verify/phrase.h"
#include "agent/core/verify/piece.h"

// How many there are: of a list in a result, of a shop (its extent, not a page of it), of parts that a product states.
namespace floorwalker::verify {
namespace {

struct CountSpan {
  std::size_t first = 0;       // token of the number
  std::int64_t value = 0;
  std::size_t noun = 0;        // token of what is counted
};

std::optional<std::int64_t> whole_number(const Examination& exam, std::size_t token) {
  const Token& word = exam.piece.tokens[token];
  if (word.is(WordClass::kNumberWord) && word.folded != "one") {
    const auto named = exam.lexicon.numbers.find(word.folded);
    if (named != exam.lexicon.numbers.end()) return named->second;
  }
  if (word.folded.empty() || word.folded.size() > 4 || word.folded.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  return std::atoll(word.folded.c_str());
}

bool counts_variants(const Examination& exam, Concept noun, const Collection& list) {
  const auto named = [&](std::string_view word) {
    const Concept known = exam.index.concepts.find(word).id;
    return known && std::find(list.name.begin(), list.name.end(), known) != list.name.end();
  };
  if (std::find(list.name.begin(), list.name.end(), noun) != list.name.end()) return true;
  if (!(exam.lexicon.classes_of(noun) & bit(WordClass::kThing))) return false;
  if (noun == exam.index.concepts.find("item").id) return named("items") || named("lines");
  return noun != exam.index.concepts.find("order").id && (named("variants") || named("options"));
}

// Every word between number and noun must be understood: a name of the owner, "available", or empty.
bool understood(const Examination& exam, const CountSpan& span, const Collection& list) {
  const auto& tokens = exam.piece.tokens;
  for (std::size_t i = span.first + 1; i < span.noun; ++i) {
    const Token& word = tokens[i];
    if (word.is(WordClass::kStop) || word.is(WordClass::kAvailable) || word.is(WordClass::kThing) || word.is(WordClass::kEvaluative)) continue;
    bool of_owner = false;
    for (const auto& name : exam.index.entities[list.owner].names) of_owner = of_owner || std::find(name.begin(), name.end(), word.concept_id) != name.end();
    if (!of_owner || word.concept_id == 0) return false;
  }
  return true;
}

// Something after the noun narrows what is counted: "options in black", "items under $50".
bool narrowed(const Examination& exam, const CountSpan& span, const Collection& list) {
  const auto& tokens = exam.piece.tokens;
  for (std::size_t i = span.noun + 1; i < tokens.size(); ++i) {
    if (tokens[i].gap == '.' || tokens[i].gap == ':' || tokens[i].gap == ';') break;
    const Token& word = tokens[i];
    if (word.is(WordClass::kNegationEnd) || word.folded == "that" || word.folded == "which" || word.folded == "under" || word.folded == "matching") return true;
    if (word.is(WordClass::kStop) || word.is(WordClass::kAvailable) || word.is(WordClass::kThing)) continue;
    bool of_owner = false;
    for (const auto& name : exam.index.entities[list.owner].names) of_owner = of_owner || std::find(name.begin(), name.end(), word.concept_id) != name.end();
    static constexpr std::string_view kPlaces[] = {"store", "shop", "online", "currently", "total", "cart", "catalogue", "catalog", "stock", "choose", "right", "now", "order"};
    if (!of_owner && std::find(std::begin(kPlaces), std::end(kPlaces), word.folded) == std::end(kPlaces)) return true;
  }
  return false;
}

// "there are 11 options", "all 11", "a total of 11": tells how many there are; "between two orders" does not.
bool says_how_many(const Examination& exam, std::size_t number) {
  static constexpr std::string_view kThereIs[] = {"there", "offer", "carry", "sell", "total", "all", "currently", "stock"};
  for (std::size_t back = 1; back <= 3 && back <= number; ++back) {
    const Token& word = exam.piece.tokens[number - back];
    if (std::find(std::begin(kThereIs), std::end(kThereIs), word.folded) != std::end(kThereIs)) return true;
  }
  return number == 0;
}

// The count is of what cannot be bought: "two options are out of stock".
bool counts_unavailable(const Examination& exam, const CountSpan& span) {
  const auto& tokens = exam.piece.tokens;
  for (std::size_t i = span.first + 1; i < tokens.size() && i <= span.noun + 3; ++i) {
    if (i > span.noun && tokens[i].gap != ' ') return false;
    if (tokens[i].is(WordClass::kUnavailable)) return true;
  }
  return false;
}

// "at least 12", "more than 12"
bool bounds_below(const Examination& exam, std::size_t number) {
  for (std::size_t back = 1; back <= 2 && back <= number; ++back) {
    if (exam.piece.tokens[number - back].is(WordClass::kAtLeast)) return true;
  }
  return false;
}

bool agrees(const Examination& exam, const CountSpan& span, const Collection& list) {
  const std::int64_t value = span.value;
  const bool says_available = list.says_available && !exam.index.too_old(list.document);
  if (says_available && counts_unavailable(exam, span)) return value == static_cast<std::int64_t>(list.count - list.available);
  if (list.at_least) return value <= list.total && bounds_below(exam, span.first);
  if (!list.complete) return value == list.total;
  return value == static_cast<std::int64_t>(list.count) || (says_available && value == static_cast<std::int64_t>(list.available)) || value == list.total;
}

std::uint32_t some_leaf(const Examination& exam, const Collection& list) {
  const Document& document = *exam.index.documents[list.document];
  for (std::uint32_t leaf = document.first_leaf; leaf < document.last_leaf; ++leaf) {
    for (std::uint32_t node = exam.index.leaves[leaf].node; node; node = document.tree[node].parent) {
      if (node == list.node) return leaf;
    }
  }
  return document.first_leaf;
}

// Decides a count of the members of a list; false if no list is surely meant.
bool check_list(Examination& exam, const CountSpan& span) {
  const Scope& scope = exam.scope_at(span.noun);
  std::vector<const Collection*> meant;
  for (const Collection& list : exam.index.collections) {
    if (list.count < 2 && list.complete) continue;
    if (!exam.index.documents[list.document]->live || !counts_variants(exam, exam.piece.tokens[span.noun].concept_id, list)) continue;
    if (!scope.holds(list.owner) || !understood(exam, span, list)) continue;
    meant.push_back(&list);
  }
  if (meant.empty()) return false;
  for (const Collection* list : meant) {
    if (!agrees(exam, span, *list)) continue;
    Claim& claim = exam.claim(exam.piece.tokens[span.first].start, exam.piece.tokens[span.noun].end, ClaimKind::kCount, Verdict::kSupported,
                              fmt::format("{} of them in the result", span.value));
    claim.evidence.push_back(exam.index.documents[list->document]->source + "#" + exam.index.documents[list->document]->tree.pointer(list->node));
    return true;
  }
  const Collection& list = *meant.back();
  const bool sure = meant.size() == 1 && says_how_many(exam, span.first) && (scope.exact || list.owner == 0) && !narrowed(exam, span, list) && !exam.piece.question && !exam.piece.hypothetical;
  if (!sure) return false;
  const std::string why = list.at_least ? fmt::format("the shop has {} or more", list.total)
                          : !list.complete ? fmt::format("the shop has {}, of which this is a page of {}", list.total, list.count)
                          : list.says_available ? fmt::format("{} in all, {} of them available", list.count, list.available)
                                                : fmt::format("{} in the result", list.count);
  exam.claim(exam.piece.tokens[span.first].start, exam.piece.tokens[span.noun].end, ClaimKind::kCount, Verdict::kContradicted, why, {some_leaf(exam, list)});
  return true;
}

// A fact that counts: number_of_drawers, fan_count.
bool counting_key(std::string_view key) {
  return key.find("number_of") != std::string_view::npos || key.find("count") != std::string_view::npos || key.find("num_") != std::string_view::npos || key.find("quantity") != std::string_view::npos;
}

// The fact's whole value is how many of the noun there are: {"number_of_keys": {"value": 104}}, "pieces": "1000".
bool counts_noun(const Examination& exam, const Leaf& fact, const CountSpan& span) {
  if (counting_key(fact.key)) return true;
  const auto says = [&](std::string_view word) { return std::find(fact.attribute.begin(), fact.attribute.end(), exam.index.concepts.find(word).id) != fact.attribute.end(); };
  if (says("number") || says("count")) return true;
  return span.noun == span.first + 1 && fact.words.size() == 1 && fact.attribute.size() == 1 && exam.piece.tokens[span.noun].folded.back() == 's';
}

// Another variant has so many, and nothing says that this one is meant; or the shopper spoke of so many.
bool count_of_another(Examination& exam, const CountSpan& span, const Scope& scope) {
  const Token& number = exam.piece.tokens[span.first];
  for (std::uint32_t leaf : exam.index.attributed(exam.piece.tokens[span.noun].concept_id)) {
    const Leaf& fact = exam.index.leaves[leaf];
    if (exam.one_identified(span.first) || !exam.usable(leaf) || fact.trust != Trust::kMerchant || fact.numbers != 1 || !exam.kin(scope, fact.entity)) continue;
    if (exam.index.numbers[fact.first_number].number.value != static_cast<double>(span.value)) continue;
    exam.claim(number.start, exam.piece.tokens[span.noun].end, ClaimKind::kCount, Verdict::kSupported,
               fmt::format("{} is {}", fact.key, exam.index.value_text(leaf).substr(0, 40)), {leaf});
    return true;
  }
  const auto holding = exam.index.holding(number.concept_id);
  return std::any_of(holding.begin(), holding.end(), [&](const Posting& posting) { return exam.index.leaves[posting.leaf].trust == Trust::kShopper; });
}

// "1000 more pieces": a difference of two counts.
bool counts_more(const Examination& exam, const CountSpan& span) {
  static constexpr std::string_view kMore[] = {"more", "fewer", "less", "additional", "extra"};
  const std::string& next = exam.piece.tokens[span.first + 1].folded;
  return span.noun > span.first + 1 && std::find(std::begin(kMore), std::end(kMore), next) != std::end(kMore);
}

// Two counts of the noun differ by so much; or nobody can tell, or somebody said so.
void check_more(Examination& exam, const CountSpan& span) {
  std::vector<std::pair<double, std::uint32_t>> counts;
  for (std::uint32_t leaf : exam.index.attributed(exam.piece.tokens[span.noun].concept_id)) {
    const Leaf& fact = exam.index.leaves[leaf];
    if (!exam.usable(leaf) || fact.trust != Trust::kMerchant || fact.numbers != 1 || !exam.index.numbers[fact.first_number].number.bare()) continue;
    counts.emplace_back(exam.index.numbers[fact.first_number].number.value, leaf);
  }
  const Token& first = exam.piece.tokens[span.first];
  const std::size_t end = exam.piece.tokens[span.noun].end;
  for (const auto& [a, leaf] : counts) {
    for (const auto& [b, other] : counts) {
      if (a - b == static_cast<double>(span.value)) {
        exam.claim(first.start, end, ClaimKind::kCount, Verdict::kSupported, fmt::format("{} and {}", exam.index.value_text(leaf), exam.index.value_text(other)), {leaf, other});
        return;
      }
    }
  }
  const auto holding = exam.index.holding(first.concept_id);
  const bool said = std::any_of(holding.begin(), holding.end(), [&](const Posting& posting) { return exam.index.leaves[posting.leaf].trust == Trust::kShopper; });
  if (said || counts.size() < 2) return;
  exam.claim(first.start, end, ClaimKind::kCount, Verdict::kUnsupported, "no two counts in the evidence are so far apart", {counts[0].second});
}

// "three fans" against {"fan_count": 3}; "four colours" against "Black, White, Red".
bool check_fact(Examination& exam, const CountSpan& span) {
  const Concept noun = exam.piece.tokens[span.noun].concept_id;
  const auto leaves = exam.index.attributed(noun);
  if (noun == 0 || leaves.empty()) return false;
  if (counts_more(exam, span)) {
    check_more(exam, span);
    return true;
  }
  const Scope& scope = exam.scope_at(span.noun);
  std::vector<std::uint32_t> others;
  for (std::uint32_t leaf : leaves) {
    const Leaf& fact = exam.index.leaves[leaf];
    if (!exam.usable(leaf) || !scope.holds(fact.entity) || fact.trust != Trust::kMerchant) continue;
    for (std::uint32_t n = fact.first_number; n < fact.first_number + fact.numbers; ++n) {
      const Number& number = exam.index.numbers[n].number;
      if (!number.bare()) continue;
      if (number.value == static_cast<double>(span.value)) {
        exam.claim(exam.piece.tokens[span.first].start, exam.piece.tokens[span.noun].end, ClaimKind::kCount, Verdict::kSupported,
                   fmt::format("{} is {}", fact.key, exam.index.value_text(leaf).substr(0, 40)), {leaf});
        return true;
      }
      if (counts_noun(exam, fact, span)) others.push_back(leaf);
    }
  }
  if (count_of_another(exam, span, scope)) return true;
  for (std::uint32_t leaf : others) {
    if (asked_for_more(exam, static_cast<double>(span.value), exam.index.numbers[exam.index.leaves[leaf].first_number].number.value)) return true;
  }
  if (others.empty() || exam.piece.hypothetical || exam.piece.question || exam.piece.negated[span.first]) return false;
  exam.claim(exam.piece.tokens[span.first].start, exam.piece.tokens[span.noun].end, ClaimKind::kCount, Verdict::kContradicted,
             fmt::format("{} is {}", exam.index.leaves[others[0]].key, exam.index.value_text(others[0]).substr(0, 40)), others);
  return true;
}

void check_count(Examination& exam, std::size_t token, std::int64_t value) {
  const auto& tokens = exam.piece.tokens;
  for (std::size_t noun = token + 1; noun <= token + 5 && noun < tokens.size(); ++noun) {
    if (noun == token + 1 && tokens[noun].gap == '-') return;
    const bool apart = tokens[noun].gap == '.' || tokens[noun].gap == ',' || tokens[noun].gap == ';' || tokens[noun].gap == '\n' || tokens[noun].gap == '(' || tokens[noun].gap == '$';
    if (apart || tokens[noun].digits) return;
    if (tokens[noun].concept_id == 0) continue;
    const CountSpan span{token, value, noun};
    if (check_fact(exam, span) || check_list(exam, span)) return;
  }
}

bool part_of_a_number(const Examination& exam, std::size_t token) {
  for (const Number& number : exam.piece.numbers) {
    if (number.first_token <= token && token <= number.last_token) return !number.bare() || number.decimals > 0 || number.glued;
  }
  for (const Mention& mention : exam.piece.mentions) {
    if (mention.first <= token && token <= mention.last) return true;
  }
  return false;
}

}  // namespace

void check_counts(Examination& exam) {
  for (std::size_t i = 0; i + 1 < exam.piece.tokens.size(); ++i) {
    if (exam.piece.used[i]) continue;
    const auto value = whole_number(exam, i);
    if (i > 0 && exam.piece.tokens[i - 1].is(WordClass::kGeneric) && exam.piece.tokens[i].gap == ' ' && exam.piece.tokens[i - 1].folded != "total") continue;
    const bool list_number = i == 0 && exam.piece.depth >= 0 && exam.piece.depth % 2 == 0;
    if (value && !list_number && !part_of_a_number(exam, i)) check_count(exam, i, *value);
  }
}

}  // namespace floorwalker::verify
