#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/text.h"
#include "agent/core/vocabulary.h"

namespace floorwalker::test {

// A vocabulary made of a list of phrases: what an utterance means can be tested without a catalogue.
class WordListVocabulary final : public Vocabulary {
 public:
  struct Entry {
    std::string phrase;
    Mention mention;
  };

  void kind(const std::string& phrase, const std::string& name, std::size_t products = 10) { add(phrase, Mention::What::kKind, "", name, products); }
  void brand(const std::string& name) { add(name, Mention::What::kBrand, "brand", name); }
  void value(const std::string& field, const std::string& value, std::size_t products = 10) {
    add(value, Mention::What::kAttributeValue, field, value, products);
  }
  void option(const std::string& field, const std::string& value) { add(value, Mention::What::kOptionValue, field, value); }
  void product(const std::string& phrase, const std::string& id) {
    add(phrase, Mention::What::kProduct, "", "");
    entries_.back().mention.product = ProductId(id);
  }
  void number(const std::string& name, Dimension dimension, double low, double high, std::size_t products = 10) {
    numbers_.push_back({name, dimension, products, low, high});
  }

  std::vector<Mention> recognise(std::string_view text) const override {
    const auto words = text::words(text);
    std::vector<Mention> found;
    for (std::size_t i = 0; i < words.size(); ++i) {
      for (const Entry& entry : entries_) {
        const auto phrase = text::words(entry.phrase);
        if (phrase.empty() || i + phrase.size() > words.size()) continue;
        bool same = true;
        for (std::size_t j = 0; same && j < phrase.size(); ++j) same = text::stem(phrase[j].folded) == text::stem(words[i + j].folded);
        if (!same) continue;
        Mention mention = entry.mention;
        mention.start = words[i].start;
        mention.end = words[i + phrase.size() - 1].end;
        found.push_back(std::move(mention));
      }
    }
    return found;
  }

  std::vector<NumericAttribute> numeric_attributes(std::string_view) const override { return numbers_; }
  std::vector<std::string> names(std::string_view) const override { return {}; }
  std::size_t count(std::string_view) const override { return 10; }

 private:
  void add(const std::string& phrase, Mention::What what, const std::string& field, const std::string& value, std::size_t products = 10) {
    Mention mention;
    mention.what = what;
    mention.field = field;
    mention.value = value;
    mention.products = products;
    entries_.push_back({phrase, mention});
  }

  std::vector<Entry> entries_;
  std::vector<NumericAttribute> numbers_;
};

}  // namespace floorwalker::test
