#include "adapters/embedded/numbers.h"

#include <gtest/gtest.h>

namespace floorwalker::embedded {
namespace {

std::string amount(std::string_view text, const char* currency, AmountFormat format = {}) {
  const auto minor = parse_amount(text, *Currency::parse(currency), format);
  return minor ? std::to_string(*minor) : "no";
}

TEST(Amounts, AreReadExactly) {
  EXPECT_EQ(amount("12.50", "USD"), "1250");
  EXPECT_EQ(amount("0.1", "USD"), "10");
  EXPECT_EQ(amount("1,299", "USD"), "129900");
  EXPECT_EQ(amount("1299", "JPY"), "1299");
  EXPECT_EQ(amount("1.234", "KWD"), "1234");
  EXPECT_EQ(amount("12.500", "USD"), "1250");
  EXPECT_EQ(amount("1e3", "USD"), "100000");
  EXPECT_EQ(amount("1.5E-1", "USD"), "15");
  EXPECT_EQ(amount("US$ 15.00", "USD"), "1500");
  EXPECT_EQ(amount("15.00 usd", "USD"), "1500");
  EXPECT_EQ(amount("€15,00", "EUR", {PriceScale::kMajor, Rounding::kExact, DecimalMark::kAuto}), "1500");
  EXPECT_EQ(amount("4995", "USD", {PriceScale::kMinor, Rounding::kExact, DecimalMark::kPoint}), "4995");
}

TEST(Amounts, AreRefusedWhereTheyWouldHaveToBeGuessed) {
  for (const char* text : {"", "free", "79.795", "-1", "12..5", "12.5.0", "1e99", "15 EUR", "99999999999999999999", "0x10", "1,2,3.4.5", "--5", "nan"}) {
    EXPECT_EQ(amount(text, "USD"), "no") << text;
  }
}

TEST(Amounts, AreRoundedHalfUpWhenTheMapSaysSo) {
  const AmountFormat rounding{PriceScale::kMajor, Rounding::kHalfUp, DecimalMark::kPoint};
  EXPECT_EQ(amount("24.39625120427374", "USD", rounding), "2440");
  EXPECT_EQ(amount("0.005", "USD", rounding), "1");
  EXPECT_EQ(amount("0.0049", "USD", rounding), "0");
}

TEST(Decimals, AreReadWithTheMarksOfManyCountries) {
  const auto value = [](std::string_view text, DecimalMark mark) { return to_double(parse_decimal(text, mark).value_or(Decimal{true, "1", 0})); };
  EXPECT_EQ(value("1.234,5", DecimalMark::kAuto), 1234.5);
  EXPECT_EQ(value("1,234.5", DecimalMark::kAuto), 1234.5);
  EXPECT_EQ(value("1 234,5", DecimalMark::kComma), 1234.5);
  EXPECT_EQ(value("1\xc2\xa0" "234,5", DecimalMark::kComma), 1234.5);
  EXPECT_EQ(value("0.125", DecimalMark::kAuto), 0.125);
  EXPECT_EQ(value("-3", DecimalMark::kPoint), -3);
  EXPECT_EQ(value("5.", DecimalMark::kPoint), 5);
}

}  // namespace
}  // namespace floorwalker::embedded
