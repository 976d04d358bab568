#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace floorwalker::guardrails {

// A value that a guardrail compares: JSON, with numbers as whole millionths so that amounts add up exactly. kMissing is what a path leads
// to when the evidence does not say; every comparison with it is undecided.
struct Value {
  enum class Type { kMissing, kNull, kBoolean, kNumber, kText, kList, kMap };

  Type type = Type::kMissing;
  bool boolean = false;
  std::int64_t micros = 0;
  std::string text;
  std::vector<Value> items;
  std::vector<std::pair<std::string, Value>> entries;  // in the order of the source

  static Value of(bool value);
  static Value of(std::string value);
  static Value number(std::int64_t micros);
  static Value list(std::vector<Value> items);

  bool missing() const { return type == Type::kMissing; }
  const Value* find(std::string_view key) const;

  // As people write it: "2674.4", "pending", "[a, b]".
  std::string shown() const;

  bool operator==(const Value&) const = default;
};

// The names that may ever be asked for. In a record, which has one of them, a list or map of another name is never looked at.
struct Wanted {
  std::set<std::string, std::less<>> names;
  std::set<std::string, std::less<>> maps;   // under these everything is wanted: their keys are ids
};

// Reads JSON text; nothing if it is none, or nested deeper than 64 levels. Numbers beyond nine digits before the point are kept as text. With
// `wanted`, what is never looked at is left out: most of a shop's answers is.
std::optional<Value> parse_json(std::string_view json, const Wanted* wanted = nullptr);

// Whether the text is JSON at all.
bool is_json(std::string_view text);

}  // namespace floorwalker::guardrails
