#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace floorwalker::verify {

// One value of a parsed tool result.
struct JsonNode {
  enum class Type : std::uint8_t { kObject, kArray, kString, kNumber, kBool, kNull };

  Type type = Type::kNull;
  bool truth = false;             // kBool
  std::uint32_t parent = 0;       // index of the node above; the root is its own parent
  std::uint32_t first_child = 0;  // 0: none
  std::uint32_t next = 0;         // next sibling, 0: none
  std::uint32_t position = 0;     // among its siblings
  std::string_view key;           // within an object
  std::string_view text;          // of a string, unescaped; of a number, as written
};

// A tool result as a flat tree, read leniently: JSON, Python's notation (single quotes, True, None), bare keys, trailing commas,
// `key: {...}; {...}` lists, lines of `Key: value`; anything else is one string. Owns all text; views stay valid when it is moved.
class JsonTree {
 public:
  static JsonTree parse(std::string_view text);

  const std::vector<JsonNode>& nodes() const { return nodes_; }
  const JsonNode& operator[](std::uint32_t node) const { return nodes_[node]; }
  bool structured() const { return nodes_[0].type != JsonNode::Type::kString; }

  // The child of an object with that key, 0 if none.
  std::uint32_t child(std::uint32_t object, std::string_view key) const;

  // RFC 6901: "/variants/0/price"; "" for the root.
  std::string pointer(std::uint32_t node) const;

 private:
  friend class JsonReader;

  std::unique_ptr<char[]> text_;
  std::vector<JsonNode> nodes_;
};

}  // namespace floorwalker::verify
