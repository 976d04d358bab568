#include <gtest/gtest.h>

#include "tests/support/memory_catalogue.h"
#include "tests/support/product_maker.h"
#include "tools/search/index.h"
#include "tools/search/index_data.h"
#include "tools/search/indexed_search.h"

namespace floorwalker::search {
namespace {

using test::ProductMaker;

// A shop that states no kinds: titles of the brand-model-noun-values sort, with attributes.
class Inference : public testing::Test {
 protected:
  Inference() {
    const char* brands[] = {"Acmo", "Belkor", "Cyntax", "Dorvan"};
    const char* colours[] = {"Black", "White", "Silver", "Black"};
    for (int i = 0; i < 12; ++i) {
      const std::string n = std::to_string(i), brand = brands[i % 4], colour = colours[i % 4];
      const std::string model = std::string(1, static_cast<char>('K' + i % 5)) + std::to_string(100 + 7 * i);
      add(ProductMaker("note" + n, brand + " " + model + " notebook " + colour + " 39.6 cm", "", 59900).brand(brand).attribute("product_colour", colour.c_str())
              .measure("display_diagonal", "15.6 in").attribute("processor_family", "Qore").measure("internal_memory", "8 GB"));
      add(ProductMaker("case" + n, brand + " " + model + " notebook case " + colour, "", 2900).brand(brand).attribute("product_colour", colour.c_str())
              .attribute("case_type", "Sleeve").attribute("case_material", "Nylon"));
      add(ProductMaker("cable" + n, brand + " USB cable " + colour + " 2 m", "", 900).brand(brand).attribute("product_colour", colour.c_str())
              .measure("cable_length", "2 m").attribute("connector_1", "USB A"));
      add(ProductMaker("toner" + n, brand + " " + model + " toner cartridge for laser printer " + colour + " 2 pcs", "", 7900).brand(brand)
              .attribute("printing_colours", colour.c_str()).attribute("page_yield", "2000"));
    }
    index_ = *build_index(catalogue_);
  }

  void add(const ProductMaker& maker) { catalogue_.add(maker); }

  std::string kind(const std::string& id) const {
    const IndexData& data = index_->data();
    const auto kinds = data.kinds_of(data.find_doc(id));
    return kinds.empty() ? "" : std::string(data.kind_name(kinds[0]));
  }

  test::MemoryCatalogue catalogue_;
  std::shared_ptr<const Index> index_;
};

TEST_F(Inference, TakesTheNounOfTheTitleForTheKind) {
  EXPECT_EQ(kind("note3"), "notebook");
  EXPECT_EQ(kind("case3"), "notebook case");
  EXPECT_EQ(kind("toner5"), "toner cartridge");
}

TEST(InferenceFromTitlesAlone, TakesNoColourUnitOrCodeForTheKind) {
  test::MemoryCatalogue catalogue;
  const char* brands[] = {"Acmo", "Belkor", "Cyntax", "Dorvan"};
  for (int i = 0; i < 12; ++i) {
    const std::string n = std::to_string(i);
    catalogue.add(ProductMaker("a" + n, std::string(brands[i % 4]) + " K" + n + "7 patch cord RJ mm black", "", 900).brand(brands[i % 4]));
  }
  const auto index = *build_index(catalogue);
  for (std::uint32_t one = 0; one < index->data().kind_count(); ++one) EXPECT_EQ(index->data().kind_name(one), "patch cord");
  EXPECT_EQ(index->data().kind_count(), 1u);
}

TEST_F(Inference, DoesNotCallAWordInOneTitleARange) {
  add(ProductMaker("toy", "Acmo rabbit father set (settee)", "", 2900).brand("Acmo"));
  IndexedSearch search(catalogue_, *build_index(catalogue_));
  SearchRequest request;
  request.words = "sofas";
  EXPECT_EQ(search.search(request)->outcome, SearchOutcome::kNotCarried);
}

TEST_F(Inference, TakesNoColourAndNoCountedThingForTheKind) {
  EXPECT_EQ(kind("cable1"), "usb cable");
  for (std::uint32_t one = 0; one < index_->data().kind_count(); ++one) {
    EXPECT_NE(index_->data().kind_name(one), "black");
    EXPECT_NE(index_->data().kind_name(one), "pcs");
  }
}

TEST_F(Inference, KeepsAccessoriesOutOfABareKind) {
  IndexedSearch search(catalogue_, index_);
  SearchRequest request;
  request.words = "laptop";  // which no title says
  request.limit = 50;
  const SearchPage page = *search.search(request);
  EXPECT_EQ(page.total, 12u);
  for (const ProductCard& card : page.products) EXPECT_EQ(card.id.str().substr(0, 4), "note");
  EXPECT_EQ(page.products[0].kind, "notebook");
}

}  // namespace
}  // namespace floorwalker::search
