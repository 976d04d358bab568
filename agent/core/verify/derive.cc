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
      const auto word = exam.lexicon.numbers.find(token.folded);
      const bool said = token.folded == std::to_string(factor) || (word != exam.lexicon.numbers.end() && word->second == factor) ||
                        (factor == 2 && token.folded == "both");
      if (said) return Derivation{fmt::format("{} x {} = {}", factor, written(price.minor), written(target)), {}, {price.pointer}};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Derivation> derive_amount(const Examination& exam, const Number& said) {
  const bool total = says(exam, WordClass::kTotal);
  const bool difference = says(exam, WordClass::kDifference);
  const std::string_view text = exam.piece.text;
  const bool formula = text.find('=') != std::string_view::npos || text.find(" + ") != std::string_view::npos || text.find(" - ") != std::string_view::npos;
  const std::int64_t target = std::abs(said.minor);
  if (auto found = multiple(exam, target)) return found;
  if (!total && !difference && !formula) return std::nullopt;
  const bool signs = difference || formula;
  if (auto found = from_operands(stated(exam, 8), target, signs)) return found;
  if (auto found = from_operands(of_mentioned(exam, 8), target, signs)) return found;
  return within_one(exam, target);
}

}  // namespace floorwalker::verify
