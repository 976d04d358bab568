#include "adapters/http/ledger.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "agent/core/answers_json.h"

namespace floorwalker::http {

// ---- in memory

Result<std::optional<std::string>> MemoryLedger::cart(const CartId& id) {
  const std::lock_guard lock(mutex_);
  const auto found = carts_.find(id.str());
  return found == carts_.end() ? std::nullopt : std::optional(found->second);
}

Result<void> MemoryLedger::keep_cart(const CartId& id, const std::string& state) {
  const std::lock_guard lock(mutex_);
  carts_[id.str()] = state;
  return {};
}

Result<std::optional<WriteRecord>> MemoryLedger::find(const IdempotencyKey& key) {
  const std::lock_guard lock(mutex_);
  const auto found = writes_.find(key.str());
  return found == writes_.end() ? std::nullopt : std::optional(found->second);
}

Result<void> MemoryLedger::begin(const IdempotencyKey& key, const WriteRecord& record) {
  const std::lock_guard lock(mutex_);
  writes_[key.str()] = record;
  return {};
}

Result<void> MemoryLedger::settle(const IdempotencyKey& key, const Result<ports::CartChange>& answer) {
  const std::lock_guard lock(mutex_);
  writes_[key.str()].answer = answer;
  return {};
}

Result<void> MemoryLedger::forget(const IdempotencyKey& key) {
  const std::lock_guard lock(mutex_);
  writes_.erase(key.str());
  return {};
}

Result<HandOffRecord> MemoryLedger::hand_off(const IdempotencyKey& key, const SessionId&, const std::string&) {
  const std::lock_guard lock(mutex_);
  return hand_offs_.emplace(key.str(), HandOffRecord{static_cast<std::int64_t>(hand_offs_.size()) + 1, false, {}}).first->second;
}

Result<void> MemoryLedger::keep_hand_off(const IdempotencyKey& key, const HandOffRecord& record) {
  const std::lock_guard lock(mutex_);
  hand_offs_[key.str()] = record;
  return {};
}

// ---- on disk

namespace {

constexpr const char* kSchema = R"(
CREATE TABLE IF NOT EXISTS carts(id TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS writes(key TEXT PRIMARY KEY, content TEXT NOT NULL, before INTEGER NOT NULL, answer TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hand_offs(number INTEGER PRIMARY KEY, key TEXT UNIQUE NOT NULL, session TEXT NOT NULL, reason TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sent_hand_offs(key TEXT PRIMARY KEY, reference TEXT NOT NULL) WITHOUT ROWID;
)";

// SQLite gives the files beside a database (its log) the rights of the database itself.
bool make_private(const std::filesystem::path& file) {
  const int opened = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (opened < 0) return false;
  const bool made = fchmod(opened, S_IRUSR | S_IWUSR) == 0;
  close(opened);
  for (const char* beside : {"-wal", "-shm"}) {
    std::error_code none;
    std::filesystem::permissions(file.string() + beside, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, none);
  }
  return made;
}

constexpr std::array kKinds = {ErrorKind::kInvalidArgument, ErrorKind::kNotFound, ErrorKind::kOutOfStock, ErrorKind::kRefused, ErrorKind::kConflict};

// "!kind\nmessage" for a refusal, "line\njson" for a change.
std::string packed(const Result<ports::CartChange>& answer) {
  if (!answer) return "!" + std::string(to_string(answer.error().kind)) + "\n" + answer.error().message;
  CartAnswer carrier;
  carrier.before = answer->before;
  carrier.got = answer->got;
  carrier.available = answer->available;
  carrier.cart = answer->cart;
  return "=" + answer->line.str() + "\n" + to_json(carrier);
}

std::optional<Result<ports::CartChange>> unpacked(const std::string& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string::npos || text.empty()) return std::nullopt;
  const std::string head = text.substr(1, end - 1), rest = text.substr(end + 1);
  if (text[0] == '!') {
    for (const ErrorKind kind : kKinds) {
      if (to_string(kind) == head) return fail(kind, rest);
    }
    return fail(ErrorKind::kRefused, rest);
  }
  auto carrier = cart_answer_from_json(rest);
  if (!carrier) return std::nullopt;
  return ports::CartChange{std::move(carrier->cart), LineId(head), carrier->got, carrier->available, std::move(carrier->before)};
}

}  // namespace

struct SqliteLedger::Storage {
  explicit Storage(const std::filesystem::path& file) : database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_FULLMUTEX) {
    database.setBusyTimeout(5000);
    database.exec("PRAGMA journal_mode=WAL");
    database.exec("PRAGMA synchronous=FULL");   // a write that was sent must be known after a power cut
    database.exec(kSchema);
  }

  // Runs `work` alone, and turns what SQLite throws into an error.
  template <typename Work>
  auto with(Work work) -> decltype(work(std::declval<SQLite::Database&>())) {
    const std::lock_guard lock(mutex);
    try {
      return work(database);
    } catch (const SQLite::Exception& error) {
      return fail(ErrorKind::kIo, "the ledger of shop actions cannot be used", error.what());
    }
  }

  SQLite::Database database;
  std::mutex mutex;
};

SqliteLedger::SqliteLedger(std::unique_ptr<Storage> storage) : storage_(std::move(storage)) {}
SqliteLedger::~SqliteLedger() = default;

Result<std::unique_ptr<SqliteLedger>> SqliteLedger::open(const std::filesystem::path& file) {
  if (!make_private(file)) return fail(ErrorKind::kIo, "The ledger " + file.string() + " cannot be opened, or its rights not be set.");
  try {
    return std::unique_ptr<SqliteLedger>(new SqliteLedger(std::make_unique<Storage>(file)));
  } catch (const SQLite::Exception& error) {
    return fail(ErrorKind::kIo, "The ledger " + file.string() + " cannot be opened.", error.what());
  }
}

Result<std::optional<std::string>> SqliteLedger::cart(const CartId& id) {
  return storage_->with([&](SQLite::Database& database) -> Result<std::optional<std::string>> {
    SQLite::Statement query(database, "SELECT state FROM carts WHERE id=?");
    query.bind(1, id.str());
    if (!query.executeStep()) return std::optional<std::string>();
    return std::optional<std::string>(query.getColumn(0).getString());
  });
}

Result<void> SqliteLedger::keep_cart(const CartId& id, const std::string& state) {
  return storage_->with([&](SQLite::Database& database) -> Result<void> {
    SQLite::Statement put(database, "INSERT INTO carts(id,state) VALUES(?,?) ON CONFLICT(id) DO UPDATE SET state=excluded.state");
    put.bind(1, id.str());
    put.bind(2, state);
    put.exec();
    return {};
  });
}

Result<std::optional<WriteRecord>> SqliteLedger::find(const IdempotencyKey& key) {
  return storage_->with([&](SQLite::Database& database) -> Result<std::optional<WriteRecord>> {
    SQLite::Statement query(database, "SELECT content,before,answer FROM writes WHERE key=?");
    query.bind(1, key.str());
    if (!query.executeStep()) return std::optional<WriteRecord>();
    WriteRecord record{query.getColumn(0).getString(), query.getColumn(1).getInt64(), std::nullopt};
    if (!query.getColumn(2).isNull()) {
      record.answer = unpacked(query.getColumn(2).getString());
      if (!record.answer) return fail(ErrorKind::kIo, "the ledger of shop actions cannot be read");
    }
    return std::optional(std::move(record));
  });
}

Result<void> SqliteLedger::begin(const IdempotencyKey& key, const WriteRecord& record) {
  return storage_->with([&](SQLite::Database& database) -> Result<void> {
    SQLite::Statement put(database, "INSERT OR REPLACE INTO writes(key,content,before) VALUES(?,?,?)");
    put.bind(1, key.str());
    put.bind(2, record.content);
    put.bind(3, record.before);
    put.exec();
    return {};
  });
}

Result<void> SqliteLedger::settle(const IdempotencyKey& key, const Result<ports::CartChange>& answer) {
  return storage_->with([&](SQLite::Database& database) -> Result<void> {
    SQLite::Statement put(database, "UPDATE writes SET answer=? WHERE key=?");
    put.bind(1, packed(answer));
    put.bind(2, key.str());
    put.exec();
    return {};
  });
}

Result<void> SqliteLedger::forget(const IdempotencyKey& key) {
  return storage_->with([&](SQLite::Database& database) -> Result<void> {
    SQLite::Statement drop(database, "DELETE FROM writes WHERE key=?");
    drop.bind(1, key.str());
    drop.exec();
    return {};
  });
}

Result<HandOffRecord> SqliteLedger::hand_off(const IdempotencyKey& key, const SessionId& session, const std::string& reason) {
  return storage_->with([&](SQLite::Database& database) -> Result<HandOffRecord> {
    SQLite::Statement put(database, "INSERT OR IGNORE INTO hand_offs(key,session,reason) VALUES(?,?,?)");
    put.bind(1, key.str());
    put.bind(2, session.str());
    put.bind(3, reason);
    put.exec();
    SQLite::Statement query(database, "SELECT number,sent.key IS NOT NULL,coalesce(sent.reference,'') FROM hand_offs LEFT JOIN sent_hand_offs AS sent USING(key) WHERE key=?");
    query.bind(1, key.str());
    if (!query.executeStep()) return fail(ErrorKind::kIo, "the ledger of shop actions cannot be read");
    return HandOffRecord{query.getColumn(0).getInt64(), query.getColumn(1).getInt() != 0, query.getColumn(2).getString()};
  });
}

Result<void> SqliteLedger::keep_hand_off(const IdempotencyKey& key, const HandOffRecord& record) {
  return storage_->with([&](SQLite::Database& database) -> Result<void> {
    SQLite::Statement put(database, record.sent ? "INSERT OR REPLACE INTO sent_hand_offs(key,reference) VALUES(?,?)" : "DELETE FROM sent_hand_offs WHERE key=?");
    put.bind(1, key.str());
    if (record.sent) put.bind(2, record.reference);
    put.exec();
    return {};
  });
}

}  // namespace floorwalker::http
