#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/guardrails/value.h"
#include "agent/core/result.h"

// Conditions over evidence, as playbooks write them: "order.status = 'pending' and count(args.item_ids) > 0". playbooks/README.md has the
// grammar. An expression has no side effects, ends in time linear in its size and the evidence, and is undecided rather than wrong
// where the evidence does not say.
namespace floorwalker::guardrails {

// What names mean while a condition is evaluated.
class Scope {
 public:
  virtual ~Scope() = default;

  // The value of a plain name ("args", "identity", "order"); missing if there is none.
  virtual const Value& name(const std::string& name) const = 0;

  // The record of that type and id ("order['#1']"); missing if the evidence has none.
  virtual const Value& record(const std::string& type, const std::string& id) const = 0;

  virtual bool is_record_type(const std::string& name) const = 0;
};

enum class Outcome { kHolds, kFails, kUndecided };

class Condition {
 public:
  // Fails with kInvalidArgument and a message that shows where the text stops making sense.
  static Result<Condition> parse(std::string_view text);

  // The expression's value. Never throws.
  Value value(const Scope& scope) const;

  // The same without a copy: refers into the scope's evidence, this expression, or `made`.
  const Value& refer(const Scope& scope, std::deque<Value>& made) const;

  Outcome holds(const Scope& scope) const;

  // What is compared with what, with the values: "order.status = 'pending' (delivered, pending)". For traces.
  std::string compared(const Scope& scope) const;

  // Every plain name that the expression starts a path with, for checking a playbook.
  std::vector<std::string> names() const;

  const std::string& text() const { return text_; }

  struct Node;  // of the parsed expression

 private:
  friend class ConditionParser;
  friend class Evaluator;

  std::string text_;
  std::shared_ptr<const Node> root_;
};

// A text with expressions in braces: "Order {args.order_id} is {order.status}."
class Template {
 public:
  static Result<Template> parse(std::string_view text);
  std::string fill(const Scope& scope) const;
  std::vector<std::string> names() const;

 private:
  struct Piece {
    std::string text;
    std::optional<Condition> expression;
  };
  std::vector<Piece> pieces_;
};

}  // namespace floorwalker::guardrails
