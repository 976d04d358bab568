#pragma once

#include <string>
#include <vector>

#include "adapters/embedded/attribute_mapper.h"
#include "adapters/embedded/import_map.h"
#include "adapters/embedded/listing.h"
#include "adapters/embedded/problems.h"
#include "adapters/embedded/value.h"

namespace floorwalker::embedded {

// Makes listings of source records, as a map says. Used by one thread.
class Mapper {
 public:
  // `map` has to outlive the mapper.
  Mapper(const ImportMap& map, const Currency& currency);

  // True if the map leaves the record out.
  bool skips(const Value& row) const;

  // The text by which rows are brought together, "" if the map groups by nothing or the row has none.
  std::string group(const Value& row) const;

  // What one row says of its product: all of it, or for grouped rows a part.
  enum class Row { kFirst, kFurther };
  Listing part(const Value& row, Row which, FieldProblems& problems);

  // Adds what another row of the same product says.
  static void merge(Listing& into, Listing&& part);

  // Settles options and variant ids once all rows of the product are in, and checks that it can be sold.
  void finish(Listing& listing, FieldProblems& problems) const;

  // Rows whose stock was below 0, as shops count what they sold and did not have: taken for 0.
  std::size_t oversold() const { return oversold_; }

 private:
  void add_variants(const Value& row, Listing& listing, FieldProblems& problems);
  void add_combinations(const Value& lists, const Variant& model, const SellingRule& rule, Listing& listing, FieldProblems& problems);
  std::vector<OptionValue> row_options(const Value& row);
  bool read_prices(const Value& row, Variant& variant, FieldProblems& problems) const;
  std::optional<std::int64_t> amount(const Value& row, const TextSource& source, const char* field, FieldProblems& problems) const;
  Stock stock(const Value& row, FieldProblems& problems);
  SellingRule rule(const Value& row, FieldProblems& problems) const;
  std::string one(const Value& row, const TextSource& source) const;
  std::vector<std::string> many(const Value& row, const TextSource& source) const;
  std::vector<std::vector<std::string>> category_paths(const Value& row) const;

  const ImportMap& map_;
  Currency currency_;
  AttributeMapper attributes_;
  std::size_t oversold_ = 0;
  std::vector<std::string> pair_names_;  // the option names of the product's rows so far: often only the first tells them
};

}  // namespace floorwalker::embedded
