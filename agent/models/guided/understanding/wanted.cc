#include <algorithm>
#include <cctype>
#include <map>

#include "agent/models/guided/understanding/heard.h"

// The things that an utterance looks for, each with its own constraints.
namespace floorwalker::guided {

namespace {

// A noun of the utterance that starts a thing looked for, and where its part of the sentence begins.
struct Head {
  std::size_t known = 0;  // index in Heard::known
  std::size_t begin = 0;  // first word of its part
};

bool is_noun(const Known& known) {
  return known.reading(Mention::What::kKind) != nullptr || known.reading(Mention::What::kCategory) != nullptr;
}

bool comma_before(const Heard& heard, std::size_t word) {
  if (word == 0) return false;
  const std::size_t from = heard.words[word - 1].end;
  return heard.text.substr(from, heard.words[word].start - from).find(',') != std::string::npos;
}

constexpr std::size_t kLongestDescription = 3;  // words of an article and what is said of a part
constexpr std::size_t kLongestUnknown = 2;  // words of a thing that the catalogue does not know by name

// Sorts the nouns of an utterance: things looked for, things that only describe one ("for the living room"), things owned ("my TV").
//
// Things looked for are a list only if the list is closed as lists are ("a dress, shoes and a bag"); nouns strung together by commas alone
// are adjectives of the last one ("machine wash, wash cold sweaters"). Behind a preposition a new thing needs its own article ("a sofa for
// the living room and a lamp").
class Roles {
 public:
  // `goes_on`: something is looked for already, so that "for letters, and now and then a photo" may say what for.
  Roles(const Heard& heard, const Lexicon& lexicon, bool goes_on) : heard_(heard), lexicon_(lexicon), goes_on_(goes_on) {}

  void sort() {
    std::vector<Noun> list;
    bool closed = false, modified = false;
    for (std::size_t k = 0; k < heard_.known.size(); ++k) {
      if (!is_noun(heard_.known[k]) || heard_.known[k].negated) continue;
      const Noun noun = read(k);
      if (of_purpose(heard_.known[k].span.first)) {
        purposes_.push_back(heard_.known[k].span);
        continue;
      }
      if (measured(heard_.known[k]) || only_packs(heard_.known[k]) || part_of_it(heard_.known[k].span.first) || of_ones(heard_.known[k].span.first) || welcome(heard_.known[k]) || done(heard_.known[k]) || related(heard_.known[k].span.first)) continue;
      if (noun.owned || heard_.aside[heard_.known[k].span.first]) {
        owned_.push_back(k);
        continue;
      }
      modified = modified || (!list.empty() && preposition_between(heard_.known[list.back().known].span.last, noun.lead));
      const bool article = noun.joined && has_article(noun.lead) && !mostly_value(heard_.known[k]);
      if (modified && !article) continue;
      if (!list.empty() && heard_.known[list.back().known].span.last == heard_.known[k].span.first && !comma_before(heard_, heard_.known[k].span.first)) {
        list.back().known = k;  // "sofa bed"
        continue;
      }
      closed = closed || (!list.empty() && noun.joined);
      modified = false;
      list.push_back(noun);
    }
    std::erase_if(list, [&](const Noun& noun) { return list.size() > 1 && adjective(noun) && noun.known != list.back().known; });
    if (!closed && list.size() > 1) list.erase(list.begin(), list.end() - 1);
    for (const Noun& noun : list) heads_.push_back({noun.known, heads_.empty() ? 0 : noun.lead});
    if (heads_.empty() && !owned_.empty() && heard_.anew) {  // "my hairdryer died, what do you have?"
      heads_.push_back({owned_.front(), 0});
      owned_.clear();
    }
  }

  const std::vector<Head>& heads() const { return heads_; }

  // "heels and a blazer", in a shop with no such kind: the words behind the last thing, or before the first, that name one more; empty where none do.
  WordSpan unnamed() const {
    const auto nouns = std::count_if(heard_.known.begin(), heard_.known.end(), [](const Known& known) { return is_noun(known); });
    if (heads_.empty() || std::size_t(nouns) > heads_.size()) return {};  // "a bag that holds a laptop and a lunchbox"
    const std::size_t end = heard_.known[heads_.back().known].span.last, begin = heard_.known[heads_.front().known].span.first;
    for (std::size_t i = end; i + 2 < heard_.words.size(); ++i) {
      if (lexicon_.openers.count(heard_.words[i].folded) && explained(end, i)) return without_asides(thing_in(i + 1, heard_.words.size()));
    }
    const std::size_t lead = lead_of(begin);
    return lead > 2 && lexicon_.openers.count(heard_.words[lead - 1].folded) ? without_asides(thing_in(0, lead - 1)) : WordSpan{};
  }

  const std::vector<std::size_t>& owned() const { return owned_; }

  // Nouns that only say what the thing is for, which is looked for already.
  const std::vector<WordSpan>& purposes() const { return purposes_; }

 private:
  struct Noun {
    std::size_t known = 0;
    std::size_t lead = 0;   // first word of its phrase
    bool joined = false;    // behind "and", "plus", "or"
    bool owned = false;
  };

  // "with duplex and an ADF": of more things it is said than there are things so called.
  static bool mostly_value(const Known& known) {
    std::size_t things = 0, having = 0;
    for (const Mention& mention : known.readings) {
      const bool value = mention.what == Mention::What::kAttributeValue || mention.what == Mention::What::kAttribute;
      if (value) having = std::max(having, mention.products);
      else things = std::max(things, mention.products);
    }
    return having > things;
  }

  // "as a set" names nothing.
  WordSpan without_asides(WordSpan span) const {
    for (std::size_t i = span.first; i < span.last; ++i) {
      if (heard_.aside[i]) return {};
    }
    return span;
  }

  // "a smaller pack", of what is talked about.
  bool only_packs(const Known& known) const {
    return goes_on_ && known.span.last == known.span.first + 1 && lexicon_.together.count(heard_.words[known.span.first].folded) > 0;
  }

  // "for home, mostly letters and now and then a photo": the sentence begins with what the thing is for.
  bool of_purpose(std::size_t word) const {
    std::size_t start = word;
    const auto sentence = [&](std::size_t at) { return heard_.text.substr(heard_.words[at - 1].end, heard_.words[at].start - heard_.words[at - 1].end).find_first_of(".;!?") != std::string::npos; };
    while (start > 0 && !sentence(start)) --start;
    while (start < word && lexicon_.presenting.count(heard_.words[start].folded)) ++start;  // "it's for the living room, tv and naps"
    const std::string& lead = heard_.words[start].folded;
    return goes_on_ && start < word && (lexicon_.modifiers.count(lead) || lexicon_.frequency.count(lead)) && !inside_noun(start);
  }

  // "a grill would be nice", of what is looked for already.
  bool welcome(const Known& known) const {
    std::size_t at = known.span.last;
    while (at < heard_.words.size() && lexicon_.fillers.count(heard_.words[at].folded) && !lexicon_.welcome.count(heard_.words[at].folded)) ++at;
    return goes_on_ && at > known.span.last && at < heard_.words.size() && lexicon_.welcome.count(heard_.words[at].folded) > 0;
  }

  // "it should have a good camera", "they need pockets": what the thing that is talked about is to have.
  bool part_of_it(std::size_t word) const {
    if (!goes_on_ || heard_.question) return false;
    std::size_t at = word;
    while (at > 0 && !lexicon_.having.count(heard_.words[at - 1].folded)) {
      --at;
      if (word - at > kLongestDescription || comma_before(heard_, at) || lexicon_.openers.count(heard_.words[at].folded) || inside_noun(at)) return false;
    }
    if (at == 0) return false;
    for (std::size_t i = at - 1; i > 0; --i) {
      const std::string& before = heard_.words[i - 1].folded;
      if (lexicon_.pronouns.count(before) || lexicon_.plural_pronouns.count(before)) return true;
      if (!lexicon_.having.count(before) && !lexicon_.obliging.count(before) && !lexicon_.setting.count(before)) return false;
    }
    return false;
  }

  // "the ones with washable covers": what those have that are talked about.
  bool of_ones(std::size_t word) const {
    bool modified = false;
    for (std::size_t i = word; goes_on_ && i > 0; --i) {
      const std::string& before = heard_.words[i - 1].folded;
      const bool another = lexicon_.openers.count(before) > 0 && has_article(i);
      if (another || comma_before(heard_, i) || inside_noun(i - 1)) return false;
      if (modified && lexicon_.indefinite.count(before)) return true;
      modified = lexicon_.modifiers.count(before) > 0 || (modified && lexicon_.fillers.count(before));
    }
    return false;
  }

  // "the one that prints more pages": what it does with them.
  bool related(std::size_t word) const {
    for (std::size_t i = word; goes_on_ && i > 1; --i) {
      if (comma_before(heard_, i - 1)) return false;
      if (lexicon_.the.count(heard_.words[i - 1].folded) && lexicon_.indefinite.count(heard_.words[i - 2].folded)) return true;
    }
    return false;
  }

  // "does it have to stand on the counter?": what it does, no stand.
  bool done(const Known& known) const {
    const std::size_t at = known.span.first;
    if (at < 2 || !lexicon_.setting.count(heard_.words[at - 1].folded)) return false;
    const std::string& before = heard_.words[at - 2].folded;
    return lexicon_.wanting.count(before) > 0 || lexicon_.being.count(before) > 0;
  }

  Noun read(std::size_t k) const {
    Noun noun;
    noun.known = k;
    const std::size_t at = heard_.known[k].span.first;
    noun.lead = lead_of(at);
    noun.joined = noun.lead > 0 && lexicon_.openers.count(heard_.words[noun.lead - 1].folded) > 0 && !lexicon_.modifiers.count(heard_.words[noun.lead - 1].folded);
    for (std::size_t i = noun.lead > 0 ? noun.lead - 1 : 0; i < at; ++i) noun.owned = noun.owned || lexicon_.own.count(heard_.words[i].folded) > 0;
    return noun;
  }

  // Whether the words say nothing but limits, values and courtesies.
  bool explained(std::size_t from, std::size_t to) const {
    for (std::size_t i = from; i < to; ++i) {
      const bool known = std::any_of(heard_.known.begin(), heard_.known.end(), [&](const Known& one) { return one.span.covers(i); });
      if (!known && !in_number(i) && !lexicon_.fillers.count(heard_.words[i].folded)) return false;
    }
    return true;
  }

  // An article and a few words that the catalogue knows nothing by, at the end of the range; before them only courtesies.
  WordSpan thing_in(std::size_t from, std::size_t to) const {
    std::size_t at = from;
    while (at < to && lexicon_.fillers.count(heard_.words[at].folded) && !lexicon_.articles.count(heard_.words[at].folded)) ++at;
    if (at >= to || !has_article(at) || heard_.aside[at]) return {};
    std::size_t last = at + 1;
    while (last < to && unknown(last)) ++last;
    const bool rest = explained(last, to);
    return rest && last > at + 1 && last - at - 1 <= kLongestUnknown ? WordSpan{at + 1, last} : WordSpan{};
  }

  bool unknown(std::size_t word) const {
    const std::string& folded = heard_.words[word].folded;
    const bool small = lexicon_.fillers.count(folded) || lexicon_.modifiers.count(folded) || lexicon_.openers.count(folded) || lexicon_.pronouns.count(folded) || lexicon_.ordinals.count(folded);
    const bool known = std::any_of(heard_.known.begin(), heard_.known.end(), [&](const Known& one) { return one.span.covers(word); });
    return !small && !known && !in_number(word) && folded.size() > 2;
  }

  // Goes back over the adjectives of a noun to the word that introduces it.
  std::size_t lead_of(std::size_t at) const {
    std::size_t lead = at;
    while (lead > 0 && !comma_before(heard_, lead)) {
      const std::string& word = heard_.words[lead - 1].folded;
      if (lead > 2 && lexicon_.modifiers.count(word) && lexicon_.together.count(heard_.words[lead - 2].folded)) {  // "one set of black ink"
        lead -= 2;
        continue;
      }
      if (lexicon_.openers.count(word) || lexicon_.modifiers.count(word) || lexicon_.own.count(word) || inside_noun(lead - 1)) break;
      --lead;
    }
    return lead;
  }

  bool inside_noun(std::size_t word) const {
    return std::any_of(heard_.known.begin(), heard_.known.end(), [&](const Known& known) { return is_noun(known) && known.span.covers(word); });
  }

  bool preposition_between(std::size_t from, std::size_t to) const {
    for (std::size_t i = from; i < to && i < heard_.words.size(); ++i) {
      const std::string& word = heard_.words[i].folded;
      if (lexicon_.modifiers.count(word) && !in_number(i)) return true;
    }
    return false;
  }

  // "at least 8 GB of memory": names what is measured.
  bool measured(const Known& known) const {
    return std::any_of(heard_.numbers.begin(), heard_.numbers.end(), [&](const NumberPhrase& number) { return number.bounded && number.span.covers(known.span.first); });
  }

  bool in_number(std::size_t word) const {
    return std::any_of(heard_.numbers.begin(), heard_.numbers.end(), [&](const NumberPhrase& number) { return number.span.covers(word); });
  }

  bool has_article(std::size_t lead) const {
    const std::string& word = heard_.words[lead].folded;
    return lexicon_.articles.count(word) > 0 || lexicon_.number(word) > 0 || (word[0] >= '0' && word[0] <= '9');
  }

  // Whether more of the same phrase follows: "wash" in "wash cold sweaters".
  bool adjective(const Noun& noun) const {
    const std::size_t next = heard_.known[noun.known].span.last;
    if (next >= heard_.words.size()) return false;
    const std::size_t from = heard_.words[next - 1].end;
    if (heard_.text.substr(from, heard_.words[next].start - from).find_first_of(",;.:!?") != std::string::npos) return false;
    const std::string& word = heard_.words[next].folded;
    const bool ends = lexicon_.openers.count(word) || lexicon_.modifiers.count(word) || lexicon_.fillers.count(word) || lexicon_.pronouns.count(word) ||
                      lexicon_.the.count(word) || lexicon_.negation_ends.count(word) || in_number(next) || inside_noun(next);
    return !ends;
  }

  const Heard& heard_;
  const Lexicon& lexicon_;
  const bool goes_on_;
  std::vector<Head> heads_;
  std::vector<std::size_t> owned_;
  std::vector<WordSpan> purposes_;
};

void add_constraint(std::vector<Constraint>& constraints, Constraint added) {
  for (Constraint& constraint : constraints) {
    const bool values = (constraint.op == Constraint::Op::kEquals || constraint.op == Constraint::Op::kOneOf) && added.op == Constraint::Op::kEquals;
    if (constraint.field != added.field || !values) continue;
    const std::string& value = added.values.front();
    if (std::find(constraint.values.begin(), constraint.values.end(), value) == constraint.values.end()) constraint.values.push_back(value);
    if (constraint.values.size() > 1) constraint.op = Constraint::Op::kOneOf;
    return;
  }
  constraints.push_back(std::move(added));
}

// The constraint that a known word puts on a product; nothing for nouns, names of attributes and products.
std::optional<Constraint> constraint_of(const Known& known) {
  const Mention& mention = known.readings.front();
  const auto op = known.negated ? Constraint::Op::kNot : Constraint::Op::kEquals;
  switch (mention.what) {
    case Mention::What::kBrand: return Constraint{"brand", op, {mention.value}};
    case Mention::What::kAttributeValue:
    case Mention::What::kOptionValue: return Constraint{mention.field, op, {mention.value}};
    case Mention::What::kTag: return Constraint{"tag", op, {mention.value}};
    case Mention::What::kKind:
      if (known.negated) return Constraint{"kind", op, {mention.value}};
      return std::nullopt;
    default: return std::nullopt;
  }
}

// Fills one thing looked for from its part of the sentence, the words [first, last).
class Part {
 public:
  Part(const Heard& heard, const Lexicon& lexicon, const std::vector<bool>& taken, std::size_t first, std::size_t last)
      : heard_(heard), lexicon_(lexicon), taken_(taken), first_(first), last_(last), spoken_(heard.words.size(), false),
        explained_(heard.words.size(), false) {}

  void name(const Known& head) {
    head_ = head.span;
    for (const Mention& mention : head.readings) {
      if (mention.what == Mention::What::kKind) wanted_.kinds.push_back(mention.value);
    }
    if (wanted_.kinds.empty()) wanted_.kinds.push_back(last_segment(head.reading(Mention::What::kCategory)->value));
    const std::size_t from = heard_.words[head.span.first].start;
    wanted_.noun = heard_.text.substr(from, heard_.words[head.span.last - 1].end - from);
  }

  // Words that are understood and say nothing of what the thing is or has.
  void leave(const std::vector<WordSpan>& spans) { speak(spans); }

  void add_values() {
    for (const Known& known : heard_.known) {
      if (known.span.first < first_ || known.span.last > last_) continue;
      for (std::size_t i = known.span.first; i < known.span.last; ++i) {
        explained_[i] = true;
        if (known.negated) spoken_[i] = true;
      }
      const bool of_owned = heard_.aside[known.span.first] && !heard_.owned.empty();  // "a 4 year old laptop that's become slow"
      const bool excluded = known.negated && known.readings.front().what == Mention::What::kKind;  // "not a photo printer"
      if (known.readings.front().what == Mention::What::kProduct || (taken_[known.span.first] && !excluded) || in_bound(known) || of_owned) continue;
      auto constraint = constraint_of(known);
      if (!constraint && stated_property(known)) constraint = Constraint{known.readings.front().field, known.negated ? Constraint::Op::kNot : Constraint::Op::kEquals, {"yes"}};
      if (!constraint || (!known.negated && describes_other(known))) continue;
      const bool plain = constraint->field == "brand" || constraint->values.front() == "yes" || (known.span.first > 0 && names_field(known, known.span.first - 1));
      if (!plain) imply(known, constraint->field, constraint->op);
      const std::string field = constraint->field;
      add_constraint(wanted_.constraints, std::move(*constraint));
      values_[field].push_back(known.span);
      if (torn(known)) speak({known.span});
      if (known.span.last < last_ && !head_.covers(known.span.last) && names_field(known, known.span.last)) spoken_[known.span.last] = true;  // "an OLED panel"
    }
    for (const Constraint& constraint : wanted_.constraints) {  // "red or pink": as words, a product would have to be both
      if (constraint.op == Constraint::Op::kOneOf) speak(values_[constraint.field]);
    }
  }

  void add_numbers(std::string_view kind, const Vocabulary& vocabulary) {
    const std::string about = wanted_.kinds.empty() ? std::string(kind) : wanted_.kinds.front();
    for (const NumberPhrase& phrase : heard_.numbers) {
      if (phrase.span.first < first_ || phrase.span.last > last_ || heard_.aside[phrase.span.last - 1]) continue;
      if (!phrase.bounded && bound_as_option(phrase)) continue;
      const bool counts = !phrase.counted.empty() && phrase.span.last < last_ && !is_thing(phrase.span.last);
      NumberPhrase meant = phrase;
      if (!counts) meant.counted.clear();
      auto constraint = bind_number(meant, about, vocabulary, lexicon_);
      if (counts) explained_[phrase.span.last] = constraint.has_value() || phrase.bounded, spoken_[phrase.span.last] = constraint.has_value();
      const bool unmeasured = !constraint && phrase.bounded && (counts || phrase.low.unit.dimension != Dimension::kNone);
      if (unmeasured) wanted_.unmeasured.push_back(said_of(phrase.around ? figure_of(phrase) : phrase.span.first, phrase.span.last + (counts ? 1 : 0)));
      const bool alone = wanted_.noun.empty() && phrase.low.unit.dimension != Dimension::kNone && !phrase.money && !phrase.negated;  // "a 16 gb one"
      if (!constraint && !unmeasured && alone) wanted_.figures.push_back(said_of(figure_of(phrase), phrase.span.last));
      if (!constraint && !unmeasured) continue;
      for (std::size_t i = phrase.span.first; i < phrase.span.last; ++i) explained_[i] = true, spoken_[i] = constraint.has_value();
      if (constraint) add_constraint(wanted_.constraints, std::move(*constraint));
    }
    for (const OptionSaid& option : heard_.options) {
      if (option.explicitly) add_constraint(wanted_.constraints, {option.option, Constraint::Op::kEquals, {option.value}});
    }
  }

  // "light", "not too heavy". Where a thing is asked how heavy it is, or a value of the catalogue is so called, nothing is wished.
  void add_leanings() {
    for (std::size_t i = first_; i < last_; ++i) {
      const bool known = explained_[i] || taken_[i] || head_.covers(i) || heard_.aside[i];
      const std::string before = i > 0 ? heard_.words[i - 1].folded : std::string();
      const bool beside = lexicon_.open_questions.count(before) || lexicon_.same.count(before) || lexicon_.most.count(before) || lexicon_.least.count(before);
      if (known || beside) continue;
      const Scale* scale = leaning_at(i);
      if (!scale) continue;
      wanted_.leanings.push_back(scale);
      spoken_[i] = explained_[i] = true;
    }
  }

  void add_uses(const Playbook& playbook) {
    for (const NeedRule& rule : playbook.needs) {
      std::vector<std::string> phrases = rule.phrases;
      phrases.push_back(text::spaced(rule.name));
      bool said = false;
      for (const std::string& phrase : phrases) said = use_said(phrase) || said;
      if (said) wanted_.uses.push_back(rule.name);
    }
  }

  Wanted finish() {
    for (std::size_t i = first_; i < last_; ++i) {
      const std::string& word = heard_.words[i].folded;
      if (spoken_[i] || heard_.aside[i] || heard_.indifferent[i] || says_quantity(i) || lexicon_.fillers.count(word) || (i == first_ && lexicon_.openers.count(word)) || (!explained_[i] && compares(word))) continue;
      if (i > 0 && lexicon_.praising.count(word) && lexicon_.being.count(heard_.words[i - 1].folded)) continue;  // "black is fine"
      if (wanted_.words.empty() && (lexicon_.modifiers.count(word) || lexicon_.openers.count(word))) continue;
      if (!wanted_.words.empty()) wanted_.words += ' ';
      wanted_.words += heard_.text.substr(heard_.words[i].start, heard_.words[i].end - heard_.words[i].start);
      if (required(i) || (!explained_[i] && names_maker(i))) wanted_.musts.push_back(word);
      if (explained_[i]) {
        wanted_.known_words += (wanted_.known_words.empty() ? "" : " ") + word;
      } else if (!taken_[i] && !small(word)) {
        wanted_.wishes.push_back(word);
        if (adjective(i)) wanted_.adjectives.push_back(word);
      }
    }
    trim_end(wanted_.words);
    trim_end(wanted_.known_words);
    lead_with_noun();
    return std::move(wanted_);
  }

 private:
  // The word of the number itself: "about" is told otherwise.
  std::size_t figure_of(const NumberPhrase& phrase) const {
    std::size_t at = phrase.span.first;
    while (at + 1 < phrase.span.last && !std::isdigit(static_cast<unsigned char>(heard_.words[at].folded[0]))) ++at;
    return at;
  }

  // "5 of them": says how many, and nothing of the thing.
  bool says_quantity(std::size_t word) const {
    const std::string& folded = heard_.words[word].folded;
    const bool number = heard_.quantity && (folded == std::to_string(*heard_.quantity) || lexicon_.number(folded) == *heard_.quantity);
    return number && taken_[word] && !is_thing(word);
  }

  // "5 to 10", as an answer to how much: no sizes.
  bool in_bound(const Known& known) const {
    return std::any_of(heard_.numbers.begin(), heard_.numbers.end(), [&](const NumberPhrase& number) {
      return number.bounded && number.span.first <= known.span.first && known.span.last <= number.span.last && number.low.unit.dimension == Dimension::kNone;
    });
  }

  // "32 GB", a value of an option that the words were taken for already.
  bool bound_as_option(const NumberPhrase& number) const {
    return std::any_of(heard_.known.begin(), heard_.known.end(), [&](const Known& known) {
      const Mention& mention = known.readings.front();
      const bool bound = std::any_of(wanted_.constraints.begin(), wanted_.constraints.end(), [&](const Constraint& one) { return one.field == mention.field; });
      return mention.what == Mention::What::kOptionValue && bound && known.span.covers(number.span.first);
    });
  }

  void speak(const std::vector<WordSpan>& spans) {
    for (const WordSpan& span : spans) std::fill(spoken_.begin() + std::ptrdiff_t(span.first), spoken_.begin() + std::ptrdiff_t(span.last), true);
  }

  // Whether the word belongs to the name of a kind, a brand or a product: "under 300 laptop" counts no laptops.
  bool is_thing(std::size_t word) const {
    return std::any_of(heard_.known.begin(), heard_.known.end(), [&](const Known& known) {
      const bool names = is_noun(known) || known.reading(Mention::What::kBrand) || known.reading(Mention::What::kProduct);
      return names && known.span.covers(word);
    });
  }

  std::string said_of(std::size_t first, std::size_t last) const {
    const std::size_t from = heard_.words[first].start;
    return heard_.text.substr(from, heard_.words[last - 1].end - from);
  }

  // "something to cook on, a stove", "an outfit for work: a skirt": a search takes what stands before "for" or "on" for the thing, so the noun goes
  // first where it stands behind a break.
  void lead_with_noun() {
    bool modified = false;
    for (std::size_t i = first_; i < head_.first && i + 1 < heard_.words.size(); ++i) {
      modified = modified || lexicon_.modifiers.count(heard_.words[i].folded) > 0;
      const std::size_t from = heard_.words[i].end;
      const bool broken = heard_.text.substr(from, heard_.words[i + 1].start - from).find_first_of(",;.:!?") != std::string::npos;
      if (!modified || !broken) continue;
      wanted_.words = wanted_.noun + " " + wanted_.words;
      return;
    }
  }

  // "bag for" says no more than "bag".
  void trim_end(std::string& words) const {
    for (auto list = text::words(words); !list.empty(); list.pop_back()) {
      if (!lexicon_.modifiers.count(list.back().folded) && !lexicon_.openers.count(list.back().folded)) return words.resize(list.back().end);
    }
    words.clear();
  }

  static std::string last_segment(const std::string& path) {
    const std::size_t at = path.rfind(" > ");
    return at == std::string::npos ? path : path.substr(at + 3);
  }

  // "lightest": names nothing that a title would have.
  bool compares(const std::string& word) const {
    return std::any_of(lexicon_.scales.begin(), lexicon_.scales.end(), [&](const Scale& scale) { return std::find(scale.words.begin(), scale.words.end(), word) != scale.words.end(); });
  }

  bool small(const std::string& word) const {
    return lexicon_.modifiers.count(word) || lexicon_.openers.count(word) || lexicon_.pronouns.count(word) || lexicon_.the.count(word) ||
           lexicon_.own.count(word) || word.size() < 3;
  }

  bool names_field(const Known& known, std::size_t word) const {
    const std::string field = text::stem(text::fold(text::spaced(known.readings.front().field)));
    const std::string stem = text::stem(heard_.words[word].folded);
    return stem == field || field.ends_with(" " + stem) || text::edit_distance(stem, field, 1) <= 1;
  }

  // Whether the value stands by the name of its field: "color: taupe", "in size M". Behind the value, the name tells less: "down filling" is a
  // filling, "queen size beds" may have no size to choose.
  bool named(const Known& known) const {
    return (known.span.first > 0 && names_field(known, known.span.first - 1)) || (known.span.last < last_ && names_field(known, known.span.last));
  }

  // Whether the value is said of some other word: "long" in "with long sleeve", "natural" in "for natural hair". Before the noun looked for,
  // and where nothing follows, it is said of the product.
  bool describes_other(const Known& known) const {
    const std::size_t next = known.span.last;
    if (named(known) || next >= heard_.words.size()) return false;
    const auto break_after = [&](std::size_t word) {
      const std::size_t from = heard_.words[word].end;
      return heard_.text.substr(from, heard_.words[word + 1].start - from).find_first_of(",;.:!?") != std::string::npos;
    };
    const auto content = [&](std::size_t word) {
      const std::string& folded = heard_.words[word].folded;
      const bool number = folded[0] >= '0' && folded[0] <= '9';
      return !number && !small(folded) && !lexicon_.fillers.count(folded) && !lexicon_.negation_ends.count(folded);
    };
    if (break_after(next - 1) || !content(next)) return false;
    std::size_t at = next;
    while (at + 1 < heard_.words.size() && content(at + 1) && !break_after(at)) ++at;
    for (const text::Word& part : text::words(text::spaced(known.readings.front().field))) {  // "oily sensitive skin", of a skin type
      for (std::size_t i = next; i <= at; ++i) {
        if (text::stem(heard_.words[i].folded) == text::stem(part.folded)) return false;
      }
    }
    return head_.empty() || !(next <= head_.first && head_.first <= at);
  }

  // The same word may be a value of several fields: which one is meant depends on what such products state.
  void imply(const Known& known, const std::string& field, Constraint::Op op) {
    wanted_.implied.push_back(field);
    for (const Mention& mention : known.readings) {
      const bool value = mention.what == Mention::What::kAttributeValue || mention.what == Mention::What::kOptionValue;
      if (value && mention.field != field) wanted_.readings.push_back({mention.field, op, {mention.value}});
    }
  }

  // "it should scan too", "it must be washable", "it has to scan": what has to be so, with nothing but small words between.
  bool required(std::size_t word) const {
    if (head_.covers(word) || small(heard_.words[word].folded)) return false;
    for (std::size_t i = word; i > first_; --i) {
      const std::string& before = heard_.words[i - 1].folded;
      if (lexicon_.obliging.count(before) || (i > 1 && lexicon_.setting.count(before) && lexicon_.having.count(heard_.words[i - 2].folded))) return true;
      if (!small(before) && !lexicon_.fillers.count(before)) return false;
    }
    return false;
  }

  // "the same from SanDisk": a maker that the shop does not know.
  bool names_maker(std::size_t word) const {
    const char first = heard_.text[heard_.words[word].start];
    return word > first_ && first >= 'A' && first <= 'Z' && lexicon_.making.count(heard_.words[word - 1].folded) > 0;
  }

  // "over-ear": without the small word a search would look for ears.
  bool torn(const Known& known) const {
    const auto begin = heard_.words.begin() + std::ptrdiff_t(known.span.first), end = heard_.words.begin() + std::ptrdiff_t(known.span.last);
    return std::any_of(begin, end, [&](const text::Word& word) { return lexicon_.fillers.count(word.folded) > 0; });
  }

  // Said of the product itself: directly before its noun, or alone.
  bool adjective(std::size_t word) const {
    if (head_.empty() || word >= head_.first) return false;
    for (std::size_t i = word; i < head_.first; ++i) {
      const std::string& between = heard_.words[i].folded;
      if (explained_[i] || small(between) || lexicon_.fillers.count(between)) return false;
    }
    return head_.first - word <= 2;
  }

  // The name of an attribute in one word directly before the noun: "waterproof sandals" are to have it.
  bool stated_property(const Known& known) const {
    const Mention& mention = known.readings.front();
    const bool alone = mention.what == Mention::What::kAttribute && known.span.last == known.span.first + 1;
    return alone && !head_.empty() && known.span.last == head_.first && text::words(text::spaced(mention.field)).size() == 1;
  }

  // Forms of one word; a quality is another word than what has it: a red sofa is no "redness".
  static bool same_word(const std::string& one, const std::string& other) {
    const auto quality = [](const std::string& word) { return word.size() > 6 && word.compare(word.size() - 4, 4, "ness") == 0; };
    return text::stem(one) == text::stem(other) && quality(one) == quality(other);
  }

  bool use_said(const std::string& phrase) {
    const auto parts = text::words(phrase);
    for (std::size_t i = first_; !parts.empty() && i + parts.size() <= last_; ++i) {
      bool same = true;
      for (std::size_t j = 0; same && j < parts.size(); ++j) same = same_word(parts[j].folded, heard_.words[i + j].folded);
      if (!same) continue;
      for (std::size_t j = 0; j < parts.size(); ++j) {
        explained_[i + j] = true;
        if (!head_.covers(i + j)) spoken_[i + j] = true;
      }
      return true;
    }
    return false;
  }

  // The side of a scale that the word wishes for: the other one behind "not" and "too".
  const Scale* leaning_at(std::size_t word) const {
    const auto leans = [&](const Scale& scale) { return std::find(scale.leaning.begin(), scale.leaning.end(), heard_.words[word].folded) != scale.leaning.end(); };
    const auto at = std::find_if(lexicon_.scales.begin(), lexicon_.scales.end(), leans);
    if (at == lexicon_.scales.end()) return nullptr;
    bool denied = false;
    for (std::size_t i = word > 2 ? word - 2 : 0; i < word; ++i) {
      denied = denied || phrase_length(heard_.words, i, lexicon_.negations) > 0 || lexicon_.excess.count(heard_.words[i].folded) > 0;
    }
    if (!denied) return &*at;
    const auto other = std::find_if(lexicon_.scales.begin(), lexicon_.scales.end(), [&](const Scale& scale) { return scale.attributes == at->attributes && scale.low != at->low; });
    return other == lexicon_.scales.end() ? nullptr : &*other;
  }

  const Heard& heard_;
  const Lexicon& lexicon_;
  const std::vector<bool>& taken_;
  std::size_t first_, last_;
  WordSpan head_;
  std::vector<bool> spoken_;     // said by a constraint: not for the search
  std::vector<bool> explained_;  // understood in some way
  std::map<std::string, std::vector<WordSpan>> values_;  // of each field, where its values were said
  Wanted wanted_;
};

constexpr std::size_t kLongestLead = 5;  // words from an article to its noun

// "my laptop is slow, would more memory help?": memory for a laptop.
void say_what_for(Heard& heard, const Known& owned, const Lexicon& lexicon) {
  Wanted& wanted = heard.wanted.front();
  const auto words = text::words(wanted.words);
  bool thing = false;  // "my laptop", "a 4 year old laptop"; not "started working"
  for (std::size_t i = owned.span.first; i > 0 && i + kLongestLead > owned.span.first; --i) {
    thing = thing || lexicon.own.count(heard.words[i - 1].folded) || lexicon.articles.count(heard.words[i - 1].folded);
  }
  const bool told = std::any_of(words.begin(), words.end(), [&](const text::Word& word) { return lexicon.modifiers.count(word.folded) > 0; });
  const auto same = [&](const Mention& mention) { return std::find(wanted.kinds.begin(), wanted.kinds.end(), mention.value) != wanted.kinds.end(); };
  if (!thing || told || words.empty() || !heard.aside[owned.span.first] || std::any_of(owned.readings.begin(), owned.readings.end(), same)) return;
  const std::size_t from = heard.words[owned.span.first].start;
  wanted.words += " " + lexicon.purpose + " " + heard.text.substr(from, heard.words[owned.span.last - 1].end - from);
}

}  // namespace

void Listener::hear_wanted(Heard& heard, std::string_view kind, const std::vector<bool>& taken) const {
  Roles roles(heard, lexicon_, !kind.empty());
  roles.sort();
  for (const std::size_t k : roles.owned()) heard.owned.push_back(heard.known[k].readings.front().value);
  const auto& heads = roles.heads();
  const WordSpan unnamed = roles.unnamed();
  for (std::size_t r = 0; r < std::max<std::size_t>(heads.size(), 1); ++r) {
    const bool before = !unnamed.empty() && unnamed.first < heard.known[heads.front().known].span.first;
    const std::size_t first = r == 0 && before ? unnamed.last : r < heads.size() ? heads[r].begin : 0;
    const std::size_t last = r + 1 < heads.size() ? heads[r + 1].begin : before || unnamed.empty() ? heard.words.size() : unnamed.first - 1;
    Part part(heard, lexicon_, taken, first, last);
    if (r < heads.size()) part.name(heard.known[heads[r].known]);
    part.leave(roles.purposes());
    part.add_values();
    part.add_numbers(kind, vocabulary_);
    part.add_uses(playbook_);
    part.add_leanings();
    heard.wanted.push_back(part.finish());
    if (r == 0) heard.wanted.back().quantity = heard.quantity;
  }
  if (heads.size() == 1 && roles.owned().size() == 1) say_what_for(heard, heard.known[roles.owned().front()], lexicon_);
  if (!unnamed.empty()) {
    Wanted thing;
    thing.noun = heard.text.substr(heard.words[unnamed.first].start, heard.words[unnamed.last - 1].end - heard.words[unnamed.first].start);
    thing.words = thing.noun;
    heard.wanted.push_back(std::move(thing));
  }
  const bool each = std::any_of(heard.words.begin(), heard.words.end(), [&](const text::Word& word) { return lexicon_.each.count(word.folded) > 0; });
  for (const Constraint& last : each ? std::vector<Constraint>(heard.wanted.back().constraints) : std::vector<Constraint>{}) {
    for (std::size_t i = 0; last.field == "price" && i + 1 < heard.wanted.size(); ++i) {
      auto& own = heard.wanted[i].constraints;
      if (std::none_of(own.begin(), own.end(), [](const Constraint& constraint) { return constraint.field == "price"; })) own.push_back(last);
    }
  }
}

}  // namespace floorwalker::guided
