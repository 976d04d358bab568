#include "tools/search/indexed_search.h"

#include <algorithm>
#include <span>
#include <utility>

#include "agent/core/text.h"
#include "tools/search/analysis.h"
#include "tools/search/cards.h"
#include "tools/search/facets.h"
#include "tools/search/filter.h"
#include "tools/search/index_data.h"
#include "tools/search/lexicon.h"
#include "tools/search/live_memory.h"
#include "tools/search/merchandising.h"
#include "tools/search/ranking.h"
#include "tools/search/shape.h"

namespace floorwalker::search {
namespace {

constexpr std::size_t kSorted = 4000;        // products that are put in order at least
constexpr std::size_t kMostFacets = 16;
constexpr std::size_t kTestedAlone = 32;     // constraints; more are tested all together
constexpr int kLiveRounds = 3;               // searches again when the shop's prices or stock have moved

// "price+10%" widens the price by a tenth; "brand" drops the brand.
struct Relaxation {
  double widen_percent = 0;      // 0: drop
  std::vector<char> concerns;    // of each constraint: whether it is meant

  Relaxation(const IndexData& data, const std::string& text, const std::vector<CompiledConstraint>& constraints) {
    const std::size_t plus = text.find('+');
    if (plus != std::string::npos) {
      if (const auto percent = parse_measure(text.substr(plus + 1))) widen_percent = percent->value;
    }
    const std::string field = text.substr(0, plus);
    const std::string normal = normal_form(text::spaced(field));
    const std::vector<std::uint32_t> fields = fields_named(data, field);
    for (const CompiledConstraint& one : constraints) {
      const bool same = one.on == CompiledConstraint::On::kValues && fields == one.fields;
      concerns.push_back(same || normal == normal_form(text::spaced(one.source.field)));
    }
  }
};

}  // namespace

struct IndexedSearch::State {
  State(const IndexData& data, SearchRules rules) : lexicon(data, std::move(rules.vocabulary)), merchandiser(lexicon, rules.ranking), shapes(lexicon, live, std::move(rules.freshness)) {}
  Lexicon lexicon;
  Merchandiser merchandiser;
  LiveMemory live;
  ShapeBook shapes;
};

namespace {

// One search from request to page.
class SearchRun {
 public:
  SearchRun(ports::Catalogue& catalogue, const Lexicon& lexicon, const Merchandiser& merchandiser, LiveMemory& memory, const SearchRequest& request)
      : catalogue_(catalogue), lexicon_(lexicon), data_(lexicon.data()), merchandiser_(merchandiser), memory_(memory), request_(request) {
    page_.request = request;
  }

  Result<SearchPage> run() {
    query_ = understand(lexicon_, request_.words);
    page_.corrections = query_.corrections;
    page_.kind = query_.kind;
    if (!query_.corrections.empty()) page_.request.words = query_.words;
    for (const Constraint& constraint : request_.constraints) compiled_.push_back(compile(lexicon_, constraint));
    if (!understood()) return std::move(page_);
    find_members();
    if (members_.empty()) {
      page_.outcome = carried_elsewhere() ? SearchOutcome::kNoneMatch : SearchOutcome::kNotCarried;
      page_.complete = true;
      return std::move(page_);
    }
    set_aside_unfilterable();
    for (int round = 0; round < kLiveRounds;) {
      live_ = memory_.now();
      select();
      set_price_range();
      Result<bool> fresh = fill_page();
      if (!fresh) return fail(fresh.error());
      if (!prices_read_ && leave_prices_aside()) continue;
      if (*fresh) break;
      if (++round == kLiveRounds) set_price_range();
    }
    finish();
    return std::move(page_);
  }

 private:
  // False if a constraint cannot be understood or the shop has no such kind: then the page says so and holds nothing.
  bool understood() {
    for (const CompiledConstraint& one : compiled_) {
      if (one.on != CompiledConstraint::On::kUnknown) continue;
      const bool kind = one.source.field == "kind" && !one.source.values.empty();
      page_.outcome = kind ? SearchOutcome::kNotCarried : SearchOutcome::kUnknownField;
      if (kind && page_.kind.empty()) page_.kind = one.source.values[0];
      page_.unfilterable.push_back(one.source);
      page_.complete = true;
    }
    if (page_.outcome != SearchOutcome::kFound) return false;
    const bool words_say_nothing = query_.concepts.empty();
    if (request_.broad || words_say_nothing || !query_.scope.empty() || query_.head_known || scope_constraint()) return true;
    page_.outcome = SearchOutcome::kNotCarried;
    page_.complete = true;
    return false;
  }

  CompiledConstraint* scope_constraint() {
    const auto at = std::find_if(compiled_.begin(), compiled_.end(), [](const CompiledConstraint& one) { return one.on == CompiledConstraint::On::kScope && !one.negated; });
    return at == compiled_.end() ? nullptr : &*at;
  }

  // Everything that the words (and a kind or category given as a constraint) mean, whatever the other constraints say; ascending.
  void find_members() {
    const Scope* within = nullptr;
    if (CompiledConstraint* scope = scope_constraint()) {
      within = &scope->scope;
      scope->settled = true;
      if (page_.kind.empty()) page_.kind = scope->source.values[0];
    }
    if (!query_.concepts.empty()) {
      members_ = request_.broad ? all_matches(lexicon_, query_, within) : strict_matches(lexicon_, query_, within);
    } else if (within) {
      for (const std::uint32_t doc : lexicon_.docs_of(*within)) members_.push_back({doc});
    } else {
      members_.reserve(data_.doc_count());
      for (std::uint32_t doc = 0; doc < data_.doc_count(); ++doc) members_.push_back({doc});
    }
  }

  // Whether the words alone find something that only a kind or category given as a constraint keeps out.
  bool carried_elsewhere() { return scope_constraint() && !query_.concepts.empty() && !strict_matches(lexicon_, query_).empty(); }

  // Constraints on what no product in question records.
  void set_aside_unfilterable() {
    std::vector<CompiledConstraint> kept;
    for (CompiledConstraint& one : compiled_) {
      bool recorded = one.on != CompiledConstraint::On::kUnfilterable;
      if (one.on == CompiledConstraint::On::kValues) {
        recorded = std::any_of(members_.begin(), members_.end(), [&](const Match& match) {
          return std::any_of(one.fields.begin(), one.fields.end(), [&](std::uint32_t field) { return !data_.values_of(match.doc, field).empty(); });
        });
      }
      if (recorded) kept.push_back(std::move(one));
      else page_.unfilterable.push_back(one.source);
    }
    compiled_ = std::move(kept);
  }

  // Where the shop cannot be asked, what only its prices and stock would decide. False if there is no such thing.
  bool leave_prices_aside() {
    const std::size_t before = compiled_.size();
    std::erase_if(compiled_, [this](const CompiledConstraint& one) {
      const bool live = one.on == CompiledConstraint::On::kPrice || one.on == CompiledConstraint::On::kStock;
      if (live) page_.unfilterable.push_back(one.source);
      return live;
    });
    const bool sorted = page_.request.sort == SortBy::kPriceAscending || page_.request.sort == SortBy::kPriceDescending;
    if (sorted) page_.request.sort = SortBy::kRelevance;
    return sorted || compiled_.size() < before;
  }

  std::vector<Match> passing(const Filter& filter) const {
    std::vector<Match> found;
    found.reserve(members_.size());
    for (const Match& match : members_) {
      if (filter.passes(match.doc, *live_)) found.push_back(match);
    }
    return found;
  }

  // How many products are put in order.
  std::size_t in_order() const { return std::max(kSorted, request_.offset + request_.limit); }

  // The matches that meet the constraints, or the constraints as far as they must be relaxed.
  void select() {
    page_.relaxed.clear();
    filter_ = std::make_unique<Filter>(lexicon_, compiled_);
    found_ = passing(*filter_);
    if (found_.empty()) relax();
    page_.considered.clear();
    merchandiser_.take_out(found_, query_.words, page_.considered);
    found_docs_.clear();
    found_docs_.reserve(found_.size());
    for (const Match& match : found_) found_docs_.push_back(match.doc);
    best_first(found_, in_order());
    const std::size_t taken_out = page_.considered.size();
    merchandiser_.reorder(found_, *live_, page_.considered);
    if (page_.request.sort == SortBy::kRelevance) return;
    sort();
    for (std::size_t i = taken_out; i < page_.considered.size(); ++i) page_.considered[i].why += "; then sorted as the request says";
  }

  // Each way of relaxing alone, in order; then the first two together, the first three ...
  void relax() {
    if (request_.relax_in_order.empty()) return;
    std::vector<Relaxation> all;
    for (const std::string& one : request_.relax_in_order) all.emplace_back(data_, one, compiled_);
    test_alone();
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (relaxed_by({all.data() + i, 1})) return;
    }
    for (std::size_t count = 2; count <= all.size(); ++count) {
      if (relaxed_by({all.data(), count})) return;
    }
  }

  // Which constraints each member meets, tested alone: what fails one of those that stay is passed over quickly.
  void test_alone() {
    alone_.assign(members_.size(), 0);
    for (std::size_t i = 0; i < std::min(compiled_.size(), kTestedAlone); ++i) {
      const Filter filter(lexicon_, {compiled_[i]});
      for (std::size_t m = 0; m < members_.size(); ++m) {
        if (filter.passes(members_[m].doc, *live_)) alone_[m] |= 1u << i;
      }
    }
  }

  // Whether anything matches with those relaxations; then it is what was found.
  bool relaxed_by(std::span<const Relaxation> attempt) {
    std::vector<CompiledConstraint> left;
    std::vector<Constraint> relaxed;
    std::uint32_t kept = 0;
    for (std::size_t i = 0; i < compiled_.size(); ++i) {
      const auto at = std::find_if(attempt.begin(), attempt.end(), [&](const Relaxation& one) { return one.concerns[i]; });
      if (at != attempt.end()) relaxed.push_back(compiled_[i].source);
      else if (i < kTestedAlone) kept |= 1u << i;
      const bool drops = at != attempt.end() && (at->widen_percent <= 0 || compiled_[i].on != CompiledConstraint::On::kPrice);
      if (!drops) left.push_back(at == attempt.end() ? compiled_[i] : widened(compiled_[i], at->widen_percent / 100));
    }
    if (relaxed.empty()) return false;
    auto filter = std::make_unique<Filter>(lexicon_, std::move(left));
    std::vector<Match> found;
    for (std::size_t m = 0; m < members_.size(); ++m) {
      if ((alone_[m] & kept) == kept && filter->passes(members_[m].doc, *live_)) found.push_back(members_[m]);
    }
    if (found.empty()) return false;
    filter_ = std::move(filter);
    found_ = std::move(found);
    page_.relaxed = std::move(relaxed);
    return true;
  }

  static CompiledConstraint widened(CompiledConstraint price, double share) {
    if (price.high != INT64_MAX) price.high += static_cast<std::int64_t>(static_cast<double>(price.high) * share);
    if (price.low != INT64_MIN) price.low -= static_cast<std::int64_t>(static_cast<double>(price.low) * share);
    return price;
  }

  std::int64_t price_of(std::uint32_t doc) const {
    const auto seen = live_->find(doc);
    if (const DocRow& row = data_.docs[doc]; seen == live_->end() && row.price_low == row.price_high) return row.price_low;
    std::int64_t lowest = INT64_MAX;
    for (const std::size_t position : filter_->variants(doc, *live_)) {
      const bool known = seen != live_->end() && position < seen->second.size();
      lowest = std::min(lowest, known ? seen->second[position].price : data_.variants_of(doc)[position].price);
    }
    return lowest;
  }

  void sort() {
    const SortBy by = page_.request.sort;
    const bool by_price = by == SortBy::kPriceAscending || by == SortBy::kPriceDescending;
    const bool descending = by == SortBy::kPriceDescending || by == SortBy::kAttributeDescending;
    const std::vector<std::uint32_t> fields = by_price ? std::vector<std::uint32_t>{} : fields_named(data_, request_.sort_attribute);
    std::vector<std::pair<double, std::uint32_t>> keyed;  // and the place by relevance, which decides among equals
    keyed.reserve(found_.size());
    for (const Match& match : found_) {
      const double key = by_price ? static_cast<double>(price_of(match.doc)) : number_of(match.doc, fields, descending);
      keyed.emplace_back(descending ? -key : key, static_cast<std::uint32_t>(keyed.size()));
    }
    const auto end = keyed.begin() + static_cast<std::ptrdiff_t>(std::min(keyed.size(), in_order()));
    if (end != keyed.end()) std::nth_element(keyed.begin(), end, keyed.end());
    std::sort(keyed.begin(), end);
    std::vector<Match> sorted;
    sorted.reserve(found_.size());
    for (const auto& [key, place] : keyed) sorted.push_back(found_[place]);
    found_ = std::move(sorted);
  }

  // Products that do not state the attribute come last, whichever way it is sorted.
  double number_of(std::uint32_t doc, const std::vector<std::uint32_t>& fields, bool descending) const {
    for (const std::uint32_t field : fields) {
      for (const std::uint32_t value : data_.values_of(doc, field)) {
        if (data_.values[value].type == ValueType::kNumber) return data_.values[value].number;
      }
    }
    return descending ? -1e300 : 1e300;
  }

  // Reads the page's products from the shop. False if the shop has changed so that the page must be chosen anew.
  Result<bool> fill_page() {
    const std::size_t begin = std::min(request_.offset, found_.size());
    const std::size_t end = begin + std::min(request_.limit, found_.size() - begin);
    std::vector<ProductId> ids;
    for (std::size_t i = begin; i < end; ++i) ids.emplace_back(std::string(data_.ids[found_[i].doc]));
    const std::vector<std::uint32_t> ends = ends_beside({found_.data() + begin, end - begin});
    for (const std::uint32_t doc : ends) ids.emplace_back(std::string(data_.ids[doc]));
    Result<std::vector<Product>> products = catalogue_.products(ids);
    if (!products) return fail(products.error());
    prices_read_ = std::all_of(products->begin(), products->end(), prices_known);
    page_.products.clear();
    page_.hits.clear();
    bool unchanged = true;
    std::size_t next = 0;
    const std::vector<std::string> first = fields_that_matter();
    for (std::size_t i = begin; i < end; ++i) {
      const Match& match = found_[i];
      const bool there = next < products->size() && (*products)[next].id == ids[i - begin];
      const Product* product = there ? &(*products)[next++] : nullptr;
      if (memory_.observe(data_, match.doc, product)) unchanged = false, live_ = memory_.now();
      if (!product) continue;
      const auto kinds = data_.kinds_of(match.doc);
      const std::string kind = kinds.empty() ? "" : std::string(data_.kind_name(kinds[0]));
      page_.products.push_back(make_card(*product, filter_->variants(match.doc, *live_), first, kind));
      page_.hits.push_back(hit(match));
    }
    for (std::size_t i = 0; i < ends.size(); ++i) {
      const bool there = next < products->size() && (*products)[next].id == ids[end - begin + i];
      if (memory_.observe(data_, ends[i], there ? &(*products)[next++] : nullptr)) unchanged = false;
    }
    if (!unchanged) live_ = memory_.now();
    return unchanged;
  }

  // What the price range ends with and the page does not show: read as well, for the range will be told.
  std::vector<std::uint32_t> ends_beside(std::span<const Match> page) const {
    std::vector<std::uint32_t> ends;
    for (const std::uint32_t doc : {cheapest_, dearest_}) {
      const auto same = [&](const Match& match) { return match.doc == doc; };
      if (doc != kNone && std::none_of(page.begin(), page.end(), same) && std::find(ends.begin(), ends.end(), doc) == ends.end()) ends.push_back(doc);
    }
    return ends;
  }

  std::vector<std::string> fields_that_matter() const {
    std::vector<std::string> names;
    for (const CompiledConstraint& one : compiled_) {
      for (const std::uint32_t field : one.fields) names.emplace_back(data_.field_name(field));
    }
    return names;
  }

  Hit hit(const Match& match) const {
    Hit one;
    one.product = ProductId(std::string(data_.ids[match.doc]));
    one.score = match.score;
    for (std::size_t i = 0; i < query_.concepts.size(); ++i) {
      if (match.concepts >> i & 1) one.matched.push_back(query_.concepts[i].text);
    }
    for (std::size_t zone = 0; zone < kZones; ++zone) {
      if (match.zones >> zone & 1) one.fields.emplace_back(to_string(static_cast<Zone>(zone)));
    }
    return one;
  }

  void finish() {
    page_.total = found_.size();
    page_.complete = request_.offset == 0 && page_.products.size() == found_.size();
    if (found_.empty()) page_.outcome = SearchOutcome::kNoneMatch;
    else if (!page_.unfilterable.empty()) page_.outcome = SearchOutcome::kCannotFilter;
    page_.facets = facets_of(data_, found_docs_, *live_, kMostFacets, request_.broad ? FacetsOf::kAnyProduct : FacetsOf::kTheseProducts);
    if (prices_read_) return;
    page_.price_low = page_.price_high = std::nullopt;
    std::erase_if(page_.facets, [](const Facet& facet) { return facet.field == "price" || facet.field == "stock"; });
  }

  // Over what meets everything but the price; over the whole kind if that is nothing.
  void set_price_range() {
    range_ = {};
    cheapest_ = dearest_ = kNone;
    const auto on_price = [](const CompiledConstraint& one) { return one.on == CompiledConstraint::On::kPrice; };
    bool any = !found_docs_.empty();
    if (page_.relaxed.empty() && std::none_of(compiled_.begin(), compiled_.end(), on_price)) {
      for (const std::uint32_t doc : found_docs_) widen_price_range(doc);
    } else {
      any = false;
      std::vector<CompiledConstraint> others = compiled_;
      std::erase_if(others, on_price);
      const Filter filter(lexicon_, std::move(others));
      for (const Match& match : members_) {
        if (filter.passes(match.doc, *live_)) widen_price_range(match.doc), any = true;
      }
    }
    for (std::size_t i = 0; !any && i < members_.size(); ++i) widen_price_range(members_[i].doc);
    page_.price_low = page_.price_high = std::nullopt;
    if (range_.low > range_.high) return;
    page_.price_low = Money{range_.low, data_.currency};
    page_.price_high = Money{range_.high, data_.currency};
  }

  void widen_price_range(std::uint32_t doc) {
    const PriceRange one = price_range(data_, doc, *live_);
    if (one.low < range_.low) range_.low = one.low, cheapest_ = doc;
    if (one.high > range_.high) range_.high = one.high, dearest_ = doc;
  }

  ports::Catalogue& catalogue_;
  const Lexicon& lexicon_;
  const IndexData& data_;
  const Merchandiser& merchandiser_;
  LiveMemory& memory_;
  const SearchRequest& request_;
  SearchPage page_;
  Query query_;
  std::vector<CompiledConstraint> compiled_;
  std::vector<Match> members_;  // of the kind and words
  std::vector<Match> found_;    // that also meet the constraints, in order
  std::vector<std::uint32_t> found_docs_;  // the same, ascending
  std::vector<std::uint32_t> alone_;       // of each member, made for relaxing: mask of the constraints that it meets
  std::unique_ptr<Filter> filter_;
  std::shared_ptr<const LiveState> live_;
  PriceRange range_;
  bool prices_read_ = true;     // of what the page holds
  std::uint32_t cheapest_ = kNone, dearest_ = kNone;  // the products that the range ends with
};

}  // namespace

IndexedSearch::IndexedSearch(ports::Catalogue& catalogue, std::shared_ptr<const Index> index, SearchRules rules)
    : catalogue_(catalogue), index_(std::move(index)), state_(std::make_unique<State>(index_->data(), std::move(rules))) {}
IndexedSearch::~IndexedSearch() = default;

Result<SearchPage> IndexedSearch::search(const SearchRequest& request) {
  return SearchRun(catalogue_, state_->lexicon, state_->merchandiser, state_->live, request).run();
}

Result<ShopShape> IndexedSearch::shape(const std::string& scope) { return state_->shapes.shape(catalogue_, scope); }

std::optional<std::string> IndexedSearch::kind_of(const ProductId& id) {
  const IndexData& data = index_->data();
  const std::uint32_t doc = data.find_doc(id.str());
  if (doc == kNone) return std::nullopt;
  const auto kinds = data.kinds_of(doc);
  return kinds.empty() ? "" : std::string(data.kind_name(kinds[0]));
}

std::vector<Hit> IndexedSearch::rank(std::string_view words, std::size_t top) const {
  const IndexData& data = index_->data();
  std::vector<Hit> hits;
  for (const Match& match : best_matches(state_->lexicon, understand(state_->lexicon, words), top)) {
    Hit hit;
    hit.product = ProductId(std::string(data.ids[match.doc]));
    hit.score = match.score;
    hits.push_back(std::move(hit));
  }
  return hits;
}

}  // namespace floorwalker::search
