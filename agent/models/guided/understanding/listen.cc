#include <algorithm>

#include "agent/models/guided/understanding/heard.h"

namespace floorwalker::guided {

namespace {

// Below this the catalogue only guesses.
constexpr double kLeastConfidence = 0.6;

constexpr std::size_t kShortestOrder = 4;

// From here on a name is written as the shop writes it.
constexpr double kAsWritten = 0.9;

// A word is a value rather than a noun where so many times more products have it as a value.
constexpr std::size_t kValueOverNoun = 3;

bool has_break(std::string_view text, std::size_t from, std::size_t to) {
  return text.substr(from, to - from).find_first_of(",;.!?:") != std::string_view::npos;
}

WordSpan span_of(const std::vector<text::Word>& words, std::size_t start, std::size_t end) {
  WordSpan span;
  while (span.first < words.size() && words[span.first].end <= start) ++span.first;
  span.last = span.first;
  while (span.last < words.size() && words[span.last].start < end) ++span.last;
  return span;
}

// Which words a negation governs: "not leather or velvet, ..." -> leather, or, velvet.
std::vector<bool> negated_words(const Heard& heard, const Lexicon& lexicon) {
  std::vector<bool> negated(heard.words.size(), false);
  for (std::size_t i = 0; i < heard.words.size(); ++i) {
    const std::size_t length = phrase_length(heard.words, i, lexicon.negations);
    for (std::size_t j = i + length; length > 0 && j < heard.words.size() && j < i + length + 5; ++j) {
      if (lexicon.negation_ends.count(heard.words[j].folded)) break;
      if (has_break(heard.text, heard.words[j - 1].end, heard.words[j].start)) break;
      negated[j] = true;
    }
  }
  return negated;
}

// Ids, emails and codes are looked for in the text as written, not in folded words.
std::vector<std::string> raw_tokens(std::string_view text) {
  std::vector<std::string> tokens;
  std::string token;
  for (const char c : std::string(text) + " ") {
    if (c != ' ' && c != '\n' && c != '\t') {
      token += c;
      continue;
    }
    while (!token.empty() && std::string_view(",.;:!?\"'()").find(token.back()) != std::string_view::npos) token.pop_back();
    while (!token.empty() && std::string_view("\"'(").find(token.front()) != std::string_view::npos) token.erase(0, 1);
    if (!token.empty()) tokens.push_back(std::move(token));
    token.clear();
  }
  return tokens;
}

bool has_digit(std::string_view token) { return token.find_first_of("0123456789") != std::string_view::npos; }

bool looks_like_code(std::string_view token) {
  if (token.size() < 4) return false;
  bool letter = false;
  for (const char c : token) {
    if (c >= 'a' && c <= 'z') return false;
    letter = letter || (c >= 'A' && c <= 'Z');
    if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_')) return false;
  }
  return letter;
}

constexpr std::size_t kLongestGreeting = 3;  // words

// What is taken back where a sentence begins with "forget the ...".
constexpr Act kTakenBack[] = {Act::kCompare, Act::kAdvise, Act::kWhy, Act::kDetails, Act::kCheckout, Act::kAddons, Act::kViewCart};

// "fine, forget the comparison": whether the sentence begins by taking something back.
bool takes_back(const std::vector<text::Word>& words, const Lexicon& lexicon) {
  const auto back = said_at(words, Act::kRetract, lexicon);
  return back && std::all_of(words.begin(), words.begin() + std::ptrdiff_t(back->first), [&](const text::Word& word) {
    return lexicon.sighing.count(word.folded) || lexicon.praising.count(word.folded) || lexicon.fillers.count(word.folded);
  });
}

constexpr std::size_t kCodeLetters = 4, kCodeDigits = 3;

// A word and a number, as codes are made up ("SAVE10"): models have few letters ("SHN9500").
bool spells_code(std::string_view token) {
  const std::size_t digits = token.find_first_of("0123456789");
  return digits != std::string_view::npos && digits >= kCodeLetters && token.size() - digits <= kCodeDigits && token.find_first_not_of("0123456789", digits) == std::string_view::npos;
}

// "SAVE10 please": nothing but courtesies beside it.
bool alone_with(std::string_view token, const std::vector<text::Word>& words, const Lexicon& lexicon) {
  return std::all_of(words.begin(), words.end(), [&](const text::Word& word) {
    return word.folded == text::fold(token) || lexicon.fillers.count(word.folded) || lexicon.openers.count(word.folded) || lexicon.sighing.count(word.folded);
  });
}

bool only_greets(const std::vector<text::Word>& words, const Lexicon& lexicon) {
  return std::any_of(lexicon.acts.begin(), lexicon.acts.end(), [&](const auto& entry) { return entry.first == Act::kGreet && entry.second.find(words); });
}

bool is_value(const Mention& mention) { return mention.what == Mention::What::kAttributeValue || mention.what == Mention::What::kOptionValue; }

bool is_noun(const Mention& mention) { return mention.what == Mention::What::kKind || mention.what == Mention::What::kCategory; }

// "how heavy is the camera?": the noun of "the", though the same word is a value of many things ("for: camera").
bool stands_for_thing(const Known& known, const std::vector<text::Word>& words, const Lexicon& lexicon) {
  if (known.span.first == 0 || !lexicon.the.count(words[known.span.first - 1].folded) || std::none_of(known.readings.begin(), known.readings.end(), is_noun)) return false;
  if (known.span.last == words.size()) return true;
  const std::string& next = words[known.span.last].folded;
  return !lexicon.pronouns.count(next) && (lexicon.fillers.count(next) || lexicon.openers.count(next) || lexicon.modifiers.count(next) || lexicon.negation_ends.count(next));
}

// "way too small": no value of anything.
bool says_excess(const Known& known, const Heard& heard, const Lexicon& lexicon) {
  const std::size_t first = known.span.first, last = known.span.last;
  const bool value = std::all_of(known.readings.begin(), known.readings.end(), is_value);
  const bool behind = first > 0 && lexicon.excess.count(heard.words[first - 1].folded) > 0;
  const bool before = last + 1 < heard.words.size() && lexicon.excess.count(heard.words[last].folded) > 0 && last == first + 1;
  return value && (behind || before);
}

// Whether the phrase begins inside a compound that another one names whole: of "over-ear headphones", "ear headphones".
bool splits_compound(const Known& known, const Heard& heard, const std::vector<Known>& all) {
  const std::size_t first = known.span.first;
  if (first == 0 || heard.text.substr(heard.words[first - 1].end, heard.words[first].start - heard.words[first - 1].end) != "-") return false;
  return std::any_of(all.begin(), all.end(), [&](const Known& other) { return other.span.covers(first - 1) && other.span.covers(first); });
}

// "the text needs to be sharp": an everyday word in small letters is no brand, but before the name of a thing ("a sharp tv"), behind "from",
// or by itself.
bool everyday_word(const WordSpan& span, std::string_view text, const std::vector<text::Word>& words, const std::vector<Known>& all, const Lexicon& lexicon) {
  const text::Word& word = words[span.first];
  if (span.last != span.first + 1 || !lexicon.everyday.count(word.folded) || words.size() < 3 || text.substr(word.start, word.end - word.start) != word.folded) return false;
  if (span.first > 0 && lexicon.modifiers.count(words[span.first - 1].folded) && !lexicon.own.count(words[span.first - 1].folded)) return false;
  return std::none_of(all.begin(), all.end(), [&](const Known& next) { return next.span.first == span.last && std::any_of(next.readings.begin(), next.readings.end(), is_noun); });
}

// "2 metres" is a length, whatever has it in its name.
bool only_measures(const Known& known, std::string_view text, const std::vector<text::Word>& words) {
  const std::size_t from = words[known.span.first].start, to = words[known.span.last - 1].end;
  const auto measures = find_measures(text.substr(from, to - from));
  return measures.size() == 1 && measures.front().has_unit && measures.front().start == 0 && measures.front().end == to - from;
}

// How many products are of a kind that the word ends: "camera" of digital cameras and security cameras.
std::size_t count_called(const std::string& word, const Vocabulary& vocabulary) {
  std::size_t count = 0;
  for (const std::string& kind : vocabulary.names("kind")) {
    const auto parts = text::words(kind);
    if (!parts.empty() && text::stem(parts.back().folded) == text::stem(word)) count += vocabulary.count(kind);
  }
  return count;
}

// Readings that nobody means: words that compare ("heavy", "bigger") as values, wishes behind "something" as things ("something light", in a
// shop with lights), and a noun for things of which the shop has few where the same word is a value of many others ("black", "laser").
void drop_unlikely(Known& known, const std::vector<text::Word>& words, const Lexicon& lexicon, const Vocabulary& vocabulary) {
  std::size_t as_noun = 0, as_value = 0;
  const std::string& word = words[known.span.first].folded;
  const bool wished = known.span.last == known.span.first + 1 && known.span.first > 0 && lexicon.indefinite.count(words[known.span.first - 1].folded) > 0 &&
                      std::any_of(lexicon.scales.begin(), lexicon.scales.end(), [&](const Scale& scale) { return std::find(scale.leaning.begin(), scale.leaning.end(), word) != scale.leaning.end(); });
  if (wished) std::erase_if(known.readings, [](const Mention& mention) { return is_noun(mention) || is_value(mention); });
  const bool compares = known.span.last == known.span.first + 1 && std::any_of(lexicon.scales.begin(), lexicon.scales.end(), [&](const Scale& scale) {
    return std::find(scale.words.begin(), scale.words.end(), word) != scale.words.end() || std::find(scale.plain.begin(), scale.plain.end(), word) != scale.plain.end();
  });
  const bool unit = known.span.last == known.span.first + 1 && known.span.first > 0 && find_unit(word) && words[known.span.first - 1].folded.find_first_not_of("0123456789.") == std::string::npos;
  if (compares || unit) std::erase_if(known.readings, is_value);
  if (compares) std::erase_if(known.readings, [](const Mention& mention) { return is_noun(mention) && mention.confidence < kAsWritten; });  // "lightest" is no light
  const bool describes = known.span.last == known.span.first + 1 && std::any_of(lexicon.describing_ends.begin(), lexicon.describing_ends.end(), [&](const std::string& end) { return word.ends_with(end); });
  if (describes) std::erase_if(known.readings, [&](const Mention& mention) { return is_noun(mention) && text::fold(mention.value).find(word) == std::string::npos; });  // "comfortable" is no comforter
  if (stands_for_thing(known, words, lexicon)) return std::erase_if(known.readings, is_value), void();
  for (const Mention& mention : known.readings) {
    if (is_noun(mention)) as_noun = std::max(as_noun, mention.products);
    else if (is_value(mention)) as_value = std::max(as_value, mention.products);
  }
  if (as_noun == 0 || as_value < kValueOverNoun * as_noun) return;
  const bool one_word = known.span.last == known.span.first + 1;
  if (one_word && as_value < kValueOverNoun * count_called(word, vocabulary)) return;
  std::erase_if(known.readings, is_noun);
}

}  // namespace

const Mention* Known::reading(Mention::What what) const {
  for (const Mention& mention : readings) {
    if (mention.what == what) return &mention;
  }
  return nullptr;
}

bool Heard::has(Act act) const { return std::find(acts.begin(), acts.end(), act) != acts.end(); }

void Listener::hear_acts(Heard& heard) const {
  std::vector<std::pair<std::size_t, Act>> found;
  for (const auto& [act, pattern] : lexicon_.acts) {
    if (!pattern.find(heard.words)) continue;
    const auto same = std::find_if(found.begin(), found.end(), [&, a = act](const auto& entry) { return entry.second == a; });
    if (same == found.end()) found.emplace_back(pattern.weight(), act);
    else same->first = std::max(same->first, pattern.weight());
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  for (const auto& [weight, act] : found) heard.acts.push_back(act);
  if (takes_back(heard.words, lexicon_)) std::erase_if(heard.acts, [](Act act) { return std::find(std::begin(kTakenBack), std::end(kTakenBack), act) != std::end(kTakenBack); });
  const auto first = std::find_if(heard.words.begin(), heard.words.end(), [&](const text::Word& word) { return lexicon_.openers.count(word.folded) == 0 && lexicon_.sighing.count(word.folded) == 0; });  // "and what ink does it take"
  if (first != heard.words.end()) heard.question = lexicon_.question_words.count(first->folded) > 0;
  heard.question = heard.question || heard.text.find('?') != std::string::npos;
  const auto says = [&](const std::unordered_set<std::string>& set) { return std::any_of(heard.words.begin(), heard.words.end(), [&](const text::Word& word) { return set.count(word.folded) > 0; }); };
  if (heard.question && says(lexicon_.asking) && !says(lexicon_.adding)) std::erase(heard.acts, Act::kAdd);  // "do any of them have it?"
  for (const text::Word& word : heard.words) heard.only = heard.only || lexicon_.only.count(word.folded) > 0;
}

void Listener::hear_indifference(Heard& heard) const {
  heard.indifferent.assign(heard.words.size(), false);
  for (const auto& [act, pattern] : lexicon_.acts) {
    const auto span = act == Act::kAny ? pattern.find(heard.words) : std::nullopt;
    for (std::size_t i = span ? span->first : 0; span && i < span->last; ++i) heard.indifferent[i] = true;
  }
  for (std::size_t i = 2; i < heard.words.size(); ++i) {  // "15 years ago": when, and not what
    if (lexicon_.ago.count(heard.words[i].folded)) heard.indifferent[i - 2] = heard.indifferent[i - 1] = heard.indifferent[i] = true;
  }
}

// Keeps, of overlapping phrases, the longer one, with all its readings.
void Listener::hear_known(Heard& heard) const {
  std::vector<Known> all;
  for (Mention& mention : vocabulary_.recognise(heard.text)) {
    const WordSpan span = span_of(heard.words, mention.start, mention.end);
    if (span.empty() || mention.confidence < kLeastConfidence) continue;
    bool says_something = false;
    for (std::size_t i = span.first; i < span.last; ++i) {
      const std::string& word = heard.words[i].folded;
      says_something = says_something || (!lexicon_.fillers.count(word) && !lexicon_.pronouns.count(word) && !lexicon_.ordinals.count(word));
    }
    if (!says_something) continue;
    const auto same = std::find_if(all.begin(), all.end(), [&](const Known& known) { return known.span == span; });
    if (same == all.end()) all.push_back({span, {std::move(mention)}, false});
    else same->readings.push_back(std::move(mention));
  }
  std::erase_if(all, [&, found = all](const Known& known) { return splits_compound(known, heard, found) || says_excess(known, heard, lexicon_); });
  std::stable_sort(all.begin(), all.end(), [](const Known& a, const Known& b) {
    return double(a.span.last - a.span.first) * a.readings.front().confidence > double(b.span.last - b.span.first) * b.readings.front().confidence;
  });
  const std::vector<bool> negated = negated_words(heard, lexicon_);
  std::vector<bool> covered = heard.indifferent;
  for (const Pattern& pattern : lexicon_.no_values) {
    const auto span = pattern.find(heard.words);
    for (std::size_t i = span ? span->first : 0; span && i < span->last; ++i) covered[i] = true;
  }
  for (const auto& [act, pattern] : lexicon_.acts) {  // "good evening" names nothing, whatever the shop calls "even"; nor does "fine" alone
    const bool talk = act == Act::kGreet || act == Act::kYes || act == Act::kNo || act == Act::kThanks;
    const auto greeting = talk ? pattern.find(heard.words) : std::nullopt;
    if (greeting && greeting->first == 0 && (act == Act::kGreet || greeting->last == heard.words.size())) std::fill(covered.begin(), covered.begin() + std::ptrdiff_t(greeting->last), true);
  }
  for (Known& known : all) {
    bool free = true;
    for (std::size_t i = known.span.first; i < known.span.last; ++i) free = free && !covered[i];
    if (!free) continue;
    for (std::size_t i = known.span.first; i < known.span.last; ++i) covered[i] = true;
    known.negated = negated[known.span.first];
    drop_unlikely(known, heard.words, lexicon_, vocabulary_);
    if (everyday_word(known.span, heard.text, heard.words, all, lexicon_)) std::erase_if(known.readings, [](const Mention& mention) { return mention.what == Mention::What::kBrand; });
    const std::string before = known.span.first > 0 ? heard.words[known.span.first - 1].folded : std::string();
    const bool led = (lexicon_.articles.count(before) && !heard.has(Act::kAdd)) || lexicon_.doing.count(before);  // "a toaster", "let's stay"
    const bool no_name = led && known.span.last == known.span.first + 1;
    if (no_name || only_measures(known, heard.text, heard.words)) std::erase_if(known.readings, [](const Mention& mention) { return mention.what == Mention::What::kProduct; });
    if (!known.readings.empty()) heard.known.push_back(std::move(known));
  }
  std::sort(heard.known.begin(), heard.known.end(), [](const Known& a, const Known& b) { return a.span.first < b.span.first; });
}

void Listener::hear_service(Heard& heard) const {
  for (const auto& [topic, patterns] : lexicon_.policies) {
    for (const Pattern& pattern : patterns) {
      if (heard.topic.empty() && pattern.find(heard.words)) heard.topic = topic;
    }
  }
  for (const auto& [extreme, patterns] : lexicon_.extremes) {
    for (const Pattern& pattern : patterns) {
      if (heard.extreme.empty() && pattern.find(heard.words)) heard.extreme = extreme;
    }
  }
  for (const Ask& ask : lexicon_.asks) {
    if (heard.asked.empty() && ask.pattern.find(heard.words)) heard.asked = ask.attributes;
  }
  const auto tokens = raw_tokens(heard.text);
  const bool email = std::any_of(tokens.begin(), tokens.end(), [](const std::string& token) { return token.find('@') != std::string::npos; });
  if (email && !heard.has(Act::kOrder)) heard.acts.push_back(Act::kOrder);  // an address is only ever given for an order
  for (const std::string& token : tokens) {
    const auto& codes = playbook_.guardrails.discounts;
    const bool listed = codes && std::find(codes->begin(), codes->end(), token) != codes->end();
    const bool bare = heard.known.empty() && !heard.question && looks_like_code(token) && spells_code(token) && alone_with(token, heard.words, lexicon_);
    if ((listed || bare) && !heard.has(Act::kDiscount)) heard.acts.insert(heard.acts.begin(), Act::kDiscount);
  }
  for (std::size_t i = 1; i < tokens.size(); ++i) {  // "try SAVE10", "has order F-301 arrived"
    const std::string before = text::fold(tokens[i - 1]);
    const bool code = lexicon_.entering.count(before) && looks_like_code(tokens[i]) && has_digit(tokens[i]);
    const bool order = lexicon_.ordering.count(before) && has_digit(tokens[i]) && tokens[i].size() >= kShortestOrder;
    if (code && !heard.has(Act::kDiscount)) heard.acts.insert(heard.acts.begin(), Act::kDiscount);
    if (order && !heard.has(Act::kOrder)) heard.acts.insert(heard.acts.begin(), Act::kOrder);
  }
  for (const std::string& token : tokens) {
    if (token.find('@') != std::string::npos && token.find('.', token.find('@')) != std::string::npos) heard.email = token;
    else if (heard.has(Act::kDiscount) && heard.code.empty() && looks_like_code(token)) heard.code = token;
    else if (heard.has(Act::kOrder) && has_digit(token)) heard.order = token.front() == '#' && token.size() > 1 ? token.substr(1) : token;
  }
}

// "my hairdryer just died", "my old printer is driving me mad ... a new one": what the clause [start, next) says is had, is wanted again.
void Listener::want_again(Heard& heard, std::size_t start, std::size_t next) const {
  const auto thing = std::find_if(heard.known.begin(), heard.known.end(), [&](const Known& known) {
    return known.span.first >= start && known.span.last <= next && std::any_of(known.readings.begin(), known.readings.end(), is_noun);
  });
  std::size_t first = start + 1, last = first;
  if (thing != heard.known.end()) {
    first = thing->span.first;
    last = thing->span.last;
  } else if (lexicon_.own.count(heard.words[start].folded)) {
    const auto ends = [&](const std::string& word) { return lexicon_.fillers.count(word) || lexicon_.being.count(word) || lexicon_.worn_out.count(word); };
    while (last < next && !ends(heard.words[last].folded)) ++last;
    if (last < next && lexicon_.indefinite.count(heard.words[last].folded)) return;  // "my old one"
  }
  for (std::size_t i = first; i < last; ++i) heard.aside[i] = false;
}

// "my hallway door is only 76 cm wide", "we sit 9 feet away and the room has big windows": clauses that tell of the shopper's life. Their
// figures measure nothing that is for sale.
void Listener::hear_asides(Heard& heard) const {
  const auto& words = heard.words;
  bool another = false;  // "a new one"
  for (std::size_t i = 1; i < words.size(); ++i) another = another || (lexicon_.indefinite.count(words[i].folded) && lexicon_.renewing.count(words[i - 1].folded));
  heard.anew = another || std::any_of(words.begin(), words.end(), [&](const text::Word& word) { return lexicon_.worn_out.count(word.folded) > 0; });
  heard.aside.assign(words.size(), false);
  const auto subject = [&](std::size_t i) { return i < words.size() && (lexicon_.first_person.count(words[i].folded) || lexicon_.the.count(words[i].folded)); };
  const auto wants = [&](std::size_t i) { return i < words.size() && lexicon_.wanting.count(words[i].folded) > 0; };
  for (std::size_t first = 0, next = 0; first < words.size(); first = next) {
    next = first + 1;
    while (next < words.size() && !has_break(heard.text, words[next - 1].end, words[next].start) &&
           !(lexicon_.joiners.count(words[next].folded) && (subject(next + 1) || wants(next + 1)))) {
      ++next;
    }
    const auto any = [&](const std::unordered_set<std::string>& set) {
      return std::any_of(words.begin() + std::ptrdiff_t(first), words.begin() + std::ptrdiff_t(next), [&](const text::Word& word) { return set.count(word.folded) > 0; });
    };
    const std::size_t start = lexicon_.joiners.count(words[first].folded) ? first + 1 : first;
    for (std::size_t i = first; i + 2 < next; ++i) {  // "preferably as a set": says how, it names none
      if (!lexicon_.same.count(words[i].folded) || !lexicon_.articles.count(words[i + 1].folded) || !lexicon_.together.count(words[i + 2].folded)) continue;
      std::erase_if(heard.known, [&](const Known& known) { return known.span.covers(i + 2); });
      heard.aside[i + 2] = true;
    }
    for (std::size_t i = first + 1; i < next; ++i) {
      if (lexicon_.distant.count(words[i].folded)) heard.aside[i - 1] = heard.aside[i] = true;  // "2.5 m away"
    }
    if (!subject(start) || lexicon_.pronouns.count(words[start].folded)) continue;
    bool wanted = any(lexicon_.price);
    for (std::size_t i = first; i < next; ++i) {
      const bool enjoyed = lexicon_.enjoying.count(words[i].folded) && i + 1 < next && words[i + 1].folded.ends_with("ing");
      wanted = wanted || (lexicon_.wanting.count(words[i].folded) && !enjoyed);
    }
    const bool aside = (lexicon_.first_person.count(words[start].folded) || any(lexicon_.being)) && !wanted;
    for (std::size_t i = first; aside && i < next; ++i) heard.aside[i] = true;
    const bool wanted_anew = aside && (another || any(lexicon_.worn_out));
    if (wanted_anew) want_again(heard, start, next);
  }
}

// The words that no number is looked for in, beside those taken: names of values ("windows 10"), and what names nothing ("15 years ago").
std::vector<bool> without_figures(const Heard& heard, std::vector<bool> taken) {
  for (const Known& known : heard.known) {
    const Mention* value = known.reading(Mention::What::kAttributeValue);
    const bool name = value && value->value.find(' ') != std::string::npos && !parse_measure(value->value);
    for (std::size_t i = known.span.first; name && i < known.span.last; ++i) taken[i] = true;
  }
  for (std::size_t i = 0; i < taken.size(); ++i) taken[i] = taken[i] || heard.indifferent[i];
  return taken;
}

// "300 GB is way too small, at least 1 TB", "under 200, not around it": of two amounts, the one that was refused is no wish.
void leave_out_rejected(Heard& heard, const Lexicon& lexicon) {
  const auto refused = [&](const NumberPhrase& number) {
    if (number.negated && number.around) return true;  // "under 200, not around 200"
    const std::size_t last = number.span.last;
    if (last >= heard.words.size() || !lexicon.being.count(heard.words[last].folded)) return false;
    for (std::size_t i = last + 1; i < heard.words.size() && i < last + 4; ++i) {
      if (lexicon.excess.count(heard.words[i].folded)) return true;
    }
    return false;
  };
  std::erase_if(heard.numbers, [&, all = heard.numbers](const NumberPhrase& number) {
    const auto instead = [&](const NumberPhrase& other) { return other.bounded && !refused(other) && other.low.unit.dimension == number.low.unit.dimension && other.money == number.money; };
    return refused(number) && std::any_of(all.begin(), all.end(), instead);
  });
}

// "just as big", "the same size": the scales on which a thing must not fall behind.
void Listener::hear_kept(Heard& heard) const {
  for (std::size_t i = 0; i + 1 < heard.words.size(); ++i) {
    if (!lexicon_.same.count(heard.words[i].folded)) continue;
    const std::string& word = heard.words[i + 1].folded;
    for (const Scale& scale : lexicon_.scales) {
      const auto in = [&](const std::vector<std::string>& list) { return std::find(list.begin(), list.end(), word) != list.end(); };
      if (!in(scale.leaning) && !in(scale.plain) && !in(scale.attributes)) continue;
      heard.kept.push_back(&scale);
      break;
    }
  }
}

Heard Listener::hear(std::string_view text, std::string_view kind) const {
  {
    const std::lock_guard lock(mutex_);
    for (const Remembered& one : recent_) {
      if (one.heard && one.heard->text == text && one.kind == kind) return *one.heard;
    }
  }
  auto heard = std::make_shared<const Heard>(hear_anew(text, kind));
  const std::lock_guard lock(mutex_);
  recent_[oldest_++ % recent_.size()] = {std::string(kind), heard};
  return *heard;
}

Heard Listener::hear_anew(std::string_view text, std::string_view kind) const {
  Heard heard;
  heard.text = std::string(text);
  heard.words = text::words(heard.text);
  if (heard.words.empty()) return heard;
  hear_acts(heard);
  hear_indifference(heard);
  hear_known(heard);
  hear_asides(heard);
  hear_service(heard);
  std::vector<bool> taken(heard.words.size(), false);
  for (const Known& known : heard.known) {
    if (!known.reading(Mention::What::kProduct) && !known.reading(Mention::What::kKind)) continue;
    for (std::size_t i = known.span.first; i < known.span.last; ++i) taken[i] = true;
  }
  hear_reference(heard);
  hear_options(heard, taken);
  hear_quantity(heard, taken);
  heard.numbers = number_phrases(heard.text, heard.words, without_figures(heard, taken), lexicon_);
  const std::vector<bool> negated = negated_words(heard, lexicon_);
  for (NumberPhrase& number : heard.numbers) {
    const std::size_t first = number.span.first;
    number.points = lexicon_.the.count(heard.words[first].folded) > 0 || (first > 0 && lexicon_.the.count(heard.words[first - 1].folded) > 0);
    number.negated = negated[number.span.last - 1];
  }
  leave_out_rejected(heard, lexicon_);
  hear_wanted(heard, kind, taken);
  hear_currency(heard);
  for (const text::Word& word : heard.words) {
    for (const Scale& scale : lexicon_.scales) {
      if (std::find(scale.words.begin(), scale.words.end(), word.folded) != scale.words.end()) heard.scales.push_back(&scale);
    }
  }
  hear_kept(heard);
  return heard;
}

std::vector<std::string> Listener::clauses(std::string_view text) const {
  const std::vector<text::Word> words = text::words(text);
  std::vector<std::string> found;
  std::size_t start = 0;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string_view gap = text.substr(words[i - 1].end, words[i].start - words[i - 1].end);
    const bool greeted = start == 0 && i <= kLongestGreeting && gap.find(',') != std::string_view::npos && only_greets({words.begin(), words.begin() + std::ptrdiff_t(i)}, lexicon_);
    const bool sentence = greeted || gap.find_first_of("!?;\n") != std::string_view::npos || gap.starts_with(". ");
    const bool joined = lexicon_.openers.count(words[i - 1].folded) > 0 || gap.find(',') != std::string_view::npos;
    if (!sentence && !(joined && lexicon_.clause_starts.count(words[i].folded))) continue;
    const auto opens = [&](const text::Word& word) { return word.start < start || lexicon_.openers.count(word.folded) > 0; };
    if (std::all_of(words.begin(), words.begin() + std::ptrdiff_t(i), opens)) continue;  // "and what ink does it take?"
    found.emplace_back(text.substr(start, words[i].start - start));
    start = words[i].start;
  }
  found.emplace_back(text.substr(start));
  return found;
}

}  // namespace floorwalker::guided
