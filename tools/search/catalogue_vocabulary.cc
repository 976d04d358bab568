#include "tools/search/catalogue_vocabulary.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include "agent/core/text.h"
#include "agent/core/units.h"
#include "tools/search/analysis.h"
#include "tools/search/filter.h"
#include "tools/search/index_data.h"
#include "tools/search/lexicon.h"
#include "tools/search/product_names.h"

namespace floorwalker::search {
namespace {

using What = Mention::What;

constexpr double kExact = 1, kInflected = 0.95, kOtherName = 0.9, kCompound = 0.85, kPart = 0.8, kCorrected = 0.65;

// Values that say nothing when they stand in a sentence.
bool says_nothing(std::string_view normal) {
  static const std::set<std::string_view> kWords{"yes", "no", "y", "n", "none", "not available", "not supported", "other", "various", "all", "new", "standard", "basic", "set", "other s"};
  return kWords.count(normal) > 0;
}

// Readings of one text.
class Recogniser {
 public:
  Recogniser(const Lexicon& lexicon, std::string_view text) : lexicon_(lexicon), data_(lexicon.data()), text_(text), tokens_(tokenise(text)) {
    for (const Token& token : tokens_) stems_.push_back(stem_of(token.folded));
  }

  std::vector<Mention> run() {
    for (std::size_t first = 0; first < tokens_.size(); ++first) {
      for (std::size_t last = std::min(tokens_.size(), first + kLongestPhrase); last > first; --last) {
        if (last - first > 1 && tokens_[last - 1].before == Token::Before::kBreak) continue;
        read_span(first, last);
      }
    }
    for (ProductName& name : product_names(lexicon_, tokens_)) add_product(name);
    drop_nested_kinds();
    std::stable_sort(mentions_.begin(), mentions_.end(), before);
    return std::move(mentions_);
  }

 private:

  static int order_of(What what) {
    switch (what) {
      case What::kKind: return 0;
      case What::kCategory: return 1;
      case What::kOptionValue: return 2;
      case What::kBrand: return 3;
      case What::kAttributeValue: return 4;
      case What::kAttribute: return 5;
      case What::kProduct: return 6;
      case What::kTag: return 7;
    }
    return 8;
  }

  static bool before(const Mention& a, const Mention& b) {
    if (a.start != b.start) return a.start < b.start;
    if (a.end != b.end) return a.end > b.end;
    if (a.confidence != b.confidence) return a.confidence > b.confidence;
    if (a.what != b.what) return order_of(a.what) < order_of(b.what);
    return a.products > b.products;
  }

  std::string normal(std::size_t first, std::size_t last) const {
    std::string joined;
    for (std::size_t i = first; i < last; ++i) joined += (joined.empty() ? "" : " ") + tokens_[i].folded;
    return joined;
  }

  void read_span(std::size_t first, std::size_t last) {
    const std::string words = normal(first, last);
    const bool only_stopwords = std::all_of(tokens_.begin() + static_cast<std::ptrdiff_t>(first), tokens_.begin() + static_cast<std::ptrdiff_t>(last),
                                            [](const Token& token) { return is_stopword(token.folded); });
    if (only_stopwords || is_stopword(tokens_[last - 1].folded)) {
      // A stopword may still be a size or code: "S" is none, "One" is.
      if (last - first > 1 || !follows_option_name(first)) return;
    }
    const std::size_t found = mentions_.size();
    read_phrase(first, last, words, kExact);
    read_scope(first, last, words, kPart);
    // Everyday synonyms only where the catalogue has no such name itself; inferred names of kinds vary as titles do, so there they count, too.
    const bool named = mentions_.size() > found;
    for (const std::string& other : named ? lexicon_.playbook_names(words) : lexicon_.other_names(words)) {
      read_phrase(first, last, other, kOtherName);
      read_scope(first, last, other, kOtherName);
    }
    const bool varies = named && !lexicon_.names_its_kinds();
    for (const std::string& other : varies ? lexicon_.everyday_names(words) : std::vector<std::string>{}) read_scope(first, last, other, kPart);
    if (last - first == 2 && mentions_.size() == found) read_phrase(first, last, tokens_[first].folded + tokens_[first + 1].folded, kCompound);
    if (last - first == 1 && mentions_.size() == found) read_unknown(first);
  }

  // A word that the catalogue lacks: written as one where it has two, or misspelt.
  void read_unknown(std::size_t at) {
    const std::string& word = tokens_[at].folded;
    if (lexicon_.term_of(word) != kNone) return;
    if (const std::vector<std::string> parts = lexicon_.split(word); !parts.empty()) {
      const std::size_t found = mentions_.size();
      read_phrase(at, at + 1, parts[0] + " " + parts[1], kCompound);
      if (mentions_.size() > found) return;
    }
    const std::string better = lexicon_.correct(word);
    if (better.empty()) return;
    read_phrase(at, at + 1, better, kCorrected);
    read_scope(at, at + 1, better, kCorrected * kPart);
    // The misspelt word within a longer name: "wall montt".
    if (at > 0) read_phrase(at - 1, at + 1, tokens_[at - 1].folded + " " + better, kCorrected);
    if (at + 1 < tokens_.size()) read_phrase(at, at + 2, better + " " + tokens_[at + 1].folded, kCorrected);
  }

  // Whatever the catalogue calls exactly so, up to inflection.
  void read_phrase(std::size_t first, std::size_t last, const std::string& words, double confidence) {
    std::string stems;
    for (const Token& token : tokenise(words)) stems += (stems.empty() ? "" : " ") + stem_of(token.folded);
    for (const PhraseRow& row : data_.phrases_of(stems)) {
      Mention mention;
      mention.confidence = confidence;
      mention.products = row.docs;
      switch (row.what) {
        case PhraseRow::What::kKind:
          mention.what = What::kKind;
          mention.value = data_.kind_name(row.id);
          break;
        case PhraseRow::What::kCategory:
          mention.what = What::kCategory;
          mention.value = data_.strings[data_.categories[row.id].path];
          break;
        case PhraseRow::What::kField:
          mention.what = What::kAttribute;
          mention.field = data_.field_name(row.id);
          break;
        case PhraseRow::What::kValue:
        case PhraseRow::What::kValuePart:
          if (!fill_value(mention, row, first, last, words)) continue;
          break;
      }
      if (confidence == kExact && !spelled_as(row, words)) mention.confidence = kInflected;
      if (row.what == PhraseRow::What::kValuePart) mention.confidence = std::min(mention.confidence, kPart);
      add(std::move(mention), first, last);
    }
  }

  bool spelled_as(const PhraseRow& row, const std::string& words) const {
    switch (row.what) {
      case PhraseRow::What::kKind: return normal_form(text::spaced(data_.kind_name(row.id))) == words;
      case PhraseRow::What::kCategory: return normal_form(data_.strings[data_.categories[row.id].name]) == words;
      case PhraseRow::What::kField: return normal_form(text::spaced(data_.field_name(row.id))) == words;
      case PhraseRow::What::kValue: return data_.strings[data_.values[row.id].folded] == words;
      case PhraseRow::What::kValuePart: return true;
    }
    return true;
  }

  bool fill_value(Mention& mention, const PhraseRow& row, std::size_t first, std::size_t last, const std::string& words) const {
    const ValueRow& value = data_.values[row.id];
    const FieldRow& field = data_.fields[value.field];
    const bool part = row.what == PhraseRow::What::kValuePart;
    if (says_nothing(words)) return false;
    mention.field = data_.field_name(value.field);
    mention.value = part ? std::string(text_.substr(tokens_[first].start, tokens_[last - 1].end - tokens_[first].start)) : std::string(data_.strings[value.text]);
    switch (field.source) {
      case FieldSource::kBrand: mention.what = What::kBrand, mention.field.clear(); break;
      case FieldSource::kTag: mention.what = What::kTag, mention.field.clear(); break;
      case FieldSource::kOption: mention.what = What::kOptionValue; break;
      case FieldSource::kAttribute: mention.what = What::kAttributeValue; break;
    }
    return plausible_code(mention, first, last, words, part);
  }

  // Letters and digits alone ("S", "10") are sizes only where the sentence speaks of an option.
  bool plausible_code(Mention& mention, std::size_t first, std::size_t last, const std::string& words, bool part) const {
    const bool digits = all_digits(words);
    if (last - first > 1 || (words.size() > 1 && !digits)) return !is_stopword(words);
    if (mention.what == What::kAttributeValue || part) return false;
    if (follows_option_name(first)) return true;
    if (mention.what != What::kOptionValue) return false;
    const bool capital = text_[tokens_[first].start] >= 'A' && text_[tokens_[first].start] <= 'Z';
    if (!digits && (!capital || is_stopword(words))) return false;
    mention.confidence = 0.7;
    return true;
  }

  // "size 8", "in a size M".
  bool follows_option_name(std::size_t at) const {
    if (at == 0) return false;
    for (const PhraseRow& row : data_.phrases_of(stems_[at - 1])) {
      if (row.what == PhraseRow::What::kField && data_.fields[row.id].source == FieldSource::kOption) return true;
    }
    return false;
  }

  // Kinds and categories whose head the phrase names: "bag" for "laptop bag".
  void read_scope(std::size_t first, std::size_t last, const std::string& words, double confidence) {
    std::vector<std::uint32_t> terms;
    for (const Token& token : tokenise(words)) terms.push_back(lexicon_.term_of(token.folded));
    const Scope scope = lexicon_.scope_of_terms(terms);
    for (const std::uint32_t kind : scope.kinds) {
      Mention mention;
      mention.what = What::kKind;
      mention.value = data_.kind_name(kind);
      mention.products = data_.docs_of_kind(kind).size();
      mention.confidence = confidence;
      add(std::move(mention), first, last);
    }
    for (const std::uint32_t category : scope.categories) {
      Mention mention;
      mention.what = What::kCategory;
      mention.value = data_.strings[data_.categories[category].path];
      mention.products = data_.categories[category].docs;
      mention.confidence = confidence;
      add(std::move(mention), first, last);
    }
  }

  void add_product(ProductName& name) {
    Mention mention;
    mention.what = What::kProduct;
    mention.product = ProductId(std::string(data_.ids[name.doc]));
    mention.value = mention.product.str();
    mention.products = name.products;
    mention.confidence = name.confidence;
    add(std::move(mention), name.first, name.last);
  }

  // One mention for each meaning of a span: the most confident.
  void add(Mention mention, std::size_t first, std::size_t last) {
    mention.start = tokens_[first].start;
    mention.end = tokens_[last - 1].end;
    for (Mention& other : mentions_) {
      const bool same = other.start == mention.start && other.end == mention.end && other.what == mention.what && other.field == mention.field &&
                        other.value == mention.value && other.product == mention.product;
      if (!same) continue;
      other.confidence = std::max(other.confidence, mention.confidence);
      return;
    }
    mentions_.push_back(std::move(mention));
  }

  // Whether another name ends within this one: "noise cancelling" in "cancelling headphones". Read from the left, it comes first.
  bool begun_by_another(const Mention& one) const {
    return std::any_of(mentions_.begin(), mentions_.end(), [&](const Mention& other) { return other.start < one.start && other.end > one.start && other.end < one.end && other.confidence >= kPart; });
  }

  // "laptop" within "laptop bag" is no kind that the shopper asks for.
  void drop_nested_kinds() {
    const auto names_kind = [](const Mention& one) { return one.what == What::kKind || one.what == What::kCategory; };
    std::vector<Mention> kept;
    for (const Mention& one : mentions_) {
      const bool nested = names_kind(one) && std::any_of(mentions_.begin(), mentions_.end(), [&](const Mention& other) {
        return names_kind(other) && other.start <= one.start && other.end >= one.end && other.end - other.start > one.end - one.start && other.confidence >= kPart && !begun_by_another(other);
      });
      if (!nested) kept.push_back(one);
    }
    mentions_ = std::move(kept);
  }

  const Lexicon& lexicon_;
  const IndexData& data_;
  std::string_view text_;
  std::vector<Token> tokens_;
  std::vector<std::string> stems_;
  std::vector<Mention> mentions_;
};

// `again`: another number of a product that has been counted.
void widen(NumericAttribute& attribute, const Measure& measure, bool again) {
  const double number = measure.canonical();
  if (attribute.products > 0 && attribute.dimension != measure.unit.dimension) return;
  attribute.dimension = measure.unit.dimension;
  attribute.low = attribute.products == 0 ? number : std::min(attribute.low, number);
  attribute.high = attribute.products == 0 ? number : std::max(attribute.high, number);
  if (!again) ++attribute.products;
}

// The number that a value of a field is: of an option only with a unit ("16 GB").
std::optional<Measure> number_of(const IndexData& data, std::uint32_t value) {
  const ValueRow& row = data.values[value];
  const FieldRow& field = data.fields[row.field];
  if (row.type == ValueType::kNumber && row.dimension == field.dimension) return Measure{row.number, Unit{"", static_cast<Dimension>(row.dimension)}};
  auto measure = field.source == FieldSource::kOption ? parse_measure(data.value_text(value)) : std::nullopt;
  if (measure && measure->unit.dimension == Dimension::kNone) measure.reset();
  return measure;
}

}  // namespace

struct CatalogueVocabulary::State {
  State(std::shared_ptr<const Index> used, VocabularyRules rules) : index(std::move(used)), lexicon(index->data(), std::move(rules)) {}

  std::shared_ptr<const Index> index;
  Lexicon lexicon;
  std::mutex mutex;
  std::map<std::string, std::vector<NumericAttribute>, std::less<>> numeric;  // by kind, once asked for; guarded by `mutex`

  std::vector<std::uint32_t> docs_of(std::string_view kind) const {
    if (!kind.empty()) return lexicon.docs_of(lexicon.scope_of(kind));
    std::vector<std::uint32_t> all(index->data().doc_count());
    std::iota(all.begin(), all.end(), 0u);
    return all;
  }

  // Attributes that are numbers, and options whose values are measures ("16 GB").
  std::vector<NumericAttribute> numeric_of(std::string_view kind) const {
    const IndexData& data = index->data();
    std::vector<NumericAttribute> by_field(data.field_count());
    std::vector<std::uint32_t> counted(data.field_count(), UINT32_MAX);   // the product last counted for the field
    for (const std::uint32_t doc : docs_of(kind)) {
      for (const std::uint32_t value : data.values_of(doc)) {
        const std::uint32_t field = data.values[value].field;
        if (const auto measure = number_of(data, value)) widen(by_field[field], *measure, std::exchange(counted[field], doc) == doc);
      }
    }
    std::vector<NumericAttribute> found;
    for (std::uint32_t field = 0; field < by_field.size(); ++field) {
      if (by_field[field].products == 0) continue;
      by_field[field].name = data.field_name(field);
      by_field[field].option = data.fields[field].source == FieldSource::kOption;
      found.push_back(std::move(by_field[field]));
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.products > b.products; });
    return found;
  }
};

CatalogueVocabulary::CatalogueVocabulary(std::shared_ptr<const Index> index, VocabularyRules rules)
    : state_(std::make_unique<State>(std::move(index), std::move(rules))) {}
CatalogueVocabulary::~CatalogueVocabulary() = default;

std::vector<Mention> CatalogueVocabulary::recognise(std::string_view text) const { return Recogniser(state_->lexicon, text).run(); }

std::vector<NumericAttribute> CatalogueVocabulary::numeric_attributes(std::string_view kind) const {
  const std::lock_guard lock(state_->mutex);
  const auto at = state_->numeric.find(kind);
  if (at != state_->numeric.end()) return at->second;
  return state_->numeric[std::string(kind)] = state_->numeric_of(kind);
}

std::vector<std::string> CatalogueVocabulary::names(std::string_view what) const {
  const IndexData& data = state_->index->data();
  std::set<std::string> found;
  if (what == "kind") {
    for (std::uint32_t kind = 0; kind < data.kind_count(); ++kind) found.emplace(data.kind_name(kind));
  } else if (what == "category") {
    for (const CategoryRow& row : data.categories) found.emplace(data.strings[row.path]);
  } else {
    for (std::uint32_t field = 0; field < data.field_count(); ++field) {
      const FieldSource source = data.fields[field].source;
      if (what == "attribute" && source == FieldSource::kAttribute) found.emplace(data.field_name(field));
      if (what == "option" && source == FieldSource::kOption) found.emplace(data.field_name(field));
      if ((what == "brand" && source == FieldSource::kBrand) || (what == "tag" && source == FieldSource::kTag)) {
        for (std::uint32_t value = data.fields[field].first_value; value < data.fields[field + 1].first_value; ++value) found.emplace(data.value_text(value));
      }
    }
  }
  return {found.begin(), found.end()};
}

std::size_t CatalogueVocabulary::count(std::string_view kind) const {
  return state_->lexicon.docs_of(state_->lexicon.scope_of(kind)).size();
}

}  // namespace floorwalker::search
