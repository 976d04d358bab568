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

Merchandiser::Merchandiser(const Lexicon& lexicon, const std::vector<RankingRule>& rules) : lexicon_(lexicon) {
  for (const RankingRule& rule : rules) rules_.push_back(prepared(rule));
}

Merchandiser::Rule Merchandiser::prepared(const RankingRule& source) const {
  const IndexData& data = lexicon_.data();
  Rule rule{source, {}, {}, {}};
  const std::string wanted = normal_form(source.value);
  const bool tag = source.what == What::kBoostTag || source.what == What::kBuryTag || (source.what == What::kNever && source.field == "tag");
  for (std::uint32_t value = 0; value < data.values.size(); ++value) {
    const ValueRow& row = data.values[value];
    if (data.fields[row.field].source == (tag ? FieldSource::kTag : FieldSource::kBrand) && data.strings[row.folded] == wanted) rule.values.push_back(value);
  }
  if (source.field == "kind" || source.field == "category") rule.scope = lexicon_.scope_of(source.value);
  for (const auto& [key, value] : source.with) rule.with.push_back(normal_form(value.empty() ? key : value));
  return rule;
}

bool Merchandiser::in_stock(std::uint32_t doc, const LiveState& live) const {
  const auto seen = live.empty() ? live.end() : live.find(doc);
  if (seen == live.end()) return static_cast<Availability>(lexicon_.data().docs[doc].availability) != Availability::kOutOfStock;
  return std::any_of(seen->second.begin(), seen->second.end(), [](const LiveVariant& one) { return one.availability != Availability::kOutOfStock; });
}

bool Merchandiser::concerns(const Rule& rule, std::uint32_t doc) const {
  const IndexData& data = lexicon_.data();
  const DocRow& row = data.docs[doc];
  const auto has_value = [&] {
    const auto own = data.values_of(doc);
    return std::any_of(rule.values.begin(), rule.values.end(), [&](std::uint32_t value) { return std::binary_search(own.begin(), own.end(), value); });
  };
  switch (rule.source.what) {
    case What::kBoostTag:
    case What::kBuryTag:
    case What::kBoostBrand:
    case What::kBuryBrand: return has_value();
    case What::kNever: return rule.source.field == "kind" || rule.source.field == "category" ? lexicon_.contains(rule.scope, doc) : has_value();
    case What::kBuryMarginBelow: return row.margin_permille >= 0 && row.margin_permille < rule.source.permille;
    case What::kBoostMarginAbove: return row.margin_permille > rule.source.permille;
    case What::kInStockFirst: return false;
  }
  return false;
}

// `with` holds if each of its words is part of what was asked for or of the product's own categories, tags and kind.
bool Merchandiser::forbidden(const Rule& rule, std::uint32_t doc, const std::string& context) const {
  if (rule.source.what != What::kNever || !concerns(rule, doc)) return false;
  const IndexData& data = lexicon_.data();
  return std::all_of(rule.with.begin(), rule.with.end(), [&](const std::string& wanted) {
    bool holds = mentions(context, wanted);
    for (const std::uint32_t category : data.categories_of(doc)) holds = holds || mentions(normal_form(data.strings[data.categories[category].path]), wanted);
    for (const std::uint32_t kind : data.kinds_of(doc)) holds = holds || mentions(normal_form(data.kind_name(kind)), wanted);
    for (const std::uint32_t one : data.values_of(doc)) {
      holds = holds || (data.fields[data.values[one].field].source == FieldSource::kTag && data.strings[data.values[one].folded] == wanted);
    }
    return holds;
  });
}

// One pass for one rule: a favoured product climbs past each product before it that is not favoured and whose score is within the band.
void Merchandiser::apply(const Rule& rule, std::vector<Match>& matches) const {
  const bool bury = is_bury(rule.source.what);
  std::vector<char> favoured(std::min(matches.size(), kReordered));
  for (std::size_t i = 0; i < favoured.size(); ++i) favoured[i] = concerns(rule, matches[i].doc) != bury;
  for (std::size_t i = 1; i < favoured.size(); ++i) {
    if (!favoured[i]) continue;
    std::size_t to = i;
    while (to > 0 && !favoured[to - 1]) {
      const double overtaken = matches[to - 1].score;
      if (overtaken - matches[i].score > overtaken * rule.source.band_permille / 1000.0) break;
      --to;
    }
    std::rotate(matches.begin() + static_cast<std::ptrdiff_t>(to), matches.begin() + static_cast<std::ptrdiff_t>(i), matches.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    std::rotate(favoured.begin() + static_cast<std::ptrdiff_t>(to), favoured.begin() + static_cast<std::ptrdiff_t>(i), favoured.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }
}

void Merchandiser::take_out(std::vector<Match>& matches, const std::string& context) const {
  for (const Rule& rule : rules_) {
    if (rule.source.what == What::kNever) std::erase_if(matches, [&](const Match& match) { return forbidden(rule, match.doc, context); });
  }
}

void Merchandiser::reorder(std::vector<Match>& matches, const LiveState& live) const {
  for (const Rule& rule : rules_) {
    if (rule.source.what != What::kInStockFirst && rule.source.what != What::kNever) apply(rule, matches);
  }
  // Last, so that it is first: no commercial rule brings a product that cannot be bought before one that can.
  for (const Rule& rule : rules_) {
    if (rule.source.what == What::kInStockFirst) {
      std::stable_partition(matches.begin(), matches.end(), [&](const Match& match) { return in_stock(match.doc, live); });
    }
  }
}

}  // namespace floorwalker::search
