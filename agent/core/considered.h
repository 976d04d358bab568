#pragma once

#include <string>

namespace floorwalker {

// A rule of the playbook that was looked at, and what came of it.
struct Considered {
  std::string rule;
  enum class Came { kPassed, kActed, kCouldNotRun } came = Came::kPassed;
  std::string why;      // the values compared

  bool operator==(const Considered&) const = default;
};

}  // namespace floorwalker
