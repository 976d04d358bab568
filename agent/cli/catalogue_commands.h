#pragma once

#include <filesystem>
#include <string>

#include "adapters/embedded/import_map.h"
#include "agent/cli/command.h"

// The subcommands of `catalogue`, one file each.
namespace floorwalker::cli {

void add_catalogue_import(CLI::App& catalogue, Exit& exit);

// A map by the path of its file or the name of a shipped one ("icecat").
Result<embedded::ImportMap> find_map(const std::string& name);

// Where the search index of an embedded shop is kept: beside its database.
std::filesystem::path index_file(const std::filesystem::path& shop);

}  // namespace floorwalker::cli
