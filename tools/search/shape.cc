#include "tools/search/shape.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "agent/core/text.h"
#include "tools/search/cards.h"
#include "tools/search/index_data.h"

namespace floorwalker::search {
namespace {

constexpr std::size_t kMostDepartments = 40;
constexpr std::size_t kMostMeasured = 8;  // attributes with superlatives

// How a superlative of a dimension is said: {least, most}. Others are "lowest NAME" and "highest NAME".
std::pair<std::string, std::string> words_for(Dimension dimension, const std::string& field) {
  const std::string name = text::spaced(field);
  switch (dimension) {
    case Dimension::kMass: return name == "weight" ? std::pair{std::string("lightest"), std::string("heaviest")} : std::pair{"lightest " + name, "heaviest " + name};
    case Dimension::kLength:
    case Dimension::kArea:
    case Dimension::kVolume:
    case Dimension::kData:
    case Dimension::kPixels: return {"smallest " + name, "largest " + name};
    case Dimension::kTime: return {"shortest " + name, "longest " + name};
    default: return {"lowest " + name, "highest " + name};
  }
}

}  // namespace

// What is known of a scope: the products of `shape.extremes` have but an id.
struct ShapeDraft {
  ShopShape shape;
  std::vector<ProductId> products;               // of a scope that is small enough to be read as a whole
  std::shared_ptr<const LiveState> live;         // that it was worked out with
  std::vector<std::vector<std::string>> fields;  // of each extreme: what its card shows first
};

namespace {

constexpr std::size_t kMostDrafts = 256;  // scopes that are remembered
constexpr int kLiveRounds = 3;            // worked out again when prices have moved
constexpr std::size_t kReadWhole = 200;   // products

class Drafting {
 public:
  Drafting(const Lexicon& lexicon, std::shared_ptr<const LiveState> live, const std::string& scope) : lexicon_(lexicon), data_(lexicon.data()) {
    draft_.shape.scope = scope;
    draft_.live = std::move(live);
  }

  std::shared_ptr<const ShapeDraft> run() {
    if (draft_.shape.scope.empty()) {
      docs_.resize(data_.doc_count());
      std::iota(docs_.begin(), docs_.end(), 0u);
    } else {
      scope_ = lexicon_.scope_of(draft_.shape.scope);
      if (scope_.empty()) scope_ = path_scope();
      if (scope_.empty()) return nullptr;
      docs_ = lexicon_.docs_of(scope_);
    }
    leave_out_gone();
    ShopShape& shape = draft_.shape;
    shape.products = docs_.size();
    std::tie(shape.price_low, shape.price_high) = prices(docs_);
    add_departments();
    add_price_extremes();
    add_measured_extremes();
    return std::make_shared<const ShapeDraft>(std::move(draft_));
  }

 private:
  Scope path_scope() const {
    Scope scope;
    for (std::uint32_t category = 0; category < data_.categories.size(); ++category) {
      if (text::fold(data_.strings[data_.categories[category].path]) == text::fold(draft_.shape.scope)) scope.categories.push_back(category);
    }
    return scope;
  }

  // What the shop no longer has does not count; it is read with the rest again, for it may come back.
  void leave_out_gone() {
    for (std::size_t i = 0; docs_.size() <= kReadWhole && i < docs_.size(); ++i) draft_.products.emplace_back(std::string(data_.ids[docs_[i]]));
    std::erase_if(docs_, [&](std::uint32_t doc) {
      const auto seen = draft_.live->find(doc);
      return seen != draft_.live->end() && seen->second.empty();
    });
  }

  std::pair<Money, Money> prices(const std::vector<std::uint32_t>& docs) const {
    PriceRange range;
    for (const std::uint32_t doc : docs) {
      const PriceRange one = price_range(data_, doc, *draft_.live);
      range.low = std::min(range.low, one.low);
      range.high = std::max(range.high, one.high);
    }
    if (range.low > range.high) return {};
    return {Money{range.low, data_.currency}, Money{range.high, data_.currency}};
  }

  // The category of `doc` one step below the scope's own category (a root for the whole shop); kNone if there is none.
  std::uint32_t department_of(std::uint32_t category) const {
    std::uint32_t below = kNone;
    for (std::uint32_t at = category; at != kNone; at = data_.categories[at].parent) {
      if (std::find(scope_.categories.begin(), scope_.categories.end(), at) != scope_.categories.end()) return below;
      below = at;
    }
    return scope_.categories.empty() ? below : kNone;
  }

  void add_departments() {
    std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> members;
    std::vector<std::uint32_t> found;
    for (const std::uint32_t doc : docs_) {
      found.clear();
      for (const std::uint32_t category : data_.categories_of(doc)) {
        const std::uint32_t department = department_of(category);
        if (department == kNone || std::find(found.begin(), found.end(), department) != found.end()) continue;
        found.push_back(department);
        members[department].push_back(doc);
      }
    }
    if (members.size() < 2) return add_kinds();
    for (const auto& [department, docs] : members) add_department(data_.strings[data_.categories[department].path], docs);
    keep_largest();
  }

  // A shop without departments, or within one: by what the products are.
  void add_kinds() {
    std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> members;
    for (const std::uint32_t doc : docs_) {
      const auto kinds = data_.kinds_of(doc);
      if (!kinds.empty()) members[kinds[0]].push_back(doc);
    }
    for (const auto& [kind, docs] : members) add_department(data_.kind_name(kind), docs);
    keep_largest();
  }

  void add_department(std::string_view name, const std::vector<std::uint32_t>& docs) {
    const auto [low, high] = prices(docs);
    draft_.shape.departments.push_back({std::string(name), docs.size(), low, high});
  }

  void keep_largest() {
    auto& departments = draft_.shape.departments;
    std::sort(departments.begin(), departments.end(), [](const auto& a, const auto& b) { return a.products != b.products ? a.products > b.products : a.name < b.name; });
    if (departments.size() > kMostDepartments) departments.resize(kMostDepartments);
  }

  void add_extreme(const std::string& what, std::uint32_t doc, std::vector<std::string> fields = {}) {
    ShopShape::Extreme extreme;
    extreme.what = what;
    extreme.product.id = ProductId(std::string(data_.ids[doc]));
    draft_.shape.extremes.push_back(std::move(extreme));
    draft_.fields.push_back(std::move(fields));
  }

  void add_price_extremes() {
    if (docs_.empty()) return;
    const auto by = [&](std::int64_t PriceRange::*price) {
      return [this, price](std::uint32_t a, std::uint32_t b) { return price_range(data_, a, *draft_.live).*price < price_range(data_, b, *draft_.live).*price; };
    };
    add_extreme("cheapest", *std::min_element(docs_.begin(), docs_.end(), by(&PriceRange::low)));
    add_extreme("most expensive", *std::max_element(docs_.begin(), docs_.end(), by(&PriceRange::high)));
  }

  struct Range {
    std::size_t docs = 0;
    double low = 0, high = 0;
    std::uint32_t least = 0, most = 0;
  };

  void add_measured_extremes() {
    std::vector<Range> ranges(data_.field_count());
    for (const std::uint32_t doc : docs_) {
      for (const std::uint32_t value : data_.values_of(doc)) {
        const ValueRow& row = data_.values[value];
        if (row.type != ValueType::kNumber || row.dimension != data_.fields[row.field].dimension) continue;
        Range& range = ranges[row.field];
        if (range.docs == 0 || row.number < range.low) range.low = row.number, range.least = doc;
        if (range.docs == 0 || row.number > range.high) range.high = row.number, range.most = doc;
        ++range.docs;
      }
    }
    std::vector<std::pair<std::uint32_t, Range>> order;
    for (std::uint32_t field = 0; field < ranges.size(); ++field) {
      if (ranges[field].docs > 1 && ranges[field].low < ranges[field].high) order.emplace_back(field, ranges[field]);
    }
    std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.second.docs != b.second.docs ? a.second.docs > b.second.docs : a.first < b.first; });
    if (order.size() > kMostMeasured) order.resize(kMostMeasured);
    for (const auto& [field, range] : order) {
      const std::string name(data_.field_name(field));
      const auto [least, most] = words_for(static_cast<Dimension>(data_.fields[field].dimension), name);
      add_extreme(least, range.least, {name});
      add_extreme(most, range.most, {name});
    }
  }

  const Lexicon& lexicon_;
  const IndexData& data_;
  Scope scope_;
  std::vector<std::uint32_t> docs_;
  ShapeDraft draft_;
};

// Prices and stock of the products named are read live; one that the shop no longer has is left out. `news` is set where they are not as the
// draft has them.
Result<ShopShape> with_cards(ports::Catalogue& catalogue, const IndexData& data, LiveMemory& memory, const ShapeDraft& draft, bool& news) {
  ShopShape shape = draft.shape;
  shape.extremes.clear();
  std::vector<ProductId> ids;
  for (const ShopShape::Extreme& extreme : draft.shape.extremes) {
    if (std::find(ids.begin(), ids.end(), extreme.product.id) == ids.end()) ids.push_back(extreme.product.id);
  }
  const Result<std::vector<Product>> products = catalogue.products(ids);
  if (!products) return fail(products.error());
  const auto read = [&](const ProductId& id) {
    const auto at = std::find_if(products->begin(), products->end(), [&](const Product& one) { return one.id == id; });
    return at == products->end() ? nullptr : &*at;
  };
  std::vector<LiveMemory::Read> all;
  for (const ProductId& id : ids) all.push_back({data.find_doc(id.str()), read(id)});
  news = memory.observe(data, all);
  for (std::size_t i = 0; i < draft.fields.size(); ++i) {
    ShopShape::Extreme extreme = draft.shape.extremes[i];
    const Product* product = read(extreme.product.id);
    if (!product) continue;
    const auto kinds = data.kinds_of(data.find_doc(product->id.str()));
    if (!prices_known(*product) && draft.fields[i].empty()) continue;   // by price
    extreme.product = make_card(*product, {}, draft.fields[i], kinds.empty() ? "" : std::string(data.kind_name(kinds[0])));
    shape.extremes.push_back(std::move(extreme));
  }
  return shape;
}

// The ranges of prices as `known` has them: none where it has none.
void take_ranges(const ShopShape& known, ShopShape& shape) {
  shape.price_low = known.price_low;
  shape.price_high = known.price_high;
  for (ShopShape::Department& department : shape.departments) {
    const auto same = std::find_if(known.departments.begin(), known.departments.end(), [&](const auto& one) { return one.name == department.name; });
    department.price_low = same == known.departments.end() ? Money{} : same->price_low;
    department.price_high = same == known.departments.end() ? Money{} : same->price_high;
  }
}

}  // namespace

std::shared_ptr<const ShapeDraft> ShapeBook::draft_of(const std::string& scope) {
  const std::string key = text::fold(scope);
  auto live = memory_.now();
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = drafts_.find(key); known != drafts_.end() && known->second->live == live) return known->second;
  }
  auto draft = Drafting(lexicon_, std::move(live), scope).run();
  const std::lock_guard lock(mutex_);
  if (drafts_.size() >= kMostDrafts) drafts_.clear();
  if (draft) drafts_.insert_or_assign(key, draft);
  return draft;
}

bool ShapeBook::prices_are_fresh(const std::string& scope) {
  if (!freshness_) return true;
  const Time oldest = freshness_->now() - freshness_->good_for;
  if (freshness_->indexed && freshness_->indexed() >= oldest) return true;
  const std::lock_guard lock(mutex_);
  const auto read = read_.find(text::fold(scope));
  return read != read_.end() && read->second >= oldest;
}

Result<bool> ShapeBook::read_whole(ports::Catalogue& catalogue, const ShapeDraft& draft) {
  const Time began = freshness_->now();
  const auto products = catalogue.products(draft.products);
  if (!products) return fail(products.error());
  std::vector<LiveMemory::Read> all;
  std::size_t next = 0;
  for (const ProductId& id : draft.products) {
    const bool there = next < products->size() && (*products)[next].id == id;
    all.push_back({lexicon_.data().find_doc(id.str()), there ? &(*products)[next++] : nullptr});
  }
  memory_.observe(lexicon_.data(), all);
  if (!std::all_of(products->begin(), products->end(), prices_known)) return false;
  const std::lock_guard lock(mutex_);
  if (read_.size() >= kMostDrafts) read_.clear();
  read_.insert_or_assign(text::fold(draft.shape.scope), began);
  return true;
}

Result<ShopShape> ShapeBook::shape(ports::Catalogue& catalogue, const std::string& scope) {
  auto draft = draft_of(scope);
  if (!draft) return fail(ErrorKind::kNotFound, "The shop has no department or kind called \"" + scope + "\".");
  bool fresh = prices_are_fresh(scope);
  if (!fresh && !draft->products.empty()) {
    const auto read = read_whole(catalogue, *draft);
    if (!read) return fail(read.error());
    fresh = *read;
  }
  Result<ShopShape> shape = fail(ErrorKind::kInternal, "");
  bool news = true;
  for (int round = 1; news && round <= kLiveRounds; ++round) {
    draft = draft_of(scope);
    shape = with_cards(catalogue, lexicon_.data(), memory_, *draft, news);
    if (!shape) return shape;
  }
  if (news) take_ranges(draft_of(scope)->shape, *shape);
  if (!fresh) take_ranges({}, *shape);
  shape->scope = scope;
  return shape;
}

}  // namespace floorwalker::search
