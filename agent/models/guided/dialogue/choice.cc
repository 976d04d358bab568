#include "agent/models/guided/dialogue/choice.h"

#include <algorithm>
#include <cctype>

#include "agent/models/guided/dialogue/describe.h"

namespace floorwalker::guided {

namespace {

constexpr double kNearEnough = 0.6;  // share of words in common for a value that was said a little differently

using Words = std::vector<std::string>;

Words word_list(std::string_view text, const Lexicon& lexicon) {
  Words list;
  for (text::Word& word : text::words(text)) {
    const auto other = lexicon.value_words.find(word.folded);
    list.push_back(other == lexicon.value_words.end() ? std::move(word.folded) : other->second);
  }
  return list;
}

// Both as one run of letters and digits: "x-large", "x large" and "xlarge" are one.
std::string squeezed(std::string_view text) {
  std::string out;
  for (const char c : text::fold(text)) {
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '.') out += c;
  }
  return out;
}

bool same_value(const std::string& a, const std::string& b, const Lexicon& lexicon) {
  if (squeezed(a) == squeezed(b) && !squeezed(a).empty()) return true;
  const Words left = word_list(a, lexicon), right = word_list(b, lexicon);
  return !left.empty() && left == right;
}

double overlap(const Words& a, const Words& b) {
  std::size_t common = 0;
  for (const std::string& word : a) common += std::find(b.begin(), b.end(), word) != b.end();
  const std::size_t all = a.size() + b.size() - common;
  return all == 0 ? 0 : double(common) / double(all);
}

std::vector<std::string> option_names(const Product& product) {
  std::vector<std::string> names;
  if (!product.variants.empty()) {
    for (const OptionValue& option : product.variants.front().options) names.push_back(option.name);
  }
  return names;
}

std::string value_of(const Variant& variant, const std::string& option) {
  for (const OptionValue& value : variant.options) {
    if (value.name == option) return value.value;
  }
  return {};
}

std::vector<std::string> values_of(const Product& product, const std::string& option) {
  std::vector<std::string> values;
  for (const Variant& variant : product.variants) {
    const std::string value = value_of(variant, option);
    if (!value.empty() && std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
  }
  return values;
}

// Whether what the shopper calls `said` is the product's `option`: "size" is "Shoe size", "color" is "Colour".
bool names_option(const std::string& said, const std::string& option) {
  const std::string a = text::fold(said), b = text::fold(option);
  if (a.empty()) return false;
  if (a == b || text::edit_distance(a, b, 1) <= 1) return true;
  for (const text::Word& word : text::words(b)) {
    if (word.folded == a || text::edit_distance(word.folded, a, 1) <= 1) return true;
  }
  return false;
}

std::string match(const std::vector<std::string>& values, const std::string& said, const Lexicon& lexicon) {
  for (const std::string& value : values) {
    if (same_value(value, said, lexicon)) return value;
  }
  const Words words = word_list(said, lexicon);
  std::string best;
  for (const std::string& value : values) {  // "7" for "US 7", "black" for "Black leather": where it names one alone
    const Words parts = word_list(value, lexicon);
    bool all = !words.empty();
    for (const std::string& word : words) all = all && std::find(parts.begin(), parts.end(), word) != parts.end();
    if (!all) continue;
    if (!best.empty()) return {};
    best = value;
  }
  return best;
}

bool matches(const Variant& variant, const std::map<std::string, std::string>& chosen) {
  return std::all_of(chosen.begin(), chosen.end(), [&](const auto& entry) { return value_of(variant, entry.first) == entry.second; });
}

bool in_stock(const Variant& variant) { return variant.stock.availability != Availability::kOutOfStock; }

bool plain(const Words& words) {  // says nothing without the option's name
  if (words.size() != 1) return false;
  const std::string& word = words.front();
  return word.size() == 1 || std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::isdigit(c) || c == '.'; });
}

// "color: b5-navy, and size: xx-large": the value after the name, up to the next comma.
std::string after_name(const std::string& option, const std::vector<std::string>& values, std::string_view text, const Lexicon& lexicon) {
  const std::string folded = text::fold(text);
  const std::string name = text::fold(option);
  for (std::size_t at = folded.find(name); at != std::string::npos; at = folded.find(name, at + 1)) {
    std::size_t from = at + name.size();
    if (at > 0 && std::isalnum(static_cast<unsigned char>(folded[at - 1]))) continue;
    if (from < folded.size() && std::isalnum(static_cast<unsigned char>(folded[from]))) continue;
    while (from < folded.size() && (folded[from] == ' ' || folded[from] == ':' || folded[from] == '=')) ++from;
    const std::string rest = folded.substr(from);
    std::string best;
    double best_score = 0;
    for (const std::string& value : values) {
      const std::string whole = text::fold(value);
      const bool starts = rest.starts_with(whole) && (rest.size() == whole.size() || !std::isalnum(static_cast<unsigned char>(rest[whole.size()])));
      const std::string part = rest.substr(0, std::min(rest.find(", "), rest.find(" and ")));
      const double score = starts ? 1.0 + double(whole.size()) : overlap(word_list(value, lexicon), word_list(part, lexicon));
      if (score > best_score && score >= kNearEnough) {
        best = value;
        best_score = score;
      }
    }
    if (!best.empty()) return best;
  }
  return {};
}

bool stands_in(const Words& value, const Words& text) {
  if (value.empty() || value.size() > text.size()) return false;
  return std::search(text.begin(), text.end(), value.begin(), value.end()) != text.end();
}

// Values that are the same but for their size prefix must not be mistaken: "large" is not said by "x-large".
bool part_of_longer(const std::string& value, std::string_view text) {
  const std::string folded = text::fold(text), whole = text::fold(value);
  const std::size_t at = folded.find(whole);
  if (at == std::string::npos || at == 0) return false;
  return folded[at - 1] == '-' || std::isalnum(static_cast<unsigned char>(folded[at - 1]));
}

void decide(const Product& product, Choice& choice) {
  std::vector<const Variant*> fitting, sellable;
  for (const Variant& variant : product.variants) {
    if (!matches(variant, choice.chosen)) continue;
    fitting.push_back(&variant);
    if (in_stock(variant)) sellable.push_back(&variant);
  }
  choice.out_of_stock = sellable.empty();
  const auto& pool = sellable.empty() ? fitting : sellable;
  for (const std::string& option : option_names(product)) {
    if (choice.chosen.count(option)) continue;
    std::vector<std::string> values;
    for (const Variant* variant : pool) {
      const std::string value = value_of(*variant, option);
      if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
    }
    if (values.size() == 1) {
      choice.chosen[option] = values.front();
    } else if (choice.open.empty() && !values.empty()) {
      choice.open = option;
      choice.values = values;
      for (const Variant* variant : fitting) {
        const std::string value = value_of(*variant, option);
        const bool known = std::find(values.begin(), values.end(), value) != values.end();
        if (!known && std::find(choice.sold_out.begin(), choice.sold_out.end(), value) == choice.sold_out.end()) choice.sold_out.push_back(value);
      }
    }
  }
  if (choice.open.empty() && !pool.empty()) choice.variant = *pool.front();
}

}  // namespace

std::string value_in_text(const std::string& option, const std::vector<std::string>& values, std::string_view text, const Lexicon& lexicon) {
  if (std::string named = after_name(option, values, text, lexicon); !named.empty()) return named;
  const Words words = word_list(text, lexicon);
  std::string best;
  for (const std::string& value : values) {
    const Words parts = word_list(value, lexicon);
    if (plain(parts) || !stands_in(parts, words) || part_of_longer(value, text)) continue;
    if (value.size() > best.size()) best = value;
  }
  return best;
}

SaidOptions said_now(const Heard& heard, const Lexicon& lexicon) { return {lexicon, heard.options, heard.text}; }

void fill_from(const Product& product, const SaidOptions& said, std::map<std::string, std::string>& decided) {
  for (const std::string& option : option_names(product)) {
    if (decided.count(option)) continue;
    const auto values = values_of(product, option);
    std::string found;
    for (const OptionSaid& entry : said.named) {
      if (found.empty() && (entry.option.empty() || names_option(entry.option, option))) found = match(values, entry.value, said.lexicon);
    }
    if (found.empty()) found = value_in_text(option, values, said.text, said.lexicon);
    if (!found.empty()) decided[option] = found;
  }
}

Choice choose(const Product& product, const SaidOptions& said, std::map<std::string, std::string> decided) {
  Choice choice;
  for (const std::string& option : option_names(product)) {
    const auto values = values_of(product, option);
    std::string named;
    bool told = false;
    for (const OptionSaid& entry : said.named) {
      if (!names_option(entry.option, option)) continue;
      named = match(values, entry.value, said.lexicon);
      told = told || entry.explicitly;
      if (named.empty() && entry.explicitly) choice.refused_value = entry.value;
      if (!named.empty()) break;
    }
    if (named.empty()) named = value_in_text(option, values, said.text, said.lexicon);
    if (!named.empty()) decided[option] = named;
    else if (told) choice.refused = option;
  }
  if (!choice.refused.empty()) {
    choice.values = values_of(product, choice.refused);
    choice.chosen = std::move(decided);
    return choice;
  }
  choice.chosen = std::move(decided);
  decide(product, choice);
  return choice;
}

bool has_option_for(const CartLine& line, const Heard& heard) {
  for (const OptionSaid& said : heard.options) {
    for (const OptionValue& option : line.options) {
      if (names_option(said.option, option.name)) return true;
    }
  }
  return false;
}

void say_not_offered(Talk& talk, const Product& product, const Choice& choice) {
  talk.say("option.refused", {{"title", short_title(product.title)}, {"option", text::fold(choice.refused)}, {"value", choice.refused_value},
                              {"values", text::join_and(choice.values)}});
}

}  // namespace floorwalker::guided
