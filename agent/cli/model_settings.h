#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/cli/command.h"
#include "agent/core/result.h"
#include "agent/models/cassette.h"
#include "agent/models/openai/openai_model.h"

namespace floorwalker::cli {

// The models that `--model` names, first to last: each speaks when the one before it fails. The guided model always comes last and is not
// named here.
struct ModelChain {
  std::vector<openai::OpenAiConfig> models;
};

// "http://127.0.0.1:8080/v1#qwen3" or a YAML file that says more (agent/models/README.md lists its keys). Keys and organisations come from
// the environment only: $FLOORWALKER_API_KEY, else $OPENAI_API_KEY, or the variables that the file names.
Result<ModelChain> read_model_settings(const std::string& named);

// Whether `--model` names a server or a file of servers, rather than guided, scripted: or recorded:.
bool names_a_server(std::string_view named);

// For `--record-model FILE`. kInvalidArgument if the settings name no server to record.
Result<std::shared_ptr<models::Cassette>> open_cassette(const std::string& file, const Settings& settings);

}  // namespace floorwalker::cli
