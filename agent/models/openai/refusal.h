#pragma once

#include <string_view>

#include "agent/core/result.h"

namespace floorwalker::openai {

// What may help after a server refused a request.
enum class Advice {
  kRetry,   // the same again, later
  kLearn,   // the same without what the server does not know
  kShrink,  // the history is too long
  kGiveUp,  // nothing: no quota, no permission, no such model
};

struct Refusal {
  Advice advice = Advice::kGiveUp;
  Error error;
};

// Reads an error response, JSON or a proxy's HTML.
Refusal classify(int status, std::string_view body);

}  // namespace floorwalker::openai
