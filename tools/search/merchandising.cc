#include "tools/search/merchandising.h"

#include <algorithm>

#include "agent/core/text.h"
#include "tools/search/analysis.h"

namespace floorwalker::search {
namespace {

using What = RankingRule::What;

bool is_bury(What what) { return what == What::kBuryTag || what == What::kBuryMarginBelow || what == What::kBuryBrand; }

// Rules reorder the best so many: nobody pages further.
constexpr std::size_t kReordered = 1000;

// Whether all words of `phrase` stand in `text` (both in normal form).
bool mentions(const std::string& text, const std::string& phrase) { return (" " + text + " ").find(" " + phrase + " ") != std::string::npos; }

}  // namespace

bool Merchandiser::in_stock(std::uint32_t doc, const LiveState& live) const {
  const auto seen = live.find(doc);
  if (seen == live.end()) return static_cast<Availability>(lexicon_.data().docs[doc].availability) != Availability::kOutOfStock;
  return std::any_of(seen->second.begin(), seen->second.end(), [](const LiveVariant& one) { return one.availability != Availability::kOutOfStock; });
}

bool Merchandiser::concerns(const RankingRule& rule, std::uint32_t doc) const {
  const IndexData& data = lexicon_.data();
  const DocRow& row = data.docs[doc];
  const std::string wanted = normal_form(rule.value);
  const auto has = [&](FieldSource source) {
    for (const std::uint32_t value : data.values_of(doc)) {
      const ValueRow& one = data.values[value];
      if (data.fields[one.field].source == source && data.strings[one.folded] == wanted) return true;
    }
    return false;
  };
  switch (rule.what) {
    case What::kBoostTag:
    case What::kBuryTag: return has(FieldSource::kTag);
    case What::kBoostBrand:
    case What::kBuryBrand: return has(FieldSource::kBrand);
    case What::kNever:
      if (rule.field == "tag") return has(FieldSource::kTag);
      if (rule.field == "kind" || rule.field == "category") return lexicon_.contains(lexicon_.scope_of(rule.value), doc);
      return has(FieldSource::kBrand);
    case What::kBuryMarginBelow: return row.margin_permille >= 0 && row.margin_permille < rule.permille;
    case What::kBoostMarginAbove: return row.margin_permille > rule.permille;
    case What::kInStockFirst: return false;
  }
  return false;
}

// `with` holds if each of its words is part of what was asked for or of the product's own categories, tags and kind.
bool Merchandiser::forbidden(const RankingRule& rule, std::uint32_t doc, const std::string& context) const {
  if (rule.what != What::kNever || !concerns(rule, doc)) return false;
  const IndexData& data = lexicon_.data();
  for (const auto& [key, value] : rule.with) {
    const std::string wanted = normal_form(value.empty() ? key : value);
    bool holds = mentions(context, wanted);
    for (const std::uint32_t category : data.categories_of(doc)) holds = holds || mentions(normal_form(data.strings[data.categories[category].path]), wanted);
    for (const std::uint32_t kind : data.kinds_of(doc)) holds = holds || mentions(normal_form(data.kind_name(kind)), wanted);
    for (const std::uint32_t one : data.values_of(doc)) {
      holds = holds || (data.fields[data.values[one].field].source == FieldSource::kTag && data.strings[data.values[one].folded] == wanted);
    }
    if (!holds) return false;
  }
  return true;
}

// One pass for one rule: a favoured product climbs past each product before it that is not favoured and whose score is within the band.
void Merchandiser::reorder(std::vector<Match>& matches, const RankingRule& rule) const {
  const bool bury = is_bury(rule.what);
  std::vector<char> favoured(std::min(matches.size(), kReordered));
  for (std::size_t i = 0; i < favoured.size(); ++i) favoured[i] = concerns(rule, matches[i].doc) != bury;
  for (std::size_t i = 1; i < favoured.size(); ++i) {
    if (!favoured[i]) continue;
    std::size_t to = i;
    while (to > 0 && !favoured[to - 1]) {
      const double overtaken = matches[to - 1].score;
      if (overtaken - matches[i].score > overtaken * rule.band_permille / 1000.0) break;
      --to;
    }
    std::rotate(matches.begin() + static_cast<std::ptrdiff_t>(to), matches.begin() + static_cast<std::ptrdiff_t>(i), matches.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    std::rotate(favoured.begin() + static_cast<std::ptrdiff_t>(to), favoured.begin() + static_cast<std::ptrdiff_t>(i), favoured.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }
}

void Merchandiser::apply(std::vector<Match>& matches, const std::string& context, const LiveState& live) const {
  for (const RankingRule& rule : rules_) {
    if (rule.what == What::kNever) std::erase_if(matches, [&](const Match& match) { return forbidden(rule, match.doc, context); });
  }
  for (const RankingRule& rule : rules_) {
    if (rule.what != What::kInStockFirst && rule.what != What::kNever) reorder(matches, rule);
  }
  // Last, so that it is first: no commercial rule brings a product that cannot be bought before one that can.
  for (const RankingRule& rule : rules_) {
    if (rule.what == What::kInStockFirst) {
      std::stable_partition(matches.begin(), matches.end(), [&](const Match& match) { return in_stock(match.doc, live); });
    }
  }
}

}  // namespace floorwalker::search
