#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "adapters/embedded/shop.h"
#include "agent/core/gate.h"
#include "agent/core/model.h"
#include "agent/runner/runner.h"
#include "tools/registry.h"
#include "tools/search/indexed_search.h"

namespace floorwalker::test {

// The demo shop with the real tools and a runner over it, for a model and a journal of the test's choice.
class DemoStack {
 public:
  // `wrap` may put a tool box of the test around the real one; the stack owns what it returns.
  using Wrap = std::function<std::unique_ptr<ToolBox>(ToolBox&)>;

  // The demo shop's file, made in `folder` if it is not there. Throws std::runtime_error if anything fails: a test that cannot begin.
  // `adjust` may set other rules and another gate than none.
  using Adjust = std::function<void(PlannerRules& rules, GateMaker& make_gate)>;
  DemoStack(const std::filesystem::path& folder, Model& model, Journal& journal, const Wrap& wrap = {}, const Adjust& adjust = {});
  ~DemoStack();

  runner::Runner& runner() { return *runner_; }
  embedded::Shop& shop() { return *shop_; }

 private:
  std::unique_ptr<embedded::Shop> shop_;
  std::unique_ptr<search::IndexedSearch> search_;
  std::unique_ptr<tools::Registry> registry_;
  std::unique_ptr<ToolBox> wrapped_;
  SystemClock clock_;
  std::unique_ptr<runner::Runner> runner_;   // last: goes before what it works with
};

}  // namespace floorwalker::test
