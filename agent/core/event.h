#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/evidence.h"
#include "agent/core/model.h"

// What happens to a conversation. Events are all that the planner learns of the world, so a journal of them replays a conversation byte
// for byte: they carry their time, and the seed for anything that varies.
namespace floorwalker {

// The shopper wrote. Begins a turn.
struct ShopperSaid {
  std::string text;
  std::string key;         // of the request: a repeated key gets the stored answer; "" if none
  std::uint64_t seed = 0;

  bool operator==(const ShopperSaid&) const = default;
};

// The shopper did something on the page. Begins a turn, usually a silent one.
struct ShopperDid {
  std::string type;        // "view" ...
  ProductId product;       // empty where the event concerns none
  std::map<std::string, std::string> details;
  std::string key;
  std::uint64_t seed = 0;

  bool operator==(const ShopperDid&) const = default;
};

// A complete piece of the model's text, as the gate cut it.
struct ModelText {
  std::string text;

  bool operator==(const ModelText&) const = default;
};

// The model asked for a tool, with complete arguments.
struct ModelCalled {
  ToolCall call;

  bool operator==(const ModelCalled&) const = default;
};

// A tool answered. `cart` is the session's cart if the answer tells it.
struct ToolFinished {
  ToolResult result;
  CartId cart;

  bool operator==(const ToolFinished&) const = default;
};

// The gate decided the piece that a Say effect put to it.
struct SentenceJudged {
  std::size_t sentence = 0;    // index in Turn::sentences
  std::vector<Claim> claims;   // offsets count code points of the piece

  bool operator==(const SentenceJudged&) const = default;
};

// The turn's time is up.
struct DeadlinePassed {
  bool operator==(const DeadlinePassed&) const = default;
};

// The shopper cancelled the turn.
struct Stopped {
  bool operator==(const Stopped&) const = default;
};

using EventBody = std::variant<ShopperSaid, ShopperDid, ModelText, ModelCalled, ModelFinished, ModelFailed, ToolFinished, SentenceJudged,
                               DeadlinePassed, Stopped>;

// The body's name in journals and logs: "shopper_said".
std::string_view name_of(const EventBody& body);

// What a request with a key must repeat to be the same request: the shopper's words, or the event's type and product. "" for events that
// begin no turn.
std::string request_text(const EventBody& body);

struct Event {
  Time at{};
  int step = 0;  // the step that the event answers (see Turn::step); 0 for those that answer none
  EventBody body;

  bool operator==(const Event&) const = default;
};

}  // namespace floorwalker
