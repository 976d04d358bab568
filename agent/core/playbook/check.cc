#include <algorithm>
#include <map>
#include <set>

#include "agent/core/playbook/loader.h"
#include "agent/core/text.h"

namespace floorwalker {
namespace {

// Slots that a question may be about besides attributes and options.
const std::set<std::string>& conversation_slots() {
  static const std::set<std::string> slots = {"use", "budget", "kind", "quantity", "recipient"};
  return slots;
}

// Columns that every catalogue has.
const std::set<std::string>& shop_fields() {
  static const std::set<std::string> fields = {"price", "brand", "kind", "category", "tag", "stock", "title", "rating"};
  return fields;
}

// Names compare by their stems, so that "laptops", "Laptop" and "battery_life", "Battery life" are one.
std::string key_of(std::string_view name) {
  std::string key;
  for (const text::Word& word : text::words(text::spaced(name))) {
    if (!key.empty()) key += ' ';
    key += text::stem(word.folded);
  }
  return key;
}

// "option:Size" asks for the option "Size".
std::string slot_name(const std::string& slot) {
  const std::string option = "option:";
  return slot.starts_with(option) ? slot.substr(option.size()) : slot;
}

class Names {
 public:
  Names(const Playbook& playbook, const Vocabulary& vocabulary) : vocabulary_(vocabulary) {
    for (const NeedRule& need : playbook.needs) needs_.insert(need.name);
    for (const auto& [umbrella, members] : playbook.vocabulary.umbrellas) umbrellas_.insert(key_of(umbrella));
  }

  // "" if the catalogue knows the name; otherwise what to say, with a suggestion.
  std::pair<std::string, std::string> problem(const NameUse& use) {
    if (use.what == "tool" || use.what == "need" || use.what == "bound") return {};   // of the playbook's own, or for a shop's products to say
    if (use.what == "slot" && conversation_slots().contains(slot_name(use.name))) return {};
    if ((use.what == "field" || use.what == "slot") && shop_fields().contains(slot_name(use.name))) return {};
    if (use.what == "need_or_kind" && needs_.contains(use.name)) return {};
    if (use.what == "kind" && umbrellas_.contains(key_of(use.name))) return {};
    if (use.what == "brand") return known(use.name, {"brand"}, "brand");
    if (use.what == "tag") return known(use.name, {"tag"}, "tag");
    if (use.what == "category") return known(use.name, {"category"}, "category");
    if (use.what == "field" || use.what == "slot") return known(slot_name(use.name), {"attribute", "option"}, "attribute or option");
    return known(use.name, {"kind", "category"}, use.what == "kind" ? "kind of product" : "need or kind of product");
  }

 private:
  std::pair<std::string, std::string> known(const std::string& name, const std::vector<std::string>& lists, const std::string& called) {
    std::vector<std::string> all;
    for (const std::string& list : lists) {
      const std::map<std::string, std::string>& names = names_of(list);
      if (names.contains(key_of(name))) return {};
      for (const auto& [key, spelling] : names) all.push_back(spelling);
    }
    const std::string near = text::nearest(name, all);
    return {"the catalogue has no " + called + " '" + name + "'", near.empty() ? "" : "did you mean '" + near + "'?"};
  }

  // The catalogue's names of one sort by their key; a category also by its last step.
  const std::map<std::string, std::string>& names_of(const std::string& list) {
    const auto cached = names_.find(list);
    if (cached != names_.end()) return cached->second;
    auto& names = names_[list];
    for (const std::string& name : vocabulary_.names(list)) {
      names.emplace(key_of(name), name);
      const std::size_t step = name.rfind(" > ");
      if (step != std::string::npos) names.emplace(key_of(name.substr(step + 3)), name.substr(step + 3));
    }
    return names;
  }

  const Vocabulary& vocabulary_;
  std::set<std::string> needs_;
  std::set<std::string> umbrellas_;
  std::map<std::string, std::map<std::string, std::string>> names_;
};

}  // namespace

std::optional<std::string> field_of_slot(const std::string& slot) {
  if (conversation_slots().contains(slot)) return std::nullopt;
  return slot_name(slot);
}

std::vector<Finding> check_against(const Playbook& playbook, const Vocabulary& vocabulary, bool named_together) {
  std::vector<Finding> findings;
  Names names(playbook, vocabulary);
  for (const NameUse& use : playbook.names) {
    auto [message, suggestion] = names.problem(use);
    if (message.empty()) continue;
    const auto severity = named_together ? Finding::Severity::kError : Finding::Severity::kInactive;
    findings.push_back({severity, use.at, use.path, std::move(message), std::move(suggestion)});
  }
  return findings;
}

}  // namespace floorwalker
