#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/catalogue.h"

namespace floorwalker {

// A phrase of a shopper's text that the catalogue knows.
struct Mention {
  enum class What {
    kKind,            // `value` is the kind's name ("laptop bag"); umbrella words give one mention for each member
    kCategory,        // `value` is the path joined by " > "
    kBrand,           // `value` as the catalogue spells it
    kAttribute,       // `field` is the attribute's name: the shopper spoke of "battery life"
    kAttributeValue,  // `field` has `value` ("colour", "Black")
    kOptionValue,     // the same for an option of variants
    kProduct,         // `product` was named by its model name or title
    kTag,
  };

  What what = What::kKind;
  std::size_t start = 0, end = 0;  // byte offsets in the text
  std::string field;
  std::string value;
  ProductId product;
  std::size_t products = 0;        // how many products of the catalogue it fits
  double confidence = 1;           // 1: exact words; lower: stemmed, corrected spelling, part of a name
};

// What the catalogue calls its numbers: for binding "under 1.5 kg" or "15 inch" to an attribute of a kind.
struct NumericAttribute {
  std::string name;
  Dimension dimension = Dimension::kNone;
  std::size_t products = 0;
  double low = 0, high = 0;       // canonical units
  bool option = false;            // a choice of the product's variants: "Memory", 16 GB or 32 GB
};

// The catalogue's own words, for understanding a shopper. Immutable once built, safe for every thread.
class Vocabulary {
 public:
  virtual ~Vocabulary() = default;

  // Every known phrase in `text`, longest first at each place; readings of the same span are all listed, most likely first.
  virtual std::vector<Mention> recognise(std::string_view text) const = 0;

  // Numeric attributes of the products of `kind` ("" for all), most widely stated first.
  virtual std::vector<NumericAttribute> numeric_attributes(std::string_view kind) const = 0;

  // Names that the catalogue uses: "kind", "brand", "attribute", "option", "category", "tag". For checking playbooks and for help.
  virtual std::vector<std::string> names(std::string_view what) const = 0;

  // How many products are of `kind`, or in a category of that name.
  virtual std::size_t count(std::string_view kind) const = 0;
};

}  // namespace floorwalker
