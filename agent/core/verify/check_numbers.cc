#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "agent/core/verify/binding.h"
#include "agent/core/verify/derive.h"
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
  const bool converted = said.unit.symbol != known.unit.symbol;
  const bool rounded = said.decimals < known.decimals && said.decimals >= 1;
  if (!converted && !rounded) return false;
  const double step = 0.5 * std::pow(10.0, -said.decimals) * said.unit.scale;
  return gap <= step * 1.02 + 1e-9;
}

Bound bound_of(const Examination& exam, const Number& number) {
  const auto& tokens = exam.piece.tokens;
  for (std::size_t back = 1; back <= 3 && back <= number.first_token; ++back) {
    const Token& token = tokens[number.first_token - back];
    if (tokens[number.first_token - back + 1].gap == ',' ) break;
    if (token.is(WordClass::kAtMost)) return Bound::kAtMost;
    if (token.is(WordClass::kAtLeast)) return Bound::kAtLeast;
    if (token.is(WordClass::kApproximate)) return Bound::kAbout;
    if (!token.is(WordClass::kStop)) break;
  }
  const std::size_t start = number.start;
  if (start > 0 && exam.piece.text[start - 1] == '~') return Bound::kAbout;
  return Bound::kNone;
}

bool same_kind(const Number& said, const Number& known) {
  if (said.money) return known.money || known.bare();
  if (said.bare()) return known.bare() || known.money;
  return !known.money && known.unit.dimension == said.unit.dimension;
}

bool source_allows(const Examination& exam, const Leaf& leaf) {
  if (leaf.trust == Trust::kThirdParty) return exam.piece.review;
  return true;
}

// The nearest words in the fact's own text count as much as its name; a number without words of its own is known by its key alone.
Judgement judge(const Examination& exam, const Number& said, const Scope& scope, const std::vector<Hint>& hints, Bound bound) {
  Judgement judged;
  for (std::uint32_t i = 0; i < exam.index.numbers.size(); ++i) {
    const EvidenceNumber& known = exam.index.numbers[i];
    if (!same_kind(said, known.number) || !exam.usable(known.leaf)) continue;
    const Leaf& leaf = exam.index.leaves[known.leaf];
    if (!source_allows(exam, leaf)) continue;
    Candidate candidate{i, 0, false, scope.holds(leaf.entity)};
    const bool equal = equal_value(said, known.number, bound == Bound::kAbout);
    if (!equal && !candidate.inside) continue;
    candidate.agrees = agreement(exam, hints, leaf, &known.near);
    candidate.conflict = contrasts(exam, hints, leaf, &known.near);
    if (said.money && known.number.money && candidate.inside) candidate.agrees += 0.2;
    if (equal) judged.same.push_back(candidate);
    const bool own = leaf.trust != Trust::kShopper && candidate.inside && !candidate.conflict;
    if (own && (!judged.any_best || candidate.agrees > judged.best.agrees)) {
      judged.best = candidate;
      judged.any_best = true;
    }
  }
  std::stable_sort(judged.same.begin(), judged.same.end(), [&](const Candidate& a, const Candidate& b) {
    const auto rank = [&](const Candidate& c) {
      const bool shopper = exam.index.leaves[exam.index.numbers[c.number].leaf].trust == Trust::kShopper;
      return (c.inside ? 4.0 : 0.0) - (c.conflict ? 2.0 : 0.0) - (shopper ? 3.0 : 0.0) + std::min(c.agrees, 1.9);
    };
    return rank(a) > rank(b);
  });
  return judged;
}

std::string describe(const Examination& exam, const Candidate& candidate) {
  const EvidenceNumber& known = exam.index.numbers[candidate.number];
  const Leaf& leaf = exam.index.leaves[known.leaf];
  std::string value(exam.index.value_text(known.leaf));
  if (value.size() > 80) value = value.substr(0, 77) + "...";
  const std::string of = leaf.entity ? exam.index.title(leaf.entity) : std::string();
  return fmt::format("{}{}{} is {}", of, of.empty() ? "" : ": ", leaf.key, value);
}

ClaimKind kind_of(const Number& number) { return number.money ? ClaimKind::kAmount : ClaimKind::kQuantity; }

void decide(Examination& exam, const Number& said, Verdict verdict, std::string why, const std::vector<std::uint32_t>& leaves) {
  exam.claim(said.start, said.end, kind_of(said), verdict, std::move(why), leaves);
  if (said.money) {
    exam.state.amounts.push_back({said.minor, verdict == Verdict::kSupported, leaves.empty() ? std::string() : exam.index.pointer(leaves[0])});
  }
}

// "under $50", "at least 8 GB": true if the fact that is meant keeps the bound.
bool check_bound(Examination& exam, const Number& said, const Judgement& judged, Bound bound) {
  if (bound != Bound::kAtMost && bound != Bound::kAtLeast) return false;
  if (!judged.any_best || judged.best.agrees < kFirm) return false;
  const EvidenceNumber& known = exam.index.numbers[judged.best.number];
  const double limit = comparable(said);
  const double value = comparable(known.number);
  const bool keeps = bound == Bound::kAtMost ? value <= limit * 1.0005 : value >= limit * 0.9995;
  if (exam.piece.hypothetical || exam.piece.question) return false;
  if (!keeps && exam.piece.second_person) return false;
  decide(exam, said, keeps ? Verdict::kSupported : Verdict::kContradicted,
         fmt::format("{}, {} the bound", describe(exam, judged.best), keeps ? "which keeps" : "which breaks"), {known.leaf});
  return true;
}

bool supported(Examination& exam, const Number& said, const Judgement& judged, const Scope& scope) {
  if (judged.same.empty()) return false;
  const Candidate& match = judged.same.front();
  const Leaf& leaf = exam.index.leaves[exam.index.numbers[match.number].leaf];
  const bool shopper = leaf.trust == Trust::kShopper;
  const bool firm_other = judged.any_best && judged.best.agrees >= kFirm && judged.best.agrees > match.agrees + kClear;
  const bool strangers = !match.inside && scope.exact && judged.any_best && judged.best.agrees >= kFirm;
  const bool wrong_attribute = firm_other && match.inside && (match.conflict || match.agrees < 0.1);
  if (shopper && firm_other && !exam.piece.second_person) return false;
  if (!shopper && (strangers || wrong_attribute || (match.conflict && judged.any_best && judged.best.agrees >= 0.3))) {
    const std::string why = fmt::format("{} belongs to another fact ({}); {}", exam.piece.text.substr(said.start, said.end - said.start),
                                        describe(exam, match), describe(exam, judged.best));
    decide(exam, said, Verdict::kContradicted, why, {exam.index.numbers[judged.best.number].leaf});
    return true;
  }
  decide(exam, said, Verdict::kSupported, (shopper ? "said by the shopper: " : "") + describe(exam, match), {exam.index.numbers[match.number].leaf});
  return true;
}

// The same figure under another unit: "5100 Wh" for 5100 mAh.
bool wrong_unit(Examination& exam, const Number& said, const Scope& scope, const std::vector<Hint>& hints) {
  if (said.money || said.bare()) return false;
  for (const EvidenceNumber& known : exam.index.numbers) {
    if (known.number.money || known.number.bare() || known.number.unit.dimension == said.unit.dimension) continue;
    if (std::abs(known.number.value - said.value) > 1e-9 || !exam.usable(known.leaf)) continue;
    const Leaf& leaf = exam.index.leaves[known.leaf];
    if (!scope.holds(leaf.entity) || leaf.trust == Trust::kShopper || agreement(exam, hints, leaf, &known.near) < kFirm) continue;
    decide(exam, said, Verdict::kContradicted, fmt::format("{}: {}, not {}", leaf.key, exam.index.value_text(known.leaf), said.unit.symbol), {known.leaf});
    return true;
  }
  return false;
}

// A unit that the evidence leaves out: {"number_of_drawers": 7}, "7.5 units".
bool bare_match(Examination& exam, const Number& said, const Scope& scope, const std::vector<Hint>& hints) {
  if (said.money || said.bare()) return false;
  for (const EvidenceNumber& known : exam.index.numbers) {
    if (!known.number.bare() || std::abs(known.number.value - said.value) > 1e-9 || !exam.usable(known.leaf)) continue;
    const Leaf& leaf = exam.index.leaves[known.leaf];
    if (!scope.holds(leaf.entity) || !source_allows(exam, leaf)) continue;
    if (leaf.kind == Leaf::Kind::kText && leaf.words.size() > 6 && agreement(exam, hints, leaf, &known.near) < 0.3) continue;
    decide(exam, said, Verdict::kSupported, fmt::format("{} is {}", leaf.key, exam.index.value_text(known.leaf)), {known.leaf});
    return true;
  }
  return false;
}

bool worth_checking(const Examination& exam, const Number& said, const Judgement& judged) {
  if (!said.bare()) return true;
  const bool bound_firmly = judged.any_best && judged.best.agrees >= 0.6;
  const bool figure = said.decimals > 0 || said.value >= 100;
  (void)exam;
  return bound_firmly || !judged.same.empty() || figure;
}

void check_one(Examination& exam, const Number& said) {
  const Scope scope = exam.scope_at(said.first_token);
  const std::vector<Hint> hints = hints_around(exam, said.first_token, said.last_token);
  const Bound bound = bound_of(exam, said);
  const Judgement judged = judge(exam, said, scope, hints, bound);
  if (!worth_checking(exam, said, judged)) return;
  const bool exact_same = !judged.same.empty();
  if (!exact_same && check_bound(exam, said, judged, bound)) return;
  if (supported(exam, said, judged, scope)) return;
  if (said.money) {
    if (const auto derived = derive_amount(exam, said)) {
      decide(exam, said, Verdict::kSupported, derived->why, derived->leaves);
      if (!derived->pointers.empty()) exam.claims.back().evidence = derived->pointers;
      return;
    }
  }
  if (bare_match(exam, said, scope, hints) || wrong_unit(exam, said, scope, hints)) return;
  if (exam.piece.hypothetical && (bound != Bound::kNone || exam.piece.question)) return;
  const bool firm = judged.any_best && judged.best.agrees >= kFirm;
  if (firm) {
    decide(exam, said, Verdict::kContradicted, "the evidence says otherwise: " + describe(exam, judged.best), {exam.index.numbers[judged.best.number].leaf});
  } else if (!said.bare() || said.decimals > 0) {
    decide(exam, said, Verdict::kUnsupported, "no tool result states it", {});
  }
}

}  // namespace

void check_numbers(Examination& exam) {
  for (const Number& number : exam.piece.numbers) {
    bool taken = false;
    for (std::size_t i = number.first_token; i <= number.last_token && i < exam.piece.used.size(); ++i) taken = taken || exam.piece.used[i];
    if (!taken) check_one(exam, number);
  }
}

}  // namespace floorwalker::verify
