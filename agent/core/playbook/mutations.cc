#include "agent/core/playbook/mutations.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "agent/core/playbook/reader.h"

namespace floorwalker {
namespace {

using yaml::Node;
using yaml::Path;

// What a value is turned into: nothing where it can only be taken out.
using Turn = std::optional<std::string> (*)(const Node& node);

std::optional<std::string> removed(const Node&) { return std::nullopt; }
// Where it stands alone, the rule that holds it is taken out instead.
std::optional<std::string> removed_among_others(const Node&) { return std::nullopt; }

// "20" -> "61", "5000 USD" -> "15001 USD", "5m" -> "1m": the same kind of value with another whole number in front.
std::optional<std::string> with_number(const Node& node, std::int64_t (*turn)(std::int64_t)) {
  std::int64_t amount = 0;
  const char* const begin = node.text.data();
  const char* const end = begin + node.text.size();
  const auto [behind, error] = std::from_chars(begin, end, amount);
  if (error != std::errc()) return std::nullopt;
  return std::to_string(turn(amount)) + std::string(behind, end);
}

std::optional<std::string> more(const Node& node) {
  return with_number(node, [](std::int64_t amount) { return amount * 3 + 1; });
}
std::optional<std::string> less(const Node& node) {
  return with_number(node, [](std::int64_t amount) { return amount / 3; });
}
std::optional<std::string> one_less(const Node& node) {
  return with_number(node, [](std::int64_t amount) { return amount > 1 ? amount - 1 : amount + 1; });
}
std::optional<std::string> one_more(const Node& node) {
  return with_number(node, [](std::int64_t amount) { return amount + 1; });
}

// The same shift the other way, null for what is none.
Turn back(Turn turn) {
  if (turn == more) return less;
  if (turn == less) return more;
  if (turn == one_less) return one_more;
  return turn == one_more ? one_less : nullptr;
}

// "0.05 USD" -> "0.000001 USD".
std::optional<std::string> next_to_nothing(const Node& node) { return "0.000001" + node.text.substr(std::min(node.text.find(' '), node.text.size())); }
std::optional<std::string> another(const Node&) { return "Another"; }

// What an expression would say of everything alike.
std::optional<std::string> another_text(const Node&) { return "'Another'"; }
std::optional<std::string> negated(const Node& node) { return "not (" + node.text + ")"; }
std::optional<std::string> decided_otherwise(const Node& node) { return node.text == "refuse" ? "allow" : "refuse"; }

// Words that stand for each other's opposite.
std::optional<std::string> opposite(const Node& node) {
  static const std::map<std::string, std::string> all = {{"low", "high"},       {"high", "low"},        {"ask", "use"},        {"use", "ask"},         {"commitment", "shown"}, {"shown", "commitment"},
                                                         {"true", "false"},     {"false", "true"},      {"silent", "pause"},   {"pause", "silent"},    {"proven", "never"},     {"never", "proven"},
                                                         {"mark", "refuse"},    {"refuse", "mark"},     {"repair", "drop"},    {"drop", "repair"},     {"replace", "drop"},     {"allow", "drop"},
                                                         {"compare", "help"},   {"help", "compare"},    {"sizing", "help"},    {"checkout", "help"},   {"delivery", "help"},    {"alternatives", "help"}};
  const auto found = all.find(node.text);
  return found == all.end() ? std::nullopt : std::optional(found->second);
}

// A bound on the wrong side: "dry" -> {not: dry}, {min: 60 W} -> {max: 60 W}.
Node other_side(const Node& bound) {
  static const std::map<std::string, std::string> sides = {{"min", "max"}, {"max", "min"}, {"is", "not"}, {"not", "is"}};
  Node other = bound;
  if (bound.type == Node::Type::kScalar) {
    other = Node{Node::Type::kMap, "", false, {}, {{"not", false, bound.at, bound}}, bound.at};
  } else if (bound.entries.size() == 1 && sides.contains(bound.entries.front().key)) {
    other.entries.front().key = sides.at(bound.entries.front().key);
  } else if (bound.entries.size() == 1 && !bound.entries.front().value.items.empty()) {   // any_of
    other.entries = {{"not", false, bound.at, bound.entries.front().value.items.front()}};
  }
  return other;
}

// "boost: {tag: sale}" -> "bury: {tag: sale}". Of margins, to boost what is above is to bury what is below.
Node pushed_the_other_way(const Node& rule) {
  Node other = rule;
  for (Node::Entry& entry : other.entries) {
    if (entry.value.find("margin")) continue;
    if (entry.key == "boost" || entry.key == "bury") entry.key = entry.key == "boost" ? "bury" : "boost";
  }
  return other;
}

// What is a rule, by where it stands: "*" for a free name, "[]" for an item of a list.
struct Shape {
  const char* pattern;
  Turn turn;
  Node (*other)(const Node&) = nullptr;   // instead of `turn`
};

constexpr Shape kShapes[] = {
    {"brand.disclosure", another},
    {"vocabulary.umbrellas.*", removed},
    {"vocabulary.umbrellas.*[]", removed_among_others},
    {"vocabulary.synonyms.*", removed},
    {"vocabulary.synonyms.*[]", removed_among_others},
    {"needs.*", removed},
    {"needs.*.phrases[]", removed},
    {"needs.*.applies_to[]", removed},
    {"needs.*.prefer[]", removed},
    {"needs.*.prefer[].*", opposite},
    {"needs.*.require[]", removed},
    {"needs.*.require[].*", nullptr, other_side},
    {"needs.*.require[].*.*", removed_among_others},
    {"needs.*.require[].*.any_of[]", removed_among_others},
    {"discovery.max_questions", one_less},
    {"discovery.ask.*[]", removed},
    {"discovery.relax_in_order[]", removed},
    {"discovery.questions.*", removed},
    {"discovery.browsed_option", opposite},
    {"compare.axes.*[]", removed},
    {"compare.max_products", one_less},
    {"addons.*.required[]", removed},
    {"addons.*.recommended[]", removed},
    {"addons.*.premium[]", removed},
    {"addons.*.required[].when", removed},
    {"addons.*.recommended[].when", removed},
    {"addons.*.premium[].when", removed},
    {"addons.*.required[].when.*", removed_among_others},
    {"addons.*.recommended[].when.*", removed_among_others},
    {"addons.*.premium[].when.*", removed_among_others},
    {"addons.*.required[].reason", removed},
    {"addons.*.recommended[].reason", removed},
    {"addons.*.premium[].reason", removed},
    {"addons.max_per_session", one_less},
    {"addons.after", opposite},
    {"ranking.shopper_first[]", removed},
    {"ranking.commercial[]", removed},
    {"ranking.commercial[]", nullptr, pushed_the_other_way},
    {"ranking.commercial[].*.margin.*", more},
    {"ranking.commercial[].within", more},
    {"ranking.never[]", removed},
    {"ranking.never[].with", removed},
    {"ranking.never[].with.*", removed_among_others},
    {"hesitation.needs_consent", opposite},
    {"hesitation.plays[]", removed},
    {"hesitation.plays[].when[]", removed_among_others},
    {"hesitation.plays[].when[].*", one_less},
    {"hesitation.plays[].offer", opposite},
    {"hesitation.plays[].say", removed},
    {"hesitation.plays[].kinds[]", removed},
    {"hesitation.plays[].cooldown", less},
    {"hesitation.plays[].max_per_session", one_less},
    {"guardrails.input.max_length", more},
    {"guardrails.input.languages[]", removed},
    {"guardrails.input.refuse_topics[]", removed},
    {"guardrails.input.injection", opposite},
    {"guardrails.claims.contradicted", opposite},
    {"guardrails.claims.unsupported", opposite},
    {"guardrails.claims.subjective", opposite},
    {"guardrails.actions.grant[]", removed},
    {"guardrails.actions.confirm[]", removed},
    {"guardrails.actions.confirm_within", less},
    {"guardrails.actions.limits.*", more},
    {"guardrails.actions.discounts[]", removed},
    {"guardrails.results.max_size", more},
    {"guardrails.results.injection", opposite},
    {"guardrails.say.never[]", removed},
    {"guardrails.say.competitors[]", removed},
    {"guardrails.say.max_length", more},
    {"guardrails.say.urgency", opposite},
    {"guardrails.say.hide_internals", opposite},
    {"guardrails.privacy.redact[]", removed},
    {"guardrails.proactive.max_per_session", one_less},
    {"guardrails.proactive.pause", less},
    {"guardrails.proactive.after_dismissal", opposite},
    {"limits.steps", less},
    {"limits.seconds", less},
    {"limits.cost", next_to_nothing},
    {"limits.facts_good_for", less},
    {"desk.dialects.*", removed},
    {"desk.dialects.*.known_by[]", removed_among_others},
    {"desk.dialects.*.when", negated},
    {"desk.identity.from[]", another},
    {"desk.records.*.from[]", another},
    {"desk.records.*.id", another},
    {"desk.records.*.inside", another},
    {"desk.records.*.at", another},
    {"desk.identifiers.*[]", another},
    {"desk.shopper_may_name[]", removed},
    {"desk.let.*", another_text},
    {"desk.conditions.*.that", negated},
    {"desk.conditions.*.else", another},
    {"desk.conditions.*.unknown", decided_otherwise},
    {"desk.actions.*.words[]", removed_among_others},
    {"desk.actions.*.takes", removed},
    {"desk.actions.*.takes[]", removed},
    {"desk.actions.*.identifiers.*", removed},
    {"desk.actions.*.require[]", removed},
    {"desk.actions.*.confirm", removed},
    {"desk.actions.*.confirm[]", removed},
    {"desk.actions.*.confirm[][]", removed_among_others},
};

// The pattern's parts: "needs.*.prefer[]" -> "needs", "*", "prefer", "[]".
std::vector<std::string> parts_of(const std::string& pattern) {
  std::vector<std::string> parts(1);
  for (const char c : pattern) {
    if (c == '.') parts.emplace_back();
    else if (c == '[') parts.emplace_back("[");
    else parts.back() += c;
  }
  return parts;
}

std::string shown(const Node& node) {
  std::string all = node.text;
  for (const Node& item : node.items) all += (all.empty() ? "" : ", ") + shown(item);
  for (const Node::Entry& entry : node.entries) all += (all.empty() ? "" : ", ") + entry.key + ": " + shown(entry.value);
  return all;
}

// A step to a part of a tree: a key of a map, or an index of a list.
struct Step {
  std::string key;
  std::size_t index = 0;
};

// The map or list that holds what the steps lead to; null where the tree has no such place.
Node* holder(Node& root, const std::vector<Step>& steps) {
  Node* node = &root;
  for (std::size_t i = 0; i + 1 < steps.size() && node; ++i) {
    if (steps[i].key.empty()) {
      node = steps[i].index < node->items.size() ? &node->items[steps[i].index] : nullptr;
      continue;
    }
    const auto entry = std::find_if(node->entries.begin(), node->entries.end(), [&](const auto& one) { return one.key == steps[i].key; });
    node = entry == node->entries.end() ? nullptr : &entry->value;
  }
  return node;
}

void take_out(Node& root, const std::vector<Step>& steps) {
  Node* const node = holder(root, steps);
  if (!node) return;
  const Step& last = steps.back();
  if (node->type == Node::Type::kScalar) {   // a list of one, written without brackets
    *node = Node{Node::Type::kList, "", false, {}, {}, node->at};
  } else if (!last.key.empty()) {
    std::erase_if(node->entries, [&](const auto& entry) { return entry.key == last.key; });
  } else if (last.index < node->items.size()) {
    node->items.erase(node->items.begin() + static_cast<std::ptrdiff_t>(last.index));
  }
}

// A condition that no action requires any more goes with the last that did: a playbook may not have one that never decides.
void drop_unasked_conditions(Node& root, const std::vector<Step>& steps) {
  if (steps.size() != 5 || steps[0].key != "desk" || steps[3].key != "require") return;
  const Node* actions = root.find("desk")->find("actions");
  const auto asked = [&](const Node::Entry& condition) {
    return std::any_of(actions->entries.begin(), actions->entries.end(), [&](const Node::Entry& action) {
      const Node* require = action.value.find("require");
      const auto named = [&](const Node& one) { return one.text == condition.key; };
      return require && (named(*require) || std::any_of(require->items.begin(), require->items.end(), named));
    });
  };
  for (Node::Entry& section : std::find_if(root.entries.begin(), root.entries.end(), [](const auto& one) { return one.key == "desk"; })->value.entries) {
    if (section.key == "conditions") std::erase_if(section.value.entries, [&](const Node::Entry& condition) { return !asked(condition); });
  }
}

void put(Node& root, const std::vector<Step>& steps, const Node& value) {
  Node* const node = holder(root, steps);
  if (!node) return;
  const Step& last = steps.back();
  if (node->type == Node::Type::kScalar) *node = value;   // a list of one, written without brackets
  if (last.key.empty() && last.index < node->items.size()) node->items[last.index] = value;
  for (Node::Entry& entry : node->entries) {
    if (entry.key == last.key) entry.value = value;
  }
}

// A need that says one thing alone: without it there is no need.
bool all_that_its_need_says(const Node& root, const std::vector<Step>& steps) {
  if (steps.size() != 4 || steps[0].key != "needs" || !steps[3].key.empty()) return false;
  const Node& need = *root.find("needs")->find(steps[1].key);
  const Node* prefer = need.find("prefer");
  const Node* require = need.find("require");
  return (prefer ? prefer->items.size() : 0) + (require ? require->items.size() : 0) == 1;
}

// A play that is made once at most has no second time for its cooldown to hold off.
bool decides_nothing(const Node& root, const std::vector<Step>& steps) {
  if (steps.back().key != "cooldown") return false;
  std::vector<Step> beside = steps;
  beside.back().key = "max_per_session";
  Node copy = root;
  const Node* play = holder(copy, beside);
  const Node* most = play ? play->find("max_per_session") : nullptr;
  return !most || most->text == "1";
}

class Finder {
 public:
  std::vector<Mutation> run(const Node& root) {
    root_ = &root;
    for (const Shape& shape : kShapes) walk(root, parts_of(shape.pattern), 0, {}, {{}, 1}, shape);
    std::stable_sort(found_.begin(), found_.end(), [](const Mutation& a, const Mutation& b) { return std::pair(a.at.line, a.at.column) < std::pair(b.at.line, b.at.column); });
    return std::move(found_);
  }

 private:
  // Where the walk stands: as findings write it, and how many stand there side by side.
  struct Place {
    std::string path;
    std::size_t among;
  };

  void walk(const Node& node, const std::vector<std::string>& parts, std::size_t depth, const std::vector<Step>& steps, const Place& place, const Shape& shape) {
    if (depth == parts.size()) return note(node, steps, place, shape);
    const auto deeper = [&](const Node& inner, Step step, const Place& inner_place) {
      std::vector<Step> further = steps;
      further.push_back(std::move(step));
      walk(inner, parts, depth + 1, further, inner_place, shape);
    };
    if (parts[depth].front() == '[') {
      if (node.type == Node::Type::kScalar) return deeper(node, {"", 0}, {place.path, 1});   // a list of one, written without brackets
      for (std::size_t i = 0; i < node.items.size(); ++i) deeper(node.items[i], {"", i}, {place.path + "[" + std::to_string(i) + "]", node.items.size()});
      return;
    }
    for (const Node::Entry& entry : node.entries) {
      const std::string path = place.path.empty() ? entry.key : place.path + "." + entry.key;
      if (parts[depth] == "*" || parts[depth] == entry.key) deeper(entry.value, {entry.key, 0}, {path, node.entries.size()});
    }
  }

  void note(const Node& node, const std::vector<Step>& steps, const Place& place, const Shape& shape) {
    if (shape.turn == &removed || shape.turn == &removed_among_others) {
      if (all_that_its_need_says(*root_, steps) || (shape.turn == &removed_among_others && place.among == 1)) return;
      found_.push_back({place.path, shown(node), "removed", node.at, removal(steps), {}});
      return;
    }
    if (decides_nothing(*root_, steps)) return;
    auto change = turned(node, shape.other ? shape.other(node) : with_text(node, shape.turn), steps, place.path);
    if (!change) return;
    const Turn other = shape.turn ? back(shape.turn) : nullptr;
    if (auto otherwise = other ? turned(node, with_text(node, other), steps, place.path) : std::nullopt) change->other_way = {std::move(*otherwise)};
    found_.push_back(std::move(*change));
  }

  static std::function<void(Node&)> removal(const std::vector<Step>& steps) {
    return [steps](Node& root) {
      take_out(root, steps);
      drop_unasked_conditions(root, steps);
    };
  }

  static Node with_text(Node node, Turn turn) {
    node.text = turn(node).value_or(node.text);
    return node;
  }

  // Nothing where the change would change nothing.
  static std::optional<Mutation> turned(const Node& node, const Node& other, const std::vector<Step>& steps, const std::string& path) {
    if (shown(other) == shown(node)) return std::nullopt;
    return Mutation{path, shown(node), shown(other), node.at, [steps, other](Node& root) { put(root, steps, other); }, {}};
  }

  const Node* root_ = nullptr;
  std::vector<Mutation> found_;
};

}  // namespace

std::vector<std::string> places_of_rules() {
  std::vector<std::string> all;
  for (const Shape& shape : kShapes) all.emplace_back(shape.pattern);
  return all;
}

std::vector<Mutation> mutations_of(std::string_view yaml, const std::string& file) {
  std::vector<Finding> ignored;
  return Finder().run(yaml::parse(yaml, file, ignored));
}

}  // namespace floorwalker
