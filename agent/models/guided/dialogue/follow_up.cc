#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "agent/models/guided/dialogue/describe.h"
#include "agent/models/guided/dialogue/handlers.h"
#include "agent/models/guided/dialogue/sort.h"

// More of the same, something else, cheaper, without that, and "surprise me".
namespace floorwalker::guided {

namespace {

constexpr int kPagesOfSort = 3;  // looked through for things of the sort that is talked about
constexpr std::size_t kMore = 4;
constexpr std::size_t kPage = 12;

std::vector<ProductCard> unseen(const SearchPage& page, const Memory& memory, std::size_t limit) {
  std::unordered_set<std::string> seen;
  for (const Shown& shown : memory.shown) seen.insert(shown.product.str());
  std::vector<ProductCard> cards;
  for (const ProductCard& card : page.products) {
    if (cards.size() < limit && !seen.count(card.id.str())) cards.push_back(card);
  }
  return cards;
}

std::string decimal_below(const Money& money) { return decimal(Money{std::max<std::int64_t>(0, money.minor - 1), money.currency}); }

// The attribute on which the card is measured along a scale; null if it states none.
const Attribute* measured_on(const Scale& scale, const ProductCard& card) {
  for (const std::string& hint : scale.attributes) {
    const Attribute* best = nullptr;
    for (const Attribute& attribute : card.attributes) {
      if (!has_words_of(attribute.name, hint) || !std::holds_alternative<Measure>(attribute.value)) continue;
      if (!best || attribute.name.size() < best->name.size()) best = &attribute;
    }
    if (best) return best;
  }
  return nullptr;
}

constexpr double kAboutTheSame = 0.15;  // "just as big" may be a little bigger

// "just as big": what the product in focus has, or a little more to the good side.
std::optional<Constraint> bound_to_keep(const Scale& scale, const ProductCard& card) {
  if (scale.attributes.front() == "price") {
    if (card.price_from == Money{}) return std::nullopt;
    return Constraint{"price", Constraint::Op::kAtMost, {decimal(card.price_from)}};
  }
  const Attribute* attribute = measured_on(scale, card);
  if (!attribute) return std::nullopt;
  const auto scaled = [&](double factor) {
    Measure edge = std::get<Measure>(attribute->value);
    edge.value *= factor;
    std::string value = format(edge, 4);
    std::erase(value, ',');
    return value;
  };
  return Constraint{attribute->name, Constraint::Op::kBetween, {scaled(scale.low ? 1 - kAboutTheSame : 0.98), scaled(scale.low ? 1.02 : 1 + kAboutTheSame)}};
}

// The bound that "cheaper" or "bigger" means against the product in focus.
std::optional<Constraint> bound_on(const Scale& scale, const ProductCard& card) {
  if (scale.attributes.front() == "price") {
    if (scale.low) return Constraint{"price", Constraint::Op::kAtMost, {decimal_below(card.price_from)}};
    return Constraint{"price", Constraint::Op::kAtLeast, {decimal(Money{card.price_from.minor + 1, card.price_from.currency})}};
  }
  const Attribute* attribute = measured_on(scale, card);
  if (!attribute) return std::nullopt;
  Measure edge = std::get<Measure>(attribute->value);
  edge.value *= scale.low ? 0.995 : 1.005;
  std::string value = format(edge, 4);
  std::erase(value, ',');
  return Constraint{attribute->name, scale.low ? Constraint::Op::kAtMost : Constraint::Op::kAtLeast, {value}};
}

// Fields that the words name: "the colour", "the price", "leather".
std::vector<std::string> fields_named(const Heard& heard, const Need& need) {
  std::vector<std::string> fields;
  for (const Constraint& constraint : need.constraints) {
    bool named = false;
    const auto parts = text::words(text::spaced(constraint.field) + (constraint.field == "price" ? " budget cost" : ""));
    for (const text::Word& word : heard.words) {
      for (const text::Word& part : parts) named = named || text::stem(part.folded) == text::stem(word.folded);
      for (const std::string& value : constraint.values) {
        for (const text::Word& part : text::words(value)) named = named || part.folded == word.folded;
      }
    }
    for (const Known& known : heard.known) {
      const Mention* attribute = known.reading(Mention::What::kAttribute);
      named = named || (attribute && attribute->field == constraint.field);
    }
    if (named) fields.push_back(constraint.field);
  }
  return fields;
}

void drop_from_words(std::string& words, const std::vector<std::string>& values) {
  std::string kept;
  for (const text::Word& word : text::words(words)) {
    bool gone = false;
    for (const std::string& value : values) {
      for (const text::Word& part : text::words(value)) gone = gone || part.folded == word.folded;
    }
    if (gone) continue;
    kept += (kept.empty() ? "" : " ") + words.substr(word.start, word.end - word.start);
  }
  words = kept;
}

// `need` with what is said beside the scale, `bound` (which replaces what was said of its field), and what of `card` is to be kept ("cheaper,
// but not smaller").
Need need_within(const std::optional<Constraint>& bound, const ProductCard* card, const Heard& heard, Need need) {
  Wanted wanted = heard.wanted.empty() ? Wanted{} : heard.wanted.front();
  wanted.words.clear();
  wanted.wishes.clear();
  merge(need, wanted);
  if (bound) {
    std::erase_if(need.constraints, [&](const Constraint& old) { return old.field == bound->field; });
    need.constraints.push_back(*bound);
  }
  for (const Scale* scale : card ? heard.kept : std::vector<const Scale*>{}) {
    const auto kept = bound_to_keep(*scale, *card);
    if (!kept || (bound && kept->field == bound->field)) continue;
    std::erase_if(need.constraints, [&](const Constraint& old) { return old.field == kept->field && old.op != Constraint::Op::kNot; });
    need.constraints.push_back(*kept);
  }
  return need;
}

}  // namespace

bool sort_by(const Talk& talk, const Scale& scale, SearchRequest& request) {
  if (scale.attributes.front() == "price") {
    request.sort = scale.low ? SortBy::kPriceAscending : SortBy::kPriceDescending;
    return true;
  }
  const auto numeric = attribute_like(scale.attributes, talk.kind(), talk.guide.vocabulary);
  if (!numeric) return false;
  request.sort = scale.low ? SortBy::kAttributeAscending : SortBy::kAttributeDescending;
  request.sort_attribute = numeric->name;
  return true;
}

// Without a need of the shopper's own, more of what is in focus is more of its kind.
void need_of_focus(Talk& talk) {
  CardBook book(talk.conversation);
  const ProductCard* card = talk.memory.focus ? book.card(*talk.memory.focus) : nullptr;
  if (!card || card->kind.empty()) return;
  Need need;
  need.kind = need.words = card->kind;
  talk.memory.needs.push_back(std::move(need));
  talk.state.said = {card->kind};
  talk.state.active = 1;
  talk.state.offset = 0;
}

void show_more(Talk& talk, bool different) {
  if (!talk.need() || talk.state.total == 0) need_of_focus(talk);
  if (!talk.need()) return talk.say("fallback.no_need", {});
  SearchRequest request = request_for(talk, *talk.need(), kPage);
  request.offset = different ? 0 : talk.state.offset - talk.state.offset % kPage;  // a page may have been shown in another order
  auto page = talk.calls.search(request);
  if (page.waiting) return;
  if (!page) return say_failure(talk, page.error);
  std::vector<ProductCard> cards = unseen(*page, talk.memory, kMore);
  if (cards.empty() && page->total > request.offset + page->products.size()) {
    request.offset += page->products.size();
    page = talk.calls.search(request);
    if (page.waiting) return;
    if (page) cards = unseen(*page, talk.memory, kMore);
  }
  if (cards.empty()) return talk.say("more.none", {});
  talk.say(different ? "more.other" : "more.next", {{"title", short_title(cards.front().title)}, {"price", price_phrase(cards.front())}});
  talk.show(cards);
  talk.memory.focus = cards.front().id;
  talk.state.offset = request.offset + cards.size();
}

void follow_scale(Talk& talk, const Heard& heard) {
  if (!talk.need() || heard.scales.empty()) return;
  CardBook book(talk.conversation);
  const Scale& scale = *heard.scales.front();
  const ProductCard* card = talk.memory.focus ? book.card(*talk.memory.focus) : nullptr;
  const bool extreme = !heard.extreme.empty();  // "the biggest" of all that fit, not only bigger than this one
  ProductCard whole;  // a list shows a part of what the shop states
  if (card && !extreme && scale.attributes.front() != "price" && !measured_on(scale, *card)) {
    const auto details = talk.calls.product(card->id);
    if (details.waiting) return;
    whole = *card;
    if (details) whole.attributes = details->product.attributes;
    card = &whole;
  }
  if (card && card->price_from == Money{} && scale.attributes.front() == "price") return talk.say("prices.unread", {});
  std::optional<Constraint> bound = card && !extreme ? bound_on(scale, *card) : std::nullopt;
  const Need tried = need_within(bound, card, heard, talk.memory.needs.back());
  SearchRequest request = request_for(talk, tried, kPage);
  request.relax_in_order.clear();
  if (!bound && !sort_by(talk, scale, request)) return talk.say("scale.unknown", {{"what", scale.attributes.front()}});
  auto page = talk.calls.search(request);
  if (page.waiting) return;
  if (page && page->products.empty() && bound) {  // what was shown may itself have been found by giving up a wish
    request.relax_in_order = request_for(talk, tried, kPage).relax_in_order;
    std::erase_if(request.relax_in_order, [&](const std::string& field) { return field.starts_with("price") || field == bound->field; });
    page = talk.calls.search(request);
    if (page.waiting) return;
  }
  const Sort sort(talk, tried);  // "lighter" laptops are no paper notebooks
  std::vector<ProductCard> cards;
  for (int pages = 1; page && !page->products.empty(); ++pages) {
    for (const ProductCard& product : page->products) {
      if (cards.size() < kMore && !sort.excludes(product)) cards.push_back(product);
    }
    if (!cards.empty() || pages == kPagesOfSort) break;
    request.offset += kPage;
    page = talk.calls.search(request);
    if (page.waiting) return;
  }
  if (!page) return say_failure(talk, page.error);
  if (cards.empty()) {
    return talk.say("scale.none", {{"title", card ? short_title(card->title) : ""}, {"what", std::string(heard.words[0].folded)}});
  }
  talk.memory.needs.back() = tried;
  const ProductCard& first = cards.front();
  std::vector<std::string> why = reasons(first, tried, talk, 2);
  if (const Attribute* measured = measured_on(scale, first)) {  // what makes it lighter is told first
    const std::string phrase = facts_phrase(first.attributes, measured->name);
    std::erase(why, phrase);
    why.insert(why.begin(), phrase);
  }
  talk.say(extreme ? "scale.extreme" : "scale.found", {{"title", short_title(first.title)}, {"price", price_phrase(first)},
                           {"why", text::join_and(why)}});
  talk.show(cards);
  talk.memory.focus = first.id;
  talk.state.offset = cards.size();
  talk.state.total = page->total;
}

void forget(Talk& talk, const Heard& heard) {
  if (!talk.need()) return talk.say("fallback.no_need", {});
  Need& need = talk.memory.needs.back();
  const std::vector<std::string> fields = fields_named(heard, need);
  const auto named = text::words(need.kind + " " + need.words);
  const std::string noun = heard.names_kind() ? text::stem(text::words(heard.wanted.front().noun).back().folded) : std::string();
  if (fields.empty() && std::any_of(named.begin(), named.end(), [&](const text::Word& word) { return text::stem(word.folded) == noun; })) {  // "forget the keyboards"
    talk.memory.needs.pop_back();
    talk.memory.focus.reset();
    talk.say("forget.kind", {{"what", heard.wanted.front().noun}});
    return talk.say("fallback.no_need", {});
  }
  if (fields.empty()) return talk.say("forget.nothing", {});
  std::vector<std::string> names;
  for (const std::string& field : fields) {
    for (const Constraint& constraint : need.constraints) {
      if (constraint.field == field && field != "price") drop_from_words(need.words, constraint.values);
    }
    std::erase_if(need.constraints, [&](const Constraint& constraint) { return constraint.field == field; });
    names.push_back(text::spaced(field));
  }
  talk.say("forget.done", {{"what", text::join_and(names)}});
  Wanted added = heard.wanted.empty() ? Wanted{} : heard.wanted.front();
  std::erase_if(added.constraints, [&](const Constraint& constraint) {
    return std::find(fields.begin(), fields.end(), constraint.field) != fields.end();
  });
  added.words.clear();
  merge(need, added);
  Heard plain = heard;
  plain.wanted.clear();
  search_again(talk, plain);
}

bool retracts_wish(const Talk& talk, const Heard& heard) { return talk.need() && !fields_named(heard, *talk.need()).empty(); }

void start_over(Talk& talk, const Heard& heard) {
  talk.memory.needs.clear();
  talk.memory.focus.reset();
  talk.state = State{};
  const auto said = said_at(heard.words, Act::kStartOver, talk.guide.lexicon);
  const bool more = said && said->last < heard.words.size();
  const Heard rest = more ? talk.guide.listener.hear(heard.text.substr(heard.words[said->last].start), {}) : Heard{};
  if (!rest.names_kind()) return talk.say("start_over", {});
  talk.say("start_over.with", {});
  look_for(talk, rest);
}

void look_for_many(Talk& talk, const Heard& heard) {
  look_instead(talk, heard);
  if (talk.waiting() || talk.presentation.shown.empty()) return;
  const std::vector<Shown>& shown = talk.presentation.shown;
  const std::string count = std::to_string(*heard.quantity);
  if (shown.size() == 1 && !talk.presentation.asked) {
    talk.state.pending = Pending::kOfferAdd;
    talk.state.adds = {{shown.front().product, *heard.quantity, {}, std::nullopt}};
    talk.say("quantity.offer", {{"count", count}});
    return talk.ask("offer:several");
  }
  talk.state.quantity = *heard.quantity;
  talk.say("quantity.noted", {{"count", count}});
}

void surprise(Talk& talk, const Heard& heard) {
  SearchRequest request;
  if (!heard.wanted.empty()) request.constraints = heard.wanted.front().constraints;
  request.limit = kPage;
  SearchRequest near = request;  // "a gift for my dad, he loves taking photos"
  if (!heard.wanted.empty()) near.words = heard.wanted.front().words;
  near.broad = true;
  auto page = talk.calls.search(near.words.empty() ? request : near);
  if (!page.waiting && !near.words.empty() && (!page || page->products.empty())) page = talk.calls.search(request);
  const auto shop = talk.calls.shape("");
  if (talk.waiting()) return;
  if (!page || page->products.empty()) return talk.say("fallback", {});
  std::vector<ProductCard> cards;
  std::unordered_set<std::string> kinds;
  for (const ProductCard& card : page->products) {
    if (cards.size() < kMore && kinds.insert(card.kind).second) cards.push_back(card);
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; shop && i < shop->departments.size() && names.size() < 5; ++i) {
    if (shop->departments[i].name.find('>') == std::string::npos) names.push_back(shop->departments[i].name);
  }
  talk.say("surprise", {{"title", short_title(cards.front().title)}, {"price", price_phrase(cards.front())}});
  talk.show(cards);
  talk.memory.focus = cards.front().id;
  if (!talk.asked_before("kind")) {
    talk.say("ask.department", {{"departments", text::join_and(names, "or")}});
    talk.ask("kind");
  }
}

}  // namespace floorwalker::guided
