#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "agent/core/guardrails/value.h"
#include "agent/core/message.h"
#include "agent/core/playbook/playbook.h"

namespace floorwalker::guardrails {

// What the shop's tools have said in one conversation, as records by type and id, and the identifiers that thereby are the shop's own. A
// newer result about the same record replaces the older. Free text is never searched for identifiers: an id counts only where the
// playbook says that the shop tells ids.
class Records {
 public:
  // `rules` must outlive this.
  explicit Records(const DeskRules& rules);

  // A result of a successful call.
  void add(const ToolCall& call, const Value& arguments, std::string_view content);

  // Missing if nothing is known.
  const Value& find(const std::string& type, const std::string& id) const;

  // Whether the shop itself told this identifier.
  bool told(const std::string& type, const std::string& id) const;

  // Who the shopper is, by the results of the tools that establish it, oldest first, each once.
  const std::vector<std::string>& identities() const { return identities_; }

 private:
  void keep_inside(const std::string& type, Value& record);
  void note_identifiers(const Value& value);
  void note(const std::string& type, const Value& value);

  const DeskRules* rules_;
  std::unordered_map<std::string, std::vector<std::string>> types_of_key_;  // key of a result -> types of identifier told there
  std::map<std::string, std::unordered_map<std::string, Value>> records_;
  std::map<std::string, std::unordered_set<std::string>> told_;
  std::vector<std::string> identities_;
};

// Whether a tool's content reports an error, as foreign transcripts write it: "Error: ..." or {"error": ...}.
bool is_error(std::string_view content);

}  // namespace floorwalker::guardrails
