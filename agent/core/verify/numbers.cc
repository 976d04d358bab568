#include "agent/core/verify/numbers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "agent/core/text.h"

namespace floorwalker::verify {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

unsigned char lower(char c) { return static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c + 32 : c); }

struct Sign {
  std::string_view text;
  std::string_view code;
};

constexpr std::array<Sign, 12> kSigns{{{"US$", "USD"}, {"CA$", "CAD"}, {"A$", "AUD"}, {"NZ$", "NZD"}, {"R$", "BRL"}, {"$", "USD"},
                                       {"€", "EUR"}, {"£", "GBP"}, {"₹", "INR"}, {"¥", "JPY"}, {"₩", "KRW"}, {"₪", "ILS"}}};

// Codes that may stand beside an amount; other three-letter words are just words.
constexpr std::array<std::string_view, 20> kCodes{"USD", "EUR", "GBP", "INR", "JPY", "CNY", "CAD", "AUD", "NZD", "CHF",
                                                  "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "BRL", "MXN", "KRW", "TRY"};

std::size_t digits_end_of(std::string_view text, std::size_t start, std::size_t end) {
  std::size_t at = start;
  while (at < end && (digit(text[at]) || ((text[at] == '.' || text[at] == ',') && at + 1 < end && digit(text[at + 1])))) ++at;
  return at;
}

int decimals_of(std::string_view digits) {
  const std::size_t point = digits.find_last_of(".,");
  if (point == std::string_view::npos) return 0;
  const std::size_t after = digits.size() - point - 1;
  return digits[point] == ',' && after == 3 ? 0 : static_cast<int>(after);
}

// Currency sign or code right before `start`; moves `start` over it.
std::string_view currency_before(std::string_view text, std::size_t& start) {
  std::size_t at = start;
  while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '-' || text[at - 1] == '+' || text[at - 1] == '*') && start - at < 3) --at;
  if (at == 0 || !(text[at - 1] == '$' || (text[at - 1] & 0x80) || (text[at - 1] >= 'A' && text[at - 1] <= 'Z'))) return {};
  for (const Sign& sign : kSigns) {
    if (at >= sign.text.size() && text.substr(at - sign.text.size(), sign.text.size()) == sign.text) {
      start = at - sign.text.size();
      return sign.code;
    }
  }
  if (at < 3 || (at > 3 && letter(text[at - 4]))) return {};
  for (std::string_view code : kCodes) {
    if (text.substr(at - 3, 3) == code) {
      start = at - 3;
      return code;
    }
  }
  return {};
}

std::string_view currency_after(std::string_view text, std::size_t& end, const LexiconData& lexicon) {
  std::size_t at = end;
  while (at < text.size() && at < end + 2 && (text[at] == ' ' || text[at] == '*')) ++at;
  for (const Sign& sign : kSigns) {
    if (text.substr(at, sign.text.size()) == sign.text && sign.code != "USD") {
      end = at + sign.text.size();
      return sign.code;
    }
  }
  std::size_t word_end = at;
  while (word_end < text.size() && letter(text[word_end])) ++word_end;
  const std::string_view word = text.substr(at, word_end - at);
  for (std::string_view code : kCodes) {
    if (word == code) {
      end = word_end;
      return code;
    }
  }
  if (word.empty() || word.size() > 12 || !lexicon.begins_currency[lower(word[0])]) return {};
  const auto named = lexicon.currencies.find(text::fold(word));
  if (named == lexicon.currencies.end()) return {};
  end = word_end;
  return named->second;
}

// Exact minor units of the digits; long fractions (float noise of foreign tools) are rounded to the currency's digits.
std::int64_t minor_of(std::string_view digits, double value, const Currency& currency) {
  if (const auto exact = parse_minor(digits, currency)) return *exact;
  return std::llround(value * std::pow(10.0, currency.digits()));
}

// "business days" and the like: unit words of the lexicon that stand a word away from the number.
void take_unit_words(std::string_view text, Number& number, const LexiconData& lexicon) {
  std::size_t at = number.end;
  while (at < text.size() && (text[at] == ' ' || text[at] == '-' || text[at] == '*') && at < number.end + 3) ++at;
  if (at == text.size() || (!(text[at] & 0x80) && !lexicon.begins_unit_word[lower(text[at])])) return;
  const std::string rest = text::fold(text.substr(at, 24));
  for (const auto& [words, symbol] : lexicon.unit_words) {
    if (rest.compare(0, words.size(), words) != 0) continue;
    if (words.size() < rest.size() && letter(rest[words.size()])) continue;
    if (const auto unit = find_unit(symbol)) {
      number.unit = *unit;
      number.end = at + words.size();
      return;
    }
  }
}

// What a joiner between two numbers means: they share a unit.
bool shares_unit(std::string_view between) {
  while (!between.empty() && (between.front() == ' ' || between.front() == '*')) between.remove_prefix(1);
  while (!between.empty() && (between.back() == ' ' || between.back() == '*' || between.back() == '$')) between.remove_suffix(1);
  static constexpr std::array<std::string_view, 12> kJoiners{"-", "–", "—", "to", "x", "X", "×", "by", "/", "or", "and", ", or"};
  return std::find(kJoiners.begin(), kJoiners.end(), between) != kJoiners.end();
}

void share_units(std::string_view text, std::vector<Number>& numbers) {
  for (std::size_t i = numbers.size(); i-- > 1;) {
    Number& before = numbers[i - 1];
    const Number& after = numbers[i];
    if (!before.bare() || after.bare() || before.end > after.start) continue;
    if (!shares_unit(text.substr(before.end, after.start - before.end))) continue;
    if (after.money) continue;
    const std::string_view joiner = text.substr(before.end, after.start - before.end);
    const bool loose = joiner.find("and") != std::string_view::npos || joiner.find("or") != std::string_view::npos;
    if (loose && after.unit.dimension == Dimension::kPercent) continue;
    before.unit = after.unit;
  }
}

// "14 h 10 min", "5 ft 6 in".
void join_composites(std::string_view text, std::vector<Number>& numbers) {
  for (std::size_t i = 0; i + 1 < numbers.size();) {
    Number& first = numbers[i];
    const Number& second = numbers[i + 1];
    const bool dimension = first.unit.dimension == second.unit.dimension && !first.bare() && !first.money && !second.money &&
                           (first.unit.dimension == Dimension::kTime || first.unit.dimension == Dimension::kLength);
    const bool smaller = second.unit.scale < first.unit.scale && second.canonical() < first.unit.scale;
    std::string_view between = second.start >= first.end ? text.substr(first.end, second.start - first.end) : "?";
    while (!between.empty() && between.front() == ' ') between.remove_prefix(1);
    while (!between.empty() && between.back() == ' ') between.remove_suffix(1);
    if (dimension && smaller && (between.empty() || between == "and")) {
      first.value += second.canonical() / first.unit.scale;
      first.end = second.end;
      numbers.erase(numbers.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    } else {
      ++i;
    }
  }
}

bool identifier_digits(std::string_view digits) {
  return digits.size() >= 7 && std::all_of(digits.begin(), digits.end(), digit);
}

// "5G", "4G": a network generation, no mass.
bool network_generation(std::string_view text, const Number& number) {
  return number.unit.dimension == Dimension::kMass && number.end == number.digits_end + 1 && text[number.digits_end] == 'G';
}

// "65K colours": thousands, no temperature.
bool thousands(std::string_view text, const Number& number) {
  return number.unit.dimension == Dimension::kTemperature && number.end == number.digits_end + 1 && text[number.digits_end] == 'K';
}

// "10 T-shirts"; the closing quote of a JSON string.
bool not_a_unit(std::string_view text, const Number& number) {
  if (number.money || number.unit.symbol.empty() || number.end >= text.size() + 1) return false;
  const std::string_view unit = text.substr(number.digits_end, number.end - number.digits_end);
  const bool short_word = number.end + 1 < text.size() && text[number.end] == '-' && letter(text[number.end + 1]) && letter(text[number.end - 1]) && unit.size() <= 2;
  const bool inside_quotes = unit == "\"" && std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(number.start), '"') % 2 == 1;
  const bool ends_there = number.end >= text.size() || text[number.end] == ',' || text[number.end] == '\n' || text[number.end] == '.';
  const bool quoted = unit == "\"" && ((ends_there && (inside_quotes || number.decimals == 2)) || text.find("\":") != std::string_view::npos || (number.start > 0 && text[number.start - 1] == '"'));
  return short_word || quoted;
}

Number read(std::string_view text, const MeasureSpan& span, const LexiconData& lexicon) {
  Number number;
  number.value = span.measure.value;
  number.unit = span.measure.unit;
  number.start = span.start;
  number.end = span.end;
  number.digits_end = digits_end_of(text, span.start, span.end);
  const std::string_view digits = text.substr(span.start, number.digits_end - span.start);
  number.decimals = decimals_of(digits);
  number.glued = span.start > 0 && (letter(text[span.start - 1]) || text[span.start - 1] == '/');
  std::size_t start = number.start;
  std::size_t end = number.digits_end;
  std::string_view code = currency_before(text, start);
  if (code.empty()) code = currency_after(text, end, lexicon);
  if (!code.empty()) {
    number.money = true;
    number.currency = *Currency::parse(code);
    number.minor = minor_of(digits, number.value, number.currency);
    number.unit = {};
    number.start = start;
    number.end = end;
  } else if (!span.has_unit) {
    take_unit_words(text, number, lexicon);
  }
  return number;
}

// "two years", "one inch".
void add_number_words(const std::vector<Token>& tokens, std::vector<Number>& numbers, const LexiconData& lexicon) {
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (!tokens[i].is(WordClass::kNumberWord) || tokens[i + 1].folded.size() < 3) continue;
    const auto word = lexicon.numbers.find(tokens[i].folded);
    if (word == lexicon.numbers.end()) continue;
    const auto unit = find_unit(tokens[i + 1].folded);
    if (!unit || (word->second == 1 && unit->dimension == Dimension::kTime)) continue;  // "one moment", "one second"
    Number number;
    number.value = word->second;
    number.unit = *unit;
    number.start = tokens[i].start;
    number.end = tokens[i + 1].end;
    number.digits_end = tokens[i].end;
    numbers.push_back(number);
  }
}

void locate(std::vector<Number>& numbers, const std::vector<Token>& tokens) {
  std::size_t token = 0;
  for (Number& number : numbers) {
    while (token < tokens.size() && tokens[token].end <= number.start) ++token;
    number.first_token = std::min(token, tokens.empty() ? 0 : tokens.size() - 1);
    std::size_t last = number.first_token;
    while (last + 1 < tokens.size() && tokens[last + 1].start < number.end) ++last;
    number.last_token = last;
  }
}

}  // namespace

std::vector<Number> find_numbers(std::string_view text, const std::vector<Token>& tokens, const LexiconData& lexicon) {
  std::vector<Number> numbers;
  if (std::any_of(text.begin(), text.end(), digit)) {
    for (const MeasureSpan& span : find_measures(text)) {
      Number number = read(text, span, lexicon);
      const std::string_view digits = text.substr(span.start, number.digits_end - span.start);
      if (identifier_digits(digits) && number.bare()) continue;
      if (network_generation(text, number)) continue;
      if (not_a_unit(text, number)) {
        number.unit = {};
        number.end = number.digits_end;
      }
      if (thousands(text, number)) {
        number.value *= 1000;
        number.unit = {};
      }
      if (!numbers.empty() && number.start < numbers.back().end) number.start = numbers.back().end;
      numbers.push_back(std::move(number));
    }
  }
  const std::size_t from_digits = numbers.size();
  add_number_words(tokens, numbers, lexicon);
  if (numbers.size() > from_digits) {
    std::stable_sort(numbers.begin(), numbers.end(), [](const Number& a, const Number& b) { return a.start < b.start; });
  }
  share_units(text, numbers);
  join_composites(text, numbers);
  locate(numbers, tokens);
  return numbers;
}

namespace {

int whole(std::string_view digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc{} && end == digits.data() + digits.size() ? value : -1;
}

// "22", "22nd".
int day_of(std::string_view word) {
  std::size_t digits = 0;
  while (digits < word.size() && digit(word[digits])) ++digits;
  const std::string_view rest = word.substr(digits);
  if (digits == 0 || digits > 2 || !(rest.empty() || rest == "st" || rest == "nd" || rest == "rd" || rest == "th")) return 0;
  const int day = whole(word.substr(0, digits));
  return day >= 1 && day <= 31 ? day : 0;
}

int year_of(std::string_view word) {
  const int year = word.size() == 4 ? whole(word) : 0;
  return year >= 1900 && year < 2100 ? year : 0;
}

void add_written_dates(const std::vector<Token>& tokens, const LexiconData& lexicon, std::vector<Date>& dates) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!tokens[i].is(WordClass::kMonth) || !tokens[i].capital) continue;
    const auto month = lexicon.months.find(tokens[i].folded);
    if (month == lexicon.months.end()) continue;
    Date date{0, month->second, 0, tokens[i].start, tokens[i].end};
    const auto next = [&](std::size_t k) { return i + k < tokens.size() ? std::string_view(tokens[i + k].folded) : std::string_view(); };
    std::size_t last = i;
    if (day_of(next(1))) {
      date.day = day_of(next(1));
      last = i + 1;
      if (year_of(next(2))) {
        date.year = year_of(next(2));
        last = i + 2;
      }
    } else if (year_of(next(1))) {
      date.year = year_of(next(1));
      last = i + 1;
    }
    if (i > 0 && date.day == 0 && day_of(tokens[i - 1].folded)) {
      date.day = day_of(tokens[i - 1].folded);
      date.start = tokens[i - 1].start;
    } else if (i > 0 && date.year == 0 && year_of(tokens[i - 1].folded)) {
      date.year = year_of(tokens[i - 1].folded);
      date.start = tokens[i - 1].start;
    }
    date.end = tokens[last].end;
    if (date.day || date.year) dates.push_back(date);
  }
}

void add_numeric_dates(std::string_view text, std::vector<Date>& dates) {
  for (std::size_t at = 0; at + 7 < text.size(); ++at) {
    if (!digit(text[at]) || (at > 0 && (digit(text[at - 1]) || text[at - 1] == '-'))) continue;
    const auto number = [&](std::size_t from, std::size_t length) { return from + length <= text.size() ? whole(text.substr(from, length)) : -1; };
    if (at + 10 <= text.size() && text[at + 4] == '-' && text[at + 7] == '-' && year_of(text.substr(at, 4)) && number(at + 5, 2) > 0 && number(at + 8, 2) > 0) {
      dates.push_back({number(at, 4), number(at + 5, 2), number(at + 8, 2), at, at + 10});
    }
    const std::size_t slash = text.substr(0, at + 3).find('/', at);
    if (slash == std::string_view::npos) continue;
    const std::size_t second = text.substr(0, slash + 4).find('/', slash + 1);
    if (second == std::string_view::npos || second + 5 > text.size() || !year_of(text.substr(second + 1, 4))) continue;
    const int month = number(at, slash - at);
    const int day = number(slash + 1, second - slash - 1);
    if (month >= 1 && month <= 12 && day >= 1 && day <= 31) dates.push_back({number(second + 1, 4), month, day, at, second + 5});
  }
}

}  // namespace

std::vector<Date> find_dates(std::string_view text, const std::vector<Token>& tokens, const LexiconData& lexicon) {
  std::vector<Date> dates;
  if (std::none_of(text.begin(), text.end(), digit)) return dates;
  add_written_dates(tokens, lexicon, dates);
  add_numeric_dates(text, dates);
  std::sort(dates.begin(), dates.end(), [](const Date& a, const Date& b) { return a.start < b.start; });
  return dates;
}

bool same_date(const Date& a, const Date& b) {
  const auto agree = [](int x, int y) { return x == 0 || y == 0 || x == y; };
  const bool something = (a.day && b.day) || (a.month && b.month) || (a.year && b.year);
  return something && agree(a.day, b.day) && agree(a.month, b.month) && agree(a.year, b.year);
}

}  // namespace floorwalker::verify
