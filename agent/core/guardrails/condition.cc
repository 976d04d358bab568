#include "agent/core/guardrails/condition.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <deque>
#include <map>

#include "agent/core/text.h"

namespace floorwalker::guardrails {

struct Condition::Node {
  enum class Op { kLiteral, kName, kField, kIndex, kCall, kList, kNot, kAnd, kOr, kCompare, kIn, kNotIn, kAdd, kSubtract };

  Op op = Op::kLiteral;
  Value literal;
  std::string name;  // of the name, field, function or comparison
  std::vector<Node> children;
};

using Node = Condition::Node;
using Op = Condition::Node::Op;

namespace {

constexpr std::size_t kMaxText = 2000;
constexpr int kMaxDepth = 40;

const std::map<std::string, std::size_t>& functions() {
  static const std::map<std::string, std::size_t> known = {{"count", 1}, {"sum", 1}, {"first", 1}, {"starts", 2}, {"known", 1}, {"distinct", 1}, {"pick", 3}, {"covers", 2}, {"differ", 2}};
  return known;
}

bool name_start(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool name_part(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

}  // namespace

class ConditionParser {
 public:
  explicit ConditionParser(std::string_view text) : text_(text) {}

  Result<Condition> run() {
    if (text_.size() > kMaxText) return fail(ErrorKind::kInvalidArgument, "the condition is longer than " + std::to_string(kMaxText) + " characters");
    Node root = either();
    space();
    if (error_.empty() && at_ < text_.size()) complain("nothing was expected here any more");
    if (!error_.empty()) return fail(ErrorKind::kInvalidArgument, error_);
    Condition condition;
    condition.text_ = std::string(text_);
    condition.root_ = std::make_shared<const Node>(std::move(root));
    return condition;
  }

 private:
  void complain(const std::string& what) {
    if (!error_.empty()) return;
    error_ = what + ": \"" + std::string(text_.substr(0, at_)) + " <HERE> " + std::string(text_.substr(std::min(at_, text_.size()))) + "\"";
    at_ = text_.size();
  }

  void space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }

  bool take(std::string_view token) {
    space();
    if (text_.substr(at_, token.size()) != token) return false;
    const std::size_t end = at_ + token.size();
    if (name_start(token[0]) && end < text_.size() && name_part(text_[end])) return false;
    at_ = end;
    return true;
  }

  static Node node(Op op, std::vector<Node> children, std::string name = {}) {
    Node made;
    made.op = op;
    made.children = std::move(children);
    made.name = std::move(name);
    return made;
  }

  Node either() {
    Node left = both();
    while (error_.empty() && take("or")) left = node(Op::kOr, {std::move(left), both()});
    return left;
  }

  Node both() {
    Node left = negated();
    while (error_.empty() && take("and")) left = node(Op::kAnd, {std::move(left), negated()});
    return left;
  }

  Node negated() {
    if (++depth_ > kMaxDepth) complain("the condition is nested too deeply");
    Node made = error_.empty() && take("not") ? node(Op::kNot, {negated()}) : compared();
    --depth_;
    return made;
  }

  Node compared() {
    Node left = summed();
    if (take("not in")) return node(Op::kNotIn, {std::move(left), summed()});
    if (take("in")) return node(Op::kIn, {std::move(left), summed()});
    for (const char* sign : {"!=", "<=", ">=", "=", "<", ">"}) {
      if (take(sign)) return node(Op::kCompare, {std::move(left), summed()}, sign);
    }
    return left;
  }

  Node summed() {
    Node left = path();
    while (error_.empty()) {
      if (take("+")) {
        left = node(Op::kAdd, {std::move(left), path()});
      } else if (take("-")) {
        left = node(Op::kSubtract, {std::move(left), path()});
      } else {
        break;
      }
    }
    return left;
  }

  Node path() {
    if (++depth_ > kMaxDepth) complain("the condition is nested too deeply");
    Node left = primary();
    while (error_.empty() && at_ < text_.size()) {
      if (text_[at_] == '.') {
        ++at_;
        left = node(Op::kField, {std::move(left)}, word());
      } else if (text_[at_] == '[') {
        ++at_;
        Node index = either();
        if (!take("]")) complain("']' is missing");
        left = node(Op::kIndex, {std::move(left), std::move(index)});
      } else {
        break;
      }
    }
    --depth_;
    return left;
  }

  std::string word() {
    const std::size_t start = at_;
    if (at_ < text_.size() && name_start(text_[at_])) {
      while (at_ < text_.size() && name_part(text_[at_])) ++at_;
    }
    if (at_ == start) complain("a name is missing");
    return std::string(text_.substr(start, at_ - start));
  }

  Node primary() {
    space();
    if (at_ >= text_.size()) {
      complain("a value is missing");
      return {};
    }
    const char c = text_[at_];
    if (c == '\'') return quoted();
    if (c == '[') return listed();
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) return number();
    if (c == '(') {
      ++at_;
      Node inner = either();
      if (!take(")")) complain("')' is missing");
      return inner;
    }
    if (take("true")) return literal(Value::of(true));
    if (take("false")) return literal(Value::of(false));
    const std::string name = word();
    return error_.empty() && at_ < text_.size() && text_[at_] == '(' ? call(name) : node(Op::kName, {}, name);
  }

  static Node literal(Value value) {
    Node made;
    made.literal = std::move(value);
    return made;
  }

  Node quoted() {
    const std::size_t end = text_.find('\'', at_ + 1);
    if (end == std::string_view::npos) {
      complain("the quote is not closed");
      return {};
    }
    Node made = literal(Value::of(std::string(text_.substr(at_ + 1, end - at_ - 1))));
    at_ = end + 1;
    return made;
  }

  Node number() {
    const std::size_t end = std::min(text_.find_first_not_of("0123456789.", at_), text_.size());
    double value = 0;
    const auto [stop, bad] = std::from_chars(text_.data() + at_, text_.data() + end, value);
    if (bad != std::errc{} || stop != text_.data() + end || value > 1e12) complain("this is no number");
    at_ = end;
    return literal(Value::number(error_.empty() ? static_cast<std::int64_t>(value * 1e6 + 0.5) : 0));
  }

  Node listed() {
    ++at_;
    std::vector<Node> items;
    while (error_.empty() && !take("]")) {
      if (!items.empty() && !take(",")) complain("',' or ']' is missing");
      if (error_.empty()) items.push_back(either());
    }
    return node(Op::kList, std::move(items));
  }

  Node call(const std::string& name) {
    ++at_;
    std::vector<Node> arguments;
    while (error_.empty() && !take(")")) {
      if (!arguments.empty() && !take(",")) complain("',' or ')' is missing");
      if (error_.empty()) arguments.push_back(either());
    }
    const auto known = functions().find(name);
    if (known == functions().end()) {
      std::vector<std::string> names;
      for (const auto& [function, count] : functions()) names.push_back(function);
      complain("there is no function '" + name + "'; known: " + text::join_and(names));
    } else if (known->second != arguments.size()) {
      complain("'" + name + "' takes " + std::to_string(known->second) + " values");
    }
    return node(Op::kCall, std::move(arguments), name);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::string error_;
};

// Values are referred to, not copied: they live in the scope's evidence, in the expression itself, or in `made`.
class Evaluator {
 public:
  Evaluator(const Scope& scope, std::deque<Value>& made) : scope_(scope), made_(made) {}

  const Value& value(const Node& node) {
    switch (node.op) {
      case Op::kLiteral: return node.literal;
      case Op::kName: return scope_.name(node.name);
      case Op::kField: return field(value(node.children[0]), node.name);
      case Op::kIndex: return index(node);
      case Op::kCall: return call(node);
      case Op::kList: return list(node);
      case Op::kAdd: return keep(add(value(node.children[0]), value(node.children[1]), 1));
      case Op::kSubtract: return keep(add(value(node.children[0]), value(node.children[1]), -1));
      default: break;
    }
    const Outcome outcome = holds(node);
    return outcome == Outcome::kUndecided ? missing() : keep(Value::of(outcome == Outcome::kHolds));
  }

  Outcome holds(const Node& node) {
    switch (node.op) {
      case Op::kNot: return negate(holds(node.children[0]));
      case Op::kAnd: return both(node);
      case Op::kOr: return either(node);
      case Op::kCompare: return compare(node.name, value(node.children[0]), value(node.children[1]));
      case Op::kIn: return contains(value(node.children[1]), value(node.children[0]));
      case Op::kNotIn: return negate(contains(value(node.children[1]), value(node.children[0])));
      default: break;
    }
    const Value& result = value(node);
    return result.type == Value::Type::kBoolean ? decided(result.boolean) : Outcome::kUndecided;
  }

 private:
  static Outcome decided(bool value) { return value ? Outcome::kHolds : Outcome::kFails; }

  static Outcome negate(Outcome outcome) {
    if (outcome == Outcome::kUndecided) return outcome;
    return decided(outcome == Outcome::kFails);
  }

  static const Value& missing() {
    static const Value none;
    return none;
  }

  const Value& keep(Value value) { return made_.emplace_back(std::move(value)); }

  Outcome both(const Node& node) {
    const Outcome left = holds(node.children[0]);
    if (left == Outcome::kFails) return left;
    const Outcome right = holds(node.children[1]);
    return right == Outcome::kHolds ? left : right;
  }

  Outcome either(const Node& node) {
    const Outcome left = holds(node.children[0]);
    if (left == Outcome::kHolds) return left;
    const Outcome right = holds(node.children[1]);
    return right == Outcome::kFails ? left : right;
  }

  // A field of a list is the list of the fields.
  const Value& field(const Value& of, const std::string& name) {
    if (of.type == Value::Type::kList) {
      std::vector<Value> all;
      all.reserve(of.items.size());
      for (const Value& item : of.items) all.push_back(field(item, name));
      return keep(Value::list(std::move(all)));
    }
    const Value* found = of.find(name);
    return found ? *found : missing();
  }

  const Value& index(const Node& node) {
    const Value& key = value(node.children[1]);
    const Node& of = node.children[0];
    if (of.op == Op::kName && scope_.is_record_type(of.name)) return record(of.name, key);
    return element(value(of), key);
  }

  const Value& record(const std::string& type, const Value& key) {
    if (key.type == Value::Type::kText) return scope_.record(type, key.text);
    if (key.type != Value::Type::kList) return missing();
    std::vector<Value> all;
    all.reserve(key.items.size());
    for (const Value& one : key.items) all.push_back(record(type, one));
    return keep(Value::list(std::move(all)));
  }

  static const Value& element(const Value& of, const Value& key) {
    if (key.type == Value::Type::kText) {
      const Value* found = of.find(key.text);
      return found ? *found : missing();
    }
    const auto at = static_cast<std::size_t>(key.micros / 1'000'000);
    if (key.type != Value::Type::kNumber || of.type != Value::Type::kList || key.micros < 0 || at >= of.items.size()) return missing();
    return of.items[at];
  }

  const Value& list(const Node& node) {
    std::vector<Value> items;
    items.reserve(node.children.size());
    for (const Node& child : node.children) items.push_back(value(child));
    return keep(Value::list(std::move(items)));
  }

  static Value add(const Value& left, const Value& right, int sign) {
    if (left.type != Value::Type::kNumber || right.type != Value::Type::kNumber) return {};
    std::int64_t result = 0;
    const bool over = sign > 0 ? __builtin_add_overflow(left.micros, right.micros, &result) : __builtin_sub_overflow(left.micros, right.micros, &result);
    return over ? Value{} : Value::number(result);
  }

  // Whether a value, or anything inside it, is missing.
  static bool undecidable(const Value& value) {
    return value.missing() || std::any_of(value.items.begin(), value.items.end(), undecidable);
  }

  // Lists are unequal as soon as one decided pair differs, whatever else is missing.
  static Outcome equal(const Value& left, const Value& right) {
    if (left.missing() || right.missing()) return Outcome::kUndecided;
    if (left.type != Value::Type::kList || right.type != Value::Type::kList) return decided(left == right);
    if (left.items.size() != right.items.size()) return Outcome::kFails;
    Outcome all = Outcome::kHolds;
    for (std::size_t i = 0; i < left.items.size(); ++i) {
      const Outcome one = equal(left.items[i], right.items[i]);
      if (one == Outcome::kFails) return one;
      if (one == Outcome::kUndecided) all = one;
    }
    return all;
  }

  static Outcome compare(const std::string& sign, const Value& left, const Value& right) {
    if (sign == "=") return equal(left, right);
    if (sign == "!=") return negate(equal(left, right));
    if (left.type != Value::Type::kNumber || right.type != Value::Type::kNumber) return Outcome::kUndecided;
    if (sign == "<") return decided(left.micros < right.micros);
    if (sign == "<=") return decided(left.micros <= right.micros);
    return decided(sign == ">" ? left.micros > right.micros : left.micros >= right.micros);
  }

  // In a list: one of its items. In a map: one of its keys. In a text: a part of it.
  static Outcome contains(const Value& whole, const Value& part) {
    if (whole.missing() || part.missing()) return Outcome::kUndecided;
    if (whole.type == Value::Type::kMap) return decided(part.type == Value::Type::kText && whole.find(part.text) != nullptr);
    if (whole.type == Value::Type::kText) return decided(part.type == Value::Type::kText && whole.text.find(part.text) != std::string::npos);
    if (whole.type != Value::Type::kList) return Outcome::kUndecided;
    if (std::find(whole.items.begin(), whole.items.end(), part) != whole.items.end()) return Outcome::kHolds;
    return undecidable(whole) ? Outcome::kUndecided : Outcome::kFails;
  }

  const Value& call(const Node& node) {
    const Value& first = value(node.children[0]);
    const Value& second = node.children.size() > 1 ? value(node.children[1]) : missing();
    if (node.name == "starts") return keep(starts(first, second));
    if (node.name == "known") return keep(Value::of(!first.missing()));
    if (node.name == "count" && first.type == Value::Type::kMap) return keep(Value::number(static_cast<std::int64_t>(first.entries.size()) * 1'000'000));
    if (first.type != Value::Type::kList) return missing();
    if (node.name == "count") return keep(Value::number(static_cast<std::int64_t>(first.items.size()) * 1'000'000));
    if (node.name == "first") return first.items.empty() ? missing() : first.items.front();
    if (node.name == "sum") return keep(sum(first));
    if (node.name == "distinct") return keep(distinct(first));
    if (node.name == "pick") return keep(pick(first, second, value(node.children[2])));
    return keep(node.name == "covers" ? covers(first, second) : differ(first, second));
  }

  static Value starts(const Value& text, const Value& with) {
    if (text.type != Value::Type::kText || with.type != Value::Type::kText) return {};
    return Value::of(text.text.compare(0, with.text.size(), with.text) == 0);
  }

  static Value sum(const Value& list) {
    Value total = Value::number(0);
    for (const Value& item : list.items) total = add(total, item, 1);
    return total;
  }

  static Value distinct(const Value& list) {
    if (undecidable(list)) return {};
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      if (std::find(list.items.begin() + static_cast<std::ptrdiff_t>(i) + 1, list.items.end(), list.items[i]) != list.items.end()) return Value::of(false);
    }
    return Value::of(true);
  }

  // The records of `list` whose field equals each of `values` in turn; missing where there is none.
  static Value pick(const Value& list, const Value& name, const Value& values) {
    if (name.type != Value::Type::kText || values.type != Value::Type::kList) return {};
    std::vector<Value> picked;
    for (const Value& wanted : values.items) {
      const auto found = std::find_if(list.items.begin(), list.items.end(), [&](const Value& item) {
        const Value* field = item.find(name.text);
        return field && *field == wanted;
      });
      picked.push_back(found == list.items.end() ? Value{} : *found);
    }
    return Value::list(std::move(picked));
  }

  // Every item of `part` is in `whole`, as often as it is asked for.
  static Value covers(const Value& whole, const Value& part) {
    if (part.type != Value::Type::kList || undecidable(part)) return {};
    std::vector<Value> left = whole.items;
    for (const Value& wanted : part.items) {
      const auto found = std::find(left.begin(), left.end(), wanted);
      if (found == left.end()) return undecidable(whole) ? Value{} : Value::of(false);
      left.erase(found);
    }
    return Value::of(true);
  }

  // No item of the one list equals the item at the same place of the other.
  static Value differ(const Value& one, const Value& other) {
    if (other.type != Value::Type::kList || undecidable(one) || undecidable(other)) return {};
    for (std::size_t i = 0; i < std::min(one.items.size(), other.items.size()); ++i) {
      if (one.items[i] == other.items[i]) return Value::of(false);
    }
    return Value::of(true);
  }

  const Scope& scope_;
  std::deque<Value>& made_;
};

Result<Condition> Condition::parse(std::string_view text) { return ConditionParser(text).run(); }

Value Condition::value(const Scope& scope) const {
  std::deque<Value> made;
  return Evaluator(scope, made).value(*root_);
}

const Value& Condition::refer(const Scope& scope, std::deque<Value>& made) const { return Evaluator(scope, made).value(*root_); }

Outcome Condition::holds(const Scope& scope) const {
  std::deque<Value> made;
  return Evaluator(scope, made).holds(*root_);
}

namespace {

// An expression as it could have been written.
std::string written(const Node& node) {
  const auto list = [&](const char* open, const char* close) {
    std::string all;
    for (const Node& child : node.children) all += (all.empty() ? "" : ", ") + written(child);
    return open + all + close;
  };
  switch (node.op) {
    case Op::kLiteral: return node.literal.type == Value::Type::kText ? "'" + node.literal.text + "'" : node.literal.shown();
    case Op::kName: return node.name;
    case Op::kField: return written(node.children[0]) + "." + node.name;
    case Op::kIndex: return written(node.children[0]) + "[" + written(node.children[1]) + "]";
    case Op::kCall: return node.name + list("(", ")");
    case Op::kList: return list("[", "]");
    case Op::kNot: return "not " + written(node.children[0]);
    case Op::kAnd: return written(node.children[0]) + " and " + written(node.children[1]);
    case Op::kOr: return written(node.children[0]) + " or " + written(node.children[1]);
    case Op::kCompare: return written(node.children[0]) + " " + node.name + " " + written(node.children[1]);
    case Op::kIn: return written(node.children[0]) + " in " + written(node.children[1]);
    case Op::kNotIn: return written(node.children[0]) + " not in " + written(node.children[1]);
    case Op::kAdd: return written(node.children[0]) + " + " + written(node.children[1]);
    case Op::kSubtract: break;
  }
  return written(node.children[0]) + " - " + written(node.children[1]);
}

constexpr std::size_t kLongestShown = 120;

std::string shortened(std::string text) {
  if (text.size() <= kLongestShown) return text;
  std::size_t end = kLongestShown;
  while ((text[end] & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

void compare_all(const Node& node, Evaluator& evaluator, std::string& out) {
  if (node.op == Op::kNot || node.op == Op::kAnd || node.op == Op::kOr) {
    for (const Node& child : node.children) compare_all(child, evaluator, out);
    return;
  }
  if (!out.empty()) out += "; ";
  out += written(node) + " (";
  const bool pair = node.op == Op::kCompare || node.op == Op::kIn || node.op == Op::kNotIn;
  if (pair) out += shortened(evaluator.value(node.children[0]).shown()) + ", " + shortened(evaluator.value(node.children[1]).shown());
  else out += shortened(evaluator.value(node).shown());
  out += ")";
}

}  // namespace

std::string Condition::compared(const Scope& scope) const {
  std::deque<Value> made;
  Evaluator evaluator(scope, made);
  std::string all;
  compare_all(*root_, evaluator, all);
  return all;
}

std::vector<std::string> Condition::names() const {
  std::vector<std::string> found;
  const std::function<void(const Node&)> walk = [&](const Node& node) {
    if (node.op == Op::kName) found.push_back(node.name);
    for (const Node& child : node.children) walk(child);
  };
  walk(*root_);
  return found;
}

Result<Template> Template::parse(std::string_view text) {
  Template made;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    if (open != 0) made.pieces_.push_back({std::string(text.substr(0, open)), std::nullopt});
    if (open == std::string_view::npos) break;
    const std::size_t close = text.find('}', open);
    if (close == std::string_view::npos) return fail(ErrorKind::kInvalidArgument, "'}' is missing");
    auto expression = Condition::parse(text.substr(open + 1, close - open - 1));
    if (!expression) return fail(expression.error());
    made.pieces_.push_back({"", std::move(*expression)});
    text.remove_prefix(close + 1);
  }
  return made;
}

std::string Template::fill(const Scope& scope) const {
  std::string all;
  for (const Piece& piece : pieces_) all += piece.expression ? piece.expression->value(scope).shown() : piece.text;
  return all;
}

std::vector<std::string> Template::names() const {
  std::vector<std::string> all;
  for (const Piece& piece : pieces_) {
    if (!piece.expression) continue;
    for (std::string& name : piece.expression->names()) all.push_back(std::move(name));
  }
  return all;
}

}  // namespace floorwalker::guardrails
