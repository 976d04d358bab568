#include <gtest/gtest.h>
#include <sys/wait.h>
#include <yaml-cpp/yaml.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>
#include <vector>

#include "evals/suite.h"
#include "tests/support/paths.h"

// The suites that the project ships: they are well-formed, cover the acceptance list, and the agent passes all that are not listed as
// known to fail.
namespace floorwalker::evals {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path kSource = test::source_dir();

std::string contents(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<fs::path> suite_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(kSource / "evals/suites")) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

json to_json(const YAML::Node& node) {
  if (node.IsScalar()) {
    const std::string text = node.Scalar();
    if (node.Tag() == "!") return text;
    if (text == "true" || text == "false") return text == "true";
    const json number = json::parse(text, nullptr, false);
    return number.is_number() ? number : json(text);
  }
  json value = node.IsSequence() ? json::array() : json::object();
  if (node.IsSequence()) {
    for (const auto& item : node) value.push_back(to_json(item));
  } else {
    for (const auto& entry : node) value[entry.first.Scalar()] = to_json(entry.second);
  }
  return value;
}

std::string schema_errors(const json& document) {
  const json rules = json::parse(contents(kSource / "evals/suite.schema.json"));
  valijson::Schema schema;
  valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(valijson::adapters::NlohmannJsonAdapter(rules), schema);
  valijson::ValidationResults results;
  if (valijson::Validator().validate(schema, valijson::adapters::NlohmannJsonAdapter(document), &results)) return "";
  std::string text;
  for (valijson::ValidationResults::Error error; results.popError(error);) {
    for (const std::string& part : error.context) text += part;
    text += ": " + error.description + "\n";
  }
  return text;
}

TEST(ShippedSuites, AreWhatTheSchemaAllows) {
  for (const fs::path& file : suite_files()) EXPECT_EQ(schema_errors(to_json(YAML::Load(contents(file)))), "") << file;
}

TEST(ShippedSuites, ASchemaErrorIsSeen) {
  EXPECT_NE(schema_errors(to_json(YAML::Load("suite: s\nshop: demo\ncases: [{id: a, turns: [{say: hi, expect: {shwon: {min: 1}}}]}]\n"))), "");
  EXPECT_NE(schema_errors(to_json(YAML::Load("suite: s\nshop: demo\ncases: [{id: a, turns: [{say: hi, view: x}]}]\n"))), "");
}

TEST(ShippedSuites, CoverEveryScenarioThatNeedsNoWebServiceTwice) {
  const std::set<int> later{14, 58, 63, 88, 89, 93};
  std::map<int, std::set<std::string>> cases;
  std::size_t count = 0;
  for (const fs::path& file : suite_files()) {
    const LoadedSuite loaded = load_suite(contents(file), file.string());
    ASSERT_TRUE(loaded.ok()) << loaded.findings.front().message;
    for (const Case& one : loaded.suite.cases) {
      ++count;
      for (const int scenario : one.scenarios) cases[scenario].insert(loaded.suite.name + "/" + one.id);
    }
  }
  EXPECT_GE(count, 165u);
  for (int scenario = 1; scenario <= 94; ++scenario) {
    if (later.count(scenario) > 0 || (scenario >= 77 && scenario <= 82)) continue;   // 77 to 82 speak first, over the web
    EXPECT_GE(cases[scenario].size(), 2u) << "scenario " << scenario;
  }
}

struct Ran {
  int status;
  std::string out;
};

Ran eval(const std::string& arguments, const fs::path& folder) {
  const std::string command = "HOME=" + folder.string() + " XDG_DATA_HOME= " + test::binary().string() + " eval " + arguments + " >" +
                              (folder / "out").string() + " 2>&1";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, contents(folder / "out")};
}

TEST(ShippedSuites, PassButForThoseKnownToFail) {
  const test::TemporaryFolder folder;
  const Ran ran = eval((kSource / "evals/suites").string(), folder.path());
  EXPECT_EQ(ran.status, 0) << ran.out;
  std::cout << ran.out;
}

}  // namespace
}  // namespace floorwalker::evals
