#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/embedded/import_map.h"
#include "adapters/embedded/shop.h"

namespace floorwalker::embedded {

// What is wrong with a record, and what to do.
struct ImportProblem {
  std::string file;
  std::size_t line = 0;   // 0: the file as a whole
  std::string field;      // "" for the whole record
  std::string message;

  bool operator==(const ImportProblem&) const = default;
};

// "products.csv:12: price: "abc" is no amount; write a decimal number such as 12.50"
std::string format(const ImportProblem& problem);

struct ImportProgress {
  std::string file;
  std::uint64_t bytes = 0;   // read of the file as it is stored
  std::uint64_t total = 0;   // 0 if unknown
  std::size_t records = 0;   // of all files
};

struct ImportReport {
  std::size_t records = 0;
  std::size_t added = 0;      // products
  std::size_t updated = 0;
  std::size_t unchanged = 0;
  std::size_t removed = 0;
  std::size_t variants = 0;   // of the products added and updated
  std::size_t others = 0;     // policies, discounts, orders, relations
  std::size_t skipped = 0;    // records that the map leaves out
  std::vector<std::string> notes;       // "12 records were not UTF-8 and were read as Windows-1252"
  std::vector<ImportProblem> problems;  // any: nothing was changed
};

// A file to import, by path or as bytes that outlive the import.
struct ImportSource {
  std::filesystem::path path;
  std::string_view bytes;  // read instead of the path, if not null

  std::string name() const { return path.string(); }
};

struct ImportRequest {
  std::vector<ImportSource> sources;
  ImportMap map;
  std::string currency;        // ISO code; "" for the map's, else the shop's own
  bool replace = false;        // products that the sources do not have are removed
  std::size_t most_problems = 50;
  std::function<void(const ImportProgress&)> progress;  // called by the importing thread, a few times a second at most
};

// Brings the sources into the shop, in one transaction: all of it, or with any problem nothing. Importing the same again changes
// nothing. Fails (rather than reporting problems) when a file or the shop cannot be read or written at all.
Result<ImportReport> import_files(Shop& shop, const ImportRequest& request);

}  // namespace floorwalker::embedded
