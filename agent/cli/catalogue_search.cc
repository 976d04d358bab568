#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "agent/cli/catalogue_commands.h"
#include "agent/cli/composition.h"
#include "agent/core/answers_json.h"
#include "agent/core/text.h"
#include "tools/search/indexed_search.h"

namespace floorwalker::cli {
namespace {

using nlohmann::json;
using Steady = std::chrono::steady_clock;

struct SearchOptions {
  Settings settings;
  std::vector<std::string> words;
  std::string batch;  // a file of queries, or "-"
  std::size_t top = 10;
};

// The best products for the words alone. Our own index ranks on past its strict matches; another search gives what it has.
Result<std::vector<Hit>> rank(ports::Search& search, const std::string& words, std::size_t top) {
  if (const auto* indexed = dynamic_cast<const search::IndexedSearch*>(&search)) return indexed->rank(words, top);
  SearchRequest request;
  request.words = words;
  request.limit = top;
  auto page = search.search(request);
  if (!page) return fail(std::move(page.error()));
  return std::move(page->hits);
}

struct BatchQuery {
  json id;  // handed back as it came
  std::string words;
};

Result<BatchQuery> parse_query(const std::string& line, std::size_t number) {
  const auto wrong = [&](const std::string& why) { return fail(ErrorKind::kInvalidArgument, "line " + std::to_string(number) + ": " + why); };
  const json query = json::parse(line, nullptr, false);
  if (!query.is_object()) return wrong("is not a JSON object such as {\"id\": \"1\", \"query\": \"usb hub\"}");
  if (!query.contains("query") || !query["query"].is_string()) return wrong("\"query\" must be a text");
  return BatchQuery{query.value("id", json()), query["query"].get<std::string>()};
}

std::string answer_line(const BatchQuery& query, const std::vector<Hit>& hits, std::int64_t micros) {
  json results = json::array();
  for (const Hit& hit : hits) results.push_back({{"product", hit.product.str()}, {"score", hit.score}});
  nlohmann::ordered_json answer;
  answer["id"] = query.id;
  answer["results"] = std::move(results);
  answer["wall_micros"] = micros;
  return answer.dump(-1, ' ', false, json::error_handler_t::replace);
}

int run_batch(ports::Search& search, std::istream& in, std::size_t top) {
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const auto query = parse_query(line, number);
    if (!query) return complain(query.error());
    const auto start = Steady::now();
    const auto hits = rank(search, query->words, top);
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - start).count();
    if (!hits) return complain(hits.error());
    std::cout << answer_line(*query, *hits, micros) << "\n";
  }
  std::cout.flush();
  return 0;
}

void print_page(const SearchPage& page) {
  for (const std::string& correction : page.corrections) std::cout << "Read " << correction << ".\n";
  if (page.products.empty()) std::cout << "Nothing found (" << text::spaced(to_string(page.outcome)) << ").\n";
  std::size_t number = page.request.offset;
  for (const ProductCard& card : page.products) {
    const std::string price = card.price_from == card.price_to ? format(card.price_from) : "from " + format(card.price_from);
    std::cout << fmt::format("{:>3}. {}\n     {}  {}  [{}]\n", ++number, card.title, price, text::spaced(to_string(card.availability)), card.id.str());
  }
  if (!page.complete && !page.products.empty()) std::cout << "     " << page.total << " in all\n";
}

int run_one(ports::Search& search, const SearchOptions& options) {
  SearchRequest request;
  request.words = fmt::format("{}", fmt::join(options.words, " "));
  request.limit = options.top;
  const auto page = search.search(request);
  if (!page) return complain(page.error());
  if (options.settings.json) std::cout << to_json(*page) << "\n";
  else print_page(*page);
  return 0;
}

int run_search(const SearchOptions& options) {
  if (options.batch.empty() == options.words.empty()) {
    std::cerr << "floorwalker: give either words or --batch FILE\n";
    return 2;
  }
  auto composition = Composition::create(options.settings);
  if (!composition) return complain(composition.error());
  auto search = (*composition)->search();
  if (!search) return complain(search.error());
  if (options.batch.empty()) return run_one(*search, options);
  if (options.batch == "-") return run_batch(*search, std::cin, options.top);
  std::ifstream file(options.batch);
  if (!file) return complain({ErrorKind::kNotFound, options.batch + " cannot be opened", ""});
  return run_batch(*search, file, options.top);
}

}  // namespace

void add_catalogue_search(CLI::App& catalogue, Exit& exit) {
  auto options = std::make_shared<SearchOptions>();
  CLI::App* command = catalogue.add_subcommand("search", "Find products by words");
  add_settings(*command, options->settings);
  command->add_option("words", options->words, "what to look for")->type_name("WORDS");
  command->add_option("--batch", options->batch, "a file of queries, one JSON object {\"id\", \"query\"} a line; - for standard input")->type_name("FILE");
  command->add_option("--top", options->top, "how many products")->check(CLI::Range(1, 10000))->capture_default_str()->type_name("N");
  command->add_flag("--json", options->settings.json, "print the page as one line of JSON (a batch always does)");
  command->footer(
      "Examples:\n"
      "  floorwalker catalogue search red wine glasses --shop shop.db\n"
      "  floorwalker catalogue search --batch queries.jsonl --top 200 --shop shop.db\n\n"
      "A batch answers each line with {\"id\", \"results\": [{\"product\", \"score\"}], \"wall_micros\"}: pure relevance, without the playbook's\n"
      "ranking rules, for measuring.");
  command->callback([options, &exit] { exit.status = run_search(*options); });
}

}  // namespace floorwalker::cli
