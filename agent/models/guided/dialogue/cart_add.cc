#include <algorithm>
#include <cctype>

#include "agent/models/guided/dialogue/choice.h"
#include "agent/models/guided/dialogue/describe.h"
#include "agent/models/guided/dialogue/handlers.h"

// Into the cart: which product, which variant, and what the shop made of it.
namespace floorwalker::guided {

namespace {

constexpr std::size_t kLookedAtInstead = 8;
constexpr int kStillFresh = 2;  // turns after which a value said while browsing counts as old

bool remembers_browsing(const Talk& talk) {
  if (talk.guide.playbook.browsed_option == BrowsedOption::kUse) return true;
  return talk.conversation.turn - talk.state.heard_turn <= kStillFresh;
}

// The text in which the shopper described what this product was found for.
std::string said_of(const Talk& talk, const ProductId& product) {
  std::string group;
  for (const Shown& shown : talk.memory.shown) {
    if (shown.product == product) group = shown.group;
  }
  const std::size_t first = talk.memory.needs.size() - std::min(talk.memory.needs.size(), talk.state.said.size());
  for (std::size_t i = 0; i < talk.state.said.size() && first + i < talk.memory.needs.size(); ++i) {
    const Need& need = talk.memory.needs[first + i];
    if (group.empty() || group == need.kind || group == need.words) return talk.state.said[i];
  }
  return talk.state.said.empty() ? std::string() : talk.state.said.back();
}

std::vector<OptionSaid> remembered(const Talk& talk) {
  std::vector<OptionSaid> said;
  for (const auto& [option, value] : talk.memory.said_options) said.push_back({option, value, true, true});
  return said;
}

std::vector<OptionSaid> browsed(const Talk& talk) {
  std::vector<OptionSaid> said;
  if (!talk.need()) return said;
  const bool all = talk.guide.playbook.browsed_option == BrowsedOption::kUse;  // of earlier needs as well, the latest first
  for (auto need = talk.memory.needs.rbegin(); need != talk.memory.needs.rend() && (all || need == talk.memory.needs.rbegin()); ++need) {
    for (const Constraint& constraint : need->constraints) {
      if (constraint.op == Constraint::Op::kEquals && constraint.field != "price") said.push_back({constraint.field, constraint.values.front(), true, false});
    }
  }
  return said;
}

void ask_option(Talk& talk, const Product& product, const Choice& choice, PendingAdd add) {
  add.options = choice.chosen;
  talk.state.pending = Pending::kChooseOption;
  talk.state.option = choice.open;
  talk.state.adds.insert(talk.state.adds.begin(), std::move(add));
  talk.say("option.ask", {{"title", short_title(product.title)}, {"option", text::fold(choice.open)}, {"values", text::join_and(choice.values, "or")},
                          {"sold_out", text::join_and(choice.sold_out)}});
  talk.ask("option:" + choice.open);
  talk.show_one(product);
  talk.memory.focus = product.id;
}

// What there is of its kind instead of a product that is sold out.
void show_instead(Talk& talk, const Product& product) {
  CardBook book(talk.conversation);
  const ProductCard* card = book.card(product.id);
  SearchRequest request;
  request.words = card && !card->kind.empty() ? card->kind : product.kind;
  request.limit = kLookedAtInstead;
  if (request.words.empty()) return;
  const auto page = talk.calls.search(request);
  if (page.waiting || !page) return;
  std::vector<ProductCard> cards;
  for (const ProductCard& other : page->products) {
    if (other.id != product.id && other.availability != Availability::kOutOfStock && cards.size() < 3) cards.push_back(other);
  }
  if (cards.empty()) return;
  talk.say("sold_out.instead", {{"title", short_title(cards.front().title)}, {"price", price_phrase(cards.front())}});
  talk.show(cards);
}

void say_sold_out(Talk& talk, const Product& product, const Choice& choice) {
  std::vector<std::string> siblings;
  for (const Variant& variant : product.variants) {
    if (variant.stock.availability != Availability::kOutOfStock && siblings.size() < 6) siblings.push_back(options_phrase(variant.options));
  }
  std::vector<OptionValue> meant;
  for (const auto& [name, value] : choice.chosen) meant.push_back({name, value});
  std::erase(siblings, std::string());
  talk.say(siblings.empty() ? "add.sold_out" : "add.sold_out_variant",
           {{"title", short_title(product.title)}, {"options", options_phrase(meant)}, {"siblings", text::join_and(siblings)}});
  talk.memory.focus = product.id;
  if (siblings.empty()) show_instead(talk, product);
}

// The total holds until the next thing goes in: of several it is told with the last.
enum class Tell { kTotal, kNoTotal };

void say_added(Talk& talk, const Product& product, const CartAnswer& answer, Tell tell) {
  const CartLine* line = answer.line ? &*answer.line : nullptr;
  const std::string options = line ? options_phrase(line->options) : "";
  talk.say("added", {{"count", answer.got > 1 ? std::to_string(answer.got) : ""}, {"title", short_title(product.title)}, {"options", options},
                     {"price", line ? format(line->unit_price) : ""}, {"total", tell == Tell::kTotal ? format(answer.cart.total) : ""}});
  if (answer.got < answer.asked) talk.say("cart.fewer", {{"count", std::to_string(answer.got)}});
  if (line) talk.memory.last_line = line->id;
  talk.added = true;
  talk.presentation.refused = false;   // what was refused beside it is said, but the turn has done something
  talk.state.quantity = 0;
  talk.state.added = product.id.str();
  talk.memory.focus = product.id;
}

// One product into the cart: true when it went in.
bool add_one(Talk& talk, PendingAdd add, const SaidOptions& said, Tell tell = Tell::kTotal) {
  const auto details = talk.calls.product(add.product);
  if (details.waiting) return false;
  if (!details) {
    say_failure(talk, details.error);
    return false;
  }
  const Product& product = details->product;
  std::map<std::string, std::string> decided = add.options;
  Choice choice = choose(product, said, decided);
  if (choice.refused.empty() && !choice.open.empty()) {
    decided = choice.chosen;
    fill_from(product, {said.lexicon, remembered(talk), ""}, decided);
    if (remembers_browsing(talk)) fill_from(product, {said.lexicon, browsed(talk), said_of(talk, product.id)}, decided);
    choice = choose(product, {said.lexicon, {}, ""}, decided);
  }
  if (!choice.refused.empty()) {
    add.options = choice.chosen;
    say_not_offered(talk, product, choice);
    choice.open = choice.refused;
    talk.state.pending = Pending::kChooseOption;
    talk.state.option = choice.refused;
    talk.state.adds.insert(talk.state.adds.begin(), add);
    talk.ask("option:" + choice.refused);
    return false;
  }
  if (!choice.open.empty()) {
    ask_option(talk, product, choice, std::move(add));
    return false;
  }
  if (!choice.variant || choice.out_of_stock) {
    say_sold_out(talk, product, choice);
    return false;
  }
  const auto answer = add.line ? talk.calls.change_variant(*add.line, choice.variant->id) : talk.calls.add(choice.variant->id, add.quantity);
  if (answer.waiting) return false;
  if (!answer) {
    say_failure(talk, answer.error);
    talk.memory.focus = product.id;
    const ErrorKind kind = answer.error.error.kind;
    if (!add.line && (kind == ErrorKind::kRefused || kind == ErrorKind::kOutOfStock)) {  // "7 then", or yes to what is left
      add.options = choice.chosen;
      add.quantity = answer.error.available.value_or(0);
      talk.state.pending = Pending::kAmount;
      talk.state.adds = {std::move(add)};
    }
    return false;
  }
  say_added(talk, product, *answer, tell);
  return true;
}

// The product named but never shown: found by its name.
bool find_named(Talk& talk, const Heard& heard, std::vector<ProductId>& products) {
  if (heard.wanted.empty() || heard.wanted.front().words.empty()) return false;
  SearchRequest request;
  request.words = heard.wanted.front().words;
  request.limit = 3;
  const auto page = talk.calls.search(request);
  if (page.waiting) return true;
  if (!page || page->products.empty()) return false;
  const ProductCard& card = page->products.front();
  std::size_t named = 0;
  for (const std::string& word : heard.reference.words) {
    for (const text::Word& part : text::words(card.title)) named += text::stem(part.folded) == text::stem(word);
  }
  if (named == 0 || (named < 2 && page->total > 1)) return false;
  products.push_back(card.id);
  talk.show({card});
  return true;
}

}  // namespace

void ask_which(Talk& talk, const std::vector<ProductId>& candidates, const std::string& act) {
  std::vector<std::string> titles;
  CardBook book(talk.conversation);
  for (const ProductId& id : candidates) {
    const std::string title = title_of(id, talk.memory);
    const auto called_so = [&](const ProductId& other) { return title_of(other, talk.memory) == title; };
    const ProductCard* card = std::count_if(candidates.begin(), candidates.end(), called_so) > 1 ? book.card(id) : nullptr;  // alike but for the price
    if (titles.size() < 4) titles.push_back(card ? title + " at " + price_phrase(*card) : title);
  }
  talk.say("which", {{"titles", text::join_and(titles, "or")}});
  talk.state.pending = Pending::kWhich;
  talk.state.candidates = candidates;
  talk.state.act = act;
  talk.ask("which");
}

namespace {

// Whether a word behind "the" or "that" stands in the title of something that was shown: "the M20i".
bool calls_shown(const Talk& talk, const Heard& part) {
  for (std::size_t i = 1; i < part.words.size(); ++i) {
    if (!talk.guide.lexicon.the.count(part.words[i - 1].folded)) continue;
    for (const Shown& shown : talk.memory.shown) {
      const auto title = text::words(shown.title);
      if (std::any_of(title.begin(), title.end(), [&](const text::Word& word) { return word.folded == part.words[i].folded; })) return true;
    }
  }
  return false;
}

// "two of the toner", behind "the first toner": says how many of it.
bool counts_again(const Heard& part, const std::vector<Heard>& things) {
  const Reference& reference = part.reference;
  return part.quantity && reference.of_group && reference.ordinals.empty() && reference.named.empty() && !things.empty() && !things.back().quantity &&
         things.back().reference.group == reference.group;
}

// "the first bag, the M20i and two of the cables": the parts of a sentence that point at one thing each; empty where it is about one.
std::vector<Heard> things_to_add(const Talk& talk, const Heard& heard) {
  const Lexicon& lexicon = talk.guide.lexicon;
  std::vector<Heard> things;
  for (std::size_t i = 1, first = 0; i <= heard.words.size(); ++i) {
    const bool end = i == heard.words.size();
    const bool comma = !end && heard.text.substr(heard.words[i - 1].end, heard.words[i].start - heard.words[i - 1].end).find_first_of(",;") != std::string::npos;
    const bool opener = !end && lexicon.openers.count(heard.words[i].folded) > 0;
    if (!end && !comma && !opener) continue;
    if (i > first) {
      const std::size_t from = heard.words[first].start;
      Heard part = talk.guide.listener.hear(heard.text.substr(from, heard.words[i - 1].end - from), talk.kind());
      const Reference& reference = part.reference;
      if (counts_again(part, things)) things.back().quantity = part.quantity;
      else if (reference.of_group || !reference.named.empty() || !reference.ordinals.empty() || calls_shown(talk, part)) things.push_back(std::move(part));
    }
    first = opener ? i + 1 : i;
  }
  return things.size() > 1 ? things : std::vector<Heard>{};
}

// A word in quotes or brackets, as an id of the shop is given: "add `lamp-tent`"; "" if there is none.
std::string quoted(const std::string& text) {
  for (const auto& [open, close] : {std::pair('`', '`'), std::pair('<', '>'), std::pair('"', '"'), std::pair('[', ']')}) {
    const std::size_t from = text.find(open);
    const std::size_t to = from == std::string::npos ? from : text.find(close, from + 1);
    if (to == std::string::npos || to < from + 3) continue;
    const std::string id = text.substr(from + 1, to - from - 1);
    if (id.find(' ') == std::string::npos) return id;
  }
  return {};
}

// Whether a brand is named, and none of the products is of it.
bool names_other_brand(const Heard& heard, const std::vector<ProductId>& products, CardBook& book) {
  if (!heard.reference.ordinals.empty() || !heard.reference.named.empty()) return false;
  std::vector<std::string> brands;
  for (const Known& known : heard.known) {
    if (known.readings.front().what == Mention::What::kBrand && !known.negated) brands.push_back(known.readings.front().value);
  }
  if (brands.size() > 1) return true;  // "the Canon if there is one, otherwise HP" chooses none yet
  return !brands.empty() && std::none_of(products.begin(), products.end(), [&](const ProductId& id) {
    const ProductCard* card = book.card(id);
    return !card || std::find(brands.begin(), brands.end(), card->brand) != brands.end();
  });
}

// Whether the words from `first` on, an article or a number, name a thing, and none that was shown: "one set of black ink", not "one of those".
bool names_more(const Heard& heard, std::size_t first, const Lexicon& lexicon) {
  bool content = false;
  for (std::size_t at = first; at < heard.words.size(); ++at) {
    const std::string& word = heard.words[at].folded;
    if (lexicon.ordinals.count(word) || lexicon.plural_pronouns.count(word) || lexicon.the.count(word)) return false;
    if (at == first) continue;
    const bool beside = content && lexicon.modifiers.count(heard.words[at - 1].folded) > 0;  // "two black toners for it"
    if (lexicon.pronouns.count(word) && !beside) return false;
    content = content || (word.size() > 2 && !lexicon.fillers.count(word) && !lexicon.modifiers.count(word) && !lexicon.together.count(word));
  }
  return content;
}

// "put the printer in the basket and one set of black ink": what is asked for besides the thing that was shown; "" if nothing is.
std::string more_wanted(const Heard& heard, const Lexicon& lexicon) {
  if (!heard.reference.of_group && heard.reference.ordinals.empty() && !heard.reference.pronoun) return {};
  for (std::size_t i = 3; i < heard.words.size(); ++i) {
    const std::string& word = heard.words[i].folded;
    const bool counted = lexicon.number(word) > 0 || word.find_first_not_of("0123456789") == std::string::npos;
    if (!lexicon.openers.count(heard.words[i - 1].folded) || (!lexicon.articles.count(word) && !counted)) continue;
    if (!names_more(heard, i, lexicon)) continue;
    const bool packed = i + 3 < heard.words.size() && lexicon.together.count(heard.words[i + 1].folded) && lexicon.modifiers.count(heard.words[i + 2].folded);
    return heard.text.substr(heard.words[packed ? i + 3 : i].start);  // "one set of" says how many
  }
  return {};
}

enum class Then { kOfferAddons, kMoreToAdd };

void add_thing(Talk& talk, const Heard& heard, Then then);

// What is asked for along with a thing is to go with it, where anything of that kind fits; else it is looked for like any other.
void look_for_more(Talk& talk, const std::string& more) {
  Heard rest = talk.guide.listener.hear(more, {});
  rest.acts = {Act::kFind};
  if (talk.memory.focus && rest.wanted.size() == 1 && rest.reference.named.empty()) {
    Heard fitting = rest;
    fitting.reference.had = {*talk.memory.focus};
    if (!fitting.names_kind()) fitting.wanted.front().kinds = {fitting.wanted.front().noun = rest.words.back().folded};
    if (find_fitting(talk, fitting, true)) return;
  }
  look_for(talk, rest);
}

}  // namespace

void add(Talk& talk, const Heard& heard) {
  const std::vector<Heard> things = things_to_add(talk, heard);
  if (things.empty()) {
    const std::string more = more_wanted(heard, talk.guide.lexicon);
    if (more.empty()) return add_thing(talk, heard, Then::kOfferAddons);
    Heard shown = talk.guide.listener.hear(heard.text.substr(0, heard.text.size() - more.size()), talk.kind());  // "paper" describes no printer
    if (shown.options.empty()) shown.options = heard.options;
    add_thing(talk, shown, Then::kMoreToAdd);
    if (talk.waiting()) return;
    if (talk.state.pending == Pending::kNone) look_for_more(talk, more);
    else talk.say("add.later", {{"what", more}});
    return;
  }
  for (const Heard& thing : things) {
    if (talk.state.pending == Pending::kNone) {
      add_thing(talk, thing, &thing == &things.back() ? Then::kOfferAddons : Then::kMoreToAdd);
      if (talk.waiting()) return;
      continue;
    }
    CardBook book(talk.conversation);  // one question at a time: the next waits for its turn
    const Pointed pointed = point_out(thing, talk.memory, book);
    if (pointed.products.size() != 1) {
      talk.say("add.later", {{"what", thing.reference.group.empty() ? thing.text : thing.reference.group}});
      continue;
    }
    const ProductId& id = pointed.products.front();
    const bool unseen = title_of(id, talk.memory).empty();
    const auto details = unseen ? talk.calls.product(id) : Answer<ProductDetails>{};
    if (details.waiting) return;
    if (details) talk.show_one(details->product);
    talk.state.adds.push_back({id, thing.quantity.value_or(1), {}, std::nullopt});
  }
}

void suggest_along(Talk& talk, const Heard& heard) {
  const auto along = said_at(heard.words, Act::kAddons, talk.guide.lexicon);
  const std::string before = along ? heard.text.substr(0, heard.words[along->first].start) : std::string();
  const Heard taken = before.empty() ? Heard{} : talk.guide.listener.hear(before, talk.kind());
  CardBook book(talk.conversation);
  const Reference& reference = taken.reference;
  if (reference.of_group || reference.pronoun || !reference.ordinals.empty() || !reference.named.empty()) {
    add_thing(talk, taken, Then::kMoreToAdd);
  } else if (const Pointed pointed = point_out(heard, talk.memory, book); pointed.products.size() == 1) {
    talk.memory.focus = pointed.products.front();
  }
  if (talk.waiting() || talk.state.pending != Pending::kNone) return;
  if (!talk.memory.focus) return talk.say("add.what", {});
  offer_addons(talk, *talk.memory.focus, true);
}

namespace {

// "add them", and several were shown to choose from: none of them was named.
bool unnamed_several(const Talk& talk, const Heard& heard, const Pointed& pointed) {
  const Reference& reference = heard.reference;
  const std::size_t count = pointed.products.size();
  if (count < 2 || !reference.all || reference.many == count || !reference.ordinals.empty() || reference.first_n > 0 || !reference.named.empty()) return false;
  const auto list = latest_list(talk.memory);
  const bool picks = std::any_of(list.begin(), list.end(), [](const Shown& shown) { return !shown.group.empty(); });  // one of each kind that was asked for
  const bool both = std::any_of(heard.words.begin(), heard.words.end(), [&](const text::Word& word) { return talk.guide.lexicon.pairing.count(word.folded) > 0; });
  return !picks && !(both && count == 2);
}

// Asks before more goes into the cart than was named.
void offer_several(Talk& talk, const std::vector<ProductId>& products) {
  std::vector<std::string> titles;
  talk.state.adds.clear();
  for (const ProductId& id : products) {
    titles.push_back(short_title(title_of(id, talk.memory)));
    talk.state.adds.push_back({id, 1, {}, std::nullopt});
  }
  talk.say("add.several", {{"titles", text::join_and(titles)}});
  talk.state.pending = Pending::kOfferAdd;
  talk.ask("offer:several");
}

// "add the flux capacitor": a thing is named that the product, which the talk is about, is not called.
bool names_unknown(const Talk& talk, const Heard& heard, const ProductId& product, CardBook& book) {
  const Reference& reference = heard.reference;
  const bool by_price = std::any_of(heard.numbers.begin(), heard.numbers.end(), [](const NumberPhrase& number) { return number.points && number.money; });
  if (reference.points() || reference.of_group || by_price || !heard.options.empty() || reference.words.empty()) return false;
  ProductCard card;
  if (const ProductCard* known = book.card(product)) card = *known;
  card.title += " " + title_of(product, talk.memory);
  if (described_by(card, reference.words) > 0) return false;
  for (std::size_t i = 1; i < heard.words.size(); ++i) {
    const std::string& lead = heard.words[i - 1].folded;
    const bool led = talk.guide.lexicon.the.count(lead) > 0 || talk.guide.lexicon.own.count(lead) > 0;
    if (led && std::find(reference.words.begin(), reference.words.end(), heard.words[i].folded) != reference.words.end()) return true;
  }
  return false;
}

// "add a 16 gb one", and none that was shown is: one of the kind that the talk is about.
bool describes_another(const Talk& talk, const Heard& heard) {
  bool a_one = false;
  for (std::size_t i = 0; i + 2 < heard.words.size() && !a_one; ++i) {
    const auto one = std::find_if(heard.words.begin() + std::ptrdiff_t(i) + 2, heard.words.end(), [&](const text::Word& word) { return talk.guide.lexicon.pronouns.count(word.folded) > 0; });
    a_one = talk.guide.lexicon.articles.count(heard.words[i].folded) && one != heard.words.end();
  }
  return a_one && talk.need() && !heard.numbers.empty();
}

// "you forgot the printer", and it is in the cart: what is there is told, and nothing added twice. True once that is told, or waits.
bool there_already(Talk& talk, const Heard& heard, const std::vector<ProductId>& products) {
  const auto adds = [&](const text::Word& word) { return talk.guide.lexicon.adding.count(word.folded) > 0; };
  const bool said = heard.quantity || !heard.options.empty() || std::any_of(heard.words.begin(), heard.words.end(), adds);
  if (said || products.size() != 1 || talk.conversation.cart.empty() || !heard.reference.of_group) return false;
  const auto view = talk.calls.view_cart();
  if (view.waiting) return true;
  if (!view || std::none_of(view->cart.lines.begin(), view->cart.lines.end(), [&](const CartLine& line) { return line.product == products.front(); })) return false;
  view_cart(talk);
  return true;
}

void add_thing(Talk& talk, const Heard& heard, Then then) {
  CardBook book(talk.conversation);
  Pointed pointed = point_out(heard, talk.memory, book);
  if (const std::string id = quoted(heard.text); !id.empty()) {
    const auto details = talk.calls.product(ProductId(id));
    if (details.waiting) return;
    if (details) pointed = {{details->product.id}, {}, false, false};
  }
  if (pointed.out_of_list && pointed.products.empty()) {
    return talk.say("reference.out_of_list", {{"count", std::to_string(latest_list(talk.memory).size())}});
  }
  if (heard.reference.scale && latest_list(talk.memory).size() < 2 && talk.need()) {
    SearchRequest request = request_for(talk, *talk.need(), 4);
    const auto page = sort_by(talk, *heard.reference.scale, request) ? talk.calls.search(request) : Answer<SearchPage>{};
    if (page.waiting) return;
    if (page && !page->products.empty()) pointed.products = {page->products.front().id};
  }
  if (pointed.unseen && heard.reference.named.empty()) return show_unseen(talk, heard);
  if (names_other_brand(heard, pointed.products.empty() ? pointed.unclear : pointed.products, book)) {  // "let's go with the Canon", and none that was shown is one
    return look_instead(talk, heard);
  }
  const bool described = !heard.reference.words.empty() && pointed.unclear.empty() && heard.names_kind() && !heard.reference.points();
  if (pointed.products.empty() && !pointed.unclear.empty()) {
    if (heard.quantity) talk.state.quantity = *heard.quantity;
    return ask_which(talk, pointed.unclear, "add");
  }
  if (unnamed_several(talk, heard, pointed)) return offer_several(talk, pointed.products);
  if (pointed.products.size() == 1 && names_unknown(talk, heard, pointed.products.front(), book)) pointed.products.clear();
  if (pointed.products.empty() || described) {
    std::vector<ProductId> named;
    if (!talk.memory.shown.empty() && !pointed.products.empty()) named = pointed.products;
    else if (!find_named(talk, heard, named)) named = pointed.products;
    if (talk.waiting()) return;
    pointed.products = named;
  }
  if (pointed.products.empty() && describes_another(talk, heard)) return look_instead(talk, heard);
  if (pointed.products.empty()) return talk.say("add.what", {});
  if (there_already(talk, heard, pointed.products)) return;
  const int remembered = pointed.products.size() == 1 ? std::max(1, talk.state.quantity) : 1;
  std::vector<ProductId> added;
  for (const ProductId& product : pointed.products) {
    const bool last = &product == &pointed.products.back() && then == Then::kOfferAddons;
    const Tell tell = last ? Tell::kTotal : Tell::kNoTotal;
    if (add_one(talk, {product, heard.quantity.value_or(remembered), {}, std::nullopt}, said_now(heard, talk.guide.lexicon), tell)) added.push_back(product);
    if (talk.waiting()) return;
  }
  if (!added.empty() && talk.state.pending == Pending::kNone && then == Then::kOfferAddons) offer_addons(talk, added.front(), false);
}

}  // namespace

bool offer_variant(Talk& talk, const ProductId& id, const Heard& heard) {
  const auto details = talk.calls.product(id);
  if (details.waiting) return true;
  if (!details) return false;
  const Product& product = details->product;
  const Choice unsaid = choose(product, {talk.guide.lexicon, {}, ""}, {});
  const Choice choice = choose(product, said_now(heard, talk.guide.lexicon), {});
  if (!choice.refused.empty() || choice.chosen.size() <= unsaid.chosen.size()) return false;
  if (choice.out_of_stock) return say_sold_out(talk, product, choice), true;
  std::vector<OptionValue> meant;
  for (const auto& [name, value] : choice.chosen) meant.push_back({name, value});
  const Variant& variant = choice.variant ? *choice.variant : cheapest_variant(product);
  talk.say(choice.variant ? "offer.variant" : "offer.variant_from",
           {{"title", short_title(product.title)}, {"options", options_phrase(meant)}, {"price", format(variant.price)}});
  talk.state.pending = Pending::kOfferAdd;
  talk.state.adds = {{id, heard.quantity.value_or(1), choice.chosen, std::nullopt}};
  talk.ask("offer:variant");
  talk.show_one(product);
  talk.memory.focus = id;
  return true;
}

bool say_unoffered(Talk& talk, const ProductId& id, const Heard& heard) {
  const auto details = talk.calls.product(id);
  if (details.waiting) return true;
  if (!details) return false;
  const Choice choice = choose(details->product, said_now(heard, talk.guide.lexicon), {});
  if (choice.refused.empty()) return false;
  say_not_offered(talk, details->product, choice);
  talk.show_one(details->product);
  talk.memory.focus = id;
  return true;
}

// "the dress in M, the boots in 6", while both wait: each part answers for the product that it names. False where it does not name them so.
bool answer_several(Talk& talk, const Heard& heard) {
  const Lexicon& lexicon = talk.guide.lexicon;
  std::vector<std::pair<PendingAdd, Heard>> answers;
  CardBook book(talk.conversation);
  for (std::size_t i = 1, first = 0; i <= heard.words.size(); ++i) {
    const bool end = i == heard.words.size();
    const bool comma = !end && heard.text.substr(heard.words[i - 1].end, heard.words[i].start - heard.words[i - 1].end).find_first_of(",;") != std::string::npos;
    if (!end && !comma && lexicon.openers.count(heard.words[i].folded) == 0) continue;
    const std::size_t from = heard.words[first].start;
    Heard part = talk.guide.listener.hear(heard.text.substr(from, heard.words[i - 1].end - from), talk.kind());
    for (const PendingAdd& add : talk.state.adds) {
      ProductCard card;
      card.title = title_of(add.product, talk.memory);
      if (const ProductCard* known = book.card(add.product)) card.kind = known->kind;
      card.options.clear();
      if (described_by(card, part.reference.words) == 0 || part.words.size() < 2) continue;
      answers.emplace_back(add, std::move(part));
      break;
    }
    first = comma ? i : i + 1;
  }
  if (answers.size() < 2) return false;
  std::erase_if(talk.state.adds, [&](const PendingAdd& add) {
    return std::any_of(answers.begin(), answers.end(), [&](const auto& answer) { return answer.first == add; });
  });
  talk.state.pending = Pending::kNone;
  talk.close_question();
  for (const auto& [add, part] : answers) {
    SaidOptions said = said_now(part, lexicon);
    for (const text::Word& word : part.words) said.named.push_back({talk.state.option, word.folded, false, false});
    add_one(talk, add, said);
    if (talk.waiting()) return true;
  }
  return true;
}

void add_waiting(Talk& talk, const std::vector<PendingAdd>& waiting) {
  for (const PendingAdd& add : waiting) {
    if (talk.state.pending == Pending::kNone) add_one(talk, add, {talk.guide.lexicon, {}, ""});
    else talk.state.adds.push_back(add);
    if (talk.waiting()) return;
  }
}

// The answer to "which size?", and then whatever else waits.
void continue_add(Talk& talk, const Heard& heard) {
  std::vector<PendingAdd> waiting = std::move(talk.state.adds);
  talk.state.adds.clear();
  const std::string option = talk.state.option;
  talk.state.pending = Pending::kNone;
  talk.state.option.clear();
  if (waiting.empty()) return;
  SaidOptions said = said_now(heard, talk.guide.lexicon);
  for (OptionSaid& entry : said.named) {
    if (entry.option.empty()) entry.option = option;
  }
  PendingAdd first = waiting.front();
  std::size_t numbers = 0;
  for (const text::Word& word : heard.words) numbers += talk.guide.lexicon.number(word.folded) > 0 || std::isdigit(static_cast<unsigned char>(word.folded[0])) != 0;
  if (heard.quantity && numbers > 1) first.quantity = *heard.quantity;  // "a 4 please" is the size
  said.named.push_back({option, heard.text, false, false});
  for (const text::Word& word : heard.words) said.named.push_back({option, word.folded, false, false});
  const bool done = add_one(talk, first, said, waiting.size() > 1 ? Tell::kNoTotal : Tell::kTotal);
  if (talk.waiting()) return;
  add_waiting(talk, {waiting.begin() + 1, waiting.end()});
  if (talk.waiting()) return;
  if (done && talk.state.pending == Pending::kNone) offer_addons(talk, first.product, false);
}

void offer_addons_early(Talk& talk, const ProductId& product) {
  const AddonRules& rules = talk.guide.playbook.addons;
  if (rules.rules.empty()) return;
  talk.consider({"addons.after", rules.after_commitment ? Considered::Came::kActed : Considered::Came::kPassed, "shown, nothing put into the cart"});
  if (!rules.after_commitment && !talk.presentation.asked) offer_addons(talk, product, false);
}

// Whether add-ons may be offered unasked.
bool may_offer_addons(Talk& talk) {
  using enum Considered::Came;
  const AddonRules& rules = talk.guide.playbook.addons;
  if (rules.rules.empty()) return false;
  const bool declined = std::find(talk.memory.declined.begin(), talk.memory.declined.end(), "upsell") != talk.memory.declined.end();
  const bool unwelcome = declined || talk.state.complained;
  const bool enough = talk.memory.addons_offered >= rules.max_per_session;
  talk.consider({"addons.declined", unwelcome ? kActed : kPassed, declined ? "the shopper wants none" : talk.state.complained ? "the shopper complained" : "not declined"});
  talk.consider({"addons.max_per_session", enough ? kActed : kPassed, std::to_string(talk.memory.addons_offered) + " offered, at most " + std::to_string(rules.max_per_session)});
  return !unwelcome && !enough;
}

void offer_addons(Talk& talk, const ProductId& product, bool on_request) {
  if (!on_request && !may_offer_addons(talk)) return;
  std::map<std::string, std::string> said = talk.memory.said_options;
  if (talk.need()) {
    for (const std::string& use : talk.need()->uses) said[use] = "yes";
    for (const Constraint& constraint : talk.need()->constraints) {
      if (constraint.op == Constraint::Op::kEquals) said[constraint.field] = constraint.values.front();
    }
  }
  const auto answer = talk.calls.addons(product, said, talk.memory.declined);
  if (answer.waiting) return;
  if (!answer || answer->addons.empty()) {
    if (on_request) talk.say("addons.none", {{"title", answer ? answer->for_title : ""}});
    return;
  }
  const Addon& best = answer->addons.front();
  const std::string key = best.tier == Addon::Tier::kRequired ? "addons.required" : "addons.offer";
  talk.say(key, {{"title", short_title(best.product.title)}, {"price", price_phrase(best.product)}, {"reason", best.reason}});
  talk.show({best.product});
  std::vector<PendingAdd> waiting;  // "which colour?", and the shopper asks for add-ons first
  if (talk.state.pending == Pending::kChooseOption) waiting = std::move(talk.state.adds);
  talk.state.pending = Pending::kOfferAddon;
  talk.state.adds = {{best.product.id, 1, {}, std::nullopt}};
  talk.state.adds.insert(talk.state.adds.end(), waiting.begin(), waiting.end());
  talk.ask("addon:" + best.product.kind);
  ++talk.memory.addons_offered;
}

}  // namespace floorwalker::guided
