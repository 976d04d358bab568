#include "tools/search/live_search.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/memory_catalogue.h"
#include "tests/support/product_maker.h"

namespace floorwalker::search {
namespace {

using test::MemoryCatalogue;
using test::ProductMaker;

// A shop whose own search looks for one word in titles.
class LiveSearchTest : public ::testing::Test {
 protected:
  void stock(std::size_t lamps) {
    for (std::size_t i = 0; i < lamps; ++i) {
      const std::string n = std::to_string(i);
      catalogue_.add(Product(ProductMaker("lamp-" + n, "Lumen " + n + " lamp", "lamp", 1000 + static_cast<std::int64_t>(i) * 100).attribute("colour", i % 2 ? "Black" : "White")));
      titles_.emplace_back("lamp-" + n, "lumen " + n + " lamp");
    }
  }
  void add(const char* id, const char* title, const char* kind, std::int64_t minor) {
    catalogue_.add(Product(ProductMaker(id, title, kind, minor)));
    titles_.emplace_back(id, title);
  }

  LiveSearch& search() {
    if (!search_) search_ = std::move(*LiveSearch::open(catalogue_, [this](const std::string& words, std::size_t most) { return find(words, most); }));
    return *search_;
  }

  SearchPage look_for(const std::string& words, std::vector<Constraint> constraints = {}) {
    SearchRequest request;
    request.words = words;
    request.constraints = std::move(constraints);
    auto page = search().search(request);
    EXPECT_TRUE(page) << page.error().message;
    return page ? *page : SearchPage{};
  }

  Result<FoundLive> find(const std::string& words, std::size_t most) {
    asked_.push_back(words);
    if (down_) return fail(ErrorKind::kUnavailable, "down");
    FoundLive found;
    for (const auto& [id, title] : titles_) {
      if (title.find(words) == std::string::npos) continue;
      if (found.products.size() == most) {
        found.complete = false;
        break;
      }
      found.products.push_back(*catalogue_.product(ProductId(id)));
    }
    return found;
  }

  MemoryCatalogue catalogue_;
  std::vector<std::pair<std::string, std::string>> titles_;
  std::vector<std::string> asked_;
  bool down_ = false;
  std::unique_ptr<LiveSearch> search_;
};

TEST_F(LiveSearchTest, FindsWhatTheShopFindsAndFiltersIt) {
  stock(6);
  const SearchPage page = look_for("lamps", {{"colour", Constraint::Op::kEquals, {"Black"}}, {"price", Constraint::Op::kAtMost, {"12.00"}}});
  EXPECT_EQ(page.outcome, SearchOutcome::kFound);
  ASSERT_EQ(page.products.size(), 1u);
  EXPECT_EQ(page.products[0].id, ProductId("lamp-1"));
  EXPECT_EQ(page.total, 1u);
  EXPECT_TRUE(page.complete);
}

TEST_F(LiveSearchTest, AsksForEveryWordAloneWhereTheShopWantsThemAll) {
  stock(3);
  EXPECT_EQ(look_for("white lamps").products.size(), 2u);
  EXPECT_GT(asked_.size(), 1u);
}

TEST_F(LiveSearchTest, KnowsTheWordsOfWhatCameAfterTheFirstLook) {
  stock(2);
  EXPECT_EQ(search().vocabulary().count("mirror"), 0u);
  add("m-1", "oval mirror", "mirror", 4000);
  EXPECT_EQ(look_for("mirror").products.size(), 1u);
  EXPECT_EQ(search().vocabulary().count("mirror"), 1u);
}

TEST_F(LiveSearchTest, TellsThePriceOfNow) {
  stock(2);
  look_for("lamp");
  catalogue_.find("lamp-0")->variants[0].price.minor = 7700;
  const SearchPage page = look_for("lumen 0 lamp");
  ASSERT_FALSE(page.products.empty());
  EXPECT_EQ(page.products[0].price_from.minor, 7700);
}

TEST_F(LiveSearchTest, DoesNotCallAPartTheWhole) {
  stock(300);
  const SearchPage page = look_for("lamp");
  EXPECT_FALSE(page.complete);
  EXPECT_TRUE(page.at_least);
  EXPECT_FALSE(page.price_low || page.price_high);
  const auto shape = search().shape("");
  ASSERT_FALSE(shape);
  EXPECT_EQ(shape.error().kind, ErrorKind::kUnavailable);
}

TEST_F(LiveSearchTest, TellsTheShapeOfAShopThatItHasSeenAllOf) {
  stock(5);
  const auto shape = search().shape("");
  ASSERT_TRUE(shape);
  EXPECT_EQ(shape->products, 5u);
}

TEST_F(LiveSearchTest, SaysThatTheShopCannotBeAsked) {
  stock(2);
  search();
  down_ = true;
  const auto page = search().search({});
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::kUnavailable);
}

TEST_F(LiveSearchTest, SaysWhatTheShopDoesNotCarry) {
  stock(2);
  EXPECT_EQ(look_for("sofa").outcome, SearchOutcome::kNotCarried);
}

}  // namespace
}  // namespace floorwalker::search
