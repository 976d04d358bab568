#pragma once

#include <string_view>
#include <vector>

namespace floorwalker::embedded {

struct Member;

// One value of a source record, whatever the file's format. Text is a view into the reader's buffer, valid until the next record.
// Numbers keep the text they were written with, so that prices are read exactly.
struct Value {
  enum class Kind { kNull, kText, kNumber, kBoolean, kList, kObject };

  Value();
  ~Value();
  Value(const Value&) = delete;
  Value& operator=(const Value&) = delete;
  Value(Value&&) noexcept;
  Value& operator=(Value&&) noexcept;

  Kind kind = Kind::kNull;
  std::string_view text;  // text, the number as written, or "true"/"false"
  std::vector<Value> items;
  std::vector<Member> members;  // in the source's order

  bool is_text() const { return kind == Kind::kText; }
  bool is_list() const { return kind == Kind::kList; }
  bool is_object() const { return kind == Kind::kObject; }

  // The member of that name, or null.
  const Value* find(std::string_view name) const;
};

struct Member {
  std::string_view name;
  Value value;
};

// Here, where Member is complete.
inline Value::Value() = default;
inline Value::~Value() = default;
inline Value::Value(Value&&) noexcept = default;
inline Value& Value::operator=(Value&&) noexcept = default;

inline const Value* Value::find(std::string_view name) const {
  for (const Member& member : members) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

// "a number", "a list" ...: what a value is, for errors.
std::string_view describe(const Value& value);

}  // namespace floorwalker::embedded
