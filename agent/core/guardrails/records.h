#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "agent/core/guardrails/value.h"
#include "agent/core/message.h"
#include "agent/core/playbook/playbook.h"

namespace floorwalker::guardrails {

// What the shop's tools have said in one conversation, as records by type and id, and the identifiers that thereby are the shop's own. A
// newer result about the same record replaces the older. Free text is never searched for identifiers: an id counts only where the
// playbook says that the shop tells ids. Most results are never asked about: a result is read once something is that may stand in it. For one
// thread at a time.
class Records {
 public:
  // `rules` and `wanted`, the names that the rules may ask for, must outlive this.
  Records(const DeskRules& rules, const Wanted& wanted);

  // A result of a successful call.
  void add(const ToolCall& call, Value arguments, std::string_view content);

  // Missing if nothing is known.
  const Value& find(const std::string& type, const std::string& id) const;

  // Whether the shop itself told this identifier.
  bool told(const std::string& type, const std::string& id) const;

  // Who the shopper is, by the results of the tools that establish it, oldest first, each once.
  const std::vector<std::string>& identities() const { return identities_; }

 private:
  // A result that nobody has asked about yet.
  struct Unread {
    std::string tool;
    Value arguments;
    std::string content;
    bool any = false;       // may tell any id: not all that it says stands there as it is written
  };

  struct Record {
    Value value;
    std::size_t result = 0;   // which one told it, in the order in which they came
  };

  void read_those_with(const std::string& id) const;
  void read(const Unread& result, std::size_t number) const;
  void keep(const std::string& type, const std::string& id, Value value, std::size_t number) const;
  static const Value* held(const DeskRecord& rule, const Value& holder, const std::string& id);
  void take_held(const std::string& type, const std::string& id) const;
  void note_identifiers(const Value& value) const;
  static void note(std::unordered_set<std::string>& told, const Value& value);

  const DeskRules* rules_;
  const Wanted* wanted_;
  std::vector<std::string> identities_;
  mutable std::vector<std::optional<Unread>> results_;                      // nothing: read
  mutable std::unordered_map<std::string, std::size_t> looked_through_;     // id -> how many of the results were looked through for it
  mutable std::map<std::string, std::unordered_map<std::string, Record>> records_;
  mutable std::map<std::string, std::unordered_set<std::string>> told_;     // by type
  std::vector<std::pair<std::string, std::unordered_set<std::string>*>> keys_;   // of results that tell identifiers, and where those are kept
};

// The names that a desk's rules may ask for in results: every word of its expressions, and where ids stand.
Wanted wanted_by(const DeskRules& rules);

// Whether a tool's content reports an error, as foreign transcripts write it: "Error: ..." or {"error": ...}.
bool is_error(std::string_view content);

}  // namespace floorwalker::guardrails
