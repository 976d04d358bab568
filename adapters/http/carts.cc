#include "adapters/http/carts.h"

#include <algorithm>

#include "agent/core/cart_lines.h"
#include "agent/core/digest.h"
#include "agent/core/text.h"

namespace floorwalker::http {
namespace {

using ports::CartChange;

constexpr std::int64_t kMostPieces = 100'000;   // of one line: more is a slip of the tongue
constexpr int kCorrections = 2;   // of a cart that holds what was not asked for: quantities that are set, not added, may be sent again
constexpr std::chrono::milliseconds kSecondLook{300};   // a shop that answered too late may still be writing

bool holds(const Cart& cart, const std::string& code) {
  return std::any_of(cart.discounts.begin(), cart.discounts.end(), [&](const AppliedDiscount& one) { return text::fold(one.code) == text::fold(code); });
}

std::int64_t taken_off(const Cart& cart) {
  std::int64_t sum = 0;
  for (const AppliedDiscount& one : cart.discounts) sum += one.amount.minor;
  return sum;
}

// Failures that say something about the request and not about the moment: a repeated key gets them again.
bool definite(const Error& error) {
  return error.kind == ErrorKind::kInvalidArgument || error.kind == ErrorKind::kNotFound || error.kind == ErrorKind::kOutOfStock || error.kind == ErrorKind::kRefused;
}

tl::unexpected<Error> unknown_outcome(const std::string& detail) {
  return fail(ErrorKind::kOutcomeUnknown, "the shop did not confirm the change; it is not known whether it was made", detail);
}

// The cart holds something else than was asked for, and could not be brought back: never told as done, nor as nothing done.
tl::unexpected<Error> left_otherwise(std::int64_t got, std::int64_t asked, const std::string& and_now) {
  return fail(ErrorKind::kOutcomeUnknown, "the shop put " + std::to_string(got) + " into the cart where " + std::to_string(asked) + " were asked for, and did not take that back" +
                                              and_now + ": look at the cart");
}

tl::unexpected<Error> no_cart(const CartId& cart) { return fail(ErrorKind::kNotFound, "there is no such cart, or it has expired", cart.str().substr(0, 40)); }

std::string state_text(const Adapter& adapter, const Variables& variables) {
  std::string out = "{";
  for (const std::string& name : adapter.state) {
    const Value* value = variables.find(name);
    if (!value || !is_set(*value)) continue;
    if (out.size() > 1) out += ',';
    write_json_text(name, out);
    out += ':';
    write_json_text(to_text(*value), out);
  }
  return out + "}";
}

}  // namespace

// ---- which cart

Result<Variables> RemoteCarts::variables_of(const CartId& cart) {
  const auto shop = engine_.of_shop();
  if (!shop) return fail(shop.error());
  Variables variables(*shop);
  const Adapter& adapter = engine_.adapter();
  auto state = ledger_.cart(cart);
  if (!state) return fail(state.error());
  if (*state) {
    const auto document = JsonDocument::parse(**state);
    if (!document) return fail(ErrorKind::kIo, "the ledger of shop actions cannot be read");
    for (const Json* member = document->root().begin(); member != document->root().end(); member = member->next()) {
      variables.set(member->key, std::string(member->text));
    }
    return variables;
  }
  if (adapter.adopt_prefix.empty() || !cart.str().starts_with(adapter.adopt_prefix)) return no_cart(cart);
  variables.set(adapter.adopt_as, cart.str());   // a cart that the shop's own page made
  return variables;
}

Result<void> RemoteCarts::keep(const CartId& cart, const std::vector<std::pair<std::string, Value>>& captured, const Variables& variables) {
  Variables now(&variables);
  bool changed = false;
  for (const auto& [name, value] : captured) {
    const Value* before = variables.find(name);
    const auto& state = engine_.adapter().state;
    if (std::find(state.begin(), state.end(), name) == state.end() || (before && *before == value)) continue;
    now.set(name, value);
    changed = true;
  }
  return changed ? ledger_.keep_cart(cart, state_text(engine_.adapter(), now)) : Result<void>();
}

Result<CartId> RemoteCarts::create(const IdempotencyKey& key) {
  if (key.empty()) return fail(ErrorKind::kInvalidArgument, "A new cart needs an idempotency key.");
  const auto shop = engine_.of_shop();
  if (!shop) return fail(shop.error());
  const CartId id("cart-" + sha256(to_text(*(*shop)->find("url")) + "\n" + key.str()).substr(0, 32));
  const std::lock_guard lock(lock_of(id));
  const auto made = ledger_.cart(id);
  if (!made) return fail(made.error());
  if (*made) return id;
  Variables variables(*shop);
  variables.set("key", key.str());
  const Ran ran = engine_.read("cart_create", variables);   // an empty cart too many is nobody's loss: it may be asked for again
  if (!ran) return fail(ran.error().error);
  for (const auto& [name, value] : ran->captured) variables.set(name, value);
  for (const std::string& name : engine_.adapter().state) {
    const Value* value = variables.find(name);
    if (!value || !is_set(*value)) return fail(ErrorKind::kMalformed, "the shop gave no cart", "no " + name + " in the answer");
  }
  if (auto kept = ledger_.keep_cart(id, state_text(engine_.adapter(), variables)); !kept) return fail(kept.error());
  return id;
}

// ---- reading

Result<Cart> RemoteCarts::mapped(const CartId& cart, const Outcome& outcome, const Variables& variables) {
  auto read = map_cart(*outcome.value, engine_.context(variables));
  if (!read) return read;
  read->id = cart;
  const OptionsMap& options = engine_.adapter().cart.lines.options;
  for (CartLine& line : read->lines) {
    if (!options.each && !options.table) line.options = catalogue_.options_of(line.variant, line.product);
  }
  return read;
}

Result<Cart> RemoteCarts::read_unlocked(const CartId& cart) {
  auto variables = variables_of(cart);
  if (!variables) return fail(variables.error());
  const Ran ran = engine_.read("cart_read", *variables);
  if (!ran) return ran.error().error.kind == ErrorKind::kNotFound ? Result<Cart>(no_cart(cart)) : Result<Cart>(fail(ran.error().error));
  if (auto kept = keep(cart, ran->captured, *variables); !kept) return fail(kept.error());
  if (ran->value) return mapped(cart, *ran, *variables);
  if (!engine_.adapter().operation("cart_read")->empty_if_absent) return no_cart(cart);
  const Money nothing{0, engine_.currency()};
  return Cart{cart, {}, {}, nothing, nothing};
}

Result<Cart> RemoteCarts::read(const CartId& cart) { return read_unlocked(cart); }

Result<std::optional<CartChange>> RemoteCarts::done(const CartId&, const IdempotencyKey& key) {
  auto record = ledger_.find(key);
  if (!record) return fail(record.error());
  if (!*record || !(*record)->answer || !*(*record)->answer) return std::optional<CartChange>();
  return std::optional<CartChange>(**(*record)->answer);
}

// ---- writing once

Result<CartChange> RemoteCarts::once(const CartId& cart, const IdempotencyKey& key, const std::string& content, const Work& work) {
  if (key.empty()) return fail(ErrorKind::kInvalidArgument, "A change of a cart needs an idempotency key.");
  const std::lock_guard lock(lock_of(cart));
  auto record = ledger_.find(key);
  if (!record) return fail(record.error());
  if (*record && (*record)->content != content) return fail(ErrorKind::kConflict, "This idempotency key was already used for another change.", key.str());
  if (*record && (*record)->answer) return *(*record)->answer;
  Result<CartChange> answer = work(*record);
  const bool doubt = record->has_value();   // an earlier attempt may have gone through: what kept this one from telling says nothing of that
  if (!answer && doubt && !definite(answer.error())) return unknown_outcome(answer.error().detail);
  if (answer || definite(answer.error())) {
    if (!*record) {   // refused before anything was written down
      if (auto begun = ledger_.begin(key, {content, 0, std::nullopt}); !begun) return fail(begun.error());
    }
    if (auto settled = ledger_.settle(key, answer); !settled) return fail(settled.error());
  } else if (answer.error().kind != ErrorKind::kOutcomeUnknown && !*record) {
    if (auto forgotten = ledger_.forget(key); !forgotten) return fail(forgotten.error());
  }
  return answer;
}

Ran RemoteCarts::send(const CartId& cart, const Change& change, const Variables& of_cart) {
  Variables variables(&of_cart);
  variables.set("variant", change.variant.str());
  variables.set("quantity", change.quantity);
  if (!change.line.empty()) variables.set("line", change.line.str());
  variables.set("key", sha256(cart.str() + "\n" + change.operation + "\n" + change.key).substr(0, 32));
  return engine_.write(change.operation, variables);
}

// The change's way: what the cart held is written down, the change is sent unless it is seen to have happened, and the cart decides.
Result<CartChange> RemoteCarts::change(const CartId& cart, const IdempotencyKey& key, const std::string& content, const Change& change,
                                       const std::optional<WriteRecord>& begun) {
  auto before = read_unlocked(cart);
  if (!before) return fail(before.error());
  const std::int64_t now = quantity_of(*before, change.variant);
  const std::int64_t had = begun ? begun->before : now;
  const std::int64_t wanted = change.adds ? had + change.quantity : change.quantity;
  auto variables = variables_of(cart);
  if (!variables) return fail(variables.error());
  if (begun && now == wanted && now != had) return judged(cart, change, *before, had, Ran(Outcome{}), *variables);
  if (auto noted = ledger_.begin(key, {content, had, std::nullopt}); !noted) return fail(noted.error());
  Change left = change;
  if (begun && change.adds && now > had) left.quantity = wanted - now;   // a part of it came through
  if (left.quantity < 0) return judged(cart, change, *before, had, Ran(Outcome{}), *variables);
  left.key = key.str() + "\n" + std::to_string(left.quantity);
  const Ran ran = send(cart, left, *variables);
  Change sent = left;
  sent.quantity = change.quantity;
  sent.again = begun.has_value();
  if (!ran && !begun && ran.error().error.kind == ErrorKind::kUnavailable && !ran.error().unclear) {
    if (auto forgotten = ledger_.forget(key); !forgotten) return fail(forgotten.error());   // turned away at the door
    return fail(ran.error().error);
  }
  return judged(cart, sent, *before, had, ran, *variables);
}

Result<CartChange> RemoteCarts::judged(const CartId& cart, const Change& change, const Cart& before, std::int64_t had, const Ran& ran, const Variables& variables) {
  Result<Cart> after = fail(ErrorKind::kInternal, "");
  if (ran && ran->document) {
    if (auto kept = keep(cart, ran->captured, variables); !kept) return fail(kept.error());
    after = ran->value ? mapped(cart, *ran, variables) : read_unlocked(cart);
  } else {
    after = read_unlocked(cart);
  }
  if (!after) return unknown_outcome(after.error().detail);
  const std::int64_t wanted = change.adds ? had + change.quantity : change.quantity;
  std::int64_t now = quantity_of(*after, change.variant);
  const bool unclear = !ran && ran.error().unclear;
  if (unclear && now != wanted) {
    engine_.pause(kSecondLook);
    after = read_unlocked(cart);
    if (!after) return unknown_outcome(after.error().detail);
    now = quantity_of(*after, change.variant);
  }
  // Twice what was asked for: the first one came through after all, or the network delivered the only one again.
  const auto twice = [&] { return change.adds && (change.again ? now > wanted : now == wanted + change.quantity); };
  for (int tries = 0; twice() && tries < kCorrections && line_with(*after, change.variant); ++tries) {
    const Change back{"cart_set", change.variant, line_with(*after, change.variant)->id, wanted, false, false, change.key + "\nback"};
    static_cast<void>(send(cart, back, variables));   // what came of it, the cart tells
    after = read_unlocked(cart);
    if (!after) return unknown_outcome(after.error().detail);
    now = quantity_of(*after, change.variant);
  }
  if (twice()) return left_otherwise(now - had, change.quantity, "");
  const CartLine* line = line_with(*after, change.variant);
  const CartLine* old = change.line.empty() ? line_with(before, change.variant) : line_of(before, change.line);
  CartChange told{*after, line ? line->id : change.line, change.quantity, std::nullopt, old ? std::optional(*old) : std::nullopt};
  if (now == wanted || (change.adds && now > wanted)) return told;
  if (now == had) {
    if (unclear) return unknown_outcome(ran.error().error.detail);
    if (ran) return fail(out_of_stock(change, *after, std::nullopt));
    if (ran.error().error.kind == ErrorKind::kOutOfStock) return fail(out_of_stock(change, *after, ran.error().available));
    return fail(ran.error().error);
  }
  return undone(cart, change, before, had, std::move(*after), now);
}

// Brings back a variant of which the shop put fewer into the cart than were asked for.
Result<CartChange> RemoteCarts::undone(const CartId& cart, const Change& change, const Cart& before, std::int64_t had, Cart after, std::optional<std::int64_t> available) {
  const auto variables = variables_of(cart);
  if (!variables) return unknown_outcome(variables.error().detail);
  const CartLine* line = line_with(after, change.variant);
  for (int tries = 0; line && tries < kCorrections; ++tries) {
    const Change back{had == 0 ? "cart_remove" : "cart_set", change.variant, line->id, had, false, false, change.key + "\nundo"};
    static_cast<void>(send(cart, back, *variables));   // what came of it, the cart tells
    const auto again = read_unlocked(cart);
    if (!again) return unknown_outcome(again.error().detail);
    if (quantity_of(*again, change.variant) == had) return fail(out_of_stock(change, *again, available));
    after = *again;
    line = line_with(after, change.variant);
  }
  const std::int64_t now = quantity_of(after, change.variant);
  const CartLine* old = line_with(before, change.variant);
  return CartChange{after, line ? line->id : change.line, change.adds ? now - had : now, available, old ? std::optional(*old) : std::nullopt};
}

// "only 2 left": the shop's number, else what its catalogue counts.
Error RemoteCarts::out_of_stock(const Change& change, const Cart& cart, std::optional<std::int64_t> available) {
  std::string title;
  const CartLine* line = line_with(cart, change.variant);
  const auto owner = line && !line->product.empty() ? std::optional(line->product) : catalogue_.owner_at_hand(change.variant);
  const auto product = owner ? catalogue_.product(*owner) : Result<Product>(fail(ErrorKind::kNotFound, ""));
  if (product) {
    title = product->title;
    for (const Variant& variant : product->variants) {
      if (variant.id != change.variant) continue;
      if (variant.stock.count) available = variant.stock.count;
      else if (variant.stock.availability == Availability::kOutOfStock) available = quantity_of(cart, change.variant);
    }
  }
  const std::string of = title.empty() ? "" : " of " + title;
  if (available && *available > 0) return {ErrorKind::kOutOfStock, "only " + std::to_string(*available) + " left" + of, {}};
  return {ErrorKind::kOutOfStock, available ? (title.empty() ? "this is sold out" : title + " is sold out") : "the shop does not have that many" + of, {}};
}

// ---- the changes

Result<CartChange> RemoteCarts::add(const CartId& cart, const VariantId& variant, std::int64_t quantity, const IdempotencyKey& key) {
  if (quantity < 1 || quantity > kMostPieces) return fail(ErrorKind::kInvalidArgument, "quantity: a whole number from 1 to " + std::to_string(kMostPieces) + " can be added");
  const std::string content = "add " + cart.str() + " " + variant.str() + " " + std::to_string(quantity);
  return once(cart, key, content, [&](const auto& begun) { return change(cart, key, content, {"cart_add", variant, {}, quantity, true, false, {}}, begun); });
}

Result<CartChange> RemoteCarts::change_line(const CartId& cart, const LineId& line, std::int64_t quantity, const char* operation, const IdempotencyKey& key) {
  const std::string content = std::string(operation) + " " + cart.str() + " " + line.str() + " " + std::to_string(quantity);
  return once(cart, key, content, [&](const std::optional<WriteRecord>& begun) -> Result<CartChange> {
    const auto now = read_unlocked(cart);
    if (!now) return fail(now.error());
    const CartLine* found = line_of(*now, line);
    if (found) return change(cart, key, content, {operation, found->variant, line, quantity, false, false, {}}, begun);
    if (begun && quantity == 0) return CartChange{*now, line, 0, std::nullopt, std::nullopt};   // removed before the reply was lost
    return fail(ErrorKind::kNotFound, "the cart has no line '" + line.str() + "'");
  });
}

Result<CartChange> RemoteCarts::set_quantity(const CartId& cart, const LineId& line, std::int64_t quantity, const IdempotencyKey& key) {
  if (quantity < 0 || quantity > kMostPieces) return fail(ErrorKind::kInvalidArgument, "quantity: a whole number from 0 to " + std::to_string(kMostPieces) + " can be set");
  return change_line(cart, line, quantity, quantity == 0 ? "cart_remove" : "cart_set", key);
}

Result<CartChange> RemoteCarts::remove(const CartId& cart, const LineId& line, const IdempotencyKey& key) {
  return change_line(cart, line, 0, "cart_remove", key);
}

Result<CartChange> RemoteCarts::change_variant(const CartId& cart, const LineId& line, const VariantId& variant, const IdempotencyKey& key) {
  const std::string content = "change " + cart.str() + " " + line.str() + " " + variant.str();
  const IdempotencyKey adding(key.str() + "/add"), removing(key.str() + "/remove");
  return once(cart, key, content, [&](const std::optional<WriteRecord>& begun) -> Result<CartChange> {
    const auto now = read_unlocked(cart);
    if (!now) return fail(now.error());
    const CartLine* old = line_of(*now, line);
    if (!old && !begun) return fail(ErrorKind::kNotFound, "the cart has no line '" + line.str() + "'");
    if (!old) return CartChange{*now, line_with(*now, variant) ? line_with(*now, variant)->id : line, 0, std::nullopt, std::nullopt};
    const CartLine before = *old;
    if (before.variant == variant) return CartChange{*now, line, before.quantity, std::nullopt, before};
    auto earlier = ledger_.find(adding);
    if (!earlier) return fail(earlier.error());
    if (!begun) {
      if (auto noted = ledger_.begin(key, {content, before.quantity, std::nullopt}); !noted) return fail(noted.error());
    }
    if (!*earlier || !(*earlier)->answer) {
      auto added = change(cart, adding, content, {"cart_add", variant, {}, before.quantity, true, false, {}}, *earlier);
      if (!added) return fail(added.error());
      if (added->got < before.quantity) return left_otherwise(added->got, before.quantity, "; the old line is still there");
      if (auto settled = ledger_.settle(adding, added); !settled) return fail(settled.error());
    }
    auto removed = change(cart, removing, content, {"cart_remove", before.variant, line, 0, false, false, {}}, std::nullopt);
    if (!removed) return unknown_outcome("the new version was added, but the old line is still there: " + removed.error().detail);
    const CartLine* fresh = line_with(removed->cart, variant);
    return CartChange{removed->cart, fresh ? fresh->id : line, before.quantity, std::nullopt, before};
  });
}

// ---- discount and checkout

Result<Cart> RemoteCarts::apply_discount(const CartId& cart, const std::string& code, const IdempotencyKey& key) {
  if (code.empty()) return fail(ErrorKind::kInvalidArgument, "code: a discount code is needed");
  const std::string content = "discount " + cart.str() + " " + code;
  auto change = once(cart, key, content, [&](const std::optional<WriteRecord>& begun) -> Result<CartChange> {
    const auto before = read_unlocked(cart);
    if (!before) return fail(before.error());
    if (before->lines.empty()) return fail(ErrorKind::kRefused, "the cart is empty: a code needs something to apply to");
    const std::int64_t off = begun ? begun->before : taken_off(*before);
    const auto idle = [&](const Cart& now) { return engine_.adapter().cart.lists_idle_codes && taken_off(now) <= off; };
    if (holds(*before, code) && !(begun && idle(*before))) return CartChange{*before, {}, 0, std::nullopt, std::nullopt};
    auto variables = variables_of(cart);
    if (!variables) return fail(variables.error());
    std::vector<std::string> codes;
    for (const AppliedDiscount& one : before->discounts) {
      if (text::fold(one.code) != text::fold(code)) codes.push_back(one.code);
    }
    const std::vector<std::string> old_codes = codes;
    codes.push_back(code);
    variables->set("code", code);
    variables->set("codes", codes);
    variables->set("key", key.str());
    if (auto noted = ledger_.begin(key, {content, off, std::nullopt}); !noted) return fail(noted.error());
    const Ran ran = engine_.write("discount", *variables);
    const auto after = read_unlocked(cart);
    if (!after) return unknown_outcome(after.error().detail);
    if (holds(*after, code) && !idle(*after)) return CartChange{*after, {}, 0, std::nullopt, std::nullopt};
    if (!ran && !holds(*after, code)) return ran.error().unclear ? Result<CartChange>(unknown_outcome(ran.error().error.detail)) : Result<CartChange>(fail(ran.error().error));
    variables->set("codes", old_codes);
    return let_go(code, *variables);
  });
  if (!change) return fail(change.error());
  return std::move(change->cart);
}

// A shop that keeps codes which do not apply is told to let go of this one: else it would take something off once the cart has grown.
Result<CartChange> RemoteCarts::let_go(const std::string& code, const Variables& variables) {
  const bool can = engine_.adapter().operation("discount_undo") != nullptr;
  Ran ran = can ? engine_.write("discount_undo", variables) : Ran(Outcome{});
  for (int tries = 1; !ran && tries < kCorrections; ++tries) ran = engine_.write("discount_undo", variables);
  const std::string why = "the code '" + code + "' does not apply to this cart";
  if (!ran && !definite(ran.error().error)) return fail(ErrorKind::kOutcomeUnknown, why + ", and the shop did not confirm that it has let go of it", ran.error().error.detail);
  return fail(ErrorKind::kRefused, why);
}

Result<std::string> RemoteCarts::checkout_url(const CartId& cart) {
  const auto now = read_unlocked(cart);
  if (!now) return fail(now.error());
  if (now->lines.empty()) return fail(ErrorKind::kRefused, "the cart is empty: there is nothing to pay for");
  std::vector<ProductId> ids;
  for (const CartLine& line : now->lines) {
    if (!line.product.empty()) ids.push_back(line.product);
  }
  const auto products = catalogue_.products(ids);
  if (!products) return fail(products.error());
  for (const CartLine& line : now->lines) {
    for (const Product& product : *products) {
      for (const Variant& variant : product.variants) {
        if (variant.id != line.variant) continue;
        const bool gone = variant.stock.availability == Availability::kOutOfStock || (variant.stock.count && *variant.stock.count < line.quantity);
        if (gone) return fail(out_of_stock({"", line.variant, line.id, 0, false, false, {}}, *now, variant.stock.count));
      }
    }
  }
  auto variables = variables_of(cart);
  if (!variables) return fail(variables.error());
  const Ran ran = engine_.read("checkout", *variables);
  if (!ran) return fail(ran.error().error);
  const bool web = ran->text.starts_with("https://") || ran->text.starts_with("http://");
  if (!web) return fail(ErrorKind::kUnavailable, "the shop does not say where to pay", "checkout gave '" + ran->text.substr(0, 40) + "'");
  return ran->text;
}

}  // namespace floorwalker::http
