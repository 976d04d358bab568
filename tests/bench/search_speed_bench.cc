#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "agent/core/text.h"
#include "tests/support/fts5.h"
#include "tests/support/shared_data.h"
#include "tools/search/catalogue_vocabulary.h"
#include "tools/search/index_builder.h"
#include "tools/search/index_data.h"
#include "tools/search/indexed_search.h"

// How fast search is, and what its index costs: on a real catalogue, or on any number of products synthesised from it.
//   search_speed_bench [--data DIR] [--json] [--products N] [--fts5] [--queries N] [--rounds N] [--only ROW]
// Without --products the real catalogue itself, beside SQLite FTS5. With it FTS5 on the same products only if asked for: it takes long.
// Each row runs the same queries once unmeasured and then `rounds` times; rows are told on the standard error stream as they end.
namespace {

using namespace floorwalker;
using Clock = std::chrono::steady_clock;

struct Options {
  std::filesystem::path data;
  std::string only;
  bool json = false, fts5 = false;
  std::size_t products = 0, queries = 400, rounds = 3;
};

Options parse(int count, char** arguments) {
  Options options;
  if (const auto found = test::shared_data()) options.data = *found;
  for (int i = 1; i < count; ++i) {
    const std::string one = arguments[i];
    if (one == "--data" && i + 1 < count) options.data = arguments[++i];
    else if (one == "--products" && i + 1 < count) options.products = static_cast<std::size_t>(std::atoll(arguments[++i]));
    else if (one == "--queries" && i + 1 < count) options.queries = static_cast<std::size_t>(std::atoll(arguments[++i]));
    else if (one == "--rounds" && i + 1 < count) options.rounds = static_cast<std::size_t>(std::atoll(arguments[++i]));
    else if (one == "--only" && i + 1 < count) options.only = arguments[++i];
    else if (one == "--json") options.json = true;
    else if (one == "--fts5") options.fts5 = true;
    else {
      std::cerr << "usage: search_speed_bench [--data DIR] [--json] [--products N] [--fts5] [--queries N] [--rounds N] [--only ROW]\n";
      std::exit(2);
    }
  }
  return options;
}

// A value of /proc/self/status in MiB.
double status_mib(const std::string& name) {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);) {
    if (line.compare(0, name.size(), name) == 0) return std::atof(line.c_str() + name.size() + 1) / 1024;
  }
  return 0;
}

// Of all threads.
double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// The same kind of thing under another model number, price and id; now and then an attribute less.
Product variation(const Product& original, std::size_t round, std::mt19937& random) {
  Product product = original;
  if (round == 0) return product;
  product.id = ProductId(original.id.str() + "-" + std::to_string(round));
  for (std::size_t i = 0; i + 1 < product.title.size(); ++i) {
    const bool inside_model = std::isdigit(static_cast<unsigned char>(product.title[i])) && std::isalpha(static_cast<unsigned char>(product.title[i + 1]));
    if (inside_model && random() % 2 == 0) product.title[i] = static_cast<char>('0' + random() % 10);
  }
  product.title += " " + std::string(1, static_cast<char>('A' + random() % 26)) + std::to_string(random() % 100000);
  for (Variant& variant : product.variants) variant.price.minor = variant.price.minor * static_cast<std::int64_t>(80 + random() % 40) / 100;
  if (!product.attributes.empty() && random() % 4 == 0) product.attributes.erase(product.attributes.begin() + static_cast<std::ptrdiff_t>(random() % product.attributes.size()));
  return product;
}

// Calls `visit` with `count` products, the real ones first.
void each_product(const std::vector<Product>& originals, std::size_t count, const std::function<void(const Product&)>& visit) {
  std::mt19937 random(7);
  for (std::size_t i = 0; i < count; ++i) visit(variation(originals[i % originals.size()], i / originals.size(), random));
}

// The rated queries, and two or three words from titles; mixed, so that fewer of them are as varied.
std::vector<std::string> queries(const Options& options, const std::vector<Product>& products) {
  std::vector<std::string> found;
  for (const test::RatedQuery& rated : test::icecat_ratings(options.data / "icecat" / "ratings.jsonl")) found.push_back(rated.query);
  std::mt19937 random(11);
  while (found.size() < 400) {
    const std::vector<text::Word> words = text::words(products[random() % products.size()].title);
    if (words.size() < 3) continue;
    const std::size_t first = random() % (words.size() - 2);
    std::string query = words[first].folded + " " + words[first + 1].folded;
    if (random() % 2 == 0) query += " " + words[first + 2].folded;
    found.push_back(query);
  }
  if (options.queries >= found.size()) return found;
  for (std::size_t i = 0; i < options.queries; ++i) std::swap(found[i], found[i + random() % (found.size() - i)]);
  found.resize(options.queries);
  return found;
}

// Times one row after the other over the same queries.
class Timer {
 public:
  Timer(const Options& options, std::vector<std::string> asked) : options_(options), asked_(std::move(asked)) {}

  nlohmann::json row(const std::string& name, const std::function<void(const std::string&)>& run) const {
    if (!options_.only.empty() && options_.only != name) return nullptr;
    for (const std::string& query : asked_) run(query);
    std::vector<std::pair<double, std::string>> times;  // milliseconds
    for (std::size_t round = 0; round < options_.rounds; ++round) {
      for (const std::string& query : asked_) {
        const auto start = Clock::now();
        run(query);
        times.emplace_back(1000 * seconds_since(start), query);
      }
    }
    std::sort(times.begin(), times.end());
    const auto at = [&](std::size_t percent) { return times.empty() ? 0 : times[times.size() * percent / 100].first; };
    const nlohmann::json timing = {{"queries", asked_.size()}, {"p50_ms", at(50)}, {"p95_ms", at(95)}, {"p99_ms", at(99)}};
    std::cerr << name << " " << timing.dump();
    for (std::size_t i = times.size(); i > 0 && i + 5 * options_.rounds > times.size(); i -= std::min(i, options_.rounds)) {
      std::cerr << " | " << times[i - 1].second << " " << times[i - 1].first;
    }
    std::cerr << std::endl;
    return timing;
  }

 private:
  const Options& options_;
  std::vector<std::string> asked_;
};

// A shop that has what the index has, at the same prices: only what is read live of a product.
class IndexedCatalogue final : public ports::Catalogue {
 public:
  explicit IndexedCatalogue(const search::IndexData& data) : data_(data) {}

  Result<std::string> version() override { return std::string("1"); }
  Currency currency() const override { return data_.currency; }
  Result<void> each(const std::function<bool(const Product&)>&) override { return {}; }
  Result<ProductId> product_of(const VariantId&) override { return fail(ErrorKind::kNotFound, "no variants are asked for"); }
  Result<std::vector<Relation>> relations(const ProductId&) override { return std::vector<Relation>{}; }
  Result<Product> product(const ProductId& id) override {
    const std::uint32_t doc = data_.find_doc(id.str());
    if (doc == search::kNone) return fail(ErrorKind::kNotFound, "no such product");
    Product product;
    product.id = id;
    for (const search::VariantRow& row : data_.variants_of(doc)) {
      Variant variant;
      variant.price = {row.price, data_.currency};
      variant.stock.availability = static_cast<Availability>(row.availability);
      product.variants.push_back(std::move(variant));
    }
    return product;
  }
  Result<std::vector<Product>> products(const std::vector<ProductId>& ids) override {
    std::vector<Product> found;
    for (const ProductId& id : ids) {
      if (auto one = product(id)) found.push_back(std::move(*one));
    }
    return found;
  }

 private:
  const search::IndexData& data_;
};

void time_searches(const Options& options, const std::vector<Product>& originals, const std::shared_ptr<const search::Index>& index, nlohmann::json& out) {
  IndexedCatalogue catalogue(index->data());
  search::IndexedSearch search(catalogue, index);
  const Timer timer(options, queries(options, originals));
  out["rank_top_10"] = timer.row("rank_top_10", [&](const std::string& query) { (void)search.rank(query, 10); });
  out["search_page"] = timer.row("search_page", [&](const std::string& query) {
    SearchRequest request;
    request.words = query;
    request.constraints = {{"price", Constraint::Op::kAtMost, {"500"}}};
    (void)search.search(request);
  });
  // The two costly kinds of search: words that only rank, and constraints that nothing meets.
  out["search_broad"] = timer.row("search_broad", [&](const std::string& query) {
    SearchRequest request;
    request.words = "black " + query + " for the office";
    request.broad = true;
    request.limit = 12;
    (void)search.search(request);
  });
  out["search_relaxing"] = timer.row("search_relaxing", [&](const std::string& query) {
    SearchRequest request;
    request.words = query;
    request.constraints = {{"colour", Constraint::Op::kOneOf, {"Black", "Grey"}}, {"weight", Constraint::Op::kAtMost, {"1 g"}}, {"price", Constraint::Op::kAtMost, {"0.50"}}};
    request.relax_in_order = {"price+10%", "colour", "brand", "weight", "price"};
    (void)search.search(request);
  });
  const search::CatalogueVocabulary vocabulary(index);
  out["recognise"] = timer.row("recognise", [&](const std::string& query) { (void)vocabulary.recognise("I am looking for " + query + " under 500 dollars"); });
}

void time_saving(const std::shared_ptr<const search::Index>& index, nlohmann::json& out) {
  const std::filesystem::path file = std::filesystem::temp_directory_path() / ("search_speed_bench." + std::to_string(std::rand()) + ".index");
  auto start = Clock::now();
  if (const auto saved = index->save(file); !saved) std::cerr << saved.error().detail << "\n";
  out["save_s"] = seconds_since(start);
  start = Clock::now();
  const bool loaded = search::Index::load(file).has_value();
  out["load_s"] = loaded ? seconds_since(start) : -1;
  std::filesystem::remove(file);
}

nlohmann::json measure(const Options& options) {
  const std::vector<Product> originals = test::icecat_products(options.data / "icecat" / "products.jsonl.gz");
  const std::size_t count = options.products ? options.products : originals.size();
  nlohmann::json out = {{"bench", "search_speed"}, {"products", count}};
  const double before = status_mib("VmRSS");
  double making = 0;
  const auto start = Clock::now();
  const double cpu_start = processor_seconds();
  search::IndexBuilder builder(*Currency::parse("USD"));
  // What it takes to make the products is no part of building.
  const auto make_start = Clock::now();
  each_product(originals, count, [](const Product&) {});
  making = seconds_since(make_start);
  const double making_cpu = processor_seconds() - cpu_start;
  each_product(originals, count, [&](const Product& product) { builder.add(product); });
  const std::shared_ptr<const search::Index> index = builder.finish("1");
  const double building = seconds_since(start) - 2 * making;
  const double working = processor_seconds() - cpu_start - 2 * making_cpu;
  out["build"] = {{"seconds", building}, {"processor_s", working}, {"products_per_s", static_cast<double>(count) / building}, {"index_mib", static_cast<double>(index->bytes()) / 1048576}};
  out["memory_mib"] = {{"before", before}, {"peak", status_mib("VmHWM")}};
  std::cerr << out.dump() << "\n";
  time_saving(index, out);
  time_searches(options, originals, index, out);
  out["memory_mib"]["peak_with_searches"] = status_mib("VmHWM");
  if (options.fts5 || !options.products) {
    test::Fts5 fts5({});
    each_product(originals, count, [&](const Product& product) { fts5.add(product); });
    out["fts5"]["rank_top_10"] = Timer(options, queries(options, originals)).row("fts5", [&](const std::string& query) { (void)fts5.search(query, 10); });
  }
  return out;
}

}  // namespace

int main(int count, char** arguments) {
  const Options options = parse(count, arguments);
  if (options.data.empty() || !std::filesystem::exists(options.data / "icecat" / "products.jsonl.gz")) {
    std::cerr << "search_speed_bench: no catalogue to measure with: give its folder with --data\n";
    return 1;
  }
  std::cout << measure(options).dump(options.json ? -1 : 2) << "\n";
  return 0;
}
