#include "agent/models/openai/dialect.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace floorwalker::openai {
namespace {

// Keywords of JSON Schema that some servers refuse: a subset of OpenAPI 3.0 is all they read. What tells types apart stays.
constexpr std::array<std::string_view, 22> kOptionalKeywords{
    "additionalProperties", "$schema",   "$id",      "exclusiveMinimum", "exclusiveMaximum", "minimum",  "maximum", "multipleOf",
    "minLength",            "maxLength", "pattern",  "format",           "minItems",         "maxItems", "uniqueItems", "default",
    "examples",             "title",     "const",    "oneOf",            "allOf",            "not"};

bool mentions(std::string_view message, std::string_view word) { return message.find(word) != std::string_view::npos; }

bool names_keyword(std::string_view message, std::string_view keyword) {
  for (const char quote : {'"', '\'', '`'}) {
    if (mentions(message, quote + std::string(keyword) + quote)) return true;
  }
  return false;
}

bool about_schema(std::string_view message) {
  return mentions(message, "schema") || mentions(message, "function_declarations") || mentions(message, "parameters") || mentions(message, "tools");
}

void learn_schema(Dialect& dialect, std::string_view message) {
  if (!about_schema(message)) return;
  const bool any = std::any_of(kOptionalKeywords.begin(), kOptionalKeywords.end(), [&](auto keyword) { return names_keyword(message, keyword); });
  // One refused keyword announces others: leave out all that are optional, rather than fail once for each.
  if (any) dialect.refused_schema_keywords = {kOptionalKeywords.begin(), kOptionalKeywords.end()};
}

void strip_schema(nlohmann::json& schema, const std::set<std::string>& refused);

void strip_each(nlohmann::json& schemas, const std::set<std::string>& refused) {
  for (auto& schema : schemas) strip_schema(schema, refused);
}

void strip_schema(nlohmann::json& schema, const std::set<std::string>& refused) {
  if (!schema.is_object()) return;
  for (const std::string& keyword : refused) schema.erase(keyword);
  for (const char* container : {"properties", "$defs", "definitions", "patternProperties", "anyOf", "oneOf", "allOf"}) {
    if (schema.contains(container)) strip_each(schema[container], refused);
  }
  for (const char* single : {"items", "additionalProperties", "not"}) {
    if (schema.contains(single)) strip_schema(schema[single], refused);
  }
}

}  // namespace

Dialect LearnedDialect::current() const {
  const std::lock_guard lock(mutex_);
  return dialect_;
}

bool LearnedDialect::learn(const Dialect& used, std::string_view message) {
  const std::lock_guard lock(mutex_);
  if (dialect_ != used) return true;  // another conversation has learned meanwhile
  learn_schema(dialect_, message);
  if (mentions(message, "stream_options")) dialect_.stream_options = false;
  if (mentions(message, "parallel_tool_calls")) dialect_.parallel_tool_calls = false;
  if (mentions(message, "tool_choice")) dialect_.tool_choice = false;
  if (mentions(message, "max_completion_tokens")) dialect_.max_completion_tokens = !dialect_.max_completion_tokens && mentions(message, "max_tokens");
  if (mentions(message, "temperature")) dialect_.temperature = false;
  if (names_keyword(message, "reasoning_content") && mentions(message, "nknown")) dialect_.send_echo = false;
  if (names_keyword(message, "developer") && mentions(message, "role")) dialect_.system_role = "system";
  return dialect_ != used;
}

std::string without_keywords(std::string_view schema, const std::set<std::string>& refused) {
  if (refused.empty()) return std::string(schema);
  nlohmann::json parsed = nlohmann::json::parse(schema, nullptr, false);
  if (parsed.is_discarded()) return std::string(schema);
  strip_schema(parsed, refused);
  return parsed.dump();
}

}  // namespace floorwalker::openai
