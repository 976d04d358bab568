#pragma once

#include <atomic>
#include <memory>
#include <string>

namespace floorwalker::test {

// A model server at a port of its own, in OpenAI's form: it searches for laptops once a turn and then says that there are some. The same
// request has the same answer, for which it counts 1000 tokens.
class ModelServer {
 public:
  ModelServer();
  ~ModelServer();
  ModelServer(const ModelServer&) = delete;
  ModelServer& operator=(const ModelServer&) = delete;

  std::string address() const;
  int asked() const { return asked_; }

 private:
  struct Running;

  std::atomic<int> asked_ = 0;
  std::unique_ptr<Running> running_;
};

}  // namespace floorwalker::test
