#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/search/index_data.h"

// The format of an index file: a header, a table of sections, the sections. Little endian, as the machines we run on; another format
// version or byte order is refused and built anew.
namespace floorwalker::search {

inline constexpr std::uint32_t kFormatVersion = 3;

enum class Section : std::uint32_t {
  kVersion, kCurrency, kStringEnds, kStringBytes, kIdEnds, kIdBytes, kTermEnds, kTermBytes, kWordEnds, kWordBytes, kDocs, kVariants,
  kVariantOptions, kFields, kValues, kDocValues, kCategories, kDocCategories, kKinds, kKindTerms, kKindDocs, kDocKinds, kTerms, kTermSlots,
  kWords, kTitleTerms, kPostings, kById, kPhrases, kCount
};

// Collects sections and writes them as one block.
class BlockWriter {
 public:
  void put(Section section, std::string bytes) { sections_[static_cast<std::size_t>(section)] = std::move(bytes); }

  template <typename T>
  void put(Section section, std::vector<T>&& rows) {
    put(section, std::string(reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(T)));
    std::vector<T>().swap(rows);
  }

  // Header, table and sections with the checksum filled in; the writer is empty afterwards.
  std::string finish();

 private:
  std::array<std::string, static_cast<std::size_t>(Section::kCount)> sections_;
};

// Points the tables into a block; nothing (and why) unless it is whole. The block must stay where it is.
bool read_block(std::string_view block, IndexData& data, std::string& why);

}  // namespace floorwalker::search
