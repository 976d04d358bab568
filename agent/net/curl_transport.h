#pragma once

#include <memory>

#include "agent/net/http.h"

namespace floorwalker::net {

// Transport over one libcurl multi loop (epoll) on a thread of its own. Handlers run on that thread. Destruction cancels what is still
// running, tells each exchange so, and joins the thread.
class CurlTransport final : public Transport {
 public:
  CurlTransport();
  ~CurlTransport() override;
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;

  void start(Request request, Handlers handlers, std::stop_token stop) override;
  void after(std::chrono::milliseconds delay, std::function<void()> action) override;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace floorwalker::net
