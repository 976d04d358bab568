#include "adapters/http/json.h"

#include <simdjson.h>

namespace floorwalker::http {

namespace ondemand = simdjson::ondemand;

// What the values point into: the parser keeps unescaped texts, `padded` the numbers.
struct JsonDocument::Storage {
  simdjson::padded_string padded;
  ondemand::parser parser;
};

namespace {

constexpr int kMaxDepth = 64;

std::string_view trimmed(std::string_view token) {
  while (!token.empty() && (token.back() == ' ' || token.back() == '\n' || token.back() == '\r' || token.back() == '\t')) token.remove_suffix(1);
  return token;
}

// Walks the whole document once, so that everything in it is validated, and writes it down flat.
class Walk {
 public:
  explicit Walk(std::vector<Json>& values) : values_(values) {}

  template <typename Value>
  simdjson::error_code take(Value& value, std::string_view key, int depth) {
    if (depth > kMaxDepth) return simdjson::DEPTH_ERROR;
    const std::size_t at = values_.size();
    values_.push_back(Json{});
    values_[at].key = key;
    ondemand::json_type type;
    if (const auto error = value.type().get(type)) return error;
    const auto error = take_typed(value, type, at, depth);
    values_[at].span = static_cast<std::uint32_t>(values_.size() - at);
    return error;
  }

 private:
  template <typename Value>
  simdjson::error_code take_typed(Value& value, ondemand::json_type type, std::size_t at, int depth) {
    switch (type) {
      case ondemand::json_type::array: return take_list(value, at, depth);
      case ondemand::json_type::object: return take_object(value, at, depth);
      case ondemand::json_type::string: values_[at].type = Json::Type::kText; return value.get_string().get(values_[at].text);
      case ondemand::json_type::number: return take_number(value, at);
      case ondemand::json_type::boolean: {
        bool yes = false;
        const auto error = value.get_bool().get(yes);
        values_[at].type = yes ? Json::Type::kTrue : Json::Type::kFalse;
        return error;
      }
      case ondemand::json_type::null: return value.is_null() ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
    }
    return simdjson::UNEXPECTED_ERROR;
  }

  template <typename Value>
  simdjson::error_code take_number(Value& value, std::size_t at) {
    std::string_view token;
    if constexpr (requires { value.raw_json_token().get(token); }) {
      if (const auto error = value.raw_json_token().get(token)) return error;
    } else {
      token = value.raw_json_token();
    }
    values_[at].type = Json::Type::kNumber;
    values_[at].text = trimmed(token);
    double ignored = 0;  // reads it only to be sure that it is a number
    return value.get_double().get(ignored);
  }

  template <typename Value>
  simdjson::error_code take_list(Value& value, std::size_t at, int depth) {
    values_[at].type = Json::Type::kList;
    ondemand::array list;
    if (const auto error = value.get_array().get(list)) return error;
    for (auto item : list) {
      ondemand::value inner;
      if (const auto error = item.get(inner)) return error;
      if (const auto error = take(inner, {}, depth + 1)) return error;
    }
    return simdjson::SUCCESS;
  }

  template <typename Value>
  simdjson::error_code take_object(Value& value, std::size_t at, int depth) {
    values_[at].type = Json::Type::kObject;
    ondemand::object object;
    if (const auto error = value.get_object().get(object)) return error;
    for (auto field : object) {
      std::string_view key;
      if (const auto error = field.unescaped_key().get(key)) return error;
      ondemand::value inner;
      if (const auto error = field.value().get(inner)) return error;
      if (const auto error = take(inner, key, depth + 1)) return error;
    }
    return simdjson::SUCCESS;
  }

  std::vector<Json>& values_;
};

}  // namespace

JsonDocument::JsonDocument(std::unique_ptr<Storage> storage) : storage_(std::move(storage)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

Result<JsonDocument> JsonDocument::parse(std::string_view text) {
  JsonDocument made(std::make_unique<Storage>());
  made.storage_->padded = simdjson::padded_string(text);
  made.values_.reserve(text.size() / 24 + 8);
  ondemand::document document;
  simdjson::error_code error = made.storage_->parser.iterate(made.storage_->padded).get(document);
  if (!error) error = Walk(made.values_).take(document, {}, 0);
  const char* rest = nullptr;   // simdjson 3.0 tells the end of the document by an error
  if (!error && document.current_location().get(rest) != simdjson::OUT_OF_BOUNDS) error = simdjson::TRAILING_CONTENT;
  if (error) return fail(ErrorKind::kMalformed, "the shop's answer is not valid JSON", simdjson::error_message(error));
  return made;
}

}  // namespace floorwalker::http
