#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/result.h"
#include "evals/harness.h"

namespace floorwalker::evals {

// What a play of a case came to, without what its suite says of it.
struct KeptPlay {
  std::string problem;
  std::vector<TurnRecord> turns;
};

// What plays came to, in a file of one JSON object a line, so that a run that was stopped goes on where it was. A play is known by a digest of all
// that it follows from. Safe for every thread.
class KeptResults {
 public:
  // A file that is not there is made when the first play ends; a last line that was cut off while it was written is dropped. kMalformed names the
  // line that is no result. `made_with` tells what every play of this run has in common: the program, the model, the judge.
  static Result<std::shared_ptr<KeptResults>> open(std::string file, std::string made_with);

  const std::string& made_with() const { return made_with_; }

  std::optional<KeptPlay> find(const std::string& digest) const;
  Result<void> keep(const std::string& digest, const CaseRecord& record);

 private:
  std::string file_, made_with_;
  mutable std::mutex mutex_;   // guards what follows
  std::map<std::string, KeptPlay> plays_;
};

}  // namespace floorwalker::evals
