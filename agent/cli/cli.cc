#include "agent/cli/cli.h"

#include <CLI/CLI.hpp>

#include "agent/cli/command.h"

namespace floorwalker::cli {

int run(int argc, char** argv) {
  CLI::App app{"Floorwalker: AI sales agents for online shops that say only what the shop's live data proves."};
  app.require_subcommand(1);
  Exit exit;
  add_catalogue(app, exit);
  add_playbook(app, exit);
  add_audit(app, exit);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return exit.status;
}

}  // namespace floorwalker::cli
