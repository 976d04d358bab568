#include "agent/core/verify/derive.h"

#include <algorithm>
#include <cstdlib>
#include <cmath>

#include <fmt/format.h>

namespace floorwalker::verify {
namespace {

struct Operand {
  std::int64_t minor = 0;
  std::string pointer;
};

std::string written(std::int64_t minor) { return fmt::format("{}.{:02}", minor / 100, std::abs(minor % 100)); }

// Signed sums of at most eight operands; the first found.
bool signed_sum(const std::vector<Operand>& operands, std::size_t at, std::int64_t rest, bool signs, std::vector<int>& chosen, int used) {
  if (rest == 0 && used >= 2) return true;
  if (at == operands.size()) return false;
  for (int sign : {1, 0, -1}) {
    if (sign < 0 && !signs) continue;
    chosen[at] = sign;
    if (signed_sum(operands, at + 1, rest - sign * operands[at].minor, signs, chosen, used + (sign != 0))) return true;
  }
  chosen[at] = 0;
  return false;
}

std::optional<Derivation> from_operands(const std::vector<Operand>& operands, std::int64_t target, bool signs) {
  if (operands.size() < 2) return std::nullopt;
  for (std::int64_t wanted : {target, -target}) {
    std::vector<int> chosen(operands.size(), 0);
    if (!signed_sum(operands, 0, wanted, signs, chosen, 0)) continue;
    Derivation found;
    for (std::size_t i = 0; i < operands.size(); ++i) {
      if (chosen[i] == 0) continue;
      found.why += (chosen[i] < 0 ? " - " : found.why.empty() ? "" : " + ") + written(operands[i].minor);
      if (!operands[i].pointer.empty()) found.pointers.push_back(operands[i].pointer);
    }
    found.why += " = " + written(wanted);
    return found;
  }
  return std::nullopt;
}

void add(std::vector<Operand>& operands, std::int64_t minor, const std::string& pointer) {
  operands.push_back({minor, pointer});
}

// Amounts that the reply stated and the evidence supports, the latest last.
std::vector<Operand> stated(const Examination& exam, std::size_t most) {
  std::vector<Operand> operands;
  for (const StatedAmount& amount : exam.state.amounts) {
    if (amount.supported && amount.minor != 0) add(operands, amount.minor, amount.source);
  }
  if (operands.size() > most) operands.erase(operands.begin(), operands.end() - static_cast<std::ptrdiff_t>(most));
  return operands;
}

// The differences among them: what each change costs or saves.
std::vector<Operand> differences(const Examination& exam) {
  std::vector<Operand> operands;
  for (const StatedAmount& amount : exam.state.amounts) {
    if (amount.supported && amount.derived && amount.minor != 0 && operands.size() < 8) add(operands, amount.minor, amount.source);
  }
  return operands;
}

bool is_price(const Leaf& leaf) { return leaf.key == "price" || leaf.key == "unit_price" || leaf.key == "amount" || leaf.key == "price_from"; }

void prices_of(const Examination& exam, EntityIndex entity, std::vector<Operand>& operands) {
  std::vector<std::int64_t> seen;
  for (std::uint32_t leaf : exam.index.entities[entity].leaves) {
    const Leaf& fact = exam.index.leaves[leaf];
    if (!exam.usable(leaf) || !is_price(fact) || fact.numbers != 1) continue;
    const Number& number = exam.index.numbers[fact.first_number].number;
    if (!number.money || std::find(seen.begin(), seen.end(), number.minor) != seen.end()) continue;
    seen.push_back(number.minor);
    add(operands, number.minor, exam.index.pointer(leaf));
  }
}

// Prices of the things spoken of in this reply, each once.
std::vector<Operand> of_mentioned(const Examination& exam, std::size_t most) {
  std::vector<Operand> operands;
  std::vector<EntityIndex> things = exam.state.mentioned;
  for (const Mention& mention : exam.piece.mentions) things.insert(things.end(), mention.entities.begin(), mention.entities.end());
  std::sort(things.begin(), things.end());
  things.erase(std::unique(things.begin(), things.end()), things.end());
  for (EntityIndex thing : things) {
    if (exam.index.entities[thing].children.empty()) prices_of(exam, thing, operands);
  }
  if (operands.size() > most) operands.resize(most);
  return operands;
}

// All or some members of one order or cart.
std::optional<Derivation> within_one(const Examination& exam, std::int64_t target) {
  std::vector<EntityIndex> things = exam.state.mentioned;
  for (const Mention& mention : exam.piece.mentions) things.insert(things.end(), mention.entities.begin(), mention.entities.end());
  for (EntityIndex thing : things) {
    std::vector<Operand> operands;
    if (exam.index.entities[thing].children.size() > 14) continue;
    for (EntityIndex child : exam.index.entities[thing].children) {
      if (exam.index.entities[child].children.empty()) prices_of(exam, child, operands);
    }
    if (operands.size() > 12) continue;
    if (auto found = from_operands(operands, target, false)) return found;
  }
  return std::nullopt;
}

bool says(const Examination& exam, WordClass what) {
  return std::any_of(exam.piece.tokens.begin(), exam.piece.tokens.end(), [&](const Token& token) { return token.is(what); });
}

// "$5 each ... 3 of them": a whole multiple of a stated price with the factor in the sentence.
std::optional<Derivation> multiple(const Examination& exam, std::int64_t target) {
  std::vector<Operand> operands = stated(exam, 12);
  for (const Operand& price : of_mentioned(exam, 12)) operands.push_back(price);
  for (const Operand& price : operands) {
    if (price.minor <= 0 || target % price.minor != 0) continue;
    const std::int64_t factor = target / price.minor;
    if (factor < 2 || factor > 99) continue;
    for (const Token& token : exam.piece.tokens) {
      const auto word = token.is(WordClass::kNumberWord) ? exam.lexicon.numbers.find(token.folded) : exam.lexicon.numbers.end();
      const bool said = token.folded == std::to_string(factor) || (word != exam.lexicon.numbers.end() && word->second == factor) ||
                        (factor == 2 && token.folded == "both");
      if (said) return Derivation{fmt::format("{} x {} = {}", factor, written(price.minor), written(target)), {}, {price.pointer}};
    }
  }
  return std::nullopt;
}

// An amount that this reply has proved already, or what it stated last put together: "$473.43 ... $652.61 ... $1,126.04".
std::optional<Derivation> from_reply(const Examination& exam, std::int64_t target) {
  const std::vector<Operand> operands = stated(exam, 8);
  for (const Operand& before : operands) {
    if (std::llabs(before.minor) == target) return Derivation{"proven before in this reply", {}, {before.pointer}};
  }
  if (const std::size_t n = operands.size(); n >= 2 && std::llabs(operands[n - 2].minor - operands[n - 1].minor) == target) {  // "balance 86.00, charged 33.64, left 52.36"
    return Derivation{fmt::format("{} and {} differ by {}", written(operands[n - 2].minor), written(operands[n - 1].minor), written(target)), {}, {operands[n - 2].pointer, operands[n - 1].pointer}};
  }
  Derivation found;
  std::int64_t sum = 0;
  for (std::size_t i = operands.size(); i-- > 0;) {
    sum += operands[i].minor;
    found.why = written(operands[i].minor) + (found.why.empty() ? "" : " + ") + found.why;
    if (!operands[i].pointer.empty()) found.pointers.push_back(operands[i].pointer);
    if (i + 1 == operands.size() || sum != target) continue;
    found.why += " = " + written(target);
    return found;
  }
  return std::nullopt;
}

// What was paid for a whole order, and amounts that earlier replies proved: "your total goes from $1,166.98 to $1,152.23".
std::vector<Operand> totals(const Examination& exam) {
  std::vector<Operand> operands;
  const auto known = [&](std::int64_t minor) { return std::any_of(operands.begin(), operands.end(), [&](const Operand& operand) { return operand.minor == minor; }); };
  for (std::uint32_t i : exam.index.numbers_of.of(kMoneyKind)) {
    const EvidenceNumber& number = exam.index.numbers[i];
    const std::string_view key = exam.index.leaves[number.leaf].key;
    const bool total = key == "amount" || key == "total" || key == "balance";
    if (total && exam.usable(number.leaf) && operands.size() < 24 && !known(number.number.minor)) add(operands, number.number.minor, exam.index.pointer(number.leaf));
  }
  for (const auto& [minor, pointer] : exam.index.proven) {
    if (operands.size() < 40 && !known(minor)) add(operands, minor, pointer);
  }
  return operands;
}

// Things that the reply or its context speaks of.
std::vector<EntityIndex> spoken_of(const Examination& exam) {
  std::vector<EntityIndex> things = exam.state.mentioned;
  for (const Mention& mention : exam.piece.mentions) things.insert(things.end(), mention.entities.begin(), mention.entities.end());
  things.insert(things.end(), exam.piece.context.begin(), exam.piece.context.end());
  int looked = 0;
  for (std::size_t i = exam.index.documents.size(); i-- > 0 && looked < 4;) {  // what was looked up last
    const Document& document = *exam.index.documents[i];
    if (document.tool.empty() || document.first_leaf >= document.last_leaf) continue;
    things.push_back(exam.index.leaves[document.first_leaf].entity);
    ++looked;
  }
  std::sort(things.begin(), things.end());
  things.erase(std::unique(things.begin(), things.end()), things.end());
  return things;
}

// A bundle of different things: their prices differ for no reason.
bool is_order(const Examination& exam, EntityIndex entity) {
  const auto& leaves = exam.index.entities[entity].leaves;
  return std::any_of(leaves.begin(), leaves.end(), [&](std::uint32_t leaf) { return exam.index.leaves[leaf].key == "status"; });
}

// The difference of two prices of one product: of the variant that the shopper has and the one that they would have.
std::optional<Derivation> between_variants(const Examination& exam, std::int64_t target) {
  std::vector<EntityIndex> products;
  for (EntityIndex thing : spoken_of(exam)) {
    products.push_back(thing);
    for (EntityIndex parent : exam.index.entities[thing].parents) products.push_back(parent);
  }
  std::sort(products.begin(), products.end());
  products.erase(std::unique(products.begin(), products.end()), products.end());
  for (EntityIndex product : products) {
    if (product == 0 || exam.index.entities[product].children.size() > 60 || is_order(exam, product)) continue;
    std::vector<Operand> prices;
    for (EntityIndex variant : exam.index.entities[product].children) prices_of(exam, variant, prices);
    for (std::size_t i = 0; i < prices.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        if (std::llabs(prices[i].minor - prices[k].minor) != target) continue;
        const Operand& more = prices[i].minor > prices[k].minor ? prices[i] : prices[k];
        const Operand& less = prices[i].minor > prices[k].minor ? prices[k] : prices[i];
        return Derivation{fmt::format("{} - {} = {}", written(more.minor), written(less.minor), written(target)), {}, {more.pointer, less.pointer}};
      }
    }
  }
  return std::nullopt;
}

// A total less or more what this reply saved or added: one amount, all its differences, a price for another of the same product.
std::optional<Derivation> from_total(const Examination& exam, std::int64_t target) {
  const std::vector<Operand> saved = differences(exam);
  for (const Operand& total : totals(exam)) {
    const std::int64_t rest = std::llabs(total.minor - target);
    if (rest == 0 || total.minor < 1000) continue;
    const auto derived = [&](const std::string& why) { return Derivation{fmt::format("{} and {} make {}", written(total.minor), why, written(target)), {}, {total.pointer}}; };
    if (saved.size() > 1 && from_operands(saved, rest, false)) return derived(written(rest));
    for (const Number& other : exam.piece.numbers) {
      const std::int64_t minor = other.money ? other.minor : other.bare() ? std::llround(other.value * 100) : 0;
      if (minor >= 1000 && minor == rest && minor != target) return derived(written(rest));
    }
    if (const auto change = between_variants(exam, rest)) return derived(change->why);
  }
  return std::nullopt;
}

// An amount that an earlier reply proved, or the sum or difference of one and another or a balance.
std::optional<Derivation> from_proven(const Examination& exam, std::int64_t target, bool arithmetic) {
  std::vector<Operand> operands;
  for (const auto& [minor, pointer] : exam.index.proven) {
    if (minor == target) return Derivation{"proven earlier in this conversation", {}, {pointer}};
    const bool known = std::any_of(operands.begin(), operands.end(), [m = minor](const Operand& operand) { return operand.minor == m; });
    if (!known) add(operands, minor, pointer);
  }
  if (!arithmetic) return std::nullopt;
  for (std::uint32_t i : exam.index.numbers_of.of(kMoneyKind)) {
    const EvidenceNumber& known = exam.index.numbers[i];
    if (exam.index.leaves[known.leaf].key == "balance" && exam.usable(known.leaf)) add(operands, known.number.minor, exam.index.pointer(known.leaf));
  }
  for (EntityIndex thing : spoken_of(exam)) {
    if (exam.index.entities[thing].children.empty() && operands.size() < 60) prices_of(exam, thing, operands);
  }
  std::vector<Operand> here = stated(exam, 8);
  for (const Operand& a : here) {
    for (const Operand& b : operands) {
      if (a.minor + b.minor != target && std::llabs(a.minor - b.minor) != target) continue;
      return Derivation{fmt::format("{} and {} make {}", written(a.minor), written(b.minor), written(target)), {}, {a.pointer, b.pointer}};
    }
  }
  return std::nullopt;
}

// "+$9.72", "(-$3.02)": a difference by its sign.
bool signed_amount(const Examination& exam, const Number& said) {
  for (std::size_t at = said.start; at > 0 && said.start - at < 3; --at) {
    const char before = exam.piece.text[at - 1];
    const bool minus_sign = at >= 3 && exam.piece.text.substr(at - 3, 3) == "\xE2\x88\x92";
    if (before == '+' || before == '-' || minus_sign) return true;
    if (before != ' ' && before != '*' && before != '(') return false;
  }
  return false;
}

// A formula written out: "53.27 + 53.43 - 53.48 * 2 = -0.26". The amount left of "=" that follows, evaluated.
std::optional<Derivation> from_formula(const Examination& exam, const Number& said, std::int64_t target) {
  const std::string_view text = exam.piece.text;
  std::size_t equals = text.rfind('=', said.start);
  if (equals == std::string_view::npos || equals == 0 || said.start - equals > 8) return std::nullopt;
  double sum = 0;
  double term = 0;
  double sign = 1;
  char operation = '+';
  int operands = 0;
  std::size_t last = 0;
  for (const Number& number : exam.piece.numbers) {
    if (number.end > equals) break;
    std::string_view between = text.substr(last, number.start - last);
    const std::size_t mark = between.find_last_of("+-*/x");
    const char next = operands == 0 || mark == std::string_view::npos ? '+' : between[mark];
    if (operands > 0 && between.find_first_not_of(" +-*/x()$") != std::string_view::npos) {  // words between: the formula starts anew
      sum = term = 0;
      sign = 1;
      operands = 0;
    }
    operation = operands == 0 ? '+' : next;
    if (operation == '*' || operation == 'x') {
      term *= number.value;
    } else if (operation == '/') {
      if (number.value != 0) term /= number.value;
    } else {
      sum += sign * term;
      sign = operation == '-' ? -1 : 1;
      term = number.value;
    }
    last = number.end;
    ++operands;
  }
  sum += sign * term;
  if (operands < 2 || std::llabs(std::llround(std::abs(sum) * 100)) != target) return std::nullopt;
  return Derivation{"the sum as written", {}, {}};
}

}  // namespace

bool asked_for_more(const Examination& exam, double said, double known) {
  for (std::uint32_t i : exam.index.numbers_of.of(static_cast<std::size_t>(Dimension::kNone))) {
    const EvidenceNumber& number = exam.index.numbers[i];
    if (exam.index.leaves[number.leaf].trust == Trust::kShopper && number.number.value >= 10 && std::abs(said - known) == number.number.value) return true;
  }
  return false;
}

std::optional<Derivation> derive_amount(const Examination& exam, const Number& said) {
  const bool total = says(exam, WordClass::kTotal);
  const std::string_view text = exam.piece.text;
  const bool formula = text.find('=') != std::string_view::npos || text.find(" + ") != std::string_view::npos || text.find(" - ") != std::string_view::npos;
  const bool compares = says(exam, WordClass::kAtLeast) || says(exam, WordClass::kAtMost) || signed_amount(exam, said);
  const bool difference = says(exam, WordClass::kDifference) || compares;
  const std::int64_t target = said.money ? std::llabs(said.minor) : std::llround(std::abs(said.value) * 100);
  if (auto found = from_formula(exam, said, target)) return found;
  if (auto found = multiple(exam, target)) return found;
  if (auto found = from_reply(exam, target)) return found;
  if (!total && !difference && !formula) return from_proven(exam, target, false);
  const bool signs = difference || formula;
  if (auto found = from_operands(stated(exam, 8), target, signs)) return found;
  if (auto found = from_operands(differences(exam), target, true)) return found;
  if (total && !signs) {  // "the new total, after the refund"
    if (auto found = from_operands(stated(exam, 4), target, true)) return found;
  }
  if (auto found = from_operands(of_mentioned(exam, 8), target, signs)) return found;
  if (difference) {
    if (auto found = between_variants(exam, target)) return found;
  }
  if (auto found = within_one(exam, target)) return found;
  if (auto found = from_total(exam, target)) return found;
  return from_proven(exam, target, true);
}

}  // namespace floorwalker::verify
