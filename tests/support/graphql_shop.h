#pragma once

#include "tests/support/rest_shop.h"

namespace floorwalker::test {

// The goods and carts of a RestShop behind the GraphQL of a platform: what adapters/shopify.yaml and adapters/vendure.yaml ask, with every field that
// they look at, whatever was selected. What the platforms' own schemas say is proven by tests/servers; here their adapters meet faults.
// Both keep codes that take nothing off and put what is left into the cart: `goods` is set so.
Front shopify_front(RestShop& goods);
Front vendure_front(RestShop& goods);

}  // namespace floorwalker::test
