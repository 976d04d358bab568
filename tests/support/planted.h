#pragma once

#include <random>
#include <string>
#include <vector>

#include "agent/cli/audit.h"

namespace floorwalker::bench {

// A true statement with one fact changed, and whether the verifier noticed.
struct Planted {
  std::string kind;   // number, unit, product, attribute, negation, option, availability, price, total, count, superlative, action, identifier
  std::string text;   // the sentence as it was changed
  bool caught = false;
  cli::Transcript conversation;   // up to the changed reply
};

// Changes single facts of replies. Only claims that were supported are changed, only where the evidence decides the new statement: the new
// value is nowhere among the facts that could support it.
class Planter {
 public:
  explicit Planter(unsigned seed) : random_(seed) {}

  // At most one change of each kind for a conversation.
  std::vector<Planted> corrupt(const cli::Transcript& transcript, const verify::Lexicon& lexicon, const verify::Verifier& verifier,
                               const std::vector<cli::Content>& content);

 private:
  std::mt19937 random_;
};

}  // namespace floorwalker::bench
