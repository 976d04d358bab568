#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "agent/core/tool.h"
#include "evals/suite.h"

namespace floorwalker::evals {

// Tools that fail as a case says. Safe for every thread; `tools` must outlive it.
class FaultyTools final : public ToolBox {
 public:
  FaultyTools(ToolBox& tools, std::vector<Fault> faults) : tools_(tools), faults_(std::move(faults)), met_(faults_.size(), false) {}

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
};

}  // namespace floorwalker::evals
