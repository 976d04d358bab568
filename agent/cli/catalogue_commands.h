#pragma once

#include <string>

#include "adapters/embedded/import_map.h"
#include "agent/cli/command.h"

// The subcommands of `catalogue`, one file each.
namespace floorwalker::cli {

void add_catalogue_import(CLI::App& catalogue, Exit& exit);
void add_catalogue_look(CLI::App& catalogue, Exit& exit);    // show, shape
void add_catalogue_search(CLI::App& catalogue, Exit& exit);
void add_catalogue_sync(CLI::App& catalogue, Exit& exit);

// A map by the path of its file or the name of a shipped one ("icecat").
Result<embedded::ImportMap> find_map(const std::string& name);

}  // namespace floorwalker::cli
