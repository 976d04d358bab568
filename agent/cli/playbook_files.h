#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/core/playbook/loader.h"

namespace floorwalker::cli {

// Where playbooks find their parents and prompts: beside the file that names them, then as a path from here, then among the files that the
// binary carries ("retail" is playbooks/retail.yaml).
LoadOptions playbook_files(const std::string& environment = {});

// Reads and checks the playbook of that name, found in the same way; a file that cannot be read is a finding.
LoadedPlaybook load_playbook_file(const std::string& name, const std::string& environment = {});
LoadedPlaybook load_playbook_file(const std::string& name, const LoadOptions& options);

// The text of the playbook of that name; nothing where there is none.
std::optional<std::string> playbook_text(const std::string& name);

// The names of a playbook that a shop's catalogue lacks: errors where both were named together, but in what the binary carries, which was written for
// many shops ("color" and "colour").
std::vector<Finding> check_names(const Playbook& playbook, const Vocabulary& vocabulary, bool named_together);

// What a shop lacks is no error in a playbook that the binary carries.
void excuse_carried(std::vector<Finding>& findings);

}  // namespace floorwalker::cli
