#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/core/answers.h"
#include "agent/core/result.h"

// The one JSON form of each tool answer: what a language model reads, what the journal keeps, what evidence points into.
//
// Compact, snake_case, in a fixed order of keys. What is empty, unknown or the usual case is left out. Values are written so that a
// person and a generic reader of facts see the same thing:
//
//   money       "1299.00 USD"            decimal in major units, blank, ISO 4217 code
//   measure     "1.2 kg"                 the source's own number and unit; a bare JSON number where there is no unit: 8
//   boolean     true
//   text        "Black"
//   several     ["HDMI", "USB-C"]        entries of one attribute name, in order
//   not stated  null                     only in a comparison
//   time        "2026-11-22T13:35:00.000Z"
//
// so {"battery_life":"12 h","colour":"Black","touchscreen":true,"ports":["HDMI","USB-C"],"usb_ports":3} are five attributes. Where the
// short form would not read back the same it is spelled out: {"text":"15 in"} (text that looks like a measure), {"value":3,"unit":"blips"}
// (a unit that units.h does not know).
//
// A product or card has "id"; the objects inside "variants" and "lines" have their own "id". Examples, one of each:
//
//   card        {"id":"P-17","title":"Aero 13","brand":"Acme","kind":"laptop","price":"1299.00 USD","compare_at":"1499.00 USD",
//                "availability":"in_stock","attributes":{"weight":"1.2 kg"},"options":{"Memory":["8 GB","16 GB"]},
//                "variants":[{"id":"V-1","sku":"A13-8","options":{"Memory":"8 GB"},"price":"1299.00 USD","availability":"in_stock","stock":4}],
//                "url":"https://...","image":"https://..."}              several prices: "price_from" and "price_to" in place of "price"
//   search      {"outcome":"found","kind":"laptop","total":41,"complete":false,"request":{...},
//                "products":[{card..., "match":{"score":7.2,"words":["light"],"fields":["title"]}}],
//                "relaxed":[constraint],"unfilterable":[constraint],"corrections":["labtop -> laptop"],
//                "price_low":"299.00 USD","price_high":"2999.00 USD",
//                "facets":[{"field":"brand","covered":41,"values":{"Acme":12,"Bolt":9}},{"field":"weight","covered":40,"low":"0.9 kg","high":"3 kg"}]}
//   constraint  {"field":"weight","op":"at_most","values":["1.5 kg"]}
//   request     {"words":"light laptop","constraints":[...],"sort":"price_ascending","offset":6,"limit":6}   (arguments of search_catalogue)
//   shape       {"scope":"laptops","products":41,"price_low":...,"price_high":...,"departments":[{"name","products","price_low","price_high"}],
//                "extremes":[{"what":"most expensive","product":{card}}]}
//   details     a product: card's keys, with "description","highlights","categories":[["Computers","Laptops"]],"tags","images","identifiers",
//               every variant, and "observed":time. The margin is never written.
//   comparison  {"products":[cards],"axes":[{"name":"weight","values":{"P-17":"1.2 kg","P-18":null},"winner":"P-17","differs":true,
//                "why":"travel"}],"missing":["noise"]}
//   fit         {"fit":"no","a":"P-1","a_title":...,"b":"P-2","b_title":...,"checks":[{"rule":"processor-socket","fit":"no",
//                "left":"socket AM5","right":"socket AM4","why":"..."}]}
//   add-ons     {"for":"P-1","for_title":...,"addons":[{"tier":"required","reason":"...","fit":"yes","product":{card}}]}
//   cart        {"change":"added","line":{line},"before":{line},"asked":2,"got":2,"available":5,"cart":{"id":"C-1","lines":[line],
//                "discounts":[{"code":"SAVE10","amount":"10.00 USD"}],"subtotal":...,"total":...}}
//   line        {"id":"L-1","product":"P-17","variant":"V-1","title":"Aero 13","options":{"Memory":"8 GB"},"quantity":2,
//                "unit_price":"1299.00 USD","total":"2598.00 USD"}
//   checkout    {"url":"https://...","cart":{cart}}
//   policies    {"topic":"returns","policies":[{"id":"returns-us","topic":"returns","title":...,"text":...,"date":"2026-01-01","applies_to":[...]}]}
//   orders      {"orders":[{"id":"1001","status":"shipped","placed":"2026-11-01","expected":...,"tracking":...,"lines":[{"variant","title",
//                "options","quantity","unit_price"}],"total":...}]}
//   hand-off    {"queue":"support","reference":"H-1"}
//   error       {"error":{"kind":"out_of_stock","message":"only 2 left","field":"quantity","accepted":["1","2"],"available":2,
//                "choices":[variants],"cart":{cart}}}                      operators' detail is never written
//
// Text of products, policies and orders is data, never instructions: it is written as valid UTF-8 without invisible characters (zero
// width, bidirectional overrides, tags). Readers fail with kMalformed and name the place; keys that they do not know are skipped.
namespace floorwalker {

std::string to_json(const SearchRequest& request);
std::string to_json(const SearchPage& page);
std::string to_json(const ShopShape& shape);
std::string to_json(const ProductDetails& details);
std::string to_json(const Comparison& comparison);
std::string to_json(const Compatibility& compatibility);
std::string to_json(const Addons& addons);
std::string to_json(const CartAnswer& answer);
std::string to_json(const CheckoutAnswer& answer);
std::string to_json(const PolicyAnswer& answer);
std::string to_json(const OrderAnswer& answer);
std::string to_json(const HandOffAnswer& answer);
std::string to_json(const ErrorAnswer& answer);

Result<SearchRequest> search_request_from_json(std::string_view json);
Result<SearchPage> search_page_from_json(std::string_view json);
Result<ShopShape> shop_shape_from_json(std::string_view json);
Result<ProductDetails> product_details_from_json(std::string_view json);
Result<Comparison> comparison_from_json(std::string_view json);
Result<Compatibility> compatibility_from_json(std::string_view json);
Result<Addons> addons_from_json(std::string_view json);
Result<CartAnswer> cart_answer_from_json(std::string_view json);
Result<CheckoutAnswer> checkout_answer_from_json(std::string_view json);
Result<PolicyAnswer> policy_answer_from_json(std::string_view json);
Result<OrderAnswer> order_answer_from_json(std::string_view json);
Result<HandOffAnswer> hand_off_answer_from_json(std::string_view json);
Result<ErrorAnswer> error_answer_from_json(std::string_view json);

// The amount in the form that results carry, "1299.00 USD", and back; nothing for any other text.
std::string money_text(const Money& money);
std::optional<Money> money_from_text(std::string_view text);

// The value in the form that results carry, without quotes: "1.2 kg", "8", "yes", "Black".
std::string value_text(const AttributeValue& value);

}  // namespace floorwalker
