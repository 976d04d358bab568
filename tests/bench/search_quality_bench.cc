#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>

#include "agent/core/text.h"
#include "tests/support/fts5.h"
#include "tests/support/memory_catalogue.h"
#include "tests/support/shared_data.h"
#include "tools/search/index_builder.h"
#include "tools/search/indexed_search.h"

// How well search ranks: NDCG@10 over the rated queries of a real catalogue, beside SQLite FTS5 on the same products in the same run.
//   search_quality_bench [--data DIR] [--json] [--queries] [--fold 0|1] [--show WORD]
// --show prints what is found first for every query that holds the word, with grades; --queries adds a line for each query; --fold keeps every other query (for choosing settings on one half and checking on the other).
namespace {

using namespace floorwalker;

constexpr std::size_t kTop = 200;

double gain(int grade) { return std::pow(2.0, grade) - 1; }

// NDCG@10: unjudged products count as 0, or are taken out first (`condensed`).
double ndcg(const std::vector<std::string>& ranked, const std::map<std::string, int>& grades, bool condensed) {
  double sum = 0;
  std::size_t rank = 0;
  for (const std::string& id : ranked) {
    const auto at = grades.find(id);
    if (at == grades.end() && condensed) continue;
    if (rank == 10) break;
    sum += at == grades.end() ? 0 : gain(at->second) / std::log2(static_cast<double>(rank) + 2);
    ++rank;
  }
  std::vector<int> best;
  for (const auto& [id, grade] : grades) best.push_back(grade);
  std::sort(best.rbegin(), best.rend());
  double ideal = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(10, best.size()); ++i) ideal += gain(best[i]) / std::log2(static_cast<double>(i) + 2);
  return ideal > 0 ? sum / ideal : 0;
}

struct Scores {
  double raw = 0, cond = 0;
};

struct Row {
  std::string query;
  Scores ours, fts5;
};

double mean(const std::vector<Row>& rows, double Scores::*measure, bool ours) {
  double sum = 0;
  for (const Row& row : rows) sum += (ours ? row.ours : row.fts5).*measure;
  return sum / static_cast<double>(rows.size());
}

// 95 % of resampled mean differences lie between the two.
std::pair<double, double> interval(const std::vector<Row>& rows, double Scores::*measure) {
  std::mt19937 random(20240601);
  std::uniform_int_distribution<std::size_t> pick(0, rows.size() - 1);
  std::vector<double> means;
  for (int round = 0; round < 10000; ++round) {
    double sum = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Row& row = rows[pick(random)];
      sum += row.ours.*measure - row.fts5.*measure;
    }
    means.push_back(sum / static_cast<double>(rows.size()));
  }
  std::sort(means.begin(), means.end());
  return {means[250], means[9750]};
}

struct Options {
  std::filesystem::path data;
  bool json = false, queries = false;
  int fold = -1;
  std::string show;
};

Options parse(int count, char** arguments) {
  Options options;
  if (const auto found = test::shared_data()) options.data = *found;
  for (int i = 1; i < count; ++i) {
    const std::string one = arguments[i];
    if (one == "--data" && i + 1 < count) options.data = arguments[++i];
    else if (one == "--json") options.json = true;
    else if (one == "--queries") options.queries = true;
    else if (one == "--fold" && i + 1 < count) options.fold = std::atoi(arguments[++i]);
    else if (one == "--show" && i + 1 < count) options.show = arguments[++i];
    else {
      std::cerr << "usage: search_quality_bench [--data DIR] [--json] [--queries] [--fold 0|1] [--show WORD]\n";
      std::exit(2);
    }
  }
  return options;
}

void show(const test::RatedQuery& rated, const std::vector<std::string>& ranked, const std::map<std::string, std::string>& titles) {
  std::printf("-- %s\n", rated.query.c_str());
  std::size_t shown = 0;
  for (const std::string& id : ranked) {
    if (++shown > 15) break;
    const auto at = rated.grades.find(id);
    std::printf("  %s %s\n", at == rated.grades.end() ? "-" : std::to_string(at->second).c_str(), titles.at(id).substr(0, 110).c_str());
  }
  for (const auto& [id, grade] : rated.grades) {
    const auto at = static_cast<std::size_t>(std::find(ranked.begin(), ranked.end(), id) - ranked.begin());
    if (grade >= 2 && at >= shown - 1) std::printf("  missed %d at %zu: %s\n", grade, at, titles.count(id) ? titles.at(id).substr(0, 110).c_str() : "?");
  }
}

std::vector<Row> measure(const Options& options) {
  const std::vector<Product> products = test::icecat_products(options.data / "icecat" / "products.jsonl.gz");
  search::IndexBuilder builder(*Currency::parse("USD"));
  for (const Product& product : products) builder.add(product);
  test::Fts5 fts5(products);
  std::map<std::string, std::string> titles;
  for (const Product& product : products) titles[product.id.str()] = product.title;
  test::MemoryCatalogue catalogue;
  const search::IndexedSearch search(catalogue, builder.finish("1"));
  std::vector<Row> rows;
  int number = 0;
  for (const test::RatedQuery& rated : test::icecat_ratings(options.data / "icecat" / "ratings.jsonl")) {
    const bool graded = std::any_of(rated.grades.begin(), rated.grades.end(), [](const auto& one) { return one.second > 0; });
    if (!graded || (options.fold >= 0 && number++ % 2 != options.fold)) continue;
    std::vector<std::string> ours;
    for (const Hit& hit : search.rank(rated.query, kTop)) ours.push_back(hit.product.str());
    if (!options.show.empty() && rated.query.find(options.show) != std::string::npos) show(rated, ours, titles);
    const std::vector<std::string> theirs = fts5.search(rated.query, kTop);
    rows.push_back({rated.query, {ndcg(ours, rated.grades, false), ndcg(ours, rated.grades, true)}, {ndcg(theirs, rated.grades, false), ndcg(theirs, rated.grades, true)}});
  }
  return rows;
}

void print(const std::vector<Row>& rows, const Options& options) {
  if (options.queries) {
    for (const Row& row : rows) std::printf("%-24s raw %.3f cond %.3f   fts5 %.3f %.3f\n", row.query.c_str(), row.ours.raw, row.ours.cond, row.fts5.raw, row.fts5.cond);
  }
  const auto raw = interval(rows, &Scores::raw);
  const auto cond = interval(rows, &Scores::cond);
  if (options.json) {
    const nlohmann::json out = {{"bench", "search_quality"}, {"queries", rows.size()},
        {"ndcg10", {{"raw", mean(rows, &Scores::raw, true)}, {"cond", mean(rows, &Scores::cond, true)}}},
        {"fts5", {{"raw", mean(rows, &Scores::raw, false)}, {"cond", mean(rows, &Scores::cond, false)}}},
        {"difference_95", {{"raw", {raw.first, raw.second}}, {"cond", {cond.first, cond.second}}}}};
    std::cout << out.dump() << "\n";
    return;
  }
  std::printf("%zu queries  NDCG@10   raw    cond\n", rows.size());
  std::printf("floorwalker         %.4f  %.4f\n", mean(rows, &Scores::raw, true), mean(rows, &Scores::cond, true));
  std::printf("SQLite FTS5         %.4f  %.4f\n", mean(rows, &Scores::raw, false), mean(rows, &Scores::cond, false));
  std::printf("difference, 95 %%    raw [%+.4f, %+.4f]  cond [%+.4f, %+.4f]\n", raw.first, raw.second, cond.first, cond.second);
}

}  // namespace

int main(int count, char** arguments) {
  const Options options = parse(count, arguments);
  if (options.data.empty() || !std::filesystem::exists(options.data / "icecat" / "products.jsonl.gz")) {
    std::cerr << "search_quality_bench: no rated catalogue: give its folder with --data\n";
    return 1;
  }
  print(measure(options), options);
  return 0;
}
