#include "adapters/embedded/rows.h"
#include "adapters/embedded/store.h"

namespace floorwalker::embedded {

namespace {

// A value as text that unpack() reads back as views into it: kind, size, then the content.
void pack(const Value& value, std::vector<char>& out);

void pack_size(std::size_t size, std::vector<char>& out) {
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(size >> shift));
}

void pack_text(std::string_view text, std::vector<char>& out) {
  pack_size(text.size(), out);
  out.insert(out.end(), text.begin(), text.end());
}

void pack(const Value& value, std::vector<char>& out) {
  out.push_back(static_cast<char>(value.kind));
  pack_text(value.text, out);
  pack_size(value.items.size(), out);
  for (const Value& item : value.items) pack(item, out);
  pack_size(value.members.size(), out);
  for (const auto& [name, member] : value.members) {
    pack_text(name, out);
    pack(member, out);
  }
}

// Reads what pack() wrote; the bytes come from our own temporary table.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : bytes_(bytes) {}

  Value value() {
    Value out;
    out.kind = static_cast<Value::Kind>(bytes_[at_++]);
    out.text = text();
    out.items.resize(size());
    for (Value& item : out.items) item = value();
    out.members.resize(size());
    for (auto& [name, member] : out.members) {
      name = text();
      member = value();
    }
    return out;
  }

 private:
  std::size_t size() {
    std::size_t value = 0;
    for (int shift = 0; shift < 32; shift += 8) value |= static_cast<std::size_t>(static_cast<unsigned char>(bytes_[at_++])) << shift;
    return value;
  }
  std::string_view text() {
    const std::size_t length = size();
    const std::string_view found = bytes_.substr(at_, length);
    at_ += length;
    return found;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
};

class Grouped final : public RowReader {
 public:
  Grouped(std::unique_ptr<RowReader> rows, std::string group_by) : rows_(std::move(rows)), group_by_(std::move(group_by)) {}

  Result<bool> next(Record& record) override {
    try {
      if (!sorted_) {
        if (auto kept = keep_all(); !kept) return fail(std::move(kept.error()));
        sorted_.emplace(db_, "SELECT line,problem,value FROM rows ORDER BY grp,seq");
      }
      if (!sorted_->executeStep()) return false;
      record = Record();
      record.line = static_cast<std::size_t>(sorted_->getColumn(0).getInt64());
      if (!sorted_->isColumnNull(1)) record.problem = sorted_->getColumn(1).getString();
      current_ = sorted_->getColumn(2).getString();
      record.value = Unpacker(current_).value();
      return true;
    } catch (const SQLite::Exception& error) {
      return fail(temporary_failure(error));
    }
  }

  std::size_t repaired() const override { return rows_->repaired(); }

 private:
  static Error temporary_failure(const SQLite::Exception& error) {
    return Error{ErrorKind::kIo, "a temporary file for sorting cannot be written (is the disk full?)", error.what()};
  }

  Result<void> keep_all() {
    db_.exec("PRAGMA journal_mode=OFF; CREATE TABLE groups(key BLOB PRIMARY KEY, grp INTEGER) WITHOUT ROWID;"
             "CREATE TABLE rows(seq INTEGER PRIMARY KEY, grp INTEGER, line INTEGER, problem TEXT, value BLOB); BEGIN");
    SQLite::Statement add(db_, "INSERT INTO rows(grp,line,problem,value) VALUES(?1,?2,?3,?4)");
    Record record;
    std::vector<char> packed;
    while (true) {
      auto more = rows_->next(record);
      if (!more) return fail(std::move(more.error()));
      if (!*more) break;
      packed.clear();
      pack(record.value, packed);
      add.bind(1, group_of(record));
      add.bind(2, static_cast<std::int64_t>(record.line));
      if (record.problem) add.bind(3, *record.problem);
      else add.bind(3);
      add.bindNoCopy(4, packed.data(), static_cast<int>(packed.size()));
      add.exec();
      add.reset();
    }
    db_.exec("CREATE INDEX rows_by_group ON rows(grp, seq); COMMIT");
    return {};
  }

  // Groups are numbered by their first record; neighbours, the common case, need no look-up.
  std::int64_t group_of(const Record& record) {
    const Value* field = record.value.find(group_by_);
    if (!field || field->text.empty()) return ++groups_;
    if (field->text == last_key_) return last_group_;
    SQLite::Statement& find = statement(find_, "SELECT grp FROM groups WHERE key=?1");
    find.reset();
    last_key_ = field->text;
    find.bind(1, last_key_);
    if (find.executeStep()) return last_group_ = find.getColumn(0).getInt64();
    SQLite::Statement& add = statement(add_group_, "INSERT INTO groups(key,grp) VALUES(?1,?2)");
    add.reset();
    add.bind(1, last_key_);
    add.bind(2, last_group_ = ++groups_);
    add.exec();
    return last_group_;
  }

  SQLite::Statement& statement(std::optional<SQLite::Statement>& kept, const char* sql) {
    if (!kept) kept.emplace(db_, sql);
    return *kept;
  }

  std::unique_ptr<RowReader> rows_;
  std::string group_by_;
  SQLite::Database db_{"", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};  // "": a temporary file that SQLite deletes
  std::optional<SQLite::Statement> find_;
  std::optional<SQLite::Statement> add_group_;
  std::optional<SQLite::Statement> sorted_;
  std::string current_;
  std::string last_key_;
  std::int64_t last_group_ = 0;
  std::int64_t groups_ = 0;
};

}  // namespace

std::unique_ptr<RowReader> grouped(std::unique_ptr<RowReader> rows, std::string group_by) {
  return std::make_unique<Grouped>(std::move(rows), std::move(group_by));
}

}  // namespace floorwalker::embedded
