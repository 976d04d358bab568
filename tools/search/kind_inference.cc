#include "tools/search/kind_inference.h"

#include <algorithm>
#include <cmath>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "agent/core/units.h"
#include "tools/search/analysis.h"
#include "tools/search/index_data.h"

namespace floorwalker::search {
namespace {

// A shop that states the kind of so many of its products is taken at its word.
constexpr double kStatedByMost = 0.8;

constexpr std::size_t kMostHeads = 4096;      // words that may be the noun of a kind
constexpr std::size_t kMostFields = 512;      // attribute names that are looked at
constexpr std::uint32_t kMostLearned = 40000; // products that are learned from; the others are only named
constexpr std::uint32_t kFewestTitles = 3;    // that a noun must stand in
constexpr float kLedToByWords = 0.6f;          // share of its titles in which a word of one brand stands behind others' words, to be a noun
constexpr std::uint32_t kFewestLed = 5;        // titles that it needs for that
constexpr int kRounds = 5;
constexpr std::uint32_t kFewestShared = 8000;  // products that are worth a second thread

// How much each clue counts for a word of a title to be the noun that names the product.
constexpr float kAttributesClue = 0.6f;   // products so named have the attributes that this one has
constexpr float kPlaceClue = 1.0f;        // it stands where a noun phrase ends
constexpr float kHabitClue = 0.7f;        // it is the noun elsewhere, too
constexpr float kStatedClue = 3.0f;       // the shop's own product type has it
constexpr float kAfterForClue = -3.0f;    // it stands after "for", "with"
constexpr float kValueClue = -2.0f;       // it restates an attribute ("black"), here or, in part, elsewhere
constexpr float kSmoothing = 4.0f;        // products' worth of doubt about the attributes of a noun

// Words that say how a thing is, whatever it is, and never what it is.
bool is_quality(std::string_view word) {
  static const std::unordered_set<std::string_view> kWords{
      "black",  "white",    "grey",     "gray",    "silver",  "gold",         "red",        "blue",     "green",   "yellow", "orange",  "pink",     "purple",
      "violet", "brown",    "beige",    "cyan",    "magenta", "transparent",  "male",       "female",   "new",     "old",    "original", "genuine", "premium",
      "pro",    "standard", "basic",    "deluxe",  "ultra",   "professional", "compatible", "universal", "small",  "medium", "large",   "wireless", "portable",
      "mini",   "micro",    "multiple", "single",  "double",  "dual",         "pair",       "pieces",   "piece",   "pcs",    "pack",    "unshielded", "shielded",
      "aluminum", "aluminium", "steel", "plastic", "leather", "metal", "wood", "wooden", "nylon", "cotton", "rubber", "lithium", "ion", "alkaline", "high", "low", "hard", "soft"};
  return kWords.count(word) > 0;
}

// No word for a kind of thing: codes, units, qualities, words of grammar. Two letters are rarely more than a code.
bool names_nothing(std::string_view word) {
  const bool short_name = word == "tv" || word == "pc";
  const bool unit = word.size() == 3 && word != "bar" && find_unit(word);
  return (word.size() < 3 && !short_name) || has_digit(word) || is_stopword(word) || ends_head(word) || is_quality(word) || unit;
}

// A word of a title that may name the product.
struct Candidate {
  std::uint32_t head = 0;   // in heads_
  std::uint32_t place = 0;  // in the title
  float clue = 0;           // from its place and the stated kind: the same in every round
};

// Finds for each product the noun of its title that says what it is. Clues support one another: what attributes the products of a noun have
// is learned from the products that were given the noun in the round before.
class NounFinder {
 public:
  explicit NounFinder(const KindEvidence& evidence) : evidence_(evidence) {}

  // The place of the noun in each title, kNone where there is none.
  std::vector<std::uint32_t> run() {
    choose_heads();
    choose_fields();
    for (std::uint32_t doc = 0; doc < evidence_.docs; ++doc) collect(doc);
    first_candidate_.push_back(static_cast<std::uint32_t>(candidates_.size()));
    first_column_.push_back(static_cast<std::uint32_t>(columns_.size()));
    chosen_.assign(evidence_.docs, kNone);
    const auto step = static_cast<std::uint32_t>(evidence_.docs / kMostLearned + 1);
    for (int round = 0; round < kRounds; ++round) {
      choose_every(step);
      learn(step);
    }
    choose_every(1);
    std::vector<std::uint32_t> places(evidence_.docs, kNone);
    for (std::uint32_t doc = 0; doc < evidence_.docs; ++doc) {
      if (chosen_[doc] != kNone) places[doc] = candidates_[chosen_[doc]].place;
    }
    return places;
  }

 private:
  // What is known of a word that stands in titles.
  struct Seen {
    std::uint32_t titles = 0, last_doc = kNone, brand = kNone, of_brand = 0, as_value = 0;
    std::uint32_t led = 0;  // titles in which a word that several brands use leads to it
    bool of_one_brand() const { return brand != kNone && static_cast<float>(of_brand) > 0.9f * static_cast<float>(titles); }
  };

  // Words without digits that stand in several titles, with more than one brand or behind other words: "Pavilion" is a line of one brand, no
  // noun, but the "laptop cooler" of one brand is a thing.
  void choose_heads() {
    std::vector<Seen> seen(evidence_.terms);
    for (std::uint32_t doc = 0; doc < evidence_.docs; ++doc) see(doc, seen);
    const auto step = static_cast<std::uint32_t>(evidence_.docs / kMostLearned + 1);
    for (std::uint32_t doc = 0; doc < evidence_.docs; doc += step) see_led(doc, seen);
    std::vector<std::uint32_t> order;
    for (std::uint32_t term = 0; term < evidence_.terms; ++term) {
      const std::string_view word = evidence_.surface(term);
      const bool led = seen[term].titles >= kFewestLed && static_cast<float>(seen[term].led * step) >= kLedToByWords * static_cast<float>(seen[term].titles);
      const bool one_brand = seen[term].of_one_brand() && !led;
      if (seen[term].titles < kFewestTitles || one_brand || names_nothing(word)) continue;
      order.push_back(term);
    }
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return seen[a].titles != seen[b].titles ? seen[a].titles > seen[b].titles : a < b; });
    if (order.size() > kMostHeads) order.resize(kMostHeads);
    head_of_term_.assign(evidence_.terms, kNone);
    for (const std::uint32_t term : order) {
      head_of_term_[term] = static_cast<std::uint32_t>(heads_.size());
      heads_.push_back(seen[term]);
    }
  }

  void see(std::uint32_t doc, std::vector<Seen>& seen) const {
    const KindEvidence::Doc one = evidence_.doc(doc);
    for (const std::uint32_t term : one.title) {
      if (term == kTitleBreak || seen[term].last_doc == doc) continue;
      Seen& entry = seen[term];
      entry.last_doc = doc;
      ++entry.titles;
      // Majority vote over brands: right whenever one brand has more than half.
      if (entry.of_brand == 0) entry.brand = one.brand, entry.of_brand = 1;
      else if (entry.brand == one.brand) ++entry.of_brand;
      else --entry.of_brand;
      if (holds(one.value_terms, term)) ++entry.as_value;
    }
  }

  void see_led(std::uint32_t doc, std::vector<Seen>& seen) const {
    const KindEvidence::Doc one = evidence_.doc(doc);
    for (std::size_t place = 1; place < one.title.size(); ++place) {
      const std::uint32_t term = one.title[place], before = one.title[place - 1];
      if (term == kTitleBreak || before == kTitleBreak || !seen[term].of_one_brand()) continue;
      if (!seen[before].of_one_brand() && !holds(one.brand_terms, before) && !has_digit(evidence_.surface(before))) ++seen[term].led;
    }
  }

  void choose_fields() {
    const std::vector<std::uint32_t>& docs = evidence_.field_docs;
    std::vector<std::uint32_t> order;
    for (std::uint32_t field = 0; field < docs.size(); ++field) {
      if (docs[field] >= kFewestTitles) order.push_back(field);
    }
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return docs[a] != docs[b] ? docs[a] > docs[b] : a < b; });
    if (order.size() > kMostFields) order.resize(kMostFields);
    column_of_field_.assign(docs.size(), kNone);
    for (const std::uint32_t field : order) {
      column_of_field_[field] = static_cast<std::uint32_t>(share_.size());
      share_.push_back(static_cast<float>(docs[field]) / static_cast<float>(evidence_.docs));
    }
  }

  static bool holds(std::span<const std::uint32_t> terms, std::uint32_t term) { return std::find(terms.begin(), terms.end(), term) != terms.end(); }

  // Share of the titles with the word in which it restates an attribute's value.
  float valueness(std::uint32_t head) const { return static_cast<float>(heads_[head].as_value) / static_cast<float>(heads_[head].titles); }

  void collect(std::uint32_t doc) {
    first_candidate_.push_back(static_cast<std::uint32_t>(candidates_.size()));
    first_column_.push_back(static_cast<std::uint32_t>(columns_.size()));
    const KindEvidence::Doc one = evidence_.doc(doc);
    for (const std::uint32_t field : one.fields) {
      if (column_of_field_[field] != kNone) columns_.push_back(static_cast<std::uint16_t>(column_of_field_[field]));
    }
    bool after_for = false;
    for (std::uint32_t place = 0; place < one.title.size(); ++place) {
      const std::uint32_t term = one.title[place];
      if (term == kTitleBreak) continue;
      after_for = after_for || (place > 0 && ends_head(evidence_.surface(term)));
      // "6 pc(s)", "30 m": what a number counts is no name for the product.
      const bool counted = place > 0 && one.title[place - 1] != kTitleBreak && all_digits(evidence_.surface(one.title[place - 1]));
      if (head_of_term_[term] == kNone || counted || holds(one.brand_terms, term)) continue;
      candidates_.push_back({head_of_term_[term], place, clue(one, place, after_for)});
    }
  }

  float clue(const KindEvidence::Doc& one, std::uint32_t place, bool after_for) const {
    const std::uint32_t term = one.title[place];
    const std::uint32_t head = head_of_term_[term];
    float sum = kValueClue * std::max(holds(one.value_terms, term) ? 1.0f : 0.0f, valueness(head));
    if (phrase_ends_after(one.title, place)) sum += kPlaceClue;
    if (after_for) sum += kAfterForClue;
    if (one.stated != kNone && holds(evidence_.stated_terms[one.stated], term)) sum += evidence_.stated_terms[one.stated].back() == term ? kStatedClue : kStatedClue / 3;
    return sum;
  }

  bool phrase_ends_after(std::span<const std::uint32_t> title, std::uint32_t place) const {
    if (place + 1 >= title.size() || title[place + 1] == kTitleBreak) return true;
    const std::string_view next = evidence_.surface(title[place + 1]);
    const std::uint32_t head = head_of_term_[title[place + 1]];
    return has_digit(next) || ends_head(next) || is_stopword(next) || (head != kNone && valueness(head) > 0.3f);
  }

  // How well a product's attributes fit a noun: the mean over its attributes of how much likelier they are with it.
  float fit(std::uint32_t head, std::uint32_t doc) const {
    const std::uint32_t begin = first_column_[doc], end = first_column_[doc + 1];
    if (begin == end) return 0;
    float sum = 0;
    for (std::uint32_t i = begin; i < end; ++i) sum += likelier_[head * share_.size() + columns_[i]];
    return sum / static_cast<float>(end - begin);
  }

  // For every `step`th product. Each is chosen for by itself, so two threads share the work and the result is the same.
  void choose_every(std::uint32_t step) {
    const auto count = static_cast<std::uint32_t>((evidence_.docs + step - 1) / step);
    const auto part = [this, step](std::uint32_t first, std::uint32_t last) {
      for (std::uint32_t i = first; i < last; ++i) choose(i * step);
    };
    if (count < kFewestShared) return part(0, count);
    const std::jthread second(part, count / 2, count);
    part(0, count / 2);
  }

  void choose(std::uint32_t doc) {
    float best = -1e9f;
    for (std::uint32_t i = first_candidate_[doc]; i < first_candidate_[doc + 1]; ++i) {
      const Candidate& one = candidates_[i];
      float score = one.clue;
      if (!likelier_.empty()) score += kAttributesClue * fit(one.head, doc) + kHabitClue * habit_[one.head];
      if (score >= best) best = score, chosen_[doc] = i;  // of equals the last: a phrase's noun is its last word
    }
  }

  void learn(std::uint32_t step) {
    std::vector<float> members(heads_.size());
    likelier_.assign(heads_.size() * share_.size(), 0);
    for (std::uint32_t doc = 0; doc < evidence_.docs; doc += step) {
      if (chosen_[doc] == kNone) continue;
      const std::uint32_t head = candidates_[chosen_[doc]].head;
      ++members[head];
      for (std::uint32_t i = first_column_[doc]; i < first_column_[doc + 1]; ++i) ++likelier_[head * share_.size() + columns_[i]];
    }
    habit_.resize(heads_.size());
    for (std::size_t head = 0; head < heads_.size(); ++head) {
      habit_[head] = std::log((members[head] * static_cast<float>(step) + 0.5f) / (static_cast<float>(heads_[head].titles) + 1.0f));
      for (std::size_t column = 0; column < share_.size(); ++column) {
        float& cell = likelier_[head * share_.size() + column];
        cell = std::log((cell + kSmoothing * share_[column]) / ((members[head] + kSmoothing) * share_[column]));
      }
    }
  }

  const KindEvidence& evidence_;
  std::vector<std::uint32_t> head_of_term_;
  std::vector<Seen> heads_;
  std::vector<std::uint32_t> column_of_field_;
  std::vector<float> share_;                     // of each column: products that have the attribute
  std::vector<Candidate> candidates_;
  std::vector<std::uint32_t> first_candidate_;   // of each product, and one more
  std::vector<std::uint16_t> columns_;
  std::vector<std::uint32_t> first_column_;      // of each product, and one more
  std::vector<std::uint32_t> chosen_;            // of each product: a candidate
  std::vector<float> habit_;                     // of each head: how often it is the noun where it stands (log)
  std::vector<float> likelier_;                  // heads x columns: how much likelier the attribute is with the noun (log)
};

// Names kinds by their noun and, where it is usual, the word before it: "notebook case".
class KindNamer {
 public:
  KindNamer(const KindEvidence& evidence, const std::vector<std::uint32_t>& places) : evidence_(evidence), places_(places) {}

  InferredKinds run() {
    noun_of_.assign(evidence_.docs, kNone);
    before_of_.assign(evidence_.docs, kNone);
    for (std::uint32_t doc = 0; doc < evidence_.docs; ++doc) {
      if (places_[doc] == kNone) continue;
      const KindEvidence::Doc one = evidence_.doc(doc);
      noun_of_[doc] = one.title[places_[doc]];
      before_of_[doc] = word_before(one, places_[doc]);
      ++nouns_[noun_of_[doc]];
      if (before_of_[doc] != kNone) ++pairs_[key(before_of_[doc], noun_of_[doc])];
    }
    for (std::uint32_t doc = 0; doc < evidence_.docs; ++doc) add(doc);
    result_.first.push_back(static_cast<std::uint32_t>(result_.of.size()));
    return std::move(result_);
  }

 private:
  static std::uint64_t key(std::uint32_t before, std::uint32_t noun) { return (static_cast<std::uint64_t>(before) << 32) | noun; }

  static bool holds(std::span<const std::uint32_t> terms, std::uint32_t term) { return std::find(terms.begin(), terms.end(), term) != terms.end(); }

  std::uint32_t word_before(const KindEvidence::Doc& one, std::uint32_t place) const {
    if (place < 1 || one.title[place - 1] == kTitleBreak) return kNone;
    const std::uint32_t term = one.title[place - 1];
    const std::string_view word = evidence_.surface(term);
    const bool led = place > 1 && one.title[place - 2] != kTitleBreak && is_stopword(evidence_.surface(one.title[place - 2]));  // "in-ear headphones"
    const bool part_of_name = word.size() > 1 && !has_digit(word) && !is_stopword(word) && !ends_head(word) && !led;
    return part_of_name && !holds(one.brand_terms, term) && !holds(one.value_terms, term) ? term : kNone;
  }

  void add(std::uint32_t doc) {
    result_.first.push_back(static_cast<std::uint32_t>(result_.of.size()));
    const std::uint32_t own = evidence_.stated[doc];
    const bool stated = own != kNone && !has_digit(evidence_.stated_names[own]);
    if (stated) result_.of.push_back(stated_kind(own));
    const std::uint32_t noun = noun_of_[doc], before = before_of_[doc];
    if (noun == kNone || nouns_[noun] < kFewestTitles) return;
    std::vector<std::uint32_t> terms{noun};
    if (before != kNone && pairs_[key(before, noun)] >= std::max<std::uint32_t>(5, nouns_[noun] / 30)) terms.insert(terms.begin(), before);
    const std::uint32_t kind = inferred_kind(terms);
    if (!stated || result_.of.back() != kind) result_.of.push_back(kind);
  }

  std::uint32_t stated_kind(std::uint32_t stated) { return kind_of(evidence_.stated_terms[stated], evidence_.stated_names[stated], true); }

  std::uint32_t inferred_kind(const std::vector<std::uint32_t>& terms) {
    std::string name;
    for (const std::uint32_t term : terms) name += (name.empty() ? "" : " ") + std::string(evidence_.surface(term));
    return kind_of(terms, name, false);
  }

  std::uint32_t kind_of(const std::vector<std::uint32_t>& terms, const std::string& name, bool stated) {
    std::string id;
    for (const std::uint32_t term : terms) id += std::to_string(term) + " ";
    const auto [at, fresh] = numbers_.emplace(std::move(id), static_cast<std::uint32_t>(result_.kinds.size()));
    if (fresh) result_.kinds.push_back({name, terms, stated});
    return at->second;
  }

  const KindEvidence& evidence_;
  const std::vector<std::uint32_t>& places_;
  InferredKinds result_;
  std::vector<std::uint32_t> noun_of_, before_of_;  // of each product: terms
  std::unordered_map<std::uint32_t, std::uint32_t> nouns_;
  std::unordered_map<std::uint64_t, std::uint32_t> pairs_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

InferredKinds stated_kinds(const KindEvidence& evidence) {
  InferredKinds result;
  for (std::size_t i = 0; i < evidence.stated_names.size(); ++i) result.kinds.push_back({evidence.stated_names[i], evidence.stated_terms[i], true});
  for (std::uint32_t doc = 0; doc < evidence.docs; ++doc) {
    result.first.push_back(static_cast<std::uint32_t>(result.of.size()));
    const std::uint32_t stated = evidence.stated[doc];
    if (stated != kNone) result.of.push_back(stated);
  }
  result.first.push_back(static_cast<std::uint32_t>(result.of.size()));
  return result;
}

}  // namespace

InferredKinds infer_kinds(const KindEvidence& evidence) {
  std::size_t stated = 0;
  for (std::uint32_t doc = 0; doc < evidence.docs; ++doc) stated += evidence.stated[doc] != kNone;
  if (static_cast<double>(stated) >= kStatedByMost * static_cast<double>(evidence.docs)) return stated_kinds(evidence);
  const std::vector<std::uint32_t> places = NounFinder(evidence).run();
  return KindNamer(evidence, places).run();
}

}  // namespace floorwalker::search
