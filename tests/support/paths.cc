#include "tests/support/paths.h"

#include <cstdlib>

namespace floorwalker::test {

namespace fs = std::filesystem;

fs::path source_dir() { return FLOORWALKER_SOURCE_DIR; }

fs::path binary() { return FLOORWALKER_BINARY; }

std::optional<fs::path> shared_data(const std::string& set) {
  const char* configured = std::getenv("FLOORWALKER_SHARED");
  const fs::path root = configured ? fs::path(configured) : source_dir().parent_path() / "shared";
  const fs::path found = root / "data" / set;
  if (!fs::exists(found)) return std::nullopt;
  return found;
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "floorwalker-XXXXXX").string();
  if (!mkdtemp(name.data())) throw fs::filesystem_error("cannot make a temporary folder", name, std::error_code(errno, std::generic_category()));
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace floorwalker::test
