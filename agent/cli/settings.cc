#include <yaml-cpp/yaml.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <string>
#include <utility>

#include "agent/cli/command.h"
#include "agent/core/text.h"

namespace floorwalker::cli {
namespace {

const std::vector<std::string> kLogLevels = {"off", "error", "warn", "info", "debug"};

std::map<std::string, std::string*> keys_of(Settings& settings) {
  return {{"shop", &settings.shop},
          {"playbook", &settings.playbook},
          {"environment", &settings.environment},
          {"model", &settings.model},
          {"state", &settings.state},
          {"compatibility", &settings.compatibility},
          {"log_level", &settings.log_level}};
}

Error wrong(const std::string& file, const YAML::Mark& mark, const std::string& what) {
  return {ErrorKind::kInvalidArgument, file + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1) + ": " + what, {}};
}

Result<Settings> read_config(Settings settings) {
  const YAML::Node document = YAML::LoadFile(settings.config);
  if (!document.IsMap()) return fail(wrong(settings.config, document.Mark(), "expected keys and values"));
  const auto keys = keys_of(settings);
  for (const auto& entry : document) {
    const auto key = entry.first.as<std::string>();
    const auto found = keys.find(key);
    if (found == keys.end()) {
      std::vector<std::string> known;
      for (const auto& [name, value] : keys) known.push_back(name);
      const std::string near = text::nearest(key, known);
      return fail(wrong(settings.config, entry.first.Mark(),
                        "unknown key \"" + key + "\"" + (near.empty() ? "; known are " + text::join_and(known) : "; did you mean \"" + near + "\"?")));
    }
    if (!entry.second.IsScalar()) return fail(wrong(settings.config, entry.second.Mark(), "\"" + key + "\" wants one value"));
    if (found->second->empty()) *found->second = entry.second.as<std::string>();
  }
  return settings;
}

}  // namespace

void add_settings(CLI::App& command, Settings& settings) {
  command.add_option("--config", settings.config, "a YAML file with any of: shop, playbook, environment, model, state, compatibility, log_level")->type_name("FILE");
  command.add_option("--shop", settings.shop, "the shop's database file, or an adapter: a YAML file or shopify, vendure, medusa (default: the demo shop)")->type_name("SHOP");
  command.add_option("--playbook", settings.playbook, "how to sell, a YAML file or the name of a shipped one (default: the demo shop's own, else retail)")
      ->type_name("PLAYBOOK");
  command.add_option("--environment", settings.environment, "whose overrides of the playbook hold: staging, live ...")->type_name("NAME");
  command.add_option("--model", settings.model, "guided (default) | URL#NAME | scripted:FILE | recorded:FILE")->type_name("MODEL");
  command.add_option("--state", settings.state, "the folder of sessions (default: your data folder)")->type_name("DIR");
  command.add_option("--compatibility", settings.compatibility, "your own rules of what goes together, besides the shipped ones")->type_name("FILE");
  command.add_option("--log-level", settings.log_level, "off | error | warn | info | debug (default: error)")
      ->type_name("LEVEL")
      ->check(CLI::IsMember(kLogLevels));
}

Result<Settings> with_config(Settings settings) {
  if (settings.config.empty()) return settings;
  const std::string file = settings.config;
  try {
    return read_config(std::move(settings));
  } catch (const YAML::BadFile&) {
    return fail(ErrorKind::kIo, "The configuration " + file + " cannot be read.");
  } catch (const YAML::Exception& error) {
    return fail(wrong(file, error.mark, error.msg));
  }
}

int complain(const Error& error) {
  std::cerr << "floorwalker: " << error.message << "\n";
  if (!error.detail.empty()) std::cerr << "  (" << error.detail << ")\n";
  return 1;
}

}  // namespace floorwalker::cli
