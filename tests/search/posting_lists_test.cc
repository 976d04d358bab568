#include "tools/search/posting_lists.h"

#include <gtest/gtest.h>

namespace floorwalker::search {
namespace {

constexpr std::uint32_t kMany = 5000;  // products: more than a batch

void add_all(PostingLists& lists, std::uint32_t products) {
  for (std::uint32_t doc = 0; doc < products; ++doc) {
    lists.add(0, Zone::kTitle);
    if (doc % 2 == 0) lists.add(1, Zone::kDescription);
    lists.end_product();
  }
}

TEST(PostingLists, CountsTheProductsOfEachTermInBatchesAndWithout) {
  for (const std::uint32_t products : {1u, 7u, kMany}) {
    PostingLists lists;
    add_all(lists, products);
    lists.finish();
    ASSERT_GE(lists.lists().size(), 2u);
    EXPECT_EQ(lists.lists()[0].docs, products);
    EXPECT_EQ(lists.lists()[0].title_docs, products);
    EXPECT_EQ(lists.lists()[1].docs, (products + 1) / 2);
    EXPECT_EQ(lists.lists()[1].title_docs, 0u);
    EXPECT_EQ(lists.lengths().size(), products);
    EXPECT_EQ(lists.lengths().front()[static_cast<std::size_t>(Zone::kDescription)], 1);
  }
}

TEST(PostingLists, AreGivenUpWithoutBeingFinished) {
  PostingLists lists;
  add_all(lists, kMany);
}

}  // namespace
}  // namespace floorwalker::search
