#pragma once

#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "adapters/embedded/shop.h"

namespace floorwalker::embedded {

// One file of the demo shop in the native format (README.md), as the binary carries it.
struct DemoFile {
  std::string_view name;  // for errors; files not named *.jsonl are passed over
  std::string_view bytes;
};

// Opens the demo shop at `file`. The first time, and again when the binary carries other demo files than those it was built from, it
// is built: in a second file that then takes its place, so that a killed build leaves nothing half-made. Carts and orders placed in
// the old demo go with it. The caller passes resources::under("adapters/embedded/demo/").
Result<std::unique_ptr<Shop>> open_demo_shop(const std::filesystem::path& file, const std::vector<DemoFile>& files);

}  // namespace floorwalker::embedded
