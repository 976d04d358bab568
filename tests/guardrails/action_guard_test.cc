#include "agent/core/guardrails/action_guard.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "agent/core/playbook/loader.h"

namespace floorwalker::guardrails {
namespace {

constexpr const char* kPlaybook = R"yaml(
playbook: desk
guardrails: {actions: {limits: {writes_per_session: 3}}}
desk:
  identity: {from: find_user}
  records:
    user: {from: get_user, id: args.user}
    order: {from: [get_order, cancel_order, return_lines], id: id}
  identifiers: {order: [id, orders], line: [line], card: [cards, card]}
  let: {order: "order[args.order]", user: "user[identity]", lines: "pick(order.lines, 'line', args.lines)"}
  conditions:
    own-order: {that: "order.user = identity", else: "Order {args.order} belongs to somebody else."}
    pending: {that: "order.status = 'pending'", else: "Order {args.order} is {order.status}."}
    delivered: {that: "order.status = 'delivered'", else: "Order {args.order} is {order.status}."}
  actions:
    cancel_order:
      words: [cancel]
      takes: [order]
      identifiers: {order: order}
      require: [own-order, pending]
      confirm: [[args.order]]
    return_lines:
      words: [return, refund, send back]
      takes: [order, lines, card]
      identifiers: {order: order, lines: line, card: card}
      require: [own-order, delivered]
      confirm: [[args.order, lines.name], [args.card]]
)yaml";

class ActionGuardTest : public testing::Test {
 protected:
  ActionGuardTest() : guard_(rules()) {}

  static std::shared_ptr<const ActionRules> rules() {
    const auto loaded = load_playbook(kPlaybook, "desk.yaml");
    for (const Finding& finding : loaded.findings) ADD_FAILURE() << finding.at.line << " " << finding.path << ": " << finding.message;
    return *ActionRules::compile(loaded.playbook);
  }

  void shopper(const std::string& text) { say(Role::kShopper, text); }
  void agent(const std::string& text) { say(Role::kAssistant, text); }

  void tool(const std::string& name, const std::string& arguments, const std::string& content) {
    Message asked;
    asked.role = Role::kAssistant;
    asked.calls.push_back(call(name, arguments));
    guard_.add(asked);
    Message answered;
    answered.role = Role::kTool;
    answered.result.call = asked.calls[0].id;
    answered.result.content = content;
    guard_.add(answered);
  }

  // The shopper is known, and both of their orders were read.
  void open_desk() {
    shopper("Hello, I'm Ann, ann@example.com");
    tool("find_user", R"({"email":"ann@example.com"})", "ann_1");
    tool("get_user", R"({"user":"ann_1"})", R"({"orders":["#1","#2","#9"],"cards":{"visa_1":{},"gift_2":{}}})");
    tool("get_order", R"({"id":"#1"})", R"({"id":"#1","user":"ann_1","status":"pending","lines":[{"line":"L1","name":"Desk Lamp"}]})");
    tool("get_order", R"({"id":"#2"})", R"({"id":"#2","user":"ann_1","status":"delivered","lines":[{"line":"L5","name":"Action Camera"}],"note":"L6"})");
    tool("get_order", R"({"id":"#9"})", R"({"id":"#9","user":"bob_2","status":"pending","lines":[]})");
  }

  Ruling decide(const std::string& name, const std::string& arguments) { return guard_.decide(call(name, arguments)); }
  std::string rule(const std::string& name, const std::string& arguments) { return decide(name, arguments).rule; }

  ToolCall call(const std::string& name, const std::string& arguments) {
    ToolCall made;
    made.id = CallId("c" + std::to_string(++calls_));
    made.name = name;
    made.arguments = arguments;
    return made;
  }

  static constexpr const char* kCancel = R"({"order":"#1"})";
  static constexpr const char* kReturn = R"({"order":"#2","lines":["L5"],"card":"visa_1"})";

  ActionGuard guard_;
  int calls_ = 0;

 private:
  void say(Role role, const std::string& text) {
    Message message;
    message.role = role;
    message.text = text;
    guard_.add(message);
  }
};

TEST_F(ActionGuardTest, RefusesWhileTheShopperIsUnknown) {
  shopper("Please cancel order #1");
  const Ruling ruling = decide("cancel_order", kCancel);
  EXPECT_EQ(ruling.decision, Decision::kRefuse);
  EXPECT_EQ(ruling.rule, "identity");
}

TEST_F(ActionGuardTest, AllowsReadsAndConfirmedWrites) {
  open_desk();
  agent("I would cancel order #1 with the desk lamp. Shall I go ahead?");
  shopper("Yes please");
  EXPECT_EQ(decide("get_order", R"({"id":"#1"})").decision, Decision::kAllow);
  EXPECT_EQ(decide("cancel_order", kCancel).decision, Decision::kAllow);
}

TEST_F(ActionGuardTest, RefusesArgumentsThatTheToolDoesNotTake) {
  open_desk();
  shopper("Cancel order #1 please");
  EXPECT_EQ(rule("cancel_order", R"({"order":"#1","force":true})"), "arguments");
  EXPECT_EQ(rule("cancel_order", "{}"), "arguments");
  EXPECT_EQ(rule("cancel_order", "not json"), "arguments");
}

TEST_F(ActionGuardTest, RefusesIdentifiersTheShopNeverTold) {
  open_desk();
  shopper("Cancel order #77 please");
  EXPECT_EQ(rule("cancel_order", R"({"order":"#77"})"), "identifier");
  shopper("Then return the line of order #2 to visa_1");
  EXPECT_EQ(rule("return_lines", R"({"order":"#2","lines":["L6"],"card":"visa_1"})"), "identifier") << "an id in free text is no id";
}

TEST_F(ActionGuardTest, HoldsTheOrdersStateAndOwner) {
  open_desk();
  shopper("Cancel orders #1, #2 and #9 please");
  EXPECT_EQ(rule("cancel_order", R"({"order":"#9"})"), "own-order");
  const Ruling ruling = decide("cancel_order", R"({"order":"#2"})");
  EXPECT_EQ(ruling.rule, "pending");
  EXPECT_EQ(ruling.why, "Order #2 is delivered.");
}

TEST_F(ActionGuardTest, RefusesWhatTheEvidenceDoesNotSay) {
  open_desk();
  tool("get_user", R"({"user":"ann_1"})", R"({"orders":["#1","#3"]})");
  shopper("Cancel order #3 please");
  const Ruling ruling = decide("cancel_order", R"({"order":"#3"})");
  EXPECT_EQ(ruling.decision, Decision::kRefuse);
  EXPECT_EQ(ruling.considered.back().came, Considered::Came::kCouldNotRun);
}

TEST_F(ActionGuardTest, SeesTheStateThatAWriteLeft) {
  open_desk();
  shopper("Please cancel order #1");
  tool("cancel_order", kCancel, R"({"id":"#1","user":"ann_1","status":"cancelled","lines":[]})");
  EXPECT_EQ(rule("cancel_order", kCancel), "pending");
}

TEST_F(ActionGuardTest, AsksBeforeAnythingTheShopperDidNotAgreeTo) {
  open_desk();
  shopper("What is in my orders?");
  EXPECT_EQ(decide("cancel_order", kCancel).decision, Decision::kAsk);
  agent("Order #1 has a desk lamp. Shall I cancel it?");
  shopper("How much would I get back?");
  EXPECT_EQ(rule("cancel_order", kCancel), "confirmation");
}

TEST_F(ActionGuardTest, TakesAYesUpToThreeTurnsOld) {
  open_desk();
  agent("I would cancel order #1. Is that correct?");
  shopper("Yes, go ahead");
  agent("I am on it.");
  shopper("Thanks, I am in a hurry today");
  agent("One moment.");
  shopper("The weather is lovely by the way");
  EXPECT_EQ(decide("cancel_order", kCancel).decision, Decision::kAllow);
  agent("Still here.");
  shopper("Good to know");
  EXPECT_EQ(rule("cancel_order", kCancel), "confirmation");
}

TEST_F(ActionGuardTest, ForgetsAYesThatWasTakenBack) {
  open_desk();
  agent("I would cancel order #1. Is that correct?");
  shopper("Yes, go ahead");
  agent("I am on it.");
  shopper("Wait, let me think about it");
  EXPECT_EQ(rule("cancel_order", kCancel), "confirmation");
  shopper("I don't want to cancel it after all");
  EXPECT_EQ(rule("cancel_order", kCancel), "confirmation");
}

TEST_F(ActionGuardTest, BindsTheYesToTheFieldsThatWereTold) {
  open_desk();
  agent("I would return the action camera of order #2, refund to visa_1. Shall I proceed?");
  shopper("Yes please");
  EXPECT_EQ(decide("return_lines", kReturn).decision, Decision::kAllow);
  EXPECT_EQ(rule("return_lines", R"({"order":"#2","lines":["L5"],"card":"gift_2"})"), "confirmation") << "another card was never mentioned";
  agent("Then I use gift_2 instead.");
  EXPECT_EQ(rule("return_lines", R"({"order":"#2","lines":["L5"],"card":"gift_2"})"), "confirmation") << "what is told after the yes is not agreed";
}

TEST_F(ActionGuardTest, TakesTheShoppersOwnRequestUntilTheAgentAsksBack) {
  open_desk();
  shopper("Please return the camera of order #2 to visa_1");
  EXPECT_EQ(decide("return_lines", kReturn).decision, Decision::kAllow);
  agent("That refunds visa_1. Do you want me to proceed?");
  EXPECT_EQ(rule("return_lines", kReturn), "confirmation");
}

TEST_F(ActionGuardTest, DoesNotTakeAYesToSomethingElse) {
  open_desk();
  agent("Order #1 has a desk lamp, order #2 an action camera on visa_1.");
  agent("Is ann@example.com still your address?");
  shopper("Sure, that's me");
  EXPECT_EQ(rule("cancel_order", kCancel), "confirmation");
}

TEST_F(ActionGuardTest, CountsWrites) {
  open_desk();
  for (int i = 0; i < 3; ++i) tool("cancel_order", kCancel, R"({"id":"#1","user":"ann_1","status":"pending"})");
  shopper("Please cancel order #1");
  EXPECT_EQ(rule("cancel_order", kCancel), "writes_per_session");
}

TEST(ActionDigest, BindsEveryFieldAndNothingElse) {
  const auto digest = [](const std::string& arguments) {
    ToolCall call;
    call.name = "update_cart";
    call.arguments = arguments;
    return ActionGuard::digest(call);
  };
  EXPECT_EQ(digest(R"({"a":1,"b":["x","y"]})"), digest(R"( { "b" : [ "x","y"], "a" : 1.0 } )"));
  EXPECT_NE(digest(R"({"a":1,"b":["x","y"]})"), digest(R"({"a":1,"b":["y","x"]})"));
  EXPECT_NE(digest(R"({"a":1})"), digest(R"({"a":"1"})"));
  EXPECT_NE(digest(R"({"a":"1;","b":"2"})"), digest(R"({"a":"1","b":";2"})"));
}

}  // namespace
}  // namespace floorwalker::guardrails
