#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace floorwalker::test {

// The root of the project, and the program that was built with these tests.
std::filesystem::path source_dir();
std::filesystem::path binary();

// The folder of real data sets beside the project (or $FLOORWALKER_SHARED/data); nothing where it is absent.
std::optional<std::filesystem::path> shared_data(const std::string& set);

// Ends a test that needs a data set which is not there.
#define FLOORWALKER_NEEDS_DATA(variable, set)                           \
  const auto variable##_found = ::floorwalker::test::shared_data(set); \
  if (!variable##_found) GTEST_SKIP() << "skipped: no shared data (" << set << ")"; \
  const std::filesystem::path variable = *variable##_found

// A folder of its own, removed with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace floorwalker::test
