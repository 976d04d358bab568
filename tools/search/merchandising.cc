#include "tools/search/merchandising.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "agent/core/json_writer.h"
#include "agent/core/playbook/selling_rules.h"
#include "agent/core/text.h"
#include "tools/search/analysis.h"

namespace floorwalker::search {
namespace {

using Came = Considered::Came;
using What = RankingRule::What;

bool is_bury(What what) { return what == What::kBuryTag || what == What::kBuryMarginBelow || what == What::kBuryBrand; }

// Rules reorder the best so many: nobody pages further.
constexpr std::size_t kReordered = 1000;

// Whether all words of `phrase` stand in `text` (both in normal form).
bool mentions(const std::string& text, const std::string& phrase) { return (" " + text + " ").find(" " + phrase + " ") != std::string::npos; }

std::string percent(double share) { return json::number_text(std::round(share * 1000) / 10) + "%"; }

// A product that wants to move up, and one that stands before it.
struct Pair {
  Match up, past;

  double apart() const { return past.score > 0 ? (past.score - up.score) / past.score : 0; }
};

// What one rule did.
struct Climbs {
  std::size_t concerned = 0, of = 0;   // products that the rule names, of those looked at
  std::size_t moved = 0;
  std::optional<Pair> first;           // that moved
  std::optional<Pair> nearest;         // that stayed, by how far they are apart

  void climb(const Pair& pair) {
    if (++moved == 1) first = pair;
  }
  void stop(const Pair& pair) {
    if (!nearest || pair.apart() < nearest->apart()) nearest = pair;
  }
};

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
bool Merchandiser::in_context(const Rule& rule, std::uint32_t doc, const std::string& context) const {
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

std::string Merchandiser::told(const Match& match) const {
  return std::string(lexicon_.data().ids[match.doc]) + " (" + json::number_text(std::round(match.score * 1e4) / 1e4) + ")";
}

Considered Merchandiser::never(const Rule& rule, std::vector<Match>& matches, const std::string& context) const {
  const std::size_t before = matches.size();
  std::size_t concerned = 0;
  std::string first;
  std::erase_if(matches, [&](const Match& match) {
    if (!concerns(rule, match.doc)) return false;
    ++concerned;
    if (!in_context(rule, match.doc, context)) return false;
    if (first.empty()) first = lexicon_.data().ids[match.doc];
    return true;
  });
  const std::string of = std::to_string(concerned) + " of " + std::to_string(before) + " found are of it";
  if (!first.empty()) return {rule_name(rule.source), Came::kActed, of + "; " + std::to_string(before - matches.size()) + " taken out, the first is " + first};
  return {rule_name(rule.source), Came::kPassed, concerned == 0 ? of : of + ", but neither they nor \"" + context + "\" name what it holds with"};
}

// One pass for one rule: a favoured product climbs past each product before it that is not favoured and whose score is within the band.
Considered Merchandiser::apply(const Rule& rule, std::vector<Match>& matches) const {
  const bool bury = is_bury(rule.source.what);
  std::vector<char> favoured(std::min(matches.size(), kReordered));
  for (std::size_t i = 0; i < favoured.size(); ++i) favoured[i] = concerns(rule, matches[i].doc) != bury;
  const auto climbers = static_cast<std::size_t>(std::count(favoured.begin(), favoured.end(), 1));
  Climbs climbs{bury ? favoured.size() - climbers : climbers, favoured.size(), 0, {}, {}};
  for (std::size_t i = 1; i < favoured.size(); ++i) {
    if (!favoured[i]) continue;
    std::size_t to = i;
    while (to > 0 && !favoured[to - 1]) {
      const double overtaken = matches[to - 1].score;
      if (overtaken - matches[i].score > overtaken * rule.source.band_permille / 1000.0) {
        climbs.stop({matches[i], matches[to - 1]});
        break;
      }
      --to;
    }
    if (to < i) climbs.climb({matches[i], matches[to]});
    std::rotate(matches.begin() + static_cast<std::ptrdiff_t>(to), matches.begin() + static_cast<std::ptrdiff_t>(i), matches.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    std::rotate(favoured.begin() + static_cast<std::ptrdiff_t>(to), favoured.begin() + static_cast<std::ptrdiff_t>(i), favoured.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }
  std::string why = std::to_string(climbs.concerned) + " of " + std::to_string(climbs.of) + " found are of it";
  const std::string band = ", within " + percent(rule.source.band_permille / 1000.0);
  if (climbs.first) why += "; " + std::to_string(climbs.moved) + " moved up: " + told(climbs.first->up) + " past " + told(climbs.first->past) + ", " + percent(climbs.first->apart()) + " apart" + band;
  else if (climbs.nearest) why += "; none moved: " + told(climbs.nearest->up) + " stays behind " + told(climbs.nearest->past) + ", " + percent(climbs.nearest->apart()) + " apart" + band;
  return {rule_name(rule.source), climbs.first ? Came::kActed : Came::kPassed, std::move(why)};
}

Considered Merchandiser::stock_first(const Rule& rule, std::vector<Match>& matches, const LiveState& live) const {
  const auto buyable = [&](const Match& match) { return in_stock(match.doc, live); };
  const auto first_out = std::find_if_not(matches.begin(), matches.end(), buyable);
  const std::string first = first_out == matches.end() ? "" : std::string(lexicon_.data().ids[first_out->doc]);
  const auto out = std::stable_partition(first_out, matches.end(), buyable);
  const bool moved = out != first_out;
  std::string why = std::to_string(matches.end() - out) + " of " + std::to_string(matches.size()) + " found are sold out";
  if (moved) why += "; " + std::to_string(out - first_out) + " moved up past the first of them, " + first;
  return {rule_name(rule.source), moved ? Came::kActed : Came::kPassed, std::move(why)};
}

void Merchandiser::take_out(std::vector<Match>& matches, const std::string& context, std::vector<Considered>& considered) const {
  for (const Rule& rule : rules_) {
    if (rule.source.what == What::kNever) considered.push_back(never(rule, matches, context));
  }
}

void Merchandiser::reorder(std::vector<Match>& matches, const LiveState& live, std::vector<Considered>& considered) const {
  for (const Rule& rule : rules_) {
    if (rule.source.what != What::kInStockFirst && rule.source.what != What::kNever) considered.push_back(apply(rule, matches));
  }
  // Last, so that it is first: no commercial rule brings a product that cannot be bought before one that can.
  for (const Rule& rule : rules_) {
    if (rule.source.what == What::kInStockFirst) considered.push_back(stock_first(rule, matches, live));
  }
}

}  // namespace floorwalker::search
