#pragma once

#include <functional>
#include <string>
#include <vector>

#include "adapters/http/shop.h"

namespace floorwalker::http {

struct CheckResult {
  enum class Verdict { kPassed, kFailed, kAbsent };
  std::string name;      // what is expected, in words
  Verdict verdict = Verdict::kPassed;
  std::string detail;    // what was found instead; why it is absent
};

struct CheckOptions {
  std::string good_code;                 // a discount code that applies to any cart, "" if none is known
  std::size_t products = 300;            // how many are looked at
};

// Holds a live shop to the contract of the ports, with its own goods: everything that tests/contract expects of a shop and that can be seen
// without changing the shop itself. Makes carts and leaves them; orders nothing. `told` is called as each result is known.
std::vector<CheckResult> check_shop(Shop& shop, const CheckOptions& options, const std::function<void(const CheckResult&)>& told = {});

}  // namespace floorwalker::http
