#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace floorwalker {

// Why an operation failed. A normal answer ("not carried", "only 2 left") is not an error: it is a case of the return type.
enum class ErrorKind {
  kInvalidArgument,  // the caller's fault: message names the field and what would be accepted
  kNotFound,         // no such product, variant, cart, order ...
  kOutOfStock,       // fewer left than asked for; message carries how many
  kRefused,          // the shop or a guardrail said no, and why
  kConflict,         // a repeated key with other content, or a state that changed meanwhile
  kUnavailable,      // the other side cannot be reached or is overloaded: trying later may help
  kTimeout,          // no answer within the deadline; nothing was written
  kOutcomeUnknown,   // a write whose reply was lost: re-read before any retry or claim
  kMalformed,        // the other side answered something that cannot be understood
  kCancelled,        // asked to stop
  kIo,               // a local file or database failed
  kInternal,         // a bug: logged in full, reaches nobody in words
};

// The kind's name as it appears in logs and JSON: "out_of_stock".
std::string_view to_string(ErrorKind kind);

struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  std::string message;  // fit for the model and for the shopper: what is wrong, where, what would do
  std::string detail;   // for operators and logs: may name hosts, rows, positions; never secrets

  bool operator==(const Error&) const = default;
};

template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

inline tl::unexpected<Error> fail(ErrorKind kind, std::string message, std::string detail = {}) {
  return tl::unexpected<Error>(Error{kind, std::move(message), std::move(detail)});
}

inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace floorwalker
