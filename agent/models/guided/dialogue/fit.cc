#include <algorithm>
#include <unordered_set>

#include "agent/models/guided/dialogue/describe.h"
#include "agent/models/guided/dialogue/handlers.h"

// Does it fit: against another product, or against what the shopper has.
namespace floorwalker::guided {

namespace {

void add_fact(const NumberPhrase& number, std::map<std::string, std::string>& facts) {
  std::string field = !number.attributes.empty() ? number.attributes.front() : number.low.unit.dimension == Dimension::kLength ? "width" : "value";
  std::string value = format(number.low, 4);
  std::erase(value, ',');
  std::replace(field.begin(), field.end(), ' ', '_');
  facts.emplace(std::move(field), std::move(value));
}

// What the shopper said of the thing they have: "my 76 cm door" -> width 76 cm.
std::map<std::string, std::string> facts_of(const Heard& heard) {
  std::map<std::string, std::string> facts;
  for (const NumberPhrase& number : heard.numbers) add_fact(number, facts);
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
    const bool number = (word[0] >= '0' && word[0] <= '9') || talk.guide.lexicon.ordinals.count(word) > 0;
    if (!number && !talk.guide.lexicon.fillers.count(word) && !talk.guide.lexicon.modifiers.count(word) && word.size() > 2 && !find_unit(word) &&
        !talk.guide.lexicon.pronouns.count(word)) {
      return text::stem(word);
    }
  }
  return {};
}

// What the shopper said before this turn, the latest first.
std::vector<Heard> heard_before(const Talk& talk) {
  std::vector<Heard> all;
  const auto& messages = talk.conversation.messages;
  for (auto message = messages.rbegin(); message != messages.rend(); ++message) {
    if (message->role == Role::kShopper && message->turn < talk.conversation.turn) all.push_back(talk.guide.listener.hear(message->text, {}));
  }
  return all;
}

// "my hallway door is only 76 cm wide", said some turns ago: the number nearest to the word for the thing.
std::map<std::string, std::string> facts_said_before(const std::vector<Heard>& before, const std::string& thing) {
  std::map<std::string, std::string> facts;
  for (const Heard& heard : before) {
    for (std::size_t i = 0; i < heard.words.size(); ++i) {
      if (thing.empty() || text::stem(heard.words[i].folded) != thing) continue;
      const NumberPhrase* nearest = nullptr;
      const auto distance = [&](const NumberPhrase& number) { return i < number.span.first ? number.span.first - i : i - std::min(i, number.span.last); };
      for (const NumberPhrase& number : heard.numbers) {
        if (!number.money && (!nearest || distance(number) < distance(*nearest))) nearest = &number;
      }
      if (nearest) return add_fact(*nearest, facts), facts;
    }
  }
  return facts;
}

// The product that the shopper named last and that is another: "it's a Raid 16 Pro".
std::optional<ProductId> named_before(const std::vector<Heard>& before, const ProductId& other) {
  for (const Heard& heard : before) {
    for (auto named = heard.reference.named.rbegin(); named != heard.reference.named.rend(); ++named) {
      if (*named != other) return *named;
    }
  }
  return std::nullopt;
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
  auto facts = facts_of(heard);
  std::vector<ProductId> products = pair_meant(talk, heard, book);
  if (products.empty()) {
    if (!heard.wanted.empty() && heard.names_kind()) return look_for(talk, heard);
    return talk.say("fit.what", {});
  }
  const bool one_sided = products.size() < 2 && facts.empty();
  if (one_sided) {
    const std::vector<Heard> before = heard_before(talk);
    facts = facts_said_before(before, thing_of(talk, heard));
    if (const auto named = facts.empty() ? named_before(before, products.front()) : std::nullopt) products.push_back(*named);
    if (facts.empty() && products.size() < 2) return talk.say("fit.cannot", {{"title", title_of(products.front(), talk.memory)}});
  }
  const bool against_own = products.size() < 2 || !heard.numbers.empty();
  const auto fit = against_own ? talk.calls.fits(products.front(), thing_of(talk, heard), facts) : talk.calls.fits(products[0], products[1]);
  if (fit.waiting) return;
  if (!fit) return talk.say("fit.cannot", {{"title", title_of(products.front(), talk.memory)}});
  say_fit(talk, *fit);
  talk.memory.focus = products.front();
}

}  // namespace floorwalker::guided
