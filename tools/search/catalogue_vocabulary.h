#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/playbook/playbook.h"
#include "agent/core/vocabulary.h"
#include "tools/search/index.h"

namespace floorwalker::search {

// The words of a catalogue as its index knows them: recognises kinds, categories, brands, attributes and their values, options, tags and
// product names in what a shopper wrote, through plurals, compounds ("note book"), misspellings, synonyms and umbrella words.
// Confidence: 1 exact, 0.95 other inflection, 0.9 synonym or umbrella member, 0.85 compound split or joined, 0.8 part of a name, less for
// corrected spelling.
class CatalogueVocabulary final : public Vocabulary {
 public:
  explicit CatalogueVocabulary(std::shared_ptr<const Index> index, VocabularyRules rules = {});
  ~CatalogueVocabulary() override;

  std::vector<Mention> recognise(std::string_view text) const override;
  std::vector<NumericAttribute> numeric_attributes(std::string_view kind) const override;
  std::vector<std::string> names(std::string_view what) const override;
  std::size_t count(std::string_view kind) const override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace floorwalker::search
