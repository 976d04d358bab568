#include "adapters/embedded/store.h"

#include <sqlite3.h>

#include <fstream>

namespace floorwalker::embedded {

namespace {

constexpr int kBusyMillis = 5000;
constexpr int kApplicationId = 0x466c5768;  // "FlWh": tells a shop from any other SQLite file
constexpr int kSchemaVersion = 2;

// Prices are minor units of the shop's currency. A product's `details` and a variant's `options` are packed by codec.h; what changes
// while shoppers are in the shop (price, stock) has columns of its own.
constexpr const char* kSchema = R"sql(
CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE products(seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, details BLOB NOT NULL, hash INTEGER NOT NULL);
CREATE TABLE variants(product INTEGER NOT NULL, position INTEGER NOT NULL, id TEXT NOT NULL UNIQUE, sku TEXT NOT NULL, options BLOB NOT NULL,
  price INTEGER NOT NULL, compare_at INTEGER, availability INTEGER NOT NULL, count INTEGER,
  least INTEGER NOT NULL, most INTEGER, pack INTEGER NOT NULL, PRIMARY KEY(product, position)) WITHOUT ROWID;
CREATE TABLE relations(source TEXT NOT NULL, kind INTEGER NOT NULL, target TEXT NOT NULL, own INTEGER NOT NULL, position INTEGER NOT NULL,
  PRIMARY KEY(source, kind, target)) WITHOUT ROWID;
CREATE INDEX relations_by_target ON relations(target);
CREATE TABLE policies(position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, topic TEXT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL,
  date TEXT NOT NULL, applies_to BLOB NOT NULL);
CREATE TABLE discounts(code TEXT PRIMARY KEY COLLATE NOCASE, basis_points INTEGER NOT NULL, amount INTEGER NOT NULL,
  min_total INTEGER NOT NULL, active INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE orders(id TEXT PRIMARY KEY, email TEXT NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE carts(id TEXT PRIMARY KEY, next_line INTEGER NOT NULL, discount TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE cart_lines(cart TEXT NOT NULL, line INTEGER NOT NULL, variant TEXT NOT NULL, quantity INTEGER NOT NULL,
  PRIMARY KEY(cart, line)) WITHOUT ROWID;
CREATE TABLE answers(key TEXT PRIMARY KEY, content TEXT NOT NULL, answer BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE hand_offs(number INTEGER PRIMARY KEY, session TEXT NOT NULL, reason TEXT NOT NULL);
)sql";

int pragma(SQLite::Database& db, const char* name) { return db.execAndGet(std::string("PRAGMA ") + name).getInt(); }

bool has_tables(SQLite::Database& db) { return db.execAndGet("SELECT count(*) FROM sqlite_master").getInt() > 0; }

void make_schema(SQLite::Database& db) {
  db.exec("PRAGMA journal_mode=WAL");
  db.exec("BEGIN IMMEDIATE");
  if (!has_tables(db)) {  // another process may have been quicker
    db.exec(kSchema);
    db.exec("PRAGMA application_id=" + std::to_string(kApplicationId));
    db.exec("PRAGMA user_version=" + std::to_string(kSchemaVersion));
  }
  db.exec("COMMIT");
}

// Nothing if the file is a shop that this program can read.
std::optional<Error> not_a_shop(SQLite::Database& db, const std::filesystem::path& file) {
  if (pragma(db, "application_id") != kApplicationId) {
    return Error{ErrorKind::kMalformed, file.string() + " is not a shop: it is some other SQLite database", ""};
  }
  if (const int version = pragma(db, "user_version"); version != kSchemaVersion) {
    return Error{ErrorKind::kMalformed,
                 file.string() + " was made by another version of floorwalker (shop format " + std::to_string(version) + ", this one reads " +
                     std::to_string(kSchemaVersion) + "): import its products into a new file",
                 ""};
  }
  return std::nullopt;
}

}  // namespace

Connection::Connection(const std::filesystem::path& file)
    : db_(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX, kBusyMillis) {
  // A cart write that was confirmed survives a power cut, hence FULL; in WAL mode that is one sync for each write.
  db_.exec("PRAGMA synchronous=FULL");
  db_.exec("PRAGMA cache_size=-4000");
  db_.exec("PRAGMA temp_store=FILE");
}

// In WAL mode syncs at checkpoints only.
void Connection::sync_seldom() { db_.exec("PRAGMA synchronous=NORMAL"); }

SQLite::Statement& Connection::prepared(std::string_view sql) {
  auto& statement = statements_[sql];
  if (!statement) statement = std::make_unique<SQLite::Statement>(db_, std::string(sql));
  return *statement;
}

Store::Store(std::filesystem::path file) : file_(std::move(file)) {}

Store::Lease Store::lease() {
  {
    const std::lock_guard lock(idle_mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle_.back());
      idle_.pop_back();
      return Lease(*this, std::move(connection));
    }
  }
  auto connection = std::make_unique<Connection>(file_);
  if (!synced_) connection->sync_seldom();
  return Lease(*this, std::move(connection));
}

void Store::sync_seldom() {
  const std::lock_guard lock(idle_mutex_);
  synced_ = false;
  for (const auto& connection : idle_) connection->sync_seldom();
}

void Store::give_back(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(idle_mutex_);
  idle_.push_back(std::move(connection));
}

Store::Transaction::~Transaction() {
  if (!open_) return;
  try {
    Query(connection_, "ROLLBACK").run();
  } catch (const SQLite::Exception&) {
    // SQLite has already rolled back by itself (disk full, I/O error); the error that led here is the one to tell.
  }
}

void Store::Transaction::commit() {
  Query(connection_, "COMMIT").run();
  open_ = false;
}

Error Store::failure(const SQLite::Exception& error) {
  const int code = error.getErrorCode();
  if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
    return Error{ErrorKind::kUnavailable, "The shop is busy with another change; try again.", error.what()};
  }
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) {
    return Error{ErrorKind::kMalformed, "The shop's database is damaged.", error.what()};
  }
  return Error{ErrorKind::kIo, "The shop's database cannot be read or written.", error.what()};
}

Result<std::unique_ptr<Store>> open_store(const std::filesystem::path& file, bool create) {
  std::error_code ignored;
  const bool exists = std::filesystem::exists(file, ignored);
  if (!exists && !create) {
    return fail(ErrorKind::kNotFound, "there is no shop at " + file.string() + ": make one with `floorwalker catalogue import`");
  }
  try {
    if (!exists && file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), ignored);
    auto store = std::make_unique<Store>(file);
    Store::Lease held = store->lease();
    SQLite::Database& db = (*held).db();
    if (create && !has_tables(db)) make_schema(db);
    if (auto error = not_a_shop(db, file)) return fail(std::move(*error));
    return store;
  } catch (const SQLite::Exception& error) {
    return fail(ErrorKind::kMalformed, file.string() + " cannot be opened as a shop: " + error.what());
  }
}

std::string get_meta(Connection& connection, const std::string& name) {
  Query query(connection, "SELECT value FROM meta WHERE name=?1", name);
  return query.step() ? query.text(0) : std::string();
}

void set_meta(Connection& connection, const std::string& name, const std::string& value) {
  Query(connection, "INSERT INTO meta(name,value) VALUES(?1,?2) ON CONFLICT(name) DO UPDATE SET value=?2", name, value).run();
}

}  // namespace floorwalker::embedded
