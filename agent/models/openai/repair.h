#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/tool.h"

namespace floorwalker::openai {

// The arguments as JSON text of an object. Reads what models really write: an object as it should be, nothing at all (no arguments), a
// JSON string that holds the object, code fences around it, trailing and doubled commas, single quotes, bare line breaks in strings,
// Python's True, False and None. Nothing where the text is cut off or is no object: a guess would be worse than an error.
std::optional<std::string> repair_arguments(std::string_view text);

// The tool that a model meant: exact, without a "functions." or "tool:" prefix, or in other case or separators. "" if none.
std::string intended_tool(std::string_view name, const std::vector<std::string>& names);

}  // namespace floorwalker::openai
