#include "agent/cli/playbook_addons.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace floorwalker::cli {
namespace {

using nlohmann::json;

constexpr std::size_t kTried = 8;   // products of each kind that are held against each other

struct Stocked {
  std::string id;
  bool buyable = false;
};

class AddonCheck {
 public:
  AddonCheck(const Playbook& playbook, ToolBox& tools) : playbook_(playbook), tools_(tools) {}

  std::vector<Finding> run() {
    for (const AddonRule& rule : playbook_.addons.rules) one(rule);
    return std::move(findings_);
  }

 private:
  void one(const AddonRule& rule) {
    const std::vector<Stocked>& addons = of_kind(rule.kind);
    const std::vector<Stocked>& things = of_kind(rule.for_kind);
    if (addons.empty() || things.empty()) return;   // a name the catalogue lacks is told elsewhere
    if (std::none_of(addons.begin(), addons.end(), [](const Stocked& one) { return one.buyable; })) {
      return say(rule, "nothing of the kind '" + rule.kind + "' can be bought any more, so it can never be offered");
    }
    for (const Stocked& thing : things) {
      for (const Stocked& addon : addons) {
        if (addon.buyable && fit(thing.id, addon.id) != "no") return;
      }
    }
    say(rule, "no '" + rule.kind + "' of this shop fits any '" + rule.for_kind + "', so it can never be offered");
  }

  void say(const AddonRule& rule, std::string message) {
    findings_.push_back({Finding::Severity::kError, rule.at, "addons." + rule.for_kind, std::move(message), ""});
  }

  json ask(const std::string& tool, const json& arguments) const {
    ToolCall call;
    call.id = CallId("check");
    call.name = tool;
    call.arguments = arguments.dump();
    const json answer = json::parse(tools_.call(call, ToolContext{}).content, nullptr, false);
    return answer.is_object() ? answer : json::object();
  }

  const std::vector<Stocked>& of_kind(const std::string& kind) {
    const auto known = kinds_.find(kind);
    if (known != kinds_.end()) return known->second;
    std::vector<Stocked>& all = kinds_[kind];
    const json found = ask("search_catalogue", {{"constraints", {{{"field", "kind"}, {"op", "equals"}, {"values", {kind}}}}}, {"limit", kTried}});
    for (const json& product : found.value("products", json::array())) {
      all.push_back({product.value("id", ""), product.value("availability", "") != "out_of_stock"});
    }
    return all;
  }

  std::string fit(const std::string& a, const std::string& b) const { return ask("check_compatibility", {{"a", a}, {"b", b}}).value("fit", "unknown"); }

  const Playbook& playbook_;
  ToolBox& tools_;
  std::map<std::string, std::vector<Stocked>> kinds_;
  std::vector<Finding> findings_;
};

}  // namespace

Result<std::vector<Finding>> check_addons(const Playbook& playbook, Composition& shop) {
  if (playbook.addons.rules.empty()) return std::vector<Finding>();
  const auto tools = shop.tools();
  if (!tools) return fail(tools.error());
  return AddonCheck(playbook, tools->get()).run();
}

}  // namespace floorwalker::cli
