#include "agent/models/openai/refusal.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "agent/core/text.h"

namespace floorwalker::openai {
namespace {

using nlohmann::json;

struct ServerError {
  std::string message, code, type;
};

std::string member(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return "";
  if (found->is_string()) return found->get<std::string>();
  return found->is_number_integer() ? std::to_string(found->get<std::int64_t>()) : "";
}

ServerError read_error(std::string_view body) {
  json parsed = json::parse(body, nullptr, false);
  if (parsed.is_array() && !parsed.empty()) parsed = parsed[0];  // one provider wraps its error in a list
  if (!parsed.is_object()) return {text::strip_html(body.substr(0, 400)), "", ""};
  const json& error = parsed.contains("error") ? parsed["error"] : parsed;
  if (error.is_string()) return {error.get<std::string>(), "", ""};
  if (!error.is_object()) return {};
  return {member(error, "message"), member(error, "code"), member(error, "type")};
}

bool any_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

bool about_quota(const ServerError& error) {
  return any_of(error.code + " " + error.type, {"insufficient_quota", "billing"}) ||
         any_of(text::fold(error.message), {"exceeded your current quota", "billing", "credit balance"});
}

bool about_length(const ServerError& error) {
  return error.code == "context_length_exceeded" ||
         any_of(text::fold(error.message), {"maximum context length", "context length", "context window", "too many tokens", "prompt is too long"});
}

}  // namespace

Refusal classify(int status, std::string_view body) {
  const ServerError error = read_error(body);
  const std::string said = error.message.empty() ? "HTTP " + std::to_string(status) : error.message;
  const std::string detail = "HTTP " + std::to_string(status) + " " + error.type + " " + error.code;
  if (status == 429 && about_quota(error)) return {Advice::kGiveUp, {ErrorKind::kRefused, "the model's quota is used up: " + said, detail}};
  if (about_length(error)) return {Advice::kShrink, {ErrorKind::kRefused, "the conversation is too long for the model: " + said, detail}};
  if (status == 408 || status == 409 || status == 425 || status == 429 || status >= 500) {
    return {Advice::kRetry, {ErrorKind::kUnavailable, "the model server is busy or broken: " + said, detail}};
  }
  if (status == 400 || status == 404 || status == 413 || status == 422) {
    return {Advice::kLearn, {ErrorKind::kRefused, "the model server refused the request: " + said, detail}};
  }
  return {Advice::kGiveUp, {ErrorKind::kRefused, "the model server refused: " + said, detail}};
}

}  // namespace floorwalker::openai
