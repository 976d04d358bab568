#include "agent/models/scripted.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "agent/core/json_writer.h"

namespace floorwalker::models {
namespace {

constexpr std::size_t kDelta = 24;  // bytes: about what a server streams at once

// A place in the script that cannot be read.
struct Wrong : std::runtime_error {
  Wrong(const YAML::Node& node, const std::string& what) : std::runtime_error(what), line(node.Mark().line + 1) {}
  int line;
};

void check_keys(const YAML::Node& node, const std::vector<std::string>& known) {
  if (!node.IsMap()) throw Wrong(node, "expected a mapping");
  for (const auto& entry : node) {
    const auto key = entry.first.as<std::string>();
    if (std::find(known.begin(), known.end(), key) == known.end()) throw Wrong(entry.first, "unknown key \"" + key + "\"");
  }
}

bool is_number(const std::string& text) {
  std::istringstream in(text);
  in.imbue(std::locale::classic());
  double value = 0;
  return (in >> value) && in.eof() && text.find_first_not_of("+-.0123456789eE") == std::string::npos && text.front() != '+';
}

void put_json(json::Writer& w, const YAML::Node& node) {
  if (node.IsMap()) {
    w.open('{');
    for (const auto& entry : node) {
      w.key(entry.first.as<std::string>());
      put_json(w, entry.second);
    }
    w.close('}');
  } else if (node.IsSequence()) {
    w.open('[');
    for (const auto& item : node) put_json(w, item);
    w.close(']');
  } else if (node.IsNull()) {
    w.null();
  } else {
    const auto text = node.as<std::string>();
    const bool plain = node.Tag() == "?";   // quoted scalars have the tag "!"
    if (plain && (text == "true" || text == "false")) w.boolean(text == "true");
    else if (plain && !text.empty() && is_number(text)) w.raw(text);
    else w.exact(text);
  }
}

ToolCall read_call(const YAML::Node& node) {
  check_keys(node, {"id", "name", "args"});
  if (!node["name"]) throw Wrong(node, "a call needs a name");
  ToolCall call;
  call.id = CallId(node["id"].as<std::string>(""));
  call.name = node["name"].as<std::string>();
  call.arguments = "{}";
  if (const YAML::Node args = node["args"]) {
    json::Writer w;
    put_json(w, args);
    call.arguments = args.IsScalar() ? args.as<std::string>() : w.take();
  }
  return call;
}

Error read_failure(const YAML::Node& node) {
  check_keys(node, {"kind", "message"});
  const auto name = node["kind"].as<std::string>("unavailable");
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::kInternal); ++kind) {
    if (to_string(static_cast<ErrorKind>(kind)) == name) return {static_cast<ErrorKind>(kind), node["message"].as<std::string>("scripted"), {}};
  }
  throw Wrong(node["kind"], "unknown kind of error \"" + name + "\"");
}

std::optional<Presentation> read_presentation(const YAML::Node& node) {
  if (!node["shown"] && !node["asked"] && !node["refused"] && !node["hand_off"]) return std::nullopt;
  Presentation presentation;
  int number = 0;
  for (const auto& id : node["shown"]) {
    Shown shown;
    shown.product = ProductId(id.as<std::string>());
    shown.number = ++number;
    presentation.shown.push_back(std::move(shown));
  }
  if (node["asked"]) presentation.asked = node["asked"].as<std::string>();
  presentation.refused = node["refused"].as<bool>(false);
  presentation.hand_off = node["hand_off"].as<bool>(false);
  return presentation;
}

ScriptedStep read_step(const YAML::Node& node) {
  check_keys(node, {"text", "calls", "shown", "asked", "refused", "hand_off", "fail", "cost_micros"});
  ScriptedStep step;
  step.text = node["text"].as<std::string>("");
  for (const auto& call : node["calls"]) step.calls.push_back(read_call(call));
  step.presentation = read_presentation(node);
  if (node["fail"]) step.failure = read_failure(node["fail"]);
  step.usage.cost_micros = node["cost_micros"].as<std::int64_t>(0);
  return step;
}

ScriptedTurn read_turn(const YAML::Node& node) {
  check_keys(node, {"session", "said", "steps"});
  ScriptedTurn turn;
  turn.session = node["session"].as<std::string>("");
  turn.said = node["said"].as<std::string>("");
  if (!node["steps"].IsSequence()) throw Wrong(node, "a turn needs a list of steps");
  for (const auto& step : node["steps"]) turn.steps.push_back(read_step(step));
  return turn;
}

std::vector<ScriptedTurn> read_document(const std::string& text) {
  const YAML::Node document = YAML::Load(text);
  if (!document.IsSequence()) throw Wrong(document, "expected a list of turns");
  std::vector<ScriptedTurn> turns;
  for (const auto& turn : document) turns.push_back(read_turn(turn));
  return turns;
}

void give_ids(ToolCall& call, const ModelRequest& request, std::size_t index) {
  if (!call.id.empty()) return;
  call.id = CallId("call_" + std::to_string(request.conversation.turn) + "_" + std::to_string(request.step) + "_" + std::to_string(index + 1));
}

const std::string& last_said(const Conversation& conversation) {
  static const std::string kNothing;
  for (auto message = conversation.messages.rbegin(); message != conversation.messages.rend(); ++message) {
    if (message->role == Role::kShopper) return message->text;
  }
  return kNothing;
}

}  // namespace

ScriptedModel::ScriptedModel(std::vector<ScriptedTurn> turns) : turns_(std::move(turns)) {}

Result<std::unique_ptr<ScriptedModel>> ScriptedModel::load(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) return fail(ErrorKind::kIo, "The script " + file.string() + " cannot be read.");
  std::ostringstream text;
  text << in.rdbuf();
  return parse(text.str(), file.string(), file.extension() == ".jsonl");
}

Result<std::unique_ptr<ScriptedModel>> ScriptedModel::parse(std::string_view script, const std::string& file_name, bool lines) {
  int line = 0;
  try {
    if (!lines) return std::make_unique<ScriptedModel>(read_document(std::string(script)));
    std::vector<ScriptedTurn> turns;
    std::istringstream in{std::string(script)};
    for (std::string text; std::getline(in, text); ++line) {
      if (!text.empty()) turns.push_back(read_turn(YAML::Load(text)));
    }
    return std::make_unique<ScriptedModel>(std::move(turns));
  } catch (const Wrong& wrong) {
    return fail(ErrorKind::kInvalidArgument, file_name + ":" + std::to_string(line + wrong.line) + ": " + wrong.what() + ".");
  } catch (const YAML::Exception& error) {
    return fail(ErrorKind::kInvalidArgument, file_name + ":" + std::to_string(line + error.mark.line + 1) + ": " + error.msg + ".");
  }
}

const ScriptedStep* ScriptedModel::find(const ModelRequest& request, std::string& complaint) {
  const Conversation& conversation = request.conversation;
  const std::string where = "turn " + std::to_string(conversation.turn) + " of session " + conversation.session.str();
  int number = 0;
  for (std::size_t t = 0; t < turns_.size(); ++t) {
    const ScriptedTurn& turn = turns_[t];
    if (!turn.session.empty() && turn.session != conversation.session.str()) continue;
    if (++number < conversation.turn) continue;
    if (!turn.said.empty() && turn.said != last_said(conversation)) {
      complaint = where + ": the script expects \"" + turn.said + "\", the shopper said \"" + last_said(conversation) + "\"";
      return nullptr;
    }
    const auto step = static_cast<std::size_t>(request.step - 1);
    if (step >= turn.steps.size()) {
      complaint = where + ": the script has no step " + std::to_string(request.step);
      return nullptr;
    }
    used_.insert({t, step});
    return &turn.steps[step];
  }
  complaint = where + ": not in the script";
  return nullptr;
}

void ScriptedModel::start(const ModelRequest& request, ModelSink sink, std::stop_token stop) {
  const ScriptedStep* step = nullptr;
  std::string complaint;
  {
    const std::lock_guard lock(mutex_);
    step = find(request, complaint);
    if (!step) unforeseen_.push_back(complaint);
  }
  if (!step) return sink(ModelFailed{{ErrorKind::kInternal, "The scripted model does not know what to say.", complaint}});
  for (std::size_t at = 0; at < step->text.size(); at += kDelta) {
    if (stop.stop_requested()) return sink(ModelFailed{{ErrorKind::kCancelled, "stopped", {}}});
    sink(TextDelta{step->text.substr(at, kDelta)});
  }
  for (std::size_t i = 0; i < step->calls.size(); ++i) {
    ToolCall call = step->calls[i];
    give_ids(call, request, i);
    sink(ToolCallReady{std::move(call)});
  }
  if (step->failure) return sink(ModelFailed{*step->failure});
  sink(ModelFinished{step->usage, step->presentation, std::nullopt, {}});
}

std::vector<std::string> ScriptedModel::complaints() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> complaints = unforeseen_;
  for (std::size_t t = 0; t < turns_.size(); ++t) {
    for (std::size_t s = 0; s < turns_[t].steps.size(); ++s) {
      if (used_.count({t, s}) == 0) {
        complaints.push_back("turn " + std::to_string(t + 1) + " of the script, step " + std::to_string(s + 1) + ": never called for");
      }
    }
  }
  return complaints;
}

}  // namespace floorwalker::models
