#include "agent/models/guided/dialogue/describe.h"

#include <algorithm>

#include "agent/core/answers_json.h"
#include "agent/core/text.h"

namespace floorwalker::guided {

namespace {

constexpr std::size_t kPlainTitle = 40;     // bytes up to which a title is said in full
constexpr std::size_t kLongTitle = 60;      // and beyond which it never is
constexpr std::size_t kShortestTitle = 12;  // and what has to be left of it

bool is_field(const Constraint& constraint, std::string_view name) { return constraint.field == name; }

bool same_name(std::string_view a, std::string_view b) { return text::fold(text::spaced(a)) == text::fold(text::spaced(b)); }

std::string price_text(const std::string& major, const Currency& currency) {
  const auto minor = parse_minor(major, currency);
  return minor ? format(Money{*minor, currency}) : major;
}

std::string bounded(const Constraint& constraint, const std::string& name, const std::vector<std::string>& values) {
  const std::string lead = name.empty() ? "" : name + " ";
  const std::string first = values.empty() ? "" : values.front();
  switch (constraint.op) {
    case Constraint::Op::kAtMost: return name.empty() ? "up to " + first : lead + "up to " + first;
    case Constraint::Op::kAtLeast: return name.empty() ? "from " + first : lead + "at least " + first;
    case Constraint::Op::kBetween: return lead + "between " + first + " and " + (values.size() > 1 ? values[1] : first);
    case Constraint::Op::kNot: return "not " + text::join_and(values, "or");
    default: return lead + text::join_and(values, "or");
  }
}

// The option value of the card's variants that a constraint asked for, as the shop spells it.
std::string option_value(const ProductCard& card, const Constraint& constraint) {
  for (const auto& [name, values] : card.options) {
    if (!same_name(name, constraint.field)) continue;
    for (const std::string& value : values) {
      for (const std::string& wanted : constraint.values) {
        if (text::fold(value) == text::fold(wanted)) return value;
      }
    }
  }
  return {};
}

constexpr std::size_t kLongestReason = 80;  // a longer one is a list

void add(std::vector<std::string>& into, std::string phrase, std::size_t limit) {
  if (phrase.empty() || phrase.size() > kLongestReason || into.size() >= limit || std::find(into.begin(), into.end(), phrase) != into.end()) return;
  into.push_back(std::move(phrase));
}

}  // namespace

std::string price_phrase(const ProductCard& card) {
  if (card.price_from.minor == card.price_to.minor) return format(card.price_from);
  return format(card.price_from) + " and up";
}

std::string fact_phrase(const Attribute& attribute) {
  const std::string name = text::spaced(attribute.name);
  if (const bool* yes = std::get_if<bool>(&attribute.value)) return *yes ? name : "no " + name;
  const std::string value = format(attribute.value);
  return value.size() > name.size() && has_words_of(value, name) ? value : name + " " + value;  // "Mono scanning" says what it is of
}

std::string options_phrase(const std::vector<OptionValue>& options) {
  std::vector<std::string> values;
  for (const OptionValue& option : options) values.push_back(option.value);
  std::string joined;
  for (const std::string& value : values) joined += (joined.empty() ? "" : ", ") + value;
  return joined;
}

std::string constraint_phrase(const Constraint& constraint, const Currency& currency) {
  std::vector<std::string> values = constraint.values;
  const auto longer = [&](const std::string& value) { return value.starts_with(values.front()); };
  if (constraint.op == Constraint::Op::kOneOf && std::all_of(values.begin(), values.end(), longer)) values.resize(1);  // "Windows 10", with its editions
  if (is_field(constraint, "price")) {
    for (std::string& value : values) value = price_text(value, currency);
    return bounded(constraint, "", values);
  }
  if (values.size() == 1 && (values.front() == "yes" || values.front() == "no")) {
    const bool has = (values.front() == "yes") != (constraint.op == Constraint::Op::kNot);
    return (has ? "" : "no ") + text::spaced(constraint.field);
  }
  const bool named = constraint.op == Constraint::Op::kAtMost || constraint.op == Constraint::Op::kAtLeast || constraint.op == Constraint::Op::kBetween;
  const bool number = !values.empty() && !values.front().empty() && values.front()[0] >= '0' && values.front()[0] <= '9';
  return bounded(constraint, named || number ? text::spaced(constraint.field) : "", values);
}

const Attribute* attribute_named(const std::vector<Attribute>& attributes, std::string_view name) {
  for (const Attribute& attribute : attributes) {
    if (same_name(attribute.name, name)) return &attribute;
  }
  return nullptr;
}

std::vector<Preference> preferences_of(const Need& need, const Talk& talk) {
  std::vector<Preference> found;
  for (const auto& [attribute, low] : talk.state.leanings) found.push_back({attribute, low, {}});
  for (const std::string& use : need.uses) {
    for (const NeedRule& rule : talk.guide.playbook.needs) {
      if (rule.name == use) found.insert(found.end(), rule.prefer.begin(), rule.prefer.end());
    }
  }
  return found;
}

namespace {

// Where a title that was cut ends without a small word that led on: "Hard Drive to".
std::size_t without_small_end(const std::string& title, std::size_t end) {
  const std::size_t blank = title.rfind(' ', end - 1);
  if (blank == std::string::npos || blank < kShortestTitle || end - blank - 1 > 4) return end;
  const bool small = std::all_of(title.begin() + std::ptrdiff_t(blank) + 1, title.begin() + std::ptrdiff_t(end), [](unsigned char c) { return (c >= 'a' && c <= 'z') || c == '/'; });
  return small ? blank : end;
}

// Where the third word of a title ends, or a later one: fewer name nothing ("StarTech.com 2 m ...").
std::size_t third_word(const std::string& title) {
  std::size_t end = 0;
  for (int word = 1; end < title.size() && (word <= 3 || end < kShortestTitle); ++word) end = std::min(title.find(' ', end + 1), title.size());
  return end;
}

}  // namespace

std::string short_title(const std::string& title) {
  if (title.size() <= kPlainTitle) return title;
  const std::size_t earliest = third_word(title);
  std::size_t end = title.size();
  for (const std::string_view mark : {" (", " - ", " | ", ", "}) end = std::min(end, title.find(mark, earliest));
  for (const MeasureSpan& span : find_measures(title)) {
    const bool model = span.end - span.start > 4 && title.substr(span.start, 4).find_first_not_of("0123456789") == std::string::npos;  // "8730w"
    if (model) continue;
    if ((span.has_unit || title.compare(span.end, 3, " x ") == 0) && span.start > earliest) end = std::min(end, span.start);
  }
  if (end > kLongTitle) {
    std::size_t cut = 0;
    for (const text::Word& word : text::words(title)) {
      if (word.end <= kLongTitle && (word.end == title.size() || title[word.end] == ' ')) cut = word.end;  // not within "1024M/80G"
    }
    end = cut;
  }
  while (end > 0 && std::string_view(" /,;:-").find(title[end - 1]) != std::string_view::npos) --end;
  if (end < title.size()) end = without_small_end(title, end);
  std::string said = title.substr(0, end);
  for (const std::string_view dash : {" –", " —"}) {
    if (said.ends_with(dash)) said.resize(said.size() - dash.size());
  }
  return said;
}

bool has_words_of(const std::string& attribute, const std::string& hint) {
  const auto parts = text::words(text::spaced(attribute)), wanted = text::words(hint);
  return std::all_of(wanted.begin(), wanted.end(), [&](const text::Word& word) {
    return std::any_of(parts.begin(), parts.end(), [&](const text::Word& part) { return text::stem(part.folded) == text::stem(word.folded); });
  });
}

std::string facts_phrase(const std::vector<Attribute>& attributes, std::string_view name) {
  std::vector<std::string> values;
  const Attribute* first = attribute_named(attributes, name);
  if (!first) return {};
  if (std::holds_alternative<bool>(first->value)) return fact_phrase(*first);
  for (const Attribute& attribute : attributes) {
    if (same_name(attribute.name, name) && values.size() < 4) values.push_back(format(attribute.value));
  }
  const std::string name_said = text::spaced(first->name);
  const bool told = std::all_of(values.begin(), values.end(), [&](const std::string& value) { return value.size() > name_said.size() && has_words_of(value, name_said); });
  return (told ? "" : name_said + " ") + text::join_and(values);
}

namespace {

bool has_word_of(std::string_view attribute, const std::unordered_set<std::string>& set) {
  const auto words = text::words(text::spaced(attribute));
  return std::any_of(words.begin(), words.end(), [&](const text::Word& word) { return set.count(word.folded) > 0; });
}

}  // namespace

bool is_dull(std::string_view attribute, const Lexicon& lexicon) { return has_word_of(attribute, lexicon.dull); }

bool is_taste(std::string_view attribute, const Lexicon& lexicon) { return has_word_of(attribute, lexicon.tastes); }

bool says_not(const std::string& value, const Lexicon& lexicon) {
  const auto words = text::words(value);
  return words.size() > 1 && std::any_of(lexicon.negations.begin(), lexicon.negations.end(), [&](const auto& phrase) {
    return phrase.size() == 1 && phrase.front() == words.front().folded;
  });
}

namespace {

// Attributes that the playbook compares such products on.
std::vector<std::string> axes_of(const Need& need, const Playbook& playbook) {
  std::vector<std::string> names;
  std::vector<std::string> keys = need.uses;
  keys.push_back(need.kind);
  for (const std::string& key : keys) {
    const auto found = playbook.compare.axes.find(key);
    if (found != playbook.compare.axes.end()) names.insert(names.end(), found->second.begin(), found->second.end());
  }
  return names;
}

bool tells_something(const Attribute& attribute, const Lexicon& lexicon) {
  if (is_taste(attribute.name, lexicon) || is_dull(attribute.name, lexicon)) return false;
  if (const bool* yes = std::get_if<bool>(&attribute.value)) return *yes;
  if (const Measure* measure = std::get_if<Measure>(&attribute.value)) return measure->unit.dimension != Dimension::kNone;
  return std::get<std::string>(attribute.value).size() <= 24;
}

}  // namespace

bool commonly_asked(const std::string& attribute, const Lexicon& lexicon) {
  std::vector<std::string> parts;
  for (const text::Word& word : text::words(text::spaced(attribute))) parts.push_back(text::stem(word.folded));
  const auto has = [&](const std::string& stem) { return std::find(parts.begin(), parts.end(), stem) != parts.end(); };
  return std::any_of(lexicon.spoken_of.begin(), lexicon.spoken_of.end(), [&](const std::vector<std::string>& hint) {
    return parts.size() <= hint.size() + 1 && std::all_of(hint.begin(), hint.end(), has);
  });
}

std::vector<std::string> reasons(const ProductCard& card, const Need& need, const Talk& talk, std::size_t limit) {
  const Guide& guide = talk.guide;
  std::vector<std::string> found;
  for (const Constraint& constraint : need.constraints) {
    if (constraint.op == Constraint::Op::kNot || is_field(constraint, "price") || is_field(constraint, "kind") || is_field(constraint, "brand")) continue;
    if (const std::string phrase = facts_phrase(card.attributes, constraint.field); !phrase.empty()) add(found, phrase, limit);
    else add(found, option_value(card, constraint), limit);
  }
  for (const NeedRule& rule : guide.playbook.needs) {
    if (std::find(need.uses.begin(), need.uses.end(), rule.name) == need.uses.end()) continue;
    for (const Constraint& constraint : rule.require) add(found, facts_phrase(card.attributes, constraint.field), limit);
  }
  for (const Preference& preference : preferences_of(need, talk)) add(found, facts_phrase(card.attributes, preference.attribute), limit);
  const std::size_t enough = std::min<std::size_t>(limit, 2);
  for (const std::string& name : axes_of(need, guide.playbook)) add(found, facts_phrase(card.attributes, name), enough);
  for (const Attribute& attribute : card.attributes) {
    if (found.size() >= enough) break;
    if (tells_something(attribute, guide.lexicon) && commonly_asked(attribute.name, guide.lexicon)) add(found, facts_phrase(card.attributes, attribute.name), enough);
  }
  return found;
}

namespace {

// What else tells the two apart, neither better nor worse: a size within the bounds asked for, then what shoppers choose such things by.
std::string other_difference(const ProductCard& first, const ProductCard& other, const Need& need, const Talk& talk) {
  std::vector<std::string> names;
  for (const Constraint& constraint : need.constraints) {
    if (constraint.op == Constraint::Op::kBetween && constraint.field != "price") names.push_back(constraint.field);
  }
  for (const Attribute& attribute : first.attributes) {
    const Measure* measure = std::get_if<Measure>(&attribute.value);
    const bool telling = measure ? measure->unit.dimension == Dimension::kData || measure->unit.dimension == Dimension::kMass : std::holds_alternative<std::string>(attribute.value);
    if (telling && tells_something(attribute, talk.guide.lexicon) && commonly_asked(attribute.name, talk.guide.lexicon)) names.push_back(attribute.name);
  }
  for (const std::string& name : names) {
    const Attribute* a = attribute_named(first.attributes, name);
    const Attribute* b = attribute_named(other.attributes, name);
    if (!a || !b || std::holds_alternative<bool>(a->value) || format(a->value) == format(b->value)) continue;
    const Measure *left = std::get_if<Measure>(&a->value), *right = std::get_if<Measure>(&b->value);
    const bool mass = left && left->unit.dimension == Dimension::kMass, data = left && left->unit.dimension == Dimension::kData;
    if (right && ((mass && right->canonical() > left->canonical()) || (data && right->canonical() < left->canonical()))) continue;
    return fact_phrase(*b) + " instead of " + format(a->value);
  }
  return {};
}

}  // namespace

TradeOff trade_off(const ProductCard& first, const ProductCard& other, const Need& need, const Talk& talk) {
  TradeOff result;
  const auto note = [&](bool better, const std::string& phrase) {
    std::string& side = better ? result.better : result.worse;
    if (side.empty()) side = phrase;
  };
  if (first.price_from.currency == other.price_from.currency && first.price_from.minor != other.price_from.minor) {
    note(other.price_from.minor < first.price_from.minor, format(other.price_from) + " against " + format(first.price_from));
  }
  std::vector<Preference> axes = preferences_of(need, talk);
  std::erase_if(axes, [](const Preference& axis) { return axis.attribute == "price"; });  // told already
  for (const Constraint& constraint : need.constraints) {
    if (constraint.op == Constraint::Op::kAtMost || constraint.op == Constraint::Op::kAtLeast) {
      axes.push_back({constraint.field, constraint.op == Constraint::Op::kAtMost, {}});
    }
  }
  for (const Preference& axis : axes) {
    const Attribute* a = attribute_named(first.attributes, axis.attribute);
    const Attribute* b = attribute_named(other.attributes, axis.attribute);
    const Measure* left = a ? std::get_if<Measure>(&a->value) : nullptr;
    const Measure* right = b ? std::get_if<Measure>(&b->value) : nullptr;
    if (!left || !right || left->unit.dimension != right->unit.dimension || left->canonical() == right->canonical()) continue;
    const bool better = axis.low == (right->canonical() < left->canonical());
    note(better, fact_phrase(*b) + " instead of " + format(a->value));
  }
  if (result.better.empty() && !result.worse.empty()) result.better = other_difference(first, other, need, talk);
  return result;
}

}  // namespace floorwalker::guided
