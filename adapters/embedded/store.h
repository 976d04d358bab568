#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/core/result.h"

// The database behind the embedded shop: file, schema, connections. Only this folder sees it.
namespace floorwalker::embedded {

// One connection with its prepared statements. Used by one thread at a time.
class Connection {
 public:
  explicit Connection(const std::filesystem::path& file);

  SQLite::Database& db() { return db_; }

  void sync_seldom();

  // The statement for `sql`, prepared once for the life of the connection. `sql` must be a literal.
  SQLite::Statement& prepared(std::string_view sql);

 private:
  SQLite::Database db_;
  std::unordered_map<std::string_view, std::unique_ptr<SQLite::Statement>> statements_;
};

// One use of a prepared statement: binds, steps, and resets when it goes out of scope.
class Query {
 public:
  template <typename... Values>
  Query(Connection& connection, std::string_view sql, const Values&... values) : statement_(connection.prepared(sql)) {
    [[maybe_unused]] int index = 0;
    (bind(++index, values), ...);
  }
  ~Query() {
    statement_.tryReset();
    statement_.clearBindings();
  }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  bool step() { return statement_.executeStep(); }
  void run() { statement_.exec(); }

  std::int64_t integer(int column) { return statement_.getColumn(column).getInt64(); }
  bool null(int column) { return statement_.isColumnNull(column); }
  std::optional<std::int64_t> maybe_integer(int column) {
    return null(column) ? std::nullopt : std::optional<std::int64_t>(integer(column));
  }
  std::string text(int column) { return std::string(view(column)); }
  // Valid until the next step.
  std::string_view view(int column) {
    const SQLite::Column cell = statement_.getColumn(column);
    const char* bytes = static_cast<const char*>(cell.getBlob());
    return bytes ? std::string_view(bytes, static_cast<std::size_t>(cell.getBytes())) : std::string_view();
  }

 private:
  void bind(int index, std::int64_t value) { statement_.bind(index, value); }
  void bind(int index, int value) { statement_.bind(index, value); }
  void bind(int index, const std::string& value) { statement_.bind(index, value); }
  // A blob is not copied: it has to outlive the query.
  void bind(int index, const std::vector<char>& blob) { statement_.bindNoCopy(index, blob.data(), static_cast<int>(blob.size())); }
  void bind(int index, const std::optional<std::int64_t>& value) {
    if (value) statement_.bind(index, *value);
    else statement_.bind(index);
  }

  SQLite::Statement& statement_;
};

// The shop's file: hands out connections to readers and one transaction at a time to writers. Safe for every thread; other processes
// are waited for up to the busy timeout of five seconds.
class Store {
 public:
  // Throws SQLite::Exception; open_store() turns it into an Error.
  explicit Store(std::filesystem::path file);

  const std::filesystem::path& file() const { return file_; }

  // From now on a write is not waited for until it is on the disk: what a power cut takes with it is nobody's loss. The file stays whole.
  void sync_seldom();

  // A connection for as long as the lease lives. Several threads hold different ones.
  class Lease {
   public:
    Lease(Store& store, std::unique_ptr<Connection> connection) : store_(&store), connection_(std::move(connection)) {}
    Lease(Lease&&) = default;
    ~Lease() {
      if (connection_) store_->give_back(std::move(connection_));
    }
    Connection& operator*() { return *connection_; }

   private:
    Store* store_;
    std::unique_ptr<Connection> connection_;
  };
  Lease lease();

  // Runs `work(Connection&) -> Result<T>` against one consistent state of the shop.
  template <typename Work>
  auto read(Work&& work) -> decltype(work(std::declval<Connection&>())) {
    try {
      Lease held = lease();
      const Transaction transaction(*held, "BEGIN");
      return work(*held);
    } catch (const SQLite::Exception& error) {
      return floorwalker::fail(failure(error));
    }
  }

  // Runs `work(Connection&) -> Result<T>` as one transaction: kept if it succeeds, undone if it fails or throws.
  template <typename Work>
  auto write(Work&& work) -> decltype(work(std::declval<Connection&>())) {
    try {
      const std::lock_guard lock(writing_);
      Lease held = lease();
      Transaction transaction(*held, "BEGIN IMMEDIATE");
      auto result = work(*held);
      if (result) transaction.commit();
      return result;
    } catch (const SQLite::Exception& error) {
      return floorwalker::fail(failure(error));
    }
  }

 private:
  // Ends what it began: rolled back unless committed.
  class Transaction {
   public:
    Transaction(Connection& connection, std::string_view begin) : connection_(connection) { Query(connection_, begin).run(); }
    ~Transaction();
    void commit();

   private:
    Connection& connection_;
    bool open_ = true;
  };

  static Error failure(const SQLite::Exception& error);
  void give_back(std::unique_ptr<Connection> connection);

  std::filesystem::path file_;
  std::mutex writing_;
  std::mutex idle_mutex_;  // guards idle_
  std::vector<std::unique_ptr<Connection>> idle_;
  std::atomic<bool> synced_ = true;
};

// kNotFound where there is no file and `create` is false, kMalformed where the file is something else.
Result<std::unique_ptr<Store>> open_store(const std::filesystem::path& file, bool create);

// Values by name: settings and versions. "" if never set.
std::string get_meta(Connection& connection, const std::string& name);
void set_meta(Connection& connection, const std::string& name, const std::string& value);

}  // namespace floorwalker::embedded
