#pragma once

#include <compare>
#include <functional>
#include <string>
#include <utility>

namespace floorwalker {

// An identifier that only compares with its own kind: a ProductId is no VariantId. The text is the shop's own, unchanged.
template <typename Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string text) : text_(std::move(text)) {}

  const std::string& str() const { return text_; }
  bool empty() const { return text_.empty(); }

  auto operator<=>(const Id&) const = default;

 private:
  std::string text_;
};

using ProductId = Id<struct ProductTag>;
using VariantId = Id<struct VariantTag>;
using CartId = Id<struct CartTag>;
using LineId = Id<struct LineTag>;
using OrderId = Id<struct OrderTag>;
using PolicyId = Id<struct PolicyTag>;
using SessionId = Id<struct SessionTag>;
using CallId = Id<struct CallTag>;                      // one tool call within a conversation
using IdempotencyKey = Id<struct IdempotencyKeyTag>;    // derived from session, turn and step: equal on every replay

}  // namespace floorwalker

template <typename Tag>
struct std::hash<floorwalker::Id<Tag>> {
  std::size_t operator()(const floorwalker::Id<Tag>& id) const noexcept { return std::hash<std::string>()(id.str()); }
};
