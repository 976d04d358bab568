#include "agent/core/playbook/sections.h"

#include <algorithm>
#include <cctype>

#include "agent/core/playbook/desk_section.h"
#include "agent/core/text.h"
#include "agent/core/units.h"

// One function for each section of the file, in the order of playbooks/README.md.
namespace floorwalker::yaml {
namespace {

class Sections {
 public:
  Sections(Reader& reader, Playbook& playbook) : r_(reader), book_(playbook) {}

  void read(const Node& root);

 private:
  // Remembers a name that a catalogue should know.
  void uses(const std::string& what, const std::string& name, const SourcePosition& at, const Path& path) {
    book_.names.push_back({what, name, path.text, at});
  }
  void uses_all(const std::string& what, const Node& node, const Path& path);
  Field names_of(const std::string& what, std::vector<std::string>& out);
  Field name_of(const std::string& what, std::string& out);

  void brand(const Node& node, const Path& path);
  void currency(const Node& node, const Path& path);
  void vocabulary(const Node& node, const Path& path);
  void need(const Node::Entry& entry, const Path& path);
  void preference(const Node& node, const Path& path, NeedRule& rule);
  void requirement(const Node& node, const Path& path, NeedRule& rule);
  void bound(const Node& node, const Path& path, const std::string& field, NeedRule& rule);
  void discovery(const Node& node, const Path& path);
  void relaxation(const Node& node, const Path& path);
  void compare(const Node& node, const Path& path);
  void addons(const Node& node, const Path& path);
  void addon(const Node& node, const Path& path, const std::string& kind, Addon::Tier tier);
  void ranking(const Node& node, const Path& path);
  void shopper_first(const Node& node, const Path& path);
  void commercial(const Node& node, const Path& path);
  void boost_or_bury(const Node& node, const Path& path, bool boost, RankingRule& rule);
  void margin(const Node& node, const Path& path, bool boost, RankingRule& rule);
  void never(const Node& node, const Path& path);
  void hesitation(const Node& node, const Path& path);
  void play(const Node& node, const Path& path);
  void signal(const Node& node, const Path& path, PlayRule& play);
  void guardrails(const Node& node, const Path& path);
  void input(const Node& node, const Path& path);
  void claims(const Node& node, const Path& path);
  void actions(const Node& node, const Path& path);
  void action_limits(const Node& node, const Path& path);
  void results(const Node& node, const Path& path);
  void say(const Node& node, const Path& path);
  void never_say(const Node& node, const Path& path);
  void privacy(const Node& node, const Path& path);
  void proactive(const Node& node, const Path& path);
  void limits(const Node& node, const Path& path);
  void seconds(const Node& node, const Path& path);
  void cost(const Node& node, const Path& path);

  Field on_error(OnError& out) { return r_.choice<OnError>(out, {{"refuse", OnError::kRefuse}, {"allow", OnError::kAllow}}); }
  Field on_injection(OnInjection& out) {
    return r_.choice<OnInjection>(out, {{"mark", OnInjection::kMark}, {"drop", OnInjection::kDrop}, {"refuse", OnInjection::kRefuse}});
  }
  template <typename Method>
  Field section(Method method) {
    return [this, method](const Node& node, const Path& path) { (this->*method)(node, path); };
  }
  template <typename Method>
  Field each(Method method) {
    return [this, method](const Node& node, const Path& path) {
      r_.list(node, path, [&](const Node& item, const Path& at) { (this->*method)(item, at); });
    };
  }

  Reader& r_;
  Playbook& book_;
};

void Sections::uses_all(const std::string& what, const Node& node, const Path& path) {
  if (node.type == Node::Type::kScalar) uses(what, node.text, node.at, path);
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    if (node.items[i].type == Node::Type::kScalar) uses(what, node.items[i].text, node.items[i].at, path.item(i));
  }
}

Field Sections::names_of(const std::string& what, std::vector<std::string>& out) {
  return [this, what, &out](const Node& node, const Path& path) {
    r_.texts(out)(node, path);
    uses_all(what, node, path);
  };
}

Field Sections::name_of(const std::string& what, std::string& out) {
  return [this, what, &out](const Node& node, const Path& path) {
    r_.text(out)(node, path);
    if (!out.empty()) uses(what, out, node.at, path);
  };
}

void Sections::read(const Node& root) {
  const auto needs = [this](const Node& node, const Path& path) {
    r_.table(node, path, [&](const Node::Entry& entry, const Path& at) { need(entry, at); });
  };
  r_.object(root, {},
            {{"playbook", r_.text(book_.name), Presence::kRequired},
             {"version", r_.text(book_.version)},
             {"extends", [](const Node&, const Path&) {}},       // read before
             {"environments", [](const Node&, const Path&) {}},  // read before
             {"brand", section(&Sections::brand)},
             {"vocabulary", section(&Sections::vocabulary)},
             {"needs", needs},
             {"discovery", section(&Sections::discovery)},
             {"compare", section(&Sections::compare)},
             {"addons", section(&Sections::addons)},
             {"ranking", section(&Sections::ranking)},
             {"hesitation", section(&Sections::hesitation)},
             {"guardrails", section(&Sections::guardrails)},
             {"limits", section(&Sections::limits)},
             {"desk", [this](const Node& node, const Path& path) { read_desk(r_, node, path, book_.desk); }}});
}

void Sections::brand(const Node& node, const Path& path) {
  const auto locale = [this](const Node& value, const Path& at) {
    const auto read = r_.text_of(value, at);
    if (!read) return;
    const std::string& text = book_.brand.locale = *read;
    const auto letters = [&](std::size_t from, std::size_t to) {
      return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(from), text.begin() + static_cast<std::ptrdiff_t>(to),
                         [](unsigned char c) { return std::isalpha(c) != 0; });
    };
    const bool fine = (text.size() == 2 && letters(0, 2)) || (text.size() == 5 && text[2] == '-' && letters(0, 2) && letters(3, 5));
    if (!fine) r_.error(value, at, "'" + text + "' is no locale", "write it as \"en\" or \"en-US\"");
  };
  r_.object(node, path,
            {{"name", r_.text(book_.brand.name)},
             {"voice", r_.text(book_.brand.voice)},
             {"locale", locale},
             {"currency", section(&Sections::currency)},
             {"disclosure", r_.text(book_.brand.disclosure)}});
}

void Sections::currency(const Node& node, const Path& path) {
  const auto value = r_.text_of(node, path);
  if (!value) return;
  if (const auto currency = Currency::parse(*value)) {
    book_.brand.currency = *currency;
  } else {
    r_.error(node, path, "'" + *value + "' is no currency code", "write three letters, as in USD");
  }
}

void Sections::vocabulary(const Node& node, const Path& path) {
  const auto umbrellas = [this](const Node& map, const Path& at) {
    r_.texts_table(book_.vocabulary.umbrellas)(map, at);
    for (const Node::Entry& entry : map.entries) uses_all("kind", entry.value, at.entry(entry.key));
  };
  r_.object(node, path, {{"umbrellas", umbrellas}, {"synonyms", r_.texts_table(book_.vocabulary.synonyms)}});
}

void Sections::need(const Node::Entry& entry, const Path& path) {
  NeedRule rule;
  rule.name = entry.key;
  rule.at = entry.at;
  r_.object(entry.value, path,
            {{"phrases", r_.texts(rule.phrases)},
             {"applies_to", names_of("kind", rule.applies_to)},
             {"prefer", [&](const Node& list, const Path& at) { r_.list(list, at, [&](const Node& n, const Path& p) { preference(n, p, rule); }); }},
             {"require", [&](const Node& list, const Path& at) { r_.list(list, at, [&](const Node& n, const Path& p) { requirement(n, p, rule); }); }}});
  book_.needs.push_back(std::move(rule));
}

void Sections::preference(const Node& node, const Path& path, NeedRule& rule) {
  const Node::Entry* entry = r_.single(node, path, "one attribute with low or high, as in {weight: low}");
  if (!entry) return;
  Preference preference;
  preference.attribute = entry->key;
  preference.at = entry->at;
  r_.choice<bool>(preference.low, {{"low", true}, {"high", false}})(entry->value, path.entry(entry->key));
  uses("field", entry->key, entry->at, path.entry(entry->key));
  rule.prefer.push_back(std::move(preference));
}

void Sections::requirement(const Node& node, const Path& path, NeedRule& rule) {
  const Node::Entry* entry = r_.single(node, path, "one attribute with its bound, as in {weight: {max: 1.5 kg}}");
  if (!entry) return;
  uses("field", entry->key, entry->at, path.entry(entry->key));
  bound(entry->value, path.entry(entry->key), entry->key, rule);
}

void Sections::bound(const Node& node, const Path& path, const std::string& field, NeedRule& rule) {
  if (node.type == Node::Type::kScalar) {
    uses("bound", node.text, node.at, path);
    if (auto value = r_.text_of(node, path)) rule.require.push_back({field, Constraint::Op::kEquals, {std::move(*value)}});
    return;
  }
  std::string low, high, is, is_not;
  std::vector<std::string> any_of;
  const auto measured = [&](std::string& out) {
    return [this, &out, &field](const Node& value, const Path& at) {
      r_.text(out)(value, at);
      const bool number = field == "price" ? parse_money(out).has_value() : parse_measure(out).has_value();
      if (!out.empty() && !number) {
        r_.error(value, at, "'" + out + "' cannot be compared as a number",
                 field == "price" ? "write it as \"800 USD\"" : "write a number with its unit, as in \"1.5 kg\"");
      }
    };
  };
  r_.object(node, path,
            {{"min", measured(low)}, {"max", measured(high)}, {"is", r_.text(is)}, {"not", r_.text(is_not)}, {"any_of", r_.texts(any_of)}});
  if (node.type != Node::Type::kMap) return;
  for (const Node::Entry& entry : node.entries) uses_all("bound", entry.value, path.entry(entry.key));
  if (node.entries.empty()) r_.error(node, path, "no bound is given", "use min, max, is, not or any_of");
  if (!low.empty() && !high.empty()) {
    rule.require.push_back({field, Constraint::Op::kBetween, {low, high}});
  } else if (!low.empty()) {
    rule.require.push_back({field, Constraint::Op::kAtLeast, {low}});
  } else if (!high.empty()) {
    rule.require.push_back({field, Constraint::Op::kAtMost, {high}});
  }
  if (!is.empty()) rule.require.push_back({field, Constraint::Op::kEquals, {is}});
  if (!is_not.empty()) rule.require.push_back({field, Constraint::Op::kNot, {is_not}});
  if (!any_of.empty()) rule.require.push_back({field, Constraint::Op::kOneOf, any_of});
}

void Sections::discovery(const Node& node, const Path& path) {
  const auto ask = [this](const Node& map, const Path& at) {
    r_.texts_table(book_.discovery.ask)(map, at);
    for (const Node::Entry& entry : map.entries) {
      uses("kind", entry.key, entry.at, at.entry(entry.key));
      uses_all("slot", entry.value, at.entry(entry.key));
    }
  };
  r_.object(node, path,
            {{"max_questions", r_.number(book_.discovery.max_questions, 0, 10)},
             {"ask", ask},
             {"relax_in_order", each(&Sections::relaxation)},
             {"questions", r_.text_table(book_.discovery.questions)},
             {"browsed_option", r_.choice<BrowsedOption>(book_.browsed_option, {{"ask", BrowsedOption::kAsk}, {"use", BrowsedOption::kUse}})}});
}

void Sections::relaxation(const Node& node, const Path& path) {
  const auto value = r_.text_of(node, path);
  if (!value) return;
  const std::size_t sign = value->find_first_of("+-");
  const std::string field = value->substr(0, sign);
  // A hyphen may be part of an attribute's name; a widening ends in a percentage.
  if (sign != std::string::npos && value->back() == '%' && !parse_permille(value->substr(sign + 1))) {
    r_.error(node, path, "'" + *value + "' widens by no percentage", "write it as \"price+10%\"");
    return;
  }
  const bool widens = sign != std::string::npos && value->back() == '%';
  uses("field", widens ? field : *value, node.at, path);
  auto& order = book_.discovery.relax_in_order;
  if (std::find(order.begin(), order.end(), *value) != order.end()) {
    r_.error(node, path, "'" + *value + "' is listed twice");
  } else {
    order.push_back(*value);
  }
}

void Sections::compare(const Node& node, const Path& path) {
  const auto axes = [this](const Node& map, const Path& at) {
    r_.texts_table(book_.compare.axes)(map, at);
    for (const Node::Entry& entry : map.entries) {
      uses("need_or_kind", entry.key, entry.at, at.entry(entry.key));
      uses_all("field", entry.value, at.entry(entry.key));
    }
  };
  r_.object(node, path, {{"axes", axes}, {"max_products", r_.number(book_.compare.max_products, 2, 8)}});
}

void Sections::addons(const Node& node, const Path& path) {
  r_.object_and_table(
      node, path,
      {{"max_per_session", r_.number(book_.addons.max_per_session, 0, 20)},
       {"after", r_.choice<bool>(book_.addons.after_commitment, {{"commitment", true}, {"shown", false}})}},
      [&](const Node::Entry& entry, const Path& at) {
        uses("kind", entry.key, entry.at, at);
        const auto tier = [&](Addon::Tier which) {
          return [this, which, &entry](const Node& list, const Path& in) {
            r_.list(list, in, [&](const Node& item, const Path& p) { addon(item, p, entry.key, which); });
          };
        };
        r_.object(entry.value, at,
                  {{"required", tier(Addon::Tier::kRequired)},
                   {"recommended", tier(Addon::Tier::kRecommended)},
                   {"premium", tier(Addon::Tier::kPremium)}});
      });
}

void Sections::addon(const Node& node, const Path& path, const std::string& kind, Addon::Tier tier) {
  AddonRule rule;
  rule.for_kind = kind;
  rule.tier = tier;
  rule.at = node.at;
  const auto condition = [&](const Node& map, const Path& at) {
    r_.text_table(rule.when)(map, at);
    for (const Node::Entry& entry : map.entries) {
      if (entry.key == "needs" || entry.key == "need") uses_all("need", entry.value, at.entry(entry.key));
    }
  };
  if (node.type == Node::Type::kScalar) {
    name_of("kind", rule.kind)(node, path);
  } else {
    r_.object(node, path,
              {{"kind", name_of("kind", rule.kind), Presence::kRequired}, {"when", condition}, {"reason", r_.text(rule.reason)}});
  }
  if (!rule.kind.empty()) book_.addons.rules.push_back(std::move(rule));
}

void Sections::ranking(const Node& node, const Path& path) {
  // Shopper-first rules stand before commercial ones whatever their order in the file.
  r_.object(node, path, {{"shopper_first", each(&Sections::shopper_first)}, {"commercial", each(&Sections::commercial)}, {"never", each(&Sections::never)}});
  std::stable_partition(book_.ranking.begin(), book_.ranking.end(), [](const RankingRule& rule) {
    return rule.what == RankingRule::What::kInStockFirst || rule.what == RankingRule::What::kNever;
  });
}

void Sections::shopper_first(const Node& node, const Path& path) {
  RankingRule rule;
  rule.at = node.at;
  std::string first;
  r_.object(node, path, {{"in_stock", r_.choice(first, {"first"}), Presence::kRequired}});
  if (!first.empty()) book_.ranking.push_back(std::move(rule));
}

void Sections::commercial(const Node& node, const Path& path) {
  RankingRule rule;
  rule.at = node.at;
  bool found = false;
  const auto what = [&](bool boost) {
    return [this, boost, &rule, &found](const Node& value, const Path& at) {
      if (found) r_.error(value, at, "one rule either boosts or buries", "write two rules");
      found = true;
      boost_or_bury(value, at, boost, rule);
    };
  };
  r_.object(node, path, {{"boost", what(true)}, {"bury", what(false)}, {"within", r_.permille(rule.band_permille, 500)}});
  if (!found && node.type == Node::Type::kMap) r_.error(node, path, "the rule says neither 'boost' nor 'bury'");
  if (found) book_.ranking.push_back(std::move(rule));
}

void Sections::boost_or_bury(const Node& node, const Path& path, bool boost, RankingRule& rule) {
  const auto named = [&](const char* name, RankingRule::What what) {
    return [this, name, what, &rule](const Node& value, const Path& at) {
      rule.what = what;
      rule.field = name;
      name_of(name, rule.value)(value, at);
    };
  };
  const Node::Entry* entry = r_.single(node, path, "one of tag, brand or margin");
  if (!entry) return;
  r_.object(node, path,
            {{"tag", named("tag", boost ? RankingRule::What::kBoostTag : RankingRule::What::kBuryTag)},
             {"brand", named("brand", boost ? RankingRule::What::kBoostBrand : RankingRule::What::kBuryBrand)},
             {"margin", [&](const Node& value, const Path& at) { margin(value, at, boost, rule); }}});
}

void Sections::margin(const Node& node, const Path& path, bool boost, RankingRule& rule) {
  rule.what = boost ? RankingRule::What::kBoostMarginAbove : RankingRule::What::kBuryMarginBelow;
  rule.field = "margin";
  if (boost) {
    r_.object(node, path, {{"above", r_.permille(rule.permille, 1000), Presence::kRequired}});
  } else {
    r_.object(node, path, {{"below", r_.permille(rule.permille, 1000), Presence::kRequired}});
  }
}

void Sections::never(const Node& node, const Path& path) {
  RankingRule rule;
  rule.what = RankingRule::What::kNever;
  rule.at = node.at;
  int subjects = 0;
  const auto subject = [&](const char* name) {
    return [this, name, &rule, &subjects](const Node& value, const Path& at) {
      ++subjects;
      rule.field = name;
      name_of(name, rule.value)(value, at);
    };
  };
  const auto with = [&](const Node& value, const Path& at) {
    if (value.type == Node::Type::kScalar) {
      r_.text(rule.with["any"])(value, at);
    } else {
      r_.object(value, at, {{"kind", name_of("kind", rule.with["kind"])}, {"need", r_.text(rule.with["need"])}, {"category", name_of("category", rule.with["category"])}});
      std::erase_if(rule.with, [](const auto& context) { return context.second.empty(); });
    }
  };
  r_.object(node, path,
            {{"brand", subject("brand")}, {"tag", subject("tag")}, {"kind", subject("kind")}, {"category", subject("category")}, {"with", with}});
  if (subjects == 1) {
    book_.ranking.push_back(std::move(rule));
  } else if (node.type == Node::Type::kMap) {
    r_.error(node, path, "one of brand, tag, kind or category is wanted");
  }
}

void Sections::hesitation(const Node& node, const Path& path) {
  r_.object(node, path, {{"plays", each(&Sections::play)}, {"needs_consent", r_.boolean(book_.hesitation.needs_consent)}});
}

void Sections::play(const Node& node, const Path& path) {
  PlayRule play;
  play.at = node.at;
  const auto when = [&](const Node& list, const Path& at) {
    r_.list(list, at, [&](const Node& item, const Path& p) { signal(item, p, play); });
    if (list.items.empty() && list.type == Node::Type::kList) r_.error(list, at, "without a condition the play would always be made");
  };
  r_.object(node, path,
            {{"name", r_.text(play.name)},
             {"when", when, Presence::kRequired},
             {"offer", r_.choice(play.offer, {"compare", "help", "alternatives", "sizing", "delivery", "checkout"}), Presence::kRequired},
             {"say", r_.text(play.say)},
             {"kinds", names_of("kind", play.kinds)},
             {"cooldown", r_.duration(play.cooldown), Presence::kRequired},
             {"max_per_session", r_.number(play.max_per_session, 1, 20)}});
  if (play.name.empty()) play.name = path.text;
  book_.hesitation.plays.push_back(std::move(play));
}

void Sections::signal(const Node& node, const Path& path, PlayRule& play) {
  SignalRule rule;
  rule.at = node.at;
  const auto count = [&](const char* name, std::int64_t low, std::int64_t high) {
    return Key{name, [this, name, low, high, &rule](const Node& value, const Path& at) {
                 rule.signal = name;
                 r_.number(rule.amount, low, high)(value, at);
               }};
  };
  const auto lasting = [&](const char* name) {
    return Key{name, [this, name, &rule](const Node& value, const Path& at) {
                 std::chrono::milliseconds time{0};
                 rule.signal = name;
                 r_.duration(time)(value, at);
                 rule.amount = time.count();
               }};
  };
  std::vector<Key> keys = {count("toggled_between", 2, 6), count("returned_to", 2, 20), count("option_switched", 2, 20),
                           count("no_results", 1, 20),     count("removed", 1, 20),     count("guide_opened", 1, 20),
                           lasting("dwelled"),             lasting("idle"),             lasting("cart_idle"),
                           lasting("left_window"),         {"times", r_.number(rule.times, 1, 50)}};
  const std::size_t signals =
      static_cast<std::size_t>(std::count_if(node.entries.begin(), node.entries.end(), [](const auto& entry) { return entry.key != "times"; }));
  r_.object(node, path, keys);
  if (signals != 1 && node.type == Node::Type::kMap) r_.error(node, path, "one signal is wanted, with 'times' beside it if need be");
  if (!rule.signal.empty()) play.when.push_back(std::move(rule));
}

void Sections::guardrails(const Node& node, const Path& path) {
  r_.object(node, path,
            {{"input", section(&Sections::input)},
             {"claims", section(&Sections::claims)},
             {"actions", section(&Sections::actions)},
             {"results", section(&Sections::results)},
             {"say", section(&Sections::say)},
             {"privacy", section(&Sections::privacy)},
             {"proactive", section(&Sections::proactive)}});
}

void Sections::input(const Node& node, const Path& path) {
  InputRules& input = book_.guardrails.input;
  r_.object(node, path,
            {{"max_length", r_.number(input.max_length, 1, 100'000)},
             {"languages", r_.texts(input.languages)},
             {"refuse_topics", r_.texts(input.refuse_topics)},
             {"injection", on_injection(input.injection)},
             {"on_error", on_error(input.on_error)}});
}

void Sections::claims(const Node& node, const Path& path) {
  GuardrailRules& rules = book_.guardrails;
  const std::vector<std::pair<std::string, ClaimAction>> all = {
      {"allow", ClaimAction::kAllow}, {"repair", ClaimAction::kRepair}, {"drop", ClaimAction::kDrop}, {"replace", ClaimAction::kReplace}};
  const auto contradicted = [&](const Node& value, const Path& at) {
    if (value.type == Node::Type::kScalar && value.text == "allow") {
      r_.error(value, at, "a contradicted claim is never allowed", "use repair, drop or replace");
      return;
    }
    r_.choice<ClaimAction>(rules.contradicted, {all.begin() + 1, all.end()})(value, at);
  };
  r_.object(node, path,
            {{"contradicted", contradicted}, {"unsupported", r_.choice<ClaimAction>(rules.unsupported, all)}, {"subjective", r_.choice<ClaimAction>(rules.subjective, all)}});
}

void Sections::actions(const Node& node, const Path& path) {
  GuardrailRules& rules = book_.guardrails;
  const auto tools = [this](const Field& texts) {
    return [this, texts](const Node& value, const Path& at) {
      texts(value, at);
      uses_all("tool", value, at);
    };
  };
  r_.object(node, path,
            {{"grant", tools(r_.texts(rules.granted))},
             {"confirm", tools(r_.texts(rules.confirm))},
             {"confirm_within", r_.number(rules.confirm_within, 1, 10)},
             {"limits", section(&Sections::action_limits)},
             {"discounts", r_.texts(rules.discounts)}});
}

void Sections::action_limits(const Node& node, const Path& path) {
  GuardrailRules& rules = book_.guardrails;
  const auto count = [this](std::optional<int>& out) {
    return [this, &out](const Node& value, const Path& at) { r_.number(out.emplace(0), 0, 100'000)(value, at); };
  };
  const auto quantity = [&](const Node& value, const Path& at) { r_.number(rules.max_quantity.emplace(0), 1, 1'000'000)(value, at); };
  r_.object(node, path,
            {{"quantity", quantity},
             {"cart_total", r_.money(rules.max_cart_total)},
             {"discount", r_.permille(rules.max_discount_permille, 1000)},
             {"writes_per_turn", count(rules.max_writes_per_turn)},
             {"writes_per_session", count(rules.max_writes_per_session)},
             {"writes_per_day", count(rules.max_writes_per_day)}});
}

void Sections::results(const Node& node, const Path& path) {
  ResultRules& results = book_.guardrails.results;
  r_.object(node, path,
            {{"max_size", r_.number(results.max_size, 1024, 16 * 1024 * 1024)}, {"injection", on_injection(results.injection)}, {"on_error", on_error(results.on_error)}});
}

void Sections::say(const Node& node, const Path& path) {
  GuardrailRules& rules = book_.guardrails;
  const auto length = [&](const Node& value, const Path& at) { r_.number(rules.max_reply_length.emplace(0), 50, 100'000)(value, at); };
  r_.object(node, path,
            {{"never", each(&Sections::never_say)},
             {"competitors", r_.texts(rules.competitors)},
             {"max_length", length},
             {"urgency", r_.choice<bool>(rules.urgency_only_if_proven, {{"proven", true}, {"never", false}})},
             {"hide_internals", r_.boolean(rules.hide_internals)},
             {"on_error", on_error(rules.say_on_error)}});
}

void Sections::never_say(const Node& node, const Path& path) {
  std::string phrase, topic;
  if (!r_.single(node, path, "a phrase or a topic, as in {phrase: \"only today\"},")) return;
  r_.object(node, path, {{"phrase", r_.text(phrase)}, {"topic", r_.text(topic)}});
  if (!phrase.empty()) book_.guardrails.never_phrases.push_back(phrase);
  if (!topic.empty()) book_.guardrails.never_topics.push_back(topic);
}

void Sections::privacy(const Node& node, const Path& path) {
  const auto redact = [this](const Node& list, const Path& at) {
    book_.guardrails.redact.clear();
    r_.list(list, at, [&](const Node& item, const Path& p) {
      std::string kind;
      r_.choice(kind, {"email", "phone", "card", "address", "iban"})(item, p);
      if (!kind.empty()) book_.guardrails.redact.push_back(kind);
    });
  };
  r_.object(node, path, {{"redact", redact}});
}

void Sections::proactive(const Node& node, const Path& path) {
  ProactiveRules& proactive = book_.guardrails.proactive;
  r_.object(node, path,
            {{"max_per_session", r_.number(proactive.max_per_session, 0, 50)},
             {"pause", r_.duration(proactive.pause)},
             {"after_dismissal", r_.choice<bool>(proactive.silent_after_dismissal, {{"silent", true}, {"pause", false}})},
             {"on_error", on_error(proactive.on_error)}});
}

void Sections::limits(const Node& node, const Path& path) {
  r_.object(node, path, {{"steps", r_.number(book_.limits.steps, 1, 64)}, {"seconds", section(&Sections::seconds)}, {"cost", section(&Sections::cost)},
                          {"facts_good_for", r_.duration(book_.limits.facts_good_for)}});
}

void Sections::seconds(const Node& node, const Path& path) {
  const bool plain = node.type == Node::Type::kScalar && !node.quoted;
  const auto time = plain ? parse_duration(node.text + " s") : std::nullopt;
  constexpr std::chrono::milliseconds kLeast{100}, kMost{600'000};
  if (!time) {
    r_.error(node, path, "a number of seconds without unit is wanted here", "write 20 or 2.5");
  } else if (*time < kLeast || *time > kMost) {
    r_.error(node, path, "0.1 to 600 seconds are possible here, not " + node.text);
  } else {
    book_.limits.time = *time;
  }
}

// Costs are finer than a cent: "0.0005 USD" is 500 millionths.
void Sections::cost(const Node& node, const Path& path) {
  const auto value = r_.text_of(node, path);
  if (!value) return;
  const std::size_t space = value->rfind(' ');
  const auto currency = Currency::parse(space == std::string::npos ? "" : value->substr(space + 1));
  const std::string amount = value->substr(0, space);
  const std::size_t point = amount.find('.');
  std::string digits = amount.substr(0, point);
  std::string fraction = point == std::string::npos ? "" : amount.substr(point + 1);
  const auto all_digits = [](const std::string& text) { return std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; }); };
  if (!currency || digits.empty() || digits.size() > 6 || fraction.size() > 6 || !all_digits(digits) || !all_digits(fraction)) {
    r_.error(node, path, "'" + *value + "' is no amount of money for one turn", "write it as \"0.05 USD\"");
    return;
  }
  fraction.resize(6, '0');
  book_.limits.cost_micros = std::stoll(digits) * 1'000'000 + std::stoll(fraction);
}

}  // namespace

void read_playbook(Reader& reader, const Node& root, Playbook& playbook) { Sections(reader, playbook).read(root); }

}  // namespace floorwalker::yaml
