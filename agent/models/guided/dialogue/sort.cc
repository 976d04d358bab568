#include "agent/models/guided/dialogue/sort.h"

#include <algorithm>

#include "agent/models/guided/dialogue/describe.h"
#include "agent/models/guided/dialogue/resolve.h"

namespace floorwalker::guided {

namespace {

constexpr std::size_t kTellingEnough = 3;  // attributes from which on a card tells what it is
constexpr double kLeastShared = 0.2;       // of the fewer attributes of two cards of one sort

// Attributes by which a card tells what it is: not what every thing has, nor what the search was told to look at.
std::unordered_set<std::string> telling_attributes(const ProductCard& card, const Need& need, const Lexicon& lexicon) {
  std::unordered_set<std::string> names;
  for (const Attribute& attribute : card.attributes) {
    const bool bound = std::any_of(need.constraints.begin(), need.constraints.end(), [&](const Constraint& constraint) { return constraint.field == attribute.name; });
    if (!bound && !is_dull(attribute.name, lexicon)) names.insert(attribute.name);
  }
  return names;
}

bool alike(const std::unordered_set<std::string>& one, const std::unordered_set<std::string>& other) {
  const auto common = std::count_if(one.begin(), one.end(), [&](const std::string& name) { return other.count(name) > 0; });
  return double(common) >= kLeastShared * double(std::min(one.size(), other.size()));
}

}  // namespace

Sort::Sort(const Talk& talk, const Need& need) : need_(need), lexicon_(talk.guide.lexicon) {
  CardBook book(talk.conversation);
  for (const Shown& shown : latest_list(talk.memory)) {
    const ProductCard* card = shown.turn < talk.conversation.turn && shown.turn >= talk.state.narrowed_since ? book.card(shown.product) : nullptr;
    if (card) known_.push_back(telling_attributes(*card, need, lexicon_));
    if (card && known_.back().size() < kTellingEnough) known_.pop_back();
  }
}

bool Sort::excludes(const ProductCard& card) const {
  const auto names = telling_attributes(card, need_, lexicon_);
  const auto same = [&](const auto& known) { return alike(names, known); };
  return !known_.empty() && names.size() >= kTellingEnough && std::none_of(known_.begin(), known_.end(), same);
}

std::vector<bool> odd_ones(const SearchPage& page, const Need& need, const Talk& talk) {
  std::vector<std::unordered_set<std::string>> names;
  for (const ProductCard& card : page.products) names.push_back(telling_attributes(card, need, talk.guide.lexicon));
  std::vector<bool> odd(names.size(), false);
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::size_t others = 0, like = 0;
    for (std::size_t j = 0; j < names.size(); ++j) {
      if (j == i || names[j].size() < kTellingEnough || names[i].size() < kTellingEnough) continue;
      ++others;
      like += alike(names[i], names[j]);
    }
    odd[i] = others > 0 && 2 * like < others;
  }
  return odd;
}

}  // namespace floorwalker::guided
