#include "tools/search/index_data.h"

#include <algorithm>

#include "agent/core/text.h"
#include "tools/search/analysis.h"

namespace floorwalker::search {

std::string_view to_string(Zone zone) {
  switch (zone) {
    case Zone::kTitle: return "title";
    case Zone::kKind: return "kind";
    case Zone::kBrand: return "brand";
    case Zone::kCategory: return "category";
    case Zone::kAttribute: return "attributes";
    case Zone::kOption: return "options";
    case Zone::kDescription: return "description";
    case Zone::kIdentifier: return "identifier";
  }
  return "title";
}

// FNV-1a with a final mix: stable across platforms, unlike std::hash.
std::uint64_t hash_text(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  hash ^= hash >> 33;
  hash *= 0xFF51AFD7ED558CCDULL;
  return hash ^ (hash >> 33);
}

std::uint32_t IndexData::find_term(std::string_view stem) const {
  if (term_slots.empty()) return kNone;
  const std::size_t mask = term_slots.size() - 1;
  for (std::size_t slot = hash_text(stem) & mask;; slot = (slot + 1) & mask) {
    const std::uint32_t term = term_slots[slot];
    if (term == kNone || term_text[term] == stem) return term;
  }
}

std::uint32_t IndexData::find_word(std::string_view folded) const {
  std::uint32_t low = 0, high = static_cast<std::uint32_t>(words.size());
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (word_text[middle] < folded) low = middle + 1;
    else high = middle;
  }
  return low < words.size() && word_text[low] == folded ? low : kNone;
}

std::uint32_t IndexData::find_doc(std::string_view id) const {
  const auto found = std::lower_bound(by_id.begin(), by_id.end(), id, [&](std::uint32_t doc, std::string_view text) { return ids[doc] < text; });
  return found != by_id.end() && ids[*found] == id ? *found : kNone;
}

std::span<const PhraseRow> IndexData::phrases_of(std::string_view stems) const {
  const std::uint64_t hash = hash_text(stems);
  const auto begin = std::lower_bound(phrases.begin(), phrases.end(), hash, [](const PhraseRow& row, std::uint64_t wanted) { return row.hash < wanted; });
  auto end = begin;
  while (end != phrases.end() && end->hash == hash) ++end;
  return {begin, end};
}

std::span<const std::uint32_t> IndexData::values_of(std::uint32_t doc, std::uint32_t field) const {
  const auto all = values_of(doc);
  const auto begin = std::lower_bound(all.begin(), all.end(), fields[field].first_value);
  const auto end = std::lower_bound(begin, all.end(), fields[field + 1].first_value);
  return {begin, end};
}

const std::vector<IndexData::FieldWords>& IndexData::field_words() const {
  std::call_once(field_words_made_, [this] {
    field_words_.reserve(field_count());
    for (std::uint32_t field = 0; field < field_count(); ++field) {
      FieldWords named{normal_form(text::spaced(field_name(field))), {}};
      for (const text::Word& word : text::words(named.normal)) named.stems.push_back(stem_of(word.folded));
      for (const std::string& stem : named.stems) {
        std::vector<std::uint32_t>& with = fields_by_stem_[stem];
        if (with.empty() || with.back() != field) with.push_back(field);
      }
      field_words_.push_back(std::move(named));
    }
  });
  return field_words_;
}

std::span<const std::uint32_t> IndexData::fields_with(const std::string& stem) const {
  field_words();
  const auto found = fields_by_stem_.find(stem);
  return found == fields_by_stem_.end() ? std::span<const std::uint32_t>() : std::span<const std::uint32_t>(found->second);
}

}  // namespace floorwalker::search
