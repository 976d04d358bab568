#include "agent/core/playbook/loader.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace floorwalker {
namespace {

using std::chrono_literals::operator""ms;

LoadedPlaybook load(const std::string& yaml) { return load_playbook("playbook: test\n" + yaml, "test.yaml"); }

// The findings as "line:column path: message (suggestion)", one a line.
std::string findings(const LoadedPlaybook& loaded) {
  std::string all;
  for (const Finding& finding : loaded.findings) {
    all += std::to_string(finding.at.line) + ":" + std::to_string(finding.at.column) + " " + finding.path + ": " + finding.message;
    if (!finding.suggestion.empty()) all += " (" + finding.suggestion + ")";
    all += "\n";
  }
  return all;
}

TEST(PlaybookLoader, ReadsNeedsWithBoundsAndPreferences) {
  const auto loaded = load(
      "needs:\n"
      "  travel:\n"
      "    phrases: [commuting, on the go]\n"
      "    applies_to: laptop\n"
      "    prefer: [{weight: low}, {battery_life: high}]\n"
      "    require: [{weight: {max: 1.5 kg}}, {ram: {min: 8 GB, max: 16 GB}}, {colour: black}, {material: {not: leather}}]\n");
  ASSERT_TRUE(loaded.ok()) << findings(loaded);
  ASSERT_EQ(loaded.playbook.needs.size(), 1u);
  const NeedRule& need = loaded.playbook.needs[0];
  EXPECT_EQ(need.name, "travel");
  EXPECT_EQ(need.phrases, (std::vector<std::string>{"commuting", "on the go"}));
  EXPECT_EQ(need.applies_to, std::vector<std::string>{"laptop"});
  ASSERT_EQ(need.prefer.size(), 2u);
  EXPECT_TRUE(need.prefer[0].low);
  EXPECT_FALSE(need.prefer[1].low);
  ASSERT_EQ(need.require.size(), 4u);
  EXPECT_EQ(need.require[0], (Constraint{"weight", Constraint::Op::kAtMost, {"1.5 kg"}}));
  EXPECT_EQ(need.require[1], (Constraint{"ram", Constraint::Op::kBetween, {"8 GB", "16 GB"}}));
  EXPECT_EQ(need.require[2], (Constraint{"colour", Constraint::Op::kEquals, {"black"}}));
  EXPECT_EQ(need.require[3], (Constraint{"material", Constraint::Op::kNot, {"leather"}}));
}

TEST(PlaybookLoader, PutsShopperFirstRulesBeforeCommercialOnes) {
  const auto loaded = load(
      "ranking:\n"
      "  commercial: [{boost: {tag: overstock}, within: 10%}, {bury: {margin: {below: 5%}}}]\n"
      "  shopper_first: [{in_stock: first}]\n"
      "  never: [{brand: Acme, with: kids}]\n");
  ASSERT_TRUE(loaded.ok()) << findings(loaded);
  const auto& ranking = loaded.playbook.ranking;
  ASSERT_EQ(ranking.size(), 4u);
  EXPECT_EQ(ranking[0].what, RankingRule::What::kInStockFirst);
  EXPECT_EQ(ranking[1].what, RankingRule::What::kNever);
  EXPECT_EQ(ranking[1].with.at("any"), "kids");
  EXPECT_EQ(ranking[2].what, RankingRule::What::kBoostTag);
  EXPECT_EQ(ranking[2].band_permille, 100);
  EXPECT_EQ(ranking[3].what, RankingRule::What::kBuryMarginBelow);
  EXPECT_EQ(ranking[3].permille, 50);
}

TEST(PlaybookLoader, ReadsUnitsExactly) {
  const auto loaded = load(
      "limits: {steps: 6, seconds: 2.5, cost: 0.0005 USD}\n"
      "guardrails: {actions: {limits: {quantity: 10, cart_total: \"5,000 USD\", discount: 12.5%}}, proactive: {pause: 90s}}\n");
  ASSERT_TRUE(loaded.ok()) << findings(loaded);
  EXPECT_EQ(loaded.playbook.limits.time, 2500ms);
  EXPECT_EQ(loaded.playbook.limits.cost_micros, 500);
  EXPECT_EQ(loaded.playbook.guardrails.max_cart_total->minor, 500000);
  EXPECT_EQ(loaded.playbook.guardrails.max_discount_permille, 125);
  EXPECT_EQ(loaded.playbook.guardrails.proactive.pause, 90000ms);
}

TEST(PlaybookLoader, ReportsEveryMistakeAtOnceInFileOrder) {
  const auto loaded = load(
      "discovery: {max_question: 2, relax_in_order: [price+ten%]}\n"
      "compare: {max_products: twelve}\n"
      "limits: {seconds: 20s, steps: 900}\n");
  EXPECT_EQ(findings(loaded),
            "2:13 discovery.max_question: there is no key 'max_question' here (did you mean 'max_questions'?)\n"
            "2:47 discovery.relax_in_order[0]: 'price+ten%' widens by no percentage (write it as \"price+10%\")\n"
            "3:25 compare.max_products: a whole number is wanted here, not 'twelve'\n"
            "4:19 limits.seconds: a number of seconds without unit is wanted here (write 20 or 2.5)\n"
            "4:31 limits.steps: a number from 1 to 64 is wanted here, not 900\n");
}

TEST(PlaybookLoader, RefusesNumbersThatMayBeOctal) {
  const auto loaded = load("compare: {max_products: 04}\nlimits: {steps: 010}\n");
  EXPECT_EQ(findings(loaded),
            "2:25 compare.max_products: '04' is read as octal by some, so a whole number does not begin with 0 (write 4)\n"
            "3:17 limits.steps: '010' is read as octal by some, so a whole number does not begin with 0 (write 10)\n");
  EXPECT_EQ(findings(load("addons: {max_per_session: 0}\nlimits: {steps: 10}\n")), "");
}

TEST(PlaybookLoader, RefusesBooleansWhereTextIsWanted) {
  const auto loaded = load("brand: {locale: no}\nvocabulary: {synonyms: {on: [lit]}}\nguardrails: {say: {competitors: [\"no\", off]}}\n");
  EXPECT_EQ(findings(loaded),
            "2:17 brand.locale: YAML reads no as a boolean, but text is wanted here (write \"no\" in quotes)\n"
            "3:25 vocabulary.synonyms.on: YAML reads on as a boolean, but text is wanted here (write \"on\" in quotes)\n"
            "4:40 guardrails.say.competitors[1]: YAML reads off as a boolean, but text is wanted here (write \"off\" in quotes)\n");
}

TEST(PlaybookLoader, TakesOnlyTrueAndFalseForBooleans) {
  EXPECT_NE(findings(load("hesitation: {needs_consent: yes}\n")).find("true or false is wanted here, not 'yes'"), std::string::npos);
  EXPECT_NE(findings(load("hesitation: {needs_consent: \"true\"}\n")).find("true or false is wanted here"), std::string::npos);
  EXPECT_TRUE(load("hesitation: {needs_consent: false}\n").ok());
}

TEST(PlaybookLoader, NeverAllowsContradictedClaims) {
  EXPECT_EQ(findings(load("guardrails: {claims: {contradicted: allow}}\n")),
            "2:37 guardrails.claims.contradicted: a contradicted claim is never allowed (use repair, drop or replace)\n");
}

TEST(PlaybookLoader, RequiresCooldownOnPlays) {
  EXPECT_EQ(findings(load("hesitation:\n  plays:\n    - {when: [{toggled_between: 2, times: 3}], offer: compare}\n")),
            "4:7 hesitation.plays[0].cooldown: 'cooldown' is missing\n");
}

TEST(PlaybookLoader, CountsColumnsInCharacters) {
  EXPECT_EQ(findings(load("brand: {name: \"Möbel für dich\", nme: x}\n")), "2:33 brand.nme: there is no key 'nme' here (did you mean 'name'?)\n");
}

TEST(PlaybookYaml, RefusesDuplicateKeysWithBothPlaces) {
  EXPECT_EQ(findings(load("limits: {steps: 3}\nlimits: {steps: 4}\n")),
            "3:1 : 'limits' is given twice; the first stands in line 2 (keep one of the two)\n");
}

TEST(PlaybookYaml, RefusesAnchorsAliasesAndMergeKeys) {
  const std::string all = findings(load("brand: &b {name: A}\nlimits: {<<: *b}\n"));
  EXPECT_NE(all.find("2:8 : anchors ('&b') are not allowed"), std::string::npos) << all;
  EXPECT_NE(all.find("merge keys ('<<') are not allowed"), std::string::npos) << all;
  EXPECT_NE(all.find("aliases ('*name') are not allowed"), std::string::npos) << all;
}

TEST(PlaybookYaml, RefusesTheBillionLaughsAtOnce) {
  std::string bomb = "a: &a [lol, lol]\n";
  for (char c = 'b'; c < 'z'; ++c) {
    bomb += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 9; ++i) bomb += std::string("*") + static_cast<char>(c - 1) + ",";
    bomb += "]\n";
  }
  EXPECT_FALSE(load(bomb).ok());
}

TEST(PlaybookYaml, RefusesTabsTagsDocumentsAndDepth) {
  EXPECT_EQ(findings(load("limits:\n\tsteps: 3\n")), "3:1 : a tab is used for indentation (use spaces)\n");
  EXPECT_NE(findings(load("brand: {name: !!python/object x}\n")).find("tags ('"), std::string::npos);
  EXPECT_NE(findings(load("---\nplaybook: other\n")).find("several documents"), std::string::npos);
  EXPECT_NE(findings(load("brand: " + std::string(5000, '[') + "\n")).find("nested deeper than 24 levels"), std::string::npos);
}

TEST(PlaybookYaml, RefusesHugeFilesAndForeignBytes) {
  EXPECT_NE(findings(load("# " + std::string(10'000'000, 'x') + "\n")).find("at most 1048576"), std::string::npos);
  EXPECT_NE(findings(load("brand: {name: \"caf\xe9\"}\n")).find("2:19 : the line has bytes that are not UTF-8"), std::string::npos);
}

TEST(PlaybookYaml, SaysWhereSyntaxIsWrong) {
  const auto loaded = load("brand: {name: A\nlimits: {steps: 3}\n");
  ASSERT_FALSE(loaded.ok());
  EXPECT_GE(loaded.findings[0].at.line, 2);
}

TEST(PlaybookLoader, RefusesEmptyFiles) {
  EXPECT_FALSE(load_playbook("", "empty.yaml").ok());
  EXPECT_FALSE(load_playbook("# nothing\n", "empty.yaml").ok());
  EXPECT_FALSE(load_playbook("- a\n", "list.yaml").ok());
}

class Extends : public testing::Test {
 protected:
  LoadedPlaybook load(const std::string& yaml, const std::string& environment = {}) {
    LoadOptions options;
    options.open = [this](const std::string& name, const std::string&) -> std::optional<OpenedFile> {
      const auto file = files_.find(name);
      return file == files_.end() ? std::nullopt : std::optional(OpenedFile{name, file->second});
    };
    options.environment = environment;
    return load_playbook(yaml, "child.yaml", options);
  }

  std::map<std::string, std::string> files_ = {
      {"base", "playbook: base\nlimits: {steps: 3, seconds: 9}\ndiscovery: {relax_in_order: [colour, brand]}\n"},
      {"loop", "playbook: loop\nextends: loop\n"},
      {"wrong", "playbook: wrong\nlimits: {steps: none}\n"}};
};

TEST_F(Extends, LaysOwnSettingsOverTheParents) {
  const auto loaded = load("playbook: child\nextends: base\nlimits: {steps: 5}\ndiscovery: {relax_in_order: [size]}\n");
  ASSERT_TRUE(loaded.ok()) << findings(loaded);
  EXPECT_EQ(loaded.playbook.name, "child");
  EXPECT_EQ(loaded.playbook.limits.steps, 5);
  EXPECT_EQ(loaded.playbook.limits.time, 9000ms);
  EXPECT_EQ(loaded.playbook.discovery.relax_in_order, std::vector<std::string>{"size"});
}

TEST_F(Extends, LaysSeveralParentsOneOverTheOther) {
  files_["rooms"] = "playbook: rooms\nextends: base\nneeds: {lounging: {applies_to: sofa, prefer: [{depth: high}]}}\nlimits: {steps: 4}\n";
  files_["screens"] = "playbook: screens\nneeds: {travel: {applies_to: laptop, prefer: [{weight: low}]}}\nlimits: {steps: 6}\n";
  const auto loaded = load("playbook: child\nextends: [rooms, screens]\n");
  ASSERT_TRUE(loaded.ok()) << findings(loaded);
  EXPECT_EQ(loaded.playbook.name, "child");
  EXPECT_EQ(loaded.playbook.needs.size(), 2u);
  EXPECT_EQ(loaded.playbook.limits.steps, 6);
  EXPECT_EQ(loaded.playbook.limits.time, 9000ms);
}

TEST_F(Extends, ReportsWhatAParentLoosensUnlessTheChildSaysItToo) {
  files_["firm"] = "playbook: firm\nguardrails:\n"
                   "  input: {max_length: 4000}\n"
                   "  actions: {confirm: start_checkout, grant: [view_cart, start_checkout], limits: {quantity: 20}}\n"
                   "  say: {never: [{phrase: hurry}]}\n"
                   "  privacy: {redact: [email, phone]}\n"
                   "  proactive: {pause: 5m}\n";
  const std::vector<std::pair<std::string, std::string>> looser = {
      {"actions: {confirm: []}", "actions: {confirm: start_checkout}"},     {"actions: {limits: {quantity: 1000000}}", "actions: {limits: {quantity: 19}}"},
      {"say: {never: []}", "say: {never: [{phrase: hurry}, {phrase: now}]}"}, {"input: {max_length: 100000}", "input: {max_length: 3999}"},
      {"proactive: {pause: 0s}", "proactive: {pause: 10m}"},                {"privacy: {redact: [email]}", "privacy: {redact: [phone, email]}"},
      {"actions: {grant: [view_cart, start_checkout, update_cart]}", "actions: {grant: [start_checkout]}"}};
  for (const auto& [loose, firm] : looser) {
    files_["parent"] = "playbook: parent\nextends: firm\nguardrails:\n  " + loose + "\n";
    const auto loaded = load("playbook: child\nextends: parent\n");
    ASSERT_EQ(loaded.findings.size(), 1u) << loose << "\n" << findings(loaded);
    EXPECT_EQ(loaded.findings[0].at.file, "parent");
    EXPECT_EQ(loaded.findings[0].at.line, 4);
    EXPECT_TRUE(load("playbook: child\nextends: parent\nguardrails:\n  " + loose + "\n").ok()) << loose;
    files_["parent"] = "playbook: parent\nextends: firm\nguardrails:\n  " + firm + "\n";
    EXPECT_TRUE(load("playbook: child\nextends: parent\n").ok()) << firm;
  }
}

TEST_F(Extends, ReportsAParentUnderTheNameWhereItWasFound) {
  LoadOptions options;
  options.open = [](const std::string& name, const std::string& from) -> std::optional<OpenedFile> {
    if (name == "wrong.yaml" && from == "sub/mid.yaml") return OpenedFile{"sub/wrong.yaml", "playbook: wrong\nlimits: {steps: none}\n"};
    if (name == "sub/mid.yaml") return OpenedFile{name, "playbook: mid\nextends: wrong.yaml\n"};
    return std::nullopt;
  };
  const auto loaded = load_playbook("playbook: child\nextends: sub/mid.yaml\n", "child.yaml", options);
  ASSERT_EQ(loaded.findings.size(), 1u) << findings(loaded);
  EXPECT_EQ(loaded.findings[0].at.file, "sub/wrong.yaml");
}

TEST(PlaybookLoader, ReportsWhatContradictsBesideWhatCannotBeRead) {
  const auto loaded = load_playbook("playbook: p\nlimits: {steps: none}\nbrand: {currency: EUR}\nguardrails: {actions: {limits: {cart_total: 50 USD}}}\n"
                                    "needs: {a: {prefer: [{weight: lower}]}}\n",
                                    "p.yaml");
  ASSERT_EQ(loaded.findings.size(), 3u) << findings(loaded);
  EXPECT_EQ(loaded.findings[0].path, "limits.steps");
  EXPECT_EQ(loaded.findings[1].path, "guardrails.actions.limits.cart_total");
  EXPECT_EQ(loaded.findings[2].path, "needs.a.prefer[0].weight");
}

TEST(PlaybookLoader, HoldsEveryEnvironmentTogetherWhicheverIsChosen) {
  const std::string yaml = "playbook: p\nbrand: {currency: EUR}\nenvironments:\n  live:\n    guardrails: {actions: {limits: {cart_total: 50 USD}}}\n  test: {limits: {steps: 3}}\n";
  const auto loaded = load_playbook(yaml, "p.yaml");
  ASSERT_EQ(loaded.findings.size(), 1u) << findings(loaded);
  EXPECT_EQ(loaded.findings[0].path, "environments.live.guardrails.actions.limits.cart_total");
  EXPECT_EQ(loaded.findings[0].at.line, 5);
}

// Where a mistake stands: line and column, counted in characters.
TEST(PlaybookLoader, TellsLineAndColumn) {
  const std::vector<std::tuple<std::string, int, int>> cases = {
      {"playbook: p\nbrand:\nlimits: {steps: 3}\n", 2, 1},
      {"playbook: p\nlimits: {steps: 3}\n---\nplaybook: q\n", 3, 1},
      {"playbook: p\nneeds:\n  g.h: {phrases: [x]}\n", 3, 3},
      {"playbook: p\nneeds:\n  a: {phrases: [x], prefer: [{w: low}]}\n  b: {phrases: [z, x], prefer: [{w: low}]}\n", 4, 20},
      {"playbook: p\ndesk:\n  identity: {from: who}\n  shopper_may_name: [order, card]\n  identifiers: {order: id}\n", 4, 29},
      {"playbook: p\ndesk:\n  identity: {from: who}\n  actions:\n    pay: {words: [pay], require: [owner]}\n", 5, 35},
      {"playbook: p\ndesk:\n  identity: {from: who}\n  actions:\n    pay: {words: [pay], identifiers: {to: card}}\n", 5, 43},
      {"playbook: p\nbrand: {name: \"K\xc3\xa4s\xff\"}\n", 2, 19}};
  for (const auto& [yaml, line, column] : cases) {
    const auto loaded = load_playbook(yaml, "p.yaml");
    ASSERT_FALSE(loaded.findings.empty()) << yaml;
    EXPECT_EQ(std::make_pair(loaded.findings[0].at.line, loaded.findings[0].at.column), std::make_pair(line, column)) << yaml << findings(loaded);
  }
}

TEST_F(Extends, NamesTheParentThatIsMissingAmongSeveral) {
  const auto loaded = load("playbook: child\nextends: [base, nowhere]\n");
  ASSERT_EQ(loaded.findings.size(), 1u) << findings(loaded);
  EXPECT_EQ(loaded.findings[0].path, "extends[1]");
}

TEST_F(Extends, NamesTheParentsFileForTheParentsMistakes) {
  const auto loaded = load("playbook: child\nextends: wrong\n");
  ASSERT_EQ(loaded.findings.size(), 1u) << findings(loaded);
  EXPECT_EQ(loaded.findings[0].at.file, "wrong");
  EXPECT_EQ(loaded.findings[0].at.line, 2);
}

TEST_F(Extends, RefusesMissingParentsAndCircles) {
  EXPECT_NE(findings(load("playbook: c\nextends: nowhere\n")).find("there is no playbook 'nowhere'"), std::string::npos);
  EXPECT_NE(findings(load("playbook: c\nextends: loop\n")).find("'loop' extends itself"), std::string::npos);
}

TEST_F(Extends, AppliesTheChosenEnvironmentAndChecksTheOthers) {
  const std::string yaml = "playbook: c\nlimits: {steps: 3}\nenvironments:\n  staging: {limits: {steps: 9}}\n  live: {limits: {stps: 9}}\n";
  const auto loaded = load(yaml, "staging");
  EXPECT_EQ(loaded.playbook.limits.steps, 9);
  EXPECT_EQ(findings(loaded), "5:19 environments.live.limits.stps: there is no key 'stps' here (did you mean 'steps'?)\n");
  EXPECT_NE(findings(load(yaml, "stagin")).find("did you mean 'staging'?"), std::string::npos);
}

TEST_F(Extends, HashCoversParentsAndEnvironment) {
  const std::string yaml = "playbook: child\nextends: base\nenvironments: {staging: {limits: {steps: 4}}}\n";
  const std::string before = load(yaml).playbook.hash;
  EXPECT_EQ(before.size(), 64u);
  EXPECT_EQ(load(yaml).playbook.hash, before);
  EXPECT_NE(load(yaml, "staging").playbook.hash, before);
  files_["base"] += "# changed\n";
  EXPECT_NE(load(yaml).playbook.hash, before);
}

class TinyVocabulary final : public Vocabulary {
 public:
  std::vector<Mention> recognise(std::string_view) const override { return {}; }
  std::vector<NumericAttribute> numeric_attributes(std::string_view) const override { return {}; }
  std::vector<std::string> names(std::string_view what) const override {
    if (what == "kind") return {"laptop", "laptop bag"};
    if (what == "attribute") return {"Battery life", "weight"};
    if (what == "option") return {"Colour"};
    if (what == "category") return {"Electronics > Televisions"};
    return {};
  }
  std::size_t count(std::string_view) const override { return 0; }
};

TEST(PlaybookNames, MissingOnesAreErrorsOnlyWhenNamedWithTheShop) {
  const auto loaded = load(
      "needs: {travel: {applies_to: laptops, prefer: [{battery_life: high}, {wieght: low}]}}\n"
      "discovery: {ask: {television: [use, budget, \"option:colour\", panel]}}\n"
      "compare: {axes: {travel: [weight], phone: [price]}}\n");
  ASSERT_TRUE(loaded.ok()) << findings(loaded);
  const auto found = check_against(loaded.playbook, TinyVocabulary(), true);
  LoadedPlaybook shown;
  shown.findings = found;
  EXPECT_EQ(findings(shown),
            "2:71 needs.travel.prefer[1].wieght: the catalogue has no attribute or option 'wieght' (did you mean 'weight'?)\n"
            "3:62 discovery.ask.television[3]: the catalogue has no attribute or option 'panel'\n"
            "4:36 compare.axes.phone: the catalogue has no need or kind of product 'phone'\n");
  for (const Finding& finding : found) EXPECT_EQ(finding.severity, Finding::Severity::kError);
  for (const Finding& finding : check_against(loaded.playbook, TinyVocabulary(), false)) {
    EXPECT_EQ(finding.severity, Finding::Severity::kInactive);
  }
}

}  // namespace
}  // namespace floorwalker
