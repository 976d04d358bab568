#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/http/values.h"
#include "agent/core/result.h"

namespace floorwalker::http {

// Text with variables: "/carts/$cart/lines/${line}", `$$` for a dollar sign. How a variable is escaped is the place's decision, never the
// file's: the value of a variable cannot end the place it was put in.
class TextTemplate {
 public:
  TextTemplate() = default;
  static Result<TextTemplate> parse(std::string_view text);

  bool empty() const { return parts_.empty(); }
  std::vector<std::string> variables() const;
  // The only variable, where the template is nothing else; "" otherwise.
  const std::string& alone() const;
  // True if a variable in it is not set.
  bool lacks(const Variables& variables) const;

  std::string plain(const Variables& variables) const;
  // As parts of a path: every variable is one segment, percent-encoded. kInvalidArgument for an empty one, "." and "..".
  Result<std::string> path(const Variables& variables) const;
  // For a header: kInvalidArgument for control characters.
  Result<std::string> header(const Variables& variables) const;

 private:
  struct Part {
    std::string text;      // literal, or the variable's name
    bool variable = false;
  };
  std::vector<Part> parts_;
};

// Everything but unreserved characters (RFC 3986) as %XX.
std::string percent_encoded(std::string_view text);

// JSON with variables: a variable alone keeps its type (number, list, null where it is not set), within text it is text.
struct JsonTemplate {
  enum class Kind { kLiteral, kText, kList, kObject };

  Kind kind = Kind::kLiteral;
  std::string literal = "null";          // JSON as written
  TextTemplate text;
  bool optional = false;                 // left out of its object where the variable is not set ("$cursor?")
  std::vector<std::string> keys;         // of an object, one for each item
  std::vector<JsonTemplate> items;

  void write(const Variables& variables, std::string& out) const;
  void add_variables(std::vector<std::string>& names) const;
};

// Appends the text as a JSON string.
void write_json_text(std::string_view text, std::string& out);

}  // namespace floorwalker::http
