#include "agent/models/guided/understanding/numbers.h"

#include <algorithm>
#include <cmath>

namespace floorwalker::guided {

namespace {

// "around 500" allows what a shopper would still call so.
constexpr double kAroundBand = 0.15;

// Of the products that state the commonest number, the share that must state one for it to be a condition.
constexpr double kLeastStated = 0.15;

std::size_t word_at(const std::vector<text::Word>& words, std::size_t byte) {
  std::size_t index = 0;
  while (index < words.size() && words[index].end <= byte) ++index;
  return index;
}

std::string_view before(std::string_view text, std::size_t byte) {
  while (byte > 0 && text[byte - 1] == ' ') --byte;
  return text.substr(0, byte);
}

bool ends_with_sign(std::string_view text) {
  for (const std::string_view sign : {"$", "€", "£", "¥"}) {
    if (text.ends_with(sign)) return true;
  }
  return false;
}

std::string_view without_sign(std::string_view text) {
  for (const std::string_view sign : {"$", "€", "£", "¥"}) {
    if (text.ends_with(sign)) return before(text, text.size() - sign.size());
  }
  return text;
}

// "<", ">=", "~" directly before the number.
bool read_symbol(std::string_view head, NumberPhrase& phrase) {
  const bool equals = head.ends_with("=");
  if (equals) head.remove_suffix(1);
  if (head.ends_with("<") || head.ends_with("≤")) phrase.op = Constraint::Op::kAtMost;
  else if (head.ends_with(">") || head.ends_with("≥")) phrase.op = Constraint::Op::kAtLeast;
  else if (head.ends_with("~")) phrase.around = true;
  else return false;
  phrase.bounded = true;
  return true;
}

class Reader {
 public:
  Reader(std::string_view text, const std::vector<text::Word>& words, const Lexicon& lexicon)
      : text_(text), words_(words), lexicon_(lexicon) {}

  // `from`: words before it belong to the number before ("8 GB ram under 500").
  NumberPhrase read(const MeasureSpan& span, std::size_t from) {
    from_ = from;
    NumberPhrase phrase;
    phrase.low = phrase.high = span.measure;
    phrase.span = {word_at(words_, span.start), word_at(words_, span.end - 1) + 1};
    phrase.unit_of_money = phrase.low.unit.dimension != Dimension::kNone && lexicon_.currency.count(words_[phrase.span.last - 1].folded) > 0;
    const std::string_view head = before(text_, span.start);
    if (ends_with_sign(head)) phrase.money = true;
    read_symbol(without_sign(head), phrase);
    read_after(phrase, span.end);
    read_before(phrase);
    return phrase;
  }

  // Whether two numbers are the ends of one range: "50 to 80", "50-80", "between 50 and 80".
  bool joins(const NumberPhrase& a, const NumberPhrase& b, std::size_t a_end, std::size_t b_start) const {
    if (b.bounded && !b.money) return false;
    const std::string_view gap = text_.substr(a_end, b_start - a_end);
    const std::string joiner = text::fold(gap);
    if (joiner.find_first_not_of(" -$") == std::string::npos && joiner.find('-') != std::string::npos) return true;
    const auto between = text::words(gap);
    std::vector<std::string> rest;
    for (const text::Word& word : between) {
      if (!lexicon_.currency.count(word.folded)) rest.push_back(word.folded);
    }
    if (rest.size() != 1) return false;
    const auto& ands = lexicon_.between_and;
    if (std::find(ands.begin(), ands.end(), rest[0]) == ands.end()) return false;
    return rest[0] != ands.front() || opens_range(a);
  }

  // The bound "between" itself, when it stands before the first number.
  std::size_t opens_range(const NumberPhrase& phrase) const {
    const std::size_t at = skip_small(phrase.span.first);
    for (const auto& opener : lexicon_.between) {
      if (at >= opener.size() && phrase_at(words_, at - opener.size(), opener)) return opener.size();
    }
    return 0;
  }

  void read_before(NumberPhrase& phrase) const {
    std::size_t at = skip_small(phrase.span.first);
    for (int round = 0; round < 3 && !broken_before(at); ++round) {
      const std::size_t was = at;
      at = read_bound(phrase, at);
      if (broken_before(at)) break;
      at = read_scale(phrase, at);
      if (broken_before(at)) break;
      at = read_name(phrase, at);
      if (at == was) break;
    }
    phrase.span.first = std::min(phrase.span.first, at);
  }

 private:
  // Words that may stand between a bound and its number.
  std::size_t skip_small(std::size_t at) const {
    while (at > 0 && (words_[at - 1].folded == "a" || words_[at - 1].folded == "the" || words_[at - 1].folded == "an")) --at;
    return at;
  }

  // What stands before a comma belongs to something else: "16 gigs of ram, under 1500".
  bool broken_before(std::size_t at) const {
    return at > 0 && at < words_.size() && text_.substr(words_[at - 1].end, words_[at].start - words_[at - 1].end).find_first_of(",;.") != std::string_view::npos;
  }

  std::size_t read_bound(NumberPhrase& phrase, std::size_t at) const {
    for (const Bound& bound : lexicon_.before) {
      const std::size_t size = bound.words.size();
      if (at < size || !phrase_at(words_, at - size, bound.words)) continue;
      const std::size_t denied = negation_before(at - size);
      const bool only_about = phrase.bounded && phrase.around && !bound.around;  // "up to about 200" goes no further
      if (!phrase.bounded || only_about) {
        phrase.op = denied < at - size ? opposite(bound.op) : bound.op;
        phrase.around = bound.around;
      }
      phrase.bounded = true;
      return denied;
    }
    return at;
  }

  // "nothing" over 800, "don't want to go" over 800: where the negation begins, or `at` if there is none.
  std::size_t negation_before(std::size_t at) const {
    std::size_t end = at;
    while (end > 0 && at - end < 2 && lexicon_.spending.count(words_[end - 1].folded)) --end;
    for (const auto& phrase : lexicon_.negations) {
      if (end >= phrase.size() && phrase_at(words_, end - phrase.size(), phrase)) return end - phrase.size();
    }
    return at;
  }

  static Constraint::Op opposite(Constraint::Op op) {
    if (op == Constraint::Op::kAtLeast) return Constraint::Op::kAtMost;
    return op == Constraint::Op::kAtMost ? Constraint::Op::kAtLeast : op;
  }

  // "lighter than" 1.5 kg: the scale names the attribute, and the direction of the bound.
  std::size_t read_scale(NumberPhrase& phrase, std::size_t at) const {
    if (at < 2 || words_[at - 1].folded != "than") return at;
    for (const Scale& scale : lexicon_.scales) {
      if (std::find(scale.words.begin(), scale.words.end(), words_[at - 2].folded) == scale.words.end()) continue;
      const std::size_t denied = negation_before(at - 2);  // "shouldn't be" heavier than
      const auto op = scale.low ? Constraint::Op::kAtMost : Constraint::Op::kAtLeast;
      phrase.op = denied < at - 2 ? opposite(op) : op;
      phrase.bounded = true;
      note(phrase, scale.attributes);
      return denied;
    }
    return at;
  }

  // "price" lower than, "budget is" 500: the name of what is measured.
  std::size_t read_name(NumberPhrase& phrase, std::size_t at) const {
    std::size_t back = at;
    while (back > 0 && at - back < 2 && (words_[back - 1].folded == "is" || words_[back - 1].folded == "of")) --back;
    if (back <= from_) return at;
    if (back > 0 && lexicon_.price.count(words_[back - 1].folded)) {
      phrase.money = true;
      return back - 1;
    }
    if (const Scale* scale = back > 0 ? plain_scale(words_[back - 1].folded) : nullptr) {
      note(phrase, scale->attributes);
      return back - 1;
    }
    return at;
  }

  // Currency, scale and bound words after the number: "800 dollars or less", "76 cm wide".
  void read_after(NumberPhrase& phrase, std::size_t end_byte) const {
    std::size_t at = phrase.span.last;
    const std::string_view tail = text_.substr(end_byte);
    if (tail.starts_with("€") || tail.starts_with("£") || tail.starts_with("$") || tail.starts_with(" €")) phrase.money = true;
    if (tail.starts_with("+")) {
      phrase.op = Constraint::Op::kAtLeast;
      phrase.bounded = true;
    }
    for (int round = 0; round < 3 && at < words_.size(); ++round) {
      if (lexicon_.currency.count(words_[at].folded) || (phrase.money && lexicon_.price.count(words_[at].folded))) {
        phrase.money = true;
        ++at;
        continue;
      }
      if (broken_before(at)) break;  // what stands behind a comma belongs to something else: "27 inch, max 800", "windows 10, ssd"
      const std::size_t of = words_[at].folded == "of" && at + 1 < words_.size() ? 1 : 0;  // "16 gigs of ram"
      if (const Scale* scale = plain_scale(words_[at + of].folded)) {
        note(phrase, scale->attributes);
        at += of + 1;
        continue;
      }
      at += read_bound_after(phrase, at);
      break;
    }
    phrase.span.last = at;
    const bool plain = !phrase.money && phrase.attributes.empty() && phrase.low.unit.dimension == Dimension::kNone;
    if (plain && at < words_.size() && !broken_before(at) && names_something(words_[at].folded)) phrase.counted = words_[at].folded;
  }

  bool names_something(const std::string& word) const {
    const bool small = lexicon_.fillers.count(word) || lexicon_.modifiers.count(word) || lexicon_.openers.count(word) || lexicon_.negation_ends.count(word) ||
                       lexicon_.pronouns.count(word) || lexicon_.the.count(word) || lexicon_.between_and.end() != std::find(lexicon_.between_and.begin(), lexicon_.between_and.end(), word);
    return !small && word.size() > 2 && word.find_first_of("0123456789") == std::string::npos;
  }

  // The length of the bound that starts at a word, which it sets: "or less"; 0 if none does.
  std::size_t read_bound_after(NumberPhrase& phrase, std::size_t at) const {
    for (const Bound& bound : lexicon_.after) {
      if (!phrase_at(words_, at, bound.words)) continue;
      phrase.op = bound.op;
      phrase.around = bound.around;
      phrase.bounded = true;
      return bound.words.size();
    }
    return 0;
  }

  const Scale* plain_scale(const std::string& word) const {
    for (const Scale& scale : lexicon_.scales) {
      if (std::find(scale.plain.begin(), scale.plain.end(), word) != scale.plain.end()) return &scale;
    }
    return nullptr;
  }

  static void note(NumberPhrase& phrase, const std::vector<std::string>& attributes) {
    if (!attributes.empty() && attributes.front() == "price") phrase.money = true;
    else phrase.attributes.insert(phrase.attributes.end(), attributes.begin(), attributes.end());
  }

  std::string_view text_;
  const std::vector<text::Word>& words_;
  const Lexicon& lexicon_;
  std::size_t from_ = 0;
};

std::string number_text(double value) {
  Measure plain;
  plain.value = value;
  std::string text = format(plain, 4);
  std::erase(text, ',');
  return text;
}

std::string value_with_unit(double value, const Unit& unit) {
  const std::string number = number_text(value);
  return unit.symbol.empty() || unit.dimension == Dimension::kNone ? number : number + " " + unit.symbol;
}

// How well the words of a hint cover the words of a name: "screen size" in "screen_size" 2, in "size" 1, else 0.
int shared_words(const std::string& hint, const std::string& name) {
  int shared = 0;
  const auto name_words = text::words(text::spaced(name));
  for (const text::Word& word : text::words(hint)) {
    const std::string stem = text::stem(word.folded);
    bool found = false;
    for (const text::Word& other : name_words) found = found || text::stem(other.folded) == stem;
    if (!found) return 0;
    ++shared;
  }
  return shared;
}

bool in_range(const NumericAttribute& attribute, const Measure& measure) {
  const double value = measure.unit.dimension == Dimension::kNone ? measure.value : measure.canonical();
  return value >= attribute.low * 0.5 && value <= attribute.high * 1.5;
}

bool measures(const NumericAttribute& attribute, Dimension dimension) {
  return dimension == Dimension::kNone || attribute.dimension == dimension;
}

}  // namespace

Constraint bound_on_field(const NumberPhrase& phrase, std::string field) {
  Constraint constraint{std::move(field), phrase.op, {}};
  const Unit& unit = phrase.low.unit.dimension == Dimension::kNone ? phrase.high.unit : phrase.low.unit;
  double low = phrase.low.value, high = phrase.high.value;
  if (phrase.around) {
    constraint.op = Constraint::Op::kBetween;
    const double step = std::min(1.0, std::pow(10.0, std::floor(std::log10(std::max(low, 0.01))) - 1));  // two digits say enough
    low = std::floor(low * (1 - kAroundBand) / step) * step;
    high = std::ceil(high * (1 + kAroundBand) / step) * step;
  } else if (phrase.op == Constraint::Op::kEquals && unit.dimension != Dimension::kNone) {
    const bool whole = std::floor(low) == low;
    constraint.op = Constraint::Op::kBetween;
    high = unit.dimension == Dimension::kLength && whole ? low + (low < 100 ? 0.99 : low * 0.01) : low * 1.02;
    low = unit.dimension == Dimension::kLength && whole ? low - (low >= 30 ? 1 : 0.2) : low * 0.98;
  }
  constraint.values.push_back(value_with_unit(low, unit));
  if (constraint.op == Constraint::Op::kBetween) constraint.values.push_back(value_with_unit(high, unit));
  return constraint;
}

std::vector<NumberPhrase> number_phrases(std::string_view text, const std::vector<text::Word>& words, const std::vector<bool>& taken,
                                         const Lexicon& lexicon) {
  Reader reader(text, words, lexicon);
  std::vector<NumberPhrase> found;
  std::vector<MeasureSpan> spans;
  for (const MeasureSpan& span : find_measures(text)) {
    const std::size_t word = word_at(words, span.start);
    if (word >= words.size() || taken[word]) continue;
    NumberPhrase phrase = reader.read(span, found.empty() ? 0 : found.back().span.last);
    if (!found.empty() && found.back().op != Constraint::Op::kBetween && reader.joins(found.back(), phrase, spans.back().end, span.start)) {
      NumberPhrase& range = found.back();
      const std::size_t opener = reader.opens_range(range);
      range.span.first = std::min(range.span.first, range.span.first - std::min(range.span.first, opener));
      range.op = Constraint::Op::kBetween;
      range.around = false;
      range.bounded = true;
      range.high = phrase.high;
      if (range.low.unit.dimension == Dimension::kNone) range.low.unit = range.high.unit;
      range.money = range.money || phrase.money;
      range.attributes.insert(range.attributes.end(), phrase.attributes.begin(), phrase.attributes.end());
      range.span.last = phrase.span.last;
      reader.read_before(range);
      range.op = Constraint::Op::kBetween;
      continue;
    }
    found.push_back(std::move(phrase));
    spans.push_back(span);
  }
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {  // "a dollar", "twenty euros"
    const int count = lexicon.articles.count(words[i].folded) ? 1 : lexicon.number(words[i].folded);
    if (count < 1 || taken[i] || !lexicon.currency.count(words[i + 1].folded)) continue;
    found.push_back(reader.read({{double(count), {}}, words[i].start, words[i].end, false}, 0));
  }
  return found;
}

std::optional<NumericAttribute> attribute_like(const std::vector<std::string>& hints, std::string_view kind, const Vocabulary& vocabulary) {
  const auto attributes = vocabulary.numeric_attributes(kind);
  for (const std::string& hint : hints) {
    const NumericAttribute* best = nullptr;
    for (const NumericAttribute& attribute : attributes) {
      if (attribute.option || shared_words(hint, attribute.name) == 0) continue;
      if (!best || attribute.name.size() < best->name.size()) best = &attribute;
    }
    if (best) return *best;
  }
  return std::nullopt;
}

namespace {

// Words of a name beyond those that the hint asks for: "package width" is less likely meant by "wide" than "width".
std::size_t extra_words(const std::string& hint, const std::string& name) { return text::words(text::spaced(name)).size() - text::words(hint).size(); }

// How well an attribute answers to what was said with a number; 0 if not at all.
double suits(const NumericAttribute& attribute, const NumberPhrase& phrase, Dimension dimension, const Lexicon& lexicon) {
  double score = 0;
  for (std::size_t i = 0; i < phrase.attributes.size(); ++i) {
    const int shared = shared_words(phrase.attributes[i], attribute.name);
    if (shared > 0) score = std::max(score, 12.0 - 2.0 * double(i) + shared - 3.0 * double(extra_words(phrase.attributes[i], attribute.name)));
  }
  if (phrase.attributes.empty()) {
    const auto usual = lexicon.usual_measures.find(static_cast<int>(dimension));
    const bool listed = usual != lexicon.usual_measures.end();
    for (std::size_t i = 0; listed && i < usual->second.size(); ++i) {
      if (shared_words(usual->second[i], attribute.name) == 0) continue;
      const double more = double(extra_words(usual->second[i], attribute.name));
      score = std::max(score, more == 0 ? 6.0 - double(i) : 2.0 - 0.5 * more - 0.1 * double(i));  // "hdd capacity", where nothing is called "capacity"
    }
    if (!listed) score = 3;
    for (const text::Word& word : text::words(text::spaced(attribute.name))) score -= lexicon.dull.count(word.folded) ? 2.5 : 0;
  }
  return score;
}

// "10 megapixels", "3 ports": the attribute so named, without a unit of its own; the one with the fewest other words, if some product comes near.
std::optional<Constraint> bind_count(const NumberPhrase& phrase, std::string_view kind, const Vocabulary& vocabulary) {
  const auto attributes = vocabulary.numeric_attributes(kind);
  const NumericAttribute* best = nullptr;
  for (const NumericAttribute& attribute : attributes) {
    if (attribute.dimension != Dimension::kNone || shared_words(phrase.counted, attribute.name) == 0) continue;
    if (!phrase.bounded && !in_range(attribute, phrase.low)) continue;  // "4070 graphics" counts none
    const bool plainer = !best || extra_words(phrase.counted, attribute.name) < extra_words(phrase.counted, best->name);
    if (plainer) best = &attribute;
  }
  if (!best) return std::nullopt;
  NumberPhrase bound = phrase;
  if (!bound.bounded) bound.op = Constraint::Op::kAtLeast;
  return bound_on_field(bound, best->name);
}

}  // namespace

namespace {

Constraint bound_on_price(NumberPhrase phrase) {
  phrase.low.unit = phrase.high.unit = Unit{};
  if (!phrase.bounded) phrase.op = Constraint::Op::kAtMost;
  return bound_on_field(phrase, "price");
}

}  // namespace

std::optional<Constraint> bind_number(const NumberPhrase& phrase, std::string_view kind, const Vocabulary& vocabulary, const Lexicon& lexicon) {
  const Dimension dimension = phrase.low.unit.dimension == Dimension::kNone ? phrase.high.unit.dimension : phrase.low.unit.dimension;
  if (!phrase.counted.empty()) return bind_count(phrase, kind, vocabulary);
  if (phrase.money || (dimension == Dimension::kNone && phrase.attributes.empty())) {
    if (!phrase.money && !phrase.bounded) return std::nullopt;
    return bound_on_price(phrase);
  }
  const auto attributes = vocabulary.numeric_attributes(kind);
  const NumericAttribute* best = nullptr;
  double best_score = 0;
  for (const NumericAttribute& attribute : attributes) {
    if (!measures(attribute, dimension)) continue;
    double score = suits(attribute, phrase, dimension, lexicon);
    if (score <= 0) continue;
    if (in_range(attribute, phrase.low)) score += 5;
    score += 2 * double(attribute.products) / double(attributes.front().products + 1);
    if (score > best_score) {
      best_score = score;
      best = &attribute;
    }
  }
  // What hardly any of them states is no way to choose among them.
  const bool stated = best && double(best->products) >= kLeastStated * double(attributes.front().products);
  if (phrase.unit_of_money && phrase.bounded && !(stated && in_range(*best, phrase.low))) return bound_on_price(phrase);  // "under 60 pounds", of teapots
  if (!stated) return std::nullopt;
  NumberPhrase bound = phrase;
  if (dimension == Dimension::kNone) bound.low.unit = bound.high.unit = canonical_unit(best->dimension);
  if (!bound.bounded && dimension == Dimension::kData) bound.op = Constraint::Op::kAtLeast;
  return bound_on_field(bound, best->name);
}

}  // namespace floorwalker::guided
