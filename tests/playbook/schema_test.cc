#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>
#include <vector>

#include "agent/cli/playbook_files.h"
#include "agent/core/playbook/loader.h"
#include "agent/core/playbook/mutations.h"
#include "agent/resources/resources.h"
#include "tests/support/paths.h"

namespace floorwalker {
namespace {

using nlohmann::json;

std::string read(const std::string& path) {
  std::ifstream in(test::source_dir().string() + "/" + path);
  return {std::istreambuf_iterator<char>(in), {}};
}

json scalar_to_json(const YAML::Node& node) {
  const std::string text = node.Scalar();
  if (node.Tag() == "!") return text;
  if (text == "true" || text == "false") return text == "true";
  const json number = json::parse(text, nullptr, false);
  return number.is_number() ? number : json(text);
}

// A YAML text as JSON, plain scalars typed as YAML 1.2 types them: what an editor's language server validates.
json yaml_to_json(const YAML::Node& node) {
  if (node.IsScalar()) return scalar_to_json(node);
  json value;
  if (node.IsSequence()) {
    value = json::array();
    for (const auto& item : node) value.push_back(yaml_to_json(item));
  } else if (node.IsMap()) {
    value = json::object();
    for (const auto& entry : node) value[entry.first.Scalar()] = yaml_to_json(entry.second);
  }
  return value;
}

json yaml_to_json(const std::string& text) { return yaml_to_json(YAML::Load(text)); }

// What the schema finds wrong with the document, one a line; "" if nothing.
std::string schema_errors(const json& schema_document, const json& document) {
  valijson::Schema schema;
  valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(valijson::adapters::NlohmannJsonAdapter(schema_document), schema);
  valijson::ValidationResults results;
  if (valijson::Validator().validate(schema, valijson::adapters::NlohmannJsonAdapter(document), &results)) return "";
  std::string all;
  for (valijson::ValidationResults::Error error; results.popError(error);) {
    for (const std::string& step : error.context) all += step;
    all += ": " + error.description + "\n";
  }
  return all;
}

json schema() { return json::parse(*resources::find("playbooks/playbook.schema.json")); }

using Keys = std::map<std::string, std::set<std::string>>;

// The keys that the schema names, by the path of their object, as the loader tells them.
void collect(const json& root, const json& node, const std::string& path, Keys& keys) {
  if (!node.is_object()) return;
  if (node.contains("$ref")) {
    collect(root, root.at("definitions").at(node["$ref"].get<std::string>().substr(std::string("#/definitions/").size())), path, keys);
  }
  for (const char* several : {"anyOf", "allOf"}) {
    if (node.contains(several)) {
      for (const json& one : node[several]) collect(root, one, path, keys);
    }
  }
  if (node.contains("properties")) {
    for (const auto& [name, value] : node["properties"].items()) {
      keys[path].insert(name);
      collect(root, value, path.empty() ? name : path + "." + name, keys);
    }
  }
  if (node.contains("additionalProperties")) collect(root, node["additionalProperties"], path.empty() ? "*" : path + ".*", keys);
  if (node.contains("items")) collect(root, node["items"], path + "[]", keys);
}

Keys accepted_by_loader() {
  std::map<std::string, std::vector<std::string>> accepted;
  LoadOptions options;
  options.accepted = &accepted;
  const auto loaded = load_playbook(read("tests/playbook/everything.yaml"), "everything.yaml", options);
  EXPECT_TRUE(loaded.ok()) << (loaded.findings.empty() ? "" : loaded.findings[0].path + loaded.findings[0].message);
  Keys keys;
  for (const auto& [path, names] : accepted) keys[path].insert(names.begin(), names.end());
  return keys;
}

TEST(PlaybookSchema, NamesExactlyTheKeysThatTheLoaderAccepts) {
  Keys from_schema;
  const json root = schema();
  collect(root, root, "", from_schema);
  std::erase_if(from_schema, [](const auto& entry) { return entry.first.rfind("environments.", 0) == 0; });
  EXPECT_EQ(from_schema, accepted_by_loader());
}

TEST(PlaybookSchema, ReadmeExplainsEveryKey) {
  const std::string readme = read("playbooks/README.md");
  for (const auto& [path, names] : accepted_by_loader()) {
    for (const std::string& name : names) {
      const bool sections = path.empty() && readme.find("## `" + name) != std::string::npos;
      const bool shown = readme.find("`" + name + "`") != std::string::npos || readme.find("." + name + "`") != std::string::npos ||
                         readme.find("{" + name + ":") != std::string::npos || readme.find(" " + name + ":") != std::string::npos ||
                         readme.find("... " + name + "`") != std::string::npos;
      EXPECT_TRUE(sections || shown) << path << " " << name;
    }
  }
}

TEST(PlaybookSchema, AcceptsEverythingThatTheLoaderAccepts) {
  EXPECT_EQ(schema_errors(schema(), yaml_to_json(read("tests/playbook/everything.yaml"))), "");
}

TEST(PlaybookSchema, RefusesWhatTheLoaderRefuses) {
  for (const char* yaml : {"discovery: {max_question: 2}", "discovery: {max_questions: 11}", "discovery: {max_questions: two}", "limits: {seconds: 0}",
                           "limits: {cost: 5}", "guardrails: {claims: {contradicted: allow}}", "ranking: {commercial: [{within: 5%}]}",
                           "hesitation: {plays: [{when: [{idle: 5s}], offer: help}]}", "hesitation: {needs_consent: maybe}", "brand: {locale: english}",
                           "needs: {travel: {prefer: [{weight: lower}]}}", "addons: {tv: {optional: [x]}}", "guardrails: {say: {never: [{words: x}]}}"}) {
    const std::string text = std::string("playbook: wrong\n") + yaml + "\n";
    EXPECT_FALSE(load_playbook(text, "wrong.yaml").ok()) << yaml;
    EXPECT_NE(schema_errors(schema(), yaml_to_json(text)), "") << yaml;
  }
}

// The values that the schema knows, by where they stand. What is one text or a list of them is told as the list.
void leaves(const json& root, const json& node, const std::string& path, std::set<std::string>& all) {
  if (node.contains("$ref")) return leaves(root, root.at("definitions").at(node["$ref"].get<std::string>().substr(std::string("#/definitions/").size())), path, all);
  bool holds = false;
  const auto deeper = [&](const json& inner, const std::string& further) {
    holds = true;
    leaves(root, inner, further, all);
  };
  for (const char* several : {"anyOf", "allOf", "oneOf"}) {
    const json ways = node.value(several, json::array());
    for (const json& one : ways) {
      if (one.contains("properties") || one.contains("items") || one.contains("$ref") || one.contains("type")) deeper(one, path);
    }
  }
  const json properties = node.value("properties", json::object());
  for (const auto& [name, value] : properties.items()) deeper(value, path.empty() ? name : path + "." + name);
  if (node.contains("additionalProperties") && node["additionalProperties"].is_object()) deeper(node["additionalProperties"], path + ".*");
  if (node.contains("items")) deeper(node["items"], path + "[]");
  if (!holds) all.insert(path);
}

// Whether a shape of a rule is about that place: "needs.*.prefer[]" about "needs.*.prefer[]".
bool covers(const std::string& shape, const std::string& place) {
  const auto part = [](const std::string& text, std::size_t& at) {
    const std::size_t end = std::min(text.find('.', at), text.size());
    const std::string found = text.substr(at, end - at);
    at = end + 1;
    return found;
  };
  std::size_t a = 0, b = 0;
  while (a < shape.size() && b < place.size()) {
    const std::string wanted = part(shape, a), given = part(place, b);
    if (wanted != given && !(wanted == "*" && given.find('[') == std::string::npos)) return false;
  }
  return a >= shape.size() && b >= place.size();
}

// What no change of a rule touches, and why.
const std::map<std::string, std::string>& no_rules() {
  static const std::map<std::string, std::string> all = {
      {"playbook", "a name"},
      {"extends[]", "what parents state is theirs to defend"},
      {"version", "a name"},
      {"brand.name", "only a hosted model and the page read it"},
      {"brand.voice", "only a hosted model reads it"},
      {"brand.locale", "how numbers are written, not what is done"},
      {"brand.currency", "the shop's own is another's error"},
      {"addons.*.required[].kind", "the entry is taken out whole"},
      {"addons.*.recommended[].kind", "the entry is taken out whole"},
      {"addons.*.premium[].kind", "the entry is taken out whole"},
      {"ranking.shopper_first[].in_stock", "the entry is taken out whole"},
      {"ranking.commercial[].boost.tag", "the entry is taken out whole"},
      {"ranking.commercial[].boost.brand", "the entry is taken out whole"},
      {"ranking.commercial[].bury.tag", "the entry is taken out whole"},
      {"ranking.commercial[].bury.brand", "the entry is taken out whole"},
      {"ranking.never[].brand", "the entry is taken out whole"},
      {"ranking.never[].tag", "the entry is taken out whole"},
      {"ranking.never[].kind", "the entry is taken out whole"},
      {"ranking.never[].category", "the entry is taken out whole"},
      {"hesitation.plays[].name", "a name"},
      {"guardrails.input.on_error", "only a guardrail that breaks reaches it: tests/guardrails"},
      {"guardrails.results.on_error", "only a guardrail that breaks reaches it: tests/guardrails"},
      {"guardrails.say.never[].phrase", "the entry is taken out whole"},
      {"guardrails.say.never[].topic", "the entry is taken out whole"},
      {"guardrails.say.on_error", "only a guardrail that breaks reaches it: tests/guardrails"},
      {"guardrails.proactive.on_error", "only a guardrail that breaks reaches it: tests/guardrails"},
  };
  return all;
}

TEST(PlaybookSchema, HasNoRuleThatNoChangeTouches) {
  json root = schema();
  root["properties"].erase("environments");   // the same keys once more
  std::set<std::string> known;
  leaves(root, root, "", known);
  std::erase_if(known, [&](const std::string& place) { return known.contains(place + "[]"); });
  const auto shapes = places_of_rules();
  const auto touched = [&](const std::string& place) {
    return std::any_of(shapes.begin(), shapes.end(), [&](const std::string& shape) { return covers(shape, place) || covers(shape, place + "[]"); });
  };
  for (const std::string& place : known) EXPECT_NE(touched(place), no_rules().contains(place)) << place;
  for (const auto& [place, why] : no_rules()) EXPECT_TRUE(known.contains(place)) << place;
}

TEST(ShippedPlaybooks, LoadWithoutFindingsAndFitTheSchema) {
  for (const auto& resource : resources::under("playbooks/")) {
    if (resource.path.substr(resource.path.size() - 5) != ".yaml") continue;
    const auto loaded = cli::load_playbook_file(std::string(resource.path));
    for (const Finding& finding : loaded.findings) {
      ADD_FAILURE() << finding.at.file << ":" << finding.at.line << ":" << finding.at.column << " " << finding.path << ": " << finding.message << " "
                    << finding.suggestion;
    }
    EXPECT_EQ(schema_errors(schema(), yaml_to_json(std::string(resource.bytes))), "") << resource.path;
  }
}

}  // namespace
}  // namespace floorwalker
