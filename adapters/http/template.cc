#include "adapters/http/template.h"

#include <algorithm>
#include <cctype>

#include "agent/core/json_writer.h"

namespace floorwalker::http {
namespace {

bool in_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

const Value kUnset;

const Value& value_of(const Variables& variables, const std::string& name) {
  const Value* value = variables.find(name);
  return value ? *value : kUnset;
}

void write_value(const Value& value, std::string& out) {
  if (const auto* text = std::get_if<std::string>(&value)) return write_json_text(*text, out);
  if (const auto* number = std::get_if<std::int64_t>(&value)) return void(out += std::to_string(*number));
  if (const auto* yes = std::get_if<bool>(&value)) return void(out += *yes ? "true" : "false");
  const auto* list = std::get_if<std::vector<std::string>>(&value);
  if (!list) return void(out += "null");
  out += '[';
  for (std::size_t i = 0; i < list->size(); ++i) {
    if (i) out += ',';
    write_json_text((*list)[i], out);
  }
  out += ']';
}

}  // namespace

std::string to_text(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* yes = std::get_if<bool>(&value)) return *yes ? "true" : "false";
  std::string joined;
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    for (const std::string& item : *list) joined += (joined.empty() ? "" : ",") + item;
  }
  return joined;
}

void write_json_text(std::string_view text, std::string& out) {
  json::Writer writer;
  writer.exact(text);
  out += writer.take();
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

Result<TextTemplate> TextTemplate::parse(std::string_view text) {
  TextTemplate made;
  std::string literal;
  const auto flush = [&] {
    if (!literal.empty()) made.parts_.push_back({literal, false});
    literal.clear();
  };
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '$') {
      literal += text[at++];
      continue;
    }
    if (text.substr(at).starts_with("$$")) {
      literal += '$';
      at += 2;
      continue;
    }
    const bool braces = text.substr(at).starts_with("${");
    std::size_t end = at + (braces ? 2 : 1);
    const std::size_t start = end;
    while (end < text.size() && in_name(text[end])) ++end;
    if (end == start || (braces && (end == text.size() || text[end] != '}'))) {
      return fail(ErrorKind::kInvalidArgument, "'$' wants the name of a variable after it (write '$$' for a dollar sign)");
    }
    flush();
    made.parts_.push_back({std::string(text.substr(start, end - start)), true});
    at = end + (braces ? 1 : 0);
  }
  flush();
  return made;
}

std::vector<std::string> TextTemplate::variables() const {
  std::vector<std::string> names;
  for (const Part& part : parts_) {
    if (part.variable) names.push_back(part.text);
  }
  return names;
}

const std::string& TextTemplate::alone() const {
  static const std::string kNone;
  return parts_.size() == 1 && parts_.front().variable ? parts_.front().text : kNone;
}

bool TextTemplate::lacks(const Variables& variables) const {
  return std::any_of(parts_.begin(), parts_.end(), [&](const Part& part) { return part.variable && !is_set(value_of(variables, part.text)); });
}

std::string TextTemplate::plain(const Variables& variables) const {
  std::string out;
  for (const Part& part : parts_) out += part.variable ? to_text(value_of(variables, part.text)) : part.text;
  return out;
}

Result<std::string> TextTemplate::path(const Variables& variables) const {
  std::string out;
  for (const Part& part : parts_) {
    if (!part.variable) {
      out += part.text;
      continue;
    }
    const std::string value = to_text(value_of(variables, part.text));
    if (value.empty() || value == "." || value == "..") return fail(ErrorKind::kNotFound, "there is no " + part.text + " '" + value + "'");
    out += percent_encoded(value);
  }
  return out;
}

Result<std::string> TextTemplate::header(const Variables& variables) const {
  std::string out = plain(variables);
  const bool control = std::any_of(out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (control) return fail(ErrorKind::kInvalidArgument, "a value with control characters cannot be sent");
  return out;
}

void JsonTemplate::write(const Variables& variables, std::string& out) const {
  switch (kind) {
    case Kind::kLiteral: out += literal; return;
    case Kind::kText: {
      const std::string& name = text.alone();
      return name.empty() ? write_json_text(text.plain(variables), out) : write_value(value_of(variables, name), out);
    }
    case Kind::kList:
      out += '[';
      for (std::size_t i = 0; i < items.size(); ++i) {
        if (i) out += ',';
        items[i].write(variables, out);
      }
      out += ']';
      return;
    case Kind::kObject: {
      out += '{';
      bool first = true;
      for (std::size_t i = 0; i < items.size(); ++i) {
        const JsonTemplate& value = items[i];
        if (value.optional && value.text.lacks(variables)) continue;
        if (!std::exchange(first, false)) out += ',';
        write_json_text(keys[i], out);
        out += ':';
        value.write(variables, out);
      }
      out += '}';
    }
  }
}

void JsonTemplate::add_variables(std::vector<std::string>& names) const {
  for (std::string& name : text.variables()) names.push_back(std::move(name));
  for (const JsonTemplate& item : items) item.add_variables(names);
}

}  // namespace floorwalker::http
