#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "agent/core/playbook/loader.h"

namespace floorwalker {
namespace {

std::string messages(const LoadedPlaybook& loaded) {
  std::string all;
  for (const Finding& finding : loaded.findings) {
    all += finding.at.file + ":" + std::to_string(finding.at.line) + ":" + std::to_string(finding.at.column) + " " + finding.path + ": " + finding.message + "\n";
  }
  return all;
}

LoadedPlaybook load(const std::string& yaml) {
  LoadOptions options;
  options.open = [](const std::string& name, const std::string&) -> std::optional<OpenedFile> {
    if (name == "voice.md") return OpenedFile{name, "You speak for {{brand}} to {{shoper}}."};
    if (name == "loose") return OpenedFile{name, "playbook: loose\nguardrails: {claims: {unsupported: allow}, privacy: {redact: []}}\nhesitation: {needs_consent: false}\n"};
    return std::nullopt;
  };
  return load_playbook("playbook: test\n" + yaml + "\n", "test.yaml", options);
}

// What is wrong, where that is told, in which words, and a like it that is right.
struct Case {
  const char* wrong;
  const char* at;   // "line:column", of a parent "file:line:column"
  const char* message;
  const char* right;
};

class Consistency : public testing::TestWithParam<Case> {};

TEST_P(Consistency, ReportsWhatCannotHoldTogether) {
  const Case& one = GetParam();
  std::string told = messages(load(one.wrong));
  const std::size_t found = told.find(one.message);
  ASSERT_NE(found, std::string::npos) << told;
  told = told.substr(told.rfind('\n', found) + 1);
  const std::string at = one.at;
  const std::string file = at.find(':') == at.rfind(':') ? "test.yaml:" : "";
  EXPECT_TRUE(told.starts_with(file + at + " ")) << told;
  EXPECT_EQ(messages(load(one.right)), "");
}

INSTANTIATE_TEST_SUITE_P(
    Rules, Consistency,
    testing::Values(
        Case{"needs: {a: {require: [{weight: {min: 2 kg}}, {weight: {max: 1500 g}}]}}", "2:22", "no product can meet all bounds on 'weight'",
             "needs: {a: {require: [{weight: {min: 1 kg}}, {weight: {max: 1500 g}}]}}"},
        Case{"needs: {a: {require: [{price: {min: 900 USD, max: 800 USD}}]}}", "2:22", "no product can meet all bounds on 'price'",
             "needs: {a: {require: [{price: {min: 800 USD, max: 900 USD}}]}}"},
        Case{"needs: {a: {require: [{colour: red}, {colour: {not: Red}}]}}", "2:22", "no product can meet", "needs: {a: {require: [{colour: red}, {colour: {not: blue}}]}}"},
        Case{"desk: {identity: {from: who}, actions: {pay: {words: [pay]}}}\nguardrails: {actions: {grant: [who]}}", "2:41", "'pay' is not granted, so it can never be done",
             "desk: {identity: {from: who}, actions: {pay: {words: [pay]}}}\nguardrails: {actions: {grant: [who, pay]}}"},
        Case{"guardrails: {input: {languages: [en, xx]}}", "2:38", "cannot be told from others", "guardrails: {input: {languages: [en, de]}}"},
        Case{"needs: {a: {phrases: [x]}}", "2:9", "neither prefers nor requires", "needs: {a: {phrases: [x], prefer: [{weight: low}]}}"},
        Case{"needs: {a: {prefer: [{weight: low}, {weight: high}]}}", "2:38", "'weight' is preferred twice", "needs: {a: {prefer: [{weight: low}, {size: high}]}}"},
        Case{"needs: {a: {phrases: [on the go], prefer: [{w: low}]}, b: {phrases: [On the Go], prefer: [{w: low}]}}", "2:70", "also stands for the need 'a'",
             "needs: {a: {phrases: [on the go], prefer: [{w: low}]}, b: {phrases: [at home], prefer: [{w: low}]}}"},
        Case{"needs: {a: {phrases: [x], applies_to: [tv, pc], prefer: [{w: low}]}, b: {phrases: [x], applies_to: tv, prefer: [{w: low}]}}", "2:84", "also stands for the need 'a'",
             "needs: {a: {phrases: [x], applies_to: pc, prefer: [{w: low}]}, b: {phrases: [x], applies_to: tv, prefer: [{w: low}]}}"},
        Case{"vocabulary: {umbrellas: {shoes: [boots], boots: [shoes]}}", "2:33", "stand for each other", "vocabulary: {umbrellas: {shoes: [boots]}}"},
        Case{"discovery: {relax_in_order: [price, price+10%]}", "2:37", "'price+10%' can never fire", "discovery: {relax_in_order: [price+10%, price]}"},
        Case{"discovery: {max_questions: 0, ask: {tv: [size]}}", "2:36", "no question is ever asked", "discovery: {max_questions: 1, ask: {tv: [size]}}"},
        Case{"addons: {tv: {premium: [soundbar]}, max_per_session: 0}", "2:54", "no add-on can ever be offered", "addons: {tv: {premium: [soundbar]}, max_per_session: 1}"},
        Case{"addons: {tv: {required: [cable], premium: [cable]}}", "2:44", "listed before", "addons: {tv: {required: [{kind: cable, when: {use: wall}}], premium: [cable]}}"},
        Case{"needs: {travel: {prefer: [{w: low}]}}\naddons: {tv: {required: [{kind: case, when: {needs: travle}}]}}", "3:53", "there is no need 'travle'",
             "needs: {travel: {prefer: [{w: low}]}}\naddons: {tv: {required: [{kind: case, when: {needs: travel, use: cinema}}]}}"},
        Case{"ranking: {commercial: [{boost: {tag: sale}}, {bury: {tag: sale}}]}", "2:46", "both boosted and buried", "ranking: {commercial: [{boost: {tag: sale}}, {bury: {tag: old}}]}"},
        Case{"ranking: {commercial: [{boost: {margin: {above: 10%}}}, {bury: {margin: {below: 20%}}}]}", "2:57", "both boosted and buried",
             "ranking: {commercial: [{boost: {margin: {above: 20%}}}, {bury: {margin: {below: 10%}}}]}"},
        Case{"ranking: {commercial: [{boost: {tag: sale}, within: 0%}]}", "2:24", "can never fire", "ranking: {commercial: [{boost: {tag: sale}, within: 1%}]}"},
        Case{"ranking: {commercial: [{boost: {brand: Acme}}], never: [{brand: Acme}]}", "2:24", "'Acme' is never shown",
             "ranking: {commercial: [{boost: {brand: Acme}}], never: [{brand: Acme, with: kids}]}"},
        Case{"needs: {travel: {prefer: [{w: low}]}}\nranking: {never: [{brand: A, with: {need: travle}}]}", "3:19", "there is no need 'travle'",
             "needs: {travel: {prefer: [{w: low}]}}\nranking: {never: [{brand: A, with: {need: travel}}]}"},
        Case{"hesitation: {plays: [{when: [{idle: 5s}], offer: help, cooldown: 0s}]}", "2:66", "without cooldown", "hesitation: {plays: [{when: [{idle: 5s}], offer: help, cooldown: 1m}]}"},
        Case{"hesitation: {plays: [{when: [{idle: 5s}, {idle: 9s}], offer: help, cooldown: 1m}]}", "2:42", "'idle' is asked for twice",
             "hesitation: {plays: [{when: [{idle: 5s}, {dwelled: 9s}], offer: help, cooldown: 1m}]}"},
        Case{"hesitation: {plays: [{when: [{idle: 5s}], offer: help, cooldown: 1m}]}\nguardrails: {proactive: {max_per_session: 0}}", "3:43", "no play can ever be made",
             "hesitation: {plays: [{when: [{idle: 5s}], offer: help, cooldown: 1m}]}\nguardrails: {proactive: {max_per_session: 1}}"},
        Case{"guardrails: {actions: {grant: [view_crat]}}", "2:32", "there is no tool 'view_crat'", "guardrails: {actions: {grant: [view_cart]}}"},
        Case{"guardrails: {actions: {confirm: [pay]}}", "2:34", "there is no tool 'pay'", "desk: {identity: {from: who}, actions: {pay: {words: [pay]}}}\nguardrails: {actions: {confirm: [pay]}}"},
        Case{"guardrails: {actions: {grant: [view_cart], confirm: [start_checkout]}}", "2:54", "'start_checkout' is not granted",
             "guardrails: {actions: {grant: [start_checkout], confirm: [start_checkout]}}"},
        Case{"guardrails: {actions: {grant: [view_cart], discounts: [SAVE]}}", "2:55", "'apply_discount' is not granted", "guardrails: {actions: {grant: [apply_discount], discounts: [SAVE]}}"},
        Case{"guardrails: {actions: {limits: {writes_per_turn: 9, writes_per_session: 5}}}", "2:50", "can never decide",
             "guardrails: {actions: {limits: {writes_per_turn: 5, writes_per_session: 9}}}"},
        Case{"guardrails: {actions: {limits: {discount: 0%}, discounts: [SAVE]}}", "2:43", "none may take anything off", "guardrails: {actions: {limits: {discount: 5%}, discounts: [SAVE]}}"},
        Case{"brand: {currency: EUR}\nguardrails: {actions: {limits: {cart_total: 50 USD}}}", "3:45", "another currency",
             "brand: {currency: USD}\nguardrails: {actions: {limits: {cart_total: 50 USD}}}"},
        Case{"brand: {disclosure: \"Only today!\"}\nguardrails: {say: {never: [{phrase: only today}]}}", "2:21", "may never be said",
             "brand: {disclosure: \"Only todays!\"}\nguardrails: {say: {never: [{phrase: only today}]}}"},
        Case{"brand: {name: North Light}\nguardrails: {say: {competitors: [North light]}}", "3:34", "its own competitor", "brand: {name: North Light}\nguardrails: {say: {competitors: [South]}}"},
        Case{"discovery: {questions: {budget: \"Up to how much, {{name}}?\"}}", "2:33", "nothing provides the variable '{{name}}'", "discovery: {questions: {budget: \"Up to how much?\"}}"},
        Case{"brand: {voice: voice.md}", "2:16", "nothing provides the variable '{{shoper}}'", "brand: {name: x}"},
        Case{"brand: {voice: none.md}", "2:16", "there is no prompt file", "brand: {name: x}"},
        Case{"needs: {a: {require: [{colour: {any_of: [red, blue]}}, {colour: {any_of: [green, black]}}]}}", "2:22", "no product can meet all bounds on 'colour'",
             "needs: {a: {require: [{colour: {any_of: [red, blue]}}, {colour: {any_of: [blue, black]}}]}}"},
        Case{"needs: {a: {require: [{colour: {any_of: [red, blue]}}, {colour: green}]}}", "2:22", "no product can meet all bounds on 'colour'",
             "needs: {a: {require: [{colour: {any_of: [red, blue]}}, {colour: blue}]}}"},
        Case{"needs: {a: {require: [{weight: {min: 2 kg}}, {weight: 1 kg}]}}", "2:22", "no product can meet all bounds on 'weight'",
             "needs: {a: {require: [{weight: {min: 2 kg}}, {weight: 3 kg}]}}"},
        Case{"vocabulary: {umbrellas: {shoes: [boots, Shoes]}}", "2:33", "'shoes' stands for itself", "vocabulary: {umbrellas: {shoes: [boots, sandals]}}"},
        Case{"addons: {tv: {recommended: [{kind: cable}]}}\nranking: {never: [{kind: Cable}]}", "2:29", "'cable' is never shown, so it can never be offered",
             "addons: {tv: {recommended: [{kind: cable}]}}\nranking: {never: [{kind: cable, with: kids}]}"},
        Case{"ranking: {never: [{brand: Acme}, {brand: acme, with: kids}]}", "2:34", "never shown already by line 2", "ranking: {never: [{brand: Acme, with: kids}, {brand: Acme, with: toys}]}"},
        Case{"hesitation: {plays: [{when: [{idle: 5s}], offer: help, cooldown: 1m, max_per_session: 3}]}\nguardrails: {proactive: {max_per_session: 2}}", "2:87", "can never decide",
             "hesitation: {plays: [{when: [{idle: 5s}], offer: help, cooldown: 1m, max_per_session: 2}]}\nguardrails: {proactive: {max_per_session: 2}}"},
        Case{"guardrails: {actions: {confirm_within: 2}}", "2:40", "nothing needs the shopper's yes", "guardrails: {actions: {confirm_within: 2, confirm: [start_checkout]}}"},
        Case{"guardrails: {say: {never: [{phrase: today}, {phrase: only Today}]}}", "2:54", "'only Today' can never decide", "guardrails: {say: {never: [{phrase: today}, {phrase: only todays}]}}"},
        Case{"guardrails: {say: {never: [{phrase: today}, {phrase: today}]}}", "2:54", "can never decide", "guardrails: {say: {never: [{phrase: today}]}}"},
        Case{"extends: loose", "loose:2:36", "the parent switches this guardrail off",
             "extends: loose\nguardrails: {claims: {unsupported: allow}, privacy: {redact: [email]}}\nhesitation: {needs_consent: true}"}));

}  // namespace
}  // namespace floorwalker
