#include "tools/search/live_search.h"

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <utility>

#include "agent/core/text.h"
#include "tools/search/catalogue_vocabulary.h"
#include "tools/search/index_builder.h"

namespace floorwalker::search {
namespace {

constexpr std::size_t kFirstLook = 200;   // products
constexpr std::size_t kKnown = 1000;      // of those told last; an index of so many is made in some 40 ms
constexpr std::size_t kAsked = 100;       // products for each search
constexpr std::size_t kAskedAlone = 4;    // words

// What is known of the shop at a moment.
struct Known {
  Known(ports::Catalogue& catalogue, std::shared_ptr<const Index> index, const SearchRules& rules)
      : search(catalogue, index, rules), words(std::move(index), rules.vocabulary) {}

  IndexedSearch search;
  CatalogueVocabulary words;
};

bool same_words(const Product& a, const Product& b) {
  return a.title == b.title && a.kind == b.kind && a.brand == b.brand && a.description == b.description && a.attributes.size() == b.attributes.size();
}

void append(FoundLive& all, FoundLive more) {
  all.complete = all.complete && more.complete;
  for (Product& product : more.products) {
    const bool there = std::any_of(all.products.begin(), all.products.end(), [&](const Product& one) { return one.id == product.id; });
    if (!there) all.products.push_back(std::move(product));
  }
}

// The words of a text one by one, each also as a shop may have it that looks for letters: "lamps", "lamp".
std::vector<std::string> alone(const std::string& words) {
  std::vector<std::string> all;
  for (const text::Word& word : text::words(words)) {
    for (const std::string& form : {word.folded, text::stem(word.folded)}) {
      if (form.size() > 2 && std::find(all.begin(), all.end(), form) == all.end()) all.push_back(form);
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
  if (all.size() > kAskedAlone) all.resize(kAskedAlone);
  return all;
}

}  // namespace

struct LiveSearch::State final : Vocabulary {
  State(ports::Catalogue& catalogue_in, FindLive find_in, SearchRules rules_in)
      : catalogue(catalogue_in), find(std::move(find_in)), rules(std::move(rules_in)) {}

  std::shared_ptr<Known> now() const {
    const std::lock_guard lock(mutex);
    return known;
  }

  // Takes up what is new of the products.
  void learn(const std::vector<Product>& found) {
    const std::lock_guard lock(mutex);
    bool news = !known;
    for (const Product& product : found) {
      const auto [at, fresh] = products.emplace(product.id, product);
      if (fresh) order.push_back(product.id);
      else if (same_words(at->second, product)) continue;
      else at->second = product;
      news = true;
    }
    for (; order.size() > kKnown; order.pop_front()) products.erase(order.front());
    if (!news) return;
    IndexBuilder builder(catalogue.currency());
    for (const ProductId& id : order) builder.add(products.at(id));
    known = std::make_shared<Known>(catalogue, builder.finish("live"), rules);
  }

  std::vector<Mention> recognise(std::string_view text) const override { return now()->words.recognise(text); }
  std::vector<NumericAttribute> numeric_attributes(std::string_view kind) const override { return now()->words.numeric_attributes(kind); }
  std::vector<std::string> names(std::string_view what) const override { return now()->words.names(what); }
  std::size_t count(std::string_view kind) const override { return now()->words.count(kind); }

  ports::Catalogue& catalogue;
  const FindLive find;
  const SearchRules rules;
  bool whole = false;                    // the first look saw all that the shop sells

  mutable std::mutex mutex;              // guards what follows
  std::map<ProductId, Product> products;
  std::deque<ProductId> order;           // in which they were told, oldest first
  std::shared_ptr<Known> known;
};

LiveSearch::LiveSearch(std::unique_ptr<State> state) : state_(std::move(state)) {}
LiveSearch::~LiveSearch() = default;

Result<std::unique_ptr<LiveSearch>> LiveSearch::open(ports::Catalogue& catalogue, FindLive find, SearchRules rules) {
  auto state = std::make_unique<State>(catalogue, std::move(find), std::move(rules));
  std::vector<Product> seen;
  const auto looked = catalogue.each([&](const Product& product) {
    seen.push_back(product);
    return seen.size() <= kFirstLook;
  });
  if (!looked) return fail(looked.error());
  state->whole = seen.size() <= kFirstLook;
  state->learn(seen);
  return std::unique_ptr<LiveSearch>(new LiveSearch(std::move(state)));
}

// What the shop finds for the words; if nothing, for each of them alone: many a shop's search wants them all.
Result<FoundLive> LiveSearch::candidates(const SearchRequest& request) {
  std::string words = request.words;
  for (const Constraint& constraint : request.constraints) {
    const bool names = constraint.field == "kind" || constraint.field == "category" || constraint.field == "brand";
    if (words.empty() && names && constraint.op != Constraint::Op::kNot && !constraint.values.empty()) words = constraint.values.front();
  }
  auto found = state_->find(words, kAsked);
  if (!found || !found->products.empty() || words.empty()) return found;
  for (const std::string& word : alone(words)) {
    auto more = state_->find(word, kAsked);
    if (!more) return more;
    append(*found, std::move(*more));
  }
  return found;
}

Result<SearchPage> LiveSearch::search(const SearchRequest& request) {
  const auto found = candidates(request);
  if (!found) return fail(found.error());
  state_->learn(found->products);
  auto page = state_->now()->search.search(request);
  if (page && !found->complete) {
    page->complete = false;
    page->at_least = true;
    page->price_low = page->price_high = std::nullopt;   // of a part: the shop has more
  }
  return page;
}

Result<ShopShape> LiveSearch::shape(const std::string& scope) {
  if (state_->whole) return state_->now()->search.shape(scope);
  return fail(ErrorKind::kUnavailable, "this shop is asked anew for every search: what it sells as a whole cannot be told; search for something instead");
}

std::optional<std::string> LiveSearch::kind_of(const ProductId& id) { return state_->now()->search.kind_of(id); }

const Vocabulary& LiveSearch::vocabulary() const { return *state_; }

}  // namespace floorwalker::search
