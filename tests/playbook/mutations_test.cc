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
            "3 needs.travel.phrases[0] (on the go) removed\n"
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
            "3 needs.deep colors.require[0].panel (any_of: OLED, QLED) not: OLED\n"
            "3 needs.deep colors.require[0].panel.any_of[0] (OLED) removed\n"
            "3 needs.deep colors.require[0].panel.any_of[1] (QLED) removed\n");
}

TEST(Mutations, TakeOutEachSideOfABoundAndEachKindANeedIsFor) {
  EXPECT_EQ(told(mutations_of("needs: {a: {applies_to: [desk, shelf], require: [{width: {min: 1 m, max: 2 m}}, {oak: \"yes\"}]}}\n", "p.yaml")),
            "1 needs.a (applies_to: desk, shelf, require: width: min: 1 m, max: 2 m, oak: yes) removed\n"
            "1 needs.a.applies_to[0] (desk) removed\n"
            "1 needs.a.applies_to[1] (shelf) removed\n"
            "1 needs.a.require[0] (width: min: 1 m, max: 2 m) removed\n"
            "1 needs.a.require[0].width.min (1 m) removed\n"
            "1 needs.a.require[0].width.max (2 m) removed\n"
            "1 needs.a.require[1] (oak: yes) removed\n"
            "1 needs.a.require[1].oak (yes) not: yes\n");
}

TEST(Mutations, TurnADesksConditionsRoundAndTakeOutWhatItsActionsAsk) {
  EXPECT_EQ(told(mutations_of("desk:\n"
                              "  identity: {from: find_user}\n"
                              "  conditions: {open: {that: \"order.open\", else: It is closed., unknown: allow}}\n"
                              "  actions: {cancel: {words: [cancel, stop], takes: [id], identifiers: {id: order}, require: [open], confirm: [[args.id, \"'all'\"]]}}\n",
                              "p.yaml")),
            "2 desk.identity.from (find_user) Another\n"
            "3 desk.conditions.open.that (order.open) not (order.open)\n"
            "3 desk.conditions.open.else (It is closed.) Another\n"
            "3 desk.conditions.open.unknown (allow) refuse\n"
            "4 desk.actions.cancel.words[0] (cancel) removed\n"
            "4 desk.actions.cancel.words[1] (stop) removed\n"
            "4 desk.actions.cancel.takes (id) removed\n"
            "4 desk.actions.cancel.takes[0] (id) removed\n"
            "4 desk.actions.cancel.identifiers.id (order) removed\n"
            "4 desk.actions.cancel.require[0] (open) removed\n"
            "4 desk.actions.cancel.confirm (args.id, 'all') removed\n"
            "4 desk.actions.cancel.confirm[0] (args.id, 'all') removed\n"
            "4 desk.actions.cancel.confirm[0][0] (args.id) removed\n"
            "4 desk.actions.cancel.confirm[0][1] ('all') removed\n");
}

// A condition that no action requires is a mistake: it goes with the last that did.
TEST(Mutations, LeaveADeskThatCanStillBeRead) {
  const std::string text = *cli::playbook_text("retail-service");
  std::size_t desk = 0;
  for (const Mutation& one : mutations_of(text, "retail-service")) {
    if (!one.rule.starts_with("desk.")) continue;
    LoadOptions options;
    options.change = [&](std::string_view, yaml::Node& own) { one.apply(own); };
    const LoadedPlaybook loaded = load_playbook(text, "retail-service", options);
    EXPECT_TRUE(loaded.ok()) << one.rule;
    ++desk;
  }
  EXPECT_GT(desk, 200u);
}

// "ask: {television: budget}" is a list of one.
TEST(Mutations, EmptyAListOfOneThatIsWrittenWithoutBrackets) {
  const std::string yaml = "playbook: p\nguardrails: {actions: {confirm: start_checkout}}\n";
  const auto all = mutations_of(yaml, "p.yaml");
  EXPECT_EQ(told(all), "2 guardrails.actions.confirm (start_checkout) removed\n");
  LoadOptions options;
  options.change = [&](std::string_view, yaml::Node& own) { all.at(0).apply(own); };
  const LoadedPlaybook loaded = load_playbook(yaml, "p.yaml", options);
  EXPECT_TRUE(loaded.ok());
  EXPECT_TRUE(loaded.playbook.guardrails.confirm.empty());
}

TEST(Mutations, TurnPlaysAndRankingRound) {
  EXPECT_EQ(told(mutations_of("ranking:\n"
                              "  commercial: [{boost: {tag: sale}, within: 5%}]\n"
                              "  never: [{brand: Acme, with: kids}]\n"
                              "hesitation: {plays: [\n"
                              "  {when: [{idle: 30s}], offer: help, cooldown: 9m, max_per_session: 2}]}\n",
                              "p.yaml")),
            "2 ranking.commercial[0] (boost: tag: sale, within: 5%) removed\n"
            "2 ranking.commercial[0] (boost: tag: sale, within: 5%) bury: tag: sale, within: 5%\n"
            "2 ranking.commercial[0].within (5%) 16%\n"
            "3 ranking.never[0] (brand: Acme, with: kids) removed\n"
            "3 ranking.never[0].with (kids) removed\n"
            "5 hesitation.plays[0] (when: idle: 30s, offer: help, cooldown: 9m, max_per_session: 2) removed\n"
            "5 hesitation.plays[0].when[0].idle (30s) 29s\n"
            "5 hesitation.plays[0].offer (help) compare\n"
            "5 hesitation.plays[0].cooldown (9m) 3m\n"
            "5 hesitation.plays[0].max_per_session (2) 1\n");
}

TEST(Mutations, LeaveACooldownThatHoldsNothingOff) {
  const std::string all = told(mutations_of("hesitation: {plays: [{when: [{idle: 30s}], offer: help, cooldown: 9m}]}\n", "p.yaml"));
  EXPECT_EQ(all.find("cooldown (9m)"), std::string::npos) << all;
}

TEST(Mutations, ShiftANumberTheOtherWayWhereItCannotBeReadWithTheFirst) {
  const std::string yaml = "playbook: p\nhesitation: {plays: [{when: [{toggled_between: 2}], offer: help, cooldown: 9m}]}\n";
  const auto all = mutations_of(yaml, "p.yaml");
  const auto found = std::find_if(all.begin(), all.end(), [](const Mutation& one) { return one.rule.ends_with("toggled_between"); });
  ASSERT_NE(found, all.end());
  const auto loads = [&](const Mutation& one) {
    LoadOptions options;
    options.change = [&](std::string_view, yaml::Node& own) { one.apply(own); };
    return load_playbook(yaml, "p.yaml", options).ok();
  };
  EXPECT_FALSE(loads(*found));
  ASSERT_EQ(found->other_way.size(), 1u);
  EXPECT_EQ(found->other_way[0].change, "3");
  EXPECT_TRUE(loads(found->other_way[0]));
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
