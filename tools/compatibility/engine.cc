#include "tools/compatibility/engine.h"

#include <algorithm>
#include <cmath>

#include "agent/core/json_writer.h"
#include "agent/core/text.h"
#include "tools/compatibility/rules.h"

namespace floorwalker::compatibility {
namespace {

using Check = Compatibility::Check;
using Rules = Engine::Rules;

constexpr const char* kNotStated = "not stated";

// ---- what a thing states

// The values of one attribute of one thing, in the rule's terms.
struct Reading {
  std::vector<std::string> keys;     // of texts
  std::optional<double> number;      // canonical
  std::string shown;                 // as the catalogue has it: "AM4, AM5"

  bool stated() const { return !keys.empty() || number.has_value(); }
};

void show(Reading& reading, const std::string& text) { reading.shown += (reading.shown.empty() ? "" : ", ") + text; }

// A number of the attribute's dimension, in its canonical unit. A bare number has the attribute's own unit.
std::optional<double> number_in(const AttributeRule& rule, const Measure& measure) {
  if (measure.unit.symbol.empty() && measure.unit.dimension == Dimension::kNone) return Measure{measure.value, *rule.unit}.canonical();
  if (measure.unit.dimension != rule.unit->dimension) return std::nullopt;
  return measure.canonical();
}

// The numbers of an attribute value; a text may hold several ("315 mm with, 440 mm without the drive cage").
std::vector<double> numbers_in(const AttributeRule& rule, const AttributeValue& value) {
  std::vector<double> numbers;
  const auto take = [&](const Measure& measure) {
    const auto number = number_in(rule, measure);
    if (number && (*number > 0 || !rule.zero_is_missing)) numbers.push_back(*number);
  };
  if (const auto* measure = std::get_if<Measure>(&value)) take(*measure);
  if (const auto* text = std::get_if<std::string>(&value)) {
    const auto spans = find_measures(*text);
    const bool units = std::any_of(spans.begin(), spans.end(), [](const MeasureSpan& span) { return span.has_unit; });
    for (const MeasureSpan& span : spans) {
      if (span.has_unit == units) take(span.measure);
    }
  }
  return numbers;
}

void read_number(const AttributeRule& rule, const AttributeValue& value, Reading& reading) {
  for (const double number : numbers_in(rule, value)) {
    const bool better = !reading.number || (rule.take == Take::kLargest ? number > *reading.number : number < *reading.number);
    if (better) reading.number = number;
  }
  if (reading.number) show(reading, format(value));
}

void read_text(const AttributeRule& rule, const std::string& text, Reading& reading) {
  if (!rule.match.empty()) {
    for (const auto& [key, patterns] : rule.match) {
      const auto hit = [&](const auto& pattern) { return RE2::PartialMatch(text, *pattern); };
      if (std::none_of(patterns.begin(), patterns.end(), hit)) continue;
      reading.keys.push_back(key);
      return show(reading, text);
    }
    return;
  }
  const auto keys = rule.values ? rule.values->keys(text) : std::vector<std::string>{key_of(text)};
  if (keys.empty() || (keys.size() == 1 && keys[0].empty())) return;
  reading.keys.insert(reading.keys.end(), keys.begin(), keys.end());
  show(reading, text);
}

// The words of a title that the rule takes out of it, and nothing else of it.
void read_title(const AttributeRule& rule, const std::string& title, Reading& reading) {
  for (const std::string& key : rule.values->keys(title)) {
    if (key.empty()) continue;
    reading.keys.push_back(key);
    show(reading, key);
  }
}

// A thing with the keys of its attributes' names, made once for a check.
struct Subject {
  explicit Subject(const Thing& a_thing) : thing(&a_thing) {
    for (const Attribute& attribute : a_thing.attributes) names.push_back(key_of(attribute.name));
  }

  const Thing* thing;
  std::vector<std::string> names;
};

// What the thing states under the first of the attribute's names that says anything.
Reading read(const AttributeRule& rule, const Subject& subject) {
  Reading reading;
  for (const std::string& name : rule.names) {
    if (name == "title" && !rule.match.empty()) read_text(rule, subject.thing->title, reading);
    else if (name == "title" && rule.values) read_title(rule, subject.thing->title, reading);
    for (std::size_t i = 0; i < subject.names.size() && name != "title"; ++i) {
      if (subject.names[i] != name) continue;
      const AttributeValue& value = subject.thing->attributes[i].value;
      if (rule.unit) {
        read_number(rule, value, reading);
      } else {
        read_text(rule, format(value), reading);
      }
    }
    if (reading.stated()) break;
  }
  return reading;
}

// ---- which kind a thing is

std::vector<std::string> stems_of(std::string_view text) {
  std::vector<std::string> stems;
  for (const auto& word : text::words(text::spaced(text))) stems.push_back(text::stem(word.folded));
  return stems;
}

bool ends_with(const std::vector<std::string>& text, const std::vector<std::string>& phrase) {
  return !phrase.empty() && text.size() >= phrase.size() && std::equal(phrase.rbegin(), phrase.rend(), text.rbegin());
}

bool contains(const std::vector<std::string>& text, const std::vector<std::string>& phrase) {
  return !phrase.empty() && std::search(text.begin(), text.end(), phrase.begin(), phrase.end()) != text.end();
}

// How surely the words of a text name the kind: the length of the longest phrase, plus what the place is worth; 0: not at all.
std::size_t named_by(const KindRule& kind, const std::vector<std::string>& text, bool anywhere) {
  const auto in_text = [&](const auto& phrase) { return contains(text, phrase); };
  if (std::any_of(kind.never.begin(), kind.never.end(), in_text)) return 0;
  std::size_t longest = 0;
  for (const auto& phrase : kind.words) {
    if (anywhere ? contains(text, phrase) : ends_with(text, phrase)) longest = std::max(longest, phrase.size());
  }
  return longest;
}

bool states_all(const KindRule& kind, const Subject& subject) {
  return std::all_of(kind.has.begin(), kind.has.end(), [&](const std::string& name) { return read(kind.attributes.at(name), subject).stated(); });
}

// The best kind by the thing's own kind, else by its categories (the most special last), else by its title with the attributes to prove it.
const KindRule* kind_of(const Rules& rules, const Subject& subject) {
  const Thing& thing = *subject.thing;
  const KindRule* best = nullptr;
  std::size_t points = 0;
  const auto look = [&](const std::string& text, bool anywhere, bool prove) {
    const auto stems = stems_of(text);
    for (const KindRule& kind : rules.kinds) {
      const std::size_t found = named_by(kind, stems, anywhere);
      if (found <= points || (prove && (kind.has.empty() || !states_all(kind, subject)))) continue;
      best = &kind;
      points = found;
    }
  };
  if (!thing.kind.empty()) look(thing.kind, false, false);
  for (auto at = thing.categories.rbegin(); at != thing.categories.rend() && !best; ++at) look(*at, false, false);
  if (!best) look(thing.title, true, !thing.id.empty());
  return best;
}

// ---- the tests

struct Side {
  const Subject* subject = nullptr;
  const KindRule* kind = nullptr;
};

Reading read(const Side& side, const std::string& attribute) { return read(side.kind->attributes.at(attribute), *side.subject); }

bool has(const std::map<std::string, std::set<std::string>>& table, const std::string& key, const std::string& value) {
  const auto row = table.find(key);
  return row != table.end() && row->second.count(value) > 0;
}

Fit same(const Rule& rule, const Reading& left, const Reading& right) {
  Fit fit = rule.incomplete ? Fit::kUnknown : Fit::kNo;
  for (const std::string& mine : left.keys) {
    for (const std::string& theirs : right.keys) {
      if (mine == theirs || has(rule.accept, theirs, mine)) return Fit::kYes;
      if (has(rule.perhaps, theirs, mine)) fit = Fit::kUnknown;
    }
  }
  return fit;
}

// Generation lists: the left value's row names the right values that go with it. A value without a row is not known.
Fit goes_with(const Rule& rule, const Reading& left, const Reading& right) {
  bool known = false;
  for (const std::string& mine : left.keys) {
    for (const std::string& theirs : right.keys) {
      if (has(rule.accept, mine, theirs)) return Fit::kYes;
      if (has(rule.perhaps, mine, theirs)) return Fit::kUnknown;
    }
    known = known || rule.accept.count(mine) > 0;
  }
  const auto listed = [&](const std::string& theirs) {
    return std::any_of(rule.accept.begin(), rule.accept.end(), [&](const auto& row) { return row.second.count(theirs) > 0; });
  };
  return known && std::any_of(right.keys.begin(), right.keys.end(), listed) ? Fit::kNo : Fit::kUnknown;
}

Fit at_most(const Rule& rule, double left, double right) {
  if (left + rule.clearance <= right) return Fit::kYes;
  return left <= right + rule.slack ? Fit::kUnknown : Fit::kNo;
}

// A box goes through an opening when its two shorter sides do, one way or the other. Without the opening's second side, what is shorter
// than the first goes through either way; what is longer is not known.
Fit through(const Rule& rule, std::vector<double> box, double width, double height) {
  std::sort(box.begin(), box.end());
  const auto [low, high] = std::minmax(width, height > 0 ? height : width);
  const Fit narrow = at_most(rule, box[0], low);
  if (narrow == Fit::kNo) return height > 0 || box[0] > width + rule.slack ? Fit::kNo : Fit::kUnknown;
  const Fit wide = at_most(rule, box[1], high);
  if (wide == Fit::kNo && height <= 0) return Fit::kUnknown;
  return wide == Fit::kNo ? Fit::kNo : narrow == Fit::kYes && wide == Fit::kYes ? Fit::kYes : Fit::kUnknown;
}

// ---- telling

std::string told(const std::vector<std::string>& attributes, const std::vector<Reading>& readings) {
  std::string all;
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    if (i > 0 && !readings[i].stated() && all.find(kNotStated) == std::string::npos && attributes.size() > 2) continue;
    all += (all.empty() ? "" : ", ") + text::spaced(attributes[i]) + " " + (readings[i].stated() ? readings[i].shown : kNotStated);
  }
  return all;
}

// The values alone, as the catalogue has them: "82 in, 36 in, 27 in".
std::string values_of(const std::vector<Reading>& readings) {
  std::string all;
  for (const Reading& reading : readings) {
    if (reading.stated()) all += (all.empty() ? "" : ", ") + reading.shown;
  }
  return all.empty() ? kNotStated : all;
}

std::string filled(std::string sentence, const std::map<std::string, std::string>& values) {
  for (const auto& [name, value] : values) {
    for (std::size_t at = sentence.find(name); at != std::string::npos; at = sentence.find(name, at + value.size())) sentence.replace(at, name.size(), value);
  }
  return sentence;
}

std::string sentence(const Rule& rule, const Check& check, const std::string& a, const std::string& b, const std::string& left_value, const std::string& right_value) {
  const auto own = rule.says.find(check.fit);
  if (own != rule.says.end()) {
    return filled(own->second, {{"{left}", check.left}, {"{right}", check.right}, {"{left_value}", left_value}, {"{right_value}", right_value}, {"{a}", a}, {"{b}", b}});
  }
  const std::string values = a + ": " + check.left + "; " + b + ": " + check.right;
  switch (check.fit) {
    case Fit::kYes: return values + ". They go together.";
    case Fit::kNo: return values + ". They do not go together.";
    case Fit::kUnknown: return values + ". Whether they go together is not certain.";
  }
  return values;
}

// ---- rules for two

enum class Holds { kYes, kNo, kUnstated };

Holds holds(const Rule& rule, const Side& left, const Side& right) {
  Holds all = Holds::kYes;
  for (const Condition& condition : rule.when) {
    const Reading reading = read(condition.left ? left : right, condition.attribute);
    if (!reading.stated()) {
      all = Holds::kUnstated;
      continue;
    }
    const bool met = std::any_of(reading.keys.begin(), reading.keys.end(), [&](const auto& key) { return condition.keys.count(key) > 0; });
    if (!met) return Holds::kNo;
  }
  return all;
}

std::vector<Reading> readings(const Side& side, const std::vector<std::string>& attributes) {
  std::vector<Reading> all;
  for (const std::string& attribute : attributes) all.push_back(read(side, attribute));
  return all;
}

Fit measured(const Rule& rule, const std::vector<Reading>& left, const std::vector<Reading>& right) {
  const auto stated = [](const Reading& reading) { return reading.stated(); };
  if (!std::all_of(left.begin(), left.end(), stated) || !right[0].stated()) return Fit::kUnknown;
  switch (rule.test) {
    case Test::kSame: return same(rule, left[0], right[0]);
    case Test::kGoesWith: return goes_with(rule, left[0], right[0]);
    case Test::kAtMost: return at_most(rule, *left[0].number, *right[0].number);
    case Test::kFitsThrough: {
      std::vector<double> box;
      for (const Reading& side : left) box.push_back(*side.number);
      const double other = right.size() > 1 && right[1].stated() ? *right[1].number : rule.other_side;
      return through(rule, std::move(box), *right[0].number, other);
    }
    case Test::kSum: break;
  }
  return Fit::kUnknown;
}

std::optional<Check> check_pair(const Rule& rule, const Side& left, const Side& right) {
  const Holds applies = holds(rule, left, right);
  if (applies == Holds::kNo) return std::nullopt;
  const auto mine = readings(left, rule.left), theirs = readings(right, rule.right);
  if ((rule.skip_unstated_left && !mine[0].stated()) || (rule.skip_unstated_right && !theirs[0].stated())) return std::nullopt;
  Check check{rule.id, applies == Holds::kUnstated ? Fit::kUnknown : measured(rule, mine, theirs), told(rule.left, mine), told(rule.right, theirs), {}};
  check.why = sentence(rule, check, left.subject->thing->title, right.subject->thing->title, values_of(mine), values_of(theirs));
  return check;
}

// A thing of no known kind stands for the rule's other side if it states what the rule asks of that side.
bool may_stand_for(const Rules& rules, const Subject& subject, const std::string& kind, const std::vector<std::string>& attributes) {
  const KindRule* rule = rules.kind(kind);
  return rule && subject.thing->id.empty() && read(rule->attributes.at(attributes[0]), subject).stated();
}

void check_both_ways(const Rules& rules, const Side& a, const Side& b, std::vector<Check>& checks) {
  for (const Rule& rule : rules.rules) {
    if (rule.test == Test::kSum) continue;
    for (const auto& [left, right] : {std::pair(&a, &b), std::pair(&b, &a)}) {
      Side mine = *left, theirs = *right;
      if (!mine.kind && may_stand_for(rules, *mine.subject, rule.left_kind, rule.left)) mine.kind = rules.kind(rule.left_kind);
      if (!theirs.kind && may_stand_for(rules, *theirs.subject, rule.right_kind, rule.right)) theirs.kind = rules.kind(rule.right_kind);
      if (!mine.kind || !theirs.kind || mine.kind->name != rule.left_kind || theirs.kind->name != rule.right_kind) continue;
      if (auto check = check_pair(rule, mine, theirs)) {
        checks.push_back(std::move(*check));
        break;
      }
    }
  }
}

// ---- sums over everything at hand

struct Load {
  double low = 0, high = 0;
  bool known = true;    // every part states its share
  bool any = false;     // some part is at hand
  std::string shown;
};

Load load_of(const Rule& rule, const std::vector<Side>& sides) {
  Load load;
  for (const Summand& summand : rule.sum) {
    bool at_hand = false;
    for (const Side& side : sides) {
      if (!side.kind || side.kind->name != summand.kind) continue;
      at_hand = load.any = true;
      const Reading reading = read(side, summand.attribute);
      load.shown += (load.shown.empty() ? "" : " + ") + text::spaced(summand.kind) + " " + (reading.stated() ? reading.shown : kNotStated);
      load.known = load.known && reading.stated();
      load.low += reading.number.value_or(0);
      load.high += reading.number.value_or(0);
    }
    const auto range = rule.absent.find(summand.kind);
    if (at_hand || range == rule.absent.end()) continue;
    load.low += range->second.first;
    load.high += range->second.second;
    load.shown += (load.shown.empty() ? "" : " + ") + text::spaced(summand.kind) + " of " + json::number_text(range->second.first) + " to " + json::number_text(range->second.second);
  }
  return load;
}

std::optional<Check> check_sum(const Rule& rule, const std::vector<Side>& sides) {
  const auto limit = std::find_if(sides.begin(), sides.end(), [&](const Side& side) { return side.kind && side.kind->name == rule.right_kind; });
  if (limit == sides.end()) return std::nullopt;
  const Load load = load_of(rule, sides);
  if (!load.any) return std::nullopt;
  const Reading most = read(*limit, rule.right[0]);
  Check check{rule.id, Fit::kUnknown, load.shown, text::spaced(rule.right[0]) + " " + (most.stated() ? most.shown : kNotStated), {}};
  if (most.stated() && load.low + rule.least > *most.number) {
    check.fit = Fit::kNo;
  } else if (most.stated() && load.known && (load.high + rule.base) * (1 + rule.headroom) <= *most.number) {
    check.fit = Fit::kYes;
  }
  check.why = sentence(rule, check, "Together", limit->subject->thing->title, check.left, values_of({most}));
  return check;
}

std::vector<Check> check_all(const Rules& rules, const std::vector<Thing>& things) {
  const std::vector<Subject> subjects(things.begin(), things.end());
  std::vector<Side> sides;
  for (const Subject& subject : subjects) sides.push_back({&subject, kind_of(rules, subject)});
  std::vector<Check> checks;
  for (std::size_t i = 0; i < sides.size(); ++i) {
    for (std::size_t j = i + 1; j < sides.size(); ++j) check_both_ways(rules, sides[i], sides[j], checks);
  }
  for (const Rule& rule : rules.rules) {
    if (rule.test != Test::kSum) continue;
    if (auto check = check_sum(rule, sides)) checks.push_back(std::move(*check));
  }
  return checks;
}

}  // namespace

const KindRule* Engine::Rules::kind(const std::string& name) const {
  const auto at = std::find_if(kinds.begin(), kinds.end(), [&](const KindRule& one) { return one.name == name; });
  return at == kinds.end() ? nullptr : &*at;
}

Thing thing_of(const Product& product, std::string kind) {
  Thing thing{product.id, product.title, kind.empty() ? product.kind : std::move(kind), {}, product.attributes};
  for (const auto& path : product.categories) thing.categories.insert(thing.categories.end(), path.begin(), path.end());
  for (const Variant& variant : product.variants) {
    for (const OptionValue& option : variant.options) {
      Attribute one{option.name, option.value};
      if (std::find(thing.attributes.begin(), thing.attributes.end(), one) == thing.attributes.end()) thing.attributes.push_back(std::move(one));
    }
  }
  return thing;
}

Fit all_of(const std::vector<Compatibility::Check>& checks) {
  const auto is = [](Fit fit) { return [fit](const Check& check) { return check.fit == fit; }; };
  if (std::any_of(checks.begin(), checks.end(), is(Fit::kNo))) return Fit::kNo;
  return !checks.empty() && std::all_of(checks.begin(), checks.end(), is(Fit::kYes)) ? Fit::kYes : Fit::kUnknown;
}

Engine::Engine() : rules_(std::make_unique<const Rules>()) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

Result<Engine> Engine::load(const std::vector<Source>& sources) {
  auto rules = std::make_unique<Rules>();
  std::vector<std::string> faults;
  load_into(*rules, sources, faults);
  if (!faults.empty()) {
    std::string message;
    for (const std::string& fault : faults) message += (message.empty() ? "" : "\n") + fault;
    return fail(ErrorKind::kInvalidArgument, message);
  }
  Engine engine;
  engine.rules_ = std::move(rules);
  return engine;
}

Compatibility Engine::check(const Thing& a, const Thing& b) const {
  Compatibility answer{a.id, b.id, a.title, b.title, Fit::kUnknown, check_all(*rules_, {a, b})};
  answer.fit = all_of(answer.checks);
  return answer;
}

std::vector<Compatibility::Check> Engine::check_together(const std::vector<Thing>& things) const { return check_all(*rules_, things); }

std::vector<std::string> Engine::rule_ids() const {
  std::vector<std::string> ids;
  for (const Rule& rule : rules_->rules) ids.push_back(rule.id);
  return ids;
}

}  // namespace floorwalker::compatibility
