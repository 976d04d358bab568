#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

// Writing JSON by hand, fast: for what is written at every step of a turn. Reading is a parser's job.
namespace floorwalker::json {

// The shortest decimal that reads back as the same double, without exponent: "1.2", "1000000". "0" for what is no number.
std::string number_text(double value);

// Appends JSON text in call order and sets the commas. The caller opens and closes in pairs.
class Writer {
 public:
  Writer& open(char bracket);   // '{' or '['
  Writer& close(char bracket);  // '}' or ']'
  Writer& key(std::string_view name);

  // Text is written as valid UTF-8 without control or invisible characters (zero width, bidirectional overrides, tags), which could
  // smuggle instructions past a reader.
  Writer& text(std::string_view value);
  // Text that must read back the same: valid UTF-8 is written unchanged, control characters as escapes.
  Writer& exact(std::string_view utf8);
  Writer& integer(std::int64_t value);
  Writer& number(double value);
  Writer& boolean(bool value);
  Writer& null();
  Writer& raw(std::string_view json);  // one JSON value, already written

  Writer& field(std::string_view name, std::string_view value) { return key(name).text(value); }
  Writer& filled(std::string_view name, std::string_view value) { return value.empty() ? *this : field(name, value); }

  void reserve(std::size_t bytes) { out_.reserve(bytes); }
  std::string take() { return std::move(out_); }

 private:
  void separate();
  void append_escaped(std::string_view clean);
  void append_control(char c);

  std::string out_;
};

}  // namespace floorwalker::json
