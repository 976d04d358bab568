#include "agent/cli/cli.h"

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "agent/cli/command.h"

namespace floorwalker::cli {
namespace {

constexpr const char* kFooter = R"(
Begin here:
  floorwalker                                      talk to the agent of the demo shop
  floorwalker catalogue import products.csv --map MAP.yaml --shop mine.db
  floorwalker chat --shop mine.db                  talk to the agent of your own shop
  floorwalker chat --shop shopify                  talk to the agent of a shop on Shopify (or any adapter file)
  floorwalker playbook check mine.yaml             see mistakes with file and line
  floorwalker COMMAND --help                       more about a command, with examples
)";

// Without a command the program is a chat in the demo shop: the shortest way to see what it is.
std::vector<std::string> arguments(int argc, char** argv) {
  std::vector<std::string> given(argv + 1, argv + argc);
  if (given.empty()) given.emplace_back("chat");
  return {given.rbegin(), given.rend()};   // CLI11 takes them last first
}

int run_commands(int argc, char** argv) {
  CLI::App app{"Floorwalker: AI sales agents for online shops that say only what the shop's live data proves.", "floorwalker"};
  app.require_subcommand(1);
  app.set_version_flag("--version", "floorwalker 0.1.0");
  app.footer(kFooter);
  Exit exit;
  add_chat(app, exit);
  add_catalogue(app, exit);
  add_playbook(app, exit);
  add_audit(app, exit);
  add_eval(app, exit);
  add_tools(app, exit);
  add_adapter(app, exit);
  try {
    app.parse(arguments(argc, argv));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return exit.status;
}

}  // namespace

int run(int argc, char** argv) {
  try {
    return run_commands(argc, argv);
  } catch (const std::exception& error) {   // a bug: whatever is known of it goes to whoever ran the program
    std::cerr << "floorwalker: internal error: " << error.what() << "\n";
    return 1;
  }
}

}  // namespace floorwalker::cli
