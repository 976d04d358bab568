#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>

#include "agent/core/text.h"
#include "tools/compatibility/rules.h"

// Reading rule files strictly: every key has a meaning, every name is defined, and every fault is told at once with its place.
namespace floorwalker::compatibility {

std::string key_of(std::string_view text) {
  const bool ascii = std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  const std::string folded = ascii ? std::string() : text::fold(text);
  std::string key;
  for (const char c : ascii ? text : std::string_view(folded)) {
    const auto u = static_cast<unsigned char>(c);
    if (std::isalnum(u) || u >= 0x80 || c == '+') key += static_cast<char>(u < 0x80 ? std::tolower(u) : u);
  }
  return key;
}

namespace {

bool separates(char c) { return c == ',' || c == ';' || c == '/' || c == '|' || c == '\n'; }

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (separates(c)) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

}  // namespace

std::vector<std::string> ValueSet::keys(std::string_view text) const {
  std::vector<std::string> all;
  for (const std::string& part : list ? split(text) : std::vector<std::string>{std::string(text)}) {
    std::string found = part;
    if (extract && !RE2::PartialMatch(text::fold(part), *extract, &found)) continue;
    std::string key = key_of(found);
    for (const std::string& cut : drop) {
      if (key.size() > cut.size() && key.starts_with(cut)) key.erase(0, cut.size());
      if (key.size() > cut.size() && key.ends_with(cut)) key.resize(key.size() - cut.size());
    }
    const auto known = same.find(key);
    if (known != same.end()) key = known->second;
    if (!key.empty() && std::find(all.begin(), all.end(), key) == all.end()) all.push_back(std::move(key));
  }
  return all;
}

namespace {

using Rules = Engine::Rules;

class Loader {
 public:
  Loader(Rules& rules, std::vector<std::string>& faults) : rules_(rules), faults_(faults) {}

  void values_and_kinds(const Source& source);
  void rules(const Source& source);

 private:
  // ---- faults and the shapes of YAML
  void fault(const YAML::Node& at, const std::string& message);
  bool is_map(const YAML::Node& node, const std::string& what, const std::vector<std::string>& keys);
  std::string text(const YAML::Node& node, const std::string& what);
  std::vector<std::string> texts(const YAML::Node& node, const std::string& what);
  bool one_of(const YAML::Node& node, const std::string& word, const std::vector<std::string>& words, const std::string& what);
  std::unique_ptr<RE2> pattern(const YAML::Node& node);
  double amount(const YAML::Node& node, const std::optional<Unit>& unit, const std::string& what);

  // ---- the parts
  std::optional<YAML::Node> open(const Source& source);
  void value_set(const std::string& name, const YAML::Node& node);
  void kind(const std::string& name, const YAML::Node& node, const YAML::Node& at);
  AttributeRule attribute(const std::string& name, const YAML::Node& node);
  void rule(const YAML::Node& node);
  void sum_rule(const YAML::Node& node, Rule& made);
  void pair_rule(const YAML::Node& node, Rule& made);
  const AttributeRule* find_attribute(const YAML::Node& at, const std::string& kind, const std::string& name);
  void conditions(const YAML::Node& node, Rule& made);
  void tables(const YAML::Node& node, Rule& made);
  void limits(const YAML::Node& node, const AttributeRule& left, Rule& made);
  void sentences(const YAML::Node& node, Rule& made);

  Rules& rules_;
  std::vector<std::string>& faults_;
  std::string file_;
};

std::string key_in(const AttributeRule& rule, const std::string& text) {
  if (!rule.values) return key_of(text);
  const auto keys = rule.values->keys(text);
  return keys.empty() ? key_of(text) : keys.front();
}

void Loader::fault(const YAML::Node& at, const std::string& message) {
  const YAML::Mark mark = at.Mark();
  faults_.push_back(file_ + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1) + ": " + message);
}

// Whether the node is a map of known keys, each once; tells what is not.
bool Loader::is_map(const YAML::Node& node, const std::string& what, const std::vector<std::string>& keys) {
  if (!node.IsMap()) {
    fault(node, what + " must be a map");
    return false;
  }
  std::set<std::string> seen;
  for (const auto& entry : node) {
    const std::string name = entry.first.IsScalar() ? entry.first.Scalar() : "";
    if (!seen.insert(name).second) fault(entry.first, what + " has '" + name + "' twice");
    if (keys.empty() || std::find(keys.begin(), keys.end(), name) != keys.end()) continue;
    const std::string nearest = text::nearest(name, keys);
    fault(entry.first, "unknown key '" + name + "' in " + what + (nearest.empty() ? "; known are " + text::join_and(keys) : "; did you mean '" + nearest + "'?"));
  }
  return true;
}

std::string Loader::text(const YAML::Node& node, const std::string& what) {
  if (node.IsScalar() && !node.Scalar().empty()) return node.Scalar();
  fault(node, what + " must be text");
  return "";
}

std::vector<std::string> Loader::texts(const YAML::Node& node, const std::string& what) {
  std::vector<std::string> all;
  if (node.IsScalar()) return {node.Scalar()};
  if (!node.IsSequence()) fault(node, what + " must be a list");
  for (const auto& one : node.IsSequence() ? node : YAML::Node()) all.push_back(text(one, "an entry of " + what));
  return all;
}

bool Loader::one_of(const YAML::Node& node, const std::string& word, const std::vector<std::string>& words, const std::string& what) {
  if (std::find(words.begin(), words.end(), word) != words.end()) return true;
  fault(node, what + " must be one of " + text::join_and(words, "or") + ", not '" + word + "'");
  return false;
}

std::unique_ptr<RE2> Loader::pattern(const YAML::Node& node) {
  RE2::Options options;
  options.set_case_sensitive(false);
  options.set_log_errors(false);
  auto made = std::make_unique<RE2>(text(node, "a pattern"), options);
  if (!made->ok()) fault(node, "the pattern cannot be read: " + made->error());
  return made;
}

// "5 mm" in canonical units.
double Loader::amount(const YAML::Node& node, const std::optional<Unit>& unit, const std::string& what) {
  const auto measure = parse_measure(text(node, what));
  if (measure && unit && measure->unit.dimension == unit->dimension) return measure->canonical();
  fault(node, what + " must be a number with its unit" + (unit ? ", such as \"5 " + unit->symbol + "\"" : ""));
  return 0;
}

std::optional<YAML::Node> Loader::open(const Source& source) {
  file_ = source.file;
  try {
    YAML::Node root = YAML::Load(std::string(source.yaml));
    if (is_map(root, "the file", {"values", "kinds", "rules"})) return root;
  } catch (const YAML::ParserException& error) {
    faults_.push_back(file_ + ":" + std::to_string(error.mark.line + 1) + ":" + std::to_string(error.mark.column + 1) + ": " + error.msg);
  }
  return std::nullopt;
}

void Loader::value_set(const std::string& name, const YAML::Node& node) {
  ValueSet made;
  if (!is_map(node, "values." + name, {"extract", "drop", "list", "same"})) return;
  if (node["extract"]) made.extract = pattern(node["extract"]);
  if (made.extract && made.extract->ok() && made.extract->NumberOfCapturingGroups() != 1) fault(node["extract"], "extract needs one group in parentheses: the part that counts");
  if (node["drop"]) {
    for (const std::string& word : texts(node["drop"], "drop")) made.drop.push_back(key_of(word));
  }
  if (node["list"]) made.list = one_of(node["list"], node["list"].Scalar(), {"true", "false"}, "list") && node["list"].Scalar() == "true";
  if (node["same"] && is_map(node["same"], "same", {})) {
    for (const auto& entry : node["same"]) {
      for (const std::string& spelling : texts(entry.second, "same")) made.same[key_of(spelling)] = key_of(entry.first.Scalar());
    }
  }
  rules_.values[name] = std::move(made);
}

AttributeRule Loader::attribute(const std::string& name, const YAML::Node& node) {
  AttributeRule made;
  made.name = name;
  if (!is_map(node, name, {"names", "values", "unit", "take", "zero", "match"})) return made;
  for (const std::string& one : node["names"] ? texts(node["names"], "names") : std::vector<std::string>{name}) made.names.push_back(key_of(one));
  if (node["unit"]) {
    made.unit = find_unit(text(node["unit"], "unit"));
    if (!made.unit) fault(node["unit"], "unknown unit '" + node["unit"].Scalar() + "'");
  }
  if (node["take"] && one_of(node["take"], node["take"].Scalar(), {"largest", "smallest"}, "take")) {
    made.take = node["take"].Scalar() == "smallest" ? Take::kSmallest : Take::kLargest;
  }
  if (node["zero"]) made.zero_is_missing = one_of(node["zero"], node["zero"].Scalar(), {"missing"}, "zero");
  if (node["values"]) {
    const auto known = rules_.values.find(text(node["values"], "values"));
    if (known == rules_.values.end()) fault(node["values"], "there is no set of values '" + node["values"].Scalar() + "'");
    made.values = known == rules_.values.end() ? nullptr : &known->second;
  }
  if (node["match"] && is_map(node["match"], "match", {})) {
    for (const auto& entry : node["match"]) {
      made.match.emplace_back(key_of(entry.first.Scalar()), std::vector<std::unique_ptr<RE2>>());
      if (!entry.second.IsSequence()) fault(entry.second, "match must list patterns");
      for (const auto& one : entry.second) made.match.back().second.push_back(pattern(one));
    }
  }
  if (made.unit && (made.values || !made.match.empty())) fault(node, name + " is either a number (unit) or text (values, match)");
  return made;
}

void Loader::kind(const std::string& name, const YAML::Node& node, const YAML::Node& at) {
  if (rules_.kind(name)) return fault(at, "kind '" + name + "' is defined twice");
  KindRule made;
  made.name = name;
  if (!is_map(node, "kind " + name, {"words", "never", "has", "attributes"})) return;
  const auto phrases = [&](const char* key, std::vector<std::vector<std::string>>& into) {
    for (const std::string& phrase : node[key] ? texts(node[key], key) : std::vector<std::string>()) {
      into.emplace_back();
      for (const auto& word : text::words(text::spaced(phrase))) into.back().push_back(text::stem(word.folded));
    }
  };
  phrases("words", made.words);
  phrases("never", made.never);
  if (made.words.empty()) fault(node, "kind " + name + " needs words");
  if (node["attributes"] && is_map(node["attributes"], "attributes", {})) {
    for (const auto& entry : node["attributes"]) made.attributes.emplace(entry.first.Scalar(), attribute(entry.first.Scalar(), entry.second));
  }
  for (const std::string& one : node["has"] ? texts(node["has"], "has") : std::vector<std::string>()) {
    if (made.attributes.count(one)) {
      made.has.push_back(one);
    } else {
      fault(node["has"], "kind " + name + " has no attribute '" + one + "'");
    }
  }
  rules_.kinds.push_back(std::move(made));
}

const AttributeRule* Loader::find_attribute(const YAML::Node& at, const std::string& kind, const std::string& name) {
  const KindRule* owner = rules_.kind(kind);
  if (!owner) {
    fault(at, "there is no kind '" + kind + "'");
    return nullptr;
  }
  const auto found = owner->attributes.find(name);
  if (found != owner->attributes.end()) return &found->second;
  std::vector<std::string> names;
  for (const auto& [own, rule] : owner->attributes) names.push_back(own);
  const std::string nearest = text::nearest(name, names);
  fault(at, "kind " + kind + " has no attribute '" + name + "'" + (nearest.empty() ? "" : "; did you mean '" + nearest + "'?"));
  return nullptr;
}

void Loader::conditions(const YAML::Node& node, Rule& made) {
  if (!node["when"] || !is_map(node["when"], "when", {})) return;
  for (const auto& entry : node["when"]) {
    const std::string name = entry.first.Scalar();
    const std::size_t dot = name.find('.');
    const std::string side = name.substr(0, dot);
    if (dot == std::string::npos || (side != "left" && side != "right")) {
      fault(entry.first, "a condition names an attribute of a side, such as left.socket");
      continue;
    }
    Condition condition{side == "left", name.substr(dot + 1), {}};
    const auto* attribute = find_attribute(entry.first, condition.left ? made.left_kind : made.right_kind, condition.attribute);
    if (!attribute) continue;
    for (const std::string& value : texts(entry.second, "when")) condition.keys.insert(key_in(*attribute, value));
    made.when.push_back(std::move(condition));
  }
}

// accept and perhaps: for `same` right value -> left values, for `goes_with` left value -> right values.
void Loader::tables(const YAML::Node& node, Rule& made) {
  const auto* left = find_attribute(node, made.left_kind, made.left[0]);
  const auto* right = find_attribute(node, made.right_kind, made.right[0]);
  if (!left || !right) return;
  const bool same = made.test == Test::kSame;
  const auto read = [&](const char* key, std::map<std::string, std::set<std::string>>& table) {
    if (!node[key] || !is_map(node[key], key, {})) return;
    for (const auto& entry : node[key]) {
      for (const std::string& value : texts(entry.second, key)) {
        table[key_in(same ? *right : *left, entry.first.Scalar())].insert(key_in(same ? *left : *right, value));
      }
    }
  };
  read("accept", made.accept);
  read("perhaps", made.perhaps);
  if (!same && made.accept.empty()) fault(node, "goes_with needs accept: which right values go with a left value");
}

void Loader::limits(const YAML::Node& node, const AttributeRule& left, Rule& made) {
  if (node["slack"]) made.slack = amount(node["slack"], left.unit, "slack");
  if (node["clearance"]) made.clearance = amount(node["clearance"], left.unit, "clearance");
  if (node["other_side"]) made.other_side = amount(node["other_side"], left.unit, "other_side");
}

void Loader::pair_rule(const YAML::Node& node, Rule& made) {
  const auto between = node["between"] ? texts(node["between"], "between") : std::vector<std::string>();
  if (between.size() != 2 || !node["left"] || !node["right"]) return fault(node, "rule " + made.id + " needs between: [kind, kind], left and right");
  made.left_kind = between[0];
  made.right_kind = between[1];
  made.left = texts(node["left"], "left");
  made.right = texts(node["right"], "right");
  const bool numbers = made.test == Test::kAtMost || made.test == Test::kFitsThrough;
  const bool box = made.test == Test::kFitsThrough;
  if (box ? made.left.size() != 3 || made.right.empty() || made.right.size() > 2 : made.left.size() != 1 || made.right.size() != 1) {
    return fault(node, box ? "fits_through compares three sides (left) with one or two of the opening (right)" : "left and right name one attribute each");
  }
  std::optional<Dimension> measured;
  for (const bool left : {true, false}) {
    const YAML::Node at = left ? node["left"] : node["right"];
    for (const std::string& name : left ? made.left : made.right) {
      const auto* attribute = find_attribute(at, left ? made.left_kind : made.right_kind, name);
      if (!attribute) return;
      if (attribute->unit.has_value() != numbers) return fault(at, name + (numbers ? " needs a unit to be compared as a number" : " is a number: compare it with at_most"));
      if (numbers && measured.value_or(attribute->unit->dimension) != attribute->unit->dimension) return fault(at, name + " is not measured alike: " + attribute->unit->symbol);
      if (numbers && !measured) limits(node, *attribute, made);
      if (numbers) measured = attribute->unit->dimension;
    }
  }
  if (!numbers) tables(node, made);
  conditions(node, made);
  if (node["incomplete"] && one_of(node["incomplete"], text(node["incomplete"], "incomplete"), {"true"}, "incomplete")) made.incomplete = true;
  for (const std::string& side : node["skip_unstated"] ? texts(node["skip_unstated"], "skip_unstated") : std::vector<std::string>()) {
    if (!one_of(node["skip_unstated"], side, {"left", "right"}, "skip_unstated")) continue;
    (side == "left" ? made.skip_unstated_left : made.skip_unstated_right) = true;
  }
}

void Loader::sum_rule(const YAML::Node& node, Rule& made) {
  const auto split_name = [](const std::string& name) { return std::pair(name.substr(0, name.find('.')), name.substr(std::min(name.size(), name.find('.') + 1))); };
  if (!node["sum"] || !node["limit"]) return fault(node, "rule " + made.id + " needs sum: [kind.attribute, ...] and limit: kind.attribute");
  const auto [kind, limit] = split_name(text(node["limit"], "limit"));
  const auto* limited = find_attribute(node["limit"], kind, limit);
  if (!limited) return;
  if (!limited->unit) return fault(node["limit"], "limit must be a number with a unit");
  made.right_kind = kind;
  made.right = {limit};
  for (const std::string& name : texts(node["sum"], "sum")) {
    const auto [part, share] = split_name(name);
    const auto* summed = find_attribute(node["sum"], part, share);
    if (summed && (!summed->unit || summed->unit->dimension != limited->unit->dimension)) fault(node["sum"], name + " is not measured as the limit is");
    if (summed) made.sum.push_back({part, share});
  }
  if (node["base"]) made.base = amount(node["base"], limited->unit, "base");
  if (node["least"]) made.least = amount(node["least"], limited->unit, "least");
  if (node["headroom"]) {
    const auto percent = parse_measure(text(node["headroom"], "headroom"));
    if (!percent || percent->unit.dimension != Dimension::kPercent) fault(node["headroom"], "headroom must be a percentage, such as 10%");
    if (percent) made.headroom = percent->value / 100;
  }
  if (!node["absent"] || !is_map(node["absent"], "absent", {})) return;
  for (const auto& entry : node["absent"]) {
    if (!entry.second.IsSequence() || entry.second.size() != 2) {
      fault(entry.second, "absent gives the least and the most, such as [35 W, 250 W]");
      continue;
    }
    made.absent[entry.first.Scalar()] = {amount(entry.second[0], limited->unit, "absent"), amount(entry.second[1], limited->unit, "absent")};
  }
}

void Loader::sentences(const YAML::Node& node, Rule& made) {
  if (!node["says"] || !is_map(node["says"], "says", {"yes", "no", "unknown"})) return;
  for (const Fit fit : {Fit::kYes, Fit::kNo, Fit::kUnknown}) {
    const YAML::Node own = node["says"][std::string(to_string(fit))];
    if (own) made.says[fit] = text(own, "says");
  }
}

void Loader::rule(const YAML::Node& node) {
  static const std::vector<std::pair<std::string, Test>> kTests = {
      {"same", Test::kSame}, {"goes_with", Test::kGoesWith}, {"at_most", Test::kAtMost}, {"fits_through", Test::kFitsThrough}, {"sum", Test::kSum}};
  static const std::vector<std::string> kPair = {"id", "test", "says", "between", "left", "right", "accept", "perhaps", "when", "skip_unstated", "incomplete", "slack", "clearance", "other_side"};
  static const std::vector<std::string> kSumKeys = {"id", "test", "says", "sum", "limit", "base", "least", "headroom", "absent"};
  if (!node.IsMap() || !node["id"] || !node["test"]) return fault(node, "a rule is a map with id and test");
  Rule made;
  made.id = text(node["id"], "id");
  const std::string test = text(node["test"], "test");
  std::vector<std::string> names;
  for (const auto& [name, known] : kTests) {
    names.push_back(name);
    if (name == test) made.test = known;
  }
  if (!one_of(node["test"], test, names, "test")) return;
  if (!is_map(node, "rule " + made.id, made.test == Test::kSum ? kSumKeys : kPair)) return;
  const auto twice = [&](const Rule& other) { return other.id == made.id; };
  if (std::any_of(rules_.rules.begin(), rules_.rules.end(), twice)) return fault(node["id"], "rule '" + made.id + "' is defined twice");
  const std::size_t before = faults_.size();
  if (made.test == Test::kSum) {
    sum_rule(node, made);
  } else {
    pair_rule(node, made);
  }
  sentences(node, made);
  if (faults_.size() == before) rules_.rules.push_back(std::move(made));
}

void Loader::values_and_kinds(const Source& source) {
  const auto root = open(source);
  if (!root) return;
  const YAML::Node values = (*root)["values"], kinds = (*root)["kinds"];
  if (values && is_map(values, "values", {})) {
    for (const auto& entry : values) {
      if (rules_.values.count(entry.first.Scalar())) {
        fault(entry.first, "values '" + entry.first.Scalar() + "' are defined twice");
      } else {
        value_set(entry.first.Scalar(), entry.second);
      }
    }
  }
  if (kinds && is_map(kinds, "kinds", {})) {
    for (const auto& entry : kinds) kind(entry.first.Scalar(), entry.second, entry.first);
  }
}

void Loader::rules(const Source& source) {
  const std::size_t before = faults_.size();
  const auto root = open(source);
  faults_.resize(std::min(before, faults_.size()));  // told already when the kinds were read
  if (!root || !(*root)["rules"]) return;
  if (!(*root)["rules"].IsSequence()) return fault((*root)["rules"], "rules must be a list");
  for (const auto& one : (*root)["rules"]) rule(one);
}

}  // namespace

void load_into(Engine::Rules& rules, const std::vector<Source>& sources, std::vector<std::string>& faults) {
  Loader loader(rules, faults);
  for (const Source& source : sources) loader.values_and_kinds(source);
  for (const Source& source : sources) loader.rules(source);
}

}  // namespace floorwalker::compatibility
