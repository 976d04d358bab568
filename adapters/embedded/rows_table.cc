#include <simdjson.h>

#include <algorithm>

#include "adapters/embedded/rows.h"
#include "agent/core/text.h"

namespace floorwalker::embedded {

namespace {

constexpr std::size_t kLongestRecord = std::size_t{64} << 20;

// One character at a time with one of look-ahead, from a buffer.
class Characters {
 public:
  explicit Characters(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  static constexpr int kEnd = -1;

  // Throws Error when the source cannot be read; only this file sees it.
  int peek() {
    if (at_ == filled_ && !ended_) fill();
    return at_ == filled_ ? kEnd : static_cast<unsigned char>(buffer_[at_]);
  }
  int take() {
    const int c = peek();
    if (c != kEnd) ++at_;
    return c;
  }

 private:
  void fill() {
    auto got = source_->read(buffer_.data(), buffer_.size());
    if (!got) throw std::move(got.error());
    at_ = 0;
    filled_ = *got;
    ended_ = filled_ == 0;
  }

  std::unique_ptr<ByteSource> source_;
  std::vector<char> buffer_ = std::vector<char>(std::size_t{1} << 16);
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
  bool ended_ = false;
};

class Table final : public RowReader {
 public:
  Table(std::unique_ptr<ByteSource> source, char delimiter) : in_(std::move(source)), delimiter_(delimiter) {}

  Result<bool> next(Record& record) override {
    try {
      if (header_.empty() && !read_header()) return false;
      while (true) {
        record = Record();
        record.line = line_;
        if (peek() == Characters::kEnd) return false;
        if (!read_cells(record.problem)) return true;
        const auto blank = [](const std::string& cell) { return cell.find_first_not_of(" \t\r\n") == std::string::npos; };
        if (!std::all_of(cells_.begin(), cells_.end(), blank)) break;  // else an empty line
      }
      fill(record);
      return true;
    } catch (const Error& error) {
      return fail(error);
    }
  }

  std::size_t repaired() const override { return repaired_; }

 private:
  bool read_header() {
    if (in_.peek() == 0xff || in_.peek() == 0xfe) {
      throw Error{ErrorKind::kInvalidArgument, "is UTF-16; save it as UTF-8 (or convert it with iconv -f UTF-16 -t UTF-8)", ""};
    }
    if (!delimiter_) guess_delimiter();
    std::optional<std::string> problem;
    if (peek() == Characters::kEnd) return false;
    if (!read_cells(problem)) throw Error{ErrorKind::kInvalidArgument, "has a bad header: " + *problem, ""};
    for (std::string& cell : cells_) {
      if (cell.substr(0, 3) == "\xef\xbb\xbf") cell.erase(0, 3);
      header_.push_back(trimmed(cell));
    }
    return true;
  }

  // Looks at the first line, and gives it back.
  void guess_delimiter() {
    while (in_.peek() != Characters::kEnd && in_.peek() != '\n' && pushed_.size() < kLongestRecord) {
      pushed_ += static_cast<char>(in_.take());
    }
    delimiter_ = ',';
    for (const char candidate : {';', '\t', '|'}) {
      const auto often = [&](char c) { return std::count(pushed_.begin(), pushed_.end(), c); };
      if (often(candidate) > often(delimiter_)) delimiter_ = candidate;
    }
    pushed_at_ = 0;
  }

  int peek() { return pushed_at_ < pushed_.size() ? static_cast<unsigned char>(pushed_[pushed_at_]) : in_.peek(); }
  int take() {
    if (pushed_at_ < pushed_.size()) return static_cast<unsigned char>(pushed_[pushed_at_++]);
    return in_.take();
  }

  // Reads one record into cells_; false with the problem for one that never ends.
  bool read_cells(std::optional<std::string>& problem) {
    const std::size_t start = line_;
    cells_.clear();
    std::size_t size = 0;
    while (true) {
      std::string& cell = cells_.emplace_back();
      if (peek() == '"' && !read_quoted(cell)) {
        problem = "a quote that is opened on line " + std::to_string(start) + " is never closed";
        return false;
      }
      read_plain(cell);
      size += cell.size();
      if (size > kLongestRecord) throw Error{ErrorKind::kInvalidArgument, "has a record of more than 64 MiB: this is no table", ""};
      const int c = take();
      if (c == delimiter_) continue;
      if (c == '\r' && peek() == '\n') take();
      if (c != Characters::kEnd) ++line_;
      return true;
    }
  }

  // The quoted part of a cell, after which read_plain() takes whatever else stands before the separator.
  bool read_quoted(std::string& cell) {
    take();
    while (true) {
      const int c = take();
      if (c == Characters::kEnd || cell.size() > kLongestRecord) return false;
      if (c == '\n') ++line_;
      if (c == '"') {
        if (peek() != '"') return true;
        take();
      }
      cell += static_cast<char>(c);
    }
  }

  void read_plain(std::string& cell) {
    for (int c = peek(); c != Characters::kEnd && c != delimiter_ && c != '\n' && c != '\r'; c = peek()) {
      cell += static_cast<char>(take());
      if (cell.size() > kLongestRecord) return;
    }
  }

  void fill(Record& record) {
    record.value.kind = Value::Kind::kObject;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      std::string& cell = cells_[i];
      if (!simdjson::validate_utf8(cell.data(), cell.size())) {
        cell = text::sanitise(cell);
        ++repaired_;
      }
      if (cell.find_first_not_of(" \t\r\n") == std::string::npos) continue;
      if (i >= header_.size()) {
        record.problem = "has " + std::to_string(cells_.size()) + " cells, the header only " + std::to_string(header_.size()) +
                         "; quote cells that hold the separator";
        return;
      }
      Value& value = record.value.members.emplace_back(Member{header_[i], Value()}).value;
      value.kind = Value::Kind::kText;
      value.text = cell;
    }
  }

  static std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return "";
    return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
  }

  Characters in_;
  char delimiter_;
  std::string pushed_;  // the first line, when it was looked at to find the delimiter
  std::size_t pushed_at_ = 0;
  std::vector<std::string> header_;
  std::vector<std::string> cells_;
  std::size_t line_ = 1;
  std::size_t repaired_ = 0;
};

}  // namespace

std::unique_ptr<RowReader> read_table(std::unique_ptr<ByteSource> source, char delimiter) {
  return std::make_unique<Table>(std::move(source), delimiter);
}

}  // namespace floorwalker::embedded
