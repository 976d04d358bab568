#include "agent/core/json_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "agent/core/text.h"

namespace floorwalker::json {
namespace {

bool plain(unsigned char c) { return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t'; }

// Bytes that a JSON string cannot hold as they are.
constexpr std::array<bool, 256> kEscaped = [] {
  std::array<bool, 256> table{};
  for (unsigned c = 0; c < 0x20; ++c) table[c] = true;
  table['"'] = table['\\'] = true;
  return table;
}();

bool invisible(char32_t c) {
  return (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || c == 0x00ad ||
         (c >= 0xe0000 && c <= 0xe007f);
}

// Length in bytes and value of the code point at the start of valid UTF-8.
std::pair<std::size_t, char32_t> code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return {1, byte(0)};
  const std::size_t length = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
  if (length > text.size()) return {text.size(), 0};
  char32_t value = byte(0) & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) value = (value << 6) | (byte(i) & 0x3fu);
  return {length, value};
}

std::string without_invisible(std::string_view utf8) {
  std::string kept;
  kept.reserve(utf8.size());
  while (!utf8.empty()) {
    const auto [length, value] = code_point(utf8);
    if (!invisible(value)) kept.append(utf8.substr(0, length));
    utf8.remove_prefix(length);
  }
  return kept;
}

}  // namespace

std::string number_text(double value) {
  if (!std::isfinite(value)) return "0";
  char digits[400];  // the largest double has 309 digits
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed);
  return error == std::errc() ? std::string(digits, end) : "0";
}

void Writer::separate() {
  if (out_.empty()) return;
  const char last = out_.back();
  if (last != '{' && last != '[' && last != ':') out_ += ',';
}

Writer& Writer::open(char bracket) {
  separate();
  out_ += bracket;
  return *this;
}

Writer& Writer::close(char bracket) {
  out_ += bracket;
  return *this;
}

Writer& Writer::key(std::string_view name) {
  text(name);
  out_ += ':';
  return *this;
}

Writer& Writer::text(std::string_view value) {
  separate();
  out_ += '"';
  if (std::all_of(value.begin(), value.end(), [](char c) { return plain(static_cast<unsigned char>(c)); })) {
    append_escaped(value);
  } else {
    append_escaped(without_invisible(floorwalker::text::sanitise(value)));
  }
  out_ += '"';
  return *this;
}

Writer& Writer::exact(std::string_view utf8) {
  separate();
  out_ += '"';
  append_escaped(utf8);
  out_ += '"';
  return *this;
}

void Writer::append_escaped(std::string_view clean) {
  std::size_t start = 0;   // of a run that is copied as it is
  for (std::size_t at = 0; at < clean.size(); ++at) {
    if (!kEscaped[static_cast<unsigned char>(clean[at])]) continue;
    out_.append(clean, start, at - start);
    start = at + 1;
    switch (clean[at]) {
      case '"': out_ += "\\\""; break;
      case '\\': out_ += "\\\\"; break;
      case '\n': out_ += "\\n"; break;
      case '\t': out_ += "\\t"; break;
      default: append_control(clean[at]);
    }
  }
  out_.append(clean, start);
}

void Writer::append_control(char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out_ += "\\u00";
  out_ += kHex[static_cast<unsigned char>(c) >> 4];
  out_ += kHex[static_cast<unsigned char>(c) & 15];
}

Writer& Writer::integer(std::int64_t value) {
  separate();
  out_ += std::to_string(value);
  return *this;
}

Writer& Writer::number(double value) {
  separate();
  out_ += number_text(value);
  return *this;
}

Writer& Writer::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
  return *this;
}

Writer& Writer::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

Writer& Writer::null() {
  separate();
  out_ += "null";
  return *this;
}

}  // namespace floorwalker::json
