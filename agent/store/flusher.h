#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "agent/core/result.h"

namespace floorwalker::store {

// Brings a file's content to disk for many callers at once: whoever asks while a flush is under way shares the next one.
//
// For SQLite's write-ahead log: a commit is in the log when COMMIT returns, and safe from a power cut once the log is flushed; a log that
// was checkpointed and reused meanwhile had its pages flushed by the checkpoint (SQLite's "synchronous=NORMAL", sqlite.org/wal.html).
class Flusher {
 public:
  using Done = std::function<void(Result<void>)>;

  // The file may come into being later, but before the first flush.
  explicit Flusher(std::filesystem::path file);
  ~Flusher();  // flushes what was asked for
  Flusher(const Flusher&) = delete;
  Flusher& operator=(const Flusher&) = delete;

  // Calls `done` from the flusher's thread when everything written to the file before this call is on disk.
  void flush(Done done);

 private:
  void run(const std::stop_token& stop);
  Result<void> flush_file();

  std::filesystem::path file_;
  int descriptor_ = -1;            // of the flusher's thread alone
  std::mutex mutex_;               // guards waiting_
  std::condition_variable_any wake_;
  std::vector<Done> waiting_;
  std::jthread thread_;            // last: stops before the rest goes
};

}  // namespace floorwalker::store
