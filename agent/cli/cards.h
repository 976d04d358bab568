#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "agent/cli/terminal.h"
#include "agent/core/answers.h"
#include "agent/core/cart.h"
#include "agent/core/message.h"
#include "agent/core/turn.h"

// Products, comparisons and carts as a person likes to read them in a terminal. What they show comes from the tools' results, joined by
// product id: never from what a model wrote.
namespace floorwalker::cli {

// What the tools of a turn returned, kept for showing it.
class Showcase {
 public:
  // Takes the products, the comparison or the add-ons out of a result; anything else is passed over.
  void learn(const ToolCall& call, const ToolResult& result);

  // Forgets the comparison of the last turn; products stay known.
  void begin_turn() { comparison_.reset(); }

  const ProductCard* card(const ProductId& id) const;
  const std::optional<Comparison>& comparison() const { return comparison_; }

 private:
  void keep(ProductCard card);

  std::map<ProductId, ProductCard> cards_;
  std::optional<Comparison> comparison_;
};

// Everything that a reply puts on the page besides its text: the comparison, or the numbered list of products. "" if nothing.
std::string page_of(const Reply& reply, const Showcase& showcase, const Style& style, std::size_t width);

std::string cart_table(const Cart& cart, const Style& style, std::size_t width);

}  // namespace floorwalker::cli
