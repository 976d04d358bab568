#pragma once

#include <string>
#include <vector>

#include "agent/core/cart.h"
#include "agent/core/catalogue.h"
#include "agent/core/result.h"

namespace floorwalker::ports {

// Approved content. An empty answer means that the shop has none on the topic; an error that it cannot be read now.
class Policies {
 public:
  virtual ~Policies() = default;
  virtual Result<std::vector<Policy>> all() = 0;
};

// Orders, for service questions. `email` proves whose order it is; an order is never told without it.
class Orders {
 public:
  virtual ~Orders() = default;
  virtual Result<Order> find(const OrderId& id, const std::string& email) = 0;
};

// Where a conversation goes when a person has to take over.
class HandOffDesk {
 public:
  virtual ~HandOffDesk() = default;
  // Returns a reference to tell the shopper. At most once for a key.
  virtual Result<std::string> hand_off(const SessionId& session, const std::string& reason, const IdempotencyKey& key) = 0;
};

}  // namespace floorwalker::ports
