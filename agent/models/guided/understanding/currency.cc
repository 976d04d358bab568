#include <algorithm>
#include <cctype>

#include "agent/models/guided/understanding/heard.h"

// Which currency the shopper speaks of: beside a figure ("under $60"), or asking for prices in it ("in euros, please").
namespace floorwalker::guided {

namespace {

bool digit_at(std::string_view text, std::size_t byte) { return byte < text.size() && std::isdigit(static_cast<unsigned char>(text[byte])) != 0; }

// "$60", "60 €"
bool beside_figure(std::string_view text, std::size_t start, std::size_t end) {
  while (start > 0 && text[start - 1] == ' ') --start;
  while (end < text.size() && text[end] == ' ') ++end;
  return digit_at(text, end) || (start > 0 && digit_at(text, start - 1));
}

std::optional<CurrencySaid> sign_said(const Heard& heard, const Lexicon& lexicon) {
  for (const auto& [sign, codes] : lexicon.currency_signs) {
    const std::size_t at = heard.text.find(sign);
    if (at != std::string::npos && beside_figure(heard.text, at, at + sign.size())) return CurrencySaid{codes, true};
  }
  return std::nullopt;
}

// The name of a currency that stands at a word, and that no name of the catalogue covers.
const CurrencyName* name_at(const Heard& heard, std::size_t word, const Lexicon& lexicon) {
  const bool known = std::any_of(heard.known.begin(), heard.known.end(), [&](const Known& one) { return one.span.covers(word); });
  const auto named = std::find_if(lexicon.currencies.begin(), lexicon.currencies.end(), [&](const CurrencyName& name) { return phrase_at(heard.words, word, name.words); });
  return known || named == lexicon.currencies.end() ? nullptr : &*named;
}

// The figure that a word belongs to; null if none.
const NumberPhrase* figure_with(const Heard& heard, std::size_t word) {
  const auto found = std::find_if(heard.numbers.begin(), heard.numbers.end(), [&](const NumberPhrase& number) { return number.span.covers(word); });
  return found == heard.numbers.end() ? nullptr : &*found;
}

bool bounds_price(const Heard& heard) {
  return std::any_of(heard.wanted.begin(), heard.wanted.end(), [](const Wanted& wanted) {
    return std::any_of(wanted.constraints.begin(), wanted.constraints.end(), [](const Constraint& constraint) { return constraint.field == "price"; });
  });
}

}  // namespace

// "Pounds" are a weight where a weight is spoken of, and a bare "euro" may be part of any name: a name counts beside a figure of money, or where
// the sentence asks for a currency.
void Listener::hear_currency(Heard& heard) const {
  heard.currency = sign_said(heard, lexicon_);
  const bool weighs = !heard.asked.empty();
  for (std::size_t i = 0; i < heard.words.size() && !heard.currency; ++i) {
    const CurrencyName* name = name_at(heard, i, lexicon_);
    if (!name) continue;
    const NumberPhrase* figure = figure_with(heard, i);
    const bool priced = figure && (figure->money || (figure->unit_of_money && bounds_price(heard)));
    const bool measured = figure ? !priced : weighs && find_unit(heard.words[i].folded).has_value();
    if (measured) std::erase(heard.acts, Act::kCurrency);
    else if (figure || heard.has(Act::kCurrency)) heard.currency = CurrencySaid{name->codes, figure != nullptr};
  }
}

}  // namespace floorwalker::guided
