#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace floorwalker {

// An ISO 4217 currency code, upper case. Empty ("") only in a default-constructed value.
class Currency {
 public:
  Currency() = default;
  // Nothing unless `code` is three ASCII letters.
  static std::optional<Currency> parse(std::string_view code);

  std::string_view code() const { return {code_.data(), code_[0] ? 3u : 0u}; }
  // Decimal digits of the minor unit: 2 for USD, 0 for JPY, 3 for KWD (ISO 4217, 2024 list).
  int digits() const;
  // "$", "€", "£", "¥" ...; the code itself where there is no well-known sign.
  std::string_view symbol() const;

  auto operator<=>(const Currency&) const = default;

 private:
  std::array<char, 3> code_{};
};

// An amount in whole minor units (cents) of one currency. Never floating point. Arithmetic is the shop's job; here only what the
// verifier and the comparison of prices need. Mixing currencies is a bug: compare currencies first. Money{}, of no currency, is an amount
// that nobody has told.
struct Money {
  std::int64_t minor = 0;
  Currency currency;

  auto operator<=>(const Money&) const = default;
};

// "$1,299.00", "€1,299.00", "¥1,299", "CHF 1,299.00": en-US grouping, as the reply templates write it; "" for one that nobody has told.
std::string format(const Money& money);

// "1299.00": plain decimal in major units, no grouping, no currency.
std::string decimal(const Money& money);

// Reads one decimal amount in major units ("1,299.00", "1.299,00", "1299", "79.5") exactly. Nothing if it is no number, has more
// digits than the currency's minor unit, or does not fit. A single separator followed by three digits is grouping.
std::optional<std::int64_t> parse_minor(std::string_view amount, const Currency& currency);

}  // namespace floorwalker
