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
    std::vector<Concept> attribute;
    std::string_view key;
    std::string_view unit;      // said by a sibling ("unit": "grams")
    bool money = false;
    bool minor = false;         // whole minor units
    bool third_party = false;
  };

  EvidenceIndex& index_;
  const std::uint32_t document_;
  const JsonTree& tree_;
  const LexiconData& lexicon_;

  void walk(std::uint32_t node, const Place& place);
  void walk_object(std::uint32_t node, Place place);
  void walk_array(std::uint32_t node, const Place& place);
  bool walk_pair(std::uint32_t node, const Place& place);
  Place below(const Place& place, std::string_view key) const;

  EntityIndex entity_for(std::uint32_t object, const Place& place);
  EntityIndex make_entity(std::string_view id, EntityIndex parent);
  void name_entity(EntityIndex entity, std::uint32_t object);
  void link(EntityIndex parent, EntityIndex child);
  void add_name(EntityIndex entity, std::string_view name);

  std::optional<bool> says_available(std::uint32_t member) const;
  void add_collection(std::uint32_t node, const Place& place);

  void add_leaf(std::uint32_t node, const Place& place);
  void add_text(std::uint32_t leaf, const Place& place);
  void add_number(std::uint32_t leaf, const Place& place);
  void add_parts(std::uint32_t leaf, const std::vector<Token>& tokens);
  void index_number(EvidenceNumber number);
  void index_identifier(std::uint32_t leaf, std::string_view text);
  void index_leaf(std::uint32_t leaf);
};

}  // namespace floorwalker::verify
