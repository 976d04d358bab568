#include <algorithm>

#include "agent/models/guided/dialogue/choice.h"
#include "agent/models/guided/dialogue/describe.h"
#include "agent/models/guided/dialogue/handlers.h"
#include "agent/models/guided/dialogue/question_match.h"
#include "agent/models/guided/dialogue/stated.h"

// Questions about one product: its facts, its price, whether it is there in a size.
namespace floorwalker::guided {

namespace {

constexpr std::size_t kFactsTold = 5;
constexpr std::size_t kMostCompared = 4;

// The things that the question asks about, "wifi" and "network port" of "does it have wifi or a network port?": of each the words that may name a
// fact, not those that only ask.
std::vector<std::vector<std::string>> things_asked(const Talk& talk, const Heard& heard, const Product& product) {
  std::vector<std::vector<std::string>> found(1);
  const Lexicon& lexicon = talk.guide.lexicon;
  std::vector<std::string> title;
  for (const Known& known : heard.known) {  // "does the laptop come with ...": what it is called, not what is asked
    const bool thing = heard.reference.of_group && known.reading(Mention::What::kKind) && known.reading(Mention::What::kKind)->value == heard.reference.group;
    for (std::size_t i = known.span.first; thing && i < known.span.last; ++i) title.push_back(text::stem(heard.words[i].folded));
  }
  for (const text::Word& word : text::words(short_title(product.title) + " " + product.brand + " " + product.kind)) title.push_back(text::stem(word.folded));
  const auto& said = heard.reference.words;
  for (std::size_t i = 0; i < heard.words.size(); ++i) {
    const std::string& word = heard.words[i].folded;
    const bool listed = i > 0 && heard.text.substr(heard.words[i - 1].end, heard.words[i].start - heard.words[i - 1].end).find(',') != std::string::npos;
    if ((listed || lexicon.openers.count(word)) && !found.back().empty()) found.emplace_back();
    if (i > 0 && lexicon.number(word) > 0 && lexicon.the.count(heard.words[i - 1].folded)) continue;  // "of the three"
    if (std::find(said.begin(), said.end(), word) == said.end()) continue;
    if (lexicon.question_words.count(word) || lexicon.price.count(word) || lexicon.the.count(word)) continue;
    if (std::find(title.begin(), title.end(), text::stem(word)) == title.end()) found.back().push_back(word);
  }
  if (found.back().empty()) found.pop_back();
  return found;
}

std::vector<std::string> question_words(const Talk& talk, const Heard& heard, const Product& product) {
  std::vector<std::string> all;
  for (const auto& words : things_asked(talk, heard, product)) all.insert(all.end(), words.begin(), words.end());
  return all;
}

std::string value_list(const std::vector<const Attribute*>& attributes) {
  std::vector<std::string> values;
  for (const Attribute* attribute : attributes) values.push_back(format(attribute->value));
  return text::join_and(values);
}

bool value_names(const Attribute& attribute, const std::vector<std::string>& words) {
  const auto parts = text::words(format(attribute.value));
  for (const std::string& word : words) {
    for (const text::Word& part : parts) {
      if (text::stem(part.folded) == text::stem(word)) return true;
    }
  }
  return false;
}

// Whether the values have every number that the question names: "Windows 7" says nothing of Windows 10.
bool have_numbers(const std::vector<const Attribute*>& attributes, const std::vector<std::string>& words) {
  return std::all_of(words.begin(), words.end(), [&](const std::string& word) {
    const bool number = word.find_first_not_of("0123456789.") == std::string::npos;
    return !number || std::any_of(attributes.begin(), attributes.end(), [&](const Attribute* attribute) { return value_names(*attribute, {word}); });
  });
}

void say_answer(Talk& talk, const Product& product, const Heard& heard, const Answering& answer, const std::vector<std::string>& words) {
  const std::string name = text::spaced(answer.attributes.front()->name);
  if (const bool* yes = std::get_if<bool>(&answer.attributes.front()->value)) {
    return talk.say(*yes ? "fact.yes" : "fact.no", {{"title", short_title(product.title)}, {"name", name}});
  }
  std::vector<const Attribute*> named;
  for (const Attribute* attribute : answer.attributes) {
    if (answer.by_value && value_names(*attribute, words)) named.push_back(attribute);
  }
  const auto told = [&](const std::vector<const Attribute*>& attributes) {  // "scanning: Mono scanning"
    const auto says_name = [&](const Attribute* attribute) { const std::string value = format(attribute->value); return value.size() > name.size() && has_words_of(value, name); };
    return std::all_of(attributes.begin(), attributes.end(), says_name) ? std::string() : name;
  };
  if (!named.empty() && have_numbers(named, words)) return talk.say("fact.has", {{"title", short_title(product.title)}, {"name", told(named)}, {"value", value_list(named)}});
  if (!heard.asked.empty() && !answer.hinted) {
    return talk.say("fact.instead", {{"title", short_title(product.title)}, {"what", heard.asked.front()}, {"name", name}, {"value", value_list(answer.attributes)}});
  }
  const bool has = heard.asked.empty() && asks_whether(talk, heard) && have_numbers(answer.attributes, words);
  const std::string said = told(answer.attributes);
  const char* key = has ? "fact.has" : said.empty() ? "fact.told" : "fact.value";
  talk.say(key, {{"title", short_title(product.title)}, {"name", said}, {"value", value_list(answer.attributes)}});
}

void say_stock(Talk& talk, const Product& product, const Heard& heard) {
  const Choice choice = choose(product, said_now(heard, talk.guide.lexicon), {});
  if (!choice.refused.empty()) return say_not_offered(talk, product, choice);
  std::vector<OptionValue> meant;
  for (const auto& [name, value] : choice.chosen) meant.push_back({name, value});
  const std::string options = options_phrase(meant);
  if (choice.variant && product.variants.size() > 0) {
    const Stock& stock = choice.variant->stock;
    if (stock.availability == Availability::kOutOfStock) return talk.say("stock.out", {{"title", short_title(product.title)}, {"options", options}});
    if (stock.availability == Availability::kUnknown) return talk.say("stock.unknown", {{"title", short_title(product.title)}});
    const bool few = stock.count && *stock.count <= 5;
    return talk.say(few ? "stock.few" : "stock.in", {{"title", short_title(product.title)}, {"options", options}, {"count", few ? std::to_string(*stock.count) : ""}});
  }
  const bool sellable = availability_of(product) != Availability::kOutOfStock && !choice.out_of_stock;
  talk.say(sellable ? "stock.choices" : "stock.out", {{"title", short_title(product.title)}, {"option", text::fold(choice.open)},
                                                      {"values", text::join_and(choice.values)}, {"sold_out", text::join_and(choice.sold_out)},
                                                      {"options", options}});
}

void say_price(Talk& talk, const Product& product, const Heard& heard) {
  if (!prices_known(product)) return talk.say("price.unread", {{"title", short_title(product.title)}});
  const Choice choice = choose(product, said_now(heard, talk.guide.lexicon), {});
  const Variant& variant = choice.variant ? *choice.variant : cheapest_variant(product);
  const bool from = !choice.variant && std::any_of(product.variants.begin(), product.variants.end(), [&](const Variant& other) { return other.price.minor != variant.price.minor; });
  if (heard.quantity && *heard.quantity > 1 && !from) {
    const Money total{variant.price.minor * *heard.quantity, variant.price.currency};
    return talk.say("price.several", {{"count", std::to_string(*heard.quantity)}, {"title", short_title(product.title)}, {"price", format(variant.price)}, {"total", format(total)}});
  }
  talk.say(from ? "price.from" : "price.is", {{"title", short_title(product.title)}, {"price", format(variant.price)},
                                              {"was", !from && variant.compare_at ? format(*variant.compare_at) : ""}});
}

void say_details(Talk& talk, const Product& product) {
  std::vector<std::string> facts;
  for (const Attribute& attribute : product.attributes) {
    if (facts.size() >= kFactsTold) break;
    const bool* yes = std::get_if<bool>(&attribute.value);
    if (is_dull(attribute.name, talk.guide.lexicon) || (yes && (!*yes || is_taste(attribute.name, talk.guide.lexicon)))) continue;  // what it hasn't is no key fact
    const std::string phrase = facts_phrase(product.attributes, attribute.name);
    if (phrase.size() <= 60 && std::find(facts.begin(), facts.end(), phrase) == facts.end()) facts.push_back(phrase);
  }
  const Variant& cheapest = cheapest_variant(product);
  const bool several = std::any_of(product.variants.begin(), product.variants.end(), [&](const Variant& v) { return v.price.minor != cheapest.price.minor; });
  talk.say(several ? "details.from" : "details", {{"title", short_title(product.title)}, {"price", format(cheapest.price)}, {"facts", text::join_and(facts)}});
  const std::size_t end = product.description.find(". ");
  const std::string first = end == std::string::npos ? product.description : product.description.substr(0, end + 1);
  if (!first.empty() && first.size() <= 240) talk.say("details.quote", {{"quote", first}});
  if (availability_of(product) == Availability::kOutOfStock) talk.say("stock.out", {{"title", short_title(product.title)}, {"options", ""}});
}

// "what colours does it come in?": the values of the option that is asked for. False where the product has no such choice.
bool say_option(Talk& talk, const Product& product, const Heard& heard, const std::vector<std::string>& words) {
  std::vector<std::string> hints = heard.asked;
  hints.insert(hints.end(), words.begin(), words.end());
  std::string name;
  std::vector<std::string> values;
  for (const Variant& variant : product.variants) {
    for (const OptionValue& option : variant.options) {
      const bool meant = name.empty() ? std::any_of(hints.begin(), hints.end(), [&](const std::string& hint) { return has_words_of(option.name, hint); }) : option.name == name;
      if (!meant) continue;
      name = option.name;
      if (std::find(values.begin(), values.end(), option.value) == values.end()) values.push_back(option.value);
    }
  }
  if (values.empty()) return false;
  talk.say("fact.value", {{"title", short_title(product.title)}, {"name", text::fold(name)}, {"value", text::join_and(values)}});
  return true;
}

// As the shopper said it.
std::string spoken(const std::vector<std::string>& words) {
  std::string said;
  for (const std::string& word : words) said += (said.empty() ? "" : " ") + word;
  return "\"" + said + "\"";
}

std::string joined(const std::vector<std::string>& facts) {
  std::string all;
  for (const std::string& fact : facts) all += (all.empty() ? "" : "; ") + fact;
  return all;
}

std::string what_is_asked(const Heard& heard, const std::vector<std::string>& words) {
  return !heard.asked.empty() ? heard.asked.front() : words.empty() ? std::string() : spoken(words);
}

// "do any of them have wifi?", and none of them says so. True once that is told.
bool none_says(Talk& talk, const std::vector<ProductId>& products, const Heard& heard) {
  if (products.size() < 2 || heard.has(Act::kStock) || heard.has(Act::kPrice) || heard.has(Act::kDetails) || !heard.options.empty()) return false;
  std::string asked;
  for (const ProductId& id : products) {
    const auto details = talk.calls.product(id);
    if (details.waiting || !details) return false;
    const std::vector<std::string> words = question_words(talk, heard, details->product);
    const Answering answer = find_answer(details->product, words, heard.asked, talk.guide.lexicon);
    asked = what_is_asked(heard, words);
    if (asked.empty() || !answer.attributes.empty() || !answer.sentence.empty()) return false;
  }
  talk.say("fact.unknown_all", {{"what", asked}});
  return true;
}

// "does it have wifi or a network port?": of each thing what is stated. False where that comes to fewer than two facts.
bool say_each_thing(Talk& talk, const Product& product, const Heard& heard) {
  const auto things = things_asked(talk, heard, product);
  if (things.size() < 2 || !heard.asked.empty()) return false;
  std::vector<std::string> facts, unknown;
  bool by_name = false;
  for (const auto& words : things) {
    const Answering answer = find_answer(product, words, {}, talk.guide.lexicon);
    if (answer.attributes.empty()) {
      unknown.push_back(spoken(words));
      continue;
    }
    by_name = by_name || !answer.by_value;
    const std::string fact = text::spaced(answer.attributes.front()->name) + ": " + value_list(answer.attributes);
    if (std::find(facts.begin(), facts.end(), fact) == facts.end()) facts.push_back(fact);
  }
  if (facts.empty() || (facts.size() < 2 && (!by_name || unknown.empty()))) return false;
  talk.say("fact.brief", {{"title", short_title(product.title)}, {"facts", joined(facts)}});
  if (!unknown.empty()) talk.say("fact.unknown", {{"title", short_title(product.title)}, {"what", text::join_and(unknown, "or")}});
  return true;
}

// `brief`: of several products, each in a few words.
void answer_fact(Talk& talk, const Product& product, const Heard& heard, bool brief) {
  if (say_figure(talk, product, heard) || say_each_thing(talk, product, heard)) return;
  const std::vector<std::string> words = question_words(talk, heard, product);
  const Answering answer = find_answer(product, words, heard.asked, talk.guide.lexicon);
  if (brief && !answer.attributes.empty() && std::holds_alternative<bool>(answer.attributes.front()->value)) {
    return talk.say("fact.brief", {{"title", short_title(product.title)}, {"facts", text::spaced(answer.attributes.front()->name) + ": " + value_list({answer.attributes.front()})}});
  }
  if (!answer.attributes.empty()) return say_answer(talk, product, heard, answer, words);
  if (say_option(talk, product, heard, words)) return;
  if (!answer.sentence.empty()) return talk.say("fact.quote", {{"title", short_title(product.title)}, {"quote", answer.sentence}});
  if (heard.asked.empty() && words.empty()) return say_details(talk, product);
  const std::string asked = what_is_asked(heard, words);
  if (talk.untold == product.id) return talk.say("fact.unknown_too", {{"what", asked}});
  talk.untold = product.id;
  talk.say("fact.unknown", {{"title", short_title(product.title)}, {"what", asked}});
}

// A value as a number to compare by: a measure, a bare figure, the area of "1920 x 1200 (Full HD+)".
std::optional<double> number_of(const Attribute& attribute) {
  if (const Measure* measure = std::get_if<Measure>(&attribute.value)) return measure->canonical();
  const std::string* text = std::get_if<std::string>(&attribute.value);
  if (!text) return std::nullopt;
  const auto parts = text::words(*text);
  if (parts.empty() || !is_figure(parts[0].folded)) return std::nullopt;
  const bool area = parts.size() >= 3 && (parts[1].folded == "x" || parts[1].folded == "by") && is_figure(parts[2].folded);
  if (!area && parts.size() > 1) return std::nullopt;
  return area ? std::stod(parts[0].folded) * std::stod(parts[2].folded) : std::stod(parts[0].folded);
}

struct Sought {
  std::vector<std::string> attributes;  // words of attribute names, best first
  bool low = false;
};

// "the highest resolution", "the lightest", "the least weight": on what, and in which direction; nothing where nothing is compared.
std::optional<Sought> sought_extreme(const Talk& talk, const Heard& heard) {
  const Lexicon& lexicon = talk.guide.lexicon;
  const auto says = [&](const std::unordered_set<std::string>& set) {
    return std::any_of(heard.words.begin(), heard.words.end(), [&](const text::Word& word) { return set.count(word.folded) > 0; });
  };
  std::vector<std::string> named = heard.asked;
  for (const Known& known : heard.known) {
    if (const Mention* attribute = known.reading(Mention::What::kAttribute)) named.push_back(text::spaced(attribute->field));
  }
  const bool most = says(lexicon.most), least = says(lexicon.least);
  const auto kind = text::words(talk.kind());
  for (std::size_t i = 0; named.empty() && i + 1 < heard.words.size(); ++i) {  // "which of these has the most memory?", "which one has the biggest zoom?"
    const std::string& next = heard.words[i + 1].folded;
    const bool extreme = lexicon.most.count(heard.words[i].folded) || lexicon.least.count(heard.words[i].folded);
    const bool small = lexicon.fillers.count(next) || lexicon.modifiers.count(next) || lexicon.pronouns.count(next) || lexicon.plural_pronouns.count(next);
    const bool thing = std::any_of(kind.begin(), kind.end(), [&](const text::Word& word) { return text::stem(word.folded) == text::stem(next); });
    if (extreme && !small && !thing && heard.question) named.push_back(next);
  }
  if (!named.empty() && (most || least)) return Sought{std::move(named), least};
  if (!heard.scales.empty() && heard.scales.front()->attributes.front() != "price") return Sought{heard.scales.front()->attributes, heard.scales.front()->low};
  return std::nullopt;
}

struct Contender {
  const Product* product = nullptr;
  const Attribute* attribute = nullptr;
  double number = 0;
};

// Tells who is ahead, or that nobody is.
void say_extreme(Talk& talk, std::vector<Contender> contenders, bool low) {
  std::stable_sort(contenders.begin(), contenders.end(), [&](const Contender& a, const Contender& b) { return low ? a.number < b.number : a.number > b.number; });
  const Contender& first = contenders.front();
  const std::string name = text::spaced(first.attribute->name);
  std::vector<std::string> level;
  for (const Contender& one : contenders) {
    if (one.number == first.number) level.push_back(short_title(one.product->title));
  }
  const std::string value = format(first.attribute->value);
  if (level.size() == contenders.size()) return talk.say("extreme.same", {{"name", name}, {"value", value}});
  if (level.size() > 1) talk.say("extreme.level", {{"titles", text::join_and(level)}, {"name", name}, {"value", value}});
  else talk.say(low ? "extreme.lowest" : "extreme.highest", {{"title", level.front()}, {"name", name}, {"value", value}});
  std::vector<std::string> rest;
  for (std::size_t i = level.size(); i < contenders.size(); ++i) rest.push_back(short_title(contenders[i].product->title) + ": " + name + " " + format(contenders[i].attribute->value));
  talk.say("extreme.others", {{"others", joined(rest)}});
  talk.memory.focus = first.product->id;
}

// Those that state the one attribute by which the most of them can be held against one another; of several such, the one that the hints name best.
std::vector<Contender> contenders_of(const std::vector<Answer<ProductDetails>>& all, const std::vector<std::string>& hints) {
  std::vector<Contender> most;
  for (const std::string& hint : hints) {
    std::vector<std::string> names;
    for (const auto& details : all) {
      for (const Attribute& attribute : details ? details->product.attributes : std::vector<Attribute>{}) {
        if (has_words_of(attribute.name, hint) && std::find(names.begin(), names.end(), attribute.name) == names.end()) names.push_back(attribute.name);
      }
    }
    std::stable_sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) { return a.size() < b.size(); });
    for (const std::string& name : names) {
      std::vector<Contender> found;
      for (const auto& details : all) {
        const Attribute* attribute = details ? attribute_named(details->product.attributes, name) : nullptr;
        const auto number = attribute ? number_of(*attribute) : std::nullopt;
        if (number) found.push_back({&details->product, attribute, *number});
      }
      if (found.size() > most.size()) most = std::move(found);
    }
  }
  return most;
}

// "which one is lighter?", where at most one of them states it.
void say_unequalled(Talk& talk, const std::vector<Contender>& contenders, const std::string& what) {
  if (contenders.empty()) return talk.say("extreme.none", {{"what", what}});
  const Contender& one = contenders.front();
  talk.say("extreme.only", {{"title", short_title(one.product->title)}, {"name", text::spaced(one.attribute->name)}, {"value", format(one.attribute->value)}});
}

bool asks_which(const Talk& talk, const Heard& heard) {
  return !heard.words.empty() && talk.guide.lexicon.choosing.count(heard.words.front().folded) > 0;
}

// "what about the battery of the lighter one?": asks something of the one that the comparative points at, not which it is.
bool asks_of_one(const Talk& talk, const Heard& heard) {
  if (!heard.reference.scale || asks_which(talk, heard)) return false;
  for (std::size_t i = 1; i < heard.words.size(); ++i) {
    const auto& scale = heard.reference.scale->words;
    const bool points = talk.guide.lexicon.pronouns.count(heard.words[i].folded) && std::find(scale.begin(), scale.end(), heard.words[i - 1].folded) != scale.end();
    if (points) return heard.reference.of_group || !heard.asked.empty();
  }
  return false;
}

}  // namespace

bool answer_extreme(Talk& talk, const Heard& heard) {
  const auto indefinite = [&](const text::Word& word) { return talk.guide.lexicon.indefinite.count(word.folded) > 0; };
  if (!asks_which(talk, heard) && std::any_of(heard.words.begin(), heard.words.end(), indefinite) && !heard.reference.all && !heard.reference.of_group) return false;  // "is there something lighter?"
  if (asks_of_one(talk, heard)) return false;
  const auto sought = heard.question ? sought_extreme(talk, heard) : std::nullopt;
  auto list = latest_list(talk.memory);
  if (list.size() < 2) list = last_choice(talk.memory);
  const bool of_shown = heard.reference.all || !heard.names_kind() || heard.reference.of_group;
  if (!sought || list.size() < 2 || !of_shown || !heard.reference.ordinals.empty() || !heard.reference.named.empty()) return false;
  if (list.size() > kMostCompared) list.resize(kMostCompared);
  std::vector<Answer<ProductDetails>> all;
  for (const Shown& shown : list) all.push_back(talk.calls.product(shown.product));
  if (talk.waiting()) return true;
  const std::vector<Contender> contenders = contenders_of(all, sought->attributes);
  if (contenders.size() < 2) {
    if (!asks_which(talk, heard)) return false;
    say_unequalled(talk, contenders, sought->attributes.front());
  } else {
    say_extreme(talk, contenders, sought->low);
  }
  for (const auto& details : all) {
    if (details) talk.show_one(details->product);
  }
  return true;
}

namespace {

// Whether the product has what is asked for; nothing where it does not say.
std::optional<bool> has_fact(const Answering& answer, const std::vector<std::string>& words, const Lexicon& lexicon) {
  if (answer.attributes.empty()) return std::nullopt;
  if (answer.by_value) return have_numbers(answer.attributes, words);
  if (const bool* yes = std::get_if<bool>(&answer.attributes.front()->value)) return *yes;
  return !says_not(format(answer.attributes.front()->value), lexicon);
}

}  // namespace

bool answer_which_has(Talk& talk, const Heard& heard) {
  const auto list = latest_list(talk.memory);
  const bool of_others = heard.names_kind() && !heard.reference.of_group && !heard.reference.all;
  if (!heard.question || !asks_which(talk, heard) || list.size() < 2 || of_others || !heard.reference.ordinals.empty() || !heard.reference.named.empty()) return false;
  std::vector<Answer<ProductDetails>> all;
  for (const Shown& shown : list) all.push_back(talk.calls.product(shown.product));
  if (talk.waiting()) return true;
  std::vector<std::string> with, without, silent;
  std::string what;
  for (const auto& details : all) {
    if (!details) return false;
    const std::vector<std::string> words = question_words(talk, heard, details->product);
    const Answering answer = find_answer(details->product, words, heard.asked, talk.guide.lexicon);
    const auto has = has_fact(answer, words, talk.guide.lexicon);
    (!has ? silent : *has ? with : without).push_back(short_title(details->product.title));
    const bool flag = has && std::holds_alternative<bool>(answer.attributes.front()->value);
    if (what.empty() || flag) what = flag ? text::spaced(answer.attributes.front()->name) : what_is_asked(heard, words);
    if (has && *has && with.size() == 1) talk.memory.focus = details->product.id;
  }
  if (with.empty() && without.empty()) return false;
  talk.say("fact.which", {{"what", what}, {"with", text::join_and(with)}, {"without", text::join_and(without)}, {"silent", text::join_and(silent)}});
  return true;
}

namespace {

// "scanning: Mono scanning; duplex printing: yes", of what is stated.
std::string facts_in_brief(const std::vector<std::string>& fields, const std::vector<Answering>& answers) {
  std::string facts;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i].attributes.empty()) facts += (facts.empty() ? "" : "; ") + fields[i] + ": " + value_list(answers[i].attributes);
  }
  return facts;
}

// "brightness, weight and price?": each for itself, also what the shop does not state. False where fewer than two things are asked. `brief`: of several
// products, each in one sentence.
bool say_several(Talk& talk, const Product& product, const Heard& heard, bool brief) {
  std::vector<std::string> fields;
  bool price = false;
  for (const Known& known : heard.known) {
    const Mention* attribute = known.reading(Mention::What::kAttribute);
    const std::string name = attribute ? text::spaced(attribute->field) : std::string();
    if (attribute && !known.negated && std::find(fields.begin(), fields.end(), name) == fields.end()) fields.push_back(name);
  }
  for (const text::Word& word : heard.words) price = price || talk.guide.lexicon.price.count(word.folded) > 0;
  if (!heard.question || fields.empty() || fields.size() + (price ? 1 : 0) < 2 || !heard.options.empty()) return false;
  std::vector<Answering> answers;
  for (const std::string& field : fields) answers.push_back(find_answer(product, {}, {field}, talk.guide.lexicon));
  if (!price && std::all_of(answers.begin(), answers.end(), [](const Answering& answer) { return answer.attributes.empty(); })) return false;
  Heard plain = heard;
  std::vector<std::string> unknown;
  const std::string facts = brief ? facts_in_brief(fields, answers) : std::string();
  if (!facts.empty()) talk.say("fact.brief", {{"title", short_title(product.title)}, {"facts", facts}});
  for (std::size_t i = 0; i < answers.size(); ++i) {
    plain.asked = {fields[i]};
    if (answers[i].attributes.empty()) unknown.push_back(fields[i]);
    else if (!brief) say_answer(talk, product, plain, answers[i], {});
  }
  if (!unknown.empty()) talk.say("fact.unknown", {{"title", short_title(product.title)}, {"what", text::join_and(unknown, "or")}});
  if (price) say_price(talk, product, heard);
  return true;
}

// "does it come in stainless steel?", in a shop where that is no choice of variants: a question for a fact.
bool asks_for_value(const Heard& heard) {
  return heard.options.empty() && std::any_of(heard.known.begin(), heard.known.end(), [](const Known& known) { return known.reading(Mention::What::kAttributeValue) != nullptr; });
}

// "in a 6", of a thing that has no sizes: the option that was spoken of; "" where the product has it, or none was.
std::string unoffered_option(const Product& product, const Heard& heard) {
  for (const OptionSaid& said : heard.options) {
    const bool has = std::any_of(product.variants.begin(), product.variants.end(), [&](const Variant& variant) {
      return std::any_of(variant.options.begin(), variant.options.end(), [&](const OptionValue& option) { return text::fold(option.name).find(text::fold(said.option)) != std::string::npos; });
    });
    if (said.explicitly && !said.option.empty() && !has) return text::fold(said.option);
  }
  return {};
}

}  // namespace

bool answer_if_known(Talk& talk, const Heard& heard, const ProductId& id) {
  const auto details = talk.calls.product(id);
  if (details.waiting) return true;
  if (!details) return false;
  const Product& product = details->product;
  const std::vector<std::string> words = question_words(talk, heard, product);
  const Answering answer = find_answer(product, words, heard.asked, talk.guide.lexicon);
  if (!say_figure(talk, product, heard)) {
    if (answer.attributes.empty()) return false;
    say_answer(talk, product, heard, answer, words);
  }
  talk.show_one(product);
  return true;
}

constexpr std::size_t kAnswered = 4;  // products of which a question is answered at once

void answer_about(Talk& talk, const Heard& heard) {
  CardBook book(talk.conversation);
  const Pointed pointed = point_out(heard, talk.memory, book);
  if (pointed.products.empty() && pointed.unclear.size() > 1 && !talk.memory.focus) return ask_which(talk, pointed.unclear, "details");
  if (pointed.out_of_list && pointed.products.empty()) {
    return talk.say("reference.out_of_list", {{"count", std::to_string(latest_list(talk.memory).size())}});
  }
  if (pointed.unseen && pointed.products.empty() && !heard.reference.ordinals.empty()) return show_unseen(talk, heard);
  std::vector<ProductId> products = pointed.products;
  if (products.empty() && !pointed.unclear.empty() && heard.reference.of_group) return ask_which(talk, pointed.unclear, "details");
  if (products.empty() && talk.memory.focus) products = {*talk.memory.focus};
  if (products.empty() && heard.names_kind()) return look_for(talk, heard);
  if (products.empty()) return;
  if (products.size() > kAnswered) products.resize(kAnswered);
  for (const ProductId& id : products) talk.calls.product(id);
  if (!talk.waiting() && none_says(talk, products, heard)) return;
  for (const ProductId& id : products) {
    const auto details = talk.calls.product(id);
    if (details.waiting) return;
    if (!details) {
      say_failure(talk, details.error);
      continue;
    }
    const Product& product = details->product;
    if (say_several(talk, product, heard, products.size() > 1)) {
    } else if (const std::string option = unoffered_option(product, heard); !option.empty()) {
      talk.say("option.none", {{"title", short_title(product.title)}, {"option", option}});
    } else if (heard.has(Act::kStock) && heard.asked.empty() && !asks_for_value(heard)) say_stock(talk, product, heard);
    else if (heard.has(Act::kPrice) && heard.asked.empty()) say_price(talk, product, heard);
    else if (heard.has(Act::kDetails) && heard.asked.empty()) say_details(talk, product);
    else answer_fact(talk, product, heard, products.size() > 1);
    talk.show_one(product);
    talk.memory.focus = product.id;
  }
  if (products.size() > 1) talk.memory.focus = products.front();
}

}  // namespace floorwalker::guided
