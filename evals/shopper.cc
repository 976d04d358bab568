#include "evals/shopper.h"

#include <algorithm>

#include "agent/core/text.h"

namespace floorwalker::evals {

namespace {

using Persona = ShopperGoal::Persona;

// A wish in the shopper's manner of speaking: the same in every persona but for the words around it.
std::string spoken(const std::string& wish, Persona persona) {
  switch (persona) {
    case Persona::kTerse: return wish == "show me more" ? "more" : wish;
    case Persona::kPolite: return "could you " + wish + " please?";
    case Persona::kChatty: return wish == "show me more" ? "hmm, nice, but not quite it. " + wish : "oh lovely, that's the one I had in mind! " + wish;
    case Persona::kPlain: break;
  }
  return wish;
}

std::string answered(const std::string& fact, Persona persona) {
  switch (persona) {
    case Persona::kPolite: return fact + ", please";
    case Persona::kChatty: return "well, let me think. " + fact;
    case Persona::kTerse:
    case Persona::kPlain: break;
  }
  return fact;
}

}  // namespace

std::optional<std::string> SimulatedShopper::next(const Reply* last, const std::optional<Cart>& cart) {
  if (!last) {
    ++said_;
    return goal_.opening;
  }
  if (has_it(cart) || ++said_ > goal_.patience) return std::nullopt;
  const auto& shown = last->presentation.shown;
  const auto wanted = std::find_if(shown.begin(), shown.end(), [&](const Shown& one) {
    return std::find(goal_.wants.begin(), goal_.wants.end(), one.product.str()) != goal_.wants.end();
  });
  const std::string slot = last->presentation.asked.value_or("");
  const bool about_options = slot.starts_with("option:");
  if (wanted != shown.end() && !about_options) return spoken("add number " + std::to_string(wanted->number), goal_.persona);
  if (slot.empty()) return spoken("show me more", goal_.persona);
  return answered(fact_for(about_options ? slot.substr(7) : slot).value_or("no preference"), goal_.persona);
}

std::optional<std::string> SimulatedShopper::fact_for(const std::string& slot) const {
  for (const auto& [name, value] : goal_.facts) {
    if (text::fold(name) == text::fold(slot)) return value;
  }
  return std::nullopt;
}

bool SimulatedShopper::has_it(const std::optional<Cart>& cart) const {
  if (!cart) return false;
  return std::any_of(cart->lines.begin(), cart->lines.end(), [&](const CartLine& line) {
    return std::find(goal_.wants.begin(), goal_.wants.end(), line.product.str()) != goal_.wants.end();
  });
}

}  // namespace floorwalker::evals
