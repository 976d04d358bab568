#include "agent/core/money.h"

#include <gtest/gtest.h>

namespace floorwalker {
namespace {

const Currency kUsd = *Currency::parse("usd");
const Currency kYen = *Currency::parse("JPY");

TEST(Money, FormatsAsAShopperReadsIt) {
  EXPECT_EQ(format(Money{129900, kUsd}), "$1,299.00");
  EXPECT_EQ(format(Money{-5, kUsd}), "-$0.05");
  EXPECT_EQ(format(Money{1299, kYen}), "¥1,299");
  EXPECT_EQ(format(Money{129900, *Currency::parse("CHF")}), "CHF 1,299.00");
}

TEST(Money, ReadsAmountsInBothConventions) {
  EXPECT_EQ(parse_minor("1,299.00", kUsd), 129900);
  EXPECT_EQ(parse_minor("1.299,00", kUsd), 129900);
  EXPECT_EQ(parse_minor("1,299", kUsd), 129900);
  EXPECT_EQ(parse_minor("79.5", kUsd), 7950);
  EXPECT_EQ(parse_minor("-0.05", kUsd), -5);
}

TEST(Money, RefusesWhatIsNoExactAmount) {
  EXPECT_FALSE(parse_minor("79.7951", kUsd));
  EXPECT_FALSE(parse_minor("abc", kUsd));
  EXPECT_FALSE(parse_minor("", kUsd));
  EXPECT_FALSE(parse_minor("1.5", kYen));
  EXPECT_FALSE(parse_minor("99999999999999999999", kUsd));
}

}  // namespace
}  // namespace floorwalker
