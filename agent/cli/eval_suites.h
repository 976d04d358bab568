#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "agent/core/result.h"
#include "evals/suite.h"

namespace floorwalker::cli {

Result<std::string> file_text(const std::filesystem::path& file);

// The suites that the arguments name; of a folder all of them, by name. Fails with every mistake of every file.
Result<std::vector<evals::Suite>> load_suites(const std::vector<std::string>& named);

}  // namespace floorwalker::cli
