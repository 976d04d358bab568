#include "agent/core/guardrails/records.h"

#include <algorithm>
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

Records::Records(const DeskRules& rules) : rules_(&rules) {
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
  auto parsed = parse_json(result.content);
  if (!parsed) return;
  note_identifiers(*parsed);
  for (const DeskRecord& rule : rules_->records) {
    if (!has(rule.from, result.tool)) continue;
    const std::string id = id_of(rule, result.arguments, *parsed);
    if (id.empty()) continue;
    keep_inside(rule.type, *parsed, number);
    return keep(rule.type, id, std::move(*parsed), number);  // a result is one record
  }
}

// Of several results about one record the one that came last counts, whichever is read last.
void Records::keep(const std::string& type, const std::string& id, Value value, std::size_t number) const {
  Record& record = records_[type][id];
  if (record.result <= number) record = {std::move(value), number};
}

// Records held by another, as variants by a product: they are moved out of it, and each also gets the holder's plain fields that it lacks.
void Records::keep_inside(const std::string& type, Value& record, std::size_t number) const {
  std::vector<std::pair<std::string, Value>> plain;
  for (const auto& [name, field] : record.entries) {
    if (field.type == Value::Type::kText || field.type == Value::Type::kNumber) plain.emplace_back(name, field);
  }
  const auto keep_one = [&](const std::string& held_type, const std::string& id, Value&& held) {
    for (const auto& [name, field] : plain) {
      if (!held.find(name)) held.entries.emplace_back(name, field);
    }
    keep(held_type, id, std::move(held), number);
  };
  for (const DeskRecord& rule : rules_->records) {
    if (rule.inside != type) continue;
    for (auto& [name, field] : record.entries) {
      if (name != rule.at) continue;
      for (auto& [id, value] : field.entries) keep_one(rule.type, id, std::move(value));
      for (Value& item : field.items) {
        const Value* id = item.find(rule.id);
        if (id && id->type == Value::Type::kText) keep_one(rule.type, std::string(id->text), std::move(item));
      }
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
