#include "tools/search/indexed_search.h"

#include <gtest/gtest.h>

#include "tests/support/memory_catalogue.h"
#include "tests/support/product_maker.h"
#include "tools/search/index_builder.h"

namespace floorwalker::search {
namespace {

using test::MemoryCatalogue;
using test::ProductMaker;
using Op = Constraint::Op;

std::vector<OptionValue> colour_size(const char* colour, const char* size) { return {{"Colour", colour}, {"Size", size}}; }

// A small shop that names its kinds.
std::vector<Product> small_shop() {
  return {
      ProductMaker("bag1", "Nordwind Laptop Bag 15", "laptop bag", 4990).brand("Nordwind").category({"Electronics", "Bags"}).attribute("colour", "Space Grey"),
      ProductMaker("bag2", "Nordwind Weekender", "tote bag", 7990).brand("Nordwind").category({"Fashion", "Bags"}).attribute("colour", "Black"),
      ProductMaker("lap1", "Ferrix Aero 13", "laptop", 119900).brand("Ferrix").category({"Electronics", "Computers"}).measure("weight", "1.1 kg").measure("screen_size", "13.3 in").measure("memory", "16 GB"),
      ProductMaker("lap2", "Ferrix Titan 17 laptop for gaming", "laptop", 189900).brand("Ferrix").category({"Electronics", "Computers"}).measure("weight", "2.9 kg").measure("screen_size", "17.3 in").measure("memory", "32 GB").attribute("touchscreen", true),
      ProductMaker("lap3", "Solano Book 15", "laptop", 69900).brand("Solano").category({"Electronics", "Computers"}).measure("weight", "1.7 kg").measure("screen_size", "15.6 in").measure("memory", "8 GB"),
      ProductMaker("ink1", "Solano 304 black toner cartridge for laser printers", "toner cartridge", 5990).brand("Solano").category({"Electronics", "Printing"}),
      ProductMaker("prn1", "Solano LaserJet printer", "laser printer", 24900).brand("Solano").category({"Electronics", "Printing"}),
      ProductMaker("drs1", "Linen Summer Dress", "dress", 0).brand("Mira").category({"Fashion", "Dresses"}).attribute("material", "100% linen")
          .variant(colour_size("Green", "S"), 8990).variant(colour_size("Green", "M"), 8990, Availability::kOutOfStock).variant(colour_size("Red", "M"), 9990),
      ProductMaker("drs2", "Evening Dress", "dress", 0).brand("Mira").category({"Fashion", "Dresses"}).attribute("material", "silk")
          .variant(colour_size("Black", "M"), 19990).variant(colour_size("Black", "L"), 19990),
      ProductMaker("skt1", "Pleated Skirt", "skirt", 0).brand("Mira").category({"Fashion", "Skirts"}).variant(colour_size("Black", "S"), 5990),
  };
}

class Search : public testing::Test {
 protected:
  explicit Search(SearchRules rules = {}) : catalogue_(small_shop()), search_(catalogue_, *build_index(catalogue_), std::move(rules)) {}

  SearchPage find(const std::string& words, std::vector<Constraint> constraints = {}, std::vector<std::string> relax = {}) {
    SearchRequest request;
    request.words = words;
    request.constraints = std::move(constraints);
    request.relax_in_order = std::move(relax);
    request.limit = 20;
    return *search_.search(request);
  }

  static std::vector<std::string> ids(const SearchPage& page) {
    std::vector<std::string> found;
    for (const ProductCard& card : page.products) found.push_back(card.id.str());
    return found;
  }

  static std::vector<std::string> sorted(std::vector<std::string> found) {
    std::sort(found.begin(), found.end());
    return found;
  }

  MemoryCatalogue catalogue_;
  IndexedSearch search_;
};

using Ids = std::vector<std::string>;

TEST_F(Search, FindsTheKindAndNotItsAccessories) { EXPECT_EQ(sorted(ids(find("laptop"))), (Ids{"lap1", "lap2", "lap3"})); }

// A department may be called after its main kind and hold much else.
TEST(SearchDepartments, TakesAKindForMoreThanADepartmentOfItsName) {
  const std::vector<std::string> laptops{"Laptops & Monitors", "Laptops"}, bags{"Laptops & Monitors", "Bags"}, dresses{"Dresses"};
  MemoryCatalogue catalogue({ProductMaker("lap", "Aero 13", "laptop", 1).category(laptops), ProductMaker("bag", "Weekender", "laptop bag", 1).category(bags),
                             ProductMaker("slv", "Felt Sleeve", "sleeve", 1).category(bags), ProductMaker("dr1", "Linen Dress", "dress", 1).category(dresses),
                             ProductMaker("dr2", "Evening Gown", "", 1).category(dresses)});
  IndexedSearch search(catalogue, *build_index(catalogue), {});
  const auto found = [&](const std::string& words) {
    Ids ids;
    SearchRequest request;
    request.words = words;
    const auto page = search.search(request);
    for (const ProductCard& card : page->products) ids.push_back(card.id.str());
    std::sort(ids.begin(), ids.end());
    return ids;
  };
  EXPECT_EQ(found("laptop"), Ids{"lap"});
  EXPECT_EQ(search.shape("laptop")->products, 1u);
  EXPECT_EQ(found("dresses"), (Ids{"dr1", "dr2"}));   // the gown is of no kind: the category speaks for it
}

TEST_F(Search, TakesTheHeadOfThePhraseForTheKind) {
  EXPECT_EQ(ids(find("laptop bag")), (Ids{"bag1"}));
  EXPECT_EQ(ids(find("bag for laptop")).front(), "bag1");
  EXPECT_EQ(ids(find("toner cartridge for laser printer")), (Ids{"ink1"}));
  EXPECT_EQ(sorted(ids(find("bags"))), (Ids{"bag1", "bag2"}));
}

TEST_F(Search, SaysThatAKindIsNotCarried) {
  const SearchPage page = find("jeans");
  EXPECT_EQ(page.outcome, SearchOutcome::kNotCarried);
  EXPECT_TRUE(page.products.empty());
  EXPECT_EQ(find("", {{"kind", Op::kEquals, {"jeans"}}}).outcome, SearchOutcome::kNotCarried);
}

TEST_F(Search, RefusesAnUnknownCategoryRatherThanShowingTheFirstPage) {
  const SearchPage page = find("", {{"category", Op::kEquals, {"Helmets"}}});
  EXPECT_EQ(page.outcome, SearchOutcome::kUnknownField);
  EXPECT_TRUE(page.products.empty());
}

TEST_F(Search, UnitesCategoriesOfOneNameAnywhereInTheTree) {
  EXPECT_EQ(sorted(ids(find("", {{"category", Op::kEquals, {"Bags"}}}))), (Ids{"bag1", "bag2"}));
  EXPECT_EQ(ids(find("", {{"category", Op::kEquals, {"Fashion > Bags"}}})), (Ids{"bag2"}));
}

TEST_F(Search, ComparesNumbersAcrossUnits) {
  EXPECT_EQ(sorted(ids(find("laptop", {{"weight", Op::kAtMost, {"4 lb"}}}))), (Ids{"lap1", "lap3"}));
  EXPECT_EQ(ids(find("laptop", {{"memory", Op::kAtLeast, {"16 gigs"}}, {"weight", Op::kBetween, {"2 kg", "3 kg"}}})), (Ids{"lap2"}));
  EXPECT_EQ(ids(find("laptop", {{"screen_size", Op::kEquals, {"15 inch"}}})), (Ids{"lap3"}));
}

TEST_F(Search, RefusesAMeasureOfAnotherKind) { EXPECT_EQ(find("laptop", {{"weight", Op::kAtMost, {"30 cm"}}}).outcome, SearchOutcome::kUnknownField); }

TEST_F(Search, CountsOptionsAndPriceOnOneAndTheSameVariant) {
  const SearchPage cheap_medium = find("dress", {{"size", Op::kEquals, {"M"}}, {"price", Op::kAtMost, {"95"}}});
  ASSERT_EQ(ids(cheap_medium), (Ids{"drs1"}));
  ASSERT_EQ(cheap_medium.products[0].variants.size(), 1u);
  EXPECT_EQ(cheap_medium.products[0].price_from.minor, 8990);
  EXPECT_EQ(find("dress", {{"size", Op::kEquals, {"M"}}, {"price", Op::kAtMost, {"95"}}, {"stock", Op::kEquals, {"in_stock"}}}).outcome, SearchOutcome::kNoneMatch);
}

TEST_F(Search, MeetsPartOfAValueAndOtherSpellings) {
  EXPECT_EQ(ids(find("bag", {{"color", Op::kEquals, {"gray"}}})), (Ids{"bag1"}));
  EXPECT_EQ(ids(find("dress", {{"material", Op::kNot, {"silk"}}})), (Ids{"drs1"}));
}

TEST_F(Search, ShowsProductsAndSaysWhatCannotBeFiltered) {
  const SearchPage page = find("dress", {{"waterproof", Op::kEquals, {"yes"}}});
  EXPECT_EQ(page.outcome, SearchOutcome::kCannotFilter);
  EXPECT_EQ(page.products.size(), 2u);
  ASSERT_EQ(page.unfilterable.size(), 1u);
  EXPECT_EQ(page.unfilterable[0].field, "waterproof");
}

TEST_F(Search, RelaxesInTheOrderAskedAndNamesWhatItDropped) {
  const SearchPage page = find("dress", {{"colour", Op::kEquals, {"green"}}, {"size", Op::kEquals, {"L"}}}, {"size", "colour"});
  EXPECT_EQ(ids(page), (Ids{"drs1"}));
  ASSERT_EQ(page.relaxed.size(), 1u);
  EXPECT_EQ(page.relaxed[0].field, "size");
}

TEST_F(Search, WidensThePriceByThePercentageAsked) {
  EXPECT_EQ(find("skirt", {{"price", Op::kAtMost, {"50"}}}, {"price+10%"}).outcome, SearchOutcome::kNoneMatch);
  const SearchPage page = find("skirt", {{"price", Op::kAtMost, {"55"}}}, {"price+10%"});
  EXPECT_EQ(ids(page), (Ids{"skt1"}));
  EXPECT_EQ(page.relaxed.size(), 1u);
}

TEST_F(Search, TellsTheFloorOfAPriceBandItCannotReach) {
  const SearchPage page = find("", {{"price", Op::kBetween, {"5", "10"}}});
  EXPECT_EQ(page.outcome, SearchOutcome::kNoneMatch);
  EXPECT_EQ(page.price_low->minor, 4990);
}

TEST_F(Search, CorrectsSpellingWithTheShopsOwnWords) {
  const SearchPage page = find("labtop");
  EXPECT_EQ(page.products.size(), 3u);
  EXPECT_EQ(page.corrections, (Ids{"labtop -> laptop"}));
}

TEST_F(Search, LeavesAnEverydayWordAsItWasWritten) {
  EXPECT_TRUE(find("laptops").corrections.empty());
  for (const char* word : {"forgot", "pain"}) EXPECT_TRUE(find(std::string("a laptop ") + word).corrections.empty()) << word;
}

TEST_F(Search, PagesWithoutRepeatsOrLosses) {
  Ids seen;
  SearchRequest request;
  request.limit = 3;
  for (request.offset = 0; request.offset < 12; request.offset += 3) {
    for (const std::string& id : ids(*search_.search(request))) seen.push_back(id);
  }
  EXPECT_EQ(seen.size(), 10u);
  seen = sorted(seen);
  EXPECT_EQ(std::unique(seen.begin(), seen.end()), seen.end());
}

TEST_F(Search, ReadsPricesLiveAndDropsWhatNoLongerFits) {
  catalogue_.find("lap3")->variants[0].price.minor = 99900;
  EXPECT_EQ(find("laptop", {{"price", Op::kAtMost, {"800"}}}).outcome, SearchOutcome::kNoneMatch);
  EXPECT_EQ(find("solano book").products[0].price_from.minor, 99900);
}

TEST_F(Search, ReadsThePricesLiveThatTheRangeEndsWith) {
  catalogue_.find("lap3")->variants[0].price.minor = 129900;
  catalogue_.find("lap2")->variants[0].price.minor = 179900;
  SearchRequest request;
  request.words = "laptop";
  request.limit = 1;   // the page shows neither end
  const SearchPage page = *search_.search(request);
  EXPECT_EQ(page.price_low->minor, 119900);
  EXPECT_EQ(page.price_high->minor, 179900);
  const auto price = std::find_if(page.facets.begin(), page.facets.end(), [](const Facet& facet) { return facet.field == "price"; });
  ASSERT_NE(price, page.facets.end());
  EXPECT_EQ(price->low->value, 1199);
}

TEST_F(Search, TellsTheShapeByPricesReadLive) {
  ASSERT_EQ(search_.shape("")->extremes[0].product.id.str(), "bag1");
  catalogue_.find("bag1")->variants[0].price.minor = 9990;
  catalogue_.find("lap2")->variants[0].price.minor = 99900;
  const ShopShape shape = *search_.shape("");
  EXPECT_EQ(shape.price_low.minor, 5990);
  EXPECT_EQ(shape.price_high.minor, 119900);
  EXPECT_EQ(shape.extremes[0].product.price_from.minor, 5990);
  EXPECT_EQ(shape.extremes[1].product.id.str(), "lap1");
}

TEST_F(Search, SortsByPriceAndByAttribute) {
  SearchRequest request;
  request.words = "laptop";
  request.sort = SortBy::kPriceDescending;
  EXPECT_EQ(ids(*search_.search(request)), (Ids{"lap2", "lap1", "lap3"}));
  request.sort = SortBy::kAttributeAscending;
  request.sort_attribute = "weight";
  EXPECT_EQ(ids(*search_.search(request)), (Ids{"lap1", "lap3", "lap2"}));
}

TEST_F(Search, TellsTheShapeOfTheWholeShop) {
  const ShopShape shape = *search_.shape("");
  EXPECT_EQ(shape.products, 10u);
  EXPECT_EQ(shape.price_low.minor, 4990);
  EXPECT_EQ(shape.price_high.minor, 189900);
  ASSERT_GE(shape.extremes.size(), 2u);
  EXPECT_EQ(shape.extremes[0].product.id.str(), "bag1");
  EXPECT_EQ(shape.extremes[1].product.id.str(), "lap2");
  EXPECT_EQ(search_.shape("laptop")->products, 3u);
  EXPECT_FALSE(search_.shape("helmets"));
}

// A shop of that many hats for 10.00 and upwards, and an index of it whose prices are as old as is said.
class OldIndex : public testing::Test {
 protected:
  void open(std::size_t hats, std::chrono::milliseconds age) {
    for (std::size_t i = 0; i < hats; ++i) {
      const std::string n = std::to_string(i);
      catalogue_.add(Product(ProductMaker("hat" + n, "Hat " + n, "hat", 1000 + static_cast<std::int64_t>(i)).category({i % 2 ? "Winter" : "Summer"})));
    }
    SearchRules rules;
    rules.freshness = Freshness{std::chrono::minutes(10), [this] { return clock_.now(); }, [then = clock_.now() - age] { return then; }};
    search_ = std::make_unique<IndexedSearch>(catalogue_, *build_index(catalogue_), std::move(rules));
  }
  void set_price(const std::string& id, std::int64_t minor) { catalogue_.find(id)->variants[0].price.minor = minor; }

  static const ShopShape::Department& department(const ShopShape& shape, const std::string& name) {
    return *std::find_if(shape.departments.begin(), shape.departments.end(), [&](const auto& one) { return one.name == name; });
  }

  ManualClock clock_{Time(std::chrono::sys_days(std::chrono::year(2026) / 3 / 1))};
  MemoryCatalogue catalogue_;
  std::unique_ptr<IndexedSearch> search_;
};

TEST_F(OldIndex, TellsRangesWhileItsPricesAreFresh) {
  open(300, std::chrono::minutes(9));
  const ShopShape shape = *search_->shape("");
  EXPECT_EQ(shape.price_low.minor, 1000);
  EXPECT_EQ(shape.price_high.minor, 1299);
  EXPECT_EQ(department(shape, "Winter").price_low.minor, 1001);
  EXPECT_LE(catalogue_.reads, 2u);   // what is named
  clock_.advance(std::chrono::minutes(2));
  EXPECT_EQ(search_->shape("")->price_low, Money{});
}

TEST_F(OldIndex, TellsNoRangeOfALargeShop) {
  open(300, std::chrono::minutes(11));
  set_price("hat151", 500);
  const ShopShape shape = *search_->shape("");
  EXPECT_EQ(shape.products, 300u);
  EXPECT_EQ(shape.price_low, Money{});
  EXPECT_EQ(shape.price_high, Money{});
  ASSERT_EQ(shape.departments.size(), 2u);
  EXPECT_EQ(department(shape, "Winter").price_low, Money{});
  EXPECT_EQ(department(shape, "Summer").price_high, Money{});
}

TEST_F(OldIndex, HasASmallScopeReadAndRemembersItWhileThatIsFresh) {
  open(300, std::chrono::minutes(11));
  set_price("hat151", 500);     // neither end of what the index knows
  set_price("hat299", 600);
  const ShopShape winter = *search_->shape("Winter");
  EXPECT_EQ(winter.products, 150u);
  EXPECT_EQ(winter.price_low.minor, 500);
  EXPECT_EQ(winter.price_high.minor, 1297);
  EXPECT_EQ(winter.extremes[0].product.id.str(), "hat151");
  const std::size_t reads = catalogue_.reads;
  EXPECT_GE(reads, 150u);
  clock_.advance(std::chrono::minutes(10));
  EXPECT_EQ(search_->shape("winter")->price_low.minor, 500);
  EXPECT_LE(catalogue_.reads, reads + 2);
  clock_.advance(std::chrono::minutes(1));
  set_price("hat151", 2500);
  EXPECT_EQ(search_->shape("Winter")->price_low.minor, 600);
  EXPECT_GE(catalogue_.reads, reads + 150);
}

TEST_F(OldIndex, DoesNotCountWhatTheShopHasNoMore) {
  open(20, std::chrono::minutes(11));
  catalogue_.remove("hat0");
  const ShopShape shape = *search_->shape("");
  EXPECT_EQ(shape.products, 19u);
  EXPECT_EQ(shape.price_low.minor, 1001);
  EXPECT_EQ(department(shape, "Summer").products, 9u);
}

}  // namespace
}  // namespace floorwalker::search
