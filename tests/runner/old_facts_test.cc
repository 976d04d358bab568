#include <gtest/gtest.h>

#include "agent/core/verify/lexicon.h"
#include "agent/core/verify/verifier.h"
#include "agent/models/guided/guided_model.h"
#include "agent/models/scripted.h"
#include "agent/resources/resources.h"
#include "agent/runner/runner.h"
#include "tests/support/memory_catalogue.h"
#include "tests/support/memory_journal.h"
#include "tests/support/memory_shop.h"
#include "tests/support/product_maker.h"
#include "tools/compatibility/engine.h"
#include "tools/registry.h"
#include "tools/search/catalogue_vocabulary.h"
#include "tools/search/indexed_search.h"
#include "tools/shop.h"

// Prices and stock that were read longer ago than the playbook allows are read again before anything is said of them.
namespace floorwalker::test {
namespace {

using std::chrono::minutes;

constexpr minutes kGoodFor{10};

// A shop whose prices change, a real gate and a clock that stands until it is told.
class OldFactsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    catalogue_.add(Product(ProductMaker("p-aero", "Aero Lamp", "lamp", 2000).brand("Aero").attribute("colour", "Black")));
    catalogue_.add(Product(ProductMaker("p-bora", "Bora Lamp", "lamp", 3000).brand("Bora").attribute("colour", "White")));
    playbook_->limits.facts_good_for = kGoodFor;
    index_ = *search::build_index(catalogue_);
    search_ = std::make_unique<search::IndexedSearch>(catalogue_, index_);
    vocabulary_ = std::make_unique<search::CatalogueVocabulary>(index_);
    tools::Shop shop;
    shop.catalogue = &catalogue_;
    shop.search = search_.get();
    tools_ = std::make_unique<tools::Registry>(tools::shop_tools(shop, {playbook_, std::make_shared<const compatibility::Engine>()}));
    const guided::Texts texts{*resources::find("prompts/guided/lexicon.en.yaml"), *resources::find("prompts/guided/replies.en.yaml")};
    guided_ = std::move(*guided::GuidedModel::create(*vocabulary_, *playbook_, texts));
    models_ = {guided_.get()};
  }

  void script(const std::string& yaml) {
    auto parsed = models::ScriptedModel::parse(yaml, "script");
    ASSERT_TRUE(parsed) << parsed.error().message;
    scripted_ = std::move(*parsed);
    models_ = {scripted_.get()};
  }

  Reply say(const std::string& text) {
    if (!runner_) {
      PlannerRules rules;
      rules.limits = playbook_->limits;
      rules.rungs = 1;
      rules.can_repair = {scripted_ != nullptr};
      const auto gate = [this] { return std::make_unique<ProvingGate>(lexicon_, verifier_, kGoodFor); };
      runner_ = std::make_unique<runner::Runner>(runner::Services{models_, *tools_, journal_, clock_, gate}, rules, runner::Options{});
    }
    auto result = runner_->run({SessionId("s"), ShopperSaid{text, "", 1}});
    EXPECT_TRUE(result) << result.error().message;
    return result ? result->reply : Reply{};
  }

  void price(const char* product, std::int64_t minor) { catalogue_.find(product)->variants[0].price.minor = minor; }

  ManualClock clock_{Time(std::chrono::hours(24 * 365 * 50))};
  MemoryCatalogue catalogue_;
  std::shared_ptr<Playbook> playbook_ = std::make_shared<Playbook>();
  std::shared_ptr<const search::Index> index_;
  std::unique_ptr<search::IndexedSearch> search_;
  std::unique_ptr<search::CatalogueVocabulary> vocabulary_;
  std::unique_ptr<tools::Registry> tools_;
  std::unique_ptr<Model> guided_;
  std::unique_ptr<models::ScriptedModel> scripted_;
  std::vector<Model*> models_;
  verify::Lexicon lexicon_ = *verify::Lexicon::parse(*resources::find("prompts/verify/lexicon.en.yaml"));
  verify::Verifier verifier_{lexicon_};
  MemoryJournal journal_;
  std::unique_ptr<runner::Runner> runner_;
};

std::vector<std::string> names(const Reply& reply) {
  std::vector<std::string> names;
  for (const ToolUse& use : reply.tools) names.push_back(use.call.name);
  return names;
}

bool has(const Reply& reply, const char* text) { return reply.text.find(text) != std::string::npos; }

constexpr const char* kLamps = R"(
- said: lamps
  steps:
    - calls: [{name: search_catalogue, args: {words: lamp}}]
    - text: "The Aero Lamp is $20.00."
- said: how much was it
  steps:
    - text: "Sure. The Aero Lamp is $20.00."
)";

TEST_F(OldFactsTest, WhatWasReadAMomentAgoIsSaidAsItIs) {
  script(kLamps);
  EXPECT_TRUE(has(say("lamps"), "$20.00"));
  clock_.advance(kGoodFor);
  const Reply reply = say("how much was it");
  EXPECT_TRUE(has(reply, "The Aero Lamp is $20.00.")) << reply.text;
  EXPECT_TRUE(names(reply).empty());
}

TEST_F(OldFactsTest, AnOldPriceIsReadAgainAndSaidWhereItStillHolds) {
  script(std::string(kLamps) + R"(    - text: "Sure. The Aero Lamp is $20.00."
)");
  say("lamps");
  clock_.advance(kGoodFor + minutes(1));
  const Reply reply = say("how much was it");
  EXPECT_EQ(reply.text, "Sure. \n\nThe Aero Lamp is $20.00.");   // and nothing of it twice
  EXPECT_EQ(names(reply), std::vector<std::string>{"search_catalogue"});
  EXPECT_TRUE(scripted_->complaints().empty());
}

TEST_F(OldFactsTest, AnOldPriceThatHasChangedIsNeverSaid) {
  script(std::string(kLamps) + R"(    - text: "It is $20.00."
    - text: "The Aero Lamp is $25.00 now."
)");
  say("lamps");
  price("p-aero", 2500);
  clock_.advance(kGoodFor + minutes(1));
  const Reply reply = say("how much was it");
  EXPECT_FALSE(has(reply, "$20.00")) << reply.text;
  EXPECT_TRUE(has(reply, "$25.00")) << reply.text;
}

TEST_F(OldFactsTest, TheGuidedModelTellsTheNewPriceOfWhatItShowedBefore) {
  const Reply first = say("show me lamps");
  ASSERT_TRUE(has(first, "$20.00")) << first.text;
  price("p-aero", 2500);
  price("p-bora", 2200);
  clock_.advance(kGoodFor + minutes(1));
  for (const char* question : {"which one is cheaper?", "how much is the first one?", "and the black one?"}) {
    const Reply reply = say(question);
    EXPECT_FALSE(has(reply, "$20.00") || has(reply, "$30.00")) << question << ": " << reply.text;
    EXPECT_NE(reply.outcome, Outcome::kFailed) << question << ": " << reply.text;
    for (const Claim& claim : reply.claims) EXPECT_NE(claim.verdict, Verdict::kUnsupported) << claim.text << ": " << reply.text;
  }
}

}  // namespace
}  // namespace floorwalker::test
