#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "agent/cli/playbook_files.h"
#include "agent/core/guardrails/action_guard.h"

// Every rule of the service desk is defended: a conversation in which it decides, and in which something else happens once it is taken out.
namespace floorwalker {
namespace {

using guardrails::ActionGuard;
using guardrails::ActionRules;
using nlohmann::json;

// A conversation of the desk as it should go; tweaks change one thing in it.
struct Scene {
  json user = {{"name", "Ann"}, {"orders", {"#W1", "#W2"}},
               {"payment_methods", {{"credit_card_1", {{"source", "credit_card"}, {"last_four", "1234"}}}, {"gift_card_1", {{"source", "gift_card"}, {"balance", 100}}}, {"paypal_1", {{"source", "paypal"}}}}}};
  json order = {{"order_id", "#W1"}, {"user_id", "ann_1"}, {"status", "pending"},
                {"items", {{{"item_id", "i11"}, {"product_id", "p1"}, {"name", "Desk Lamp"}, {"price", 40}}, {{"item_id", "i22"}, {"product_id", "p2"}, {"name", "Bottle"}, {"price", 20}}}},
                {"payment_history", {{{"amount", 60}, {"payment_method_id", "credit_card_1"}}}}};
  json foreign = {{"order_id", "#W9"}, {"user_id", "bob_2"}, {"status", "pending"}, {"items", json::array()}, {"payment_history", {{{"amount", 1}, {"payment_method_id", "credit_card_9"}}}}};
  json lamp = {{"product_id", "p1"}, {"name", "Desk Lamp"}, {"variants", {{"i11", {{"item_id", "i11"}, {"available", true}, {"price", 40}}}, {"i33", {{"item_id", "i33"}, {"available", true}, {"price", 50}}}, {"i44", {{"item_id", "i44"}, {"available", true}, {"price", 50}}}}}};
  json bottle = {{"product_id", "p2"}, {"name", "Bottle"}, {"variants", {{"i22", {{"item_id", "i22"}, {"available", true}, {"price", 20}}}, {"i55", {{"item_id", "i55"}, {"available", true}, {"price", 20}}}}}};
  json args;
  std::vector<std::string> identities = {"ann_1"};
  std::vector<std::pair<std::string, json>> under_way;
  std::vector<std::string> calls;        // of other tools, before
  bool looks_up_order = true;
  bool looks_up_products = true;
  std::string asks = "I will change order #W1 with the Desk Lamp for 1 Elm Street, paid with credit_card_1 or gift_card_1 or paypal_1 or credit_card_9. Shall I go ahead?";
  std::string answers = "yes, please";
};

Scene scene_of(const std::string& tool) {
  Scene scene;
  const json address = {{"address1", "1 Elm Street"}, {"address2", ""}, {"city", "York"}, {"state", "NY"}, {"country", "USA"}, {"zip", "10001"}};
  scene.args = {{"order_id", "#W1"}};
  if (tool == "cancel_pending_order") scene.args["reason"] = "no longer needed";
  if (tool.find("address") != std::string::npos) scene.args.update(address);
  if (tool == "modify_user_address") {
    scene.args.erase("order_id");
    scene.args["user_id"] = "ann_1";
  }
  if (tool.find("items") != std::string::npos) scene.args.update({{"item_ids", {"i11"}}, {"payment_method_id", "credit_card_1"}});
  if (tool == "modify_pending_order_items" || tool == "exchange_delivered_order_items") scene.args["new_item_ids"] = {"i33"};
  if (tool == "modify_pending_order_payment") scene.args["payment_method_id"] = "gift_card_1";
  if (tool.find("delivered") != std::string::npos) scene.order["status"] = "delivered";
  return scene;
}

// The rule that decides the call; "" when it is allowed.
std::string decided(const Playbook& playbook, const std::string& tool, const Scene& scene) {
  const auto rules = ActionRules::compile(playbook);
  if (!rules) return "does not compile: " + rules.error().message;
  ActionGuard guard(*rules);
  int ids = 0;
  const auto add = [&](Role role, const std::string& text) {
    Message message;
    message.role = role;
    message.text = text;
    guard.add(message);
  };
  const auto look_up = [&](const std::string& name, const json& arguments, const std::string& content) {
    Message asked, told;
    asked.role = Role::kAssistant;
    asked.calls.push_back({CallId("c" + std::to_string(++ids)), name, arguments.dump(), "", ""});
    told.role = Role::kTool;
    told.result = {asked.calls[0].id, ToolOutcome::kOk, content, {}};
    guard.add(asked);
    guard.add(told);
  };
  add(Role::kShopper, "Please help me with order #W1.");
  for (const std::string& name : scene.calls) look_up(name, json::object(), "");
  for (const std::string& identity : scene.identities) look_up("find_user_id_by_email", {{"email", "a@example.com"}}, identity);
  look_up("get_user_details", {{"user_id", "ann_1"}}, scene.user.dump());
  look_up("get_order_details", {{"order_id", "#W9"}}, scene.foreign.dump());
  if (scene.looks_up_order) look_up("get_order_details", {{"order_id", "#W1"}}, scene.order.dump());
  if (scene.looks_up_products) {
    look_up("get_product_details", {{"product_id", "p1"}}, scene.lamp.dump());
    look_up("get_product_details", {{"product_id", "p2"}}, scene.bottle.dump());
  }
  add(Role::kAssistant, scene.asks);
  add(Role::kShopper, scene.answers);
  for (const auto& [name, arguments] : scene.under_way) guard.begin({CallId("u"), name, arguments.dump(), "", ""});
  return guard.decide({CallId("x"), tool, scene.args.dump(), "", ""}).rule;
}

using Tweak = std::function<void(Scene&)>;

// For every condition, what makes it decide.
const std::map<std::string, Tweak>& tweaks() {
  static const std::map<std::string, Tweak> all = {
      {"one-shopper", [](Scene& s) { s.identities = {"bob_2", "ann_1"}; }},
      {"own-account", [](Scene& s) { s.args["user_id"] = "bob_2"; }},
      {"own-order", [](Scene& s) { s.args["order_id"] = "#W9", s.foreign["status"] = s.order["status"], s.foreign["items"] = s.order["items"], s.foreign["payment_history"] = s.order["payment_history"], s.asks += " #W9"; }},
      {"order-pending", [](Scene& s) { s.order["status"] = "processed"; }},
      {"order-open", [](Scene& s) { s.order["status"] = "processed"; }},
      {"order-delivered", [](Scene& s) { s.order["status"] = "pending"; }},
      {"accepted-reason", [](Scene& s) { s.args["reason"] = "found it cheaper"; }},
      {"some-items", [](Scene& s) { s.args["item_ids"] = json::array(); if (s.args.contains("new_item_ids")) s.args["new_item_ids"] = json::array(); }},
      {"items-of-order", [](Scene& s) { s.args["item_ids"] = {"i99"}; }},
      {"as-many-new-items", [](Scene& s) { s.args["new_item_ids"] = {"i33", "i44"}; }},
      {"not-under-way", [](Scene& s) { s.under_way = {{"exchange_delivered_order_items", {{"order_id", "#W1"}}}}; }},
      {"looked-at", [](Scene& s) { s.looks_up_order = false, s.under_way = {{"modify_pending_order_address", {{"order_id", "#W1"}}}, {"modify_pending_order_address", {{"order_id", "#W2"}}}}; }},
      {"other-items", [](Scene& s) { s.args["new_item_ids"] = {"i11"}; }},
      {"same-product", [](Scene& s) { s.args["new_item_ids"] = {"i55"}; }},
      {"available", [](Scene& s) { s.lamp["variants"]["i33"]["available"] = false; }},
      {"own-payment", [](Scene& s) { s.args["payment_method_id"] = "credit_card_9"; }},
      {"refund-way", [](Scene& s) { s.args["payment_method_id"] = "paypal_1"; }},
      {"other-payment", [](Scene& s) { s.args["payment_method_id"] = "credit_card_1"; }},
      {"single-payment", [](Scene& s) { s.order["payment_history"].push_back({{"amount", 1}, {"payment_method_id", "credit_card_1"}}); }},
      {"card-covers-difference", [](Scene& s) { s.args["payment_method_id"] = "gift_card_1", s.user["payment_methods"]["gift_card_1"]["balance"] = 5; }},
      {"card-covers-order", [](Scene& s) { s.user["payment_methods"]["gift_card_1"]["balance"] = 5; }},
  };
  return all;
}

class DeskMutation : public testing::Test {
 protected:
  DeskMutation() : book_(cli::load_playbook_file("retail-service").playbook) {}

  // Takes something out of one action's rules.
  Playbook without(std::size_t action, const std::function<void(DeskAction&)>& take_out) const {
    Playbook changed = book_;
    take_out(changed.desk.actions[action]);
    return changed;
  }

  // `scene` is decided by `rule`, and no more once the rule is gone.
  void expect_defended(std::size_t action, const Scene& scene, const std::string& rule, const std::function<void(DeskAction&)>& take_out) {
    const std::string& tool = book_.desk.actions[action].tool;
    EXPECT_EQ(decided(book_, tool, scene), rule) << tool;
    EXPECT_NE(decided(without(action, take_out), tool, scene), rule) << tool << " without " << rule;
  }

  const Playbook book_;
};

TEST_F(DeskMutation, AllowsEveryActionAsItShouldGo) {
  for (const DeskAction& action : book_.desk.actions) EXPECT_EQ(decided(book_, action.tool, scene_of(action.tool)), "") << action.tool;
}

TEST_F(DeskMutation, EveryConditionOfEveryActionIsDefended) {
  std::size_t rules = 0;
  for (std::size_t i = 0; i < book_.desk.actions.size(); ++i) {
    for (std::size_t j = 0; j < book_.desk.actions[i].require.size(); ++j) {
      const std::string& condition = book_.desk.actions[i].require[j];
      const auto tweak = tweaks().find(condition);
      ASSERT_NE(tweak, tweaks().end()) << "nothing defends the condition '" << condition << "'";
      Scene scene = scene_of(book_.desk.actions[i].tool);
      tweak->second(scene);
      expect_defended(i, scene, condition, [&](DeskAction& action) { action.require.erase(action.require.begin() + static_cast<std::ptrdiff_t>(j)); });
      ++rules;
    }
  }
  EXPECT_GE(rules, 48u);
}

TEST_F(DeskMutation, EveryArgumentAndIdentifierIsDefended) {
  for (std::size_t i = 0; i < book_.desk.actions.size(); ++i) {
    const DeskAction& action = book_.desk.actions[i];
    Scene extra = scene_of(action.tool);
    extra.args["note"] = "and this";
    expect_defended(i, extra, "arguments", [](DeskAction& changed) { changed.takes.clear(); });
    for (const std::string& name : action.takes) {
      Scene missing = scene_of(action.tool);
      missing.args.erase(name);
      EXPECT_EQ(decided(book_, action.tool, missing), "arguments") << action.tool << " " << name;
    }
    for (const auto& [name, type] : action.identifiers) {
      Scene untold = scene_of(action.tool);
      untold.args[name] = untold.args[name].is_array() ? json{"zz_77"} : json("zz_77");
      expect_defended(i, untold, "identifier", [&, argument = name](DeskAction& changed) { changed.identifiers.erase(argument); });
    }
  }
}

TEST_F(DeskMutation, EveryPartOfTheYesIsDefended) {
  for (std::size_t i = 0; i < book_.desk.actions.size(); ++i) {
    const DeskAction& action = book_.desk.actions[i];
    Scene silent = scene_of(action.tool);
    silent.asks = "I have looked at it.";
    silent.answers = "Thanks for that.";
    expect_defended(i, silent, "confirmation", [](DeskAction& changed) { changed.needs_yes = false; });
    Scene vague = scene_of(action.tool);
    vague.asks = "I will do it. Shall I go ahead?";
    for (std::size_t group = 0; group < action.confirm.size(); ++group) {
      const auto only = [&](DeskAction& changed) { changed.confirm = {action.confirm[group]}; };
      if (group == 0 && action.tool.find("address") == std::string::npos) continue;   // the shopper named the order by themselves
      EXPECT_EQ(decided(without(i, only), action.tool, vague), "confirmation") << action.tool << " group " << group;
      expect_defended(i, vague, "confirmation", [](DeskAction& changed) { changed.confirm.clear(); });
    }
  }
}

TEST_F(DeskMutation, WhatTheDeskKnowsIsDefended) {
  const auto broken = [&](const Playbook& changed) {
    return std::any_of(book_.desk.actions.begin(), book_.desk.actions.end(), [&](const DeskAction& action) { return !decided(changed, action.tool, scene_of(action.tool)).empty(); });
  };
  Playbook changed = book_;
  changed.desk.identity_from.clear();
  EXPECT_TRUE(broken(changed));
  for (const auto& [type, keys] : book_.desk.identifiers) {
    changed = book_;
    changed.desk.identifiers.erase(type);
    if (type == "user") continue;   // a user's id is told as the identity as well
    EXPECT_TRUE(broken(changed)) << type;
  }
  for (std::size_t i = 0; i < book_.desk.let.size(); ++i) {
    changed = book_;
    changed.desk.let.erase(changed.desk.let.begin() + static_cast<std::ptrdiff_t>(i));
    bool differs = broken(changed);
    for (const DeskAction& action : book_.desk.actions) {
      Scene by_gift_card = scene_of(action.tool);
      if (by_gift_card.args.contains("payment_method_id")) by_gift_card.args["payment_method_id"] = "gift_card_1";
      differs = differs || decided(changed, action.tool, by_gift_card) != decided(book_, action.tool, by_gift_card);
      for (const auto& [condition, tweak] : tweaks()) {
        if (std::find(action.require.begin(), action.require.end(), condition) == action.require.end()) continue;
        Scene scene = scene_of(action.tool);
        tweak(scene);
        differs = differs || decided(changed, action.tool, scene) != decided(book_, action.tool, scene);
      }
    }
    EXPECT_TRUE(differs) << book_.desk.let[i].first;
  }
}

TEST_F(DeskMutation, BothEditionsAreDefended) {
  Scene changed_before = scene_of("modify_pending_order_address");
  changed_before.order["status"] = "pending (item modified)";
  changed_before.user["user_id"] = "ann_1";
  EXPECT_EQ(decided(book_, "modify_pending_order_address", changed_before), "");
  Playbook without_second = book_;
  without_second.desk.dialects.pop_back();
  EXPECT_EQ(decided(without_second, "modify_pending_order_address", changed_before), "order-open");
  changed_before.calls = {"think"};
  EXPECT_EQ(decided(book_, "modify_pending_order_address", changed_before), "order-open");
  Playbook without_first = book_;
  without_first.desk.dialects.erase(without_first.desk.dialects.begin());
  EXPECT_EQ(decided(without_first, "modify_pending_order_address", changed_before), "");
}

TEST_F(DeskMutation, WhatTheShopperMayNameIsDefended) {
  Scene named = scene_of("modify_pending_order_items");
  named.looks_up_products = false;
  named.answers = "yes, to item i77, please";
  named.args["new_item_ids"] = {"i77"};
  EXPECT_EQ(decided(book_, "modify_pending_order_items", named), "");
  Playbook changed = book_;
  changed.desk.shopper_may_name.clear();
  EXPECT_EQ(decided(changed, "modify_pending_order_items", named), "identifier");
}

}  // namespace
}  // namespace floorwalker
