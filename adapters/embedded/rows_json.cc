#include <simdjson.h>

#include <cstring>

#include "adapters/embedded/rows.h"
#include "agent/core/text.h"

namespace floorwalker::embedded {

namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t kChunk = std::size_t{1} << 18;
constexpr std::size_t kLongestLine = std::size_t{64} << 20;
constexpr int kDeepest = 64;

// Cuts the source into lines, without their ends. A line stays valid until the next.
class Lines {
 public:
  explicit Lines(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  // False at the end.
  Result<bool> next(std::string_view& line) {
    while (true) {
      const void* found = at_ < filled_ ? std::memchr(buffer_.data() + at_, '\n', filled_ - at_) : nullptr;
      if (found || (ended_ && at_ < filled_)) {
        const std::size_t end = found ? static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data()) : filled_;
        line = {buffer_.data() + at_, end - at_};
        at_ = found ? end + 1 : end;
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        return true;
      }
      if (ended_) return false;
      if (auto more = fill(); !more) return fail(std::move(more.error()));
    }
  }

  // Bytes that may be read after the last line, as simdjson wants them.
  static constexpr std::size_t kPadding = simdjson::SIMDJSON_PADDING;

 private:
  Result<void> fill() {
    if (at_ < filled_) std::memmove(buffer_.data(), buffer_.data() + at_, filled_ - at_);
    filled_ -= at_;
    at_ = 0;
    if (filled_ > kLongestLine) return fail(ErrorKind::kInvalidArgument, "has a line of more than 64 MiB: this is no file of JSON lines");
    if (buffer_.size() < filled_ + kChunk + kPadding) buffer_.resize(std::max(buffer_.size() * 2, filled_ + kChunk + kPadding));
    auto got = source_->read(buffer_.data() + filled_, kChunk);
    if (!got) return fail(std::move(got.error()));
    ended_ = *got == 0;
    filled_ += *got;
    return {};
  }

  std::unique_ptr<ByteSource> source_;
  std::vector<char> buffer_;
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
  bool ended_ = false;
};

void convert(ondemand::value in, Value& out, int depth);

void convert_object(ondemand::object object, Value& out, int depth) {
  out.kind = Value::Kind::kObject;
  for (auto field : object) {
    const std::string_view key = field.unescaped_key();
    convert(field.value(), out.members.emplace_back(Member{key, Value()}).value, depth);
  }
}

// Throws simdjson_error on malformed input.
void convert(ondemand::value in, Value& out, int depth) {
  if (depth > kDeepest) throw simdjson::simdjson_error(simdjson::DEPTH_ERROR);
  switch (in.type()) {
    case ondemand::json_type::string:
      out.kind = Value::Kind::kText;
      out.text = in.get_string();
      break;
    case ondemand::json_type::number: {
      out.kind = Value::Kind::kNumber;
      out.text = in.raw_json_token();
      out.text = out.text.substr(0, out.text.find_last_not_of(" \t\r\n") + 1);
      [[maybe_unused]] const double checked = in.get_double();  // raw text alone is not validated
      break;
    }
    case ondemand::json_type::boolean:
      out.kind = Value::Kind::kBoolean;
      out.text = bool(in.get_bool()) ? "true" : "false";
      break;
    case ondemand::json_type::null:
      if (!in.is_null()) throw simdjson::simdjson_error(simdjson::INCORRECT_TYPE);
      break;
    case ondemand::json_type::array:
      out.kind = Value::Kind::kList;
      for (auto item : in.get_array()) convert(item.value(), out.items.emplace_back(), depth + 1);
      break;
    case ondemand::json_type::object: convert_object(in.get_object(), out, depth + 1); break;
  }
}

class JsonLines final : public RowReader {
 public:
  explicit JsonLines(std::unique_ptr<ByteSource> source) : lines_(std::move(source)) {}

  Result<bool> next(Record& record) override {
    std::string_view line;
    while (true) {
      auto more = lines_.next(line);
      if (!more) return fail(std::move(more.error()));
      if (!*more) return false;
      ++number_;
      if (number_ == 1 && line.substr(0, 3) == "\xef\xbb\xbf") line.remove_prefix(3);
      const auto first = line.find_first_not_of(" \t");
      if (first != std::string_view::npos && line[first] != '#') break;
    }
    record = Record();
    record.line = number_;
    parse(line, record);
    return true;
  }

  std::size_t repaired() const override { return repaired_; }

 private:
  void parse(std::string_view line, Record& record) {
    if (!simdjson::validate_utf8(line.data(), line.size())) {
      ++repaired_;
      text_ = text::sanitise(line);
    } else {
      text_.assign(line);
    }
    try {
      const simdjson::padded_string_view padded = pad();
      ondemand::document document = parser_.iterate(padded);
      if (document.type() != ondemand::json_type::object) {
        record.problem = "is not a JSON object; each line has to hold one, such as {\"id\": \"1\", ...}";
        return;
      }
      convert_object(document.get_object(), record.value, 0);
      if (document.current_location().error() == simdjson::SUCCESS) record.problem = "holds more than one JSON object; put each on a line of its own";
    } catch (const simdjson::simdjson_error& error) {
      record.value = Value();
      record.problem = std::string("is not valid JSON: ") + error.what();
    }
  }

  simdjson::padded_string_view pad() {
    if (text_.capacity() < text_.size() + simdjson::SIMDJSON_PADDING) text_.reserve(2 * text_.size() + simdjson::SIMDJSON_PADDING);
    return simdjson::padded_string_view(text_.data(), text_.size(), text_.capacity());
  }

  Lines lines_;
  ondemand::parser parser_;
  std::string text_;
  std::size_t number_ = 0;
  std::size_t repaired_ = 0;
};

}  // namespace

std::string_view describe(const Value& value) {
  switch (value.kind) {
    case Value::Kind::kNull: return "null";
    case Value::Kind::kText: return "text";
    case Value::Kind::kNumber: return "a number";
    case Value::Kind::kBoolean: return "true or false";
    case Value::Kind::kList: return "a list";
    case Value::Kind::kObject: return "an object";
  }
  return "null";
}

std::unique_ptr<RowReader> read_json_lines(std::unique_ptr<ByteSource> source) { return std::make_unique<JsonLines>(std::move(source)); }

}  // namespace floorwalker::embedded
