#include "adapters/http/selector.h"

#include <charconv>

namespace floorwalker::http {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::vector<std::string> members(std::string_view path) {
  std::vector<std::string> names;
  while (!path.empty()) {
    const std::size_t dot = path.find('.');
    names.emplace_back(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return names;
}

std::string_view scalar(const Json& value) {
  switch (value.type) {
    case Json::Type::kTrue: return "true";
    case Json::Type::kFalse: return "false";
    default: return value.text;
  }
}

}  // namespace

bool Selector::add_bracket(std::string_view inside, std::string& why) {
  inside = trimmed(inside);
  Step step;
  if (inside.empty()) {
    step.kind = Step::Kind::kItems;
  } else if (inside.find_first_not_of("-0123456789") == std::string_view::npos) {
    step.kind = Step::Kind::kItem;
    const auto [end, bad] = std::from_chars(inside.data(), inside.data() + inside.size(), step.index);
    if (bad != std::errc() || end != inside.data() + inside.size()) return why = "[" + std::string(inside) + "] is no position", false;
  } else {
    step.kind = Step::Kind::kWhere;
    const std::size_t equals = inside.find('=');
    std::string_view path = inside.substr(0, equals);
    if (equals != std::string_view::npos) {
      step.test = !path.empty() && path.back() == '!' ? Step::Test::kIsNot : Step::Test::kIs;
      if (step.test == Step::Test::kIsNot) path.remove_suffix(1);
      std::string_view value = trimmed(inside.substr(equals + 1));
      step.variable = !value.empty() && value.front() == '$';
      step.value = value.substr(step.variable ? 1 : 0);
    }
    step.path = members(trimmed(path));
    if (step.path.empty()) return why = "[" + std::string(inside) + "] wants a name before the '='", false;
  }
  steps_.push_back(std::move(step));
  return true;
}

std::optional<Selector> Selector::parse(std::string_view text, std::string& why) {
  Selector made;
  made.text_ = text;
  std::string_view rest = trimmed(text);
  if (rest.empty()) return why = "a selector is wanted here", std::nullopt;
  while (rest.starts_with('^')) {
    ++made.up_;
    rest.remove_prefix(rest.starts_with("^.") ? 2 : 1);
  }
  if (rest == ".") return made;
  while (!rest.empty()) {
    const std::size_t stop = rest.find_first_of(".[]");
    const std::string_view name = rest.substr(0, stop);
    if (!name.empty()) {
      Step step;
      step.kind = name == "*" ? Step::Kind::kAnyMember : Step::Kind::kMember;
      step.name = name;
      made.steps_.push_back(std::move(step));
    } else if (stop == std::string_view::npos || rest[stop] != '[') {
      return why = "'" + std::string(text) + "' has an empty name", std::nullopt;
    }
    rest.remove_prefix(name.size());
    while (rest.starts_with('[')) {
      const std::size_t close = rest.find(']');
      if (close == std::string_view::npos) return why = "'" + std::string(text) + "' lacks a ']'", std::nullopt;
      if (!made.add_bracket(rest.substr(1, close - 1), why)) return std::nullopt;
      rest.remove_prefix(close + 1);
    }
    if (rest.empty()) break;
    if (rest.front() != '.' || rest.size() == 1) return why = "'" + std::string(text) + "' ends badly", std::nullopt;
    rest.remove_prefix(1);
  }
  return made;
}

std::vector<std::string> Selector::variables() const {
  std::vector<std::string> names;
  for (const Step& step : steps_) {
    if (step.variable) names.push_back(step.value);
  }
  return names;
}

bool Selector::passes(const Step& step, const Json* item, const Variables* variables) {
  for (const std::string& name : step.path) {
    if (name == ".") continue;
    if (item) item = item->find(name);
  }
  const bool has = item && item->type != Json::Type::kNull;
  if (step.test == Step::Test::kHas) return has;
  std::string wanted = step.value;
  if (step.variable) {
    const Value* value = variables ? variables->find(step.value) : nullptr;
    wanted = value ? to_text(*value) : std::string();
  }
  const bool same = has && !item->is_container() && scalar(*item) == wanted;
  return (step.test == Step::Test::kIs) == same;
}

void Selector::walk(const Json* node, std::size_t at, const Variables* variables, std::vector<const Json*>& found, bool only_first) const {
  if (!node || node->type == Json::Type::kNull || (only_first && !found.empty())) return;
  if (at == steps_.size()) {
    found.push_back(node);
    return;
  }
  const Step& step = steps_[at];
  const bool list = node->type == Json::Type::kList;
  switch (step.kind) {
    case Step::Kind::kMember: return walk(node->find(step.name), at + 1, variables, found, only_first);
    case Step::Kind::kAnyMember:
      if (node->type != Json::Type::kObject) return;
      for (const Json* one = node->begin(); one != node->end(); one = one->next()) walk(one, at + 1, variables, found, only_first);
      return;
    case Step::Kind::kItems:
    case Step::Kind::kWhere:
      if (!list) return;
      for (const Json* one = node->begin(); one != node->end(); one = one->next()) {
        if (step.kind == Step::Kind::kItems || passes(step, one, variables)) walk(one, at + 1, variables, found, only_first);
      }
      return;
    case Step::Kind::kItem: {
      if (!list) return;
      std::vector<const Json*> items;
      for (const Json* one = node->begin(); one != node->end(); one = one->next()) items.push_back(one);
      const int index = step.index < 0 ? static_cast<int>(items.size()) + step.index : step.index;
      if (index >= 0 && index < static_cast<int>(items.size())) walk(items[static_cast<std::size_t>(index)], at + 1, variables, found, only_first);
    }
  }
}

void Selector::select(const Scope& scope, std::vector<const Json*>& found) const {
  const Scope* from = &scope;
  for (int i = 0; i < up_ && from; ++i) from = from->outer;
  if (from) walk(from->node, 0, scope.variables, found, false);
}

const Json* Selector::first(const Scope& scope) const {
  const Scope* from = &scope;
  for (int i = 0; i < up_ && from; ++i) from = from->outer;
  // Most selectors are plain members: no list is needed for them.
  const Json* node = from ? from->node : nullptr;
  for (std::size_t at = 0; node; ++at) {
    if (at == steps_.size()) return node->type == Json::Type::kNull ? nullptr : node;
    if (steps_[at].kind != Step::Kind::kMember) {
      std::vector<const Json*> found;
      walk(node, at, scope.variables, found, true);
      return found.empty() ? nullptr : found.front();
    }
    node = node->find(steps_[at].name);
  }
  return nullptr;
}

}  // namespace floorwalker::http
