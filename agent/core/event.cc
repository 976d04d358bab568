#include "agent/core/event.h"

#include "agent/core/effect.h"
#include "agent/core/turn.h"

namespace floorwalker {
namespace {

template <typename... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <typename... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

}  // namespace

std::string_view name_of(const EventBody& body) {
  return std::visit(Overloaded{
                        [](const ShopperSaid&) { return "shopper_said"; },
                        [](const ShopperDid&) { return "shopper_did"; },
                        [](const ModelText&) { return "model_text"; },
                        [](const ModelCalled&) { return "model_called"; },
                        [](const ModelFinished&) { return "model_finished"; },
                        [](const ModelFailed&) { return "model_failed"; },
                        [](const ToolFinished&) { return "tool_finished"; },
                        [](const SentenceJudged&) { return "sentence_judged"; },
                        [](const DeadlinePassed&) { return "deadline_passed"; },
                        [](const Stopped&) { return "stopped"; },
                    },
                    body);
}

std::string request_text(const EventBody& body) {
  if (const auto* said = std::get_if<ShopperSaid>(&body)) return said->text;
  if (const auto* did = std::get_if<ShopperDid>(&body)) return did->type + " " + did->product.str();
  return {};
}

std::string_view name_of(const Effect& effect) {
  return std::visit(Overloaded{
                        [](const CallModel&) { return "call_model"; },
                        [](const CancelModel&) { return "cancel_model"; },
                        [](const CallTool&) { return "call_tool"; },
                        [](const Say&) { return "say"; },
                        [](const Release&) { return "release"; },
                        [](const AskConfirmation&) { return "ask_confirmation"; },
                        [](const HandOff&) { return "hand_off"; },
                        [](const Finish&) { return "finish"; },
                    },
                    effect);
}

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::kAnswered: return "answered";
    case Outcome::kAsked: return "asked";
    case Outcome::kRefused: return "refused";
    case Outcome::kHandedOff: return "handed_off";
    case Outcome::kSilent: return "silent";
    case Outcome::kFailed: return "failed";
  }
  return "failed";
}

}  // namespace floorwalker
