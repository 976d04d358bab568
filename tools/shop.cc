#include "tools/shop.h"

namespace floorwalker::tools {

std::vector<Tool> shop_tools(const Shop& shop, const Knowledge& knowledge) {
  std::vector<Tool> tools{search_catalogue(shop), describe_shop(shop), get_product(shop), compare_products(shop, knowledge),
                          check_compatibility(shop, knowledge), suggest_addons(shop, knowledge)};
  if (shop.carts) {
    for (Tool (*make)(const Shop&) : {view_cart, update_cart, apply_discount, start_checkout}) tools.push_back(make(shop));
  }
  if (shop.policies) tools.push_back(find_policy(shop));
  if (shop.orders) tools.push_back(find_order(shop));
  if (shop.desk) tools.push_back(hand_off(shop));
  return tools;
}

}  // namespace floorwalker::tools
