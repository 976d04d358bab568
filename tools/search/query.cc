#include "tools/search/query.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "agent/core/text.h"
#include "tools/search/analysis.h"

namespace floorwalker::search {
namespace {

constexpr std::size_t kMostConcepts = 31;
constexpr std::size_t kLongestKindName = 4;

constexpr float kJoined = 0.9f;
constexpr float kJoinedBesideSplit = 0.3f;  // the catalogue writes it as two words, too
constexpr float kSplit = 0.9f;
constexpr float kSynonym = 0.8f;

// A word that more products have is not taken apart: the catalogue writes it so.
constexpr std::uint32_t kSplitUpTo = 20;

// Words that count or measure things behind an "of".
bool measures_things(std::string_view word) {
  static constexpr std::array<std::string_view, 14> kWords{"pair", "pairs", "set", "sets", "couple", "pack", "packs", "box", "boxes", "piece", "pieces", "kind", "sort", "type"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

// Turns the words of a query into concepts and finds the kind of thing among them.
class Understanding {
 public:
  Understanding(const Lexicon& lexicon, std::string_view words) : lexicon_(lexicon), data_(lexicon.data()), text_(words), tokens_(tokenise(words)) {}

  Query run() {
    correct_spelling();
    find_kind();
    find_brands();
    for (std::size_t at = 0; at < tokens_.size() && query_.concepts.size() < kMostConcepts; ++at) add_concept(at);
    find_head();
    for (const Token& token : tokens_) query_.words += (query_.words.empty() ? "" : " ") + token.folded;
    return std::move(query_);
  }

 private:
  // Whether the part of the query that names the thing ends before this token: not at the "of" of a measure.
  bool head_ends(std::size_t at) const {
    const bool measured = at > 0 && tokens_[at].folded == "of" && measures_things(tokens_[at - 1].folded);
    return ends_head(tokens_[at].folded) && !measured;
  }

  bool known(const std::string& folded) const { return lexicon_.term_of(folded) != kNone; }

  void correct_spelling() {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      std::string& word = tokens_[i].folded;
      if (known(word) || is_stopword(word)) continue;
      const bool joins = (i > 0 && known(tokens_[i - 1].folded + word)) || (i + 1 < tokens_.size() && known(word + tokens_[i + 1].folded));
      if (joins || !lexicon_.split(word).empty() || !lexicon_.other_names(word).empty()) continue;
      const std::string better = lexicon_.correct(word);
      if (better.empty()) continue;
      query_.corrections.push_back(word + " -> " + better);
      word = better;
    }
  }

  // The phrase that names the kind: in the part before "for", "with" ..., the longest that ends furthest to the right. What the thing is for
  // or comes with never names it, unless nothing stands before.
  void find_kind() {
    std::size_t begin = 0;
    while (begin < tokens_.size() && is_stopword(tokens_[begin].folded)) ++begin;
    std::size_t end = begin;
    for (; end < tokens_.size() && !(end > begin && head_ends(end)); ++end) {
      if (end > begin && ends_head(tokens_[end].folded)) begin = end + 1;  // "a pair of headphones": what stands before only measures
    }
    for (std::size_t last = end; last > begin; --last) {
      if (!is_stopword(tokens_[last - 1].folded) && find_kind_ending(begin, last)) return;
    }
  }

  bool find_kind_ending(std::size_t begin, std::size_t last) {
    for (std::size_t first = last - std::min(last - begin, kLongestKindName); first < last; ++first) {
      std::string phrase;
      for (std::size_t i = first; i < last; ++i) phrase += (phrase.empty() ? "" : " ") + tokens_[i].folded;
      Scope scope = lexicon_.scope_of(phrase);
      if (scope.empty() && last - first == 2) scope = lexicon_.scope_of(tokens_[first].folded + tokens_[first + 1].folded);
      if (scope.empty() && last - first == 1) {
        const std::vector<std::string> parts = lexicon_.split(phrase);
        if (!parts.empty()) scope = lexicon_.scope_of(parts[0] + " " + parts[1]);
      }
      if (scope.empty()) continue;
      query_.scope = std::move(scope);
      query_.kind = phrase;
      kind_first_ = first;
      kind_last_ = last;
      return true;
    }
    return false;
  }

  // Brands named by up to three words in a row.
  void find_brands() {
    for (std::size_t first = 0; first < tokens_.size(); ++first) {
      std::string stems;
      for (std::size_t last = first; last < std::min(tokens_.size(), first + 3); ++last) {
        stems += (stems.empty() ? "" : " ") + stem_of(tokens_[last].folded);
        for (const PhraseRow& row : data_.phrases_of(stems)) {
          if (row.what == PhraseRow::What::kValue && data_.fields[data_.values[row.id].field].source == FieldSource::kBrand) query_.brands.push_back(row.id);
        }
      }
    }
  }

  void add_concept(std::size_t at) {
    const Token& token = tokens_[at];
    const bool in_kind = at >= kind_first_ && at < kind_last_;
    if (is_stopword(token.folded) && !in_kind) return;
    if (at > 0 && taken_ > at) return;
    Concept one;
    one.first_token = at;
    one.in_head = in_kind;
    one.text = token.folded;
    const Quantity quantity = quantity_at(text_, tokens_, at);
    if (quantity.tokens > 0) {
      one.text = quantity.folded;
      add_word(one, quantity.folded, 1);
      add_word(one, token.folded, 0.5f);
      taken_ = at + quantity.tokens;
    } else {
      add_word(one, token.folded, 1);
      if (const std::string joined = hyphenated_at(tokens_, at); !joined.empty()) add_word(one, joined, kJoined);
    }
    add_compounds(one, at);
    if (one.alternatives.empty() && query_.concepts.size() > 0 && known(tokens_[at - 1].folded + token.folded)) return;  // met by the joined form
    add_synonyms(one, token.folded);
    set_idf(one);
    query_.concepts.push_back(std::move(one));
  }

  void add_word(Concept& one, const std::string& folded, float weight) {
    const std::uint32_t term = lexicon_.term_of(folded);
    if (term == kNone) return;
    for (const Alternative& other : one.alternatives) {
      if (other.terms.size() == 1 && other.terms[0] == term) return;
    }
    one.alternatives.push_back({{term}, weight});
  }

  // "note book" is also "notebook"; both words take the joined form. "smartphone" is also "smart phone".
  void add_compounds(Concept& one, std::size_t at) {
    const auto word = [&](std::size_t i) { return i < tokens_.size() && !is_stopword(tokens_[i].folded) ? tokens_[i].folded : std::string(); };
    if (!word(at + 1).empty()) add_joined(one, word(at), word(at + 1));
    if (at > 0 && !word(at - 1).empty()) add_joined(one, word(at - 1), word(at));
    if (!one.alternatives.empty() && data_.terms[one.alternatives.front().terms[0]].docs > kSplitUpTo) return;
    const std::vector<std::string> parts = lexicon_.split(word(at));
    if (parts.empty()) return;
    Alternative both{{}, kSplit};
    for (const std::string& part : parts) both.terms.push_back(lexicon_.term_of(part));
    one.alternatives.push_back(std::move(both));
  }

  void add_joined(Concept& one, const std::string& first, const std::string& second) {
    if (!known(first + second)) return;
    add_word(one, first + second, lexicon_.side_by_side(first, second) ? kJoinedBesideSplit : kJoined);
  }

  void add_synonyms(Concept& one, const std::string& folded) {
    for (const std::string& other : lexicon_.other_names(folded)) {
      Alternative alternative{{}, kSynonym};
      for (const Token& token : tokenise(other)) alternative.terms.push_back(lexicon_.term_of(token.folded));
      const bool whole = std::find(alternative.terms.begin(), alternative.terms.end(), kNone) == alternative.terms.end();
      if (whole && !alternative.terms.empty()) one.alternatives.push_back(std::move(alternative));
    }
  }

  // How rare the word itself is; where no product has it, the first other way of saying it. All ways count alike, but for their weights:
  // how often a shop happens to use one of several names says nothing of what the shopper wants.
  void set_idf(Concept& one) const {
    if (one.alternatives.empty()) return;
    double docs = static_cast<double>(data_.doc_count());
    for (const std::uint32_t term : one.alternatives.front().terms) docs = std::min<double>(docs, data_.terms[term].docs);
    const double all = static_cast<double>(data_.doc_count());
    one.idf = static_cast<float>(std::log(1 + (all - docs + 0.5) / (docs + 0.5)));
  }

  // The last word of the kind's name; without one, the last word before "for", "with" ... that is no number.
  void find_head() {
    std::size_t end = tokens_.size();
    for (std::size_t i = 1; i < tokens_.size(); ++i) {
      if (head_ends(i)) {
        end = i;
        break;
      }
    }
    for (std::size_t i = 0; i < query_.concepts.size(); ++i) {
      const Concept& one = query_.concepts[i];
      const bool fits = query_.scope.empty() ? one.first_token < end && !has_digit(one.text) : one.in_head;
      if (fits) query_.head = i;
    }
    if (query_.head == kNone) return;
    for (const Alternative& alternative : query_.concepts[query_.head].alternatives) {
      // Another word for it must be what the shop calls some kind of thing: one rabbit's "settee" in a title is no range of sofas.
      const bool as_said = alternative.weight > kSynonym;
      const auto names = [&](std::uint32_t term) { return data_.terms[term].title_docs > 0; };
      const bool known = as_said ? std::all_of(alternative.terms.begin(), alternative.terms.end(), names) : !lexicon_.scope_of_terms(alternative.terms).empty();
      query_.head_known = query_.head_known || known;
    }
  }

  const Lexicon& lexicon_;
  const IndexData& data_;
  std::string_view text_;
  std::vector<Token> tokens_;
  Query query_;
  std::size_t kind_first_ = 0, kind_last_ = 0;  // tokens of the kind's name
  std::size_t taken_ = 0;                       // tokens before this one belong to a quantity
};

}  // namespace

Query understand(const Lexicon& lexicon, std::string_view words) { return Understanding(lexicon, words).run(); }

}  // namespace floorwalker::search
