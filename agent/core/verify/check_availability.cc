#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "agent/core/verify/piece.h"

// What can be bought, and what state an order is in: only the shop's latest word counts.
namespace floorwalker::verify {
namespace {

bool availability_key(std::string_view key) {
  return key == "available" || key == "in_stock" || key == "availability" || key == "is_available" || key == "stock" || key == "stock_status";
}

// What a fact says about being in stock.
std::optional<bool> can_be_bought(const Examination& exam, std::uint32_t leaf) {
  const Leaf& fact = exam.index.leaves[leaf];
  if (fact.kind == Leaf::Kind::kBool) return fact.yes;
  if (fact.kind == Leaf::Kind::kNumber && fact.numbers == 1) return exam.index.numbers[fact.first_number].number.value > 0;
  const std::string_view text = exam.index.value_text(leaf);
  if (text == "in_stock" || text == "low_stock" || text == "InStock" || text == "in stock") return true;
  if (text == "out_of_stock" || text == "OutOfStock" || text == "out of stock" || text == "sold_out") return false;
  return std::nullopt;
}

struct StockSeen {
  std::vector<std::uint32_t> yes, no;
};

void look(const Examination& exam, EntityIndex entity, StockSeen& seen, int depth) {
  for (std::uint32_t leaf : exam.index.entities[entity].leaves) {
    if (!exam.usable(leaf) || !availability_key(exam.index.leaves[leaf].key)) continue;
    const auto can = can_be_bought(exam, leaf);
    if (can) (*can ? seen.yes : seen.no).push_back(leaf);
  }
  if (depth > 2) return;
  for (EntityIndex child : exam.index.entities[entity].children) look(exam, child, seen, depth + 1);
}

// "the X is (currently) unavailable": said of what stands before the verb, not of what is named after it or in another clause.
bool said_of_another(const Examination& exam, const Mention& mention, std::size_t token) {
  const auto& tokens = exam.piece.tokens;
  std::size_t verb = token;
  while (verb > 0 && token - verb < 3 && !tokens[verb].is(WordClass::kCopula)) --verb;
  if (!tokens[verb].is(WordClass::kCopula)) return false;
  for (std::size_t i = std::min(mention.last, verb) + 1; i < std::max(mention.first, verb); ++i) {
    if (tokens[i].gap == '(' || tokens[i].gap == '.' || tokens[i].gap == ';' || tokens[i].folded == "as") return true;
  }
  return false;
}

// Nothing between the word and the identifier speaks of another thing.
bool leads_to(const Examination& exam, std::size_t token, const Mention& mention) {
  const auto& tokens = exam.piece.tokens;
  if (!exam.index.entities[mention.entities[0]].children.empty()) return false;
  for (std::size_t i = std::min(mention.last, token) + 1; i < std::max(mention.first, token); ++i) {
    const bool another = tokens[i].is(WordClass::kAvailable) || (tokens[i].is(WordClass::kUnavailable) && i > token + 2) || tokens[i].folded == "instead" ||
                         tokens[i].folded == "than" || (exam.piece.exchange && (tokens[i].folded == "to" || tokens[i].folded == "for" || tokens[i].folded == "with"));
    if (another || tokens[i].gap == '.' || tokens[i].folded == "while" || tokens[i].folded == "as") return false;
  }
  return true;
}

// The thing whose availability is told: the one with an identifier, or the only one spoken of.
const Mention* told_of(const Examination& exam, std::size_t token) {
  const Mention* chosen = nullptr;
  std::size_t ids = 0;
  for (const Mention& mention : exam.piece.mentions) {
    if (mention.by_id) ++ids;
    const bool better = !chosen || (mention.by_id && !chosen->by_id);
    if (better) chosen = &mention;
  }
  if (ids > 1) return nullptr;
  return chosen && chosen->entities.size() == 1 && !said_of_another(exam, *chosen, token) ? chosen : nullptr;
}

// The piece has the words of the value side by side.
bool said_in(const Piece& piece, Words value) {
  const auto& tokens = piece.tokens;
  for (std::size_t i = 0; i + value.size() <= tokens.size(); ++i) {
    if (!tokens[i].capital && tokens[i].folded.size() < 3 && !tokens[i].digits) continue;
    bool same = !value.empty();
    for (std::size_t k = 0; k < value.size() && same; ++k) same = tokens[i + k].concept_id == value[k];
    if (same) return true;
  }
  return false;
}

// The variant has, of each option of which the piece says values, one that it says: "in M", "in grey and green".
bool variant_meant(const Examination& exam, EntityIndex variant, const std::vector<std::string_view>& keys) {
  return std::all_of(keys.begin(), keys.end(), [&](std::string_view key) {
    const auto& leaves = exam.index.entities[variant].leaves;
    return std::any_of(leaves.begin(), leaves.end(), [&](std::uint32_t leaf) { return exam.index.leaves[leaf].key == key && said_in(exam.piece, exam.index.leaves[leaf].words); });
  });
}

// What is known of the variants that the piece's option values single out; of all where it says none.
StockSeen look_at_meant(const Examination& exam, EntityIndex product) {
  std::vector<std::string_view> keys;
  const auto& variants = exam.index.entities[product].children;
  for (EntityIndex variant : variants) {
    for (std::uint32_t leaf : exam.index.entities[variant].leaves) {
      const Leaf& fact = exam.index.leaves[leaf];
      const bool option = fact.kind == Leaf::Kind::kText && !fact.identifier && exam.usable(leaf) && !availability_key(fact.key) && fact.words.size() <= 4;
      if (option && said_in(exam.piece, fact.words) && std::find(keys.begin(), keys.end(), fact.key) == keys.end()) keys.push_back(fact.key);
    }
  }
  StockSeen seen;
  for (EntityIndex variant : variants) {
    if (!keys.empty() && variant_meant(exam, variant, keys)) look(exam, variant, seen, 0);
  }
  return seen;
}

void check_stock(Examination& exam, std::size_t token, bool says_yes) {
  const Mention* mention = told_of(exam, token);
  const std::size_t start = exam.piece.tokens[token].start;
  if (!mention || (mention->by_id && !leads_to(exam, token, *mention)) || (start > 0 && exam.piece.text[start - 1] == '_')) return;
  for (std::uint32_t leaf : exam.index.entities[mention->entities[0]].leaves) {
    if (exam.index.leaves[leaf].key == "status") return;  // an order, no thing to buy
  }
  StockSeen seen;
  look(exam, mention->entities[0], seen, 0);
  if (seen.yes.empty() && seen.no.empty()) return;
  // Of several variants only "all" and "none" can be told: anything else is true of one and false of another.
  if (!seen.yes.empty() && !seen.no.empty()) seen = look_at_meant(exam, mention->entities[0]);
  if (seen.yes.empty() == seen.no.empty()) return;
  const bool supported = says_yes == seen.no.empty();
  const std::vector<std::uint32_t>& leaves = seen.no.empty() ? seen.yes : seen.no;
  exam.claim(exam.piece.tokens[token].start, exam.piece.tokens[token].end, ClaimKind::kAvailability,
             supported ? Verdict::kSupported : Verdict::kContradicted,
             fmt::format("{}: {} is {}", exam.index.title(mention->entities[0]), exam.index.leaves[leaves[0]].key, exam.index.value_text(leaves[0])), leaves);
}

// A negation before the word or phrase, not of it: "not unavailable", but not "not available".
bool denied(const Examination& exam, std::size_t token) {
  const Token& word = exam.piece.tokens[token];
  if (word.is(WordClass::kNegation)) return false;
  const bool of_phrase = word.is(WordClass::kUnavailable) && token > 0 && exam.piece.tokens[token - 1].is(WordClass::kUnavailable);
  return exam.piece.negated[token] && !of_phrase;
}

void check_stocks(Examination& exam) {
  const auto& tokens = exam.piece.tokens;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const bool no = tokens[i].is(WordClass::kUnavailable);
    if (!(no || tokens[i].is(WordClass::kAvailable)) || exam.piece.used[i] || exam.piece.hypothetical || exam.piece.question) continue;
    check_stock(exam, i, no == denied(exam, i));
    while (i + 1 < tokens.size() && (tokens[i + 1].is(WordClass::kUnavailable) || tokens[i + 1].is(WordClass::kAvailable))) ++i;
  }
}

bool strict_class(const Examination& exam, Concept word) {
  if (word == 0 || word >= exam.lexicon.value_classes_of.size()) return false;
  for (std::uint16_t index : exam.lexicon.value_classes_of[word]) {
    if (exam.lexicon.value_classes[index].strict) return true;
  }
  return false;
}

// "the pending order", "its status is delivered", "is pending": a state, not something done.
bool used_as_state(const Examination& exam, std::size_t i) {
  const auto& tokens = exam.piece.tokens;
  const std::string& word = tokens[i].folded;
  const bool participle = word.size() > 3 && (word.compare(word.size() - 2, 2, "ed") == 0 || word.compare(word.size() - 3, 3, "ing") == 0);
  if (!participle || word == "canceling" || word == "cancelling" || word == "processing") return false;
  if (exam.piece.hypothetical) return false;
  for (std::size_t next = i + 1; next <= i + 2 && next < tokens.size(); ++next) {
    if (next == i + 2 && tokens[i + 1].is(WordClass::kStop)) break;
    const bool plural = tokens[next].folded.back() == 's';
    if (tokens[next].is(WordClass::kThing) && tokens[next].gap != '.' && tokens[next].gap != ',') return !plural;
  }
  for (std::size_t back = 1; back <= 3 && back <= i; ++back) {
    if (tokens[i - back].folded == "status") return true;
  }
  return i > 0 && (tokens[i - 1].folded == "is" || tokens[i - 1].folded == "currently" || tokens[i - 1].folded == "still") && !exam.piece.question;
}

// The state stands in the identifier's own part of the sentence or next to it, with nothing between that leads elsewhere.
bool beside(const Examination& exam, const Mention& mention, std::size_t token) {
  const std::size_t from = std::min(mention.last, token);
  const std::size_t to = std::max(mention.first, token);
  for (std::size_t i = from; i <= to; ++i) {
    if (exam.piece.tokens[i].is(WordClass::kNegationEnd)) return false;
  }
  return exam.piece.segment[mention.first] == exam.piece.segment[token] || to - from <= 4;
}

void check_state(Examination& exam, std::size_t token) {
  const Mention* order = nullptr;
  for (const Mention& mention : exam.piece.mentions) {
    if (mention.by_id && (!order || mention.first < token || order->first < token)) order = order && mention.first > token && order->first > token ? order : &mention;
  }
  std::size_t ids = 0;
  for (const Mention& mention : exam.piece.mentions) ids += mention.by_id;
  if (!order || ids > 1 || !beside(exam, *order, token)) return;
  std::uint32_t stated = 0;
  bool any = false;
  for (std::uint32_t leaf : exam.index.entities[order->entities[0]].leaves) {
    const Leaf& fact = exam.index.leaves[leaf];
    if (fact.key != "status" && fact.key != "state") continue;
    if (std::find(fact.words.begin(), fact.words.end(), exam.piece.tokens[token].concept_id) != fact.words.end()) {
      exam.claim(exam.piece.tokens[token].start, exam.piece.tokens[token].end, ClaimKind::kAttribute, Verdict::kSupported,
                 fmt::format("status: {}", exam.index.value_text(leaf)), {leaf});
      return;
    }
    stated = leaf;
    any = true;
  }
  if (!any || exam.piece.negated[token]) return;
  exam.claim(exam.piece.tokens[token].start, exam.piece.tokens[token].end, ClaimKind::kAttribute, Verdict::kContradicted,
             fmt::format("the status of {} is {}", exam.index.title(order->entities[0]), exam.index.value_text(stated)), {stated});
}

}  // namespace

void check_availability(Examination& exam) {
  check_stocks(exam);
  for (std::size_t i = 0; i < exam.piece.tokens.size(); ++i) {
    if (strict_class(exam, exam.piece.tokens[i].concept_id) && !exam.piece.used[i] && used_as_state(exam, i)) check_state(exam, i);
  }
}

}  // namespace floorwalker::verify
