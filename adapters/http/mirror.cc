#include "adapters/http/mirror.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <mutex>

#include "agent/core/answers_json.h"
#include "agent/core/digest.h"

namespace floorwalker::http {
namespace {

constexpr const char* kSchema = R"(
CREATE TABLE IF NOT EXISTS products(id TEXT PRIMARY KEY, round INTEGER NOT NULL, content TEXT NOT NULL, json TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS variants(id TEXT PRIMARY KEY, product TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS state(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
)";

constexpr std::size_t kMostProblems = 100;
constexpr std::chrono::milliseconds kOverlap = std::chrono::minutes(2);   // by how much the shop's clock may be behind ours

// "2026-03-01T12:00:00Z", of milliseconds.
std::string instant(std::int64_t time) {
  const auto seconds = static_cast<std::time_t>(time / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

// What makes a product another one for the index: everything but its stock.
std::string content_of(Product product) {
  for (Variant& variant : product.variants) variant.stock = {};
  return sha256(to_json(ProductDetails{std::move(product), {}})).substr(0, 32);
}

}  // namespace

struct Mirror::Round {
  std::int64_t number = 0;
  std::string from, since;       // the next page; "" for everything
  std::int64_t begun = 0;        // milliseconds
  SyncReport report;             // so far
};

struct Mirror::Storage {
  explicit Storage(const std::filesystem::path& file) : database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_FULLMUTEX) {
    database.setBusyTimeout(5000);
    database.exec("PRAGMA journal_mode=WAL");
    database.exec("PRAGMA synchronous=NORMAL");   // a copy: what a power cut takes is fetched again
    database.exec(kSchema);
  }

  std::string get(const char* name) {
    SQLite::Statement query(database, "SELECT value FROM state WHERE name=?");
    query.bind(1, name);
    return query.executeStep() ? query.getColumn(0).getString() : std::string();
  }

  std::int64_t number(const char* name) { return std::atoll(get(name).c_str()); }

  void set(const char* name, const std::string& value) {
    SQLite::Statement put(database, "INSERT INTO state(name,value) VALUES(?,?) ON CONFLICT(name) DO UPDATE SET value=excluded.value");
    put.bind(1, name);
    put.bind(2, value);
    put.exec();
  }

  // True if the product is new or other than before.
  bool keep(const Product& product, std::int64_t round) {
    const std::string content = content_of(product);
    SQLite::Statement same(database, "UPDATE products SET round=? WHERE id=? AND content=?");
    same.bind(1, round);
    same.bind(2, product.id.str());
    same.bind(3, content);
    if (same.exec() > 0) return false;
    SQLite::Statement put(database, "INSERT OR REPLACE INTO products(id,round,content,json) VALUES(?,?,?,?)");
    put.bind(1, product.id.str());
    put.bind(2, round);
    put.bind(3, content);
    put.bind(4, to_json(ProductDetails{product, {}}));
    put.exec();
    SQLite::Statement owner(database, "INSERT OR REPLACE INTO variants(id,product) VALUES(?,?)");
    for (const Variant& variant : product.variants) {
      owner.bind(1, variant.id.str());
      owner.bind(2, product.id.str());
      owner.exec();
      owner.reset();
    }
    return true;
  }

  // Drops what this round did not meet, and says how many that were.
  std::size_t drop_old(std::int64_t round) {
    SQLite::Statement drop(database, "DELETE FROM products WHERE round<>?");
    drop.bind(1, round);
    const int removed = drop.exec();
    if (removed) database.exec("DELETE FROM variants WHERE product NOT IN (SELECT id FROM products)");
    return static_cast<std::size_t>(removed);
  }

  // Why a round must not decide what the shop has no more; nothing if it may. An answer that lacks products is no word of the shop's that
  // they are gone: only a total of none says so.
  std::optional<Error> incomplete(const SyncReport& report, const std::optional<std::int64_t>& total) {
    if (total && report.listed < static_cast<std::size_t>(std::max<std::int64_t>(*total, 0))) {
      return Error{ErrorKind::kMalformed,
                   "the shop says that there are " + std::to_string(*total) + " products, but listed " + std::to_string(report.listed) +
                       ": the copy is kept as it was. Sync again; if it stays so, the adapter's paging ('page') or 'total' does not fit the shop",
                   {}};
    }
    const bool nothing = report.listed == 0 && !report.only_changes && total != 0;
    if (!nothing || database.execAndGet("SELECT count(*) FROM products").getInt64() == 0) return std::nullopt;
    return Error{ErrorKind::kMalformed,
                 "the shop listed no products at all, but the copy holds some: the copy is kept as it was. Look whether the shop lists its products; "
                 "where it really has none left, its answer must say so with a total of 0 ('page: {total: ...}'), or the copy is deleted by hand: " +
                     database.getFilename(),
                 {}};
  }

  // The next sync begins anew; what this one changed is told with it.
  void give_up() {
    set("under_way", "given up");
    set("next", "");
  }

  void finish(const Round& round, SyncReport& report) {
    if (!report.only_changes) report.removed = drop_old(round.number);
    if (report.changed || report.removed || get("version").empty()) set("version", std::to_string(round.number));
    set("under_way", "no");
    set("done", std::to_string(round.begun));
    if (!report.only_changes) set("all_done", std::to_string(round.begun));
  }

  SQLite::Database database;
  mutable std::mutex mutex;   // guards `database`
};

namespace {

template <typename Storage, typename Work>
auto guarded(Storage& storage, Work work) -> decltype(work()) {
  const std::lock_guard lock(storage.mutex);
  try {
    return work();
  } catch (const SQLite::Exception& error) {
    return fail(ErrorKind::kIo, "the copy of the shop's catalogue cannot be used", error.what());
  }
}

}  // namespace

Mirror::Mirror(std::unique_ptr<Storage> storage) : storage_(std::move(storage)) {}
Mirror::~Mirror() = default;

Result<std::unique_ptr<Mirror>> Mirror::open(const std::filesystem::path& file) {
  try {
    return std::unique_ptr<Mirror>(new Mirror(std::make_unique<Storage>(file)));
  } catch (const SQLite::Exception& error) {
    return fail(ErrorKind::kIo, "The copy of the catalogue " + file.string() + " cannot be opened.", error.what());
  }
}

// Goes on with a round that was cut off, or begins one: where what was cut off is less than is asked for now, or so old that the shop's pages
// cannot be trusted to go on where they ended.
Result<Mirror::Round> Mirror::begin(const RemoteCatalogue& shop, const SyncOptions& options) {
  return guarded(*storage_, [&]() -> Result<Round> {
    Storage& kept = *storage_;
    Round round;
    const std::int64_t now = options.now.time_since_epoch().count();
    const bool late = now - kept.number("begun") >= std::chrono::milliseconds(options.all_every).count();
    const bool less = options.all && !kept.get("since").empty();
    const std::string before = kept.get("under_way");
    const bool cut_off = before == "yes" || before == "given up";
    round.report.resumed = before == "yes" && !late && !less;
    round.number = kept.number("round") + (round.report.resumed ? 0 : 1);
    if (cut_off) round.report.changed = static_cast<std::size_t>(kept.number("changed"));   // since a version was told last, whatever round goes on
    if (round.report.resumed) {
      round.from = kept.get("next");
      round.since = kept.get("since");
      round.begun = kept.number("begun");
      round.report.products = static_cast<std::size_t>(kept.number("seen"));
      round.report.listed = static_cast<std::size_t>(kept.number("listed"));
    } else {
      const bool fresh = kept.number("all_done") > 0 && now - kept.number("all_done") < std::chrono::milliseconds(options.all_every).count();
      if (shop.tells_changes() && fresh && !options.all) round.since = instant(kept.number("done") - kOverlap.count());
      round.begun = now;
    }
    round.report.only_changes = !round.since.empty();
    SQLite::Transaction transaction(kept.database);
    kept.set("round", std::to_string(round.number));
    kept.set("under_way", "yes");
    kept.set("next", round.from);
    kept.set("since", round.since);
    kept.set("begun", std::to_string(round.begun));
    kept.set("seen", std::to_string(round.report.products));
    kept.set("listed", std::to_string(round.report.listed));
    kept.set("changed", std::to_string(round.report.changed));
    transaction.commit();
    return round;
  });
}

// With the last page the round ends, in one stroke: were it cut off in between, there would be no page to go on with.
Result<void> Mirror::keep(const Round& round, const ProductPage& page, SyncReport& report) {
  return guarded(*storage_, [&]() -> Result<void> {
    SQLite::Transaction transaction(storage_->database);
    for (const Product& product : page.products) report.changed += storage_->keep(product, round.number) ? 1 : 0;
    report.products += page.products.size();
    report.listed += page.listed;
    storage_->set("next", page.next);
    storage_->set("seen", std::to_string(report.products));
    storage_->set("listed", std::to_string(report.listed));
    storage_->set("changed", std::to_string(report.changed));
    const auto incomplete = page.next.empty() ? storage_->incomplete(report, page.total) : std::nullopt;
    if (incomplete) storage_->give_up();
    else if (page.next.empty()) storage_->finish(round, report);
    transaction.commit();
    return incomplete ? Result<void>(fail(*incomplete)) : Result<void>();
  });
}

// The page that a round goes on with. Where the shop does not know the place any more (a cursor that expired), it is gone through anew.
Result<ProductPage> Mirror::first_page(RemoteCatalogue& shop, Round& round) {
  auto page = shop.page(round.from, round.since);
  const auto refuses = [](ErrorKind kind) { return kind == ErrorKind::kInvalidArgument || kind == ErrorKind::kNotFound || kind == ErrorKind::kRefused; };
  if (page || round.from.empty() || !refuses(page.error().kind)) return page;
  auto start = shop.page("", round.since);
  if (!start) return page;
  round.from.clear();
  round.report.products = 0;
  round.report.listed = 0;
  return start;
}

Result<SyncReport> Mirror::sync(RemoteCatalogue& shop, const std::function<void(const SyncProgress&)>& progress, const SyncOptions& options) {
  auto round = begin(shop, options);
  if (!round) return fail(round.error());
  auto page = first_page(shop, *round);
  SyncReport report = round->report;
  for (std::string from = round->from;; page = shop.page(from, round->since)) {
    if (!page) return fail(page.error());
    if (!page->next.empty() && page->next == from) return fail(ErrorKind::kMalformed, "the shop's pages of products do not go on", from);
    for (std::string& problem : page->problems) {
      if (report.problems.size() < kMostProblems) report.problems.push_back(std::move(problem));
    }
    if (auto kept = keep(*round, *page, report); !kept) return fail(kept.error());
    if (progress) progress({report.products, page->total});
    if (page->next.empty()) return report;
    from = std::move(page->next);
  }
}

bool Mirror::complete() const {
  const auto version = this->version();
  return version && !version->empty();
}

Result<std::string> Mirror::version() const {
  return guarded(*storage_, [&]() -> Result<std::string> { return storage_->get("version"); });
}

Time Mirror::seen_whole() const {
  const auto when = guarded(*storage_, [&]() -> Result<std::int64_t> { return storage_->number("all_done"); });
  return when && *when > 0 ? Time(std::chrono::milliseconds(*when)) : Time::min();
}

Result<void> Mirror::each(const std::function<bool(const Product&)>& visit) const {
  // In portions, so that `visit` may take its time, and ask the mirror itself.
  std::string last;
  for (;;) {
    std::vector<std::string> rows;
    auto read = guarded(*storage_, [&]() -> Result<void> {
      SQLite::Statement query(storage_->database, "SELECT id,json FROM products WHERE id>? ORDER BY id LIMIT 256");
      query.bind(1, last);
      while (query.executeStep()) {
        last = query.getColumn(0).getString();
        rows.push_back(query.getColumn(1).getString());
      }
      return {};
    });
    if (!read) return read;
    for (const std::string& row : rows) {
      const auto details = product_details_from_json(row);
      if (!details) return fail(details.error());
      if (!visit(details->product)) return {};
    }
    if (rows.empty()) return {};
  }
}

Result<std::optional<Product>> Mirror::product(const ProductId& id) const {
  return guarded(*storage_, [&]() -> Result<std::optional<Product>> {
    SQLite::Statement query(storage_->database, "SELECT json FROM products WHERE id=?");
    query.bind(1, id.str());
    if (!query.executeStep()) return std::optional<Product>();
    auto details = product_details_from_json(query.getColumn(0).getString());
    if (!details) return fail(details.error());
    return std::optional<Product>(std::move(details->product));
  });
}

Currency Mirror::currency() const {
  Currency told;
  const auto read = each([&](const Product& product) {
    if (!product.variants.empty()) told = product.variants.front().price.currency;
    return told == Currency();
  });
  return read ? told : Currency();
}

Result<std::optional<ProductId>> Mirror::product_of(const VariantId& id) const {
  return guarded(*storage_, [&]() -> Result<std::optional<ProductId>> {
    SQLite::Statement query(storage_->database, "SELECT product FROM variants WHERE id=?");
    query.bind(1, id.str());
    if (!query.executeStep()) return std::optional<ProductId>();
    return std::optional<ProductId>(ProductId(query.getColumn(0).getString()));
  });
}

bool out_of_reach(ErrorKind kind) { return kind == ErrorKind::kUnavailable || kind == ErrorKind::kTimeout || kind == ErrorKind::kMalformed; }

// What is known of a product for longer than a price: `otherwise` where the mirror does not know it.
Result<Product> MirroredCatalogue::copied(const ProductId& id, const Error& otherwise) const {
  auto known = mirror_.product(id);
  if (!known || !*known) return fail(otherwise);
  for (Variant& variant : (*known)->variants) {
    variant.price = {};
    variant.compare_at.reset();
    variant.stock = {};
  }
  return std::move(**known);
}

Result<Product> MirroredCatalogue::product(const ProductId& id) {
  auto told = live_.product(id);
  return told || !out_of_reach(told.error().kind) ? told : copied(id, told.error());
}

Result<std::vector<Product>> MirroredCatalogue::products(const std::vector<ProductId>& ids) {
  auto told = live_.products(ids);
  if (told || !out_of_reach(told.error().kind)) return told;
  std::vector<Product> known;
  for (const ProductId& id : ids) {
    if (auto one = copied(id, told.error())) known.push_back(std::move(*one));
  }
  return known.empty() ? told : known;
}

Result<ProductId> MirroredCatalogue::product_of(const VariantId& id) {
  const auto known = mirror_.product_of(id);
  if (!known) return fail(known.error());
  return *known ? Result<ProductId>(**known) : live_.product_of(id);
}

}  // namespace floorwalker::http
