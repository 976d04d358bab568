#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/core/catalogue.h"
#include "agent/core/money.h"
#include "agent/core/units.h"

// The tables of an index as they lie in its block. Ids are positions in a table. A row's list in another table starts at its `first_...`
// and ends where the next row's begins; so these tables carry one row more than they count.
namespace floorwalker::search {

inline constexpr std::uint32_t kNone = 0xFFFFFFFF;

// Strings one after the other, found by number.
class StringTable {
 public:
  StringTable() = default;
  StringTable(std::span<const std::uint32_t> ends, const char* bytes) : ends_(ends), bytes_(bytes) {}

  std::size_t size() const { return ends_.size(); }
  std::string_view operator[](std::uint32_t id) const {
    const std::uint32_t start = id == 0 ? 0 : ends_[id - 1];
    return {bytes_ + start, ends_[id] - start};
  }

 private:
  std::span<const std::uint32_t> ends_;
  const char* bytes_ = nullptr;
};

// Where in a product a word may stand. The bit of a zone in a posting's mask is 1 << zone.
enum class Zone : std::uint8_t { kTitle, kKind, kBrand, kCategory, kAttribute, kOption, kDescription, kIdentifier };
inline constexpr std::size_t kZones = 8;
std::string_view to_string(Zone zone);

struct DocRow {
  std::int64_t price_low = 0;
  std::int64_t price_high = 0;
  std::uint32_t first_variant = 0;
  std::uint32_t first_value = 0;        // in doc_values, ascending
  std::uint32_t first_category = 0;     // in doc_categories; the first is the main one
  std::uint32_t first_kind = 0;         // in doc_kinds; the first is the main one
  std::uint32_t first_title_term = 0;   // in title_terms
  std::uint32_t brand = kNone;          // a value
  std::int16_t margin_permille = -1;    // -1: unknown
  std::uint8_t availability = 0;        // when the index was built
  std::uint8_t reserved = 0;
  std::uint32_t padding = 0;
};

struct VariantRow {
  std::int64_t price = 0;
  std::uint32_t first_option = 0;       // in variant_options: values
  std::uint8_t availability = 0;
  std::uint8_t reserved[3] = {};
};

enum class FieldSource : std::uint8_t { kAttribute, kOption, kBrand, kTag };
enum class ValueType : std::uint8_t { kText, kFlag, kNumber };

// A name under which products have values. Its values are numbered one after the other: flags, then numbers ascending, then texts.
struct FieldRow {
  std::uint32_t name = 0;               // a string, as the catalogue spells it
  std::uint32_t first_value = 0;
  std::uint32_t docs = 0;               // products that have the field
  FieldSource source = FieldSource::kAttribute;
  ValueType type = ValueType::kText;    // of most products
  std::uint8_t dimension = 0;           // of most of its numbers
  std::uint8_t reserved = 0;
};

struct ValueRow {
  double number = 0;                    // canonical units; 0 or 1 for flags
  double shown = 0;                     // as stated, in `unit`
  std::uint32_t field = 0;
  std::uint32_t text = 0;               // a string: as a shopper reads it
  std::uint32_t folded = 0;             // a string: folded words joined by one space
  std::uint32_t unit = 0;               // a string: the stated unit's symbol
  std::uint32_t docs = 0;               // products that have the value
  ValueType type = ValueType::kText;
  std::uint8_t dimension = 0;
  std::uint8_t reserved[2] = {};
};

// Categories are numbered depth first: a subtree is a range of ids.
struct CategoryRow {
  std::uint32_t name = 0;               // a string: the last part of the path
  std::uint32_t path = 0;               // a string: all parts joined by " > "
  std::uint32_t parent = kNone;
  std::uint32_t end = 0;                // one past the last descendant
  std::uint32_t docs = 0;               // products in the subtree
};

struct KindRow {
  std::uint32_t name = 0;               // a string
  std::uint32_t first_term = 0;         // in kind_terms: the name's words in order; the last is the head
  std::uint32_t first_doc = 0;          // in kind_docs
  std::uint8_t stated = 0;              // 1: the shop names products so; 0: inferred
  std::uint8_t reserved[3] = {};
};

// A word in its stemmed form.
struct TermRow {
  std::uint64_t postings = 0;           // where its postings start
  std::uint32_t docs = 0;
  std::uint32_t title_docs = 0;         // products that have it in title, kind or category
  std::uint32_t surface = 0;            // a word: the most frequent form
  std::uint32_t padding = 0;
};

// A word as it is written (folded), for correcting spelling and for showing.
struct WordRow {
  std::uint32_t term = 0;
  std::uint32_t count = 0;              // products that have it outside descriptions
  std::uint32_t letters = 0;            // bit for each letter that occurs: a cheap bound on the edit distance
};

// A phrase of which the catalogue makes something: found by the hash of its stems joined by spaces.
struct PhraseRow {
  enum class What : std::uint8_t { kKind, kCategory, kField, kValue, kValuePart };

  std::uint64_t hash = 0;
  std::uint32_t id = 0;                 // of kind, category, field or value; for kValuePart a value that holds the phrase
  std::uint32_t docs = 0;               // products it fits; for kValuePart at least
  What what = What::kKind;
  std::uint8_t words = 0;
  std::uint8_t reserved[6] = {};
};
inline constexpr std::size_t kLongestPhrase = 6;  // words

// One product in a term's list.
struct Posting {
  std::uint32_t doc = 0;
  std::uint8_t zones = 0;               // mask of Zone
  std::uint8_t impact = 0;              // saturated weight of the word in the product, 0..255
};

// Reads a term's postings: delta of the product's number as a varint, zones, impact.
class PostingReader {
 public:
  PostingReader(const unsigned char* at, std::uint32_t count) : at_(at), left_(count) {}

  bool next(Posting& posting) {
    if (left_ == 0) return false;
    --left_;
    std::uint32_t delta = 0;
    for (int shift = 0;; shift += 7) {
      const unsigned char byte = *at_++;
      delta |= static_cast<std::uint32_t>(byte & 0x7F) << shift;
      if (byte < 0x80) break;
    }
    doc_ += delta;
    posting = {doc_, at_[0], at_[1]};
    at_ += 2;
    return true;
  }

 private:
  const unsigned char* at_;
  std::uint32_t left_;
  std::uint32_t doc_ = 0;
};

// Marks a break (comma, bracket, dash) in title_terms.
inline constexpr std::uint32_t kTitleBreak = 0xFFFFFFFE;

struct IndexData {
  std::string_view catalogue_version;
  Currency currency;

  StringTable strings;
  StringTable ids;                                // of products
  StringTable term_text;
  StringTable word_text;                          // ascending

  std::span<const DocRow> docs;                   // one more than there are products
  std::span<const VariantRow> variants;           // one more
  std::span<const std::uint32_t> variant_options;
  std::span<const FieldRow> fields;               // one more
  std::span<const ValueRow> values;
  std::span<const std::uint32_t> doc_values;
  std::span<const CategoryRow> categories;
  std::span<const std::uint32_t> doc_categories;
  std::span<const KindRow> kinds;                 // one more
  std::span<const std::uint32_t> kind_terms;
  std::span<const std::uint32_t> kind_docs;       // ascending for each kind
  std::span<const std::uint32_t> doc_kinds;
  std::span<const TermRow> terms;
  std::span<const std::uint32_t> term_slots;      // open addressing by hash of the text; a power of two
  std::span<const WordRow> words;
  std::span<const std::uint32_t> title_terms;
  std::span<const unsigned char> postings;
  std::span<const std::uint32_t> by_id;           // products ascending by id
  std::span<const PhraseRow> phrases;             // ascending by hash

  std::size_t doc_count() const { return docs.empty() ? 0 : docs.size() - 1; }
  std::size_t field_count() const { return fields.empty() ? 0 : fields.size() - 1; }
  std::size_t kind_count() const { return kinds.empty() ? 0 : kinds.size() - 1; }

  std::uint32_t find_term(std::string_view stem) const;      // kNone if no product has it
  std::uint32_t find_word(std::string_view folded) const;    // kNone
  std::uint32_t find_doc(std::string_view id) const;         // kNone

  std::span<const PhraseRow> phrases_of(std::string_view stems) const;

  PostingReader postings_of(std::uint32_t term) const {
    return {postings.data() + terms[term].postings, terms[term].docs};
  }
  std::span<const std::uint32_t> values_of(std::uint32_t doc) const {
    return doc_values.subspan(docs[doc].first_value, docs[doc + 1].first_value - docs[doc].first_value);
  }
  // The values of one field: a part of values_of(doc).
  std::span<const std::uint32_t> values_of(std::uint32_t doc, std::uint32_t field) const;
  std::span<const VariantRow> variants_of(std::uint32_t doc) const {
    return variants.subspan(docs[doc].first_variant, docs[doc + 1].first_variant - docs[doc].first_variant);
  }
  std::span<const std::uint32_t> options_of(std::uint32_t variant) const {
    return variant_options.subspan(variants[variant].first_option, variants[variant + 1].first_option - variants[variant].first_option);
  }
  std::span<const std::uint32_t> categories_of(std::uint32_t doc) const {
    return doc_categories.subspan(docs[doc].first_category, docs[doc + 1].first_category - docs[doc].first_category);
  }
  std::span<const std::uint32_t> kinds_of(std::uint32_t doc) const {
    return doc_kinds.subspan(docs[doc].first_kind, docs[doc + 1].first_kind - docs[doc].first_kind);
  }
  std::span<const std::uint32_t> docs_of_kind(std::uint32_t kind) const {
    return kind_docs.subspan(kinds[kind].first_doc, kinds[kind + 1].first_doc - kinds[kind].first_doc);
  }
  std::span<const std::uint32_t> terms_of_kind(std::uint32_t kind) const {
    return kind_terms.subspan(kinds[kind].first_term, kinds[kind + 1].first_term - kinds[kind].first_term);
  }
  std::span<const std::uint32_t> title_of(std::uint32_t doc) const {
    return title_terms.subspan(docs[doc].first_title_term, docs[doc + 1].first_title_term - docs[doc].first_title_term);
  }

  std::string_view field_name(std::uint32_t field) const { return strings[fields[field].name]; }

  // The words of a field's name in the forms that are compared. Made for all fields when first asked for: finding a field by what a
  // shopper calls it looks at every name.
  struct FieldWords {
    std::string normal;
    std::vector<std::string> stems;
  };
  const std::vector<FieldWords>& field_words() const;
  // Fields whose name has that stem, ascending.
  std::span<const std::uint32_t> fields_with(const std::string& stem) const;

  std::string_view value_text(std::uint32_t value) const { return strings[values[value].text]; }
  std::string_view kind_name(std::uint32_t kind) const { return strings[kinds[kind].name]; }

 private:
  mutable std::once_flag field_words_made_;
  mutable std::vector<FieldWords> field_words_;
  mutable std::unordered_map<std::string, std::vector<std::uint32_t>> fields_by_stem_;
};

// A number for a text, the same on every machine and in every run.
std::uint64_t hash_text(std::string_view text);

}  // namespace floorwalker::search
