#include <algorithm>

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

// Sorts the nouns of an utterance: things looked for, things that only describe one ("for the living room"), things owned ("my TV").
//
// Things looked for are a list only if the list is closed as lists are ("a dress, shoes and a bag"); nouns strung together by commas alone
// are adjectives of the last one ("machine wash, wash cold sweaters"). Behind a preposition a new thing needs its own article ("a sofa for
// the living room and a lamp").
class Roles {
 public:
  Roles(const Heard& heard, const Lexicon& lexicon) : heard_(heard), lexicon_(lexicon) {}

  void sort() {
    std::vector<Noun> list;
    bool closed = false, modified = false;
    for (std::size_t k = 0; k < heard_.known.size(); ++k) {
      if (!is_noun(heard_.known[k]) || heard_.known[k].negated) continue;
      const Noun noun = read(k);
      if (measured(heard_.known[k])) continue;
      if (noun.owned || heard_.aside[heard_.known[k].span.first]) {
        owned_.push_back(k);
        continue;
      }
      modified = modified || (!list.empty() && preposition_between(heard_.known[list.back().known].span.last, noun.lead));
      const bool article = noun.joined && has_article(noun.lead);
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
    const bool worn_out = std::any_of(heard_.words.begin(), heard_.words.end(), [&](const text::Word& word) { return lexicon_.worn_out.count(word.folded) > 0; });
    if (heads_.empty() && owned_.size() == 1 && worn_out) {  // "my hairdryer died, what do you have?"
      heads_.push_back({owned_.front(), 0});
      owned_.clear();
    }
  }

  const std::vector<Head>& heads() const { return heads_; }
  const std::vector<std::size_t>& owned() const { return owned_; }

 private:
  struct Noun {
    std::size_t known = 0;
    std::size_t lead = 0;   // first word of its phrase
    bool joined = false;    // behind "and", "plus", "or"
    bool owned = false;
  };

  Noun read(std::size_t k) const {
    Noun noun;
    noun.known = k;
    const std::size_t at = heard_.known[k].span.first;
    noun.lead = lead_of(at);
    noun.joined = noun.lead > 0 && lexicon_.openers.count(heard_.words[noun.lead - 1].folded) > 0 && !lexicon_.modifiers.count(heard_.words[noun.lead - 1].folded);
    for (std::size_t i = noun.lead > 0 ? noun.lead - 1 : 0; i < at; ++i) noun.owned = noun.owned || lexicon_.own.count(heard_.words[i].folded) > 0;
    return noun;
  }

  // Goes back over the adjectives of a noun to the word that introduces it.
  std::size_t lead_of(std::size_t at) const {
    std::size_t lead = at;
    while (lead > 0 && !comma_before(heard_, lead)) {
      const std::string& word = heard_.words[lead - 1].folded;
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
  std::vector<Head> heads_;
  std::vector<std::size_t> owned_;
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

  void add_values() {
    for (const Known& known : heard_.known) {
      if (known.span.first < first_ || known.span.last > last_) continue;
      for (std::size_t i = known.span.first; i < known.span.last; ++i) {
        explained_[i] = true;
        if (known.negated) spoken_[i] = true;
      }
      if (known.readings.front().what == Mention::What::kProduct || taken_[known.span.first]) continue;
      auto constraint = constraint_of(known);
      if (!constraint && stated_property(known)) constraint = Constraint{known.readings.front().field, known.negated ? Constraint::Op::kNot : Constraint::Op::kEquals, {"yes"}};
      if (!constraint || (!known.negated && describes_other(known))) continue;
      const bool plain = constraint->field == "brand" || constraint->values.front() == "yes" || named(known);
      if (!plain) imply(known, constraint->field, constraint->op);
      add_constraint(wanted_.constraints, std::move(*constraint));
    }
  }

  void add_numbers(std::string_view kind, const Vocabulary& vocabulary) {
    const std::string about = wanted_.kinds.empty() ? std::string(kind) : wanted_.kinds.front();
    for (const NumberPhrase& phrase : heard_.numbers) {
      if (phrase.span.first < first_ || phrase.span.last > last_ || heard_.aside[phrase.span.last - 1]) continue;
      const bool counts = !phrase.counted.empty() && phrase.span.last < last_ && !is_thing(phrase.span.last);
      NumberPhrase meant = phrase;
      if (!counts) meant.counted.clear();
      auto constraint = bind_number(meant, about, vocabulary, lexicon_);
      if (counts) explained_[phrase.span.last] = constraint.has_value() || phrase.bounded, spoken_[phrase.span.last] = constraint.has_value();
      const bool unmeasured = !constraint && phrase.bounded && (counts || phrase.low.unit.dimension != Dimension::kNone);
      if (unmeasured) wanted_.unmeasured.push_back(said_of(phrase.span.first, phrase.span.last + (counts ? 1 : 0)));
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
      if (spoken_[i] || heard_.aside[i] || lexicon_.fillers.count(word) || (i == first_ && lexicon_.openers.count(word)) || (!explained_[i] && compares(word))) continue;
      if (wanted_.words.empty() && (lexicon_.modifiers.count(word) || lexicon_.openers.count(word))) continue;
      if (!wanted_.words.empty()) wanted_.words += ' ';
      wanted_.words += heard_.text.substr(heard_.words[i].start, heard_.words[i].end - heard_.words[i].start);
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

  // Whether the value stands by the name of its field: "color: taupe", "in size M".
  bool named(const Known& known) const {
    if (known.span.first == 0) return false;
    const std::string field = text::stem(text::fold(text::spaced(known.readings.front().field)));
    const std::string before = text::stem(heard_.words[known.span.first - 1].folded);
    return before == field || field.ends_with(" " + before) || text::edit_distance(before, field, 1) <= 1;
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

  bool use_said(const std::string& phrase) {
    const auto parts = text::words(phrase);
    for (std::size_t i = first_; !parts.empty() && i + parts.size() <= last_; ++i) {
      bool same = true;
      for (std::size_t j = 0; same && j < parts.size(); ++j) same = text::stem(parts[j].folded) == text::stem(heard_.words[i + j].folded);
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
  Wanted wanted_;
};

}  // namespace

void Listener::hear_wanted(Heard& heard, std::string_view kind, const std::vector<bool>& taken) const {
  Roles roles(heard, lexicon_);
  roles.sort();
  for (const std::size_t k : roles.owned()) heard.owned.push_back(heard.known[k].readings.front().value);
  const auto& heads = roles.heads();
  for (std::size_t r = 0; r < std::max<std::size_t>(heads.size(), 1); ++r) {
    const std::size_t first = r < heads.size() ? heads[r].begin : 0;
    const std::size_t last = r + 1 < heads.size() ? heads[r + 1].begin : heard.words.size();
    Part part(heard, lexicon_, taken, first, last);
    if (r < heads.size()) part.name(heard.known[heads[r].known]);
    part.add_values();
    part.add_numbers(kind, vocabulary_);
    part.add_uses(playbook_);
    part.add_leanings();
    heard.wanted.push_back(part.finish());
    if (r == 0) heard.wanted.back().quantity = heard.quantity;
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
