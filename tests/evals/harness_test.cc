#include "evals/harness.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <stop_token>
#include <string>

#include "evals/importers.h"
#include "evals/metrics.h"
#include "evals/report.h"
#include "evals/shopper.h"
#include "tests/support/memory_catalogue.h"
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
  const std::string cases = R"("cases":[{"suite":"s","id":"a","repeat":0,"shares":{"task_success":[1,1]}}])";
  EXPECT_FALSE(cases_of_report(R"({"metrics":{},)" + cases + "}"));
  EXPECT_FALSE(cases_of_report(R"({"build":"","metrics":{},)" + cases + "}"));
  EXPECT_FALSE(cases_of_report(R"({"build":"floorwalker 0.1.0, guided","metrics":{},"cases":[{"suite":"s","id":"a","repeat":0}]})"));
  EXPECT_TRUE(cases_of_report(R"({"build":"floorwalker 0.1.0, guided","metrics":{},)" + cases + "}"));
}

TEST(Harness, GivesEachCallOfATurnItsOwnResult) {
  const TemporaryFolder folder;
  (void)eval((kSuites / "p-televisions.yaml").string() + " --out " + (folder / "out").string(), folder.path());
  std::size_t calls = 0;
  const json report = json::parse(contents(folder / "out"));
  for (const json& one : report.at("cases")) {
    for (const json& turn : one.at("turns")) {
      for (const json& tool : turn.at("tools")) {
        ++calls;
        EXPECT_EQ(tool.at("outcome") != "ok", json::parse(tool.at("result").get<std::string>()).contains("error")) << one.at("id") << tool;
      }
    }
  }
  EXPECT_GT(calls, 50u);
}

// ---- what goes wrong in a case stays in it

Suite suite_of(const std::string& cases) {
  const LoadedSuite loaded = load_suite("suite: s\nshop: demo\ncases:\n" + cases, "s.yaml");
  EXPECT_TRUE(loaded.ok()) << (loaded.findings.empty() ? "" : loaded.findings.front().message);
  return loaded.suite;
}

class BrokenWorld final : public World {
 public:
  runner::Runner& runner() override { throw std::runtime_error("a bug"); }
  ports::Catalogue& catalogue() override { return catalogue_; }
  ports::Carts& carts() override { throw std::runtime_error("a bug"); }

 private:
  test::MemoryCatalogue catalogue_;
};

constexpr const char* kTwoCases =
    "  - id: a\n    turns: [{say: hi, expect: {cart: []}}, {say: ho}, {say: hu, expect: {cart: []}}]\n"
    "  - id: b\n    shopper: {opening: hi, wants: [], expect: {cart: []}}\n";

TEST(Harness, FailsACaseInWhichSomethingIsThrownAndGoesOn) {
  const auto run = run_suites({suite_of(kTwoCases)}, [](const Suite&, const Case&, int) { return std::make_shared<BrokenWorld>(); }, {});
  ASSERT_TRUE(run);
  ASSERT_EQ(run->cases.size(), 2u);
  for (const CaseRecord& one : run->cases) EXPECT_EQ(one.problem, "internal error: a bug");
  EXPECT_EQ(measure(*run).grounded_accuracy.of, 3u);
  EXPECT_EQ(measure(*run).grounded_accuracy.hits, 0u);
}

TEST(Harness, CountsWhatWasNotPlayedAgainstItsAccuracy) {
  const auto closed = run_suites({suite_of(kTwoCases)}, [](const Suite&, const Case&, int) -> Result<std::shared_ptr<World>> { return fail(ErrorKind::kIo, "closed"); }, {});
  ASSERT_TRUE(closed);
  EXPECT_EQ(measure(*closed).grounded_accuracy.of, 3u);
  RunOptions stopped;
  std::stop_source stop;
  stop.request_stop();
  stopped.stop = stop.get_token();
  const auto left = run_suites({suite_of(kTwoCases)}, [](const Suite&, const Case&, int) { return std::make_shared<BrokenWorld>(); }, stopped);
  ASSERT_TRUE(left);
  EXPECT_TRUE(left->stopped);
  EXPECT_TRUE(left->cases.empty());
  EXPECT_EQ(measure(*left).grounded_accuracy.of, 3u);
}

TEST(Harness, ExcusesNoCaseThatNamesWhatIsNotThere) {
  const Suite suite = suite_of("  - id: a\n    turns: [{say: hi, expect: {shown: {excludes: [P-9]}}}]\nknown_failing: {a: not yet}\n");
  const auto run = run_suites({suite}, [](const Suite&, const Case&, int) { return std::make_shared<BrokenWorld>(); }, {});
  ASSERT_TRUE(run);
  EXPECT_TRUE(run->cases.at(0).failed());
  EXPECT_NE(run->cases[0].problem.find("s.yaml:5:"), std::string::npos) << run->cases[0].problem;
}

TEST(Harness, NamesMistakesOnlyTheShopAndPlaybookCanTell) {
  const TemporaryFolder folder;
  std::ofstream(folder / "s.yaml") << "suite: s\nshop: demo\ncases:\n  - id: a\n    turns:\n      - say: hello\n        expect: {not_called: [updat_cart], rules_not: [quantty]}\n";
  EXPECT_EQ(eval((folder / "s.yaml").string(), folder.path()), 2);
  const std::string told = contents(folder / "printed");
  EXPECT_NE(told.find("s.yaml:7:31: there is no tool 'updat_cart' (did you mean 'update_cart'?)"), std::string::npos) << told;
  EXPECT_NE(told.find("has no rule 'quantty' (did you mean 'quantity'?)"), std::string::npos) << told;
}

TEST(Harness, TellsAWrongSuiteFromAFailedCaseByItsExitStatus) {
  const TemporaryFolder folder;
  const auto status = [&](const std::string& expect) {
    std::ofstream(folder / "s.yaml") << "suite: s\nshop: demo\ncases: [{id: a, turns: [{say: hello, expect: " << expect << "}]}]\n";
    return eval((folder / "s.yaml").string(), folder.path());
  };
  EXPECT_EQ(status("{cart: []}"), 0) << contents(folder / "complained");
  EXPECT_EQ(status("{shown: {min: 9}}"), 1);
  EXPECT_EQ(status("{shwon: {min: 9}}"), 2);
  EXPECT_EQ(status("{shown: {includes: [no-such-product]}}"), 2);
  EXPECT_EQ(eval((folder / "none.yaml").string(), folder.path()), 2);
}

TEST(Harness, RefusesTwoSuitesOfOneName) {
  const TemporaryFolder folder;
  for (const char* name : {"a.yaml", "b.yaml"}) std::ofstream(folder / name) << "suite: s\nshop: demo\ncases: [{id: a, turns: [{say: hello, expect: {cart: []}}]}]\n";
  const std::string a = (folder / "a.yaml").string(), b = (folder / "b.yaml").string();
  EXPECT_EQ(eval(a + " " + a, folder.path()), 2);
  EXPECT_NE(contents(folder / "complained").find("this suite was named twice (to play its cases several times, use --repeat)"), std::string::npos) << contents(folder / "complained");
  EXPECT_EQ(eval(a + " " + b, folder.path()), 2);
  EXPECT_NE(contents(folder / "complained").find("b.yaml:1:8: another suite of this run is called 's', too: " + a), std::string::npos) << contents(folder / "complained");
}

TEST(Harness, AsksBeforeItPlaysWhetherItCanAnswer) {
  const TemporaryFolder folder;
  std::ofstream(folder / "s.yaml") << "suite: s\nshop: demo\ncases: [{id: a, turns: [{say: hello, expect: {cart: []}}]}]\n";
  std::ofstream(folder / "t.yaml") << "suite: t\nshop: demo\ncases: [{id: a, turns: [{say: hello, expect: {cart: []}}]}]\n";
  const std::string s = (folder / "s.yaml").string(), t = (folder / "t.yaml").string(), report = (folder / "s.json").string();
  EXPECT_EQ(eval(s + " --fail-under grounded_acuracy=0.9", folder.path()), 2);
  EXPECT_NE(contents(folder / "complained").find("did you mean 'grounded_accuracy'?"), std::string::npos) << contents(folder / "complained");
  EXPECT_EQ(contents(folder / "printed"), "");
  EXPECT_EQ(eval(s + " --fail-under task_success=1 --fail-under refusals_false=0 --fail-under wall_p99=60000000 --out " + report, folder.path()), 0) << contents(folder / "complained");
  EXPECT_EQ(eval(s + " --fail-under wall_p50=1", folder.path()), 1);
  EXPECT_NE(contents(folder / "complained").find("wall_p50 is "), std::string::npos);
  EXPECT_EQ(eval(t + " --baseline " + report, folder.path()), 2);
  EXPECT_NE(contents(folder / "complained").find("is of other suites"), std::string::npos) << contents(folder / "complained");
  EXPECT_EQ(contents(folder / "printed"), "");
  EXPECT_EQ(eval(s + " " + t + " --baseline " + report, folder.path()), 0);
  EXPECT_NE(contents(folder / "complained").find("compared by the 1 cases that both runs have; 0 only the baseline has, 1 only this run"), std::string::npos) << contents(folder / "complained");
}

TEST(Harness, TellsTwoBuildsApartByTheirPlaybooks) {
  const TemporaryFolder folder;
  std::ofstream(folder / "s.yaml") << "suite: s\nshop: demo\nplaybook: mine.yaml\ncases: [{id: a, turns: [{say: hello, expect: {cart: []}}]}]\n";
  std::set<std::string> builds;
  for (const char* limit : {"3", "3", "4"}) {
    std::ofstream(folder / "mine.yaml") << "playbook: mine\nextends: retail\nguardrails: {actions: {limits: {quantity: " << limit << "}}}\n";
    EXPECT_EQ(eval((folder / "s.yaml").string() + " --out " + (folder / "out").string(), folder.path()), 0) << contents(folder / "complained");
    builds.insert(json::parse(contents(folder / "out")).at("build").get<std::string>());
  }
  EXPECT_EQ(builds.size(), 2u) << *builds.begin();
}

// ---- the simulated shopper

TEST(Harness, HoldsTheLastTurnOfAShopperToWhatScriptedTurnsAreHeldTo) {
  const TemporaryFolder folder;
  std::ofstream(folder / "s.yaml") << "suite: s\nshop: demo\ncases:\n"
                                      "  - id: a\n    shopper: {opening: show me laptops, wants: [], patience: 1, expect: {shown: {each: {price: {min: 1 USD}}}}}\n"
                                      "  - id: b\n    shopper: {opening: show me laptops, wants: [], patience: 1, expect: {outcome: refused}}\n";
  (void)eval((folder / "s.yaml").string() + " --out " + (folder / "out").string(), folder.path());
  const json metrics = json::parse(contents(folder / "out")).at("metrics");
  EXPECT_GT(metrics.at("shown_relevant").at("of"), 0) << contents(folder / "printed");
  EXPECT_EQ(metrics.at("refusals_right").at("of"), 1);
  EXPECT_EQ(metrics.at("refusals_false").at("of"), 1);
}

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
  const auto yaml = import_suite({{"file", text}}, options);
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
                                            R"("evaluation_criteria":{"actions":[{"name":"get_order_details","arguments":{}},)"
                                            R"({"name":"return_items","arguments":{"order_id":"#W1","item_ids":["1","1"],"count":2,"address":{"zip":"1"}}}]}})");
  ASSERT_EQ(suite.cases.size(), 1u);
  const Expectation& expect = *suite.cases[0].turns[0].expect;
  EXPECT_EQ(expect.tools_called, (std::vector<std::string>{"get_order_details", "return_items"}));
  ASSERT_EQ(expect.calls.size(), 1u);
  EXPECT_EQ(expect.calls[0].with, (std::map<std::string, std::vector<std::string>>{{"order_id", {"#W1"}}, {"item_ids", {"1", "1"}}, {"count", {"2"}}}));
}

TEST(Importers, ReadListsAsWellAsLines) {
  const Suite suite = imported("webshop", "[\n {\"id\":\"1\",\"say\":\"a lamp\"},\n {\"id\":\"2\",\"instruction_text\":\"a chair\"}\n]\n");
  ASSERT_EQ(suite.cases.size(), 2u);
  EXPECT_EQ(suite.cases[1].turns[0].say, "a chair");
}

TEST(Importers, ReadSeveralFilesEachByItself) {
  ImportOptions options;
  options.format = "csv";
  const auto yaml = import_suite({{"a.csv", "case,say,min\na,hats,1\n"}, {"b.csv", "case,say,kinds\nb,boots,boot\n"}}, options);
  ASSERT_TRUE(yaml) << yaml.error().message;
  EXPECT_EQ(load_suite(*yaml, "imported.yaml").suite.cases.size(), 2u);
}

TEST(Importers, UnpackWhatIsPacked) {
  const TemporaryFolder folder;
  std::ofstream(folder / "goals.jsonl") << R"({"id":"1","say":"a lamp"})" << "\n";
  ASSERT_EQ(shell("gzip -k " + (folder / "goals.jsonl").string()), 0);
  for (const char* name : {"goals.jsonl", "goals.jsonl.gz"}) {
    EXPECT_EQ(eval((folder / name).string() + " --import webshop", folder.path()), 0) << contents(folder / "complained");
    EXPECT_NE(contents(folder / "printed").find("a lamp"), std::string::npos) << name;
  }
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
  EXPECT_FALSE(import_suite({{"f", "say,colour\nhi,red\n"}}, options));
  EXPECT_FALSE(import_suite({{"f", "say,min\nhi\n"}}, options));
  options.format = "transcripts";
  EXPECT_FALSE(import_suite({{"f", "not json\n"}}, options));
  EXPECT_FALSE(import_suite({{"f", "[{]"}}, options));
  EXPECT_FALSE(import_suite({{"f", "[1]"}}, options));
  options.format = "xls";
  EXPECT_FALSE(import_suite({{"f", ""}}, options));
  options.format = "webshop";
  const auto silent = import_suite({{"goals.jsonl", "{\"say\":\"a lamp\"}\n{\"id\":\"2\",\"say\":\"\"}\n"}}, options);
  ASSERT_FALSE(silent);
  EXPECT_EQ(silent.error().message.find("goals.jsonl: line 2: the goal does not say"), 0u) << silent.error().message;
}

}  // namespace
}  // namespace floorwalker::evals
