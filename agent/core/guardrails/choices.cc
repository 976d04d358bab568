#include "agent/core/guardrails/choices.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "agent/core/answers_json.h"
#include "agent/core/guardrails/phrases.h"
#include "agent/core/text.h"

namespace floorwalker::guardrails {
namespace {

constexpr int kStillFresh = 3;   // turns for which a value that was said in passing counts for an add

const std::string& text_at(const Value& record, std::string_view key) {
  static const std::string none;
  const Value* field = record.find(key);
  return field && field->type == Value::Type::kText ? field->text : none;
}

// Models like to write ids in brackets, quotes or backticks; the tools accept that.
std::string bare(const std::string& id) {
  const auto first = id.find_first_not_of("<\"'`[( ");
  return first == std::string::npos ? id : id.substr(first, id.find_last_not_of(">\"'`]) ") - first + 1);
}

// Calls `each` with every record inside the value, itself included, until it returns true.
template <typename Each>
bool walk(const Value& value, const Each& each) {
  if (value.type == Value::Type::kMap && each(value)) return true;
  for (const Value& item : value.items) {
    if (walk(item, each)) return true;
  }
  return std::any_of(value.entries.begin(), value.entries.end(), [&](const auto& entry) { return walk(entry.second, each); });
}

// Everything that results told of one product: which variants it has, and which values each option.
struct Offer {
  std::map<std::string, std::vector<std::string>> values;   // option -> each value once
  struct Variant {
    std::string id;
    std::map<std::string, std::string> options;
    std::optional<Money> price;
  };
  std::vector<Variant> variants;

  void add_value(const std::string& option, const std::string& value) {
    auto& all = values[option];
    if (std::find(all.begin(), all.end(), value) == all.end()) all.push_back(value);
  }

  void add(const Value& product) {
    if (const Value* options = product.find("options")) {
      for (const auto& [name, field] : options->entries) {
        for (const Value& value : field.items) add_value(name, value.text);
      }
    }
    const Value* told = product.find("variants");
    for (const Value& variant : told ? told->items : std::vector<Value>{}) add_variant(variant);
  }

  void add_variant(const Value& told) {
    const std::string& id = text_at(told, "id");
    if (std::any_of(variants.begin(), variants.end(), [&](const Variant& known) { return known.id == id; })) return;   // a newer result told of it
    Variant variant{id, {}, money_from_text(text_at(told, "price"))};
    if (const Value* options = told.find("options")) {
      for (const auto& [name, value] : options->entries) {
        variant.options[name] = value.text;
        add_value(name, value.text);
      }
    }
    variants.push_back(std::move(variant));
  }
};

// The product that the change is about, as the results tell of it, the newest first.
Offer offer_of(const Value& arguments, const Conversation& conversation) {
  const std::string product = bare(text_at(arguments, "product")), variant = bare(text_at(arguments, "variant"));
  const auto has_variant = [&](const Value& record) {
    const Value* variants = record.find("variants");
    return variants && std::any_of(variants->items.begin(), variants->items.end(), [&](const Value& one) { return text_at(one, "id") == variant; });
  };
  Offer offer;
  for (auto message = conversation.messages.rbegin(); message != conversation.messages.rend(); ++message) {
    const std::string& content = message->result.content;
    if (message->role != Role::kTool || content.find(variant.empty() ? product : variant) == std::string::npos) continue;
    const auto answer = parse_json(content);
    if (!answer) continue;
    walk(*answer, [&](const Value& record) {
      if (!record.find("title") || !(variant.empty() ? text_at(record, "id") == product : has_variant(record))) return false;
      offer.add(record);
      return false;
    });
  }
  return offer;
}

// The options that the change asks for: written out, or those of the variant that it names.
std::map<std::string, std::string> asked_for(const Value& arguments, const Offer& offer) {
  std::map<std::string, std::string> asked;
  const std::string variant = bare(text_at(arguments, "variant"));
  for (const Offer::Variant& one : offer.variants) {
    if (!variant.empty() && one.id == variant) asked = one.options;
  }
  if (const Value* options = arguments.find("options")) {
    for (const auto& [name, value] : options->entries) asked[name] = value.shown();
  }
  return asked;
}

// What the line that is changed has already.
std::map<std::string, std::string> line_options(const Value& arguments, const Conversation& conversation) {
  std::map<std::string, std::string> options;
  const std::string line = bare(text_at(arguments, "line"));
  if (line.empty()) return options;
  for (const Message& message : conversation.messages) {
    if (message.role != Role::kTool || message.result.content.find("\"lines\":") == std::string::npos) continue;
    const auto answer = parse_json(message.result.content);
    if (!answer) continue;
    walk(*answer, [&](const Value& record) {
      const Value* told = record.find("options");
      if (!told || text_at(record, "id") != line || !record.find("variant")) return false;
      options.clear();
      for (const auto& [name, value] : told->entries) options[name] = value.text;
      return true;
    });
  }
  return options;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (const text::Word& word : text::words(text)) words.push_back(word.folded);
  return words;
}

// Other words for a value: sizes by letter, small numbers, spellings.
const std::vector<std::vector<std::string>>& same_words() {
  static const std::vector<std::vector<std::string>> groups = {
      {"xs", "extra small", "x small"}, {"s", "small"}, {"m", "medium"}, {"l", "large"}, {"xl", "extra large", "x large"}, {"xxl", "2xl", "double xl", "xx large"},
      {"grey", "gray"}, {"colour", "color"}, {"1", "one"}, {"2", "two"}, {"3", "three"}, {"4", "four"}, {"5", "five"}, {"6", "six"}, {"7", "seven"}, {"8", "eight"},
      {"9", "nine"}, {"10", "ten"}, {"11", "eleven"}, {"12", "twelve"}, {"14", "fourteen"}, {"16", "sixteen"}};
  return groups;
}

bool stands_for(const std::string& said, const std::string& word) {
  if (says(said, word)) return true;
  for (const auto& group : same_words()) {
    if (std::find(group.begin(), group.end(), word) == group.end()) continue;
    if (std::any_of(group.begin(), group.end(), [&](const std::string& other) { return says(said, other); })) return true;
  }
  // "blue" for "bluish", "chestnut" for "chestnuts": the beginning of a longer word, in either direction.
  if (word.size() < 4 || word.find_first_of("0123456789") != std::string::npos) return false;
  const std::vector<std::string> words = words_of(said);
  return std::any_of(words.begin(), words.end(), [&](const std::string& one) { return one.size() >= 4 && (one.starts_with(word) || word.starts_with(one)); });
}

// Whether what was said names the value: as a whole, or by one of its telling words ("navy" for "Navy blue").
bool names(const std::string& said, const std::string& value) {
  if (says(said, value)) return true;
  const std::vector<std::string> words = words_of(value);
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    const bool telling = words.size() == 1 || word.size() >= 3 || word.find_first_of("0123456789") != std::string::npos;
    return telling && stands_for(said, word);
  });
}

// "You choose", "the largest": the shopper leaves it to the agent, or names it by its place among the others.
const Phrases& left_open() {
  static const Phrases phrases = {"you choose", "you pick", "you decide", "surprise me", "any colour", "any color", "any size", "either colour", "either color", "doesn't matter which", "does not matter which",
                                  "don't mind which", "largest", "biggest", "smallest", "cheapest", "longest", "shortest", "widest", "most storage", "least expensive", "lightest", "darkest"};
  return phrases;
}

const Phrases& of_themselves() {
  static const Phrases phrases = {"i wear", "i'm a", "i am a", "i'm an", "i am an", "i take", "my size", "i'm size", "i am size", "my usual", "i usually", "i need a", "always"};
  return phrases;
}

class Search {
 public:
  Search(const Conversation& conversation, BrowsedOption browsed) : conversation_(conversation), browsed_(browsed) {}

  bool chosen(const std::string& value, const std::vector<std::string>& offered) const {
    const auto& messages = conversation_.messages;
    for (std::size_t i = messages.size(); i-- > 0;) {
      if (messages[i].role != Role::kShopper) continue;
      const std::string said = spoken(messages[i].text);
      const bool fresh = conversation_.turn - messages[i].turn <= kStillFresh;
      const bool counts = fresh || browsed_ == BrowsedOption::kUse || of_themselves().in(said) || answers_question(i);
      if (counts && names(said, value)) return true;
      if (fresh && (left_open().in(said) || (put_to(i, value, offered) && !refuses(said)))) return true;
    }
    return false;
  }

 private:
  // What the agent said before the shopper's message, "" if nothing.
  std::string said_before(std::size_t message) const {
    for (std::size_t i = message; i-- > 0;) {
      const Message& before = conversation_.messages[i];
      if (before.role == Role::kShopper) return "";
      if (before.role == Role::kAssistant && !before.text.empty()) return before.text;
    }
    return "";
  }

  bool answers_question(std::size_t message) const { return said_before(message).find('?') != std::string::npos; }

  // Whether the agent had just put this very value to the shopper, and no other.
  bool put_to(std::size_t message, const std::string& value, const std::vector<std::string>& offered) const {
    const std::string before = said_before(message);
    if (before.empty()) return false;
    const std::string words = spoken(before);
    return says(words, value) && std::none_of(offered.begin(), offered.end(), [&](const std::string& other) { return other != value && says(words, other) && !says(value_words(value), other); });
  }

  static std::string value_words(const std::string& value) { return spoken(value); }

  static bool refuses(const std::string& said) { return said.starts_with(" no ") || said.starts_with(" not ") || said.starts_with(" nope "); }

  const Conversation& conversation_;
  BrowsedOption browsed_;
};

bool same(const std::string& a, const std::string& b) { return text::fold(a) == text::fold(b); }

}  // namespace

std::vector<ToldVariant> variants_meant(const Value& arguments, const Conversation& conversation) {
  const Offer offer = offer_of(arguments, conversation);
  const std::string named = bare(text_at(arguments, "variant"));
  const auto asked = asked_for(arguments, offer);
  std::vector<ToldVariant> meant;
  for (const Offer::Variant& variant : offer.variants) {
    const bool fits = std::all_of(asked.begin(), asked.end(), [&](const auto& option) {
      const auto own = std::find_if(variant.options.begin(), variant.options.end(), [&](const auto& one) { return same(one.first, option.first); });
      return own != variant.options.end() && same(own->second, option.second);
    });
    if (named.empty() ? fits : variant.id == named) meant.push_back({variant.id, variant.price});
  }
  return meant;
}

std::optional<Unchosen> unchosen_option(const Value& arguments, const Conversation& conversation, BrowsedOption browsed) {
  const std::string& operation = text_at(arguments, "operation");
  if (operation != "add" && operation != "change_variant") return std::nullopt;
  const Offer offer = offer_of(arguments, conversation);
  const auto has = line_options(arguments, conversation);
  const Search search(conversation, browsed);
  for (const auto& [option, value] : asked_for(arguments, offer)) {
    const auto offered = std::find_if(offer.values.begin(), offer.values.end(), [&, name = option](const auto& one) { return same(one.first, name); });
    if (offered == offer.values.end() || offered->second.size() < 2) continue;   // an only value is no choice
    const auto already = has.find(option);
    if (already != has.end() && same(already->second, value)) continue;
    if (!search.chosen(value, offered->second)) return Unchosen{option, value, offered->second};
  }
  return std::nullopt;
}

}  // namespace floorwalker::guardrails
