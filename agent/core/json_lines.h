#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

#include "agent/core/result.h"

namespace floorwalker {

// Gives every line of a file of records (one JSON object on each) to `take`, first to last; empty lines are none. kIo if the file cannot be
// read; kMalformed with file and line where `take` fails, with its message and detail.
Result<void> each_json_line(const std::filesystem::path& file, const std::function<Result<void>(std::string_view line)>& take);

}  // namespace floorwalker
