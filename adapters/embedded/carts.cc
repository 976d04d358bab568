#include "adapters/embedded/carts.h"

#include <algorithm>
#include <charconv>
#include <random>

#include "adapters/embedded/catalogue.h"
#include "adapters/embedded/codec.h"
#include "adapters/embedded/listing.h"
#include "adapters/embedded/once.h"

namespace floorwalker::embedded {

namespace {

using ports::CartChange;

// Bounds that keep every total within 64 bits (prices are at most 10^12 minor units) and a slip of the finger out of the shop.
constexpr std::int64_t kMostOfOneLine = 10'000;
constexpr std::int64_t kMostLines = 200;

// A line as it is stored: what it costs and how many there are is read from the shop each time.
struct StoredLine {
  std::int64_t line = 0;
  std::string variant;
  std::int64_t quantity = 0;
};

// What the shop knows about the variant that a line holds or is to hold.
struct Offer {
  std::int64_t product = 0;
  std::string name;  // "Oslo sofa (Grey)"
  Stock stock;
  SellingRule rule;
};

std::string named(const std::string& title, const std::vector<OptionValue>& options) {
  if (options.empty()) return "\"" + title + "\"";
  std::string name = "\"" + title + "\" (";
  for (std::size_t i = 0; i < options.size(); ++i) name += (i ? ", " : "") + options[i].value;
  return name + ")";
}

Result<Offer> find_offer(Connection& connection, const VariantId& variant) {
  Query query(connection,
              "SELECT v.product,p.title,v.options,v.availability,v.count,v.least,v.most,v.pack FROM variants v"
              " JOIN products p ON p.seq=v.product WHERE v.id=?1",
              variant.str());
  if (!query.step()) return fail(ErrorKind::kNotFound, "There is no variant \"" + variant.str() + "\".");
  auto options = unpack_options(query.view(2));
  if (!options) return fail(std::move(options.error()));
  Offer offer;
  offer.product = query.integer(0);
  offer.name = named(query.text(1), *options);
  offer.stock = {static_cast<Availability>(query.integer(3)), query.maybe_integer(4)};
  offer.rule = {query.integer(5), query.maybe_integer(6), query.integer(7)};
  return offer;
}

// Nothing if the shop sells `quantity` of it on one line, else why not. `held` of them are in the cart already.
std::optional<Error> refusal(const Offer& offer, std::int64_t quantity, std::int64_t held) {
  const auto refused = [](std::string message) { return Error{ErrorKind::kRefused, std::move(message), ""}; };
  const std::int64_t most = std::min(offer.rule.most.value_or(kMostOfOneLine), kMostOfOneLine);
  const bool none = offer.stock.availability == Availability::kOutOfStock;
  const std::optional<std::int64_t> left = none ? 0 : offer.stock.count;
  if (left && quantity > *left) {
    std::string message = *left == 0 ? offer.name + " is sold out." : "Only " + std::to_string(*left) + " left of " + offer.name + ".";
    if (held > 0) message += " The cart has " + std::to_string(held) + " already.";
    return Error{ErrorKind::kOutOfStock, message, "available=" + std::to_string(*left)};
  }
  if (quantity < offer.rule.least) {
    return refused(offer.name + " is sold from " + std::to_string(offer.rule.least) + " pieces upwards.");
  }
  if (quantity > most) return refused("At most " + std::to_string(most) + " pieces of " + offer.name + " go into one order.");
  if (quantity % offer.rule.pack != 0) {
    const std::int64_t below = quantity / offer.rule.pack * offer.rule.pack;
    const std::string choice = below > 0 ? std::to_string(below) + " or " : "";
    return refused(offer.name + " is sold in packs of " + std::to_string(offer.rule.pack) + ": ask for " + choice +
                   std::to_string(below + offer.rule.pack) + ".");
  }
  return std::nullopt;
}

// 128 random bits: a cart's id is all that is needed to read it, so it must not be guessable.
std::string fresh_cart_id() {
  std::random_device random;
  std::string id = "cart-";
  for (int i = 0; i < 4; ++i) {
    std::uint32_t word = random();
    for (int digit = 0; digit < 8; ++digit, word >>= 4) id += "0123456789abcdef"[word & 15];
  }
  return id;
}

Error no_such_cart(const CartId& cart) {
  return {ErrorKind::kNotFound, "There is no such cart; it may have expired. Start a new one.", cart.str()};
}

Error no_such_line(const LineId& line) { return {ErrorKind::kNotFound, "The cart has no line \"" + line.str() + "\".", ""}; }

struct StoredCart {
  std::int64_t next_line = 1;
  std::string discount;
};

Result<StoredCart> find_cart(Connection& connection, const CartId& cart) {
  Query query(connection, "SELECT next_line,discount FROM carts WHERE id=?1", cart.str());
  if (!query.step()) return fail(no_such_cart(cart));
  return StoredCart{query.integer(0), query.text(1)};
}

Result<StoredLine> find_line(Connection& connection, const CartId& cart, const LineId& line) {
  std::int64_t number = 0;
  const char* end = line.str().data() + line.str().size();
  const auto parsed = std::from_chars(line.str().data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return fail(no_such_line(line));
  Query query(connection, "SELECT line,variant,quantity FROM cart_lines WHERE cart=?1 AND line=?2", cart.str(), number);
  if (!query.step()) return fail(no_such_line(line));
  return StoredLine{query.integer(0), query.text(1), query.integer(2)};
}

std::optional<StoredLine> line_of_variant(Connection& connection, const CartId& cart, const VariantId& variant) {
  Query query(connection, "SELECT line,variant,quantity FROM cart_lines WHERE cart=?1 AND variant=?2", cart.str(), variant.str());
  if (!query.step()) return std::nullopt;
  return StoredLine{query.integer(0), query.text(1), query.integer(2)};
}

std::int64_t count_lines(Connection& connection, const CartId& cart) {
  Query query(connection, "SELECT count(*) FROM cart_lines WHERE cart=?1", cart.str());
  query.step();
  return query.integer(0);
}

void store_quantity(Connection& connection, const CartId& cart, std::int64_t line, std::int64_t quantity) {
  Query(connection, "UPDATE cart_lines SET quantity=?3 WHERE cart=?1 AND line=?2", cart.str(), line, quantity).run();
}

void delete_line(Connection& connection, const CartId& cart, std::int64_t line) {
  Query(connection, "DELETE FROM cart_lines WHERE cart=?1 AND line=?2", cart.str(), line).run();
}

struct Discount {
  std::string code;
  std::int64_t basis_points = 0;
  std::int64_t amount = 0;
  std::int64_t min_total = 0;
  bool active = false;
};

std::optional<Discount> find_discount(Connection& connection, const std::string& code) {
  Query query(connection, "SELECT code,basis_points,amount,min_total,active FROM discounts WHERE code=?1", code);
  if (!query.step()) return std::nullopt;
  return Discount{query.text(0), query.integer(1), query.integer(2), query.integer(3), query.integer(4) != 0};
}

// Half a minor unit is rounded up, in the shopper's favour; never more than the goods cost.
std::int64_t amount_off(const Discount& discount, std::int64_t subtotal) {
  constexpr std::int64_t kWhole = 10'000;
  const std::int64_t share = subtotal / kWhole * discount.basis_points + (subtotal % kWhole * discount.basis_points + kWhole / 2) / kWhole;
  return std::min(subtotal, discount.basis_points ? share : discount.amount);
}

void apply_stored_discount(Connection& connection, const std::string& code, Cart& cart) {
  if (code.empty()) return;
  const auto discount = find_discount(connection, code);
  if (!discount || !discount->active || cart.subtotal.minor < discount->min_total) return;  // lapsed: counts again once it applies
  const std::int64_t off = amount_off(*discount, cart.subtotal.minor);
  if (off == 0) return;
  cart.discounts.push_back({discount->code, {off, cart.subtotal.currency}});
  cart.total.minor -= off;
}

Result<std::vector<CartLine>> read_lines(Connection& connection, const CartId& cart, const Currency& currency) {
  std::vector<CartLine> lines;
  Query query(connection,
              "SELECT l.line,p.id,v.id,p.title,v.options,l.quantity,v.price FROM cart_lines l JOIN variants v ON v.id=l.variant"
              " JOIN products p ON p.seq=v.product WHERE l.cart=?1 ORDER BY l.line",
              cart.str());
  while (query.step()) {
    auto options = unpack_options(query.view(4));
    if (!options) return fail(std::move(options.error()));
    CartLine line;
    line.id = LineId(std::to_string(query.integer(0)));
    line.product = ProductId(query.text(1));
    line.variant = VariantId(query.text(2));
    line.title = query.text(3);
    line.options = std::move(*options);
    line.quantity = query.integer(5);
    line.unit_price = {query.integer(6), currency};
    line.total = {line.quantity * line.unit_price.minor, currency};
    lines.push_back(std::move(line));
  }
  return lines;
}

// The cart as it is now, at today's prices.
Result<Cart> read_cart(Connection& connection, const CartId& id) {
  auto stored = find_cart(connection, id);
  if (!stored) return fail(std::move(stored.error()));
  const Currency currency = read_currency(connection);
  auto lines = read_lines(connection, id, currency);
  if (!lines) return fail(std::move(lines.error()));
  Cart cart;
  cart.id = id;
  cart.lines = std::move(*lines);
  cart.subtotal.currency = currency;
  for (const CartLine& line : cart.lines) cart.subtotal.minor += line.total.minor;
  cart.total = cart.subtotal;
  apply_stored_discount(connection, stored->discount, cart);
  return cart;
}

// The line as a shopper sees it, at today's price; nothing if there is none.
Result<std::optional<CartLine>> shown_line(Connection& connection, const CartId& cart, const std::optional<StoredLine>& line) {
  if (!line) return std::optional<CartLine>();
  auto lines = read_lines(connection, cart, read_currency(connection));
  if (!lines) return fail(std::move(lines.error()));
  for (CartLine& one : *lines) {
    if (one.id.str() == std::to_string(line->line)) return std::optional(std::move(one));
  }
  return std::optional<CartLine>();
}

Result<CartChange> changed(Connection& connection, const CartId& cart, std::int64_t line, std::int64_t got, Result<std::optional<CartLine>> before) {
  if (!before) return fail(std::move(before.error()));
  auto now = read_cart(connection, cart);
  if (!now) return fail(std::move(now.error()));
  return CartChange{std::move(*now), LineId(std::to_string(line)), got, std::nullopt, std::move(*before)};
}

Result<CartChange> add_line(Connection& connection, const CartId& cart, const VariantId& variant, std::int64_t quantity) {
  auto stored = find_cart(connection, cart);
  if (!stored) return fail(std::move(stored.error()));
  if (quantity < 1) return fail(ErrorKind::kInvalidArgument, "quantity: must be 1 or more.");
  auto offer = find_offer(connection, variant);
  if (!offer) return fail(std::move(offer.error()));
  const auto held = line_of_variant(connection, cart, variant);
  const std::int64_t before = held ? held->quantity : 0;
  const std::int64_t after = quantity > kMostOfOneLine ? quantity : before + quantity;  // no overflow from a huge number
  if (auto error = refusal(*offer, after, before)) return fail(std::move(*error));
  if (held) {
    auto was = shown_line(connection, cart, held);
    store_quantity(connection, cart, held->line, after);
    return changed(connection, cart, held->line, quantity, std::move(was));
  }
  if (count_lines(connection, cart) >= kMostLines) {
    return fail(ErrorKind::kRefused, "The cart is full: it holds at most " + std::to_string(kMostLines) + " different items.");
  }
  Query(connection, "INSERT INTO cart_lines(cart,line,variant,quantity) VALUES(?1,?2,?3,?4)", cart.str(), stored->next_line, variant.str(),
        quantity)
      .run();
  Query(connection, "UPDATE carts SET next_line=next_line+1 WHERE id=?1", cart.str()).run();
  return changed(connection, cart, stored->next_line, quantity, std::nullopt);
}

Result<CartChange> set_line(Connection& connection, const CartId& cart, const LineId& line, std::int64_t quantity) {
  if (auto stored = find_cart(connection, cart); !stored) return fail(std::move(stored.error()));
  if (quantity < 0) return fail(ErrorKind::kInvalidArgument, "quantity: must be 0 (which removes the line) or more.");
  auto held = find_line(connection, cart, line);
  if (!held) return fail(std::move(held.error()));
  auto was = shown_line(connection, cart, *held);
  if (quantity == 0) {
    delete_line(connection, cart, held->line);
    return changed(connection, cart, held->line, 0, std::move(was));
  }
  auto offer = find_offer(connection, VariantId(held->variant));
  if (!offer) return fail(std::move(offer.error()));
  if (auto error = refusal(*offer, quantity, held->quantity)) return fail(std::move(*error));
  store_quantity(connection, cart, held->line, quantity);
  return changed(connection, cart, held->line, quantity, std::move(was));
}

// The line takes the other variant, or is merged into the line that has it; checked before anything is written.
Result<CartChange> swap_variant(Connection& connection, const CartId& cart, const LineId& line, const VariantId& variant) {
  if (auto stored = find_cart(connection, cart); !stored) return fail(std::move(stored.error()));
  auto held = find_line(connection, cart, line);
  if (!held) return fail(std::move(held.error()));
  auto offer = find_offer(connection, variant);
  if (!offer) return fail(std::move(offer.error()));
  auto was = shown_line(connection, cart, *held);
  if (held->variant == variant.str()) return changed(connection, cart, held->line, held->quantity, std::move(was));
  if (const auto now = find_offer(connection, VariantId(held->variant)); now && now->product != offer->product) {
    return fail(ErrorKind::kInvalidArgument, "variant: \"" + variant.str() + "\" belongs to another product; add it and remove the line.");
  }
  const auto other = line_of_variant(connection, cart, variant);
  const std::int64_t before = other ? other->quantity : 0;
  const std::int64_t quantity = before + held->quantity;
  if (auto error = refusal(*offer, quantity, before)) return fail(std::move(*error));
  if (other) {
    store_quantity(connection, cart, other->line, quantity);
    delete_line(connection, cart, held->line);
    return changed(connection, cart, other->line, quantity, std::move(was));
  }
  Query(connection, "UPDATE cart_lines SET variant=?3 WHERE cart=?1 AND line=?2", cart.str(), held->line, variant.str()).run();
  return changed(connection, cart, held->line, quantity, std::move(was));
}

Result<CartChange> put_discount(Connection& connection, const CartId& cart, const std::string& code) {
  auto stored = find_cart(connection, cart);
  if (!stored) return fail(std::move(stored.error()));
  auto now = read_cart(connection, cart);
  if (!now) return fail(std::move(now.error()));
  const auto discount = find_discount(connection, code);
  if (!discount || !discount->active) return fail(ErrorKind::kRefused, "The code \"" + code + "\" is not valid.");
  if (now->lines.empty()) return fail(ErrorKind::kRefused, "The cart is empty: add something before a discount code.");
  if (now->subtotal.minor < discount->min_total) {
    const Money least{discount->min_total, now->subtotal.currency};
    return fail(ErrorKind::kRefused, "The code \"" + discount->code + "\" needs a cart of " + format(least) + " or more.");
  }
  if (!now->discounts.empty() && now->discounts.front().code != discount->code) {
    return fail(ErrorKind::kRefused, "The cart already has the code \"" + now->discounts.front().code + "\"; codes cannot be combined.");
  }
  Query(connection, "UPDATE carts SET discount=?2 WHERE id=?1", cart.str(), discount->code).run();
  return changed(connection, cart, 0, 0, std::nullopt);
}

// The text of a call, to tell a repeated key from a reused one. The lengths keep ("a", "bc") and ("ab", "c") apart.
std::string content(std::initializer_list<std::string> parts) {
  std::string text;
  for (const std::string& part : parts) text += std::to_string(part.size()) + ":" + part;
  return text;
}

std::string percent_encoded(const std::string& text) {
  std::string out;
  for (const unsigned char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) out += static_cast<char>(c);
    else out += {'%', "0123456789ABCDEF"[c >> 4], "0123456789ABCDEF"[c & 15]};
  }
  return out;
}

// Nothing if every line can still be had.
std::optional<Error> unsellable_line(Connection& connection, const Cart& cart) {
  for (const CartLine& line : cart.lines) {
    const auto offer = find_offer(connection, line.variant);
    if (!offer) return offer.error();
    if (auto error = refusal(*offer, line.quantity, line.quantity)) return error;
  }
  return std::nullopt;
}

}  // namespace

Result<CartId> SqliteCarts::create(const IdempotencyKey& key) {
  auto made = once(store_, key, "create", unpack_text_answer, [](Connection& connection) -> Result<std::string> {
    const std::string id = fresh_cart_id();
    Query(connection, "INSERT INTO carts(id,next_line,discount) VALUES(?1,1,'')", id).run();
    return id;
  });
  if (!made) return fail(std::move(made.error()));
  return CartId(std::move(*made));
}

Result<std::optional<CartChange>> SqliteCarts::done(const CartId& cart, const IdempotencyKey& key) {
  return store_.read([&](Connection& connection) -> Result<std::optional<CartChange>> {
    Query query(connection, "SELECT content,answer FROM answers WHERE key=?1", key.str());
    const std::string about = std::to_string(cart.str().size()) + ":" + cart.str();
    if (!query.step() || query.view(0).find(about) == std::string_view::npos) return std::optional<CartChange>();
    auto answer = unpack_answer(query.view(1));
    if (!answer) return fail(std::move(answer.error()));
    return std::optional<CartChange>(std::move(*answer));
  });
}

Result<Cart> SqliteCarts::read(const CartId& cart) {
  return store_.read([&](Connection& connection) { return read_cart(connection, cart); });
}

Result<CartChange> SqliteCarts::add(const CartId& cart, const VariantId& variant, std::int64_t quantity, const IdempotencyKey& key) {
  return once(store_, key, content({"add", cart.str(), variant.str(), std::to_string(quantity)}), unpack_answer,
              [&](Connection& connection) { return add_line(connection, cart, variant, quantity); });
}

Result<CartChange> SqliteCarts::set_quantity(const CartId& cart, const LineId& line, std::int64_t quantity, const IdempotencyKey& key) {
  return once(store_, key, content({"set_quantity", cart.str(), line.str(), std::to_string(quantity)}), unpack_answer,
              [&](Connection& connection) { return set_line(connection, cart, line, quantity); });
}

Result<CartChange> SqliteCarts::change_variant(const CartId& cart, const LineId& line, const VariantId& variant, const IdempotencyKey& key) {
  return once(store_, key, content({"change_variant", cart.str(), line.str(), variant.str()}), unpack_answer,
              [&](Connection& connection) { return swap_variant(connection, cart, line, variant); });
}

Result<CartChange> SqliteCarts::remove(const CartId& cart, const LineId& line, const IdempotencyKey& key) {
  return once(store_, key, content({"remove", cart.str(), line.str()}), unpack_answer,
              [&](Connection& connection) { return set_line(connection, cart, line, 0); });
}

Result<Cart> SqliteCarts::apply_discount(const CartId& cart, const std::string& code, const IdempotencyKey& key) {
  auto change = once(store_, key, content({"apply_discount", cart.str(), code}), unpack_answer,
                     [&](Connection& connection) { return put_discount(connection, cart, code); });
  if (!change) return fail(std::move(change.error()));
  return std::move(change->cart);
}

Result<std::string> SqliteCarts::checkout_url(const CartId& cart) {
  return store_.read([&](Connection& connection) -> Result<std::string> {
    const auto now = read_cart(connection, cart);
    if (!now) return fail(now.error());
    if (now->lines.empty()) return fail(ErrorKind::kRefused, "The cart is empty: there is nothing to pay.");
    if (auto error = unsellable_line(connection, *now)) return fail(std::move(*error));
    std::string url = get_meta(connection, "checkout_url");
    if (url.empty()) return fail(ErrorKind::kRefused, "This shop has no checkout: its settings name no checkout_url.");
    const std::string place = "{cart}";
    if (const auto at = url.find(place); at != std::string::npos) url.replace(at, place.size(), percent_encoded(cart.str()));
    return url;
  });
}

}  // namespace floorwalker::embedded
