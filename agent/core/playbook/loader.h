#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/core/playbook/playbook.h"
#include "agent/core/vocabulary.h"

namespace floorwalker {

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

// Reads and checks a playbook. Nothing is ignored silently.
LoadedPlaybook load_playbook(std::string_view yaml, const std::string& file_name);

// Holds the names that a playbook uses against a catalogue. `named_together`: playbook and shop were both named by the user, so that a
// missing name is an error; otherwise it is reported as inactive.
std::vector<Finding> check_against(const Playbook& playbook, const Vocabulary& vocabulary, bool named_together);

}  // namespace floorwalker
