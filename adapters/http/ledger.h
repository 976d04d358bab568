#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "agent/core/cart.h"
#include "agent/core/ids.h"
#include "agent/core/result.h"
#include "tools/ports/carts.h"

namespace floorwalker::http {

// A write to the shop, written down before it is sent.
struct WriteRecord {
  std::string content;                                // what was to be done: a key that comes back with other content is refused
  std::int64_t before = 0;                            // pieces of the variant in the cart then
  std::optional<Result<ports::CartChange>> answer;    // nothing: begun, end not known
};

// A hand-off to people: numbered, sent at most once, and with the shop's own reference once that is known.
struct HandOffRecord {
  std::int64_t number = 0;
  bool sent = false;
  std::string reference;
};

// What has to outlive this process: which platform cart is behind a CartId, and what came of every write. One for each shop; safe for
// every thread. Reads and writes of one key come one at a time.
class Ledger {
 public:
  virtual ~Ledger() = default;

  // The state of a cart ("token": ...), as JSON. CartIds are the ledger's own, so that a platform's secret keys reach no model and no trace.
  virtual Result<std::optional<std::string>> cart(const CartId& id) = 0;
  virtual Result<void> keep_cart(const CartId& id, const std::string& state) = 0;

  virtual Result<std::optional<WriteRecord>> find(const IdempotencyKey& key) = 0;
  virtual Result<void> begin(const IdempotencyKey& key, const WriteRecord& record) = 0;
  virtual Result<void> settle(const IdempotencyKey& key, const Result<ports::CartChange>& answer) = 0;
  virtual Result<void> forget(const IdempotencyKey& key) = 0;   // nothing was done: the key may be used again

  // The hand-off of that key, made at the first call.
  virtual Result<HandOffRecord> hand_off(const IdempotencyKey& key, const SessionId& session, const std::string& reason) = 0;
  virtual Result<void> keep_hand_off(const IdempotencyKey& key, const HandOffRecord& record) = 0;
};

// Gone with the process: for checks and tests.
class MemoryLedger final : public Ledger {
 public:
  Result<std::optional<std::string>> cart(const CartId& id) override;
  Result<void> keep_cart(const CartId& id, const std::string& state) override;
  Result<std::optional<WriteRecord>> find(const IdempotencyKey& key) override;
  Result<void> begin(const IdempotencyKey& key, const WriteRecord& record) override;
  Result<void> settle(const IdempotencyKey& key, const Result<ports::CartChange>& answer) override;
  Result<void> forget(const IdempotencyKey& key) override;
  Result<HandOffRecord> hand_off(const IdempotencyKey& key, const SessionId& session, const std::string& reason) override;
  Result<void> keep_hand_off(const IdempotencyKey& key, const HandOffRecord& record) override;

 private:
  std::mutex mutex_;   // guards all
  std::map<std::string, std::string> carts_;
  std::map<std::string, WriteRecord> writes_;
  std::map<std::string, HandOffRecord> hand_offs_;
};

// In an SQLite file that only its owner may read, since it holds the carts' secrets; a write's begin and end are on disk before the call returns.
class SqliteLedger final : public Ledger {
 public:
  static Result<std::unique_ptr<SqliteLedger>> open(const std::filesystem::path& file);
  ~SqliteLedger() override;

  Result<std::optional<std::string>> cart(const CartId& id) override;
  Result<void> keep_cart(const CartId& id, const std::string& state) override;
  Result<std::optional<WriteRecord>> find(const IdempotencyKey& key) override;
  Result<void> begin(const IdempotencyKey& key, const WriteRecord& record) override;
  Result<void> settle(const IdempotencyKey& key, const Result<ports::CartChange>& answer) override;
  Result<void> forget(const IdempotencyKey& key) override;
  Result<HandOffRecord> hand_off(const IdempotencyKey& key, const SessionId& session, const std::string& reason) override;
  Result<void> keep_hand_off(const IdempotencyKey& key, const HandOffRecord& record) override;

 private:
  struct Storage;
  explicit SqliteLedger(std::unique_ptr<Storage> storage);
  std::unique_ptr<Storage> storage_;
};

}  // namespace floorwalker::http
