#include "tools/search/index.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/support/memory_catalogue.h"
#include "tests/support/product_maker.h"
#include "tools/search/index_data.h"
#include "tools/search/indexed_search.h"

namespace floorwalker::search {
namespace {

using test::MemoryCatalogue;
using test::ProductMaker;

class IndexFile : public testing::Test {
 protected:
  IndexFile() : file_(std::filesystem::temp_directory_path() / ("floorwalker_index_test_" + std::to_string(::getpid()))) {
    catalogue_.add(ProductMaker("b", "Blue kettle", "kettle", 3990));
    catalogue_.add(ProductMaker("a", "Red kettle", "kettle", 2990).measure("volume", "1.7 l"));
  }
  ~IndexFile() override { std::filesystem::remove(file_); }

  std::string bytes() const {
    std::ifstream in(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const std::string& bytes) const { std::ofstream(file_, std::ios::binary) << bytes; }

  std::filesystem::path file_;
  MemoryCatalogue catalogue_;
};

TEST_F(IndexFile, FindsTheSameAfterALoad) {
  ASSERT_TRUE((*build_index(catalogue_))->save(file_));
  const auto loaded = Index::load(file_);
  ASSERT_TRUE(loaded);
  EXPECT_EQ((*loaded)->products(), 2u);
  EXPECT_EQ((*loaded)->catalogue_version(), "1");
  EXPECT_EQ((*loaded)->data().ids[(*loaded)->data().find_doc("a")], "a");
  const IndexedSearch search(catalogue_, *loaded);
  const auto hits = search.rank("red kettles", 5);
  ASSERT_EQ(hits.size(), 2u);
  EXPECT_EQ(hits[0].product.str(), "a");
}

TEST_F(IndexFile, IsTheSameBytesForTheSameProducts) {
  ASSERT_TRUE((*build_index(catalogue_))->save(file_));
  const std::string first = bytes();
  ASSERT_TRUE((*build_index(catalogue_))->save(file_));
  EXPECT_EQ(bytes(), first);
}

TEST_F(IndexFile, RefusesWhatIsDamagedOrCutShort) {
  EXPECT_EQ(Index::load(file_).error().kind, ErrorKind::kNotFound);
  ASSERT_TRUE((*build_index(catalogue_))->save(file_));
  const std::string whole = bytes();
  for (const std::size_t length : {std::size_t{0}, std::size_t{20}, whole.size() / 2, whole.size() - 1}) {
    write(whole.substr(0, length));
    EXPECT_EQ(Index::load(file_).error().kind, ErrorKind::kMalformed) << length;
  }
  for (std::size_t at = 0; at < whole.size(); at += at < 1024 ? 1 : 97) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    write(damaged);
    EXPECT_FALSE(Index::load(file_)) << at;
  }
}

TEST_F(IndexFile, IsBuiltAnewOnlyWhenTheCatalogueChanged) {
  ASSERT_TRUE(load_or_build_index(catalogue_, file_));
  catalogue_.add(ProductMaker("c", "Green kettle", "kettle", 1990));
  EXPECT_EQ((*load_or_build_index(catalogue_, file_))->products(), 2u);
  catalogue_.set_version("2");
  EXPECT_EQ((*load_or_build_index(catalogue_, file_))->products(), 3u);
  EXPECT_EQ((*Index::load(file_))->catalogue_version(), "2");
}

TEST_F(IndexFile, ServesWithoutAFileItCannotWrite) { EXPECT_EQ((*load_or_build_index(catalogue_, "/no/such/folder/index"))->products(), 2u); }

TEST(Index, HoldsNothingOfAnEmptyCatalogue) {
  MemoryCatalogue catalogue;
  IndexedSearch search(catalogue, *build_index(catalogue));
  EXPECT_TRUE(search.rank("sofa", 10).empty());
  EXPECT_EQ(search.search({})->outcome, SearchOutcome::kNotCarried);
  EXPECT_EQ(search.shape("")->products, 0u);
}

TEST(Index, TakesEachProductOnce) {
  MemoryCatalogue catalogue({ProductMaker("a", "Red kettle", "kettle", 2990), ProductMaker("a", "Red kettle", "kettle", 2990)});
  EXPECT_EQ((*build_index(catalogue))->products(), 1u);
}

}  // namespace
}  // namespace floorwalker::search
