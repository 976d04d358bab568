#pragma once

#include <memory>

#include "agent/cli/command.h"
#include "agent/cli/composition.h"
#include "evals/harness.h"

namespace floorwalker::cli {

// Opens what cases are played in: each with its own state folder, its shop (imported once for all), and the playbook and model that it
// asks for. Must outlive the worlds. Safe for every thread.
class EvalWorlds {
 public:
  // `wraps` goes around the parts of every world: how tests plant regressions.
  explicit EvalWorlds(Settings common, Composition::Wraps wraps = {});
  ~EvalWorlds();
  EvalWorlds(const EvalWorlds&) = delete;
  EvalWorlds& operator=(const EvalWorlds&) = delete;

  // `loader`, if there is one, reads the case's playbook.
  Result<std::shared_ptr<evals::World>> open(const evals::Suite& suite, const evals::Case& one, const PlaybookLoader& loader = {});

 private:
  class Shops;

  Settings common_;
  Composition::Wraps wraps_;
  std::unique_ptr<Shops> shops_;
};

}  // namespace floorwalker::cli
