#include "adapters/embedded/importer.h"

#include <chrono>

#include "adapters/embedded/catalogue.h"
#include "adapters/embedded/record_stream.h"
#include "adapters/embedded/writer.h"

namespace floorwalker::embedded {

namespace {

constexpr auto kBetweenProgress = std::chrono::milliseconds(100);

// The currency that a `shop` record of the sources names. Records come in any order, so that they are read once for this alone.
Result<std::optional<Currency>> currency_of_sources(const ImportRequest& request) {
  for (const ImportSource& source : request.sources) {
    auto bytes = open_source(source);
    if (!bytes) return fail(bytes.error().kind, source.name() + " " + bytes.error().message, bytes.error().detail);
    auto rows = read_rows(std::move(*bytes), request.map);
    Record record;
    while (true) {
      auto more = rows->next(record);
      if (!more) return fail(more.error().kind, source.name() + " " + more.error().message, more.error().detail);
      if (!*more) break;
      if (auto currency = native_currency(record.value)) return currency;
    }
  }
  return std::optional<Currency>();
}

// In this order: what the caller wants, what the sources say, what the map says, what the shop has.
Result<Currency> choose_currency(const ImportRequest& request, const Currency& shops) {
  if (!request.currency.empty()) {
    if (const auto wanted = Currency::parse(request.currency)) return *wanted;
    return fail(ErrorKind::kInvalidArgument, "\"" + request.currency + "\" is no ISO currency code such as USD");
  }
  if (request.map.format == RowFormat::kNative) {
    auto told = currency_of_sources(request);
    if (!told) return fail(std::move(told.error()));
    if (*told) return **told;
  }
  if (const auto mapped = Currency::parse(request.map.currency)) return *mapped;
  if (shops != Currency()) return shops;
  return fail(ErrorKind::kInvalidArgument, "the currency of the prices is not known: say shop: {currency: USD} in the map, or --currency USD");
}

// Throws away the report's progress where there is nothing to tell it to.
class Progress {
 public:
  explicit Progress(const ImportRequest& request) : request_(request) {}

  void tell(const ImportBatch& batch, std::size_t records, bool last) {
    const auto now = std::chrono::steady_clock::now();
    if (!request_.progress || (!last && now - told_ < kBetweenProgress)) return;
    told_ = now;
    request_.progress({request_.sources[batch.source].name(), batch.bytes, batch.total, records});
  }

 private:
  const ImportRequest& request_;
  std::chrono::steady_clock::time_point told_{};
};

Result<void> write_settings(Connection& connection, const ImportRequest& request, const Currency& currency) {
  const Currency before = read_currency(connection);
  if (before != Currency() && before != currency && !request.replace) {
    return fail(ErrorKind::kInvalidArgument, "the shop sells in " + std::string(before.code()) + " and the import is in " +
                                                 std::string(currency.code()) + "; use another shop file, or --replace");
  }
  set_meta(connection, "currency", std::string(currency.code()));
  if (!request.map.shop_name.empty()) set_meta(connection, "name", request.map.shop_name);
  if (!request.map.checkout_url.empty()) set_meta(connection, "checkout_url", request.map.checkout_url);
  return {};
}

// Takes everything from the stream until its end or the bound of problems.
Result<void> write_all(Connection& connection, const ImportRequest& request, const Currency& currency, ImportReport& report) {
  if (auto written = write_settings(connection, request, currency); !written) return written;
  RecordStream stream(request, currency);
  ShopWriter writer(connection, request, report);
  Progress progress(request);
  ImportBatch last;
  while (report.problems.size() < request.most_problems) {
    auto batch = stream.next();
    if (!batch) return fail(std::move(batch.error()));
    if (!*batch) break;
    report.records += (*batch)->records;
    for (ImportItem& item : (*batch)->items) {
      if (report.problems.size() < request.most_problems) writer.put(item);
    }
    last = std::move(**batch);
    progress.tell(last, report.records, false);
  }
  progress.tell(last, report.records, true);
  if (const std::size_t repaired = stream.repaired(); repaired && report.problems.size() < request.most_problems) {
    report.notes.push_back(std::to_string(repaired) + " records or cells were not UTF-8 and were read as Windows-1252");
  }
  if (const std::size_t oversold = stream.oversold(); oversold && report.problems.size() < request.most_problems) {
    report.notes.push_back("rows with a stock below 0 (more was sold than there was), which count as sold out: " + std::to_string(oversold));
  }
  if (request.replace && report.records == 0 && report.problems.empty()) {
    return fail(ErrorKind::kInvalidArgument, "there is no record in " + request.sources.front().name() + ", and --replace would leave the shop without products; nothing was changed");
  }
  return writer.finish();
}

}  // namespace

std::string format(const ImportProblem& problem) {
  std::string text = problem.file;
  if (problem.line) text += ":" + std::to_string(problem.line);
  if (!problem.field.empty()) text += ": " + problem.field;
  return text + ": " + problem.message;
}

Result<ImportReport> import_files(Shop& shop, const ImportRequest& request) {
  if (request.sources.empty()) return fail(ErrorKind::kInvalidArgument, "there is no file to import");
  auto currency = choose_currency(request, shop.catalogue().currency());
  if (!currency) return fail(std::move(currency.error()));
  ImportReport report;
  const auto written = shop.store().write([&](Connection& connection) -> Result<void> {
    // Most pages are written once: room to keep them until the end.
    connection.db().exec("PRAGMA cache_size=-65536");
    auto result = write_all(connection, request, *currency, report);
    connection.db().exec("PRAGMA cache_size=-4000");
    return result;
  });
  if (!written && report.problems.empty()) return fail(written.error());
  if (!report.problems.empty()) report.added = report.updated = report.removed = 0;
  return report;
}

}  // namespace floorwalker::embedded
