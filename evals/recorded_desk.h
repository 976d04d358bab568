#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/guardrails/value.h"
#include "agent/core/playbook/loader.h"
#include "agent/core/tool.h"

namespace floorwalker::evals {

// A service desk whose tools are somebody else's, known by what each told for which arguments: what a playbook's section "desk" is tried on
// without the shop. evals/README.md has the format. Immutable, safe for every thread.
class RecordedDesk final : public ToolBox {
 public:
  // What a tool tells when it is called with these arguments, among others.
  struct Answer {
    std::map<std::string, guardrails::Value> with;
    ToolOutcome outcome = ToolOutcome::kOk;
    std::string content;   // JSON
  };

  struct Loaded {
    std::shared_ptr<RecordedDesk> desk;   // meaningful only without errors
    std::vector<Finding> findings;
  };

  static Loaded load(std::string_view yaml, const std::string& file);

  const std::vector<ToolSpec>& specs() const override { return specs_; }

  // The first answer that fits. Nothing is carried out: a desk tells the same whatever was changed before.
  ToolResult call(const ToolCall& call, const ToolContext& context) override;

 private:
  std::vector<ToolSpec> specs_;
  std::map<std::string, std::vector<Answer>> answers_;   // by tool, in file order
};

}  // namespace floorwalker::evals
