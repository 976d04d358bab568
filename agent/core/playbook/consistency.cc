#include "agent/core/playbook/consistency.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <set>

#include "agent/core/guardrails/language.h"
#include "agent/core/playbook/reader.h"
#include "agent/core/text.h"
#include "agent/core/units.h"

namespace floorwalker::yaml {
namespace {

// The folded words of a text, each between spaces, so that a phrase is found as words and not inside them.
std::string as_words(const std::string& text) {
  std::string all = " ";
  for (const text::Word& word : text::words(text)) all += word.folded + " ";
  return all;
}

bool holds_phrase(const std::string& text, const std::string& phrase) {
  const std::string wanted = as_words(phrase);
  return wanted.size() > 1 && as_words(text).find(wanted) != std::string::npos;
}

// The variables "{{name}}" that a text uses.
std::vector<std::string> variables_of(const std::string& text) {
  std::vector<std::string> found;
  for (std::size_t at = text.find("{{"); at != std::string::npos; at = text.find("{{", at + 2)) {
    const std::size_t end = text.find("}}", at);
    if (end == std::string::npos) break;
    std::string name = text.substr(at + 2, end - at - 2);
    name.erase(std::remove(name.begin(), name.end(), ' '), name.end());
    found.push_back(std::move(name));
  }
  return found;
}

// A bound's numbers in canonical units, or minor units for prices.
std::optional<double> number_of(const std::string& field, const std::string& value) {
  if (field == "price") {
    const auto money = parse_money(value);
    return money ? std::optional(static_cast<double>(money->minor)) : std::nullopt;
  }
  const auto measure = parse_measure(value);
  return measure ? std::optional(measure->canonical()) : std::nullopt;
}

// What an agent can call in a shop, unless the playbook is for the desk of another one. Kept in step with `floorwalker tools` by a test.
constexpr std::array<const char*, 13> kOwnTools = {"search_catalogue", "describe_shop", "get_product", "compare_products", "check_compatibility", "suggest_addons", "view_cart",
                                                   "update_cart", "apply_discount", "start_checkout", "find_policy", "find_order", "hand_off"};

struct Range {
  std::optional<double> low, high;
  std::set<std::string> is, is_not;
  std::optional<std::set<std::string>> one_of;   // what every list of values leaves

  // Whether a value that is asked for, or each of a list, is ruled out by another bound.
  bool empty(const std::string& field) const {
    const auto out = [&](const std::string& value) {
      const auto number = number_of(field, value);
      return is_not.contains(value) || (number && low && *number < *low) || (number && high && *number > *high) || (one_of && !one_of->contains(value));
    };
    if (low && high && *low > *high) return true;
    if (is.size() > 1 || std::any_of(is.begin(), is.end(), out)) return true;
    return one_of && std::all_of(one_of->begin(), one_of->end(), out);
  }
};

class Consistency {
 public:
  Consistency(const Node& root, const Playbook& book, const std::string& own_file, const LoadOptions& options, std::vector<Finding>& findings)
      : root_(root), book_(book), rules_(book.guardrails), own_file_(own_file), options_(options), findings_(findings) {}

  void check() {
    needs();
    phrases();
    vocabulary();
    discovery();
    addons();
    commercial();
    never();
    plays();
    actions();
    languages();
    banned_phrases();
    own_texts();
    voice();
    loosened_by_parents();
  }

 private:
  // The node at a path as findings write it, null if there is none. Free names may hold dots and brackets: every key that the path goes on with is
  // tried.
  const Node* node_at(std::string_view path) const { return descend(root_, path); }

  static const Node* descend(const Node& node, std::string_view path) {
    if (path.empty()) return &node;
    if (path.front() == '[' && node.type == Node::Type::kList) {
      const std::size_t end = path.find(']');
      std::size_t index = 0;
      if (end == std::string_view::npos || std::from_chars(path.data() + 1, path.data() + end, index).ec != std::errc()) return nullptr;
      return index < node.items.size() ? descend(node.items[index], path.substr(end + 1)) : nullptr;
    }
    if (path.front() == '.') path.remove_prefix(1);
    for (const Node::Entry& entry : node.entries) {
      if (!path.starts_with(entry.key)) continue;
      const std::string_view rest = path.substr(entry.key.size());
      if (!rest.empty() && rest.front() != '.' && rest.front() != '[') continue;
      if (const Node* found = descend(entry.value, rest)) return found;
    }
    return nullptr;
  }

  SourcePosition position(const std::string& path) const {
    const Node* node = node_at(path);
    return node ? node->at : root_.at;
  }

  void say(SourcePosition at, const std::string& path, std::string message, std::string suggestion = {},
           Finding::Severity severity = Finding::Severity::kError) {
    findings_.push_back({severity, std::move(at), path, std::move(message), std::move(suggestion)});
  }

  // What can never have an effect is an error in a file that somebody wrote. Where a rule was taken out on purpose it is what is tried, so only warned of.
  void say_idle(SourcePosition at, const std::string& path, std::string message, std::string suggestion = {}) {
    say(std::move(at), path, std::move(message), std::move(suggestion), options_.change ? Finding::Severity::kWarning : Finding::Severity::kError);
  }

  void needs();
  bool named_elsewhere(const std::string& need) const;
  void need_bounds(const NeedRule& need);
  void phrases();
  void vocabulary();
  void discovery();
  void addons();
  void defined_need(const SourcePosition& at, const std::string& path, const std::string& name);
  void commercial();
  void opposite(const RankingRule& first, const RankingRule& second);
  void never();
  void plays();
  void actions();
  void caps();
  void confirmation();
  void tools();
  void grants();
  void languages();
  void banned_phrases();
  static const Node* entry_with(const Node& list, const char* key, const std::string& text, bool last);
  void own_texts();
  void own_text(const std::string& path, const std::string& text);
  void voice();
  void loosened_by_parents();

  const Node& root_;
  const Playbook& book_;
  const GuardrailRules& rules_;
  const std::string& own_file_;
  const LoadOptions& options_;
  std::vector<Finding>& findings_;
};

void Consistency::needs() {
  for (const NeedRule& need : book_.needs) {
    const std::string path = "needs." + need.name;
    if (need.prefer.empty() && need.require.empty() && !named_elsewhere(need.name)) {
      say_idle(need.at, path, "the need neither prefers nor requires anything, so it can never have an effect");
    }
    std::set<std::string> preferred;
    for (const Preference& preference : need.prefer) {
      if (!preferred.insert(preference.attribute).second) {
        say(preference.at, path + ".prefer", "'" + preference.attribute + "' is preferred twice; only the first counts");
      }
    }
    need_bounds(need);
  }
}

bool Consistency::named_elsewhere(const std::string& need) const {
  const auto names = [&](const std::map<std::string, std::string>& conditions) {
    return std::any_of(conditions.begin(), conditions.end(), [&](const auto& condition) { return condition.second == need; });
  };
  return book_.compare.axes.contains(need) ||
         std::any_of(book_.addons.rules.begin(), book_.addons.rules.end(), [&](const AddonRule& rule) { return names(rule.when); }) ||
         std::any_of(book_.ranking.begin(), book_.ranking.end(), [&](const RankingRule& rule) { return names(rule.with); });
}

void Consistency::need_bounds(const NeedRule& need) {
  const std::string path = "needs." + need.name + ".require";
  std::map<std::string, Range> ranges;
  for (const Constraint& bound : need.require) {
    Range& range = ranges[bound.field];
    using Op = Constraint::Op;
    const auto first = number_of(bound.field, bound.values.front());
    if (bound.op == Op::kAtLeast || bound.op == Op::kBetween) range.low = range.low && first ? std::max(range.low, first) : first;
    if (bound.op == Op::kAtMost) range.high = range.high && first ? std::min(range.high, first) : first;
    if (bound.op == Op::kBetween) range.high = number_of(bound.field, bound.values.back());
    if (bound.op == Op::kEquals) range.is.insert(text::fold(bound.values.front()));
    if (bound.op == Op::kNot) range.is_not.insert(text::fold(bound.values.front()));
    if (bound.op != Op::kOneOf) continue;
    std::set<std::string> values;
    for (const std::string& value : bound.values) values.insert(text::fold(value));
    if (range.one_of) std::erase_if(values, [&](const std::string& value) { return !range.one_of->contains(value); });
    range.one_of = std::move(values);
  }
  for (const auto& [field, range] : ranges) {
    if (range.empty(field)) say(position(path), path, "no product can meet all bounds on '" + field + "'");
  }
}

// Two needs may share a phrase only for different kinds; else one of them would fire by chance.
bool overlap(const NeedRule& a, const NeedRule& b) {
  if (a.applies_to.empty() || b.applies_to.empty()) return a.applies_to.empty() && b.applies_to.empty();
  return std::any_of(a.applies_to.begin(), a.applies_to.end(), [&](const std::string& kind) {
    return std::find(b.applies_to.begin(), b.applies_to.end(), kind) != b.applies_to.end();
  });
}

void Consistency::phrases() {
  std::map<std::string, std::vector<const NeedRule*>> owners;
  for (const NeedRule& need : book_.needs) {
    std::vector<std::string> all = need.phrases;
    all.push_back(need.name);
    for (const std::string& phrase : all) {
      auto& owning = owners[as_words(text::spaced(phrase))];
      for (const NeedRule* other : owning) {
        if (other == &need || !overlap(*other, need)) continue;
        const std::string path = "needs." + need.name + ".phrases";
        const auto listed = std::find(need.phrases.begin(), need.phrases.end(), phrase) - need.phrases.begin();
        const Node* node = node_at(path + "[" + std::to_string(listed) + "]");
        say(node ? node->at : need.at, path, "'" + phrase + "' also stands for the need '" + other->name + "'");
      }
      owning.push_back(&need);
    }
  }
}

void Consistency::vocabulary() {
  for (const auto& [umbrella, members] : book_.vocabulary.umbrellas) {
    const std::string path = "vocabulary.umbrellas." + umbrella;
    for (const std::string& member : members) {
      if (text::fold(member) == text::fold(umbrella)) say(position(path), path, "'" + umbrella + "' stands for itself", "list the kinds that it means");
      const auto inner = book_.vocabulary.umbrellas.find(member);
      if (inner != book_.vocabulary.umbrellas.end() && member != umbrella &&
          std::find(inner->second.begin(), inner->second.end(), umbrella) != inner->second.end()) {
        say(position(path), path, "'" + umbrella + "' and '" + member + "' stand for each other");
      }
    }
    if (members.empty()) say(position(path), path, "the umbrella has no members, so it can never have an effect");
  }
}

void Consistency::discovery() {
  const auto& order = book_.discovery.relax_in_order;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t sign = order[i].back() == '%' ? order[i].find_first_of("+-") : std::string::npos;
    if (sign == std::string::npos) continue;
    const auto dropped = std::find(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(i), order[i].substr(0, sign));
    const std::string path = "discovery.relax_in_order[" + std::to_string(i) + "]";
    if (dropped != order.begin() + static_cast<std::ptrdiff_t>(i)) {
      say(position(path), path, "'" + order[i] + "' can never fire: '" + *dropped + "' is dropped before it", "put it before '" + *dropped + "'");
    }
  }
  if (book_.discovery.max_questions == 0 && !book_.discovery.ask.empty()) {
    say(position("discovery.ask"), "discovery.ask", "no question is ever asked while max_questions is 0");
  }
}

void Consistency::addons() {
  const bool offered = book_.addons.max_per_session > 0;
  if (!offered && !book_.addons.rules.empty()) {
    say(position("addons.max_per_session"), "addons.max_per_session", "no add-on can ever be offered while this is 0");
  }
  for (const NameUse& use : book_.names) {
    if (use.what == "need") defined_need(use.at, use.path, use.name);
  }
  std::set<std::pair<std::string, std::string>> seen;
  for (const AddonRule& rule : book_.addons.rules) {
    const std::string path = "addons." + rule.for_kind;
    if (rule.kind == rule.for_kind) say(rule.at, path, "'" + rule.kind + "' is an add-on to itself");
    for (const RankingRule& never : book_.ranking) {
      if (never.what != RankingRule::What::kNever || never.field != "kind" || !never.with.empty() || text::fold(never.value) != text::fold(rule.kind)) continue;
      say(rule.at, path, "'" + rule.kind + "' is never shown, so it can never be offered; the rule stands in line " + std::to_string(never.at.line));
    }
    if (rule.when.empty() && !seen.emplace(rule.for_kind, rule.kind).second) {
      say(rule.at, path, "'" + rule.kind + "' is listed before, so this entry can never fire");
    }
  }
}

void Consistency::defined_need(const SourcePosition& at, const std::string& path, const std::string& name) {
  std::vector<std::string> needs;
  for (const NeedRule& need : book_.needs) needs.push_back(need.name);
  if (std::find(needs.begin(), needs.end(), name) != needs.end()) return;
  const std::string near = text::nearest(name, needs);
  say_idle(at, path, "there is no need '" + name + "', so the rule can never fire", near.empty() ? "" : "did you mean '" + near + "'?");
}

void Consistency::commercial() {
  using What = RankingRule::What;
  for (std::size_t i = 0; i < book_.ranking.size(); ++i) {
    const RankingRule& rule = book_.ranking[i];
    if (rule.what == What::kInStockFirst || rule.what == What::kNever) continue;
    if (rule.band_permille == 0) say(rule.at, "ranking.commercial", "within 0% nothing can be overtaken, so the rule can never fire");
    for (std::size_t j = i + 1; j < book_.ranking.size(); ++j) opposite(rule, book_.ranking[j]);
    for (const RankingRule& other : book_.ranking) {
      if (other.what == What::kNever && other.with.empty() && other.field == rule.field && other.value == rule.value) {
        say(rule.at, "ranking.commercial", "'" + rule.value + "' is never shown, so the rule can never fire");
      }
    }
  }
}

void Consistency::opposite(const RankingRule& first, const RankingRule& second) {
  using What = RankingRule::What;
  const auto pair = std::minmax(first.what, second.what);
  const bool tags = pair == std::minmax(What::kBoostTag, What::kBuryTag);
  const bool brands = pair == std::minmax(What::kBoostBrand, What::kBuryBrand);
  if ((tags || brands) && first.value == second.value) {
    say(second.at, "ranking.commercial", "'" + first.value + "' is both boosted and buried; the other rule stands in line " + std::to_string(first.at.line));
  }
  if (pair == std::minmax(What::kBuryMarginBelow, What::kBoostMarginAbove)) {
    const RankingRule& boost = first.what == What::kBoostMarginAbove ? first : second;
    const RankingRule& bury = first.what == What::kBoostMarginAbove ? second : first;
    if (boost.permille < bury.permille) say(second.at, "ranking.commercial", "margins between the two bounds are both boosted and buried");
  }
  if (first.what == second.what && first.value == second.value && first.permille == second.permille) {
    say(second.at, "ranking.commercial", "the same rule stands in line " + std::to_string(first.at.line));
  }
}

void Consistency::never() {
  for (auto rule = book_.ranking.begin(); rule != book_.ranking.end(); ++rule) {
    const auto said = [&](const RankingRule& other) {
      return other.what == RankingRule::What::kNever && other.field == rule->field && text::fold(other.value) == text::fold(rule->value) && (other.with.empty() || other.with == rule->with);
    };
    if (rule->what != RankingRule::What::kNever) continue;
    const auto before = std::find_if(book_.ranking.begin(), rule, said);
    if (before != rule) say(rule->at, "ranking.never", "'" + rule->value + "' is never shown already by line " + std::to_string(before->at.line) + ", so the rule can never decide");
  }
  for (const RankingRule& rule : book_.ranking) {
    if (rule.what == RankingRule::What::kNever && rule.with.contains("need")) defined_need(rule.at, "ranking.never", rule.with.at("need"));
  }
}

void Consistency::plays() {
  const auto& plays = book_.hesitation.plays;
  if (rules_.proactive.max_per_session == 0 && !plays.empty()) {
    say(position("guardrails.proactive.max_per_session"), "guardrails.proactive.max_per_session", "no play can ever be made while this is 0");
  }
  std::set<std::string> names;
  for (std::size_t i = 0; i < plays.size(); ++i) {
    const std::string path = "hesitation.plays[" + std::to_string(i) + "]";
    if (!names.insert(plays[i].name).second) say(plays[i].at, path, "another play is also named '" + plays[i].name + "'");
    if (const Node* most = node_at(path + ".max_per_session"); most && rules_.proactive.max_per_session > 0 && plays[i].max_per_session > rules_.proactive.max_per_session) {
      say(most->at, path + ".max_per_session", "the limit can never decide: guardrails.proactive.max_per_session is " + std::to_string(rules_.proactive.max_per_session));
    }
    if (plays[i].cooldown.count() == 0 && node_at(path + ".cooldown")) {
      say(position(path + ".cooldown"), path + ".cooldown", "a play without cooldown would be made over and over");
    }
    std::set<std::string> signals;
    for (const SignalRule& signal : plays[i].when) {
      if (!signals.insert(signal.signal).second) say(signal.at, path + ".when", "'" + signal.signal + "' is asked for twice; the weaker can never decide");
    }
  }
}

void Consistency::tools() {
  if (!book_.desk.actions.empty()) return;
  for (const NameUse& use : book_.names) {
    if (use.what != "tool" || std::find(kOwnTools.begin(), kOwnTools.end(), use.name) != kOwnTools.end()) continue;
    const std::string near = text::nearest(use.name, {kOwnTools.begin(), kOwnTools.end()});
    say(use.at, use.path, "there is no tool '" + use.name + "'", near.empty() ? "" : "did you mean '" + near + "'?");
  }
}

void Consistency::grants() {
  if (!rules_.granted) return;
  const auto granted = [&](const std::string& tool) { return std::find(rules_.granted->begin(), rules_.granted->end(), tool) != rules_.granted->end(); };
  for (std::size_t i = 0; i < rules_.confirm.size(); ++i) {
    const std::string path = "guardrails.actions.confirm[" + std::to_string(i) + "]";
    if (!granted(rules_.confirm[i])) say(position(path), path, "'" + rules_.confirm[i] + "' is not granted, so it is never confirmed", "add it to 'grant'");
  }
  for (const DeskAction& action : book_.desk.actions) {
    if (!granted(action.tool)) say(action.at, "desk.actions." + action.tool, "'" + action.tool + "' is not granted, so it can never be done", "add it to 'grant'");
  }
  if (rules_.discounts && !rules_.discounts->empty() && !granted("apply_discount")) {
    say(position("guardrails.actions.discounts"), "guardrails.actions.discounts", "no code can be applied: 'apply_discount' is not granted");
  }
}

void Consistency::caps() {
  const std::array<std::pair<const char*, std::optional<int>>, 3> caps = {{{"writes_per_turn", rules_.max_writes_per_turn},
                                                                           {"writes_per_session", rules_.max_writes_per_session},
                                                                           {"writes_per_day", rules_.max_writes_per_day}}};
  const std::string path = "guardrails.actions.limits.";
  for (std::size_t i = 0; i < caps.size(); ++i) {
    for (std::size_t j = i + 1; j < caps.size(); ++j) {
      if (caps[i].second && caps[j].second && *caps[i].second > *caps[j].second) {
        say(position(path + caps[i].first), path + caps[i].first, std::string("the limit can never decide: ") + caps[j].first + " is lower");
      }
    }
  }
}

// How long a yes is good for says something only where one is asked for.
void Consistency::confirmation() {
  const Node* within = node_at("guardrails.actions.confirm_within");
  const auto asks = [](const DeskAction& action) { return action.needs_yes; };
  if (!within || !rules_.confirm.empty() || std::any_of(book_.desk.actions.begin(), book_.desk.actions.end(), asks)) return;
  say(within->at, "guardrails.actions.confirm_within", "nothing needs the shopper's yes, so this can never decide", "name the tools that do in 'confirm'");
}

void Consistency::actions() {
  tools();
  grants();
  caps();
  confirmation();
  if (rules_.max_discount_permille == 0 && rules_.discounts && !rules_.discounts->empty()) {
    say(position("guardrails.actions.limits.discount"), "guardrails.actions.limits.discount", "codes are allowed, but none may take anything off");
  }
  if (rules_.max_cart_total && !book_.brand.currency.code().empty() && rules_.max_cart_total->currency != book_.brand.currency) {
    say(position("guardrails.actions.limits.cart_total"), "guardrails.actions.limits.cart_total",
        "the limit is in another currency than the shop's " + std::string(book_.brand.currency.code()));
  }
}

void Consistency::languages() {
  const auto& known = guardrails::known_languages();
  for (std::size_t i = 0; i < rules_.input.languages.size(); ++i) {
    const std::string path = "guardrails.input.languages" + (rules_.input.languages.size() > 1 ? "[" + std::to_string(i) + "]" : std::string());
    if (std::find(known.begin(), known.end(), rules_.input.languages[i]) != known.end()) continue;
    say(position(path), path, "the language '" + rules_.input.languages[i] + "' cannot be told from others, so the rule can never fire", "known: " + text::join_and(known));
  }
}

// What holds a phrase that may not be said may not be said either.
void Consistency::banned_phrases() {
  const auto& phrases = rules_.never_phrases;
  for (std::size_t i = 0; i < phrases.size(); ++i) {
    for (std::size_t j = 0; j < phrases.size(); ++j) {
      const bool same = as_words(phrases[i]) == as_words(phrases[j]);
      if (i == j || (same && i < j) || !holds_phrase(phrases[i], phrases[j])) continue;
      const Node* list = node_at("guardrails.say.never");
      const Node* said = list ? entry_with(*list, "phrase", phrases[i], i > j && same) : nullptr;
      say(said ? said->at : position("guardrails.say.never"), "guardrails.say.never", "'" + phrases[i] + "' can never decide: '" + phrases[j] + "' is never said already");
    }
  }
}

// The text under `key` in an item of the list; the last such where `last`.
const Node* Consistency::entry_with(const Node& list, const char* key, const std::string& text, bool last) {
  const Node* found = nullptr;
  for (const Node& item : list.items) {
    const Node* value = item.find(key);
    if (value && value->text == text && (last || !found)) found = value;
  }
  return found;
}

// What the merchant wrote for the agent to say must pass the merchant's own guardrails.
void Consistency::own_texts() {
  own_text("brand.disclosure", book_.brand.disclosure);
  for (const auto& [slot, question] : book_.discovery.questions) own_text("discovery.questions." + slot, question);
  for (std::size_t i = 0; i < book_.hesitation.plays.size(); ++i) {
    own_text("hesitation.plays[" + std::to_string(i) + "].say", book_.hesitation.plays[i].say);
  }
  for (const AddonRule& rule : book_.addons.rules) own_text("addons." + rule.for_kind, rule.reason);
  for (std::size_t i = 0; i < rules_.competitors.size(); ++i) {
    if (!book_.brand.name.empty() && as_words(rules_.competitors[i]) == as_words(book_.brand.name)) {
      const std::string path = "guardrails.say.competitors[" + std::to_string(i) + "]";
      say(position(path), path, "the shop is its own competitor: its name could not be said");
    }
  }
}

void Consistency::own_text(const std::string& path, const std::string& text) {
  if (text.empty()) return;
  for (const std::string& phrase : rules_.never_phrases) {
    if (holds_phrase(text, phrase)) say(position(path), path, "the text has the phrase '" + phrase + "', which may never be said");
  }
  for (const std::string& name : rules_.competitors) {
    if (holds_phrase(text, name)) say(position(path), path, "the text names the competitor '" + name + "'");
  }
  for (const std::string& variable : variables_of(text)) {
    say(position(path), path, "nothing provides the variable '{{" + variable + "}}' here", "texts in a playbook are said as they stand");
  }
  if (rules_.max_reply_length && text::code_points_before(text, text.size()) > *rules_.max_reply_length) {
    say(position(path), path, "the text is longer than a reply may be (guardrails.say.max_length)");
  }
}

void Consistency::voice() {
  if (book_.brand.voice.empty() || !options_.open) return;
  const auto opened = options_.open(book_.brand.voice, position("brand.voice").file);
  if (!opened) {
    say(position("brand.voice"), "brand.voice", "there is no prompt file '" + book_.brand.voice + "'");
    return;
  }
  static const std::vector<std::string> provided = {"brand", "currency", "locale"};
  for (const std::string& variable : variables_of(opened->text)) {
    if (std::find(provided.begin(), provided.end(), variable) != provided.end()) continue;
    const std::string near = text::nearest(variable, provided);
    say(position("brand.voice"), "brand.voice", "nothing provides the variable '{{" + variable + "}}' of " + book_.brand.voice,
        near.empty() ? "a voice may use brand, currency and locale" : "did you mean '{{" + near + "}}'?");
  }
}

// A guardrail that a parent file has switched off holds for the child unseen, unless the child says so itself.
void Consistency::loosened_by_parents() {
  static constexpr std::array<std::pair<const char*, const char*>, 9> kLoose = {{{"guardrails.input.on_error", "allow"},
                                                                                {"guardrails.results.on_error", "allow"},
                                                                                {"guardrails.say.on_error", "allow"},
                                                                                {"guardrails.proactive.on_error", "allow"},
                                                                                {"guardrails.claims.unsupported", "allow"},
                                                                                {"guardrails.say.hide_internals", "false"},
                                                                                {"guardrails.proactive.after_dismissal", "pause"},
                                                                                {"hesitation.needs_consent", "false"},
                                                                                {"guardrails.privacy.redact", "[]"}}};
  for (const auto& [path, loose] : kLoose) {
    const Node* node = node_at(path);
    if (!node || node->at.file == own_file_) continue;
    const bool off = node->type == Node::Type::kList ? node->items.empty() : node->text == loose;
    if (off) say(node->at, path, "the parent switches this guardrail off for '" + own_file_ + "'", "say it there too if it is meant, or set it back");
  }
}

}  // namespace

void check_consistency(const Node& root, const Playbook& playbook, const std::string& own_file, const LoadOptions& options,
                       std::vector<Finding>& findings) {
  Consistency(root, playbook, own_file, options, findings).check();
}

}  // namespace floorwalker::yaml
