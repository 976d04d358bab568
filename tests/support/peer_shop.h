#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "agent/core/tool.h"

namespace floorwalker::test {

// The three tools of a small outdoor shop whose answers stand in a file (peers/shop.json beside the data sets), with the prompts that go
// with them: for measuring a scripted turn of four model calls side by side with other frameworks.
struct PeerShop {
  std::string system;                // the system prompt
  std::string user;                  // what the shopper says
  std::unique_ptr<ToolBox> tools;    // search_catalogue, get_product, add_to_cart

  static PeerShop load(const std::filesystem::path& file);
};

}  // namespace floorwalker::test
