#include "tests/embedded/importing.h"

namespace floorwalker::embedded {
namespace {

class ShopifyCsv : public Importing {};
class GoogleFeed : public Importing {};
class Icecat : public Importing {};

const std::string kShopify =
    "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,"
    "Option3 Name,Option3 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,"
    "Variant Price,Variant Compare At Price,Image Src,Image Position,Status\n"
    "tee,Plain Tee,<p>Soft &amp; light</p>,Acme,Apparel > Tops,Shirt,\"new, summer\",true,Size,S,Colour,Black,,,T-S-B,180,shopify,3,deny,19.99,24.99,"
    "https://cdn.example/1.jpg,1,active\n"
    "tee,,,,,,,,,M,,Black,,,T-M-B,180,shopify,0,deny,19.99,0.00,https://cdn.example/2.jpg,2,\n"
    "tee,,,,,,,,,,,,,,,,,,,,,https://cdn.example/3.jpg,3,\n"
    "mug,Mug,,Acme,,,,true,Title,Default Title,,,,,,0,,0,deny,8,,,,active\n"
    "tee,,,,,,,,,L,,Black,,,T-L-B,190,shopify,-2,continue,21.99,,,,\n"
    "old,Old thing,,Acme,,,,true,Size,S,,,,,,0,,0,deny,8,,,,draft\n"
    "old,,,,,,,,,M,,,,,,0,,0,deny,8,,,,\n";

TEST_F(ShopifyCsv, BringsTheRowsOfAHandleTogetherEvenIfTheyLieApart) {
  const auto report = import(shipped("shopify-csv"), {kShopify});
  ASSERT_TRUE(report.problems.empty()) << format(report.problems.front());
  EXPECT_EQ(ids(), (std::vector<std::string>{"tee", "mug"}));
  EXPECT_EQ(report.skipped, 1u);
  const Product tee = product("tee");
  EXPECT_EQ(tee.title, "Plain Tee");
  EXPECT_EQ(tee.brand, "Acme");
  EXPECT_EQ(tee.kind, "Shirt");
  EXPECT_EQ(tee.description, "Soft & light");
  EXPECT_EQ(tee.categories, (std::vector<std::vector<std::string>>{{"Apparel", "Tops"}}));
  EXPECT_EQ(tee.tags, (std::vector<std::string>{"new", "summer"}));
  EXPECT_EQ(tee.images.size(), 3u);
  EXPECT_EQ(attribute_text(tee, "weight"), "180 g|190 g");
}

TEST_F(ShopifyCsv, MakesAVariantOfEachRowWithAPrice) {
  import(shipped("shopify-csv"), {kShopify});
  const Product tee = product("tee");
  ASSERT_EQ(tee.variants.size(), 3u);
  EXPECT_EQ(tee.variants[1].options, (std::vector<OptionValue>{{"Size", "M"}, {"Colour", "Black"}}));
  EXPECT_EQ(tee.variants[0].id.str(), "tee/s/black");
  EXPECT_EQ(tee.variants[0].sku, "T-S-B");
  EXPECT_EQ(tee.variants[0].compare_at->minor, 2499);
  EXPECT_EQ(tee.variants[0].stock.count, 3);
  EXPECT_FALSE(tee.variants[1].compare_at);
  EXPECT_EQ(tee.variants[1].stock.availability, Availability::kOutOfStock);
  EXPECT_EQ(tee.variants[2].stock.availability, Availability::kInStock);  // sold although there are none
  const Product mug = product("mug");
  EXPECT_TRUE(mug.variants.front().options.empty());
  EXPECT_EQ(mug.variants.front().id.str(), "mug");
  EXPECT_EQ(mug.variants.front().stock.availability, Availability::kInStock);  // not tracked
  EXPECT_FALSE(attribute(mug, "weight"));
}

const std::string kFeed =
    "id\ttitle\tdescription\tlink\timage_link\tprice\tsale_price\tavailability\tbrand\tgtin\titem_group_id\tcolor\tsize\tmaterial\tproduct_type\tshipping_weight\n"
    "S1\tShoe\tGood\thttps://x.example/1\thttps://x.example/1.jpg\t79.90 USD\t59.90 USD\tin_stock\tAcme\t123\tG1\tBlack\t42\tLeather\tShoes > Boots\t1.2 kg\n"
    "M1\tMug\tNice\thttps://x.example/2\thttps://x.example/2.jpg\t8.00 USD\t\tout of stock\tAcme\t124\t\tWhite\t\t\tKitchen\t300 g\n"
    "S2\tShoe\tGood\thttps://x.example/3\thttps://x.example/3.jpg\t79.90 USD\t\tpreorder\tAcme\t125\tG1\tBlack\t43\tLeather\tShoes > Boots\t1.2 kg\n";

TEST_F(GoogleFeed, GroupsVariantsByWhatVaries) {
  const auto report = import(shipped("google-feed"), {kFeed});
  ASSERT_TRUE(report.problems.empty()) << format(report.problems.front());
  const Product shoe = product("G1");
  ASSERT_EQ(shoe.variants.size(), 2u);
  EXPECT_EQ(shoe.variants[0].id.str(), "S1");
  EXPECT_EQ(shoe.variants[0].options, (std::vector<OptionValue>{{"Size", "42"}}));
  EXPECT_EQ(shoe.variants[0].price.minor, 5990);
  EXPECT_EQ(shoe.variants[1].stock, Stock{}) << "on preorder: neither in stock nor sold out";
  EXPECT_EQ(shoe.variants[0].compare_at->minor, 7990);
  EXPECT_EQ(attribute_text(shoe, "color"), "Black");
  EXPECT_EQ(attribute_text(shoe, "material"), "Leather");
  EXPECT_EQ(attribute_text(shoe, "shipping_weight"), "1.2 kg");
  EXPECT_EQ(shoe.categories, (std::vector<std::vector<std::string>>{{"Shoes", "Boots"}}));
}

TEST_F(GoogleFeed, MakesARowWithoutGroupAProductOfItsOwn) {
  import(shipped("google-feed"), {kFeed});
  const Product mug = product("M1");
  ASSERT_EQ(mug.variants.size(), 1u);
  EXPECT_EQ(mug.variants.front().id.str(), "M1");
  EXPECT_TRUE(mug.variants.front().options.empty());
  EXPECT_EQ(mug.variants.front().stock.availability, Availability::kOutOfStock);
  EXPECT_EQ(attribute_text(mug, "color"), "White");
}

TEST_F(GoogleFeed, CountsNothingAsInStockThatIsOnlyOnOrder) {
  import(shipped("google-feed"), {"id\ttitle\tprice\tavailability\tquantity\tavailability_date\n1\tMug\t5 USD\tpreorder\t40\t2027-02-01\n2\tCup\t5 USD\tbackorder\t\t\n3\tJug\t5 USD\tin_stock\t40\t\n"});
  EXPECT_EQ(product("1").variants.front().stock, Stock{});
  EXPECT_EQ(product("2").variants.front().stock, Stock{});
  EXPECT_EQ(product("3").variants.front().stock.count, 40);
  EXPECT_EQ(attribute_text(product("1"), "available_from"), "2027-02-01");
}

TEST_F(GoogleFeed, RefusesPricesInAnotherCurrency) {
  const auto report = import(shipped("google-feed"), {"id\ttitle\tprice\n1\tA\t5 EUR\n"});
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_EQ(report.problems.front().field, "price");
}

TEST_F(Icecat, GivesNumbersTheUnitsThatTheDataSheetLeavesOut) {
  import(shipped("icecat"), {R"({"id": "1", "name": "XY-1", "title": "Acme XY-1", "supplier": "Acme", "price": 4995, "ean": ["1"], "date_released": "2009-12-10T00:00:00Z",)"
                             R"( "attr_n_weight": 1200.0, "attr_n_width": 350, "attr_n_display_diagonal": 15.6, "attr_n_internal_memory": 8,)"
                             R"( "attr_n_processor_frequency": 2800, "attr_n_weight__imperial_": 2.6, "attr_b_touchscreen": false, "attr_t_product_type": "Notebook",)"
                             R"( "attr_t_wi_fi_standards": "802.11b,802.11g", "attr_t_data_network": "Not available", "attr_t_turbo": "Y", "attr_t_note": "one, two\\nthree"})"});
  const Product notebook = product("1");
  EXPECT_EQ(notebook.kind, "Notebook");
  EXPECT_EQ(notebook.brand, "Acme");
  EXPECT_EQ(notebook.variants.front().price.minor, 4995);
  EXPECT_EQ(attribute_text(notebook, "weight"), format(AttributeValue(Measure{1200, *find_unit("g")})));
  EXPECT_EQ(attribute_text(notebook, "width"), "350 mm");
  EXPECT_EQ(attribute_text(notebook, "display_diagonal"), "15.6 in");
  EXPECT_EQ(attribute_text(notebook, "internal_memory"), "8 GB");
  EXPECT_EQ(std::get<Measure>(*attribute(notebook, "processor_frequency")).unit.symbol, "MHz");
  EXPECT_EQ(attribute_text(notebook, "weight_imperial"), "2.6 lb");
  EXPECT_EQ(*attribute(notebook, "touchscreen"), AttributeValue(false));
  EXPECT_EQ(*attribute(notebook, "turbo"), AttributeValue(true));
  EXPECT_EQ(attribute_text(notebook, "wi_fi_standards"), "802.11b|802.11g");
  EXPECT_FALSE(attribute(notebook, "data_network"));
  EXPECT_EQ(attribute_text(notebook, "note"), "one, two\nthree");
  EXPECT_EQ(attribute_text(notebook, "release_date"), "2009-12-10");
  EXPECT_EQ(notebook.identifiers, (std::vector<std::string>{"XY-1", "1"}));
}

TEST_F(Icecat, ImportsTheWholeSet) {
  FLOORWALKER_NEEDS_DATA(data, "icecat");
  ImportRequest request;
  request.map = shipped("icecat");
  request.sources.push_back({data / "products.jsonl.gz", {}});
  const auto report = run(request);
  EXPECT_TRUE(report.problems.empty()) << format(report.problems.front());
  EXPECT_EQ(report.added, 19'406u);
  EXPECT_EQ(run(request).unchanged, 19'406u);
}

TEST_F(Importing, BringsInAWholeMarketplace) {
  FLOORWALKER_NEEDS_DATA(data, "webshop");
  ImportRequest request;
  request.map = shipped("webshop");
  request.sources.push_back({data / "products.jsonl.gz", {}});
  const auto report = run(request);
  EXPECT_TRUE(report.problems.empty()) << format(report.problems.front());
  EXPECT_EQ(report.added, 1'000u);
}

TEST(ShippedMaps, AllLoad) {
  for (const auto& map : resources::under("adapters/embedded/maps/")) {
    const auto loaded = load_map(map.bytes, std::string(map.path));
    EXPECT_TRUE(loaded) << loaded.error().message;
  }
}

}  // namespace
}  // namespace floorwalker::embedded
