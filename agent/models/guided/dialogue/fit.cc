#include <algorithm>
#include <unordered_set>

#include "agent/models/guided/dialogue/describe.h"
#include "agent/models/guided/dialogue/handlers.h"

// Does it fit: against another product, or against what the shopper has.
namespace floorwalker::guided {

namespace {

void add_fact(const NumberPhrase& number, std::map<std::string, std::string>& facts) {
  if (number.low.unit.dimension == Dimension::kNone) return;  // a bare number measures nothing
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
        if (!number.money && number.low.unit.dimension != Dimension::kNone && (!nearest || distance(number) < distance(*nearest))) nearest = &number;
      }
      if (nearest) return add_fact(*nearest, facts), facts;
    }
  }
  return facts;
}

// The product that the shopper named last and that is another: "it's a Raid 16 Pro".
std::optional<ProductId> named_before(const std::vector<Heard>& before, const ProductId& other) {
  for (const Heard& heard : before) {
    for (const auto* list : {&heard.reference.named, &heard.reference.had}) {
      for (auto named = list->rbegin(); named != list->rend(); ++named) {
        if (*named != other) return *named;
      }
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
  const auto is_kind = [](const Known& known) { return known.reading(Mention::What::kKind) != nullptr; };
  const bool by_kinds = std::count_if(heard.known.begin(), heard.known.end(), is_kind) > 1;  // "that mattress on that frame"
  std::vector<ProductId> products = by_kinds ? heard.reference.named : point_out(heard, talk.memory, book).products;
  if (!heard.reference.named.empty()) {  // "the 65 inch, would it go on the Swing L"
    Heard rest = heard;
    rest.reference.named.clear();
    rest.reference.group.clear();
    rest.reference.groups.clear();
    const Pointed other = point_out(rest, talk.memory, book);
    if (other.products.size() == 1 && other.products != products) products.push_back(other.products.front());
  }
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

// What the thing looked for has to go with: a product named or had, else the one in focus; nothing where the words point at none.
std::optional<ProductId> partner_of(const Talk& talk, const Heard& heard) {
  if (!heard.reference.named.empty()) return heard.reference.named.front();
  if (!heard.reference.had.empty()) return heard.reference.had.front();
  const std::size_t words = heard.words.size();  // "a bag for it", not "a couch that turns into a bed"
  bool ends_so = false;  // a phrase, up to a comma: "a card for it, at least 16 GB"
  for (std::size_t i = 2; i < words && !ends_so; ++i) {
    const bool end = i + 1 == words || heard.text.substr(heard.words[i].end, heard.words[i + 1].start - heard.words[i].end).find_first_of(",;.?!") != std::string::npos;
    ends_so = end && talk.guide.lexicon.pronouns.count(heard.words[i].folded) > 0 && !talk.guide.lexicon.adding.count(heard.words[i - 1].folded);
  }
  return ends_so ? talk.memory.focus : std::nullopt;
}

constexpr std::size_t kTriedForFit = 6;
constexpr std::size_t kNamedLooked = 12;  // products that may name another's model

// Those that fit first, then those of which the data doesn't tell; those that don't fit go.
std::vector<ProductCard> by_fit(const std::vector<ProductCard>& cards, const std::vector<Fit>& fits) {
  std::vector<ProductCard> sorted;
  for (const Fit wanted : {Fit::kYes, Fit::kUnknown}) {
    for (std::size_t i = 0; i < fits.size(); ++i) {
      if (fits[i] == wanted) sorted.push_back(cards[i]);
    }
  }
  return sorted;
}

// Words of a title that name a model: "2035" of "Brother HL-2035".
std::vector<std::string> model_words(const std::string& title) {
  std::vector<std::string> found;
  for (const text::Word& word : text::words(short_title(title))) {
    const bool digits = word.folded.find_first_of("0123456789") != std::string::npos;
    if (digits && word.folded.size() >= 3 && found.size() < 2) found.push_back(word.folded);
  }
  return found;
}

// "8560adnm" -> "8560": the number of a model without its variant, as what is made for it names it. "" where there is no such number.
std::string model_number(const std::string& model) {
  const std::size_t first = model.find_first_of("0123456789");
  if (first == std::string::npos) return {};
  const std::size_t last = std::min(model.find_first_not_of("0123456789", first), model.size());
  return last - first >= 3 && last < model.size() ? model.substr(0, last) : std::string();
}

bool meets_one(const Hit& hit, const std::vector<std::string>& words) {
  const auto& matched = hit.matched;
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return std::any_of(matched.begin(), matched.end(), [&](const std::string& one) { return text::stem(text::fold(one)) == text::stem(word); });
  });
}

// What goes with a product is filed under its model ("HL-2035 toner") or its kind ("notebook bag"), else anywhere. The first of these that the shop
// has; nothing found leaves the last.
Answer<SearchPage> search_fitting(Talk& talk, Need& need, const ProductCard& partner) {
  const std::string noun = need.words;
  std::vector<std::pair<std::string, std::vector<std::string>>> ways;  // what to look for, and a word of it that has to be met
  if (const auto model = model_words(partner.title); !model.empty()) {
    std::string words = partner.brand;
    for (const std::string& word : model) words += " " + word;
    ways.emplace_back(words + " " + noun, model);
    if (const std::string number = model_number(model.front()); !number.empty()) ways.emplace_back(partner.brand + " " + number + " " + noun, std::vector<std::string>{number});
  }
  if (const auto kind = text::words(partner.kind); !kind.empty()) ways.emplace_back(partner.kind + " " + noun, std::vector<std::string>{kind.back().folded});
  std::vector<Answer<SearchPage>> pages;
  for (const auto& [words, met] : ways) {
    need.words = words;
    pages.push_back(talk.calls.search(request_for(talk, need, 2 * kTriedForFit)));
  }
  need.words = noun;
  auto plain = talk.calls.search(request_for(talk, need, 2 * kTriedForFit));
  if (talk.waiting()) return plain;
  const auto head = text::words(noun).back().folded;
  for (std::size_t i = 0; i < ways.size(); ++i) {
    if (!pages[i] || pages[i]->products.empty() || !pages[i]->relaxed.empty()) continue;
    if (!meets_one(pages[i]->hits.front(), ways[i].second) || !meets_one(pages[i]->hits.front(), {head})) continue;
    need.words = ways[i].first;
    return std::move(pages[i]);
  }
  return plain;
}

// What the thing looked for is called: the noun with what stands before it, "displayport cable" of "a displayport cable for it".
std::string called(const Talk& talk, const Wanted& wanted) {
  std::string name = wanted.words;
  for (const text::Word& word : text::words(wanted.words)) {
    if (word.start == 0 || !talk.guide.lexicon.modifiers.count(word.folded)) continue;
    name = wanted.words.substr(0, word.start - 1);
    break;
  }
  return text::fold(name).find(text::fold(wanted.noun)) == std::string::npos ? wanted.noun : name;
}

bool same_rule(const Compatibility& a, const Compatibility& b) {
  return std::any_of(a.checks.begin(), a.checks.end(), [&](const Compatibility::Check& one) {
    return std::any_of(b.checks.begin(), b.checks.end(), [&](const Compatibility::Check& other) { return one.rule == other.rule; });
  });
}

// What names the partner's model though it is called otherwise ("solid ink" for a printer whose toner is asked for), where nothing so called
// does: it must be for the partner by the rule that `asked` was held against. True once it was told.
bool offer_named(Talk& talk, const Heard& heard, const ProductCard& partner, const Compatibility& asked) {
  const auto model = model_words(partner.title);
  const std::string number = model.empty() ? std::string() : model_number(model.front()).empty() ? model.front() : model_number(model.front());
  if (number.size() < 3 || partner.brand.empty()) return false;
  SearchRequest request;
  request.words = partner.brand + " " + number;
  request.broad = true;
  request.limit = kNamedLooked;
  const auto page = talk.calls.search(request);
  if (page.waiting) return true;
  std::vector<ProductCard> cards;
  for (std::size_t i = 0; page && i < page->products.size() && i < page->hits.size(); ++i) {
    const ProductCard& card = page->products[i];
    if (card.id != partner.id && card.brand == partner.brand && meets_one(page->hits[i], {number}) && cards.size() < 6) cards.push_back(card);
  }
  std::vector<Answer<Compatibility>> answers;
  for (const ProductCard& card : cards) answers.push_back(talk.calls.fits(card.id, partner.id));
  if (talk.waiting()) return true;
  for (std::size_t i = cards.size(); i > 0; --i) {
    const auto& answer = answers[i - 1];
    if (!answer || answer->fit == Fit::kNo || !same_rule(*answer, asked)) cards.erase(cards.begin() + std::ptrdiff_t(i - 1));
  }
  if (cards.empty()) return false;
  talk.say("fitting.named", {{"what", heard.wanted.front().noun}, {"other", short_title(partner.title)}, {"title", short_title(cards.front().title)},
                             {"price", price_phrase(cards.front())}});
  talk.show(cards, heard.wanted.front().noun);
  talk.memory.focus = cards.front().id;
  return true;
}

}  // namespace

bool find_fitting(Talk& talk, const Heard& heard) {
  const std::optional<ProductId> partner = partner_of(talk, heard);
  if (!partner || !heard.names_kind() || heard.wanted.size() != 1 || heard.reference.of_group || !heard.reference.ordinals.empty()) return false;
  CardBook book(talk.conversation);
  const ProductCard* other = book.card(*partner);
  ProductCard record;  // of a product that no search has shown
  if (!other) {
    const auto details = talk.calls.product(*partner);
    if (details.waiting) return true;
    if (details) {
      record.id = details->product.id;
      record.title = details->product.title;
      record.brand = details->product.brand;
      record.kind = details->product.kind;
      other = &record;
    }
  }
  if (other && described_by(*other, {text::fold(heard.wanted.front().noun)}) > 0) return false;
  Need need;
  need.kind = heard.wanted.front().kinds.front();
  merge(need, heard.wanted.front());
  need.words = called(talk, heard.wanted.front());
  const auto page = other ? search_fitting(talk, need, *other) : talk.calls.search(request_for(talk, need, 2 * kTriedForFit));
  if (talk.waiting()) return true;
  if (!page || page->products.empty()) return false;
  std::vector<Answer<Compatibility>> answers;
  const auto try_next = [&] {
    const std::size_t end = std::min(answers.size() + kTriedForFit, page->products.size());
    while (answers.size() < end) answers.push_back(talk.calls.fits(page->products[answers.size()].id, *partner));
  };
  try_next();
  if (talk.waiting()) return true;
  if (std::none_of(answers.begin(), answers.end(), [](const auto& answer) { return answer && answer->fit == Fit::kYes; })) try_next();
  if (talk.waiting()) return true;
  std::vector<Fit> fits;
  std::string title = title_of(*partner, talk.memory);
  for (const auto& answer : answers) {
    fits.push_back(answer ? answer->fit : Fit::kUnknown);
    if (answer) title = answer->b_title;
  }
  const std::vector<ProductCard> cards = by_fit(page->products, fits);
  const auto sure = std::count(fits.begin(), fits.end(), Fit::kYes);
  const bool names_it = other && !model_words(other->title).empty() && need.words != called(talk, heard.wanted.front()) && need.words.find_first_of("0123456789") != std::string::npos;
  const auto checked = std::find_if(answers.begin(), answers.end(), [](const auto& answer) { return answer && !answer->checks.empty(); });
  if (sure == 0 && other && !names_it && checked != answers.end() && offer_named(talk, heard, *other, **checked)) return true;
  const std::string key = cards.empty() ? "fitting.none" : sure == 0 ? "fitting.unknown" : "fitting.found";
  std::string why;
  for (const auto& answer : answers) {
    const bool first = sure > 0 && why.empty() && answer && answer->fit == Fit::kYes;
    for (std::size_t i = 0; first && i < answer->checks.size() && why.empty(); ++i) why = answer->checks[i].why;
  }
  talk.say(key, {{"what", heard.wanted.front().noun}, {"other", short_title(title)}, {"title", cards.empty() ? "" : short_title(cards.front().title)},
                 {"price", cards.empty() ? "" : price_phrase(cards.front())}, {"why", why}});
  if (!heard.wanted.front().unmeasured.empty()) talk.say("cannot_confirm", {{"wish", text::join_and(heard.wanted.front().unmeasured, "or")}});
  if (cards.empty()) return true;
  const std::size_t many = std::min<std::size_t>(cards.size(), sure > 0 ? std::min<std::size_t>(std::size_t(sure), 4) : 4);
  talk.show({cards.begin(), cards.begin() + std::ptrdiff_t(many)}, heard.wanted.front().noun);
  talk.memory.needs.push_back(std::move(need));
  talk.state.said = {heard.text};
  talk.state.active = 1;
  talk.state.total = page->total;
  talk.state.offset = page->products.size();
  talk.state.heard_turn = talk.conversation.turn;
  talk.memory.focus = cards.front().id;
  return true;
}

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
  const bool against_own = products.size() < 2 || (!heard.numbers.empty() && !heard.owned.empty());
  const auto fit = against_own ? talk.calls.fits(products.front(), thing_of(talk, heard), facts) : talk.calls.fits(products[0], products[1]);
  if (fit.waiting) return;
  if (!fit) return talk.say("fit.cannot", {{"title", title_of(products.front(), talk.memory)}});
  say_fit(talk, *fit);
  talk.memory.focus = products.front();
}

}  // namespace floorwalker::guided
