#pragma once

#include <chrono>
#include <functional>

#include "agent/core/clock.h"

namespace floorwalker::search {

// How long a price may be told that is not read again.
struct Freshness {
  std::chrono::milliseconds good_for{};
  std::function<Time()> now;
  std::function<Time()> indexed;   // when every price in the index was last known to be the shop's; left out, or Time::min(): nobody knows
};

}  // namespace floorwalker::search
