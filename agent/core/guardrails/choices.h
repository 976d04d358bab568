#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/conversation.h"
#include "agent/core/guardrails/value.h"
#include "agent/core/playbook/playbook.h"

namespace floorwalker::guardrails {

// A variant as a result of this conversation told of it.
struct ToldVariant {
  std::string id;
  std::optional<Money> price;
};

// The variants that a cart change can mean, by what the results told: the one that it names, or those of its product that have its options.
// Empty where no result told any.
std::vector<ToldVariant> variants_meant(const Value& arguments, const Conversation& conversation);

// An option value in a cart change that is not the shopper's.
struct Unchosen {
  std::string option;                // "Size"
  std::string value;                 // "6"
  std::vector<std::string> offered;  // what there is to choose from
};

// The first option of the change that has several values of which the shopper chose none: they did not say it, did not agree to the one that
// was put to them, and left the choice to nobody. What the line already has needs no choice. With BrowsedOption::kAsk a value that was said while
// browsing, several turns before, is no choice either; one that they said of themselves ("I wear a 6") or in answer to a question stays theirs.
std::optional<Unchosen> unchosen_option(const Value& arguments, const Conversation& conversation, BrowsedOption browsed);

}  // namespace floorwalker::guardrails
