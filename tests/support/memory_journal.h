#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "agent/core/journal.h"

namespace floorwalker::test {

// A journal that keeps finished turns in memory and forgets the events: for tests and measurements that do not crash.
class MemoryJournal final : public Journal {
 public:
  void append(JournalEntry entry, std::function<void(Result<void>)> done) override {
    if (entry.closed) keep(entry);
    done({});
  }

  Result<StoredSession> open(const SessionId& session) override {
    const std::lock_guard lock(mutex_);
    const auto found = conversations_.find(session);
    if (found != conversations_.end()) return StoredSession{found->second, {}, {}};
    StoredSession fresh;
    fresh.conversation.session = session;
    return fresh;
  }

  Result<std::optional<StoredReply>> answered(const SessionId&, const std::string&) override { return std::optional<StoredReply>(); }
  Result<std::vector<Action>> actions(const SessionId&) override { return std::vector<Action>(); }
  Result<std::vector<TurnEvent>> events(const SessionId&) override { return std::vector<TurnEvent>(); }
  Result<int> writes_between(const SessionId&, Time, Time, const IdempotencyKey&) override { return 0; }
  Result<std::vector<SessionId>> sessions(std::size_t) override { return std::vector<SessionId>(); }

 private:
  void keep(const JournalEntry& entry) {
    const std::lock_guard lock(mutex_);
    conversations_[entry.session] = *entry.closed;
  }

  std::mutex mutex_;  // guards conversations_
  std::map<SessionId, Conversation> conversations_;
};

}  // namespace floorwalker::test
