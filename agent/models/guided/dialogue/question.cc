#include <algorithm>
#include <cmath>

#include "agent/core/playbook/selling_rules.h"
#include "agent/models/guided/dialogue/describe.h"
#include "agent/models/guided/dialogue/handlers.h"

// Questions: which one helps most, and what the answer means.
namespace floorwalker::guided {

namespace {

constexpr std::size_t kFewEnough = 4;         // this many products need no question
constexpr double kLeastCoverage = 0.6;        // a slot that fewer products state would hide the others
constexpr std::size_t kValuesNamed = 4;

bool answered(const Need& need, const std::string& slot) {
  if (slot == "use") return !need.uses.empty();
  const std::string field = slot == "budget" ? "price" : slot;
  return std::any_of(need.constraints.begin(), need.constraints.end(), [&](const Constraint& constraint) {
    return constraint.field == field && constraint.op != Constraint::Op::kNot;
  });
}

const Facet* facet_of(const SearchPage& page, const std::string& slot) {
  const std::string field = slot == "budget" ? "price" : slot;
  for (const Facet& facet : page.facets) {
    if (text::fold(facet.field) == text::fold(field)) return &facet;
  }
  return nullptr;
}

// The share of products that an answer is expected to leave out.
double reduction(const Facet& facet, std::size_t total) {
  if (total == 0) return 0;
  const double coverage = std::min(1.0, double(facet.covered) / double(total));
  if (coverage < kLeastCoverage) return 0;
  if (facet.field == "price") {
    return facet.low && facet.high && facet.low->value > 0 && facet.high->value > 1.5 * facet.low->value ? 0.5 * coverage : 0;
  }
  if (facet.low && facet.high && facet.values.empty()) return facet.high->canonical() > facet.low->canonical() ? 0.4 * coverage : 0;
  double left = 0;
  for (const FacetValue& value : facet.values) left += std::pow(double(value.count) / double(total), 2);
  if (facet.values.size() < 2) return 0;
  const double named = facet.values.size() > 12 ? 0.6 : 1.0;  // a long list is hard to answer
  return std::max(0.0, 1 - left) * coverage * named;
}

// Whether a shopper can be expected to have a wish on it: a choice among a few short words, never a figure or a code.
bool answerable(const Facet& facet, const Lexicon& lexicon) {
  if (facet.field == "price" || facet.field == "brand" || facet.field == "kind") return true;
  if (is_dull(facet.field, lexicon) || !commonly_asked(facet.field, lexicon)) return false;
  if (facet.values.empty() || facet.low) return false;
  return std::all_of(facet.values.begin(), facet.values.end(), [](const FacetValue& value) {
    const bool figure = !value.value.empty() && value.value[0] >= '0' && value.value[0] <= '9';
    return value.value.size() <= 28 && !figure;
  });
}

std::vector<std::string> uses_of(const std::string& kind, const Playbook& playbook) {
  std::vector<std::string> uses;
  for (const NeedRule& rule : playbook.needs) {
    const bool applies = std::find(rule.applies_to.begin(), rule.applies_to.end(), kind) != rule.applies_to.end();
    if (applies && uses.size() < kValuesNamed) uses.push_back(text::spaced(rule.name));
  }
  return uses;
}

// "Is your machine a DDR4 or a DDR5 one?": the merchant worded the question for memory, and laptops state the same attribute.
bool worded_for_others(const Talk& talk, const std::string& slot) {
  const auto& discovery = talk.guide.playbook.discovery;
  return discovery.questions.count(slot) > 0 && std::any_of(discovery.ask.begin(), discovery.ask.end(), [&](const auto& entry) {
    return std::find(entry.second.begin(), entry.second.end(), slot) != entry.second.end();
  });
}

// The merchant's own order of questions: the first that is still open and tells the products apart, "" where none is.
std::string slot_in_order(Talk& talk, const Need& need, const SearchPage& page) {
  const auto& discovery = talk.guide.playbook.discovery;
  const auto order = discovery.ask.find(need.kind);
  if (order == discovery.ask.end()) return {};
  std::string why, chosen;
  for (const std::string& slot : order->second) {
    const bool useful = slot == "use" ? !uses_of(need.kind, talk.guide.playbook).empty() || discovery.questions.count(slot) > 0 : facet_of(page, slot) != nullptr || slot == "budget";
    const char* came = !useful ? "tells none of them apart" : answered(need, slot) ? "said already" : talk.asked_before(slot) ? "asked before" : "asked now";
    why += (why.empty() ? "" : "; ") + slot + " " + came;
    if (!useful || answered(need, slot) || talk.asked_before(slot)) continue;
    chosen = slot;
    break;
  }
  talk.consider({ask_rule_name(need.kind), chosen.empty() ? Considered::Came::kPassed : Considered::Came::kActed, std::move(why)});
  return chosen;
}

std::string choose_slot(Talk& talk, const Need& need, const SearchPage& page) {
  if (std::string own = slot_in_order(talk, need, page); !own.empty()) return own;
  std::string best;
  double best_score = 0.25;
  for (const Facet& facet : page.facets) {
    const std::string slot = facet.field == "price" ? "budget" : facet.field;
    if (facet.field == "category" || facet.field == "tag" || (facet.field == "kind" && !need.kind.empty())) continue;
    if (answered(need, slot) || talk.asked_before(slot) || !answerable(facet, talk.guide.lexicon) || worded_for_others(talk, slot)) continue;
    const double score = reduction(facet, page.total);
    if (score > best_score) {
      best_score = score;
      best = slot;
    }
  }
  return best;
}

// "colour" for "product_colour": what every product has is not said.
std::string spoken_name(const std::string& field, const Lexicon& lexicon) {
  const std::string name = text::spaced(field);
  const auto words = text::words(name);
  return words.size() > 1 && lexicon.fillers.count(words.front().folded) ? name.substr(words[1].start) : name;
}

void say_question(Talk& talk, const Need& need, const SearchPage& page, const std::string& slot) {
  const auto& own = talk.guide.playbook.discovery.questions;
  if (const auto wording = own.find(slot); wording != own.end()) {
    talk.say("ask.own", {{"question", wording->second}});
    return;
  }
  const Facet* facet = facet_of(page, slot);
  const std::string name = spoken_name(slot, talk.guide.lexicon);
  if (slot == "use") {
    talk.say("ask.use", {{"uses", text::join_and(uses_of(need.kind, talk.guide.playbook), "or")}});
  } else if (slot == "budget") {
    const bool known = page.price_low && page.price_high;
    talk.say("ask.budget", {{"low", known ? format(*page.price_low) : ""}, {"high", known ? format(*page.price_high) : ""}});
  } else if (facet && facet->low && facet->high && facet->values.empty()) {
    talk.say("ask.number", {{"slot", name}, {"low", format(*facet->low)}, {"high", format(*facet->high)}});
  } else if (facet) {
    std::vector<std::string> values;
    for (const FacetValue& value : facet->values) {
      if (values.size() < kValuesNamed) values.push_back(value.value);
    }
    const bool yes_no = !values.empty() && (values.front() == "yes" || values.front() == "no");
    talk.say(yes_no ? "ask.yes_no" : "ask.values", {{"slot", name}, {"values", yes_no ? "" : text::join_and(values, "or")}});
  }
}

// The value of the facet that the words name: "the leather" -> "Leather".
std::optional<std::string> value_in(const Heard& heard, const Facet& facet) {
  const FacetValue* best = nullptr;
  std::size_t best_words = 0;
  for (const FacetValue& value : facet.values) {
    const auto parts = text::words(value.value);
    std::size_t found = 0;
    for (const text::Word& part : parts) {
      for (const text::Word& word : heard.words) {
        if (text::stem(word.folded) == text::stem(part.folded)) {
          ++found;
          break;
        }
      }
    }
    if (found > best_words && (found == parts.size() || found * 2 > parts.size())) {
      best = &value;
      best_words = found;
    }
  }
  return best ? std::optional(best->value) : std::nullopt;
}

std::optional<Constraint> constraint_from(Talk& talk, const Heard& heard, const std::string& slot) {
  if (slot == "budget" && !heard.numbers.empty()) {
    const auto amount = [](const NumberPhrase& number) { return number.money || (number.low.unit.dimension == Dimension::kNone && number.attributes.empty()); };
    const auto said = std::find_if(heard.numbers.begin(), heard.numbers.end(), amount);  // of "1 TB, max 120", the 120
    if (said == heard.numbers.end()) return std::nullopt;
    NumberPhrase phrase = *said;
    phrase.money = true;
    return bind_number(phrase, talk.kind(), talk.guide.vocabulary, talk.guide.lexicon);
  }
  if (!heard.numbers.empty() && slot != "use") {
    NumberPhrase phrase = heard.numbers.front();
    phrase.attributes.insert(phrase.attributes.begin(), text::spaced(slot));
    if (auto constraint = bind_number(phrase, talk.kind(), talk.guide.vocabulary, talk.guide.lexicon); constraint && constraint->field == slot) return constraint;
  }
  CardBook book(talk.conversation);
  const SearchPage* page = book.page_before();
  const Facet* facet = page ? facet_of(*page, slot) : nullptr;
  if (!facet) return std::nullopt;
  const bool yes_no = std::any_of(facet->values.begin(), facet->values.end(), [](const FacetValue& value) { return value.value == "yes"; });
  if (yes_no && heard.has(Act::kYes)) return Constraint{slot, Constraint::Op::kEquals, {"yes"}};
  if (auto value = value_in(heard, *facet)) return Constraint{slot, Constraint::Op::kEquals, {*value}};
  return std::nullopt;
}

}  // namespace

void ask_next(Talk& talk, const Need& need, const SearchPage& page) {
  const bool browsing = need.kind.empty() && need.words.empty() && need.uses.empty();  // "nothing over 50": to ask what for would be no answer
  if (browsing || page.total <= kFewEnough) return;
  const int most = talk.guide.playbook.discovery.max_questions;
  const bool enough = talk.state.questions >= most;
  talk.consider({"discovery.max_questions", enough ? Considered::Came::kActed : Considered::Came::kPassed, std::to_string(talk.state.questions) + " asked, at most " + std::to_string(most)});
  if (enough) return;
  const std::string slot = choose_slot(talk, need, page);
  if (slot.empty()) return;
  say_question(talk, need, page, slot);
  talk.ask(slot);
  ++talk.state.questions;
}

bool answer_question(Talk& talk, const Heard& heard, const std::string& slot) {
  if (talk.memory.needs.empty()) return false;
  Need& need = talk.memory.needs.back();
  const bool other_kind = heard.names_kind() && std::find(heard.wanted.front().kinds.begin(), heard.wanted.front().kinds.end(), need.kind) == heard.wanted.front().kinds.end();
  if (other_kind) return false;
  std::optional<Constraint> constraint = constraint_from(talk, heard, slot);
  Wanted wanted = heard.wanted.empty() ? Wanted{} : heard.wanted.front();
  const bool none = heard.has(Act::kAny) || (heard.has(Act::kNo) && wanted.constraints.empty());
  const bool use = slot == "use" && (!wanted.uses.empty() || !wanted.words.empty());
  if (!constraint && !none && !use && wanted.constraints.empty()) return false;
  talk.close_question();
  const auto answers = [&](const Constraint& one) { return constraint && one.field == constraint->field; };
  const bool said_with_more = wanted.constraints.size() > 1 && std::any_of(wanted.constraints.begin(), wanted.constraints.end(), answers);
  if ((!constraint && !none && !use) || said_with_more) return look_for(talk, heard), true;  // says more of what is looked for than was asked
  if (constraint && constraint->op == Constraint::Op::kEquals && !constraint->values.empty()) {  // an answer to our question is said of oneself
    talk.memory.said_options[text::fold(constraint->field)] = constraint->values.front();
    talk.memory.said_turn[text::fold(constraint->field)] = talk.conversation.turn;
  }
  if (constraint) {
    std::erase_if(wanted.constraints, [&](const Constraint& c) { return c.field == constraint->field || (c.field == "price" && slot != "budget"); });
    wanted.constraints.push_back(*constraint);
    wanted.words.clear();
  } else if (none) {
    wanted = Wanted{};
  }
  wanted.wishes.clear();
  merge(need, wanted);
  if (!talk.state.said.empty()) talk.state.said.back() += " " + heard.text;
  talk.state.heard_turn = talk.conversation.turn;
  Heard plain = heard;
  plain.wanted.clear();
  if (none) talk.say("no_preference", {});
  search_again(talk, plain);
  return true;
}

}  // namespace floorwalker::guided
