#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/result.h"

namespace floorwalker::http {

// One value of a JSON document. Numbers keep the characters in which they were written, so that an amount of money never passes through
// floating point. Values lie in document order: the first child follows its parent, `span` leads to the next sibling.
struct Json {
  enum class Type : std::uint8_t { kNull, kFalse, kTrue, kNumber, kText, kList, kObject };

  Type type = Type::kNull;
  std::uint32_t span = 1;     // values in this subtree, itself included
  std::string_view key;       // of an object's member
  std::string_view text;      // of text (unescaped) and numbers (as written)

  bool is_container() const { return type == Type::kList || type == Type::kObject; }
  const Json* begin() const { return this + 1; }
  const Json* end() const { return this + span; }
  const Json* next() const { return this + span; }

  // The member of that name; null if there is none or this is no object.
  const Json* find(std::string_view name) const {
    if (type != Type::kObject) return nullptr;
    const char first = name.empty() ? '\0' : name.front();   // most names differ there: no need to compare the rest
    for (const Json* member = begin(); member != end(); member = member->next()) {
      if (member->key.size() == name.size() && (name.empty() || (member->key.front() == first && member->key == name))) return member;
    }
    return nullptr;
  }
};

// A parsed document. Owns the text that its values point into; movable, immutable, safe for every thread.
class JsonDocument {
 public:
  // kMalformed for anything but one JSON value of at most 64 levels: cut short, trailing text, HTML, bytes that are not UTF-8.
  static Result<JsonDocument> parse(std::string_view text);

  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  ~JsonDocument();

  const Json& root() const { return values_.front(); }

 private:
  struct Storage;
  explicit JsonDocument(std::unique_ptr<Storage> storage);

  std::unique_ptr<Storage> storage_;
  std::vector<Json> values_;
};

}  // namespace floorwalker::http
