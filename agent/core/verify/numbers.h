#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "agent/core/money.h"
#include "agent/core/units.h"
#include "agent/core/verify/tokens.h"

namespace floorwalker::verify {

// A number in a text with what it measures.
struct Number {
  double value = 0;              // as written, in `unit`
  Unit unit;                     // dimension kNone: a bare number
  bool money = false;
  std::int64_t minor = 0;        // of money: whole minor units
  Currency currency;             // of money; empty where only a key or a word says that it is money
  int decimals = 0;              // digits after the point, as written
  bool glued = false;            // touches letters or a sign: "720x1520", "f/1.8"
  std::size_t start = 0, end = 0;  // bytes, with sign and unit
  std::size_t digits_end = 0;
  std::size_t first_token = 0, last_token = 0;  // tokens it covers; last is inclusive

  double canonical() const { return value * unit.scale + unit.offset; }
  bool bare() const { return !money && unit.dimension == Dimension::kNone; }
};

// A calendar day or month; 0 for what is not said.
struct Date {
  int year = 0, month = 0, day = 0;
  std::size_t start = 0, end = 0;
};

// Numbers with units and currencies, in order. Ranges ("5 to 7 days", "2-4 GB", "164 x 75 x 8 mm") share their unit; "14 h 10 min" is one.
// Runs of seven digits and more without a separator are identifiers, network generations ("5G") words: neither is a number. Tokens of
// `text` say where words are.
std::vector<Number> find_numbers(std::string_view text, const std::vector<Token>& tokens, const LexiconData& lexicon);

// Dates in the forms 2026-11-22, November 22(, 2026), 22 Nov 2026, November 2026, 11/22/2026.
std::vector<Date> find_dates(std::string_view text, const std::vector<Token>& tokens, const LexiconData& lexicon);

// Says the same day as far as both say.
bool same_date(const Date& a, const Date& b);

}  // namespace floorwalker::verify
