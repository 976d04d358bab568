#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/core/conversation.h"

namespace floorwalker::guided {

// What "yes" would mean, or what an answer is missing for.
enum class Pending { kNone, kChooseOption, kOfferAdd, kOfferAddon, kWhich, kCheckout, kEmail, kClearCart, kHandOff, kAmount };

// An addition to the cart that waits for a choice.
struct PendingAdd {
  ProductId product;
  std::int64_t quantity = 1;
  std::map<std::string, std::string> options;  // chosen so far, by the product's own option names
  std::optional<LineId> line;                  // to put the choice in this line's place

  bool operator==(const PendingAdd&) const = default;
};

// What the guided model remembers beyond the shared Memory, kept as JSON in Memory::plan. A plain value.
struct State {
  Pending pending = Pending::kNone;
  std::string option;                   // the option asked for with kChooseOption
  std::vector<PendingAdd> adds;         // the first one waits for the answer
  std::vector<ProductId> candidates;    // kWhich: the products it was between
  std::string act;                      // kWhich: what was to be done with it
  std::vector<std::string> said;        // what the shopper wrote of each current need, in the order of Memory::needs
  std::size_t active = 1;               // how many of Memory::needs, from the back, the last request was about
  int heard_turn = 0;                   // when the current need was last spoken of
  int narrowed_since = 0;               // the turn in which the current need began
  std::size_t offset = 0;               // products of the last search already shown
  std::size_t total = 0;                // and how many it found
  int questions = 0;                    // asked for the current need
  bool complained = false;
  bool cart_in_doubt = false;           // a change may or may not have been made, and the cart could not be read since
  bool prices_unread = false;           // it was said that prices and stock cannot be read now, and they have not been read since
  int quantity = 0;                     // how many are wanted of what is being chosen; 0 while nobody said
  std::string order;                    // order id that waits for its email
  std::string added;                    // id of the product that went into the cart last
  std::string accessory;                // id of what was found for `accessorised` when that was called "it"
  std::string accessorised;             // and is "it" still, while the accessory is in focus
  std::vector<std::pair<std::string, bool>> leanings;  // attributes that the current need wants much (false) or little (true) of

  bool operator==(const State&) const = default;
};

// The empty State for "" or text that is none.
State read_state(std::string_view json);
std::string write_state(const State& state);

}  // namespace floorwalker::guided
