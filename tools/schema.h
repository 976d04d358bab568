#pragma once

#include <memory>
#include <string_view>
#include <tl/expected.hpp>

#include "agent/core/answers.h"
#include "tools/arguments.h"

namespace floorwalker::tools {

// The schema of a tool's arguments: the part of JSON Schema that tools use (type, properties, required, items, enum, minimum, maximum,
// minItems, maxItems, maxLength, additionalProperties, format "id"). Immutable, safe for every thread.
//
// Models write arguments loosely, and a call is too dear to lose over form. What has only one reading is put right: null and "" mean left
// out; "2" is 2 where a number is wanted and 17 is "17" where text is; one value stands for a list of one; JSON inside a string is read;
// <P-17>, "P-17" and `P-17` are P-17 where an id is wanted; productId and product_id are product. Everything else is an error that names
// each field at fault, what it accepts, and the nearest accepted word.
class Schema {
 public:
  // Throws std::invalid_argument for a schema that is not one: a bug in a tool.
  explicit Schema(std::string_view json);
  ~Schema();
  Schema(Schema&&) noexcept;
  Schema& operator=(Schema&&) noexcept;

  tl::expected<Arguments, ErrorAnswer> check(std::string_view json) const;

  struct Node;

 private:
  std::unique_ptr<const Node> root_;
};

}  // namespace floorwalker::tools
