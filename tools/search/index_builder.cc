#include "tools/search/index_builder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numeric>
#include <unordered_map>

#include "agent/core/text.h"
#include "agent/core/units.h"
#include "tools/search/analysis.h"
#include "tools/search/index_data.h"
#include "tools/search/index_file.h"
#include "tools/search/kind_inference.h"
#include "tools/search/posting_lists.h"

namespace floorwalker::search {
namespace {

// BM25F: how much a word counts in each zone, how far long texts are held back, and how soon repetition saturates. One setting for every
// catalogue; tests/bench/search_quality_bench shows what a change does.
struct ZoneWeights {
  float weight;
  float length_norm;
};
constexpr std::array<ZoneWeights, kZones> kZoneWeights{{
    {5.0f, 0.10f},  // title
    {5.0f, 0.20f},  // kind
    {2.5f, 0.00f},  // brand
    {2.0f, 0.30f},  // category
    {0.4f, 0.30f},  // attribute
    {1.0f, 0.50f},  // option
    {2.0f, 0.50f},  // description
    {3.0f, 0.00f},  // identifier
}};
constexpr float kSaturation = 2.2f;

constexpr std::size_t kLongestTitle = 64;          // words
constexpr std::size_t kLongestDescription = 400;   // words
constexpr std::size_t kLongestValue = 60;          // words of one attribute value

// Eight bytes at a time: for tables in memory, never for files.
std::uint64_t quick_hash(std::string_view text) {
  constexpr std::uint64_t kPrime = 0x9E3779B97F4A7C15ULL;
  std::uint64_t hash = text.size() * kPrime;
  std::size_t at = 0;
  for (std::uint64_t block = 0; at + 8 <= text.size(); at += 8) {
    std::memcpy(&block, text.data() + at, 8);
    hash = (hash ^ block) * kPrime;
    hash ^= hash >> 32;
  }
  std::uint64_t rest = 0;
  std::memcpy(&rest, text.data() + at, text.size() - at);
  hash = (hash ^ rest) * kPrime;
  return hash ^ (hash >> 29);
}

// Numbers strings in order of first appearance.
class Interner {
 public:
  std::uint32_t of(std::string_view text) {
    if (2 * ends_.size() >= slots_.size()) grow();
    const auto tag = static_cast<std::uint32_t>(quick_hash(text));
    std::size_t at = tag & (slots_.size() - 1);
    for (; slots_[at].number != kNone; at = (at + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[at];
      if (slot.tag == tag && slot.length == text.size() && bytes_.compare(slot.start, slot.length, text) == 0) return slot.number;
    }
    slots_[at] = {tag, static_cast<std::uint32_t>(ends_.size()), static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(text.size())};
    bytes_ += text;
    ends_.push_back(static_cast<std::uint32_t>(bytes_.size()));
    return slots_[at].number;
  }
  std::string_view operator[](std::uint32_t number) const {
    const std::uint32_t start = number == 0 ? 0 : ends_[number - 1];
    return std::string_view(bytes_).substr(start, ends_[number] - start);
  }
  std::size_t size() const { return ends_.size(); }

  void write(BlockWriter& block, Section ends, Section bytes) {
    std::vector<Slot>().swap(slots_);
    block.put(ends, std::move(ends_));
    block.put(bytes, std::move(bytes_));
  }

 private:
  struct Slot {
    std::uint32_t tag = 0, number = kNone, start = 0, length = 0;  // where its text is: found without a look at `ends_`
  };

  void grow() {
    std::vector<Slot> old(std::max<std::size_t>(64, 4 * slots_.size()));
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.number == kNone) continue;
      std::size_t at = slot.tag & (slots_.size() - 1);
      while (slots_[at].number != kNone) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = slot;
    }
  }

  std::vector<Slot> slots_;  // open addressing, at most half full
  std::vector<std::uint32_t> ends_;
  std::string bytes_;
};

struct WordBuild {
  std::uint32_t term = 0;
  std::uint32_t count = 0;
  std::uint32_t last_doc = kNone;
};

struct TermBuild {
  std::uint32_t surface = kNone;
};

struct FieldBuild {
  std::uint32_t name = 0;
  FieldSource source = FieldSource::kAttribute;
  std::uint32_t docs = 0;
  std::uint32_t last_doc = kNone;
  std::array<std::uint32_t, 3> types{};             // products by ValueType
  std::unordered_map<int, std::uint32_t> dimensions;
};

struct ValueBuild {
  ValueRow row;
  std::vector<std::uint32_t> terms;  // what it adds to the text of a product
  std::vector<std::uint32_t> whole;  // words that are the whole of it, or of a part of a list
};

struct CategoryBuild {
  std::uint32_t name = 0;
  std::uint32_t path = 0;
  std::uint32_t parent = kNone;
  std::uint32_t docs = 0;
  std::uint32_t last_doc = kNone;
  std::vector<std::uint32_t> children;
};

std::uint32_t letters_of(std::string_view word) {
  std::uint32_t letters = 0;
  for (const char c : word) letters |= 1u << (c >= 'a' && c <= 'z' ? c - 'a' : c >= '0' && c <= '9' ? 26 + (c - '0') % 5 : 31);
  return letters;
}

}  // namespace

struct IndexBuilder::State {
  explicit State(Currency used) : currency(used) {}

  Currency currency;
  Interner strings;
  Interner ids;
  Interner term_text;
  Interner word_text;
  std::vector<TermBuild> terms;
  std::vector<WordBuild> words;
  std::vector<FieldBuild> fields;
  std::vector<ValueBuild> values;
  std::vector<CategoryBuild> categories;
  std::array<Interner, 4> field_names;                      // by FieldSource
  std::array<std::vector<std::uint32_t>, 4> field_numbers;  // of those names
  Interner value_keys;                                      // field, type and value: numbered as `values` are
  std::unordered_map<std::uint64_t, std::uint32_t> category_numbers;

  std::vector<DocRow> docs;
  std::vector<VariantRow> variants;
  std::vector<std::uint32_t> variant_options, doc_values, doc_categories, title_terms;
  std::vector<std::uint32_t> stated_kind;  // of each product: index in kind_names, or kNone
  std::vector<std::string> kind_names;
  std::vector<std::vector<std::uint32_t>> kind_name_terms;
  Interner kind_keys;  // numbered as `kind_names` are
  std::vector<PhraseRow> phrases;

  // Of the product being added.
  std::uint32_t doc = 0;
  PostingLists postings;
  std::vector<std::uint32_t> own_values;
  std::string value_key;  // of the value at hand

  std::uint32_t word_of(const std::string& folded);
  std::uint32_t term_of(const std::string& folded, bool counts);
  std::uint32_t extra_term(const std::string& folded);
  std::vector<std::uint32_t> terms_of(std::string_view text, std::size_t limit);
  void add_text(std::string_view text, Zone zone, std::size_t limit) { add_tokens(text, tokenise(text), zone, limit); }
  void add_tokens(std::string_view text, const std::vector<Token>& tokens, Zone zone, std::size_t limit);
  void add_hit(std::uint32_t term, Zone zone) { postings.add(term, zone); }
  void add_title(std::string_view title);
  std::uint32_t field_of(std::string_view name, FieldSource source);
  std::uint32_t value_of(std::uint32_t field, const AttributeValue& value);
  ValueBuild built_value(std::uint32_t field, const AttributeValue& value);
  std::vector<std::uint32_t> whole_words(std::string_view text);
  void add_value(std::uint32_t value, Zone zone);
  void add_attributes(const Product& product);
  void add_categories(const Product& product);
  std::uint32_t category_of(const std::vector<std::string>& path);
  void add_variants(const Product& product);
  void add_kind(const std::string& kind);
  void flush_values();

  std::string stems_of(std::string_view text);
  void add_phrase(const std::string& stems, PhraseRow::What what, std::uint32_t id, std::uint32_t count);
  void add_value_phrases(const ValueRow& row, std::uint32_t value);
  void write_phrases(BlockWriter& block);
  void write_values(BlockWriter& block);
  void write_categories(BlockWriter& block);
  void write_kinds(BlockWriter& block);
  void write_postings(BlockWriter& block);
  void write_words(BlockWriter& block);
};

// ---- adding ----

std::uint32_t IndexBuilder::State::word_of(const std::string& folded) {
  const std::uint32_t number = word_text.of(folded);
  if (number == words.size()) {
    const std::uint32_t term = term_text.of(stem_of(folded));
    if (term == terms.size()) terms.emplace_back();
    words.push_back({term, 0, kNone});
  }
  return number;
}

std::uint32_t IndexBuilder::State::term_of(const std::string& folded, bool counts) {
  const std::uint32_t word = word_of(folded);
  WordBuild& entry = words[word];
  if (counts && entry.last_doc != doc) {
    entry.last_doc = doc;
    ++entry.count;
  }
  TermBuild& term = terms[entry.term];
  if (term.surface == kNone || words[term.surface].count < entry.count) term.surface = word;
  return entry.term;
}

// Joined forms are found by whoever writes them so, and offered to nobody as a correction.
std::uint32_t IndexBuilder::State::extra_term(const std::string& folded) { return words[word_of(folded)].term; }

std::vector<std::uint32_t> IndexBuilder::State::terms_of(std::string_view text, std::size_t limit) {
  std::vector<std::uint32_t> found;
  const std::vector<Token> tokens = tokenise(text);
  for (std::size_t i = 0; i < std::min(tokens.size(), limit); ++i) {
    found.push_back(term_of(tokens[i].folded, true));
    if (const Quantity quantity = quantity_at(text, tokens, i); quantity.tokens > 0 && quantity.folded != tokens[i].folded) {
      found.push_back(extra_term(quantity.folded));
    }
    if (const std::string joined = hyphenated_at(tokens, i); !joined.empty()) found.push_back(extra_term(joined));
  }
  return found;
}

void IndexBuilder::State::add_tokens(std::string_view text, const std::vector<Token>& tokens, Zone zone, std::size_t limit) {
  const bool counts = zone != Zone::kDescription;
  for (std::size_t i = 0; i < std::min(tokens.size(), limit); ++i) {
    add_hit(term_of(tokens[i].folded, counts), zone);
    if (const Quantity quantity = quantity_at(text, tokens, i); quantity.tokens > 0 && quantity.folded != tokens[i].folded) {
      add_hit(extra_term(quantity.folded), zone);
    }
    if (const std::string joined = hyphenated_at(tokens, i); !joined.empty()) add_hit(extra_term(joined), zone);
  }
}

void IndexBuilder::State::add_title(std::string_view title) {
  const std::vector<Token> tokens = tokenise(title);
  add_tokens(title, tokens, Zone::kTitle, kLongestTitle);
  std::size_t count = 0;
  for (const Token& token : tokens) {
    if (++count > kLongestTitle) break;
    if (token.before == Token::Before::kBreak) title_terms.push_back(kTitleBreak);
    title_terms.push_back(words[word_of(token.folded)].term);
  }
}

std::uint32_t IndexBuilder::State::field_of(std::string_view name, FieldSource source) {
  const auto list = static_cast<std::size_t>(source);
  const std::uint32_t number = field_names[list].of(name);
  if (number < field_numbers[list].size()) return field_numbers[list][number];
  FieldBuild field;
  field.name = strings.of(name);
  field.source = source;
  field_numbers[list].push_back(static_cast<std::uint32_t>(fields.size()));
  fields.push_back(std::move(field));
  return field_numbers[list].back();
}

std::uint32_t IndexBuilder::State::value_of(std::uint32_t field, const AttributeValue& value) {
  const auto* measure = std::get_if<Measure>(&value);
  value_key.assign(reinterpret_cast<const char*>(&field), sizeof field);
  value_key += static_cast<char>('0' + value.index());
  if (measure) value_key.append(reinterpret_cast<const char*>(&measure->value), sizeof(double)) += measure->unit.symbol;
  else if (const auto* flag = std::get_if<bool>(&value)) value_key += *flag ? '1' : '0';
  else value_key += std::get<std::string>(value);
  const std::uint32_t number = value_keys.of(value_key);
  if (number == values.size()) values.push_back(built_value(field, value));
  return number;
}

ValueBuild IndexBuilder::State::built_value(std::uint32_t field, const AttributeValue& value) {
  const auto* measure = std::get_if<Measure>(&value);
  const std::string text = format(value);
  ValueBuild built;
  built.row.field = field;
  built.row.text = strings.of(text);
  built.row.folded = strings.of(normal_form(text));
  built.row.unit = strings.of(measure ? measure->unit.symbol : "");
  if (measure) {
    built.row.type = ValueType::kNumber;
    built.row.number = measure->canonical();
    built.row.shown = measure->value;
    built.row.dimension = static_cast<std::uint8_t>(measure->unit.dimension);
    if (measure->unit.dimension != Dimension::kNone) built.terms = terms_of(text, kLongestValue);
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    built.row.type = ValueType::kFlag;
    built.row.number = *flag ? 1 : 0;
    if (*flag) built.terms = terms_of(text::spaced(strings[fields[field].name]), kLongestValue);
  } else {
    built.terms = terms_of(text, kLongestValue);
    built.whole = whole_words(text);
  }
  return built;
}

// "Black, Red" -> black, red; "Space grey" -> nothing.
std::vector<std::uint32_t> IndexBuilder::State::whole_words(std::string_view text) {
  std::vector<std::uint32_t> found;
  const std::vector<Token> tokens = tokenise(text);
  if (tokens.size() > 8) return found;
  const auto alone = [&](std::size_t i) { return i >= tokens.size() || tokens[i].before == Token::Before::kBreak || tokens[i].before == Token::Before::kStart; };
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (alone(i) && alone(i + 1)) found.push_back(words[word_of(tokens[i].folded)].term);
  }
  return found;
}

void IndexBuilder::State::add_value(std::uint32_t value, Zone zone) {
  own_values.push_back(value);
  for (const std::uint32_t term : values[value].terms) add_hit(term, zone);
}

void IndexBuilder::State::add_attributes(const Product& product) {
  for (const Attribute& attribute : product.attributes) {
    add_value(value_of(field_of(attribute.name, FieldSource::kAttribute), attribute.value), Zone::kAttribute);
  }
  for (const std::string& tag : product.tags) add_value(value_of(field_of("tag", FieldSource::kTag), tag), Zone::kOption);
  if (!product.brand.empty()) {
    const std::uint32_t brand = value_of(field_of("brand", FieldSource::kBrand), product.brand);
    docs.back().brand = brand;
    add_value(brand, Zone::kBrand);
  }
}

std::uint32_t IndexBuilder::State::category_of(const std::vector<std::string>& path) {
  std::uint32_t parent = kNone;
  std::string joined;
  for (const std::string& part : path) {
    joined += (joined.empty() ? "" : " > ") + part;
    const std::uint32_t name = strings.of(part);
    const std::uint64_t key = (static_cast<std::uint64_t>(parent) << 32) | name;
    const auto [at, fresh] = category_numbers.emplace(key, static_cast<std::uint32_t>(categories.size()));
    if (fresh) {
      CategoryBuild category;
      category.name = name;
      category.path = strings.of(joined);
      category.parent = parent;
      if (parent != kNone) categories[parent].children.push_back(at->second);
      categories.push_back(std::move(category));
    }
    parent = at->second;
  }
  return parent;
}

void IndexBuilder::State::add_categories(const Product& product) {
  for (const std::vector<std::string>& path : product.categories) {
    if (path.empty()) continue;
    const std::uint32_t category = category_of(path);
    doc_categories.push_back(category);
    for (std::uint32_t at = category; at != kNone; at = categories[at].parent) {
      if (categories[at].last_doc == doc) break;
      categories[at].last_doc = doc;
      ++categories[at].docs;
    }
    for (const std::string& part : path) add_text(part, Zone::kCategory, kLongestValue);
  }
}

void IndexBuilder::State::add_variants(const Product& product) {
  DocRow& row = docs.back();
  row.availability = static_cast<std::uint8_t>(availability_of(product));
  bool first = true;
  for (const Variant& variant : product.variants) {
    variants.push_back({variant.price.minor, static_cast<std::uint32_t>(variant_options.size()), static_cast<std::uint8_t>(variant.stock.availability), {}});
    row.price_low = first ? variant.price.minor : std::min(row.price_low, variant.price.minor);
    row.price_high = first ? variant.price.minor : std::max(row.price_high, variant.price.minor);
    first = false;
    for (const OptionValue& option : variant.options) {
      const std::uint32_t value = value_of(field_of(option.name, FieldSource::kOption), AttributeValue(option.value));
      variant_options.push_back(value);
      if (std::find(own_values.begin(), own_values.end(), value) == own_values.end()) add_value(value, Zone::kOption);
    }
    if (!variant.sku.empty()) add_text(variant.sku, Zone::kIdentifier, 8);
  }
}

void IndexBuilder::State::add_kind(const std::string& kind) {
  if (kind.empty()) {
    stated_kind.push_back(kNone);
    return;
  }
  const std::uint32_t number = kind_keys.of(normal_form(text::spaced(kind)));
  if (number == kind_names.size()) {
    kind_names.push_back(kind);
    std::vector<std::uint32_t> name_terms;
    for (const Token& token : tokenise(text::spaced(kind))) name_terms.push_back(term_of(token.folded, true));
    kind_name_terms.push_back(std::move(name_terms));
  }
  stated_kind.push_back(number);
  add_text(text::spaced(kind), Zone::kKind, kLongestValue);
}

// The product's values without repeats, and what fields and values know of it.
void IndexBuilder::State::flush_values() {
  std::sort(own_values.begin(), own_values.end());
  own_values.erase(std::unique(own_values.begin(), own_values.end()), own_values.end());
  for (const std::uint32_t value : own_values) {
    ValueRow& row = values[value].row;
    ++row.docs;
    FieldBuild& field = fields[row.field];
    if (field.last_doc != doc) {
      field.last_doc = doc;
      ++field.docs;
      ++field.types[static_cast<std::size_t>(row.type)];
      if (row.type == ValueType::kNumber) ++field.dimensions[row.dimension];
    }
  }
  doc_values.insert(doc_values.end(), own_values.begin(), own_values.end());
  own_values.clear();
}

// ---- finishing ----

void IndexBuilder::State::write_postings(BlockWriter& block) {
  std::array<double, kZones> average{};
  for (std::size_t zone = 0; zone < kZones; ++zone) {
    double sum = 0, having = 0;
    for (const auto& length : postings.lengths()) {
      sum += length[zone];
      having += length[zone] > 0;
    }
    average[zone] = having > 0 ? sum / having : 1;
  }
  std::string out;
  std::vector<TermRow> rows;
  rows.reserve(terms.size());
  postings.lists().resize(std::max(terms.size(), postings.lists().size()));
  for (std::size_t place = 0; place < terms.size(); ++place) {
    PostingLists::List& term = postings.lists()[place];
    rows.push_back({out.size(), term.docs, term.title_docs, terms[place].surface, 0});
    const auto* at = reinterpret_cast<const unsigned char*>(term.bytes.data());
    std::uint32_t number = 0;
    for (std::uint32_t i = 0; i < term.docs; ++i) {
      std::uint32_t delta = 0;
      for (int shift = 0;; shift += 7) {
        const unsigned char byte = *at++;
        out += static_cast<char>(byte);
        delta |= static_cast<std::uint32_t>(byte & 0x7F) << shift;
        if (byte < 0x80) break;
      }
      number += delta;
      const std::uint8_t zones = *at++;
      float weight = 0;
      for (std::size_t zone = 0; zone < kZones; ++zone) {
        if (!(zones >> zone & 1)) continue;
        const float norm = kZoneWeights[zone].length_norm;
        const auto length = static_cast<float>(postings.lengths()[number][zone] / average[zone]);
        weight += kZoneWeights[zone].weight * static_cast<float>(*at++) / (1 - norm + norm * length);
      }
      out += static_cast<char>(zones);
      out += static_cast<char>(std::lround(255 * weight / (kSaturation + weight)));
    }
    std::string().swap(term.bytes);
  }
  block.put(Section::kPostings, std::move(out));
  block.put(Section::kTerms, std::move(rows));
}

void IndexBuilder::State::write_words(BlockWriter& block) {
  std::vector<std::uint32_t> slots(std::size_t{4} << static_cast<int>(std::log2(static_cast<double>(terms.size() + 1))), kNone);
  for (std::uint32_t term = 0; term < terms.size(); ++term) {
    std::size_t slot = hash_text(term_text[term]) & (slots.size() - 1);
    while (slots[slot] != kNone) slot = (slot + 1) & (slots.size() - 1);
    slots[slot] = term;
  }
  block.put(Section::kTermSlots, std::move(slots));
  std::vector<std::uint32_t> order(words.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return word_text[a] < word_text[b]; });
  std::vector<std::uint32_t> position(words.size());
  std::vector<std::uint32_t> ends;
  std::string bytes;
  std::vector<WordRow> rows;
  for (const std::uint32_t word : order) {
    position[word] = static_cast<std::uint32_t>(rows.size());
    bytes += word_text[word];
    ends.push_back(static_cast<std::uint32_t>(bytes.size()));
    rows.push_back({words[word].term, words[word].count, letters_of(word_text[word])});
  }
  for (TermBuild& term : terms) {
    if (term.surface != kNone) term.surface = position[term.surface];
  }
  for (const WordRow& row : rows) {
    TermBuild& term = terms[row.term];
    if (term.surface == kNone) term.surface = static_cast<std::uint32_t>(&row - rows.data());
  }
  block.put(Section::kWordEnds, std::move(ends));
  block.put(Section::kWordBytes, std::move(bytes));
  block.put(Section::kWords, std::move(rows));
}

std::string IndexBuilder::State::stems_of(std::string_view text) {
  std::string joined;
  for (const text::Word& word : text::words(text)) joined += (joined.empty() ? "" : " ") + std::string(term_text[words[word_of(word.folded)].term]);
  return joined;
}

void IndexBuilder::State::add_phrase(const std::string& stems, PhraseRow::What what, std::uint32_t id, std::uint32_t count) {
  const auto length = static_cast<std::size_t>(std::count(stems.begin(), stems.end(), ' ')) + 1;
  if (stems.empty() || length > kLongestPhrase) return;
  phrases.push_back({hash_text(stems), id, count, what, static_cast<std::uint8_t>(length), {}});
}

// A value as a whole, the parts of a list ("black, red"), and the last word of a short one ("grey" of "space grey").
void IndexBuilder::State::add_value_phrases(const ValueRow& row, std::uint32_t value) {
  if (row.type != ValueType::kText) return;
  const std::string_view text = strings[row.text];
  if (text.size() > 200) return;
  const std::string whole = stems_of(text);
  add_phrase(whole, PhraseRow::What::kValue, value, row.docs);
  if (fields[row.field].source == FieldSource::kBrand || fields[row.field].source == FieldSource::kTag) return;
  if (text.find_first_of(",;/|") != std::string_view::npos) {
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find_first_of(",;/|", at), text.size());
      const std::string part = stems_of(text.substr(at, end - at));
      if (part != whole) add_phrase(part, PhraseRow::What::kValuePart, value, row.docs);
      at = end + 1;
    }
    return;
  }
  const std::size_t last = whole.rfind(' ');
  const bool short_text = std::count(whole.begin(), whole.end(), ' ') <= 2;
  if (last == std::string::npos || !short_text || has_digit(std::string_view(whole).substr(last))) return;
  add_phrase(whole.substr(last + 1), PhraseRow::What::kValuePart, value, row.docs);
}

// One row for each phrase and meaning; of several values of one field that share a part, the most frequent stands for all.
void IndexBuilder::State::write_phrases(BlockWriter& block) {
  const auto field_of_row = [&](const PhraseRow& row) { return row.what == PhraseRow::What::kValuePart ? values[row.id].row.field : row.id; };
  std::sort(phrases.begin(), phrases.end(), [&](const PhraseRow& a, const PhraseRow& b) {
    if (a.hash != b.hash) return a.hash < b.hash;
    if (a.what != b.what) return a.what < b.what;
    const std::uint32_t x = field_of_row(a), y = field_of_row(b);
    return x != y ? x < y : a.docs > b.docs;
  });
  const auto same = [&](const PhraseRow& a, const PhraseRow& b) { return a.hash == b.hash && a.what == b.what && field_of_row(a) == field_of_row(b); };
  phrases.erase(std::unique(phrases.begin(), phrases.end(), same), phrases.end());
  block.put(Section::kPhrases, std::move(phrases));
}

// Numbers the values anew, field by field and in order within a field, so that a range of a field is a range of numbers.
void IndexBuilder::State::write_values(BlockWriter& block) {
  std::vector<std::uint32_t> order(values.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const ValueRow& x = values[a].row;
    const ValueRow& y = values[b].row;
    const auto rank = [](ValueType type) { return type == ValueType::kFlag ? 0 : type == ValueType::kNumber ? 1 : 2; };
    if (x.field != y.field) return x.field < y.field;
    if (x.type != y.type) return rank(x.type) < rank(y.type);
    if (x.dimension != y.dimension) return x.dimension < y.dimension;
    if (x.number != y.number) return x.number < y.number;
    return strings[x.folded] != strings[y.folded] ? strings[x.folded] < strings[y.folded] : a < b;
  });
  std::vector<std::uint32_t> number(values.size());
  std::vector<ValueRow> rows;
  std::vector<FieldRow> field_rows(fields.size() + 1);
  for (const std::uint32_t value : order) {
    number[value] = static_cast<std::uint32_t>(rows.size());
    rows.push_back(values[value].row);
  }
  values.clear();
  for (const ValueRow& row : rows) values.push_back({row, {}, {}});
  for (std::uint32_t value = 0; value < rows.size(); ++value) add_value_phrases(rows[value], value);
  std::uint32_t next = 0;
  for (std::uint32_t field = 0; field < fields.size(); ++field) {
    const FieldBuild& built = fields[field];
    FieldRow& row = field_rows[field];
    row.name = built.name;
    row.source = built.source;
    row.docs = built.docs;
    row.type = static_cast<ValueType>(std::max_element(built.types.begin(), built.types.end()) - built.types.begin());
    std::uint32_t most = 0;
    for (const auto& [dimension, count] : built.dimensions) {
      if (count > most) most = count, row.dimension = static_cast<std::uint8_t>(dimension);
    }
    row.first_value = next;
    while (next < rows.size() && rows[next].field == field) ++next;
    const bool named = built.source == FieldSource::kAttribute || built.source == FieldSource::kOption;
    if (named) add_phrase(stems_of(text::spaced(strings[built.name])), PhraseRow::What::kField, field, built.docs);
  }
  field_rows.back().first_value = next;
  for (std::uint32_t& value : variant_options) value = number[value];
  for (std::uint32_t& value : doc_values) value = number[value];
  for (std::size_t i = 0; i + 1 < docs.size(); ++i) {
    std::sort(doc_values.begin() + docs[i].first_value, doc_values.begin() + docs[i + 1].first_value);
    if (docs[i].brand != kNone) docs[i].brand = number[docs[i].brand];
  }
  block.put(Section::kValues, std::move(rows));
  block.put(Section::kFields, std::move(field_rows));
}

void IndexBuilder::State::write_categories(BlockWriter& block) {
  std::vector<CategoryRow> rows;
  std::vector<std::uint32_t> number(categories.size());
  // Depth first with an explicit stack; a category's end is known once its subtree is done.
  const auto visit = [&](std::uint32_t root) {
    std::vector<std::pair<std::uint32_t, std::size_t>> stack{{root, 0}};
    while (!stack.empty()) {
      auto& [at, child] = stack.back();
      if (child == 0) {
        const CategoryBuild& built = categories[at];
        number[at] = static_cast<std::uint32_t>(rows.size());
        rows.push_back({built.name, built.path, built.parent == kNone ? kNone : number[built.parent], 0, built.docs});
      }
      if (child < categories[at].children.size()) {
        const std::uint32_t next = categories[at].children[child++];
        stack.emplace_back(next, 0);
      } else {
        rows[number[at]].end = static_cast<std::uint32_t>(rows.size());
        stack.pop_back();
      }
    }
  };
  for (std::uint32_t i = 0; i < categories.size(); ++i) {
    if (categories[i].parent == kNone) visit(i);
  }
  for (std::uint32_t category = 0; category < rows.size(); ++category) {
    add_phrase(stems_of(strings[rows[category].name]), PhraseRow::What::kCategory, category, rows[category].docs);
  }
  for (std::uint32_t& category : doc_categories) category = number[category];
  block.put(Section::kCategories, std::move(rows));
  block.put(Section::kDocCategories, std::move(doc_categories));
}

void IndexBuilder::State::write_kinds(BlockWriter& block) {
  std::vector<std::uint32_t> doc_fields, doc_value_terms;
  std::vector<char> says_what;  // of each field: "type", "product_type" tell what a thing is, not how
  for (const FieldBuild& field : fields) {
    const auto name = text::words(text::spaced(strings[field.name]));
    says_what.push_back(!name.empty() && name.back().folded == "type" && (name.size() == 1 || name.front().folded == "product"));
  }
  KindEvidence evidence;
  evidence.docs = docs.size() - 1;
  evidence.doc = [&](std::uint32_t number) {
    doc_fields.clear();
    doc_value_terms.clear();
    for (std::uint32_t i = docs[number].first_value; i < docs[number + 1].first_value; ++i) {
      const ValueBuild& value = values[doc_values[i]];
      const FieldSource source = fields[value.row.field].source;
      if (source == FieldSource::kAttribute && (doc_fields.empty() || doc_fields.back() != value.row.field)) doc_fields.push_back(value.row.field);
      const bool says_how = (source == FieldSource::kAttribute && !says_what[value.row.field]) || source == FieldSource::kOption;
      if (says_how) doc_value_terms.insert(doc_value_terms.end(), value.whole.begin(), value.whole.end());
    }
    KindEvidence::Doc one;
    one.title = {title_terms.data() + docs[number].first_title_term, docs[number + 1].first_title_term - docs[number].first_title_term};
    one.fields = doc_fields;
    one.stated = stated_kind[number];
    one.brand = docs[number].brand;
    if (one.brand != kNone) one.brand_terms = values[one.brand].terms;
    one.value_terms = doc_value_terms;
    return one;
  };
  evidence.terms = terms.size();
  evidence.surface = [&](std::uint32_t term) { return terms[term].surface == kNone ? term_text[term] : word_text[terms[term].surface]; };
  for (const FieldBuild& field : fields) evidence.field_docs.push_back(field.source == FieldSource::kAttribute ? field.docs : 0);
  evidence.stated = stated_kind;
  evidence.stated_terms = kind_name_terms;
  evidence.stated_names = kind_names;
  InferredKinds inferred = infer_kinds(evidence);

  std::vector<KindRow> rows(inferred.kinds.size() + 1);
  std::vector<std::uint32_t> kind_terms, kind_docs;
  std::vector<std::vector<std::uint32_t>> members(inferred.kinds.size());
  for (std::uint32_t number = 0; number + 1 < docs.size(); ++number) {
    docs[number].first_kind = inferred.first[number];
    for (std::uint32_t i = inferred.first[number]; i < inferred.first[number + 1]; ++i) members[inferred.of[i]].push_back(number);
  }
  docs.back().first_kind = static_cast<std::uint32_t>(inferred.of.size());
  for (std::size_t kind = 0; kind < members.size(); ++kind) {
    rows[kind].name = strings.of(inferred.kinds[kind].name);
    rows[kind].stated = inferred.kinds[kind].stated;
    add_phrase(stems_of(text::spaced(inferred.kinds[kind].name)), PhraseRow::What::kKind, static_cast<std::uint32_t>(kind), static_cast<std::uint32_t>(members[kind].size()));
    rows[kind].first_term = static_cast<std::uint32_t>(kind_terms.size());
    rows[kind].first_doc = static_cast<std::uint32_t>(kind_docs.size());
    kind_terms.insert(kind_terms.end(), inferred.kinds[kind].terms.begin(), inferred.kinds[kind].terms.end());
    kind_docs.insert(kind_docs.end(), members[kind].begin(), members[kind].end());
  }
  rows.back().first_term = static_cast<std::uint32_t>(kind_terms.size());
  rows.back().first_doc = static_cast<std::uint32_t>(kind_docs.size());
  block.put(Section::kKinds, std::move(rows));
  block.put(Section::kKindTerms, std::move(kind_terms));
  block.put(Section::kKindDocs, std::move(kind_docs));
  block.put(Section::kDocKinds, std::move(inferred.of));
}

IndexBuilder::IndexBuilder(Currency currency) : state_(std::make_unique<State>(currency)) { state_->strings.of(""); }
IndexBuilder::~IndexBuilder() = default;

void IndexBuilder::add(const Product& product) {
  State& state = *state_;
  const std::uint32_t number = state.ids.of(product.id.str());
  if (number < state.docs.size()) return;
  state.doc = number;
  DocRow row;
  row.first_variant = static_cast<std::uint32_t>(state.variants.size());
  row.first_value = static_cast<std::uint32_t>(state.doc_values.size());
  row.first_category = static_cast<std::uint32_t>(state.doc_categories.size());
  row.first_title_term = static_cast<std::uint32_t>(state.title_terms.size());
  if (product.margin_permille) row.margin_permille = static_cast<std::int16_t>(std::clamp(*product.margin_permille, 0, 1000));
  state.docs.push_back(row);
  state.add_title(product.title);
  state.add_kind(product.kind);
  state.add_categories(product);
  state.add_attributes(product);
  state.add_variants(product);
  for (const std::string& identifier : product.identifiers) state.add_text(identifier, Zone::kIdentifier, 8);
  state.add_text(product.description, Zone::kDescription, kLongestDescription);
  for (const std::string& highlight : product.highlights) state.add_text(highlight, Zone::kDescription, kLongestDescription);
  state.flush_values();
  state.postings.end_product();
}

std::shared_ptr<const Index> IndexBuilder::finish(const std::string& catalogue_version) {
  State& state = *state_;
  DocRow end;
  end.first_variant = static_cast<std::uint32_t>(state.variants.size());
  end.first_value = static_cast<std::uint32_t>(state.doc_values.size());
  end.first_category = static_cast<std::uint32_t>(state.doc_categories.size());
  end.first_title_term = static_cast<std::uint32_t>(state.title_terms.size());
  state.docs.push_back(end);
  state.postings.finish();
  state.variants.push_back({0, static_cast<std::uint32_t>(state.variant_options.size()), 0, {}});

  BlockWriter block;
  block.put(Section::kVersion, catalogue_version);
  block.put(Section::kCurrency, std::string(state.currency.code()));
  state.write_categories(block);
  state.write_kinds(block);
  state.write_values(block);
  state.write_phrases(block);
  state.write_words(block);
  state.write_postings(block);
  std::vector<std::uint32_t> by_id(state.docs.size() - 1);
  std::iota(by_id.begin(), by_id.end(), 0u);
  std::sort(by_id.begin(), by_id.end(), [&](std::uint32_t a, std::uint32_t b) { return state.ids[a] < state.ids[b]; });
  block.put(Section::kById, std::move(by_id));
  state.ids.write(block, Section::kIdEnds, Section::kIdBytes);
  state.term_text.write(block, Section::kTermEnds, Section::kTermBytes);
  state.strings.write(block, Section::kStringEnds, Section::kStringBytes);
  block.put(Section::kDocs, std::move(state.docs));
  block.put(Section::kVariants, std::move(state.variants));
  block.put(Section::kVariantOptions, std::move(state.variant_options));
  block.put(Section::kDocValues, std::move(state.doc_values));
  block.put(Section::kTitleTerms, std::move(state.title_terms));
  state_.reset();
  return Index::adopt(block.finish());
}

}  // namespace floorwalker::search
