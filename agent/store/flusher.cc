#include "agent/store/flusher.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace floorwalker::store {

Flusher::Flusher(std::filesystem::path file)
    : file_(std::move(file)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

Flusher::~Flusher() {
  thread_.request_stop();
  thread_.join();
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Flusher::flush(Done done) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(done));
  }
  wake_.notify_one();
}

void Flusher::run(const std::stop_token& stop) {
  for (;;) {
    std::vector<Done> batch;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, stop, [this] { return !waiting_.empty(); });
      if (waiting_.empty()) return;
      batch.swap(waiting_);
    }
    const Result<void> flushed = flush_file();
    for (const Done& done : batch) done(flushed);
  }
}

Result<void> Flusher::flush_file() {
  if (descriptor_ < 0) descriptor_ = ::open(file_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ >= 0 && ::fdatasync(descriptor_) == 0) return {};
  return fail(ErrorKind::kIo, "The journal could not be brought to disk.", file_.string() + ": " + std::strerror(errno));
}

}  // namespace floorwalker::store
