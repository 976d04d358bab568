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

// What the index says of a scope: the products of `shape.extremes` have but an id.
struct ShapeDraft {
  ShopShape shape;
  std::vector<std::vector<std::string>> fields;  // of each extreme: what its card shows first
};

namespace {

constexpr std::size_t kMostDrafts = 256;  // scopes that are remembered

class Drafting {
 public:
  Drafting(const Lexicon& lexicon, const std::string& scope) : lexicon_(lexicon), data_(lexicon.data()) { draft_.shape.scope = scope; }

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

  std::pair<Money, Money> prices(const std::vector<std::uint32_t>& docs) const {
    Money low{0, data_.currency}, high{0, data_.currency};
    for (std::size_t i = 0; i < docs.size(); ++i) {
      const DocRow& row = data_.docs[docs[i]];
      low.minor = i == 0 ? row.price_low : std::min(low.minor, row.price_low);
      high.minor = i == 0 ? row.price_high : std::max(high.minor, row.price_high);
    }
    return {low, high};
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
    const auto by = [&](std::int64_t DocRow::*price) {
      return [this, price](std::uint32_t a, std::uint32_t b) { return data_.docs[a].*price < data_.docs[b].*price; };
    };
    add_extreme("cheapest", *std::min_element(docs_.begin(), docs_.end(), by(&DocRow::price_low)));
    add_extreme("most expensive", *std::max_element(docs_.begin(), docs_.end(), by(&DocRow::price_high)));
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

// Prices and stock of the products named are read live; one that the shop no longer has is left out.
Result<ShopShape> with_cards(ports::Catalogue& catalogue, const IndexData& data, const ShapeDraft& draft) {
  ShopShape shape = draft.shape;
  shape.extremes.clear();
  for (std::size_t i = 0; i < draft.fields.size(); ++i) {
    ShopShape::Extreme extreme = draft.shape.extremes[i];
    const Result<Product> product = catalogue.product(extreme.product.id);
    if (!product && product.error().kind == ErrorKind::kNotFound) continue;
    if (!product) return fail(product.error());
    const auto kinds = data.kinds_of(data.find_doc(product->id.str()));
    extreme.product = make_card(*product, {}, draft.fields[i], kinds.empty() ? "" : std::string(data.kind_name(kinds[0])));
    shape.extremes.push_back(std::move(extreme));
  }
  return shape;
}

}  // namespace

std::shared_ptr<const ShapeDraft> ShapeBook::draft_of(const std::string& scope) {
  const std::string key = text::fold(scope);
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = drafts_.find(key); known != drafts_.end()) return known->second;
  }
  auto draft = Drafting(lexicon_, scope).run();
  const std::lock_guard lock(mutex_);
  if (drafts_.size() >= kMostDrafts) drafts_.clear();
  if (draft) drafts_.emplace(key, draft);
  return draft;
}

Result<ShopShape> ShapeBook::shape(ports::Catalogue& catalogue, const std::string& scope) {
  const auto draft = draft_of(scope);
  if (!draft) return fail(ErrorKind::kNotFound, "The shop has no department or kind called \"" + scope + "\".");
  auto shape = with_cards(catalogue, lexicon_.data(), *draft);
  if (shape) shape->scope = scope;
  return shape;
}

}  // namespace floorwalker::search
