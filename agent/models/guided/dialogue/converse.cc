#include <algorithm>
#include <utility>

#include "agent/core/guardrails/personal.h"
#include "agent/models/guided/dialogue/describe.h"
#include "agent/models/guided/dialogue/handlers.h"
#include "agent/models/guided/dialogue/stated.h"

// Decides what an utterance asks for and who answers it.
namespace floorwalker::guided {

namespace {

constexpr std::size_t kMostClauses = 4;
constexpr std::size_t kBriefTalk = 2;  // words

bool any_of(const Heard& heard, std::initializer_list<Act> acts) {
  return std::any_of(acts.begin(), acts.end(), [&](Act act) { return heard.has(act); });
}

bool wants_content(const Heard& heard) {
  return std::any_of(heard.wanted.begin(), heard.wanted.end(), [](const Wanted& wanted) {
    return !wanted.kinds.empty() || !wanted.constraints.empty() || !wanted.wishes.empty() || !wanted.uses.empty() || !wanted.leanings.empty() || !wanted.figures.empty();
  });
}

// Acts that do something else than look for products: a clause with one of them stands alone.
bool stands_alone(const Heard& heard) {
  const bool changes = heard.has(Act::kChange) && (!heard.options.empty() || heard.reference.points());  // "I'd rather not have Acme" changes no line
  return changes || any_of(heard, {Act::kAdd, Act::kRemove, Act::kSkip, Act::kQuantity, Act::kViewCart, Act::kClearCart, Act::kCheckout, Act::kDiscount,
                        Act::kCompare, Act::kDetails, Act::kCompatible, Act::kOrder, Act::kHandOff, Act::kAddons, Act::kNoAddons, Act::kAdvise}) ||
         (heard.question && (!heard.topic.empty() || !heard.asked.empty() || any_of(heard, {Act::kAttribute, Act::kStock, Act::kPrice})));
}

bool names_thing(const Heard& heard) {
  return std::any_of(heard.wanted.begin(), heard.wanted.end(), [](const Wanted& wanted) { return !wanted.kinds.empty() || !wanted.constraints.empty() || !wanted.uses.empty(); });
}

bool only_talk(const Heard& heard) {
  const bool brief = heard.words.size() <= kBriefTalk && !heard.question && !names_thing(heard);  // "good evening", "never mind"
  if (brief && any_of(heard, {Act::kGreet, Act::kThanks, Act::kYes, Act::kNo}) && !stands_alone(heard)) return true;
  return any_of(heard, {Act::kGreet, Act::kThanks, Act::kBye, Act::kYes, Act::kNo}) && !stands_alone(heard) && !wants_content(heard) && heard.words.size() <= 4;
}

// What the shopper says of themselves is kept for every later choice.
void remember_self(Talk& talk, const Heard& heard) {
  for (const OptionSaid& said : heard.options) {
    if (!said.of_self || said.option.empty()) continue;
    talk.memory.said_options[text::fold(said.option)] = said.value;
    talk.memory.said_turn[text::fold(said.option)] = talk.conversation.turn;
  }
}

bool says_one_of(const Heard& heard, const std::unordered_set<std::string>& set) {
  return std::any_of(heard.words.begin(), heard.words.end(), [&](const text::Word& word) { return set.count(word.folded) > 0; });
}

constexpr std::size_t kCardDigits = 13;

// A payment card's number: so many digits with nothing but blanks and dashes between them, or what stands for one where it was redacted.
bool tells_card_number(std::string_view text) {
  if (!guardrails::personal_in(text, "card").empty()) return true;
  std::size_t digits = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9') ++digits;
    else if (c != ' ' && c != '-') digits = 0;
    if (digits >= kCardDigits) return true;
  }
  return false;
}

bool service(Talk& talk, const Heard& heard) {
  if (tells_card_number(heard.text)) return talk.say("card.never", {}), true;
  if (heard.has(Act::kHandOff)) return hand_off(talk, heard), true;
  if (heard.has(Act::kComplaint)) return complaint(talk, heard), true;
  if (heard.has(Act::kOrder) && says_one_of(heard, talk.guide.lexicon.cancelling)) {
    talk.say("order.cancel", {});
    talk.state.pending = Pending::kHandOff;
    talk.ask("hand_off:order");
    return true;
  }
  if (heard.has(Act::kOrder) && !heard.has(Act::kAdd)) return order(talk, heard), true;
  if (heard.has(Act::kOutOfScope)) {
    talk.say("out_of_scope", {});
    talk.presentation.refused = true;
    return true;
  }
  return false;
}

// What was to go into the cart and still waits for a size is not forgotten.
void remind_of_choice(Talk& talk) {
  if (talk.waiting() || talk.state.pending != Pending::kChooseOption || talk.state.adds.empty()) return;
  const std::string title = title_of(talk.state.adds.front().product, talk.memory);
  if (!title.empty()) talk.say("option.waiting", {{"title", short_title(title)}, {"option", text::fold(talk.state.option)}});
}

// "we'd like to pay", with nothing in the cart yet but a thing that waits for its colour.
void ask_again(Talk& talk) {
  const std::vector<PendingAdd> waiting = std::move(talk.state.adds);
  talk.state.adds.clear();
  talk.state.pending = Pending::kNone;
  add_waiting(talk, waiting);
}

// Whether the talk has gone on to another product since the last change of the cart: "add three of them" is then about that.
bool looks_elsewhere(const Talk& talk) {
  return talk.memory.focus && !talk.state.added.empty() && talk.state.added != talk.memory.focus->str();
}

bool cart(Talk& talk, const Heard& heard) {
  if (heard.has(Act::kDiscount)) return discount(talk, heard), true;
  if (heard.has(Act::kClearCart)) return clear_cart(talk), true;
  if (heard.has(Act::kRemove)) return remove_line(talk, heard), true;
  if (heard.has(Act::kCompare) && !says_one_of(heard, talk.guide.lexicon.adding)) return false;   // "compare all nine of them"
  if (heard.has(Act::kSkip) && !heard.has(Act::kRetract) && !heard.question) return leave_out(talk, heard), true;
  const bool in_cart = talk.memory.last_line.has_value();
  const bool of_line = in_cart && (heard.reference.words.empty() || !heard.names_kind());
  const bool adds = heard.has(Act::kAdd) && says_one_of(heard, talk.guide.lexicon.adding);
  const bool other = !heard.reference.ordinals.empty() || !heard.reference.named.empty() || !heard.options.empty() || heard.names_kind();
  const bool more = other || looks_elsewhere(talk) || says_one_of(heard, talk.guide.lexicon.increasing);
  const bool sets = says_one_of(heard, talk.guide.lexicon.keeping) || (!heard.has(Act::kAdd) && heard.words.size() > kBriefTalk);
  const bool limits = sets && !talk.conversation.cart.empty();  // "make it one Acme", after another line went
  if (heard.has(Act::kQuantity) && heard.quantity && (in_cart || limits) && !(adds && more)) return change_quantity(talk, heard), true;
  if (heard.has(Act::kChange) && !heard.options.empty() && !talk.conversation.cart.empty()) return change_line(talk, heard), true;
  const bool unbought = !in_cart && talk.memory.focus && !heard.options.empty() && !heard.question && !heard.names_kind();
  if (heard.has(Act::kChange) && unbought && !heard.has(Act::kAdd) && offer_variant(talk, *talk.memory.focus, heard)) return true;
  if (heard.has(Act::kAdd) && heard.has(Act::kAddons) && !heard.names_kind()) return suggest_along(talk, heard), true;
  if (heard.has(Act::kAdd)) return add(talk, heard), true;
  const bool limits_kind = heard.names_kind() && says_one_of(heard, talk.guide.lexicon.keeping);  // "5 headphones only"
  if (heard.has(Act::kQuantity) && heard.quantity && talk.memory.focus && !limits_kind) return add(talk, heard), true;
  const bool bare_option = !heard.options.empty() && !heard.question && !heard.names_kind() && !heard.has(Act::kFind);
  if (bare_option && of_line && says_one_of(heard, talk.guide.lexicon.besides)) return add(talk, heard), true;
  const bool one_more = in_cart && !heard.question && !heard.has(Act::kFind) && !heard.options.empty() && says_one_of(heard, talk.guide.lexicon.besides);
  if (one_more && heard.reference.of_group && !heard.reference.ordinals.empty()) return add(talk, heard), true;
  if (bare_option && of_line && heard.words.size() <= 8) return change_line(talk, heard), true;
  if (heard.has(Act::kCheckout) && talk.state.pending == Pending::kChooseOption && talk.conversation.cart.empty()) return ask_again(talk), true;
  if (heard.has(Act::kCheckout) || heard.has(Act::kViewCart)) {
    if (heard.has(Act::kCheckout)) checkout(talk, false);
    else view_cart(talk);
    return remind_of_choice(talk), true;
  }
  if (heard.has(Act::kNoAddons)) {
    talk.memory.declined.push_back("upsell");
    talk.say("addons.stopped", {});
    return true;
  }
  return false;
}

bool about_shop(Talk& talk, const Heard& heard) {
  const bool pointing = heard.reference.points() || talk.memory.focus;
  const bool of_these = heard.reference.all && !talk.memory.shown.empty();  // "which of these is the lightest?"
  const bool among_shown = heard.reference.scale && last_choice(talk.memory).size() > 1 && !heard.has(Act::kSuperlative) && !heard.names_kind();
  if (!heard.extreme.empty() && !of_these && !among_shown && !heard.has(Act::kCompare)) {
    return superlative(talk, heard), true;
  }
  const bool of_it = heard.reference.pronoun && (!heard.asked.empty() || unit_asked(heard, talk.guide.lexicon)) && talk.memory.focus;
  const bool of_one = of_it || !heard.reference.ordinals.empty() || !heard.reference.named.empty();  // "how many pages does the first one print?"
  if (heard.has(Act::kCount) && !of_one) return count(talk, heard), true;
  const bool bounded = !heard.wanted.empty() && !heard.wanted.front().constraints.empty();
  if (heard.has(Act::kOverview) && !bounded) return overview(talk, heard), true;
  const bool fact = pointing && (!heard.asked.empty() && heard.topic.empty());
  if (!heard.topic.empty() && !fact && !(heard.has(Act::kCompatible) && heard.reference.points())) return policy(talk, heard), true;
  return false;
}

// Whether the names of products are what the sentence is about, not words within a longer request.
bool names_fill(const Talk& talk, const Heard& heard) {
  std::size_t content = 0, named = 0;
  for (std::size_t i = 0; i < heard.words.size(); ++i) {
    const std::string& word = heard.words[i].folded;
    const bool in_name = std::any_of(heard.known.begin(), heard.known.end(), [&](const Known& known) { return known.span.covers(i) && known.reading(Mention::What::kProduct); });
    named += in_name;
    content += in_name || !(talk.guide.lexicon.fillers.count(word) || talk.guide.lexicon.modifiers.count(word) || talk.guide.lexicon.openers.count(word));
  }
  return named * 2 >= content;
}

// "what do I need to connect the monitor?": the monitor that was bought or shown, else what the talk is about.
ProductId thing_meant(Talk& talk, const Heard& heard) {
  CardBook book(talk.conversation);
  const Pointed pointed = point_out(heard, talk.memory, book);
  if (!pointed.products.empty()) return pointed.products.front();
  if (pointed.unclear.empty() || talk.conversation.cart.empty()) return *talk.memory.focus;
  const auto view = talk.calls.view_cart();
  for (const CartLine& line : view ? view->cart.lines : std::vector<CartLine>{}) {
    if (std::find(pointed.unclear.begin(), pointed.unclear.end(), line.product) != pointed.unclear.end()) return line.product;
  }
  return *talk.memory.focus;
}

// "with the Acme one", after a comparison: another one to compare with.
bool goes_on_comparing(const Talk& talk, const Heard& heard) {
  const Lexicon& lexicon = talk.guide.lexicon;
  const auto first = std::find_if(heard.words.begin(), heard.words.end(), [&](const text::Word& word) { return lexicon.versus.count(word.folded) || !lexicon.fillers.count(word.folded); });
  if (first == heard.words.end() || !lexicon.versus.count(first->folded)) return false;
  const bool compared = std::any_of(talk.conversation.messages.begin(), talk.conversation.messages.end(), [&](const Message& message) {
    return message.turn + 1 == talk.conversation.turn && std::any_of(message.calls.begin(), message.calls.end(), [](const ToolCall& call) { return call.name == "compare_products"; });
  });
  CardBook book(talk.conversation);
  return compared && point_out(heard, talk.memory, book).products.size() == 1;
}

bool about_products(Talk& talk, const Heard& heard) {
  const bool passing = !heard.reference.named.empty() && !heard.has(Act::kCompatible) && !names_fill(talk, heard);  // a name within a long request
  if (!passing && find_fitting(talk, heard)) return true;
  if (tell_measure(talk, heard)) return true;
  const bool wish = !heard.question && !heard.reference.points() && heard.numbers.empty() && (talk.need() || heard.names_kind());  // "small enough for a pocket"
  if (heard.has(Act::kCompatible) && !wish) return check_fit(talk, heard), true;
  if ((!heard.has(Act::kSuperlative) || heard.reference.all) && !heard.has(Act::kFind) && answer_extreme(talk, heard)) return true;
  if (heard.has(Act::kCompare) || goes_on_comparing(talk, heard)) return compare(talk, heard), true;
  if (heard.has(Act::kAdvise)) return advise(talk, heard), true;
  if (heard.acts.size() <= 1 && heard.scales.empty() && !heard.has(Act::kFind) && answer_which_has(talk, heard)) return true;
  const bool restates = heard.names_kind() && !heard.wanted.front().constraints.empty() && !heard.reference.points();  // "why keyboards, headphones up to 150"
  if (heard.has(Act::kWhy) && talk.memory.focus && !restates) return explain(talk, heard), true;
  if (heard.has(Act::kAddons) && talk.memory.focus) {
    remember_uses(talk, heard);  // "do I need anything to put it on the wall?"
    const ProductId meant = thing_meant(talk, heard);
    if (!talk.waiting()) offer_addons(talk, meant, true);
    return true;
  }
  if (!talk.memory.focus && !heard.reference.points()) return false;
  if (heard.question && heard.reference.pronoun && unit_asked(heard, talk.guide.lexicon)) return answer_about(talk, heard), true;  // "gigabytes" is no brand there
  CardBook book(talk.conversation);
  const bool shown = heard.reference.of_group && heard.question && !point_out(heard, talk.memory, book).products.empty();
  const bool new_kind = heard.names_kind() && !heard.reference.points() && !shown;
  if (new_kind && heard.question && !heard.has(Act::kFind) && answer_if_known(talk, heard, *talk.memory.focus)) return true;
  if (any_of(heard, {Act::kDetails, Act::kStock, Act::kPrice}) && !new_kind) return answer_about(talk, heard), true;
  if (!heard.asked.empty() && heard.question && !new_kind) return answer_about(talk, heard), true;
  const bool fact = heard.has(Act::kAttribute) && heard.question && !new_kind && heard.scales.empty();
  if (fact) return answer_about(talk, heard), true;
  const bool compared = heard.reference.scale && latest_list(talk.memory).size() > 1;  // "is the cheaper one good for streaming?"
  const bool points = !heard.reference.ordinals.empty() || heard.reference.pronoun;     // "does the first one take SD cards?"
  if (heard.question && (compared || (points && heard.scales.empty())) && !heard.has(Act::kFind) && !heard.has(Act::kSuperlative)) return answer_about(talk, heard), true;
  return false;
}

// "more dresses": makes the need for them the current one; false if there is none.
bool turn_to_need(Talk& talk, const Heard& heard) {
  auto& needs = talk.memory.needs;
  for (std::size_t i = needs.size(); i > 0; --i) {
    const auto& kinds = heard.wanted.front().kinds;
    if (std::find(kinds.begin(), kinds.end(), needs[i - 1].kind) == kinds.end()) continue;
    std::rotate(needs.begin() + std::ptrdiff_t(i - 1), needs.begin() + std::ptrdiff_t(i), needs.end());
    talk.state.active = 1;
    talk.state.offset = 0;
    return true;
  }
  return false;
}

bool finding(Talk& talk, const Heard& heard) {
  if (heard.has(Act::kRetract) && talk.need()) return forget(talk, heard), true;
  const auto bounds_scale = [&](const NumberPhrase& number) {  // "cheaper than 300"; not "cheaper, still 27 inches"
    const bool priced = !heard.scales.empty() && heard.scales.front()->attributes.front() == "price";
    return !priced || number.money || number.low.unit.dimension == Dimension::kNone;
  };
  const bool again = heard.names_kind() && heard.wanted.size() == 1 && heard.wanted.front().constraints.empty() && heard.scales.empty();
  if (again && (heard.has(Act::kMore) || heard.has(Act::kOther)) && turn_to_need(talk, heard)) return show_more(talk, heard.has(Act::kOther)), true;
  if (heard.has(Act::kMore) && !heard.names_kind() && heard.scales.empty()) return show_more(talk, false), true;
  if (heard.has(Act::kOther) && !heard.names_kind() && heard.scales.empty()) return show_more(talk, true), true;
  const bool same_kind = !heard.names_kind() || (talk.need() && heard.wanted.front().kinds.front() == talk.kind());
  const bool of_those = heard.reference.scale && heard.reference.all && latest_list(talk.memory).size() > 1;  // "the cheaper of those two"
  if (!heard.scales.empty() && talk.need() && same_kind && !of_those && std::none_of(heard.numbers.begin(), heard.numbers.end(), bounds_scale)) return follow_scale(talk, heard), true;
  if (heard.has(Act::kSurprise) && !heard.names_kind()) return surprise(talk, heard), true;
  return false;
}

// Whether a question about a product named asks for more than the product: "can I put more ram in my Ledger 14?"
bool asks_more(const Talk& talk, const Heard& heard) {
  const Lexicon& lexicon = talk.guide.lexicon;
  for (std::size_t i = 0; i < heard.words.size(); ++i) {
    const std::string& word = heard.words[i].folded;
    const bool in_name = std::any_of(heard.known.begin(), heard.known.end(), [&](const Known& known) { return known.span.covers(i) && known.reading(Mention::What::kProduct); });
    if (!in_name && !lexicon.fillers.count(word) && !lexicon.modifiers.count(word) && !lexicon.own.count(word) && !lexicon.the.count(word) &&
        !lexicon.question_words.count(word)) {
      return true;
    }
  }
  return false;
}

// "the black one": chosen from the list, not yet to be bought.
bool picking(Talk& talk, const Heard& heard) {
  const Reference& reference = heard.reference;
  if (talk.memory.shown.empty() && reference.named.empty()) return false;
  const bool named = !reference.named.empty() && names_fill(talk, heard);
  const bool points = !reference.ordinals.empty() || reference.scale || named;
  bool the_one = false;
  for (std::size_t i = 0; i + 1 < heard.words.size(); ++i) {
    for (std::size_t j = i + 1; j < heard.words.size() && j <= i + 4; ++j) {
      the_one = the_one || (talk.guide.lexicon.the.count(heard.words[i].folded) && talk.guide.lexicon.pronouns.count(heard.words[j].folded) > 0);
    }
  }
  if (!points && !the_one) return false;
  if (heard.names_kind() && reference.ordinals.empty() && !named) return false;
  CardBook book(talk.conversation);
  const Pointed pointed = point_out(heard, talk.memory, book);
  const bool of_one = !heard.question && !heard.options.empty() && pointed.products.size() == 1;
  if (of_one && (offer_variant(talk, pointed.products.front(), heard) || say_unoffered(talk, pointed.products.front(), heard))) return true;
  Heard details = heard;
  if (!(heard.question && named && asks_more(talk, heard))) {
    details.acts.push_back(Act::kDetails);
    details.asked.clear();
  }
  answer_about(talk, details);
  return true;
}

bool social(Talk& talk, const Heard& heard) {
  static constexpr std::pair<Act, const char*> kReplies[] = {
      {Act::kIdentity, "identity"}, {Act::kHelp, "help"}, {Act::kSmallTalk, "small_talk"},
      {Act::kThanks, "thanks"},     {Act::kBye, "bye"},   {Act::kGreet, "greet"}};
  for (const auto& [act, key] : kReplies) {
    if (!heard.has(act)) continue;
    talk.say(key, {{"shop", talk.guide.playbook.brand.name}, {"disclosure", talk.guide.playbook.brand.disclosure}});
    return true;
  }
  return false;
}

// "network cable, blue, 5 of them": things that were not shown yet, and how many of them are wanted.
bool requests_many(const Talk& talk, const Heard& heard) {
  const Reference& reference = heard.reference;
  if (!heard.quantity || !heard.names_kind() || !reference.all || says_one_of(heard, talk.guide.lexicon.adding)) return false;
  if (!reference.ordinals.empty() || !reference.named.empty() || reference.of_group || reference.scale) return false;
  const auto count = [&](const text::Word& word) { return word.folded == std::to_string(*heard.quantity) || talk.guide.lexicon.number(word.folded) == *heard.quantity; };
  const auto number = std::find_if(heard.words.begin(), heard.words.end(), count);
  return std::any_of(heard.known.begin(), heard.known.end(), [&](const Known& known) {
    const bool thing = known.reading(Mention::What::kKind) || known.reading(Mention::What::kCategory);
    return thing && known.span.last <= std::size_t(number - heard.words.begin());
  });
}

// `first`: of the turn. What a part of the turn has asked is not answered by the next part.
void answer(Talk& talk, Heard& heard, bool first) {
  remember_self(talk, heard);
  if (service(talk, heard)) return;
  if (tell_currency(talk, heard)) return;
  if (first && answer_pending(talk, heard)) return;
  if (requests_many(talk, heard)) return look_for_many(talk, heard);
  if (cart(talk, heard)) return;
  if (heard.has(Act::kStartOver)) return start_over(talk, heard);
  const bool compares = !heard.scales.empty() && heard.numbers.empty();  // "that's a bit pricey" names no budget
  const bool of_service = heard.question && !heard.topic.empty();
  if (const std::string slot = talk.open_question(); !compares && !of_service && !slot.empty() && slot.find(':') == std::string::npos && !heard.reference.points()) {
    if (!any_of(heard, {Act::kCompare, Act::kMore, Act::kCompatible, Act::kDetails, Act::kOverview, Act::kAdvise}) && answer_question(talk, heard, slot)) return;
  }
  if (about_shop(talk, heard)) return;
  if (about_products(talk, heard)) return;
  if (finding(talk, heard)) return;
  if (picking(talk, heard)) return;
  if ((only_talk(heard) || (heard.has(Act::kIdentity) && !names_thing(heard))) && social(talk, heard)) return;  // "are you a robot?" looks for none
  if (heard.names_kind()) talk.state.quantity = 0;
  if (wants_content(heard)) return look_for(talk, heard);
  if (social(talk, heard)) return;
  if (heard.has(Act::kYes)) return talk.say("yes.nothing", {});
  if (heard.has(Act::kNo) || heard.has(Act::kAny)) return talk.say("no.nothing", {});
  if (!first && !talk.text.empty() && heard.question && talk.memory.focus && !heard.names_kind()) answer_about(talk, heard);
  else talk.unanswered = talk.unanswered || heard.question;
}

// "my laptop only has usb-c": tells of the shopper's life, and asks for nothing.
bool only_tells(const Heard& heard) {
  const bool aside = std::all_of(heard.aside.begin(), heard.aside.end(), [](bool one) { return one; });
  return aside && !heard.question && !stands_alone(heard) && heard.options.empty() && heard.reference.named.empty() && heard.reference.had.empty() &&
         std::all_of(heard.wanted.begin(), heard.wanted.end(), [](const Wanted& wanted) { return wanted.kinds.empty() && wanted.uses.empty() && wanted.words.empty(); });
}

constexpr std::size_t kLongestDetail = 5;  // words

// "ok, in grey please": a word on what is to be taken.
bool brief_detail(const Heard& heard) {
  const bool acts = std::any_of(heard.acts.begin(), heard.acts.end(), [](Act act) { return act != Act::kYes && act != Act::kGreet; });
  return !acts && !heard.question && heard.words.size() <= kLongestDetail && !heard.names_kind() && heard.reference.named.empty() && heard.numbers.empty();
}

// "add it"
bool takes_it(const Heard& heard) {
  return heard.has(Act::kAdd) && !heard.question && heard.reference.pronoun && heard.reference.ordinals.empty() && heard.reference.named.empty() && !heard.names_kind();
}

// "forget the comparison", "why keyboards": a word back on what was shown, with no wish in it.
bool talks_back(const Talk& talk, const Heard& heard) {
  if (stands_alone(heard)) return false;
  return heard.has(Act::kRetract) ? !retracts_wish(talk, heard) : heard.has(Act::kWhy) && !heard.reference.points();
}

// "hang on, you said 219.95 before": tells what the agent said, and wishes nothing.
bool quotes_agent(const Talk& talk, const Heard& heard) {
  const Lexicon& lexicon = talk.guide.lexicon;
  bool quotes = false;
  for (std::size_t i = 1; i < heard.words.size(); ++i) quotes = quotes || (lexicon.saying.count(heard.words[i].folded) && lexicon.addressing.count(heard.words[i - 1].folded));
  return quotes && !heard.question && !heard.names_kind() && !stands_alone(heard);
}

// "no preference on colour", to a question that is open
bool leaves_open(const Talk& talk, const Heard& heard) { return heard.has(Act::kAny) && !heard.has(Act::kFind) && !wants_content(heard) && !talk.open_question().empty(); }

// "and can you show me one?", of what stands before it
bool asks_to_see(const Heard& heard) {
  const bool other = stands_alone(heard) || any_of(heard, {Act::kMore, Act::kOther, Act::kSurprise, Act::kRetract}) || !heard.topic.empty();
  return heard.has(Act::kFind) && !other && !wants_content(heard) && !heard.reference.points() && heard.reference.words.empty() && heard.numbers.empty();
}

// The clauses to answer one after the other: those that look for something are one.
std::vector<std::string> parts_of(const Talk& talk, std::string_view said) {
  const Listener& listener = talk.guide.listener;
  std::vector<std::string> parts;
  std::string told;    // what the shopper tells of their life before they ask
  std::string detail;  // "in grey please", of what they take next
  bool open = false;
  const auto clauses = listener.clauses(said);
  if (clauses.size() == 1) return clauses;
  for (std::size_t i = 0; i < clauses.size(); ++i) {
    const std::string& clause = clauses[i];
    const bool last = i + 1 == clauses.size();
    const Heard heard = listener.hear(clause, talk.kind());
    if (only_talk(heard)) continue;
    const bool word_back = talks_back(talk, heard) || quotes_agent(talk, heard) || leaves_open(talk, heard);
    if (!last && parts.empty() && word_back && !only_talk(listener.hear(clauses[i + 1], talk.kind()))) continue;
    if (only_tells(heard) && !last) {
      told += clause;
      continue;
    }
    if (parts.empty() && !last && brief_detail(heard) && takes_it(listener.hear(clauses[i + 1], talk.kind()))) {
      detail = clause;
      continue;
    }
    if (!parts.empty() && asks_to_see(heard)) continue;
    const bool alone = stands_alone(heard) || leaves_open(talk, heard);
    const bool anew = !told.empty() && listener.hear(told + clause, talk.kind()).names_kind() && !heard.names_kind();  // "my printer is mad, ... a new one"
    if (!alone && open) parts.back() += clause;
    else if (parts.size() < kMostClauses) parts.push_back((anew ? told : detail) + clause);
    told.clear();
    detail.clear();
    open = !alone;
  }
  if (parts.empty()) parts.emplace_back(said);
  return parts;
}

// Whether a kind is named that the product which waits for a choice is not of: "change the mattress to king" goes on about it.
bool names_other_kind(const Talk& talk, const Heard& heard) {
  if (!heard.names_kind() || talk.state.adds.empty()) return heard.names_kind();
  CardBook book(talk.conversation);
  const ProductCard* card = book.card(talk.state.adds.front().product);
  return !card || described_by(*card, {text::fold(heard.wanted.front().noun)}) == 0;
}

// The answer to "which one do you mean?".
bool answer_which(Talk& talk, const Heard& heard) {
  CardBook book(talk.conversation);
  Memory among = talk.memory;
  among.shown.clear();
  int number = 0;
  for (const ProductId& id : talk.state.candidates) {
    Shown shown{id, title_of(id, talk.memory), talk.conversation.turn, ++number, {}, 0};
    among.shown.push_back(shown);
  }
  among.focus.reset();
  const Pointed pointed = point_out(heard, among, book);
  talk.state.pending = Pending::kNone;
  const std::string act = talk.state.act;
  talk.state.act.clear();
  talk.state.candidates.clear();
  if (pointed.products.size() != 1) return false;
  talk.close_question();
  talk.memory.focus = pointed.products.front();
  Heard meant = heard;
  meant.reference = Reference{};
  meant.reference.named = pointed.products;
  meant.acts.push_back(act == "add" ? Act::kAdd : Act::kDetails);
  if (act != "add") return answer_about(talk, meant), true;
  const std::vector<PendingAdd> waiting = std::move(talk.state.adds);  // named beside it
  talk.state.adds.clear();
  add(talk, meant);
  if (!talk.waiting()) add_waiting(talk, waiting);
  return true;
}

// What one part of a message says, another may need: the number and address of an order, the size of what is to be added.
void lend(const Heard& whole, Heard& part) {
  if (part.has(Act::kOrder) || part.has(Act::kComplaint)) {
    if (part.email.empty()) part.email = whole.email;
    if (part.order.empty()) part.order = whole.order;
  }
  if (part.has(Act::kAdd) && part.options.empty() && part.reference.ordinals.size() <= 1) part.options = whole.options;
  const bool it = part.reference.pronoun || part.reference.all;
  if (part.has(Act::kAdd) && it && !part.quantity) part.quantity = whole.quantity;  // "3 pairs of those sandals, add them"
  std::vector<ProductId> named = whole.reference.named;
  named.insert(named.end(), whole.reference.had.begin(), whole.reference.had.end());
  if (it && part.question && part.reference.named.empty() && named.size() == 1) part.reference.named = named;
}

// "yes" or "no" to a thing that was offered. False where the shopper speaks of something else; `other`: of the cart, say.
bool answer_offer(Talk& talk, const Heard& heard, bool other) {
  const bool yes = heard.has(Act::kYes) || (heard.has(Act::kAdd) && heard.reference.words.empty() && heard.reference.ordinals.empty());
  std::vector<PendingAdd> waiting = std::move(talk.state.adds);  // behind the offer: what still waits for a choice
  std::vector<PendingAdd> offered;
  if (talk.open_question() == "offer:several") offered = std::exchange(waiting, {});
  if (!waiting.empty()) offered = {waiting.front()}, waiting.erase(waiting.begin());
  talk.state.adds.clear();
  talk.state.pending = Pending::kNone;
  const std::string slot = talk.open_question();
  if (yes && !offered.empty() && !other) {
    talk.close_question();
    talk.state.option.clear();
    talk.state.adds = std::move(offered);
    continue_add(talk, heard);
    if (!talk.waiting()) add_waiting(talk, waiting);
    return true;
  }
  if (slot == "offer:several" && !heard.reference.ordinals.empty() && !heard.question) {  // "no, just the first one"
    talk.close_question();
    return add(talk, heard), true;
  }
  if (heard.has(Act::kNo) && !stands_alone(heard)) {
    talk.close_question();
    if (slot.starts_with("addon:")) talk.memory.declined.push_back(slot.substr(6));
    talk.say("addons.declined", {});
    return add_waiting(talk, waiting), true;
  }
  talk.state.adds = std::move(waiting);
  if (!talk.state.adds.empty()) talk.state.pending = Pending::kChooseOption;
  return false;
}

}  // namespace

bool answer_pending(Talk& talk, const Heard& heard) {
  const Pending pending = talk.state.pending;
  if (pending == Pending::kNone) return false;
  const bool other = any_of(heard, {Act::kViewCart, Act::kCheckout, Act::kCompare, Act::kRemove, Act::kHandOff, Act::kCompatible, Act::kMore, Act::kOther});
  if (pending == Pending::kEmail && (!heard.email.empty() || heard.text.find_first_of("0123456789") != std::string::npos)) {
    talk.state.pending = Pending::kNone;
    talk.close_question();
    Heard with_order = heard;
    for (const text::Word& word : heard.words) {
      if (with_order.order.empty() && word.folded.find_first_of("0123456789") != std::string::npos && heard.email.find(word.folded) == std::string::npos) {
        with_order.order = heard.text.substr(word.start, word.end - word.start);
      }
    }
    return order(talk, with_order), true;
  }
  if (pending == Pending::kHandOff) {
    talk.state.pending = Pending::kNone;
    if (heard.has(Act::kYes) && !stands_alone(heard)) return hand_off(talk, heard), true;
    return false;
  }
  if (pending == Pending::kAmount) {
    std::vector<PendingAdd> adds = std::move(talk.state.adds);
    talk.state.adds.clear();
    talk.state.pending = Pending::kNone;
    const bool agrees = heard.has(Act::kYes) && adds.size() == 1 && adds.front().quantity > 0;
    const bool names_other = heard.names_kind() || !heard.reference.named.empty() || !heard.reference.ordinals.empty();
    if (adds.size() != 1 || other || names_other || !(heard.quantity || agrees)) return false;
    if (heard.quantity) adds.front().quantity = *heard.quantity;
    talk.close_question();
    talk.state.adds = std::move(adds);
    Heard plain = heard;
    plain.quantity.reset();
    return continue_add(talk, plain), true;
  }
  if (pending == Pending::kChooseOption && talk.state.adds.size() > 1 && answer_several(talk, heard)) return true;
  const bool soon = talk.open_question().starts_with("option:");
  const bool answers = soon ? !heard.has(Act::kNo) : !heard.options.empty() || heard.words.size() <= 2;
  if (pending == Pending::kChooseOption && answers && !other && !names_other_kind(talk, heard) && !heard.has(Act::kFind) && heard.topic.empty()) {
    talk.close_question();
    return continue_add(talk, heard), true;
  }
  if (pending == Pending::kOfferAddon || pending == Pending::kOfferAdd) return answer_offer(talk, heard, other);
  if (pending == Pending::kWhich && !other) return answer_which(talk, heard);
  if (pending == Pending::kChooseOption && !heard.has(Act::kNo)) return false;  // still waits: the thing is to go into the cart
  talk.state.pending = Pending::kNone;
  talk.state.adds.clear();
  return false;
}

// The shopper's answer to "shall I?". True if that was it.
bool answer_confirmation(Talk& talk, std::string_view said) {
  const std::string prefix = "confirm:";
  const ToolCall* made = talk.calls.confirmed();
  const std::string slot = talk.open_question();
  if (!made && !slot.starts_with(prefix)) return false;
  const Heard heard = talk.guide.listener.hear(said, talk.kind());
  if (!made && !heard.has(Act::kYes)) return false;
  talk.close_question();
  talk.state.pending = Pending::kNone;
  talk.state.adds.clear();
  if ((made ? made->name : slot.substr(prefix.size())) == "start_checkout") checkout(talk, true);
  else view_cart(talk);
  return true;
}

// "the Aero 13, put one in my cart": the first part has put it there already.
bool added_before(const Talk& talk, const Heard& heard) {
  const Reference& reference = heard.reference;
  const bool other = heard.names_kind() || !reference.named.empty() || !reference.ordinals.empty() || reference.all || heard.quantity || !heard.options.empty();
  return talk.added && heard.has(Act::kAdd) && !other && reference.words.empty() && !says_one_of(heard, talk.guide.lexicon.besides) && !says_one_of(heard, talk.guide.lexicon.increasing);
}

void converse(Talk& talk, std::string_view said) {
  if (text::words(said).empty()) return talk.say("fallback", {});
  clear_doubt(talk);
  if (talk.waiting() || answer_confirmation(talk, said)) return;
  bool first = true;
  const auto parts = parts_of(talk, said);
  const Heard whole = parts.size() > 1 ? talk.guide.listener.hear(said, talk.kind()) : Heard{};
  for (const std::string& part : parts) {
    Heard heard = talk.guide.listener.hear(part, talk.kind());
    if (parts.size() > 1) lend(whole, heard);
    const bool asked = talk.presentation.asked.value_or(std::string()).starts_with("option:");
    if (asked && heard.has(Act::kAdd) && heard.reference.named.empty() && heard.reference.ordinals.empty() && !heard.names_kind()) continue;  // waits for the answer
    if (!first && added_before(talk, heard)) continue;
    answer(talk, heard, first);
    if (talk.waiting()) return;
    if (talk.state.pending == Pending::kEmail) break;
    first = false;
  }
  say_unpublished(talk);
  if (talk.text.empty()) talk.say("fallback", {});
  else if (talk.unanswered) talk.say("question.open", {});
}

}  // namespace floorwalker::guided
