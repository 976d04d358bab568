#include "tools/schema.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "agent/core/text.h"

namespace floorwalker::tools {

using Json = nlohmann::ordered_json;

struct Arguments::Tree {
  Json json;
};

enum class Type { kString, kInteger, kNumber, kBoolean, kArray, kObject };

struct Schema::Node {
  std::string name;                                       // of a property
  Type type = Type::kString;
  bool id = false;                                        // text that names something of the shop
  std::vector<std::string> words;                         // enum
  std::optional<double> minimum, maximum;
  std::size_t min_items = 0, max_items = 100, max_length = 4000;
  std::vector<Node> properties;
  std::vector<std::string> required;
  std::unique_ptr<Node> items;                            // of arrays
  std::unique_ptr<Node> others;                           // of objects: additionalProperties
};

namespace {

using Node = Schema::Node;

constexpr std::size_t kLongest = 64 * 1024;  // bytes of arguments; real calls have hundreds

// ---- reading a schema

Type type_of(const std::string& name) {
  static const std::vector<std::pair<std::string, Type>> kTypes = {{"string", Type::kString}, {"integer", Type::kInteger},
                                                                   {"number", Type::kNumber}, {"boolean", Type::kBoolean},
                                                                   {"array", Type::kArray},   {"object", Type::kObject}};
  for (const auto& [known, type] : kTypes) {
    if (known == name) return type;
  }
  throw std::invalid_argument("schema type '" + name + "' is not supported");
}

Node node_of(const Json& json) {
  Node node;
  node.type = type_of(json.at("type").get<std::string>());
  node.id = json.value("format", "") == "id";
  node.words = json.value("enum", std::vector<std::string>());
  if (json.contains("minimum")) node.minimum = json["minimum"].get<double>();
  if (json.contains("maximum")) node.maximum = json["maximum"].get<double>();
  node.min_items = json.value("minItems", node.min_items);
  node.max_items = json.value("maxItems", node.max_items);
  node.max_length = json.value("maxLength", node.max_length);
  node.required = json.value("required", node.required);
  if (json.contains("items")) node.items = std::make_unique<Node>(node_of(json["items"]));
  if (json.contains("additionalProperties") && json["additionalProperties"].is_object()) {
    node.others = std::make_unique<Node>(node_of(json["additionalProperties"]));
  }
  if (json.contains("properties")) {
    for (const auto& [name, property] : json["properties"].items()) {
      node.properties.push_back(node_of(property));
      node.properties.back().name = name;
    }
  }
  return node;
}

// ---- checking

// What is wrong with a call: every fault, so that one repair mends them all.
struct Faults {
  std::vector<std::string> messages;
  std::string field;                  // of the first
  std::vector<std::string> accepted;  // by it

  void add(const std::string& at, const std::string& message, std::vector<std::string> accept = {}) {
    if (messages.empty()) {
      field = at;
      accepted = std::move(accept);
    }
    messages.push_back(message);
  }
};

std::string listed(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates) {
  const std::string nearest = text::nearest(text::fold(word), candidates);
  return nearest.empty() ? "" : "; did you mean '" + nearest + "'?";
}

std::string shown(const Json& value) {
  std::string text = value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > 40) text = text::sanitise(text.substr(0, 40)) + "...";
  return "'" + text + "'";
}

std::string trimmed(std::string_view text) {
  const auto blank = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return std::string(text);
}

// <P-17>, "P-17", 'P-17', `P-17`, [P-17], (P-17) -> P-17
std::string bare_id(std::string text) {
  static constexpr std::string_view kPairs[] = {"<>", "\"\"", "''", "``", "[]", "()", "{}"};
  for (bool again = true; again && text.size() > 2;) {
    again = std::any_of(std::begin(kPairs), std::end(kPairs), [&](auto pair) { return text.front() == pair[0] && text.back() == pair[1]; });
    if (again) text = trimmed(std::string_view(text).substr(1, text.size() - 2));
  }
  return text;
}

// "productId", "Product-ID" -> "product_id"
std::string snake(const std::string& name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    const bool starts = std::isupper(c) && i > 0 && std::islower(static_cast<unsigned char>(name[i - 1]));
    if (starts) out += '_';
    out += c == '-' || c == ' ' ? '_' : static_cast<char>(std::tolower(c));
  }
  return out;
}

bool is_empty(const Json& value) { return value.is_null() || (value.is_string() && trimmed(value.get<std::string>()).empty()); }

std::optional<Json> check(const Node& node, const Json& value, const std::string& at, Faults& faults);

std::optional<Json> check_text(const Node& node, const Json& value, const std::string& at, Faults& faults) {
  if (value.is_structured()) {
    faults.add(at, at + " must be text");
    return std::nullopt;
  }
  std::string text = value.is_string() ? trimmed(value.get<std::string>()) : value.dump();
  if (node.id) text = bare_id(text);
  if (text.size() > node.max_length) {
    faults.add(at, at + " is too long: at most " + std::to_string(node.max_length) + " characters");
    return std::nullopt;
  }
  if (node.words.empty()) return Json(text);
  const std::string word = snake(text);
  if (std::find(node.words.begin(), node.words.end(), word) != node.words.end()) return Json(word);
  faults.add(at, at + " must be one of " + listed(node.words) + ", not " + shown(value) + did_you_mean(word, node.words), node.words);
  return std::nullopt;
}

std::string range_of(const Node& node) {
  const auto whole = [](double number) { return std::to_string(static_cast<std::int64_t>(number)); };
  if (node.minimum && node.maximum) return " from " + whole(*node.minimum) + " to " + whole(*node.maximum);
  if (node.minimum) return ", " + whole(*node.minimum) + " or more";
  if (node.maximum) return ", " + whole(*node.maximum) + " at most";
  return "";
}

std::optional<double> number_in(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nullopt;
  const std::string text = trimmed(value.get<std::string>());
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<Json> check_number(const Node& node, const Json& value, const std::string& at, Faults& faults) {
  const auto number = number_in(value);
  const bool whole = node.type == Type::kInteger;
  const bool exact = number && std::isfinite(*number) && (!whole || (*number == std::floor(*number) && std::fabs(*number) < 9e15));
  if (!exact || (node.minimum && *number < *node.minimum) || (node.maximum && *number > *node.maximum)) {
    faults.add(at, at + " must be a " + (whole ? "whole " : "") + "number" + range_of(node) + ", not " + shown(value));
    return std::nullopt;
  }
  return whole ? Json(static_cast<std::int64_t>(*number)) : Json(*number);
}

std::optional<Json> check_flag(const Json& value, const std::string& at, Faults& faults) {
  if (value.is_boolean()) return value;
  const std::string word = value.is_string() ? text::fold(trimmed(value.get<std::string>())) : value.dump();
  if (word == "true" || word == "yes" || word == "1") return Json(true);
  if (word == "false" || word == "no" || word == "0") return Json(false);
  faults.add(at, at + " must be true or false, not " + shown(value), {"true", "false"});
  return std::nullopt;
}

// JSON that a model put inside a string; the value itself where it is none.
Json unwrapped(const Json& value, char bracket) {
  if (!value.is_string()) return value;
  const std::string text = trimmed(value.get<std::string>());
  if (text.empty() || text.front() != bracket) return value;
  Json inner = Json::parse(text, nullptr, false);
  return inner.is_discarded() ? value : inner;
}

Json split_ids(const std::string& text) {
  Json all = Json::array();
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t comma = std::min(text.find(',', start), text.size());
    all.push_back(text.substr(start, comma - start));
    start = comma + 1;
  }
  return all;
}

std::optional<Json> check_array(const Node& node, const Json& given, const std::string& at, Faults& faults) {
  Json value = unwrapped(given, '[');
  if (value.is_string() && node.items->id) value = split_ids(value.get<std::string>());
  if (!value.is_array()) value = Json::array({value});
  Json kept = Json::array();
  bool fine = true;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (is_empty(value[i])) continue;
    auto item = check(*node.items, value[i], at + "[" + std::to_string(i) + "]", faults);
    fine = fine && item;
    if (item) kept.push_back(std::move(*item));
  }
  if (!fine) return std::nullopt;
  if (kept.size() < node.min_items || kept.size() > node.max_items) {
    const bool few = kept.size() < node.min_items;
    faults.add(at, at + " must have " + (few ? "at least " : "at most ") + std::to_string(few ? node.min_items : node.max_items) +
                       " entries, not " + std::to_string(kept.size()));
    return std::nullopt;
  }
  return kept;
}

// The property that a name means: itself, or a spelling of it.
const Node* property_named(const Node& node, const std::string& name) {
  const auto find = [&](const std::string& spelling) {
    const auto at = std::find_if(node.properties.begin(), node.properties.end(), [&](const auto& one) { return one.name == spelling; });
    return at == node.properties.end() ? nullptr : &*at;
  };
  std::string base = snake(name);
  if (const auto* exact = find(name)) return exact;
  if (const auto* same = find(base)) return same;
  for (const std::string_view ending : {"_ids", "_id"}) {
    if (base.size() > ending.size() && base.ends_with(ending)) {
      base.resize(base.size() - ending.size());
      break;
    }
  }
  if (const auto* same = find(base)) return same;
  if (const auto* plural = find(base + "s")) return plural;
  return base.ends_with('s') ? find(base.substr(0, base.size() - 1)) : nullptr;
}

// [{"name": "Size", "value": "M"}] -> {"Size": "M"}, where an open object is wanted.
Json as_object(const Node& node, const Json& given) {
  Json value = unwrapped(given, '{');
  if (value.is_string()) value = unwrapped(given, '[');
  if (!value.is_array() || !node.others) return value;
  Json object = Json::object();
  for (const Json& pair : value) {
    if (!pair.is_object() || !pair.contains("name") || !pair.contains("value") || !pair["name"].is_string()) return value;
    object[pair["name"].get<std::string>()] = pair["value"];
  }
  return object;
}

std::vector<std::string> property_names(const Node& node) {
  std::vector<std::string> names;
  for (const Node& property : node.properties) names.push_back(property.name);
  return names;
}

std::string below(const std::string& at, const std::string& name) { return at.empty() ? name : at + "." + name; }

// Whether every required property is there; tells which are not.
bool complete(const Node& node, const Json& kept, const std::string& at, Faults& faults) {
  bool fine = true;
  for (const std::string& name : node.required) {
    if (kept.contains(name)) continue;
    const auto* property = property_named(node, name);
    const std::vector<std::string> words = property ? property->words : std::vector<std::string>();
    faults.add(below(at, name), below(at, name) + " is missing" + (words.empty() ? "" : ": one of " + listed(words)), words);
    fine = false;
  }
  return fine;
}

std::optional<Json> check_object(const Node& node, const Json& given, const std::string& at, Faults& faults) {
  const Json value = as_object(node, given);
  if (!value.is_object()) {
    faults.add(at, (at.empty() ? "the arguments" : at) + " must be a JSON object, not " + shown(given));
    return std::nullopt;
  }
  Json kept = Json::object();
  const std::size_t before = faults.messages.size();
  for (const auto& [name, one] : value.items()) {
    if (is_empty(one)) continue;
    if (const auto* property = property_named(node, name)) {
      if (auto checked = check(*property, one, below(at, property->name), faults)) kept[property->name] = std::move(*checked);
    } else if (node.others) {
      if (auto checked = check(*node.others, one, below(at, name), faults)) kept[name] = std::move(*checked);
    } else {
      const auto names = property_names(node);
      const std::string accepts = names.empty() ? "no arguments are taken" : "accepted are " + listed(names);
      faults.add(below(at, name), "there is no argument '" + below(at, name) + "'" + did_you_mean(name, names) + " (" + accepts + ")", names);
    }
  }
  const bool fine = faults.messages.size() == before;
  if (!fine || !complete(node, kept, at, faults)) return std::nullopt;
  return kept;
}

std::optional<Json> check(const Node& node, const Json& value, const std::string& at, Faults& faults) {
  switch (node.type) {
    case Type::kString: return check_text(node, value, at, faults);
    case Type::kInteger:
    case Type::kNumber: return check_number(node, value, at, faults);
    case Type::kBoolean: return check_flag(value, at, faults);
    case Type::kArray: return check_array(node, value, at, faults);
    case Type::kObject: return check_object(node, value, at, faults);
  }
  return std::nullopt;
}

std::string plain(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

}  // namespace

Schema::Schema(std::string_view json) {
  try {
    root_ = std::make_unique<const Node>(node_of(Json::parse(json)));
  } catch (const nlohmann::json::exception& error) {
    throw std::invalid_argument(std::string("a tool's schema cannot be read: ") + error.what());
  }
  if (root_->type != Type::kObject) throw std::invalid_argument("a tool's schema must describe an object");
}

Schema::~Schema() = default;
Schema::Schema(Schema&&) noexcept = default;
Schema& Schema::operator=(Schema&&) noexcept = default;

tl::expected<Arguments, ErrorAnswer> Schema::check(std::string_view json) const {
  const std::string given = trimmed(json);
  const bool none = given.empty() || given.size() > kLongest;
  const Json value = none ? Json::object() : Json::parse(given, nullptr, false);
  Faults faults;
  std::optional<Json> checked;
  if (given.size() > kLongest) {
    faults.add("", "the arguments are too long");
  } else if (value.is_discarded()) {
    faults.add("", "the arguments are not JSON");
  } else {
    checked = tools::check(*root_, value, "", faults);
  }
  if (checked) return Arguments(std::make_shared<const Arguments::Tree>(Arguments::Tree{std::move(*checked)}));
  std::string message;
  for (const std::string& one : faults.messages) message += (message.empty() ? "" : "; ") + one;
  return tl::unexpected<ErrorAnswer>({{ErrorKind::kInvalidArgument, message, {}}, faults.field, faults.accepted, {}, {}, {}});
}

bool Arguments::has(std::string_view name) const { return tree_->json.contains(std::string(name)); }

std::string Arguments::text(std::string_view name) const { return has(name) ? plain(tree_->json[std::string(name)]) : ""; }

std::optional<std::int64_t> Arguments::whole(std::string_view name) const {
  if (!has(name)) return std::nullopt;
  return tree_->json[std::string(name)].get<std::int64_t>();
}

std::vector<std::string> Arguments::texts(std::string_view name) const {
  std::vector<std::string> all;
  if (!has(name)) return all;
  for (const Json& one : tree_->json[std::string(name)]) all.push_back(plain(one));
  return all;
}

std::vector<std::pair<std::string, std::string>> Arguments::pairs(std::string_view name) const {
  std::vector<std::pair<std::string, std::string>> all;
  if (!has(name)) return all;
  for (const auto& [key, value] : tree_->json[std::string(name)].items()) all.emplace_back(key, plain(value));
  return all;
}

std::string Arguments::json() const { return tree_->json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace floorwalker::tools
