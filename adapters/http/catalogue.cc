#include "adapters/http/catalogue.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <iterator>
#include <thread>
#include <unordered_set>

#include "agent/core/digest.h"
#include "agent/core/stopping.h"

namespace floorwalker::http {
namespace {

constexpr std::size_t kMostSeen = 500'000;
constexpr std::size_t kBatch = 50;
constexpr std::size_t kMostPages = 100'000;

std::int64_t number(const std::string& text, std::int64_t otherwise) {
  std::int64_t value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// The items of the list that an operation answers. An answer without it says nothing about the goods: taken for an empty one, it would deny them.
Result<std::vector<const Json*>> items_of(const Json* value, const char* name, const Operation& operation) {
  std::vector<const Json*> items;
  if (!value && operation.empty_if_absent) return items;
  if (!value || value->type != Json::Type::kList) {
    return fail(ErrorKind::kMalformed, std::string("the shop's answer to '") + name + "' has no list of products where the adapter looks for it");
  }
  for (const Json* item = value->begin(); item != value->end(); item = item->next()) {
    if (item->type != Json::Type::kNull) items.push_back(item);
  }
  return items;
}

}  // namespace

void RemoteCatalogue::remember(const Product& product) {
  const std::lock_guard lock(mutex_);
  if (seen_.size() > kMostSeen) seen_.clear();
  for (const Variant& variant : product.variants) {
    Seen& seen = seen_[variant.id.str()];
    if (seen.product != product.id.str()) seen.product = product.id.str();
    if (lines_lack_options_ && seen.options != variant.options) seen.options = variant.options;
  }
}

std::vector<OptionValue> RemoteCatalogue::options_of(const VariantId& variant, const ProductId& owner) {
  for (const bool again : {false, true}) {
    {
      const std::lock_guard lock(mutex_);
      if (const auto known = seen_.find(variant.str()); known != seen_.end()) return known->second.options;
    }
    if (again || !product(owner)) break;
  }
  return {};
}

Result<Product> RemoteCatalogue::mapped(const Json& json, const Variables& variables) {
  auto product = map_product(json, engine_.context(variables));
  if (product) remember(*product);
  return product;
}

Result<Product> RemoteCatalogue::product(const ProductId& id) {
  if (id.empty()) return fail(ErrorKind::kNotFound, "there is no product without an id");
  const auto shop = engine_.of_shop();
  if (!shop) return fail(shop.error());
  Variables variables(*shop);
  variables.set("product", id.str());
  const Ran ran = engine_.read("product", variables);
  if (!ran) return fail(ran.error().error);
  if (!ran->value) return fail(ErrorKind::kNotFound, "there is no product '" + id.str() + "'");
  auto product = mapped(*ran->value, variables);
  if (product && product->id != id) return fail(ErrorKind::kNotFound, "there is no product '" + id.str() + "'");
  return product;
}

Result<std::vector<Product>> RemoteCatalogue::batch(const std::vector<ProductId>& ids) {
  const auto shop = engine_.of_shop();
  if (!shop) return fail(shop.error());
  std::vector<Product> found;
  for (std::size_t at = 0; at < ids.size(); at += kBatch) {
    Variables variables(*shop);
    std::vector<std::string> asked;
    for (std::size_t i = at; i < std::min(ids.size(), at + kBatch); ++i) asked.push_back(ids[i].str());
    variables.set("products", std::move(asked));
    const Ran ran = engine_.read("products", variables);
    if (!ran) return fail(ran.error().error);
    const auto items = items_of(ran->value, "products", *engine_.adapter().operation("products"));
    if (!items) return fail(items.error());
    for (const Json* item : *items) {
      if (auto product = mapped(*item, variables)) found.push_back(std::move(*product));   // an item of another kind is no product
    }
  }
  return found;
}

Result<std::vector<Product>> RemoteCatalogue::products(const std::vector<ProductId>& ids) {
  std::vector<ProductId> wanted;
  for (const ProductId& id : ids) {
    if (!id.empty() && std::find(wanted.begin(), wanted.end(), id) == wanted.end()) wanted.push_back(id);
  }
  std::map<ProductId, Product> found;
  if (engine_.adapter().operation("products")) {
    auto all = batch(wanted);
    if (!all) return fail(all.error());
    for (Product& product : *all) {
      ProductId id = product.id;
      found.emplace(std::move(id), std::move(product));
    }
  } else {
    std::vector<Result<Product>> read(wanted.size(), Result<Product>(fail(ErrorKind::kInternal, "")));
    std::atomic<std::size_t> next{0};
    const std::stop_token stop = Stopping::now();
    const auto work = [&] {
      const Stopping stopping(stop);
      for (std::size_t i = next++; i < wanted.size(); i = next++) read[i] = product(wanted[i]);
    };
    std::vector<std::jthread> helpers;
    for (std::size_t i = 1; i < std::min<std::size_t>(wanted.size(), 6); ++i) helpers.emplace_back(work);
    work();
    helpers.clear();
    for (Result<Product>& one : read) {
      if (!one && one.error().kind != ErrorKind::kNotFound) return fail(one.error());
      if (!one) continue;
      ProductId id = one->id;
      found.emplace(std::move(id), std::move(*one));
    }
  }
  std::vector<Product> in_order;
  for (const ProductId& id : ids) {
    if (const auto one = found.find(id); one != found.end()) in_order.push_back(one->second);
  }
  return in_order;
}

std::optional<ProductId> RemoteCatalogue::owner_seen(const VariantId& id) {
  const std::lock_guard lock(mutex_);
  const auto known = seen_.find(id.str());
  return known == seen_.end() ? std::nullopt : std::optional(ProductId(known->second.product));
}

Result<ProductId> RemoteCatalogue::ask_owner(const VariantId& id) {
  const auto shop = engine_.of_shop();
  if (!shop) return fail(shop.error());
  Variables variables(*shop);
  variables.set("variant", id.str());
  const Ran ran = engine_.read("product_of", variables);
  if (!ran) return fail(ran.error().error);
  if (ran->text.empty()) return fail(ErrorKind::kNotFound, "there is no variant '" + id.str() + "'");
  return ProductId(ran->text);
}

std::optional<ProductId> RemoteCatalogue::owner_at_hand(const VariantId& id) {
  auto owner = owner_seen(id);
  if (owner || !engine_.adapter().operation("product_of")) return owner;
  const auto told = ask_owner(id);
  return told ? std::optional(*told) : std::nullopt;
}

Result<ProductId> RemoteCatalogue::product_of(const VariantId& id) {
  const auto unknown = [&] { return fail(ErrorKind::kNotFound, "there is no variant '" + id.str() + "'"); };
  if (id.empty()) return unknown();
  std::optional<ProductId> owner = owner_seen(id);
  if (owner) return *owner;
  if (engine_.adapter().operation("product_of")) return ask_owner(id);
  const auto looked = each([&](const Product& product) {   // a platform that cannot be asked: look through everything
    const bool here = std::any_of(product.variants.begin(), product.variants.end(), [&](const Variant& one) { return one.id == id; });
    if (here) owner = product.id;
    return !here;
  });
  if (!looked) return fail(looked.error());
  return owner ? Result<ProductId>(*owner) : Result<ProductId>(unknown());
}

Result<ProductPage> RemoteCatalogue::page(const std::string& from, const std::string& since) {
  if (since.empty()) return page_of("each", from, {});
  return page_of("changed", from, {{"since", since}});
}

Result<FoundProducts> RemoteCatalogue::find(const std::string& words, std::size_t most) {
  if (!engine_.adapter().operation("search")) return fail(ErrorKind::kInvalidArgument, "this shop cannot be searched: its adapter has no operation 'search'");
  FoundProducts found;
  std::string from;
  do {
    auto here = page_of("search", from, {{"words", words}});
    if (!here) return fail(here.error());
    std::move(here->products.begin(), here->products.end(), std::back_inserter(found.products));
    const bool on = !here->next.empty() && here->next != from;
    from = on ? here->next : std::string();
    found.complete = from.empty();
  } while (!from.empty() && found.products.size() < most);
  return found;
}

// Items are products, or tell the ids of products, which are then read.
Result<void> RemoteCatalogue::take(const std::vector<const Json*>& items, const Operation& operation, const Variables& variables, ProductPage& page) {
  std::vector<ProductId> ids;
  for (const Json* item : items) {
    if (operation.product) {
      const Json* id = operation.product->first(Scope{item, nullptr, &variables});
      if (id) ids.emplace_back(std::string(id->text));
      continue;
    }
    auto product = mapped(*item, variables);
    if (product) page.products.push_back(std::move(*product));
    else page.problems.push_back(product.error().message);
  }
  if (ids.empty()) return {};
  auto read = products(ids);
  if (!read) return fail(read.error());
  std::move(read->begin(), read->end(), std::back_inserter(page.products));
  return {};
}

Result<ProductPage> RemoteCatalogue::page_of(const char* name, const std::string& from, const std::vector<std::pair<std::string, std::string>>& given) {
  const auto shop = engine_.of_shop();
  if (!shop) return fail(shop.error());
  const Operation& operation = *engine_.adapter().operation(name);
  const Paging& paging = operation.page;
  Variables variables(*shop);
  variables.set("limit", paging.size);
  for (const auto& [variable, value] : given) variables.set(variable, value);
  const std::int64_t position = number(from, paging.way == Paging::Way::kPage ? 1 : 0);
  if (paging.way == Paging::Way::kCursor) variables.set("cursor", from.empty() ? Value() : Value(from));
  else variables.set(paging.way == Paging::Way::kPage ? "page" : "offset", position);
  const Ran ran = engine_.read(name, variables);
  if (!ran) return fail(ran.error().error);
  ProductPage page;
  const auto items = items_of(ran->value, name, operation);
  if (!items) return fail(items.error());
  page.listed = items->size();
  if (auto taken = take(*items, operation, variables, page); !taken) return fail(taken.error());
  if (paging.way == Paging::Way::kNone) return page;
  const Scope scope{&ran->document->root(), nullptr, &variables};
  const auto count = static_cast<std::int64_t>(items->size());
  if (const Json* total = paging.total ? paging.total->first(scope) : nullptr) {
    const std::int64_t told = number(std::string(total->text), -1);
    if (told >= 0) page.total = told;
  }
  if (count == 0 && from.empty() && page.total.value_or(0) > 0) {
    return fail(ErrorKind::kMalformed, "the shop says that there are " + std::to_string(*page.total) + " products, but lists none");
  }
  bool more = paging.way == Paging::Way::kCursor || (page.total && paging.way == Paging::Way::kOffset ? position + count < *page.total : count >= paging.size);
  if (const Json* told = paging.more ? paging.more->first(scope) : nullptr) more = told->type == Json::Type::kTrue;
  if (count == 0 || !more) return page;
  if (paging.way == Paging::Way::kCursor) {
    const Json* cursor = paging.cursor->first(scope);
    page.next = cursor ? std::string(cursor->text) : std::string();
  } else {
    page.next = std::to_string(position + (paging.way == Paging::Way::kPage ? 1 : count));
  }
  return page;
}

Result<void> RemoteCatalogue::each(const std::function<bool(const Product&)>& visit) {
  std::unordered_set<std::string> seen;   // a shop that changes while it is read may show a product on two pages
  std::string from;
  for (std::size_t pages = 0; pages < kMostPages; ++pages) {
    auto here = page(from);
    if (!here) return fail(here.error());
    for (const Product& product : here->products) {
      if (seen.insert(product.id.str()).second && !visit(product)) return {};
    }
    if (here->next.empty()) return {};
    if (here->next == from) return fail(ErrorKind::kMalformed, "the shop's pages of products do not go on", from);
    from = std::move(here->next);
  }
  return fail(ErrorKind::kMalformed, "the shop's pages of products do not end");
}

Result<std::vector<Relation>> RemoteCatalogue::relations(const ProductId&) { return std::vector<Relation>(); }

Result<std::string> RemoteCatalogue::version() {
  const auto shop = engine_.of_shop();
  if (!shop) return fail(shop.error());
  if (!engine_.adapter().operation("version")) return sha256(engine_.adapter().name + "\n" + to_text(*(*shop)->find("url")));
  const Ran ran = engine_.read("version", **shop);
  if (!ran) return fail(ran.error().error);
  return ran->text;
}

}  // namespace floorwalker::http
