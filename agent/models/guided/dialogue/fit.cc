#include <algorithm>
#include <unordered_set>

#include "agent/models/guided/dialogue/describe.h"
#include "agent/models/guided/dialogue/handlers.h"

// Does it fit: against another product, or against what the shopper has.
namespace floorwalker::guided {

namespace {

// What the shopper said of the thing they have: "my 76 cm door" -> width 76 cm.
std::map<std::string, std::string> facts_of(const Heard& heard) {
  std::map<std::string, std::string> facts;
  for (const NumberPhrase& number : heard.numbers) {
    const std::string name = !number.attributes.empty() ? number.attributes.front() : number.low.unit.dimension == Dimension::kLength ? "width" : "value";
    std::string value = format(number.low, 4);
    std::erase(value, ',');
    std::string field = name;
    std::replace(field.begin(), field.end(), ' ', '_');
    facts.emplace(field, value);
  }
  for (const Known& known : heard.known) {
    for (const Mention& mention : known.readings) {
      if (mention.what == Mention::What::kAttributeValue || mention.what == Mention::What::kOptionValue) facts.emplace(mention.field, mention.value);
    }
  }
  return facts;
}

// The word for the thing itself: the noun after "my", "through the" ...
std::string thing_of(const Talk& talk, const Heard& heard) {
  if (!heard.owned.empty()) return heard.owned.front();
  for (std::size_t i = heard.words.size(); i > 0; --i) {
    const std::string& word = heard.words[i - 1].folded;
    const bool number = word[0] >= '0' && word[0] <= '9';
    if (!number && !talk.guide.lexicon.fillers.count(word) && !talk.guide.lexicon.modifiers.count(word) && word.size() > 2 && !find_unit(word) &&
        !talk.guide.lexicon.pronouns.count(word)) {
      return text::stem(word);
    }
  }
  return {};
}

void say_fit(Talk& talk, const Compatibility& fit) {
  std::vector<std::string> why;
  for (const Compatibility::Check& check : fit.checks) {
    if (check.fit == fit.fit && !check.why.empty() && why.size() < 2) why.push_back(check.why);
  }
  const std::string key = fit.fit == Fit::kYes ? "fit.yes" : fit.fit == Fit::kNo ? "fit.no" : "fit.unknown";
  std::string reasons;
  for (const std::string& reason : why) reasons += (reasons.empty() ? "" : " ") + reason;
  talk.say(key, {{"a", fit.a_title}, {"b", fit.b_title}, {"why", reasons}});
}

// Two different products that the utterance is about.
std::vector<ProductId> pair_meant(Talk& talk, const Heard& heard, CardBook& book) {
  std::vector<ProductId> products = point_out(heard, talk.memory, book).products;
  for (const Known& known : heard.known) {
    const Mention* kind = known.reading(Mention::What::kKind);
    for (auto shown = talk.memory.shown.rbegin(); kind && shown != talk.memory.shown.rend(); ++shown) {
      const ProductCard* card = book.card(shown->product);
      if (!card || described_by(*card, {text::fold(kind->value)}) == 0) continue;
      if (std::find(products.begin(), products.end(), shown->product) == products.end()) products.push_back(shown->product);
      break;
    }
  }
  if (talk.memory.focus && std::find(products.begin(), products.end(), *talk.memory.focus) == products.end()) products.push_back(*talk.memory.focus);
  if (products.size() > 2) products.resize(2);
  return products;
}

}  // namespace

void check_fit(Talk& talk, const Heard& heard) {
  CardBook book(talk.conversation);
  const auto facts = facts_of(heard);
  const std::vector<ProductId> products = pair_meant(talk, heard, book);
  if (products.empty()) {
    if (!heard.wanted.empty() && heard.names_kind()) return look_for(talk, heard);
    return talk.say("fit.what", {});
  }
  const bool against_own = !heard.owned.empty() || !heard.numbers.empty() || products.size() < 2;
  const auto fit = against_own ? talk.calls.fits(products.front(), thing_of(talk, heard), facts) : talk.calls.fits(products[0], products[1]);
  if (fit.waiting) return;
  if (!fit) return talk.say("fit.cannot", {{"title", title_of(products.front(), talk.memory)}});
  say_fit(talk, *fit);
  talk.memory.focus = products.front();
}

}  // namespace floorwalker::guided
