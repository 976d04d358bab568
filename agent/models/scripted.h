#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/model.h"
#include "agent/models/foreseen.h"

namespace floorwalker::models {

// One model call of a script: what the model says and calls, or how it fails.
struct ScriptedStep {
  std::string text;                       // streamed in small deltas
  std::vector<ToolCall> calls;            // ids are given where the script has none: "call_TURN_STEP_N"
  std::optional<Presentation> presentation;
  std::optional<Error> failure;           // comes after the text
  Usage usage;
};

// One turn of a script.
struct ScriptedTurn {
  std::string session;                    // "" : of any session; the n-th such turn is a session's n-th
  std::string said;                       // what the shopper must have said, "" for anything
  std::vector<ScriptedStep> steps;
};

// Says what a script tells it to, for tests and demonstrations. Keeps no place: turn and step of the request say where it is, so that a
// conversation resumed in another process goes on as scripted. What the script does not foresee is a failure, and so is what it foresees
// in vain: see complaints().
//
// A script is YAML, a list of turns, or JSON lines, a turn on each:
//
//   - said: a light laptop            # optional, as are session and everything below but one of text, calls and fail
//     steps:
//       - calls: [{name: search_catalogue, args: {words: light laptop}}]
//       - text: "Two fit. The Aero 13 is the lighter one."
//         shown: [P-17, P-18]
//         asked: budget
//   - steps:
//       - fail: {kind: unavailable, message: the model is down}
class ScriptedModel final : public Model, public Foreseen {
 public:
  explicit ScriptedModel(std::vector<ScriptedTurn> turns);

  // kIo if the file cannot be read; kInvalidArgument, with file and line, if it is no script.
  static Result<std::unique_ptr<ScriptedModel>> load(const std::filesystem::path& file);
  static Result<std::unique_ptr<ScriptedModel>> parse(std::string_view script, const std::string& file_name, bool lines = false);

  void start(const ModelRequest& request, ModelSink sink, std::stop_token stop) override;
  std::string name() const override { return "scripted"; }

  // Calls that the script did not foresee, and steps that nothing called for; empty after a run that went as scripted.
  std::vector<std::string> complaints() const override;

 private:
  struct Place {
    std::size_t turn, step;
    auto operator<=>(const Place&) const = default;
  };

  const ScriptedStep* find(const ModelRequest& request, std::string& complaint);

  std::vector<ScriptedTurn> turns_;
  mutable std::mutex mutex_;              // guards what follows
  std::set<Place> used_;
  std::vector<std::string> unforeseen_;
};

}  // namespace floorwalker::models
