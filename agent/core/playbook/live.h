#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "agent/core/playbook/loader.h"

namespace floorwalker {

// The playbook in use, which can be changed while conversations run: a new one takes the place of the old only when it is free of errors.
// Conversations keep the one that they hold. Safe for every thread.
class LivePlaybook {
 public:
  using Load = std::function<LoadedPlaybook()>;

  // What a reload came to.
  struct Reloaded {
    bool changed = false;              // another playbook is in use now
    std::vector<Finding> findings;     // of the one that was read
  };

  // `load` reads the playbook with all its parents. Nothing is in use before the first reload without errors.
  explicit LivePlaybook(Load load) : load_(std::move(load)) {}

  // Null before the first.
  std::shared_ptr<const Playbook> current() const;

  // Reads again. With errors, or the same content, nothing changes.
  Reloaded reload();

 private:
  Load load_;
  mutable std::mutex mutex_;   // guards what follows
  std::shared_ptr<const Playbook> current_;
};

}  // namespace floorwalker
