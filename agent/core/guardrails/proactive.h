#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/core/conversation.h"
#include "agent/core/event.h"
#include "agent/core/guardrails/action_guard.h"
#include "agent/core/playbook/playbook.h"

namespace floorwalker::guardrails {

// Keeps what the page reported, as far as plays may ask for it. Without consent, where the playbook needs it, nothing but the consent itself
// and a dismissal is kept. Events: "consent" {analytics: true|false}, "dismiss", "view", "option", "search" {results: N}, "removed", "guide",
// "dwell" | "idle" | "cart_idle" | "left_window" {ms: N}; `kind` may stand beside each. Others are not kept.
void observe(Watch& watch, const ShopperDid& did, Time at, const HesitationRules& rules);

// What is said of the plays at one moment.
struct Offer {
  const PlayRule* play = nullptr;         // the one to make; null for silence
  std::string why;                        // the signals that held, or what forbade it
  std::vector<Considered> considered;     // every play, and every rule of the guard, in order
};

// The first play whose signals hold since it was last made, if consent, caps, pause, cooldown and dismissals let it. Where the rules cannot run, as
// when time runs backwards, nothing is offered unless the playbook says otherwise. Pure.
Offer choose_play(const Watch& watch, Time now, const HesitationRules& rules, const ProactiveRules& limits);

// Whether a signal of a play holds over what was seen, and the values compared.
bool signal_holds(const SignalRule& rule, const std::vector<Seen>& seen, std::string& why);

}  // namespace floorwalker::guardrails
