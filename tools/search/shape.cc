#include "tools/search/shape.h"

#include <algorithm>
#include <map>
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

class ShapeRun {
 public:
  ShapeRun(ports::Catalogue& catalogue, const Lexicon& lexicon, const std::string& scope) : catalogue_(catalogue), lexicon_(lexicon), data_(lexicon.data()) {
    shape_.scope = scope;
  }

  Result<ShopShape> run() {
    if (!shape_.scope.empty()) {
      scope_ = lexicon_.scope_of(shape_.scope);
      if (scope_.empty()) scope_ = path_scope();
      if (scope_.empty()) return fail(ErrorKind::kNotFound, "The shop has no department or kind called \"" + shape_.scope + "\".");
    }
    for (std::uint32_t doc = 0; doc < data_.doc_count(); ++doc) {
      if (scope_.empty() || lexicon_.contains(scope_, doc)) docs_.push_back(doc);
    }
    shape_.products = docs_.size();
    std::tie(shape_.price_low, shape_.price_high) = prices(docs_);
    add_departments();
    add_price_extremes();
    add_measured_extremes();
    if (Result<void> read = read_cards(); !read) return fail(read.error());
    return std::move(shape_);
  }

 private:
  Scope path_scope() const {
    Scope scope;
    for (std::uint32_t category = 0; category < data_.categories.size(); ++category) {
      if (text::fold(data_.strings[data_.categories[category].path]) == text::fold(shape_.scope)) scope.categories.push_back(category);
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
    std::map<std::string, std::vector<std::uint32_t>> members;
    for (const std::uint32_t doc : docs_) {
      std::vector<std::uint32_t> found;
      for (const std::uint32_t category : data_.categories_of(doc)) {
        const std::uint32_t department = department_of(category);
        if (department != kNone && std::find(found.begin(), found.end(), department) == found.end()) found.push_back(department);
      }
      for (const std::uint32_t department : found) members[std::string(data_.strings[data_.categories[department].path])].push_back(doc);
    }
    if (members.size() < 2) add_kinds(members);
    for (const auto& [name, docs] : members) {
      const auto [low, high] = prices(docs);
      shape_.departments.push_back({name, docs.size(), low, high});
    }
    std::stable_sort(shape_.departments.begin(), shape_.departments.end(), [](const auto& a, const auto& b) { return a.products > b.products; });
    if (shape_.departments.size() > kMostDepartments) shape_.departments.resize(kMostDepartments);
  }

  void add_kinds(std::map<std::string, std::vector<std::uint32_t>>& members) const {
    for (const std::uint32_t doc : docs_) {
      const auto kinds = data_.kinds_of(doc);
      if (!kinds.empty()) members[std::string(data_.kind_name(kinds[0]))].push_back(doc);
    }
  }

  void add_extreme(const std::string& what, std::uint32_t doc) {
    ShopShape::Extreme extreme;
    extreme.what = what;
    extreme.product.id = ProductId(std::string(data_.ids[doc]));
    shape_.extremes.push_back(std::move(extreme));
    fields_.emplace_back();
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
    std::unordered_map<std::uint32_t, Range> ranges;
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
    for (const auto& [field, range] : ranges) {
      if (range.docs > 1 && range.low < range.high) order.emplace_back(field, range);
    }
    std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.second.docs != b.second.docs ? a.second.docs > b.second.docs : a.first < b.first; });
    if (order.size() > kMostMeasured) order.resize(kMostMeasured);
    for (const auto& [field, range] : order) {
      const std::string name(data_.field_name(field));
      const auto [least, most] = words_for(static_cast<Dimension>(data_.fields[field].dimension), name);
      add_extreme(least, range.least);
      fields_.back() = {name};
      add_extreme(most, range.most);
      fields_.back() = {name};
    }
  }

  // Prices and stock of the products named are read live; one that the shop no longer has is left out.
  Result<void> read_cards() {
    std::vector<ShopShape::Extreme> kept;
    for (std::size_t i = 0; i < shape_.extremes.size(); ++i) {
      ShopShape::Extreme& extreme = shape_.extremes[i];
      const Result<Product> product = catalogue_.product(extreme.product.id);
      if (!product && product.error().kind == ErrorKind::kNotFound) continue;
      if (!product) return fail(product.error());
      const auto kinds = data_.kinds_of(data_.find_doc(product->id.str()));
      extreme.product = make_card(*product, {}, fields_[i], kinds.empty() ? "" : std::string(data_.kind_name(kinds[0])));
      kept.push_back(std::move(extreme));
    }
    shape_.extremes = std::move(kept);
    return {};
  }

  ports::Catalogue& catalogue_;
  const Lexicon& lexicon_;
  const IndexData& data_;
  Scope scope_;
  std::vector<std::uint32_t> docs_;
  ShopShape shape_;
  std::vector<std::vector<std::string>> fields_;  // of each extreme: what to show first
};

}  // namespace

Result<ShopShape> shape_of(ports::Catalogue& catalogue, const Lexicon& lexicon, const std::string& scope) { return ShapeRun(catalogue, lexicon, scope).run(); }

}  // namespace floorwalker::search
