#include <fmt/format.h>

#include "agent/core/verify/binding.h"
#include "agent/core/verify/piece.h"

// Days and months must be those of the evidence.
namespace floorwalker::verify {
namespace {

void check_date(Examination& exam, const Date& date) {
  std::size_t first = 0;
  while (first + 1 < exam.piece.tokens.size() && exam.piece.tokens[first].end <= date.start) ++first;
  std::size_t last = first;
  while (last + 1 < exam.piece.tokens.size() && exam.piece.tokens[last + 1].start < date.end) ++last;
  const Scope& scope = exam.scope_at(first);
  const std::vector<Hint> hints = hints_around(exam, first, last);
  double best = 0;
  std::uint32_t nearest = 0;
  for (const auto& [known, leaf] : exam.index.dates) {
    if (!exam.usable(leaf)) continue;
    const Leaf& fact = exam.index.leaves[leaf];
    if (same_date(date, known)) {
      exam.claim(date.start, date.end, ClaimKind::kAttribute, Verdict::kSupported, fmt::format("{} is {}", fact.key, exam.index.value_text(leaf)), {leaf});
      return;
    }
    const double agrees = scope.holds(fact.entity) ? agreement(exam, hints, fact, nullptr) : 0;
    if (agrees > best) {
      best = agrees;
      nearest = leaf;
    }
  }
  if (best >= 0.5) {
    exam.claim(date.start, date.end, ClaimKind::kAttribute, Verdict::kContradicted,
               fmt::format("{} is {}", exam.index.leaves[nearest].key, exam.index.value_text(nearest)), {nearest});
  } else if (date.day || !exam.piece.question) {
    exam.claim(date.start, date.end, ClaimKind::kAttribute, Verdict::kUnsupported, "no tool result states this date");
  }
}

}  // namespace

void check_dates(Examination& exam) {
  for (const Date& date : exam.piece.dates) check_date(exam, date);
}

}  // namespace floorwalker::verify
