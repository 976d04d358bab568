#include "agent/models/openai/prompts.h"

#include <fmt/format.h>

#include "agent/core/text.h"

namespace floorwalker::openai {
namespace {

std::string shop_text(const ShopShape& shop) {
  std::string out;
  for (const ShopShape::Department& department : shop.departments) {
    out += fmt::format("- {}: {} products", department.name, department.products);
    if (department.price_low != Money{}) out += fmt::format(", {} to {}", format(department.price_low), format(department.price_high));
    out += "\n";
  }
  if (!out.empty()) out.pop_back();
  return out;
}

std::string currency_of(const ShopShape& shop) {
  const bool told = shop.price_low != Money{} || shop.extremes.empty();
  return std::string((told ? shop.price_low : shop.extremes.front().product.price_from).currency.code());
}

std::string words(const Constraint& constraint) {
  const std::string name = text::spaced(constraint.field);
  const auto value = [&](std::size_t i) { return i < constraint.values.size() ? constraint.values[i] : std::string(); };
  switch (constraint.op) {
    case Constraint::Op::kEquals: return name + " " + value(0);
    case Constraint::Op::kNot: return name + " not " + value(0);
    case Constraint::Op::kAtMost: return name + " at most " + value(0);
    case Constraint::Op::kAtLeast: return name + " at least " + value(0);
    case Constraint::Op::kBetween: return name + " between " + value(0) + " and " + value(1);
    case Constraint::Op::kOneOf: return name + " " + text::join_and(constraint.values, "or");
  }
  return name;
}

std::string uses_text(const Playbook& playbook) {
  std::string out;
  for (const NeedRule& need : playbook.needs) {
    std::vector<std::string> parts;
    for (const Preference& preference : need.prefer) parts.push_back((preference.low ? "low " : "high ") + text::spaced(preference.attribute));
    for (const Constraint& constraint : need.require) parts.push_back(words(constraint));
    if (parts.empty()) continue;
    const std::string kinds = need.applies_to.empty() ? "" : " (" + text::join_and(need.applies_to) + ")";
    out += "- " + text::spaced(need.name) + kinds + ": " + text::join_and(parts) + "\n";
  }
  if (!out.empty()) out.pop_back();
  return out;
}

std::string limits_text(const GuardrailRules& rules) {
  std::vector<std::string> parts;
  if (rules.max_quantity) parts.push_back(fmt::format("at most {} of one thing", *rules.max_quantity));
  if (rules.max_cart_total) parts.push_back("a cart of at most " + format(*rules.max_cart_total));
  if (rules.discounts) parts.push_back(rules.discounts->empty() ? "no discount codes" : "no discount codes but " + text::join_and(*rules.discounts));
  return parts.empty() ? "" : text::join_and(parts) + ".";
}

std::string shown_text(const Memory& memory) {
  if (memory.shown.empty()) return "";
  const int turn = memory.shown.back().turn;
  std::string out;
  for (const Shown& shown : memory.shown) {
    if (shown.turn == turn) out += fmt::format("{}{}. {}", out.empty() ? "" : "; ", shown.number, shown.title);
  }
  return out;
}

std::string needs_text(const Memory& memory) {
  std::vector<std::string> parts;
  for (const Need& need : memory.needs) {
    std::vector<std::string> wishes;
    for (const Constraint& constraint : need.constraints) wishes.push_back(words(constraint));
    if (!need.kind.empty() || !wishes.empty()) parts.push_back(need.kind + (wishes.empty() ? "" : ": " + text::join_and(wishes)));
  }
  for (const auto& [name, value] : memory.said_options) parts.push_back(name + " " + value);
  return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace

Result<Prompts> Prompts::create(std::string_view system_template, std::string_view note_template, const Playbook& playbook, const ShopShape& shop) {
  auto system = PromptTemplate::parse(system_template, "prompts/agent/system.en.md");
  if (!system) return fail(system.error());
  auto note = PromptTemplate::parse(note_template, "prompts/agent/note.en.md");
  if (!note) return fail(note.error());
  const std::string brand = playbook.brand.name.empty() ? "this shop" : playbook.brand.name;
  auto text = system->render({{"brand", brand},
                              {"disclosure", playbook.brand.disclosure.empty() ? "" : "If asked, say: " + playbook.brand.disclosure},
                              {"shop", shop_text(shop)},
                              {"uses", uses_text(playbook)},
                              {"confirm", text::join_and(playbook.guardrails.confirm)},
                              {"limits", limits_text(playbook.guardrails)},
                              {"currency", currency_of(shop)}});
  if (!text) return fail(text.error());
  if (auto tried = note->render({{"shown", ""}, {"needs", ""}, {"cart", ""}}); !tried) return fail(tried.error());
  const std::string hash = system->hash() + note->hash();
  return Prompts(std::move(*text), std::move(*note), hash);
}

std::string Prompts::note(const Conversation& conversation) const {
  const std::string shown = shown_text(conversation.memory);
  const std::string needs = needs_text(conversation.memory);
  if (shown.empty() && needs.empty()) return "";
  auto text = note_.render({{"shown", shown}, {"needs", needs}, {"cart", ""}});
  return text ? *text : "";
}

}  // namespace floorwalker::openai
