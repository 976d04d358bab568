#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "agent/core/tool.h"
#include "evals/suite.h"

namespace floorwalker::evals {

// Tools that fail as a case says. Safe for every thread; `tools` must outlive it. `pass` lets the time go by that a slow call takes.
class FaultyTools final : public ToolBox {
 public:
  FaultyTools(ToolBox& tools, std::vector<Fault> faults, std::function<void(std::chrono::milliseconds)> pass = [](std::chrono::milliseconds) {})
      : tools_(tools), faults_(std::move(faults)), met_(faults_.size(), false), pass_(std::move(pass)) {}

  const std::vector<ToolSpec>& specs() const override { return tools_.specs(); }
  ToolResult call(const ToolCall& call, const ToolContext& context) override;

  // Faults that no call met: such a case tests nothing.
  std::string unmet() const;

 private:
  const Fault* fault_of(const ToolCall& call);

  ToolBox& tools_;
  std::vector<Fault> faults_;
  mutable std::mutex mutex_;          // guards what follows
  std::map<std::string, int> calls_;
  std::vector<bool> met_;
  const std::function<void(std::chrono::milliseconds)> pass_;
};

}  // namespace floorwalker::evals
