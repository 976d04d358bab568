#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "agent/core/text.h"
#include "agent/core/verify/binding.h"
#include "agent/core/verify/derive.h"
#include "agent/core/verify/phrase.h"
#include "agent/core/verify/piece.h"

// Numbers with units, amounts of money, bare figures: each must be the value of the fact that the sentence speaks of.
namespace floorwalker::verify {
namespace {

constexpr double kFirm = 0.5;       // agreement from which a fact is surely the one meant
constexpr double kClear = 0.25;     // by which another fact must agree better

// How a number is bounded by the words before it.
enum class Bound { kNone, kAbout, kAtMost, kAtLeast };

struct Candidate {
  std::uint32_t number = 0;
  double agrees = 0;
  bool conflict = false;
  bool inside = false;   // of the thing spoken of
};

struct Judgement {
  std::vector<Candidate> same;      // facts with the same value
  Candidate best;                   // the fact that the words point to, whatever its value
  bool any_best = false;
};

// What the last of some decimals is worth.
double last_digit(int decimals) {
  static constexpr double kWorth[] = {1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9};
  return kWorth[std::clamp<std::size_t>(static_cast<std::size_t>(std::max(decimals, 0)), 0, std::size(kWorth) - 1)];
}

double comparable(const Number& n) { return n.money ? static_cast<double>(n.minor) / 100.0 : n.canonical(); }

bool equal_value(const Number& said, const Number& known, bool about) {
  if (said.money || known.money) {
    if (!said.currency.code().empty() && !known.currency.code().empty() && said.currency != known.currency) return false;
    const std::int64_t a = said.money ? said.minor : std::llround(said.value * 100);
    const std::int64_t b = known.money ? known.minor : std::llround(known.value * 100);
    if (std::abs(a) == std::abs(b)) return true;
    const bool whole = said.decimals == 0 && std::llabs(std::abs(a) - std::abs(b)) < 100 && about;
    return whole || (about && std::abs(static_cast<double>(std::abs(a) - std::abs(b))) <= 0.05 * static_cast<double>(std::abs(b)));
  }
  const double a = comparable(said);
  const double b = comparable(known);
  const double gap = std::abs(std::abs(a) - std::abs(b));
  if (gap <= 1e-9 + 0.0005 * std::abs(b)) return true;
  if (about) return gap <= 0.06 * std::abs(b);
  if (gap > 0.6 * said.unit.scale) return false;  // more than any rounding
  const bool converted = said.unit.symbol != known.unit.symbol;
  const bool rounded = said.decimals < known.decimals && said.decimals >= 1;
  if (!converted && !rounded) return false;
  const double step = 0.5 * last_digit(said.decimals) * said.unit.scale;
  if (!converted && std::abs(gap - step) < 1e-9 && std::abs(a) < std::abs(b)) return false;  // 0.25 is 0.3 rather than 0.2
  return gap <= step * 1.02 + 1e-9;
}

// The word is part of a thing's name: "Desk Dock Max".
bool named(const Examination& exam, std::size_t token) {
  return std::any_of(exam.piece.mentions.begin(), exam.piece.mentions.end(), [&](const Mention& mention) { return mention.first <= token && token <= mention.last; });
}

Bound bound_of(const Examination& exam, const Number& number) {
  const auto& tokens = exam.piece.tokens;
  for (std::size_t back = 1; back <= 3 && back <= number.first_token; ++back) {
    const Token& token = tokens[number.first_token - back];
    if (tokens[number.first_token - back + 1].gap == ',' || named(exam, number.first_token - back)) break;
    if (token.is(WordClass::kAtMost)) return Bound::kAtMost;
    if (token.is(WordClass::kAtLeast)) return Bound::kAtLeast;
    if (token.is(WordClass::kApproximate)) return Bound::kAbout;
    if (!token.is(WordClass::kStop)) break;
  }
  const std::size_t start = number.start;
  if (start > 0 && exam.piece.text[start - 1] == '~') return Bound::kAbout;
  return Bound::kNone;
}

bool source_allows(const Examination& exam, const Leaf& leaf) {
  if (leaf.trust == Trust::kThirdParty) return exam.piece.review;
  return true;
}

// Which of two facts with the same value is meant: of the thing spoken of before others, results before content and shopper.
double rank(const Examination& exam, const Candidate& candidate) {
  const std::uint32_t leaf = exam.index.numbers[candidate.number].leaf;
  const bool shopper = exam.index.leaves[leaf].trust == Trust::kShopper;
  return (candidate.inside && !exam.index.content(leaf) ? 4.0 : 0.0) - (candidate.conflict ? 2.0 : 0.0) - (shopper ? 3.0 : 0.0) - (exam.index.content(leaf) ? 2.5 : 0.0) +
         std::min(candidate.agrees, 1.9);
}

// What it cost once: proves a price only where the sentence compares it with today's.
bool former_price(const Examination& exam, const Leaf& leaf) {
  if (leaf.key != "compare_at" && leaf.key != "compare_at_price" && leaf.key != "list_price") return false;
  static constexpr std::string_view kOnce[] = {"was", "were", "originally", "original", "regular", "regularly", "list", "listed", "from", "instead", "before", "msrp",
                                               "save", "saves", "saving", "off", "reduced", "than", "compare", "compared", "usually", "normally", "down", "sale", "discount"};
  return std::none_of(exam.piece.tokens.begin(), exam.piece.tokens.end(), [](const Token& token) { return std::find(std::begin(kOnce), std::end(kOnce), token.folded) != std::end(kOnce); });
}

// What a number is weighed by.
struct Scales {
  const Scope& scope;
  const std::vector<Hint>& hints;
  std::uint64_t groups = 0;   // of the hints
  Concept label = 0;          // "Size: 17"
  Bound bound = Bound::kNone;
};

void weigh(const Examination& exam, const Number& said, const Scales& by, std::uint32_t i, Judgement& judged) {
  const EvidenceNumber& known = exam.index.numbers[i];
  const bool equal = equal_value(said, known.number, by.bound == Bound::kAbout);
  const bool spoken_of = (known.groups & by.groups) || (said.money && known.number.money);
  if ((!equal && !spoken_of) || !exam.usable(known.leaf)) return;  // neither its value nor its name
  const Leaf& leaf = exam.index.leaves[known.leaf];
  if (!source_allows(exam, leaf) || former_price(exam, leaf)) return;
  Candidate candidate{i, 0, false, by.scope.holds(leaf.entity)};
  if (!equal && !candidate.inside) return;
  candidate.agrees = agreement(exam, by.hints, leaf, &known);
  if (by.label && !leaf.attribute.empty() && by.label == leaf.attribute.back()) candidate.agrees += 0.6;
  candidate.conflict = contrasts(exam, by.hints, leaf, &known, said.unit.dimension);
  if (said.money && known.number.money && candidate.inside) candidate.agrees += 0.2;
  if (equal) judged.same.push_back(candidate);
  const bool own = leaf.trust == Trust::kMerchant && !leaf.tally && !exam.index.content(known.leaf) && candidate.inside && !candidate.conflict;
  const bool comparable_kind = said.money == known.number.money;
  if (own && comparable_kind && (!judged.any_best || candidate.agrees > judged.best.agrees)) {
    judged.best = candidate;
    judged.any_best = true;
  }
}

Judgement judge(const Examination& exam, const Number& said, const Scope& scope, const std::vector<Hint>& hints, Bound bound) {
  Judgement judged;
  Scales by{scope, hints, 0, 0, bound};
  for (const Hint& hint : hints) by.groups |= hint.group;
  if (said.first_token > 0 && exam.piece.tokens[said.first_token].gap == ':') by.label = exam.piece.tokens[said.first_token - 1].concept_id;
  if (by.label) by.groups |= group_of(by.label);
  const auto over = [&](std::size_t kind) {
    for (std::uint32_t i : exam.index.numbers_of.of(kind)) weigh(exam, said, by, i, judged);
  };
  over(number_kind(said));
  if (said.money) over(static_cast<std::size_t>(Dimension::kNone));
  if (said.bare() && (bound != Bound::kAbout || said.decimals == 2)) over(kMoneyKind);
  const auto best = std::max_element(judged.same.begin(), judged.same.end(), [&](const Candidate& a, const Candidate& b) { return rank(exam, a) < rank(exam, b); });
  if (best != judged.same.end()) std::iter_swap(judged.same.begin(), best);
  return judged;
}

std::string describe(const Examination& exam, const Candidate& candidate) {
  const EvidenceNumber& known = exam.index.numbers[candidate.number];
  const Leaf& leaf = exam.index.leaves[known.leaf];
  const std::string value = shortened(exam.index.value_text(known.leaf), 80);
  const std::string of = leaf.entity ? exam.index.title(leaf.entity) : std::string();
  return fmt::format("{}{}{} is {}", of, of.empty() ? "" : ": ", leaf.key, value);
}

ClaimKind kind_of(const Number& number) { return number.money ? ClaimKind::kAmount : ClaimKind::kQuantity; }

void decide(Examination& exam, const Number& said, Verdict verdict, std::string why, const std::vector<std::uint32_t>& leaves) {
  exam.claim(said.start, said.end, kind_of(said), verdict, std::move(why), leaves);
  if (said.money || (said.bare() && said.decimals == 2)) {
    exam.state.amounts.push_back({said.money ? said.minor : std::llround(said.value * 100), verdict == Verdict::kSupported, false, leaves.empty() ? std::string() : exam.index.pointer(leaves[0])});
  }
}

// "under $50", "at least 8 GB": true if the fact that is meant keeps the bound.
bool check_bound(Examination& exam, const Number& said, const Judgement& judged, Bound bound) {
  if (bound != Bound::kAtMost && bound != Bound::kAtLeast) return false;
  if (!judged.any_best || judged.best.agrees < kFirm) return false;
  const EvidenceNumber& known = exam.index.numbers[judged.best.number];
  const double limit = comparable(said);
  const double value = comparable(known.number);
  const bool up_to = said.first_token >= 2 && exam.piece.tokens[said.first_token - 1].folded == "to" && exam.piece.tokens[said.first_token - 2].folded == "up";
  if (up_to && !said.money && value < limit * 0.94) return false;  // states the most there is, rather than a limit
  const bool keeps = bound == Bound::kAtMost ? value <= limit * 1.0005 : value >= limit * 0.9995;
  if (exam.piece.hypothetical || exam.piece.question) return false;
  const Scope& scope = exam.scope_at(said.first_token);
  const bool one_thing = scope.everything || (scope.roots.size() == 1 && exam.index.entities[scope.roots[0]].children.size() < 2);
  if (!keeps && (exam.piece.second_person || !one_thing)) return false;
  decide(exam, said, keeps ? Verdict::kSupported : Verdict::kContradicted,
         fmt::format("{}, {} the bound", describe(exam, judged.best), keeps ? "which keeps" : "which breaks"), {known.leaf});
  return true;
}

// "12 and 4", "720 x 1520": members of one value rather than two that are compared.
bool listed_together(const Examination& exam, const Number& a, const Number& b) {
  const std::size_t from = std::min(a.last_token, b.last_token) + 1;
  const std::size_t to = std::max(a.first_token, b.first_token);
  if (to < from || to - from > 1) return false;
  return to == from || exam.piece.tokens[from].is(WordClass::kAnd) || exam.piece.tokens[from].folded == "x" || exam.piece.tokens[from].folded == "by";
}

// Beside this number the piece also states the value of the fact that is meant: this one is compared with it.
bool own_value_said(const Examination& exam, const Number& said, const Candidate& meant) {
  const Number& own = exam.index.numbers[meant.number].number;
  return std::any_of(exam.piece.numbers.begin(), exam.piece.numbers.end(), [&](const Number& other) {
    return other.start != said.start && number_kind(other) == number_kind(own) && equal_value(other, own, false) && !listed_together(exam, said, other);
  });
}

// The piece, or what it goes on from, speaks of the thing or its kin.
bool spoken_of(const Examination& exam, EntityIndex thing) {
  const auto same = [&](EntityIndex named) { return named == thing || kin_of(exam.index, named, thing); };
  const bool here = std::any_of(exam.piece.mentions.begin(), exam.piece.mentions.end(), [&](const Mention& mention) { return std::any_of(mention.entities.begin(), mention.entities.end(), same); });
  const bool compares = exam.piece.versus || exam.piece.exchange;
  return here || (compares && (std::any_of(exam.piece.context.begin(), exam.piece.context.end(), same) || std::any_of(exam.state.latest.begin(), exam.state.latest.end(), same)));
}

// The value is only known of things that the piece does not speak of, while what it does speak of states another under the same name. Where
// the sentence's own form describes a thing (`told`), nothing else needs to be known, and what an item with an identifier is described by is
// not excused by another variant (`pinned`).
bool foreign(const Examination& exam, const Scope& scope, const Judgement& judged, const Leaf& fact, bool told, bool pinned) {
  for (const Candidate& same : judged.same) {
    const std::uint32_t leaf = exam.index.numbers[same.number].leaf;
    const Leaf& holder = exam.index.leaves[leaf];
    if (told && holder.key == "amount") continue;  // what was paid for a whole order
    if (pinned && holder.trust == Trust::kMerchant && holder.key == fact.key && holder.entity != 0 && !scope.holds(holder.entity)) continue;
    if (holder.trust == Trust::kShopper || exam.index.content(leaf) || holder.entity == 0 || exam.kin(scope, holder.entity) || (!told && spoken_of(exam, holder.entity))) return false;
  }
  if (told) return true;
  return std::any_of(exam.index.leaves.begin(), exam.index.leaves.end(), [&](const Leaf& own) {
    return own.key == fact.key && !own.words.empty() && own.entity != 0 && scope.holds(own.entity) && own.live;
  });
}

// The same figure twice in one description, though the thing has it once and another of its kind goes unsaid: "i5, 512GB, 512GB SSD".
bool said_twice(const Examination& exam, const Number& said, const Candidate& match) {
  const std::size_t pin = exam.piece.pinned[said.first_token];
  if (!pin || said.bare() || said.money) return false;
  const Leaf& fact = exam.index.leaves[exam.index.numbers[match.number].leaf];
  const auto& other = std::find_if(exam.piece.numbers.begin(), exam.piece.numbers.end(), [&](const Number& number) {
    return number.start != said.start && exam.piece.pinned[number.first_token] == pin && number_kind(number) == number_kind(said) && equal_value(number, said, false);
  });
  if (other == exam.piece.numbers.end()) return false;
  for (std::uint32_t i : exam.index.numbers_of.of(number_kind(said))) {
    const EvidenceNumber& known = exam.index.numbers[i];
    const Leaf& own = exam.index.leaves[known.leaf];
    if (own.entity != fact.entity || own.key == fact.key || !exam.usable(known.leaf)) continue;
    if (equal_value(said, known.number, false)) return false;
    const bool unsaid = std::none_of(exam.piece.numbers.begin(), exam.piece.numbers.end(), [&](const Number& number) { return number_kind(number) == number_kind(said) && equal_value(number, known.number, false); });
    if (unsaid) return true;
  }
  return false;
}

// The number that stands with this one: "32GB/6GB".
const Number* partner(const Examination& exam, const Number& said) {
  for (const Number& next : exam.piece.numbers) {
    if (next.start > said.end && next.start - said.end <= 3 && exam.piece.text.substr(said.end, next.start - said.end).find('/') != std::string_view::npos) return &next;
  }
  return nullptr;
}

// "32GB/6GB" where the record pairs 32GB with 4GB and 64GB with 6GB: both figures are there, but not side by side.
bool other_pair(const Examination& exam, const Number& said, const Candidate& match) {
  const Number* with = said.bare() || said.money ? nullptr : partner(exam, said);
  if (!with || number_kind(*with) != number_kind(said)) return false;
  const Leaf& fact = exam.index.leaves[exam.index.numbers[match.number].leaf];
  const auto known = [&](std::uint32_t i) -> const Number& { return exam.index.numbers[i].number; };
  bool apart = false;
  for (std::uint32_t i = fact.first_number; i < fact.first_number + fact.numbers; ++i) {
    if (equal_value(*with, known(i), false)) apart = true;
    if (i + 1 == fact.first_number + fact.numbers) break;
    const bool paired = (equal_value(said, known(i), false) && equal_value(*with, known(i + 1), false)) || (equal_value(*with, known(i), false) && equal_value(said, known(i + 1), false));
    if (paired) return false;
  }
  return apart && fact.numbers >= 4;
}

// A value that is this number and its unit and nothing else: "24MP".
bool measure_alone(const Leaf& leaf) { return leaf.numbers == 1 && leaf.words.size() <= 2; }

// The same figure under another unit: "5100 Wh" for 5100 mAh.
bool wrong_unit(Examination& exam, const Number& said, const Scope& scope, const std::vector<Hint>& hints) {
  if (said.money || said.bare()) return false;
  for (const EvidenceNumber& known : exam.index.numbers) {
    const bool same_unit = known.number.unit.dimension == said.unit.dimension && std::abs(known.number.unit.scale - said.unit.scale) < 1e-12;
    if (known.number.money || known.number.bare() || same_unit) continue;
    if (std::abs(known.number.value - said.value) > 1e-9 || !exam.usable(known.leaf)) continue;
    const Leaf& leaf = exam.index.leaves[known.leaf];
    const bool distinct = (said.value >= 10 || said.decimals > 0) && measure_alone(leaf);
    if (!scope.holds(leaf.entity) || leaf.trust == Trust::kShopper || (!distinct && agreement(exam, hints, leaf, &known) < kFirm)) continue;
    decide(exam, said, Verdict::kContradicted, fmt::format("{}: {}, not {}", leaf.key, exam.index.value_text(known.leaf), said.unit.symbol), {known.leaf});
    return true;
  }
  return false;
}

bool supported(Examination& exam, const Number& said, const Judgement& judged, const Scope& scope, const std::vector<Hint>& hints) {
  if (judged.same.empty()) return false;
  const Candidate& match = judged.same.front();
  const Leaf& leaf = exam.index.leaves[exam.index.numbers[match.number].leaf];
  const bool shopper = leaf.trust == Trust::kShopper;
  const bool firm_other = judged.any_best && judged.best.agrees >= kFirm && judged.best.agrees > match.agrees + kClear;
  const Leaf* meant = judged.any_best ? &exam.index.leaves[exam.index.numbers[judged.best.number].leaf] : nullptr;
  const bool other_variant = exam.kin(scope, leaf.entity) && !exam.one_identified(said.first_token);
  const bool strangers = !match.inside && scope.exact && meant && (meant->key == leaf.key || (firm_other && !said.money)) && judged.best.agrees >= kFirm && !other_variant &&
                         !own_value_said(exam, said, judged.best);
  const bool told = exam.piece.told[said.first_token] != 0;
  const bool pinned = exam.piece.pinned[said.first_token] != 0;
  const bool elsewhere = !match.inside && scope.exact && (told || !said.bare() || said.decimals == 2) && !shopper && !other_variant && foreign(exam, scope, judged, leaf, told, pinned);
  const bool wordless = leaf.attribute.empty() && exam.index.numbers[match.number].near.empty();
  const bool named_other = firm_other && meant->numbers == 1 && meant->key != leaf.key && judged.best.agrees >= kNamed && scope.exact && !said.money && match.inside && !shopper &&
                           said.value < 1000 && !own_value_said(exam, said, judged.best);
  const bool wrong_attribute = named_other || (firm_other && match.inside && !wordless && (match.conflict || match.agrees < 0.1 || (!said.bare() && !said.money && match.agrees < 0.4 * judged.best.agrees && judged.best.agrees >= 0.9)) && (!said.bare() || (judged.best.agrees >= 0.9 && said.value < 1000)) && !own_value_said(exam, said, judged.best));
  const bool of_content = exam.index.content(exam.index.numbers[match.number].leaf);
  if (of_content && firm_other && match.agrees < 0.2 && !exam.piece.hypothetical) return false;
  if (of_content && wrong_unit(exam, said, scope, hints)) return true;  // "5 days" of talk time beside a policy that says 5 days
  if (said.bare() && of_content) return true;
  if (shopper && firm_other && !exam.piece.second_person && !said.bare()) return false;
  if (elsewhere) {
    decide(exam, said, Verdict::kContradicted, fmt::format("{}, not of what is named here", describe(exam, match)), {exam.index.numbers[match.number].leaf});
    return true;
  }
  if (!shopper && (strangers || wrong_attribute || (match.conflict && judged.any_best && judged.best.agrees >= 0.3))) {
    const std::string why = fmt::format("{} belongs to another fact ({}); {}", exam.piece.text.substr(said.start, said.end - said.start),
                                        describe(exam, match), describe(exam, judged.best));
    decide(exam, said, Verdict::kContradicted, why, {exam.index.numbers[judged.best.number].leaf});
    return true;
  }
  if (match.inside && (said_twice(exam, said, match) || other_pair(exam, said, match))) {
    decide(exam, said, Verdict::kContradicted, fmt::format("not so: {}", describe(exam, match)), {exam.index.numbers[match.number].leaf});
    return true;
  }
  decide(exam, said, Verdict::kSupported, (shopper ? "said by the shopper: " : "") + describe(exam, match), {exam.index.numbers[match.number].leaf});
  return true;
}

// A unit that one side leaves out: {"number_of_drawers": 7}, "a width of 18.0".
bool bare_match(Examination& exam, const Number& said, const Judgement& judged, const Scope& scope, const std::vector<Hint>& hints) {
  if (said.money) return false;
  for (const EvidenceNumber& known : exam.index.numbers) {
    const bool one_bare = known.number.bare() != said.bare();
    if (!one_bare || known.number.money || std::abs(known.number.value - said.value) > 1e-9 || !exam.usable(known.leaf)) continue;
    const Leaf& leaf = exam.index.leaves[known.leaf];
    if (!scope.holds(leaf.entity) || !source_allows(exam, leaf)) continue;
    if (known.number.bare() && (leaf.key == "name" || leaf.key == "title")) continue;
    const bool named_other = judged.any_best && judged.best.agrees >= kNamed && scope.exact;  // "9 cores" beside a battery life of 9 h
    if (named_other && agreement(exam, hints, leaf, &known) < judged.best.agrees) continue;
    if (leaf.words.size() > 6 && agreement(exam, hints, leaf, &known) < 0.3) continue;
    if (!said.bare() && !leaf.attribute.empty() && leaf.key != "value" && agreement(exam, hints, leaf, &known) <= 0) continue;  // "Bluetooth 4.0", "a 4.0-inch display"
    decide(exam, said, Verdict::kSupported, fmt::format("{} is {}", leaf.key, exam.index.value_text(known.leaf)), {known.leaf});
    return true;
  }
  return false;
}

// "USB 3.0" where the record has "usb3.0".
bool joined_match(Examination& exam, const Number& said, const Scope& scope) {
  if (!said.bare() || said.first_token == 0) return false;
  const std::string& digits = exam.piece.tokens[said.first_token].folded;
  const std::string joined = exam.piece.tokens[said.first_token - 1].folded + digits;
  const std::string before = said.last_token + 1 < exam.piece.tokens.size() ? digits + exam.piece.tokens[said.last_token + 1].folded : joined;  // "20 pack" for "20pack"
  for (std::uint32_t leaf = 0; leaf < exam.index.leaves.size(); ++leaf) {
    const Leaf& fact = exam.index.leaves[leaf];
    if (fact.kind != Leaf::Kind::kText || !exam.usable(leaf) || !scope.holds(fact.entity) || fact.words.size() > 60) continue;
    const std::size_t at = exam.index.value_text(leaf).find(digits);  // cheap, and true of most
    const std::string_view value = exam.index.value_text(leaf);
    const auto word = [&](std::size_t i) { return i < value.size() && (std::isalnum(static_cast<unsigned char>(value[i])) || (value[i] & 0x80)); };
    if (at == std::string_view::npos) continue;
    const bool alone = !word(at - 1) && !word(at + digits.size()) && value.find(digits, at + 1) == std::string_view::npos;
    if (alone) continue;  // touches no word
    const std::string folded = text::fold(exam.index.value_text(leaf));
    if (folded.find(joined) == std::string::npos && folded.find(before) == std::string::npos) continue;
    decide(exam, said, Verdict::kSupported, fmt::format("{}: {}", fact.key, exam.index.value_text(leaf).substr(0, 60)), {leaf});
    return true;
  }
  return false;
}

// "Address line 2:", "Option 1)", "T-Shirt 1": a number that counts a label.
bool labels_something(const Examination& exam, const Number& said) {
  if (said.decimals > 0 || said.value > 20 || said.first_token == 0) return false;
  const auto& tokens = exam.piece.tokens;
  const bool after_word = tokens[said.first_token].gap == ' ' && tokens[said.first_token - 1].digits == false;
  const char next = said.last_token + 1 < tokens.size() ? tokens[said.last_token + 1].gap : '.';
  const bool generic = tokens[said.first_token - 1].is(WordClass::kGeneric) && !tokens[said.first_token - 1].is(WordClass::kCopula);
  return after_word && (next == ':' || next == ')' || next == '*' || next == '(' || generic);
}

// "3.5mm jack" where that is the name of an attribute.
bool names_a_feature(const Examination& exam, const Number& said) {
  const Token& token = exam.piece.tokens[said.first_token];
  return token.concept_id && !exam.index.attributed(token.concept_id).empty() && said.first_token == said.last_token;
}

// How many members some list of a result has, or can be bought of it, or are said to be in all.
bool counts_something(const Examination& exam, double value) {
  return std::any_of(exam.index.collections.begin(), exam.index.collections.end(), [&](const Collection& list) {
    return value == static_cast<double>(list.count) || value == static_cast<double>(list.available) || value == static_cast<double>(list.count - list.available) ||
           value == static_cast<double>(list.total);
  });
}

// A plain figure that no word of the conversation is or holds. Small ones are said in passing ("16 digits").
bool known_nowhere(const Examination& exam, const Number& said) {
  constexpr double kLikeAnIdentifier = 10000;
  const Piece& piece = exam.piece;
  const bool open = piece.hypothetical || piece.question || piece.request || piece.second_person;
  if (said.value < 10 || said.glued || (open && said.value < kLikeAnIdentifier) || said.first_token != said.last_token) return false;
  const Token& token = piece.tokens[said.first_token];
  const bool quoted = said.start > 0 && piece.text[said.start - 1] == '"' && said.value < kLikeAnIdentifier;
  const bool example = std::any_of(piece.tokens.begin(), piece.tokens.end(), [](const Token& word) { return word.is(WordClass::kExample); });
  if (quoted || example || token.gap == '-' || !exam.index.holding(token.concept_id).empty() || counts_something(exam, said.value)) return false;
  const std::size_t next = said.last_token + 1;
  return next >= piece.tokens.size() || piece.tokens[next].folded != "digits";
}

// "Windows 9": a word that evidence has stands right before.
bool follows_name(const Examination& exam, const Number& said) {
  if (said.first_token == 0 || exam.piece.tokens[said.first_token].gap != ' ') return false;
  const Token& before = exam.piece.tokens[said.first_token - 1];
  return is_content(before) && !before.is(WordClass::kGeneric) && !before.is(WordClass::kThing) && before.concept_id && !exam.index.holding(before.concept_id).empty() && said.value >= 10;
}

// The word beside the number names an attribute of which some thing states a number of this kind: "size to 17", "a 1370-piece puzzle".
bool labelled(const Examination& exam, const Number& said) {
  const auto& tokens = exam.piece.tokens;
  const auto names = [&](std::size_t token) {
    if (tokens[token].concept_id == 0 || tokens[token].is(WordClass::kThing) || tokens[token].is(WordClass::kMoney) || tokens[token].digits) return false;
    const auto leaves = exam.index.attributed(tokens[token].concept_id);
    return std::any_of(leaves.begin(), leaves.end(), [&](std::uint32_t leaf) {
      const Leaf& fact = exam.index.leaves[leaf];
      return exam.usable(leaf) && fact.trust == Trust::kMerchant && fact.numbers == 1 && !fact.tally && number_kind(exam.index.numbers[fact.first_number].number) == number_kind(said);
    });
  };
  const std::size_t next = said.last_token + 1;
  if (next < tokens.size() && (tokens[next].gap == ' ' || tokens[next].gap == '-') && (!said.bare() || said.value >= 100) && names(next)) return true;
  for (std::size_t back = 1; back <= 2 && back <= said.first_token; ++back) {
    const std::size_t token = said.first_token - back;
    const char gap = tokens[token + 1].gap;
    if (gap != ' ' && gap != '(' && gap != ':') return false;
    if (names(token)) return true;
    if (!tokens[token].is(WordClass::kStop)) return false;
  }
  return false;
}

// "a refund of 2174": an amount without its sign.
bool amount_by_word(const Examination& exam, const Number& said) {
  const auto& tokens = exam.piece.tokens;
  const std::size_t first = said.first_token;
  if (said.bare() && said.decimals == 1 && first >= 2 && (tokens[first - 1].is(WordClass::kMoney) || tokens[first - 2].is(WordClass::kMoney))) return true;  // {"price_change": 37.2}
  return said.bare() && first >= 2 && tokens[first - 1].folded == "of" && tokens[first - 2].is(WordClass::kMoney) && said.value >= 100;
}

bool worth_checking(const Examination& exam, const Number& said, const Judgement& judged) {
  if (names_a_feature(exam, said)) return false;
  if (!said.bare()) return true;
  if (judged.same.empty() && (labelled(exam, said) || amount_by_word(exam, said))) return true;
  const bool bound_firmly = judged.any_best && judged.best.agrees >= 0.6;
  const bool figure = said.decimals > 0 || said.value >= 100;
  if (labels_something(exam, said)) return false;
  return bound_firmly || !judged.same.empty() || figure || known_nowhere(exam, said) || follows_name(exam, said);
}

// "20:9": a ratio, known word for word or not at all.
bool check_ratio(Examination& exam, const Number& said) {
  const std::string_view text = exam.piece.text;
  const std::size_t at = said.digits_end;
  const bool ratio = said.bare() && at + 1 < text.size() && text[at] == ':' && text[at + 1] >= '0' && text[at + 1] <= '9';
  if (!ratio || said.last_token + 1 >= exam.piece.tokens.size()) return false;
  const std::size_t last = said.last_token + 1;
  const auto known = find_phrase(exam, said.first_token, last);
  std::vector<std::uint32_t> leaves;
  for (const PhraseMatch& match : known) leaves.push_back(match.leaf);
  exam.claim(said.start, exam.piece.tokens[last].end, ClaimKind::kQuantity, leaves.empty() ? Verdict::kUnsupported : Verdict::kSupported,
             leaves.empty() ? "no tool result states this ratio" : fmt::format("{}: {}", exam.index.leaves[leaves[0]].key, exam.index.value_text(leaves[0]).substr(0, 60)), leaves);
  return true;
}

// A plain number of the fact that stands at this place among its words.
bool number_at(const Examination& exam, const Leaf& fact, std::size_t position) {
  return std::any_of(exam.index.numbers.begin() + fact.first_number, exam.index.numbers.begin() + fact.first_number + fact.numbers,
                     [&](const EvidenceNumber& known) { return known.number.bare() && known.number.first_token <= position && position <= known.number.last_token; });
}

// "204 Hickory Lane" where the record has "196 Hickory Lane": the words that follow a number in the evidence follow another number here.
bool another_number_there(Examination& exam, const Number& said) {
  const auto& tokens = exam.piece.tokens;
  const std::size_t next = said.last_token + 1;
  const bool framed = said.first_token > 0 && tokens[said.first_token].gap == ' ' && tokens[said.first_token - 1].digits;  // "802_18_BGN"
  if (!said.bare() || said.decimals > 0 || (said.value < 100 && !framed) || said.first_token != said.last_token || next >= tokens.size()) return false;
  if (tokens[next].gap != ' ' || !tokens[next].capital || tokens[next].is(WordClass::kMonth)) return false;
  const std::size_t last = next + 1 < tokens.size() && tokens[next + 1].gap == ' ' && tokens[next + 1].capital ? next + 1 : next;
  std::uint32_t other = 0;
  bool any = false;
  for (const PhraseMatch& match : find_phrase(exam, next, last, 32)) {
    const Leaf& fact = exam.index.leaves[match.leaf];
    if (match.position == 0) continue;
    if (fact.words[match.position - 1] == tokens[said.first_token].concept_id) return false;
    if (!number_at(exam, fact, match.position - 1)) continue;
    other = match.leaf;
    any = true;
  }
  if (any) decide(exam, said, Verdict::kContradicted, fmt::format("{} is {}", exam.index.leaves[other].key, shortened(exam.index.value_text(other), 60)), {other});
  return any;
}

// "Windows 9" where the record has "Windows 7, Windows 8": after this word the evidence always has another number.
bool another_number_after(Examination& exam, const Number& said) {
  const auto& tokens = exam.piece.tokens;
  if (!said.bare() || said.first_token == 0 || tokens[said.first_token].gap != ' ' || named(exam, said.first_token - 1)) return false;
  const Token& before = tokens[said.first_token - 1];
  if (before.concept_id == 0 || !is_content(before) || before.is(WordClass::kThing) || before.is(WordClass::kGeneric) || before.digits || exam.piece.question) return false;
  const Scope& scope = exam.scope_at(said.first_token);
  std::uint32_t other = 0;
  std::size_t known = 0;
  for (const Posting& posting : exam.index.holding(before.concept_id)) {
    const Leaf& fact = exam.index.leaves[posting.leaf];
    if (!exam.usable(posting.leaf) || exam.index.content(posting.leaf)) continue;
    if (fact.trust != Trust::kMerchant || !scope.holds(fact.entity) || fact.words.size() > 6) return false;
    if (posting.position + 1u >= fact.words.size() || !number_at(exam, fact, posting.position + 1u)) continue;
    other = posting.leaf;
    ++known;
  }
  if (known) decide(exam, said, Verdict::kContradicted, fmt::format("{} is {}", exam.index.leaves[other].key, shortened(exam.index.value_text(other), 60)), {other});
  return known > 0;
}

// "a 0.3 MP front camera" where the record says: front camera, no.
bool denied_by_fact(Examination& exam, const Number& said, const Judgement& judged, const Scope& scope, const std::vector<Hint>& hints) {
  constexpr double kSurely = 0.8;
  if (said.bare() || said.money) return false;
  for (std::uint32_t leaf = 0; leaf < exam.index.leaves.size(); ++leaf) {
    const Leaf& fact = exam.index.leaves[leaf];
    if (!fact.no || fact.kind != Leaf::Kind::kText || !exam.usable(leaf) || fact.trust != Trust::kMerchant || !scope.holds(fact.entity)) continue;
    const double agrees = agreement(exam, hints, fact, nullptr);
    if (agrees < kSurely || (judged.any_best && judged.best.agrees > agrees) || contrasts(exam, hints, fact, nullptr, said.unit.dimension)) continue;
    decide(exam, said, Verdict::kContradicted, fmt::format("{}: {}", fact.key, shortened(exam.index.value_text(leaf), 60)), {leaf});
    return true;
  }
  return false;
}

// A measure or a long figure that no word of the conversation has: it is nobody's wish either. Times and shares are said in passing.
bool invented(const Examination& exam, const Number& said, const Judgement& judged, Bound bound) {
  if (!judged.same.empty() || bound != Bound::kNone || said.money || exam.piece.negated[said.first_token]) return false;
  if (std::any_of(exam.piece.tokens.begin(), exam.piece.tokens.end(), [](const Token& token) { return token.is(WordClass::kExample); })) return false;
  if (labelled(exam, said)) return true;
  if (said.bare()) return said.value >= 10000 && known_nowhere(exam, said);
  return said.unit.dimension != Dimension::kTime && said.unit.dimension != Dimension::kPercent && said.unit.dimension != Dimension::kTemperature;
}

// What is left when no fact has the value: derived by arithmetic, contradicted by the fact that is meant, or unknown.
void check_unmatched(Examination& exam, const Number& said, const Judgement& judged, const Scope& scope, const std::vector<Hint>& hints, Bound bound) {
  if (said.money || (said.bare() && said.decimals == 2) || amount_by_word(exam, said)) {
    if (const auto derived = derive_amount(exam, said)) {
      decide(exam, said, Verdict::kSupported, derived->why, derived->leaves);
      if (!derived->pointers.empty()) exam.claims.back().evidence = derived->pointers;
      if (!exam.state.amounts.empty()) exam.state.amounts.back().derived = true;
      return;
    }
  }
  if (wrong_unit(exam, said, scope, hints) || bare_match(exam, said, judged, scope, hints) || joined_match(exam, said, scope) || another_number_after(exam, said)) return;
  const bool amount = said.money || (said.bare() && said.decimals == 2) || amount_by_word(exam, said);
  if (exam.piece.hypothetical && (bound != Bound::kNone || exam.piece.question || (!amount && exam.piece.conditional)) && !invented(exam, said, judged, bound)) return;
  const bool to_the_cent = said.money && said.decimals == 2;
  if (exam.piece.negated[said.first_token] && !to_the_cent) return;  // "no variant with 8 bar", but "no backlight: $372.16"
  const bool filter = (bound == Bound::kAtMost || bound == Bound::kAtLeast) && said.money &&
                      !(scope.roots.size() == 1 && exam.index.entities[scope.roots[0]].children.size() < 2);
  if (filter || (said.money && said.minor == 0 && std::any_of(exam.piece.tokens.begin(), exam.piece.tokens.end(), [](const Token& t) { return t.is(WordClass::kDifference); }))) return;
  if (denied_by_fact(exam, said, judged, scope, hints)) return;
  const bool firm = judged.any_best && judged.best.agrees >= kFirm;
  if (firm && said.bare() && asked_for_more(exam, said.value, exam.index.numbers[judged.best.number].number.value)) return;
  if (firm && !own_value_said(exam, said, judged.best)) {
    decide(exam, said, Verdict::kContradicted, "the evidence says otherwise: " + describe(exam, judged.best), {exam.index.numbers[judged.best.number].leaf});
  } else if (!said.bare() || said.decimals > 0 || known_nowhere(exam, said) || amount || invented(exam, said, judged, bound)) {
    decide(exam, said, Verdict::kUnsupported, "no tool result states it", {});
  }
}

// "2 x Halvorn Ledger 14": how many of it, in the cart or an order.
bool multiplies(const Examination& exam, const Number& said) {
  if (!said.bare() || said.decimals > 0 || said.last_token + 1 >= exam.piece.tokens.size()) return false;
  const std::size_t from = said.end;
  const std::size_t to = exam.piece.tokens[said.last_token + 1].start;
  const std::string_view between = to > from ? exam.piece.text.substr(from, to - from) : std::string_view();
  const bool sign = between.find("\xC3\x97") != std::string_view::npos;
  const bool letter = exam.piece.tokens[said.last_token + 1].folded == "x" && exam.piece.tokens[said.last_token + 1].gap == ' ';
  return sign || letter;
}

void check_multiple(Examination& exam, const Number& said) {
  for (std::uint32_t i : exam.index.numbers_of.of(static_cast<std::size_t>(Dimension::kNone))) {
    const EvidenceNumber& known = exam.index.numbers[i];
    const Leaf& leaf = exam.index.leaves[known.leaf];
    if (!exam.usable(known.leaf) || known.number.value != said.value || leaf.key.find("quantity") == std::string_view::npos) continue;
    return decide(exam, said, Verdict::kSupported, fmt::format("{} is {}", leaf.key, exam.index.value_text(known.leaf)), {known.leaf});
  }
}

// "has 0 ports": told from other noughts only by the fact's full name.
void check_none(Examination& exam, const Number& said, const Judgement& judged, const Scope& scope, Bound bound) {
  const bool open = exam.piece.hypothetical || exam.piece.question || bound != Bound::kNone;
  if (open || !scope.exact || !judged.any_best || judged.best.agrees < kNamed || exam.piece.negated[said.first_token]) return;
  const bool same = std::any_of(judged.same.begin(), judged.same.end(), [](const Candidate& candidate) { return candidate.inside && candidate.agrees >= kNamed; });
  decide(exam, said, same ? Verdict::kSupported : Verdict::kContradicted, describe(exam, judged.best), {exam.index.numbers[judged.best.number].leaf});
}

// A number that no fact has: it waits until the piece's other amounts are known.
struct Open {
  const Number* said = nullptr;
  Judgement judged;
  std::vector<Hint> hints;
  Bound bound = Bound::kNone;
};

// Decides a number that a fact has or bounds; false: no fact does, and `open` says what is known.
bool check_one(Examination& exam, const Number& said, Open& open) {
  if (check_ratio(exam, said)) return true;
  if (multiplies(exam, said)) {
    check_multiple(exam, said);
    return true;
  }
  if (said.unit.dimension == Dimension::kPercent && said.value == 100) return true;
  const Scope& scope = exam.scope_at(said.first_token);
  std::vector<Hint> hints = hints_around(exam, said.first_token, said.last_token);
  const Bound bound = bound_of(exam, said);
  Judgement judged = judge(exam, said, scope, hints, bound);
  if (said.value == 0 && !said.money) {
    check_none(exam, said, judged, scope, bound);
    return true;
  }
  if (judged.same.empty() && another_number_there(exam, said)) return true;
  if (!worth_checking(exam, said, judged)) return true;
  if (judged.same.empty() && check_bound(exam, said, judged, bound)) return true;
  if (supported(exam, said, judged, scope, hints)) return true;
  open = {&said, std::move(judged), std::move(hints), bound};
  return false;
}

}  // namespace

void check_numbers(Examination& exam) {
  std::vector<Open> open;
  for (const Number& number : exam.piece.numbers) {
    bool taken = false;
    for (std::size_t i = number.first_token; i <= number.last_token && i < exam.piece.used.size(); ++i) taken = taken || exam.piece.used[i];
    if (taken) continue;
    Open unmatched;
    if (!check_one(exam, number, unmatched)) open.push_back(std::move(unmatched));
  }
  for (const Open& one : open) check_unmatched(exam, *one.said, one.judged, exam.scope_at(one.said->first_token), one.hints, one.bound);
}

}  // namespace floorwalker::verify
