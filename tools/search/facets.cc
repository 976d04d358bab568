#include "tools/search/facets.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "agent/core/money.h"
#include "agent/core/text.h"

namespace floorwalker::search {
namespace {

constexpr std::size_t kMostValues = 12;

// How often each value occurs; one counter for each value, reused by a thread from search to search.
struct Counts {
  std::vector<std::uint32_t> of;
  std::vector<std::uint32_t> touched;

  void start(std::size_t size) {
    if (of.size() != size) of.assign(size, 0), touched.clear();
    for (const std::uint32_t one : touched) of[one] = 0;
    touched.clear();
  }
  void add(std::uint32_t one) {
    if (of[one]++ == 0) touched.push_back(one);
  }
};

// 0: one value has everything; towards 1: many values, none of them rare.
double evenness(const Facet& facet, std::size_t others) {
  double sum = static_cast<double>(others), entropy = 0;
  for (const FacetValue& value : facet.values) sum += static_cast<double>(value.count);
  for (const FacetValue& value : facet.values) {
    const double share = static_cast<double>(value.count) / sum;
    entropy -= share * std::log2(share);
  }
  // Values that occur once or twice tell products apart, but nobody asks for them.
  const double named = 1 - static_cast<double>(others) / sum;
  return std::min(entropy, 3.0) / 3.0 * named;
}

struct Scored {
  Facet facet;
  double use = 0;
};

class FacetCounter {
 public:
  FacetCounter(const IndexData& data, const std::vector<std::uint32_t>& docs) : data_(data), docs_(docs) {}

  std::vector<Facet> run(std::size_t limit) {
    thread_local Counts counts;
    counts.start(data_.values.size());
    for (const std::uint32_t doc : docs_) {
      for (const std::uint32_t value : data_.values_of(doc)) counts.add(value);
    }
    std::sort(counts.touched.begin(), counts.touched.end());
    for (std::size_t begin = 0; begin < counts.touched.size();) {
      const std::uint32_t field = data_.values[counts.touched[begin]].field;
      std::size_t end = begin;
      while (end < counts.touched.size() && data_.values[counts.touched[end]].field == field) ++end;
      add_field(field, {counts.touched.data() + begin, end - begin}, counts);
      begin = end;
    }
    add_kinds();
    add_categories();
    std::sort(scored_.begin(), scored_.end(), [](const Scored& a, const Scored& b) { return a.use != b.use ? a.use > b.use : a.facet.field < b.facet.field; });
    std::vector<Facet> facets;
    if (docs_.size() > 1) facets.push_back(price());
    for (Scored& one : scored_) {
      if (facets.size() < limit) facets.push_back(std::move(one.facet));
    }
    return facets;
  }

 private:
  void add(Facet facet, std::vector<FacetValue> values, double bonus) {
    std::stable_sort(values.begin(), values.end(), [](const FacetValue& a, const FacetValue& b) { return a.count > b.count; });
    std::size_t others = 0;
    for (std::size_t i = kMostValues; i < values.size(); ++i) others += values[i].count;
    if (values.size() > kMostValues) values.resize(kMostValues);
    facet.values = std::move(values);
    const double coverage = static_cast<double>(facet.covered) / static_cast<double>(docs_.size());
    const double use = coverage * evenness(facet, others) * bonus;
    if (facet.values.size() > 1 && use > 0.01) scored_.push_back({std::move(facet), use});
  }

  void add_field(std::uint32_t field, std::span<const std::uint32_t> values, const Counts& counts) {
    const FieldRow& row = data_.fields[field];
    Facet facet;
    facet.field = data_.field_name(field);
    std::vector<FacetValue> found;
    for (const std::uint32_t value : values) {
      const ValueRow& one = data_.values[value];
      found.push_back({std::string(data_.strings[one.text]), counts.of[value]});
      facet.covered += counts.of[value];
      if (one.type != ValueType::kNumber || one.dimension != row.dimension) continue;
      const Measure measure{one.shown, find_unit(data_.strings[one.unit]).value_or(Unit{std::string(data_.strings[one.unit]), Dimension::kNone, 1, 0})};
      if (!facet.low) facet.low = measure;
      facet.high = measure;
    }
    // Several values for one product count once for coverage, as nearly as can be told from the counts.
    facet.covered = std::min(facet.covered, docs_.size());
    add(std::move(facet), std::move(found), row.source == FieldSource::kOption ? 1.2 : row.source == FieldSource::kTag ? 0.5 : 1.0);
  }

  void add_kinds() {
    Counts counts;
    counts.start(data_.kind_count());
    Facet facet;
    facet.field = "kind";
    for (const std::uint32_t doc : docs_) {
      const auto kinds = data_.kinds_of(doc);
      if (kinds.empty()) continue;
      counts.add(kinds[0]);
      ++facet.covered;
    }
    std::vector<FacetValue> values;
    for (const std::uint32_t kind : counts.touched) values.push_back({std::string(data_.kind_name(kind)), counts.of[kind]});
    add(std::move(facet), std::move(values), 1.5);
  }

  void add_categories() {
    Counts counts;
    counts.start(data_.categories.size());
    Facet facet;
    facet.field = "category";
    for (const std::uint32_t doc : docs_) {
      const auto categories = data_.categories_of(doc);
      if (categories.empty()) continue;
      counts.add(categories[0]);
      ++facet.covered;
    }
    std::vector<FacetValue> values;
    for (const std::uint32_t category : counts.touched) values.push_back({std::string(data_.strings[data_.categories[category].path]), counts.of[category]});
    add(std::move(facet), std::move(values), 1.2);
  }

  // Three bands of about as many products each, at round amounts.
  Facet price() const {
    std::vector<std::int64_t> prices;
    for (const std::uint32_t doc : docs_) prices.push_back(data_.docs[doc].price_low);
    std::sort(prices.begin(), prices.end());
    double unit = 1;
    for (int i = 0; i < data_.currency.digits(); ++i) unit *= 10;
    const auto major = [&](std::int64_t minor) { return static_cast<double>(minor) / unit; };
    Facet facet;
    facet.field = "price";
    facet.covered = prices.size();
    facet.low = Measure{major(prices.front()), {}};
    facet.high = Measure{major(prices.back()), {}};
    double last = 0;
    std::size_t counted = 0;
    for (const int third : {1, 2}) {
      const double bound = round_up(major(prices[prices.size() * static_cast<std::size_t>(third) / 3]));
      const auto below = static_cast<std::size_t>(std::upper_bound(prices.begin(), prices.end(), static_cast<std::int64_t>(bound * unit)) - prices.begin());
      if (bound <= last || below == counted || below == prices.size()) continue;
      facet.values.push_back({last == 0 ? "up to " + format(Measure{bound, {}}) : format(Measure{last, {}}) + " to " + format(Measure{bound, {}}), below - counted});
      last = bound;
      counted = below;
    }
    if (last > 0) facet.values.push_back({"over " + format(Measure{last, {}}), prices.size() - counted});
    return facet;
  }

  // The next of 1, 2, 3, 5, 7.5 times a power of ten.
  static double round_up(double amount) {
    if (amount <= 0) return 0;
    const double power = std::pow(10, std::floor(std::log10(amount)));
    for (const double step : {1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0}) {
      if (step * power >= amount) return step * power;
    }
    return 10 * power;
  }

  const IndexData& data_;
  const std::vector<std::uint32_t>& docs_;
  std::vector<Scored> scored_;
};

}  // namespace

std::vector<Facet> facets_of(const IndexData& data, const std::vector<std::uint32_t>& docs, std::size_t limit) {
  if (docs.empty()) return {};
  return FacetCounter(data, docs).run(limit);
}

}  // namespace floorwalker::search
