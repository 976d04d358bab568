#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>
#include <vector>

#include "tests/support/model_server.h"
#include "tests/support/paths.h"

// The binary as its users see it: what it prints, where, and with which exit status.
namespace floorwalker {
namespace {

using nlohmann::json;
using test::ModelServer;
using test::TemporaryFolder;

struct Ran {
  int status = -1;
  std::string out, err;

  std::vector<json> lines() const {
    std::vector<json> parsed;
    std::istringstream in(out);
    for (std::string line; std::getline(in, line);) parsed.push_back(json::parse(line, nullptr, false));
    return parsed;
  }
};

std::string contents(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

class CommandLine : public ::testing::Test {
 protected:
  // Runs the binary with the arguments; `input` is its standard input.
  Ran run(const std::string& arguments, const std::string& input = "") {
    std::ofstream(folder_ / "in") << input;
    const std::string command = "HOME=" + folder_.path().string() + " XDG_DATA_HOME= " + test::binary().string() + " " + arguments + " <" +
                                (folder_ / "in").string() + " >" + (folder_ / "out").string() + " 2>" + (folder_ / "err").string();
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, contents(folder_ / "out"), contents(folder_ / "err")};
  }

  // A file of that content in the test's folder.
  std::string file(const std::string& name, const std::string& content) {
    std::ofstream(folder_ / name) << content;
    return (folder_ / name).string();
  }

  TemporaryFolder folder_;
};

// What of `value` the schema does not allow, "" if it holds.
std::string faults(const std::string& schema_name, const json& value) {
  const json document = json::parse(contents(test::source_dir() / "tests/support/schemas" / schema_name));
  valijson::Schema schema;
  valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(document), schema);
  valijson::ValidationResults results;
  if (valijson::Validator().validate(schema, valijson::adapters::NlohmannJsonAdapter(value), &results)) return "";
  std::string text = value.dump();
  for (valijson::ValidationResults::Error error; results.popError(error);) text += "\n" + error.description;
  return text;
}

constexpr const char* kScript = R"({"session":"s1","say":"a laptop for travel","key":"k1"}
{"session":"s1","event":{"type":"view","product":"corvane-air-13"}}
{"session":"s2","say":"do you deliver?"}
{"session":"s1","say":"a laptop for travel","key":"k1"}
)";

TEST_F(CommandLine, AScriptGivesOneLineOfTheDocumentedShapeForEachTurn) {
  const Ran ran = run("chat --json --script " + file("turns.jsonl", kScript));
  EXPECT_EQ(ran.status, 0) << ran.err;
  const auto lines = ran.lines();
  ASSERT_EQ(lines.size(), 4u) << ran.out << ran.err;
  for (const json& line : lines) EXPECT_EQ(faults("chat.schema.json", line), "");
  EXPECT_EQ(lines[0]["turn"], 1);
  EXPECT_FALSE(lines[0]["shown"].empty());
  EXPECT_EQ(lines[1]["outcome"], "silent");
  EXPECT_EQ(lines[1]["turn"], 2);
  EXPECT_EQ(lines[2]["session"], "s2");
  EXPECT_EQ(lines[3]["turn"], 1);   // the stored answer
  EXPECT_EQ(lines[3]["reply"], lines[0]["reply"]);
}

TEST_F(CommandLine, AKeyWithOtherWordsIsAConflictAndTheScriptGoesOn) {
  const Ran ran = run("chat --json --script -", R"({"session":"s1","say":"a laptop","key":"k"}
{"session":"s1","say":"a sofa","key":"k"}
{"session":"s1","say":"thanks"})");
  EXPECT_EQ(ran.status, 0);
  const auto lines = ran.lines();
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(faults("chat.schema.json", lines[1]), "");
  EXPECT_EQ(lines[1]["outcome"], "failed");
  EXPECT_EQ(lines[1]["error"]["kind"], "conflict");
}

TEST_F(CommandLine, SessionsAreFoundAgainUnderTheSameState) {
  const std::string state = " --state " + (folder_ / "state").string();
  run("chat --json --script -" + state, R"({"session":"s1","say":"a laptop for travel"})");
  const auto lines = run("chat --json --script -" + state, R"({"session":"s1","say":"thanks"})").lines();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["turn"], 2);
}

TEST_F(CommandLine, ALineThatIsNoTurnIsNamedWithItsPlace) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"{\"session\":\"s1\"}", "either"}, {"{\"session\":\"s1\",\"sya\":\"x\"}", "did you mean \"say\""}, {"not json", "turns.jsonl:1"}, {"{\"say\":5}", "must be text"}};
  for (const auto& [line, told] : wrong) {
    const Ran ran = run("chat --json --script " + file("turns.jsonl", line));
    EXPECT_EQ(ran.status, 1) << line;
    EXPECT_NE(ran.err.find(told), std::string::npos) << ran.err;
    EXPECT_EQ(ran.out, "");
  }
}

TEST_F(CommandLine, WrongUsageIsStatusTwo) {
  for (const char* arguments : {"no-such-command", "chat --no-such-flag", "chat --log-level loud", "audit"}) {
    const Ran ran = run(arguments);
    EXPECT_EQ(ran.status, 2) << arguments;
    EXPECT_EQ(ran.out, "") << arguments;
  }
}

TEST_F(CommandLine, WhatCannotBeOpenedIsToldAndStatusOne) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"chat --shop /nowhere/shop.db", "/nowhere/shop.db"},
      {"chat --playbook /nowhere/p.yaml", "/nowhere/p.yaml"},
      {"chat --config /nowhere/c.yaml", "/nowhere/c.yaml"},
      {"chat --model scripted:/nowhere/s.yaml", "/nowhere/s.yaml"},
      {"chat --script /nowhere/t.jsonl", "/nowhere/t.jsonl"},
  };
  for (const auto& [arguments, told] : wrong) {
    const Ran ran = run(arguments);
    EXPECT_EQ(ran.status, 1) << arguments;
    EXPECT_NE(ran.err.find(told), std::string::npos) << arguments << ": " << ran.err;
    EXPECT_EQ(ran.out, "") << arguments;
  }
}

TEST_F(CommandLine, AnUnknownKeyOfTheConfigurationIsNamedWithItsPlace) {
  const Ran ran = run("chat --config " + file("floorwalker.yaml", "model: guided\nplaybok: x\n"));
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.err.find("floorwalker.yaml:2:1"), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find("did you mean \"playbook\""), std::string::npos) << ran.err;
}

TEST_F(CommandLine, AScriptedModelSaysWhatItsScriptSaysAndComplainsOfTheRest) {
  const std::string script = file("model.yaml", "- steps:\n    - text: Good day.\n- steps:\n    - text: Never asked for.\n");
  const Ran ran = run("chat --json --model scripted:" + script + " --script -", R"({"session":"s1","say":"hi"})");
  ASSERT_EQ(ran.lines().size(), 1u) << ran.err;
  EXPECT_EQ(ran.lines()[0]["reply"], "Good day.");
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.err.find("never called for"), std::string::npos) << ran.err;
}

TEST_F(CommandLine, WithoutATerminalChatReadsLinesAndPrintsPlainText) {
  const Ran ran = run("", "a laptop for travel\n/cart\nquit\na sofa\n");
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.out.find("a sofa"), std::string::npos) << "the word alone leaves, as /quit does";
  EXPECT_NE(ran.out.find("you> a laptop for travel"), std::string::npos);
  EXPECT_NE(ran.out.find("Your cart is empty."), std::string::npos);
  EXPECT_EQ(ran.out.find('\033'), std::string::npos);
}

TEST_F(CommandLine, ARecordedConversationIsWhatAuditReads) {
  const std::string record = (folder_ / "talk.jsonl").string();
  ASSERT_EQ(run("chat --json --record " + record + " --script -", R"({"session":"s1","say":"a laptop for travel"})").status, 0);
  const Ran audit = run("audit --json " + record);
  EXPECT_EQ(audit.status, 0) << audit.err;
  const auto lines = audit.lines();
  ASSERT_EQ(lines.size(), 1u) << audit.out;
  EXPECT_EQ(lines[0]["id"], "s1");
  EXPECT_EQ(faults("audit.schema.json", lines[0]), "");
}

TEST_F(CommandLine, ABatchOfQueriesGivesOneLineOfTheDocumentedShapeForEach) {
  const Ran ran = run("catalogue search --top 5 --batch -", "{\"id\":\"q1\",\"query\":\"red lamp\"}\n{\"id\":\"q2\",\"query\":\"laptop\"}\n");
  EXPECT_EQ(ran.status, 0) << ran.err;
  const auto lines = ran.lines();
  ASSERT_EQ(lines.size(), 2u) << ran.out;
  for (const json& line : lines) EXPECT_EQ(faults("search_batch.schema.json", line), "");
  EXPECT_EQ(lines[1]["results"].size(), 5u);
}

TEST_F(CommandLine, HelpTeachesWithExamples) {
  for (const char* arguments : {"--help", "chat --help"}) {
    const Ran ran = run(arguments);
    EXPECT_EQ(ran.status, 0);
    EXPECT_NE(ran.out.find("floorwalker chat"), std::string::npos) << ran.out;
  }
}

// The turns without what a run's clock says.
std::vector<json> timeless(const Ran& ran) {
  std::vector<json> turns = ran.lines();
  for (json& turn : turns) {
    turn.erase("cpu_micros");
    turn.erase("wall_micros");
  }
  return turns;
}

TEST_F(CommandLine, ARecordedModelNeedsNoServer) {
  const std::string script = file("script.jsonl", "{\"session\":\"s1\",\"say\":\"a light laptop\"}\n{\"session\":\"s1\",\"say\":\"and a lighter one?\"}\n");
  const std::string cassette = (folder_ / "cassette.jsonl").string();
  Ran live;
  {
    ModelServer server;
    const std::string model = file("model.yaml", "models:\n  - {url: " + server.address() + ", name: m, stream: false}\n");
    live = run("chat --json --script " + script + " --model " + model + " --record-model " + cassette);
    ASSERT_EQ(live.status, 0) << live.err;
    EXPECT_GE(server.asked(), 4);
  }
  const Ran replayed = run("chat --json --script " + script + " --model recorded:" + cassette);
  EXPECT_EQ(replayed.status, 0) << replayed.err;
  EXPECT_EQ(timeless(replayed), timeless(live));
  const std::string other = file("other.jsonl", "{\"session\":\"s1\",\"say\":\"a sofa\"}\n");
  const Ran drifted = run("chat --json --script " + other + " --model recorded:" + cassette);
  EXPECT_EQ(drifted.status, 1);
  EXPECT_NE(drifted.err.find("\"a sofa\"), call 1: not in the cassette"), std::string::npos) << drifted.err;
}

TEST_F(CommandLine, ThereIsNothingToRecordWithoutAModelServer) {
  const Ran ran = run("chat --script - --record-model " + (folder_ / "cassette.jsonl").string());
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.err.find("--model URL#NAME"), std::string::npos) << ran.err;
}

}  // namespace
}  // namespace floorwalker
