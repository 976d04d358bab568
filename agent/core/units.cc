#include "agent/core/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <unordered_map>

#include "agent/core/text.h"

namespace floorwalker {
namespace {

struct UnitFacts {
  Unit unit;
  std::vector<std::string_view> spellings;  // folded, unless they hold an upper-case letter: then exact
};

constexpr double kInch = 2.54;

using D = Dimension;

// Of what is seen and felt: lengths, volumes, weights, times.
std::vector<UnitFacts> everyday_units() {
  return {
      {{"cm", D::kLength, 1, 0}, {"cm", "cms", "centimeter", "centimeters", "centimetre", "centimetres"}},
      {{"mm", D::kLength, 0.1, 0}, {"mm", "millimeter", "millimeters", "millimetre", "millimetres"}},
      {{"m", D::kLength, 100, 0}, {"m", "meter", "meters", "metre", "metres", "mtr"}},
      {{"km", D::kLength, 100000, 0}, {"km", "kilometer", "kilometers", "kilometre", "kilometres"}},
      {{"in", D::kLength, kInch, 0}, {"in", "inch", "inches", "\"", "''", "in."}},
      {{"ft", D::kLength, 12 * kInch, 0}, {"ft", "foot", "feet", "ft."}},
      {{"yd", D::kLength, 36 * kInch, 0}, {"yd", "yard", "yards"}},
      {{"µm", D::kLength, 0.0001, 0}, {"um", "micron", "microns", "micrometer", "micrometers"}},
      {{"nm", D::kLength, 1e-7, 0}, {"nm", "nanometer", "nanometers", "nanometre"}},
      {{"m²", D::kArea, 1, 0}, {"m2", "sqm", "sq m", "square meters", "square metres"}},
      {{"ft²", D::kArea, 0.09290304, 0}, {"ft2", "sqft", "sq ft", "square feet"}},
      {{"ml", D::kVolume, 1, 0}, {"ml", "milliliter", "milliliters", "millilitre", "millilitres"}},
      {{"cl", D::kVolume, 10, 0}, {"cl", "centiliter", "centilitre"}},
      {{"l", D::kVolume, 1000, 0}, {"l", "liter", "liters", "litre", "litres"}},
      {{"fl oz", D::kVolume, 29.5735295625, 0}, {"fl oz", "fl. oz", "fl. oz.", "fluid ounce", "fluid ounces", "floz"}},
      {{"gal", D::kVolume, 3785.411784, 0}, {"gal", "gallon", "gallons"}},
      {{"pt", D::kVolume, 473.176473, 0}, {"pt", "pint", "pints"}},
      {{"qt", D::kVolume, 946.352946, 0}, {"qt", "quart", "quarts"}},
      {{"g", D::kMass, 1, 0}, {"g", "gr", "gram", "grams", "gramme", "grammes"}},
      {{"kg", D::kMass, 1000, 0}, {"kg", "kgs", "kilo", "kilos", "kilogram", "kilograms"}},
      {{"mg", D::kMass, 0.001, 0}, {"mg", "milligram", "milligrams"}},
      {{"t", D::kMass, 1e6, 0}, {"tonne", "tonnes"}},
      {{"lb", D::kMass, 453.59237, 0}, {"lb", "lbs", "lb.", "lbs.", "pound", "pounds"}},
      {{"oz", D::kMass, 28.349523125, 0}, {"oz", "oz.", "ounce", "ounces"}},
      {{"s", D::kTime, 1, 0}, {"s", "sec", "secs", "second", "seconds"}},
      {{"ms", D::kTime, 0.001, 0}, {"ms", "millisecond", "milliseconds"}},
      {{"min", D::kTime, 60, 0}, {"min", "mins", "minute", "minutes"}},
      {{"h", D::kTime, 3600, 0}, {"h", "hr", "hrs", "hour", "hours"}},
      {{"day", D::kTime, 86400, 0}, {"day", "days"}},
      {{"week", D::kTime, 604800, 0}, {"week", "weeks"}},
      {{"month", D::kTime, 2629800, 0}, {"month", "months"}},
      {{"year", D::kTime, 31557600, 0}, {"year", "years", "yr", "yrs"}},
  };
}

// Of what machines are measured by.
std::vector<UnitFacts> technical_units() {
  return {
      {{"GB", D::kData, 1, 0}, {"gb", "GB", "gib", "gig", "gigs", "gigabyte", "gigabytes", "go"}},
      {{"MB", D::kData, 0.001, 0}, {"mb", "MB", "mib", "meg", "megs", "megabyte", "megabytes"}},
      {{"KB", D::kData, 1e-6, 0}, {"kb", "KB", "kib", "kilobyte", "kilobytes"}},
      {{"TB", D::kData, 1000, 0}, {"tb", "TB", "tib", "terabyte", "terabytes", "to"}},
      {{"Mbit/s", D::kDataRate, 1, 0}, {"mbit/s", "mbps", "Mbps", "mbits/s", "megabit", "megabits"}},
      {{"Gbit/s", D::kDataRate, 1000, 0}, {"gbit/s", "gbps", "Gbps", "gigabit", "gigabits"}},
      {{"MB/s", D::kDataRate, 8, 0}, {"mb/s", "MB/s", "MBps"}},
      {{"GB/s", D::kDataRate, 8000, 0}, {"gb/s", "GB/s", "GBps"}},
      {{"MHz", D::kFrequency, 1, 0}, {"mhz", "megahertz"}},
      {{"GHz", D::kFrequency, 1000, 0}, {"ghz", "gigahertz"}},
      {{"kHz", D::kFrequency, 0.001, 0}, {"khz", "kilohertz"}},
      {{"Hz", D::kFrequency, 1e-6, 0}, {"hz", "hertz"}},
      {{"W", D::kPower, 1, 0}, {"w", "watt", "watts"}},
      {{"kW", D::kPower, 1000, 0}, {"kw", "kilowatt", "kilowatts"}},
      {{"mW", D::kPower, 0.001, 0}, {"mW", "milliwatt", "milliwatts"}},
      {{"Wh", D::kEnergy, 1, 0}, {"wh", "watt hours", "watt-hours", "watt hour"}},
      {{"kWh", D::kEnergy, 1000, 0}, {"kwh", "kilowatt hours"}},
      {{"mAh", D::kCharge, 1, 0}, {"mah", "milliamp hours"}},
      {{"Ah", D::kCharge, 1000, 0}, {"ah", "amp hours"}},
      {{"V", D::kVoltage, 1, 0}, {"v", "volt", "volts"}},
      {{"kV", D::kVoltage, 1000, 0}, {"kv", "kilovolt", "kilovolts"}},
      {{"A", D::kCurrent, 1, 0}, {"A", "amp", "amps", "ampere", "amperes"}},
      {{"mA", D::kCurrent, 0.001, 0}, {"ma", "milliamp", "milliamps"}},
      {{"MP", D::kPixels, 1, 0}, {"mp", "megapixel", "megapixels", "mpx", "mpix"}},
      {{"°C", D::kTemperature, 1, 0}, {"°c", "c", "celsius", "degrees celsius"}},
      {{"°F", D::kTemperature, 5.0 / 9.0, -160.0 / 9.0}, {"°f", "f", "fahrenheit", "degrees fahrenheit"}},
      {{"K", D::kTemperature, 1, -273.15}, {"K", "kelvin"}},
      {{"cd/m²", D::kLuminance, 1, 0}, {"cd/m2", "cd/m²", "nit", "nits"}},
      {{"lm", D::kFlux, 1, 0}, {"lm", "lumen", "lumens"}},
      {{"dB", D::kLoudness, 1, 0}, {"db", "decibel", "decibels", "db(a)", "dba"}},
      {{"%", D::kPercent, 1, 0}, {"%", "percent", "per cent"}},
      {{"rpm", D::kRotation, 1, 0}, {"rpm"}},
      {{"bar", D::kPressure, 1, 0}, {"bar"}},
      {{"psi", D::kPressure, 0.0689475729, 0}, {"psi"}},
      {{"°", D::kAngle, 1, 0}, {"°", "deg", "degree", "degrees"}},
      {{"dpi", D::kResolutionDensity, 1, 0}, {"dpi", "ppi"}},
  };
}

// The first unit of each dimension with scale 1 is the canonical one.
const std::vector<UnitFacts>& table() {
  static const std::vector<UnitFacts> units = [] {
    std::vector<UnitFacts> all = everyday_units();
    for (UnitFacts one : technical_units()) all.push_back(std::move(one));
    return all;
  }();
  return units;
}

// Spelling -> unit. Exact spellings (with capitals) win over folded ones.
const std::unordered_map<std::string_view, const Unit*>& spellings() {
  static const auto map = [] {
    std::unordered_map<std::string_view, const Unit*> built;
    for (const UnitFacts& facts : table()) {
      built.emplace(facts.unit.symbol, &facts.unit);
      for (std::string_view spelling : facts.spellings) built.emplace(spelling, &facts.unit);
    }
    return built;
  }();
  return map;
}

// Longest spelling, in bytes, that find_measures tries after a number.
constexpr std::size_t kLongestSpelling = 18;

// A symbol that is also an everyday word or letter counts only when it touches the number or stands alone after it.
bool word_byte(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c & 0x80) || c == '_'; }

struct UnitSpan {
  const Unit* unit = nullptr;
  std::size_t end = 0;
};

// "in" is also a preposition ("5 in stock"), "to" French terabytes and "a", "c", "f", "k", "m", "s" letters: after a space these need care.
bool ambiguous_after_space(std::string_view spelling) {
  static constexpr std::array<std::string_view, 5> kWords{"in", "to", "go", "A", "c"};
  return std::find(kWords.begin(), kWords.end(), spelling) != kWords.end();
}

// After "in" with a space: a unit only at the end, before punctuation, or before a word that is no article or noun of place.
bool in_is_unit(std::string_view text, std::size_t after) {
  while (after < text.size() && text[after] == ' ') ++after;
  if (after == text.size()) return true;
  if (!word_byte(text[after])) return text[after] != '$';
  const std::string rest = text::fold(text.substr(after, 12));
  for (std::string_view word : {"x ", "by ", "wide", "tall", "deep", "long", "high", "thick", "screen", "display", "diagonal", "tv", "monitor", "laptop",
                                "and ", "or ", "against ", "versus ", "vs", "instead ", "than ", "to ", "is ", "are ", "but ", "apart"}) {
    if (rest.compare(0, word.size(), word) == 0) return true;
  }
  return false;
}

char lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// The lengths, as bits, of the spellings that begin with each lower-case byte: most words after a number are no unit, and say so here.
const std::array<std::uint32_t, 256>& lengths_by_first() {
  static const auto lengths = [] {
    std::array<std::uint32_t, 256> built{};
    for (const auto& [spelling, unit] : spellings()) {
      if (spelling.size() <= kLongestSpelling) built[static_cast<unsigned char>(lower_ascii(spelling[0]))] |= 1U << spelling.size();
    }
    return built;
  }();
  return lengths;
}

const Unit* spelled(std::string_view raw) {
  const auto& map = spellings();
  auto found = map.find(raw);
  if (found != map.end()) return found->second;
  std::array<char, kLongestSpelling> low{};
  bool ascii = raw.size() <= low.size();
  for (std::size_t i = 0; ascii && i < raw.size(); ++i) {
    ascii = !(raw[i] & 0x80);
    low[i] = lower_ascii(raw[i]);
  }
  found = ascii ? map.find(std::string_view(low.data(), raw.size())) : map.find(text::fold(raw));
  return found == map.end() ? nullptr : found->second;
}

UnitSpan unit_at(std::string_view text, std::size_t at, bool after_space) {
  const std::size_t longest = std::min(text.size() - at, kLongestSpelling);
  std::size_t ascii = 0;
  while (ascii < longest && !(text[at + ascii] & 0x80)) ++ascii;
  const std::uint32_t lengths = lengths_by_first()[static_cast<unsigned char>(lower_ascii(text[at]))];
  for (std::size_t length = longest; length > 0; --length) {
    if (length <= ascii && !(lengths >> length & 1U)) continue;
    const std::string_view raw = text.substr(at, length);
    if (at + length < text.size() && word_byte(raw.back()) && word_byte(text[at + length])) continue;
    const Unit* unit = spelled(raw);
    if (!unit) continue;
    if (after_space && ambiguous_after_space(raw) && !(raw == "in" && in_is_unit(text, at + length))) continue;
    return {unit, at + length};
  }
  return {};
}

struct NumberSpan {
  double value = 0;
  std::size_t end = 0;
};

bool digit(char c) { return c >= '0' && c <= '9'; }

// Reads "1,234.5", "1.234,5", "15.6", "1 234" is two numbers. A single separator before exactly three digits is grouping only for a comma.
NumberSpan read_number(std::string_view text, std::size_t at) {
  std::size_t end = at;
  std::size_t last_separator = std::string_view::npos;
  char last_char = 0;
  int separators = 0;
  bool mixed = false;
  while (end < text.size()) {
    if (digit(text[end])) {
      ++end;
    } else if ((text[end] == '.' || text[end] == ',') && end + 1 < text.size() && digit(text[end + 1])) {
      mixed = mixed || (separators > 0 && text[end] != last_char);
      last_char = text[end];
      last_separator = end++;
      ++separators;
    } else {
      break;
    }
  }
  bool decimal = separators > 0;
  if (separators == 1 && last_char == ',' && end - last_separator - 1 == 3) decimal = false;
  if (separators > 1 && !mixed) decimal = false;
  std::array<char, 64> plain{};
  std::size_t length = 0;
  for (std::size_t i = at; i < end && length < plain.size() - 1; ++i) {
    if (digit(text[i])) plain[length++] = text[i];
    if (i == last_separator && decimal) plain[length++] = '.';
  }
  double value = 0;
  std::from_chars(plain.data(), plain.data() + length, value);
  return {value, end};
}

// "1/2", "3/4" and the vulgar fraction characters after a whole number ("15 1/2 in").
double fraction_after(std::string_view text, std::size_t& end) {
  static constexpr std::pair<std::string_view, double> kSigns[] = {{"½", 0.5}, {"¼", 0.25}, {"¾", 0.75}};
  for (const auto& [sign, value] : kSigns) {
    if (text.substr(end, sign.size()) == sign) {
      end += sign.size();
      return value;
    }
  }
  std::size_t at = end;
  if (at < text.size() && (text[at] == ' ' || text[at] == '-')) ++at;
  if (at + 2 < text.size() && digit(text[at]) && text[at + 1] == '/' && digit(text[at + 2]) && text[at + 2] != '0' &&
      (at + 3 == text.size() || !digit(text[at + 3])) && text[at] < text[at + 2]) {
    end = at + 3;
    return double(text[at] - '0') / (text[at + 2] - '0');
  }
  return 0;
}

std::string plain_number(double value, int decimals) {
  std::string text = fmt::format("{:.{}f}", value, decimals);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::size_t first = text[0] == '-' ? 1 : 0;
  if (point - first > 4) {
    for (std::size_t at = point; at > first + 3; at -= 3) text.insert(at - 3, ",");
  }
  return text == "-0" ? "0" : text;
}

// "1.5 TB" is written with a space, "5%" and "90°" without.
bool touches_number(std::string_view symbol) { return symbol == "%" || symbol == "°"; }

}  // namespace

std::optional<Unit> find_unit(std::string_view spelling) {
  const Unit* unit = spelled(spelling);
  if (!unit) return std::nullopt;
  return *unit;
}

const Unit& canonical_unit(Dimension dimension) {
  static const Unit none;
  for (const UnitFacts& facts : table()) {
    if (facts.unit.dimension == dimension && facts.unit.scale == 1 && facts.unit.offset == 0) return facts.unit;
  }
  return none;
}

std::optional<Measure> convert(const Measure& measure, const Unit& unit) {
  if (measure.unit.dimension != unit.dimension || unit.scale == 0) return std::nullopt;
  return Measure{(measure.canonical() - unit.offset) / unit.scale, unit};
}

bool same_quantity(const Measure& a, const Measure& b, double tolerance) {
  if (a.unit.dimension != b.unit.dimension) return false;
  const double x = a.canonical();
  const double y = b.canonical();
  return std::abs(x - y) <= tolerance * std::max(std::abs(x), std::abs(y)) + 1e-12;
}

std::string format(const Measure& measure, int decimals) {
  std::string text = plain_number(measure.value, decimals);
  if (measure.unit.symbol.empty()) return text;
  if (!touches_number(measure.unit.symbol)) text += " ";
  const bool word = measure.unit.symbol == "day" || measure.unit.symbol == "week" || measure.unit.symbol == "month" || measure.unit.symbol == "year";
  return text + measure.unit.symbol + (word && measure.value != 1 ? "s" : "");
}

// Whether the text ends in the sign of a currency of more than one byte, which is no letter: "€70".
bool ends_in_currency_sign(std::string_view text) {
  return text.ends_with("€") || text.ends_with("£") || text.ends_with("¥");
}

std::vector<MeasureSpan> find_measures(std::string_view text) {
  std::vector<MeasureSpan> found;
  for (std::size_t at = 0; at < text.size();) {
    const bool leading_point = text[at] == '.' && at + 1 < text.size() && digit(text[at + 1]);
    if (!digit(text[at]) && !leading_point) {
      ++at;
      continue;
    }
    const bool letter_before = at > 0 && word_byte(text[at - 1]) && !ends_in_currency_sign(text.substr(0, at));
    const bool inside_word = at > 0 && (letter_before || (text[at - 1] == '-' && at > 1 && word_byte(text[at - 2]) && !digit(text[at - 2])));
    NumberSpan number = read_number(text, leading_point ? at + 1 : at);
    if (leading_point) number.value /= std::pow(10.0, static_cast<double>(number.end - at - 1));
    std::size_t end = number.end;
    number.value += fraction_after(text, end);
    MeasureSpan span{{number.value, {}}, at, end, false};
    std::size_t unit_start = end;
    while (unit_start < text.size() && unit_start < end + 2 && (text[unit_start] == ' ' || text[unit_start] == '-')) ++unit_start;
    const UnitSpan unit = unit_start < text.size() ? unit_at(text, unit_start, unit_start > end && text[end] == ' ') : UnitSpan{};
    if (unit.unit) {
      span.measure.unit = *unit.unit;
      span.end = unit.end;
      span.has_unit = true;
    }
    const bool glued = !unit.unit && end < text.size() && word_byte(text[end]) && text[end] != 'x' && text[end] != 'X';
    if (!inside_word && !glued) found.push_back(span);
    at = std::max(span.end, end);
    if (inside_word || glued) {
      while (at < text.size() && word_byte(text[at])) ++at;
    }
  }
  return found;
}

std::optional<Measure> parse_measure(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  const std::vector<MeasureSpan> spans = find_measures(text);
  if (spans.size() != 1 || spans[0].start != 0 || spans[0].end != text.size()) return std::nullopt;
  Measure measure = spans[0].measure;
  if (negative) measure.value = -measure.value;
  return measure;
}

}  // namespace floorwalker
