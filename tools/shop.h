#pragma once

#include <memory>
#include <vector>

#include "agent/core/playbook/playbook.h"
#include "tools/compatibility/engine.h"
#include "tools/ports/carts.h"
#include "tools/ports/catalogue.h"
#include "tools/ports/search.h"
#include "tools/ports/service.h"
#include "tools/tool.h"

namespace floorwalker::tools {

// What a shop offers. Owned by the composition root and alive as long as any tool; null where the shop has no such thing: then the tools
// that need it do not exist.
struct Shop {
  ports::Catalogue* catalogue = nullptr;  // needed
  ports::Search* search = nullptr;        // needed
  ports::Carts* carts = nullptr;
  ports::Policies* policies = nullptr;
  ports::Orders* orders = nullptr;
  ports::HandOffDesk* desk = nullptr;
};

// What the tools know besides the shop. Shared and unchanging.
struct Knowledge {
  std::shared_ptr<const Playbook> playbook;                  // never null
  std::shared_ptr<const compatibility::Engine> compatibility;  // never null; may have no rules
};

// Every tool that the shop can serve, in the order of DESIGN.md.
std::vector<Tool> shop_tools(const Shop& shop, const Knowledge& knowledge);

// One each; `shop_tools` puts them together.
Tool search_catalogue(const Shop& shop);
Tool describe_shop(const Shop& shop);
Tool get_product(const Shop& shop);
Tool compare_products(const Shop& shop, const Knowledge& knowledge);
Tool check_compatibility(const Shop& shop, const Knowledge& knowledge);
Tool suggest_addons(const Shop& shop, const Knowledge& knowledge);
Tool view_cart(const Shop& shop);
Tool update_cart(const Shop& shop);
Tool apply_discount(const Shop& shop);
Tool start_checkout(const Shop& shop);
Tool find_policy(const Shop& shop);
Tool find_order(const Shop& shop);
Tool hand_off(const Shop& shop);

}  // namespace floorwalker::tools
