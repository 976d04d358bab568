#include <algorithm>
#include <cctype>

#include "agent/models/guided/understanding/heard.h"

// What an utterance points at: ordinals, pronouns, descriptions, option values and quantities.
namespace floorwalker::guided {

namespace {

constexpr int kLongestList = 30;
constexpr int kMostPieces = 9'999'999;

bool is_digits(const std::string& word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

// The value of a number word or of plain digits; 0 if it is none.
int count_of(const std::string& word, const Lexicon& lexicon) {
  std::string digits = word;
  std::erase(digits, ',');
  if (is_digits(digits) && digits.size() <= 7) return std::stoi(digits);
  return lexicon.number(word);
}

bool is_size_number(const std::string& word) {
  return !word.empty() && std::isdigit(static_cast<unsigned char>(word[0])) && word.find_first_not_of("0123456789.,") == std::string::npos;
}

const Scale* scale_of(const std::string& word, const Lexicon& lexicon) {
  for (const Scale& scale : lexicon.scales) {
    if (std::find(scale.words.begin(), scale.words.end(), word) != scale.words.end()) return &scale;
  }
  return nullptr;
}

// Phrases of `list` that end where `word` begins.
bool phrase_before(const std::vector<text::Word>& words, std::size_t word, const std::vector<std::vector<std::string>>& list) {
  for (const auto& phrase : list) {
    if (word >= phrase.size() && phrase_at(words, word - phrase.size(), phrase)) return true;
  }
  return false;
}

bool measured(const std::vector<MeasureSpan>& measures, const text::Word& word) {
  for (const MeasureSpan& span : measures) {
    if (span.start <= word.start && span.end > word.end && span.measure.unit.dimension != Dimension::kNone) return true;
  }
  return false;
}

// Whether the number is only the first part of a longer value: "2-pack", "6.5-7.5", "3 shelves".
bool begins_longer(const Heard& heard, std::size_t word) {
  const std::size_t end = heard.words[word].end;
  if (end < heard.text.size() && std::string_view("-/'\"x").find(heard.text[end]) != std::string_view::npos) return true;
  for (const Known& known : heard.known) {
    if (known.span.first <= word && known.span.last > word + 1 && known.reading(Mention::What::kOptionValue)) return true;
  }
  return false;
}

bool currency_before(std::string_view text, std::size_t byte) {
  const std::string_view head = text.substr(0, byte);
  return head.ends_with("$") || head.ends_with("€") || head.ends_with("£");
}

// "that mount": the word only leads its noun.
bool before_noun(const Heard& heard, std::size_t word, const Lexicon& lexicon) {
  return lexicon.the.count(heard.words[word].folded) > 0 && std::any_of(heard.known.begin(), heard.known.end(), [&](const Known& known) {
    return known.span.first == word + 1 && (known.reading(Mention::What::kKind) || known.reading(Mention::What::kCategory));
  });
}

// "carry it to the third floor": the ordinal of a word that the catalogue does not know.
bool counts_another(const Heard& heard, std::size_t ordinal, const Lexicon& lexicon) {
  const std::size_t next = ordinal + 1;
  if (next >= heard.words.size() || heard.text.substr(heard.words[ordinal].end, heard.words[next].start - heard.words[ordinal].end) != " ") return false;
  const std::string& word = heard.words[next].folded;
  const bool small = lexicon.fillers.count(word) || lexicon.modifiers.count(word) || lexicon.openers.count(word) || lexicon.pronouns.count(word) || lexicon.item_words.count(word) ||
                     lexicon.the.count(word) || lexicon.joiners.count(word) || lexicon.being.count(word) || count_of(word, lexicon) > 0 || word.size() < 4;
  const bool known = std::any_of(heard.known.begin(), heard.known.end(), [&](const Known& one) { return one.span.covers(next); });
  const bool ends = next + 1 == heard.words.size() || lexicon.fillers.count(heard.words[next + 1].folded) > 0;
  return !small && !known && ends && ordinal > 1 && lexicon.the.count(heard.words[ordinal - 1].folded) > 0 && lexicon.modifiers.count(heard.words[ordinal - 2].folded) > 0;
}

// "toner for our printer, it's a HP LaserJet P2055dn": tells what the shopper has.
bool presented(const std::vector<text::Word>& words, std::size_t name, const Lexicon& lexicon) {
  const std::size_t lead = name > 0 && lexicon.articles.count(words[name - 1].folded) ? name - 1 : name;
  return lead > 1 && lexicon.presenting.count(words[lead - 1].folded) > 0;
}

}  // namespace

void Listener::hear_reference(Heard& heard) const {
  Reference& reference = heard.reference;
  const auto& words = heard.words;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i].folded;
    const std::string previous = i > 0 ? words[i - 1].folded : "";
    const std::string next = i + 1 < words.size() ? words[i + 1].folded : "";
    const auto ordinal = lexicon_.ordinals.find(word);
    // "how long does it last" counts nothing, nor does "something on top".
    const bool of_another = ordinal != lexicon_.ordinals.end() && counts_another(heard, i, lexicon_);
    const bool from_the_end = ordinal != lexicon_.ordinals.end() && (ordinal->second < 0 || lexicon_.most.count(word) > 0);
    // "the one you showed me first"
    const bool earlier = i > 0 && lexicon_.self.count(previous) && !lexicon_.own.count(previous) && (next.empty() || lexicon_.fillers.count(next));
    if (ordinal != lexicon_.ordinals.end() && earlier) continue;
    if (ordinal != lexicon_.ordinals.end() && !of_another && (!from_the_end || lexicon_.the.count(previous) || lexicon_.pronouns.count(next))) {
      const int many = ordinal->second == 1 ? count_of(next, lexicon_) : 0;
      if (many > 1) reference.first_n = std::size_t(std::min(many, kLongestList));
      else reference.ordinals.push_back(ordinal->second);
    } else if (is_digits(word) && word.size() <= 2 && (lexicon_.item_words.count(previous) || heard.text[words[i].start - (i > 0 || words[i].start > 0)] == '#')) {
      reference.ordinals.push_back(std::stoi(word));
    } else if (lexicon_.number(word) > 0 && lexicon_.item_words.count(previous) && !lexicon_.fillers.count(previous)) {
      reference.ordinals.push_back(lexicon_.number(word));  // "number two"
    } else if (heard.has(Act::kCompare) && is_digits(word) && word.size() == 1 && !currency_before(heard.text, words[i].start)) {
      reference.ordinals.push_back(std::stoi(word));
    } else if (lexicon_.pronouns.count(word) && (word != "one" || lexicon_.the.count(previous)) && !before_noun(heard, i, lexicon_)) {
      reference.pronoun = true;
    } else if (lexicon_.plural_pronouns.count(word)) {
      reference.all = true;
      reference.many = std::size_t(std::clamp(count_of(next, lexicon_), 0, kLongestList));
    } else if (const Scale* scale = scale_of(word, lexicon_); scale && lexicon_.the.count(previous)) {
      reference.scale = scale;
    } else if (!lexicon_.fillers.count(word) && !lexicon_.modifiers.count(word) && !lexicon_.openers.count(word)) {
      reference.words.push_back(word);
    }
  }
  bool counted_one = false;  // "the cord on the first one": the number is of those shown, not of cords
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    counted_one = counted_one || (lexicon_.ordinals.count(words[i].folded) && lexicon_.pronouns.count(words[i + 1].folded) && !lexicon_.the.count(words[i + 1].folded));
  }
  for (const Known& known : heard.known) {
    if (const Mention* product = known.reading(Mention::What::kProduct); product && !known.negated) {
      const bool had = heard.aside[known.span.first] || presented(words, known.span.first, lexicon_);
      (had ? reference.had : reference.named).push_back(product->product);
      for (const Mention& mention : known.readings) {
        if (!had && mention.what == Mention::What::kProduct && mention.product != product->product) reference.namesakes.push_back(mention.product);
      }
    }
    const Mention* kind = known.reading(Mention::What::kKind);
    if (!kind || !reference.group.empty() || counted_one) continue;
    reference.group = kind->value;
    for (const Mention& mention : known.readings) {
      if (mention.what == Mention::What::kKind) reference.groups.push_back(mention.value);
    }
    for (std::size_t i = known.span.first; i > 0 && i + 3 > known.span.first; --i) {
      const std::string& before = words[i - 1].folded;
      if (lexicon_.pronouns.count(before) && !lexicon_.the.count(before)) break;  // "does the first one take SD cards"
      reference.of_group = reference.of_group || lexicon_.the.count(before) > 0 || lexicon_.ordinals.count(before) > 0;
    }
  }
}

void Listener::hear_options(Heard& heard, std::vector<bool>& taken) const {
  const auto& words = heard.words;
  const auto measures = find_measures(heard.text);
  bool of_self = false;
  for (const text::Word& word : words) of_self = of_self || lexicon_.self.count(word.folded) > 0;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string& word = words[i].folded;
    const auto sized = lexicon_.value_words.find(word);
    if (!is_size_number(word) && sized == lexicon_.value_words.end()) continue;
    if (is_size_number(word) && measured(measures, words[i])) continue;
    if (currency_before(heard.text, words[i].start) || begins_longer(heard, i)) continue;
    for (const auto& [option, cues] : lexicon_.option_cues) {
      const bool other = std::any_of(heard.known.begin(), heard.known.end(), [&, name = option](const Known& known) {  // "in grey" is no size
        const Mention* value = known.span.covers(i) ? known.reading(Mention::What::kOptionValue) : nullptr;
        return value && text::fold(value->field).find(name) == std::string::npos;
      });
      if (other) continue;
      bool cued = false;
      for (const std::string& cue : cues) {
        std::vector<std::string> phrase;
        for (const text::Word& part : text::words(cue)) phrase.push_back(part.folded);
        cued = cued || (i >= phrase.size() && phrase_at(words, i - phrase.size(), phrase));
      }
      if (!cued) continue;
      heard.options.push_back({option, word, true, of_self});
      taken[i] = true;
      break;
    }
  }
  for (const Known& known : heard.known) {
    const Mention* value = known.reading(Mention::What::kOptionValue);
    if (!value || known.negated || taken[known.span.first]) continue;
    heard.options.push_back({value->field, value->value, false, of_self});
  }
}

void Listener::hear_quantity(Heard& heard, std::vector<bool>& taken) const {
  const auto& words = heard.words;
  const auto measures = find_measures(heard.text);
  const bool limited = heard.has(Act::kQuantity) && std::any_of(words.begin(), words.end(), [&](const text::Word& word) { return lexicon_.keeping.count(word.folded) > 0; });
  for (std::size_t i = 0; i < words.size() && !heard.quantity; ++i) {
    const bool zero = words[i].folded == "0" || words[i].folded == "zero";
    const int count = count_of(words[i].folded, lexicon_);
    if ((count < 1 && !(zero && heard.has(Act::kQuantity))) || count > kMostPieces || taken[i] || measured(measures, words[i]) || currency_before(heard.text, words[i].start)) continue;
    if (i > 0 && lexicon_.ordinals.count(words[i - 1].folded)) continue;
    if (i > 0 && lexicon_.plural_pronouns.count(words[i - 1].folded)) continue;  // "those two" are things shown
    const bool led = phrase_before(words, i, lexicon_.quantity_before);
    if (i > 0 && !led && (lexicon_.pronouns.count(words[i - 1].folded) || lexicon_.the.count(words[i - 1].folded)) && count == 1) continue;
    const bool bound = std::any_of(lexicon_.before.begin(), lexicon_.before.end(), [&](const Bound& one) {
      return i >= one.words.size() && phrase_at(words, i - one.words.size(), one.words);
    });
    if (bound) continue;  // "nothing over 50 please"
    const bool counted_out = i > 0 && lexicon_.item_words.count(words[i - 1].folded) && heard.text.substr(words[i - 1].end, words[i].start - words[i - 1].end).find(',') == std::string::npos;
    if (counted_out) continue;  // "add number 3 please", but "no, 3 please"
    bool counts = phrase_length(words, i + 1, lexicon_.quantity_after) > 0;
    const bool set = heard.has(Act::kQuantity) && i > 0 && lexicon_.setting.count(words[i - 1].folded) > 0;
    if (!led && phrase_before(words, i, lexicon_.negations)) continue;  // "not two"
    if (led || set || limited) counts = true;
    for (const Known& known : heard.known) {
      const bool kind = known.reading(Mention::What::kKind) != nullptr || known.reading(Mention::What::kCategory) != nullptr;
      const bool of_the = i + 3 < words.size() && words[i + 1].folded == "of" && lexicon_.the.count(words[i + 2].folded) && lexicon_.ordinals.count(words[i + 3].folded);
      if (of_the) counts = true;  // "three of the first one"
      std::size_t next = i + 1;  // "two of that toner"
      while (next < words.size() && next < i + 3 && (words[next].folded == "of" || lexicon_.the.count(words[next].folded))) ++next;
      if (kind && !known.span.covers(i) && known.span.first > i && known.span.first <= next + 1) counts = true;
    }
    const bool pronoun = count == 1 && !is_digits(words[i].folded) && !phrase_length(words, i + 1, lexicon_.quantity_after);
    if (!counts || (pronoun && !limited && !(led && heard.has(Act::kQuantity)))) continue;  // "I want one", but "no, one"
    heard.quantity = count;
    taken[i] = true;
  }
}

}  // namespace floorwalker::guided
