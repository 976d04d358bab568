#include "agent/models/guided/understanding/lexicon.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>

namespace floorwalker::guided {

namespace {

constexpr std::array<std::pair<std::string_view, Act>, 42> kActs{{
    {"greet", Act::kGreet}, {"thanks", Act::kThanks}, {"bye", Act::kBye}, {"identity", Act::kIdentity}, {"help", Act::kHelp},
    {"small_talk", Act::kSmallTalk}, {"out_of_scope", Act::kOutOfScope}, {"find", Act::kFind}, {"more", Act::kMore},
    {"other", Act::kOther}, {"surprise", Act::kSurprise}, {"retract", Act::kRetract}, {"skip", Act::kSkip}, {"start_over", Act::kStartOver},
    {"compare", Act::kCompare}, {"advise", Act::kAdvise}, {"why", Act::kWhy}, {"details", Act::kDetails},
    {"compatible", Act::kCompatible}, {"stock", Act::kStock}, {"price", Act::kPrice}, {"currency", Act::kCurrency}, {"attribute", Act::kAttribute},
    {"add", Act::kAdd}, {"remove", Act::kRemove}, {"quantity", Act::kQuantity}, {"change", Act::kChange},
    {"view_cart", Act::kViewCart}, {"clear_cart", Act::kClearCart}, {"checkout", Act::kCheckout}, {"discount", Act::kDiscount},
    {"addons", Act::kAddons}, {"no_addons", Act::kNoAddons}, {"policy", Act::kPolicy}, {"order", Act::kOrder},
    {"hand_off", Act::kHandOff}, {"complaint", Act::kComplaint}, {"overview", Act::kOverview}, {"count", Act::kCount},
    {"superlative", Act::kSuperlative}, {"yes", Act::kYes}, {"no", Act::kNo},
}};
constexpr std::pair<std::string_view, Act> kAnyAct{"any", Act::kAny};

std::vector<std::string> tokens(std::string_view phrase) {
  std::vector<std::string> found;
  for (text::Word& word : text::words(phrase)) found.push_back(std::move(word.folded));
  return found;
}

// Throws YAML::Exception with the position of what is wrong.
[[noreturn]] void bad(const YAML::Node& node, const std::string& why) { throw YAML::Exception(node.Mark(), why); }

YAML::Node need(const YAML::Node& root, const char* key) {
  const YAML::Node node = root[key];
  if (!node) bad(root, std::string("the key '") + key + "' is missing");
  return node;
}

std::vector<std::string> strings(const YAML::Node& node) {
  std::vector<std::string> found;
  for (const YAML::Node& item : node) found.push_back(item.as<std::string>());
  return found;
}

std::unordered_set<std::string> word_set(const YAML::Node& root, const char* key) {
  std::unordered_set<std::string> found;
  for (const std::string& word : strings(need(root, key))) found.insert(text::fold(word));
  return found;
}

std::vector<std::vector<std::string>> phrase_list(const YAML::Node& node) {
  std::vector<std::vector<std::string>> found;
  for (const std::string& phrase : strings(node)) found.push_back(tokens(phrase));
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return found;
}

Pattern pattern(const YAML::Node& node, const WordClasses& classes) {
  Result<Pattern> parsed = Pattern::parse(node.as<std::string>(), classes);
  if (!parsed) bad(node, parsed.error().message);
  return std::move(*parsed);
}

std::map<std::string, std::vector<Pattern>> pattern_map(const YAML::Node& node, const WordClasses& classes) {
  std::map<std::string, std::vector<Pattern>> found;
  for (const auto& entry : node) {
    for (const YAML::Node& item : entry.second) found[entry.first.as<std::string>()].push_back(pattern(item, classes));
  }
  return found;
}

std::unordered_map<std::string, int> number_map(const YAML::Node& node) {
  std::unordered_map<std::string, int> found;
  for (const auto& entry : node) found[text::fold(entry.first.as<std::string>())] = entry.second.as<int>();
  return found;
}

void read_bounds(const YAML::Node& node, std::vector<Bound>& bounds) {
  const std::array<std::pair<const char*, Bound>, 4> kinds{{{"at_most", {{}, Constraint::Op::kAtMost, false}},
                                                            {"at_least", {{}, Constraint::Op::kAtLeast, false}},
                                                            {"around", {{}, Constraint::Op::kBetween, true}},
                                                            {"exactly", {{}, Constraint::Op::kEquals, false}}}};
  for (const auto& [key, bound] : kinds) {
    if (!node[key]) continue;
    for (const std::string& phrase : strings(node[key])) {
      bounds.push_back(bound);
      bounds.back().words = tokens(phrase);
    }
  }
  std::stable_sort(bounds.begin(), bounds.end(), [](const Bound& a, const Bound& b) { return a.words.size() > b.words.size(); });
}

void read_currencies(const YAML::Node& root, Lexicon& lexicon) {
  for (const YAML::Node& item : need(root, "currencies")) {
    const std::vector<std::string> codes = strings(need(item, "codes"));
    for (const std::string& phrase : strings(need(item, "say"))) {
      lexicon.currencies.push_back({tokens(phrase), codes});
      if (lexicon.currencies.back().words.size() == 1) lexicon.currency.insert(lexicon.currencies.back().words.front());
    }
    for (const std::string& sign : strings(need(item, "signs"))) lexicon.currency_signs.emplace_back(sign, codes);
    if (item["name"]) lexicon.currency_names[codes.front()] = item["name"].as<std::string>();
  }
  std::stable_sort(lexicon.currencies.begin(), lexicon.currencies.end(), [](const auto& a, const auto& b) { return a.words.size() > b.words.size(); });
  std::stable_sort(lexicon.currency_signs.begin(), lexicon.currency_signs.end(), [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
}

WordClasses read_classes(const YAML::Node& root, const Lexicon& lexicon) {
  WordClasses classes;
  for (const auto& entry : need(root, "classes")) {
    for (const std::string& word : strings(entry.second)) classes[entry.first.as<std::string>()].push_back(text::fold(word));
  }
  for (const auto& [word, value] : lexicon.numbers) classes["number"].push_back(word);
  for (const auto& [word, value] : lexicon.ordinals) classes["ordinal"].push_back(word);
  classes["currency"].assign(lexicon.currency.begin(), lexicon.currency.end());
  return classes;
}

void read_acts(const YAML::Node& root, const WordClasses& classes, Lexicon& lexicon) {
  for (const auto& entry : need(root, "acts")) {
    const auto act = act_named(entry.first.as<std::string>());
    if (!act) bad(entry.first, "'" + entry.first.as<std::string>() + "' is no act");
    for (const YAML::Node& item : entry.second) lexicon.acts.emplace_back(*act, pattern(item, classes));
  }
  lexicon.policies = pattern_map(need(root, "policies"), classes);
  for (const YAML::Node& item : need(root, "no_values")) lexicon.no_values.push_back(pattern(item, classes));
  lexicon.extremes = pattern_map(need(root, "extremes"), classes);
  for (const YAML::Node& item : need(root, "asks")) {
    for (const YAML::Node& form : need(item, "say")) {
      lexicon.asks.push_back({pattern(form, classes), strings(need(item, "attributes"))});
    }
  }
}

void read_scales(const YAML::Node& root, Lexicon& lexicon) {
  for (const YAML::Node& item : need(root, "scales")) {
    const std::vector<std::string> attributes = strings(need(item, "attributes"));
    const std::vector<std::string> plain = item["plain"] ? strings(item["plain"]) : std::vector<std::string>{};
    const auto words = [&](const char* key) { return item[key] ? strings(item[key]) : std::vector<std::string>{}; };
    if (item["low"]) lexicon.scales.push_back({strings(item["low"]), {}, attributes, true, words("little")});
    if (item["high"]) lexicon.scales.push_back({strings(item["high"]), plain, attributes, false, words("much")});
  }
}

// The sets of words, by their key in the file.
constexpr std::pair<const char*, std::unordered_set<std::string> Lexicon::*> kWordSets[] = {
    {"spending", &Lexicon::spending}, {"tastes", &Lexicon::tastes}, {"dull", &Lexicon::dull}, {"shared_nouns", &Lexicon::shared_nouns}, {"versions", &Lexicon::versions}, {"taking", &Lexicon::taking}, {"counting", &Lexicon::counting},
    {"price", &Lexicon::price}, {"negation_ends", &Lexicon::negation_ends}, {"fillers", &Lexicon::fillers}, {"indefinite", &Lexicon::indefinite},
    {"not_describing", &Lexicon::not_describing}, {"openers", &Lexicon::openers}, {"versus", &Lexicon::versus}, {"modifiers", &Lexicon::modifiers},
    {"own", &Lexicon::own}, {"first_person", &Lexicon::first_person}, {"wanting", &Lexicon::wanting}, {"being", &Lexicon::being},
    {"joiners", &Lexicon::joiners}, {"pronouns", &Lexicon::pronouns}, {"plural_pronouns", &Lexicon::plural_pronouns},
    {"clause_starts", &Lexicon::clause_starts}, {"self", &Lexicon::self}, {"most", &Lexicon::most}, {"least", &Lexicon::least},
    {"excess", &Lexicon::excess}, {"ago", &Lexicon::ago}, {"addressing", &Lexicon::addressing}, {"saying", &Lexicon::saying}, {"same", &Lexicon::same}, {"each", &Lexicon::each}, {"besides", &Lexicon::besides},
    {"ordering", &Lexicon::ordering}, {"cancelling", &Lexicon::cancelling}, {"entering", &Lexicon::entering}, {"asking", &Lexicon::asking},
    {"welcome", &Lexicon::welcome}, {"sighing", &Lexicon::sighing}, {"distant", &Lexicon::distant}, {"presenting", &Lexicon::presenting}, {"frequency", &Lexicon::frequency},
    {"doing", &Lexicon::doing}, {"making", &Lexicon::making}, {"adding", &Lexicon::adding}, {"increasing", &Lexicon::increasing}, {"pairing", &Lexicon::pairing}, {"the", &Lexicon::the}, {"articles", &Lexicon::articles},
    {"item_words", &Lexicon::item_words}, {"describing_ends", &Lexicon::describing_ends}, {"only", &Lexicon::only}, {"keeping", &Lexicon::keeping},
    {"choosing", &Lexicon::choosing}, {"enjoying", &Lexicon::enjoying}, {"worn_out", &Lexicon::worn_out}, {"praising", &Lexicon::praising},
    {"obliging", &Lexicon::obliging}, {"having", &Lexicon::having}, {"renewing", &Lexicon::renewing}, {"everyday", &Lexicon::everyday}, {"together", &Lexicon::together},
    {"open_questions", &Lexicon::open_questions}, {"question_words", &Lexicon::question_words}, {"setting", &Lexicon::setting},
};

void read_same_facts(const YAML::Node& node, Lexicon& lexicon) {
  for (const YAML::Node& group : node) {
    for (const std::string& phrase : strings(group)) lexicon.same_facts.emplace_back(tokens(phrase), text::stem(text::fold(strings(group).front())));
  }
  std::stable_sort(lexicon.same_facts.begin(), lexicon.same_facts.end(), [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
}

void read_word_lists(const YAML::Node& root, Lexicon& lexicon) {
  for (const auto& [key, set] : kWordSets) lexicon.*set = word_set(root, key);
  for (const auto& entry : need(root, "usual_measures")) {
    const auto unit = find_unit(entry.first.as<std::string>());
    if (!unit) bad(entry.first, "'" + entry.first.as<std::string>() + "' is no unit");
    lexicon.usual_measures[static_cast<int>(unit->dimension)] = strings(entry.second);
  }
  read_same_facts(need(root, "same_facts"), lexicon);
  lexicon.purpose = need(root, "purpose").as<std::string>();
  for (const auto& entry : need(root, "answering")) lexicon.answering[text::fold(entry.first.as<std::string>())] = strings(entry.second);
  lexicon.quantity_before = phrase_list(need(root, "quantity_before"));
  lexicon.quantity_after = phrase_list(need(root, "quantity_after"));
  lexicon.negations = phrase_list(need(root, "negations"));
  lexicon.between = phrase_list(need(root, "between"));
  lexicon.between_and = strings(need(root, "between_and"));
  for (const auto& entry : need(root, "option_cues")) lexicon.option_cues[entry.first.as<std::string>()] = strings(entry.second);
  for (const auto& entry : need(root, "value_words")) {
    lexicon.value_words[text::fold(entry.first.as<std::string>())] = text::fold(entry.second.as<std::string>());
  }
}

}  // namespace

std::optional<Act> act_named(std::string_view name) {
  if (name == kAnyAct.first) return kAnyAct.second;
  for (const auto& [known, act] : kActs) {
    if (known == name) return act;
  }
  return std::nullopt;
}

namespace {

void list_spoken_of(Lexicon& lexicon) {
  const auto add = [&](const std::vector<std::string>& attributes) {
    for (const std::string& hint : attributes) {
      std::vector<std::string> stems;
      for (const text::Word& word : text::words(hint)) stems.push_back(text::stem(word.folded));
      if (!stems.empty() && std::find(lexicon.spoken_of.begin(), lexicon.spoken_of.end(), stems) == lexicon.spoken_of.end()) lexicon.spoken_of.push_back(std::move(stems));
    }
  };
  for (const Ask& ask : lexicon.asks) add(ask.attributes);
  for (const Scale& scale : lexicon.scales) add(scale.attributes);
}

}  // namespace

std::string_view to_string(Act act) {
  for (const auto& [name, known] : kActs) {
    if (known == act) return name;
  }
  return kAnyAct.first;
}

Result<Lexicon> Lexicon::load(std::string_view yaml) {
  try {
    const YAML::Node root = YAML::Load(std::string(yaml));
    Lexicon lexicon;
    lexicon.numbers = number_map(need(root, "numbers"));
    lexicon.ordinals = number_map(need(root, "ordinals"));
    read_currencies(root, lexicon);
    const WordClasses classes = read_classes(root, lexicon);
    read_word_lists(root, lexicon);
    read_bounds(need(root, "before"), lexicon.before);
    read_bounds(need(root, "after"), lexicon.after);
    read_scales(root, lexicon);
    read_acts(root, classes, lexicon);
    list_spoken_of(lexicon);
    return lexicon;
  } catch (const YAML::Exception& error) {
    return fail(ErrorKind::kMalformed, std::string("lexicon: ") + error.what());
  }
}

int Lexicon::number(std::string_view word) const {
  const auto found = numbers.find(std::string(word));
  return found == numbers.end() ? 0 : found->second;
}

std::optional<WordSpan> said_at(const std::vector<text::Word>& words, Act act, const Lexicon& lexicon) {
  std::optional<WordSpan> first;
  for (const auto& [named, pattern] : lexicon.acts) {
    const auto span = named == act ? pattern.find(words) : std::nullopt;
    if (span && (!first || span->first < first->first)) first = span;
  }
  return first;
}

bool phrase_at(const std::vector<text::Word>& words, std::size_t word, const std::vector<std::string>& phrase) {
  if (phrase.empty() || word + phrase.size() > words.size()) return false;
  for (std::size_t i = 0; i < phrase.size(); ++i) {
    if (words[word + i].folded != phrase[i]) return false;
  }
  return true;
}

std::size_t phrase_length(const std::vector<text::Word>& words, std::size_t word, const std::vector<std::vector<std::string>>& phrases) {
  for (const auto& phrase : phrases) {
    if (phrase_at(words, word, phrase)) return phrase.size();
  }
  return 0;
}

}  // namespace floorwalker::guided
