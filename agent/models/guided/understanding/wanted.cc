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

class Roles {
 public:
  Roles(const Heard& heard, const Lexicon& lexicon) : heard_(heard), lexicon_(lexicon) {}

  // Every noun is a thing of its own, describes one ("for the living room"), or is owned ("for my TV").
  void sort() {
    for (std::size_t k = 0; k < heard_.known.size(); ++k) {
      if (!is_noun(heard_.known[k]) || heard_.known[k].negated) continue;
      const std::size_t at = heard_.known[k].span.first;
      const std::size_t lead = lead_of(at);
      const std::string before = lead > 0 ? heard_.words[lead - 1].folded : "";
      if (owned(lead, at)) owned_.push_back(k);
      else if (!heads_.empty() && lexicon_.modifiers.count(before)) continue;
      else if (heads_.empty()) heads_.push_back({k, 0});
      else if (lexicon_.openers.count(before) || comma_before(heard_, lead)) heads_.push_back({k, lead});
      else if (touches_last(k)) heads_.back().known = k;
    }
  }

  const std::vector<Head>& heads() const { return heads_; }
  const std::vector<std::size_t>& owned() const { return owned_; }

 private:
  // Goes back over the adjectives of a noun to the word that introduces it.
  std::size_t lead_of(std::size_t at) const {
    std::size_t lead = at;
    while (lead > 0 && !comma_before(heard_, lead)) {
      const std::string& word = heard_.words[lead - 1].folded;
      if (lexicon_.openers.count(word) || lexicon_.modifiers.count(word) || lexicon_.own.count(word)) break;
      if (inside_noun(lead - 1)) break;
      --lead;
    }
    return lead;
  }

  bool inside_noun(std::size_t word) const {
    for (const Known& known : heard_.known) {
      if (is_noun(known) && known.span.covers(word)) return true;
    }
    return false;
  }

  bool owned(std::size_t lead, std::size_t at) const {
    for (std::size_t i = lead > 0 ? lead - 1 : 0; i < at; ++i) {
      if (lexicon_.own.count(heard_.words[i].folded)) return true;
    }
    return false;
  }

  bool touches_last(std::size_t k) const { return heard_.known[heads_.back().known].span.last == heard_.known[k].span.first; }

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

// Playbook needs whose name or other phrases stand in the words [first, last).
std::vector<std::string> uses_in(const Heard& heard, std::size_t first, std::size_t last, const Playbook& playbook) {
  std::vector<std::string> uses;
  for (const NeedRule& rule : playbook.needs) {
    std::vector<std::string> phrases = rule.phrases;
    phrases.push_back(text::spaced(rule.name));
    bool said = false;
    for (const std::string& phrase : phrases) {
      const auto parts = text::words(phrase);
      for (std::size_t i = first; !said && i + parts.size() <= last; ++i) {
        bool same = !parts.empty();
        for (std::size_t j = 0; same && j < parts.size(); ++j) {
          same = text::stem(parts[j].folded) == text::stem(heard.words[i + j].folded);
        }
        said = same;
      }
    }
    if (said) uses.push_back(rule.name);
  }
  return uses;
}

}  // namespace

void Listener::hear_wanted(Heard& heard, std::string_view kind, const std::vector<bool>& taken) const {
  Roles roles(heard, lexicon_);
  roles.sort();
  for (const std::size_t k : roles.owned()) heard.owned.push_back(heard.known[k].readings.front().value);
  const std::size_t count = std::max<std::size_t>(roles.heads().size(), 1);
  for (std::size_t r = 0; r < count; ++r) {
    Wanted wanted;
    const std::size_t first = r < roles.heads().size() ? roles.heads()[r].begin : 0;
    const std::size_t last = r + 1 < roles.heads().size() ? roles.heads()[r + 1].begin : heard.words.size();
    std::vector<bool> spoken(heard.words.size(), false), explained(heard.words.size(), false);
    if (r < roles.heads().size()) {
      const Known& head = heard.known[roles.heads()[r].known];
      for (const Mention& mention : head.readings) {
        if (mention.what == Mention::What::kKind || (mention.what == Mention::What::kCategory && !head.reading(Mention::What::kKind))) {
          wanted.kinds.push_back(mention.value);
        }
      }
      const std::size_t from = heard.words[head.span.first].start;
      wanted.noun = heard.text.substr(from, heard.words[head.span.last - 1].end - from);
    }
    const std::string about = wanted.kinds.empty() ? std::string(kind) : wanted.kinds.front();
    for (const Known& known : heard.known) {
      if (known.span.first < first || known.span.last > last) continue;
      const bool names = known.reading(Mention::What::kProduct) != nullptr && known.readings.front().what == Mention::What::kProduct;
      for (std::size_t i = known.span.first; i < known.span.last; ++i) {
        explained[i] = true;
        if (known.negated) spoken[i] = true;
      }
      if (names || taken[known.span.first]) continue;
      if (auto constraint = constraint_of(known)) add_constraint(wanted.constraints, std::move(*constraint));
    }
    for (const NumberPhrase& phrase : heard.numbers) {
      if (phrase.span.first < first || phrase.span.last > last) continue;
      auto constraint = bind_number(phrase, about, vocabulary_);
      for (std::size_t i = phrase.span.first; constraint && i < phrase.span.last; ++i) spoken[i] = explained[i] = true;
      if (constraint) add_constraint(wanted.constraints, std::move(*constraint));
    }
    for (const OptionSaid& option : heard.options) {
      if (option.explicitly) add_constraint(wanted.constraints, {option.option, Constraint::Op::kEquals, {option.value}});
    }
    wanted.uses = uses_in(heard, first, last, playbook_);
    for (std::size_t i = first; i < last; ++i) {
      const std::string& word = heard.words[i].folded;
      if (spoken[i] || lexicon_.fillers.count(word) || (i == first && lexicon_.openers.count(word))) continue;
      if (!wanted.words.empty()) wanted.words += ' ';
      wanted.words += heard.text.substr(heard.words[i].start, heard.words[i].end - heard.words[i].start);
      const bool small = lexicon_.modifiers.count(word) || lexicon_.openers.count(word) || lexicon_.pronouns.count(word) ||
                         lexicon_.the.count(word) || lexicon_.own.count(word) || word.size() < 3;
      if (!explained[i] && !taken[i] && !small) wanted.wishes.push_back(word);
    }
    if (r == 0) wanted.quantity = heard.quantity;
    heard.wanted.push_back(std::move(wanted));
  }
}

}  // namespace floorwalker::guided
