#include "tests/support/fts5.h"

#include <sqlite3.h>

#include <stdexcept>

#include "agent/core/text.h"

namespace floorwalker::test {

Fts5::Fts5(const std::vector<Product>& products) {
  if (sqlite3_open(":memory:", &database_) != SQLITE_OK) throw std::runtime_error("cannot open a database in memory");
  run("CREATE VIRTUAL TABLE products USING fts5(id UNINDEXED, title, brand, description, attributes, tokenize='porter unicode61')");
  insert_ = prepare("INSERT INTO products VALUES (?, ?, ?, ?, ?)");
  select_ = prepare("SELECT id FROM products WHERE products MATCH ? ORDER BY bm25(products, 0, 5, 3, 2, 1) LIMIT ?");
  run("BEGIN");
  for (const Product& product : products) add(product);
  run("COMMIT");
}

Fts5::~Fts5() {
  sqlite3_finalize(insert_);
  sqlite3_finalize(select_);
  sqlite3_close(database_);
}

void Fts5::run(const char* sql) {
  if (sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(database_));
}

sqlite3_stmt* Fts5::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr) != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(database_));
  return statement;
}

void Fts5::add(const Product& product) {
  std::string attributes = product.kind;
  for (const Attribute& attribute : product.attributes) {
    if (std::holds_alternative<std::string>(attribute.value)) attributes += " " + std::get<std::string>(attribute.value);
  }
  std::string description = product.description;
  for (const std::string& highlight : product.highlights) description += "\n" + highlight;
  const std::string texts[] = {product.id.str(), product.title, product.brand, description, attributes};
  for (int i = 0; i < 5; ++i) sqlite3_bind_text(insert_, i + 1, texts[i].c_str(), -1, SQLITE_TRANSIENT);
  sqlite3_step(insert_);
  sqlite3_reset(insert_);
}

std::vector<std::string> Fts5::search(std::string_view words, std::size_t top) {
  std::string match;
  for (const text::Word& word : text::words(words)) match += (match.empty() ? "\"" : " OR \"") + word.folded + "\"";
  sqlite3_bind_text(select_, 1, match.c_str(), -1, SQLITE_TRANSIENT);
  sqlite3_bind_int64(select_, 2, static_cast<sqlite3_int64>(top));
  std::vector<std::string> ids;
  while (sqlite3_step(select_) == SQLITE_ROW) ids.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(select_, 0)));
  sqlite3_reset(select_);
  return ids;
}

}  // namespace floorwalker::test
