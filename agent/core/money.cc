#include "agent/core/money.h"

#include <algorithm>
#include <cctype>
#include <limits>

namespace floorwalker {
namespace {

struct CurrencyFacts {
  std::string_view code;
  int digits;
  std::string_view symbol;
};

// Only currencies that differ from "two digits, no sign of its own".
constexpr CurrencyFacts kFacts[] = {
    {"USD", 2, "$"},  {"EUR", 2, "€"},   {"GBP", 2, "£"},   {"JPY", 0, "¥"},   {"CNY", 2, "CN¥"}, {"INR", 2, "₹"},
    {"KRW", 0, "₩"},  {"CAD", 2, "CA$"}, {"AUD", 2, "A$"},  {"NZD", 2, "NZ$"}, {"BRL", 2, "R$"},  {"MXN", 2, "MX$"},
    {"VND", 0, "₫"},  {"ILS", 2, "₪"},   {"CLP", 0, "CLP"}, {"ISK", 0, "ISK"}, {"KWD", 3, "KWD"}, {"BHD", 3, "BHD"},
    {"OMR", 3, "OMR"}, {"JOD", 3, "JOD"}, {"TND", 3, "TND"}, {"XAF", 0, "FCFA"}, {"XOF", 0, "CFA"}, {"UGX", 0, "UGX"},
};

const CurrencyFacts* facts(std::string_view code) {
  const auto* found = std::find_if(std::begin(kFacts), std::end(kFacts), [&](const auto& f) { return f.code == code; });
  return found == std::end(kFacts) ? nullptr : found;
}

std::string group_thousands(std::uint64_t whole) {
  std::string digits = std::to_string(whole);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

struct Split {
  std::uint64_t whole;
  std::string fraction;  // exactly `digits` characters
};

Split split(const Money& money) {
  const int digits = money.currency.digits();
  std::uint64_t scale = 1;
  for (int i = 0; i < digits; ++i) scale *= 10;
  const auto magnitude = money.minor < 0 ? ~static_cast<std::uint64_t>(money.minor) + 1 : static_cast<std::uint64_t>(money.minor);
  std::string fraction = std::to_string(magnitude % scale);
  if (digits == 0) fraction.clear();
  while (static_cast<int>(fraction.size()) < digits) fraction.insert(0, "0");
  return {magnitude / scale, fraction};
}

// Where the decimal point is, or npos: the last of two different separators; a single one unless three digits follow it.
std::size_t decimal_point(std::string_view text) {
  const std::size_t last = text.find_last_of(".,");
  if (last == std::string_view::npos) return last;
  const std::size_t first = text.find_first_of(".,");
  if (text[first] != text[last]) return last;
  const bool repeated = first != last;
  const bool groups = text.size() - last - 1 == 3;
  return repeated || groups ? std::string_view::npos : last;
}

}  // namespace

std::optional<Currency> Currency::parse(std::string_view code) {
  if (code.size() != 3 || !std::all_of(code.begin(), code.end(), [](unsigned char c) { return std::isalpha(c); })) return std::nullopt;
  Currency currency;
  std::transform(code.begin(), code.end(), currency.code_.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return currency;
}

int Currency::digits() const {
  const CurrencyFacts* known = facts(code());
  return known ? known->digits : 2;
}

std::string_view Currency::symbol() const {
  const CurrencyFacts* known = facts(code());
  return known ? known->symbol : code();
}

std::string format(const Money& money) {
  if (money == Money{}) return {};
  const Split parts = split(money);
  const std::string_view symbol = money.currency.symbol();
  std::string text = money.minor < 0 ? "-" : "";
  text += symbol;
  if (symbol == money.currency.code()) text += " ";
  text += group_thousands(parts.whole);
  if (!parts.fraction.empty()) text += "." + parts.fraction;
  return text;
}

std::string decimal(const Money& money) {
  const Split parts = split(money);
  return (money.minor < 0 ? "-" : "") + std::to_string(parts.whole) + (parts.fraction.empty() ? "" : "." + parts.fraction);
}

std::optional<std::int64_t> parse_minor(std::string_view amount, const Currency& currency) {
  const bool negative = !amount.empty() && amount.front() == '-';
  if (negative) amount.remove_prefix(1);
  const std::size_t point = decimal_point(amount);
  std::int64_t minor = 0;
  int fraction_digits = 0;
  bool any_digit = false;
  for (std::size_t i = 0; i < amount.size(); ++i) {
    const char c = amount[i];
    if (c == '.' || c == ',' || c == '\'' || c == ' ') {
      if (i > point) return std::nullopt;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    if (minor > (std::numeric_limits<std::int64_t>::max() - 9) / 10) return std::nullopt;
    minor = minor * 10 + (c - '0');
    any_digit = true;
    if (point != std::string_view::npos && i > point) ++fraction_digits;
  }
  if (!any_digit || fraction_digits > currency.digits()) return std::nullopt;
  for (; fraction_digits < currency.digits(); ++fraction_digits) {
    if (minor > std::numeric_limits<std::int64_t>::max() / 10) return std::nullopt;
    minor *= 10;
  }
  return negative ? -minor : minor;
}

}  // namespace floorwalker
