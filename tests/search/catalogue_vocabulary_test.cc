#include "tools/search/catalogue_vocabulary.h"

#include <gtest/gtest.h>

#include "tests/support/memory_catalogue.h"
#include "tests/support/product_maker.h"

namespace floorwalker::search {
namespace {

using test::ProductMaker;
using What = Mention::What;

std::shared_ptr<const Index> shop() {
  test::MemoryCatalogue catalogue({
      ProductMaker("p1", "Nordwind Metro Laptop Bag", "laptop bag", 4990).brand("Nordwind").attribute("colour", "Space Grey"),
      ProductMaker("p2", "Ferrix Aero 13", "laptop", 119900).brand("Ferrix").measure("weight", "1.1 kg").measure("battery_life", "14 h"),
      ProductMaker("p3", "Ferrix Titan 17", "laptop", 189900).brand("Ferrix").measure("weight", "2.9 kg").attribute("touchscreen", true),
      ProductMaker("p4", "Southwest Bracelet", "bracelet", 3990).category({"Fashion", "Jewellery"}).tag("overstock"),
      ProductMaker("p5", "Mira Linen Dress", "dress", 0).attribute("material", "100% linen").variant({{"Size", "S"}, {"Colour", "Sage Green"}}, 8990).variant({{"Size", "8"}, {"Colour", "Black"}}, 8990),
      ProductMaker("p6", "Boots for winter", "boots", 9900),
      ProductMaker("p7", "Mini Notebook", "notebook", 390),
      ProductMaker("p8", "Orange soda", "soft drink", 390),
  });
  return *build_index(catalogue);
}

class Vocab : public testing::Test {
 protected:
  Vocab() : vocabulary_(shop(), {{{"footwear", {"boots"}}}, {{"beverages", {"soft drink"}}}}) {}

  // "kind:laptop bag@0.80", in order.
  std::vector<std::string> read(const std::string& text) {
    static const char* kNames[] = {"kind", "category", "brand", "attribute", "value", "option", "product", "tag"};
    std::vector<std::string> found;
    for (const Mention& one : vocabulary_.recognise(text)) {
      std::string line = std::string(kNames[static_cast<int>(one.what)]) + ":";
      if (!one.field.empty()) line += one.field + (one.value.empty() ? "" : "=");
      found.push_back(line + one.value + "|" + text.substr(one.start, one.end - one.start));
    }
    return found;
  }

  bool has(const std::string& text, const std::string& mention) {
    const auto found = read(text);
    return std::find(found.begin(), found.end(), mention) != found.end();
  }

  CatalogueVocabulary vocabulary_;
};

TEST_F(Vocab, KnowsKindsInPluralAndAsPartOfLongerNames) {
  EXPECT_EQ(read("laptop bags"), (std::vector<std::string>{"kind:laptop bag|laptop bags"}));
  EXPECT_TRUE(has("I need a bag", "kind:laptop bag|bag"));
  EXPECT_TRUE(has("two laptops please", "kind:laptop|laptops"));
}

TEST_F(Vocab, KnowsBrandsAttributesAndValues) {
  EXPECT_TRUE(has("anything by ferrix?", "brand:Ferrix|ferrix"));
  EXPECT_TRUE(has("how is the battery life", "attribute:battery_life|battery life"));
  EXPECT_TRUE(has("a grey one", "value:colour=grey|grey"));
  EXPECT_TRUE(has("in space grey", "value:colour=Space Grey|space grey"));
  EXPECT_TRUE(has("sage green dress", "option:Colour=Sage Green|sage green"));
}

TEST_F(Vocab, TakesLettersAndNumbersForSizesOnlyWhereASizeIsMeant) {
  EXPECT_TRUE(has("dress in size 8", "option:Size=8|8"));
  EXPECT_TRUE(has("dress in size s", "option:Size=S|s"));
  EXPECT_FALSE(has("it's nice", "option:Size=S|s"));
}

TEST_F(Vocab, ReadsUmbrellaWordsAndSynonyms) {
  EXPECT_TRUE(has("any footwear", "kind:boots|footwear"));
  EXPECT_TRUE(has("some beverages", "kind:soft drink|beverages"));
}

TEST_F(Vocab, CorrectsSpellingAndJoinsCompounds) {
  EXPECT_TRUE(has("a labtop", "kind:laptop|labtop"));
  EXPECT_TRUE(has("a note book", "kind:notebook|note book"));
}

TEST_F(Vocab, KnowsProductsByName) {
  EXPECT_TRUE(has("add the Southwest Bracelet", "product:p4|Southwest Bracelet"));
  EXPECT_TRUE(has("is the aero 13 light?", "product:p2|aero 13"));
  EXPECT_FALSE(has("a dress for the winter party", "product:p5|dress"));
}

TEST(ProductNames, AreNotWordsThatDescriptionsUseAsWell) {
  test::MemoryCatalogue catalogue({
      ProductMaker("p1", "Mayton King Bed Box Spring", "bed", 88400),
      ProductMaker("p2", "Alder bed frame", "bed", 29900).description("Goes with a box spring or a mattress, in a flat box."),
      ProductMaker("p3", "Hanne bed frame", "bed", 39900).description("No box spring needed. Ships in one box. A spring sale favourite."),
      ProductMaker("p4", "Orla cushion", "cushion", 2900).description("The colours of spring, in a gift box."),
  });
  const CatalogueVocabulary vocabulary(*build_index(catalogue), {});
  const auto names = [&](const char* text) {
    std::size_t count = 0;
    for (const Mention& one : vocabulary.recognise(text)) count += one.what == What::kProduct;
    return count;
  };
  EXPECT_EQ(names("beds with box spring under 400"), 0u);
  EXPECT_EQ(names("is the Mayton King still there?"), 1u);
}

TEST_F(Vocab, TellsNumericAttributesOfAKind) {
  const auto found = vocabulary_.numeric_attributes("laptop");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].name, "weight");
  EXPECT_EQ(found[0].dimension, Dimension::kMass);
  EXPECT_DOUBLE_EQ(found[0].low, 1100);
  EXPECT_DOUBLE_EQ(found[0].high, 2900);
  EXPECT_TRUE(vocabulary_.numeric_attributes("boots").empty());
}

TEST_F(Vocab, CountsAndNamesWhatTheShopHas) {
  EXPECT_EQ(vocabulary_.count("laptops"), 2u);
  EXPECT_EQ(vocabulary_.count("Jewellery"), 1u);
  EXPECT_EQ(vocabulary_.names("brand"), (std::vector<std::string>{"Ferrix", "Nordwind"}));
  EXPECT_EQ(vocabulary_.names("option"), (std::vector<std::string>{"Colour", "Size"}));
}

}  // namespace
}  // namespace floorwalker::search
