#include "agent/core/guardrails/action_guard.h"

#include <algorithm>
#include <cctype>
#include <deque>
#include <map>
#include <set>

#include "agent/core/digest.h"
#include "agent/core/guardrails/condition.h"
#include "agent/core/guardrails/consent.h"
#include "agent/core/guardrails/dialogue.h"
#include "agent/core/guardrails/records.h"
#include "agent/core/text.h"

namespace floorwalker::guardrails {
namespace {

struct CompiledCondition {
  DeskCondition rule;
  Condition that;
  Template otherwise;
};

struct CompiledAction {
  DeskAction rule;
  std::vector<const CompiledCondition*> require;
  std::vector<std::vector<Condition>> confirm;
};

bool has(const std::vector<std::string>& names, const std::string& name) { return std::find(names.begin(), names.end(), name) != names.end(); }

}  // namespace

struct ActionRules::Compiled {
  DeskRules desk;
  GuardrailRules guardrails;
  std::map<std::string, Condition> let;
  std::vector<std::optional<Condition>> dialects;  // the conditions of desk.dialects
  Wanted wanted;                                   // in results
  std::set<std::string> record_types;
  std::map<std::string, CompiledCondition> conditions;
  std::map<std::string, CompiledAction> actions;

  Result<bool> fill(const Playbook& playbook);
  Result<bool> fill_action(const DeskAction& action);
};

Result<bool> ActionRules::Compiled::fill(const Playbook& playbook) {
  desk = playbook.desk;
  wanted = wanted_by(desk);
  guardrails = playbook.guardrails;
  for (const DeskRecord& record : desk.records) record_types.insert(record.type);
  for (const auto& [name, text] : desk.let) {
    auto parsed = Condition::parse(text);
    if (!parsed) return fail(parsed.error());
    let.emplace(name, std::move(*parsed));
  }
  for (const DeskDialect& dialect : desk.dialects) {
    auto& compiled_dialect = dialects.emplace_back();
    if (dialect.when.empty()) continue;
    auto parsed = Condition::parse(dialect.when);
    if (!parsed) return fail(parsed.error());
    compiled_dialect = std::move(*parsed);
  }
  for (const DeskCondition& condition : desk.conditions) {
    auto that = Condition::parse(condition.that);
    auto otherwise = Template::parse(condition.otherwise);
    if (!that) return fail(that.error());
    if (!otherwise) return fail(otherwise.error());
    conditions.emplace(condition.name, CompiledCondition{condition, std::move(*that), std::move(*otherwise)});
  }
  for (const DeskAction& action : desk.actions) {
    if (auto filled = fill_action(action); !filled) return filled;
  }
  return true;
}

Result<bool> ActionRules::Compiled::fill_action(const DeskAction& action) {
  CompiledAction compiled;
  compiled.rule = action;
  for (const std::string& name : action.require) {
    const auto condition = conditions.find(name);
    if (condition == conditions.end()) return fail(ErrorKind::kInvalidArgument, "there is no condition '" + name + "'");
    compiled.require.push_back(&condition->second);
  }
  for (const auto& group : action.confirm) {
    auto& expressions = compiled.confirm.emplace_back();
    for (const std::string& text : group) {
      auto parsed = Condition::parse(text);
      if (!parsed) return fail(parsed.error());
      expressions.push_back(std::move(*parsed));
    }
  }
  actions.emplace(action.tool, std::move(compiled));
  return true;
}

ActionRules::ActionRules(std::unique_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
ActionRules::~ActionRules() = default;

Result<std::shared_ptr<const ActionRules>> ActionRules::compile(const Playbook& playbook) {
  auto compiled = std::make_unique<Compiled>();
  if (auto filled = compiled->fill(playbook); !filled) return fail(filled.error());
  return std::make_shared<const ActionRules>(std::move(compiled));
}

struct ActionGuard::State {
  explicit State(std::shared_ptr<const ActionRules> shared) : rules(std::move(shared)), records(rules->compiled().desk, rules->compiled().wanted) {}

  const ActionRules::Compiled& compiled() const { return rules->compiled(); }

  std::shared_ptr<const ActionRules> rules;
  Records records;
  Dialogue dialogue;
  std::map<std::string, ToolCall> calls;  // by id, those whose result may still come
  std::set<std::string> called;           // names of tools, for the dialect
  std::map<std::string, std::vector<Value>> under_way;  // tool -> arguments of writes whose result has not come
  std::string shopper_text;                 // everything the shopper wrote, as written
  int writes_in_turn = 0;
  int writes = 0;
};

namespace {

// What names mean for one call in one conversation.
class CallScope final : public Scope {
 public:
  CallScope(const ActionRules::Compiled& rules, const Records& records, const std::set<std::string>& called,
            const std::map<std::string, std::vector<Value>>& under_way, Value arguments)
      : rules_(rules), records_(records), called_(called) {
    set("args", std::move(arguments));
    const auto& identities = records.identities();
    if (!identities.empty()) set("identity", Value::of(identities.back()));
    std::vector<Value> all;
    for (const std::string& identity : identities) all.push_back(Value::of(identity));
    set("identities", Value::list(std::move(all)));
    Value running;
    running.type = Value::Type::kMap;
    for (const auto& [name, action] : rules.actions) {
      const auto calls = under_way.find(name);
      running.entries.emplace_back(name, Value::list(calls == under_way.end() ? std::vector<Value>{} : calls->second));
    }
    set("under_way", std::move(running));
  }

  const Value& name(const std::string& name) const override {
    static const Value missing;
    const auto known = values_.find(name);
    if (known != values_.end()) return *known->second;
    if (name == "dialect") return *(values_[name] = &made_.emplace_back(Value::of(dialect())));
    const auto let = rules_.let.find(name);
    if (let == rules_.let.end() || !resolving_.insert(name).second) return missing;
    const Value& value = let->second.refer(*this, made_);
    resolving_.erase(name);
    values_[name] = &value;
    return value;
  }

  const Value& record(const std::string& type, const std::string& id) const override { return records_.find(type, id); }
  bool is_record_type(const std::string& name) const override { return rules_.record_types.contains(name); }

  std::deque<Value>& made() const { return made_; }

 private:
  void set(const char* name, Value value) { values_[name] = &made_.emplace_back(std::move(value)); }

  // The first dialect one of whose own tools was called, or whose condition holds; "" if none is recognised.
  std::string dialect() const {
    const auto& dialects = rules_.desk.dialects;
    for (std::size_t i = 0; i < dialects.size(); ++i) {
      const auto& known_by = dialects[i].known_by;
      if (std::any_of(known_by.begin(), known_by.end(), [&](const std::string& tool) { return called_.contains(tool); })) return dialects[i].name;
      if (rules_.dialects[i] && rules_.dialects[i]->holds(*this) == Outcome::kHolds) return dialects[i].name;
    }
    return "";
  }

  const ActionRules::Compiled& rules_;
  const Records& records_;
  const std::set<std::string>& called_;
  mutable std::deque<Value> made_;
  mutable std::map<std::string, const Value*> values_;  // in the records, or in `made_`
  mutable std::set<std::string> resolving_;
};

// Goes through the rules for one call until one acts.
class Judge {
 public:
  Judge(const ActionRules::Compiled& rules, const Records& records, const Dialogue& dialogue, const std::string& shopper_text, Detail detail)
      : rules_(rules), records_(records), dialogue_(dialogue), shopper_text_(shopper_text), detail_(detail) {}

  Ruling take() { return std::move(ruling_); }
  bool open() const { return ruling_.decision == Decision::kAllow; }

  void pass(const std::string& rule, std::string why = {}) { ruling_.considered.push_back({rule, Considered::Came::kPassed, std::move(why)}); }

  void act(Decision decision, const std::string& rule, std::string why, Considered::Came came = Considered::Came::kActed) {
    ruling_.considered.push_back({rule, came, why});
    ruling_.decision = decision;
    ruling_.rule = rule;
    ruling_.say = why;
    ruling_.why = std::move(why);
  }

  void identity() {
    if (records_.identities().empty()) {
      act(Decision::kRefuse, "identity", "It is not established who the shopper is; look them up first.");
    } else {
      pass("identity", records_.identities().back());
    }
  }

  void arguments(const DeskAction& action, const Value& args) {
    for (const auto& [name, value] : args.entries) {
      if (!action.takes.empty() && !has(action.takes, name)) {
        const std::string near = text::nearest(name, action.takes);
        return act(Decision::kRefuse, "arguments", "'" + name + "' is no argument of " + action.tool + (near.empty() ? "." : "; '" + near + "' is."));
      }
    }
    for (const std::string& name : action.takes) {
      if (!args.find(name)) return act(Decision::kRefuse, "arguments", "The argument '" + name + "' is missing.");
    }
    pass("arguments");
  }

  // Identifiers must be the shop's own words.
  void taint(const DeskAction& action, const Value& args) {
    for (const auto& [name, type] : action.identifiers) {
      const Value* value = args.find(name);
      if (!value) continue;
      for (const Value& one : value->type == Value::Type::kList ? value->items : std::vector<Value>{*value}) {
        if (one.type == Value::Type::kText && (records_.told(type, one.text) || shopper_named(type, one.text))) continue;
        return act(Decision::kRefuse, "identifier", "The " + text::spaced(type) + " '" + one.shown() + "' in '" + name +
                                                        "' was not told by the shop in this conversation; use one that a result names.");
      }
    }
    pass("identifier");
  }

  void conditions(const CompiledAction& action, const CallScope& scope) {
    for (const CompiledCondition* condition : action.require) {
      condition_holds(*condition, scope);
      if (!open()) return;
    }
  }

  void confirmation(const CompiledAction& action, const CallScope& scope) {
    if (!action.rule.needs_yes) return;
    ShownGroups groups;
    for (const auto& expressions : action.confirm) {
      auto& group = groups.emplace_back();
      for (const Condition& expression : expressions) group.push_back(&expression.refer(scope, scope.made()));
    }
    std::vector<const Value*> details;
    for (const auto& [name, value] : scope.name("args").entries) details.push_back(&value);
    for (const auto& group : groups) details.insert(details.end(), group.begin(), group.end());
    const Consent consent = find_consent(dialogue_, action.rule.words, groups, details, rules_.guardrails.confirm_within);
    if (consent.given) return pass("confirmation", consent.why);
    act(Decision::kAsk, "confirmation", "This needs the shopper's yes: " + consent.why + ". Tell them exactly what will be done and ask.");
    ruling_.say = "Before I do that, may I have your yes?";
  }

 private:
  // Whether the shopper wrote the identifier, as a word of its own, and may.
  bool shopper_named(const std::string& type, const std::string& id) const {
    if (!has(rules_.desk.shopper_may_name, type) || id.size() < 3) return false;
    const auto part = [&](std::size_t at) { return at < shopper_text_.size() && std::isalnum(static_cast<unsigned char>(shopper_text_[at])) != 0; };
    for (std::size_t at = shopper_text_.find(id); at != std::string::npos; at = shopper_text_.find(id, at + 1)) {
      if ((at == 0 || !part(at - 1)) && !part(at + id.size())) return true;
    }
    return false;
  }

  void condition_holds(const CompiledCondition& condition, const CallScope& scope) {
    const Outcome outcome = condition.that.holds(scope);
    const std::string compared = detail_ == Detail::kValues ? condition.that.compared(scope) : "";
    if (outcome == Outcome::kHolds) return pass(condition.rule.name, compared);
    if (outcome == Outcome::kFails) {
      act(Decision::kRefuse, condition.rule.name, condition.otherwise.fill(scope));
      if (!compared.empty()) ruling_.considered.back().why = compared;
      return;
    }
    if (condition.rule.unknown == Undecided::kAllow) {
      ruling_.considered.push_back({condition.rule.name, Considered::Came::kCouldNotRun, "allowed although the evidence does not say"});
      return;
    }
    act(condition.rule.unknown == Undecided::kAsk ? Decision::kAsk : Decision::kRefuse, condition.rule.name,
        "Cannot be checked yet (" + condition.that.text() + "): read what it speaks of first. " + condition.otherwise.fill(scope), Considered::Came::kCouldNotRun);
  }

  const ActionRules::Compiled& rules_;
  const Records& records_;
  const Dialogue& dialogue_;
  const std::string& shopper_text_;
  const Detail detail_;
  Ruling ruling_;
};

Value arguments_of(const ToolCall& call) {
  auto parsed = parse_json(call.arguments);
  return parsed && parsed->type == Value::Type::kMap ? std::move(*parsed) : Value{};
}

// JSON with its keys in order, so that equal actions read equal.
void write_canonical(const Value& value, std::string& out) {
  if (value.type == Value::Type::kMap) {
    std::map<std::string, const Value*> ordered;
    for (const auto& [name, field] : value.entries) ordered[name] = &field;
    out += '{';
    for (const auto& [name, field] : ordered) {
      out += std::to_string(name.size()) + ":" + name + "=";
      write_canonical(*field, out);
    }
    out += '}';
  } else if (value.type == Value::Type::kList) {
    out += '[';
    for (const Value& item : value.items) write_canonical(item, out);
    out += ']';
  } else {
    const std::string text = value.shown();
    out += std::to_string(static_cast<int>(value.type)) + "," + std::to_string(text.size()) + ":" + text + ";";
  }
}

}  // namespace

std::string_view to_string(Decision decision) {
  switch (decision) {
    case Decision::kAllow: return "allow";
    case Decision::kAsk: return "ask";
    case Decision::kRefuse: break;
  }
  return "refuse";
}

std::string ActionGuard::digest(const ToolCall& call) {
  std::string canonical = call.name + "\n";
  const Value arguments = arguments_of(call);
  if (arguments.missing()) canonical += call.arguments;
  write_canonical(arguments, canonical);
  return sha256(canonical);
}

ActionGuard::ActionGuard(std::shared_ptr<const ActionRules> rules) : state_(std::make_unique<State>(std::move(rules))) {}
ActionGuard::~ActionGuard() = default;
ActionGuard::ActionGuard(ActionGuard&&) noexcept = default;

void ActionGuard::add(const Message& message) {
  State& state = *state_;
  switch (message.role) {
    case Role::kShopper:
      state.dialogue.add(Dialogue::Speaker::kShopper, message.text);
      state.shopper_text += message.text + "\n";
      state.writes_in_turn = 0;
      break;
    case Role::kAssistant:
      state.dialogue.add(Dialogue::Speaker::kAgent, message.text);
      for (const ToolCall& call : message.calls) {
        state.calls[call.id.str()] = call;
        state.called.insert(call.name);
      }
      break;
    case Role::kTool: {
      state.under_way.clear();
      const auto call = state.calls.find(message.result.call.str());
      if (call == state.calls.end() || message.result.outcome != ToolOutcome::kOk || is_error(message.result.content)) break;
      state.records.add(call->second, arguments_of(call->second), message.result.content);
      if (state.compiled().actions.contains(call->second.name)) {
        ++state.writes;
        ++state.writes_in_turn;
      }
      break;
    }
    case Role::kSystem: break;
  }
}

void ActionGuard::begin(const ToolCall& call) {
  if (state_->compiled().actions.contains(call.name)) state_->under_way[call.name].push_back(arguments_of(call));
}

Ruling ActionGuard::decide(const ToolCall& call, Detail detail) const {
  const State& state = *state_;
  const ActionRules::Compiled& rules = state.compiled();
  Judge judge(rules, state.records, state.dialogue, state.shopper_text, detail);
  if (rules.guardrails.granted && !has(*rules.guardrails.granted, call.name)) {
    judge.act(Decision::kRefuse, "grant", "The tool '" + call.name + "' is not granted.");
    return judge.take();
  }
  const auto action = rules.actions.find(call.name);
  if (action == rules.actions.end()) return judge.take();
  const Value arguments = arguments_of(call);
  if (arguments.missing()) {
    judge.act(Decision::kRefuse, "arguments", "The arguments are no JSON object.");
    return judge.take();
  }
  const CallScope scope(rules, state.records, state.called, state.under_way, arguments);
  judge.identity();
  if (judge.open()) judge.arguments(action->second.rule, arguments);
  if (judge.open()) judge.taint(action->second.rule, arguments);
  if (judge.open()) judge.conditions(action->second, scope);
  const auto limit = [&](const std::optional<int>& most, int done, const char* rule) {
    if (judge.open() && most && done >= *most) judge.act(Decision::kRefuse, rule, "No more than " + std::to_string(*most) + " changes are allowed here.");
  };
  limit(rules.guardrails.max_writes_per_turn, state.writes_in_turn, "writes_per_turn");
  limit(rules.guardrails.max_writes_per_session, state.writes, "writes_per_session");
  if (judge.open()) judge.confirmation(action->second, scope);
  return judge.take();
}

}  // namespace floorwalker::guardrails
