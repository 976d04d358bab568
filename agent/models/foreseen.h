#pragma once

#include <string>
#include <vector>

namespace floorwalker::models {

// A model that can only say what was laid down before: by a script or a recording.
class Foreseen {
 public:
  virtual ~Foreseen() = default;

  // What it was asked though nothing was laid down for it, and what was laid down in vain; empty after a run that went as foreseen.
  virtual std::vector<std::string> complaints() const = 0;
};

}  // namespace floorwalker::models
