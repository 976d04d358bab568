#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace floorwalker {

// What is measured. Two measures compare only within one dimension.
enum class Dimension {
  kNone,        // a bare count or an unknown unit (kept as text in Unit::symbol)
  kLength,      // canonical: cm
  kArea,        // m²
  kVolume,      // ml
  kMass,        // g
  kTime,        // s
  kData,        // GB (decimal; shops mix GB and GiB, so 1 GiB = 1 GB = 1000 MB)
  kDataRate,    // Mbit/s
  kFrequency,   // MHz
  kPower,       // W
  kEnergy,      // Wh
  kCharge,      // mAh
  kVoltage,     // V
  kCurrent,     // A
  kPixels,      // megapixel
  kTemperature, // °C
  kLuminance,   // cd/m² ("nits")
  kFlux,        // lm
  kLoudness,    // dB
  kPercent,     // %
  kRotation,    // rpm
  kPressure,    // bar
  kAngle,       // degrees
  kResolutionDensity,  // dpi
};

// A unit of measure. `scale` and `offset` lead to the dimension's canonical unit: canonical = value * scale + offset.
struct Unit {
  std::string symbol;  // as it is written after a number: "in", "kg", "mAh"; "" for none
  Dimension dimension = Dimension::kNone;
  double scale = 1;
  double offset = 0;

  bool operator==(const Unit&) const = default;
};

// A number with its unit, as the source gave it.
struct Measure {
  double value = 0;
  Unit unit;

  double canonical() const { return value * unit.scale + unit.offset; }
  bool operator==(const Measure&) const = default;
};

// Finds a unit by any of its spellings ("in", "inch", "inches", "\"", "″", "gigs", "kilos"). Case matters only where it tells units
// apart (Mb/MB, mW/MW); nothing if unknown.
std::optional<Unit> find_unit(std::string_view spelling);

// The unit in which values of the dimension are compared; symbol "" for kNone.
const Unit& canonical_unit(Dimension dimension);

// The same measure in another unit of the same dimension; nothing across dimensions.
std::optional<Measure> convert(const Measure& measure, const Unit& unit);

// Equal within rounding as people write it: relative difference up to `tolerance`, same dimension.
bool same_quantity(const Measure& a, const Measure& b, double tolerance = 0.001);

// "39.6 cm", "15.6 in", "1,200 g", "16 GB": at most `decimals` places, no trailing zeros, en-US grouping from 10,000 on.
std::string format(const Measure& measure, int decimals = 2);

// A number found in text. `start`/`end` are byte offsets of number and unit together.
struct MeasureSpan {
  Measure measure;
  std::size_t start = 0;
  std::size_t end = 0;
  bool has_unit = false;
};

// Every number in `text` with the unit that follows it ("15.6-inch", "1,5 kg", "2 x 4 GB" gives 2 and 4 GB). Digits inside
// identifiers ("RTX3060", "dv7") are not numbers.
std::vector<MeasureSpan> find_measures(std::string_view text);

// Reads a whole string as one measure ("15.6 in"); nothing if anything else remains.
std::optional<Measure> parse_measure(std::string_view text);

}  // namespace floorwalker
