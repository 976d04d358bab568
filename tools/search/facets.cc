#include "tools/search/facets.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "agent/core/money.h"
#include "agent/core/text.h"

namespace floorwalker::search {
namespace {

constexpr std::size_t kMostValues = 12;
constexpr std::size_t kMostCounted = 20000;  // products whose every value is counted
constexpr std::size_t kMostSampled = 10000;  // prices by which the bounds of price bands are chosen

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

  // Puts what was touched in ascending order.
  void sort() {
    if (touched.size() < of.size() / 32) return std::sort(touched.begin(), touched.end());
    touched.clear();
    for (std::uint32_t one = 0; one < of.size(); ++one) {
      if (of[one] > 0) touched.push_back(one);
    }
  }
};

// How often one of several things occurs.
struct Counted {
  std::uint32_t what = 0;
  std::uint32_t count = 0;
};

// What a facet would be, before its texts are written: most are dropped for more telling ones.
struct Draft {
  enum class Of { kField, kKind, kCategory };

  Of of = Of::kField;
  std::uint32_t field = 0;
  std::vector<Counted> values;          // most frequent first
  std::size_t covered = 0;
  std::uint32_t low = kNone, high = kNone;  // values: of numbers
  double use = 0;
};

// 0: one value has everything; towards 1: many values, none of them rare.
double evenness(const std::vector<Counted>& values, std::size_t others) {
  double sum = static_cast<double>(others), entropy = 0;
  for (const Counted& value : values) sum += static_cast<double>(value.count);
  for (const Counted& value : values) {
    const double share = static_cast<double>(value.count) / sum;
    entropy -= share * std::log2(share);
  }
  // Values that occur once or twice tell products apart, but nobody asks for them.
  const double named = 1 - static_cast<double>(others) / sum;
  return std::min(entropy, 3.0) / 3.0 * named;
}

class FacetCounter {
 public:
  FacetCounter(const IndexData& data, const std::vector<std::uint32_t>& docs, const LiveState& live) : data_(data), docs_(docs), live_(live) {}

  std::vector<Facet> run(std::size_t limit, FacetsOf of) {
    const bool each_value = of == FacetsOf::kTheseProducts && docs_.size() <= kMostCounted;
    if (each_value) add_fields();
    add_firsts(!each_value);
    std::sort(drafts_.begin(), drafts_.end(), [&](const Draft& a, const Draft& b) { return a.use != b.use ? a.use > b.use : name_of(a) < name_of(b); });
    std::vector<Facet> facets;
    if (prices_.size() > 1) facets.push_back(price());
    for (const Draft& draft : drafts_) {
      if (facets.size() < limit) facets.push_back(written(draft));
    }
    return facets;
  }

 private:
  // Every value of the products.
  void add_fields() {
    thread_local Counts counts;
    counts.start(data_.values.size());
    for (const std::uint32_t doc : docs_) {
      for (const std::uint32_t value : data_.values_of(doc)) counts.add(value);
    }
    counts.sort();
    for (std::size_t begin = 0; begin < counts.touched.size();) {
      const std::uint32_t field = data_.values[counts.touched[begin]].field;
      std::size_t end = begin;
      while (end < counts.touched.size() && counts.touched[end] < data_.fields[field + 1].first_value) ++end;
      add_field(field, {counts.touched.data() + begin, end - begin}, counts);
      begin = end;
    }
  }

  std::string_view name_of(const Draft& draft) const {
    return draft.of == Draft::Of::kKind ? "kind" : draft.of == Draft::Of::kCategory ? "category" : data_.field_name(draft.field);
  }

  // Keeps the draft, with its most frequent values, if it tells the products apart.
  void add(Draft draft, std::vector<Counted>& values, double bonus) {
    if (values.size() < 2) return;
    std::size_t all = 0, named = 0;
    for (const Counted& value : values) all += value.count;
    const std::size_t kept = std::min(values.size(), kMostValues);
    std::partial_sort(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(kept), values.end(),
                      [](const Counted& a, const Counted& b) { return a.count != b.count ? a.count > b.count : a.what < b.what; });
    draft.values.assign(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(kept));
    for (const Counted& value : draft.values) named += value.count;
    const double coverage = static_cast<double>(draft.covered) / static_cast<double>(docs_.size());
    draft.use = coverage * evenness(draft.values, all - named) * bonus;
    if (draft.use > 0.01) drafts_.push_back(std::move(draft));
  }

  void add_field(std::uint32_t field, std::span<const std::uint32_t> values, const Counts& counts) {
    const FieldRow& row = data_.fields[field];
    Draft draft;
    draft.field = field;
    counted_.clear();
    for (const std::uint32_t value : values) {
      const ValueRow& one = data_.values[value];
      counted_.push_back({value, counts.of[value]});
      draft.covered += counts.of[value];
      if (one.type != ValueType::kNumber || one.dimension != row.dimension) continue;
      if (draft.low == kNone) draft.low = value;
      draft.high = value;
    }
    // Several values for one product count once for coverage, as nearly as can be told from the counts.
    draft.covered = std::min(draft.covered, docs_.size());
    add(std::move(draft), counted_, row.source == FieldSource::kOption ? 1.2 : row.source == FieldSource::kTag ? 0.5 : 1.0);
  }

  // What every product has, in one pass: its price, its first kind, its first category and, where its values are not counted, its brand.
  void add_firsts(bool brands) {
    thread_local Counts of_brand, of_kind, of_category;
    of_brand.start(brands ? data_.values.size() : 0);
    of_kind.start(data_.kind_count());
    of_category.start(data_.categories.size());
    std::size_t with_kind = 0, with_category = 0;
    prices_.reserve(docs_.size());
    for (const std::uint32_t doc : docs_) {
      const DocRow& row = data_.docs[doc];
      const DocRow& next = data_.docs[doc + 1];
      if (const PriceRange range = price_range(data_, doc, live_); range.low <= range.high) prices_.push_back(range.low);
      if (brands && row.brand != kNone) of_brand.add(row.brand);
      if (row.first_kind < next.first_kind) of_kind.add(data_.doc_kinds[row.first_kind]), ++with_kind;
      if (row.first_category < next.first_category) of_category.add(data_.doc_categories[row.first_category]), ++with_category;
    }
    if (!of_brand.touched.empty()) {
      of_brand.sort();
      add_field(data_.values[of_brand.touched[0]].field, of_brand.touched, of_brand);
    }
    add_first(Draft::Of::kKind, of_kind, with_kind, 1.5);
    add_first(Draft::Of::kCategory, of_category, with_category, 1.2);
  }

  void add_first(Draft::Of of, const Counts& counts, std::size_t covered, double bonus) {
    Draft draft;
    draft.of = of;
    draft.covered = covered;
    counted_.clear();
    for (const std::uint32_t one : counts.touched) counted_.push_back({one, counts.of[one]});
    add(std::move(draft), counted_, bonus);
  }

  Facet written(const Draft& draft) const {
    Facet facet;
    facet.field = name_of(draft);
    facet.covered = draft.covered;
    if (draft.low != kNone) facet.low = measure_of(draft.low), facet.high = measure_of(draft.high);
    for (const Counted& one : draft.values) facet.values.push_back({std::string(text_of(draft.of, one.what)), one.count});
    return facet;
  }

  std::string_view text_of(Draft::Of of, std::uint32_t what) const {
    switch (of) {
      case Draft::Of::kField: return data_.value_text(what);
      case Draft::Of::kKind: return data_.kind_name(what);
      case Draft::Of::kCategory: return data_.strings[data_.categories[what].path];
    }
    return {};
  }

  Measure measure_of(std::uint32_t value) const {
    const ValueRow& row = data_.values[value];
    const std::string_view symbol = data_.strings[row.unit];
    return {row.shown, find_unit(symbol).value_or(Unit{std::string(symbol), Dimension::kNone, 1, 0})};
  }

  // Three bands of about as many products each, at round amounts.
  Facet price() const {
    const std::vector<std::int64_t>& prices = prices_;
    double unit = 1;
    for (int i = 0; i < data_.currency.digits(); ++i) unit *= 10;
    const auto major = [&](std::int64_t minor) { return static_cast<double>(minor) / unit; };
    Facet facet;
    facet.field = "price";
    facet.covered = prices.size();
    const auto [low, high] = std::minmax_element(prices.begin(), prices.end());
    facet.low = Measure{major(*low), {}};
    facet.high = Measure{major(*high), {}};
    // The bounds are rounded anyway: a sample is enough to choose them. What is counted between them is exact.
    std::vector<std::int64_t> sample;
    const std::size_t step = prices.size() / kMostSampled + 1;
    for (std::size_t i = 0; i < prices.size(); i += step) sample.push_back(prices[i]);
    const auto shown = [&](std::int64_t minor) { return format(Measure{major(minor), {}}); };
    std::int64_t last = 0;
    std::size_t counted = 0;
    for (const int third : {1, 2}) {
      const auto at = sample.begin() + static_cast<std::ptrdiff_t>(sample.size() * static_cast<std::size_t>(third) / 3);
      std::nth_element(sample.begin(), at, sample.end());
      const std::int64_t bound = round_up(*at);
      const auto below = static_cast<std::size_t>(std::count_if(prices.begin(), prices.end(), [&](std::int64_t one) { return one <= bound; }));
      if (bound <= last || below == counted || below == prices.size()) continue;
      facet.values.push_back({last == 0 ? "up to " + shown(bound) : shown(last) + " to " + shown(bound), below - counted});
      last = bound;
      counted = below;
    }
    if (last > 0) facet.values.push_back({"over " + shown(last), prices.size() - counted});
    return facet;
  }

  // The next of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten minor units.
  static std::int64_t round_up(std::int64_t minor) {
    if (minor <= 0) return 0;
    std::int64_t power = 1;
    while (power <= minor / 10) power *= 10;
    for (const std::int64_t tenths : {10, 15, 20, 30, 40, 50, 60, 80}) {
      if (tenths * power / 10 >= minor) return tenths * power / 10;
    }
    return 10 * power;
  }

  const IndexData& data_;
  const std::vector<std::uint32_t>& docs_;
  const LiveState& live_;
  std::vector<Draft> drafts_;
  std::vector<Counted> counted_;  // of the field at hand
  std::vector<std::int64_t> prices_;
};

}  // namespace

std::vector<Facet> facets_of(const IndexData& data, const std::vector<std::uint32_t>& docs, const LiveState& live, std::size_t limit, FacetsOf of) {
  if (docs.empty()) return {};
  return FacetCounter(data, docs, live).run(limit, of);
}

}  // namespace floorwalker::search
