#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "adapters/http/carts.h"
#include "adapters/http/catalogue.h"
#include "adapters/http/engine.h"
#include "adapters/http/ledger.h"
#include "tools/ports/service.h"

namespace floorwalker::http {

// A shop on a platform that somebody else runs, as an adapter file describes it: every port over HTTP. Safe for every thread.
class Shop {
 public:
  // Reaches the shop once, for what its `setup` and currency need. `transport` and the options' clock must outlive the shop.
  static Result<std::unique_ptr<Shop>> open(Adapter adapter, net::Transport& transport, std::unique_ptr<Ledger> ledger, EngineOptions options = {});

  // The same without reaching it: engine().settle() does, as does the first operation.
  static Result<std::unique_ptr<Shop>> prepare(Adapter adapter, net::Transport& transport, std::unique_ptr<Ledger> ledger, EngineOptions options = {});

  RemoteCatalogue& catalogue() { return *catalogue_; }
  ports::Carts& carts() { return *carts_; }
  ports::Policies& policies() { return *policies_; }
  ports::Orders& orders() { return *orders_; }
  ports::HandOffDesk& desk() { return *desk_; }
  Engine& engine() { return *engine_; }
  Ledger& ledger() { return *ledger_; }

 private:
  Shop() = default;

  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<RemoteCatalogue> catalogue_;
  std::unique_ptr<RemoteCarts> carts_;
  std::unique_ptr<ports::Policies> policies_;
  std::unique_ptr<ports::Orders> orders_;
  std::unique_ptr<ports::HandOffDesk> desk_;
};

}  // namespace floorwalker::http
