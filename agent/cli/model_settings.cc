#include "agent/cli/model_settings.h"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "agent/core/playbook/reader.h"
#include "agent/core/text.h"

namespace floorwalker::cli {
namespace {

using yaml::Node;
using yaml::Path;
using yaml::Reader;

std::string environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value ? value : "";
}

bool ends_with(std::string_view text, std::string_view end) { return text.size() >= end.size() && text.substr(text.size() - end.size()) == end; }

// Azure takes its key in a header of its own.
void add_key(openai::OpenAiConfig& config, const std::string& key) {
  if (key.empty()) return;
  const std::string& address = config.url.empty() ? config.base_url : config.url;
  if (address.find("/openai/deployments/") != std::string::npos) {
    config.headers.emplace_back("api-key", key);
  } else {
    config.headers.emplace_back("Authorization", "Bearer " + key);
  }
}

std::string default_key() {
  const std::string own = environment("FLOORWALKER_API_KEY");
  return own.empty() ? environment("OPENAI_API_KEY") : own;
}

// One entry of a model file.
class ModelReader {
 public:
  explicit ModelReader(std::vector<Finding>& findings) : r_(findings, nullptr) {}

  void read(const Node& node, const Path& path, openai::OpenAiConfig& config) {
    std::string key_from;
    r_.object(node, path,
              {{"url", r_.text(config.base_url)},
               {"address", r_.text(config.url)},
               {"name", r_.text(config.settings.model), yaml::Presence::kRequired},
               {"key_from", r_.text(key_from)},
               {"headers", [&](const Node& value, const Path& at) { headers(value, at, config); }},
               {"stream", r_.boolean(config.settings.stream)},
               {"max_tokens", r_.number(config.settings.max_tokens, 1, 1000000)},
               {"temperature", [&](const Node& value, const Path& at) { temperature(value, at, config); }},
               {"attempts", r_.number(config.max_attempts, 1, 10)},
               {"prices", [&](const Node& value, const Path& at) { prices(value, at, config); }},
               {"deadlines", [&](const Node& value, const Path& at) { deadlines(value, at, config.deadlines); }},
               {"dialect", [&](const Node& value, const Path& at) { dialect(value, at, config.dialect); }}});
    while (!config.base_url.empty() && config.base_url.back() == '/') config.base_url.pop_back();
    if (config.base_url.empty() == config.url.empty()) r_.error(node, path, "a model has either 'url' (with /chat/completions appended) or 'address' (the whole address)");
    const std::string key = key_from.empty() ? default_key() : environment(key_from);
    if (!key_from.empty() && key.empty()) r_.error(node, path.key("key_from"), "the environment variable " + key_from + " is not set");
    add_key(config, key);
  }

  // A header's value comes from the environment ({from: VARIABLE}) or is plain text.
  void headers(const Node& node, const Path& path, openai::OpenAiConfig& config) {
    r_.table(node, path, [&](const Node::Entry& entry, const Path& at) {
      if (entry.value.type != Node::Type::kMap) {
        if (auto text = r_.text_of(entry.value, at)) config.headers.emplace_back(entry.key, *text);
        return;
      }
      std::string variable;
      r_.object(entry.value, at, {{"from", r_.text(variable), yaml::Presence::kRequired}});
      const std::string value = environment(variable);
      if (value.empty()) return r_.error(entry.value, at, "the environment variable " + variable + " is not set");
      config.headers.emplace_back(entry.key, value);
    });
  }

  void temperature(const Node& node, const Path& path, openai::OpenAiConfig& config) {
    char* end = nullptr;
    const double value = std::strtod(node.text.c_str(), &end);
    if (node.text.empty() || *end != 0 || !(value >= 0 && value <= 2)) return r_.error(node, path, "a temperature is a number from 0 to 2");
    config.settings.temperature = value;
    config.settings.send_temperature = true;
  }

  // Of a million tokens, "0.15 USD": the currency is that of the playbook's cost limit.
  void prices(const Node& node, const Path& path, openai::OpenAiConfig& config) {
    r_.object(node, path,
              {{"input", [&](const Node& value, const Path& at) { price(value, at, config.input_cost_micros_per_million); }},
               {"output", [&](const Node& value, const Path& at) { price(value, at, config.output_cost_micros_per_million); }}});
  }

  void price(const Node& node, const Path& path, std::int64_t& micros) {
    char* end = nullptr;
    const double value = std::strtod(node.text.c_str(), &end);
    if (end == node.text.c_str() || !(value >= 0 && value < 1e6)) return r_.error(node, path, "a price is the cost of a million tokens, such as 0.15 USD");
    micros = std::llround(value * 1e6);
  }

  void deadlines(const Node& node, const Path& path, net::Deadlines& deadlines) {
    r_.object(node, path,
              {{"connect", r_.duration(deadlines.connect)},
               {"first_byte", r_.duration(deadlines.first_byte)},
               {"between_bytes", r_.duration(deadlines.between_bytes)},
               {"total", r_.duration(deadlines.total)}});
  }

  void dialect(const Node& node, const Path& path, openai::Dialect& dialect) {
    std::vector<std::string> refused;
    r_.object(node, path,
              {{"refused_schema_keywords", r_.texts(refused)},
               {"stream_options", r_.boolean(dialect.stream_options)},
               {"send_echo", r_.boolean(dialect.send_echo)},
               {"max_completion_tokens", r_.boolean(dialect.max_completion_tokens)},
               {"system_role", r_.choice(dialect.system_role, {"system", "developer"})}});
    dialect.refused_schema_keywords.insert(refused.begin(), refused.end());
  }

  Reader& reader() { return r_; }

 private:
  Reader r_;
};

std::string joined(const std::vector<Finding>& findings) {
  std::string out;
  for (const Finding& finding : findings) {
    out += "\n  " + finding.at.file + ":" + std::to_string(finding.at.line) + ":" + std::to_string(finding.at.column) + ": " + finding.path + ": " +
           finding.message + (finding.suggestion.empty() ? "" : " (" + finding.suggestion + ")");
  }
  return out;
}

Result<ModelChain> read_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(ErrorKind::kIo, "The model file " + file + " cannot be read.");
  std::stringstream text;
  text << in.rdbuf();
  std::vector<Finding> findings;
  const Node root = yaml::parse(text.str(), file, findings);
  ModelReader reader(findings);
  ModelChain chain;
  reader.reader().object(root, {"", ""}, {{"models", [&](const Node& list, const Path& path) {
                                             reader.reader().list(list, path, [&](const Node& item, const Path& at) {
                                               chain.models.emplace_back();
                                               reader.read(item, at, chain.models.back());
                                             });
                                           }, yaml::Presence::kRequired}});
  if (!findings.empty()) return fail(ErrorKind::kInvalidArgument, "The model file has mistakes:" + joined(findings));
  return chain;
}

}  // namespace

bool names_a_server(std::string_view named) {
  if (named.starts_with("scripted:") || named.starts_with("recorded:")) return false;
  return named.substr(0, 7) == "http://" || named.substr(0, 8) == "https://" || ends_with(named, ".yaml") || ends_with(named, ".yml");
}

Result<std::shared_ptr<models::Cassette>> open_cassette(const std::string& file, const Settings& settings) {
  const auto complete = with_config(settings);
  if (!complete) return fail(complete.error());
  if (!names_a_server(complete->model)) {
    return fail(ErrorKind::kInvalidArgument, "There is nothing to record: --record-model keeps what a model server says, so name one with --model URL#NAME.");
  }
  return models::Cassette::open(file);
}

Result<ModelChain> read_model_settings(const std::string& named) {
  if (ends_with(named, ".yaml") || ends_with(named, ".yml")) return read_file(named);
  const std::size_t mark = named.find('#');
  if (mark == std::string::npos || mark + 1 == named.size()) {
    return fail(ErrorKind::kInvalidArgument, "--model " + named + " names no model: write URL#NAME, for instance http://127.0.0.1:8080/v1#qwen3.");
  }
  openai::OpenAiConfig config;
  config.base_url = named.substr(0, mark);
  while (!config.base_url.empty() && config.base_url.back() == '/') config.base_url.pop_back();
  config.settings.model = named.substr(mark + 1);
  add_key(config, default_key());
  return ModelChain{{std::move(config)}};
}

}  // namespace floorwalker::cli
