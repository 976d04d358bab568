#include <algorithm>
#include <functional>

#include "agent/core/cart_lines.h"
#include "tools/products.h"
#include "tools/shop.h"
#include "tools/variant_choice.h"

// The tools that change a cart. The shop's cart is the only truth: it is read before a change, to know what "before" was, and again after
// anything that did not plainly succeed, before a word is said about it.
namespace floorwalker::tools {
namespace {

using Change = CartAnswer::Change;
using ports::CartChange;

constexpr std::size_t kAcceptedLines = 20;
constexpr std::int64_t kAsAsked = -1;  // CartChange::got of a write that only the cart itself vouches for

// ---- reading

// What the shop answers to a cart that it does not know any more.
ErrorAnswer unreadable(Error error) {
  ErrorAnswer answer{std::move(error), {}, {}, {}, {}, {}};
  if (answer.error.kind != ErrorKind::kNotFound) return answer;
  answer.error.message = "the cart has expired at the shop: what was in it is gone";
  answer.field = "cart";
  return answer;
}

// The session's cart as it is, or an empty one where the shop has made none yet.
Result<Cart> current(const Shop& shop, const CartId& id) {
  if (!id.empty()) return shop.carts->read(id);
  const Money nothing{0, shop.catalogue->currency()};
  return Cart{{}, {}, {}, nothing, nothing};
}

std::optional<CartLine> copy(const CartLine* line) { return line ? std::optional(*line) : std::nullopt; }

// ---- writing once, and knowing what came of it

// A write to the cart, told apart from whether it happened.
struct Write {
  std::function<Result<CartChange>()> call;           // at most once for its key, however often it is made
  std::function<bool(const Cart& after)> happened;    // whether the cart shows it
};

bool leaves_doubt(ErrorKind kind) { return kind == ErrorKind::kOutcomeUnknown || kind == ErrorKind::kMalformed; }

// Makes the write. Where the reply was lost the cart is read again; if it does not show the change, the call is repeated under its key,
// which returns the first outcome or makes up for it; if doubt remains, the answer is kOutcomeUnknown.
Result<CartChange> perform(const Shop& shop, const CartId& cart, const Write& write) {
  Result<CartChange> change = write.call();
  for (int tries = 0; !change && leaves_doubt(change.error().kind); ++tries) {
    const auto after = shop.carts->read(cart);
    if (after && write.happened(*after)) return CartChange{*after, {}, kAsAsked, std::nullopt, std::nullopt};
    if (tries == 1 && change.error().kind == ErrorKind::kOutcomeUnknown) return change;
    if (tries == 1) return fail(ErrorKind::kOutcomeUnknown, "the shop did not confirm the change; it is not known whether it was made", change.error().detail);
    change = write.call();
  }
  return change;
}

// An error with the cart as it is now, where it can be read.
ErrorAnswer with_cart(const Shop& shop, const CartId& cart, Error error) {
  ErrorAnswer answer{std::move(error), {}, {}, {}, {}, {}};
  if (cart.empty()) return answer;
  if (auto now = shop.carts->read(cart)) answer.cart = std::move(*now);
  return answer;
}

// The same for a variant that cannot be had: how many are left, and which of its siblings are in stock.
ErrorAnswer refused(const Shop& shop, const CartId& cart, const VariantId& variant, Error error) {
  const bool stock = error.kind == ErrorKind::kOutOfStock;
  ErrorAnswer answer = with_cart(shop, cart, std::move(error));
  if (!stock && answer.error.kind != ErrorKind::kRefused) return answer;
  const auto product = product_meant(*shop.catalogue, variant.str());
  if (!product) return answer;
  const auto own = std::find_if(product->variants.begin(), product->variants.end(), [&](const Variant& one) { return one.id == variant; });
  if (own == product->variants.end()) return answer;
  if (!stock) return answer;
  answer.available = own->stock.availability == Availability::kOutOfStock ? std::optional<std::int64_t>(0) : own->stock.count;
  answer.choices = in_stock_siblings(*product, *own);
  answer.field = "quantity";
  std::string message = product->title + (own->options.empty() ? "" : " in " + options_text(*own));
  message += answer.available == 0 ? " is sold out" : answer.available ? ": only " + std::to_string(*answer.available) + " in stock" : ": not enough in stock";
  if (!answer.choices.empty() && !own->options.empty()) {
    message += "; in stock:";
    for (std::size_t i = 0; i < answer.choices.size() && i < 10; ++i) message += (i ? "; " : " ") + options_text(answer.choices[i]);
  }
  answer.error.message = message + ". Nothing was changed" + (answer.error.message.empty() ? "" : " (the shop: " + answer.error.message + ")");
  return answer;
}

// A success as the cart shows it. What the shop claims but its cart does not hold was not done.
Answer told(const Shop& shop, const CartId& cart, CartAnswer answer, const Write& write) {
  if (!write.happened(answer.cart)) {
    const auto now = shop.carts->read(cart);
    if (!now || !write.happened(*now)) {
      return refuse(with_cart(shop, cart, {ErrorKind::kOutcomeUnknown, "the shop confirmed the change, but its cart does not show it", {}}));
    }
    answer.cart = *now;
  }
  return to_json(answer);
}

// ---- which variant, which line

struct Chosen {
  Product product;
  Variant variant;
};

// A shop that cannot say what a thing costs now is not asked to put it into the cart.
Result<Product> buyable(const Shop& shop, const std::string& id) {
  auto product = product_meant(*shop.catalogue, id);
  if (!product || prices_known(*product)) return product;
  return fail(ErrorKind::kUnavailable, "the shop does not answer now, so nothing was changed; try again in a moment");
}

// The variant to add: named, or the one of the product that has the options.
tl::expected<Chosen, ErrorAnswer> chosen(const Shop& shop, const Arguments& arguments) {
  const std::string variant_id = arguments.text("variant"), product_id = arguments.text("product");
  if (variant_id.empty() && product_id.empty()) return refuse(ErrorKind::kInvalidArgument, "to add, name the variant, or the product with its options", "variant");
  auto product = buyable(shop, variant_id.empty() ? product_id : variant_id);
  if (!product) return refuse(ErrorAnswer{product.error(), variant_id.empty() ? "product" : "variant", {}, {}, {}, {}});
  const std::string named = variant_id.empty() ? product_id : variant_id;
  const auto own = std::find_if(product->variants.begin(), product->variants.end(), [&](const Variant& one) { return one.id.str() == named; });
  if (own != product->variants.end() && (named != product->id.str() || product->variants.size() == 1)) {
    if (!variant_id.empty() && !product_id.empty() && product_id != product->id.str() && product_id != variant_id) {
      return refuse(ErrorKind::kInvalidArgument, "variant " + variant_id + " belongs to product " + product->id.str() + ", not to " + product_id, "variant");
    }
    const auto by_options = choose_other(*product, *own, arguments.pairs("options"));
    if (by_options && by_options->id == own->id) return Chosen{*product, *own};
    if (!by_options) return refuse(by_options.error());
    return refuse(ErrorKind::kInvalidArgument, "variant " + named + " is " + options_text(*own) + ", which the options contradict", "options");
  }
  const auto variant = choose_variant(*product, arguments.pairs("options"));
  if (!variant) return refuse(variant.error());
  return Chosen{*product, *variant};
}

ErrorAnswer no_such_line(const Cart& cart, std::string message) {
  ErrorAnswer answer{{ErrorKind::kNotFound, std::move(message), {}}, "line", {}, {}, {}, cart};
  for (const CartLine& line : cart.lines) {
    if (answer.accepted.size() < kAcceptedLines) answer.accepted.push_back(line.id.str());
  }
  return answer;
}

// The line that a change is about: named by its id, or the only one of the variant or product. With change_variant `variant` is the new one.
tl::expected<CartLine, ErrorAnswer> line_meant(const Cart& cart, const Arguments& arguments) {
  if (cart.lines.empty()) return refuse(no_such_line(cart, "the cart is empty"));
  const bool changes = arguments.text("operation") == "change_variant";
  const std::string line = arguments.text("line"), variant = changes ? "" : arguments.text("variant"), product = arguments.text("product");
  if (!line.empty()) {
    if (const CartLine* found = line_of(cart, LineId(line))) return *found;
  }
  const std::string& id = !line.empty() ? line : !variant.empty() ? variant : product;
  if (id.empty()) return refuse(no_such_line(cart, "line is missing: which line of the cart to change"));
  std::vector<const CartLine*> found;
  for (const CartLine& one : cart.lines) {
    if (one.variant.str() == id || one.product.str() == id) found.push_back(&one);
  }
  if (found.size() == 1) return *found.front();
  if (found.empty()) return refuse(no_such_line(cart, "the cart has no line '" + shortened(id, 60) + "'"));
  return refuse(ErrorAnswer{{ErrorKind::kInvalidArgument, "the cart has several lines of that product: name the line", {}}, "line",
                            no_such_line(cart, "").accepted, {}, {}, cart});
}

// ---- the operations

// Makes the cart at the first add. Where the old one has expired, a new one is made, but nothing put into it before the shopper has heard that
// what was in the old one is gone.
tl::expected<Cart, ErrorAnswer> cart_to_add_to(const Shop& shop, const ToolContext& context) {
  std::optional<ErrorAnswer> gone;
  if (!context.cart.empty()) {
    auto cart = shop.carts->read(context.cart);
    if (cart) return std::move(*cart);
    gone = unreadable(cart.error());
    if (gone->error.kind != ErrorKind::kNotFound) return refuse(std::move(*gone));
  }
  const auto made = shop.carts->create(IdempotencyKey(context.key.str() + "/cart"));
  if (!made) return refuse(gone ? std::move(*gone) : ErrorAnswer{made.error(), {}, {}, {}, {}, {}});
  auto cart = shop.carts->read(*made);
  if (!cart) return refuse(gone ? std::move(*gone) : ErrorAnswer{cart.error(), {}, {}, {}, {}, {}});
  if (!gone) return std::move(*cart);
  gone->error.message += "; nothing was added. A new, empty cart is ready: tell the shopper, then add again";
  gone->cart = std::move(*cart);
  return refuse(std::move(*gone));
}

Answer tell_added(const Shop& shop, const CartChange& change, const VariantId& variant, std::int64_t quantity, const std::optional<CartLine>& before) {
  CartAnswer answer{Change::kAdded, copy(line_with(change.cart, variant)), change.before ? change.before : before, quantity, change.got == kAsAsked ? quantity : change.got, {}, change.cart};
  if (answer.got == 0) return refuse(refused(shop, change.cart.id, variant, {ErrorKind::kOutOfStock, "", {}}));
  if (answer.got < quantity) {
    answer.change = Change::kPartlyAdded;
    answer.available = change.available ? change.available : answer.got;
  }
  const Write write{{}, [&](const Cart& after) { return line_with(after, variant) != nullptr; }};
  return told(shop, change.cart.id, std::move(answer), write);
}

Answer add(const Shop& shop, const Arguments& arguments, const ToolContext& context) {
  const std::int64_t quantity = arguments.whole("quantity").value_or(1);
  if (quantity < 1) return refuse(ErrorKind::kInvalidArgument, "quantity must be a whole number, 1 or more, to add", "quantity");
  const auto what = chosen(shop, arguments);
  if (!what) return refuse(what.error());
  const VariantId variant = what->variant.id;
  const bool sold_out = what->variant.stock.availability == Availability::kOutOfStock;
  if (sold_out && context.cart.empty()) return refuse(refused(shop, {}, variant, {ErrorKind::kOutOfStock, "", {}}));
  const auto before = cart_to_add_to(shop, context);
  if (!before) return refuse(before.error());
  const auto earlier = shop.carts->done(before->id, context.key);
  if (earlier && *earlier) return tell_added(shop, **earlier, variant, quantity, {});
  if (sold_out) return refuse(refused(shop, before->id, variant, {ErrorKind::kOutOfStock, "", {}}));
  const std::int64_t had = quantity_of(*before, variant);
  const Write write{[&] { return shop.carts->add(before->id, variant, quantity, context.key); },
                    [&](const Cart& after) { return quantity_of(after, variant) == had + quantity; }};   // more of it was not asked for
  const auto change = perform(shop, before->id, write);
  if (!change) return refuse(refused(shop, before->id, variant, change.error()));
  return tell_added(shop, *change, variant, quantity, copy(line_with(*before, variant)));
}

bool removes(const Arguments& arguments) { return arguments.text("operation") == "remove" || arguments.whole("quantity") == 0; }

Answer tell_quantity(const Shop& shop, const Arguments& arguments, const CartChange& change, const CartLine& line) {
  const std::int64_t asked = removes(arguments) ? 0 : arguments.whole("quantity").value_or(0);
  const auto find = [&](const Cart& cart) {  // some shops give a changed line another id
    const CartLine* same = line_of(cart, line.id);
    return same || asked == 0 ? same : line_with(cart, line.variant);
  };
  const CartLine* now = find(change.cart);
  const CartLine before = change.before.value_or(line);
  CartAnswer answer{asked == 0 ? Change::kRemoved : Change::kQuantityChanged, now ? *now : before, before, asked, now ? now->quantity : 0, {}, change.cart};
  if (answer.got < asked) {  // a shop that sets what it has
    answer.available = change.available ? change.available : answer.got;
    return to_json(answer);
  }
  const Write write{{}, [&](const Cart& after) { return (find(after) != nullptr) == (asked > 0); }};
  return told(shop, change.cart.id, std::move(answer), write);
}

Answer set_quantity(const Shop& shop, const Arguments& arguments, const ToolContext& context, const Cart& before, const CartLine& line) {
  if (!removes(arguments) && !arguments.has("quantity")) {
    return refuse(ErrorKind::kInvalidArgument, "quantity is missing: how many there should be, 0 to remove", "quantity");
  }
  const std::int64_t quantity = removes(arguments) ? 0 : *arguments.whole("quantity");
  const Write write{[&] {
                      return quantity == 0 ? shop.carts->remove(before.id, line.id, context.key) : shop.carts->set_quantity(before.id, line.id, quantity, context.key);
                    },
                    [&](const Cart& after) { return quantity_of(after, line.variant) == quantity_of(before, line.variant) - line.quantity + quantity; }};
  const auto change = perform(shop, before.id, write);
  if (!change) return refuse(refused(shop, before.id, line.variant, change.error()));
  return tell_quantity(shop, arguments, *change, line);
}

// The variant that should take the line's place: named, or the line's own with some options changed.
tl::expected<Variant, ErrorAnswer> replacement(const Shop& shop, const Arguments& arguments, const CartLine& line) {
  const auto product = shop.catalogue->product(line.product);
  if (!product) return refuse(product.error());
  const auto by_id = [&](const std::string& id) {
    return std::find_if(product->variants.begin(), product->variants.end(), [&](const Variant& one) { return one.id.str() == id; });
  };
  const std::string id = arguments.text("variant");
  if (!id.empty()) {
    if (by_id(id) != product->variants.end()) return *by_id(id);
    return refuse(ErrorAnswer{{ErrorKind::kInvalidArgument, "variant '" + shortened(id, 60) + "' is none of " + product->title, {}}, "variant", {}, {}, product->variants, {}});
  }
  const Options options = arguments.pairs("options");
  if (options.empty()) return refuse(ErrorKind::kInvalidArgument, "name the new variant or the options that change", "options");
  const auto now = by_id(line.variant.str());
  return now == product->variants.end() ? choose_variant(*product, options) : choose_other(*product, *now, options);
}

Answer tell_variant(const Shop& shop, const CartChange& change, const CartLine& line, const VariantId& wanted) {
  const CartLine before = change.before.value_or(line);
  CartAnswer answer{Change::kVariantChanged, copy(line_with(change.cart, wanted)), before, before.quantity, before.quantity, {}, change.cart};
  const Write write{{}, [&](const Cart& after) { return line_with(after, wanted) != nullptr; }};
  return told(shop, change.cart.id, std::move(answer), write);
}

Answer change_variant(const Shop& shop, const Arguments& arguments, const ToolContext& context, const Cart& before, const CartLine& line) {
  const auto quantity = arguments.whole("quantity");
  if (quantity && *quantity != line.quantity) {
    return refuse(ErrorKind::kInvalidArgument, "quantity cannot change together with the variant: change one, then the other", "quantity");
  }
  const auto wanted = replacement(shop, arguments, line);
  if (!wanted) return refuse(wanted.error());
  if (wanted->id == line.variant) return to_json(CartAnswer{Change::kNone, line, line, line.quantity, line.quantity, {}, before});
  const auto grown = [&](const Cart& after) { return quantity_of(after, wanted->id) >= quantity_of(before, wanted->id) + line.quantity; };
  const Write write{[&] { return shop.carts->change_variant(before.id, line.id, wanted->id, context.key); },
                    [&](const Cart& after) {
                      return quantity_of(after, wanted->id) == quantity_of(before, wanted->id) + line.quantity && quantity_of(after, line.variant) < quantity_of(before, line.variant);
                    }};
  const auto change = perform(shop, before.id, write);
  if (change) return tell_variant(shop, *change, line, wanted->id);
  ErrorAnswer answer = refused(shop, before.id, wanted->id, change.error());
  if (answer.cart && grown(*answer.cart)) answer.error.message += "; the new version was added, but line " + line.id.str() + " is still there as well";
  return refuse(std::move(answer));
}

// A call repeated after a crash whose write was done the first time: told as it was then, though the cart has moved on.
Answer told_again(const Shop& shop, const Arguments& arguments, const CartChange& change) {
  const CartLine* now = line_of(change.cart, change.line);
  if (!change.before && !now) return to_json(CartAnswer{Change::kNone, {}, {}, 0, 0, {}, change.cart});
  const CartLine line = change.before ? *change.before : *now;
  if (arguments.text("operation") == "change_variant") return tell_variant(shop, change, line, now ? now->variant : line.variant);
  return tell_quantity(shop, arguments, change, line);
}

Answer update(const Shop& shop, const Arguments& arguments, const ToolContext& context) {
  const std::string operation = arguments.text("operation");
  if (operation == "add") return add(shop, arguments, context);
  const auto before = current(shop, context.cart);
  if (!before) return refuse(unreadable(before.error()));
  if (!before->id.empty()) {
    const auto earlier = shop.carts->done(before->id, context.key);
    if (earlier && *earlier) return told_again(shop, arguments, **earlier);
  }
  const auto line = line_meant(*before, arguments);
  if (!line) return refuse(line.error());
  if (operation == "change_variant") return change_variant(shop, arguments, context, *before, *line);
  return set_quantity(shop, arguments, context, *before, *line);
}

// ---- discount and checkout

bool holds(const Cart& cart, const std::string& code) {
  return std::any_of(cart.discounts.begin(), cart.discounts.end(), [&](const AppliedDiscount& one) { return same_name(one.code, code); });
}

Answer discount(const Shop& shop, const std::string& code, const ToolContext& context) {
  const auto before = current(shop, context.cart);
  if (!before) return refuse(unreadable(before.error()));
  if (before->lines.empty()) return refuse(ErrorKind::kRefused, "the cart is empty: a code needs something to apply to", "code");
  const Write write{[&]() -> Result<CartChange> {
                      auto cart = shop.carts->apply_discount(before->id, code, context.key);
                      if (!cart) return fail(cart.error());
                      return CartChange{std::move(*cart), {}, 0, std::nullopt, std::nullopt};
                    },
                    [&](const Cart& after) { return holds(after, code) && (holds(*before, code) || after.total < before->total); }};   // a shop may keep a code that takes nothing off
  const auto change = perform(shop, before->id, write);
  if (!change) {
    ErrorAnswer answer = with_cart(shop, before->id, change.error());
    answer.field = "code";
    return refuse(std::move(answer));
  }
  if (!holds(change->cart, code)) return refuse(with_cart(shop, before->id, {ErrorKind::kRefused, "the shop did not apply the code '" + code + "'", {}}));
  return to_json(CartAnswer{Change::kDiscountApplied, {}, {}, 0, 0, {}, change->cart});
}

Answer checkout(const Shop& shop, const ToolContext& context) {
  const auto cart = current(shop, context.cart);
  if (!cart) return refuse(unreadable(cart.error()));
  if (cart->lines.empty()) return refuse(ErrorKind::kRefused, "the cart is empty: there is nothing to pay for");
  const auto url = shop.carts->checkout_url(cart->id);
  if (!url) return refuse(url.error());
  if (!url->starts_with("https://") && !url->starts_with("http://")) {
    return refuse(Error{ErrorKind::kMalformed, "the shop gave no usable checkout address", *url});
  }
  return to_json(CheckoutAnswer{*cart, *url});
}

constexpr const char* kNothing = R"({"type":"object","properties":{}})";

constexpr const char* kUpdateSchema = R"({"type":"object","required":["operation"],"properties":{
"operation":{"type":"string","enum":["add","set_quantity","change_variant","remove"]},
"product":{"type":"string","format":"id","description":"product id, with options where it has variants"},
"variant":{"type":"string","format":"id","description":"variant id; for change_variant the new one"},
"options":{"type":"object","additionalProperties":{"type":"string","maxLength":200},"description":"what the shopper chose, e.g. {\"Size\": \"M\"}; never chosen for them"},
"line":{"type":"string","format":"id","description":"cart line id, for everything but add"},
"quantity":{"type":"integer","minimum":0,"maximum":1000000,"description":"add: how many (1 if left out); set_quantity: how many there should be"}}})";

}  // namespace

Tool view_cart(const Shop& shop) {
  return {{"view_cart", "The cart as the shop has it now: lines, quantities, prices, totals.", kNothing, ToolEffect::kRead},
          [shop](const Arguments&, const ToolContext& context) -> Answer {
            const auto cart = current(shop, context.cart);
            if (!cart) return refuse(unreadable(cart.error()));
            return to_json(CartAnswer{Change::kNone, {}, {}, 0, 0, {}, *cart});
          }};
}

Tool update_cart(const Shop& shop) {
  return {{"update_cart",
           "Change the cart: add a variant, set a line's quantity, put another variant in a line's place, remove a line. Only what the shopper asked for. "
           "The answer tells what was changed and the cart as it is now.",
           kUpdateSchema, ToolEffect::kWrite},
          [shop](const Arguments& arguments, const ToolContext& context) { return update(shop, arguments, context); }};
}

Tool apply_discount(const Shop& shop) {
  return {{"apply_discount", "Apply a discount code that the shopper named.",
           R"({"type":"object","required":["code"],"properties":{"code":{"type":"string","maxLength":60}}})", ToolEffect::kWrite},
          [shop](const Arguments& arguments, const ToolContext& context) { return discount(shop, arguments.text("code"), context); }};
}

Tool start_checkout(const Shop& shop) {
  return {{"start_checkout", "The address at which the shopper reviews and pays for the cart. Nothing is ordered by it.", kNothing, ToolEffect::kWrite},
          [shop](const Arguments&, const ToolContext& context) { return checkout(shop, context); }};
}

}  // namespace floorwalker::tools
