#pragma once

#include "tests/support/rest_shop.h"

namespace floorwalker::test {

// The goods and carts of a RestShop behind the API of a platform: what adapters/shopify.yaml, vendure.yaml and medusa.yaml ask, with every field that
// they look at, whatever was selected. What the platforms really say is proven by tests/servers; here their adapters meet faults. All keep codes
// that take nothing off, none knows keys, and the first two put what is left into the cart: `goods` is set so.
Front shopify_front(RestShop& goods);
Front vendure_front(RestShop& goods);
Front medusa_front(RestShop& goods);

}  // namespace floorwalker::test
