#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <vector>

#include "adapters/embedded/importer.h"
#include "adapters/embedded/native.h"
#include "adapters/embedded/rows.h"

namespace floorwalker::embedded {

// One thing to bring into the shop, or what is wrong with it.
struct ImportItem {
  std::size_t source = 0;  // index in the request
  std::size_t line = 0;
  NativeRecord record;
  FieldProblems problems;
  bool skipped = false;    // the map leaves the record out
};

struct ImportBatch {
  std::vector<ImportItem> items;
  std::size_t records = 0;      // rows of the source behind them
  std::size_t source = 0;
  std::uint64_t bytes = 0, total = 0;
};

// Reads and maps the sources in a thread of its own, a few batches ahead of whoever takes them, in the order of the files.
class RecordStream {
 public:
  RecordStream(const ImportRequest& request, const Currency& currency);
  ~RecordStream();  // stops reading
  RecordStream(const RecordStream&) = delete;
  RecordStream& operator=(const RecordStream&) = delete;

  // The next batch, nothing at the end. Fails when a file cannot be read.
  Result<std::optional<ImportBatch>> next();

  // After the end: records that were not UTF-8.
  std::size_t repaired() const { return repaired_; }

  // After the end: rows with a stock below 0.
  std::size_t oversold() const { return oversold_; }

 private:
  Result<void> run();
  Result<void> read_source(std::size_t source);
  Result<void> read_native(RowReader& rows, const ByteSource& bytes, std::size_t source);
  Result<void> read_mapped(RowReader& rows, const ByteSource& bytes, std::size_t source);
  bool give(ImportItem item);  // false when nobody takes any more
  void start_batch(std::size_t source, const ByteSource& bytes, std::size_t rows);
  bool flush();

  const ImportRequest& request_;
  Currency currency_;
  std::size_t oversold_ = 0;  // the reading thread's until it ends
  std::size_t repaired_ = 0;  // the reading thread's until it ends
  ImportBatch batch_;         // the reading thread's

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<ImportBatch> ready_;
  bool ended_ = false;
  bool stopped_ = false;

  std::future<Result<void>> reading_;
};

// Opens a source as the map says, ungrouped.
Result<std::unique_ptr<ByteSource>> open_source(const ImportSource& source);
std::unique_ptr<RowReader> read_rows(std::unique_ptr<ByteSource> bytes, const ImportMap& map);

}  // namespace floorwalker::embedded
