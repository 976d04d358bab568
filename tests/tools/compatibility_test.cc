#include <gtest/gtest.h>

#include "agent/resources/resources.h"
#include "tools/compatibility/engine.h"

namespace floorwalker::compatibility {
namespace {

Engine shipped() {
  std::vector<Source> sources;
  for (const auto& resource : resources::under("tools/compatibility/")) sources.push_back({std::string(resource.path), resource.bytes});
  auto engine = Engine::load(sources);
  EXPECT_TRUE(engine) << engine.error().message;
  return engine ? std::move(*engine) : Engine();
}

TEST(CompatibilityEngine, LoadsTheShippedRules) { EXPECT_GE(shipped().rule_ids().size(), 10u); }

}  // namespace
}  // namespace floorwalker::compatibility
