#include "agent/models/guided/dialogue/stated.h"

#include <algorithm>
#include <cmath>

#include "agent/models/guided/dialogue/describe.h"

namespace floorwalker::guided {

namespace {

constexpr std::size_t kMeasuresTold = 3;

// "usb 3": what is numbered, and its number.
struct Numbered {
  std::string what, number;
};

std::optional<Numbered> numbered_in(const Heard& heard, const Lexicon& lexicon) {
  for (std::size_t i = 1; i < heard.words.size(); ++i) {
    const std::string& what = heard.words[i - 1].folded;
    const std::string next = i + 1 < heard.words.size() ? heard.words[i + 1].folded : "";
    const bool measure = !next.empty() && (find_unit(next) || lexicon.currency.count(next));
    const bool small = lexicon.fillers.count(what) || lexicon.modifiers.count(what) || lexicon.openers.count(what) || lexicon.pronouns.count(what) || lexicon.item_words.count(what) || lexicon.the.count(what);
    const bool in_name = std::any_of(heard.known.begin(), heard.known.end(), [&](const Known& known) { return known.span.covers(i) && known.reading(Mention::What::kProduct); });
    if (is_figure(heard.words[i].folded) && !is_figure(what) && !measure && !small && !in_name) return Numbered{what, heard.words[i].folded};
  }
  return std::nullopt;
}

struct Stated {
  std::vector<std::string> numbers;
  bool all = false;  // the attribute is the number of the thing: what it does not state, the thing is not
};

// What an attribute states of the thing's number: "2.0" of usb version 2.0, "7" and "8" of "Windows 7, Windows 8".
Stated numbers_stated(const Attribute& attribute, const std::string& what, const Lexicon& lexicon) {
  Stated found;
  const auto value = text::words(format(attribute.value));
  bool names = false, other = false;
  for (const text::Word& word : text::words(text::spaced(attribute.name))) {
    const bool same = text::stem(word.folded) == text::stem(what);
    names = names || same;
    other = other || (!same && !lexicon.versions.count(word.folded));
  }
  found.all = names && !other && !value.empty() && is_figure(value.front().folded);
  if (found.all) found.numbers.push_back(value.front().folded);
  for (std::size_t i = 0; i < value.size(); ++i) {
    for (std::size_t next = i + 1; text::stem(value[i].folded) == text::stem(what) && next < value.size() && is_figure(value[next].folded); ++next) found.numbers.push_back(value[next].folded);
  }
  return found;
}

// "3" is met by 3.2, "3.1" by nothing else.
bool meets(const std::string& stated, const std::string& asked) {
  const double has = std::stod(stated), wanted = std::stod(asked);
  return asked.find('.') == std::string::npos ? std::floor(has) == wanted : has == wanted;
}

void say_stated(Talk& talk, const char* key, const Product& product, const Attribute& attribute) {
  talk.say(key, {{"title", short_title(product.title)}, {"name", text::spaced(attribute.name)}, {"value", format(attribute.value)}});
}

// "is it usb 3?": against the version that is stated.
bool say_version(Talk& talk, const Product& product, const Heard& heard) {
  const auto asked = numbered_in(heard, talk.guide.lexicon);
  if (!asked) return false;
  const Attribute* other = nullptr;
  const Attribute* listed = nullptr;
  for (const Attribute& attribute : product.attributes) {
    const Stated stated = numbers_stated(attribute, asked->what, talk.guide.lexicon);
    if (std::any_of(stated.numbers.begin(), stated.numbers.end(), [&](const std::string& number) { return meets(number, asked->number); })) return say_stated(talk, "fact.has", product, attribute), true;
    if (!stated.numbers.empty() && !(stated.all ? other : listed)) (stated.all ? other : listed) = &attribute;
  }
  if (other) say_stated(talk, "fact.differs", product, *other);
  else if (listed) talk.say("fact.brief", {{"title", short_title(product.title)}, {"facts", text::spaced(listed->name) + ": " + format(listed->value)}});
  return other || listed;
}

// What the product states in that dimension: what such a figure usually names, else all that it measures so.
std::vector<const Attribute*> measures_in(const Product& product, Dimension dimension, const Lexicon& lexicon) {
  std::vector<const Attribute*> usual, all;
  const auto names = lexicon.usual_measures.find(static_cast<int>(dimension));
  for (const Attribute& attribute : product.attributes) {
    const Measure* measure = std::get_if<Measure>(&attribute.value);
    if (!measure || measure->unit.dimension != dimension || is_dull(attribute.name, lexicon)) continue;
    const auto same = [&](const std::string& name) { return text::fold(text::spaced(attribute.name)) == name; };
    if (names != lexicon.usual_measures.end() && std::any_of(names->second.begin(), names->second.end(), same)) usual.push_back(&attribute);
    all.push_back(&attribute);
  }
  if (!usual.empty()) all = usual;
  if (all.size() > kMeasuresTold) all.resize(kMeasuresTold);
  return all;
}

// A measure in that dimension that the title gives, as it is written there: "4 GB". "" if none.
std::string measure_of_title(const std::string& title, Dimension dimension) {
  for (const MeasureSpan& span : find_measures(title)) {
    if (span.has_unit && span.measure.unit.dimension == dimension) return title.substr(span.start, span.end - span.start);
  }
  return {};
}

// "does it have 8 GB?": the figure, where it is all that is asked for.
const NumberPhrase* measure_asked(const Talk& talk, const Heard& heard) {
  if (!asks_whether(talk, heard) || heard.numbers.size() != 1) return nullptr;
  const NumberPhrase& number = heard.numbers.front();
  const bool named = std::any_of(heard.known.begin(), heard.known.end(), [](const Known& known) { return known.reading(Mention::What::kAttribute) != nullptr; });
  return number.money || number.low.unit.dimension == Dimension::kNone || number.bounded || named ? nullptr : &number;
}

bool say_measure(Talk& talk, const Product& product, const Heard& heard) {
  const auto unit = unit_asked(heard, talk.guide.lexicon);
  const NumberPhrase* asked = unit ? nullptr : measure_asked(talk, heard);
  if (!unit && !asked) return false;
  const Dimension dimension = unit ? unit->dimension : asked->low.unit.dimension;
  const auto stated = measures_in(product, dimension, talk.guide.lexicon);
  const std::string titled = measure_of_title(product.title, dimension);
  for (const Attribute* attribute : stated) {
    if (asked && same_quantity(std::get<Measure>(attribute->value), asked->low)) return say_stated(talk, "fact.has", product, *attribute), true;
  }
  if (stated.empty() && titled.empty()) return false;
  if (stated.empty()) {
    const bool other = asked && !same_quantity(*parse_measure(titled), asked->low);
    return talk.say(other ? "fact.titled_other" : "fact.titled", {{"title", short_title(product.title)}, {"value", titled}}), true;
  }
  std::string facts;
  for (const Attribute* attribute : stated) facts += (facts.empty() ? "" : "; ") + text::spaced(attribute->name) + " " + format(attribute->value);
  return talk.say(asked ? "fact.differs" : "fact.brief", {{"title", short_title(product.title)}, {"facts", facts}, {"name", ""}, {"value", facts}}), true;
}

}  // namespace

bool is_figure(const std::string& word) {
  return !word.empty() && word.size() < 9 && word.front() != '.' && word.find_first_not_of("0123456789.") == std::string::npos && std::count(word.begin(), word.end(), '.') < 2;
}

std::optional<Unit> unit_asked(const Heard& heard, const Lexicon& lexicon) {
  for (std::size_t i = 1; i < heard.words.size(); ++i) {
    if (!lexicon.counting.count(heard.words[i - 1].folded)) continue;
    const auto unit = find_unit(heard.words[i].folded);
    if (unit && unit->dimension != Dimension::kNone) return unit;
  }
  return std::nullopt;
}

bool asks_whether(const Talk& talk, const Heard& heard) {
  return std::none_of(heard.words.begin(), heard.words.end(), [&](const text::Word& word) { return talk.guide.lexicon.open_questions.count(word.folded) > 0; });
}

bool say_figure(Talk& talk, const Product& product, const Heard& heard) {
  if (!heard.question || !heard.asked.empty()) return false;
  return say_measure(talk, product, heard) || (asks_whether(talk, heard) && say_version(talk, product, heard));
}

}  // namespace floorwalker::guided
