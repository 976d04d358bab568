#pragma once

#include <filesystem>
#include <memory>

#include "agent/core/journal.h"

namespace floorwalker::store {

// How long what was written must last.
enum class Durability {
  kProcess,  // survives the death of the process at any moment: for tests, scripts and evaluations
  kPower,    // writes to a shop, intent and outcome, also survive a power cut
};

// Conversations, stored replies and the ledger of actions in one SQLite file (WAL). Every entry is committed before `append` reports it,
// which a killed process cannot take back; entries about writes to a shop are reported once they are on disk. With kPower many conversations'
// entries share one commit and one flush. Several processes may open the same file.
class SqliteJournal final : public Journal {
 public:
  // Makes the file where there is none. kIo if it cannot be opened, kMalformed if it is no journal.
  static Result<std::unique_ptr<SqliteJournal>> open(const std::filesystem::path& file, Durability durability);

  ~SqliteJournal() override;

  std::string origin() const override;
  void append(JournalEntry entry, std::function<void(Result<void>)> done) override;
  Result<StoredSession> open(const SessionId& session) override;
  Result<std::optional<StoredReply>> answered(const SessionId& session, const std::string& key) override;
  Result<std::vector<Action>> actions(const SessionId& session) override;
  Result<std::vector<TurnEvent>> events(const SessionId& session) override;
  Result<int> writes_between(const SessionId& session, Time from, Time until, const IdempotencyKey& beside) override;
  Result<std::vector<SessionId>> sessions(std::size_t limit) override;

 private:
  class Parts;
  class Committer;
  explicit SqliteJournal(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
  std::unique_ptr<Committer> committer_;   // nothing with kProcess: entries are written by whoever appends them
};

}  // namespace floorwalker::store
