#include <algorithm>

#include "agent/models/guided/dialogue/choice.h"
#include "agent/models/guided/dialogue/describe.h"
#include "agent/models/guided/dialogue/handlers.h"

// The cart: what is in it, and changes to lines that are there. Every sentence tells what the tool's result says.
namespace floorwalker::guided {

namespace {

std::string line_phrase(const CartLine& line) {
  const std::string options = options_phrase(line.options);
  return std::to_string(line.quantity) + " × " + short_title(line.title) + (options.empty() ? "" : " (" + options + ")");
}

// "remove one": a number of pieces, not "that one".
bool one_of_several(const Heard& heard, const Lexicon& lexicon) {
  for (std::size_t i = 1; i < heard.words.size(); ++i) {
    if (lexicon.number(heard.words[i].folded) == 1 && !lexicon.the.count(heard.words[i - 1].folded)) return heard.reference.words.size() <= 1;
  }
  return false;
}

// "the Acme", of a line that is of another brand.
bool names_another_brand(const Heard& heard, const CartLine& line) {
  ProductCard card;
  card.title = line.title;
  const bool brand = std::any_of(heard.known.begin(), heard.known.end(), [&](const Known& known) {
    return !known.negated && (known.reading(Mention::What::kBrand) || known.reading(Mention::What::kProduct));
  });
  return brand && described_by(card, heard.reference.words) == 0;
}

// "the paper", of a line that holds a printer.
bool names_another(const Heard& heard, const CartLine& line) {
  if (!heard.names_kind() || heard.reference.pronoun || !heard.reference.of_group) return false;
  ProductCard card;
  card.title = line.title;
  return described_by(card, words_of_kind(heard.wanted.front().noun, heard.wanted.front().kinds)) == 0;
}

// The line that the words point at: the last one changed, one by number, or the one that the words describe. Null where it is unclear.
const CartLine* line_meant(const Talk& talk, const Heard& heard, const Cart& cart) {
  if (std::all_of(cart.lines.begin(), cart.lines.end(), [&](const CartLine& line) { return names_another_brand(heard, line); })) return nullptr;
  if (cart.lines.size() == 1 && !names_another(heard, cart.lines.front())) return &cart.lines.front();
  const CartLine* best = nullptr;
  std::size_t best_score = 0;
  bool tie = false;
  for (const CartLine& line : cart.lines) {
    ProductCard card;
    card.title = line.title;
    for (const OptionValue& option : line.options) card.options.push_back({option.name, {option.value}});
    const std::size_t score = described_by(card, heard.reference.words);
    tie = score == best_score && score > 0;
    if (score > best_score) {
      best = &line;
      best_score = score;
      tie = false;
    }
  }
  if (best && !tie) return best;
  if (!best && heard.reference.of_group && !heard.reference.group.empty()) return nullptr;  // "the cable", and none is there
  for (const int ordinal : heard.reference.ordinals) {
    const int index = ordinal < 0 ? int(cart.lines.size()) + ordinal : ordinal - 1;
    if (index >= 0 && index < int(cart.lines.size())) return &cart.lines[std::size_t(index)];
  }
  for (const CartLine& line : cart.lines) {
    if (talk.memory.last_line && line.id == *talk.memory.last_line) return &line;
  }
  return nullptr;
}

// What is to go of "leave the headphones, just the power bank": the words that point at it, and not at what stays.
Heard what_goes(const Heard& heard, const Lexicon& lexicon) {
  Heard going = heard;
  going.reference.words.clear();
  const auto& words = heard.reference.words;
  for (const text::Word& word : heard.words) {
    if (lexicon.keeping.count(word.folded) && !going.reference.words.empty()) break;
    if (std::find(words.begin(), words.end(), word.folded) != words.end()) going.reference.words.push_back(word.folded);
  }
  return going;
}

// The line whose quantity is to be set. Of several that it may be, the one that would change: "one only" of two and one.
const CartLine* line_to_count(const Talk& talk, const Heard& heard, const Cart& cart) {
  const CartLine* meant = line_meant(talk, heard, cart);
  if (meant && meant->quantity != *heard.quantity) return meant;
  const CartLine* other = nullptr;
  for (const CartLine& line : cart.lines) {
    ProductCard card;
    card.title = line.title;
    const bool described = heard.reference.words.empty() || described_by(card, heard.reference.words) > 0;
    if (line.quantity == *heard.quantity || !described) continue;
    if (other) return meant;
    other = &line;
  }
  return other ? other : meant;
}

void which_line(Talk& talk, const Cart& cart) {
  std::vector<std::string> titles;
  for (const CartLine& line : cart.lines) titles.push_back(line_phrase(line));
  talk.say("cart.which", {{"lines", text::join_and(titles, "or")}});
  talk.ask("cart_line");
}

bool empty_cart(Talk& talk, const Cart& cart) {
  if (!cart.lines.empty()) return false;
  talk.say("cart.empty", {});
  return true;
}

void tell_cart(Talk& talk, const Cart& cart) {
  if (empty_cart(talk, cart)) return;
  std::vector<std::string> lines;
  for (const CartLine& line : cart.lines) lines.push_back(line_phrase(line) + " at " + format(line.unit_price));
  talk.cart_told = true;
  talk.say("cart.lines", {{"lines", text::join_and(lines)}, {"total", format(cart.total)}});
  for (const AppliedDiscount& discount : cart.discounts) {
    talk.say("cart.discount", {{"code", discount.code}, {"amount", format(discount.amount)}});
  }
}

// The tool has read the cart again; where it could not, the next turn begins with it.
void say_unknown(Talk& talk, const ErrorAnswer& error) {
  talk.say("failed.unknown", {});
  talk.state.cart_in_doubt = !error.cart;
  if (error.cart) tell_cart(talk, *error.cart);
  else talk.say("failed.unread", {});
}

}  // namespace

void clear_doubt(Talk& talk) {
  if (!talk.state.cart_in_doubt) return;
  const auto view = talk.calls.view_cart();
  if (!view) return;
  talk.state.cart_in_doubt = false;
  talk.say("cart.looked", {});
  tell_cart(talk, view->cart);
}

void say_failure(Talk& talk, const ErrorAnswer& error) {
  if (error.error.kind == ErrorKind::kOutOfStock && error.available) {
    talk.say(*error.available > 0 ? "failed.few_left" : "failed.sold_out", {{"count", std::to_string(*error.available)}});
  } else if (error.error.kind == ErrorKind::kRefused || error.error.kind == ErrorKind::kConflict || error.error.kind == ErrorKind::kOutOfStock) {
    if (error.error.kind == ErrorKind::kRefused) talk.presentation.refused = !talk.added;
    if (error.say.empty()) talk.say("failed.refused", {{"why", error.error.message}});
    else talk.say("failed.said", {{"say", error.say}});
  } else if (error.error.kind == ErrorKind::kNotFound && error.field == "cart") {
    talk.say("cart.expired", {});
  } else if (error.error.kind == ErrorKind::kOutcomeUnknown) {
    say_unknown(talk, error);
  } else {
    talk.say("failed", {});
  }
}

void view_cart(Talk& talk) {
  const auto answer = talk.calls.view_cart();
  if (answer.waiting) return;
  if (!answer) return say_failure(talk, answer.error);
  talk.state.cart_in_doubt = false;
  tell_cart(talk, answer->cart);
}

void remove_line(Talk& talk, const Heard& said) {
  const Heard heard = what_goes(said, talk.guide.lexicon);
  const auto view = talk.calls.view_cart();
  if (view.waiting) return;
  if (!view) return say_failure(talk, view.error);
  if (empty_cart(talk, view->cart)) return;
  const CartLine* line = line_meant(talk, heard, view->cart);
  if (!line) return which_line(talk, view->cart);
  const std::int64_t fewer = heard.quantity.value_or(one_of_several(heard, talk.guide.lexicon) ? 1 : line->quantity);
  if (fewer < line->quantity) {
    const auto left = talk.calls.set_quantity(line->id, line->quantity - fewer);
    if (left.waiting) return;
    if (!left) return say_failure(talk, left.error);
    return talk.say("cart.quantity", {{"line", line_phrase(left->line ? *left->line : *line)}, {"total", format(left->cart.total)}});
  }
  const auto answer = talk.calls.remove(line->id);
  if (answer.waiting) return;
  if (!answer) return say_failure(talk, answer.error);
  talk.say(answer->cart.lines.empty() ? "cart.removed_last" : "cart.removed", {{"line", short_title(line->title)}, {"total", format(answer->cart.total)}});
  talk.memory.last_line.reset();
}

void leave_out(Talk& talk, const Heard& heard) {
  if (talk.conversation.cart.empty()) return talk.say("addons.declined", {});
  const auto view = talk.calls.view_cart();
  if (view.waiting) return;
  const std::vector<std::string> words = what_goes(heard, talk.guide.lexicon).reference.words;
  const bool held = view && std::any_of(view->cart.lines.begin(), view->cart.lines.end(), [&](const CartLine& line) {
    ProductCard card;
    card.title = line.title;
    return described_by(card, words) > 0;
  });
  if (held) return remove_line(talk, heard);
  talk.say("addons.declined", {});
}

void change_quantity(Talk& talk, const Heard& heard) {
  if (!heard.quantity) return;
  const auto view = talk.calls.view_cart();
  if (view.waiting) return;
  if (!view) return say_failure(talk, view.error);
  if (view->cart.lines.empty()) return add(talk, heard);
  const CartLine* line = line_to_count(talk, heard, view->cart);
  if (!line) return which_line(talk, view->cart);
  const auto answer = talk.calls.set_quantity(line->id, *heard.quantity);
  if (answer.waiting) return;
  if (!answer) return say_failure(talk, answer.error);
  if (*heard.quantity == 0) {
    talk.memory.last_line.reset();
    return talk.say(answer->cart.lines.empty() ? "cart.removed_last" : "cart.removed", {{"line", short_title(line->title)}, {"total", format(answer->cart.total)}});
  }
  const CartLine& now = answer->line ? *answer->line : *line;
  talk.memory.last_line = now.id;
  talk.say("cart.quantity", {{"line", line_phrase(now)}, {"total", format(answer->cart.total)}});
  if (answer->available) talk.say("cart.fewer", {{"count", std::to_string(*answer->available)}});
}

void change_line(Talk& talk, const Heard& heard) {
  const auto view = talk.calls.view_cart();
  if (view.waiting) return;
  if (!view) return say_failure(talk, view.error);
  if (view->cart.lines.empty()) return add(talk, heard);
  std::vector<const CartLine*> fitting;
  for (const CartLine& line : view->cart.lines) {
    if (has_option_for(line, heard)) fitting.push_back(&line);
  }
  const CartLine* line = fitting.size() == 1 ? fitting.front() : line_meant(talk, heard, view->cart);
  if (!line) return which_line(talk, view->cart);
  const auto details = talk.calls.product(line->product);
  if (details.waiting) return;
  if (!details) return say_failure(talk, details.error);
  std::map<std::string, std::string> options;
  for (const OptionValue& option : line->options) options[option.name] = option.value;
  const Choice choice = choose(details->product, said_now(heard, talk.guide.lexicon), options);
  if (!choice.refused.empty()) return say_not_offered(talk, details->product, choice);
  if (!choice.variant || choice.variant->id == line->variant) {
    return talk.say("cart.unchanged", {{"line", line_phrase(*line)}});
  }
  const auto answer = talk.calls.change_variant(line->id, choice.variant->id);
  if (answer.waiting) return;
  if (!answer) return say_failure(talk, answer.error);
  if (answer->line) talk.memory.last_line = answer->line->id;
  talk.say("cart.changed", {{"line", answer->line ? line_phrase(*answer->line) : short_title(details->product.title)}, {"before", options_phrase(line->options)},
                            {"total", format(answer->cart.total)}});
}

void clear_cart(Talk& talk) {
  const auto view = talk.calls.view_cart();
  if (view.waiting) return;
  if (!view) return say_failure(talk, view.error);
  if (empty_cart(talk, view->cart)) return;
  for (const CartLine& line : view->cart.lines) {
    const auto answer = talk.calls.remove(line.id);
    if (answer.waiting) return;
    if (!answer) return say_failure(talk, answer.error);
  }
  talk.memory.last_line.reset();
  talk.say("cart.cleared", {});
}

void discount(Talk& talk, const Heard& heard) {
  if (heard.code.empty()) return talk.say("discount.which", {});
  const auto answer = talk.calls.discount(heard.code);
  if (answer.waiting) return;
  if (!answer) {
    if (answer.error.error.kind == ErrorKind::kRefused || answer.error.error.kind == ErrorKind::kNotFound) {
      talk.presentation.refused = true;
      return talk.say("discount.refused", {{"code", heard.code}, {"why", answer.error.error.message}});
    }
    return say_failure(talk, answer.error);
  }
  for (const AppliedDiscount& applied : answer->cart.discounts) {
    if (text::fold(applied.code) != text::fold(heard.code)) continue;
    talk.say("discount.applied", {{"code", applied.code}, {"amount", format(applied.amount)}, {"total", format(answer->cart.total)}});
  }
}

// Where the merchant wants a yes, the shopper first hears what would be paid.
void confirm_checkout(Talk& talk) {
  const auto view = talk.calls.view_cart();
  if (view.waiting) return;
  if (!view) return say_failure(talk, view.error);
  if (empty_cart(talk, view->cart)) return;
  talk.ask("confirm:start_checkout");
  if (talk.cart_told) return talk.say("checkout.confirm_told", {});
  std::vector<std::string> lines;
  for (const CartLine& line : view->cart.lines) lines.push_back(line_phrase(line));
  talk.say("checkout.confirm", {{"lines", text::join_and(lines)}, {"total", format(view->cart.total)}});
}

void checkout(Talk& talk, bool agreed) {
  if (talk.conversation.cart.empty()) return talk.say("cart.empty", {});
  const auto& confirm = talk.guide.playbook.guardrails.confirm;
  if (!agreed && std::find(confirm.begin(), confirm.end(), "start_checkout") != confirm.end()) return confirm_checkout(talk);
  const auto answer = talk.calls.checkout();
  if (answer.waiting) return;
  if (!answer) {
    if (answer.error.cart && answer.error.cart->lines.empty()) return talk.say("cart.empty", {});
    return say_failure(talk, answer.error);
  }
  if (answer->cart.lines.empty()) return talk.say("cart.empty", {});
  std::vector<std::string> lines;
  for (const CartLine& line : answer->cart.lines) lines.push_back(line_phrase(line));
  talk.say("checkout", {{"lines", text::join_and(lines)}, {"total", format(answer->cart.total)}, {"url", answer->url}});
}

}  // namespace floorwalker::guided
