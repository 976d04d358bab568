#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "adapters/embedded/import_map.h"
#include "adapters/embedded/value.h"
#include "agent/core/catalogue.h"

namespace floorwalker::embedded {

// A name as attributes have it: "Battery life (max)" -> "battery_life_max".
std::string attribute_name(std::string_view source_name);

// Makes typed attributes of a record's fields, as a map says. Remembers for each field name what is to be done with it, so that a
// record costs one look-up a field. Used by one thread.
class AttributeMapper {
 public:
  // `map` has to outlive the mapper.
  explicit AttributeMapper(const ImportMap& map);

  void add(const Value& row, std::vector<Attribute>& attributes);

 private:
  // What becomes of a field.
  struct Plan {
    bool skip = true;
    std::string name;
    AttributeType type = AttributeType::kAuto;
    Unit unit;                       // symbol "" for none
    std::optional<double> over;
    Unit large;
    std::string split;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using Plans = std::unordered_map<std::string, Plan, Hash, std::equal_to<>>;

  const Plan& plan_for(std::string_view field, bool inside);
  Plan make_plan(std::string_view field, bool inside) const;
  void settle(Plan& plan, std::string_view source_name, const std::optional<Unit>& unit) const;
  void add_value(const Plan& plan, const Value& value, std::vector<Attribute>& attributes);
  void add_nested(const std::string& prefix, const Value& object, std::vector<Attribute>& attributes);
  void add_text(const Plan& plan, std::string_view text, std::vector<Attribute>& attributes) const;
  AttributeValue typed(const Plan& plan, std::string text) const;
  std::optional<Measure> measure(const Plan& plan, std::string_view text) const;
  bool says_nothing(std::string_view text) const;

  const ImportMap& map_;
  std::unordered_set<std::string> used_;     // fields that are something else of the product
  std::vector<std::string> unknown_, yes_, no_;  // folded
  std::size_t longest_word_ = 0;             // of those three
  Plans plans_;                              // top-level fields
  Plans inside_;                             // members of objects
};

}  // namespace floorwalker::embedded
