#include "adapters/embedded/demo_shop.h"

#include <unistd.h>

#include "adapters/embedded/importer.h"
#include "adapters/embedded/store.h"

namespace floorwalker::embedded {

namespace {

constexpr const char* kBuiltFrom = "demo_built_from";

bool is_records(std::string_view name) { return name.size() > 6 && name.substr(name.size() - 6) == ".jsonl"; }

// Tells one set of demo files from another; with the format of the shop, so that a new one is built anew.
std::string fingerprint(const std::vector<DemoFile>& files) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  const auto add = [&hash](std::string_view bytes) {
    for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
  };
  for (const DemoFile& file : files) {
    if (!is_records(file.name)) continue;
    add(file.name);
    add(file.bytes);
  }
  return std::to_string(hash);
}

Result<void> build(const std::filesystem::path& file, const std::vector<DemoFile>& files) {
  auto shop = Shop::create(file);
  if (!shop) return fail(std::move(shop.error()));
  ImportRequest request;
  request.map.name = "floorwalker";
  request.map.format = RowFormat::kNative;
  for (const DemoFile& one : files) {
    if (is_records(one.name)) request.sources.push_back({std::string(one.name), one.bytes});
  }
  const auto report = import_files(**shop, request);
  if (!report) return fail(report.error());
  if (!report->problems.empty()) return fail(ErrorKind::kInternal, "The demo shop cannot be built: " + format(report->problems.front()));
  return (*shop)->store().write([&](Connection& connection) -> Result<void> {
    set_meta(connection, kBuiltFrom, fingerprint(files));
    return {};
  });
}

bool built_from(Shop& shop, const std::vector<DemoFile>& files) {
  const auto told = shop.store().read([](Connection& connection) -> Result<std::string> { return get_meta(connection, kBuiltFrom); });
  return told && *told == fingerprint(files);
}

void remove_database(const std::filesystem::path& file) {
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + suffix, ignored);
}

}  // namespace

Result<std::unique_ptr<Shop>> open_demo_shop(const std::filesystem::path& file, const std::vector<DemoFile>& files) {
  if (auto shop = Shop::open(file); shop && built_from(**shop, files)) return shop;
  std::error_code error;
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), error);
  // The process id keeps two first starts at the same moment apart; whoever renames last wins, with the same content.
  const std::filesystem::path fresh = file.string() + ".new-" + std::to_string(::getpid());
  remove_database(fresh);
  if (auto built = build(fresh, files); !built) {
    remove_database(fresh);
    return fail(std::move(built.error()));
  }
  remove_database(file);
  std::filesystem::rename(fresh, file, error);
  if (error) return fail(ErrorKind::kIo, "The demo shop cannot be put at " + file.string() + ": " + error.message());
  remove_database(fresh);
  return Shop::open(file);
}

}  // namespace floorwalker::embedded
