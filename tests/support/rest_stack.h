#pragma once

#include <memory>
#include <string>

#include "adapters/http/shop.h"
#include "tests/support/rest_shop.h"

namespace floorwalker::test {

// The adapter file of that name in adapters/, loaded; fails the test if it has mistakes.
http::Adapter shipped_adapter(const std::string& name);

// The small REST shop with an adapter in front, in one process: no sockets, no waiting.
struct RestStack {
  explicit RestStack(http::Adapter adapter = shipped_adapter("example-rest"), std::unique_ptr<http::Ledger> ledger = std::make_unique<http::MemoryLedger>());

  RestShop server;
  RestTransport transport{server};
  std::vector<std::chrono::milliseconds> waits;   // between attempts, in place of waiting
  std::unique_ptr<http::Shop> shop;
};

}  // namespace floorwalker::test
