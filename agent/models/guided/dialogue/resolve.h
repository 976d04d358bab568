#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/answers.h"
#include "agent/core/conversation.h"
#include "agent/models/guided/understanding/heard.h"

namespace floorwalker::guided {

// The products that the tools of this conversation told about, newest first, read from its messages when asked for.
class CardBook {
 public:
  explicit CardBook(const Conversation& conversation) : conversation_(conversation) {}

  // The product's newest card from before this turn, else one of this turn; null if no list had it. What the turn has looked up since changes
  // no card: its code runs anew in every step, and must point at the same.
  const ProductCard* card(const ProductId& id);

  // The newest search result from before this turn; null if there was none.
  const SearchPage* page_before();

 private:
  bool read_more();
  bool read(const Message& message);   // whether it holds a page

  const Conversation& conversation_;
  std::size_t unread_ = std::string::npos;         // messages before this index are not read yet
  std::size_t first_of_turn_ = std::string::npos;  // of this turn, not read yet
  std::vector<std::shared_ptr<const SearchPage>> pages_;  // of earlier turns, newest first; then of this one
};

// What a reference came to: one or more products, or several it may mean.
struct Pointed {
  std::vector<ProductId> products;
  std::vector<ProductId> unclear;
  bool out_of_list = false;   // "the fifth" of four
  bool unseen = false;        // "the bag", and no bag was shown
};

// The products that the shopper points at, by number, name, description or as "it".
Pointed point_out(const Heard& heard, const Memory& memory, CardBook& book);

// Products of the latest list, in its order.
std::vector<Shown> latest_list(const Memory& memory);

// The list that was shown last with more than one thing to choose from; empty if there is none.
std::vector<Shown> last_choice(const Memory& memory);

// The products that were last looked at one by one, the latest last; at most so many.
std::vector<ProductId> looked_at(const Memory& memory, std::size_t most);

// The title under which the shopper knows a product; "" if it was never shown.
std::string title_of(const ProductId& id, const Memory& memory);

// How many of the words (folded) describe the card: in its title, brand, kind, option values or attribute values.
std::size_t described_by(const ProductCard& card, const std::vector<std::string>& words);

// The words (folded) by which a thing of these kinds, called `noun`, would be described.
std::vector<std::string> words_of_kind(std::string_view noun, const std::vector<std::string>& kinds);

// The number on which products are compared along a scale: the price, or the first of its attributes that the card has.
std::optional<double> value_on(const Scale& scale, const ProductCard& card);

}  // namespace floorwalker::guided
