#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <vector>

#include "agent/cli/eval_worlds.h"
#include "evals/harness.h"
#include "evals/report.h"
#include "evals/suite.h"
#include "tests/support/paths.h"

// The shipped suites are worth what they catch. Each of these breaks one thing in an agent that is otherwise whole; the suites must find
// it, that is fail a case that passes without it, and the report must name that case.
namespace floorwalker::evals {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using cli::Composition;

// ---- tools that are broken

// Changes calls before and results after, as `change` says. `change` may answer itself by filling `result`.
class BrokenTools final : public ToolBox {
 public:
  using Before = std::function<bool(ToolCall& call, ToolResult& answer)>;  // true: answered
  using After = std::function<void(const ToolCall& call, ToolResult& result)>;

  BrokenTools(ToolBox& tools, Before before, After after) : tools_(tools), before_(std::move(before)), after_(std::move(after)) {}

  const std::vector<ToolSpec>& specs() const override { return tools_.specs(); }
  ToolResult call(const ToolCall& call, const ToolContext& context) override {
    ToolCall changed = call;
    ToolResult result{call.id, ToolOutcome::kOk, "{}", context.now};
    if (before_ && before_(changed, result)) return result;
    result = tools_.call(changed, context);
    if (after_) after_(changed, result);
    return result;
  }

 private:
  ToolBox& tools_;
  Before before_;
  After after_;
};

Composition::Wraps broken_before(BrokenTools::Before before) {
  Composition::Wraps wraps;
  wraps.tools = [before](ToolBox& tools) { return std::make_shared<BrokenTools>(tools, before, nullptr); };
  return wraps;
}

Composition::Wraps broken_after(BrokenTools::After after) {
  Composition::Wraps wraps;
  wraps.tools = [after](ToolBox& tools) { return std::make_shared<BrokenTools>(tools, nullptr, after); };
  return wraps;
}

// Arguments of one tool, changed.
Composition::Wraps arguments(const std::string& tool, const std::function<void(json&)>& change) {
  return broken_before([tool, change](ToolCall& call, ToolResult&) {
    json value = json::parse(call.arguments, nullptr, false);
    if (call.name != tool || !value.is_object()) return false;
    change(value);
    call.arguments = value.dump();
    return false;
  });
}

// The result of one tool, changed; "" for every tool.
Composition::Wraps result(const std::string& tool, const std::function<void(json&)>& change) {
  return broken_after([tool, change](const ToolCall& call, ToolResult& answer) {
    json value = json::parse(answer.content, nullptr, false);
    if ((!tool.empty() && call.name != tool) || !value.is_object()) return;
    change(value);
    answer.content = value.dump();
  });
}

Composition::Wraps text_of(const std::string& tool, const std::string& pattern, const std::string& with) {
  return broken_after([tool, expression = std::regex(pattern), with](const ToolCall& call, ToolResult& answer) {
    if (tool.empty() || call.name == tool) answer.content = std::regex_replace(answer.content, expression, with);
  });
}

void drop_constraints(json& args, const std::function<bool(const json&)>& which) {
  if (!args.contains("constraints")) return;
  json kept = json::array();
  for (const json& one : args["constraints"]) {
    if (!which(one)) kept.push_back(one);
  }
  args["constraints"] = kept;
}

// ---- models that are broken

// Hears the whole of the model's step, changes it, and passes it on.
struct Heard {
  std::string text;
  std::vector<ToolCall> calls;
  ModelFinished end;
};

class BrokenModel final : public Model {
 public:
  using Change = std::function<void(Heard&, const ModelRequest&)>;
  BrokenModel(Model& model, Change change) : model_(model), change_(std::move(change)) {}

  void start(const ModelRequest& request, ModelSink sink, std::stop_token stop) override {
    auto heard = std::make_shared<Heard>();
    bool failed = false;
    model_.start(request, [&](ModelEvent event) {
      if (const auto* text = std::get_if<TextDelta>(&event)) heard->text += text->text;
      if (const auto* call = std::get_if<ToolCallReady>(&event)) heard->calls.push_back(call->call);
      if (const auto* end = std::get_if<ModelFinished>(&event)) heard->end = *end;
      if (std::holds_alternative<ModelFailed>(event)) failed = true, sink(std::move(event));
    }, stop);
    if (failed) return;
    change_(*heard, request);
    if (!heard->text.empty()) sink(TextDelta{heard->text});
    for (const ToolCall& call : heard->calls) sink(ToolCallReady{call});
    sink(std::move(heard->end));
  }

  std::string name() const override { return model_.name(); }

 private:
  Model& model_;
  Change change_;
};

Composition::Wraps model(BrokenModel::Change change) {
  Composition::Wraps wraps;
  wraps.model = [change](Model& whole) { return std::make_shared<BrokenModel>(whole, change); };
  return wraps;
}

// What is said and shown in the end, not between calls.
Composition::Wraps last_words(const std::function<void(Heard&)>& change) {
  return model([change](Heard& heard, const ModelRequest&) {
    if (heard.calls.empty()) change(heard);
  });
}

// ---- a gate that is broken

class BrokenGate final : public Gate {
 public:
  using Judge = std::function<void(std::vector<Claim>&, std::string_view)>;
  BrokenGate(std::unique_ptr<Gate> gate, Judge judge) : gate_(std::move(gate)), judge_(std::move(judge)) {}

  void learn(const Message& message) override { gate_->learn(message); }
  void shown(const std::vector<Shown>& shown) override { gate_->shown(shown); }
  void turn_began(Time at) override { gate_->turn_began(at); }
  void begin_reply() override { gate_->begin_reply(); }
  std::vector<Claim> judge(std::string_view piece) override {
    std::vector<Claim> claims = gate_->judge(piece);
    judge_(claims, piece);
    return claims;
  }
  void forget_piece() override { gate_->forget_piece(); }

 private:
  std::unique_ptr<Gate> gate_;
  Judge judge_;
};

Composition::Wraps gate(const BrokenGate::Judge& judge) {
  Composition::Wraps wraps;
  wraps.gate = [judge](const GateMaker& make) -> GateMaker { return [judge, make] { return std::make_unique<BrokenGate>(make(), judge); }; };
  return wraps;
}

Composition::Wraps rules(const std::function<void(PlannerRules&)>& change) {
  Composition::Wraps wraps;
  wraps.rules = change;
  return wraps;
}

// ---- the table

struct Regression {
  const char* name;
  const char* suites;   // letters of the suites that are run
  std::function<Composition::Wraps()> plant;
  std::function<void(Suite&)> spoil = {};   // instead: a gold answer that is no longer right
};

std::ostream& operator<<(std::ostream& out, const Regression& regression) { return out << regression.name; }

const std::vector<Regression>& table() {
  static const std::vector<Regression> kTable = {
      // tools
      {"WrongPriceOfOneProduct", "ac", [] { return text_of("get_product", R"("price":"\d+\.\d\d)", R"("price":"11.11)"); }},
      {"WrongPriceInLists", "a", [] { return text_of("describe_shop", R"((\d+)\.(\d\d) USD)", "$1.01 USD"); }},
      {"SearchFindsNothing", "a", [] { return broken_before([](ToolCall& call, ToolResult& answer) {
         answer.content = R"({"outcome":"not_carried","total":0,"complete":true,"products":[]})";
         return call.name == "search_catalogue"; }); }},
      {"SearchForgetsConstraints", "a", [] { return arguments("search_catalogue", [](json& args) { args.erase("constraints"); }); }},
      {"SearchForgetsCeilings", "ab", [] { return arguments("search_catalogue", [](json& args) {
         drop_constraints(args, [](const json& one) { return one.value("op", "") == "at_most"; }); }); }},
      {"SearchForgetsColours", "a", [] { return arguments("search_catalogue", [](json& args) {
         drop_constraints(args, [](const json& one) { return one.value("field", "") == "Color"; }); }); }},
      {"SearchForgetsCategories", "a", [] { return arguments("search_catalogue", [](json& args) {
         drop_constraints(args, [](const json& one) { return one.value("field", "") == "category"; }); }); }},
      {"SearchForgetsWords", "a", [] { return arguments("search_catalogue", [](json& args) { args.erase("words"); }); }},
      {"SearchForgetsThePage", "b", [] { return arguments("search_catalogue", [](json& args) { args.erase("offset"); }); }},
      {"SearchCountsOneTooMany", "a", [] { return result("search_catalogue", [](json& value) { if (value.contains("total")) value["total"] = value["total"].get<int>() + 1; }); }},
      {"TheWholeShopIsOneDepartment", "a", [] { return arguments("describe_shop", [](json& args) { args["scope"] = "Shoes"; }); }},
      {"EveryCartChangeSucceeds", "d", [] { return broken_before([](ToolCall& call, ToolResult& answer) {
         answer.content = R"({"change":"added","cart":{"id":"c","lines":[],"subtotal":"0.00 USD","total":"0.00 USD"}})";
         return call.name == "update_cart"; }); }},
      {"AddsOneWhateverWasAsked", "d", [] { return arguments("update_cart", [](json& args) { if (args.value("operation", "") == "add") args["quantity"] = 1; }); }},
      {"AddsOneMore", "d", [] { return arguments("update_cart", [](json& args) { if (args.value("operation", "") == "add") args["quantity"] = args.value("quantity", 1) + 1; }); }},
      {"AVariantIsAddedNotChanged", "d", [] { return arguments("update_cart", [](json& args) { if (args.value("operation", "") == "change_variant") args["operation"] = "add"; }); }},
      {"AVariantIsRemovedNotChanged", "d", [] { return arguments("update_cart", [](json& args) { if (args.value("operation", "") == "change_variant") args["operation"] = "remove"; }); }},
      {"TheCartIsAlwaysEmpty", "d", [] { return broken_before([](ToolCall& call, ToolResult& answer) {
         answer.content = R"({"cart":{"id":"","lines":[],"subtotal":"0.00 USD","total":"0.00 USD"}})";
         return call.name == "view_cart"; }); }},
      {"SoldOutIsInStock", "de", [] { return text_of("", "out_of_stock", "in_stock"); }},
      {"OutagesLookLikeEmptyAnswers", "e", [] { return broken_after([](const ToolCall& call, ToolResult& answer) {
         if (call.name == "search_catalogue" && answer.outcome == ToolOutcome::kFailed) {
           answer.outcome = ToolOutcome::kOk;
           answer.content = R"({"outcome":"not_carried","total":0,"complete":true,"products":[]})";
         } }); }},
      {"RefusalsLookLikeSuccess", "d", [] { return broken_after([](const ToolCall& call, ToolResult& answer) {
         if (call.name == "update_cart" && answer.outcome == ToolOutcome::kRefused) {
           answer.outcome = ToolOutcome::kOk;
           answer.content = R"({"change":"added","cart":{"id":"c","lines":[],"subtotal":"0.00 USD","total":"0.00 USD"}})";
         } }); }},
      {"PoliciesOfAnotherShop", "e", [] { return text_of("find_policy", R"(\d+ to \d+ business days)", "1 to 2 business days"); }},
      {"NoPolicyIsFound", "e", [] { return broken_before([](ToolCall& call, ToolResult& answer) {
         answer.content = R"({"topic":"","policies":[]})"; return call.name == "find_policy"; }); }},
      {"EveryCodeIsAccepted", "e", [] { return broken_before([](ToolCall& call, ToolResult& answer) {
         answer.content = R"({"change":"discount_applied","cart":{"id":"c","lines":[],"subtotal":"10.00 USD","total":"1.00 USD"}})";
         return call.name == "apply_discount"; }); }},
      {"BadArgumentsAreAccepted", "d", [] { return result("", [](json& value) { if (value.contains("error")) value = {{"outcome", "found"}, {"total", 1}, {"products", json::array()}}; }); }},
      // models
      {"ShowsNothing", "a", [] { return last_words([](Heard& heard) { if (heard.end.presentation) heard.end.presentation->shown.clear(); }); }},
      {"SaysEverythingIsFine", "d", [] { return last_words([](Heard& heard) { heard.text = "Everything is fine."; heard.end.presentation.reset(); }); }},
      {"CallsNoTools", "a", [] { return model([](Heard& heard, const ModelRequest&) { if (!heard.calls.empty()) heard.calls.clear(), heard.text = "Here you are."; }); }},
      {"CardsInAnotherOrder", "c", [] { return last_words([](Heard& heard) {
         if (!heard.end.presentation) return;
         auto& shown = heard.end.presentation->shown;
         std::reverse(shown.begin(), shown.end());
         for (std::size_t i = 0; i < shown.size(); ++i) shown[i].number = static_cast<int>(i) + 1; }); }},
      {"AsksNothing", "d", [] { return last_words([](Heard& heard) { if (heard.end.presentation) heard.end.presentation->asked.reset(); }); }},
      {"AsksTwoThingsAtOnce", "b", [] { return last_words([](Heard& heard) { heard.text += " What is your budget? Which size?"; }); }},
      {"RefusesEverything", "b", [] { return last_words([](Heard& heard) { if (heard.end.presentation) heard.end.presentation->refused = true; }); }},
      {"ForgetsWhatWasSaid", "b", [] { return model([](Heard& heard, const ModelRequest&) { heard.end.memory = Memory(); }); }},
      {"ReadsTheCartNever", "d", [] { return model([](Heard& heard, const ModelRequest&) { std::erase_if(heard.calls, [](const ToolCall& call) { return call.name == "view_cart"; }); if (heard.calls.empty() && heard.text.empty()) heard.text = "All good."; }); }},
      {"NamesItsTools", "e", [] { return last_words([](Heard& heard) { heard.text = "I called search_catalogue. " + heard.text; }); }},
      // the gate and the rules
      {"TheGateProvesEverything", "e", [] { return gate([](std::vector<Claim>& claims, std::string_view) { for (Claim& claim : claims) claim.verdict = Verdict::kSupported; }); }},
      {"TheGateSeesNoClaims", "a", [] { return gate([](std::vector<Claim>& claims, std::string_view) { claims.clear(); }); }},
      {"TheGateProvesNothing", "a", [] { return gate([](std::vector<Claim>& claims, std::string_view) { for (Claim& claim : claims) claim.verdict = Verdict::kContradicted; }); }},
      {"CheckoutWithoutAYes", "d", [] { return rules([](PlannerRules& planner) { planner.guardrails.confirm.clear(); }); }},
      {"OneStepATurn", "a", [] { return rules([](PlannerRules& planner) { planner.limits.steps = 1; }); }},
      {"AnyDiscountMayBeGiven", "e", [] { return rules([](PlannerRules& planner) { planner.guardrails.discounts.reset(); planner.guardrails.max_discount_permille.reset(); }); }},
      // the gold
      {"AStaleGoldPrice", "a", [] { return Composition::Wraps(); }, [](Suite& suite) {
         for (Case& one : suite.cases) for (EvalTurn& turn : one.turns) if (turn.expect) for (std::string& word : turn.expect->claims.including) if (word == "269.99") word = "259.99"; }},
      {"AStaleGoldAbsence", "a", [] { return Composition::Wraps(); }, [](Suite& suite) {
         for (Case& one : suite.cases) if (one.id == "8-carried-kind-is-found/1") one.turns[0].expect->shown.emplace().max = 0; }},
  };
  return kTable;
}

// ---- running them

const fs::path kSuites = test::source_dir() / "evals/suites";

std::vector<Suite> load(const std::string& letters) {
  std::vector<Suite> suites;
  for (const auto& entry : fs::directory_iterator(kSuites)) {
    const std::string name = entry.path().filename();
    if (entry.path().extension() != ".yaml" || letters.find(name.front()) == std::string::npos) continue;
    std::ifstream in(entry.path());
    suites.push_back(load_suite(std::string{std::istreambuf_iterator<char>(in), {}}, entry.path()).suite);
  }
  return suites;
}

RunRecord play(const std::vector<Suite>& suites, const Composition::Wraps& wraps) {
  cli::Settings settings;
  cli::EvalWorlds worlds(settings, wraps);
  RunOptions options;
  options.jobs = 1;
  auto run = run_suites(suites, [&](const Suite& suite, const Case& one, int) { return worlds.open(suite, one); }, options);
  return run ? *run : RunRecord();
}

// Whether a case passes without the regression: only then does its failing say anything.
bool passes_as_shipped(const std::vector<Suite>& shipped, const CaseRecord& record) {
  for (Suite suite : shipped) {
    if (suite.name != record.suite) continue;
    std::erase_if(suite.cases, [&](const Case& one) { return one.id != record.id; });
    const RunRecord run = play({suite}, {});
    return run.cases.size() == 1 && run.cases[0].passed();
  }
  return false;
}

class PlantedRegression : public ::testing::TestWithParam<Regression> {};

TEST_P(PlantedRegression, IsCaughtAndNamed) {
  const Regression& regression = GetParam();
  const std::vector<Suite> shipped = load(regression.suites);
  std::vector<Suite> suites = shipped;
  for (Suite& suite : suites) {
    if (regression.spoil) regression.spoil(suite);
  }
  const RunRecord run = play(suites, regression.plant());
  const auto caught = std::find_if(run.cases.begin(), run.cases.end(), [&](const CaseRecord& record) { return record.failed() && passes_as_shipped(shipped, record); });
  ASSERT_NE(caught, run.cases.end()) << "no case of the shipped suites notices";
  EXPECT_NE(terminal_report(run, Colour::kNever).find("FAILED  " + caught->suite + " / " + caught->id), std::string::npos);
  std::cout << regression.name << " is noticed by " << caught->suite << " / " << caught->id << "\n";
}

INSTANTIATE_TEST_SUITE_P(Suites, PlantedRegression, ::testing::ValuesIn(table()), [](const auto& one) { return std::string(one.param.name); });

// An agent that looks for nothing, shows nothing and agrees; `heard` counts how often it is asked.
Composition::Wraps only_says_okay(int& heard) {
  return model([&heard](Heard& words, const ModelRequest&) {
    ++heard;
    words = {"Okay.", {}, {}};
  });
}

// Whether an agent is asked at all in a case: not where the page alone speaks, or a message is turned away at the door.
bool asks_an_agent(const std::vector<Suite>& shipped, const CaseRecord& record) {
  int heard = 0;
  for (Suite suite : shipped) {
    if (suite.name != record.suite) continue;
    std::erase_if(suite.cases, [&](const Case& one) { return one.id != record.id; });
    play({suite}, only_says_okay(heard));
  }
  return heard > 0;
}

TEST(PlantedRegressions, AnAgentThatOnlySaysOkayPassesNoCaseInWhichItIsAsked) {
  std::vector<Suite> suites = load("abcdeghp");
  for (Suite& suite : suites) std::erase_if(suite.cases, [](const Case& one) { return !one.script.empty(); });
  int heard = 0;
  const RunRecord run = play(suites, only_says_okay(heard));
  EXPECT_GE(run.cases.size(), 500u);
  for (const CaseRecord& record : run.cases) {
    EXPECT_FALSE(record.passed() && asks_an_agent(suites, record)) << record.suite << " / " << record.id << " is content with an agent that only says \"Okay.\"";
  }
}

TEST(PlantedRegressions, AreAtLeastTwentyFive) { EXPECT_GE(table().size(), 25u); }

}  // namespace
}  // namespace floorwalker::evals
