#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "agent/core/catalogue.h"
#include "agent/core/result.h"
#include "tools/ports/catalogue.h"

namespace floorwalker::search {

struct IndexData;  // tools/search/index_data.h: the tables, for this folder alone

// Everything the ranking needs to know of a catalogue, in one block of memory: words and where they stand, kinds of things (the shop's own
// and inferred ones), typed attributes and options, prices, categories. Immutable; safe for every thread; shared by IndexedSearch and
// CatalogueVocabulary. Holds no product texts: those are read from the shop when a product is shown.
class Index {
 public:
  ~Index();
  Index(const Index&) = delete;
  Index& operator=(const Index&) = delete;

  // Maps a saved index into memory. kNotFound if there is no such file; kMalformed if it is of another format version, was cut short or
  // fails its checksum: then build anew.
  static Result<std::shared_ptr<const Index>> load(const std::filesystem::path& file);

  // Writes beside `file` first and renames, so that a reader never sees half an index.
  Result<void> save(const std::filesystem::path& file) const;

  // ports::Catalogue::version() at the time of building.
  std::string_view catalogue_version() const;

  std::size_t products() const;
  std::size_t bytes() const;

  const IndexData& data() const { return *data_; }

  // For IndexBuilder: takes a finished block in the file format.
  static std::shared_ptr<const Index> adopt(std::string block);

 private:
  struct Storage;
  Index(std::unique_ptr<Storage> storage, std::unique_ptr<IndexData> data);
  std::unique_ptr<Storage> storage_;
  std::unique_ptr<IndexData> data_;
};

// Told now and then while an index is built: products so far.
using Progress = std::function<void(std::size_t products)>;

// Reads every product of the catalogue. A million products take well under a minute and less than 4 GiB.
Result<std::shared_ptr<const Index>> build_index(ports::Catalogue& catalogue, const Progress& progress = {});

// The saved index if it was built from the catalogue's present version, else a new one, saved for next time. A file that cannot be
// written costs only the next start (the index is still returned).
Result<std::shared_ptr<const Index>> load_or_build_index(ports::Catalogue& catalogue, const std::filesystem::path& file,
                                                         const Progress& progress = {});

}  // namespace floorwalker::search
