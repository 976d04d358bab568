#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "tests/support/paths.h"

namespace {

namespace fs = std::filesystem;

// Which of our folders the files of a folder may include: dependencies point inward.
const std::map<std::string, std::vector<std::string>> kMayInclude = {
    {"agent/core", {"agent/core"}},
    {"tools/search", {"tools/search", "tools/ports", "agent/core"}},
    {"tools", {"tools", "agent/core"}},
    {"adapters/embedded", {"adapters/embedded", "tools", "agent/core"}},
    {"adapters/http", {"adapters/http", "tools", "agent/net", "agent/core"}},
    {"agent/models", {"agent/models", "agent/net", "agent/core"}},
    {"agent/net", {"agent/net", "agent/core"}},
    {"agent/runner", {"agent/runner", "agent/core"}},
    {"agent/store", {"agent/store", "agent/core"}},
    {"agent/server", {"agent/server", "agent/core"}},
    {"agent/resources", {"agent/resources"}},
};

bool starts_with(const std::string& text, const std::string& prefix) {
  return text.compare(0, prefix.size(), prefix) == 0 && (text.size() == prefix.size() || text[prefix.size()] == '/');
}

// The most specific rule for a file, or null where everything is allowed (agent/cli, evals, tests).
const std::vector<std::string>* rule_for(const std::string& file) {
  const std::vector<std::string>* best = nullptr;
  std::size_t length = 0;
  for (const auto& [folder, allowed] : kMayInclude) {
    if (starts_with(file, folder) && folder.size() > length) {
      best = &allowed;
      length = folder.size();
    }
  }
  return best;
}

std::vector<std::string> own_includes(const fs::path& file) {
  std::vector<std::string> found;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const std::string start = "#include \"";
    if (line.compare(0, start.size(), start) == 0) found.push_back(line.substr(start.size(), line.rfind('"') - start.size()));
  }
  return found;
}

TEST(Architecture, DependenciesPointInward) {
  const fs::path root = floorwalker::test::source_dir();
  std::size_t checked = 0;
  for (const char* top : {"agent", "tools", "adapters"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".h" && extension != ".cc") continue;
      const std::string file = fs::relative(entry.path(), root).string();
      const auto* allowed = rule_for(file);
      if (!allowed) continue;
      for (const std::string& include : own_includes(entry.path())) {
        bool fine = false;
        for (const std::string& folder : *allowed) fine = fine || starts_with(include, folder);
        EXPECT_TRUE(fine) << file << " includes " << include;
        ++checked;
      }
    }
  }
  EXPECT_GT(checked, 20u);
}

TEST(Architecture, HeadersKeepJsonAndYamlOut) {
  const fs::path root = floorwalker::test::source_dir();
  for (const char* top : {"agent", "tools", "adapters", "evals"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      if (entry.path().extension() != ".h") continue;
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);) {
        EXPECT_EQ(line.find("#include <nlohmann/json.hpp>"), std::string::npos) << entry.path();
        EXPECT_EQ(line.find("#include <yaml-cpp/"), std::string::npos) << entry.path();
        EXPECT_EQ(line.find("#include <sqlite3.h>"), std::string::npos) << entry.path();
      }
    }
  }
}

}  // namespace
