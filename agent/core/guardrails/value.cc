#include "agent/core/guardrails/value.h"

#include <simdjson.h>

#include <cmath>

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

Value convert(const simdjson::dom::element& element, int depth);

Value convert_list(const simdjson::dom::array& array, int depth) {
  std::vector<Value> items;
  items.reserve(array.size());
  for (const simdjson::dom::element item : array) items.push_back(convert(item, depth + 1));
  return Value::list(std::move(items));
}

Value convert_map(const simdjson::dom::object& object, int depth) {
  Value map;
  map.type = Value::Type::kMap;
  map.entries.reserve(object.size());
  for (const auto field : object) map.entries.emplace_back(field.key, convert(field.value, depth + 1));
  return map;
}

Value convert(const simdjson::dom::element& element, int depth) {
  if (depth > kMaxDepth) return {};
  Value null;
  null.type = Value::Type::kNull;
  switch (element.type()) {
    case simdjson::dom::element_type::ARRAY: return convert_list(element.get_array().value_unsafe(), depth);
    case simdjson::dom::element_type::OBJECT: return convert_map(element.get_object().value_unsafe(), depth);
    case simdjson::dom::element_type::INT64: return from_whole(element.get_int64().value_unsafe());
    case simdjson::dom::element_type::UINT64: return Value::of(std::to_string(element.get_uint64().value_unsafe()));
    case simdjson::dom::element_type::DOUBLE: return from_double(element.get_double().value_unsafe());
    case simdjson::dom::element_type::STRING: return Value::of(std::string(element.get_string().value_unsafe()));
    case simdjson::dom::element_type::BOOL: return Value::of(element.get_bool().value_unsafe());
    case simdjson::dom::element_type::NULL_VALUE: break;
  }
  return null;
}

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

std::optional<Value> parse_json(std::string_view json) {
  const auto parsed = parser().parse(json.data(), json.size(), true);  // copied into the parser's own buffer, which it keeps
  if (parsed.error() != simdjson::SUCCESS) return std::nullopt;
  return convert(parsed.value_unsafe(), 0);
}

bool is_json(std::string_view text) { return parser().parse(text.data(), text.size(), true).error() == simdjson::SUCCESS; }

}  // namespace floorwalker::guardrails
