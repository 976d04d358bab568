#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/embedded/import_map.h"
#include "adapters/embedded/value.h"

// Getting at the fields of a source record, and cleaning their texts.
namespace floorwalker::embedded {

// The value at the path, or null: a field of that very name, else a way into nested objects.
const Value* find(const Value& row, const Path& path);

// Valid UTF-8 without control characters, trimmed. `html` removes markup where there is any.
std::string clean(std::string_view text, bool html = false);

// The same on one line.
std::string clean_line(std::string_view text, bool html = false);

// The cleaned texts of a value: one for a text, number or boolean, one for each item of a list.
std::vector<std::string> texts_of(const Value& value, bool html = false);

// Cut at the separator, pieces trimmed, empty ones dropped. A comma does not cut before a space ("Paris, France").
std::vector<std::string> split(std::string_view text, std::string_view separator);

// The same, but every separator cuts.
std::vector<std::string> split_all(std::string_view text, std::string_view separator);

bool holds(const Condition& condition, const Value& row);
bool any_holds(const std::vector<Condition>& conditions, const Value& row);

// "attr_n_weight" with pattern "attr_*_weight": * stands for anything.
bool fits(std::string_view name, std::string_view pattern);

}  // namespace floorwalker::embedded
