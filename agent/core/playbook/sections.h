#pragma once

#include "agent/core/playbook/playbook.h"
#include "agent/core/playbook/reader.h"

namespace floorwalker::yaml {

// Reads a whole playbook, parents and environment already laid together, into its typed form.
void read_playbook(Reader& reader, const Node& root, Playbook& playbook);

}  // namespace floorwalker::yaml
