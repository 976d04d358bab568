#include "agent/runner/pool.h"

#include <utility>

namespace floorwalker::runner {

Pool::Pool(std::size_t workers) {
  for (std::size_t i = 0; i < workers; ++i) {
    threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  }
  threads_.emplace_back([this](const std::stop_token& stop) { watch(stop); });
}

Pool::~Pool() { stop(); }

void Pool::stop() {
  for (std::jthread& thread : threads_) thread.request_stop();
  threads_.clear();
  std::deque<Job> jobs;
  {
    const std::lock_guard lock(jobs_mutex_);
    stopped_ = true;
    jobs.swap(jobs_);   // destroyed outside the lock: a job may own what hands in jobs
  }
  const std::lock_guard lock(timers_mutex_);
  timers_.clear();
}

void Pool::run(Job job) {
  {
    const std::lock_guard lock(jobs_mutex_);
    if (stopped_) return;
    jobs_.push_back(std::move(job));
  }
  job_came_.notify_one();
}

void Pool::run_at(Instant when, Job job) {
  bool soonest = false;
  {
    const std::lock_guard lock(timers_mutex_);
    const auto placed = timers_.emplace(when, std::move(job));
    soonest = placed == timers_.begin();
  }
  if (soonest) timer_came_.notify_one();
}

void Pool::work(const std::stop_token& stop) {
  for (;;) {
    Job job;
    {
      std::unique_lock lock(jobs_mutex_);
      if (!job_came_.wait(lock, stop, [this] { return !jobs_.empty(); }) || stop.stop_requested()) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job();
  }
}

void Pool::watch(const std::stop_token& stop) {
  std::unique_lock lock(timers_mutex_);
  while (!stop.stop_requested()) {
    if (timers_.empty()) {
      timer_came_.wait(lock, stop, [this] { return !timers_.empty(); });
      continue;
    }
    const Instant next = timers_.begin()->first;
    if (std::chrono::steady_clock::now() < next) {
      timer_came_.wait_until(lock, stop, next, [this, next] { return timers_.empty() || timers_.begin()->first < next; });
      continue;
    }
    const Job job = std::move(timers_.extract(timers_.begin()).mapped());
    lock.unlock();
    job();
    lock.lock();
  }
}

}  // namespace floorwalker::runner
