#include "agent/core/playbook/selling_rules.h"

#include "agent/core/text.h"

namespace floorwalker {
namespace {

std::string percent(int permille) { return std::to_string(permille / 10) + (permille % 10 ? "." + std::to_string(permille % 10) : "") + "%"; }

std::string with_context(const RankingRule& rule) {
  std::string name = "never:" + rule.field + " " + rule.value;
  for (const auto& [field, value] : rule.with) name += (field == "any" ? " with " : " with " + field + " ") + value;
  return name;
}

}  // namespace

std::string_view to_string(Considered::Came came) {
  switch (came) {
    case Considered::Came::kPassed: return "passed";
    case Considered::Came::kActed: return "acted";
    case Considered::Came::kCouldNotRun: break;
  }
  return "could_not_run";
}

std::string rule_name(const NeedRule& rule) { return "need:" + rule.name; }

std::string rule_name(const AddonRule& rule) {
  std::string name = "addon:" + rule.kind + " for " + rule.for_kind;
  for (const auto& [slot, value] : rule.when) name += " when " + slot + " is " + value;
  return name;
}

std::string rule_name(const RankingRule& rule) {
  using What = RankingRule::What;
  switch (rule.what) {
    case What::kInStockFirst: return "in_stock_first";
    case What::kBoostTag: return "boost:tag " + rule.value;
    case What::kBuryTag: return "bury:tag " + rule.value;
    case What::kBoostBrand: return "boost:brand " + rule.value;
    case What::kBuryBrand: return "bury:brand " + rule.value;
    case What::kBoostMarginAbove: return "boost:margin above " + percent(rule.permille);
    case What::kBuryMarginBelow: return "bury:margin below " + percent(rule.permille);
    case What::kNever: break;
  }
  return with_context(rule);
}

std::string ask_rule_name(const std::string& kind) { return "ask:" + kind; }

std::string compare_rule_name(const std::string& need_or_kind) { return "compare:" + need_or_kind; }

}  // namespace floorwalker
