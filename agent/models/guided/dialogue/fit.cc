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

// The measures that were said, whatever else was: "a 30 inch doorway" -> width 30 in.
std::map<std::string, std::string> measures_of(const Heard& heard) {
  std::map<std::string, std::string> facts;
  for (const NumberPhrase& number : heard.numbers) add_fact(number, facts);
  return facts;
}

// What the shopper said of the thing they have: "my 76 cm door" -> width 76 cm.
std::map<std::string, std::string> facts_of(const Heard& heard) {
  std::map<std::string, std::string> facts = measures_of(heard);
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
    const bool joins = talk.guide.lexicon.openers.count(word) > 0 || talk.guide.lexicon.joiners.count(word) > 0;
    if (!number && !joins && !talk.guide.lexicon.fillers.count(word) && !talk.guide.lexicon.modifiers.count(word) && word.size() > 2 && !find_unit(word) &&
        !talk.guide.lexicon.pronouns.count(word)) {
      return word;
    }
  }
  return {};
}

constexpr std::size_t kBesideMeasure = 3;  // words between a measure and the thing that has it

// The word for what has the measure that was said: "doorway" of "through a 30 inch doorway", "door" of "our door is only 76 cm wide". "" where
// it is a thing of the shop, or none is named.
std::string measured_thing(const Talk& talk, const Heard& heard) {
  const Lexicon& lexicon = talk.guide.lexicon;
  const auto names = [&](std::size_t i) {
    const std::string& word = heard.words[i].folded;
    const bool scale = std::any_of(lexicon.scales.begin(), lexicon.scales.end(), [&](const Scale& one) { return std::find(one.plain.begin(), one.plain.end(), word) != one.plain.end(); });
    const bool small = lexicon.fillers.count(word) || lexicon.modifiers.count(word) || lexicon.being.count(word) || lexicon.pronouns.count(word) || lexicon.articles.count(word) || lexicon.own.count(word);
    const bool of_shop = std::any_of(heard.known.begin(), heard.known.end(), [&](const Known& known) {
      return known.span.covers(i) && (known.reading(Mention::What::kKind) || known.reading(Mention::What::kCategory) || known.reading(Mention::What::kProduct));
    });
    return !scale && !small && !of_shop && word.size() > 2 && !find_unit(word);
  };
  const auto broken = [&](std::size_t i) {  // between the word and the next
    return lexicon.joiners.count(heard.words[i].folded) || heard.text.substr(heard.words[i].end, heard.words[i + 1].start - heard.words[i].end).find_first_of(",;.?!") != std::string::npos;
  };
  for (const NumberPhrase& number : heard.numbers) {
    if (number.money || number.low.unit.dimension == Dimension::kNone) continue;
    for (std::size_t i = number.span.last; i < heard.words.size() && i < number.span.last + kBesideMeasure && !broken(i - 1); ++i) {
      if (names(i)) return heard.words[i].folded;
    }
    for (std::size_t i = number.span.first; i > 0 && i + kBesideMeasure > number.span.first && !broken(i - 1); --i) {
      if (names(i - 1)) return heard.words[i - 1].folded;
    }
  }
  return {};
}

// The shopper's message of this turn, whole.
std::string last_said(const Talk& talk) {
  const auto& messages = talk.conversation.messages;
  const auto last = std::find_if(messages.rbegin(), messages.rend(), [](const Message& message) { return message.role == Role::kShopper; });
  return last == messages.rend() ? std::string() : last->text;
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
      if (thing.empty() || text::stem(heard.words[i].folded) != text::stem(thing)) continue;
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

constexpr std::size_t kTriedForFit = 6;
constexpr std::size_t kFactsOfOwn = 3;  // of the shopper's own thing: of more, one word has been read in several ways

// `own`: what the shopper calls a thing of theirs, "" where it is one of the shop's.
void say_fit(Talk& talk, const Compatibility& fit, const std::string& own) {
  std::vector<std::string> why;
  for (const Compatibility::Check& check : fit.checks) {
    if (check.fit == fit.fit && !check.why.empty() && why.size() < 2) why.push_back(check.why);
  }
  const std::string key = fit.fit == Fit::kYes ? "fit.yes" : fit.fit == Fit::kNo ? "fit.no" : "fit.unknown";
  std::string reasons;
  for (const std::string& reason : why) reasons += (reasons.empty() ? "" : " ") + reason;
  talk.say(key, {{"a", fit.a_title}, {"b", own.empty() ? fit.b_title : own}, {"why", reasons}});
}

// The products that a question about a thing of the shopper's is asked of: named, pointed at, those shown, or of the kind that it names.
std::vector<ProductCard> asked_of(Talk& talk, const Heard& heard, CardBook& book) {
  const Reference& reference = heard.reference;
  const bool many = heard.names_kind() || reference.all || (!reference.points() && !talk.memory.focus);
  std::vector<ProductId> ids = reference.named;
  if (ids.empty() && (!reference.ordinals.empty() || (reference.all && !heard.names_kind()))) ids = point_out(heard, talk.memory, book).products;
  if (ids.empty() && reference.all && !heard.names_kind()) {
    for (const Shown& shown : latest_list(talk.memory)) ids.push_back(shown.product);
  }
  if (ids.empty() && !many && talk.memory.focus) ids.push_back(*talk.memory.focus);
  std::vector<ProductCard> cards;
  for (const ProductId& id : ids) {
    ProductCard card;
    if (const ProductCard* known = book.card(id)) card = *known;
    card.id = id;
    if (cards.size() < 2 * kTriedForFit) cards.push_back(std::move(card));
  }
  if (!cards.empty() || !heard.names_kind()) return cards;
  const auto& kinds = heard.wanted.front().kinds;
  const bool same = talk.need() && std::find(kinds.begin(), kinds.end(), talk.need()->kind) != kinds.end();
  Need need;
  need.kind = kinds.front();
  need.words = heard.wanted.front().noun;
  const auto page = talk.calls.search(request_for(talk, same ? *talk.need() : need, 2 * kTriedForFit));
  return page ? page->products : cards;
}

void check_one(Talk& talk, const ProductCard& card, const std::string& thing, const std::map<std::string, std::string>& facts) {
  const auto fit = talk.calls.fits(card.id, thing, facts);
  if (fit.waiting) return;
  talk.memory.focus = card.id;
  if (fit) say_fit(talk, *fit, std::string());
  else talk.say("fit.cannot", {{"title", title_of(card.id, talk.memory)}});
}

// "which of your sofas fit through a 30 inch doorway?": each is checked; those that fit are told and shown.
void check_each(Talk& talk, const std::vector<ProductCard>& cards, const std::string& thing, const std::map<std::string, std::string>& facts) {
  std::vector<Answer<Compatibility>> answers;
  for (const ProductCard& card : cards) answers.push_back(talk.calls.fits(card.id, thing, facts));
  if (talk.waiting()) return;
  const Compatibility* told = nullptr;
  for (const Fit wanted : {Fit::kYes, Fit::kUnknown, Fit::kNo}) {
    for (const auto& answer : answers) told = !told && answer && answer->fit == wanted ? &*answer : told;
  }
  if (!told) return talk.say("fit.cannot", {{"title", short_title(cards.front().title)}});
  say_fit(talk, *told, facts.size() > kFactsOfOwn ? thing : std::string());
  std::vector<ProductCard> fitting;
  for (std::size_t i = 0; i < cards.size(); ++i) {
    if (answers[i] && answers[i]->fit == Fit::kYes) fitting.push_back(cards[i]);
  }
  if (fitting.empty()) {
    const bool all = std::all_of(answers.begin(), answers.end(), [](const Answer<Compatibility>& answer) { return answer && answer->fit == Fit::kNo; });
    if (all && cards.size() > 1) talk.say("fit.none", {});
    else if (told->fit == Fit::kUnknown) talk.say("fit.none_sure", {});
    return;
  }
  std::vector<std::string> titles;
  for (std::size_t i = 1; i < fitting.size() && i < kTriedForFit; ++i) titles.push_back(short_title(fitting[i].title));
  if (!titles.empty()) talk.say("fit.also", {{"titles", text::join_and(titles)}});
  talk.show(fitting);
  talk.memory.focus = fitting.front().id;
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
    const ProductCard* bought = kind && !talk.state.added.empty() ? book.card(ProductId(talk.state.added)) : nullptr;
    if (bought && described_by(*bought, {text::fold(kind->value)}) > 0) {  // "that monitor", once one is in the cart
      if (std::find(products.begin(), products.end(), bought->id) == products.end()) products.push_back(bought->id);
      continue;
    }
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

// "a case for it", then "a card for it": both for the camera.
std::optional<ProductId> it_of(const Talk& talk) {
  const bool accessory = talk.memory.focus && !talk.state.accessory.empty() && talk.memory.focus->str() == talk.state.accessory;
  return accessory ? ProductId(talk.state.accessorised) : talk.memory.focus;
}

// What the thing looked for has to go with: a product named or had, else the one in focus; nothing where the words point at none.
std::optional<ProductId> partner_of(const Talk& talk, const Heard& heard) {
  if (!heard.reference.named.empty()) return heard.reference.named.front();
  if (!heard.reference.had.empty()) return heard.reference.had.front();
  const std::size_t words = heard.words.size();  // "a bag for it", not "a couch that turns into a bed"
  bool ends_so = false;  // a phrase, up to a comma: "a card for it, at least 16 GB"
  for (std::size_t i = 2; i < words && !ends_so; ++i) {
    std::size_t next = i + 1;
    while (next < words && talk.guide.lexicon.besides.count(heard.words[next].folded)) ++next;  // "a bag for it too"
    if (i > 0 && talk.guide.lexicon.asking.count(heard.words[i - 1].folded) && next < words && talk.guide.lexicon.taking.count(heard.words[next].folded)) ++next;  // "which toner does it take"
    const bool end = next == words || heard.text.substr(heard.words[next - 1].end, heard.words[next].start - heard.words[next - 1].end).find_first_of(",;.?!") != std::string::npos;
    ends_so = end && talk.guide.lexicon.pronouns.count(heard.words[i].folded) > 0 && !talk.guide.lexicon.adding.count(heard.words[i - 1].folded);
  }
  return ends_so ? it_of(talk) : std::nullopt;
}

constexpr std::size_t kNamedTried = 6;
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

// The number in the partner's model, by which other records may name it. "" if there is none that tells.
std::string number_naming(const ProductCard& partner) {
  const auto model = model_words(partner.title);
  const std::string number = model.empty() ? std::string() : model_number(model.front()).empty() ? model.front() : model_number(model.front());
  return number.size() < 3 || partner.brand.empty() ? std::string() : number;
}

// Those of the partner's brand that meet one of `terms`.
std::vector<ProductCard> of_brand(const SearchPage& page, const ProductCard& partner, const std::vector<std::string>& terms) {
  std::vector<ProductCard> cards;
  for (std::size_t i = 0; i < page.products.size() && i < page.hits.size() && cards.size() < kNamedTried; ++i) {
    const ProductCard& card = page.products[i];
    if (card.id != partner.id && card.brand == partner.brand && meets_one(page.hits[i], terms)) cards.push_back(card);
  }
  return cards;
}

void show_named(Talk& talk, const char* key, const Heard& heard, const ProductCard& partner, const std::vector<ProductCard>& cards) {
  talk.say(key, {{"what", heard.wanted.front().noun}, {"other", short_title(partner.title)}, {"title", short_title(cards.front().title)}, {"price", price_phrase(cards.front())}});
  talk.show(cards, heard.wanted.front().noun);
  talk.memory.focus = cards.front().id;
}

// What names the partner's model though it is called otherwise ("solid ink" for a printer whose toner is asked for), where nothing so called
// does, and is for the partner by the rule that `asked` was held against. True once it was told.
bool offer_named(Talk& talk, const Heard& heard, const ProductCard& partner, const Compatibility& asked) {
  const std::string number = number_naming(partner);
  if (number.empty()) return false;
  SearchRequest request;
  request.words = partner.brand + " " + number;
  request.broad = true;
  request.limit = kNamedLooked;
  const auto page = talk.calls.search(request);
  if (page.waiting) return true;
  std::vector<ProductCard> cards = page ? of_brand(*page, partner, {number}) : std::vector<ProductCard>{};
  std::vector<Answer<Compatibility>> answers;
  for (const ProductCard& card : cards) answers.push_back(talk.calls.fits(card.id, partner.id));
  if (talk.waiting()) return true;
  for (std::size_t i = cards.size(); i > 0; --i) {
    const auto& answer = answers[i - 1];
    if (!answer || answer->fit == Fit::kNo || !same_rule(*answer, asked)) cards.erase(cards.begin() + std::ptrdiff_t(i - 1));
  }
  if (cards.empty()) return false;
  show_named(talk, "fitting.named", heard, partner, cards);
  return true;
}

// Where no rule speaks of the two: what lists the partner's model in its record and is what is asked for. True once it was told.
bool offer_listing(Talk& talk, const Heard& heard, const ProductCard& partner) {
  const std::string number = number_naming(partner);
  SearchRequest request;
  for (const Mention& mention : number.empty() ? std::vector<Mention>{} : talk.guide.vocabulary.recognise(number)) {
    if (mention.what == Mention::What::kAttributeValue && request.constraints.empty()) request.constraints.push_back({mention.field, Constraint::Op::kEquals, {mention.value}});
  }
  if (request.constraints.empty()) return false;
  request.words = heard.wanted.front().noun;
  request.broad = true;
  request.limit = kNamedLooked;
  const auto page = talk.calls.search(request);
  if (page.waiting) return true;
  std::vector<std::string> noun;
  for (const text::Word& word : text::words(heard.wanted.front().noun)) noun.push_back(word.folded);
  const std::vector<ProductCard> cards = page ? of_brand(*page, partner, noun) : std::vector<ProductCard>{};
  if (cards.empty()) return false;
  show_named(talk, "fitting.lists", heard, partner, cards);
  return true;
}

// Products of one search, those that fit first, then those of which the data doesn't tell, and what the checks said.
struct Tried {
  std::vector<ProductCard> cards;
  std::vector<Answer<Compatibility>> answers;
  std::size_t sure = 0;    // cards that fit
  std::size_t total = 0;   // that the search found
  std::size_t looked = 0;  // of them
};

// While an answer is waited for, what comes back is not whole.
Tried try_fit(Talk& talk, const SearchPage& page, const ProductId& partner) {
  Tried tried;
  tried.total = page.total;
  tried.looked = page.products.size();
  const auto fits = [](const Answer<Compatibility>& answer) { return answer && answer->fit == Fit::kYes; };
  for (std::size_t end = kTriedForFit; end <= 2 * kTriedForFit && !talk.waiting(); end += kTriedForFit) {
    while (tried.answers.size() < std::min(end, page.products.size())) tried.answers.push_back(talk.calls.fits(page.products[tried.answers.size()].id, partner));
    if (std::any_of(tried.answers.begin(), tried.answers.end(), fits)) break;
  }
  std::vector<Fit> verdicts;
  for (const auto& answer : tried.answers) verdicts.push_back(answer ? answer->fit : Fit::kUnknown);
  tried.cards = by_fit(page.products, verdicts);
  tried.sure = std::size_t(std::count(verdicts.begin(), verdicts.end(), Fit::kYes));
  return tried;
}

// Where nothing is sure to fit: what is of the partner's own brand, or names it, first. Nothing else speaks for the others; where there are none of them,
// the shop is asked for some.
void own_brand_first(Talk& talk, Need& need, const ProductCard& partner, Tried& tried) {
  if (partner.brand.empty()) return;
  const auto of_brand = [&](const ProductCard& card) { return card.brand == partner.brand || described_by(card, {text::fold(partner.brand)}) > 0; };
  if (std::none_of(tried.cards.begin(), tried.cards.end(), of_brand)) {
    Need branded = need;
    branded.words = partner.brand + " " + need.words;
    const auto page = talk.calls.search(request_for(talk, branded, 2 * kTriedForFit));
    if (page.waiting) return;
    Tried others = page && page->relaxed.empty() ? try_fit(talk, *page, partner.id) : Tried{};
    if (talk.waiting()) return;
    if (std::any_of(others.cards.begin(), others.cards.end(), of_brand)) {
      tried = std::move(others);
      need.words = branded.words;
    }
  }
  if (tried.sure == 0) std::stable_partition(tried.cards.begin(), tried.cards.end(), of_brand);
}

// The card of a product, from the talk or made of its record in `record`; null if the shop does not know it.
const ProductCard* card_of(Talk& talk, CardBook& book, const ProductId& id, ProductCard& record) {
  if (const ProductCard* card = book.card(id)) return card;
  const auto details = talk.calls.product(id);
  if (!details) return nullptr;
  record.id = details->product.id;
  record.title = details->product.title;
  record.brand = details->product.brand;
  record.kind = details->product.kind;
  return &record;
}

void say_fitting(Talk& talk, const Heard& heard, const std::string& partner, const Tried& tried) {
  const Wanted& wanted = heard.wanted.front();
  std::string why;
  for (const auto& answer : tried.answers) {
    const bool first = tried.sure > 0 && why.empty() && answer && answer->fit == Fit::kYes;
    for (std::size_t i = 0; first && i < answer->checks.size() && why.empty(); ++i) why = answer->checks[i].why;
  }
  const auto& cards = tried.cards;
  talk.say(cards.empty() ? "fitting.none" : tried.sure == 0 ? "fitting.unknown" : "fitting.found",
           {{"what", wanted.noun}, {"other", short_title(partner)}, {"title", cards.empty() ? "" : short_title(cards.front().title)},
            {"price", cards.empty() ? "" : price_phrase(cards.front())}, {"why", why}});
  if (!wanted.unmeasured.empty()) talk.say("cannot_confirm", {{"wish", text::join_and(wanted.unmeasured, "or")}});
}

constexpr std::size_t kFittingShown = 4;

}  // namespace

bool find_fitting(Talk& talk, const Heard& heard, bool along) {
  if (heard.question && !heard.asked.empty() && !heard.has(Act::kFind)) return false;  // "how fast is it"
  const std::optional<ProductId> partner = partner_of(talk, heard);
  if (!partner || !heard.names_kind() || heard.wanted.size() != 1 || heard.reference.of_group || !heard.reference.ordinals.empty()) return false;
  const Wanted& wanted = heard.wanted.front();
  CardBook book(talk.conversation);
  ProductCard record;  // of a product that no search has shown
  const ProductCard* other = card_of(talk, book, *partner, record);
  if (talk.waiting()) return true;
  if (other && described_by(*other, {text::fold(wanted.noun)}) > 0) return false;
  Need need;
  need.kind = wanted.kinds.front();
  merge(need, wanted);
  std::erase_if(need.constraints, [&](const Constraint& constraint) {  // "ink" as a value of things that are called so
    return constraint.values.size() == 1 && text::fold(constraint.values.front()) == text::fold(wanted.noun);
  });
  need.words = called(talk, wanted);
  const auto page = other ? search_fitting(talk, need, *other) : talk.calls.search(request_for(talk, need, 2 * kTriedForFit));
  if (talk.waiting()) return true;
  if (!page || page->products.empty()) return false;
  Tried tried = try_fit(talk, *page, *partner);
  if (talk.waiting()) return true;
  std::string title = title_of(*partner, talk.memory);
  for (const auto& answer : tried.answers) {
    if (answer) title = answer->b_title;
  }
  const bool names_it = other && !model_words(other->title).empty() && need.words != called(talk, wanted) && need.words.find_first_of("0123456789") != std::string::npos;
  const auto checked = std::find_if(tried.answers.begin(), tried.answers.end(), [](const auto& answer) { return answer && !answer->checks.empty(); });
  if (along && tried.sure == 0 && !names_it && checked == tried.answers.end()) return false;
  const bool by_name = tried.sure == 0 && other && !names_it;
  if (by_name && (checked != tried.answers.end() ? offer_named(talk, heard, *other, **checked) : offer_listing(talk, heard, *other))) return true;
  if (tried.sure == 0 && other && !tried.cards.empty()) own_brand_first(talk, need, *other, tried);
  if (talk.waiting()) return true;
  say_fitting(talk, heard, title, tried);
  if (tried.cards.empty()) return true;
  const std::size_t many = std::min({tried.cards.size(), tried.sure > 0 ? tried.sure : kFittingShown, kFittingShown});
  talk.show({tried.cards.begin(), tried.cards.begin() + std::ptrdiff_t(many)}, wanted.noun);
  talk.memory.needs.push_back(std::move(need));
  talk.state.said = {heard.text};
  talk.state.active = 1;
  talk.state.total = tried.total;
  talk.state.offset = tried.looked;
  talk.state.heard_turn = talk.conversation.turn;
  const bool was_it = partner == it_of(talk);
  talk.memory.focus = tried.cards.front().id;
  talk.state.accessory = was_it ? talk.memory.focus->str() : "";
  talk.state.accessorised = was_it ? partner->str() : "";
  return true;
}

bool tell_measure(Talk& talk, const Heard& heard) {
  const bool wishes = std::any_of(heard.wanted.begin(), heard.wanted.end(), [](const Wanted& wanted) { return !wanted.kinds.empty() || !wanted.constraints.empty() || !wanted.words.empty(); });
  const bool own = std::any_of(heard.words.begin(), heard.words.end(), [&](const text::Word& word) { return talk.guide.lexicon.own.count(word.folded) > 0; });
  if (!own || wishes || !heard.acts.empty() || heard.question || heard.reference.points()) return false;
  const std::string thing = measured_thing(talk, heard);
  const std::vector<Shown> list = latest_list(talk.memory);
  if (thing.empty() || list.empty()) return false;
  if (!talk.text.empty()) return true;  // the answer to what was asked before it
  Heard all = heard;
  all.reference.all = true;
  CardBook book(talk.conversation);
  const std::vector<ProductCard> cards = asked_of(talk, all, book);
  if (cards.empty()) return false;
  const auto first = talk.calls.fits(cards.front().id, thing, measures_of(heard));
  if (first.waiting) return true;
  if (!first || first->checks.empty()) return false;  // no rule speaks of such a thing
  check_each(talk, cards, thing, measures_of(heard));
  return true;
}

namespace {

// "does it work with a mac?": what is to fit is none of the shop's things, and the product's own record names it.
bool record_tells(Talk& talk, const Heard& heard, CardBook& book) {
  const Reference& reference = heard.reference;
  const bool measured = std::any_of(heard.numbers.begin(), heard.numbers.end(), [](const NumberPhrase& number) { return number.low.unit.dimension != Dimension::kNone; });
  const bool of_shop = (heard.names_kind() && !reference.of_group) || !heard.owned.empty() || !reference.had.empty();
  if (!heard.question || measured || of_shop || reference.all || reference.named.size() > 1) return false;
  const std::vector<ProductId> meant = point_out(heard, talk.memory, book).products;
  if (meant.size() > 1 || (meant.empty() && !talk.memory.focus)) return false;
  const ProductId id = meant.empty() ? *talk.memory.focus : meant.front();
  if (!answer_if_known(talk, heard, id)) return false;
  talk.memory.focus = id;
  return true;
}

// Whether a word of what the shopper has was read in several ways: a list of these describes nothing.
bool read_several_ways(const Heard& heard, const std::map<std::string, std::string>& facts) {
  const auto values = std::count_if(heard.known.begin(), heard.known.end(), [](const Known& known) { return known.reading(Mention::What::kAttributeValue) || known.reading(Mention::What::kOptionValue); });
  return facts.size() > std::size_t(values) + heard.numbers.size();
}

}  // namespace

void check_fit(Talk& talk, const Heard& heard) {
  CardBook book(talk.conversation);
  if (record_tells(talk, heard, book)) return;
  auto facts = facts_of(heard);
  if (const std::string thing = measured_thing(talk, heard); !thing.empty()) {
    const std::vector<ProductCard> cards = asked_of(talk, heard, book);
    if (talk.waiting()) return;
    if (cards.size() > 1) return check_each(talk, cards, thing, measures_of(heard));
    if (cards.size() == 1) return check_one(talk, cards.front(), thing, measures_of(heard));
  }
  if (heard.reference.all && heard.reference.named.empty() && heard.numbers.empty() && !latest_list(talk.memory).empty()) {  // "can any of these get up the stairs?"
    const Heard whole = talk.guide.listener.hear(last_said(talk), talk.kind());
    const std::string thing = measured_thing(talk, whole);
    if (thing.empty()) return talk.say("fit.measure", {});
    const std::vector<ProductCard> cards = asked_of(talk, heard, book);
    if (!talk.waiting() && !cards.empty()) check_each(talk, cards, thing, measures_of(whole));
    return;
  }
  std::vector<ProductId> products = pair_meant(talk, heard, book);
  if (products.empty()) {
    if (!heard.wanted.empty() && heard.names_kind()) return look_for(talk, heard);
    return talk.say("fit.what", {});
  }
  const bool measured = std::any_of(heard.numbers.begin(), heard.numbers.end(), [](const NumberPhrase& number) { return number.low.unit.dimension != Dimension::kNone; });
  const Reference& reference = heard.reference;
  const bool it_alone = reference.named.empty() && reference.had.empty() && reference.ordinals.empty() && !reference.of_group && !heard.names_kind();
  if (measured && it_alone && talk.memory.focus) products = {*talk.memory.focus};  // "will it go through a 75 cm door?", whatever else measures 75 cm
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
  say_fit(talk, *fit, against_own && read_several_ways(heard, facts) ? thing_of(talk, heard) : std::string());
  talk.memory.focus = products.front();
}

}  // namespace floorwalker::guided
