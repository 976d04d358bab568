#include "adapters/embedded/demo_shop.h"
#include "tests/embedded/importing.h"

namespace floorwalker::embedded {
namespace {

const std::string kShop = R"({"type": "shop", "name": "N", "currency": "USD", "checkout_url": "https://n.example/{cart}"})" "\n";

class Native : public Importing {
 protected:
  ImportReport add(const std::string& records) { return import(native(), {kShop + records}); }

  // The only problem that the record has.
  std::string problem_of(const std::string& record) {
    const auto report = add(record + "\n");
    EXPECT_EQ(report.problems.size(), 1u) << record;
    return report.problems.empty() ? "" : format(report.problems.front());
  }
};

TEST_F(Native, TypesAttributesByTheirForm) {
  add(R"({"id": "a", "title": "A", "price": 1, "attributes": {"seats": 3, "width": "212 cm", "weight": {"value": 58, "unit": "kg"},)"
      R"( "washable": true, "frame": ["oak", "steel"], "fuse": {"text": "5 A"}, "model": "RTX 3060"}})");
  const Product a = product("a");
  EXPECT_EQ(*attribute(a, "seats"), AttributeValue(Measure{3, {}}));
  EXPECT_EQ(*attribute(a, "width"), AttributeValue(Measure{212, *find_unit("cm")}));
  EXPECT_EQ(*attribute(a, "weight"), AttributeValue(Measure{58, *find_unit("kg")}));
  EXPECT_EQ(*attribute(a, "washable"), AttributeValue(true));
  EXPECT_EQ(*attribute(a, "fuse"), AttributeValue(std::string("5 A")));
  EXPECT_EQ(*attribute(a, "model"), AttributeValue(std::string("RTX 3060")));
  EXPECT_EQ(attribute_text(a, "frame"), "oak|steel");
}

TEST_F(Native, RefusesFieldsThatItDoesNotKnow) {
  EXPECT_EQ(problem_of(R"({"id": "a", "titel": "A", "title": "A", "price": 1})"), "goods:2: titel: is not a field here; did you mean \"title\"?");
}

TEST_F(Native, TellsWhatIsWrongWithARecord) {
  EXPECT_NE(problem_of(R"({"id": "a", "title": "A"})").find("price: is missing"), std::string::npos);
  EXPECT_NE(problem_of(R"({"id": "a", "title": "A", "price": "79.795"})").find("finer than USD"), std::string::npos);
  EXPECT_NE(problem_of(R"({"id": "a", "title": "A", "price": 1, "stock": -1})").find("stock"), std::string::npos);
  EXPECT_NE(problem_of(R"({"id": "a", "title": "A", "price": 1, "attributes": {"Seat Height": 3}})").find("\"seat_height\""), std::string::npos);
  EXPECT_NE(problem_of(R"({"id": "a", "title": "A", "variants": []})").find("one or more"), std::string::npos);
  EXPECT_NE(problem_of(R"({"id": "a", "title": "A", "variants": [{"id": "x", "price": 1, "options": {"Size": "S"}}, {"id": "y", "price": 1, "options": {"Size": "S"}}]})")
                .find("must differ"), std::string::npos);
  EXPECT_NE(problem_of(R"({"type": "widget"})").find("must be one of product"), std::string::npos);
  EXPECT_NE(problem_of(R"({"type": "discount", "code": "X"})").find("either percent or amount"), std::string::npos);
  EXPECT_NE(problem_of(R"({"type": "policy", "id": "p", "topic": "t", "title": "T", "text": "x", "date": "soon"})").find("must be a day"), std::string::npos);
  EXPECT_TRUE(ids().empty());
}

TEST_F(Native, RefusesRelationsAndOrdersThatLeadNowhere) {
  EXPECT_NE(problem_of(R"({"id": "a", "title": "A", "price": 1, "relations": {"accessory": ["nothing"]}})").find("no product \"nothing\""), std::string::npos);
  EXPECT_NE(problem_of(R"({"type": "order", "id": "o", "email": "a@b.c", "status": "new", "lines": [{"variant": "gone"}]})").find("no variant \"gone\""), std::string::npos);
}

TEST_F(Native, TakesRecordsInAnyOrder) {
  const auto report = import(native(), {R"({"type": "relation", "from": "a", "kind": "compatible", "to": "b"})" "\n"
                                        R"({"id": "a", "title": "A", "price": "1.50", "relations": {"accessory": ["b"]}})" "\n"
                                        R"({"id": "b", "title": "B", "price": 2})" "\n" + kShop});
  ASSERT_TRUE(report.problems.empty()) << format(report.problems.front());
  const auto relations = shop_->catalogue().relations(ProductId("a"));
  ASSERT_TRUE(relations);
  ASSERT_EQ(relations->size(), 2u);
  EXPECT_EQ((*relations)[0].kind, RelationKind::kAccessory);
  EXPECT_EQ((*relations)[1].kind, RelationKind::kCompatible);
  EXPECT_EQ(shop_->settings()->name, "N");
}

TEST_F(Native, DropsRelationsThatARecordNoLongerStates) {
  add(R"({"id": "a", "title": "A", "price": 1, "relations": {"accessory": ["b"]}})" "\n" R"({"id": "b", "title": "B", "price": 2})");
  add(R"({"id": "a", "title": "A", "price": 1})");
  EXPECT_TRUE(shop_->catalogue().relations(ProductId("a"))->empty());
}

TEST_F(Native, RefusesAVariantIdThatTwoProductsClaim) {
  const auto report = add(R"({"id": "a", "title": "A", "variants": [{"id": "v", "price": 1}]})" "\n" R"({"id": "b", "title": "B", "variants": [{"id": "v", "price": 1}]})");
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_NE(report.problems.front().message.find("unique in the shop"), std::string::npos);
}

class DemoShop : public Importing {
 protected:
  std::vector<DemoFile> files() {
    std::vector<DemoFile> all;
    for (const auto& resource : resources::under("adapters/embedded/demo/")) all.push_back({resource.path, resource.bytes});
    return all;
  }
};

TEST_F(DemoShop, IsBuiltOnceAndOpenedAfterwards) {
  const auto file = folder_.path() / "demo" / "demo.db";
  CartId cart;
  {
    auto demo = open_demo_shop(file, files());
    ASSERT_TRUE(demo) << demo.error().message;
    std::size_t products = 0;
    ASSERT_TRUE((*demo)->catalogue().each([&](const Product&) { return ++products, true; }));
    EXPECT_GE(products, 250u);
    cart = *(*demo)->carts().create(IdempotencyKey("k"));
  }
  auto again = open_demo_shop(file, files());
  ASSERT_TRUE(again);
  EXPECT_TRUE((*again)->carts().read(cart));
}

TEST_F(DemoShop, IsBuiltAnewWhenTheBinaryCarriesAnother) {
  const auto file = folder_.path() / "demo.db";
  ASSERT_TRUE(open_demo_shop(file, files()));
  const std::string other = kShop + R"({"id": "only", "title": "Only one", "price": 1})";
  auto demo = open_demo_shop(file, {{"demo/shop.jsonl", other}});
  ASSERT_TRUE(demo) << demo.error().message;
  EXPECT_TRUE((*demo)->catalogue().product(ProductId("only")));
}

class ShopFile : public Importing {};

TEST_F(ShopFile, IsRefusedWhereItIsNoShop) {
  EXPECT_EQ(Shop::open(folder_.path() / "nothing.db").error().kind, ErrorKind::kNotFound);
  std::ofstream(folder_.path() / "text.db") << "This is a text that is long enough to be no database at all, whatever one thinks.";
  EXPECT_EQ(Shop::open(folder_.path() / "text.db").error().kind, ErrorKind::kMalformed);
  EXPECT_EQ(Shop::create(folder_.path() / "text.db").error().kind, ErrorKind::kMalformed);
}

TEST_F(ShopFile, IsSharedByTwoOpeners) {
  import(native(), {kShop + R"({"id": "a", "title": "A", "price": 1, "stock": 2})"});
  auto other = Shop::open(shop_->file());
  ASSERT_TRUE(other);
  ASSERT_TRUE((*other)->set_stock(VariantId("a"), {Availability::kOutOfStock, 0}));
  EXPECT_EQ(product("a").variants.front().stock.count, 0);
}

}  // namespace
}  // namespace floorwalker::embedded
