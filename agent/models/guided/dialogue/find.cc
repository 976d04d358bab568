#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <unordered_set>

#include "agent/core/playbook/selling_rules.h"
#include "agent/models/guided/dialogue/describe.h"
#include "agent/models/guided/dialogue/handlers.h"
#include "agent/models/guided/dialogue/sort.h"

// From a need to products in front of the shopper.
namespace floorwalker::guided {

namespace {

constexpr std::size_t kShownAlone = 4;
constexpr std::size_t kShownInGroup = 3;
constexpr std::size_t kPage = 12;          // looked at before the shortlist is cut
constexpr std::size_t kNeedsRemembered = 4;
constexpr std::size_t kLongestQuery = 400;  // bytes that the search takes

bool same_noun(const Need& need, const Wanted& wanted) {
  return !need.kind.empty() && std::find(wanted.kinds.begin(), wanted.kinds.end(), need.kind) != wanted.kinds.end();
}

bool says_anything(const Wanted& wanted) {
  return !wanted.kinds.empty() || !wanted.constraints.empty() || !wanted.words.empty() || !wanted.uses.empty();
}

void add_words(std::string& words, const std::string& more) {
  std::unordered_set<std::string> known;
  for (const text::Word& word : text::words(words)) known.insert(word.folded);
  for (const text::Word& word : text::words(more)) {
    if (known.count(word.folded)) continue;
    if (!words.empty()) words += ' ';
    words += more.substr(word.start, word.end - word.start);
  }
}

bool replaces(const Constraint& added, const Constraint& old) {
  if (added.field != old.field) return false;
  if (added.op == Constraint::Op::kNot || old.op == Constraint::Op::kNot) return added == old;
  const bool one_sided = added.op == Constraint::Op::kAtMost || added.op == Constraint::Op::kAtLeast;
  const bool other_side = old.op != added.op && (old.op == Constraint::Op::kAtMost || old.op == Constraint::Op::kAtLeast);
  return !(one_sided && other_side);
}

// What came of a need that the shopper spoke of: what it prefers, which of its bounds hold and which the shopper's own stand before.
Considered said_use(const NeedRule& rule, const Need& need, bool applies, std::vector<Constraint>& found) {
  std::string why = "said";
  for (const Preference& preference : rule.prefer) why += "; prefers " + preference.attribute + (preference.low ? " low" : " high");
  const std::size_t before = found.size();
  for (const Constraint& constraint : rule.require) {
    const auto own = std::find_if(need.constraints.begin(), need.constraints.end(), [&](const Constraint& c) { return c.field == constraint.field; });
    if (applies && own == need.constraints.end()) found.push_back(constraint);
    why += "; " + constraint.field + " " + std::string(to_string(constraint.op)) + " " + text::join_and(constraint.values, "and");
    if (!applies) why += " is not required of '" + need.kind + "'";
    else if (own != need.constraints.end()) why += " yields to what the shopper said: " + std::string(to_string(own->op)) + " " + text::join_and(own->values, "and");
    else why += " is required";
  }
  const bool acts = !rule.prefer.empty() || found.size() > before;
  return {rule_name(rule), acts ? Considered::Came::kActed : Considered::Came::kPassed, std::move(why)};
}

// Whether the rule speaks of what is looked for: of its kind, or of each of the kinds that may serve.
bool is_for(const NeedRule& rule, const Need& need) {
  const auto covers = [&](const std::string& kind) { return std::find(rule.applies_to.begin(), rule.applies_to.end(), kind) != rule.applies_to.end(); };
  const auto kinds = std::find_if(need.constraints.begin(), need.constraints.end(), [](const Constraint& one) { return one.field == "kind" && one.op != Constraint::Op::kNot; });
  if (!need.kind.empty() || kinds == need.constraints.end()) return covers(need.kind);
  return std::all_of(kinds->values.begin(), kinds->values.end(), covers);
}

// Requirements that the stated uses add; weaker than what the shopper said.
std::vector<Constraint> required_by_uses(Talk& talk, const Need& need) {
  std::vector<Constraint> found;
  for (const NeedRule& rule : talk.guide.playbook.needs) {
    if (std::find(need.uses.begin(), need.uses.end(), rule.name) == need.uses.end()) {
      talk.consider({rule_name(rule), Considered::Came::kPassed, "not said"});
      continue;
    }
    const bool applies = rule.applies_to.empty() || is_for(rule, need);
    talk.consider(said_use(rule, need, applies, found));
  }
  return found;
}

// The words of a need that say something: how much of them a product meets tells how good a find it is.
std::vector<std::string> telling_words(const Talk& talk, const Need& need) {
  const Lexicon& lexicon = talk.guide.lexicon;
  std::vector<std::string> words;
  for (const text::Word& word : text::words(need.words)) {
    const bool small = word.folded.size() < 2 || lexicon.modifiers.count(word.folded) || lexicon.openers.count(word.folded) || lexicon.fillers.count(word.folded);
    const std::string stem = text::stem(word.folded);
    if (!small && std::find(words.begin(), words.end(), stem) == words.end()) words.push_back(stem);
  }
  return words;
}

// Puts the page's products, each with its hit, into another order.
void arrange(SearchPage& page, const std::vector<std::size_t>& order) {
  std::vector<ProductCard> products;
  std::vector<Hit> hits;
  for (const std::size_t i : order) {
    products.push_back(std::move(page.products[i]));
    if (i < page.hits.size()) hits.push_back(std::move(page.hits[i]));
  }
  page.products = std::move(products);
  page.hits = std::move(hits);
}

// Puts the products that serve the preferences first, within what was found: relevance still counts.
void prefer(SearchPage& page, const std::vector<Preference>& preferences) {
  std::vector<double> scores(page.products.size(), 0);
  for (std::size_t i = 0; i < scores.size(); ++i) scores[i] = -0.08 * double(i);
  double weight = 1;
  for (const Preference& preference : preferences) {
    std::vector<std::optional<double>> values;
    for (const ProductCard& card : page.products) {
      const Attribute* attribute = attribute_named(card.attributes, preference.attribute);
      const Measure* measure = attribute ? std::get_if<Measure>(&attribute->value) : nullptr;
      if (preference.attribute == "price") values.emplace_back(double(card.price_from.minor));
      else values.push_back(measure ? std::optional(measure->canonical()) : std::nullopt);
    }
    double low = 0, high = 0;
    bool any = false;
    for (const auto& value : values) {
      if (!value) continue;
      low = any ? std::min(low, *value) : *value;
      high = any ? std::max(high, *value) : *value;
      any = true;
    }
    for (std::size_t i = 0; any && high > low && i < values.size(); ++i) {
      if (values[i]) scores[i] += weight * (preference.low ? (high - *values[i]) : (*values[i] - low)) / (high - low);
    }
    weight /= 2;
  }
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  arrange(page, order);
}

std::string phrases_of(const std::vector<Constraint>& constraints, const Currency& currency) {
  std::vector<std::string> parts;
  for (const Constraint& constraint : constraints) parts.push_back(constraint_phrase(constraint, currency));
  return text::join_and(parts);
}

// Stems of the words of the request that a product has.
std::unordered_set<std::string> matched_by(const Hit& hit) {
  std::unordered_set<std::string> matched;
  for (const std::string& phrase : hit.matched) {
    for (const text::Word& word : text::words(phrase)) matched.insert(text::stem(word.folded));
  }
  return matched;
}

// How many of the words, as stems, a product has.
std::size_t words_met(const std::vector<std::string>& stems, const Hit& hit) {
  const auto matched = matched_by(hit);
  return std::size_t(std::count_if(stems.begin(), stems.end(), [&](const std::string& stem) { return matched.count(stem) > 0; }));
}

// Of the first product of the page.
std::unordered_set<std::string> matched_first(const SearchPage& page) { return page.hits.empty() ? std::unordered_set<std::string>{} : matched_by(page.hits.front()); }

// Wishes that the search did not find in the best product: neither met nor refused.
std::vector<std::string> unproven(const std::vector<std::string>& wishes, const SearchPage& page) {
  std::vector<std::string> left = wishes;
  const std::unordered_set<std::string> matched = matched_first(page);
  std::erase_if(left, [&](const std::string& wish) {
    const auto words = text::words(wish);
    std::string joined;  // "16 gb" is met by "16GB"
    for (const text::Word& word : words) joined += word.folded;
    const bool each = std::all_of(words.begin(), words.end(), [&](const text::Word& word) { return matched.count(text::stem(word.folded)) > 0; });
    return !words.empty() && (each || matched.count(text::stem(joined)) > 0);
  });
  return left;
}

// "it has to scan": what has the words stands before what has them not.
void having_first(SearchPage& page, const std::vector<std::string>& musts) {
  if (musts.empty() || page.hits.size() != page.products.size()) return;
  std::vector<std::string> stems;
  for (const std::string& must : musts) stems.push_back(text::stem(must));
  std::vector<std::size_t> order(page.products.size()), found;
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (const Hit& hit : page.hits) found.push_back(words_met(stems, hit));
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return found[a] > found[b]; });
  arrange(page, order);
}

// Nothing has "at least 1 TB": what comes nearest to it is first, and what doesn't state it last.
void nearest_to_dropped(SearchPage& page) {
  const auto bound = std::find_if(page.relaxed.begin(), page.relaxed.end(), [](const Constraint& one) { return one.op == Constraint::Op::kAtLeast || one.op == Constraint::Op::kAtMost; });
  const auto wanted = bound == page.relaxed.end() ? std::nullopt : parse_measure(bound->values.front());
  if (!wanted || bound->field == "price" || page.hits.size() != page.products.size()) return;
  std::vector<std::size_t> order(page.products.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::vector<double> off;
  for (const ProductCard& card : page.products) {
    const Attribute* attribute = attribute_named(card.attributes, bound->field);
    const Measure* stated = attribute ? std::get_if<Measure>(&attribute->value) : nullptr;
    off.push_back(stated ? std::abs(stated->canonical() - wanted->canonical()) : std::numeric_limits<double>::infinity());
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return off[a] < off[b]; });
  arrange(page, order);
}

// However well it would please, the first pick is no thing that is sold out, where another can be had.
void sellable_first(SearchPage& page) {
  const auto sellable = std::find_if(page.products.begin(), page.products.end(), [](const ProductCard& card) { return card.availability != Availability::kOutOfStock; });
  if (sellable == page.products.end() || page.hits.size() != page.products.size()) return;
  std::vector<std::size_t> order(page.products.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::rotate(order.begin(), order.begin() + (sellable - page.products.begin()), order.begin() + (sellable - page.products.begin()) + 1);
  arrange(page, order);
}

void say_products(Talk& talk, const Need& need, const SearchPage& page, const std::vector<std::string>& wishes) {
  const ProductCard& first = page.products.front();
  talk.say("pick.first", {{"title", short_title(first.title)}, {"price", price_phrase(first)},
                          {"why", text::join_and(reasons(first, need, talk, 3))}});
  if (first.availability == Availability::kOutOfStock) talk.say("pick.sold_out", {});
  if (page.products.size() > 1) {
    const ProductCard& second = page.products[1];
    const TradeOff trade = trade_off(first, second, need, talk);
    if (!trade.better.empty() || !trade.worse.empty()) {
      talk.say(trade.better.empty() ? "pick.second_worse" : trade.worse.empty() ? "pick.second_better" : "pick.second",
               {{"title", short_title(second.title)}, {"better", trade.better}, {"worse", trade.worse}});
    } else {
      talk.say("pick.second_plain", {{"title", short_title(second.title)}, {"price", price_phrase(second)}});
    }
  }
  std::vector<std::string> doubts = unproven(wishes, page);
  for (const Constraint& constraint : page.unfilterable) doubts.push_back(constraint_phrase(constraint, talk.conversation.currency));
  if (!doubts.empty()) talk.say("cannot_confirm", {{"wish", text::join_and(doubts, "or")}});
}

// What was relaxed and is not met in other words either: a "camera case" that is filed under no camera is still one.
std::vector<Constraint> missed(const SearchPage& page) {
  std::vector<Constraint> left = page.relaxed;
  const auto matched = matched_first(page);
  std::erase_if(left, [&](const Constraint& constraint) {
    const bool value = constraint.op == Constraint::Op::kEquals && constraint.values.size() == 1;
    const auto words = value ? text::words(constraint.values.front()) : std::vector<text::Word>{};
    const auto met = [&](const text::Word& word) { return matched.count(text::stem(word.folded)) > 0 && word.folded.find_first_of("0123456789") == std::string::npos; };
    return !words.empty() && std::all_of(words.begin(), words.end(), met);
  });
  return left;
}

// Conditions that the words for the thing do not say already: "(camera)" of a camera case.
std::vector<Constraint> unspoken(const Need& need) {
  std::unordered_set<std::string> said;
  for (const text::Word& word : text::words(need.words)) said.insert(text::stem(word.folded));
  std::vector<Constraint> left = need.constraints;
  std::erase_if(left, [&](const Constraint& constraint) {
    const auto words = constraint.op == Constraint::Op::kEquals && constraint.values.size() == 1 ? text::words(constraint.values.front()) : std::vector<text::Word>{};
    return !words.empty() && std::all_of(words.begin(), words.end(), [&](const text::Word& word) { return said.count(text::stem(word.folded)) > 0; });
  });
  return left;
}

// Conditions that were looked at: what the shop records of none of these products was not.
std::vector<Constraint> filtered(std::vector<Constraint> constraints, const SearchPage& page) {
  std::erase_if(constraints, [&](const Constraint& constraint) { return std::find(page.unfilterable.begin(), page.unfilterable.end(), constraint) != page.unfilterable.end(); });
  return constraints;
}

// `mixed`: things of another sort were among them, so the number found says nothing.
void say_lead(Talk& talk, const Need& need, const SearchPage& page, bool mixed) {
  for (const std::string& correction : page.corrections) {
    const std::size_t arrow = correction.find(" -> ");
    if (arrow != std::string::npos) talk.say("corrected", {{"from", correction.substr(0, arrow)}, {"to", correction.substr(arrow + 4)}});
  }
  const std::vector<Constraint> dropped = missed(page);
  if (!dropped.empty()) talk.say("found.relaxed", {{"dropped", phrases_of(dropped, talk.conversation.currency)}});
  else if (page.at_least) talk.say("found.least", {{"count", std::to_string(page.total)}, {"filters", phrases_of(filtered(unspoken(need), page), talk.conversation.currency)}});
  else if (mixed || page.request.broad) talk.say("found.these", {{"filters", phrases_of(filtered(need.constraints, page), talk.conversation.currency)}});
  else if (page.total == 1) talk.say("found.one", {});
  else {
    const std::string filters = phrases_of(filtered(unspoken(need), page), talk.conversation.currency);
    talk.say(filters.empty() ? "found.some" : "found.matching", {{"count", std::to_string(page.total)}, {"filters", filters}});
  }
}

std::vector<ProductCard> shortlist(const SearchPage& page, std::size_t limit) {
  const std::size_t size = std::min(limit, page.products.size());
  return {page.products.begin(), page.products.begin() + std::ptrdiff_t(size)};
}

// While a need is narrowed, things that share nothing with those shown for it are of another sort that is called alike: paper notebooks, once
// the talk is about computers. False if there are none.
bool leave_out_others(const Talk& talk, const Need& need, SearchPage& page) {
  if (talk.memory.needs.empty() || talk.state.offset == 0) return false;
  const Sort sort(talk, need);
  const auto other = [&](const ProductCard& card) { return sort.excludes(card); };
  const auto left = std::count_if(page.products.begin(), page.products.end(), other);
  if (left == 0 || std::size_t(left) == page.products.size()) return false;
  for (std::size_t i = page.products.size(); i > 0; --i) {
    if (!other(page.products[i - 1])) continue;
    page.products.erase(page.products.begin() + std::ptrdiff_t(i - 1));
    if (i <= page.hits.size()) page.hits.erase(page.hits.begin() + std::ptrdiff_t(i - 1));
  }
  return true;
}

constexpr double kNarrowBand = 1.5;          // from its low to its high end: a figure that was said, not a range
constexpr std::size_t kNearLooked = 20;      // among so many the nearest are looked for
constexpr double kAsNear = 0.2, kNear = 0.6; // of half the band

struct Band {
  std::string field;
  double middle = 0, half = 0;  // canonical
};

// The figures that things should come near to: "around 27 inches".
std::vector<Band> bands_of(const Need& need) {
  std::vector<Band> bands;
  for (const Constraint& constraint : need.constraints) {
    if (constraint.op != Constraint::Op::kBetween || constraint.values.size() != 2 || constraint.field == "price") continue;
    const auto low = parse_measure(constraint.values[0]), high = parse_measure(constraint.values[1]);
    if (!low || !high || low->canonical() <= 0 || high->canonical() > kNarrowBand * low->canonical()) continue;
    bands.push_back({constraint.field, (low->canonical() + high->canonical()) / 2, (high->canonical() - low->canonical()) / 2});
  }
  return bands;
}

// Puts what comes near the figures that were said before what is just within their bands.
void nearest_first(SearchPage& page, const std::vector<Band>& bands) {
  const auto steps_away = [&](const ProductCard& card) {
    int away = 0;
    for (const Band& band : bands) {
      const Attribute* attribute = attribute_named(card.attributes, band.field);
      const Measure* measure = attribute ? std::get_if<Measure>(&attribute->value) : nullptr;
      const double distance = measure ? std::abs(measure->canonical() - band.middle) / band.half : 2;
      away += distance <= kAsNear ? 0 : distance <= kNear ? 1 : 2;
    }
    return away;
  };
  std::vector<std::size_t> order(page.products.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return steps_away(page.products[a]) < steps_away(page.products[b]); });
  arrange(page, order);
}

constexpr double kFoundAlike = 0.8;  // of the best score

// Of what is found alike, a thing of which the shop tells nothing, or of another sort than the most, is no first choice: it goes behind the others.
void known_first(SearchPage& page, const Need& need, const Talk& talk) {
  if (page.hits.size() < page.products.size() || page.products.empty()) return;
  std::vector<std::size_t> order(page.products.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const double enough = kFoundAlike * page.hits.front().score;
  const auto end = std::find_if(order.begin(), order.end(), [&](std::size_t i) { return page.hits[i].score < enough; });
  const auto so_called = [&](const Hit& hit) { return std::find(hit.fields.begin(), hit.fields.end(), "title") != hit.fields.end() && hit.matched.size() >= page.hits.front().matched.size(); };
  const std::vector<bool> odd = odd_ones(page, need, talk);
  std::stable_partition(order.begin(), end, [&](std::size_t i) { return !odd[i] && so_called(page.hits[i]) && !reasons(page.products[i], need, talk, 1).empty(); });
  arrange(page, order);
}

constexpr std::size_t kShortName = 3;  // words: a longer request describes, it does not name

// "desk lamp", where the shop has lamps for projectors only: the name for which nothing is there; "" otherwise.
std::string named_otherwise(const Talk& talk, const Need& need, const SearchPage& page, const std::vector<std::string>& wishes) {
  Need name = need;  // "headphones for a birthday" are headphones
  for (const text::Word& word : text::words(need.words)) {
    if (word.start == 0 || !talk.guide.lexicon.modifiers.count(word.folded)) continue;
    name.words.resize(word.start);
    break;
  }
  if (talk.state.narrowed_since < talk.conversation.turn) return {};  // it was said when the thing was first asked for
  const auto listed = text::words(name.words);
  if (std::any_of(listed.begin(), listed.end(), [&](const text::Word& word) { return talk.guide.lexicon.openers.count(word.folded) > 0; })) return {};  // "tablet or laptop"
  const std::vector<std::string> words = telling_words(talk, name);
  if (words.size() < 2 || words.size() > kShortName || page.hits.empty() || !page.relaxed.empty()) return {};
  const auto so_said = [&](const std::string& said) { return text::fold(said).find(text::fold(name.words)) != std::string::npos; };
  if (std::none_of(talk.state.said.begin(), talk.state.said.end(), so_said)) return {};  // words that were said one by one name nothing
  auto matched = matched_first(page);
  for (const text::Word& word : text::words(page.kind)) matched.insert(text::stem(word.folded));  // other words for it are the search's business
  std::vector<std::string> doubts = wishes;
  for (const Constraint& constraint : page.unfilterable) doubts.push_back(constraint.field);
  const auto doubted = [&](const std::string& word) { return std::any_of(doubts.begin(), doubts.end(), [&](const std::string& doubt) { return text::stem(text::fold(doubt)) == word; }); };
  const auto figure = [](const std::string& word) { return word.find_first_of("0123456789") != std::string::npos || find_unit(word); };
  const bool other = std::any_of(words.begin(), words.end(), [&](const std::string& word) { return !matched.count(word) && !doubted(word) && !figure(word); });
  return other ? name.words : std::string();
}

void present(Talk& talk, Need& need, SearchPage page, const std::vector<std::string>& wishes) {
  if (need.kind.empty()) need.kind = page.kind;
  if (const std::string name = named_otherwise(talk, need, page, wishes); !name.empty()) talk.say("found.near", {{"what", name}});
  const bool mixed = leave_out_others(talk, need, page);
  const auto preferences = preferences_of(need, talk);
  if (!preferences.empty()) prefer(page, preferences);
  else known_first(page, need, talk);
  if (const auto bands = bands_of(need); !bands.empty()) nearest_first(page, bands);
  nearest_to_dropped(page);
  if (!preferences.empty()) sellable_first(page);
  if (page.products.size() > kPage) page.products.resize(kPage), page.hits.resize(std::min(page.hits.size(), kPage));
  const std::vector<ProductCard> cards = shortlist(page, kShownAlone);
  say_lead(talk, need, page, mixed);
  SearchPage cut = page;
  cut.products = cards;
  say_products(talk, need, cut, wishes);
  talk.show(cards);
  talk.memory.focus = cards.front().id;
  talk.state.offset = cards.size();
  talk.state.total = page.total;
  if (!mixed) ask_next(talk, need, page);  // its counts are of two sorts of thing
  offer_addons_early(talk, cards.front().id);
}

constexpr double kNearFloor = 1.3;  // times the lowest price: what costs more is no answer to somebody who wants to spend less

// Nothing in the price band: tells where the prices begin and shows what comes nearest.
bool beyond_price(Talk& talk, Need& need, const SearchPage& page) {
  Need open = need;
  std::erase_if(open.constraints, [](const Constraint& constraint) { return constraint.field == "price"; });
  if (open.constraints.size() == need.constraints.size() || !page.price_low) return false;
  SearchRequest request = request_for(talk, open, kPage);
  request.sort = SortBy::kPriceAscending;
  const auto nearest = talk.calls.search(request);
  if (nearest.waiting) return true;
  if (!nearest || nearest->products.empty()) return false;
  std::vector<ProductCard> cards = shortlist(*nearest, kShownInGroup);
  const double near = kNearFloor * double(cards.front().price_from.minor);
  std::erase_if(cards, [&](const ProductCard& card) { return double(card.price_from.minor) > near; });
  talk.say(need.kind.empty() ? "none.price" : "none.price.kind", {{"what", text::spaced(need.kind)}, {"filters", phrases_of(need.constraints, talk.conversation.currency)}, {"title", short_title(cards.front().title)},
                          {"price", format(cards.front().price_from)}});
  talk.show(cards);
  talk.memory.focus = cards.front().id;
  talk.state.total = nearest->total;
  return true;
}

double coverage(const std::vector<std::string>& words, const SearchPage& page) {
  return words.empty() || page.hits.empty() ? 0 : double(words_met(words, page.hits.front())) / double(words.size());
}

constexpr std::size_t kRichRequest = 4;       // so many words describe a product even where its kind is called otherwise
constexpr std::size_t kFewestWords = 2;       // and so many where nothing of its kind meets the conditions, and the other does in every word
constexpr double kBetterCovered = 0.12;
constexpr double kWellCovered = 0.7;
constexpr std::size_t kDescribesAThing = 3;   // so many words describe a thing whose name the shop does not know
constexpr double kEnoughCovered = 0.6;        // where no kind was named at all

// Of a search that takes whatever has one of the words: those that have about as many as the first.
void keep_well_covered(const std::vector<std::string>& words, SearchPage& page) {
  if (page.hits.size() != page.products.size()) return;
  const std::size_t most = words_met(words, page.hits.front());
  for (std::size_t i = page.products.size(); i > 1; --i) {
    if (words_met(words, page.hits[i - 1]) + 1 >= most) continue;
    page.products.erase(page.products.begin() + std::ptrdiff_t(i - 1));
    page.hits.erase(page.hits.begin() + std::ptrdiff_t(i - 1));
  }
  page.total = page.products.size();
}

// A request in many words may describe a product that is filed under another kind: looks there as well, and takes what it finds if that
// meets every condition and more of the words.
void look_wider(Talk& talk, const Need& need, Answer<SearchPage>& page) {
  const std::vector<std::string> words = telling_words(talk, need);
  const bool exact = page && !page->products.empty() && page->relaxed.empty();
  if (words.size() < (exact ? kRichRequest : kFewestWords) || !page) return;
  if (!need.kind.empty() && talk.state.narrowed_since < talk.conversation.turn) return;  // more about a thing that is known
  const double covered = exact ? coverage(words, *page) : 0;
  if (exact && covered > 1 - kBetterCovered) return;
  SearchRequest request = request_for(talk, need, kPage);
  request.relax_in_order.clear();
  request.broad = true;
  auto wider = talk.calls.search(request);
  if (wider.waiting || !wider || wider->products.empty()) return;
  const double better = coverage(words, *wider);
  const double enough = exact ? covered + kBetterCovered : words.size() < kRichRequest ? 1 : kWellCovered;
  if (better < enough) return;
  page.value = *wider;
  keep_well_covered(words, *page.value);
}

// The same need, told by the name of its kind alone; none where it says no more than that, or so much that it describes one product.
std::optional<Need> plainly(const Talk& talk, const Need& need, const SearchPage& page) {
  if (page.kind.empty()) return std::nullopt;
  Need plain = need;
  plain.words = page.kind;
  const std::size_t words = telling_words(talk, need).size();
  if (words <= telling_words(talk, plain).size() || words >= kRichRequest) return std::nullopt;
  return plain;
}

// "a 55 inch television I can hang", and the text of a smaller one speaks of hanging: a condition that was stated outweighs a word in passing.
void keep_conditions(Talk& talk, const Need& need, Answer<SearchPage>& page) {
  if (!page || page->relaxed.empty()) return;
  const auto plain = plainly(talk, need, *page);
  if (!plain) return;
  SearchRequest request = request_for(talk, *plain, kPage);
  request.relax_in_order.clear();
  auto kept = talk.calls.search(request);
  if (kept.waiting || !kept || kept->products.empty() || kept->kind != page->kind) return;
  page.value = std::move(*kept);
}

constexpr std::size_t kTooFew = 4;  // of a kind of which there are many: words that leave no more say nothing of the others

// "a sofa for a small living room", and the text of one sofa speaks of such a room: the others are looked at as well, behind those that do.
void look_beyond_words(Talk& talk, const Need& need, Answer<SearchPage>& page) {
  if (!page || page->products.empty() || !page->relaxed.empty() || page->total >= kTooFew) return;
  const auto plain = plainly(talk, need, *page);
  if (!plain) return;
  SearchRequest request = request_for(talk, *plain, kPage);
  request.relax_in_order.clear();
  const auto all = talk.calls.search(request);
  if (all.waiting || !all || all->kind != page->kind || all->total < kTooFew * page->total) return;
  SearchPage both = *all;
  both.products = page->products;
  both.hits = page->hits;
  for (std::size_t i = 0; i < all->products.size() && i < all->hits.size(); ++i) {
    const auto same = [&](const ProductCard& card) { return card.id == all->products[i].id; };
    if (std::any_of(page->products.begin(), page->products.end(), same)) continue;
    both.products.push_back(all->products[i]);
    both.hits.push_back(all->hits[i]);
  }
  page.value = std::move(both);
}

// "something for dry skin": the use says which kinds of thing serve it.
bool find_by_use(Talk& talk, Need& need, const std::vector<std::string>& wishes) {
  std::vector<std::string> kinds;
  for (const NeedRule& rule : talk.guide.playbook.needs) {
    const bool said = std::find(need.uses.begin(), need.uses.end(), rule.name) != need.uses.end();
    if (said) kinds.insert(kinds.end(), rule.applies_to.begin(), rule.applies_to.end());
  }
  if (kinds.empty() || !need.kind.empty()) return false;
  Need served = need;
  served.words.clear();
  served.constraints.push_back({"kind", kinds.size() == 1 ? Constraint::Op::kEquals : Constraint::Op::kOneOf, kinds});
  SearchRequest request = request_for(talk, served, kPage);
  std::erase(request.relax_in_order, "kind");
  auto page = talk.calls.search(request);
  if (page.waiting) return true;
  if (!page || page->products.empty()) return false;
  if (kinds.size() == 1) need.kind = kinds.front();
  present(talk, need, std::move(*page), wishes);
  return true;
}

// Whether the words are a name of something that the shopper asks for ("jeans", "washing machines"), to be said back.
bool names_a_thing(const Talk& talk, const Heard& heard, const std::string& words) {
  const auto parts = text::words(words);
  const bool asks = heard.has(Act::kFind) || heard.has(Act::kCount) || heard.words.size() == parts.size();
  const bool plain = std::none_of(parts.begin(), parts.end(), [&](const text::Word& part) { return talk.guide.lexicon.modifiers.count(part.folded) > 0; });
  return asks && plain && !parts.empty() && parts.size() <= 2 && text::fold(heard.text).find(text::fold(words)) != std::string::npos;
}

void not_carried(Talk& talk, const Need& need, const Heard& heard) {
  talk.state.total = 0;
  const auto shop = talk.calls.shape("");
  if (shop.waiting) return;
  std::vector<std::string> names;
  if (shop) {
    for (const ShopShape::Department& department : shop->departments) {
      if (names.size() < 5 && department.name.find('>') == std::string::npos) names.push_back(department.name);
    }
  }
  std::string what = need.kind.empty() ? need.words : need.kind;
  const auto parts = text::words(what);
  if (parts.size() > 1 && talk.guide.lexicon.number(parts.front().folded) > 0) what.erase(0, parts[1].start);  // "two aprons"
  const bool noun = !need.kind.empty() || names_a_thing(talk, heard, what);
  talk.say(noun ? "not_carried" : "not_carried.that", {{"what", what}, {"departments", text::join_and(names)}});
}

// No kind of thing was named, or none that the shop has: what else holds the words and meets the conditions, if enough of them.
void any_kind(Talk& talk, Need& need, const Heard& heard, const std::vector<std::string>& wishes) {
  if (find_by_use(talk, need, wishes) || talk.waiting()) return;
  const std::vector<std::string> words = telling_words(talk, need);
  if (words.size() < kDescribesAThing) return not_carried(talk, need, heard);
  SearchRequest request = request_for(talk, need, kPage);
  request.relax_in_order.clear();
  request.broad = true;
  auto page = talk.calls.search(request);
  if (page.waiting) return;
  if (!page || page->products.empty() || coverage(words, *page) < kEnoughCovered) return not_carried(talk, need, heard);
  present(talk, need, std::move(*page), wishes);
}

// Nothing as asked: without the constraints one by one, the least important first; then only the words.
void nothing_found(Talk& talk, Need& need, const SearchPage& page, const Heard& heard, const std::vector<std::string>& wishes) {
  if (page.outcome == SearchOutcome::kNotCarried) return any_kind(talk, need, heard, wishes);
  if (beyond_price(talk, need, page)) return;
  Need wide = need;
  wide.constraints.clear();
  wide.uses.clear();
  if (wide == need || wide.words.empty()) return not_carried(talk, need, heard);
  const auto found = talk.calls.search(request_for(talk, wide, kPage));
  if (found.waiting) return;
  if (!found || found->products.empty()) return not_carried(talk, need, heard);
  talk.say("none.match", {{"filters", phrases_of(need.constraints, talk.conversation.currency)}});
  SearchPage page_without = *found;
  page_without.products = shortlist(*found, kShownAlone);
  say_products(talk, wide, page_without, wishes);
  talk.show(page_without.products);
  talk.state.total = page_without.total;
  talk.memory.focus = page_without.products.front().id;
}

void present_group(Talk& talk, Need& need, const Answer<SearchPage>& page) {
  if (need.kind.empty() && page) need.kind = page->kind;
  const std::string name = need.kind.empty() ? need.words : need.kind;
  if (!page || page->products.empty()) {
    talk.say(page && page->outcome == SearchOutcome::kNotCarried ? "group.not_carried" : "group.none", {{"what", name}});
    return;
  }
  const std::vector<ProductCard> cards = shortlist(*page, kShownInGroup);
  if (!page->relaxed.empty()) talk.say("group.relaxed", {{"what", name}, {"dropped", phrases_of(page->relaxed, talk.conversation.currency)}});
  talk.say("group.pick", {{"what", name}, {"title", short_title(cards.front().title)}, {"price", price_phrase(cards.front())},
                          {"why", need.constraints.empty() ? "" : text::join_and(reasons(cards.front(), need, talk, 2))}});
  talk.show(cards, name);
  talk.state.total = page->total;
  if (!talk.memory.focus) talk.memory.focus = cards.front().id;
}

constexpr std::size_t kLookedAt = 6;
constexpr double kLeastStated = 0.4;  // share of the products that must state a field before a value found in passing binds

double stated_share(const SearchPage& page, const std::string& field) {
  const std::string name = text::fold(field);
  for (const Facet& facet : page.facets) {
    if (text::fold(facet.field) == name) return double(facet.covered) / double(std::max<std::size_t>(page.total, 1));
  }
  std::size_t having = 0;
  for (const ProductCard& card : page.products) {
    const bool option = std::any_of(card.options.begin(), card.options.end(), [&](const auto& entry) { return text::fold(entry.first) == name; });
    having += option || attribute_named(card.attributes, field) != nullptr;
  }
  return page.products.empty() ? 0 : double(having) / double(page.products.size());
}

// "Windows 10" is met by "Windows 10 Home" as well: the values stated by such products that begin with the one said.
void take_in_longer(const SearchPage& page, Constraint& constraint) {
  if (constraint.op != Constraint::Op::kEquals || constraint.values.front().find(' ') == std::string::npos) return;
  const std::string said = text::fold(constraint.values.front()) + " ";
  std::vector<std::string> values = constraint.values;
  const auto take = [&](const std::string& value) {
    if (text::fold(value).starts_with(said) && std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
  };
  for (const Facet& facet : page.facets) {
    for (const FacetValue& value : facet.field == constraint.field ? facet.values : std::vector<FacetValue>{}) take(value.value);
  }
  for (const ProductCard& card : page.products) {
    for (const Attribute& attribute : card.attributes) {
      if (attribute.name == constraint.field) take(format(attribute.value));
    }
  }
  if (values.size() == 1) return;
  constraint.op = Constraint::Op::kOneOf;
  constraint.values = std::move(values);
}

// A value that was said without its field's name ("natural") is a condition only where such products state that field; elsewhere the word
// says something else and only counts for the ranking.
// What so drops out and names a model ("ThinkPad T61") is left open, for the reply to say.
void settle_implied(Talk& talk, Need& need, Wanted& wanted) {
  if (wanted.implied.empty()) return;
  const auto is_implied = [&](const Constraint& c) { return std::find(wanted.implied.begin(), wanted.implied.end(), c.field) != wanted.implied.end(); };
  Need open = need;
  std::erase_if(open.constraints, is_implied);
  const auto page = talk.calls.search(request_for(talk, open, kLookedAt));
  if (page.waiting || !page) return;
  std::vector<Constraint> others;
  for (Constraint& constraint : need.constraints) {
    if (is_implied(constraint)) take_in_longer(*page, constraint);
  }
  std::erase_if(need.constraints, [&](const Constraint& constraint) {
    if (!is_implied(constraint) || stated_share(*page, constraint.field) >= kLeastStated) return false;
    if (constraint.op == Constraint::Op::kOneOf) add_words(need.words, text::join_and(constraint.values, "or"));
    for (const Constraint& other : wanted.readings) {
      const bool same_value = text::fold(other.values.front()) == text::fold(constraint.values.front());
      if (same_value && stated_share(*page, other.field) >= kLeastStated) {
        others.push_back(other);
        take_in_longer(*page, others.back());
        return true;
      }
    }
    const std::string& value = constraint.values.front();
    const bool model = value.find(' ') != std::string::npos && !parse_measure(value) && value.find_first_of("0123456789") != std::string::npos;
    if (model && constraint.op == Constraint::Op::kEquals) wanted.unmeasured.push_back(value);
    return true;
  });
  for (Constraint& other : others) {
    std::erase_if(need.constraints, [&](const Constraint& old) { return old.field == other.field && old.op == other.op; });
    need.constraints.push_back(std::move(other));
  }
}

// Remembers what the current need should have much or little of, where such products state it.
void lean(Talk& talk, const Wanted& wanted) {
  auto& leanings = talk.state.leanings;
  for (const Scale* scale : wanted.leanings) {
    const bool price = scale->attributes.front() == "price";
    const auto numeric = price ? std::nullopt : attribute_like(scale->attributes, talk.kind(), talk.guide.vocabulary);
    if (!price && !numeric) continue;
    const std::string name = price ? "price" : numeric->name;
    std::erase_if(leanings, [&](const auto& old) { return old.first == name; });
    leanings.emplace_back(name, scale->low);
  }
}

// What is said of a thing later describes it: "printer", then "letters, photos", asks for a printer for letters and photos, not for photos.
void keep_head(Need& need, const Need& before, const Wanted& wanted, const Lexicon& lexicon) {
  const auto known = text::words(before.words);
  const bool described = std::any_of(known.begin(), known.end(), [&](const text::Word& word) { return lexicon.modifiers.count(word.folded) > 0; });
  if (known.empty() || described || !wanted.kinds.empty() || !need.words.starts_with(before.words + " ")) return;
  need.words = before.words + " " + lexicon.purpose + need.words.substr(before.words.size());
}

// "mostly writing", of laptops: words that hardly any product's text holds choose none. They are left for the reply to say that it can't confirm them.
void settle_description(Talk& talk, Need& need, const Need& before, Wanted& wanted) {
  if (!wanted.kinds.empty() || before.words.empty() || need.words == before.words) return;
  Need plain = before, described = before;
  plain.constraints.clear();
  described.constraints.clear();
  described.words = need.words;
  const auto all = talk.calls.search(request_for(talk, plain, kLookedAt));
  const auto some = talk.calls.search(request_for(talk, described, kLookedAt));
  if (talk.waiting() || !all || !some || some->total >= kTooFew || all->total < kTooFew * kTooFew) return;
  need.words = before.words;
  wanted.unmeasured.push_back(wanted.words);
}

// Without what was said in that dimension before: "32 GB" in place of "16 GB".
std::string without_figures(const std::string& words, const std::string& figure) {
  const auto measure = parse_measure(figure);
  std::string left = words;
  const auto spans = find_measures(words);
  for (auto span = spans.rbegin(); measure && span != spans.rend(); ++span) {
    if (span->has_unit && span->measure.unit.dimension == measure->unit.dimension) left.erase(span->start, span->end - span->start);
  }
  left.erase(left.find_last_not_of(' ') + 1);
  return left;
}

// "a 16 gb one", of cards whose names alone say it: what such words are found in. Where nothing holds them, the reply says that it can't confirm them.
void settle_figures(Talk& talk, Need& need, Wanted& wanted) {
  for (const std::string& figure : wanted.figures) {
    Need said = need;
    said.words = without_figures(need.words, figure) + " " + figure;
    const auto page = talk.calls.search(request_for(talk, said, kLookedAt));
    if (talk.waiting()) return;
    if (page && unproven({figure}, *page).empty()) need.words = said.words;
    else wanted.unmeasured.push_back(figure);
  }
}

// A bound that the catalogue at large doesn't state is put on what the products shown state in that unit: "at least 1800 watts" of hair dryers.
void measure_by_shown(const Talk& talk, const Heard& heard, Wanted& wanted) {
  CardBook book(talk.conversation);
  for (const NumberPhrase& phrase : heard.numbers) {
    const std::size_t from = heard.words[phrase.span.first].start;
    const std::string said = heard.text.substr(from, heard.words[phrase.span.last - 1].end - from);
    const auto unmeasured = std::find(wanted.unmeasured.begin(), wanted.unmeasured.end(), said);
    const Dimension dimension = phrase.low.unit.dimension;
    if (unmeasured == wanted.unmeasured.end() || dimension == Dimension::kNone) continue;
    std::map<std::string, std::size_t> stated;
    for (const Shown& shown : latest_list(talk.memory)) {
      const ProductCard* card = book.card(shown.product);
      for (const Attribute& attribute : card ? card->attributes : std::vector<Attribute>{}) {
        const Measure* measure = std::get_if<Measure>(&attribute.value);
        if (measure && measure->unit.dimension == dimension && !is_dull(attribute.name, talk.guide.lexicon)) ++stated[attribute.name];
      }
    }
    if (stated.empty()) continue;
    const auto best = std::max_element(stated.begin(), stated.end(), [](const auto& a, const auto& b) { return a.second != b.second ? a.second < b.second : a.first.size() > b.first.size(); });
    wanted.constraints.push_back(bound_on_field(phrase, best->first));
    erase_words(wanted.words, {said});
    wanted.unmeasured.erase(unmeasured);
  }
}

void begin_needs(Talk& talk, Heard& heard) {
  talk.state.said.clear();
  for (Wanted& wanted : heard.wanted) {
    if (!says_anything(wanted)) continue;
    Need need;
    if (wanted.kinds.size() == 1) need.kind = wanted.kinds.front();
    merge(need, wanted);
    settle_implied(talk, need, wanted);
    std::erase_if(talk.memory.needs, [&](const Need& old) { return old.kind == need.kind && !need.kind.empty(); });
    talk.memory.needs.push_back(std::move(need));
    talk.state.said.push_back(heard.wanted.size() == 1 ? heard.text : wanted.words);
  }
  talk.state.leanings.clear();
  if (heard.wanted.size() == 1) lean(talk, heard.wanted.front());
  talk.state.active = talk.state.said.size();
  const std::size_t keep = std::max(kNeedsRemembered, talk.state.active);
  while (talk.memory.needs.size() > keep) talk.memory.needs.erase(talk.memory.needs.begin());
  talk.state.questions = 0;
  talk.state.narrowed_since = talk.conversation.turn;
}

// "the layout has to be UK", after keyboards and mice: of the things looked for together, the one whose attributes the words name is gone on with.
void turn_to_spoken_of(Talk& talk, const Heard& heard) {
  auto& needs = talk.memory.needs;
  const std::size_t active = std::min(talk.state.active, needs.size());
  if (active < 2 || heard.names_kind() || heard.wanted.size() != 1) return;
  const std::vector<std::string> names = talk.guide.vocabulary.names("attribute");
  const auto spoken_of = [&](const Need& need) {
    const auto nouns = text::words(need.kind.empty() ? need.words : need.kind);
    return !nouns.empty() && std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      const auto named = [&](const std::string& word) { return word.size() > 3 && word != nouns.back().folded && name.find(word) != std::string::npos; };
      return name.find(nouns.back().folded) != std::string::npos && std::any_of(heard.reference.words.begin(), heard.reference.words.end(), named);
    });
  };
  const auto first = needs.end() - std::ptrdiff_t(active);
  if (std::count_if(first, needs.end(), spoken_of) != 1) return;
  const auto meant = std::find_if(first, needs.end(), spoken_of);
  std::rotate(meant, meant + 1, needs.end());
  talk.state.active = 1;
}

// "something light, with a zoom": describes a thing without saying which.
bool only_describes(const Lexicon& lexicon, const Heard& heard) {
  const auto first = std::find_if(heard.words.begin(), heard.words.end(), [&](const text::Word& word) { return lexicon.indefinite.count(word.folded) > 0; });
  if (first == heard.words.end() || first + 1 == heard.words.end()) return false;
  return lexicon.not_describing.count((first + 1)->folded) == 0;
}

// "do you also have a toaster that goes with it?": an article and a word that the catalogue has no kind for.
bool names_anew(const Lexicon& lexicon, const Heard& heard) {
  const auto& wishes = heard.wanted.front().wishes;
  for (std::size_t i = 1; i < heard.words.size(); ++i) {
    const bool wished = std::find(wishes.begin(), wishes.end(), heard.words[i].folded) != wishes.end();
    if (wished && lexicon.articles.count(heard.words[i - 1].folded)) return true;
  }
  return false;
}

// Whether the utterance goes on about what is looked for already.
bool goes_on(const Talk& talk, const Heard& heard) {
  if (!talk.need()) return false;
  if (heard.wanted.size() != 1) return false;
  const Wanted& wanted = heard.wanted.front();
  if (!wanted.kinds.empty()) return same_noun(*talk.need(), wanted);
  if (talk.state.total == 0) return false;  // nothing came of it: this begins anew
  if (!wanted.leanings.empty()) return true;  // "something light": of what is looked for
  if (wanted.uses.empty() && only_describes(talk.guide.lexicon, heard)) return true;
  if (heard.has(Act::kFind) && wanted.constraints.empty() && !wanted.wishes.empty() && (!heard.reference.pronoun || names_anew(talk.guide.lexicon, heard))) return false;
  return true;
}

// "and we need A4 paper", of toner: asks for a thing by a word that is, or ends, the name of another kind, though it is mostly a value.
bool of_another(const Talk& talk, const Heard& heard) {
  const Lexicon& lexicon = talk.guide.lexicon;
  const auto indefinite = [&](const text::Word& word) { return lexicon.indefinite.count(word.folded) > 0; };
  const bool names_none = heard.wanted.front().kinds.empty() && !heard.reference.pronoun && std::none_of(heard.words.begin(), heard.words.end(), indefinite);
  if (!heard.has(Act::kFind) || !names_none) return false;
  std::size_t last = 0, content = 0;  // of the words behind "need", up to where they break off
  for (std::size_t i = 1; i < heard.words.size(); ++i) {
    const bool broken = heard.text.substr(heard.words[i - 1].end, heard.words[i].start - heard.words[i - 1].end).find_first_of(",;.") != std::string::npos;
    if (last > 0 && (broken || lexicon.modifiers.count(heard.words[i].folded))) break;
    content += last > 0 && !lexicon.fillers.count(heard.words[i].folded);
    if (last > 0 || lexicon.wanting.count(heard.words[i].folded)) last = i;
  }
  if (content < 2) return false;  // "we need black"
  const std::string head = text::stem(heard.words[last].folded);
  const auto called = [&](std::string_view name) {
    const auto words = text::words(name);
    return !words.empty() && text::stem(words.back().folded) == head;
  };
  const auto current = text::words(talk.kind());
  if (std::any_of(current.begin(), current.end(), [&](const text::Word& word) { return text::stem(word.folded) == head; })) return false;
  const std::vector<std::string> kinds = talk.guide.vocabulary.names("kind");
  return std::any_of(kinds.begin(), kinds.end(), called);
}

}  // namespace

void erase_words(std::string& words, const std::vector<std::string>& values) {
  std::unordered_set<std::string> drop;
  for (const std::string& value : values) {
    for (const text::Word& word : text::words(value)) drop.insert(word.folded);
  }
  std::string kept;
  for (const text::Word& word : text::words(words)) {
    if (drop.count(word.folded)) continue;
    if (!kept.empty()) kept += ' ';
    kept += words.substr(word.start, word.end - word.start);
  }
  words = kept;
}

void merge(Need& need, const Wanted& wanted) {
  for (const Constraint& added : wanted.constraints) {
    for (const Constraint& old : need.constraints) {
      if (replaces(added, old) && old.values != added.values && old.field != "price") erase_words(need.words, old.values);
    }
    std::erase_if(need.constraints, [&](const Constraint& old) { return replaces(added, old); });
    need.constraints.push_back(added);
  }
  add_words(need.words, need.words.empty() ? wanted.words : wanted.known_words);
  for (const std::string& adjective : wanted.adjectives) add_words(need.words, adjective);
  for (const std::string& use : wanted.uses) {
    if (std::find(need.uses.begin(), need.uses.end(), use) == need.uses.end()) need.uses.push_back(use);
  }
}

void remember_uses(Talk& talk, const Heard& heard) {
  if (heard.wanted.empty() || talk.memory.needs.empty()) return;
  auto& uses = talk.memory.needs.back().uses;
  for (const std::string& use : heard.wanted.front().uses) {
    if (std::find(uses.begin(), uses.end(), use) == uses.end()) uses.push_back(use);
  }
}

SearchRequest request_for(Talk& talk, const Need& need, std::size_t limit) {
  SearchRequest request;
  request.words = need.words.substr(0, kLongestQuery);
  if (request.words.size() < need.words.size()) request.words.resize(std::min(request.words.size(), request.words.rfind(' ')));
  request.constraints = need.constraints;
  const auto required = required_by_uses(talk, need);
  request.constraints.insert(request.constraints.end(), required.begin(), required.end());
  request.limit = limit;
  for (const Constraint& constraint : required) request.relax_in_order.push_back(constraint.field);
  const auto& order = talk.guide.playbook.discovery.relax_in_order;
  request.relax_in_order.insert(request.relax_in_order.end(), order.begin(), order.end());
  for (auto constraint = need.constraints.rbegin(); constraint != need.constraints.rend(); ++constraint) {
    const bool bound = constraint->field == "price" || constraint->op == Constraint::Op::kNot;
    if (!bound && std::find(order.begin(), order.end(), constraint->field) == order.end()) request.relax_in_order.push_back(constraint->field);
  }
  return request;
}

void look_for(Talk& talk, const Heard& said) {
  Heard heard = said;
  turn_to_spoken_of(talk, heard);
  const bool another = talk.need() && heard.wanted.size() == 1 && of_another(talk, heard);
  if (another) {  // its values are words of the name: "A4 paper" is made of no other thing
    Wanted& wanted = heard.wanted.front();
    std::erase_if(wanted.constraints, [&](const Constraint& one) { return std::find(wanted.implied.begin(), wanted.implied.end(), one.field) != wanted.implied.end(); });
    wanted.implied.clear();
  }
  if (!another && goes_on(talk, heard)) {
    const Need before = talk.memory.needs.back();
    Wanted& wanted = heard.wanted.front();
    measure_by_shown(talk, heard, wanted);
    merge(talk.memory.needs.back(), wanted);
    keep_head(talk.memory.needs.back(), before, wanted, talk.guide.lexicon);
    settle_description(talk, talk.memory.needs.back(), before, wanted);
    settle_figures(talk, talk.memory.needs.back(), wanted);
    settle_implied(talk, talk.memory.needs.back(), wanted);
    lean(talk, wanted);
    const bool repeats = heard.question && !heard.names_kind() && !heard.has(Act::kFind) && wanted.leanings.empty() && heard.scales.empty();
    if (repeats && !talk.waiting() && talk.memory.needs.back() == before) return talk.say("question.unanswered", {});
    for (const Constraint& added : wanted.constraints) {
      const auto& kept = talk.memory.needs.back().constraints;
      if (std::find(kept.begin(), kept.end(), added) != kept.end()) erase_words(talk.memory.needs.back().words, added.values);
    }
    talk.state.active = 1;
    if (talk.state.said.empty()) talk.state.said.emplace_back();
    talk.state.said = {talk.state.said.back() + " " + heard.text};
  } else {
    begin_needs(talk, heard);
  }
  talk.state.heard_turn = talk.conversation.turn;
  if (!talk.waiting()) search_again(talk, heard);
}

void show_unseen(Talk& talk, const Heard& heard) {
  talk.say("reference.unseen", {{"what", heard.wanted.empty() || heard.wanted.front().noun.empty() ? heard.reference.group : heard.wanted.front().noun}});
  look_instead(talk, heard);
}

void look_instead(Talk& talk, const Heard& heard) {
  Heard plain = heard;
  plain.acts = {Act::kFind};
  look_for(talk, plain);
}

void search_again(Talk& talk, const Heard& heard) {
  const std::size_t active = std::min(std::max<std::size_t>(talk.state.active, 1), talk.memory.needs.size());
  if (active == 0) return;
  const std::size_t first = talk.memory.needs.size() - active;
  std::vector<Answer<SearchPage>> pages;
  for (std::size_t i = first; i < talk.memory.needs.size(); ++i) {
    SearchRequest request = request_for(talk, talk.memory.needs[i], active == 1 && !bands_of(talk.memory.needs[i]).empty() ? kNearLooked : kPage);
    if (heard.only) request.relax_in_order.clear();
    pages.push_back(talk.calls.search(request));
  }
  if (talk.waiting()) return;
  if (active > 1) {
    talk.memory.focus.reset();
    for (std::size_t i = 0; i < active; ++i) present_group(talk, talk.memory.needs[first + i], pages[i]);
    return;
  }
  Need& need = talk.memory.needs.back();
  keep_conditions(talk, need, pages.front());
  if (!talk.waiting()) look_wider(talk, need, pages.front());
  if (!talk.waiting()) look_beyond_words(talk, need, pages.front());
  if (talk.waiting()) return;
  std::vector<std::string> wishes = heard.wanted.empty() ? std::vector<std::string>{} : heard.wanted.front().adjectives;
  if (!heard.wanted.empty()) wishes.insert(wishes.end(), heard.wanted.front().musts.begin(), heard.wanted.front().musts.end());
  if (!heard.wanted.empty()) wishes.insert(wishes.end(), heard.wanted.front().unmeasured.begin(), heard.wanted.front().unmeasured.end());
  if (!pages.front()) return say_failure(talk, pages.front().error);
  if (need.words.empty() && (find_by_use(talk, need, wishes) || talk.waiting())) return;  // a use alone: every product has no word too few
  if (!heard.wanted.empty()) having_first(*pages.front().value, heard.wanted.front().musts);
  if (pages.front()->products.empty()) return nothing_found(talk, need, *pages.front(), heard, wishes);
  present(talk, need, *pages.front(), wishes);
}

}  // namespace floorwalker::guided
