#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "tests/support/fault_server.h"
#include "tests/support/paths.h"
#include "tests/support/rest_shop.h"
#include "tests/support/timeless.h"

// Suites on a shop behind an adapter: live, recorded, and played where that shop is not.
namespace floorwalker::evals {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSecret = "token-4711-of-the-shop";

constexpr const char* kSuite = R"(
suite: remote
shop: shop.yaml
playbook: retail
cases:
  - id: buys
    rows:
      - {size: S, most: "5"}
      - {size: M, most: "2"}
    turns:
      - say: do you have a tee?
        expect: {shown: {includes: [tee]}, claims: {min: 1}}
      - say: add a Contract tee in size {size} to my cart
        expect: {cart: [{product: tee, options: {Size: "{size}"}}], cart_total: "19.99 USD"}
      - say: make it 9
        expect: {says_any: ["{most}"], outcome: [refused, answered, asked]}
      - say: what is in my cart?
        expect: {cart_unchanged: true}
      - say: I'd like to pay now
      - say: "yes"
        expect: {says_any: ["https://shop.example/pay/"], cart_unchanged: true}
  - id: asks
    turns:
      - say: can I return things?
        expect: {outcome: [answered], cart: [], says_any: ["30 days"]}
      - say: how much is the Becher?
        expect: {shown: {includes: [mug]}, claims: {including: ["8.05"]}}
)";

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A folder with the suite and its adapter, which names a shop at a port that is open as long as `open()`s shop is.
class RemoteShop : public testing::Test {
 protected:
  void SetUp() override { open(); }

  void open() {
    server_ = std::make_unique<test::RestShop>();
    front_ = std::make_unique<test::FaultServer>(*server_);
    write("shop.yaml", "extends: example-rest\nadapter: corner\nurl: " + front_->url() + "\nsecrets: {api_key: {env: CORNER_KEY, required: true}}\n" + adapter_);
    write("suite.yaml", kSuite);
  }

  void close() {
    front_.reset();
    server_.reset();
  }

  void write(const std::string& name, const std::string& content) { std::ofstream(folder_ / name) << content; }
  std::string file(const std::string& name) const { return (folder_ / name).string(); }

  // Runs the suite. The shop's secret is in the environment as long as there is a shop.
  int eval(const std::string& arguments) {
    const std::string secret = front_ ? std::string("CORNER_KEY=") + kSecret + " " : "";
    const std::string command = secret + "HOME=" + folder_.path().string() + " XDG_DATA_HOME= " + test::binary().string() + " eval " + file("suite.yaml") + " " + arguments +
                                " >" + file("printed") + " 2>" + file("complained");
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  std::string said() const { return contents(folder_ / "printed") + contents(folder_ / "complained"); }

  std::string report(const std::string& name) const { return test::timeless_report(folder_ / name); }

  std::string adapter_;   // more of the adapter's file
  const test::TemporaryFolder folder_;
  std::unique_ptr<test::RestShop> server_;
  std::unique_ptr<test::FaultServer> front_;
};

TEST_F(RemoteShop, ASuitePassesOnALiveShop) {
  EXPECT_EQ(eval(""), 0) << said();
  EXPECT_EQ(server_->sold("tee-s"), 1);
  EXPECT_EQ(server_->sold("tee-m"), 1);
}

TEST_F(RemoteShop, ARecordedShopNeedsNeitherServerNorSecretAndGivesTheSameBytes) {
  for (const char* kind : {"", "catalogue: live\n"}) {
    adapter_ = kind;
    open();
    ASSERT_EQ(eval("--jobs 4 --repeat 2 --record-shop " + file("shop.jsonl") + " --out " + file("live.json")), 0) << kind << said();
    close();
    EXPECT_NE(eval("--out " + file("gone.json")), 0) << "the shop is gone";
    for (const char* jobs : {"1", "4"}) {
      EXPECT_EQ(eval(std::string("--jobs ") + jobs + " --repeat 2 --shop recorded:" + file("shop.jsonl") + " --out " + file("played.json")), 0) << kind << said();
      EXPECT_EQ(report("played.json"), report("live.json")) << kind << jobs << " jobs";
    }
    EXPECT_GT(report("live.json").size(), 5000u);
    const std::string kept = contents(folder_ / "shop.jsonl");
    EXPECT_NE(kept.find("remote/buys"), std::string::npos);
    EXPECT_EQ(kept.find(kSecret), std::string::npos);
    EXPECT_EQ(kept.find("secret-"), std::string::npos) << "ids by which the shop knows carts";
    fs::remove(folder_ / "shop.jsonl");
  }
}

TEST_F(RemoteShop, WhatWasNotRecordedFailsItsCaseAndSaysWhatToDo) {
  ASSERT_EQ(eval("--record-shop " + file("shop.jsonl")), 0) << said();
  close();
  std::string other = kSuite;
  other.replace(other.find("say: add a Contract tee"), 23, "say: add 2 Contract tees");
  write("suite.yaml", other);
  EXPECT_EQ(eval("--shop recorded:" + file("shop.jsonl")), 1);
  for (const char* part : {"has no answer to POST /api/carts/", "\"quantity\":2", "record it again with --record-shop"}) EXPECT_NE(said().find(part), std::string::npos) << part << "\n" << said();
  write("suite.yaml", std::string(kSuite) + "  - {id: late, turns: [{say: hello, expect: {cart: []}}]}\n");
  EXPECT_EQ(eval("--shop recorded:" + file("shop.jsonl")), 1);
  EXPECT_NE(said().find("has nothing of remote/late: record it with --record-shop"), std::string::npos) << said();
}

TEST_F(RemoteShop, ThereIsNothingToRecordWithoutAnAdapter) {
  write("suite.yaml", "suite: s\nshop: demo\ncases: [{id: a, turns: [{say: hello, expect: {cart: []}}]}]\n");
  EXPECT_EQ(eval("--record-shop " + file("shop.jsonl")), 2);
  EXPECT_NE(said().find("No case has a shop behind an adapter"), std::string::npos) << said();
}

}  // namespace
}  // namespace floorwalker::evals
