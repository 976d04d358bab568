#include <algorithm>

#include "agent/models/guided/dialogue/handlers.h"

// The currency of the shop. Nothing is ever converted: no rate is known here, and the shop charges what it says.
namespace floorwalker::guided {

namespace {

std::string name_of_money(const Currency& currency, const Lexicon& lexicon) {
  const auto name = lexicon.currency_names.find(std::string(currency.code()));
  return name == lexicon.currency_names.end() ? std::string(currency.code()) : name->second;
}

bool may_mean(const CurrencySaid& said, const Currency& currency) { return std::find(said.codes.begin(), said.codes.end(), currency.code()) != said.codes.end(); }

// Whether the sentence asks for something besides: a product, its price, the shop's terms.
bool asks_besides(const Talk& talk, const Heard& heard) {
  const bool of_one = talk.memory.focus && (heard.reference.pronoun || heard.has(Act::kPrice));
  const bool wants = std::any_of(heard.wanted.begin(), heard.wanted.end(), [](const Wanted& wanted) { return !wanted.kinds.empty() || !wanted.constraints.empty(); });
  const bool acts = std::any_of(heard.acts.begin(), heard.acts.end(), [](Act act) { return act == Act::kAdd || act == Act::kViewCart || act == Act::kCheckout || act == Act::kCompare; });
  const Reference& points = heard.reference;
  return of_one || wants || acts || !heard.topic.empty() || !heard.extreme.empty() || !points.named.empty() || !points.ordinals.empty() || (points.all && !talk.memory.shown.empty());
}

}  // namespace

bool tell_currency(Talk& talk, Heard& heard) {
  const Currency& own = talk.conversation.currency;
  if (own.code().empty() || (!heard.currency && !heard.has(Act::kCurrency))) return false;
  const bool other = heard.currency && !may_mean(*heard.currency, own);
  if (!heard.has(Act::kCurrency) && !other) return false;
  const bool besides = asks_besides(talk, heard);
  const char* key = !other ? "currency.own" : heard.currency->of_amount ? "currency.amount" : "currency.other";
  if (other || !besides) talk.say(key, {{"own", name_of_money(own, talk.guide.lexicon)}});
  const bool of_it = heard.reference.pronoun && talk.memory.focus && !heard.has(Act::kAdd);   // "what's that in euros?"
  if (of_it && !heard.has(Act::kPrice)) heard.acts.push_back(Act::kPrice);
  return !besides;
}

}  // namespace floorwalker::guided
