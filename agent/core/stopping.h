#pragma once

#include <stop_token>
#include <utility>

namespace floorwalker {

// Says, for as long as it lives, when whatever this thread waits for has to be given up: the tool call that it performs is to stop, since the
// turn's time is over. What waits far beneath (a shop's HTTP call) asks with now(). One thread's own; scopes may be nested.
class Stopping {
 public:
  explicit Stopping(std::stop_token stop) : outer_(std::exchange(current(), std::move(stop))) {}
  ~Stopping() { current() = std::move(outer_); }
  Stopping(const Stopping&) = delete;
  Stopping& operator=(const Stopping&) = delete;

  // Never requested where no scope says otherwise.
  static std::stop_token now() { return current(); }

 private:
  static std::stop_token& current() {
    static thread_local std::stop_token token;
    return token;
  }

  std::stop_token outer_;
};

}  // namespace floorwalker
