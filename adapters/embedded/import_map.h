#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/embedded/numbers.h"
#include "agent/core/result.h"
#include "agent/core/units.h"

// What a map YAML says: which field of a source is what. Written for people in maps/README.md; loaded strictly.
namespace floorwalker::embedded {

// A field of the source by its name, or a way into nested objects: "specifications.memory.types".
struct Path {
  std::string name;
  std::vector<std::string> steps;  // `name` cut at points
};

// Where a text comes from, and how it is cleaned.
struct TextSource {
  std::vector<Path> from;          // one value wanted: the first that has any; several: all of them, in this order
  std::string split;               // cuts one text into several values; "" for none
  bool html = false;
  std::optional<std::string> otherwise;  // where the source has nothing

  bool mapped() const { return !from.empty() || otherwise.has_value(); }
};

// True if the field has one of the values (as text, case folded); an empty value stands for "has nothing".
struct Condition {
  Path field;
  std::vector<std::string> values;
};

// How the choices of a product become options.
struct OptionsSource {
  std::optional<Path> lists;  // an object of lists, {"size": ["S", "M"], ...}: every combination is a variant
  std::size_t most_variants = 1000;
  std::vector<std::pair<Path, Path>> pairs;  // (field with the option's name, field with its value)
  std::vector<std::pair<Path, std::string>> columns;  // (field with the value, the option's name)
  bool only_varying = false;  // columns with one and the same value in all variants are attributes instead
  std::vector<std::pair<std::string, std::string>> ignore;  // name and value of what is no choice: ("Title", "Default Title")
};

struct StockSource {
  TextSource count;         // a whole number
  TextSource availability;  // "in stock", "out of stock" ...
  std::vector<Condition> untracked;  // any: the count means nothing and the variant is sold without limit
};

// The unit of a number by the name of its attribute. Where sources mix units, the size of the number tells.
struct UnitRule {
  std::string pattern;  // attribute name; * stands for anything
  std::string skip;     // ... but not the names that this pattern fits
  Unit unit;
  std::optional<double> over;  // numbers of at least this are in `large`
  Unit large;
};

enum class AttributeType { kAuto, kText, kNumber, kBoolean, kDate };

// One field of the source that is an attribute under a name of our own.
struct AttributeField {
  Path from;
  std::string name;
  AttributeType type = AttributeType::kAuto;
  std::optional<Unit> unit;
  std::string split;
};

struct AttributesSource {
  std::vector<std::pair<std::string, AttributeType>> prefixes;  // "attr_n_" -> number
  std::vector<Path> inside;       // objects whose members are attributes
  bool rest = false;              // every top-level field that nothing else uses is an attribute
  bool unit_in_name = false;      // "width_cm" is width, in cm
  std::vector<AttributeField> fields;
  std::vector<UnitRule> units;    // the first that fits
  std::string split;              // for text; a comma splits only where no space follows
  std::vector<std::string> omit;  // patterns of attribute names
  std::vector<std::string> unknown;  // texts that say nothing: "N/A"
  std::vector<std::string> yes, no;  // texts that are booleans
};

enum class RowFormat { kJsonLines, kTable, kNative };
enum class Duplicates { kError, kFirst, kLast };

struct ImportMap {
  std::string name;
  RowFormat format = RowFormat::kJsonLines;
  char delimiter = 0;                // of tables; 0: found out
  DecimalMark decimal = DecimalMark::kAuto;
  std::string shop_name, currency, checkout_url;  // "" where the map does not say
  Duplicates duplicates = Duplicates::kError;
  std::string group_by;              // rows with the same text here are one product; "" for one product a row
  std::vector<Condition> skip;       // any: the row is left out
  bool literal_newlines = false;     // texts write line breaks as backslash and n

  TextSource id, title, brand, kind, description, highlights, tags, images, url, identifiers, margin_percent;
  TextSource categories;             // split cuts a path into its steps; lists are paths
  TextSource variant_id, sku, price, sale_price, compare_at, least, most, pack, price_currency;
  AmountFormat amounts;
  OptionsSource options;
  StockSource stock;
  AttributesSource attributes;
};

// Reads a map. Unknown keys, wrong types and missing parts are errors with "name:line:column" and the nearest known key.
Result<ImportMap> load_map(std::string_view yaml, const std::string& name);

}  // namespace floorwalker::embedded
