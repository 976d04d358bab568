#include <CLI/CLI.hpp>

#include "agent/cli/catalogue_commands.h"

namespace floorwalker::cli {

void add_catalogue(CLI::App& app, Exit& exit) {
  CLI::App* catalogue = app.add_subcommand("catalogue", "Import, look at and search a shop's products");
  catalogue->require_subcommand(1);
  add_catalogue_import(*catalogue, exit);
  add_catalogue_search(*catalogue, exit);
  add_catalogue_look(*catalogue, exit);
  add_catalogue_sync(*catalogue, exit);
}

}  // namespace floorwalker::cli
