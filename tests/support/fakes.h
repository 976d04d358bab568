#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/core/gate.h"
#include "agent/core/tool.h"

// Twins of the production interfaces, for tests.
namespace floorwalker::test {

// A tool box whose tools are functions. Remembers every call that reached it. Safe for every thread.
class FakeToolBox final : public ToolBox {
 public:
  using Handler = std::function<ToolResult(const ToolCall&, const ToolContext&)>;

  // A tool that always answers `content`.
  void add(const std::string& name, ToolEffect effect, const std::string& content, ToolOutcome outcome = ToolOutcome::kOk) {
    add(name, effect, [content, outcome](const ToolCall&, const ToolContext& context) {
      return ToolResult{{}, outcome, content, context.now};
    });
  }

  void add(const std::string& name, ToolEffect effect, Handler handler) {
    specs_.push_back({name, "", "{}", effect});
    handlers_[name] = std::move(handler);
  }

  const std::vector<ToolSpec>& specs() const override { return specs_; }

  ToolResult call(const ToolCall& call, const ToolContext& context) override {
    {
      const std::lock_guard lock(mutex_);
      calls_.emplace_back(call, context.key);
    }
    const auto handler = handlers_.find(call.name);
    if (handler == handlers_.end()) return {{}, ToolOutcome::kFailed, R"({"error":{"kind":"not_found","message":"no such tool"}})", context.now};
    return handler->second(call, context);
  }

  std::vector<std::pair<ToolCall, IdempotencyKey>> calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }

  std::size_t count(std::string_view name) const {
    const std::lock_guard lock(mutex_);
    std::size_t count = 0;
    for (const auto& [call, key] : calls_) count += call.name == name;
    return count;
  }

 private:
  std::vector<ToolSpec> specs_;
  std::map<std::string, Handler> handlers_;
  mutable std::mutex mutex_;  // guards calls_
  std::vector<std::pair<ToolCall, IdempotencyKey>> calls_;
};

// Holds every piece that contains one of the words for contradicted, and claims nothing else.
class WordGate final : public Gate {
 public:
  explicit WordGate(std::vector<std::string> lies) : lies_(std::move(lies)) {}

  void learn(const Message&) override {}
  void shown(const std::vector<Shown>&) override {}
  void begin_reply() override {}
  void forget_piece() override {}
  std::vector<Claim> judge(std::string_view piece) override {
    for (const std::string& lie : lies_) {
      const std::size_t at = piece.find(lie);
      if (at == std::string_view::npos) continue;
      return {{at, at + lie.size(), lie, ClaimKind::kAttribute, Verdict::kContradicted, "the record says otherwise", {}}};
    }
    return {};
  }

 private:
  std::vector<std::string> lies_;
};

}  // namespace floorwalker::test
