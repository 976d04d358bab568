#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>

#include "adapters/embedded/importer.h"
#include "adapters/embedded/shop.h"
#include "agent/resources/resources.h"
#include "tests/support/paths.h"
#include "tools/search/index.h"

// How long the import of a real catalogue takes, from gzip JSON lines to a shop on disk, and how long the shop takes to hand products out.
//   import_bench [--json]
// Fails (exit 1) without the data and where the import takes more than four seconds.
namespace {

using namespace floorwalker;
using Clock = std::chrono::steady_clock;

constexpr double kMostSeconds = 4.0;
constexpr std::size_t kAtOnce = 40;  // as many as a turn looks at

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto in_seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
  return in_seconds(usage.ru_utime) + in_seconds(usage.ru_stime);
}

struct Timed {
  double wall = 0, processor = 0;
};

template <typename Work>
Timed timed(Work work) {
  const auto start = Clock::now();
  const double before = processor_seconds();
  work();
  return {seconds_since(start), processor_seconds() - before};
}

embedded::ImportReport import(embedded::Shop& shop, const std::filesystem::path& file) {
  const auto yaml = resources::find("adapters/embedded/maps/icecat.yaml");
  const auto map = embedded::load_map(yaml.value(), "icecat.yaml");
  embedded::ImportRequest request;
  request.map = map.value();
  request.sources.push_back({file, {}});
  return embedded::import_files(shop, request).value();
}

std::vector<ProductId> all_ids(embedded::Shop& shop) {
  std::vector<ProductId> ids;
  static_cast<void>(shop.catalogue().each([&](const Product& product) { return ids.push_back(product.id), true; }));
  return ids;
}

// Microseconds for 40 products at once, all over the catalogue; sorted.
std::vector<double> read_times(embedded::Shop& shop, const std::vector<ProductId>& ids) {
  std::vector<double> micros;
  for (std::size_t round = 0; round < 500; ++round) {
    std::vector<ProductId> some;
    for (std::size_t i = 0; i < kAtOnce; ++i) some.push_back(ids[(round * 7919 + i * 104729) % ids.size()]);
    const auto start = Clock::now();
    const auto products = shop.catalogue().products(some);
    micros.push_back(seconds_since(start) * 1e6);
    if (!products || products->size() != kAtOnce) throw std::runtime_error("products are missing");
  }
  std::sort(micros.begin(), micros.end());
  return micros;
}

nlohmann::ordered_json measure(const std::filesystem::path& file) {
  const test::TemporaryFolder folder;
  auto shop = embedded::Shop::create(folder.path() / "shop.db").value();
  embedded::ImportReport first, again;
  const Timed fresh = timed([&] { first = import(*shop, file); });
  const Timed second = timed([&] { again = import(*shop, file); });
  const Timed visit = timed([&] { static_cast<void>(shop->catalogue().each([](const Product&) { return true; })); });
  const Timed index = timed([&] { static_cast<void>(search::build_index(shop->catalogue())); });
  const std::vector<ProductId> ids = all_ids(*shop);
  std::vector<double> reads;
  const Timed reading = timed([&] { reads = read_times(*shop, ids); });
  nlohmann::ordered_json out;
  out["products"] = first.added;
  out["problems"] = first.problems.size();
  out["import_seconds"] = fresh.wall;
  out["import_processor_seconds"] = fresh.processor;
  out["again_unchanged"] = again.unchanged;
  out["again_seconds"] = second.wall;
  out["visit_all_seconds"] = visit.wall;
  out["index_seconds"] = index.wall;
  out["index_processor_seconds"] = index.processor;
  out["shop_megabytes"] = static_cast<double>(std::filesystem::file_size(shop->file())) / 1e6;
  out["read_40_processor_micros"] = reading.processor * 1e6 / static_cast<double>(reads.size());
  out["read_40_micros_p50"] = reads[reads.size() / 2];
  out["read_40_micros_p99"] = reads[reads.size() * 99 / 100];
  out["most_seconds"] = kMostSeconds;
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const bool json = argc > 1 && std::string(argv[1]) == "--json";
  const auto data = test::shared_data("icecat");
  if (!data) {
    std::cerr << "import_bench: there is no data: put the sets beside the project or name their folder in FLOORWALKER_SHARED\n";
    return 1;
  }
  const auto result = measure(*data / "products.jsonl.gz");
  if (json) std::cout << result.dump() << "\n";
  else for (const auto& [name, value] : result.items()) std::cout << name << ": " << value << "\n";
  return result["import_seconds"].get<double>() <= kMostSeconds && result["problems"] == 0 ? 0 : 1;
}
