#include "tests/embedded/importing.h"

namespace floorwalker::embedded {
namespace {

const std::string kTable = R"(map: table
format: csv
shop: {currency: USD}
product: {id: id, title: {from: name, html: true}, brand: maker, description: {from: text, html: true}, categories: {from: path, split: ">"}}
variant: {price: price, compare_at: was, stock: left}
attributes: {rest: true, unit_in_name: true}
)";

class Importer : public Importing {};

TEST_F(Importer, ReadsATableWithQuotesLineBreaksAndAByteOrderMark) {
  const auto report = import(map(kTable),
                             {"\xef\xbb\xbfid,name,price,text\r\n"
                              "1,\"Lamp, \"\"tall\"\"\",12.50,\"Two\nlines\"\r\n"
                              "2,Chair,3,\r\n"});
  EXPECT_TRUE(report.problems.empty()) << format(report.problems.front());
  EXPECT_EQ(report.added, 2u);
  EXPECT_EQ(product("1").title, "Lamp, \"tall\"");
  EXPECT_EQ(product("1").description, "Two\nlines");
  EXPECT_EQ(product("1").variants.front().price.minor, 1250);
  EXPECT_EQ(product("1").variants.front().id.str(), "1");
  EXPECT_EQ(product("2").variants.front().price.minor, 300);
}

TEST_F(Importer, FindsOutWhatSeparatesTheCells) {
  for (const std::string separator : {";", "\t", "|"}) {
    const auto report = import(map(kTable), {"id" + separator + "name" + separator + "price\n" + separator[0] + "\n7" + separator + "A, b" + separator + "1.00\n"});
    EXPECT_EQ(report.added + report.updated + report.unchanged, 1u) << separator;
  }
}

TEST_F(Importer, ReadsGzipFilesByName) {
  ImportRequest request;
  request.map = map(kTable);
  request.sources.push_back({write_gzip("goods.csv.gz", "id,name,price\n1,Lamp,2\n"), {}});
  EXPECT_EQ(run(request).added, 1u);
}

TEST_F(Importer, SaysWhichFileCannotBeRead) {
  ImportRequest request;
  request.map = map(kTable);
  request.sources.push_back({folder_.path() / "nothing.csv", {}});
  const auto report = import_files(*shop_, request);
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().message.find("nothing.csv there is no such file"), std::string::npos) << report.error().message;
}

TEST_F(Importer, RefusesAGzipFileThatWasCutShort) {
  std::string text = "id,name,price\n";
  for (int i = 0; i < 5000; ++i) text += std::to_string(i * 7919) + ",Lamp " + std::to_string(i * 104729) + ",2\n";
  const auto file = write_gzip("goods.csv.gz", text);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  ImportRequest request;
  request.map = map(kTable);
  request.sources.push_back({file, {}});
  EXPECT_FALSE(import_files(*shop_, request));
  EXPECT_TRUE(ids().empty());
}

TEST_F(Importer, CountsAStockBelowZeroAsSoldOutAndSaysSo) {
  const auto report = import(map(kTable), {"id,name,price,left\n1,Lamp,2,-3\n2,Chair,4,0\n3,Desk,4,9\n"});
  EXPECT_TRUE(report.problems.empty());
  EXPECT_EQ(report.notes, std::vector<std::string>{"rows with a stock below 0 (more was sold than there was), which count as sold out: 1"});
  EXPECT_EQ(product("1").variants.front().stock, product("2").variants.front().stock);
  EXPECT_EQ(product("1").variants.front().stock.availability, Availability::kOutOfStock);
}

TEST_F(Importer, RefusesANulWhereverItStands) {
  using namespace std::string_literals;
  const auto table = import(map(kTable), {"id,name,price,maker\n1,Lamp,2,Acme\n2,Ch\0air,4,Acme\n"s});
  ASSERT_EQ(table.problems.size(), 1u);
  EXPECT_EQ(table.problems[0].line, 3u);
  EXPECT_EQ(table.problems[0].field, "name");
  EXPECT_EQ(table.problems[0].message.substr(0, 16), "holds a NUL byte");
  EXPECT_TRUE(ids().empty());
  const auto native = import(shipped("floorwalker"), {"{\"type\":\"shop\",\"currency\":\"USD\"}\n" R"({"id":"1","title":"Lamp","kind":"lamp","attributes":{"shade":["red","bl\u0000ue"]},"variants":[{"id":"v","price":"2.00"}]})"});
  ASSERT_EQ(native.problems.size(), 1u);
  EXPECT_EQ(native.problems[0].field, "attributes.shade[1]");
}

TEST_F(Importer, TellsARepeatedIdBesideOtherProblems) {
  const auto report = import(map(kTable), {"id,name,price\n1,Lamp,cheap\n2,Chair,4\n2,Chair,5\n"});
  ASSERT_EQ(report.problems.size(), 2u);
  EXPECT_EQ(report.problems[0].line, 2u);
  EXPECT_EQ(report.problems[1].line, 4u);
  EXPECT_EQ(report.problems[1].field, "id");
}

TEST_F(Importer, TellsTheLineOfEachRowOfAProduct) {
  ImportMap grouped = map("map: table\nformat: csv\nshop: {currency: USD}\ngroup_by: id\nproduct: {id: id, title: name}\nvariant: {price: price, options: {columns: {Size: size}}}\n");
  const auto report = import(grouped, {"id,name,size,price\n1,Lamp,S,2\n1,,M,cheap\n1,,L,dear\n"});
  ASSERT_EQ(report.problems.size(), 2u);
  EXPECT_EQ(report.problems[0].line, 3u);
  EXPECT_EQ(report.problems[1].line, 4u);
}

TEST_F(Importer, NeverReplacesAShopByNothing) {
  ASSERT_EQ(import(map(kTable), {"id,name,price\n1,Lamp,2\n"}).added, 1u);
  ImportRequest request;
  request.map = map(kTable);
  request.replace = true;
  request.sources.push_back({"goods", "id,name,price\n"});
  EXPECT_FALSE(import_files(*shop_, request));
  EXPECT_EQ(ids().size(), 1u);
}

TEST_F(Importer, ChangesNothingWhenARecordIsBadAndTellsAllProblemsAtOnce) {
  ASSERT_EQ(import(map(kTable), {"id,name,price\n1,Lamp,2\n"}).added, 1u);
  const std::string before = version();
  const auto report = import(map(kTable), {"id,name,price\n1,Lamp,3\n2,,4\n3,Chair,cheap\n4,Table,5.0051\n5,Sofa,-1\n6,Bed,9 EUR\n"});
  ASSERT_EQ(report.problems.size(), 5u);
  EXPECT_EQ(format(report.problems[0]), "goods:3: title: is missing; every product needs one (the map reads it from name)");
  EXPECT_EQ(report.problems[1].line, 4u);
  EXPECT_EQ(report.problems[1].field, "price");
  EXPECT_NE(report.problems[2].message.find("finer than USD"), std::string::npos);
  EXPECT_NE(report.problems[3].message.find("below zero"), std::string::npos);
  EXPECT_NE(report.problems[4].message.find("currency"), std::string::npos);
  EXPECT_EQ(version(), before);
  EXPECT_EQ(ids().size(), 1u);
  EXPECT_EQ(product("1").variants.front().price.minor, 200);
}

TEST_F(Importer, StopsTellingProblemsAtABound) {
  std::string text = "id,name,price\n";
  for (int i = 0; i < 2000; ++i) text += std::to_string(i) + ",Lamp,x\n";
  ImportRequest request;
  request.map = map(kTable);
  request.sources.push_back({"goods", text});
  request.most_problems = 7;
  EXPECT_EQ(run(request).problems.size(), 7u);
}

TEST_F(Importer, ChangesNothingTheSecondTime) {
  const std::string goods = "id,name,price,left\n1,Lamp,2,4\n2,Chair,3,0\n";
  import(map(kTable), {goods});
  const std::string before = version();
  const auto again = import(map(kTable), {goods});
  EXPECT_EQ(again.unchanged, 2u);
  EXPECT_EQ(again.added + again.updated + again.removed, 0u);
  EXPECT_EQ(version(), before);
}

TEST_F(Importer, UpdatesWhatChangedAndKeepsTheRestUnlessToldToReplace) {
  import(map(kTable), {"id,name,price\n1,Lamp,2\n2,Chair,3\n3,Bed,4\n"});
  const std::string before = version();
  const auto update = import(map(kTable), {"id,name,price\n2,Chair,5\n"});
  EXPECT_EQ(update.updated, 1u);
  EXPECT_EQ(ids(), (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_NE(version(), before);
  const auto replaced = import(map(kTable), {"id,name,price\n2,Chair,3\n"}, true);
  EXPECT_EQ(replaced.removed, 2u);
  EXPECT_EQ(ids(), (std::vector<std::string>{"2"}));
}

TEST_F(Importer, PutsTheStockBackToWhatTheFileSays) {
  const std::string goods = "id,name,price,left\n1,Lamp,2,4\n";
  import(map(kTable), {goods});
  ASSERT_TRUE(shop_->set_stock(VariantId("1"), {Availability::kOutOfStock, 0}));
  EXPECT_EQ(import(map(kTable), {goods}).updated, 1u);
  EXPECT_EQ(product("1").variants.front().stock.count, 4);
}

TEST_F(Importer, TreatsARepeatedIdAsTheMapSays) {
  const std::string goods = "id,name,price\n1,First,2\n1,Last,3\n";
  const auto refused = import(map(kTable), {goods});
  ASSERT_EQ(refused.problems.size(), 1u);
  EXPECT_NE(format(refused.problems.front()).find("goods:3: id: \"1\" is there already, from goods:2"), std::string::npos)
      << format(refused.problems.front());
  import(map(kTable + "duplicates: first\n"), {goods});
  EXPECT_EQ(product("1").title, "First");
  import(map(kTable + "duplicates: last\n"), {goods});
  EXPECT_EQ(product("1").title, "Last");
}

TEST_F(Importer, FindsARepeatedIdInAnotherFile) {
  const auto report = import(map(kTable), {"id,name,price\n1,Lamp,2\n", "id,name,price\n1,Lamp,2\n"});
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_EQ(report.problems.front().file, "goods2");
}

TEST_F(Importer, KeepsIdsAsTheyAre) {
  import(map(kTable), {"id,name,price\n007,Lamp,1\n\"A/b c\xC3\xA9\",Chair,2\n"});
  EXPECT_EQ(ids(), (std::vector<std::string>{"007", "A/b cé"}));
}

TEST_F(Importer, ReadsTextThatIsNotUtf8) {
  const auto report = import(map(kTable), {"id,name,price\n1,Caf\xe9 table,2\n"});
  EXPECT_EQ(product("1").title, "Café table");
  ASSERT_EQ(report.notes.size(), 1u);
}

TEST_F(Importer, ReadsJsonThatIsNotUtf8) {
  const std::string yaml = "map: m\nshop: {currency: USD}\nproduct: {id: id, title: name}\nvariant: {price: price}\n";
  import(map(yaml), {"{\"id\": 1, \"name\": \"Caf\xe9\", \"price\": 2.5}\n"});
  EXPECT_EQ(product("1").title, "Café");
}

TEST_F(Importer, TakesMarkupOutOfTexts) {
  import(map(kTable), {"id,name,price,text\n1,Salt &amp; Pepper,2,<p>For <b>two</b></p><ul><li>steel</li></ul>\n"});
  EXPECT_EQ(product("1").title, "Salt & Pepper");
  EXPECT_EQ(product("1").description.find('<'), std::string::npos);
  EXPECT_NE(product("1").description.find("For two"), std::string::npos);
}

TEST_F(Importer, ReadsNumbersOfManyCountries) {
  const std::string comma = kTable + "decimal: comma\n";
  import(map(comma), {"id;name;price;weight (kg)\n1;Lamp;1.299,00;1,5\n2;Bed;12,5 $;0,25\n"});
  EXPECT_EQ(product("1").variants.front().price.minor, 129900);
  EXPECT_EQ(attribute_text(product("1"), "weight"), "1.5 kg");
  EXPECT_EQ(product("2").variants.front().price.minor, 1250);
  import(map(kTable), {"id;name;price\n3;Lamp;1,299.00\n4;Bed;1.299,00\n5;Mug;USD 7,5\n6;Cup;$1'299.95\n"});
  EXPECT_EQ(product("3").variants.front().price.minor, 129900);
  EXPECT_EQ(product("4").variants.front().price.minor, 129900);
  EXPECT_EQ(product("5").variants.front().price.minor, 750);
  EXPECT_EQ(product("6").variants.front().price.minor, 129995);
}

TEST_F(Importer, TakesAnEarlierPriceOnlyIfItIsHigher) {
  import(map(kTable), {"id,name,price,was\n1,Lamp,2,3\n2,Bed,2,0\n3,Mug,2,2\n4,Cup,2,1.50\n"});
  EXPECT_EQ(product("1").variants.front().compare_at->minor, 300);
  for (const char* id : {"2", "3", "4"}) EXPECT_FALSE(product(id).variants.front().compare_at) << id;
}

TEST_F(Importer, TypesTheRemainingFields) {
  import(map(kTable), {"id,name,price,width_cm,Display,Wireless,Code,Seats,Max. load\n1,Lamp,2,40,15.6 in,Yes,00123,3,120kg\n"});
  const Product lamp = product("1");
  EXPECT_EQ(attribute_text(lamp, "width"), "40 cm");
  EXPECT_EQ(attribute_text(lamp, "display"), "15.6 in");
  EXPECT_EQ(*attribute(lamp, "wireless"), AttributeValue(true));
  EXPECT_EQ(*attribute(lamp, "code"), AttributeValue(std::string("00123")));
  EXPECT_EQ(*attribute(lamp, "seats"), AttributeValue(Measure{3, {}}));
  EXPECT_EQ(attribute_text(lamp, "max_load"), "120 kg");
}

TEST_F(Importer, MakesAVariantOfEachCombination) {
  import(shipped("webshop"), {R"({"id": "B1", "title": "Tee", "price": 24.396251, "bullets": ["Soft "], "category_path": ["Men", "Tees"],)"
                              R"( "options": {"size": ["S", "M"], "color": ["Navy blue", "red"]}, "images": [], "description": ""})"});
  const Product tee = product("B1");
  ASSERT_EQ(tee.variants.size(), 4u);
  EXPECT_EQ(tee.variants[0].id.str(), "B1/s/navy-blue");
  EXPECT_EQ(tee.variants[3].options, (std::vector<OptionValue>{{"size", "M"}, {"color", "red"}}));
  EXPECT_EQ(tee.variants[3].price.minor, 2440);
  EXPECT_EQ(tee.variants[3].stock.availability, Availability::kInStock);
  EXPECT_EQ(tee.highlights, (std::vector<std::string>{"Soft"}));
  EXPECT_EQ(tee.categories, (std::vector<std::vector<std::string>>{{"Men", "Tees"}}));
}

TEST_F(Importer, RefusesMoreCombinationsThanTheMapAllows) {
  ImportMap map = shipped("webshop");
  map.options.most_variants = 3;
  const auto report = import(map, {R"({"id": "B1", "title": "Tee", "price": 2, "options": {"size": ["S", "M"], "color": ["a", "b"]}})"});
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_EQ(report.problems.front().field, "options");
}

TEST_F(Importer, TellsWhereJsonIsBroken) {
  const auto report = import(shipped("webshop"), {"{\"id\": \"1\", \"title\": \"A\", \"price\": 1}\n\n{\"id\": \"2\", \"title\": \n[1]\n"
                                                  "{\"id\": \"3\", \"title\": \"B\", \"price\": 1} {}\n{\"id\": \"4\", \"title\": \"B\", \"price\": 1e}\n"});
  ASSERT_EQ(report.problems.size(), 4u);
  EXPECT_EQ(report.problems[0].line, 3u);
  EXPECT_EQ(report.problems[1].line, 4u);
  EXPECT_EQ(report.problems[2].line, 5u);
  EXPECT_EQ(report.problems[3].line, 6u);
}

TEST_F(Importer, TellsOfAQuoteThatIsNeverClosed) {
  const auto report = import(map(kTable), {"id,name,price\n1,Lamp,2\n2,\"Chair,3\n3,Bed,4\n"});
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_NE(format(report.problems.front()).find("opened on line 3"), std::string::npos) << format(report.problems.front());
}

TEST_F(Importer, RefusesRowsThatAreWiderThanTheHeader) {
  const auto report = import(map(kTable), {"id,name,price\n1,Lamp,2,50\n"});
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_NE(report.problems.front().message.find("4 cells"), std::string::npos);
}

TEST_F(Importer, RefusesAnotherCurrencyThanTheShops) {
  import(map(kTable), {"id,name,price\n1,Lamp,2\n"});
  ImportRequest request;
  request.map = map(kTable);
  request.currency = "EUR";
  request.sources.push_back({"goods", "id,name,price\n1,Lamp,2\n"});
  EXPECT_FALSE(import_files(*shop_, request));
  EXPECT_EQ(shop_->catalogue().currency().code(), "USD");
}

TEST_F(Importer, TellsProgressAtLeastAtTheEnd) {
  ImportRequest request;
  request.map = map(kTable);
  request.sources.push_back({"goods", "id,name,price\n1,Lamp,2\n2,Bed,3\n"});
  ImportProgress last;
  request.progress = [&](const ImportProgress& progress) { last = progress; };
  run(request);
  EXPECT_EQ(last.records, 2u);
  EXPECT_EQ(last.bytes, last.total);
}

TEST_F(Importer, KeepsACartThroughAnImport) {
  import(map(kTable), {"id,name,price\n1,Lamp,2\n2,Bed,3\n"});
  const auto cart = shop_->carts().create(IdempotencyKey("k1"));
  ASSERT_TRUE(cart && shop_->carts().add(*cart, VariantId("1"), 1, IdempotencyKey("k2")) &&
              shop_->carts().add(*cart, VariantId("2"), 1, IdempotencyKey("k3")));
  import(map(kTable), {"id,name,price\n1,Lamp,2.50\n"}, true);
  const auto now = shop_->carts().read(*cart);
  ASSERT_TRUE(now);
  ASSERT_EQ(now->lines.size(), 1u);
  EXPECT_EQ(now->total.minor, 250);
}

}  // namespace
}  // namespace floorwalker::embedded
