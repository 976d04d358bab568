#include <gtest/gtest.h>

#include "adapters/embedded/import_map.h"

namespace floorwalker::embedded {
namespace {

std::string error_of(const std::string& yaml) {
  const auto map = load_map(yaml, "m.yaml");
  EXPECT_FALSE(map);
  return map ? "" : map.error().message;
}

const std::string kSmall = "map: m\nproduct: {id: id, title: name}\nvariant: {price: price}\n";

TEST(ImportMap, ReadsTheSmallestMap) {
  const auto map = load_map(kSmall, "m.yaml");
  ASSERT_TRUE(map) << map.error().message;
  EXPECT_EQ(map->format, RowFormat::kJsonLines);
  EXPECT_EQ(map->id.from.front().name, "id");
}

TEST(ImportMap, TellsAnUnknownKeyWithItsPlaceAndTheNearestKnownOne) {
  EXPECT_EQ(error_of(kSmall + "attributes:\n  prefixs: {}\n"),
            "m.yaml:5:3: attributes: unknown key \"prefixs\"; did you mean \"prefixes\"?");
}

TEST(ImportMap, TellsEveryMistakeAtOnce) {
  const std::string error = error_of("map: m\nformat: xml\nproduct: {title: [a, [b]]}\nduplicates: maybe\nliteral_newlines: 7\n");
  for (const char* part : {"m.yaml:2:9: format: \"xml\" must be one of jsonl, csv, tsv or native", "m.yaml:3:", "m.yaml:4:13: duplicates",
                           "literal_newlines: must be true or false", "product.id: is missing", "variant.price: is missing"}) {
    EXPECT_NE(error.find(part), std::string::npos) << part << "\n" << error;
  }
}

TEST(ImportMap, TellsUnitsAndCurrenciesItDoesNotKnow) {
  EXPECT_NE(error_of(kSmall + "attributes: {units: {weight: stones}}\n").find("unknown unit \"stones\""), std::string::npos);
  EXPECT_NE(error_of(kSmall + "shop: {currency: Dollar}\n").find("no ISO code"), std::string::npos);
}

TEST(ImportMap, TellsAKeyThatIsToldTwice) {
  EXPECT_NE(error_of(kSmall + "map: n\n").find("m.yaml:4:1: map: \"map\" is told twice"), std::string::npos);
}

TEST(ImportMap, TellsWhereTheYamlIsBroken) {
  EXPECT_EQ(error_of("map: [\n").substr(0, 7), "m.yaml:");
  EXPECT_NE(error_of("- a\n- b\n").find("must hold keys and values"), std::string::npos);
  EXPECT_FALSE(error_of("").empty());
}

}  // namespace
}  // namespace floorwalker::embedded
