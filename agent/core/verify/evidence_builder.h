#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "agent/core/verify/evidence_index.h"

namespace floorwalker::verify {

// Turns one document's tree into entities and leaves of the index.
class EvidenceBuilder {
 public:
  EvidenceBuilder(EvidenceIndex& index, std::uint32_t document);

  void build();

 private:
  // What is known on the way down the tree.
  struct Place {
    EntityIndex entity = 0;
    Words attribute;
    Words own;
    std::string_view key;
    bool identifier = false;    // the key says that values are identifiers
    std::string_view unit;      // said by a sibling ("unit": "grams")
    bool money = false;
    bool minor = false;         // whole minor units
    bool third_party = false;
    bool tally = false;         // below "facets"
    bool asked = false;         // what was asked for, and is not known to be so
  };

  EvidenceIndex& index_;
  const std::uint32_t document_;
  const JsonTree& tree_;
  const LexiconData& lexicon_;
  std::vector<std::uint32_t> key_of_;   // by node: its key in the index's table
  std::vector<std::string_view> unmet_; // fields that the result says it did not go by
  std::vector<Token> tokens_;           // of the text at hand; kept for its memory
  std::vector<Concept> concepts_;

  void walk(std::uint32_t node, const Place& place);
  void walk_object(std::uint32_t node, Place place);
  void walk_array(std::uint32_t node, const Place& place);
  bool walk_pair(std::uint32_t node, const Place& place);
  Place below(const Place& place, std::string_view key, std::uint32_t known_as);
  Place below(const Place& place, std::uint32_t node) { return below(place, tree_[node].key, key_of_[node]); }

  void read_keys();
  void read_unmet();
  std::uint32_t read(std::string_view key);       // its place in the index's table of keys
  const KeyFacts& worded(std::uint32_t known_as);
  Words own_words(std::uint32_t known_as);
  const KeyFacts& facts(std::uint32_t node) const { return index_.keys.value(key_of_[node]); }

  EntityIndex entity_for(std::uint32_t object, const Place& place);
  EntityIndex make_entity(std::string_view id, EntityIndex parent);
  void name_entity(EntityIndex entity, std::uint32_t object);
  void link(EntityIndex parent, EntityIndex child);
  void add_name(EntityIndex entity, std::string_view name);
  void keep_name(EntityIndex entity);

  std::optional<bool> says_available(std::uint32_t member) const;
  void add_collection(std::uint32_t node, const Place& place);

  void add_leaf(std::uint32_t node, const Place& place);
  bool ages(std::uint32_t leaf) const;
  void add_text(std::uint32_t leaf, const Place& place);
  void add_number(std::uint32_t leaf, const Place& place);
  void add_numbers(std::uint32_t leaf, const Place& place, std::string_view readable);
  Words words_beside(const std::vector<Number>& numbers, const Number& number);
  void add_parts(std::uint32_t leaf);
  void index_number(EvidenceNumber number);
  void index_identifier(std::uint32_t leaf, std::string_view text);
  void index_leaf(std::uint32_t leaf);
};

}  // namespace floorwalker::verify
