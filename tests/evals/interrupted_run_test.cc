#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/model_server.h"
#include "tests/support/paths.h"
#include "tests/support/timeless.h"

// Evaluations with a model server that are stopped by their budget.
namespace floorwalker::evals {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kSuite = R"(
suite: with-a-server
shop: demo
cases:
  - id: laptops
    rows: [{who: one}, {who: two}, {who: three}, {who: four}, {who: five}]
    turns:
      - {say: "a light laptop, please, this is shopper {who}", expect: {called: [search_catalogue], cart: []}}
)";
constexpr int kCases = 5, kCallsOfACase = 2, kMicrosOfACall = 1000;

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class InterruptedRun : public testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(folder_ / "suite.yaml") << kSuite;
    std::ofstream(folder_ / "model.yaml") << "models:\n  - {url: " << server_.address() << ", name: m, stream: false, prices: {input: 1 USD, output: 1 USD}}\n";
  }

  // Runs the suite with the server; `name` is that of the cassette and the report.
  int eval(const std::string& name, const std::string& more = "") {
    const std::string command = "HOME=" + folder_.path().string() + " XDG_DATA_HOME= " + test::binary().string() + " eval " + (folder_ / "suite.yaml").string() + " --jobs 1 --model " +
                                (folder_ / "model.yaml").string() + " --record-model " + (folder_ / (name + ".jsonl")).string() + " --out " + (folder_ / (name + ".json")).string() +
                                " " + more + " >" + (folder_ / "said").string() + " 2>&1";
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  json report(const std::string& name) const {
    return json::parse(test::timeless_report(folder_ / (name + ".json")), nullptr, false);
  }

  std::size_t recorded(const std::string& name) const {
    const std::string all = contents(folder_ / (name + ".jsonl"));
    return static_cast<std::size_t>(std::count(all.begin(), all.end(), '\n'));
  }

  const test::TemporaryFolder folder_;
  test::ModelServer server_;
};

TEST_F(InterruptedRun, GoesOnWhereItsBudgetStoppedItAndAsksNothingTwice) {
  ASSERT_EQ(eval("whole"), 0) << contents(folder_ / "said");
  const int whole = server_.asked();
  ASSERT_EQ(whole, kCases * kCallsOfACase);

  const std::string budget = "--budget " + std::to_string(kCallsOfACase * kMicrosOfACall + 1);   // spent by the second case that is asked about
  for (int run = 1; run <= 2; ++run) {
    EXPECT_EQ(eval("parts", budget), 1) << "a run that was stopped is no success";
    EXPECT_EQ(report("parts")["cases"].size(), static_cast<std::size_t>(2 * run)) << contents(folder_ / "said");
    EXPECT_EQ(server_.asked() - whole, 2 * run * kCallsOfACase);
  }
  EXPECT_EQ(eval("parts", budget), 0) << contents(folder_ / "said");
  EXPECT_EQ(server_.asked() - whole, whole) << "all in all no more than without a stop";
  EXPECT_EQ(recorded("parts"), static_cast<std::size_t>(whole));
  EXPECT_EQ(report("parts").dump(1), report("whole").dump(1));
  EXPECT_EQ(contents(folder_ / "parts.jsonl"), contents(folder_ / "whole.jsonl"));
}

}  // namespace
}  // namespace floorwalker::evals
