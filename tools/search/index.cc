#include "tools/search/index.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "tools/search/index_builder.h"
#include "tools/search/index_data.h"
#include "tools/search/index_file.h"

namespace floorwalker::search {

// The block, in memory or mapped from a file.
struct Index::Storage {
  std::string owned;
  std::string_view block;
  bool mapped = false;

  Storage() = default;
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;
  ~Storage() {
    if (mapped) munmap(const_cast<char*>(block.data()), block.size());
  }
};

namespace {

// Closes a file descriptor at the end of its scope.
struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) close(number);
  }
};

std::string reason() { return std::strerror(errno); }

}  // namespace

Index::Index(std::unique_ptr<Storage> storage, std::unique_ptr<IndexData> data) : storage_(std::move(storage)), data_(std::move(data)) {}
Index::~Index() = default;

Result<std::shared_ptr<const Index>> Index::load(const std::filesystem::path& file) {
  const Descriptor descriptor{open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (descriptor.number < 0) {
    return fail(errno == ENOENT ? ErrorKind::kNotFound : ErrorKind::kIo, "The search index cannot be opened.", file.string() + ": " + reason());
  }
  struct stat status {};
  if (fstat(descriptor.number, &status) != 0) return fail(ErrorKind::kIo, "The search index cannot be read.", file.string() + ": " + reason());
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) return fail(ErrorKind::kMalformed, "The search index is damaged.", file.string() + ": empty");
  void* at = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor.number, 0);
  if (at == MAP_FAILED) return fail(ErrorKind::kIo, "The search index cannot be read.", file.string() + ": " + reason());
  auto storage = std::make_unique<Storage>();
  storage->block = {static_cast<const char*>(at), size};
  storage->mapped = true;
  auto data = std::make_unique<IndexData>();
  std::string why;
  if (!read_block(storage->block, *data, why)) return fail(ErrorKind::kMalformed, "The search index is damaged.", file.string() + ": " + why);
  return std::shared_ptr<const Index>(new Index(std::move(storage), std::move(data)));
}

Result<void> Index::save(const std::filesystem::path& file) const {
  // The thread's id keeps two that build at once, here or in another process, from writing into one file.
  const std::filesystem::path beside = file.string() + "." + std::to_string(gettid()) + ".new";
  {
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    out.write(storage_->block.data(), static_cast<std::streamsize>(storage_->block.size()));
    out.flush();
    if (!out) {
      std::error_code ignored;
      std::filesystem::remove(beside, ignored);
      return fail(ErrorKind::kIo, "The search index cannot be written.", beside.string());
    }
  }
  std::error_code error;
  std::filesystem::rename(beside, file, error);
  if (error) return fail(ErrorKind::kIo, "The search index cannot be written.", file.string() + ": " + error.message());
  return {};
}

std::string_view Index::catalogue_version() const { return data_->catalogue_version; }
std::size_t Index::products() const { return data_->doc_count(); }
std::size_t Index::bytes() const { return storage_->block.size(); }

std::shared_ptr<const Index> Index::adopt(std::string block) {
  auto storage = std::make_unique<Storage>();
  storage->owned = std::move(block);
  storage->block = storage->owned;
  auto data = std::make_unique<IndexData>();
  std::string why;
  if (!read_block(storage->block, *data, why)) throw std::logic_error("the index builder made a block that cannot be read: " + why);
  return std::shared_ptr<const Index>(new Index(std::move(storage), std::move(data)));
}

Result<std::shared_ptr<const Index>> build_index(ports::Catalogue& catalogue, const Progress& progress) {
  const Result<std::string> version = catalogue.version();
  if (!version) return fail(version.error());
  IndexBuilder builder(catalogue.currency());
  std::size_t count = 0;
  const Result<void> read = catalogue.each([&](const Product& product) {
    builder.add(product);
    if (++count % 1000 == 0 && progress) progress(count);
    return true;
  });
  if (!read) return fail(read.error());
  return builder.finish(*version);
}

Result<std::shared_ptr<const Index>> load_or_build_index(ports::Catalogue& catalogue, const std::filesystem::path& file,
                                                         const Progress& progress) {
  const Result<std::string> version = catalogue.version();
  if (!version) return fail(version.error());
  if (auto saved = Index::load(file); saved && (*saved)->catalogue_version() == *version) return saved;
  auto built = build_index(catalogue, progress);
  // Without the file the next start only takes longer.
  if (built) (void)(*built)->save(file);
  return built;
}

}  // namespace floorwalker::search
