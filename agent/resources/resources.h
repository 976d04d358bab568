#pragma once

#include <optional>
#include <string_view>
#include <vector>

// The files that the binary carries, so that one file is all a user has to copy: prompts, playbooks, import maps
// and the demo shop. Read-only, valid for the life of the process, safe for every thread.
namespace floorwalker::resources {

struct Resource {
  std::string_view path;   // from the project's root, "prompts/guided/en.yaml"
  std::string_view bytes;  // the file, unchanged
};

// Every file, ordered by path.
const std::vector<Resource>& all();

// The file of that path, or nothing.
std::optional<std::string_view> find(std::string_view path);

// The files whose path starts with `prefix`, ordered by path.
std::vector<Resource> under(std::string_view prefix);

}  // namespace floorwalker::resources
