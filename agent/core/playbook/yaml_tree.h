#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/core/playbook/loader.h"

// The strict part of YAML that a playbook may use, as a tree that remembers where everything stands. Refused, each with a reason: anchors,
// aliases, merge keys, tags, duplicate and complex keys, tabs in indentation, several documents, nesting deeper than 24, more than 1 MiB,
// bytes that are not UTF-8.
namespace floorwalker::yaml {

struct Node {
  enum class Type { kNull, kScalar, kList, kMap };
  struct Entry;

  Type type = Type::kNull;
  std::string text;           // scalars: the characters as written
  bool quoted = false;        // scalars: quoted or a block, so never a boolean or a number
  std::vector<Node> items;    // lists
  std::vector<Entry> entries; // maps, in file order, keys unique
  SourcePosition at;

  const Node* find(std::string_view key) const;
};

struct Node::Entry {
  std::string key;
  bool quoted = false;
  SourcePosition at;
  Node value;
};

inline constexpr std::size_t kMaxBytes = 1024 * 1024;
inline constexpr std::size_t kMaxDepth = 24;

// Reads one document. What is wrong is added to `findings`; the tree holds what could be read. Never throws.
Node parse(std::string_view text, const std::string& file, std::vector<Finding>& findings);

// `over` laid on `under`: maps are merged key by key, everything else is replaced. What is taken keeps its own position.
void overlay(Node& under, const Node& over);

}  // namespace floorwalker::yaml
