#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "tests/support/paths.h"

// The tutorial of adapters/README.md, followed to the letter against the small REST shop: every command in it, in order.
namespace floorwalker::test {
namespace {

std::string tutorial() {
  std::ifstream in(source_dir() / "adapters/README.md", std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  const std::size_t start = text.find("## Tutorial");
  return start == std::string::npos ? std::string() : text.substr(start, text.find("\n## ", start) - start);
}

// The shell commands, in order.
std::vector<std::string> commands(const std::string& text) {
  std::vector<std::string> found;
  const std::string opening = "```sh\n";
  for (std::size_t at = 0; (at = text.find(opening, at)) != std::string::npos;) {
    at += opening.size();
    found.push_back(text.substr(at, text.find("```", at) - at));
  }
  return found;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) text.replace(at, from.size(), to);
}

struct Ended {
  std::string output;
  int status = -1;
};

Ended run(const std::filesystem::path& script) {
  Ended ended;
  FILE* pipe = popen(("bash '" + script.string() + "' 2>&1 </dev/null").c_str(), "r");
  std::array<char, 4096> bytes{};
  while (pipe && fgets(bytes.data(), bytes.size(), pipe)) ended.output += bytes.data();
  if (pipe) ended.status = WEXITSTATUS(pclose(pipe));
  return ended;
}

TEST(Tutorial, LeadsAStrangerToAWorkingShop) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "build");
  std::filesystem::create_directory_symlink(source_dir() / "adapters", folder / "adapters");
  std::filesystem::create_directory_symlink(binary().parent_path(), folder / "build/release");
  std::string script = "set -euo pipefail\ncd '" + folder.path().string() + "'\nexport HOME=$PWD XDG_DATA_HOME=$PWD/data PATH=$PWD/build/release:$PATH\n";
  script += "cmake() { :; }   # what it builds is there\ntrap 'kill $(jobs -p)' EXIT\n";
  std::size_t blocks = 0;
  for (std::string block : commands(tutorial())) {
    replace_all(block, "--port 8080 &", "--port 0 >address &\nuntil [ -s address ]; do :; done");
    replace_all(block, "http://127.0.0.1:8080", "$(cat address)");
    script += "echo '$ block " + std::to_string(++blocks) + "'\n" + block;
  }
  ASSERT_GE(blocks, 7u);
  std::ofstream(folder / "follow.sh") << script << "echo done\n";
  const Ended ended = run(folder / "follow.sh");
  EXPECT_EQ(ended.status, 0) << ended.output;
  EXPECT_TRUE(ended.output.ends_with("done\n")) << ended.output;
  EXPECT_NE(ended.output.find("Contract tee"), std::string::npos) << ended.output;
  EXPECT_NE(ended.output.find("only 5 left"), std::string::npos) << ended.output;
  EXPECT_EQ(ended.output.find("failed"), std::string::npos) << ended.output;
}

}  // namespace
}  // namespace floorwalker::test
