#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/paths.h"
#include "tests/support/timeless.h"

// Runs that go on where an earlier one was stopped, from the results that it kept.
namespace floorwalker::evals {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string suite_of(const std::string& second) {
  return "suite: resumed\nshop: demo\ncases:\n"
         "  - {id: light, turns: [{say: a light laptop please, expect: {shown: {min: 1}}}, {say: add the first one, expect: {called: [update_cart]}}]}\n"
         "  - {id: wrong, turns: [{say: hello, expect: {called: [update_cart]}}]}\n"
         "  - id: of-a-table\n    rows: [{what: laptop}, {what: " + second + "}]\n    turns: [{say: \"a {what}, please\", expect: {shown: {min: 1}}}]\n"
         "  - id: bought\n    shopper: {opening: I need a laptop, wants: [corvane-duo-16], patience: 2, expect: {cart: []}}\n";
}
constexpr int kCases = 5;

class ResumedRun : public testing::Test {
 protected:
  void SetUp() override { write_suite("tablet"); }
  void write_suite(const std::string& second) { std::ofstream(folder_ / "suite.yaml") << suite_of(second); }

  // The results that are kept are in `name`.jsonl, the report is `name`.json.
  int eval(const std::string& name, const std::string& more = "") {
    const std::string command = "HOME=" + folder_.path().string() + " XDG_DATA_HOME= " + test::binary().string() + " eval " + (folder_ / "suite.yaml").string() + " --repeat 2 --resume " +
                                kept(name).string() + " --out " + (folder_ / (name + ".json")).string() + " " + more + " >" + (folder_ / "said").string() + " 2>&1";
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  fs::path kept(const std::string& name) const { return folder_ / (name + ".jsonl"); }
  std::string report(const std::string& name) const { return test::timeless_report(folder_ / (name + ".json")); }
  std::string said() const { return contents(folder_ / "said"); }
  std::size_t lines(const std::string& name) const {
    const std::string all = contents(kept(name));
    return static_cast<std::size_t>(std::count(all.begin(), all.end(), '\n'));
  }

  // As a program leaves it that is killed while it writes the result after the first `whole` ones.
  void cut_off(const std::string& name, std::size_t whole) {
    const std::string all = contents(kept(name));
    std::size_t at = 0;
    for (std::size_t i = 0; i < whole; ++i) at = all.find('\n', at) + 1;
    fs::resize_file(kept(name), at + (all.find('\n', at) - at) / 2);
  }

  const test::TemporaryFolder folder_;
};

TEST_F(ResumedRun, PlaysWhatIsMissingAndGivesTheReportOfAWholeOne) {
  ASSERT_EQ(eval("whole"), 1) << said();
  ASSERT_EQ(lines("whole"), 2u * kCases) << said();
  fs::copy_file(kept("whole"), kept("parts"));
  cut_off("parts", 3);
  EXPECT_EQ(eval("parts", "--jobs 1"), 1) << said();
  EXPECT_NE(said().find("3 of 10 results are from"), std::string::npos) << said();
  EXPECT_EQ(lines("parts"), 2u * kCases);
  ASSERT_NE(report("parts"), "");
  EXPECT_EQ(report("parts"), report("whole"));
  EXPECT_EQ(eval("parts"), 1) << said();
  EXPECT_NE(said().find("10 of 10 results are from"), std::string::npos) << said();
  EXPECT_EQ(lines("parts"), 2u * kCases) << "nothing was played";
  EXPECT_EQ(report("parts"), report("whole"));
}

TEST_F(ResumedRun, PlaysAgainWhatChanged) {
  ASSERT_EQ(eval("kept"), 1) << said();
  write_suite("television");
  EXPECT_EQ(eval("kept"), 1) << said();
  EXPECT_NE(said().find("8 of 10 results are from"), std::string::npos) << "one row of the table changed: " << said();
  EXPECT_EQ(eval("fresh"), 1) << said();
  EXPECT_EQ(report("kept"), report("fresh"));
  write_suite("tablet");
  EXPECT_EQ(eval("kept"), 1) << said();
  EXPECT_NE(said().find("10 of 10 results are from"), std::string::npos) << "what was once played is still known: " << said();
  EXPECT_EQ(eval("kept", "--seed 2"), 1) << said();
  EXPECT_EQ(said().find("results are from"), std::string::npos) << "another seed: " << said();
  std::ofstream(folder_ / "other.yaml") << "playbook: other\nextends: retail\n";
  EXPECT_EQ(eval("kept", "--playbook " + (folder_ / "other.yaml").string()), 1) << said();
  EXPECT_EQ(said().find("results are from"), std::string::npos) << "another playbook: " << said();
}

TEST_F(ResumedRun, RefusesAFileThatHoldsAnythingElse) {
  for (const char* other : {"my notes", "{\"id\": 1}\n"}) {
    std::ofstream(kept("kept")) << other;
    EXPECT_EQ(eval("kept"), 2) << said();
    EXPECT_NE(said().find("kept.jsonl"), std::string::npos) << said();
    EXPECT_EQ(contents(kept("kept")), other);
  }
}

}  // namespace
}  // namespace floorwalker::evals
