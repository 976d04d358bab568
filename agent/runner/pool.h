#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace floorwalker::runner {

// A few threads that run short jobs in the order they came, and one that runs jobs when their time has come. The queue is bounded by what
// the runner admits.
class Pool {
 public:
  using Job = std::function<void()>;
  using Instant = std::chrono::steady_clock::time_point;

  explicit Pool(std::size_t workers);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Ends the threads after the jobs that are running, and drops the waiting ones; jobs that come later are dropped as well.
  void stop();

  void run(Job job);
  void run_at(Instant when, Job job);  // from the timer's thread: must be short

 private:
  void work(const std::stop_token& stop);
  void watch(const std::stop_token& stop);

  std::mutex jobs_mutex_;              // guards jobs_ and stopped_
  std::condition_variable_any job_came_;
  std::deque<Job> jobs_;
  bool stopped_ = false;

  std::mutex timers_mutex_;            // guards timers_
  std::condition_variable_any timer_came_;
  std::multimap<Instant, Job> timers_;

  std::vector<std::jthread> threads_;  // last: they end before what they use goes
};

}  // namespace floorwalker::runner
