#include "agent/core/guardrails/value.h"

#include <simdjson.h>

#include <cmath>
#include <tuple>
#include <utility>

namespace floorwalker::guardrails {
namespace {

constexpr int kMaxDepth = 64;
constexpr std::int64_t kMicros = 1'000'000;
constexpr std::int64_t kMaxWhole = 1'000'000'000'000;

Value from_whole(std::int64_t whole) {
  if (whole > kMaxWhole || whole < -kMaxWhole) return Value::of(std::to_string(whole));
  return Value::number(whole * kMicros);
}

// An amount has at most six decimals, so rounding the parsed double to millionths gives back what was written.
Value from_double(double value) {
  if (!(std::abs(value) < static_cast<double>(kMaxWhole))) return Value::of(std::to_string(value));
  return Value::number(std::llround(value * static_cast<double>(kMicros)));
}

// Puts what was parsed into values. Into a fresh value, in its place: most of a result is small values, and moving them costs more than making them.
class Filler {
 public:
  explicit Filler(const Wanted* wanted) : wanted_(wanted) {}

  void fill(Value& made, const simdjson::dom::element& element, int depth, bool all) const {
    if (depth > kMaxDepth) return;
    switch (element.type()) {
      case simdjson::dom::element_type::ARRAY: return fill_list(made, element.get_array().value_unsafe(), depth, all);
      case simdjson::dom::element_type::OBJECT: return fill_map(made, element.get_object().value_unsafe(), depth, all);
      case simdjson::dom::element_type::INT64: made = from_whole(element.get_int64().value_unsafe()); break;
      case simdjson::dom::element_type::UINT64: made = Value::of(std::to_string(element.get_uint64().value_unsafe())); break;
      case simdjson::dom::element_type::DOUBLE: made = from_double(element.get_double().value_unsafe()); break;
      case simdjson::dom::element_type::STRING: made.type = Value::Type::kText, made.text = element.get_string().value_unsafe(); break;
      case simdjson::dom::element_type::BOOL: made.type = Value::Type::kBoolean, made.boolean = element.get_bool().value_unsafe(); break;
      case simdjson::dom::element_type::NULL_VALUE: made.type = Value::Type::kNull; break;
    }
  }

 private:
  void fill_list(Value& made, const simdjson::dom::array& array, int depth, bool all) const {
    made.type = Value::Type::kList;
    made.items.reserve(array.size());
    for (const simdjson::dom::element item : array) fill(made.items.emplace_back(), item, depth + 1, all);
  }

  void fill_map(Value& made, const simdjson::dom::object& object, int depth, bool all) const {
    made.type = Value::Type::kMap;
    made.entries.reserve(object.size());
    const bool everything = all || !is_record(object);
    for (const auto field : object) {
      const bool plain = !field.value.is_array() && !field.value.is_object();
      if (!everything && !plain && !wanted_->names.contains(field.key)) continue;
      auto& entry = made.entries.emplace_back(std::piecewise_construct, std::forward_as_tuple(field.key), std::forward_as_tuple());
      fill(entry.second, field.value, depth + 1, wanted_ && !plain && wanted_->maps.contains(field.key));
    }
  }

  bool is_record(const simdjson::dom::object& object) const {
    if (!wanted_) return false;
    for (const auto field : object) {
      if (wanted_->names.contains(field.key)) return true;
    }
    return false;
  }

  const Wanted* wanted_;
};

simdjson::dom::parser& parser() {
  thread_local simdjson::dom::parser own;
  return own;
}

std::string shown_number(std::int64_t micros) {
  std::string text = std::to_string(std::abs(micros) / kMicros);
  std::string fraction = std::to_string(kMicros + std::abs(micros) % kMicros).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  if (!fraction.empty()) text += "." + fraction;
  return micros < 0 ? "-" + text : text;
}

}  // namespace

Value Value::of(bool value) {
  Value made;
  made.type = Type::kBoolean;
  made.boolean = value;
  return made;
}

Value Value::of(std::string value) {
  Value made;
  made.type = Type::kText;
  made.text = std::move(value);
  return made;
}

Value Value::number(std::int64_t micros) {
  Value made;
  made.type = Type::kNumber;
  made.micros = micros;
  return made;
}

Value Value::list(std::vector<Value> items) {
  Value made;
  made.type = Type::kList;
  made.items = std::move(items);
  return made;
}

const Value* Value::find(std::string_view key) const {
  for (const auto& [name, value] : entries) {
    if (name == key) return &value;
  }
  return nullptr;
}

std::string Value::shown() const {
  switch (type) {
    case Type::kMissing: return "unknown";
    case Type::kNull: return "nothing";
    case Type::kBoolean: return boolean ? "true" : "false";
    case Type::kNumber: return shown_number(micros);
    case Type::kText: return text;
    case Type::kMap: return "a record";
    case Type::kList: break;
  }
  std::string all;
  for (const Value& item : items) all += (all.empty() ? "" : ", ") + item.shown();
  return "[" + all + "]";
}

std::optional<Value> parse_json(std::string_view json, const Wanted* wanted) {
  const auto parsed = parser().parse(json.data(), json.size(), true);  // copied into the parser's own buffer, which it keeps
  if (parsed.error() != simdjson::SUCCESS) return std::nullopt;
  std::optional<Value> made{Value()};
  Filler(wanted).fill(*made, parsed.value_unsafe(), 0, false);
  return made;
}

bool is_json(std::string_view text) { return parser().parse(text.data(), text.size(), true).error() == simdjson::SUCCESS; }

}  // namespace floorwalker::guardrails
