#include "adapters/http/check.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <optional>
#include <random>
#include <set>
#include <thread>

#include "adapters/http/json.h"
#include "adapters/http/template.h"

namespace floorwalker::http {
namespace {

using Verdict = CheckResult::Verdict;
using ports::CartChange;

// A variant that is in stock, with the product that it belongs to.
struct Goods {
  Product product;
  Variant variant;
};

// The state of a cart ({"token": "..."}) with every value another one: before its parameters, which may be left as they are.
std::string expired_state(const std::string& state) {
  const auto document = JsonDocument::parse(state);
  std::string out = "{";
  for (const Json* member = document ? document->root().begin() : nullptr; document && member != document->root().end(); member = member->next()) {
    std::string value(member->text);
    value.insert(std::min(value.find('?'), value.size()), "0expired0");
    write_json_text(member->key, out.size() > 1 ? out += ',' : out);
    out += ':';
    write_json_text(value, out);
  }
  return out + "}";
}

class Check {
 public:
  Check(Shop& shop, const CheckOptions& options, const std::function<void(const CheckResult&)>& told) : shop_(shop), options_(options), told_(told) {
    std::random_device device;
    run_ = std::to_string(device()) + std::to_string(device());   // keys of an earlier run are not ours
  }

  std::vector<CheckResult> run() {
    expect("every product is visited once, page by page", [&] { return pages(); });
    if (products_.empty()) return results_;
    expect("a product read alone is the product of the list", [&] { return one_product(); });
    expect("several products come in the order asked, unknown ones are left out", [&] { return several(); });
    expect("unknown products and variants are not found", [&] { return unknown_products(); });
    expect("a variant leads to its product", [&] { return owner(); });
    if (shop_.engine().adapter().operation("search")) expect("the shop's own search finds a product by its title", [&] { return own_search(); });
    expect("characters of every script come through", [&] { return unicode(); });
    expect("every price has the shop's currency, every variant its own options", [&] { return variants(); });
    choose_goods();
    if (goods_.empty()) {
      finish({"carts", Verdict::kFailed, refused_.empty() ? "nothing is in stock, so that no cart can be filled" : "nothing in stock can be added, not even one piece: " + refused_});
      return results_;
    }
    expect("carts start empty and each on its own", [&] { return empty_carts(); });
    expect("a line holds what was added, at the price of the catalogue", [&] { return adds(); });
    expect("totals are the sums of the lines, to the minor unit", [&] { return totals(); });
    expect("a line's quantity is set, and the line removed", [&] { return sets(); });
    expect("more than there is is refused and changes nothing", [&] { return over_stock(); });
    expect("none, fewer than none and huge quantities are refused", [&] { return odd_quantities(); });
    expect("unknown ids are not found and change nothing", [&] { return unknown_ids(); });
    expect("a line of another cart is out of reach", [&] { return foreign_line(); });
    expect("a cart that the shop does not know any more is not found, and no other takes its place", [&] { return stale_cart(); });
    expect("another variant takes a line's place", [&] { return other_variant(); });
    expect("a code that does not apply is refused and changes nothing", [&] { return bad_code(); });
    expect("a code that applies takes off what the total shows", [&] { return good_code(); });
    expect("the way to pay is a web address, and only for what is in the cart", [&] { return checkout(); });
    expect("a key writes once, and not for other content", [&] { return keys(); });
    expect("no add of many threads is lost", [&] { return threads(); });
    expect("policies are told, or said to be absent", [&] { return policies(); });
    expect("orders are told to their owners, or said to be absent", [&] { return orders(); });
    return results_;
  }

 private:
  // "" where all is well; "-" and a reason where the adapter declares that the platform has no such thing; else what is wrong.
  using Test = std::function<std::string()>;

  void expect(const std::string& name, const Test& test) {
    const std::string found = test();
    const Verdict verdict = found.empty() ? Verdict::kPassed : found[0] == '-' ? Verdict::kAbsent : Verdict::kFailed;
    finish({name, verdict, verdict == Verdict::kAbsent ? found.substr(1) : found});
  }

  void finish(CheckResult result) {
    if (told_) told_(result);
    results_.push_back(std::move(result));
  }

  IdempotencyKey key() { return IdempotencyKey("check-" + run_ + "-" + std::to_string(++keys_)); }
  ports::Carts& carts() { return shop_.carts(); }
  static std::string why(const Error& error) { return std::string(to_string(error.kind)) + ": " + error.message + (error.detail.empty() ? "" : " (" + error.detail + ")"); }

  template <typename T>
  static std::string wants(const Result<T>& result, std::initializer_list<ErrorKind> kinds, const std::string& what) {
    if (!result && std::find(kinds.begin(), kinds.end(), result.error().kind) != kinds.end()) return "";
    return what + (result ? " was accepted" : " gave " + why(result.error()));
  }

  // Of exact stock, orders and policies only: whatever else could not be tried is a failure.
  std::string declared_absent(const std::string& what, const std::string& otherwise) {
    const auto& absent = shop_.engine().adapter().absent;
    const auto why = absent.find(what);
    return why == absent.end() ? otherwise + ": add it, or say under 'absent' why the platform has none ('" + what + "')" : "-" + why->second;
  }

  std::string pages() {
    std::set<std::string> seen;
    std::string from;
    do {
      const auto page = shop_.catalogue().page(from);
      if (!page) return why(page.error());
      if (!page->problems.empty()) return page->problems.front();
      for (const Product& product : page->products) {
        if (!seen.insert(product.id.str()).second) return product.id.str() + " is on two pages";
        products_.push_back(product);
      }
      if (page->next == from && !from.empty()) return "the pages do not go on";
      from = page->next;
    } while (!from.empty() && products_.size() < options_.products);
    return products_.empty() ? "the shop has no products" : "";
  }

  std::string one_product() {
    for (std::size_t i = 0; i < products_.size(); i += std::max<std::size_t>(products_.size() / 5, 1)) {
      const auto alone = shop_.catalogue().product(products_[i].id);
      if (!alone) return why(alone.error());
      if (*alone != products_[i]) return products_[i].id.str() + " differs from what the list says of it";
    }
    return "";
  }

  std::string several() {
    std::vector<ProductId> ids = {products_.back().id, ProductId("no-such-product"), products_.front().id};
    const auto read = shop_.catalogue().products(ids);
    if (!read) return why(read.error());
    const bool right = read->size() == 2 && read->front().id == products_.back().id && read->back().id == products_.front().id;
    return right ? "" : "asked for two products and an unknown one, got " + std::to_string(read->size());
  }

  std::string unknown_products() {
    for (const char* id : {"no-such-product", "999999999", "../admin", "a\"b"}) {
      const std::string wrong = wants(shop_.catalogue().product(ProductId(id)), {ErrorKind::kNotFound}, std::string("product ") + id);
      if (!wrong.empty()) return wrong;
    }
    return wants(shop_.catalogue().product_of(VariantId("no-such-variant")), {ErrorKind::kNotFound}, "an unknown variant");
  }

  std::string own_search() {
    for (std::size_t i = 0; i < products_.size(); i += std::max<std::size_t>(products_.size() / 3, 1)) {
      const auto found = shop_.catalogue().find(products_[i].title, 100);
      if (!found) return why(found.error());
      const bool there = std::any_of(found->products.begin(), found->products.end(), [&](const Product& one) { return one == products_[i]; });
      if (!there) return "'" + products_[i].title + "' does not find " + products_[i].id.str();
    }
    return "";
  }

  std::string owner() {
    for (std::size_t i = 0; i < products_.size(); i += std::max<std::size_t>(products_.size() / 3, 1)) {
      const auto product = shop_.catalogue().product_of(products_[i].variants.back().id);
      if (!product) return why(product.error());
      if (*product != products_[i].id) return products_[i].variants.back().id.str() + " leads to " + product->str();
    }
    return "";
  }

  std::string variants() {
    for (const Product& product : products_) {
      std::set<std::string> choices;
      for (const Variant& variant : product.variants) {
        std::string choice;
        for (const OptionValue& option : variant.options) choice += option.name + "=" + option.value + ";";
        if (!choices.insert(choice).second) return product.id.str() + " has two variants with the options '" + choice + "'";
        if (variant.price.currency != shop_.catalogue().currency()) return variant.id.str() + " is priced in " + std::string(variant.price.currency.code());
        if (variant.options.size() != product.variants.front().options.size()) return product.id.str() + " has variants with different options";
      }
    }
    return "";
  }

  // What there is enough of, and what can be bought by the piece.
  void choose_goods() {
    for (const Product& product : products_) {
      for (const Variant& variant : product.variants) {
        const bool enough = variant.stock.availability == Availability::kInStock && variant.stock.count.value_or(100) >= 15 && variant.price.minor > 0;
        if (enough && goods_.size() < 8 && sold_singly(variant)) goods_.push_back({product, variant});
      }
    }
  }

  bool sold_singly(const Variant& variant) {
    const auto tried = cart(refused_);
    if (!tried) return false;
    const auto change = carts().add(*tried, variant.id, 1, key());
    if (!change) refused_ = why(change.error());
    return change.has_value();
  }

  std::optional<CartId> cart(std::string& wrong) {
    auto made = carts().create(key());
    if (!made) return wrong = why(made.error()), std::nullopt;
    return *made;
  }

  // A cart with so many pieces of the goods in it.
  struct Filled {
    CartId cart;
    CartChange change;
  };
  std::optional<Filled> filled(std::int64_t quantity, std::string& wrong, std::size_t which = 0) {
    const auto made = cart(wrong);
    if (!made) return std::nullopt;
    auto change = carts().add(*made, goods_[which].variant.id, quantity, key());
    if (!change) return wrong = why(change.error()), std::nullopt;
    return Filled{*made, std::move(*change)};
  }

  std::string holds(const CartId& id, std::int64_t pieces) {
    const auto now = carts().read(id);
    if (!now) return why(now.error());
    std::int64_t all = 0;
    for (const CartLine& line : now->lines) all += line.quantity;
    return all == pieces ? "" : "the cart holds " + std::to_string(all) + " pieces, not " + std::to_string(pieces);
  }

  std::string empty_carts() {
    std::string wrong;
    const auto one = cart(wrong), two = cart(wrong);
    if (!one || !two) return wrong;
    if (*one == *two) return "two carts have one id";
    if (const auto added = carts().add(*one, goods_[0].variant.id, 1, key()); !added) return why(added.error());
    if (wrong = holds(*one, 1); !wrong.empty()) return wrong;
    const auto other = carts().read(*two);
    if (!other) return why(other.error());
    return other->lines.empty() && other->total.minor == 0 ? "" : "the second cart is not empty";
  }

  std::string adds() {
    std::string wrong;
    const auto made = filled(2, wrong);
    if (!made) return wrong;
    const Goods& goods = goods_[0];
    const CartChange& change = made->change;
    if (change.got != 2 || change.cart.lines.size() != 1) return "asked for 2, got " + std::to_string(change.got);
    const CartLine& line = change.cart.lines.front();
    if (line.id != change.line || line.variant != goods.variant.id || line.product != goods.product.id) return "the line is of another variant, or has another id";
    if (line.unit_price != goods.variant.price) return "the line costs " + format(line.unit_price) + " each, the catalogue says " + format(goods.variant.price);
    if (line.total.minor != 2 * line.unit_price.minor) return "two pieces at " + format(line.unit_price) + " come to " + format(line.total);
    if (line.title != goods.product.title) return "the line is called '" + line.title + "', the product '" + goods.product.title + "'";
    std::vector<OptionValue> of_line = line.options, of_variant = goods.variant.options;
    const auto by_name = [](const OptionValue& a, const OptionValue& b) { return a.name < b.name; };
    std::sort(of_line.begin(), of_line.end(), by_name);
    std::sort(of_variant.begin(), of_variant.end(), by_name);
    if (of_line != of_variant) return "the line's options are not the variant's";
    const auto now = carts().read(made->cart);
    if (!now || *now != change.cart) return "the cart read again differs from what the add said";
    const auto more = carts().add(made->cart, goods.variant.id, 1, key());
    if (!more) return why(more.error());
    return more->cart.lines.size() == 1 && more->cart.lines.front().quantity == 3 ? "" : "the same variant added again made no line of 3";
  }

  std::string totals() {
    std::string wrong;
    const auto made = filled(3, wrong);
    if (!made) return wrong;
    if (goods_.size() > 1) {
      if (const auto second = carts().add(made->cart, goods_[1].variant.id, 2, key()); !second) return why(second.error());
    }
    const auto now = carts().read(made->cart);
    if (!now) return why(now.error());
    std::int64_t sum = 0;
    for (const CartLine& line : now->lines) {
      sum += line.total.minor;
      if (line.total.minor != line.quantity * line.unit_price.minor) return format(line.total) + " is not " + std::to_string(line.quantity) + " times " + format(line.unit_price);
    }
    if (now->lines.size() != std::min<std::size_t>(goods_.size(), 2)) return "two variants made " + std::to_string(now->lines.size()) + " lines";
    return now->subtotal.minor == sum ? "" : "the lines come to " + std::to_string(sum) + ", the subtotal says " + std::to_string(now->subtotal.minor);
  }

  std::string sets() {
    std::string wrong;
    const auto made = filled(1, wrong);
    if (!made) return wrong;
    const auto four = carts().set_quantity(made->cart, made->change.line, 4, key());
    if (!four) return why(four.error());
    if (four->got != 4 || four->cart.lines.front().quantity != 4) return "the quantity was set to 4 and is " + std::to_string(four->cart.lines.front().quantity);
    const auto none = carts().set_quantity(made->cart, made->change.line, 0, key());
    if (!none) return why(none.error());
    if (!none->cart.lines.empty() || none->cart.total.minor != 0) return "a quantity of none left the line there";
    const auto again = filled(1, wrong);
    if (!again) return wrong;
    const auto removed = carts().remove(again->cart, again->change.line, key());
    if (!removed) return why(removed.error());
    if (wrong = holds(again->cart, 0); !wrong.empty()) return wrong;
    return wants(carts().remove(again->cart, again->change.line, key()), {ErrorKind::kNotFound}, "removing the line again");
  }

  // A variant of which the shop tells how many there are, and sells them by the piece.
  std::optional<Variant> counted() {
    for (const Product& product : products_) {
      for (const Variant& variant : product.variants) {
        const std::int64_t count = variant.stock.availability == Availability::kOutOfStock ? 0 : variant.stock.count.value_or(0);
        if (count >= 2 && count < 10'000 && sold_singly(variant)) return variant;
      }
    }
    return std::nullopt;
  }

  std::string over_stock() {
    std::string wrong;
    const auto of = counted();
    const Variant& variant = of ? *of : goods_[0].variant;
    const std::int64_t too_many = of ? *of->stock.count : 900;   // platforms have limits of their own from 999 on
    const auto made = cart(wrong);
    if (!made) return wrong;
    const auto first = carts().add(*made, variant.id, 1, key());
    if (!first) return why(first.error());
    const auto more = carts().add(*made, variant.id, too_many, key());
    if (more && !of) return declared_absent("exact stock", "the shop tells of no variant how many there are, and sold " + std::to_string(too_many));
    if (wrong = wants(more, {ErrorKind::kOutOfStock}, "more than there is"); !wrong.empty()) return wrong;
    if (of && more.error().message.find(std::to_string(too_many)) == std::string::npos) return "the refusal does not tell that " + std::to_string(too_many) + " are left: " + more.error().message;
    if (wrong = holds(*made, 1); !wrong.empty()) return wrong;
    if (wrong = wants(carts().set_quantity(*made, first->line, too_many + 1, key()), {ErrorKind::kOutOfStock}, "setting more than there is"); !wrong.empty()) return wrong;
    if (wrong = holds(*made, 1); !wrong.empty()) return wrong;
    for (const Product& product : products_) {
      for (const Variant& sold_out : product.variants) {
        if (sold_out.stock.availability != Availability::kOutOfStock) continue;
        if (wrong = wants(carts().add(*made, sold_out.id, 1, key()), {ErrorKind::kOutOfStock}, "a sold-out variant"); !wrong.empty()) return wrong;
        return holds(*made, 1);
      }
    }
    return "";
  }

  std::string odd_quantities() {
    std::string wrong;
    const auto made = filled(1, wrong);
    if (!made) return wrong;
    for (const std::int64_t odd : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1} << 62, std::numeric_limits<std::int64_t>::max()}) {
      if (wrong = wants(carts().add(made->cart, goods_[0].variant.id, odd, key()), {ErrorKind::kInvalidArgument}, std::to_string(odd)); !wrong.empty()) return wrong;
    }
    if (carts().add(made->cart, goods_[0].variant.id, 999'999, key())) return "999999 pieces were accepted";
    return holds(made->cart, 1);
  }

  std::string unknown_ids() {
    std::string wrong;
    const auto made = filled(1, wrong);
    if (!made) return wrong;
    const std::initializer_list<ErrorKind> kMissing = {ErrorKind::kNotFound};
    for (const std::string& result :
         {wants(carts().add(made->cart, VariantId("999999999"), 1, key()), kMissing, "an unknown variant"),
          wants(carts().add(made->cart, VariantId("no such \"thing\""), 1, key()), kMissing, "a variant that is none"),
          wants(carts().add(CartId("nothing"), goods_[0].variant.id, 1, key()), kMissing, "an unknown cart"),
          wants(carts().read(CartId("nothing")), kMissing, "reading an unknown cart"),
          wants(carts().set_quantity(made->cart, LineId("nothing"), 2, key()), kMissing, "an unknown line"),
          wants(carts().remove(made->cart, LineId("999999999"), key()), kMissing, "removing an unknown line"),
          wants(carts().change_variant(made->cart, made->change.line, VariantId("999999999"), key()), kMissing, "changing to an unknown variant"),
          wants(carts().checkout_url(CartId("nothing")), kMissing, "paying for an unknown cart")}) {
      if (!result.empty()) return result;
    }
    return holds(made->cart, 1);
  }

  std::string foreign_line() {
    std::string wrong;
    const auto mine = filled(1, wrong), theirs = filled(1, wrong);
    if (!mine || !theirs) return wrong;
    if (wrong = wants(carts().remove(theirs->cart, mine->change.line, key()), {ErrorKind::kNotFound}, "a line of another cart"); !wrong.empty()) return wrong;
    return holds(mine->cart, 1);
  }

  // "" and `tried` where the shop let it be tried.
  std::string change_between(const Variant& a, const Variant& b, bool& tried) {
    std::string wrong;
    const std::int64_t pieces = std::min({a.stock.count.value_or(2), b.stock.count.value_or(2), std::int64_t{2}});
    const auto made = cart(wrong);
    if (!made) return wrong;
    const auto added = carts().add(*made, a.id, pieces, key());
    if (!added) return "";
    tried = true;
    const auto changed = carts().change_variant(*made, added->line, b.id, key());
    if (!changed) return why(changed.error());
    const bool right = changed->cart.lines.size() == 1 && changed->cart.lines.front().variant == b.id && changed->cart.lines.front().quantity == pieces;
    return right ? "" : "the cart does not hold " + std::to_string(pieces) + " of the other variant, and only them";
  }

  std::string other_variant() {
    for (const Product& product : products_) {
      std::vector<const Variant*> in_stock;
      for (const Variant& variant : product.variants) {
        const bool here = variant.stock.availability == Availability::kInStock || variant.stock.availability == Availability::kLowStock;
        if (here && variant.stock.count.value_or(1) > 0) in_stock.push_back(&variant);
      }
      bool tried = false;
      const std::string wrong = in_stock.size() < 2 ? "" : change_between(*in_stock[0], *in_stock[1], tried);
      if (tried || !wrong.empty()) return wrong;
    }
    return "no product has two variants in stock, so that it could not be tried: put a second one into stock";
  }

  // A cart of the platform's that it does not know: the ledger leads to one that expired.
  std::string stale_cart() {
    std::string wrong;
    const auto made = filled(1, wrong);
    if (!made) return wrong;
    const CartId stale(made->cart.str() + "-stale");
    const auto state = shop_.ledger().cart(made->cart);
    if (!state || !*state) return "the cart's state is not kept";
    if (const auto kept = shop_.ledger().keep_cart(stale, expired_state(**state)); !kept) return why(kept.error());
    const std::initializer_list<ErrorKind> kGone = {ErrorKind::kNotFound};
    for (const std::string& result :
         {wants(carts().read(stale), kGone, "reading an expired cart"), wants(carts().add(stale, goods_[0].variant.id, 1, key()), kGone, "adding to an expired cart"),
          wants(carts().remove(stale, made->change.line, key()), kGone, "removing from an expired cart"),
          wants(carts().apply_discount(stale, "NO-SUCH-CODE", key()), kGone, "a code for an expired cart"),
          wants(carts().checkout_url(stale), kGone, "paying for an expired cart")}) {
      if (!result.empty()) return result;
    }
    return holds(made->cart, 1);
  }

  std::string unicode() {
    for (const Product& product : products_) {
      if (product.title.find("\xEF\xBF\xBD") != std::string::npos) return "the title of " + product.id.str() + " has characters that did not come through: " + product.title;
    }
    for (const char* id : {"Täschchen-☕", "商品", "\xF0\x9F\x91\x95"}) {
      const std::string wrong = wants(shop_.catalogue().product(ProductId(id)), {ErrorKind::kNotFound}, std::string("product ") + id);
      if (!wrong.empty()) return wrong;
    }
    return "";
  }

  std::string bad_code() {
    std::string wrong;
    const auto made = filled(1, wrong);
    if (!made) return wrong;
    if (wrong = wants(carts().apply_discount(made->cart, "NO-SUCH-CODE", key()), {ErrorKind::kRefused}, "an unknown code"); !wrong.empty()) return wrong;
    const auto now = carts().read(made->cart);
    if (!now) return why(now.error());
    if (!now->discounts.empty() || now->total != made->change.cart.total) return "the refused code changed the cart";
    if (wrong = wants(carts().apply_discount(made->cart, "ÄÖ-☕", key()), {ErrorKind::kRefused}, "an unknown code with other letters"); !wrong.empty()) return wrong;
    const auto empty = cart(wrong);
    if (!empty) return wrong;
    return wants(carts().apply_discount(*empty, "NO-SUCH-CODE", key()), {ErrorKind::kRefused}, "a code for an empty cart");
  }

  std::string good_code() {
    if (options_.good_code.empty()) return "it was not tried: name a code that applies with --code";
    std::string wrong;
    const auto made = filled(3, wrong);
    if (!made) return wrong;
    const auto now = carts().apply_discount(made->cart, options_.good_code, key());
    if (!now) return why(now.error());
    if (now->discounts.size() != 1 || now->discounts.front().amount.minor <= 0) return "the cart does not tell what the code takes off";
    const std::int64_t less = made->change.cart.total.minor - now->total.minor;
    if (less != now->discounts.front().amount.minor) return "the code takes off " + format(now->discounts.front().amount) + ", the total fell by " + std::to_string(less);
    const auto again = carts().read(made->cart);
    return again && *again == *now ? "" : "the cart read again differs";
  }

  std::string checkout() {
    std::string wrong;
    const auto empty = cart(wrong);
    if (!empty) return wrong;
    if (wrong = wants(carts().checkout_url(*empty), {ErrorKind::kRefused}, "paying for nothing"); !wrong.empty()) return wrong;
    const auto made = filled(1, wrong);
    if (!made) return wrong;
    const auto url = carts().checkout_url(made->cart);
    if (!url) return why(url.error());
    return holds(made->cart, 1);
  }

  std::string keys() {
    std::string wrong;
    const auto made = cart(wrong);
    if (!made) return wrong;
    const IdempotencyKey once = key();
    const auto first = carts().add(*made, goods_[0].variant.id, 2, once);
    const auto second = carts().add(*made, goods_[0].variant.id, 2, once);
    if (!first || !second) return why((first ? second : first).error());
    if (first->cart != second->cart) return "the second answer differs from the first";
    if (wrong = holds(*made, 2); !wrong.empty()) return wrong;
    if (wrong = wants(carts().add(*made, goods_[0].variant.id, 1, once), {ErrorKind::kConflict}, "the key with other content"); !wrong.empty()) return wrong;
    return holds(*made, 2);
  }

  std::string threads() {
    std::string wrong;
    const auto made = cart(wrong);
    if (!made) return wrong;
    std::atomic<int> failed{0};
    {
      std::vector<std::jthread> helpers;
      for (int i = 0; i < 4; ++i) {
        helpers.emplace_back([&, i] {
          for (int n = 0; n < 3; ++n) {
            const IdempotencyKey once("check-" + run_ + "-thread-" + std::to_string(i) + "-" + std::to_string(n));
            if (!carts().add(*made, goods_[0].variant.id, 1, once) || !carts().add(*made, goods_[0].variant.id, 1, once)) ++failed;
          }
        });
      }
    }
    return failed ? std::to_string(failed) + " adds failed" : holds(*made, 12);
  }

  std::string policies() {
    if (!shop_.engine().adapter().operation("policies")) return declared_absent("policies", "the adapter has no operation 'policies'");
    const auto all = shop_.policies().all();
    return all ? "" : why(all.error());
  }

  std::string orders() {
    if (!shop_.engine().adapter().operation("order")) return declared_absent("orders", "the adapter has no operation 'order'");
    return wants(shop_.orders().find(OrderId("NO-SUCH-ORDER"), "nobody@example.com"), {ErrorKind::kNotFound}, "an unknown order");
  }

  Shop& shop_;
  const CheckOptions& options_;
  const std::function<void(const CheckResult&)>& told_;
  std::vector<CheckResult> results_;
  std::vector<Product> products_;
  std::vector<Goods> goods_;
  std::string refused_;                  // why the last of the others could not be added
  std::string run_;
  int keys_ = 0;
};

}  // namespace

std::vector<CheckResult> check_shop(Shop& shop, const CheckOptions& options, const std::function<void(const CheckResult&)>& told) {
  return Check(shop, options, told).run();
}

}  // namespace floorwalker::http
