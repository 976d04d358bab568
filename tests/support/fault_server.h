#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/rest_shop.h"

namespace floorwalker::test {

// A shop behind a real port on 127.0.0.1 that breaks as told: it lets clients wait, resets connections, cuts answers short. HTTP/1.1 with
// kept connections, a thread for each.
class FaultServer {
 public:
  explicit FaultServer(RestShop& shop) : FaultServer(front_of(shop)) {}
  explicit FaultServer(Front shop);
  ~FaultServer();
  FaultServer(const FaultServer&) = delete;
  FaultServer& operator=(const FaultServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  // Which fault meets a request (method and target); asked for each. Nothing: none.
  void set_fault(std::function<Fault(const std::string& method, const std::string& target)> fault);
  void set_fault_by(std::function<Fault(const Asked& asked)> fault);

  std::atomic<std::size_t> requests{0};
  std::atomic<std::size_t> answered{0};   // of which the answer was sent to its end; waiters are told

 private:
  void listen_loop();
  void serve(int socket);
  bool read(int socket, std::string& buffer, Asked& asked);
  bool answer(int socket, const Asked& asked, Fault fault);   // false: the connection is done with

  Front shop_;
  int listener_ = -1;
  int port_ = 0;
  std::mutex mutex_;   // guards what follows
  std::function<Fault(const Asked&)> fault_;
  std::set<int> open_;
  std::vector<std::thread> threads_;
  bool ending_ = false;
  std::thread listening_;
};

}  // namespace floorwalker::test
