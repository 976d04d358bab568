#include "agent/core/playbook/desk_section.h"

#include <algorithm>
#include <set>

#include "agent/core/guardrails/condition.h"
#include "agent/core/text.h"

namespace floorwalker::yaml {
namespace {

// Names that every condition may use besides those of `let` and the record types.
const std::set<std::string>& given_names() {
  static const std::set<std::string> names = {"args", "identity", "identities", "dialect", "under_way"};
  return names;
}

class Desk {
 public:
  Desk(Reader& reader, DeskRules& desk) : r_(reader), desk_(desk) {}

  void read(const Node& node, const Path& path) {
    r_.object(node, path,
              {{"dialects", table_of(&Desk::dialect)},
               {"identity", [this](const Node& n, const Path& p) { r_.object(n, p, {{"from", r_.texts(desk_.identity_from), Presence::kRequired}}); }},
               {"records", table_of(&Desk::record)},
               {"identifiers", r_.texts_table(desk_.identifiers)},
               {"shopper_may_name", r_.texts(desk_.shopper_may_name)},
               {"let", [this](const Node& n, const Path& p) { lets(n, p); }},
               {"conditions", table_of(&Desk::condition)},
               {"actions", table_of(&Desk::action)}});
    for (const Use& use : uses_) check_names(use);
    check_references(node, path);
  }

 private:
  // An expression somewhere in the section; its names are checked when all of them are known.
  struct Use {
    std::vector<std::string> names;
    SourcePosition at;
    Path path;
  };

  template <typename Method>
  Field table_of(Method method) {
    return [this, method](const Node& node, const Path& path) {
      r_.table(node, path, [&](const Node::Entry& entry, const Path& at) { (this->*method)(entry, at); });
    };
  }

  void dialect(const Node::Entry& entry, const Path& path) {
    DeskDialect dialect;
    dialect.name = entry.key;
    r_.object(entry.value, path, {{"known_by", r_.texts(dialect.known_by)}, {"when", expression(dialect.when)}});
    if (dialect.known_by.empty() && dialect.when.empty()) r_.error(entry.value, path, "one of 'known_by' and 'when' is wanted");
    desk_.dialects.push_back(std::move(dialect));
  }

  void record(const Node::Entry& entry, const Path& path) {
    DeskRecord record;
    record.type = entry.key;
    record.at_source = entry.at;
    r_.object(entry.value, path, {{"from", r_.texts(record.from)}, {"id", r_.text(record.id)}, {"inside", r_.text(record.inside)}, {"at", r_.text(record.at)}});
    const bool own = !record.from.empty() && !record.id.empty() && record.inside.empty() && record.at.empty();
    const bool held = record.from.empty() && !record.inside.empty() && !record.at.empty();
    if (!own && !held && entry.value.type == Node::Type::kMap) r_.error(entry.value, path, "either 'from' with 'id', or 'inside' with 'at' is wanted");
    desk_.records.push_back(std::move(record));
  }

  void expression(const Node& node, const Path& path, std::string& out) {
    const auto text = r_.text_of(node, path);
    if (!text) return;
    const auto parsed = guardrails::Condition::parse(*text);
    if (!parsed) {
      r_.error(node, path, parsed.error().message);
      return;
    }
    out = *text;
    uses_.push_back({parsed->names(), node.at, path});
  }

  Field expression(std::string& out) {
    return [this, &out](const Node& node, const Path& path) { expression(node, path, out); };
  }

  void lets(const Node& node, const Path& path) {
    r_.table(node, path, [&](const Node::Entry& entry, const Path& at) {
      std::string text;
      expression(entry.value, at, text);
      desk_.let.emplace_back(entry.key, std::move(text));
    });
  }

  void condition(const Node::Entry& entry, const Path& path) {
    DeskCondition condition;
    condition.name = entry.key;
    condition.at = entry.at;
    const auto otherwise = [&](const Node& node, const Path& at) {
      r_.text(condition.otherwise)(node, at);
      const auto parsed = guardrails::Template::parse(condition.otherwise);
      if (parsed) {
        uses_.push_back({parsed->names(), node.at, at});
      } else {
        r_.error(node, at, parsed.error().message);
      }
    };
    r_.object(entry.value, path,
              {{"that", expression(condition.that), Presence::kRequired},
               {"else", otherwise, Presence::kRequired},
               {"unknown", r_.choice<Undecided>(condition.unknown, {{"refuse", Undecided::kRefuse}, {"ask", Undecided::kAsk}, {"allow", Undecided::kAllow}})}});
    desk_.conditions.push_back(std::move(condition));
  }

  void action(const Node::Entry& entry, const Path& path) {
    DeskAction action;
    action.tool = entry.key;
    action.at = entry.at;
    const auto confirm = [&](const Node& node, const Path& at) {
      action.needs_yes = true;
      r_.list(node, at, [&](const Node& group, const Path& in) {
        auto& expressions = action.confirm.emplace_back();
        r_.list(group, in, [&](const Node& item, const Path& p) { expression(item, p, expressions.emplace_back()); });
      });
    };
    r_.object(entry.value, path,
              {{"words", r_.texts(action.words), Presence::kRequired},
               {"takes", r_.texts(action.takes)},
               {"identifiers", r_.text_table(action.identifiers)},
               {"require", r_.texts(action.require)},
               {"confirm", confirm}});
    desk_.actions.push_back(std::move(action));
  }

  std::vector<std::string> known_names() const {
    std::vector<std::string> names(given_names().begin(), given_names().end());
    for (const auto& [name, text] : desk_.let) names.push_back(name);
    for (const DeskRecord& record : desk_.records) names.push_back(record.type);
    return names;
  }

  void check_names(const Use& use) {
    const std::vector<std::string> known = known_names();
    for (const std::string& name : use.names) {
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      const std::string near = text::nearest(name, known);
      r_.error(use.at, use.path, "nothing is called '" + name + "' here", near.empty() ? "known: " + text::join_and(known) : "did you mean '" + near + "'?");
    }
  }

  // Where a text of a list stands, or the text alone.
  static const SourcePosition& said(const Node* list, const std::string& text) {
    const auto item = std::find_if(list->items.begin(), list->items.end(), [&](const Node& one) { return one.text == text; });
    return item == list->items.end() ? list->at : item->at;
  }

  // Actions name conditions and identifiers that exist, and every condition is asked for somewhere.
  void check_references(const Node& node, const Path& path) {
    std::set<std::string> asked;
    std::vector<std::string> names;
    for (const DeskCondition& condition : desk_.conditions) names.push_back(condition.name);
    for (const DeskAction& action : desk_.actions) {
      const Path at = path.key("actions").entry(action.tool);
      for (const std::string& wanted : action.require) {
        asked.insert(wanted);
        if (std::find(names.begin(), names.end(), wanted) != names.end()) continue;
        const std::string near = text::nearest(wanted, names);
        r_.error(said(node.find("actions")->find(action.tool)->find("require"), wanted), at.key("require"), "there is no condition '" + wanted + "'", near.empty() ? "" : "did you mean '" + near + "'?");
      }
      for (const auto& [argument, type] : action.identifiers) {
        const Node* given = node.find("actions")->find(action.tool)->find("identifiers")->find(argument);
        if (!desk_.identifiers.contains(type)) r_.error(*given, at.key("identifiers").entry(argument), "there is no type of identifier '" + type + "'");
      }
    }
    for (const std::string& type : desk_.shopper_may_name) {
      if (!desk_.identifiers.contains(type)) r_.error(said(node.find("shopper_may_name"), type), path.key("shopper_may_name"), "there is no type of identifier '" + type + "'");
    }
    for (const DeskCondition& condition : desk_.conditions) {
      if (!asked.contains(condition.name)) {
        r_.error(condition.at, path.key("conditions").entry(condition.name), "no action requires this condition, so it can never decide");
      }
    }
    if (!desk_.actions.empty() && desk_.identity_from.empty()) r_.error(node, path, "without 'identity' nobody may do anything");
  }

  Reader& r_;
  DeskRules& desk_;
  std::vector<Use> uses_;
};

}  // namespace

void read_desk(Reader& reader, const Node& node, const Path& path, DeskRules& desk) { Desk(reader, desk).read(node, path); }

}  // namespace floorwalker::yaml
