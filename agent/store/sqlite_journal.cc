#include "agent/store/sqlite_journal.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <pthread.h>
#include <sched.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "agent/store/codec.h"
#include "agent/store/flusher.h"

namespace floorwalker::store {
namespace {

constexpr int kApplicationId = 0x466c576a;  // "FlWj": tells our files from other SQLite files
constexpr int kFormat = 1;

constexpr const char* kSchema = R"sql(
CREATE TABLE IF NOT EXISTS origin (id TEXT NOT NULL);
INSERT INTO origin SELECT lower(hex(randomblob(8))) WHERE NOT EXISTS (SELECT 1 FROM origin);
CREATE TABLE IF NOT EXISTS session (
  id TEXT PRIMARY KEY, used INTEGER NOT NULL, locale TEXT NOT NULL, currency TEXT NOT NULL, cart TEXT NOT NULL,
  memory TEXT NOT NULL, unconfirmed TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS turn (
  session TEXT NOT NULL, turn INTEGER NOT NULL, key TEXT, asked TEXT NOT NULL, messages TEXT, reply TEXT,
  PRIMARY KEY (session, turn)) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS turn_key ON turn (session, key) WHERE key IS NOT NULL;
CREATE TABLE IF NOT EXISTS event (
  id INTEGER PRIMARY KEY, session TEXT NOT NULL, turn INTEGER NOT NULL, events TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS event_turn ON event (session, turn);
CREATE TABLE IF NOT EXISTS action (
  key TEXT PRIMARY KEY, session TEXT NOT NULL, turn INTEGER NOT NULL, call TEXT NOT NULL, outcome TEXT,
  began INTEGER NOT NULL, ended INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS action_session ON action (session, began);
CREATE TABLE IF NOT EXISTS shopper (session TEXT PRIMARY KEY, shopper TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS shopper_sessions ON shopper (shopper);
CREATE TABLE IF NOT EXISTS playbook (session TEXT NOT NULL, turn INTEGER NOT NULL, playbook TEXT NOT NULL, PRIMARY KEY (session, turn)) WITHOUT ROWID;
)sql";

std::int64_t millis(Time time) { return time.time_since_epoch().count(); }

Error io_error(const std::exception& error, const std::filesystem::path& file) {
  return {ErrorKind::kIo, "The conversation could not be written down or read.", file.string() + ": " + error.what()};
}

std::optional<ToolOutcome> outcome_named(const std::string& name) {
  for (const ToolOutcome outcome : {ToolOutcome::kOk, ToolOutcome::kRefused, ToolOutcome::kFailed, ToolOutcome::kUnknown}) {
    if (to_string(outcome) == name) return outcome;
  }
  return std::nullopt;
}

// An entry as it will stand in the tables. Made while `append` is called, since an entry points to what only lives that long.
struct Row {
  struct End {
    std::string messages, reply, locale, currency, cart, memory, unconfirmed;
  };

  std::string session, shopper, playbook;
  int turn = 0;
  std::int64_t at = 0;                                         // of the last event, in milliseconds
  bool begins = false;                                         // a turn, with what follows
  std::string key, asked;
  std::string events;                                          // "" where there are none
  std::vector<std::pair<std::string, std::string>> intents;    // key and call
  std::vector<std::pair<std::string, std::string>> outcomes;   // key and outcome
  std::optional<End> end;
  bool synced = false;
};

Row::End end_of(const JournalEntry& entry) {
  const Conversation& conversation = *entry.closed;
  std::vector<Message> messages;
  for (const Message& message : conversation.messages) {
    if (message.turn == entry.turn) messages.push_back(message);
  }
  return {encode(messages), encode(*entry.reply), conversation.locale, std::string(conversation.currency.code()), conversation.cart.str(),
          encode(conversation.memory), conversation.unconfirmed ? encode(*conversation.unconfirmed) : std::string()};
}

Row row_of(const JournalEntry& entry) {
  Row row;
  row.session = entry.session.str();
  row.shopper = entry.shopper;
  row.playbook = entry.playbook;
  row.turn = entry.turn;
  row.synced = entry.synced();
  if (!entry.events.empty()) {
    const EventBody& first = entry.events.front().body;
    row.at = millis(entry.events.back().at);
    row.events = encode(entry.events);
    const auto* said = std::get_if<ShopperSaid>(&first);
    const auto* did = std::get_if<ShopperDid>(&first);
    row.begins = said || did;
    if (row.begins) {
      row.key = said ? said->key : did->key;
      row.asked = request_text(first);
    }
  }
  for (const CallTool& intent : entry.intents) row.intents.emplace_back(intent.key.str(), encode(intent.call));
  for (const auto& [key, outcome] : entry.outcomes) row.outcomes.emplace_back(key.str(), to_string(outcome));
  if (entry.closed) row.end = end_of(entry);
  return row;
}

}  // namespace

// The database and its prepared statements, under one mutex.
class SqliteJournal::Parts {
 public:
  Parts(const std::filesystem::path& file, Durability durability)
      : file_(file), database_(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_FULLMUTEX, 5000) {
    const int id = database_.execAndGet("PRAGMA application_id").getInt();
    const bool fresh = database_.execAndGet("SELECT count(*) FROM sqlite_master").getInt() == 0;
    if (!fresh && id != kApplicationId) throw std::invalid_argument("another program's database");
    if (!fresh && database_.execAndGet("PRAGMA user_version").getInt() > kFormat) throw std::invalid_argument("written by a newer version");
    // OFF still hands every commit to the system, which a killed process cannot take back; it only never waits for the disk.
    database_.exec(durability == Durability::kPower ? "PRAGMA synchronous=NORMAL" : "PRAGMA synchronous=OFF");
    database_.exec("PRAGMA journal_mode=WAL");
    SQLite::Transaction transaction(database_);
    if (fresh) database_.exec("PRAGMA application_id=" + std::to_string(kApplicationId) + "; PRAGMA user_version=" + std::to_string(kFormat));
    database_.exec(kSchema);
    transaction.commit();
    origin_ = database_.execAndGet("SELECT id FROM origin").getString();
    if (durability == Durability::kPower) flusher_.emplace(file.string() + "-wal");
  }

  const std::string& origin() const { return origin_; }
  std::optional<Flusher>& flusher() { return flusher_; }

  // Writes entries in one transaction: all of them, or none.
  Result<void> write(const Row* first, const Row* last) {
    const std::lock_guard lock(mutex_);
    try {
      SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
      for (const Row* row = first; row != last; ++row) put(*row);
      transaction.commit();
      return {};
    } catch (const SQLite::Exception& error) {
      return fail(io_error(error, file_));
    }
  }

  // Runs `read` with the database; SQLite's exceptions become an Error.
  template <typename Read>
  auto reading(const Read& read) -> decltype(read()) {
    const std::lock_guard lock(mutex_);
    try {
      auto answer = read();
      for (auto& [sql, used] : statements_) used.tryReset();   // an open cursor would hold back checkpoints
      return answer;
    } catch (const SQLite::Exception& error) {
      return fail(io_error(error, file_));
    }
  }

  // A prepared statement, ready to bind. The caller holds the mutex.
  SQLite::Statement& statement(const char* sql) {
    auto found = statements_.find(sql);
    if (found == statements_.end()) found = statements_.try_emplace(sql, database_, sql).first;
    found->second.reset();
    return found->second;
  }

 private:
  void put(const Row& row) {
    if (row.begins) put_begin(row);
    if (!row.events.empty()) put_events(row);
    for (const auto& [key, call] : row.intents) put_intent(row, key, call);
    for (const auto& [key, outcome] : row.outcomes) put_outcome(row, key, outcome);
    if (row.end) put_end(row, *row.end);
  }

  void put_events(const Row& row) {
    auto& insert = statement("INSERT INTO event (session, turn, events) VALUES (?, ?, ?)");
    insert.bindNoCopy(1, row.session);
    insert.bind(2, row.turn);
    insert.bindNoCopy(3, row.events);
    insert.exec();
  }

  void put_begin(const Row& row) {
    auto& insert = statement("INSERT INTO turn (session, turn, key, asked) VALUES (?, ?, ?, ?)");
    insert.bindNoCopy(1, row.session);
    insert.bind(2, row.turn);
    if (row.key.empty()) insert.bind(3);
    else insert.bindNoCopy(3, row.key);
    insert.bindNoCopy(4, row.asked);
    insert.exec();
    if (!row.shopper.empty()) put_shopper(row);
    if (!row.playbook.empty()) put_playbook(row);
  }

  void put_playbook(const Row& row) {
    auto& insert = statement("INSERT OR REPLACE INTO playbook (session, turn, playbook) VALUES (?, ?, ?)");
    insert.bindNoCopy(1, row.session);
    insert.bind(2, row.turn);
    insert.bindNoCopy(3, row.playbook);
    insert.exec();
  }

  void put_shopper(const Row& row) {
    auto& insert = statement("INSERT OR REPLACE INTO shopper (session, shopper) VALUES (?, ?)");
    insert.bindNoCopy(1, row.session);
    insert.bindNoCopy(2, row.shopper);
    insert.exec();
  }

  void put_intent(const Row& row, const std::string& key, const std::string& call) {
    auto& insert = statement("INSERT OR IGNORE INTO action (key, session, turn, call, began) VALUES (?, ?, ?, ?, ?)");
    insert.bindNoCopy(1, key);
    insert.bindNoCopy(2, row.session);
    insert.bind(3, row.turn);
    insert.bindNoCopy(4, call);
    insert.bind(5, row.at);
    insert.exec();
  }

  void put_outcome(const Row& row, const std::string& key, const std::string& outcome) {
    auto& update = statement("UPDATE action SET outcome = ?, ended = ? WHERE key = ?");
    update.bindNoCopy(1, outcome);
    update.bind(2, row.at);
    update.bindNoCopy(3, key);
    update.exec();
  }

  void put_end(const Row& row, const Row::End& ended) {
    auto& end = statement("UPDATE turn SET messages = ?, reply = ? WHERE session = ? AND turn = ?");
    end.bindNoCopy(1, ended.messages);
    end.bindNoCopy(2, ended.reply);
    end.bindNoCopy(3, row.session);
    end.bind(4, row.turn);
    end.exec();

    auto& session = statement("INSERT OR REPLACE INTO session (id, used, locale, currency, cart, memory, unconfirmed) VALUES (?, ?, ?, ?, ?, ?, ?)");
    session.bindNoCopy(1, row.session);
    session.bind(2, row.at);
    session.bindNoCopy(3, ended.locale);
    session.bindNoCopy(4, ended.currency);
    session.bindNoCopy(5, ended.cart);
    session.bindNoCopy(6, ended.memory);
    session.bindNoCopy(7, ended.unconfirmed);
    session.exec();
  }

  std::filesystem::path file_;
  std::string origin_;
  std::mutex mutex_;  // guards everything below
  SQLite::Database database_;
  std::map<const char*, SQLite::Statement> statements_;  // by the address of the literal
  std::optional<Flusher> flusher_;
};

Result<std::unique_ptr<SqliteJournal>> SqliteJournal::open(const std::filesystem::path& file, Durability durability) {
  try {
    return std::unique_ptr<SqliteJournal>(new SqliteJournal(std::make_unique<Parts>(file, durability)));
  } catch (const SQLite::Exception& error) {
    return fail(ErrorKind::kIo, "The journal " + file.string() + " cannot be opened: is the folder writable, and is it a journal of ours?",
                error.what());
  } catch (const std::invalid_argument& error) {
    return fail(ErrorKind::kMalformed, file.string() + " is not a journal that this version reads: " + error.what() + ".");
  }
}

// Writes the entries of many conversations in one transaction: whatever comes while one is being committed waits for the next. The thread
// runs as a batch task, which under load lets the workers bring more entries first, and costs nothing when there is nothing else to do.
class SqliteJournal::Committer {
 public:
  using Done = std::function<void(Result<void>)>;

  explicit Committer(Parts& parts) : parts_(parts), thread_([this](const std::stop_token& stop) { run(stop); }) {}

  ~Committer() {  // writes what was handed in
    thread_.request_stop();
    thread_.join();
  }

  void commit(Row row, Done done) {
    {
      const std::lock_guard lock(mutex_);
      rows_.push_back(std::move(row));
      waiting_.push_back(std::move(done));
    }
    wake_.notify_one();
  }

 private:
  void run(const std::stop_token& stop) {
    const sched_param none{};
    pthread_setschedparam(pthread_self(), SCHED_BATCH, &none);
    for (;;) {
      std::vector<Row> rows;
      std::vector<Done> waiting;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, stop, [this] { return !rows_.empty(); });
        if (rows_.empty()) return;
        rows.swap(rows_);
        waiting.swap(waiting_);
      }
      const Result<void> written = parts_.write(rows.data(), rows.data() + rows.size());
      for (std::size_t i = 0; i < rows.size(); ++i) {  // one that cannot be written must not take others with it
        const bool alone = !written && rows.size() > 1;
        report(rows[i], alone ? parts_.write(&rows[i], &rows[i] + 1) : written, std::move(waiting[i]));
      }
    }
  }

  void report(const Row& row, Result<void> written, Done done) {
    if (written && row.synced && parts_.flusher()) return parts_.flusher()->flush(std::move(done));
    done(std::move(written));
  }

  Parts& parts_;
  std::mutex mutex_;               // guards rows_ and waiting_
  std::condition_variable_any wake_;
  std::vector<Row> rows_;
  std::vector<Done> waiting_;      // one for each row
  std::jthread thread_;            // last: stops before the rest goes
};

SqliteJournal::SqliteJournal(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {
  if (parts_->flusher()) committer_ = std::make_unique<Committer>(*parts_);
}
SqliteJournal::~SqliteJournal() = default;

std::string SqliteJournal::origin() const { return parts_->origin(); }

void SqliteJournal::append(JournalEntry entry, std::function<void(Result<void>)> done) {
  Row row = row_of(entry);
  if (committer_) return committer_->commit(std::move(row), std::move(done));
  done(parts_->write(&row, &row + 1));
}

Result<StoredSession> SqliteJournal::open(const SessionId& id) {
  return parts_->reading([&]() -> Result<StoredSession> {
    StoredSession stored;
    Conversation& conversation = stored.conversation;
    conversation.session = id;
    auto& session = parts_->statement("SELECT locale, currency, cart, memory, unconfirmed FROM session WHERE id = ?");
    session.bind(1, id.str());
    if (session.executeStep()) {
      conversation.locale = session.getColumn(0).getString();
      conversation.currency = Currency::parse(session.getColumn(1).getString()).value_or(Currency());
      conversation.cart = CartId(session.getColumn(2).getString());
      auto memory = decode_memory(session.getColumn(3).getString());
      if (!memory) return fail(memory.error());
      conversation.memory = std::move(*memory);
      const std::string unconfirmed = session.getColumn(4).getString();
      if (auto call = unconfirmed.empty() ? Result<ToolCall>(ToolCall()) : decode_call(unconfirmed); !call) return fail(call.error());
      else if (!unconfirmed.empty()) conversation.unconfirmed = std::move(*call);
    }

    auto& turns = parts_->statement("SELECT turn, messages FROM turn WHERE session = ? AND reply IS NOT NULL ORDER BY turn");
    turns.bind(1, id.str());
    while (turns.executeStep()) {
      conversation.turn = turns.getColumn(0).getInt();
      auto messages = decode_messages(turns.getColumn(1).getString());
      if (!messages) return fail(messages.error());
      for (Message& message : *messages) conversation.messages.push_back(std::move(message));
    }

    auto& playbooks = parts_->statement("SELECT turn, playbook FROM playbook WHERE session = ?");
    playbooks.bind(1, id.str());
    while (playbooks.executeStep()) stored.playbooks[playbooks.getColumn(0).getInt()] = playbooks.getColumn(1).getString();

    auto& open = parts_->statement("SELECT events FROM event WHERE session = ? AND turn > ? ORDER BY id");
    open.bind(1, id.str());
    open.bind(2, conversation.turn);
    while (open.executeStep()) {
      auto events = decode_events(open.getColumn(0).getString());
      if (!events) return fail(events.error());
      for (Event& event : *events) stored.open.push_back(std::move(event));
    }
    return stored;
  });
}

Result<std::optional<StoredReply>> SqliteJournal::answered(const SessionId& session, const std::string& key) {
  return parts_->reading([&]() -> Result<std::optional<StoredReply>> {
    auto& find = parts_->statement("SELECT asked, reply FROM turn WHERE session = ? AND key = ?");
    find.bind(1, session.str());
    find.bind(2, key);
    if (!find.executeStep()) return std::nullopt;
    StoredReply stored;
    stored.asked = find.getColumn(0).getString();
    if (!find.getColumn(1).isNull()) {
      auto reply = decode_reply(find.getColumn(1).getString());
      if (!reply) return fail(reply.error());
      stored.reply = std::move(*reply);
    }
    return std::optional<StoredReply>(std::move(stored));
  });
}

Result<std::vector<Action>> SqliteJournal::actions(const SessionId& session) {
  return parts_->reading([&]() -> Result<std::vector<Action>> {
    auto& find = parts_->statement("SELECT key, turn, call, outcome, began, ended FROM action WHERE session = ? ORDER BY began, key");
    find.bind(1, session.str());
    std::vector<Action> actions;
    while (find.executeStep()) {
      auto call = decode_call(find.getColumn(2).getString());
      if (!call) return fail(call.error());
      Action action;
      action.key = IdempotencyKey(find.getColumn(0).getString());
      action.session = session;
      action.turn = find.getColumn(1).getInt();
      action.call = std::move(*call);
      if (!find.getColumn(3).isNull()) action.outcome = outcome_named(find.getColumn(3).getString());
      action.began = Time(std::chrono::milliseconds(find.getColumn(4).getInt64()));
      action.ended = Time(std::chrono::milliseconds(find.getColumn(5).getInt64()));
      actions.push_back(std::move(action));
    }
    return actions;
  });
}

Result<std::vector<TurnEvent>> SqliteJournal::events(const SessionId& session) {
  return parts_->reading([&]() -> Result<std::vector<TurnEvent>> {
    auto& find = parts_->statement("SELECT turn, events FROM event WHERE session = ? ORDER BY id");
    find.bind(1, session.str());
    std::vector<TurnEvent> all;
    while (find.executeStep()) {
      auto events = decode_events(find.getColumn(1).getString());
      if (!events) return fail(events.error());
      for (Event& event : *events) all.push_back({find.getColumn(0).getInt(), std::move(event)});
    }
    return all;
  });
}

Result<int> SqliteJournal::writes_between(const SessionId& session, Time from, Time until, const IdempotencyKey& beside) {
  return parts_->reading([&]() -> Result<int> {
    auto& count = parts_->statement(
        "SELECT count(*) FROM action WHERE began >= ?2 AND began <= ?4 AND key <> ?3 AND (outcome IS NULL OR outcome IN ('ok', 'unknown')) AND (session = ?1 OR session IN "
        "(SELECT other.session FROM shopper AS own JOIN shopper AS other ON other.shopper = own.shopper WHERE own.session = ?1))");
    count.bind(1, session.str());
    count.bind(2, static_cast<int64_t>(millis(from)));
    count.bind(4, static_cast<int64_t>(millis(until)));
    count.bind(3, beside.str());
    count.executeStep();
    return count.getColumn(0).getInt();
  });
}

Result<std::vector<SessionId>> SqliteJournal::sessions(std::size_t limit) {
  return parts_->reading([&]() -> Result<std::vector<SessionId>> {
    auto& find = parts_->statement("SELECT id FROM session ORDER BY used DESC LIMIT ?");
    find.bind(1, static_cast<int64_t>(limit));
    std::vector<SessionId> ids;
    while (find.executeStep()) ids.emplace_back(find.getColumn(0).getString());
    return ids;
  });
}

}  // namespace floorwalker::store
