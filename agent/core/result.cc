#include "agent/core/result.h"

namespace floorwalker {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalidArgument: return "invalid_argument";
    case ErrorKind::kNotFound: return "not_found";
    case ErrorKind::kOutOfStock: return "out_of_stock";
    case ErrorKind::kRefused: return "refused";
    case ErrorKind::kConflict: return "conflict";
    case ErrorKind::kUnavailable: return "unavailable";
    case ErrorKind::kTimeout: return "timeout";
    case ErrorKind::kOutcomeUnknown: return "outcome_unknown";
    case ErrorKind::kMalformed: return "malformed";
    case ErrorKind::kCancelled: return "cancelled";
    case ErrorKind::kIo: return "io";
    case ErrorKind::kInternal: return "internal";
  }
  return "internal";
}

}  // namespace floorwalker
