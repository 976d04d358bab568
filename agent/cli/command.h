#pragma once

#include <string>

#include "agent/core/result.h"

namespace CLI {
class App;
}

// What the commands share. A command lives in a file of its own, adds itself to the application in its add_ function, and is named in
// cli.cc. When chosen, it runs inside its CLI11 callback and sets the exit status; it opens what it needs through Composition.
namespace floorwalker::cli {

// What a command came to, kept by `run` until everything is torn down.
struct Exit {
  int status = 0;
};

// The flags that every command has, and what `floorwalker.yaml` says where no flag does. Empty: not said.
struct Settings {
  std::string config;        // --config: a YAML file with any of the keys shop, playbook, model, state, compatibility, log_level
  std::string shop;          // --shop: an embedded shop's file, or an adapter file; empty: the demo shop
  std::string playbook;      // --playbook: a YAML file; empty: the shop's own, else playbooks/retail.yaml
  std::string environment;   // --environment: whose overrides of the playbook hold; empty: none
  std::string model;         // --model: guided | URL#NAME | scripted:FILE | recorded:FILE; empty: guided
  std::string state;         // --state: a folder for sessions and indexes; empty: the user's data folder
  std::string compatibility; // --compatibility: a YAML file with the merchant's own rules of what goes together, besides the shipped ones
  std::string log_level;     // --log-level: off, error, warn, info, debug; empty: error
  bool json = false;         // --json
  bool fleeting = false;     // without --state: a temporary folder, gone at the end, instead of the user's
};

// Adds --config, --shop, --playbook, --model, --state, --compatibility, --log-level to a command that uses the whole shop.
void add_settings(CLI::App& command, Settings& settings);

// Fills what no flag said from the configuration file, if one was named. kInvalidArgument with file and line for what it does not know.
Result<Settings> with_config(Settings settings);

// Prints "floorwalker: MESSAGE" on standard error and returns the exit status 1.
int complain(const Error& error);

// Each command adds itself to the application.
void add_catalogue(CLI::App& app, Exit& exit);
void add_tools(CLI::App& app, Exit& exit);
void add_playbook(CLI::App& app, Exit& exit);
void add_audit(CLI::App& app, Exit& exit);
void add_chat(CLI::App& app, Exit& exit);
void add_eval(CLI::App& app, Exit& exit);
void add_adapter(CLI::App& app, Exit& exit);

}  // namespace floorwalker::cli
