#include "tools/shop.h"

#include <gtest/gtest.h>

#include "tests/support/memory_shop.h"
#include "tools/registry.h"

namespace floorwalker::tools {
namespace {

using test::simple_product;

const Currency kUsd = *Currency::parse("USD");

Measure measure(double value, const char* unit) { return {value, *find_unit(unit)}; }

// A small shop with every port, and its tools as a model would call them.
class ShopTools : public ::testing::Test {
 protected:
  ShopTools() {
    shop_.catalogue.add(simple_product("P-1", "Aero 13 laptop", "laptop", 129900, {{"weight", measure(1.2, "kg")}, {"battery_life", measure(10, "h")}, {"touchscreen", true}}));
    shop_.catalogue.add(simple_product("P-2", "Bolt 15 laptop", "laptop", 99900, {{"weight", measure(1900, "g")}, {"battery_life", measure(14, "h")}}));
    shop_.catalogue.add(simple_product("P-3", "Core 14 laptop", "laptop", 99900, {{"weight", measure(1.4, "kg")}, {"ports", std::string("HDMI")}, {"ports", std::string("USB-C")}}));
    shop_.catalogue.add(simple_product("B-1", "City sleeve", "laptop bag", 3900));
    Product dress = simple_product("D-1", "Office dress", "dress", 8900);
    test::set_variants(dress, "Size", {"2", "4", "6"});
    dress.variants[1].stock = {Availability::kOutOfStock, 0};
    dress.variants[2].stock = {Availability::kLowStock, 2};
    shop_.catalogue.add(dress);
    shop_.policies.policies = {
        {PolicyId("ret"), "returns", "Returns and refunds", "Send it back within 30 days.", "2026-01-01", {}},
        {PolicyId("ret-mat"), "returns", "Mattress trial", "Sleep on it for 100 nights.", "2026-01-01", {"mattress"}},
        {PolicyId("del"), "delivery", "Delivery", "Two to four working days.", "2026-01-01", {}},
    };
    Order order;
    order.id = OrderId("1001");
    order.status = "shipped";
    shop_.orders.orders["1001"] = {"ann@example.com", order};
  }

  Registry& tools() {
    if (!registry_) {
      const Shop ports{&shop_.catalogue, &shop_.search, &shop_.carts, &shop_.policies, &shop_.orders, &shop_.desk};
      registry_.emplace(shop_tools(ports, {std::make_shared<Playbook>(playbook_), std::make_shared<compatibility::Engine>()}));
    }
    return *registry_;
  }

  ToolResult call(const std::string& name, const std::string& arguments) {
    ToolCall made;
    made.id = CallId("c");
    made.name = name;
    made.arguments = arguments;
    return tools().call(made, context_);
  }

  ErrorAnswer refused(const std::string& name, const std::string& arguments) {
    const ToolResult result = call(name, arguments);
    EXPECT_NE(result.outcome, ToolOutcome::kOk) << result.content;
    const auto read = error_answer_from_json(result.content);
    return read ? *read : ErrorAnswer{};
  }

  template <typename T>
  T read(Result<T> (*reader)(std::string_view), const std::string& name, const std::string& arguments) {
    const ToolResult result = call(name, arguments);
    EXPECT_EQ(result.outcome, ToolOutcome::kOk) << result.content;
    const auto answer = reader(result.content);
    EXPECT_TRUE(answer) << result.content;
    return answer ? *answer : T{};
  }

  SearchPage search(const std::string& arguments) { return read(search_page_from_json, "search_catalogue", arguments); }
  Comparison compare(const std::string& arguments) { return read(comparison_from_json, "compare_products", arguments); }
  PolicyAnswer policy(const std::string& arguments) { return read(policy_answer_from_json, "find_policy", arguments); }

  static const Comparison::Axis* axis(const Comparison& comparison, const std::string& name) {
    for (const auto& one : comparison.axes) {
      if (one.name == name) return &one;
    }
    return nullptr;
  }

  test::MemoryShop shop_;
  Playbook playbook_;
  ToolContext context_{SessionId("s"), {}, IdempotencyKey("k"), Time(std::chrono::milliseconds(1000)), {}};
  std::optional<Registry> registry_;
};

TEST_F(ShopTools, AreThirteen) {
  EXPECT_EQ(tools().specs().size(), 13u);
  std::size_t writes = 0;
  for (const ToolSpec& spec : tools().specs()) writes += spec.effect == ToolEffect::kWrite;
  EXPECT_EQ(writes, 4u);
}

TEST_F(ShopTools, AreOnlyThoseThatTheShopCanServe) {
  const Shop ports{&shop_.catalogue, &shop_.search, nullptr, nullptr, nullptr, nullptr};
  const auto some = shop_tools(ports, {std::make_shared<Playbook>(), std::make_shared<compatibility::Engine>()});
  EXPECT_EQ(some.size(), 6u);
}

TEST_F(ShopTools, SearchTakesTypedConstraints) {
  const SearchPage page = search(R"({"words":"laptop","constraints":[{"field":"price","op":"at_most","values":["$1,100"]}]})");
  EXPECT_EQ(page.total, 3u);
  EXPECT_EQ(page.request.constraints[0].values, std::vector<std::string>{"1100.00"});
  EXPECT_EQ(search(R"({"words":"laptop","constraints":[{"field":"weight","op":"between","values":["1 kg","1.5 kg"]}]})").total, 2u);
}

TEST_F(ShopTools, SearchForgivesEmptyOptionalArguments) {
  EXPECT_EQ(search(R"({"words":"laptop","constraints":[],"sort":"","offset":null,"limit":"2"})").products.size(), 2u);
}

TEST_F(ShopTools, SearchRefusesAPriceThatIsNoAmount) {
  for (const char* bad : {"79.795", "abc", "-5", "800 EUR"}) {
    const auto error = refused("search_catalogue", std::string(R"({"words":"laptop","constraints":[{"field":"price","op":"at_most","values":[")") + bad + "\"]}]}");
    EXPECT_EQ(error.error.kind, ErrorKind::kInvalidArgument) << bad;
    EXPECT_EQ(error.field, "constraints[0].values") << bad;
  }
}

TEST_F(ShopTools, SearchSaysHowManyValuesABoundTakes) {
  EXPECT_EQ(refused("search_catalogue", R"({"constraints":[{"field":"weight","op":"between","values":["1 kg"]}]})").field, "constraints[0].values");
  EXPECT_EQ(refused("search_catalogue", R"({"constraints":[{"field":"weight","op":"at_most","values":["1 kg","2 kg"]}]})").field, "constraints[0].values");
  EXPECT_EQ(refused("search_catalogue", R"({"words":"laptop","sort":"attribute_ascending"})").field, "sort_attribute");
}

TEST_F(ShopTools, SearchLeavesOutVariantsThatWouldSwellTheResult) {
  std::vector<std::string> sizes;
  for (int size = 0; size < 40; ++size) sizes.push_back(std::to_string(size));
  Product boot = simple_product("D-2", "Hill boot", "boot", 100);
  test::set_variants(boot, "Size", sizes);
  shop_.catalogue.add(boot);
  const SearchPage page = search(R"({"words":"boot"})");
  ASSERT_EQ(page.products.size(), 1u);
  EXPECT_TRUE(page.products[0].variants.empty());
  EXPECT_EQ(page.products[0].options[0].second.size(), 40u);
}

TEST_F(ShopTools, DescribeShopNamesTheExtremesOfTheWholeShop) {
  const auto shape = read(shop_shape_from_json, "describe_shop", "{}");
  EXPECT_EQ(shape.products, 5u);
  EXPECT_EQ(shape.extremes[1].product.id, ProductId("P-1"));
  EXPECT_EQ(refused("describe_shop", R"({"scope":"laptp"})").error.message, "there is no category or kind 'laptp'; did you mean 'laptop'?");
}

TEST_F(ShopTools, GetProductReadsLivePriceAndStock) {
  EXPECT_EQ(read(product_details_from_json, "get_product", R"({"product":"P-1"})").product.variants[0].stock.count, 10);
  shop_.catalogue.find("P-1")->variants[0].stock = {Availability::kOutOfStock, 0};
  shop_.catalogue.find("P-1")->variants[0].price.minor = 5;
  const auto now = read(product_details_from_json, "get_product", R"({"product":"`<P-1>`"})");
  EXPECT_EQ(now.product.variants[0].stock.count, 0);
  EXPECT_EQ(now.product.variants[0].price.minor, 5);
  EXPECT_EQ(now.observed, context_.now);
}

TEST_F(ShopTools, GetProductTakesAVariantForItsProduct) {
  EXPECT_EQ(read(product_details_from_json, "get_product", R"({"product":"D-1-4"})").product.id, ProductId("D-1"));
  const auto error = refused("get_product", R"({"product":"nothing"})");
  EXPECT_EQ(error.error.kind, ErrorKind::kNotFound);
  EXPECT_EQ(error.field, "product");
}

TEST_F(ShopTools, CompareNamesWinnersOnlyWhereADirectionIsKnown) {
  const Comparison both = compare(R"({"products":["P-1","P-2"]})");
  EXPECT_EQ(axis(both, "price")->winner, 1u);
  EXPECT_EQ(axis(both, "weight")->winner, 0u);
  EXPECT_EQ(axis(both, "battery_life")->winner, 1u);
  EXPECT_TRUE(axis(both, "weight")->differs);
  EXPECT_EQ(axis(both, "touchscreen"), nullptr);  // stated by one only
}

TEST_F(ShopTools, CompareNamesNoWinnerOnATieOrMissingData) {
  const Comparison comparison = compare(R"({"products":["P-2","P-3"],"attributes":["battery life","noise"]})");
  EXPECT_FALSE(axis(comparison, "price")->winner);
  EXPECT_FALSE(axis(comparison, "price")->differs);
  ASSERT_NE(axis(comparison, "battery_life"), nullptr);
  EXPECT_FALSE(axis(comparison, "battery_life")->winner);
  EXPECT_EQ(axis(comparison, "battery_life")->cells[1].text, "not stated");
  EXPECT_EQ(comparison.missing, std::vector<std::string>{"noise"});
}

TEST_F(ShopTools, ComparePutsTheAxesOfTheStatedNeedFirst) {
  NeedRule travel;
  travel.name = "travel";
  travel.phrases = {"commuting"};
  travel.applies_to = {"laptops"};
  travel.prefer = {{"weight", true, {}}, {"screen_size", false, {}}};
  playbook_.needs = {travel};
  playbook_.compare.axes["travel"] = {"ports"};
  const Comparison comparison = compare(R"({"products":["P-1","P-3"],"needs":["Commuting"]})");
  ASSERT_GE(comparison.axes.size(), 2u);
  EXPECT_EQ(comparison.axes[0].name, "weight");
  EXPECT_EQ(comparison.axes[0].why, "travel");
  EXPECT_EQ(comparison.axes[0].winner, 0u);
  EXPECT_EQ(comparison.axes[1].name, "ports");
  EXPECT_EQ(comparison.axes[1].cells[1].text, "HDMI and USB-C");
  EXPECT_EQ(comparison.missing, std::vector<std::string>{"screen_size"});
}

TEST_F(ShopTools, CompareWantsDifferentProductsAndNoMoreThanThePlaybookAllows) {
  playbook_.compare.max_products = 2;
  EXPECT_EQ(refused("compare_products", R"({"products":["P-1","<P-1>"]})").field, "products");
  EXPECT_EQ(refused("compare_products", R"({"products":["P-1","P-2","P-3"]})").field, "products");
  EXPECT_EQ(refused("compare_products", R"({"products":["P-1","nothing"]})").error.kind, ErrorKind::kNotFound);
}

TEST_F(ShopTools, PolicyIsFoundByTheWordsOfAQuestion) {
  EXPECT_EQ(policy(R"({"topic":"returns"})").policies.at(0).id, PolicyId("ret"));
  EXPECT_EQ(policy(R"({"topic":"Can I send it back if I don't like it?"})").policies.at(0).id, PolicyId("ret"));
  EXPECT_EQ(policy(R"({"topic":"how fast is shipping"})").policies.at(0).id, PolicyId("del"));
  EXPECT_TRUE(policy(R"({"topic":"student discount"})").policies.empty());
}

TEST_F(ShopTools, PolicyOfTheKindComesBeforeTheGeneralOne) {
  EXPECT_EQ(policy(R"({"topic":"returns","about":"mattresses"})").policies.at(0).id, PolicyId("ret-mat"));
  const auto laptop = policy(R"({"topic":"returns","about":"P-1"})");
  ASSERT_EQ(laptop.policies.size(), 1u);
  EXPECT_EQ(laptop.policies[0].id, PolicyId("ret"));
}

TEST_F(ShopTools, PolicyThatCannotBeReadIsNoAbsence) {
  shop_.policies.fault = Error{ErrorKind::kUnavailable, "policies cannot be read now", "host x"};
  const auto error = refused("find_policy", R"({"topic":"returns"})");
  EXPECT_EQ(error.error.kind, ErrorKind::kUnavailable);
}

TEST_F(ShopTools, OrderIsToldOnlyWithItsAddress) {
  EXPECT_EQ(read(order_answer_from_json, "find_order", R"({"order":"#1001","email":"Ann@example.com"})").orders.at(0).status, "shipped");
  EXPECT_EQ(refused("find_order", R"({"order":"1001","email":"bob@example.com"})").error.kind, ErrorKind::kNotFound);
  EXPECT_EQ(refused("find_order", R"({"order":"1001","email":"ann"})").field, "email");
  EXPECT_EQ(refused("find_order", R"({"order":"1001"})").field, "email");
}

TEST_F(ShopTools, HandOffHappensOnceForAKey) {
  const auto first = read(hand_off_answer_from_json, "hand_off", R"({"reason":"angry"})");
  EXPECT_EQ(read(hand_off_answer_from_json, "hand_off", R"({"reason":"angry"})").reference, first.reference);
  EXPECT_EQ(shop_.desk.cases.size(), 1u);
}

TEST_F(ShopTools, AddonsFollowThePlaybookAndItsConditions) {
  playbook_.addons.rules = {{"laptop", Addon::Tier::kRecommended, "laptop bag", "keeps it safe", {{"needs", "travel"}}, {}}};
  EXPECT_TRUE(read(addons_from_json, "suggest_addons", R"({"product":"P-1"})").addons.empty());
  const auto addons = read(addons_from_json, "suggest_addons", R"({"product":"P-1","said":{"use":"travel"}})");
  ASSERT_EQ(addons.addons.size(), 1u);
  EXPECT_EQ(addons.addons[0].product.id, ProductId("B-1"));
  EXPECT_EQ(addons.addons[0].reason, "keeps it safe");
  EXPECT_TRUE(read(addons_from_json, "suggest_addons", R"({"product":"P-1","said":{"use":"travel"},"declined":["laptop bags"]})").addons.empty());
}

TEST_F(ShopTools, AddonsLeaveOutBundlesAroundTheProduct) {
  shop_.catalogue.add(Relation{ProductId("P-1"), RelationKind::kPartOfBundle, ProductId("B-1")});
  EXPECT_TRUE(read(addons_from_json, "suggest_addons", R"({"product":"P-1"})").addons.empty());
}

TEST_F(ShopTools, AddonsForAKindAreNotForTheRestOfItsDepartment) {
  Product cable = simple_product("C-1", "Cable", "cable", 900);
  cable.categories = {{"Laptops", "Cables"}};
  shop_.catalogue.add(cable);
  playbook_.addons.rules.push_back({"laptop", Addon::Tier::kRecommended, "laptop bag", "", {}, {}});
  EXPECT_EQ(read(addons_from_json, "suggest_addons", R"({"product":"P-1"})").addons.size(), 1u);
  EXPECT_TRUE(read(addons_from_json, "suggest_addons", R"({"product":"C-1"})").addons.empty());
}

TEST_F(ShopTools, AddonsOfferRelatedProductsWithinTheCap) {
  for (const char* id : {"B-1", "P-3", "D-1"}) shop_.catalogue.add(Relation{ProductId("P-1"), RelationKind::kAccessory, ProductId(id)});
  EXPECT_EQ(read(addons_from_json, "suggest_addons", R"({"product":"P-1"})").addons.size(), 2u);
  EXPECT_EQ(read(addons_from_json, "suggest_addons", R"({"product":"P-1","limit":1})").addons.size(), 1u);
  EXPECT_EQ(read(addons_from_json, "suggest_addons", R"({"product":"P-1","limit":9})").addons.size(), 2u);
  shop_.catalogue.find("B-1")->variants[0].stock = {Availability::kOutOfStock, 0};
  EXPECT_EQ(read(addons_from_json, "suggest_addons", R"({"product":"P-1","limit":1})").addons.at(0).product.id, ProductId("P-3"));
}

TEST_F(ShopTools, CompatibilityWithoutARuleIsUnknown) {
  const auto answer = read(compatibility_from_json, "check_compatibility", R"({"a":"P-1","b":"B-1"})");
  EXPECT_EQ(answer.fit, Fit::kUnknown);
  EXPECT_EQ(answer.b_title, "City sleeve");
  EXPECT_EQ(refused("check_compatibility", R"({"a":"P-1"})").field, "b");
  EXPECT_EQ(refused("check_compatibility", R"({"a":"P-1","b":"P-1"})").field, "b");
  shop_.catalogue.add(Relation{ProductId("B-1"), RelationKind::kCompatible, ProductId("P-1")});
  EXPECT_EQ(read(compatibility_from_json, "check_compatibility", R"({"a":"P-1","b":"B-1"})").fit, Fit::kYes);
}

}  // namespace
}  // namespace floorwalker::tools
