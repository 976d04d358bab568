#include "agent/core/units.h"

#include <gtest/gtest.h>

namespace floorwalker {
namespace {

Measure measure(std::string_view text) {
  const auto found = parse_measure(text);
  EXPECT_TRUE(found) << text;
  return found.value_or(Measure{});
}

TEST(Units, NormalisesToTheCanonicalUnit) {
  EXPECT_NEAR(measure("15.6 in").canonical(), 39.624, 1e-9);
  EXPECT_NEAR(measure("15.6\"").canonical(), 39.624, 1e-9);
  EXPECT_NEAR(measure("1.2 kg").canonical(), 1200, 1e-9);
  EXPECT_NEAR(measure("1 TB").canonical(), 1000, 1e-9);
  EXPECT_NEAR(measure("50 °F").canonical(), 10, 1e-9);
  EXPECT_NEAR(measure("15 1/2 inches").canonical(), 39.37, 1e-9);
}

TEST(Units, ReadsNumbersInBothConventions) {
  EXPECT_DOUBLE_EQ(measure("1,5 kg").value, 1.5);
  EXPECT_DOUBLE_EQ(measure("1,500 g").value, 1500);
  EXPECT_DOUBLE_EQ(measure("1.234,5 mm").value, 1234.5);
  EXPECT_DOUBLE_EQ(measure("-5 °C").value, -5);
}

TEST(Units, FindsMeasuresInSentences) {
  const auto found = find_measures("a 15.6-inch laptop, 2 x 4 GB, under 1.5kg, 5 in stock");
  ASSERT_EQ(found.size(), 5u);
  EXPECT_EQ(found[0].measure.unit.symbol, "in");
  EXPECT_FALSE(found[1].has_unit);
  EXPECT_EQ(found[2].measure.unit.symbol, "GB");
  EXPECT_EQ(found[3].measure.unit.symbol, "kg");
  EXPECT_FALSE(found[4].has_unit);
}

TEST(Units, TellsInchesFromThePreposition) {
  const auto lengths = [](std::string_view text) {
    int count = 0;
    for (const MeasureSpan& span : find_measures(text)) count += span.measure.unit.dimension == Dimension::kLength;
    return count;
  };
  EXPECT_EQ(lengths("width 54 in and depth 31 in."), 2);
  EXPECT_EQ(lengths("between 59 in and 60.99 in, 17 in against 16.2 in"), 4);
  EXPECT_EQ(lengths("63 in is too wide, 58 in or less"), 2);
  EXPECT_EQ(lengths("5 in stock, 3 in total, 2 in your cart, 4 in Queen, 1 in the second color"), 0);
}

TEST(Units, LeavesIdentifiersAlone) {
  EXPECT_TRUE(find_measures("RTX3060 dv7-1211ea B08QRHVS6N").empty());
}

TEST(Units, TellsPrepositionsFromInches) {
  EXPECT_TRUE(find_measures("55 in TV")[0].has_unit);
  EXPECT_FALSE(find_measures("3 in black")[0].has_unit);
}

TEST(Units, FormatsAsAShopperReadsIt) {
  EXPECT_EQ(format(Measure{15.6, *find_unit("inch")}), "15.6 in");
  EXPECT_EQ(format(Measure{16, *find_unit("gigs")}), "16 GB");
  EXPECT_EQ(format(Measure{12000, *find_unit("g")}), "12,000 g");
  EXPECT_EQ(format(Measure{5, *find_unit("%")}), "5%");
}

TEST(Units, ComparesOnlyWithinOneDimension) {
  EXPECT_TRUE(same_quantity(measure("1.2 kg"), measure("1200 g")));
  EXPECT_FALSE(same_quantity(measure("1.2 kg"), measure("1200 ml")));
  EXPECT_FALSE(convert(measure("1 kg"), *find_unit("ml")));
}

}  // namespace
}  // namespace floorwalker
