#pragma once

#include <string>

#include "agent/models/guided/dialogue/resolve.h"
#include "agent/models/guided/dialogue/talk.h"

// What the guided model can do in a turn. Each handler works on `talk` until it is done or waits for tools (Talk::waiting).
namespace floorwalker::guided {

// Finding (find.cc, follow_up.cc, question.cc).
void look_for(Talk& talk, const Heard& heard);               // a new need, or more about the current one
void look_instead(Talk& talk, const Heard& heard);           // the same, of words that were said for something else
void search_again(Talk& talk, const Heard& heard);           // the current need as it now stands
void show_more(Talk& talk, bool different);                  // "more", "something else"
void follow_scale(Talk& talk, const Heard& heard);           // "cheaper", "bigger"
void show_unseen(Talk& talk, const Heard& heard);            // "the bag" where no bag was shown: finds some
void forget(Talk& talk, const Heard& heard);                 // "forget the colour"
bool retracts_wish(const Talk& talk, const Heard& heard);    // whether it names a wish of the current need: "forget the comparison" does not
void start_over(Talk& talk, const Heard& heard);             // "start over: I need a printer"
void look_for_many(Talk& talk, const Heard& heard);          // "network cable, 5 of them": shown first, and the number kept for the choice
void surprise(Talk& talk, const Heard& heard);
void ask_next(Talk& talk, const Need& need, const SearchPage& page);  // the next question that helps, if any
bool answer_question(Talk& talk, const Heard& heard, const std::string& slot);

// Sorts a search along a scale; false where the kind has no such attribute.
bool sort_by(const Talk& talk, const Scale& scale, SearchRequest& request);

// The search for a need.
SearchRequest request_for(Talk& talk, const Need& need, std::size_t limit);
void erase_words(std::string& words, const std::vector<std::string>& values);   // out of a request's words those that the values say
void merge(Need& need, const Wanted& wanted);

// What the utterance says the thing is for, kept with the current need.
void remember_uses(Talk& talk, const Heard& heard);

// "what's that in euros?", "under $60": says in what the shop sells (currency.cc), and makes `heard` ask for the price of what it points at. True if
// nothing else was asked.
bool tell_currency(Talk& talk, Heard& heard);

// About products (product.cc, compare.cc, fit.cc).
void answer_about(Talk& talk, const Heard& heard);           // details, an attribute, stock, price
bool answer_if_known(Talk& talk, const Heard& heard, const ProductId& id);  // from the product's record, where that answers
bool answer_extreme(Talk& talk, const Heard& heard);         // "which has the highest resolution?": of those shown
bool answer_which_has(Talk& talk, const Heard& heard);       // "which of them has ethernet?": of each shown whether it has it
bool tell_measure(Talk& talk, const Heard& heard);           // "our door is 30 inches": which of those shown fit; false where no rule speaks of it
// "a bag for it": of another kind, to go with a product. `along`: it was only asked for beside the product, and is looked for so where a rule ties the two.
bool find_fitting(Talk& talk, const Heard& heard, bool along = false);
void compare(Talk& talk, const Heard& heard);
void advise(Talk& talk, const Heard& heard);
void explain(Talk& talk, const Heard& heard);
void check_fit(Talk& talk, const Heard& heard);

// Cart (cart.cc, cart_add.cc).
void add(Talk& talk, const Heard& heard);
void suggest_along(Talk& talk, const Heard& heard);          // "add the first one and whatever goes with it": what goes with it is only suggested
bool offer_variant(Talk& talk, const ProductId& product, const Heard& heard);  // "the rust one": false where the product has no such option
bool say_unoffered(Talk& talk, const ProductId& product, const Heard& heard);  // "the first one in grey", which comes in blue: false where it has all that was said
void continue_add(Talk& talk, const Heard& heard);
void add_waiting(Talk& talk, const std::vector<PendingAdd>& waiting);  // one after the other, as far as no choice is open
bool answer_pending(Talk& talk, const Heard& heard);
bool answer_several(Talk& talk, const Heard& heard);         // "the dress in M, the boots in 6": each waits for a choice
void change_line(Talk& talk, const Heard& heard);
void change_quantity(Talk& talk, const Heard& heard);
void leave_out(Talk& talk, const Heard& heard);    // "no, leave the paper then": out of the cart, where it is in
void remove_line(Talk& talk, const Heard& heard);
void view_cart(Talk& talk);
void clear_cart(Talk& talk);
void discount(Talk& talk, const Heard& heard);
void checkout(Talk& talk, bool agreed);                      // `agreed`: the shopper has said yes to it
void offer_addons(Talk& talk, const ProductId& product, bool on_request);
void offer_addons_early(Talk& talk, const ProductId& product);  // beside a recommendation, where the playbook does not wait for the cart

// Service and the shop (service.cc, shop.cc).
void policy(Talk& talk, const Heard& heard);
void say_unpublished(Talk& talk);                            // of all topics of the turn at once
void order(Talk& talk, const Heard& heard);
void hand_off(Talk& talk, const Heard& heard);
void complaint(Talk& talk, const Heard& heard);
void overview(Talk& talk, const Heard& heard);
void count(Talk& talk, const Heard& heard);
void superlative(Talk& talk, const Heard& heard);

// Says why a call failed, in the shop's words.
void say_failure(Talk& talk, const ErrorAnswer& error);

// Where it is not known what became of a change: looks at the cart, and says what is in it if it can be read.
void clear_doubt(Talk& talk);

// Asks which of several products is meant.
void ask_which(Talk& talk, const std::vector<ProductId>& candidates, const std::string& act);

}  // namespace floorwalker::guided
