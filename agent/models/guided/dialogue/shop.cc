#include <algorithm>

#include "agent/models/guided/dialogue/describe.h"
#include "agent/models/guided/dialogue/handlers.h"

// The shop as a whole: what it sells, how many, and what is the dearest, cheapest or lightest.
namespace floorwalker::guided {

namespace {

constexpr std::size_t kDepartmentsNamed = 6;

std::string scope_of(const Heard& heard) { return heard.names_kind() ? heard.wanted.front().kinds.front() : std::string(); }

std::vector<std::string> departments(const ShopShape& shape) {
  std::vector<std::string> names;
  for (const ShopShape::Department& department : shape.departments) {
    if (names.size() < kDepartmentsNamed && department.name.find('>') == std::string::npos) names.push_back(department.name);
  }
  return names;
}

// `need` is all that is looked at: words that only repeat its conditions would narrow it.
void show_best_by_price(Talk& talk, Need need, bool low, const std::string& key) {
  for (const Constraint& constraint : need.constraints) erase_words(need.words, constraint.values);
  SearchRequest request = request_for(talk, need, 4);
  request.sort = low ? SortBy::kPriceAscending : SortBy::kPriceDescending;
  const auto page = talk.calls.search(request);
  if (page.waiting) return;
  if (!page || page->products.empty()) return talk.say("fallback", {});
  if (prices_unread(page->products)) return talk.say("prices.unread", {});
  const ProductCard& first = page->products.front();
  talk.say(key, {{"title", short_title(first.title)}, {"price", price_phrase(first)}});
  talk.show(page->products);
  talk.memory.focus = first.id;
}

}  // namespace

void overview(Talk& talk, const Heard& heard) {
  const auto shape = talk.calls.shape(scope_of(heard));
  if (shape.waiting) return;
  if (!shape) return talk.say("fallback", {});
  talk.say("overview", {{"departments", text::join_and(departments(*shape))}, {"low", format(shape->price_low)}, {"high", format(shape->price_high)}});
}

void count(Talk& talk, const Heard& heard) {
  const bool constrained = !heard.wanted.empty() && !heard.wanted.front().constraints.empty();
  if (!constrained) {
    const std::string scope = scope_of(heard);
    if (scope.empty() && !heard.wanted.empty() && !heard.wanted.front().wishes.empty()) return look_for(talk, heard);
    const auto shape = talk.calls.shape(scope);
    if (shape.waiting) return;
    if (!shape) return look_for(talk, heard);
    talk.say(scope.empty() ? "count.shop" : "count", {{"count", std::to_string(shape->products)}, {"what", scope.empty() ? "" : heard.wanted.front().noun},
                                                      {"low", format(shape->price_low)}, {"high", format(shape->price_high)}});
    if (scope.empty()) return;
    Need need;
    merge(need, heard.wanted.front());
    need.kind = scope;
    talk.memory.needs.push_back(need);
    talk.state.active = 1;
    talk.state.said = {heard.text};
    talk.state.heard_turn = talk.conversation.turn;
    return;
  }
  look_for(talk, heard);
}

void superlative(Talk& talk, const Heard& heard) {
  const std::string scope = scope_of(heard);
  const bool measured = std::any_of(heard.numbers.begin(), heard.numbers.end(), [](const NumberPhrase& number) { return number.low.unit.dimension != Dimension::kNone; });
  const bool wished = heard.names_kind() && (measured || !heard.wanted.front().wishes.empty());  // "the cheapest 32gb usb stick"
  const bool constrained = wished || (!heard.wanted.empty() && !heard.wanted.front().constraints.empty());
  if (constrained && (heard.extreme == "cheapest" || heard.extreme == "most expensive")) {
    Need need;
    merge(need, heard.wanted.front());
    return show_best_by_price(talk, need, heard.extreme == "cheapest", "superlative.matching");
  }
  const bool by_price = heard.extreme == "cheapest" || heard.extreme == "most expensive";
  if (by_price && scope.empty() && talk.need() && !heard.has(Act::kSuperlative)) {  // of what is looked for
    Need need = *talk.need();
    if (!heard.wanted.empty()) merge(need, heard.wanted.front());
    return show_best_by_price(talk, need, heard.extreme == "cheapest", "superlative.matching");
  }
  const auto shape = talk.calls.shape(scope);
  if (shape.waiting) return;
  if (!shape) return scope.empty() ? say_failure(talk, shape.error) : look_for(talk, heard);
  for (const ShopShape::Extreme& extreme : shape->extremes) {
    if (extreme.what != heard.extreme) continue;
    talk.say(scope.empty() ? "superlative.shop" : "superlative", {{"extreme", extreme.what}, {"title", short_title(extreme.product.title)},
                                                                  {"price", price_phrase(extreme.product)}, {"what", heard.names_kind() ? heard.wanted.front().noun : ""}});
    talk.show({extreme.product});
    talk.memory.focus = extreme.product.id;
    return;
  }
  if (by_price && shape->price_low == Money{}) return talk.say("prices.unread", {});
  if (heard.names_kind()) return look_for(talk, heard);
  talk.say("superlative.unknown", {{"extreme", heard.extreme}});
}

}  // namespace floorwalker::guided
