#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/money.h"
#include "agent/core/result.h"

// Numbers as files write them: "1,299.00", "1.299,00 EUR", "$15", 24.396251, 1e3.
namespace floorwalker::embedded {

// What separates the fraction.
enum class DecimalMark {
  kPoint,
  kComma,
  kAuto,  // the last of two different separators; a single one unless exactly three digits follow it
};

// A decimal number taken apart exactly: digits * 10^exponent.
struct Decimal {
  bool negative = false;
  std::string digits;  // without leading zeros; "" for zero
  int exponent = 0;
};

// Nothing unless all of `text` is a number, with separators of thousands or without.
std::optional<Decimal> parse_decimal(std::string_view text, DecimalMark mark);

double to_double(const Decimal& decimal);

enum class PriceScale { kMajor, kMinor };
enum class Rounding { kExact, kHalfUp };

// How a map reads amounts.
struct AmountFormat {
  PriceScale scale = PriceScale::kMajor;
  Rounding rounding = Rounding::kExact;  // kExact: more digits than the currency has are an error
  DecimalMark mark = DecimalMark::kPoint;
};

// Minor units of the amount in `text`, which may name the currency before or after the number. Fails with kInvalidArgument, in words,
// for no amount, another currency, a negative amount, too many digits or one past 10^12 minor units.
Result<std::int64_t> parse_amount(std::string_view text, const Currency& currency, const AmountFormat& format);

// A whole number, "12" or "12.0"; nothing for anything else.
std::optional<std::int64_t> parse_whole(std::string_view text);

}  // namespace floorwalker::embedded
