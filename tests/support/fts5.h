#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/core/catalogue.h"

struct sqlite3;
struct sqlite3_stmt;

namespace floorwalker::test {

// SQLite's own full-text search, for comparing ours with: porter stemming, OR of the words, bm25 weights title 5, brand 3, description 2,
// attributes 1. In memory. Throws std::runtime_error on failure.
class Fts5 {
 public:
  explicit Fts5(const std::vector<Product>& products);
  Fts5(const Fts5&) = delete;
  ~Fts5();

  void add(const Product& product);

  // Product ids, best first.
  std::vector<std::string> search(std::string_view words, std::size_t top);

 private:
  void run(const char* sql);
  sqlite3_stmt* prepare(const char* sql);

  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  sqlite3_stmt* select_ = nullptr;
};

}  // namespace floorwalker::test
