#include "tools/search/merchandising.h"

#include <gtest/gtest.h>

#include "tests/support/memory_catalogue.h"
#include "tests/support/product_maker.h"
#include "tools/search/index.h"
#include "tools/search/index_data.h"

namespace floorwalker::search {
namespace {

using test::ProductMaker;
using What = RankingRule::What;

RankingRule rule(What what, std::string value = "", int band_permille = 100) {
  RankingRule made;
  made.what = what;
  made.value = std::move(value);
  made.band_permille = band_permille;
  return made;
}

class Merchandising : public testing::Test {
 protected:
  Merchandising()
      : catalogue_({ProductMaker("a", "Lamp A", "lamp", 1000).brand("Acme"), ProductMaker("b", "Lamp B", "lamp", 1000).tag("overstock").margin(20),
                    ProductMaker("c", "Lamp C", "lamp", 1000).out_of_stock(), ProductMaker("d", "Lamp D", "lamp", 1000).tag("overstock").margin(300)}),
        index_(*build_index(catalogue_)), lexicon_(index_->data(), {}) {}

  // The order that the rules make of a, b, c, d with these scores.
  std::string order(const std::vector<RankingRule>& rules, std::vector<float> scores, const std::string& context = "lamp") {
    std::vector<Match> matches;
    for (std::uint32_t doc = 0; doc < scores.size(); ++doc) matches.push_back({doc, scores[doc], 0, 0});
    const Merchandiser merchandiser(lexicon_, rules);
    considered_.clear();
    merchandiser.take_out(matches, context, considered_);
    merchandiser.reorder(matches, {}, considered_);
    std::string ids;
    for (const Match& match : matches) ids += index_->data().ids[match.doc];
    return ids;
  }

  // What came of the one rule.
  std::string told() const { return (considered_.at(0).came == Considered::Came::kActed ? "ACTS " : "ok ") + considered_[0].rule + ": " + considered_[0].why; }

  test::MemoryCatalogue catalogue_;
  std::shared_ptr<const Index> index_;
  Lexicon lexicon_;
  std::vector<Considered> considered_;
};

TEST_F(Merchandising, BoostsOnlyWithinTheBand) {
  EXPECT_EQ(order({rule(What::kBoostTag, "overstock")}, {10, 9.5f, 9.2f, 9.1f}), "bdac");
  EXPECT_EQ(order({rule(What::kBoostTag, "overstock")}, {10, 8.9f, 8.5f, 8.0f}), "abdc");
}

TEST_F(Merchandising, BuriesOnlyWithinTheBand) {
  EXPECT_EQ(order({rule(What::kBuryBrand, "Acme")}, {10, 9.5f, 9.2f, 5}), "bcad");
  RankingRule low = rule(What::kBuryMarginBelow);
  low.permille = 50;
  EXPECT_EQ(order({low}, {10, 9.9f, 9.8f, 9.7f}), "acdb");
}

TEST_F(Merchandising, PutsTheShopperBeforeCommerce) {
  EXPECT_EQ(order({rule(What::kInStockFirst)}, {10, 9, 8, 7}), "abdc");
  EXPECT_EQ(order({rule(What::kInStockFirst), rule(What::kBoostTag, "overstock", 1000)}, {10, 9, 8, 7}), "bdac");
}

TEST_F(Merchandising, NeverShowsWhatIsForbiddenInItsContext) {
  RankingRule never = rule(What::kNever, "Acme");
  EXPECT_EQ(order({never}, {10, 9, 8, 7}), "bcd");
  never.with = {{"any", "kids"}};
  EXPECT_EQ(order({never}, {10, 9, 8, 7}, "lamp for kids"), "bcd");
  EXPECT_EQ(order({never}, {10, 9, 8, 7}, "lamp"), "abcd");
}

TEST_F(Merchandising, TellsOfEachRuleWhatItDidByWhichScores) {
  order({rule(What::kBoostTag, "overstock")}, {10, 9.5f, 9.2f, 9.1f});
  EXPECT_EQ(told(), "ACTS boost:tag overstock: 2 of 4 found are of it; 2 moved up: b (9.5) past a (10), 5% apart, within 10%");
  order({rule(What::kBoostTag, "overstock")}, {10, 8, 7, 1});
  EXPECT_EQ(told(), "ok boost:tag overstock: 2 of 4 found are of it; none moved: b (8) stays behind a (10), 20% apart, within 10%");
  order({rule(What::kBoostTag, "clearance")}, {10, 9, 8, 7});
  EXPECT_EQ(told(), "ok boost:tag clearance: 0 of 4 found are of it");
  order({rule(What::kInStockFirst)}, {10, 9, 8, 7});
  EXPECT_EQ(told(), "ACTS in_stock_first: 1 of 4 found are sold out; 1 moved up past the first of them, c");
  order({rule(What::kInStockFirst)}, {10, 9});
  EXPECT_EQ(told(), "ok in_stock_first: 0 of 2 found are sold out");
  RankingRule never = rule(What::kNever, "Acme");
  never.with = {{"any", "kids"}};
  order({never}, {10, 9, 8, 7}, "lamp for kids");
  EXPECT_EQ(told(), "ACTS never:brand Acme with kids: 1 of 4 found are of it; 1 taken out, the first is a");
  order({never}, {10, 9, 8, 7}, "lamp");
  EXPECT_EQ(told(), "ok never:brand Acme with kids: 1 of 4 found are of it, but neither they nor \"lamp\" name what it holds with");
}

}  // namespace
}  // namespace floorwalker::search
