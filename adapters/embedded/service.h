#pragma once

#include "adapters/embedded/store.h"
#include "tools/ports/service.h"

namespace floorwalker::embedded {

// Approved content, in the order of the import.
class SqlitePolicies final : public ports::Policies {
 public:
  explicit SqlitePolicies(Store& store) : store_(store) {}
  Result<std::vector<Policy>> all() override;

 private:
  Store& store_;
};

// Orders of the past. An order whose email differs is answered like one that does not exist.
class SqliteOrders final : public ports::Orders {
 public:
  explicit SqliteOrders(Store& store) : store_(store) {}
  Result<Order> find(const OrderId& id, const std::string& email) override;

 private:
  Store& store_;
};

// Keeps hand-offs as rows, for a person to pick up; the reference is "H-" and the row's number.
class SqliteHandOffDesk final : public ports::HandOffDesk {
 public:
  explicit SqliteHandOffDesk(Store& store) : store_(store) {}
  Result<std::string> hand_off(const SessionId& session, const std::string& reason, const IdempotencyKey& key) override;

 private:
  Store& store_;
};

}  // namespace floorwalker::embedded
