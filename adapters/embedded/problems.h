#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace floorwalker::embedded {

// What is wrong with a field of a record ("" for the record as a whole), and what to do.
struct FieldProblem {
  std::string field;
  std::string message;
  std::size_t line = 0;   // of a further row that a grouped record is made of; 0: the record's own
};

// As problems tell what they found: in quotes, and not all of a long text.
inline std::string in_quotes(std::string_view text) { return "\"" + std::string(text.substr(0, 60)) + "\""; }

using FieldProblems = std::vector<FieldProblem>;

}  // namespace floorwalker::embedded
