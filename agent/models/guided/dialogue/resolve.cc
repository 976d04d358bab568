#include "agent/models/guided/dialogue/resolve.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "agent/models/guided/dialogue/pages.h"

namespace floorwalker::guided {

namespace {

constexpr std::size_t kPagesRemembered = 24;

void add_words(std::unordered_set<std::string>& into, std::string_view text) {
  for (const text::Word& word : text::words(text)) into.insert(text::stem(word.folded));
}

std::unordered_set<std::string> words_of(const ProductCard& card) {
  std::unordered_set<std::string> words;
  add_words(words, card.title);
  add_words(words, card.brand);
  add_words(words, card.kind);
  for (const auto& [name, values] : card.options) {
    for (const std::string& value : values) add_words(words, value);
  }
  for (const Attribute& attribute : card.attributes) add_words(words, format(attribute.value));
  return words;
}

// Whether a kind's name is the other's or ends in the same noun: a "corner sofa" is a sofa, a "laptop bag" no laptop.
bool same_kind(const std::string& a, const std::string& b) {
  const auto left = text::words(a), right = text::words(b);
  return !left.empty() && !right.empty() && text::stem(left.back().folded) == text::stem(right.back().folded);
}

std::vector<Shown> list_of_turn(const Memory& memory, int turn) {
  std::vector<Shown> list;
  for (const Shown& shown : memory.shown) {
    if (shown.turn == turn) list.push_back(shown);
  }
  return list;
}

// The products of the list that are of one of the kinds, or of one that ends in the same noun.
std::vector<Shown> alike_of(const std::vector<Shown>& list, const std::vector<std::string>& groups, CardBook& book) {
  std::vector<Shown> members;
  for (const Shown& shown : list) {
    const ProductCard* card = book.card(shown.product);
    const std::string kind = !shown.group.empty() ? shown.group : card ? card->kind : std::string();
    if (std::any_of(groups.begin(), groups.end(), [&](const std::string& group) { return same_kind(kind, group); })) members.push_back(shown);
  }
  return members;
}

// The products of the list that are of one of the kinds. What the shop calls exactly so comes before what is only called alike: of a laptop
// and a laptop bag, "the laptop" is the first.
std::vector<Shown> members_of(const std::vector<Shown>& list, const std::vector<std::string>& groups, CardBook& book) {
  std::vector<Shown> exact;
  for (const Shown& shown : list) {
    const ProductCard* card = book.card(shown.product);
    const std::string kind = text::fold(text::spaced(!shown.group.empty() ? shown.group : card ? card->kind : std::string()));
    if (std::any_of(groups.begin(), groups.end(), [&](const std::string& group) { return kind == text::fold(text::spaced(group)); })) exact.push_back(shown);
  }
  return exact.empty() ? alike_of(list, groups, book) : exact;
}

// Whether the thing, shown by itself, was one of the last list with more than one.
bool looked_at_from(const Shown& alone, const Memory& memory) {
  const auto list = last_choice(memory);
  return std::any_of(list.begin(), list.end(), [&](const Shown& shown) { return shown.product == alone.product && shown.turn < alone.turn; });
}

// The latest list that has the number asked for: an add-on offered since does not make "the second" a riddle. Of a group ("the first
// mattress"), the latest list with so many of it. A thing looked at by itself is no list where it came from one.
std::vector<Shown> list_with(const Reference& reference, const Memory& memory, CardBook& book) {
  std::size_t needed = std::max<std::size_t>(reference.first_n, reference.first_n > 0 ? 2 : 1);
  for (const int ordinal : reference.ordinals) needed = std::max(needed, std::size_t(ordinal < 0 ? 2 : ordinal));
  int turn = memory.shown.empty() ? 0 : memory.shown.back().turn;
  while (turn > 0) {
    std::vector<Shown> list = list_of_turn(memory, turn);
    const std::vector<Shown> members = members_of(list, reference.groups, book);
    const bool one_of_more = list.size() == 1 && looked_at_from(list.front(), memory);
    if (reference.of_group ? members.size() >= needed : list.size() >= needed && (list.size() > 1 || needed == 1) && !one_of_more) return list;
    int earlier = 0;
    for (const Shown& shown : memory.shown) {
      if (shown.turn < turn) earlier = shown.turn;
    }
    turn = earlier;
  }
  return latest_list(memory);
}

void by_number(const Reference& reference, const std::vector<Shown>& list, Pointed& pointed) {
  const int size = int(list.size());
  for (std::size_t i = 0; i < reference.first_n; ++i) {
    if (i < list.size()) pointed.products.push_back(list[i].product);
    else pointed.out_of_list = true;
  }
  for (const int ordinal : reference.ordinals) {
    const int index = ordinal < 0 ? size + ordinal : ordinal - 1;
    if (index >= 0 && index < size) pointed.products.push_back(list[std::size_t(index)].product);
    else pointed.out_of_list = true;
  }
}

std::optional<ProductId> extreme(const Scale& scale, const std::vector<Shown>& list, CardBook& book) {
  std::optional<ProductId> best;
  double best_value = 0;
  for (const Shown& shown : list) {
    const ProductCard* card = book.card(shown.product);
    const std::optional<double> value = card ? value_on(scale, *card) : std::nullopt;
    if (!value || (best && (scale.low ? *value >= best_value : *value <= best_value))) continue;
    best = shown.product;
    best_value = *value;
  }
  return best;
}

// The products of one list that the words tell apart from the others, best first; empty where they tell nothing.
std::vector<ProductId> by_description(const std::vector<std::string>& words, const std::vector<Shown>& list, CardBook& book) {
  std::vector<std::pair<ProductId, double>> scores;
  std::vector<std::unordered_set<std::string>> sets;
  for (const Shown& shown : list) {
    const ProductCard* card = book.card(shown.product);
    sets.push_back(card ? words_of(*card) : std::unordered_set<std::string>{});
    add_words(sets.back(), shown.title);
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    double score = 0;
    for (const std::string& word : words) {
      const std::string stem = text::stem(word);
      if (!sets[i].count(stem)) continue;
      std::size_t having = 0;
      for (const auto& set : sets) having += set.count(stem);
      score += 1.0 / double(having);
    }
    scores.emplace_back(list[i].product, score);
  }
  double best = 0;
  for (const auto& [id, score] : scores) best = std::max(best, score);
  std::vector<ProductId> found;
  for (const auto& [id, score] : scores) {
    if (best > 0 && score > best - 0.01) found.push_back(id);
  }
  return found;
}

// Those of the list that the words describe best: of "the cheaper black one" the black ones; all where they describe none.
std::vector<Shown> described_in(const std::vector<std::string>& words, const std::vector<Shown>& list, CardBook& book) {
  std::vector<std::string> telling = words;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {  // "2 slice": the figure tells, not the word behind it
    if (words[i].find_first_not_of("0123456789") == std::string::npos) std::erase(telling, words[i + 1]);
  }
  const std::vector<ProductId> found = by_description(telling, list, book);
  std::vector<Shown> described = list;
  if (!found.empty()) std::erase_if(described, [&](const Shown& shown) { return std::find(found.begin(), found.end(), shown.product) == found.end(); });
  return described;
}

// "the Ledger 14", where several are called so: those of them that were shown, the latest first.
std::vector<Shown> called_so(const Reference& reference, const Memory& memory) {
  std::vector<Shown> seen;
  const auto is_one = [&](const Shown& shown, const std::vector<ProductId>& ids) { return std::find(ids.begin(), ids.end(), shown.product) != ids.end(); };
  for (auto shown = memory.shown.rbegin(); shown != memory.shown.rend(); ++shown) {
    const bool twice = std::any_of(seen.begin(), seen.end(), [&](const Shown& other) { return other.product == shown->product; });
    if (!twice && (is_one(*shown, reference.named) || is_one(*shown, reference.namesakes))) seen.push_back(*shown);
  }
  return seen;
}

std::vector<Shown> group_of(const std::vector<Shown>& list, const std::vector<std::string>& groups, CardBook& book) {
  if (groups.empty()) return list;
  std::vector<Shown> members = members_of(list, groups, book);
  return members.empty() ? list : members;
}

bool was_shown(const std::vector<std::string>& groups, const Memory& memory, CardBook& book) { return !members_of(memory.shown, groups, book).empty(); }

// Numbers that name a product ("the 65 inch"): no count, no value of an option.
std::vector<std::string> telling_numbers(const Heard& heard) {
  std::vector<std::string> numbers;
  for (const std::string& word : heard.reference.words) {
    const bool digits = word.size() >= 2 && word.find_first_not_of("0123456789.") == std::string::npos;
    const bool count = heard.quantity && word == std::to_string(*heard.quantity);
    const bool option = std::any_of(heard.options.begin(), heard.options.end(), [&](const OptionSaid& said) { return said.value.find(word) != std::string::npos; });
    const bool money = std::any_of(heard.numbers.begin(), heard.numbers.end(), [&](const NumberPhrase& number) { return number.money && format(number.low, 4) == word; });
    if (digits && !count && !option && !money) numbers.push_back(word);
  }
  return numbers;
}

bool has_numbers(const Shown& shown, const std::vector<std::string>& numbers, CardBook& book) {
  const ProductCard* card = book.card(shown.product);
  std::unordered_set<std::string> words = card ? words_of(*card) : std::unordered_set<std::string>{};
  add_words(words, shown.title);
  return std::all_of(numbers.begin(), numbers.end(), [&](const std::string& number) { return words.count(number) > 0; });
}

bool describe(const Heard& heard, const Memory& memory, CardBook& book, Pointed& pointed) {
  const std::vector<std::string> numbers = telling_numbers(heard);
  int turn = memory.shown.empty() ? 0 : memory.shown.back().turn;
  for (int looked = 0; turn > 0 && looked < 3; ++looked) {
    std::vector<Shown> list = list_of_turn(memory, turn);
    if (!heard.reference.pronoun) std::erase_if(list, [&](const Shown& shown) { return !has_numbers(shown, numbers, book); });
    const auto found = by_description(heard.reference.words, list, book);
    if (found.size() == 1) pointed.products = found;
    else if (found.size() > 1) pointed.unclear = found;
    if (!found.empty()) return true;
    int earlier = 0;
    for (const Shown& shown : memory.shown) {
      if (shown.turn < turn) earlier = shown.turn;
    }
    turn = earlier;
  }
  return false;
}

// The products that were named. Of several with one name those are meant that were shown, told apart by the other words or by being in focus.
void by_name(const Heard& heard, const Memory& memory, CardBook& book, Pointed& pointed) {
  const Reference& reference = heard.reference;
  pointed.products = reference.named;
  if (reference.named.size() > 1) describe(heard, memory, book, pointed);
  const std::vector<Shown> seen = called_so(reference, memory);
  if (reference.named.size() > 1 || reference.namesakes.empty() || seen.empty()) return;
  const auto most = reference.scale ? extreme(*reference.scale, seen, book) : std::nullopt;
  const std::vector<ProductId> found = by_description(reference.words, seen, book);
  const bool focused = memory.focus && std::find(found.begin(), found.end(), *memory.focus) != found.end();
  pointed.products.clear();
  if (most) pointed.products = {*most};
  else if (found.size() == 1) pointed.products = found;
  else if (seen.size() == 1) pointed.products = {seen.front().product};
  else if (focused) pointed.products = {*memory.focus};
  else if (!found.empty()) pointed.unclear = found;
  else for (const Shown& shown : seen) pointed.unclear.push_back(shown.product);
}

// Of the products, the one that was last shown by itself: it was asked about, or chosen.
std::optional<ProductId> singled_out(const std::vector<Shown>& members, const Memory& memory) {
  for (auto member = members.rbegin(); member != members.rend(); ++member) {
    if (list_of_turn(memory, member->turn).size() == 1) return member->product;
  }
  return std::nullopt;
}

// "the tv" of "for television: ...": the one that was named for its group.
std::optional<ProductId> pick_of(const std::vector<Shown>& members) {
  const auto named = [](const Shown& shown) { return !shown.group.empty() && shown.group_number == 1; };
  if (std::count_if(members.begin(), members.end(), named) != 1) return std::nullopt;
  return std::find_if(members.begin(), members.end(), named)->product;
}

// Whether the product is of another kind by its record, but was found among those of the kind: of printers, a "LaserJet Pro".
bool goes_for(const ProductId& id, const std::vector<Shown>& members, const Memory& memory) {
  const auto is_it = [&](const Shown& shown) { return shown.product == id; };
  if (std::any_of(members.begin(), members.end(), is_it)) return false;
  return std::any_of(memory.shown.begin(), memory.shown.end(), [&](const Shown& shown) {
    const auto beside = [&](const Shown& member) { return member.turn == shown.turn && member.group == shown.group; };
    return is_it(shown) && std::any_of(members.begin(), members.end(), beside);
  });
}

// The product that was last shown by itself, of the members and of those that go for one.
std::optional<ProductId> last_alone(const std::vector<Shown>& members, const Memory& memory) {
  for (auto shown = memory.shown.rbegin(); shown != memory.shown.rend(); ++shown) {
    const bool member = std::any_of(members.begin(), members.end(), [&](const Shown& one) { return one.product == shown->product; });
    if ((member || goes_for(shown->product, members, memory)) && list_of_turn(memory, shown->turn).size() == 1) return shown->product;
  }
  return std::nullopt;
}

// "the tv": the television that was shown last, even where another thing is in focus since. Several in one list are told apart by the
// other words, by being in focus, or not at all.
bool of_kind(const Reference& reference, const Memory& memory, CardBook& book, Pointed& pointed) {
  const std::vector<Shown> all = members_of(memory.shown, reference.groups, book);
  const std::vector<Shown> alike = alike_of(memory.shown, reference.groups, book);
  if (const auto last = reference.of_group ? last_alone(alike, memory) : std::nullopt; last && goes_for(*last, alike, memory)) {
    pointed.products = {*last};
    return true;
  }
  if (!all.empty()) {
    const std::vector<Shown> members = members_of(list_of_turn(memory, all.back().turn), reference.groups, book);
    std::vector<std::string> words = reference.words;  // but the word for the kind, which tells none of them apart
    std::erase_if(words, [&](const std::string& word) { return std::any_of(reference.groups.begin(), reference.groups.end(), [&](const std::string& group) { return same_kind(group, word); }); });
    const auto found = by_description(words, members, book);
    const auto focused = [&](const ProductId& id) { return memory.focus && id == *memory.focus; };
    const auto alone = singled_out(all, memory);
    const bool among = alone && std::any_of(members.begin(), members.end(), [&](const Shown& member) { return member.product == *alone; });
    if (found.size() == 1) pointed.products = found;
    else if (members.size() == 1) pointed.products = {members.front().product};
    else if (std::any_of(found.begin(), found.end(), focused)) pointed.products = {*memory.focus};
    else if (among) pointed.products = {*alone};
    else if (const auto pick = pick_of(members); pick && (found.empty() || found.size() == members.size())) pointed.products = {*pick};
    else if (!found.empty() && found.size() < members.size()) pointed.unclear = found;
    else for (const Shown& member : members) pointed.unclear.push_back(member.product);
    return true;
  }
  return false;
}

// "the one for 219.95", "the 25 dollar one": what alone of all that was shown costs so much.
std::optional<ProductId> only_at_price(const Heard& heard, const Memory& memory, CardBook& book) {
  for (const NumberPhrase& number : heard.numbers) {
    const bool amount = number.low.unit.dimension == Dimension::kNone && number.attributes.empty() && !number.bounded && !number.around && !number.negated;
    std::vector<ProductId> exact, near;
    for (const Shown& shown : amount ? memory.shown : std::vector<Shown>{}) {
      const ProductCard* card = book.card(shown.product);
      if (!card) continue;
      const std::int64_t major = std::llround(std::pow(10, card->price_from.currency.digits()));  // in minor units
      const std::int64_t off = std::llabs(card->price_from.minor - std::llround(number.low.value * static_cast<double>(major)));
      auto& found = off == 0 ? exact : near;
      const bool meant = off == 0 || (number.points && off < major);
      if (meant && std::find(found.begin(), found.end(), card->id) == found.end()) found.push_back(card->id);
    }
    if (exact.size() == 1) return exact.front();
    if (exact.empty() && near.size() == 1) return near.front();
  }
  return std::nullopt;
}

// "the Acme one": of all that was shown, what alone is of the brand that is named; of several, what alone was shown last.
std::optional<ProductId> only_of_brand(const Heard& heard, const Memory& memory, CardBook& book) {
  std::vector<Shown> found;
  for (const Known& known : heard.known) {
    const Mention* brand = known.negated ? nullptr : known.reading(Mention::What::kBrand);
    if (!brand || &known.readings.front() != brand) continue;
    for (const Shown& shown : memory.shown) {
      const ProductCard* card = book.card(shown.product);
      const bool other = card && !heard.reference.groups.empty() && described_by(*card, words_of_kind(heard.reference.group, heard.reference.groups)) == 0;
      if (card && !other && text::fold(card->brand) == text::fold(brand->value)) found.push_back(shown);
    }
  }
  const auto alone = [&](int since) -> std::optional<ProductId> {
    std::optional<ProductId> one;
    for (const Shown& shown : found) {
      if (shown.turn < since || shown.product == one) continue;
      if (one) return std::nullopt;
      one = shown.product;
    }
    return one;
  };
  if (found.empty()) return std::nullopt;
  const auto ever = alone(0);
  return ever ? ever : alone(found.back().turn);
}

}  // namespace

bool CardBook::read_more() {
  if (unread_ == std::string::npos) unread_ = conversation_.messages.size();
  while (unread_ > 0 && pages_.size() < kPagesRemembered) {
    const Message& message = conversation_.messages[--unread_];
    if (message.turn == conversation_.turn) first_of_turn_ = unread_;
    else if (read(message)) return true;
  }
  for (first_of_turn_ = std::min(first_of_turn_, conversation_.messages.size()); first_of_turn_ < conversation_.messages.size();) {
    if (read(conversation_.messages[first_of_turn_++])) return true;
  }
  return false;
}

bool CardBook::read(const Message& message) {
  if (message.role != Role::kTool || message.result.outcome != ToolOutcome::kOk || message.result.content.find("\"outcome\":") == std::string::npos) return false;
  auto page = page_in(message.result.content);
  if (!page) return false;
  pages_.push_back(std::move(page));
  return true;
}

const ProductCard* CardBook::card(const ProductId& id) {
  std::size_t looked = 0;
  do {
    for (; looked < pages_.size(); ++looked) {
      for (const ProductCard& card : pages_[looked]->products) {
        if (card.id == id) return &card;
      }
    }
  } while (read_more());
  return nullptr;
}

const SearchPage* CardBook::page_before() {
  for (std::size_t i = conversation_.messages.size(); i > 0; --i) {
    const Message& message = conversation_.messages[i - 1];
    if (message.turn == conversation_.turn || !read(message)) continue;
    return pages_.back().get();
  }
  return nullptr;
}

std::vector<Shown> latest_list(const Memory& memory) {
  if (memory.shown.empty()) return {};
  return list_of_turn(memory, memory.shown.back().turn);
}

std::vector<Shown> last_choice(const Memory& memory) {
  std::vector<Shown> list;
  for (auto shown = memory.shown.rbegin(); shown != memory.shown.rend(); ++shown) {
    if (!list.empty() && list.back().turn != shown->turn) {
      if (list.size() > 1) break;
      list.clear();
    }
    list.push_back(*shown);
  }
  std::reverse(list.begin(), list.end());
  return list;
}

std::vector<ProductId> looked_at(const Memory& memory, std::size_t most) {
  std::vector<ProductId> products;
  for (auto shown = memory.shown.rbegin(); shown != memory.shown.rend() && products.size() < most; ++shown) {
    const bool alone = list_of_turn(memory, shown->turn).size() == 1;
    if (alone && std::find(products.begin(), products.end(), shown->product) == products.end()) products.push_back(shown->product);
  }
  std::reverse(products.begin(), products.end());
  return products;
}

std::string title_of(const ProductId& id, const Memory& memory) {
  for (auto shown = memory.shown.rbegin(); shown != memory.shown.rend(); ++shown) {
    if (shown->product == id) return shown->title;
  }
  return {};
}

std::size_t described_by(const ProductCard& card, const std::vector<std::string>& words) {
  const auto known = words_of(card);
  std::size_t count = 0;
  for (const std::string& word : words) count += known.count(text::stem(word));
  return count;
}

std::vector<std::string> words_of_kind(std::string_view noun, const std::vector<std::string>& kinds) {
  std::vector<std::string> words = {text::fold(noun)};
  for (const std::string& kind : kinds) {
    for (const text::Word& word : text::words(kind)) words.push_back(word.folded);
  }
  return words;
}

std::optional<double> value_on(const Scale& scale, const ProductCard& card) {
  for (const std::string& name : scale.attributes) {
    if (name == "price") return double(card.price_from.minor);
    for (const Attribute& attribute : card.attributes) {
      const Measure* measure = std::get_if<Measure>(&attribute.value);
      if (measure && text::spaced(attribute.name).find(name) != std::string::npos) return measure->canonical();
    }
  }
  return std::nullopt;
}

Pointed point_out(const Heard& heard, const Memory& memory, CardBook& book) {
  Pointed pointed;
  const Reference& reference = heard.reference;
  std::vector<Shown> list = group_of(latest_list(memory), reference.groups, book);
  if (!reference.ordinals.empty() || reference.first_n > 0) {
    pointed.unseen = reference.of_group && !was_shown(reference.groups, memory, book);
    if (pointed.unseen) return pointed;
    by_number(reference, group_of(list_with(reference, memory, book), reference.groups, book), pointed);
    if (!pointed.products.empty() || pointed.out_of_list) return pointed;
  }
  if (const auto priced = only_at_price(heard, memory, book)) {
    pointed.products = {*priced};
    return pointed;
  }
  if (!reference.named.empty()) {
    by_name(heard, memory, book, pointed);
    return pointed;
  }
  if (const auto of_brand = only_of_brand(heard, memory, book); of_brand && !reference.pronoun && !reference.all && !reference.scale) {
    pointed.products = {*of_brand};
    return pointed;
  }
  if (reference.scale) {
    if (list.size() < 2) list = last_choice(memory);  // "the cheapest", with one of them looked at since
    if (const auto found = extreme(*reference.scale, described_in(reference.words, list, book), book)) pointed.products.push_back(*found);
    if (!pointed.products.empty()) return pointed;
  }
  if (reference.all && heard.question && list.size() < 2 && !heard.has(Act::kAdd)) list = last_choice(memory);  // "do any of them have it?"
  if (reference.all && !heard.quantity && list.size() > 1) {
    const bool grouped = std::any_of(list.begin(), list.end(), [](const Shown& shown) { return !shown.group.empty(); });
    for (const Shown& shown : list) {
      if (!grouped || shown.group_number == 1) pointed.products.push_back(shown.product);  // of two groups, "both" are the picks
    }
    return pointed;
  }
  if (!reference.group.empty() && of_kind(reference, memory, book, pointed)) return pointed;
  if (reference.of_group && !reference.pronoun && !was_shown(reference.groups, memory, book)) {
    pointed.unseen = !describe(heard, memory, book, pointed);
    const std::vector<std::string> names = words_of_kind(reference.group, reference.groups);  // "the printer": what is no printer at all was not meant
    const auto other = [&](const ProductId& id) { const ProductCard* card = book.card(id); return card && described_by(*card, names) == 0; };
    pointed.unseen = pointed.unseen || (!pointed.products.empty() && std::all_of(pointed.products.begin(), pointed.products.end(), other));
    if (pointed.unseen) pointed.products.clear();
    return pointed;
  }
  if (!reference.words.empty() && describe(heard, memory, book, pointed)) {
    if (pointed.products.empty() && reference.pronoun && memory.focus &&
        std::find(pointed.unclear.begin(), pointed.unclear.end(), *memory.focus) != pointed.unclear.end()) {
      pointed.products = {*memory.focus};
      pointed.unclear.clear();
    }
    return pointed;
  }
  const bool other = !reference.pronoun && !telling_numbers(heard).empty() && heard.has(Act::kAdd) && !heard.question;  // "add the 65 inch": none that was shown
  if (memory.focus && !other) pointed.products = {*memory.focus};
  return pointed;
}

}  // namespace floorwalker::guided
