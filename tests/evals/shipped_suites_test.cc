#include <gtest/gtest.h>
#include <sys/wait.h>
#include <yaml-cpp/yaml.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>
#include <vector>

#include "agent/core/text.h"
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

std::string schema_errors(const json& document, const char* file = "evals/suite.schema.json") {
  const json rules = json::parse(contents(kSource / file));
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

TEST(ShippedSuites, HaveDesksThatTheirSchemaAllows) {
  constexpr const char* kSchema = "evals/desk.schema.json";
  std::size_t desks = 0;
  for (const auto& entry : fs::directory_iterator(kSource / "evals/shops")) {
    if (entry.path().extension() != ".yaml") continue;
    EXPECT_EQ(schema_errors(to_json(YAML::Load(contents(entry.path()))), kSchema), "") << entry.path();
    ++desks;
  }
  EXPECT_GT(desks, 0u);
  EXPECT_NE(schema_errors(to_json(YAML::Load("desk: d\ntools: {a: {answers: [{tells: 1, refuses: no}]}}\n")), kSchema), "");
}

TEST(ShippedSuites, ASchemaErrorIsSeen) {
  EXPECT_NE(schema_errors(to_json(YAML::Load("suite: s\nshop: demo\ndesk: d.yaml\ncases: [{id: a, turns: [{say: hi, expect: {shown: {min: 1}}}]}]\n"))), "");
  EXPECT_NE(schema_errors(to_json(YAML::Load("suite: s\nshop: demo\ncases: [{id: a, turns: [{say: hi, expect: {shwon: {min: 1}}}]}]\n"))), "");
  EXPECT_NE(schema_errors(to_json(YAML::Load("suite: s\nshop: demo\ncases: [{id: a, turns: [{say: hi, view: x}]}]\n"))), "");
}

// What a case says and which products it is about, so that cases of a scenario can be told apart.
struct Variation {
  std::string wording;    // what the shopper says, without names of products and numbers
  std::set<std::string> products;
};

std::vector<std::string> plain_words(const std::string& said) {
  std::vector<std::string> words;
  for (const text::Word& word : text::words(said)) words.push_back(word.folded);
  return words;
}

// The words in which a shop names its products and their kinds. Of the demo shop, which is no file beside the suites, none.
std::set<std::string> naming_words(const fs::path& shop) {
  std::set<std::string> words;
  std::ifstream in(shop);
  for (std::string line; std::getline(in, line);) {
    const json product = json::parse(line);
    for (const char* field : {"title", "kind"}) {
      if (!product.contains("variants") || !product.contains(field)) continue;
      for (const std::string& word : plain_words(product[field])) words.insert({word, word + "s"});
    }
  }
  return words;
}

std::string wording_of(const Case& one, const std::set<std::string>& naming) {
  std::string wording;
  for (const EvalTurn& turn : one.turns) {
    for (const std::string& word : plain_words(turn.say)) {
      if (naming.count(word) == 0 && word.find_first_of("0123456789") == std::string::npos) wording += word + " ";
    }
    wording += "| ";
  }
  return wording;
}

std::set<std::string> products_of(const Case& one) {
  std::set<std::string> products;
  for (const EvalTurn& turn : one.turns) {
    if (!turn.expect) continue;
    for (const ExpectedLine& line : turn.expect->cart.value_or(std::vector<ExpectedLine>())) products.insert(line.product);
    const ExpectedShown shown = turn.expect->shown.value_or(ExpectedShown());
    for (const auto* named : {&shown.ids, &shown.includes, &shown.first, &shown.kinds, &shown.kinds_all}) products.insert(named->begin(), named->end());
  }
  products.erase("");
  return products;
}

// Two wordings, and other products where products are named.
bool vary(const std::vector<Variation>& cases) {
  for (std::size_t i = 0; i < cases.size(); ++i) {
    for (std::size_t j = i + 1; j < cases.size(); ++j) {
      const bool same_products = !cases[i].products.empty() && cases[i].products == cases[j].products;
      if (cases[i].wording != cases[j].wording && !same_products) return true;
    }
  }
  return false;
}

TEST(ShippedSuites, CasesThatOnlyNameOtherProductsAreWordedAlike) {
  const std::set<std::string> naming = {"hat", "hats", "boots"};
  Case hats, boots;
  hats.turns.emplace_back().say = "Show me 2 hats!";
  boots.turns.emplace_back().say = "show me 3 boots";
  EXPECT_EQ(wording_of(hats, naming), wording_of(boots, naming));
  EXPECT_FALSE(vary({{"show me | ", {"hat"}}, {"show me | ", {"boot"}}}));
  EXPECT_FALSE(vary({{"show me | ", {"hat"}}, {"any | ", {"hat"}}}));
  EXPECT_TRUE(vary({{"show me | ", {"hat"}}, {"any | ", {"boot"}}}));
}

TEST(ShippedSuites, CoverEveryScenarioThatNeedsNoWebServiceInTwoVariations) {
  const std::set<int> later{14, 58, 63, 88, 89, 93};
  std::map<int, std::vector<Variation>> cases;
  std::map<fs::path, std::set<std::string>> naming;
  std::size_t count = 0;
  for (const fs::path& file : suite_files()) {
    const LoadedSuite loaded = load_suite(contents(file), file.string());
    ASSERT_TRUE(loaded.ok()) << loaded.findings.front().message;
    for (const Case& one : loaded.suite.cases) {
      ++count;
      const fs::path shop = file.parent_path() / shop_of(loaded.suite, one);
      if (naming.count(shop) == 0) naming[shop] = naming_words(shop);
      const Variation variation{wording_of(one, naming[shop]), products_of(one)};
      for (const int scenario : one.scenarios) cases[scenario].push_back(variation);
    }
  }
  EXPECT_GE(count, 165u);
  for (int scenario = 1; scenario <= 94; ++scenario) {
    if (later.count(scenario) > 0 || (scenario >= 77 && scenario <= 82)) continue;   // 77 to 82 speak first, over the web
    EXPECT_TRUE(vary(cases[scenario])) << "scenario " << scenario << " has " << cases[scenario].size() << " cases, but not two with other words and products";
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
