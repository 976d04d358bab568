#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>

#include "adapters/http/adapter_file.h"
#include "agent/core/clock.h"
#include "agent/core/result.h"
#include "agent/net/http.h"

namespace floorwalker::http {

// Details of a send that never asked the shop.
inline constexpr const char* kCircuitOpen = "circuit open";
inline constexpr const char* kNoRoom = "more calls at a time than allowed";

struct Response {
  net::Head head;
  std::string body;
};

// One shop's door: sends a request and waits for its response, with no more requests at a time than the limits allow, and none for a while
// after the shop failed several times in a row. Safe for every thread.
class Exchange {
 public:
  Exchange(net::Transport& transport, const Limits& limits, const Clock& clock) : transport_(transport), limits_(limits), clock_(clock) {}

  // A response of any status, or why there is none: kTimeout, kUnavailable, kMalformed (larger than allowed), kCancelled. `left` bounds the
  // whole wait. Redirects are not followed.
  Result<Response> send(net::Request request, std::chrono::milliseconds left);

  // What the response was worth, for the breaker.
  void note(bool worked);

 private:
  using Steady = std::chrono::steady_clock;

  Result<void> enter(std::chrono::milliseconds left);
  void leave();

  net::Transport& transport_;
  const Limits& limits_;
  const Clock& clock_;
  std::mutex mutex_;   // guards what follows
  std::condition_variable_any freed_;
  std::int64_t under_way_ = 0;
  int failures_ = 0;                   // in a row
  Steady::time_point closed_until_{};
};

}  // namespace floorwalker::http
