#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "tools/schema.h"
#include "tools/tool.h"

namespace floorwalker::tools {

// The tools of one shop, called by name. Checks arguments, turns what went wrong into a result, and never throws: an exception or an
// internal error is logged in full and reaches the model only as "internal error". Immutable, safe for every thread.
class Registry final : public ToolBox {
 public:
  // Told of each call that did not succeed, with the operators' detail.
  using Log = std::function<void(std::string_view tool, const Error& error)>;

  // Throws std::invalid_argument for two tools of one name or a schema that is not one.
  explicit Registry(std::vector<Tool> tools, Log log = {});

  const std::vector<ToolSpec>& specs() const override { return specs_; }
  ToolResult call(const ToolCall& call, const ToolContext& context) override;

 private:
  struct Entry {
    Tool tool;
    Schema schema;
  };

  Answer run(const ToolCall& call, const ToolContext& context) const;

  std::vector<Entry> entries_;
  std::vector<ToolSpec> specs_;
  Log log_;
};

}  // namespace floorwalker::tools
