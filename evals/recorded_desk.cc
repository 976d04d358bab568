#include "evals/recorded_desk.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "agent/core/answers_json.h"
#include "agent/core/json_writer.h"
#include "agent/core/playbook/reader.h"

namespace floorwalker::evals {
namespace {

using guardrails::Value;
using yaml::Node;
using yaml::Path;

bool is_number(const std::string& text) {
  if (text.empty() || text.find_first_not_of("+-.0123456789") != std::string::npos) return false;
  const auto value = guardrails::parse_json(text);
  return value && value->type == Value::Type::kNumber;
}

// The value as YAML means it: what is quoted is a text.
void put_json(floorwalker::json::Writer& w, const Node& node) {
  switch (node.type) {
    case Node::Type::kNull: w.null(); return;
    case Node::Type::kMap:
      w.open('{');
      for (const Node::Entry& entry : node.entries) put_json(w.key(entry.key), entry.value);
      w.close('}');
      return;
    case Node::Type::kList:
      w.open('[');
      for (const Node& item : node.items) put_json(w, item);
      w.close(']');
      return;
    case Node::Type::kScalar: break;
  }
  const bool plain = !node.quoted;
  if (plain && (node.text == "true" || node.text == "false")) w.boolean(node.text == "true");
  else if (plain && is_number(node.text)) w.raw(node.text);
  else w.exact(node.text);
}

std::string json_of(const Node& node) {
  floorwalker::json::Writer w;
  put_json(w, node);
  return w.take();
}

std::string error_json(ErrorKind kind, std::string message) {
  ErrorAnswer answer;
  answer.error = {kind, std::move(message), {}};
  return to_json(answer);
}

bool fits(const RecordedDesk::Answer& answer, const Value& arguments) {
  return std::all_of(answer.with.begin(), answer.with.end(), [&](const auto& wanted) {
    const Value* given = arguments.find(wanted.first);
    return given && *given == wanted.second;
  });
}

class DeskReader {
 public:
  explicit DeskReader(std::vector<Finding>& findings) : r_(findings, nullptr) {}

  void read(const Node& root, std::vector<ToolSpec>& specs, std::map<std::string, std::vector<RecordedDesk::Answer>>& answers) {
    std::string name;
    r_.object(root, {"", ""}, {{"desk", r_.text(name), yaml::Presence::kRequired}, {"tools", [&](const Node& node, const Path& path) {
      r_.table(node, path, [&](const Node::Entry& entry, const Path& at) {
        specs.push_back({entry.key, "", R"({"type":"object"})", ToolEffect::kRead});
        tool(entry.value, at, specs.back(), answers[entry.key]);
      });
    }, yaml::Presence::kRequired}});
  }

 private:
  void tool(const Node& node, const Path& path, ToolSpec& spec, std::vector<RecordedDesk::Answer>& out) {
    bool writes = false;
    const auto answers = [&](const Node& list, const Path& at) { r_.list(list, at, [&](const Node& item, const Path& in) { out.push_back(answer(item, in)); }); };
    r_.object(node, path, {{"about", r_.text(spec.description)}, {"writes", r_.boolean(writes)}, {"answers", answers, yaml::Presence::kRequired}});
    if (writes) spec.effect = ToolEffect::kWrite;
  }

  RecordedDesk::Answer answer(const Node& node, const Path& path) {
    RecordedDesk::Answer made;
    std::string refused;
    const auto with = [&](const Node& arguments, const Path& at) {
      r_.table(arguments, at, [&](const Node::Entry& entry, const Path&) { made.with[entry.key] = guardrails::parse_json(json_of(entry.value)).value_or(Value()); });
    };
    r_.object(node, path, {{"with", with}, {"tells", [&](const Node& value, const Path&) { made.content = json_of(value); }}, {"refuses", r_.text(refused)}});
    if (made.content.empty() == refused.empty()) r_.error(node, path, "an answer has one of 'tells' and 'refuses'");
    if (refused.empty()) return made;
    made.outcome = ToolOutcome::kRefused;
    made.content = error_json(ErrorKind::kRefused, refused);
    return made;
  }

  yaml::Reader r_;
};

}  // namespace

RecordedDesk::Loaded RecordedDesk::load(std::string_view text, const std::string& file) {
  Loaded loaded;
  loaded.desk = std::make_shared<RecordedDesk>();
  const Node root = yaml::parse(text, file, loaded.findings);
  DeskReader(loaded.findings).read(root, loaded.desk->specs_, loaded.desk->answers_);
  return loaded;
}

ToolResult RecordedDesk::call(const ToolCall& call, const ToolContext& context) {
  const auto failed = [&](ErrorKind kind, std::string why) { return ToolResult{call.id, ToolOutcome::kFailed, error_json(kind, std::move(why)), context.now}; };
  const auto known = answers_.find(call.name);
  if (known == answers_.end()) return failed(ErrorKind::kNotFound, "The desk has no tool '" + call.name + "'.");
  const auto arguments = guardrails::parse_json(call.arguments.empty() ? "{}" : call.arguments);
  if (!arguments || arguments->type != Value::Type::kMap) return failed(ErrorKind::kInvalidArgument, "The arguments are no JSON object.");
  const auto found = std::find_if(known->second.begin(), known->second.end(), [&](const Answer& answer) { return fits(answer, *arguments); });
  if (found == known->second.end()) return failed(ErrorKind::kNotFound, "Nothing is recorded of " + call.name + " with " + call.arguments + ".");
  return {call.id, found->outcome, found->content, context.now};
}

}  // namespace floorwalker::evals
