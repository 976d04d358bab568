#pragma once

#include <memory>
#include <string>

#include "agent/cli/composition.h"
#include "tests/support/fault_server.h"
#include "tests/support/paths.h"
#include "tests/support/rest_shop.h"

namespace floorwalker::test {

// The small REST shop at a real port, where it may fail, with everything in front of it that a user has: adapter, playbook, guided model.
struct RestCounter {
  // What the adapter file says beyond `extends: example-rest`, and the playbook beyond its name. Throws if either has mistakes.
  explicit RestCounter(const std::string& adapter, const std::string& playbook = {});

  runner::Runner& runner();

  // As when the program is started anew, with what is kept on disk.
  void start_again();

  // Nothing fails any more, and the breaker, which the last failure may have opened, has found that out. False if the shop stays silent.
  bool heal();

  TemporaryFolder folder;
  RestShop server;
  FaultServer front{server};
  std::unique_ptr<cli::Composition> composition;
};

}  // namespace floorwalker::test
