#include "agent/cli/cards.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "agent/core/answers_json.h"
#include "agent/core/text.h"

namespace floorwalker::cli {
namespace {

constexpr std::size_t kMargin = 2;
constexpr std::size_t kFactsPerCard = 4;
constexpr std::size_t kLongestFact = 34;

ProductCard card_of(const Product& product) {
  ProductCard card;
  card.id = product.id;
  card.title = product.title;
  card.brand = product.brand;
  card.kind = product.kind;
  card.attributes = product.attributes;
  card.variants = product.variants;
  card.availability = availability_of(product);
  if (product.variants.empty()) return card;
  const auto by_price = [](const Variant& a, const Variant& b) { return a.price.minor < b.price.minor; };
  const auto [low, high] = std::minmax_element(product.variants.begin(), product.variants.end(), by_price);
  card.price_from = low->price;
  card.price_to = high->price;
  card.compare_at = low->compare_at;
  return card;
}

std::string price_of(const ProductCard& card) {
  if (card.price_from.currency.code().empty()) return "";
  return (card.price_to.minor > card.price_from.minor ? "from " : "") + format(card.price_from);
}

std::string stock_of(const ProductCard& card, const Style& style) {
  switch (card.availability) {
    case Availability::kInStock: return style.good("in stock");
    case Availability::kLowStock: return style.warm("few left");
    case Availability::kOutOfStock: return style.bad("sold out");
    case Availability::kUnknown: break;
  }
  return "";
}

// The facts that fit into one line: those that matter for the request come first in a card.
std::string facts_of(const ProductCard& card, std::size_t width) {
  std::string line;
  std::vector<std::string> seen;
  for (const Attribute& attribute : card.attributes) {
    const std::string fact = text::spaced(attribute.name) + " " + format(attribute.value);
    if (seen.size() >= kFactsPerCard) break;
    if (display_width(fact) > kLongestFact || std::find(seen.begin(), seen.end(), attribute.name) != seen.end()) continue;
    const std::string joined = line.empty() ? fact : line + " · " + fact;
    if (display_width(joined) > width) continue;
    line = joined;
    seen.push_back(attribute.name);
  }
  return line;
}

std::string options_of(const ProductCard& card) {
  std::string line;
  for (const auto& [name, values] : card.options) {
    if (values.size() < 2) continue;
    if (!line.empty()) line += "   ";
    line += name + ": ";
    for (std::size_t i = 0; i < values.size(); ++i) line += (i ? ", " : "") + values[i];
  }
  return line;
}

std::string card_lines(const Shown& shown, int number, const ProductCard* card, const Style& style, std::size_t width) {
  const std::string label = std::to_string(number);
  const std::string lead = std::string(kMargin, ' ') + style.accent(padded(label, 3));
  const std::string indent(kMargin + 3, ' ');
  const std::size_t room = width - indent.size();
  if (!card) return lead + style.bold(clipped(shown.title.empty() ? shown.product.str() : shown.title, room)) + "\n";

  const std::string price = price_of(*card);
  const std::size_t for_title = room > display_width(price) + 2 ? room - display_width(price) - 2 : room;
  std::string out = lead + style.bold(padded(clipped(card->title, for_title), for_title)) + "  " + style.bold(price) + "\n";
  std::string second = stock_of(*card, style);
  std::size_t used = card->availability == Availability::kUnknown ? 0 : 8;
  if (card->compare_at) {
    const std::string was = "was " + format(*card->compare_at);
    second += (second.empty() ? "" : " · ") + style.warm(was);
    used += display_width(was) + 3;
  }
  if (const std::string facts = facts_of(*card, room > used + 3 ? room - used - 3 : 0); !facts.empty()) {
    second += (second.empty() ? "" : " · ") + style.dim(facts);
  }
  if (!second.empty()) out += indent + second + "\n";
  if (const std::string options = options_of(*card); !options.empty()) out += indent + style.dim(clipped(options, room)) + "\n";
  return out;
}

std::string list_of(const std::vector<Shown>& shown, const Showcase& showcase, const Style& style, std::size_t width) {
  std::string out, group;
  int number = 0;
  for (const Shown& item : shown) {
    if (!item.group.empty() && item.group != group) {
      group = item.group;
      out += std::string(kMargin, ' ') + style.dim(group) + "\n";
    }
    ++number;
    out += card_lines(item, item.number > 0 ? item.number : number, showcase.card(item.product), style, width);
  }
  return out;
}

std::string comparison_table(const Comparison& comparison, const Style& style, std::size_t width) {
  const std::size_t count = comparison.products.size();
  std::size_t names = 5;
  for (const auto& axis : comparison.axes) names = std::max(names, display_width(text::spaced(axis.name)));
  names = std::min<std::size_t>(names, 22);
  const std::size_t room = width - kMargin - names;
  const std::size_t column = std::max<std::size_t>(room / count, 10) - 2;

  std::string out = std::string(kMargin + names, ' ');
  for (std::size_t i = 0; i < count; ++i) {
    out += "  " + style.bold(padded(clipped(std::to_string(i + 1) + " " + comparison.products[i].title, column), column));
  }
  out += "\n";
  for (const auto& axis : comparison.axes) {
    out += std::string(kMargin, ' ') + style.dim(padded(clipped(text::spaced(axis.name), names), names));
    for (std::size_t i = 0; i < axis.cells.size(); ++i) {
      const bool wins = axis.winner == i;
      const std::string cell = padded(clipped((wins ? "* " : "  ") + axis.cells[i].text, column), column);
      out += "  " + (wins ? style.good(cell) : axis.cells[i].value ? cell : style.dim(cell));
    }
    out += "\n";
  }
  return out + std::string(kMargin, ' ') + style.dim("* ahead on this point") + "\n";
}

}  // namespace

void Showcase::keep(ProductCard card) {
  ProductId id = card.id;
  cards_.insert_or_assign(std::move(id), std::move(card));
}

void Showcase::learn(const ToolCall& call, const ToolResult& result) {
  if (result.outcome != ToolOutcome::kOk) return;
  if (call.name == "search_catalogue") {
    if (auto page = search_page_from_json(result.content)) {
      for (ProductCard& card : page->products) keep(std::move(card));
    }
  } else if (call.name == "compare_products") {
    if (auto comparison = comparison_from_json(result.content)) {
      for (const ProductCard& card : comparison->products) keep(card);
      if (comparison->products.size() > 1) comparison_ = std::move(*comparison);
    }
  } else if (call.name == "get_product") {
    if (auto details = product_details_from_json(result.content)) keep(card_of(details->product));
  } else if (call.name == "suggest_addons") {
    if (auto addons = addons_from_json(result.content)) {
      for (Addon& addon : addons->addons) keep(std::move(addon.product));
    }
  } else if (call.name == "describe_shop") {
    if (auto shape = shop_shape_from_json(result.content)) {
      for (auto& extreme : shape->extremes) keep(std::move(extreme.product));
    }
  }
}

const ProductCard* Showcase::card(const ProductId& id) const {
  const auto found = cards_.find(id);
  return found == cards_.end() ? nullptr : &found->second;
}

std::string page_of(const Reply& reply, const Showcase& showcase, const Style& style, std::size_t width) {
  if (showcase.comparison()) return comparison_table(*showcase.comparison(), style, width);
  return list_of(reply.presentation.shown, showcase, style, width);
}

std::string cart_table(const Cart& cart, const Style& style, std::size_t width) {
  const std::string margin(kMargin, ' ');
  if (cart.lines.empty()) return margin + style.dim("Your cart is empty.") + "\n";
  const auto row = [&](const std::string& left, const std::string& right) {
    const std::size_t room = width - kMargin - display_width(right) - 1;
    return margin + padded(clipped(left, room), room) + " " + right + "\n";
  };
  std::string out;
  for (const CartLine& line : cart.lines) {
    std::string name = std::to_string(line.quantity) + " × " + line.title;
    for (const OptionValue& option : line.options) name += ", " + option.name + " " + option.value;
    out += row(name, format(line.total));
  }
  for (const AppliedDiscount& discount : cart.discounts) out += row("Code " + discount.code, "-" + format(discount.amount));
  return out + row("Total", style.bold(format(cart.total)));
}

}  // namespace floorwalker::cli
