#pragma once

#include <optional>
#include <string>

#include "agent/core/cart.h"
#include "agent/core/turn.h"
#include "evals/suite.h"

namespace floorwalker::evals {

// What a goal-driven shopper says next: they answer what they are asked with what they know and nothing else, take only a product that they
// want, and are not done before it lies in the cart. Deterministic.
class SimulatedShopper {
 public:
  explicit SimulatedShopper(const ShopperGoal& goal) : goal_(goal) {}

  // Nothing when they are done or their patience has ended. `last` is the reply to their last words; null before the first.
  std::optional<std::string> next(const Reply* last, const std::optional<Cart>& cart);

 private:
  std::optional<std::string> fact_for(const std::string& slot) const;
  bool has_it(const std::optional<Cart>& cart) const;

  const ShopperGoal& goal_;
  int said_ = 0;
};

}  // namespace floorwalker::evals
