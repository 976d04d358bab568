#pragma once

#include <optional>
#include <string>

#include "agent/core/cart.h"
#include "agent/core/turn.h"
#include "agent/runner/runner.h"

namespace floorwalker::cli {

// What one line of `chat --json` tells (tests/support/schemas/chat.schema.json holds it to its shape).
struct TurnLine {
  SessionId session;
  Reply reply;
  std::optional<Cart> cart;   // as the shop has it after the turn; nothing: no cart was made
  Currency currency;          // of the shop, for the empty cart
  std::optional<Error> error; // the turn could not be run at all
  std::chrono::microseconds cpu{}, wall{};
};

std::string to_json(const TurnLine& line);

}  // namespace floorwalker::cli
