#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace floorwalker::tools {

// The checked arguments of one call: what its schema allows, nothing else. A value, cheap to copy.
class Arguments {
 public:
  struct Tree;  // the checked JSON; known only where it is made and read
  explicit Arguments(std::shared_ptr<const Tree> tree) : tree_(std::move(tree)) {}

  bool has(std::string_view name) const;
  std::string text(std::string_view name) const;                                   // "" where left out
  std::optional<std::int64_t> whole(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;                     // of a list
  std::vector<std::pair<std::string, std::string>> pairs(std::string_view name) const;  // of an object; numbers and flags as text

  std::string json() const;  // compact, for readers of a whole typed value

 private:
  std::shared_ptr<const Tree> tree_;
};

}  // namespace floorwalker::tools
