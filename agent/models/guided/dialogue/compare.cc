#include <algorithm>

#include "agent/models/guided/dialogue/describe.h"
#include "agent/models/guided/dialogue/handlers.h"

// Several products against each other, and which of them to take.
namespace floorwalker::guided {

namespace {

constexpr std::size_t kAxesTold = 4;
constexpr std::size_t kMostSideBySide = 3;

// "the transit and the brief 17": every part of the sentence is looked up for itself.
std::vector<ProductId> named_one_by_one(Talk& talk, const Heard& heard, CardBook& book) {
  std::vector<ProductId> products;
  if (!heard.reference.ordinals.empty() || heard.reference.first_n > 0) return products;
  const Lexicon& lexicon = talk.guide.lexicon;
  std::size_t first = 0;
  for (std::size_t i = 0; i <= heard.words.size(); ++i) {
    const bool cut = i == heard.words.size() || lexicon.openers.count(heard.words[i].folded) > 0 || lexicon.versus.count(heard.words[i].folded) > 0;
    if (!cut) continue;
    if (i > first) {
      const std::size_t from = heard.words[first].start;
      const Heard part = talk.guide.listener.hear(heard.text.substr(from, heard.words[i - 1].end - from), talk.kind());
      const bool says = !part.reference.words.empty() || !part.reference.named.empty();
      const Pointed found = says ? point_out(part, talk.memory, book) : Pointed{};
      const bool fresh = found.products.size() == 1 && std::find(products.begin(), products.end(), found.products.front()) == products.end();
      if (fresh) products.push_back(found.products.front());
    }
    first = i + 1;
  }
  return products;
}

std::vector<ProductId> to_compare(Talk& talk, const Heard& heard) {
  CardBook book(talk.conversation);
  const Pointed pointed = point_out(heard, talk.memory, book);
  std::vector<ProductId> products = named_one_by_one(talk, heard, book);
  if (products.size() >= 2) return products;
  if (products.size() == 1 && talk.memory.focus && *talk.memory.focus != products.front()) return {*talk.memory.focus, products.front()};
  if (const std::size_t many = heard.reference.many; many > 1 && latest_list(talk.memory).size() != many) {  // "those two", of more that were shown
    products = looked_at(talk.memory, many);
    if (products.size() == many) return products;
    products.clear();
    const auto told = latest_list(talk.memory);  // the first of a list are those that the reply told of
    for (std::size_t i = 0; i < told.size() && i < many; ++i) products.push_back(told[i].product);
    if (products.size() == many) return products;
  }
  products = pointed.products;
  for (const ProductId& id : pointed.unclear) products.push_back(id);
  const auto list = latest_list(talk.memory);
  if (products.size() < 2 && heard.reference.ordinals.empty()) {
    products.clear();
    for (const Shown& shown : list) products.push_back(shown.product);
    for (auto shown = talk.memory.shown.rbegin(); products.size() < 2 && shown != talk.memory.shown.rend(); ++shown) {
      if (std::find(products.begin(), products.end(), shown->product) == products.end()) products.push_back(shown->product);
    }
  } else if (products.size() == 1 && talk.memory.focus && *talk.memory.focus != products.front()) {
    products.push_back(*talk.memory.focus);
  }
  const std::size_t most = std::clamp<std::size_t>(talk.guide.playbook.compare.max_products, 2, kMostSideBySide);
  if (products.size() > most) products.resize(most);
  return products;
}

std::string cell_text(const Comparison::Axis& axis, std::size_t index, const Comparison& comparison) {
  if (axis.name == "price") return price_phrase(comparison.products[index]);
  const Comparison::Cell& cell = axis.cells[index];
  return cell.value ? format(*cell.value) : std::string();
}

// "weight 1.2 kg, battery life 12 h": one product on the axes that tell them apart.
std::string facts_of(const Talk& talk, const std::vector<const Comparison::Axis*>& axes, std::size_t index, const Comparison& comparison) {
  std::string facts;
  for (const Comparison::Axis* axis : axes) {
    const std::string cell = cell_text(*axis, index, comparison);
    if (says_not(cell, talk.guide.lexicon)) continue;
    const std::string name = axis->name == "price" ? "" : text::spaced(axis->name) + " ";
    facts += (facts.empty() ? "" : "; ") + (cell.empty() ? text::spaced(axis->name) + " " + talk.guide.phrases.say("compare.not_stated", {}, talk.seed) : name + cell);
  }
  return facts;
}

// The one product whose values speak of what the question is about: "hot sleepers" where it asks for sleeping hot.
std::optional<std::size_t> spoken_for(const std::vector<const Comparison::Axis*>& axes, const Heard& heard, std::size_t products, std::string& value) {
  std::vector<std::size_t> points(products, 0);
  std::vector<std::string> values(products);
  for (const Comparison::Axis* axis : axes) {
    for (std::size_t i = 0; i < products && i < axis->cells.size(); ++i) {
      if (!axis->cells[i].value) continue;
      const std::string cell = format(*axis->cells[i].value);
      for (const text::Word& part : text::words(cell)) {
        for (const std::string& word : heard.reference.words) {
          if (word.size() < 3 || text::stem(part.folded) != text::stem(word)) continue;
          ++points[i];
          values[i] = text::spaced(axis->name) + " " + cell;
        }
      }
    }
  }
  const auto best = std::max_element(points.begin(), points.end());
  if (best == points.end() || *best == 0 || std::count(points.begin(), points.end(), *best) > 1) return std::nullopt;
  value = values[std::size_t(best - points.begin())];
  return std::size_t(best - points.begin());
}

// "which would you take?", and no figure speaks for one of them: the first that was found for what was asked, and why it was.
void pick_first(Talk& talk, const std::vector<ProductCard>& products) {
  const ProductCard& first = products.front();
  const std::vector<std::string> why = talk.need() ? reasons(first, *talk.need(), talk, 2) : std::vector<std::string>{};
  talk.say("compare.pick", {{"title", short_title(first.title)}, {"why", text::join_and(why)}});
}

// "compare your two aprons", and nothing that was shown is one.
bool of_other_things(const Talk& talk, const Heard& heard, CardBook& book) {
  const Reference& reference = heard.reference;
  const bool points = !reference.ordinals.empty() || reference.first_n > 0 || reference.pronoun || reference.all || reference.scale || !reference.named.empty();
  const Lexicon& lexicon = talk.guide.lexicon;
  const auto chosen = [&](const text::Word& which, const text::Word& one) { return lexicon.choosing.count(which.folded) && lexicon.indefinite.count(one.folded); };
  const bool of_shown = std::adjacent_find(heard.words.begin(), heard.words.end(), chosen) != heard.words.end();  // "which one is ..."
  if (points || of_shown || heard.wanted.empty() || heard.wanted.front().wishes.empty()) return false;
  return std::none_of(talk.memory.shown.begin(), talk.memory.shown.end(), [&](const Shown& shown) {
    const ProductCard* card = book.card(shown.product);
    return card && described_by(*card, reference.words) > 0;
  });
}

constexpr double kWorthTelling = 0.05;  // of a price: less does not make one product the better buy

bool costs_the_same(const Comparison& comparison) {
  const auto [least, most] = std::minmax_element(comparison.products.begin(), comparison.products.end(), [](const ProductCard& a, const ProductCard& b) { return a.price_from.minor < b.price_from.minor; });
  return double(most->price_from.minor - least->price_from.minor) < kWorthTelling * double(least->price_from.minor);
}

// The product that wins most of the axes that matter, and the axes it wins.
std::optional<std::size_t> favourite(std::vector<const Comparison::Axis*> axes, const Comparison& comparison, std::vector<std::string>& wins) {
  if (costs_the_same(comparison)) std::erase_if(axes, [](const Comparison::Axis* axis) { return axis->name == "price"; });
  std::vector<double> points;
  for (const Comparison::Axis* axis : axes) {
    if (!axis->winner) continue;
    points.resize(std::max(points.size(), *axis->winner + 1), 0);
    points[*axis->winner] += axis->why.empty() ? 1 : 3;
  }
  if (points.empty()) return std::nullopt;
  const auto best = std::max_element(points.begin(), points.end());
  if (std::count(points.begin(), points.end(), *best) > 1) return std::nullopt;
  const auto index = std::size_t(best - points.begin());
  for (const Comparison::Axis* axis : axes) {
    if (axis->winner && *axis->winner == index && wins.size() < 3) wins.push_back(text::spaced(axis->name));
  }
  return index;
}

// What one of them has and another lacks: a network, a feeder.
bool is_function(const Comparison::Axis& axis) {
  return std::any_of(axis.cells.begin(), axis.cells.end(), [](const Comparison::Cell& cell) { return cell.value && std::holds_alternative<bool>(*cell.value); });
}

// Axes that tell the products apart: those that matter for a need first.
std::vector<const Comparison::Axis*> telling(const Comparison& comparison, const Lexicon& lexicon) {
  std::vector<const Comparison::Axis*> axes;
  for (const Comparison::Axis& axis : comparison.axes) {
    if (axis.differs && (!axis.why.empty() || !is_dull(axis.name, lexicon))) axes.push_back(&axis);
  }
  const auto weight = [&](const Comparison::Axis* axis) {
    const bool asked = !axis->why.empty() && !is_taste(axis->name, lexicon);
    return (asked ? 8 : 0) + (axis->name == "price" ? 4 : 0) + (is_function(*axis) ? 2 : 0) + (axis->winner ? 2 : 0) - (is_taste(axis->name, lexicon) ? 1 : 0);
  };
  std::stable_sort(axes.begin(), axes.end(), [&](const auto* a, const auto* b) { return weight(a) > weight(b); });
  return axes;
}

// Whether they differ in something else that was asked for, or in what one can do and another cannot: being cheaper is then no reason to take one.
bool speaks_of_more(const Talk& talk, const Heard& heard, const std::vector<const Comparison::Axis*>& axes) {
  const auto asks_price = [&](const text::Word& word) { return talk.guide.lexicon.price.count(word.folded) > 0; };
  const bool price = std::any_of(heard.words.begin(), heard.words.end(), asks_price) || std::any_of(heard.scales.begin(), heard.scales.end(), [](const Scale* scale) { return scale->attributes.front() == "price"; });
  return !price && std::any_of(axes.begin(), axes.end(), [](const Comparison::Axis* axis) { return axis->name != "price" && (!axis->why.empty() || is_function(*axis)); });
}

// "photos" of "which one is best for photos?", where neither the playbook nor what the products state speaks of it; "" otherwise.
std::string use_unknown(const Talk& talk, const Heard& heard) {
  if (!heard.has(Act::kAdvise) || heard.wanted.empty() || !heard.wanted.front().uses.empty()) return {};
  const Lexicon& lexicon = talk.guide.lexicon;
  std::string use;
  bool behind = false;
  for (const text::Word& word : heard.words) {
    if (lexicon.modifiers.count(word.folded)) {
      behind = true;
      use.clear();
    } else if (behind && !lexicon.fillers.count(word.folded) && !lexicon.own.count(word.folded) && !lexicon.pronouns.count(word.folded)) {
      use += (use.empty() ? "" : " ") + word.folded;
    }
  }
  return use;
}

Answer<Comparison> ask_comparison(Talk& talk, const Heard& heard, const std::vector<ProductId>& products) {
  std::vector<std::string> needs = talk.need() ? talk.need()->uses : std::vector<std::string>{};
  std::vector<std::string> attributes;
  for (const Wanted& wanted : heard.wanted) needs.insert(needs.end(), wanted.uses.begin(), wanted.uses.end());
  for (const Known& known : heard.known) {
    if (const Mention* attribute = known.reading(Mention::What::kAttribute)) attributes.push_back(attribute->field);
  }
  for (std::size_t i = 0; talk.need() && i < talk.need()->constraints.size(); ++i) {
    const std::string& field = talk.need()->constraints[i].field;
    if (field != "price" && field != "brand" && field != "kind" && field != "tag") attributes.push_back(field);
  }
  auto answer = talk.calls.compare(products, needs, attributes);
  if (!answer.waiting && !answer && !attributes.empty()) answer = talk.calls.compare(products, needs, {});
  return answer;
}

}  // namespace

void compare(Talk& talk, const Heard& heard) {
  CardBook book(talk.conversation);
  if (of_other_things(talk, heard, book)) return look_instead(talk, heard);
  const std::vector<ProductId> products = to_compare(talk, heard);
  if (products.size() < 2) return talk.say("compare.nothing", {});
  const auto comparison = ask_comparison(talk, heard, products);
  if (comparison.waiting) return;
  if (!comparison) return say_failure(talk, comparison.error);
  std::vector<std::string> titles;
  for (const ProductCard& card : comparison->products) titles.push_back(short_title(card.title));
  talk.say("compare.lead", {{"titles", text::join_and(titles)}});
  auto axes = telling(*comparison, talk.guide.lexicon);
  std::string spoken;
  const auto meant = spoken_for(axes, heard, titles.size(), spoken);
  std::vector<std::string> wins;
  auto best = meant ? meant : favourite(axes, *comparison, wins);
  if (axes.size() > kAxesTold) axes.resize(kAxesTold);
  if (axes.empty()) talk.say("compare.same", {});
  for (std::size_t i = 0; !axes.empty() && i < titles.size(); ++i) {
    talk.say("compare.each", {{"title", titles[i]}, {"facts", facts_of(talk, axes, i, *comparison)}});
  }
  if (wins == std::vector<std::string>{"price"} && speaks_of_more(talk, heard, axes)) best.reset();
  const std::string unknown = meant ? std::string() : use_unknown(talk, heard);
  if (!unknown.empty()) talk.say("compare.unjudged", {{"use", unknown}, {"title", best ? titles[*best] : ""}, {"wins", text::join_and(wins)}});
  else if (meant) talk.say("compare.spoken", {{"title", titles[*meant]}, {"why", spoken}});
  else if (best) talk.say("compare.best", {{"title", titles[*best]}, {"wins", text::join_and(wins)}});
  if (heard.has(Act::kAdvise) && !best) pick_first(talk, comparison->products);
  std::vector<std::string> missing;
  for (const std::string& name : comparison->missing) {
    const bool asked = std::any_of(heard.known.begin(), heard.known.end(), [&](const Known& known) {
      const Mention* attribute = known.reading(Mention::What::kAttribute);
      return attribute && attribute->field == name;
    });
    if (asked) missing.push_back(text::spaced(name));
  }
  if (!missing.empty()) {
    talk.say("compare.missing", {{"what", text::join_and(missing)}});
  }
  talk.show(comparison->products);
  talk.state.heard_turn = talk.conversation.turn;  // still about the same need
  talk.memory.focus = comparison->products[best.value_or(0)].id;
}

void advise(Talk& talk, const Heard& heard) {
  const auto list = latest_list(talk.memory);
  if (list.size() < 2 && talk.memory.shown.size() < 2) {
    if (talk.memory.focus) return answer_about(talk, heard);
    CardBook book(talk.conversation);
    if (heard.names_kind() || of_other_things(talk, heard, book)) return look_instead(talk, heard);
    return talk.say("fallback.no_need", {});
  }
  Heard about = heard;
  remember_uses(talk, heard);
  compare(talk, about);
}

void explain(Talk& talk, const Heard& heard) {
  CardBook book(talk.conversation);
  const Pointed pointed = point_out(heard, talk.memory, book);
  const ProductId id = !pointed.products.empty() ? pointed.products.front() : talk.memory.focus.value_or(ProductId());
  const ProductCard* card = id.empty() ? nullptr : book.card(id);
  if (!card || !talk.need()) return;
  const auto why = reasons(*card, *talk.need(), talk, 4);
  talk.say("why", {{"title", short_title(card->title)}, {"price", price_phrase(*card)}, {"why", text::join_and(why)}});
}

}  // namespace floorwalker::guided
