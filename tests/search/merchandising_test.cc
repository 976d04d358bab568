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
    merchandiser.take_out(matches, context);
    merchandiser.reorder(matches, {});
    std::string ids;
    for (const Match& match : matches) ids += index_->data().ids[match.doc];
    return ids;
  }

  test::MemoryCatalogue catalogue_;
  std::shared_ptr<const Index> index_;
  Lexicon lexicon_;
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

}  // namespace
}  // namespace floorwalker::search
