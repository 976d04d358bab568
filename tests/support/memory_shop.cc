#include "tests/support/memory_shop.h"

#include <algorithm>
#include <set>

#include "agent/core/text.h"
#include "agent/core/units.h"

namespace floorwalker::test {
namespace {

std::set<std::string> stems(const std::string& text) {
  std::set<std::string> all;
  for (const auto& word : text::words(text)) all.insert(text::stem(word.folded));
  return all;
}

std::string category_text(const Product& product) {
  std::string all;
  for (const auto& path : product.categories) {
    for (const auto& name : path) all += name + " ";
  }
  return all;
}

std::set<std::string> product_stems(const Product& product) {
  std::string all = product.title + " " + product.kind + " " + product.brand + " " + category_text(product);
  for (const Attribute& attribute : product.attributes) all += " " + attribute.name + " " + format(attribute.value);
  return stems(all);
}

// The values that a constraint's field has in a product; numbers in canonical units, prices in major units.
struct Values {
  std::vector<std::string> texts;
  std::vector<double> numbers;
};

Values values_of(const Product& product, const std::string& field) {
  Values all;
  if (field == "brand") all.texts = {product.brand};
  if (field == "kind") all.texts = {product.kind};
  if (field == "category") {
    for (const auto& path : product.categories) all.texts.insert(all.texts.end(), path.begin(), path.end());
  }
  if (field == "tag") all.texts = product.tags;
  if (field == "price") all.numbers = {std::stod(decimal(cheapest_variant(product).price))};
  if (field == "stock") all.texts = {std::string(to_string(availability_of(product)))};
  for (const Attribute& attribute : product.attributes) {
    if (attribute.name != field) continue;
    if (const auto* measure = std::get_if<Measure>(&attribute.value)) all.numbers.push_back(measure->canonical());
    all.texts.push_back(format(attribute.value));
  }
  for (const Variant& variant : product.variants) {
    for (const OptionValue& option : variant.options) {
      if (text::fold(option.name) == text::fold(field)) all.texts.push_back(option.value);
    }
  }
  return all;
}

double number_of(const std::string& value) {
  const auto measure = parse_measure(value);
  return measure ? measure->canonical() : 0;
}

bool meets(const Product& product, const Constraint& constraint) {
  const Values values = values_of(product, constraint.field);
  const auto says = [&](const std::string& wanted) {
    return std::any_of(values.texts.begin(), values.texts.end(), [&](const auto& text) { return text::fold(text) == text::fold(wanted); });
  };
  const auto number = [&](auto test) { return std::any_of(values.numbers.begin(), values.numbers.end(), test); };
  const auto& wanted = constraint.values;
  switch (constraint.op) {
    case Constraint::Op::kEquals:
    case Constraint::Op::kOneOf: return std::any_of(wanted.begin(), wanted.end(), says);
    case Constraint::Op::kNot: return std::none_of(wanted.begin(), wanted.end(), says);
    case Constraint::Op::kAtMost: return number([&](double n) { return n <= number_of(wanted.at(0)); });
    case Constraint::Op::kAtLeast: return number([&](double n) { return n >= number_of(wanted.at(0)); });
    case Constraint::Op::kBetween: return number([&](double n) { return n >= number_of(wanted.at(0)) && n <= number_of(wanted.at(1)); });
  }
  return false;
}

ProductCard card_of(const Product& product) {
  ProductCard card;
  card.id = product.id;
  card.title = product.title;
  card.brand = product.brand;
  card.kind = product.kind;
  card.price_from = cheapest_variant(product).price;
  card.price_to = card.price_from;
  for (const Variant& variant : product.variants) card.price_to = std::max(card.price_to, variant.price);
  card.compare_at = cheapest_variant(product).compare_at;
  card.availability = availability_of(product);
  card.attributes = product.attributes;
  for (const OptionValue& option : product.variants.front().options) {
    card.options.emplace_back(option.name, std::vector<std::string>{});
    for (const Variant& variant : product.variants) {
      for (const OptionValue& own : variant.options) {
        auto& values = card.options.back().second;
        if (own.name == option.name && std::find(values.begin(), values.end(), own.value) == values.end()) values.push_back(own.value);
      }
    }
  }
  card.variants = product.variants;
  card.url = product.url;
  return card;
}

bool in_scope(const Product& product, const std::string& scope) {
  return scope.empty() || text::fold(product.kind) == text::fold(scope) || meets(product, {"category", Constraint::Op::kEquals, {scope}});
}

}  // namespace

Result<SearchPage> MemorySearch::search(const SearchRequest& request) {
  ++searches;
  SearchPage page;
  page.request = request;
  std::vector<std::pair<int, Product>> found;
  const std::set<std::string> wanted = stems(request.words);
  (void)catalogue_.each([&](const Product& product) {
    const std::set<std::string> has = product_stems(product);
    const std::set<std::string> head = stems(product.title + " " + product.kind);
    const auto in = [](const auto& set) { return [&set](const auto& one) { return set.count(one) > 0; }; };
    if (!std::all_of(wanted.begin(), wanted.end(), in(has))) return true;
    const auto one = [&](const Constraint& constraint) { return meets(product, constraint); };
    if (!std::all_of(request.constraints.begin(), request.constraints.end(), one)) return true;
    found.emplace_back(-static_cast<int>(std::count_if(wanted.begin(), wanted.end(), in(head))), product);
    return true;
  });
  std::stable_sort(found.begin(), found.end(), [&](const auto& a, const auto& b) {
    const auto price = [](const auto& one) { return cheapest_variant(one.second).price.minor; };
    if (request.sort == SortBy::kPriceAscending) return price(a) < price(b);
    if (request.sort == SortBy::kPriceDescending) return price(a) > price(b);
    return a.first < b.first;
  });
  for (std::size_t i = request.offset; i < found.size() && page.products.size() < request.limit; ++i) {
    page.products.push_back(card_of(found[i].second));
    page.hits.push_back({found[i].second.id, static_cast<double>(-found[i].first), {}, {}});
  }
  page.total = found.size();
  page.complete = page.products.size() == found.size();
  if (found.empty()) page.outcome = request.constraints.empty() ? SearchOutcome::kNotCarried : SearchOutcome::kNoneMatch;
  return page;
}

Result<ShopShape> MemorySearch::shape(const std::string& scope) {
  ShopShape shape;
  shape.scope = scope;
  std::optional<Product> cheapest, dearest;
  (void)catalogue_.each([&](const Product& product) {
    if (!in_scope(product, scope)) return true;
    ++shape.products;
    const auto price = [](const Product& one) { return cheapest_variant(one).price; };
    if (!cheapest || price(product) < price(*cheapest)) cheapest = product;
    if (!dearest || price(*dearest) < price(product)) dearest = product;
    const std::string name = product.categories.empty() ? product.kind : product.categories[0][0];
    auto at = std::find_if(shape.departments.begin(), shape.departments.end(), [&](const auto& one) { return one.name == name; });
    if (at == shape.departments.end()) at = shape.departments.insert(at, {name, 0, price(product), price(product)});
    ++at->products;
    at->price_low = std::min(at->price_low, price(product));
    at->price_high = std::max(at->price_high, price(product));
    return true;
  });
  if (!cheapest) return fail(ErrorKind::kNotFound, "there is no category or kind '" + scope + "'");
  shape.price_low = cheapest_variant(*cheapest).price;
  shape.price_high = cheapest_variant(*dearest).price;
  shape.extremes = {{"cheapest", card_of(*cheapest)}, {"most expensive", card_of(*dearest)}};
  return shape;
}

Result<CartId> MemoryCarts::create(const IdempotencyKey& key) {
  const auto known = created_.find(key.str());
  if (known != created_.end()) return known->second;
  if (!faults.empty()) {
    const Fault fault = faults.front();
    faults.pop_front();
    if (!fault.applied) return fail(fault.error);
  }
  const CartId id("cart-" + std::to_string(created_.size() + 1));
  created_[key.str()] = id;
  carts_[id.str()].id = id;
  total(carts_[id.str()]);
  return id;
}

Result<std::optional<ports::CartChange>> MemoryCarts::done(const CartId&, const IdempotencyKey& key) {
  const auto known = done_.find(key.str());
  return known == done_.end() ? std::nullopt : std::optional(known->second.change);
}

Result<Cart> MemoryCarts::read(const CartId& cart) {
  if (!read_faults.empty()) {
    const Error error = read_faults.front();
    read_faults.pop_front();
    return fail(error);
  }
  const auto found = carts_.find(cart.str());
  if (found == carts_.end()) return fail(ErrorKind::kNotFound, "there is no such cart");
  return found->second;
}

// Runs a write under its key: repeated content returns the first result, other content conflicts; a scripted fault strikes before or,
// where only the reply is lost, after.
Result<ports::CartChange> MemoryCarts::once(const CartId& cart, const IdempotencyKey& key, const std::string& content,
                                            const std::function<Result<ports::CartChange>(Cart&)>& write) {
  const auto found = carts_.find(cart.str());
  if (found == carts_.end()) return fail(ErrorKind::kNotFound, "there is no such cart");
  if (const auto known = done_.find(key.str()); known != done_.end()) {
    if (known->second.content != content) return fail(ErrorKind::kConflict, "this key was used for another change");
    return known->second.change;
  }
  std::optional<Fault> fault;
  if (!faults.empty()) {
    fault = faults.front();
    faults.pop_front();
  }
  if (fault && !fault->applied) return fail(fault->error);
  auto change = write(found->second);
  if (!change) return change;
  total(found->second);
  change->cart = found->second;
  done_[key.str()] = {content, *change};
  ++writes;
  if (fault) return fail(fault->error);
  return change;
}

void MemoryCarts::total(Cart& cart) const {
  std::int64_t subtotal = 0;
  for (CartLine& line : cart.lines) {
    line.total = {line.unit_price.minor * line.quantity, line.unit_price.currency};
    subtotal += line.total.minor;
  }
  cart.subtotal = {subtotal, catalogue_.currency()};
  cart.total = cart.subtotal;
  for (AppliedDiscount& discount : cart.discounts) {
    discount.amount = {subtotal * discounts.at(discount.code) / 1000, catalogue_.currency()};
    cart.total.minor -= discount.amount.minor;
  }
}

std::int64_t MemoryCarts::left(const VariantId& variant) const {
  const auto product = catalogue_.product_of(variant);
  if (!product) return 0;
  for (const Variant& own : catalogue_.find(product->str())->variants) {
    if (own.id != variant) continue;
    if (own.stock.availability == Availability::kOutOfStock) return 0;
    return own.stock.count.value_or(1000000);
  }
  return 0;
}

Result<ports::CartChange> MemoryCarts::add(const CartId& cart, const VariantId& variant, std::int64_t quantity, const IdempotencyKey& key) {
  return once(cart, key, "add " + variant.str() + " " + std::to_string(quantity), [&](Cart& now) -> Result<ports::CartChange> {
    const auto id = catalogue_.product_of(variant);
    if (!id) return fail(ErrorKind::kNotFound, "there is no variant '" + variant.str() + "'");
    auto line = std::find_if(now.lines.begin(), now.lines.end(), [&](const CartLine& one) { return one.variant == variant; });
    const std::optional<CartLine> before = line == now.lines.end() ? std::nullopt : std::optional(*line);
    const std::int64_t have = before ? before->quantity : 0;
    const std::int64_t free = std::max<std::int64_t>(0, left(variant) - have);
    const std::int64_t got = clamps ? std::min(free, quantity) : quantity;
    if (got == 0 || got > free) return fail(ErrorKind::kOutOfStock, "only " + std::to_string(free) + " left");
    if (line == now.lines.end()) {
      const Product& product = *catalogue_.find(id->str());
      const auto own = std::find_if(product.variants.begin(), product.variants.end(), [&](const Variant& one) { return one.id == variant; });
      now.lines.push_back({LineId("line-" + std::to_string(next_line_++)), *id, variant, product.title, own->options, 0, own->price, {}});
      line = now.lines.end() - 1;
    }
    line->quantity += got;
    return ports::CartChange{{}, line->id, got, got < quantity ? std::optional(free) : std::nullopt, before};
  });
}

Result<ports::CartChange> MemoryCarts::set_quantity(const CartId& cart, const LineId& line, std::int64_t quantity, const IdempotencyKey& key) {
  return once(cart, key, "set " + line.str() + " " + std::to_string(quantity), [&](Cart& now) -> Result<ports::CartChange> {
    const auto at = std::find_if(now.lines.begin(), now.lines.end(), [&](const CartLine& one) { return one.id == line; });
    if (at == now.lines.end()) return fail(ErrorKind::kNotFound, "there is no such line");
    const std::int64_t free = left(at->variant);
    if (quantity > free) return fail(ErrorKind::kOutOfStock, "only " + std::to_string(free) + " left");
    const CartLine before = *at;
    at->quantity = quantity;
    if (quantity == 0) now.lines.erase(at);
    return ports::CartChange{{}, line, quantity, std::nullopt, before};
  });
}

Result<ports::CartChange> MemoryCarts::change_variant(const CartId& cart, const LineId& line, const VariantId& variant, const IdempotencyKey& key) {
  return once(cart, key, "change " + line.str() + " " + variant.str(), [&](Cart& now) -> Result<ports::CartChange> {
    const auto at = std::find_if(now.lines.begin(), now.lines.end(), [&](const CartLine& one) { return one.id == line; });
    if (at == now.lines.end()) return fail(ErrorKind::kNotFound, "there is no such line");
    const auto id = catalogue_.product_of(variant);
    if (!id) return fail(ErrorKind::kNotFound, "there is no variant '" + variant.str() + "'");
    if (left(variant) < at->quantity) return fail(ErrorKind::kOutOfStock, "only " + std::to_string(left(variant)) + " left");
    const Product& product = *catalogue_.find(id->str());
    const auto own = std::find_if(product.variants.begin(), product.variants.end(), [&](const Variant& one) { return one.id == variant; });
    const CartLine before = *at;
    const std::int64_t quantity = at->quantity;
    const auto same = std::find_if(now.lines.begin(), now.lines.end(), [&](const CartLine& one) { return one.variant == variant; });
    if (same != now.lines.end() && same != at) {
      same->quantity += quantity;
      const ports::CartChange merged{{}, same->id, same->quantity, std::nullopt, before};
      now.lines.erase(at);
      return merged;
    }
    *at = {LineId("line-" + std::to_string(next_line_++)), *id, variant, product.title, own->options, quantity, own->price, {}};
    return ports::CartChange{{}, at->id, quantity, std::nullopt, before};
  });
}

Result<ports::CartChange> MemoryCarts::remove(const CartId& cart, const LineId& line, const IdempotencyKey& key) {
  return once(cart, key, "remove " + line.str(), [&](Cart& now) -> Result<ports::CartChange> {
    const auto at = std::find_if(now.lines.begin(), now.lines.end(), [&](const CartLine& one) { return one.id == line; });
    if (at == now.lines.end()) return fail(ErrorKind::kNotFound, "there is no such line");
    const CartLine before = *at;
    now.lines.erase(at);
    return ports::CartChange{{}, line, 0, std::nullopt, before};
  });
}

Result<Cart> MemoryCarts::apply_discount(const CartId& cart, const std::string& code, const IdempotencyKey& key) {
  const auto change = once(cart, key, "discount " + code, [&](Cart& now) -> Result<ports::CartChange> {
    if (!discounts.count(code)) return fail(ErrorKind::kRefused, "the code '" + code + "' is not valid");
    now.discounts = {{code, {}}};
    return ports::CartChange{};
  });
  if (!change) return fail(change.error());
  return change->cart;
}

Result<std::string> MemoryCarts::checkout_url(const CartId& cart) {
  if (!carts_.count(cart.str())) return fail(ErrorKind::kNotFound, "there is no such cart");
  return checkout + cart.str();
}

Result<Order> MemoryOrders::find(const OrderId& id, const std::string& email) {
  const auto found = orders.find(id.str());
  if (found == orders.end() || text::fold(found->second.first) != text::fold(email)) {
    return fail(ErrorKind::kNotFound, "there is no order of that number and e-mail address");
  }
  return found->second.second;
}

Result<std::string> MemoryDesk::hand_off(const SessionId&, const std::string& reason, const IdempotencyKey& key) {
  cases.emplace(key.str(), reason);
  return "H-" + std::to_string(std::distance(cases.begin(), cases.find(key.str())) + 1);
}

Product simple_product(const std::string& id, const std::string& title, const std::string& kind, std::int64_t price_minor,
                       std::vector<Attribute> attributes) {
  Product product;
  product.id = ProductId(id);
  product.title = title;
  product.kind = kind;
  product.attributes = std::move(attributes);
  Variant variant;
  variant.id = VariantId(id + "-v");
  variant.price = {price_minor, *Currency::parse("USD")};
  variant.stock = {Availability::kInStock, 10};
  product.variants = {variant};
  return product;
}

void set_variants(Product& product, const std::string& option, const std::vector<std::string>& values) {
  const Variant first = product.variants.at(0);
  product.variants.clear();
  for (const std::string& value : values) {
    Variant variant = first;
    variant.id = VariantId(product.id.str() + "-" + value);
    variant.options = {{option, value}};
    product.variants.push_back(variant);
  }
}

}  // namespace floorwalker::test
