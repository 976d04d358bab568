#include "tools/search/product_names.h"

#include <algorithm>

namespace floorwalker::search {
namespace {

constexpr std::size_t kMostProducts = 5;   // for one name
constexpr std::uint8_t kNamingZones = 1u << int(Zone::kTitle) | 1u << int(Zone::kIdentifier);

// Words of the text and words of a title that run alike, as positions.
struct Alignment {
  std::size_t first = 0, last = 0;     // tokens of the text
  std::size_t title_first = 0, title_last = 0;
};

class NameFinder {
 public:
  NameFinder(const Lexicon& lexicon, const std::vector<Token>& tokens) : data_(lexicon.data()), tokens_(tokens) {
    for (const Token& token : tokens) terms_.push_back(lexicon.term_of(token.folded));
    rare_ = std::max<std::uint32_t>(20, static_cast<std::uint32_t>(data_.doc_count() / 500));
  }

  std::vector<ProductName> run() {
    for (std::size_t at = 0; at < tokens_.size(); ++at) {
      if (at < done_ || terms_[at] == kNone || is_stopword(tokens_[at].folded) || all_digits(tokens_[at].folded)) continue;
      if (data_.terms[terms_[at]].docs <= rare_ * 5) look_around(at);
    }
    return std::move(names_);
  }

 private:
  struct Candidate {
    std::uint32_t doc;
    Alignment alignment;
    std::size_t title_words;
  };

  void look_around(std::size_t at) {
    std::vector<Candidate> best;
    std::size_t longest = 0, naming = 0;
    PostingReader reader = data_.postings_of(terms_[at]);
    for (Posting posting; reader.next(posting);) {
      if (!(posting.zones & kNamingZones)) continue;
      ++naming;
      const Candidate candidate = align(posting.doc, at);
      const std::size_t length = candidate.alignment.last - candidate.alignment.first;
      if (length > longest) longest = length, best.clear();
      if (length == longest) best.push_back(candidate);
    }
    if (best.empty() || naming > rare_ || best.size() > kMostProducts) return;
    const Alignment& run = best.front().alignment;
    if (longest == 1 ? !single_word_names(at, naming) : is_phrase(run) || is_description(run) || !has_proper_name(run)) return;
    for (const Candidate& one : best) {
      names_.push_back({one.alignment.first, one.alignment.last, one.doc, best.size(), confidence(one, at)});
    }
    done_ = best.front().alignment.last;
  }

  // The longest common run through token `at`; stopwords of the text may be skipped inside it.
  Candidate align(std::uint32_t doc, std::size_t at) const {
    std::vector<std::uint32_t> title;
    for (const std::uint32_t term : data_.title_of(doc)) {
      if (term != kTitleBreak) title.push_back(term);
    }
    Candidate best{doc, {at, at + 1, 0, 0}, title.size()};
    for (std::size_t position = 0; position < title.size(); ++position) {
      if (title[position] != terms_[at]) continue;
      Alignment one{at, at + 1, position, position + 1};
      while (one.first > 0 && one.title_first > 0 && terms_[one.first - 1] == title[one.title_first - 1]) --one.first, --one.title_first;
      while (one.last < terms_.size() && one.title_last < title.size() && terms_[one.last] == title[one.title_last]) ++one.last, ++one.title_last;
      if (best.alignment.title_last == 0 || one.last - one.first > best.alignment.last - best.alignment.first) best.alignment = one;
    }
    return best;
  }

  // Words that name a kind, brand or value as a whole ("laptop bag") name no product.
  bool is_phrase(const Alignment& alignment) const {
    std::string stems;
    for (std::size_t i = alignment.first; i < alignment.last; ++i) stems += (stems.empty() ? "" : " ") + std::string(data_.term_text[terms_[i]]);
    return !data_.phrases_of(stems).empty();
  }

  // "silk blouses": values and the plural of a kind, each of which the shop knows, describe products, even where only one is called so.
  bool is_description(const Alignment& alignment) const {
    const std::string& last = tokens_[alignment.last - 1].folded;
    if (alignment.title_first == 0 || !last.ends_with("s") || stem_of(last) == last || !known_as(last, PhraseRow::What::kKind)) return false;
    for (std::size_t i = alignment.first; i + 1 < alignment.last; ++i) {
      if (has_digit(tokens_[i].folded) || !known_as(tokens_[i].folded, PhraseRow::What::kValue)) return false;
    }
    return true;
  }

  bool known_as(const std::string& word, PhraseRow::What what) const {
    const auto rows = data_.phrases_of(stem_of(word));
    return std::any_of(rows.begin(), rows.end(), [&](const PhraseRow& row) { return row.what == what; });
  }

  // Words that titles share with everything that is said of products ("box spring", "stainless steel") name none. A proper name stands in few
  // titles and hardly anywhere else, or is a model number.
  bool has_proper_name(const Alignment& alignment) const {
    for (std::size_t i = alignment.first; i < alignment.last; ++i) {
      const std::string& word = tokens_[i].folded;
      const TermRow& term = data_.terms[terms_[i]];
      if (has_digit(word) && !all_digits(word) && word.size() >= 3 && term.docs <= rare_) return true;
      if (!has_digit(word) && term.docs <= rare_ && term.docs <= term.title_docs + term.title_docs / 2) return true;
    }
    return false;
  }

  // One word alone names a product if it is a model number, or a word that the shop uses for nothing else.
  bool single_word_names(std::size_t at, std::size_t naming) const {
    const std::string& word = tokens_[at].folded;
    if (has_digit(word)) return word.size() >= 4;
    return word.size() >= 4 && naming <= 3 && data_.terms[terms_[at]].docs == naming && data_.phrases_of(data_.term_text[terms_[at]]).empty();
  }

  double confidence(const Candidate& one, std::size_t at) const {
    const std::size_t length = one.alignment.last - one.alignment.first;
    if (length == one.title_words) return 1;
    if (has_digit(tokens_[at].folded) && one.alignment.last - one.alignment.first >= 1) return 0.9;
    if (length == 1) return 0.6;
    return one.alignment.title_first <= 1 ? 0.9 : 0.8;
  }

  const IndexData& data_;
  const std::vector<Token>& tokens_;
  std::vector<std::uint32_t> terms_;
  std::uint32_t rare_ = 0;   // titles that may share a naming word
  std::size_t done_ = 0;     // tokens before this belong to a name already found
  std::vector<ProductName> names_;
};

}  // namespace

std::vector<ProductName> product_names(const Lexicon& lexicon, const std::vector<Token>& tokens) { return NameFinder(lexicon, tokens).run(); }

}  // namespace floorwalker::search
