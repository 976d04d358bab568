#pragma once

#include <memory>
#include <string_view>

#include "agent/core/result.h"

namespace floorwalker::verify {

struct LexiconData;

// The words of one language that the verifier knows: negations, rounding words, attribute synonyms, value classes, actions, evaluative
// words ... Read from a YAML file (prompts/verify/lexicon.en.yaml), so that another language is a file. Immutable, cheap to copy, safe
// for every thread.
class Lexicon {
 public:
  // Strict: an unknown section or a wrong type is kInvalidArgument and names the line.
  static Result<Lexicon> parse(std::string_view yaml);

  const LexiconData& data() const { return *data_; }

 private:
  explicit Lexicon(std::shared_ptr<const LexiconData> data) : data_(std::move(data)) {}

  std::shared_ptr<const LexiconData> data_;
};

}  // namespace floorwalker::verify
