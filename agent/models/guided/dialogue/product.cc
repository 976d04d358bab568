#include <algorithm>

#include "agent/models/guided/dialogue/choice.h"
#include "agent/models/guided/dialogue/describe.h"
#include "agent/models/guided/dialogue/handlers.h"
#include "agent/models/guided/dialogue/question_match.h"

// Questions about one product: its facts, its price, whether it is there in a size.
namespace floorwalker::guided {

namespace {

constexpr std::size_t kFactsTold = 5;

// The words of the question that may name a fact: not the words that only ask.
std::vector<std::string> question_words(const Talk& talk, const Heard& heard, const Product& product) {
  std::vector<std::string> found;
  const Lexicon& lexicon = talk.guide.lexicon;
  std::vector<std::string> title;
  for (const text::Word& word : text::words(product.title + " " + product.brand + " " + product.kind)) title.push_back(text::stem(word.folded));
  for (const std::string& word : heard.reference.words) {
    if (lexicon.question_words.count(word) || lexicon.price.count(word) || lexicon.the.count(word)) continue;
    if (std::find(title.begin(), title.end(), text::stem(word)) == title.end()) found.push_back(word);
  }
  return found;
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

// A question that yes or no would answer: it does not begin with a word such as "what" or "how".
bool asks_whether(const Talk& talk, const Heard& heard) {
  return std::none_of(heard.words.begin(), heard.words.end(), [&](const text::Word& word) { return talk.guide.lexicon.open_questions.count(word.folded) > 0; });
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
  if (!named.empty()) return talk.say("fact.has", {{"title", short_title(product.title)}, {"name", name}, {"value", value_list(named)}});
  const bool has = heard.asked.empty() && asks_whether(talk, heard);
  talk.say(has ? "fact.has" : "fact.value", {{"title", short_title(product.title)}, {"name", name}, {"value", value_list(answer.attributes)}});
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
  const bool sellable = availability_of(product) != Availability::kOutOfStock;
  talk.say(sellable ? "stock.choices" : "stock.out", {{"title", short_title(product.title)}, {"option", text::fold(choice.open)},
                                                      {"values", text::join_and(choice.values)}, {"sold_out", text::join_and(choice.sold_out)},
                                                      {"options", options}});
}

void say_price(Talk& talk, const Product& product, const Heard& heard) {
  const Choice choice = choose(product, said_now(heard, talk.guide.lexicon), {});
  const Variant& variant = choice.variant ? *choice.variant : cheapest_variant(product);
  const bool from = !choice.variant && std::any_of(product.variants.begin(), product.variants.end(), [&](const Variant& other) { return other.price.minor != variant.price.minor; });
  talk.say(from ? "price.from" : "price.is", {{"title", short_title(product.title)}, {"price", format(variant.price)},
                                              {"was", !from && variant.compare_at ? format(*variant.compare_at) : ""}});
}

void say_details(Talk& talk, const Product& product) {
  std::vector<std::string> facts;
  for (const Attribute& attribute : product.attributes) {
    if (facts.size() >= kFactsTold) break;
    if (is_dull(attribute.name, talk.guide.lexicon)) continue;
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

void answer_fact(Talk& talk, const Product& product, const Heard& heard) {
  const std::vector<std::string> words = question_words(talk, heard, product);
  const Answering answer = find_answer(product, words, heard.asked);
  if (!answer.attributes.empty()) return say_answer(talk, product, heard, answer, words);
  if (!answer.sentence.empty()) return talk.say("fact.quote", {{"title", short_title(product.title)}, {"quote", answer.sentence}});
  if (heard.asked.empty() && words.empty()) return say_details(talk, product);
  const std::string asked = heard.asked.empty() ? text::join_and(words) : heard.asked.front();
  talk.say("fact.unknown", {{"title", short_title(product.title)}, {"what", asked}});
}

}  // namespace

bool answer_if_known(Talk& talk, const Heard& heard) {
  const auto details = talk.calls.product(*talk.memory.focus);
  if (details.waiting) return true;
  if (!details) return false;
  const Product& product = details->product;
  const std::vector<std::string> words = question_words(talk, heard, product);
  const Answering answer = find_answer(product, words, heard.asked);
  if (answer.attributes.empty()) return false;
  say_answer(talk, product, heard, answer, words);
  talk.show_one(product);
  return true;
}

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
  if (products.empty()) return talk.say("fallback", {});
  if (products.size() > 3) products.resize(3);
  for (const ProductId& id : products) talk.calls.product(id);
  for (const ProductId& id : products) {
    const auto details = talk.calls.product(id);
    if (details.waiting) return;
    if (!details) {
      say_failure(talk, details.error);
      continue;
    }
    const Product& product = details->product;
    if (heard.has(Act::kStock) && heard.asked.empty()) say_stock(talk, product, heard);
    else if (heard.has(Act::kPrice)) say_price(talk, product, heard);
    else if (heard.has(Act::kDetails) && heard.asked.empty()) say_details(talk, product);
    else answer_fact(talk, product, heard);
    talk.show_one(product);
    talk.memory.focus = product.id;
  }
  if (products.size() > 1) talk.memory.focus = products.front();
}

}  // namespace floorwalker::guided
