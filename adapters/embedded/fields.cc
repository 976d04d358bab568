#include "adapters/embedded/fields.h"

#include <simdjson.h>

#include <algorithm>

#include "agent/core/text.h"

namespace floorwalker::embedded {

namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool needs_repair(std::string_view text) {
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f;
  });
  return control || !simdjson::validate_utf8(text.data(), text.size());
}

// A tag or an entity; "a < b" and "R&D" are neither.
bool looks_like_html(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const char next = text[i + 1];
    const bool letter = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
    if (text[i] == '<' && (letter || next == '/' || next == '!')) return true;
    if (text[i] == '&' && (letter || next == '#') && text.substr(i, 12).find(';') != std::string_view::npos) return true;
  }
  return false;
}

std::vector<std::string> cut(std::string_view text, std::string_view separator, bool keep_comma_space) {
  std::vector<std::string> pieces;
  std::size_t start = 0;
  for (std::size_t at = text.find(separator); !separator.empty() && at != std::string_view::npos; at = text.find(separator, at + separator.size())) {
    if (keep_comma_space && separator == "," && at + 1 < text.size() && text[at + 1] == ' ') continue;
    if (const auto piece = trimmed(text.substr(start, at - start)); !piece.empty()) pieces.emplace_back(piece);
    start = at + separator.size();
  }
  if (const auto piece = trimmed(text.substr(start)); !piece.empty()) pieces.emplace_back(piece);
  return pieces;
}

}  // namespace

const Value* find(const Value& row, const Path& path) {
  if (const Value* whole = row.find(path.name)) return whole;
  if (path.steps.size() < 2) return nullptr;
  const Value* at = &row;
  for (const std::string& step : path.steps) {
    at = at->find(step);
    if (!at) return nullptr;
  }
  return at;
}

std::string clean(std::string_view text, bool html) {
  std::string repaired;
  if (needs_repair(text)) {
    repaired = text::sanitise(text);
    text = repaired;
  }
  if (html && looks_like_html(text)) return std::string(trimmed(text::strip_html(text)));
  return std::string(trimmed(text));
}

std::string clean_line(std::string_view text, bool html) {
  std::string line = clean(text, html);
  std::replace_if(line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return line;
}

std::vector<std::string> texts_of(const Value& value, bool html) {
  std::vector<std::string> texts;
  if (value.is_list()) {
    for (const Value& item : value.items) {
      for (std::string& text : texts_of(item, html)) texts.push_back(std::move(text));
    }
  } else if (!value.is_object()) {
    if (std::string text = clean(value.text, html); !text.empty()) texts.push_back(std::move(text));
  }
  return texts;
}

std::vector<std::string> split(std::string_view text, std::string_view separator) { return cut(text, separator, true); }

std::vector<std::string> split_all(std::string_view text, std::string_view separator) { return cut(text, separator, false); }

bool holds(const Condition& condition, const Value& row) {
  const Value* value = find(row, condition.field);
  const std::string text = value ? text::fold(trimmed(value->text)) : "";
  return std::find(condition.values.begin(), condition.values.end(), text) != condition.values.end();
}

bool any_holds(const std::vector<Condition>& conditions, const Value& row) {
  return std::any_of(conditions.begin(), conditions.end(), [&](const Condition& condition) { return holds(condition, row); });
}

bool fits(std::string_view name, std::string_view pattern) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return name == pattern;
  if (name.substr(0, star) != pattern.substr(0, star)) return false;
  name.remove_prefix(star);
  pattern.remove_prefix(star + 1);
  for (std::size_t skip = 0; skip <= name.size(); ++skip) {
    if (fits(name.substr(skip), pattern)) return true;
  }
  return false;
}

}  // namespace floorwalker::embedded
