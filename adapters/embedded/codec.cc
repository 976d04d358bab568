#include "adapters/embedded/codec.h"

#include <algorithm>
#include <bit>
#include <optional>

namespace floorwalker::embedded {

namespace {

class Packer {
 public:
  Blob take() { return std::move(bytes_); }

  void number(std::uint64_t value) {
    while (value >= 0x80) {
      bytes_.push_back(static_cast<char>(value | 0x80));
      value >>= 7;
    }
    bytes_.push_back(static_cast<char>(value));
  }
  void signed_number(std::int64_t value) {  // zigzag: small magnitudes stay small
    number((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void real(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    for (int shift = 0; shift < 64; shift += 8) bytes_.push_back(static_cast<char>(bits >> shift));
  }
  void text(std::string_view value) {
    number(value.size());
    bytes_.insert(bytes_.end(), value.begin(), value.end());
  }
  void maybe(const std::optional<std::int64_t>& value) {
    number(value ? 1 : 0);
    if (value) signed_number(*value);
  }
  template <typename Items, typename One>
  void each(const Items& items, One one) {
    number(items.size());
    for (const auto& item : items) one(item);
  }
  void texts(const std::vector<std::string>& values) {
    each(values, [this](const std::string& value) { text(value); });
  }
  void money(const Money& money) {
    signed_number(money.minor);
    text(money.currency.code());
  }

 private:
  Blob bytes_;
};

struct Malformed {};

// Throws Malformed past the end; only this file sees it.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at_ == end_) throw Malformed{};
      const auto byte = static_cast<unsigned char>(*at_++);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw Malformed{};
  }
  std::int64_t signed_number() {
    const std::uint64_t value = number();
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
  }
  double real() {
    if (end_ - at_ < 8) throw Malformed{};
    std::uint64_t bits = 0;
    for (int shift = 0; shift < 64; shift += 8) bits |= static_cast<std::uint64_t>(static_cast<unsigned char>(*at_++)) << shift;
    return std::bit_cast<double>(bits);
  }
  std::string_view view() {
    const std::uint64_t size = number();
    if (size > static_cast<std::uint64_t>(end_ - at_)) throw Malformed{};
    const std::string_view value(at_, size);
    at_ += size;
    return value;
  }
  std::string text() { return std::string(view()); }
  std::optional<std::int64_t> maybe() { return number() ? std::optional(signed_number()) : std::nullopt; }

  // How many items follow; no more than there are bytes left, so that a damaged length cannot ask for all memory.
  std::size_t count() {
    const std::uint64_t value = number();
    if (value > static_cast<std::uint64_t>(end_ - at_)) throw Malformed{};
    return value;
  }
  template <typename Item, typename One>
  void each(std::vector<Item>& items, One one) {
    const std::size_t size = count();
    items.reserve(size);
    for (std::size_t i = 0; i < size; ++i) items.push_back(one());
  }
  void texts(std::vector<std::string>& values) {
    each(values, [this] { return text(); });
  }
  Money money() {
    Money money{signed_number(), {}};
    if (const auto currency = Currency::parse(view())) money.currency = *currency;
    return money;
  }

 private:
  const char* at_;
  const char* end_;
};

template <typename T, typename Work>
Result<T> unpacking(Work work) {
  try {
    return work();
  } catch (const Malformed&) {
    return fail(ErrorKind::kMalformed, "The shop's database is damaged.", "a packed value is cut short");
  }
}

enum class ValueTag : std::uint64_t { kText, kFalse, kTrue, kMeasure };

// Units are told once for each product; measures refer to them by number.
std::vector<Unit> units_of(const Product& product) {
  std::vector<Unit> units;
  for (const Attribute& attribute : product.attributes) {
    const auto* measure = std::get_if<Measure>(&attribute.value);
    if (measure && std::find(units.begin(), units.end(), measure->unit) == units.end()) units.push_back(measure->unit);
  }
  return units;
}

void pack_unit(Packer& out, const Unit& unit) {
  out.text(unit.symbol);
  out.number(static_cast<std::uint64_t>(unit.dimension));
  out.real(unit.scale);
  out.real(unit.offset);
}

Unit unpack_unit(Unpacker& in) {
  Unit unit;
  unit.symbol = in.text();
  unit.dimension = static_cast<Dimension>(in.number());
  unit.scale = in.real();
  unit.offset = in.real();
  return unit;
}

void pack_value(Packer& out, const AttributeValue& value, const std::vector<Unit>& units) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    out.number(static_cast<std::uint64_t>(ValueTag::kText));
    out.text(*text);
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    out.number(static_cast<std::uint64_t>(*flag ? ValueTag::kTrue : ValueTag::kFalse));
  } else {
    const Measure& measure = std::get<Measure>(value);
    out.number(static_cast<std::uint64_t>(ValueTag::kMeasure));
    out.real(measure.value);
    out.number(static_cast<std::uint64_t>(std::find(units.begin(), units.end(), measure.unit) - units.begin()));
  }
}

AttributeValue unpack_value(Unpacker& in, const std::vector<Unit>& units) {
  switch (static_cast<ValueTag>(in.number())) {
    case ValueTag::kText: return in.text();
    case ValueTag::kFalse: return false;
    case ValueTag::kTrue: return true;
    case ValueTag::kMeasure: {
      const double value = in.real();
      const std::uint64_t unit = in.number();
      if (unit >= units.size()) throw Malformed{};
      return Measure{value, units[unit]};
    }
  }
  throw Malformed{};
}

void pack_attributes(Packer& out, const Product& product) {
  const std::vector<Unit> units = units_of(product);
  out.each(units, [&](const Unit& unit) { pack_unit(out, unit); });
  out.each(product.attributes, [&](const Attribute& attribute) {
    out.text(attribute.name);
    pack_value(out, attribute.value, units);
  });
}

void unpack_attributes(Unpacker& in, Product& product) {
  std::vector<Unit> units;
  in.each(units, [&] { return unpack_unit(in); });
  in.each(product.attributes, [&] {
    Attribute attribute;
    attribute.name = in.text();
    attribute.value = unpack_value(in, units);
    return attribute;
  });
}

void pack(Packer& out, const std::vector<OptionValue>& options) {
  out.each(options, [&](const OptionValue& option) {
    out.text(option.name);
    out.text(option.value);
  });
}

void unpack(Unpacker& in, std::vector<OptionValue>& options) {
  in.each(options, [&] {
    OptionValue option;
    option.name = in.text();
    option.value = in.text();
    return option;
  });
}

void pack(Packer& out, const CartLine& line) {
  out.text(line.id.str());
  out.text(line.product.str());
  out.text(line.variant.str());
  out.text(line.title);
  pack(out, line.options);
  out.signed_number(line.quantity);
  out.money(line.unit_price);
  out.money(line.total);
}

CartLine unpack_line(Unpacker& in) {
  CartLine line;
  line.id = LineId(in.text());
  line.product = ProductId(in.text());
  line.variant = VariantId(in.text());
  line.title = in.text();
  unpack(in, line.options);
  line.quantity = in.signed_number();
  line.unit_price = in.money();
  line.total = in.money();
  return line;
}

void pack(Packer& out, const Cart& cart) {
  out.text(cart.id.str());
  out.each(cart.lines, [&](const CartLine& line) { pack(out, line); });
  out.each(cart.discounts, [&](const AppliedDiscount& discount) {
    out.text(discount.code);
    out.money(discount.amount);
  });
  out.money(cart.subtotal);
  out.money(cart.total);
}

Cart unpack_cart(Unpacker& in) {
  Cart cart;
  cart.id = CartId(in.text());
  in.each(cart.lines, [&] { return unpack_line(in); });
  in.each(cart.discounts, [&] {
    AppliedDiscount discount;
    discount.code = in.text();
    discount.amount = in.money();
    return discount;
  });
  cart.subtotal = in.money();
  cart.total = in.money();
  return cart;
}

// True if the answer was a failure, which is then packed whole.
template <typename T>
bool pack_error(Packer& out, const Result<T>& answer) {
  out.number(answer ? 1 : 0);
  if (answer) return false;
  out.number(static_cast<std::uint64_t>(answer.error().kind));
  out.text(answer.error().message);
  out.text(answer.error().detail);
  return true;
}

std::optional<Error> unpack_error(Unpacker& in) {
  if (in.number() == 1) return std::nullopt;
  Error error;
  error.kind = static_cast<ErrorKind>(in.number());
  error.message = in.text();
  error.detail = in.text();
  return error;
}

std::uint64_t fnv(std::string_view bytes, std::uint64_t hash = 0xcbf29ce484222325u) {
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
  return hash;
}

}  // namespace

Blob pack_details(const Product& product) {
  Packer out;
  out.text(product.brand);
  out.text(product.kind);
  out.text(product.description);
  out.texts(product.highlights);
  out.each(product.categories, [&](const std::vector<std::string>& path) { out.texts(path); });
  pack_attributes(out, product);
  out.texts(product.tags);
  out.texts(product.images);
  out.text(product.url);
  out.texts(product.identifiers);
  out.maybe(product.margin_permille ? std::optional<std::int64_t>(*product.margin_permille) : std::nullopt);
  return out.take();
}

Result<void> unpack_details(std::string_view bytes, Product& product) {
  return unpacking<void>([&]() -> Result<void> {
    Unpacker in(bytes);
    product.brand = in.text();
    product.kind = in.text();
    product.description = in.text();
    in.texts(product.highlights);
    in.each(product.categories, [&] {
      std::vector<std::string> path;
      in.texts(path);
      return path;
    });
    unpack_attributes(in, product);
    in.texts(product.tags);
    in.texts(product.images);
    product.url = in.text();
    in.texts(product.identifiers);
    if (const auto margin = in.maybe()) product.margin_permille = static_cast<int>(*margin);
    return {};
  });
}

Blob pack_options(const std::vector<OptionValue>& options) {
  Packer out;
  pack(out, options);
  return out.take();
}

Result<std::vector<OptionValue>> unpack_options(std::string_view bytes) {
  return unpacking<std::vector<OptionValue>>([&] {
    Unpacker in(bytes);
    std::vector<OptionValue> options;
    unpack(in, options);
    return options;
  });
}

Blob pack_texts(const std::vector<std::string>& texts) {
  Packer out;
  out.texts(texts);
  return out.take();
}

Result<std::vector<std::string>> unpack_texts(std::string_view bytes) {
  return unpacking<std::vector<std::string>>([&] {
    Unpacker in(bytes);
    std::vector<std::string> texts;
    in.texts(texts);
    return texts;
  });
}

Blob pack_order(const Order& order) {
  Packer out;
  out.text(order.id.str());
  out.text(order.status);
  out.text(order.placed);
  out.each(order.lines, [&](const OrderLine& line) {
    out.text(line.variant.str());
    out.text(line.title);
    pack(out, line.options);
    out.signed_number(line.quantity);
    out.money(line.unit_price);
  });
  out.money(order.total);
  out.text(order.tracking);
  out.text(order.expected);
  return out.take();
}

Result<Order> unpack_order(std::string_view bytes) {
  return unpacking<Order>([&] {
    Unpacker in(bytes);
    Order order;
    order.id = OrderId(in.text());
    order.status = in.text();
    order.placed = in.text();
    in.each(order.lines, [&] {
      OrderLine line;
      line.variant = VariantId(in.text());
      line.title = in.text();
      unpack(in, line.options);
      line.quantity = in.signed_number();
      line.unit_price = in.money();
      return line;
    });
    order.total = in.money();
    order.tracking = in.text();
    order.expected = in.text();
    return order;
  });
}

Blob pack_answer(const Result<ports::CartChange>& answer) {
  Packer out;
  if (!pack_error(out, answer)) {
    pack(out, answer->cart);
    out.text(answer->line.str());
    out.signed_number(answer->got);
    out.maybe(answer->available);
    out.number(answer->before ? 1 : 0);
    if (answer->before) pack(out, *answer->before);
  }
  return out.take();
}

Result<ports::CartChange> unpack_answer(std::string_view bytes) {
  return unpacking<ports::CartChange>([&]() -> Result<ports::CartChange> {
    Unpacker in(bytes);
    if (auto error = unpack_error(in)) return fail(std::move(*error));
    ports::CartChange change;
    change.cart = unpack_cart(in);
    change.line = LineId(in.text());
    change.got = in.signed_number();
    change.available = in.maybe();
    if (in.number() == 1) change.before = unpack_line(in);
    return change;
  });
}

Blob pack_answer(const Result<std::string>& answer) {
  Packer out;
  if (!pack_error(out, answer)) out.text(*answer);
  return out.take();
}

Result<std::string> unpack_text_answer(std::string_view bytes) {
  return unpacking<std::string>([&]() -> Result<std::string> {
    Unpacker in(bytes);
    if (auto error = unpack_error(in)) return fail(std::move(*error));
    return in.text();
  });
}

std::uint64_t content_hash(const Product& product) {
  const Blob details = pack_details(product);
  std::uint64_t hash = fnv({details.data(), details.size()});
  hash = fnv(product.id.str(), hash);
  hash = fnv(product.title, hash);
  for (const Variant& variant : product.variants) {
    Packer out;
    out.text(variant.id.str());
    out.text(variant.sku);
    pack(out, variant.options);
    out.money(variant.price);
    out.maybe(variant.compare_at ? std::optional(variant.compare_at->minor) : std::nullopt);
    const Blob packed = out.take();
    hash = fnv({packed.data(), packed.size()}, hash);
  }
  return hash;
}

}  // namespace floorwalker::embedded
