#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/result.h"

namespace floorwalker {

// A prompt as text with {{variables}}. It begins with a header between two lines of "---" that gives its `version` and declares its
// `variables`; what is used and what is declared must agree. Immutable, safe for every thread.
class PromptTemplate {
 public:
  // kMalformed, with the line, for a missing header, a variable that is used but not declared, or declared but not used.
  static Result<PromptTemplate> parse(std::string_view text, std::string_view file_name);

  const std::vector<std::string>& variables() const { return variables_; }
  const std::string& version() const { return version_; }
  const std::string& hash() const { return hash_; }  // of the whole text: enters every trace

  // The text with every variable's value in place. Values are not read as templates. A paragraph whose variables are all empty is left
  // out. kInvalidArgument for a declared variable without a value.
  Result<std::string> render(const std::map<std::string, std::string>& values) const;

 private:
  std::string version_;
  std::string hash_;
  std::vector<std::string> variables_;
  std::string body_;
};

}  // namespace floorwalker
