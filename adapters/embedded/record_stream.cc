#include "adapters/embedded/record_stream.h"

#include "adapters/embedded/mapper.h"

namespace floorwalker::embedded {

namespace {

constexpr std::size_t kBatch = 256;
constexpr std::size_t kBatchesAhead = 8;

// No text that a shop wrote has a NUL: what does is damaged, and what stands behind it may be anything.
void refuse_nul(const Value& value, const std::string& field, FieldProblems& problems) {
  if (value.text.find('\0') != std::string_view::npos) problems.push_back({field, "holds a NUL byte: the file is damaged, or is no text (UTF-16?); write it anew as UTF-8"});
  for (std::size_t i = 0; i < value.items.size(); ++i) refuse_nul(value.items[i], field + "[" + std::to_string(i) + "]", problems);
  for (const Member& member : value.members) refuse_nul(member.value, (field.empty() ? "" : field + ".") + std::string(member.name), problems);
}

}  // namespace

Result<std::unique_ptr<ByteSource>> open_source(const ImportSource& source) {
  if (source.bytes.data()) return open_memory(source.bytes);
  return open_file(source.path);
}

std::unique_ptr<RowReader> read_rows(std::unique_ptr<ByteSource> bytes, const ImportMap& map) {
  return map.format == RowFormat::kTable ? read_table(std::move(bytes), map.delimiter) : read_json_lines(std::move(bytes));
}

RecordStream::RecordStream(const ImportRequest& request, const Currency& currency) : request_(request), currency_(currency) {
  reading_ = std::async(std::launch::async, [this] {
    const auto end = [this] {
      const std::lock_guard lock(mutex_);
      ended_ = true;
      changed_.notify_all();
    };
    struct AtExit {
      decltype(end)& run;
      ~AtExit() { run(); }
    } at_exit{end};
    return run();
  });
}

RecordStream::~RecordStream() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }
  if (reading_.valid()) reading_.wait();
}

Result<std::optional<ImportBatch>> RecordStream::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !ready_.empty() || ended_; });
  if (!ready_.empty()) {
    ImportBatch batch = std::move(ready_.front());
    ready_.pop_front();
    changed_.notify_all();
    return std::optional<ImportBatch>(std::move(batch));
  }
  lock.unlock();
  if (reading_.valid()) {
    if (auto read = reading_.get(); !read) return fail(std::move(read.error()));
  }
  return std::optional<ImportBatch>();
}

bool RecordStream::flush() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return ready_.size() < kBatchesAhead || stopped_; });
  if (stopped_) return false;
  ready_.push_back(std::move(batch_));
  changed_.notify_all();
  batch_ = ImportBatch();
  return true;
}

bool RecordStream::give(ImportItem item) {
  batch_.items.push_back(std::move(item));
  return batch_.items.size() < kBatch || flush();
}

void RecordStream::start_batch(std::size_t source, const ByteSource& bytes, std::size_t rows) {
  batch_.source = source;
  batch_.bytes = bytes.consumed();
  batch_.total = bytes.total();
  batch_.records += rows;
}

Result<void> RecordStream::run() {
  for (std::size_t source = 0; source < request_.sources.size(); ++source) {
    if (auto read = read_source(source); !read) {
      Error error = std::move(read.error());
      error.message = request_.sources[source].name() + " " + error.message;
      return fail(std::move(error));
    }
  }
  flush();
  return {};
}

Result<void> RecordStream::read_source(std::size_t source) {
  auto bytes = open_source(request_.sources[source]);
  if (!bytes) return fail(std::move(bytes.error()));
  const ByteSource& progress = **bytes;  // lives as long as the reader
  std::unique_ptr<RowReader> rows = read_rows(std::move(*bytes), request_.map);
  if (!request_.map.group_by.empty()) rows = grouped(std::move(rows), request_.map.group_by);
  auto read = request_.map.format == RowFormat::kNative ? read_native(*rows, progress, source) : read_mapped(*rows, progress, source);
  repaired_ += rows->repaired();
  return read;
}

Result<void> RecordStream::read_native(RowReader& rows, const ByteSource& bytes, std::size_t source) {
  Record record;
  while (true) {
    auto more = rows.next(record);
    if (!more) return fail(std::move(more.error()));
    if (!*more) return {};
    start_batch(source, bytes, 1);
    ImportItem item{source, record.line, {}, {}, false};
    if (record.problem) item.problems.push_back({"", *record.problem});
    else refuse_nul(record.value, "", item.problems);
    if (item.problems.empty()) item.record = parse_native(record.value, currency_, item.problems);
    if (!give(std::move(item))) return {};
  }
}

Result<void> RecordStream::read_mapped(RowReader& rows, const ByteSource& bytes, std::size_t source) {
  Mapper mapper(request_.map, currency_);
  std::optional<ImportItem> open;  // the product whose rows are coming in
  std::string open_group;
  bool unreadable = false;  // then whatever else it lacks is no news
  Listing listing;
  const auto close = [&] {
    if (!open) return true;
    if (!open->skipped && !unreadable) mapper.finish(listing, open->problems);
    if (!open->skipped && open->problems.empty()) open->record = std::move(listing);
    listing = Listing();
    ImportItem item = std::move(*open);
    open.reset();
    return give(std::move(item));
  };
  Record record;
  while (true) {
    auto more = rows.next(record);
    if (!more) return fail(std::move(more.error()));
    if (!*more) break;
    const std::string group = mapper.group(record.value);
    const bool joins = open && !record.problem && !group.empty() && group == open_group;
    if (!joins && !close()) return {};
    start_batch(source, bytes, 1);
    const bool skipped = !record.problem && mapper.skips(record.value);
    FieldProblems damaged;
    if (!record.problem && !skipped) refuse_nul(record.value, "", damaged);
    if (joins) {  // what leaves a product's first row out leaves out all of it
      const std::size_t before = open->problems.size();
      open->problems.insert(open->problems.end(), damaged.begin(), damaged.end());
      if (!skipped && !open->skipped) Mapper::merge(listing, mapper.part(record.value, Mapper::Row::kFurther, open->problems));
      for (std::size_t i = before; i < open->problems.size(); ++i) open->problems[i].line = record.line;
      continue;
    }
    open = ImportItem{source, record.line, {}, std::move(damaged), skipped};
    open_group = group;
    unreadable = record.problem.has_value();
    if (unreadable) open->problems.push_back({"", *record.problem});
    else if (!skipped) listing = mapper.part(record.value, Mapper::Row::kFirst, open->problems);
  }
  close();
  oversold_ += mapper.oversold();
  return {};
}

}  // namespace floorwalker::embedded
