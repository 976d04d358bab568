#include <gtest/gtest.h>

#include <mutex>
#include <utility>

#include "adapters/http/adapter_file.h"
#include "tests/support/rest_counter.h"

// Shops of which no copy is kept, and facts that are read again when they are old.
namespace floorwalker::test {
namespace {

class Counter {
 public:
  explicit Counter(const std::string& adapter, const std::string& playbook = {}) : rest_(adapter, playbook) {}

  Reply say(const std::string& text) {
    const auto result = rest_.runner().run({SessionId("s"), ShopperSaid{text, "", 0}});
    EXPECT_TRUE(result) << result.error().message;
    if (!result) return {};
    for (const Claim& claim : result->reply.claims) {
      EXPECT_TRUE(claim.verdict == Verdict::kSupported || claim.verdict == Verdict::kSubjective) << claim.text << " " << claim.why;
    }
    return result->reply;
  }

  RestShop& server() { return rest_.server; }
  cli::Composition& composition() { return *rest_.composition; }
  std::filesystem::path state() const { return rest_.folder / "state"; }

  // Targets asked for since `listen`, or since it was last called.
  void listen() {
    rest_.front.set_fault([this](const std::string&, const std::string& target) {
      const std::lock_guard lock(mutex_);
      asked_.push_back(target);
      return Fault::kNone;
    });
  }
  std::vector<std::string> asked() {
    const std::lock_guard lock(mutex_);
    return std::exchange(asked_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> asked_;
  RestCounter rest_;
};

bool has(const Reply& reply, const std::string& text) { return reply.text.find(text) != std::string::npos; }

bool searched(const std::vector<std::string>& targets) {
  return std::any_of(targets.begin(), targets.end(), [](const std::string& target) { return target.find("q=") != std::string::npos; });
}

TEST(LiveShop, SellsWithoutACopyOfTheCatalogue) {
  Counter counter("catalogue: live\n");
  counter.listen();
  const Reply found = counter.say("do you have a tee?");
  EXPECT_TRUE(has(found, "Contract tee") && has(found, "$19.99")) << found.text;
  EXPECT_TRUE(searched(counter.asked()));
  for (const auto& file : std::filesystem::directory_iterator(counter.state())) {
    EXPECT_FALSE(file.path().filename().string().starts_with("catalogue-")) << file.path();
  }
  EXPECT_TRUE(has(counter.say("what sizes does the Contract tee come in?"), "S"));
  EXPECT_TRUE(has(counter.say("add two Contract tees in size S to my cart"), "39.98"));
  EXPECT_TRUE(has(counter.say("make it 9"), "5"));   // no more are left
  EXPECT_TRUE(has(counter.say("what is in my cart?"), "39.98"));
  EXPECT_TRUE(has(counter.say("use the code TAKE20"), "TAKE20"));
  EXPECT_EQ(counter.server().sold("tee-s"), 2);
  EXPECT_FALSE(has(counter.say("do you have a sofa?"), "Contract tee"));
  const Reply paid = counter.say("I'd like to pay now");
  EXPECT_TRUE(has(paid, "https://shop.example/pay/")) << paid.text;
}

TEST(LiveShop, FindsWhatCameIntoTheShopMeanwhile) {
  Counter counter("catalogue: live\n");
  counter.say("do you have a tee?");
  counter.server().add({"lamp", "Paper lamp", "Plain", "lamp", "", {{"colour", "white"}}, {{"lamp", {}, 3500, 0, 4}}});
  const Reply found = counter.say("do you have a lamp?");
  EXPECT_TRUE(has(found, "Paper lamp") && has(found, "$35.00")) << found.text;
}

TEST(LiveShop, HasNoCopyToBringUpToDate) {
  Counter counter("catalogue: live\n");
  const auto report = counter.composition().sync({});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::kInvalidArgument);
}

TEST(LiveShop, WantsTheOperationThatItIsSearchedBy) {
  const auto loaded = http::load_adapter("adapter: mine\ncatalogue: live\nurl: http://127.0.0.1\noperations: {}\nproduct: {}\ncart: {}\n", "mine.yaml");
  const bool told = std::any_of(loaded.findings.begin(), loaded.findings.end(), [](const Finding& one) { return one.path == "catalogue" && one.at.line == 2; });
  EXPECT_TRUE(told);
}

TEST(OldFacts, AreReadFromTheShopAgainBeforeTheyAreTold) {
  Counter counter("", "limits: {facts_good_for: 0s}\n");
  ASSERT_TRUE(has(counter.say("do you have the Contract tee?"), "$19.99"));
  counter.server().set_price("tee-s", 2599);
  counter.server().set_price("tee-m", 2599);
  counter.server().set_price("tee-l", 2599);
  for (const char* question : {"how much is it?", "and what does the first one cost?", "what is the price of the Contract tee?"}) {
    const Reply reply = counter.say(question);
    EXPECT_FALSE(has(reply, "19.99")) << question << ": " << reply.text;
    EXPECT_TRUE(has(reply, "25.99")) << question << ": " << reply.text;
  }
}

void fill(RestShop& shop, int products) {
  for (int i = 0; i < products; ++i) {
    const std::string id = "lamp-" + std::to_string(i);
    shop.add({id, "Paper lamp " + std::to_string(i), "Plain", "lamp", "", {}, {{id, {}, 3000 + i, 0, 4}}});
  }
}

TEST(OldFacts, ARangeOfPricesIsThatOfTheShopAsItIsNow) {
  Counter counter("", "limits: {facts_good_for: 0s}\n");
  fill(counter.server(), 20);
  const Reply before = counter.say("what do you sell?");
  EXPECT_TRUE(has(before, "from $2.00 to $30.19")) << before.text;
  counter.server().set_price("lamp-7", 150);     // neither the cheapest nor the dearest of the copy
  counter.server().set_price("lamp-11", 9900);
  for (const char* question : {"what do you sell?", "how many products do you have?"}) {
    const Reply reply = counter.say(question);
    EXPECT_TRUE(has(reply, "from $1.50 to $99.00")) << question << ": " << reply.text;
  }
  EXPECT_TRUE(has(counter.say("how many lamps do you have?"), "from $1.50 to $99.00"));
}

TEST(OldFacts, ARangeThatCannotBeReadIsNotTold) {
  Counter counter("", "limits: {facts_good_for: 0s}\n");
  fill(counter.server(), 300);
  counter.say("do you have the Contract tee?");
  counter.server().set_price("lamp-7", 150);
  for (const char* question : {"what do you sell?", "how many products do you have?", "how many lamps do you have?"}) {
    const Reply reply = counter.say(question);
    EXPECT_FALSE(has(reply, "$")) << question << ": " << reply.text;
    EXPECT_TRUE(has(reply, "lamp") || has(reply, "303")) << question << ": " << reply.text;
  }
}

TEST(OldFacts, ARangeOfAFreshCopyIsTold) {
  Counter counter("");
  fill(counter.server(), 300);
  const Reply reply = counter.say("what do you sell?");
  EXPECT_TRUE(has(reply, "from $2.00 to $32.99")) << reply.text;
}

TEST(OldFacts, ACartIsLookedAtAgainBeforeItsTotalIsTold) {
  Counter counter("", "limits: {facts_good_for: 0s}\n");
  ASSERT_TRUE(has(counter.say("add two Contract tees in size S to my cart"), "39.98"));
  counter.server().set_price("tee-s", 2500);
  const Reply reply = counter.say("how much is my cart total?");
  EXPECT_FALSE(has(reply, "39.98")) << reply.text;
  EXPECT_TRUE(has(reply, "50.00")) << reply.text;
}

}  // namespace
}  // namespace floorwalker::test
