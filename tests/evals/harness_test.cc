#include "evals/harness.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "evals/importers.h"
#include "evals/metrics.h"
#include "evals/report.h"
#include "evals/shopper.h"
#include "tests/support/paths.h"
#include "tests/support/timeless.h"

// The harness itself: what goes wrong in harnesses must not go wrong in this one.
namespace floorwalker::evals {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::TemporaryFolder;

const fs::path kSuites = test::source_dir() / "evals/suites";

std::string contents(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

int shell(const std::string& command) {
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int eval(const std::string& arguments, const fs::path& folder) {
  return shell("HOME=" + folder.string() + " XDG_DATA_HOME= " + test::binary().string() + " eval " + arguments + " >" + (folder / "printed").string() +
               " 2>" + (folder / "complained").string());
}

json without_times(const fs::path& file) {
  return json::parse(test::timeless_report(file), nullptr, false);
}

// Where two reports differ first, and how; "" where they are the same to the byte.
std::string difference(const fs::path& one, const fs::path& other) {
  const json a = without_times(one), b = without_times(other);
  if (a.dump() == b.dump()) return "";
  const json changes = json::diff(a, b);
  if (changes.empty()) return "the same values in another order";
  const std::string path = changes[0]["path"];
  const json::json_pointer at(path);
  return path + ": " + (a.contains(at) ? a.at(at).dump() : "nothing") + " and " + (b.contains(at) ? b.at(at).dump() : "nothing");
}

TEST(Harness, GivesTheSameBytesWhateverTheNumberOfJobs) {
  const TemporaryFolder folder;
  const std::string suites = (kSuites / "c-references.yaml").string() + " " + (kSuites / "g-mechanics.yaml").string();
  for (const std::string jobs : {"1", "4"}) (void)eval(suites + " --jobs " + jobs + " --out " + (folder / ("out" + jobs)).string(), folder.path());
  (void)eval(suites + " --jobs 4 --out " + (folder / "again").string(), folder.path());
  ASSERT_GT(without_times(folder / "out1").dump().size(), 10000u) << contents(folder / "complained");
  EXPECT_EQ(difference(folder / "out1", folder / "out4"), "");
  EXPECT_EQ(difference(folder / "again", folder / "out4"), "");
}

TEST(Harness, WritesJUnitThatAStrictReaderLoads) {
  if (shell("python3 -c 'import xml.dom.minidom' 2>/dev/null") != 0) GTEST_SKIP() << "skipped: no python3";
  const TemporaryFolder folder;
  (void)eval((kSuites / "d-cart.yaml").string() + " --junit " + (folder / "junit.xml").string(), folder.path());
  const std::string reader =
      "import sys, xml.etree.ElementTree as t\n"
      "root = t.parse(sys.argv[1]).getroot()\n"
      "assert root.tag == 'testsuites'\n"
      "for suite in root:\n"
      "    assert suite.tag == 'testsuite' and int(suite.get('tests')) == len(suite)\n"
      "    assert int(suite.get('failures')) == len(suite.findall('testcase/failure'))\n"
      "    assert int(suite.get('skipped')) == len(suite.findall('testcase/skipped'))\n"
      "    for case in suite: assert case.get('name') and case.get('classname') and float(case.get('time')) >= 0\n";
  std::ofstream(folder / "read.py") << reader;
  EXPECT_EQ(shell("python3 " + (folder / "read.py").string() + " " + (folder / "junit.xml").string()), 0) << contents(folder / "junit.xml").substr(0, 2000);
}

// ---- metrics

CaseRecord record(const std::string& id, int repeat, bool passes) {
  CaseRecord made;
  made.suite = "s";
  made.id = id;
  made.repeat = repeat;
  TurnRecord turn;
  turn.checked = true;
  if (!passes) turn.failures.push_back({"cart", "one line", "none"});
  made.turns.push_back(turn);
  return made;
}

TEST(Harness, CountsACaseAsReliableOnlyIfEveryRepeatPasses) {
  const Metrics metrics = measure({record("a", 0, true), record("a", 1, true), record("b", 0, true), record("b", 1, false)});
  EXPECT_EQ(metrics.task_success.hits, 3u);
  EXPECT_DOUBLE_EQ(metrics.pass_all, 0.5);
}

TEST(Harness, CountsWhatItShows) {
  RunRecord run;
  run.build = "b";
  run.cases = {record("a", 0, true), record("b", 0, false)};
  const json told = json::parse(json_report(run));
  EXPECT_EQ(told["cases"].size(), told["metrics"]["cases"].get<std::size_t>());
  EXPECT_EQ(told["metrics"]["task_success"]["hits"], 1);
  EXPECT_NE(terminal_report(run, Colour::kNever).find("    1/2    s"), std::string::npos) << terminal_report(run, Colour::kNever);
}

TEST(Harness, CallsNoTurnGroundedBecauseAToolWasCalled) {
  TurnRecord turn;
  turn.state.reply.tools.emplace_back().call.name = "get_product";
  turn.state.reply.claims.push_back({});
  turn.state.reply.claims.back().verdict = Verdict::kUnsupported;
  EXPECT_FALSE(turn.grounded());
}

TEST(Harness, KnownFailuresFailNoRunButCountAsFailures) {
  CaseRecord known = record("a", 0, false);
  known.known_failing = "guided: not understood";
  EXPECT_FALSE(known.passed());
  EXPECT_FALSE(known.failed());
  EXPECT_EQ(measure({known}).task_success.hits, 0u);
  RunRecord run;
  run.cases = {known};
  EXPECT_NE(terminal_report(run, Colour::kNever).find("known to fail: s / a  guided: not understood"), std::string::npos);
  run.cases[0].turns[0].failures.clear();
  EXPECT_NE(terminal_report(run, Colour::kNever).find("passes now, take it off the list: s / a"), std::string::npos);
}

TEST(Harness, ComparesWithNothingThatDoesNotSayWhatItIs) {
  EXPECT_FALSE(shares_of_report(R"({"metrics":{"task_success":{"hits":1,"of":1}}})"));
  EXPECT_FALSE(shares_of_report(R"({"build":"","metrics":{"task_success":{"hits":1,"of":1}}})"));
  EXPECT_TRUE(shares_of_report(R"({"build":"floorwalker 0.1.0, guided","metrics":{"task_success":{"hits":1,"of":1}}})"));
}

TEST(Harness, SeesARegressionThatChanceDoesNotExplain) {
  EXPECT_EQ(regressions({{"task_success", {190, 200}}}, {{"task_success", {150, 200}}}).size(), 1u);
  EXPECT_TRUE(regressions({{"task_success", {190, 200}}}, {{"task_success", {188, 200}}}).empty());
  EXPECT_TRUE(regressions({{"task_success", {150, 200}}}, {{"task_success", {190, 200}}}).empty());
}

// ---- the simulated shopper

Reply showing(const std::vector<std::string>& products, const std::string& asked = "") {
  Reply reply;
  int number = 0;
  for (const std::string& id : products) {
    Shown shown;
    shown.product = ProductId(id);
    shown.number = ++number;
    reply.presentation.shown.push_back(shown);
  }
  if (!asked.empty()) reply.presentation.asked = asked;
  return reply;
}

TEST(SimulatedShopper, TakesOnlyWhatItWants) {
  const ShopperGoal goal{"a hat", {"hat-2"}, {}, 5, {}};
  SimulatedShopper shopper(goal);
  EXPECT_EQ(shopper.next(nullptr, {}), "a hat");
  const Reply others = showing({"hat-1", "hat-3"});
  EXPECT_EQ(shopper.next(&others, {}), "show me more");
  const Reply right = showing({"hat-1", "hat-2"});
  EXPECT_EQ(shopper.next(&right, {}), "add number 2");
}

TEST(SimulatedShopper, TellsAFactOnlyWhenAskedForIt) {
  const ShopperGoal goal{"boots", {"boot"}, {{"Size", "8"}}, 5, {}};
  SimulatedShopper shopper(goal);
  (void)shopper.next(nullptr, {});
  const Reply other = showing({}, "budget"), asks = showing({"boot"}, "option:Size");
  EXPECT_EQ(shopper.next(&other, {}), "no preference");
  EXPECT_EQ(shopper.next(&asks, {}), "8");
}

TEST(SimulatedShopper, IsNotDoneBeforeItLiesInTheCart) {
  const ShopperGoal goal{"a hat", {"hat-2"}, {}, 9, {}};
  SimulatedShopper shopper(goal);
  (void)shopper.next(nullptr, {});
  const Reply says = showing({"hat-2"});
  EXPECT_TRUE(shopper.next(&says, {}));
  Cart cart;
  cart.lines.emplace_back();
  cart.lines.back().product = ProductId("hat-2");
  EXPECT_FALSE(shopper.next(&says, cart));
}

TEST(SimulatedShopper, SpeaksInItsOwnManner) {
  const Reply right = showing({"hat-1", "hat-2"}), asks = showing({}, "budget");
  const std::map<ShopperGoal::Persona, std::pair<std::string, std::string>> manners = {
      {ShopperGoal::Persona::kTerse, {"add number 2", "20"}},
      {ShopperGoal::Persona::kPolite, {"could you add number 2 please?", "20, please"}},
      {ShopperGoal::Persona::kChatty, {"oh lovely, that's the one I had in mind! add number 2", "well, let me think. 20"}}};
  for (const auto& [persona, says] : manners) {
    const ShopperGoal goal{"a hat", {"hat-2"}, {{"budget", "20"}}, 5, {}, persona};
    SimulatedShopper shopper(goal);
    (void)shopper.next(nullptr, {});
    EXPECT_EQ(shopper.next(&right, {}), says.first);
    EXPECT_EQ(shopper.next(&asks, {}), says.second);
  }
}

TEST(SimulatedShopper, LosesPatience) {
  const ShopperGoal goal{"a hat", {"hat-2"}, {}, 2, {}};
  SimulatedShopper shopper(goal);
  const Reply nothing = showing({});
  EXPECT_TRUE(shopper.next(nullptr, {}));
  EXPECT_TRUE(shopper.next(&nothing, {}));
  EXPECT_FALSE(shopper.next(&nothing, {}));
}

// ---- importers: what comes out is a suite

Suite imported(const std::string& format, const std::string& text) {
  ImportOptions options;
  options.format = format;
  const auto yaml = import_suite(text, options);
  EXPECT_TRUE(yaml) << (yaml ? "" : yaml.error().message);
  if (!yaml) return {};
  const LoadedSuite loaded = load_suite(*yaml, "imported.yaml");
  EXPECT_TRUE(loaded.ok()) << loaded.findings.front().message << "\n" << *yaml;
  return loaded.suite;
}

TEST(Importers, ReadTranscripts) {
  const Suite suite = imported("transcripts",
                               R"({"id":"a/1","messages":[{"role":"user","content":"a \"red\" hat: please"},)"
                               R"({"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"search_catalogue","arguments":"{}"}}]},)"
                               R"({"role":"tool","tool_call_id":"1","content":"{}"},{"role":"assistant","content":"Here."},{"role":"user","content":"###STOP###"}]})");
  ASSERT_EQ(suite.cases.size(), 1u);
  ASSERT_EQ(suite.cases[0].turns.size(), 1u);
  EXPECT_EQ(suite.cases[0].turns[0].say, "a \"red\" hat: please");
  EXPECT_EQ(suite.cases[0].turns[0].expect->tools_called, std::vector<std::string>{"search_catalogue"});
}

TEST(Importers, ReadWebShopGoals) {
  const Suite suite = imported("webshop", R"({"id":"B1/0","say":"a lamp under 30 dollars","product":"B1","options":{"color":"bronze"},"price_upper":30.0})");
  ASSERT_EQ(suite.cases.size(), 1u);
  EXPECT_EQ(suite.cases[0].turns[1].expect->cart->at(0).options.at("color"), "bronze");
}

TEST(Importers, ReadTauTasks) {
  const Suite suite = imported("tau-tasks", R"({"id":"0","user_scenario":{"instructions":{"reason_for_call":"Exchange it.","known_info":"You are Yusuf."}},)"
                                            R"("evaluation_criteria":{"actions":[{"name":"get_order_details","arguments":{}}]}})");
  ASSERT_EQ(suite.cases.size(), 1u);
  EXPECT_EQ(suite.cases[0].turns[0].expect->tools_called, std::vector<std::string>{"get_order_details"});
}

TEST(Importers, ReadTables) {
  const Suite suite = imported("csv", "case,say,kinds,min,claims\nhats,\"show me hats, please\",hat,2,\nhats,the cheapest?,,,29.90|beret\n");
  ASSERT_EQ(suite.cases.size(), 1u);
  ASSERT_EQ(suite.cases[0].turns.size(), 2u);
  EXPECT_EQ(suite.cases[0].turns[0].say, "show me hats, please");
  EXPECT_EQ(suite.cases[0].turns[1].expect->claims.including.size(), 2u);
}

TEST(Importers, SayWhatTheyCannotRead) {
  ImportOptions options;
  options.format = "csv";
  EXPECT_FALSE(import_suite("say,colour\nhi,red\n", options));
  EXPECT_FALSE(import_suite("say,min\nhi\n", options));
  options.format = "transcripts";
  EXPECT_FALSE(import_suite("not json\n", options));
  options.format = "xls";
  EXPECT_FALSE(import_suite("", options));
}

}  // namespace
}  // namespace floorwalker::evals
