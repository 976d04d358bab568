#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <cstring>

#include "adapters/embedded/rows.h"

namespace floorwalker::embedded {

namespace {

// zlib reads plain files as they are, so that one path serves both.
class FileBytes final : public ByteSource {
 public:
  FileBytes(gzFile file, std::uint64_t total) : file_(file), total_(total) { gzbuffer(file_, 1u << 18); }
  ~FileBytes() override { gzclose_r(file_); }
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  Result<std::size_t> read(char* bytes, std::size_t size) override {
    const int got = gzread(file_, bytes, static_cast<unsigned>(std::min<std::size_t>(size, 1u << 30)));
    int code = Z_OK;
    const char* reason = gzerror(file_, &code);
    if (got < 0 || (got == 0 && code != Z_OK && code != Z_STREAM_END)) {
      return fail(ErrorKind::kIo, std::string("cannot be read to its end (is it complete?): ") + reason);
    }
    consumed_ = static_cast<std::uint64_t>(std::max<z_off_t>(0, gzoffset(file_)));
    return static_cast<std::size_t>(got);
  }

  std::uint64_t consumed() const override { return consumed_; }
  std::uint64_t total() const override { return total_; }

 private:
  gzFile file_;
  std::atomic<std::uint64_t> consumed_{0};
  std::uint64_t total_;
};

class MemoryBytes final : public ByteSource {
 public:
  explicit MemoryBytes(std::string_view bytes) : bytes_(bytes) {}

  Result<std::size_t> read(char* bytes, std::size_t size) override {
    const std::size_t got = std::min(size, bytes_.size() - at_);
    std::memcpy(bytes, bytes_.data() + at_, got);
    at_ += got;
    return got;
  }
  std::uint64_t consumed() const override { return at_; }
  std::uint64_t total() const override { return bytes_.size(); }

 private:
  std::string_view bytes_;
  std::atomic<std::size_t> at_{0};
};

}  // namespace

Result<std::unique_ptr<ByteSource>> open_file(const std::filesystem::path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (!std::filesystem::exists(status)) return fail(ErrorKind::kNotFound, "there is no such file");
  if (std::filesystem::is_directory(status)) return fail(ErrorKind::kInvalidArgument, "is a folder, not a file");
  gzFile opened = gzopen(file.c_str(), "rb");
  if (!opened) return fail(ErrorKind::kIo, std::string("cannot be opened: ") + std::strerror(errno));
  const std::uintmax_t size = std::filesystem::file_size(file, error);  // pipes have none
  return std::unique_ptr<ByteSource>(new FileBytes(opened, error ? 0 : size));
}

std::unique_ptr<ByteSource> open_memory(std::string_view bytes) { return std::make_unique<MemoryBytes>(bytes); }

}  // namespace floorwalker::embedded
