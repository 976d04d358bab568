#pragma once

#include "agent/core/playbook/playbook.h"
#include "agent/core/playbook/reader.h"

namespace floorwalker::yaml {

// Reads the section "desk" and checks that its expressions parse and speak only of names that exist.
void read_desk(Reader& reader, const Node& node, const Path& path, DeskRules& desk);

}  // namespace floorwalker::yaml
