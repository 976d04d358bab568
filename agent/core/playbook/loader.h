#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/playbook/playbook.h"
#include "agent/core/vocabulary.h"

namespace floorwalker {

namespace yaml {
struct Node;
}

struct Finding {
  enum class Severity { kError, kWarning, kInactive };  // inactive: a name this catalogue lacks, in a playbook meant for any shop
  Severity severity = Severity::kError;
  SourcePosition at;
  std::string path;        // "discovery.ask.laptop[1]"
  std::string message;     // what is wrong
  std::string suggestion;  // what to do: "did you mean 'max_questions'?", "" if none
};

struct LoadedPlaybook {
  Playbook playbook;               // meaningful only without errors
  std::vector<Finding> findings;   // all at once, in file order
  bool ok() const;
};

// A file that a playbook names: where it was found, and what it holds.
struct OpenedFile {
  std::string path;
  std::string text;
};

// What a playbook may refer to besides itself.
struct LoadOptions {
  // A file that the playbook names ("retail", "playbooks/retail.yaml", "prompts/voice/plain.md"), `from` being the file that
  // names it; nothing if there is none. Without it `extends` is an error and prompts are not looked at.
  std::function<std::optional<OpenedFile>(const std::string& name, const std::string& from)> open;
  std::string environment;  // whose overrides apply, "" for none
  // If set, receives the keys that the loader accepts in each object it met, by the object's path with `*` for free names and `[]` for list
  // items ("needs.*"): what the JSON Schema is held against.
  std::map<std::string, std::vector<std::string>>* accepted = nullptr;
  // If set, may change the tree of each file, the parents' as well, before it is read on: for trying what a rule is good for (mutations.h). A need
  // that thereby lost its effect or its last use is then a warning.
  std::function<void(std::string_view text, yaml::Node& own)> change;
};

// Reads and checks a playbook with its parents. Never throws; nothing is ignored silently.
LoadedPlaybook load_playbook(std::string_view yaml, const std::string& file_name, const LoadOptions& options = {});

// The attribute, option or column that a question is about; nothing where it is about the conversation itself ("use", "budget" ...).
std::optional<std::string> field_of_slot(const std::string& slot);

// Holds the names that a playbook uses against a catalogue. `named_together`: playbook and shop were both named by the user, so that a
// missing name is an error; otherwise it is reported as inactive.
std::vector<Finding> check_against(const Playbook& playbook, const Vocabulary& vocabulary, bool named_together);

}  // namespace floorwalker
