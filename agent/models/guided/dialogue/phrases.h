#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/core/result.h"

namespace floorwalker::guided {

using Variables = std::vector<std::pair<std::string_view, std::string>>;

// The sentences of the agent, from a file such as prompts/guided/replies.en.yaml. Each has a key, declared variables and one or more
// wordings, of which the seed picks. "{name}" is replaced by a variable; a part in [brackets] is left out when a variable in it is empty.
// Immutable, safe for every thread.
class Phrases {
 public:
  // Fails with kMalformed for a wording that uses an undeclared variable or never uses a declared one, naming the key.
  static Result<Phrases> load(std::string_view yaml);

  // The sentence; "" for a key that the file lacks, so that a missing sentence is silence and not nonsense.
  std::string say(std::string_view key, const Variables& variables, std::uint64_t seed) const;

  bool has(std::string_view key) const { return entries_.find(key) != entries_.end(); }

 private:
  struct Entry {
    std::vector<std::string> variables;
    std::vector<std::string> wordings;
  };
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace floorwalker::guided
