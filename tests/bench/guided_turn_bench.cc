#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "adapters/embedded/importer.h"
#include "agent/cli/composition.h"
#include "agent/resources/resources.h"
#include "tests/support/paths.h"
#include "tests/support/shared_data.h"

// What a turn of the guided model costs on a real catalogue of 19,406 products: search, tools, gate, verification and journal included.
//   guided_turn_bench [--turns 2000] [--threads 1] [--seed N] [--shop FILE] [--json]
// With --threads so many shoppers talk at the same time, each in sessions of their own: turns_per_second is what the machine serves then, by the clock.
// Conversations are drawn from the catalogue's own kinds and brands, in the proportions of a sales talk.
namespace {

using namespace floorwalker;
using nlohmann::json;
using Steady = std::chrono::steady_clock;

struct Flags {
  std::size_t turns = 2000;
  std::size_t threads = 1;
  std::uint64_t seed = 1;
  std::string shop;
  bool json = false;
};

// Kilobytes of a line of /proc/self/status, "VmRSS:".
long memory_kb(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.compare(0, name.size(), name) == 0) return std::atol(line.c_str() + name.size());
  }
  return 0;
}

bool import_icecat(const std::filesystem::path& file) {
  const auto data = test::shared_data();
  if (!data) return std::cerr << "guided_turn_bench: no data (FLOORWALKER_SHARED)\n", false;
  auto shop = embedded::Shop::create(file);
  const auto yaml = resources::find("adapters/embedded/maps/icecat.yaml");
  if (!shop || !yaml) return false;
  auto map = embedded::load_map(*yaml, "icecat.yaml");
  if (!map) return std::cerr << map.error().message << "\n", false;
  embedded::ImportRequest request;
  request.sources = {{*data / "icecat" / "products.jsonl.gz", {}}};
  request.map = std::move(*map);
  const auto report = embedded::import_files(**shop, request);
  return report && report->problems.empty() && report->added > 0;
}

template <typename T>
const T& pick(const std::vector<T>& from, std::mt19937_64& random) {
  return from[std::uniform_int_distribution<std::size_t>(0, from.size() - 1)(random)];
}

// The kinds that a shopper could want to choose among, the larger the likelier.
std::vector<std::string> wanted_kinds(const Vocabulary& vocabulary) {
  std::vector<std::string> kinds;
  for (const std::string& kind : vocabulary.names("kind")) {
    const std::size_t count = vocabulary.count(kind);
    for (std::size_t weight = 10; weight <= count && weight < 5000; weight *= 3) kinds.push_back(kind);
  }
  return kinds;
}

std::vector<std::string> conversation(const std::vector<std::string>& kinds, const std::vector<std::string>& brands, std::mt19937_64& random) {
  const std::string kind = pick(kinds, random), brand = pick(brands, random);
  const std::vector<std::vector<std::string>> plans = {
      {"hi, I'm looking for a " + kind, "under $" + std::to_string(20 * (1 + random() % 60)), "compare the first two", "add the first one", "what's in my cart?"},
      {"do you have a " + brand + " " + kind + "?", "anything cheaper?", "tell me more about the second one", "is it in stock?", "add it", "two of them please"},
      {"I need a black " + kind + " for the office", "show me more", "what does the first one weigh?", "add the first one", "remove it again", "thanks"},
      {"what's the most expensive " + kind + " you sell?", "and the cheapest?", "how many do you have?", "do you deliver to my home?"},
      // Demands that nothing meets, so that they are relaxed one by one.
      {"I want a " + brand + " " + kind + " in purple for under $2", "a " + kind + " lighter than 1 gram, under $3", "then under 500", "only from " + brand + " and at most 5 dollars"},
      {"a " + kind + " but not " + brand + ", between 50 and 300", "which one would you take?", "why that one?", "ok add it", "check out", "yes"},
  };
  return pick(plans, random);
}

struct Measured {
  std::vector<double> micros;
  double wall_seconds = 0;
  std::size_t answered = 0, with_products = 0;
};

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

Measured measure(runner::Runner& runner, const Vocabulary& vocabulary, const Flags& flags, std::size_t turns, const std::string& name) {
  const std::vector<std::string> kinds = wanted_kinds(vocabulary), brands = vocabulary.names("brand");
  const std::size_t share = turns / flags.threads;
  std::vector<Measured> parts(flags.threads);
  const auto talk = [&](std::size_t thread) {
    std::mt19937_64 random(flags.seed + thread);
    Measured& measured = parts[thread];
    for (int session = 0; measured.micros.size() < share; ++session) {
      const SessionId id(name + std::to_string(thread) + "-" + std::to_string(session));
      for (const std::string& said : conversation(kinds, brands, random)) {
        const auto result = runner.run({id, ShopperSaid{said, "", 0}});
        if (!result) std::cerr << result.error().message << " " << result.error().detail << "\n", std::abort();
        measured.micros.push_back(static_cast<double>(result->cpu.count()));
        measured.answered += result->reply.outcome == Outcome::kAnswered || result->reply.outcome == Outcome::kAsked;
        measured.with_products += !result->reply.presentation.shown.empty();
      }
    }
  };
  const auto began = Steady::now();
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < flags.threads; ++i) threads.emplace_back(talk, i);
  talk(0);
  threads.clear();
  Measured all;
  all.wall_seconds = std::chrono::duration<double>(Steady::now() - began).count();
  for (const Measured& part : parts) {
    all.micros.insert(all.micros.end(), part.micros.begin(), part.micros.end());
    all.answered += part.answered;
    all.with_products += part.with_products;
  }
  return all;
}

int report(const Measured& measured, const Flags& flags, double start_seconds) {
  const double p50 = percentile(measured.micros, 0.5) / 1000, p99 = percentile(measured.micros, 0.99) / 1000;
  double sum = 0;
  for (const double micros : measured.micros) sum += micros;
  const auto turns = static_cast<double>(measured.micros.size());
  const json line = {{"turns", measured.micros.size()},
                     {"cpu_ms_p50", p50},
                     {"cpu_ms_p95", percentile(measured.micros, 0.95) / 1000},
                     {"cpu_ms_p99", p99},
                     {"cpu_ms_mean", sum / turns / 1000},
                     {"turns_per_cpu_second", 1e6 * turns / sum},
                     {"threads", flags.threads},
                     {"turns_per_second", turns / measured.wall_seconds},
                     {"answered_share", static_cast<double>(measured.answered) / turns},
                     {"with_products_share", static_cast<double>(measured.with_products) / turns},
                     {"resident_mb", static_cast<double>(memory_kb("VmRSS:")) / 1024},
                     {"resident_peak_mb", static_cast<double>(memory_kb("VmHWM:")) / 1024},
                     {"start_seconds", start_seconds}};
  if (flags.json) std::cout << line.dump() << "\n";
  else std::cout << line.dump(2) << "\n";
  return 0;
}

int run(const Flags& flags) {
  const test::TemporaryFolder folder;
  const std::string shop = flags.shop.empty() ? (folder.path() / "icecat.db").string() : flags.shop;
  if (flags.shop.empty() && !import_icecat(shop)) return 1;
  const auto began = Steady::now();
  cli::Settings settings;
  settings.shop = shop;
  settings.state = (folder.path() / "state").string();
  settings.fleeting = true;
  auto composition = cli::Composition::create(settings);
  if (!composition) return cli::complain(composition.error());
  auto runner = (*composition)->runner();
  if (!runner) return cli::complain(runner.error());
  const auto vocabulary = (*composition)->vocabulary();
  if (!vocabulary) return cli::complain(vocabulary.error());
  const double start = std::chrono::duration<double>(Steady::now() - began).count();
  measure(runner->get(), vocabulary->get(), flags, 50 * flags.threads, "warm");
  return report(measure(runner->get(), vocabulary->get(), flags, flags.turns, "s"), flags, start);
}

}  // namespace

int main(int argc, char** argv) {
  Flags flags;
  CLI::App app{"What a turn of the guided model costs on a real catalogue"};
  app.add_option("--turns", flags.turns);
  app.add_option("--threads", flags.threads)->check(CLI::PositiveNumber);
  app.add_option("--seed", flags.seed);
  app.add_option("--shop", flags.shop);
  app.add_flag("--json", flags.json);
  CLI11_PARSE(app, argc, argv);
  return run(flags);
}
