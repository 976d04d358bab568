#include "evals/shopper.h"

#include <algorithm>

#include "agent/core/text.h"

namespace floorwalker::evals {

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
  if (wanted != shown.end() && !about_options) return "add number " + std::to_string(wanted->number);
  if (slot.empty()) return "show me more";
  return fact_for(about_options ? slot.substr(7) : slot).value_or("no preference");
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
