#include "agent/core/verify/lexicon.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>

#include "agent/core/text.h"
#include "agent/core/verify/flat.h"
#include "agent/core/verify/lexicon_data.h"

namespace floorwalker::verify {
namespace {

const std::map<std::string, WordClass, std::less<>>& class_names() {
  using W = WordClass;
  static const std::map<std::string, WordClass, std::less<>> names{
      {"stop", W::kStop}, {"negation", W::kNegation}, {"negation_end", W::kNegationEnd}, {"and", W::kAnd},
      {"approximate", W::kApproximate}, {"at_most", W::kAtMost}, {"at_least", W::kAtLeast}, {"second_person", W::kSecondPerson},
      {"first_person", W::kFirstPerson}, {"pronoun", W::kPronoun}, {"hypothetical", W::kHypothetical}, {"future", W::kFuture},
      {"request", W::kRequest}, {"available", W::kAvailable}, {"unavailable", W::kUnavailable}, {"copula", W::kCopula},
      {"perfect", W::kPerfect}, {"evaluative", W::kEvaluative}, {"review", W::kReview}, {"money", W::kMoney}, {"total", W::kTotal},
      {"difference", W::kDifference}, {"thing", W::kThing}, {"selling", W::kSelling}, {"slight", W::kSlight}, {"ordinal_noun", W::kOrdinalNoun},
      {"ending", W::kEnding}, {"only", W::kOnly}, {"example", W::kExample}, {"unknowable", W::kUnknowable}, {"policy", W::kPolicy},
      {"delivery", W::kDelivery}, {"compatible", W::kCompatible}, {"each", W::kEachOne}, {"generic", W::kGeneric}, {"versus", W::kVersus}};
  return names;
}

class Loader {
 public:
  std::shared_ptr<const LexiconData> load(const YAML::Node& root) {
    data_->classes.push_back(0);
    data_->value_classes_of.emplace_back();
    data_->contrasts_of.emplace_back();
    if (root["language"]) data_->language = root["language"].as<std::string>();
    read(root, "synonyms", [&](const YAML::Node& node) { synonyms(node); });
    const std::map<std::string, std::function<void(const YAML::Node&)>> sections{
        {"language", [](const YAML::Node&) {}},
        {"synonyms", [](const YAML::Node&) {}},
        {"words", [&](const YAML::Node& node) { words(node); }},
        {"exact", [&](const YAML::Node& node) { exact(node); }},
        {"phrases", [&](const YAML::Node& node) { phrases(node); }},
        {"values", [&](const YAML::Node& node) { values(node); }},
        {"contrasts", [&](const YAML::Node& node) { contrasts(node); }},
        {"actions", [&](const YAML::Node& node) { actions(node); }},
        {"comparisons", [&](const YAML::Node& node) { comparisons(node); }},
        {"numbers", [&](const YAML::Node& node) { table(node, data_->numbers); }},
        {"ordinals", [&](const YAML::Node& node) { table(node, data_->ordinals); }},
        {"months", [&](const YAML::Node& node) { table(node, data_->months); }},
        {"currencies", [&](const YAML::Node& node) { table(node, data_->currencies); }},
        {"units", [&](const YAML::Node& node) { table(node, data_->unit_words); }},
        {"compounds", [&](const YAML::Node& node) { table(node, data_->compounds); }},
        {"aliases", [&](const YAML::Node& node) { aliases(node); }},
        {"reading", [&](const YAML::Node& node) { reading(node); }},
    };
    for (const auto& section : root) {
      const auto known = sections.find(section.first.as<std::string>());
      if (known == sections.end()) throw YAML::Exception(section.first.Mark(), "unknown section " + section.first.as<std::string>());
      known->second(section.second);
    }
    index();
    return data_;
  }

 private:
  std::shared_ptr<LexiconData> data_ = std::make_shared<LexiconData>();

  // Marks the words that stand in tables, so that others need not be looked up there.
  void index() {
    static std::atomic<std::uint64_t> serials{0};
    data_->serial = ++serials;
    const auto mark = [&](const auto& table, WordClass as) {
      for (const auto& entry : table) data_->by_word[entry.first] |= bit(as);
    };
    mark(data_->numbers, WordClass::kNumberWord);
    mark(data_->ordinals, WordClass::kOrdinalWord);
    mark(data_->months, WordClass::kMonth);
    mark(data_->action_of, WordClass::kActing);
    mark(data_->comparisons, WordClass::kComparing);
    for (const auto& entry : data_->compounds) data_->by_word[entry.first.substr(0, entry.first.find(' '))] |= bit(WordClass::kCompoundHead);
    for (const auto& entry : data_->unit_words) data_->begins_unit_word[static_cast<unsigned char>(entry.first[0])] = true;
    for (const auto& entry : data_->currencies) data_->begins_currency[static_cast<unsigned char>(entry.first[0])] = true;
    data_->phrases.resize(data_->classes.size());
  }

  std::vector<Phrase>& phrases_from(Concept first) {
    if (data_->phrases.size() <= first) data_->phrases.resize(first + 1);
    return data_->phrases[first];
  }

  std::string stem(const std::string& folded) const { return text::stem(folded, data_->language); }

  template <typename Use>
  void read(const YAML::Node& root, const char* key, Use use) {
    if (root[key]) use(root[key]);
  }

  Concept intern_stem(const std::string& stem) {
    const auto [found, added] = data_->by_stem.emplace(stem, static_cast<Concept>(data_->classes.size()));
    if (added) {
      data_->classes.push_back(0);
      data_->value_classes_of.emplace_back();
      data_->contrasts_of.emplace_back();
    }
    return found->second;
  }

  std::vector<Concept> intern(const std::string& phrase) {
    std::vector<Concept> concepts;
    for (const text::Word& word : text::words(phrase)) concepts.push_back(intern_stem(stem(word.folded)));
    return concepts;
  }

  static WordClass class_of(const YAML::Node& name) {
    const auto found = class_names().find(name.as<std::string>());
    if (found == class_names().end()) throw YAML::Exception(name.Mark(), "unknown word class " + name.as<std::string>());
    return found->second;
  }

  // The first word of a list stands for all.
  void synonyms(const YAML::Node& node) {
    for (const YAML::Node& group : node) {
      Concept first = 0;
      for (const YAML::Node& word : group) {
        const std::string stemmed = stem(text::fold(word.as<std::string>()));
        if (first == 0) first = intern_stem(stemmed);
        else data_->by_stem.emplace(stemmed, first);
      }
    }
  }

  void words(const YAML::Node& node) {
    for (const auto& entry : node) {
      const std::uint64_t mask = bit(class_of(entry.first));
      for (const YAML::Node& word : entry.second) {
        const std::vector<Concept> concepts = intern(word.as<std::string>());
        if (concepts.size() == 1) data_->classes[concepts[0]] |= mask;
        else if (!concepts.empty()) phrases_from(concepts[0]).push_back({concepts, mask});
      }
    }
  }

  void exact(const YAML::Node& node) {
    for (const auto& entry : node) {
      const std::uint64_t mask = bit(class_of(entry.first));
      for (const YAML::Node& word : entry.second) data_->by_word[text::fold(word.as<std::string>())] |= mask;
    }
  }

  void phrases(const YAML::Node& node) {
    for (const auto& entry : node) {
      const std::uint64_t mask = bit(class_of(entry.first));
      for (const YAML::Node& phrase : entry.second) {
        std::vector<Concept> concepts = intern(phrase.as<std::string>());
        if (!concepts.empty()) phrases_from(concepts[0]).push_back({concepts, mask});
      }
    }
  }

  void values(const YAML::Node& node) {
    for (const auto& entry : node) {
      const auto index = static_cast<std::uint16_t>(data_->value_classes.size());
      ValueClass value_class;
      value_class.name = entry.first.as<std::string>();
      for (const YAML::Node& word : entry.second["attributes"]) {
        for (Concept id : intern(word.as<std::string>())) value_class.attributes.push_back(id);
      }
      value_class.initials = entry.second["initials"] && entry.second["initials"].as<bool>();
      value_class.strict = entry.second["strict"] && entry.second["strict"].as<bool>();
      for (const YAML::Node& word : entry.second["words"]) {
        for (Concept id : intern(word.as<std::string>())) data_->value_classes_of[id].push_back(index);
      }
      data_->value_classes.push_back(std::move(value_class));
    }
  }

  void contrasts(const YAML::Node& node) {
    std::uint16_t contrast = 0;
    for (const YAML::Node& entry : node) {
      std::uint16_t side = 0;
      const YAML::Node sides = entry.IsMap() ? entry["sides"] : entry;
      const auto unit = entry.IsMap() ? find_unit(entry["unit"].as<std::string>()) : std::nullopt;
      data_->contrast_dimension.push_back(unit ? unit->dimension : Dimension::kNone);
      for (const YAML::Node& words_of_side : sides) {
        for (const YAML::Node& word : words_of_side) {
          for (Concept id : intern(word.as<std::string>())) data_->contrasts_of[id].push_back(static_cast<std::uint16_t>(contrast * 16 + side));
        }
        ++side;
      }
      ++contrast;
    }
  }

  void aliases(const YAML::Node& node) {
    for (const auto& entry : node) {
      for (const YAML::Node& other : entry.second) data_->aliases.emplace_back(intern(entry.first.as<std::string>()), intern(other.as<std::string>()));
    }
  }

  void reading(const YAML::Node& node) {
    for (const YAML::Node& word : node) data_->reading.push_back(stem(text::fold(word.as<std::string>())));
  }

  void actions(const YAML::Node& node) {
    for (const auto& entry : node) {
      ActionRule rule;
      rule.name = entry.first.as<std::string>();
      const auto index = static_cast<std::uint16_t>(data_->actions.size());
      for (const YAML::Node& word : entry.second["said"]) {
        rule.participles.push_back(text::fold(word.as<std::string>()));
        data_->action_of.emplace(rule.participles.back(), index);
      }
      for (const YAML::Node& word : entry.second["calls"]) rule.calls.push_back(stem(text::fold(word.as<std::string>())));
      for (const YAML::Node& word : entry.second["states"]) rule.states.push_back(stem(text::fold(word.as<std::string>())));
      rule.any_write = entry.second["any_write"] && entry.second["any_write"].as<bool>();
      data_->actions.push_back(std::move(rule));
    }
  }

  void comparisons(const YAML::Node& node) {
    for (const auto& entry : node) {
      ComparisonRule rule;
      for (const YAML::Node& word : entry.second["attributes"]) {
        for (Concept id : intern(word.as<std::string>())) rule.attributes.push_back(id);
      }
      rule.low = entry.second["low"] && entry.second["low"].as<bool>();
      for (const YAML::Node& word : entry.second["more"]) data_->comparisons[text::fold(word.as<std::string>())] = rule;
      rule.superlative = true;
      for (const YAML::Node& word : entry.second["most"]) data_->comparisons[text::fold(word.as<std::string>())] = rule;
    }
  }

  template <typename Value>
  void table(const YAML::Node& node, std::unordered_map<std::string, Value>& target) {
    for (const auto& entry : node) target[text::fold(entry.first.as<std::string>())] = entry.second.template as<Value>();
  }
};

}  // namespace

Result<Lexicon> Lexicon::parse(std::string_view yaml) {
  try {
    return Lexicon(Loader().load(YAML::Load(std::string(yaml))));
  } catch (const YAML::Exception& error) {
    return fail(ErrorKind::kInvalidArgument, "lexicon, line " + std::to_string(error.mark.line + 1) + ": " + error.msg);
  }
}

const WordFacts& facts_of(std::string_view folded, const LexiconData& lexicon) {
  constexpr std::size_t kMost = 50000;
  struct Known {
    std::uint64_t serial = 0;
    WordTable<WordFacts> words;
  };
  thread_local std::vector<Known> lexicons;  // a thread meets few: one a language
  auto known = std::find_if(lexicons.begin(), lexicons.end(), [&](const Known& one) { return one.serial == lexicon.serial; });
  if (known == lexicons.end()) {
    if (lexicons.size() >= 8) lexicons.clear();
    known = lexicons.insert(lexicons.end(), {lexicon.serial, {}});
  }
  const std::uint64_t hash = hash_word(folded);
  if (const WordFacts* found = known->words.find(folded, hash)) return *found;
  if (known->words.size() >= kMost) known->words.clear();
  WordFacts made;
  made.stem = text::stem(folded, lexicon.language);
  if (const auto in_lexicon = lexicon.by_stem.find(made.stem); in_lexicon != lexicon.by_stem.end()) made.concept_id = in_lexicon->second;
  made.classes = lexicon.classes_of(made.concept_id);
  if (const auto exact = lexicon.by_word.find(std::string(folded)); exact != lexicon.by_word.end()) made.classes |= exact->second;
  WordFacts* kept = known->words.emplace(folded, hash).first;
  *kept = std::move(made);
  return *kept;
}

}  // namespace floorwalker::verify
