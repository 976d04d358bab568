#include "adapters/embedded/numbers.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "adapters/embedded/problems.h"

namespace floorwalker::embedded {

namespace {

constexpr std::int64_t kMostMinor = 1'000'000'000'000;
constexpr std::size_t kMostDigits = 60;

bool digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// Where the fraction starts, or npos.
std::size_t decimal_mark(std::string_view text, DecimalMark mark) {
  if (mark == DecimalMark::kPoint) return text.rfind('.');
  if (mark == DecimalMark::kComma) return text.rfind(',');
  const std::size_t last = text.find_last_of(".,");
  if (last == std::string_view::npos) return last;
  const std::size_t first = text.find_first_of(".,");
  if (text[first] != text[last]) return last;
  const bool leading_zero = first == 1 && text[0] == '0';  // "0.125"
  const bool grouping = first != last || (text.size() - last - 1 == 3 && !leading_zero);
  return grouping ? std::string_view::npos : last;
}

// Length of a separator of thousands at `at`, or 0: point, comma, apostrophe, space, no-break and thin spaces.
std::size_t separator(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == '.' || c == ',' || c == '\'' || c == ' ') return 1;
  if (text.substr(at, 2) == "\xc2\xa0") return 2;
  const std::string_view three = text.substr(at, 3);
  if (three == "\xe2\x80\xaf" || three == "\xe2\x80\x89" || three == "\xe2\x80\x99") return 3;
  return 0;
}

// The digits of a whole number whose thousands may be separated, always by the same and not by `decimal`: "1,299", "12,34,567"
// (lakhs). Nothing for anything else, such as "1,2".
std::optional<std::string> ungrouped(std::string_view text, char decimal) {
  std::string digits;
  std::string_view used;
  std::size_t since = 0;  // digits since the last separator
  for (std::size_t i = 0; i < text.size();) {
    if (digit(text[i])) {
      digits += text[i++];
      ++since;
      continue;
    }
    const std::size_t length = separator(text, i);
    const std::string_view found = text.substr(i, length);
    const bool fits = length > 0 && text[i] != decimal && (used.empty() ? since > 0 : found == used && (since == 2 || since == 3));
    if (!fits) return std::nullopt;
    used = found;
    since = 0;
    i += length;
  }
  if (!used.empty() && since != 3) return std::nullopt;
  return digits;
}

// Takes "e12" off the end; nothing where the exponent is no number.
std::optional<int> take_exponent(std::string_view& text) {
  const auto at = text.find_first_of("eE");
  if (at == std::string_view::npos) return 0;
  int exponent = 0;
  std::string_view rest = text.substr(at + 1);
  if (!rest.empty() && rest.front() == '+') rest.remove_prefix(1);
  const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), exponent);
  if (rest.empty() || parsed.ptr != rest.data() + rest.size() || exponent > 30 || exponent < -30) return std::nullopt;
  text = text.substr(0, at);
  return exponent;
}

// Splits off what stands before and after the number.
struct Amount {
  std::string_view number;
  std::string before, after;
};

Amount split_amount(std::string_view text) {
  text = trimmed(text);
  std::size_t start = 0;
  while (start < text.size() && !digit(text[start]) && text[start] != '-' && text[start] != '.') ++start;
  std::size_t end = text.size();
  while (end > start && !digit(text[end - 1])) --end;
  if (end < text.size() && (text[end] == '.' || text[end] == ',')) ++end;  // "15."
  Amount amount;
  amount.before = trimmed(text.substr(0, start));
  amount.number = text.substr(start, end - start);
  amount.after = trimmed(text.substr(end));
  return amount;
}

bool names(const std::string& word, const Currency& currency) {
  if (word.empty() || word == currency.symbol()) return true;
  std::string upper = word;
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return upper == currency.code() || (word == "$" && currency.symbol().find('$') != std::string_view::npos) ||
         (upper == "US$" && currency.code() == "USD");
}

// digits * 10^shift as a whole number, rounded or refused; nothing if it does not fit.
std::optional<std::int64_t> whole(const Decimal& decimal, int shift, Rounding rounding) {
  std::string digits = decimal.digits;
  const int exponent = decimal.exponent + shift;
  bool up = false;
  if (exponent < 0) {
    const auto drop = static_cast<std::size_t>(-exponent);
    if (digits.size() < drop) digits.insert(0, drop - digits.size(), '0');
    const std::string dropped = digits.substr(digits.size() - drop);
    digits.resize(digits.size() - drop);
    if (rounding == Rounding::kExact && dropped.find_first_not_of('0') != std::string::npos) return std::nullopt;
    up = dropped.front() >= '5';
  } else {
    digits.append(static_cast<std::size_t>(exponent), '0');
  }
  std::int64_t value = 0;
  if (!digits.empty()) {
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (parsed.ec != std::errc()) return std::nullopt;
  }
  return value + (up ? 1 : 0);
}

}  // namespace

std::optional<Decimal> parse_decimal(std::string_view text, DecimalMark mark) {
  text = trimmed(text);
  Decimal decimal;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    decimal.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  const auto exponent = take_exponent(text);
  if (!exponent) return std::nullopt;
  const std::size_t point = std::min(decimal_mark(text, mark), text.size());
  const auto whole_part = ungrouped(text.substr(0, point), point < text.size() ? text[point] : '\0');
  const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  if (!whole_part || !std::all_of(fraction.begin(), fraction.end(), digit)) return std::nullopt;
  const std::string digits = *whole_part + std::string(fraction);
  if (digits.empty() || digits.size() > kMostDigits) return std::nullopt;
  decimal.digits = digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
  decimal.exponent = *exponent - static_cast<int>(fraction.size());
  return decimal;
}

double to_double(const Decimal& decimal) {
  const std::string text = (decimal.negative ? "-" : "") + (decimal.digits.empty() ? "0" : decimal.digits) + "e" + std::to_string(decimal.exponent);
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Result<std::int64_t> parse_amount(std::string_view text, const Currency& currency, const AmountFormat& format) {
  const auto wrong = [&](const std::string& why) { return fail(ErrorKind::kInvalidArgument, in_quotes(text) + " " + why); };
  const Amount amount = split_amount(text);
  const auto decimal = parse_decimal(amount.number, format.mark);
  if (!decimal) return wrong("is no amount; write a decimal number such as 12.50");
  if (!names(amount.before, currency) || !names(amount.after, currency)) {
    return wrong("is not in the shop's currency, " + std::string(currency.code()));
  }
  if (decimal->negative && !decimal->digits.empty()) return wrong("is below zero");
  const int digits = format.scale == PriceScale::kMajor ? currency.digits() : 0;
  if (const auto minor = whole(*decimal, digits, format.rounding)) {
    if (*minor > kMostMinor) return wrong("is too large for a price");
    return *minor;
  }
  if (whole(*decimal, digits, Rounding::kHalfUp)) {
    return wrong("has a fraction finer than " + std::string(currency.code()) + " has; let the map round it (round: true) or mend the price");
  }
  return wrong("is too large for a price");
}

std::optional<std::int64_t> parse_whole(std::string_view text) {
  const auto decimal = parse_decimal(text, DecimalMark::kPoint);
  if (!decimal) return std::nullopt;
  const auto value = whole(*decimal, 0, Rounding::kExact);
  if (!value) return std::nullopt;
  return decimal->negative ? -*value : *value;
}

}  // namespace floorwalker::embedded
