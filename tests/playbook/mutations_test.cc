#include "agent/core/playbook/mutations.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "agent/cli/playbook_files.h"
#include "agent/resources/resources.h"

namespace floorwalker {
namespace {

constexpr const char* kYaml =
    "playbook: p\n"
    "version: 3\n"
    "needs: {travel: {phrases: [on the go], prefer: [{weight: low}], require: [{weight: {max: 2 kg}}]}}\n"
    "discovery: {max_questions: 2, ask: {laptop: [use, budget]}}\n"
    "limits: {cost: 0.05 USD}\n"
    "guardrails: {actions: {limits: {quantity: 20, cart_total: 5000 USD}}}\n";

std::string told(const std::vector<Mutation>& all) {
  std::string text;
  for (const Mutation& one : all) text += std::to_string(one.at.line) + " " + one.rule + " (" + one.says + ") " + one.change + "\n";
  return text;
}

TEST(Mutations, AreEveryRuleThatTheFileStatesAndNothingElse) {
  EXPECT_EQ(told(mutations_of(kYaml, "p.yaml")),
            "3 needs.travel (phrases: on the go, prefer: weight: low, require: weight: max: 2 kg) removed\n"
            "3 needs.travel.phrases (on the go) removed\n"
            "3 needs.travel.prefer[0] (weight: low) removed\n"
            "3 needs.travel.prefer[0].weight (low) high\n"
            "3 needs.travel.require[0] (weight: max: 2 kg) removed\n"
            "3 needs.travel.require[0].weight (max: 2 kg) min: 2 kg\n"
            "4 discovery.max_questions (2) 1\n"
            "4 discovery.ask.laptop[0] (use) removed\n"
            "4 discovery.ask.laptop[1] (budget) removed\n"
            "5 limits.cost (0.05 USD) 0.000001 USD\n"
            "6 guardrails.actions.limits.quantity (20) 61\n"
            "6 guardrails.actions.limits.cart_total (5000 USD) 15001 USD\n");
}

// The playbook with one change.
Playbook with(const std::string& rule, const std::string& change) {
  const auto all = mutations_of(kYaml, "p.yaml");
  const auto found = std::find_if(all.begin(), all.end(), [&](const Mutation& one) { return one.rule == rule && one.change == change; });
  EXPECT_NE(found, all.end()) << rule;
  LoadOptions options;
  options.change = [&](std::string_view, yaml::Node& own) { found->apply(own); };
  const LoadedPlaybook loaded = load_playbook(kYaml, "p.yaml", options);
  EXPECT_TRUE(loaded.ok());
  return loaded.playbook;
}

TEST(Mutations, TakeOutOneRuleAndLeaveTheOthers) {
  const Playbook book = with("discovery.ask.laptop[0]", "removed");
  EXPECT_EQ(book.discovery.ask.at("laptop"), std::vector<std::string>{"budget"});
  EXPECT_EQ(book.needs.size(), 1u);
  EXPECT_TRUE(with("needs.travel", "removed").needs.empty());
}

TEST(Mutations, PutABoundOnTheOtherSideAndLeaveNoNeedWithNothingToSay) {
  EXPECT_EQ(told(mutations_of("needs:\n"
                              "  dry skin: {require: [{skin_type: dry}]}\n"
                              "  deep colors: {require: [{panel: {any_of: [OLED, QLED]}}]}\n",
                              "p.yaml")),
            "2 needs.dry skin (require: skin_type: dry) removed\n"
            "2 needs.dry skin.require[0].skin_type (dry) not: dry\n"
            "3 needs.deep colors (require: panel: any_of: OLED, QLED) removed\n"
            "3 needs.deep colors.require[0].panel (any_of: OLED, QLED) not: OLED\n");
}

TEST(Mutations, TurnAWishRoundAndALimitUp) {
  EXPECT_FALSE(with("needs.travel.prefer[0].weight", "high").needs[0].prefer[0].low);
  EXPECT_EQ(with("guardrails.actions.limits.quantity", "61").guardrails.max_quantity, 61);
}

// Besides what decides nothing: its name, its parents, what a need is for.
TEST(Mutations, KnowEverySectionOfTheShippedPlaybooks) {
  for (const char* name : {"retail", "laptops-and-monitors", "skin-care", "sofas-and-beds", "televisions"}) {
    const auto all = mutations_of(*cli::playbook_text(name), name);
    for (const char* section : {"vocabulary.", "discovery.", "ranking."}) {
      EXPECT_TRUE(std::any_of(all.begin(), all.end(), [&](const Mutation& one) { return one.rule.starts_with(section); })) << name << " " << section;
    }
  }
}

}  // namespace
}  // namespace floorwalker
