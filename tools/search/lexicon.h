#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/core/playbook/playbook.h"
#include "tools/search/index_data.h"

namespace floorwalker::search {

// A set of products given by what they are: kinds, and subtrees of the category tree.
struct Scope {
  std::vector<std::uint32_t> kinds;        // ascending
  std::vector<std::uint32_t> categories;   // roots of subtrees

  bool empty() const { return kinds.empty() && categories.empty(); }
};

// Looks names up in an index: phrases as kinds and categories (by their head), words through spelling correction, synonyms and umbrella
// words. Built once for an index; safe for every thread.
class Lexicon {
 public:
  Lexicon(const IndexData& data, VocabularyRules rules);

  // What the words of `phrase` name as a whole. A name is meant if its head is the phrase's head and it has all the phrase's words: "bag"
  // means "laptop bag", "laptop" does not. Umbrella words and the playbook's synonyms count; everyday synonyms where nothing else is so named.
  Scope scope_of(std::string_view phrase) const;

  // The same from stems, without synonyms.
  Scope scope_of_terms(const std::vector<std::uint32_t>& terms) const;

  // Phrases that mean the same or less ("shoes" -> boots, flats), in normal form: from the playbook, and everyday synonyms.
  std::vector<std::string> other_names(std::string_view normal) const;
  std::vector<std::string> playbook_names(std::string_view normal) const;
  std::vector<std::string> everyday_names(std::string_view normal) const;
  bool is_umbrella(std::string_view normal) const;

  // The catalogue's word nearest to a word it lacks; "" if none is near enough.
  std::string correct(std::string_view folded) const;

  // A word written as two ("smart phone" for "smartphone"), if the catalogue knows both and not the whole; empty otherwise.
  std::vector<std::string> split(std::string_view folded) const;

  // Whether some title has the two words next to each other.
  bool side_by_side(const std::string& first, const std::string& second) const;

  // The term of a folded word; kNone if no product has it.
  std::uint32_t term_of(const std::string& folded) const;

  bool contains(const Scope& scope, std::uint32_t doc) const;

  // All products of a scope, ascending.
  std::vector<std::uint32_t> docs_of(const Scope& scope) const;

  // The same as they are stored: a list for each kind and for each category with its descendants, each ascending.
  std::vector<std::span<const std::uint32_t>> kind_lists(const Scope& scope) const;
  std::vector<std::span<const std::uint32_t>> category_lists(const Scope& scope) const;

  // The kinds of a scope, and those whose name ends in one of the terms; ascending.
  std::vector<std::uint32_t> kinds_called_alike(const Scope& scope, const std::vector<std::uint32_t>& heads) const;

  // Whether the shop states what its products are; otherwise kinds are inferred, or there are only categories.
  bool names_its_kinds() const { return data_.kind_count() > 0 && !infers_kinds_; }

  const IndexData& data() const { return data_; }

 private:
  void add_category_names();
  void list_words();
  void list_categories();
  void count_shared();
  void drop_departments(Scope& scope) const;

  const IndexData& data_;
  bool infers_kinds_ = false;
  std::unordered_map<std::string, std::vector<std::string>> umbrellas_;  // normal form -> members
  std::unordered_map<std::string, std::vector<std::string>> synonyms_;
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> kinds_by_head_;
  // Names of categories and of their parts ("Bags & Cases" is also "bags" and "cases").
  struct CategoryName {
    std::uint32_t category;
    std::vector<std::uint32_t> terms;
  };
  std::vector<CategoryName> category_names_;
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> categories_by_head_;  // in category_names_
  static std::uint64_t pair_of(std::uint32_t category, std::uint32_t kind) { return (static_cast<std::uint64_t>(category) << 32) | kind; }
  // Words that may correct another, by length: spelling looks at those about as long.
  struct Spelled {
    std::uint32_t word;
    std::uint32_t letters;
  };
  static constexpr std::size_t kLongestSpelled = 31;
  std::vector<Spelled> spelled_;
  std::array<std::uint32_t, kLongestSpelled + 2> first_spelled_{};  // of each length, and one more
  std::vector<std::uint32_t> category_docs_;         // products by category: those of a subtree stand together
  std::vector<std::uint32_t> first_category_doc_;    // of each category, and one more
  std::unordered_map<std::uint64_t, std::uint32_t> shared_;  // category and kind -> products of its subtree that are (mainly) of the kind
  std::vector<std::uint32_t> kindless_;  // for each category: products of its subtree that are of no kind
};

}  // namespace floorwalker::search
