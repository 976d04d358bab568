#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/core/result.h"

// Outgoing HTTP, for models and for shops: requests run side by side on one loop, and nothing waits.
namespace floorwalker::net {

// How long each part of an exchange may take. Zero: no limit of that kind.
struct Deadlines {
  std::chrono::milliseconds connect{5000};
  std::chrono::milliseconds first_byte{30000};    // from the start to the response's first byte
  std::chrono::milliseconds between_bytes{15000};  // silence within the response
  std::chrono::milliseconds total{120000};
};

struct Request {
  std::string method = "POST";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  Deadlines deadlines;
  std::size_t max_response_bytes = 16u << 20;
  bool new_connection = false;   // libcurl sends anew what a kept connection swallowed without an answer: not for what may happen only once
};

// Status line and headers; names are lower case.
struct Head {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;

  // The header's value, or "" where there is none. `name` is lower case.
  std::string_view header(std::string_view name) const;
};

// What happens during an exchange. Called on the transport's thread, in order: head once, data any number of times, done exactly once
// (with nothing on success; kTimeout, kUnavailable, kCancelled or kMalformed otherwise, perhaps without a head). Must not block.
struct Handlers {
  std::function<void(const Head&)> head;
  std::function<void(std::string_view)> data;
  std::function<void(std::optional<Error>)> done;
};

// Runs exchanges. Safe for every thread; connections are kept and reused.
class Transport {
 public:
  virtual ~Transport() = default;

  virtual void start(Request request, Handlers handlers, std::stop_token stop) = 0;

  // Calls `action` on the transport's thread after the delay: for retries and grace periods.
  virtual void after(std::chrono::milliseconds delay, std::function<void()> action) = 0;
};

// When a 429 or 503 says to come back: Retry-After-Ms, Retry-After in seconds or as a date (against the Date header, or `now`).
std::optional<std::chrono::milliseconds> retry_after(const Head& head, std::chrono::system_clock::time_point now);

}  // namespace floorwalker::net
