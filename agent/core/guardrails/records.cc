#include "agent/core/guardrails/records.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "agent/core/guardrails/phrases.h"

namespace floorwalker::guardrails {
namespace {

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The id of a record: a field of it, or an argument of the call that asked for it.
std::string id_of(const DeskRecord& rule, const Value& arguments, const Value& record) {
  const std::string from_call = "args.";
  const bool argument = rule.id.compare(0, from_call.size(), from_call) == 0;
  const Value* id = argument ? arguments.find(rule.id.substr(from_call.size())) : record.find(rule.id);
  return id && id->type == Value::Type::kText ? id->text : "";
}

}  // namespace

bool is_error(std::string_view content) {
  return content.substr(0, 5) == "Error" || content.substr(0, 8) == "{\"error\"" || content.substr(0, 14) == "Unknown action";
}

Wanted wanted_by(const DeskRules& rules) {
  Wanted wanted;
  const auto words_of = [&](const std::string& expression) {
    for (std::size_t at = 0; at < expression.size(); ++at) {
      std::size_t end = at;
      while (end < expression.size() && (std::isalnum(static_cast<unsigned char>(expression[end])) != 0 || expression[end] == '_')) ++end;
      if (end > at) wanted.names.insert(expression.substr(at, end - at));
      at = std::max(at, end);
    }
  };
  for (const auto& [name, expression] : rules.let) words_of(expression);
  for (const DeskDialect& dialect : rules.dialects) words_of(dialect.when);
  for (const DeskCondition& condition : rules.conditions) words_of(condition.that + " " + condition.otherwise);
  for (const DeskAction& action : rules.actions) {
    for (const auto& group : action.confirm) {
      for (const std::string& expression : group) words_of(expression);
    }
  }
  for (const auto& [type, keys] : rules.identifiers) wanted.maps.insert(keys.begin(), keys.end());
  for (const DeskRecord& record : rules.records) {
    wanted.names.insert(record.id);
    if (!record.at.empty()) wanted.maps.insert(record.at);
  }
  wanted.names.insert(wanted.maps.begin(), wanted.maps.end());
  return wanted;
}

Records::Records(const DeskRules& rules, const Wanted& wanted) : rules_(&rules), wanted_(&wanted) {
  for (const auto& [type, keys] : rules.identifiers) {
    for (const std::string& key : keys) keys_.emplace_back(key, &told_[type]);
  }
}

void Records::add(const ToolCall& call, Value arguments, std::string_view content) {
  if (is_error(content)) return;
  if (has(rules_->identity_from, call.name)) {
    const auto parsed = parse_json(content);
    const std::string identity = parsed && parsed->type == Value::Type::kText ? parsed->text : std::string(content);
    if (!has(identities_, identity)) identities_.push_back(identity);
    return;
  }
  const bool escapes = content.find('\\') != std::string_view::npos || call.arguments.find('\\') != std::string::npos;
  results_.push_back(Unread{call.name, std::move(arguments), std::string(content), escapes});
}

// Reads what was not read yet and may tell the id: it stands in the result, or in the call that asked for it. So a record that was found once does
// not change until the next result comes, and may be referred to that long.
void Records::read_those_with(const std::string& id) const {
  std::size_t& looked = looked_through_[id];
  for (std::size_t number = std::exchange(looked, results_.size()); number < results_.size(); ++number) {
    auto& result = results_[number];
    if (!result) continue;
    const auto names = [&](const auto& argument) { return argument.second.text == id; };
    const auto& arguments = result->arguments.entries;
    if (!result->any && !holds(result->content, id) && std::none_of(arguments.begin(), arguments.end(), names)) continue;
    const Unread taken = std::move(*result);
    result.reset();
    read(taken, number);
  }
}

void Records::read(const Unread& result, std::size_t number) const {
  auto parsed = parse_json(result.content, wanted_);
  if (!parsed) return;
  note_identifiers(*parsed);
  for (const DeskRecord& rule : rules_->records) {
    if (!has(rule.from, result.tool)) continue;
    const std::string id = id_of(rule, result.arguments, *parsed);
    if (!id.empty()) return keep(rule.type, id, std::move(*parsed), number);  // a result is one record
  }
}

// Of several results about one record the one that came last counts, whichever is read last.
void Records::keep(const std::string& type, const std::string& id, Value value, std::size_t number) const {
  Record& record = records_[type][id];
  if (record.result <= number) record = {std::move(value), number};
}

// The record that another one holds, as a variant by a product; null if this one holds none of that id.
const Value* Records::held(const DeskRecord& rule, const Value& holder, const std::string& id) {
  const Value* all = holder.find(rule.at);
  if (!all) return nullptr;
  if (const Value* by_name = all->find(id)) return by_name;
  const auto found = std::find_if(all->items.begin(), all->items.end(), [&](const Value& item) {
    const Value* own = item.find(rule.id);
    return own && own->type == Value::Type::kText && own->text == id;
  });
  return found == all->items.end() ? nullptr : &*found;
}

// Takes what newer records hold under that id for a record of its own, with its holder's plain fields that it lacks. Only what is asked for is taken
// out: a product has many variants, and one is wanted.
void Records::take_held(const std::string& type, const std::string& id) const {
  for (const DeskRecord& rule : rules_->records) {
    if (rule.type != type || rule.inside.empty() || rule.inside == type) continue;
    const auto holders = records_.find(rule.inside);
    if (holders == records_.end()) continue;
    for (const auto& [holder_id, holder] : holders->second) {
      const Value* found = held(rule, holder.value, id);
      if (!found) continue;
      const auto known = records_[type].find(id);
      if (known != records_[type].end() && known->second.result >= holder.result) continue;
      Value taken = *found;
      for (const auto& [name, field] : holder.value.entries) {
        const bool plain = field.type == Value::Type::kText || field.type == Value::Type::kNumber;
        if (plain && !taken.find(name)) taken.entries.emplace_back(name, field);
      }
      keep(type, id, std::move(taken), holder.result);
    }
  }
}

void Records::note_identifiers(const Value& value) const {
  for (const Value& item : value.items) {
    if (!item.entries.empty() || !item.items.empty()) note_identifiers(item);
  }
  for (const auto& [name, field] : value.entries) {
    for (const auto& [key, told] : keys_) {
      if (key == name) note(*told, field);
    }
    if (!field.items.empty() || !field.entries.empty()) note_identifiers(field);
  }
}

// The texts of a field, the items of a list, or the keys of a map.
void Records::note(std::unordered_set<std::string>& told, const Value& value) {
  if (value.type == Value::Type::kText) told.insert(value.text);
  for (const Value& item : value.items) {
    if (item.type == Value::Type::kText) told.insert(item.text);
  }
  for (const auto& [name, field] : value.entries) told.insert(name);
}

const Value& Records::find(const std::string& type, const std::string& id) const {
  static const Value missing;
  read_those_with(id);
  take_held(type, id);
  const auto records = records_.find(type);
  if (records == records_.end()) return missing;
  const auto record = records->second.find(id);
  return record == records->second.end() ? missing : record->second.value;
}

bool Records::told(const std::string& type, const std::string& id) const {
  if (has(identities_, id)) return true;
  read_those_with(id);
  const auto ids = told_.find(type);
  return ids != told_.end() && ids->second.contains(id);
}

}  // namespace floorwalker::guardrails
