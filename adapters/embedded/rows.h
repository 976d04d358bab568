#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/embedded/value.h"
#include "agent/core/result.h"

// Reading source files: bytes (gzip or not), then records (JSON lines, CSV, TSV). One record is in memory at a time.
namespace floorwalker::embedded {

// Bytes of a file, unpacked if they are gzip. Used by one thread, save for consumed().
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Fills up to `size` bytes; 0 at the end.
  virtual Result<std::size_t> read(char* bytes, std::size_t size) = 0;

  // How far reading has come in the source itself, of total(): for progress.
  virtual std::uint64_t consumed() const = 0;
  virtual std::uint64_t total() const = 0;
};

Result<std::unique_ptr<ByteSource>> open_file(const std::filesystem::path& file);

// Bytes in memory, which have to outlive the source.
std::unique_ptr<ByteSource> open_memory(std::string_view bytes);

struct Record {
  std::size_t line = 0;                // the line on which it starts, from 1
  Value value;                         // an object
  std::optional<std::string> problem;  // instead of a value: why the record cannot be read
};

// The records of one file.
class RowReader {
 public:
  virtual ~RowReader() = default;

  // Reads the next record, good or bad; false at the end. Fails when nothing further can be read.
  virtual Result<bool> next(Record& record) = 0;

  // Records whose text was not UTF-8 and was read as Windows-1252.
  virtual std::size_t repaired() const { return 0; }
};

// One JSON object a line. Empty lines and lines that start with # are passed over.
std::unique_ptr<RowReader> read_json_lines(std::unique_ptr<ByteSource> source);

// A table with a header line; quoted cells may hold separators, quotes (doubled) and line breaks. `delimiter` 0: whichever of comma,
// semicolon, tab and bar occurs most in the header. Empty cells are left out of the record.
std::unique_ptr<RowReader> read_table(std::unique_ptr<ByteSource> source, char delimiter);

// The records of `rows` with those of equal text in field `group_by` brought together, in the order of each group's first record.
// Keeps them in a temporary file, not in memory. Records without the field are groups of their own.
std::unique_ptr<RowReader> grouped(std::unique_ptr<RowReader> rows, std::string group_by);

}  // namespace floorwalker::embedded
