#pragma once

#include <chrono>

namespace floorwalker {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;

// Where time comes from. The planner reads none: events carry their time. Safe for every thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;                                    // wall-clock time, may jump
  virtual std::chrono::steady_clock::time_point steady() const = 0;  // for deadlines and durations
};

class SystemClock final : public Clock {
 public:
  Time now() const override { return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()); }
  std::chrono::steady_clock::time_point steady() const override { return std::chrono::steady_clock::now(); }
};

// Stands still until told: for tests and replays. Not for use by several threads while it is moved.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Time start = Time{}) : now_(start) {}
  Time now() const override { return now_; }
  std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::time_point(now_.time_since_epoch());
  }
  void advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  Time now_;
};

}  // namespace floorwalker
