#pragma once

#include <filesystem>
#include <string>

namespace floorwalker::test {

// An evaluation's report (`eval --out`) without what a clock says: what two runs of the same must have in common to the byte. "" for what is
// no report.
std::string timeless_report(const std::filesystem::path& file);

}  // namespace floorwalker::test
