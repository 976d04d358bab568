#include "tests/support/platform_shops.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>

namespace floorwalker::test {
namespace {

using nlohmann::json;
using Answer = RestShop::Answer;

// The first field that a query asks for: "cartLinesAdd".
std::string root_of(const std::string& query) {
  std::size_t at = query.find('{');
  while (at < query.size() && !std::isalpha(static_cast<unsigned char>(query[at]))) ++at;
  std::size_t end = at;
  while (end < query.size() && std::isalnum(static_cast<unsigned char>(query[end]))) ++end;
  return query.substr(at, end - at);
}

// A request, and the shop behind it.
struct Call {
  RestShop& goods;
  std::string root;
  json given;       // variables, or the body
  std::string cart;

  json get(const std::string& target) const { return json::parse(goods.answer("GET", "/api/" + target, "", "").body); }
  json read_cart() const { return get("carts/" + cart); }
  std::string text(const char* name) const { return given.value(name, ""); }

  // What a change came to: the refusal, or null.
  json change(const std::string& method, const std::string& target, const json& body) const {
    const Answer answer = goods.answer(method, "/api/carts/" + cart + target, body.dump(), "");
    return answer.status < 300 ? json() : json::parse(answer.body).at("error");
  }
};

Call call_of(RestShop& goods, const Asked& asked) {
  const json body = json::parse(asked.body);
  return {goods, root_of(body.at("query")), body.value("variables", json::object()), {}};
}

Answer told(json data) { return {200, json{{"data", std::move(data)}}.dump()}; }

json list_of(const json& options, json (*option)(const std::string&, const std::string&)) {
  json all = json::array();
  for (const auto& [name, value] : options.items()) all.push_back(option(name, value));
  return all;
}

std::int64_t minor(const json& amount) {
  std::string digits = amount.get<std::string>();
  std::erase(digits, '.');
  return std::stoll(digits);
}

// ---- Shopify

json shopify_option(const std::string& name, const std::string& value) { return {{"name", name}, {"value", value}}; }

json shopify_money(const json& amount) { return {{"amount", amount}, {"currencyCode", "USD"}}; }

json shopify_product(const json& product) {
  json variants = json::array();
  for (const json& variant : product.at("variants")) {
    json one = {{"id", variant.at("id")}, {"availableForSale", variant.at("available")}, {"price", shopify_money(variant.at("price"))},
                {"selectedOptions", list_of(variant.at("choices"), shopify_option)}};
    if (variant.contains("old_price")) one["compareAtPrice"] = shopify_money(variant.at("old_price"));
    if (variant.contains("in_stock")) one["quantityAvailable"] = variant.at("in_stock");
    variants.push_back(std::move(one));
  }
  return {{"id", product.at("id")}, {"title", product.at("name")}, {"vendor", product.at("brand")}, {"productType", product.at("type")},
          {"variants", {{"nodes", variants}}}};
}

json shopify_cart(const json& cart) {
  json lines = json::array(), codes = json::array(), less = json::array();
  for (const json& line : cart.at("lines")) {
    const json merchandise = {{"id", line.at("variant")}, {"selectedOptions", list_of(line.at("choices"), shopify_option)}, {"product", {{"id", line.at("product")}, {"title", line.at("name")}}}};
    lines.push_back({{"id", line.at("id")}, {"quantity", line.at("quantity")}, {"merchandise", merchandise},
                     {"cost", {{"amountPerQuantity", shopify_money(line.at("price"))}, {"subtotalAmount", shopify_money(line.at("total"))}}}});
  }
  for (const json& code : cart.at("codes")) {
    const bool applies = minor(code.at("amount")) > 0;
    codes.push_back({{"code", code.at("code")}, {"applicable", applies}});
    if (applies) less.push_back({{"discountedAmount", shopify_money(code.at("amount"))}});
  }
  return {{"id", cart.at("id")}, {"checkoutUrl", cart.at("pay_at")}, {"cost", {{"totalAmount", shopify_money(cart.at("total"))}}}, {"discountCodes", codes},
          {"discountAllocations", less}, {"lines", {{"nodes", lines}}}};
}

// A refusal is told beside the cart; of too many it is only warned.
Answer shopify_changed(const Call& call, const json& refusal) {
  json errors = json::array(), warnings = json::array();
  const std::string code = refusal.is_null() ? "" : refusal.value("code", "");
  if (code == "out_of_stock") warnings.push_back({{"code", "MERCHANDISE_NOT_ENOUGH_STOCK"}, {"message", refusal.at("message")}});
  else if (!code.empty()) errors.push_back({{"code", "INVALID"}, {"field", {code == "no_variant" ? "merchandiseId" : "quantity"}}, {"message", refusal.at("message")}});
  const json cart = call.read_cart();
  return told({{call.root, {{"cart", cart.contains("error") ? json() : shopify_cart(cart)}, {"userErrors", errors}, {"warnings", warnings}}}});
}

Answer shopify_codes(const Call& call) {
  const auto wanted = call.given.at("codes").get<std::vector<std::string>>();
  const json cart = call.read_cart();
  for (const json& old : cart.at("codes")) {
    const std::string code = old.at("code");
    if (std::find(wanted.begin(), wanted.end(), code) == wanted.end()) call.change("DELETE", "/codes/" + code, json::object());
  }
  for (const std::string& code : wanted) call.change("POST", "/codes", {{"code", code}});
  return shopify_changed(call, {});
}

Answer shopify_products(const Call& call, const std::string& target) {
  json nodes = json::array();
  const json found = call.get(target);
  for (const json& product : found.at("products")) nodes.push_back(shopify_product(product));
  return told({{call.root, {{"nodes", nodes}, {"pageInfo", {{"hasNextPage", false}, {"endCursor", nullptr}}}}}});
}

Answer shopify_catalogue(const Call& call) {
  if (call.root == "localization") return told({{"localization", {{"country", {{"currency", {{"isoCode", "USD"}}}}}}}});
  if (call.root == "products") return shopify_products(call, call.given.contains("wanted") ? "products?changed_since=2020" : "products?limit=50");
  if (call.root == "search") return shopify_products(call, "products?limit=50&q=" + call.text("words"));
  if (call.root == "node") {
    const json found = call.get("variants/" + call.text("variant"));
    return told({{"node", found.contains("error") ? json() : json{{"product", {{"id", found.at("product")}}}}}});
  }
  if (call.root == "nodes") {
    json nodes = json::array();
    for (const std::string& id : call.given.at("products").get<std::vector<std::string>>()) {
      const json found = call.get("products/" + id);
      nodes.push_back(found.contains("error") ? json() : shopify_product(found));
    }
    return told({{"nodes", nodes}});
  }
  if (call.root == "shop") return told({{"shop", {{"returns", {{"id", "1"}, {"handle", "refund-policy"}, {"title", "Returns"}, {"body", "<p>Within 30 days.</p>"}}}, {"privacy", nullptr}}}});
  const json found = call.get("products/" + call.text("product"));
  return told({{"product", found.contains("error") ? json() : shopify_product(found)}});
}

Answer shopify(Call call) {
  call.cart = call.text("cart");
  if (call.root == "cartCreate") {
    call.cart = json::parse(call.goods.answer("POST", "/api/carts", "{}", "").body).at("id");
    return shopify_changed(call, {});
  }
  if (call.root == "cartLinesAdd") return shopify_changed(call, call.change("POST", "/lines", {{"variant", call.text("variant")}, {"quantity", call.given.at("quantity")}}));
  if (call.root == "cartLinesUpdate") return shopify_changed(call, call.change("PUT", "/lines/" + call.text("line"), {{"quantity", call.given.at("quantity")}}));
  if (call.root == "cartLinesRemove") return shopify_changed(call, call.change("DELETE", "/lines/" + call.text("line"), json::object()));
  if (call.root == "cartDiscountCodesUpdate") return shopify_codes(call);
  if (call.root != "cart") return shopify_catalogue(call);
  const json cart = call.read_cart();
  return told({{"cart", cart.contains("error") ? json() : shopify_cart(cart)}});
}

// ---- Vendure

json vendure_option(const std::string& name, const std::string& value) { return {{"name", value}, {"group", {{"name", name}}}}; }

json vendure_product(const json& product) {
  json variants = json::array(), groups = json::array();
  for (const json& variant : product.at("variants")) {
    variants.push_back({{"id", variant.at("id")}, {"priceWithTax", minor(variant.at("price"))}, {"currencyCode", "USD"},
                        {"stockLevel", variant.at("available").get<bool>() ? "IN_STOCK" : "OUT_OF_STOCK"}, {"options", list_of(variant.at("choices"), vendure_option)}});
  }
  return {{"id", product.at("id")}, {"name", product.at("name")}, {"slug", product.at("id")}, {"variants", variants}, {"optionGroups", groups}};
}

json vendure_order(const json& cart) {
  json lines = json::array(), codes = json::array(), discounts = json::array();
  for (const json& line : cart.at("lines")) {
    lines.push_back({{"id", line.at("id")}, {"quantity", line.at("quantity")}, {"unitPriceWithTax", minor(line.at("price"))}, {"linePriceWithTax", minor(line.at("total"))},
                     {"productVariant", {{"id", line.at("variant")}, {"product", {{"id", line.at("product")}, {"name", line.at("name")}}}, {"options", list_of(line.at("choices"), vendure_option)}}}});
  }
  for (const json& code : cart.at("codes")) {
    codes.push_back(code.at("code"));
    if (minor(code.at("amount")) > 0) discounts.push_back({{"description", code.at("code")}, {"amountWithTax", -minor(code.at("amount"))}});
  }
  return {{"id", cart.at("id")}, {"code", cart.at("id")}, {"currencyCode", "USD"}, {"totalWithTax", minor(cart.at("total"))}, {"couponCodes", codes}, {"discounts", discounts}, {"lines", lines}};
}

Answer vendure_changed(const Call& call, const json& refusal) {
  static const std::map<std::string, std::string> kCodes = {{"out_of_stock", "INSUFFICIENT_STOCK_ERROR"}, {"quantity_rule", "ORDER_LIMIT_ERROR"}, {"invalid_code", "COUPON_CODE_INVALID_ERROR"}};
  if (refusal.is_null()) return told({{call.root, vendure_order(call.read_cart())}});
  const auto known = kCodes.find(refusal.at("code"));
  if (known == kCodes.end()) return {200, json{{"errors", {{{"message", refusal.at("message")}, {"extensions", {{"code", "ENTITY_NOT_FOUND"}}}}}}, {"data", nullptr}}.dump()};
  json told_error = {{"errorCode", known->second}, {"message", refusal.at("message")}};
  if (refusal.contains("available")) told_error["quantityAvailable"] = refusal.at("available");
  return told({{call.root, told_error}});
}

Answer vendure_products(const Call& call, const std::string& target) {
  json items = json::array();
  const json found = call.get(target);
  for (const json& product : found.at("products")) items.push_back(call.root == "search" ? json{{"productId", product.at("id")}} : vendure_product(product));
  return told({{call.root, {{"totalItems", items.size()}, {"items", items}}}});
}

Answer vendure_order_of(const Call& call) {
  const json found = call.get("orders/" + call.text("order"));
  if (found.contains("error")) return told({{"orderByCode", nullptr}});
  const json line = found.at("lines").at(0);
  return told({{"orderByCode", {{"code", found.at("number")}, {"state", "Shipped"}, {"orderPlacedAt", found.at("date")}, {"totalWithTax", minor(found.at("total"))},
                                {"customer", {{"emailAddress", found.at("email")}}},
                                {"lines", {{{"id", "1"}, {"quantity", 1}, {"unitPriceWithTax", minor(line.at("price"))}, {"productVariant", {{"id", line.at("variant")}, {"name", line.at("name")}, {"options", json::array()}}}}}}}}});
}

Answer vendure_catalogue(const Call& call) {
  if (call.root == "activeChannel") return told({{"activeChannel", {{"defaultCurrencyCode", "USD"}}}});
  if (call.root == "search") return vendure_products(call, "products?limit=50&q=" + call.text("words"));
  if (call.root == "orderByCode") return vendure_order_of(call);
  if (call.root == "products" && call.given.contains("products")) {
    std::string ids;
    for (const std::string& id : call.given.at("products").get<std::vector<std::string>>()) ids += (ids.empty() ? "" : ",") + id;
    return vendure_products(call, "products?ids=" + ids);
  }
  if (call.root == "products") return vendure_products(call, call.given.contains("since") ? "products?changed_since=2020" : "products?limit=100");
  const json found = call.get("products/" + call.text("product"));
  return told({{"product", found.contains("error") ? json() : vendure_product(found)}});
}

// A token that is not known begins another cart, in silence.
Answer vendure_active(Call call) {
  const json cart = call.read_cart();
  if (!call.cart.empty() && !cart.contains("error")) return told({{"activeOrder", vendure_order(cart)}});
  Answer answer = told({{"activeOrder", nullptr}});
  answer.headers.emplace_back("vendure-auth-token", json::parse(call.goods.answer("POST", "/api/carts", "{}", "").body).at("id").get<std::string>());
  return answer;
}

Answer vendure(Call call) {
  if (call.root == "activeOrder") return vendure_active(call);
  if (call.root == "addItemToOrder") return vendure_changed(call, call.change("POST", "/lines", {{"variant", call.text("variant")}, {"quantity", call.given.at("quantity")}}));
  if (call.root == "adjustOrderLine") return vendure_changed(call, call.change("PUT", "/lines/" + call.text("line"), {{"quantity", call.given.at("quantity")}}));
  if (call.root == "removeOrderLine") return vendure_changed(call, call.change("DELETE", "/lines/" + call.text("line"), json::object()));
  if (call.root == "applyCouponCode") return vendure_changed(call, call.change("POST", "/codes", {{"code", call.text("code")}}));
  if (call.root == "removeCouponCode") return vendure_changed(call, call.change("DELETE", "/codes/" + call.text("code"), json::object()));
  return vendure_catalogue(call);
}

// ---- Medusa

Answer medusa_error(int status, const char* type, const std::string& message) { return {status, json{{"type", type}, {"message", message}}.dump()}; }

// Medusa writes amounts as JSON numbers.
json decimal(const json& amount) { return json::parse(amount.get<std::string>()); }

json medusa_option(const std::string& name, const std::string& value) { return {{"value", value}, {"option", {{"title", name}}}}; }

// No product is without an option.
json medusa_choices(const json& variant) {
  const json& choices = variant.at("choices");
  return choices.empty() ? json{{"Default", "Default"}} : choices;
}

json medusa_variant(const json& variant, std::size_t rank) {
  const json original = variant.contains("old_price") ? variant.at("old_price") : variant.at("price");
  return {{"id", variant.at("id")}, {"sku", variant.at("id")}, {"variant_rank", rank}, {"allow_backorder", false},
          {"manage_inventory", variant.contains("in_stock")}, {"inventory_quantity", variant.value("in_stock", 0)},
          {"calculated_price", {{"calculated_amount", decimal(variant.at("price"))}, {"original_amount", decimal(original)}, {"currency_code", "usd"}}},
          {"options", list_of(medusa_choices(variant), medusa_option)}};
}

json medusa_product(const json& product) {
  const json choices = medusa_choices(product.at("variants").at(0));
  json variants = json::array(), options = json::array(), metadata = product.at("properties");
  for (const json& variant : product.at("variants")) variants.push_back(medusa_variant(variant, variants.size()));
  for (const auto& [name, value] : choices.items()) options.push_back({{"title", name}});
  metadata["brand"] = product.at("brand");
  return {{"id", product.at("id")}, {"title", product.at("name")}, {"handle", product.at("id")}, {"description", product.at("description")},
          {"type", {{"value", product.at("type")}}}, {"categories", json::array()}, {"tags", json::array()}, {"images", json::array()},
          {"thumbnail", nullptr}, {"metadata", metadata}, {"options", options}, {"variants", variants}};
}

json medusa_cart(const json& cart) {
  json items = json::array(), promotions = json::array();
  for (const json& line : cart.at("lines")) {
    items.push_back({{"id", line.at("id")}, {"product_id", line.at("product")}, {"variant_id", line.at("variant")}, {"product_title", line.at("name")},
                     {"quantity", line.at("quantity")}, {"unit_price", decimal(line.at("price"))}, {"subtotal", decimal(line.at("total"))}});
  }
  for (const json& code : cart.at("codes")) promotions.push_back({{"code", code.at("code")}});
  const auto off = static_cast<double>(minor(cart.at("subtotal")) - minor(cart.at("total"))) / 100;
  return {{"id", cart.at("id")}, {"currency_code", "usd"}, {"item_subtotal", decimal(cart.at("subtotal"))}, {"discount_total", off},
          {"total", decimal(cart.at("total"))}, {"promotions", promotions}, {"items", items}};
}

Answer medusa_told(const Call& call) {
  const json cart = call.read_cart();
  return cart.contains("error") ? medusa_error(404, "not_found", "Cart id not found: " + call.cart) : Answer{200, json{{"cart", medusa_cart(cart)}}.dump()};
}

// More than there is has a code of its own; a cart or a line that is not there has another status than what else is wrong.
Answer medusa_changed(const Call& call, const json& refusal) {
  if (refusal.is_null()) return medusa_told(call);
  const std::string code = refusal.at("code"), message = refusal.at("message");
  if (code == "out_of_stock") return {400, json{{"code", "insufficient_inventory"}, {"type", "not_allowed"}, {"message", message}}.dump()};
  return code == "no_cart" || code == "no_line" ? medusa_error(404, "not_found", message) : medusa_error(400, "invalid_data", message);
}

Answer medusa_promotions(const Call& call, const std::string& method) {
  json refusal;
  for (const std::string& code : call.given.at("promo_codes").get<std::vector<std::string>>()) {
    if (!refusal.is_null()) break;
    refusal = method == "DELETE" ? call.change("DELETE", "/codes/" + code, json::object()) : call.change("POST", "/codes", {{"code", code}});
  }
  return medusa_changed(call, refusal);
}

Answer medusa_line(const Call& call, const std::string& method, const std::string& line) {
  if (method == "POST") return medusa_changed(call, call.change("PUT", "/lines/" + line, {{"quantity", call.given.at("quantity")}}));
  const json refusal = call.change("DELETE", "/lines/" + line, json::object());
  if (!refusal.is_null()) return medusa_changed(call, refusal);
  return {200, json{{"id", line}, {"object", "line-item"}, {"deleted", true}, {"parent", medusa_cart(call.read_cart())}}.dump()};
}

Answer medusa_carts(Call call, const std::string& method, const std::vector<std::string>& path) {
  if (path.size() == 2) call.cart = json::parse(call.goods.answer("POST", "/api/carts", "{}", "").body).at("id");
  else call.cart = path[2];
  if (path.size() < 4) return medusa_told(call);
  if (path[3] == "promotions") return medusa_promotions(call, method);
  if (path.size() == 5) return medusa_line(call, method, path[4]);
  return medusa_changed(call, call.change("POST", "/lines", {{"variant", call.text("variant_id")}, {"quantity", call.given.at("quantity")}}));
}

// There are no prices without a region.
Answer medusa_products(const Call& call, const Address& address) {
  const auto given = [&](const char* name) { return address.query.contains(name) ? address.query.at(name) : ""; };
  if (given("region_id") != "reg_us") return medusa_error(400, "invalid_data", "Missing required pricing context to calculate prices - region_id");
  if (address.path.size() > 2) {
    const json found = call.get("products/" + address.path[2]);
    return found.contains("error") ? medusa_error(404, "not_found", "Product with id: " + address.path[2] + " was not found") : Answer{200, json{{"product", medusa_product(found)}}.dump()};
  }
  std::string target = "products?limit=" + given("limit") + "&offset=" + (given("offset").empty() ? "0" : given("offset"));
  if (!given("id[]").empty()) target += "&ids=" + given("id[]");
  if (!given("updated_at[$gte]").empty()) target += "&changed_since=" + given("updated_at[$gte]");
  if (!given("q").empty()) target += "&q=" + given("q");
  const json found = call.get(target);
  json products = json::array();
  for (const json& product : found.at("products")) products.push_back(medusa_product(product));
  return {200, json{{"products", products}, {"count", found.at("total")}}.dump()};
}

Answer medusa(const Call& call, const Asked& asked) {
  const Address address = address_of(asked.target);
  if (asked.header("x-publishable-api-key").empty()) return medusa_error(400, "not_allowed", "A valid publishable key is required to proceed with the request");
  if (address.path.at(1) == "regions") return {200, R"({"regions":[{"id":"reg_eu","currency_code":"eur"},{"id":"reg_us","currency_code":"usd"}],"count":2})"};
  return address.path.at(1) == "carts" ? medusa_carts(call, asked.method, address.path) : medusa_products(call, address);
}

void as_platforms_do(RestShop& goods) {
  goods.clamps = true;
  goods.keeps_idle_codes = true;
}

}  // namespace

Front shopify_front(RestShop& goods) {
  as_platforms_do(goods);
  return [&goods](const Asked& asked) { return shopify(call_of(goods, asked)); };
}

Front vendure_front(RestShop& goods) {
  as_platforms_do(goods);
  return [&goods](const Asked& asked) {
    Call call = call_of(goods, asked);
    const std::string bearer = asked.header("authorization");
    call.cart = bearer.starts_with("Bearer ") ? bearer.substr(7) : "";
    return vendure(std::move(call));
  };
}

Front medusa_front(RestShop& goods) {
  goods.keeps_idle_codes = true;
  goods.keeps_keys = false;
  return [&goods](const Asked& asked) { return medusa({goods, "", asked.body.empty() ? json::object() : json::parse(asked.body), ""}, asked); };
}

}  // namespace floorwalker::test
