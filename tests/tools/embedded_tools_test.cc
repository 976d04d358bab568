#include <gtest/gtest.h>

#include "adapters/embedded/importer.h"
#include "adapters/embedded/shop.h"
#include "agent/resources/resources.h"
#include "tests/support/memory_shop.h"
#include "tests/support/paths.h"
#include "tools/registry.h"
#include "tools/shop.h"

// What goes wrong with carts in real shops' agents, held against the tools over the shop that the product ships.
namespace floorwalker::tools {
namespace {

using Change = CartAnswer::Change;

constexpr std::string_view kShop = R"({"type":"shop","name":"Corner","currency":"USD","checkout_url":"https://corner.example/checkout/{cart}"}
{"id":"heels","title":"Vera heels","kind":"heels","variants":[{"id":"heels-6","options":{"Size":"6"},"price":"89.00","stock":3},{"id":"heels-7","options":{"Size":"7"},"price":"89.00","stock":0},{"id":"heels-8","options":{"Size":"8"},"price":"89.00","stock":2}]}
{"id":"tote","title":"Canvas tote","kind":"tote bag","price":"29.50","stock":26,"min":7}
{"id":"glass","title":"Tumbler","kind":"glass","price":"4.00","stock":"in_stock","pack":6}
{"id":"dress","title":"Office dress","kind":"dress","variants":[{"id":"dress-2","options":{"Size":"2"},"price":"120.00","stock":5},{"id":"dress-8","options":{"Size":"8"},"price":"120.00","stock":5},{"id":"dress-10","options":{"Size":"10"},"price":"120.00","stock":5}]}
{"type":"discount","code":"SAVE10","percent":10}
)";

class EmbeddedTools : public ::testing::Test {
 protected:
  EmbeddedTools() {
    shop_ = std::move(*embedded::Shop::create(folder_.path() / "shop.db"));
    embedded::ImportRequest request;
    request.sources = {{"shop.jsonl", kShop}};
    request.map = *embedded::load_map(*resources::find("adapters/embedded/maps/floorwalker.yaml"), "floorwalker.yaml");
    const auto report = embedded::import_files(*shop_, request);
    EXPECT_TRUE(report && report->problems.empty());
    open_tools();
  }

  // As a new process would.
  void restart() {
    tools_.reset();
    shop_.reset();
    shop_ = std::move(*embedded::Shop::open(folder_.path() / "shop.db"));
    open_tools();
  }

  void open_tools() {
    const Shop ports{&shop_->catalogue(), &nowhere_.search, &shop_->carts(), &shop_->policies(), &shop_->orders(), &shop_->desk()};
    tools_ = std::make_unique<Registry>(shop_tools(ports, {std::make_shared<Playbook>(), std::make_shared<compatibility::Engine>()}));
  }

  ToolResult call_with(const std::string& key, const std::string& tool, const std::string& arguments) {
    ToolContext context;
    context.cart = cart_;
    context.key = IdempotencyKey(key);
    ToolCall made;
    made.name = tool;
    made.arguments = arguments;
    const ToolResult result = tools_->call(made, context);
    if (const auto answer = cart_answer_from_json(result.content); answer && !answer->cart.id.empty()) cart_ = answer->cart.id;
    return result;
  }

  ToolResult update(const std::string& arguments) { return call_with("k" + std::to_string(++calls_), "update_cart", arguments); }

  CartAnswer done(const std::string& arguments) {
    const ToolResult result = update(arguments);
    EXPECT_EQ(result.outcome, ToolOutcome::kOk) << result.content;
    const auto answer = cart_answer_from_json(result.content);
    return answer ? *answer : CartAnswer{};
  }

  ErrorAnswer refused(const std::string& arguments) {
    const ToolResult result = update(arguments);
    EXPECT_NE(result.outcome, ToolOutcome::kOk) << result.content;
    const auto error = error_answer_from_json(result.content);
    return error ? *error : ErrorAnswer{};
  }

  std::string lines() {
    if (cart_.empty()) return "";
    const auto cart = shop_->carts().read(cart_);
    std::string all;
    for (const CartLine& line : cart->lines) all += (all.empty() ? "" : ", ") + line.variant.str() + " x" + std::to_string(line.quantity);
    return all;
  }

  test::TemporaryFolder folder_;
  test::MemoryShop nowhere_;
  std::unique_ptr<embedded::Shop> shop_;
  std::unique_ptr<Registry> tools_;
  CartId cart_;
  int calls_ = 0;
};

TEST_F(EmbeddedTools, SizeCorrectionKeepsOneLine) {
  const std::string line = done(R"({"operation":"add","product":"dress","options":{"Size":"2"}})").line->id.str();
  const CartAnswer answer = done(R"({"operation":"change_variant","line":")" + line + R"(","options":{"size":"8"}})");
  EXPECT_EQ(answer.change, Change::kVariantChanged);
  EXPECT_EQ(answer.before->options[0].value, "2");
  EXPECT_EQ(answer.line->options[0].value, "8");
  EXPECT_EQ(lines(), "dress-8 x1");
}

TEST_F(EmbeddedTools, SizeThatIsSoldOutLeavesTheLineAndNamesTheOthers) {
  done(R"({"operation":"add","variant":"heels-6"})");
  const ErrorAnswer error = refused(R"({"operation":"change_variant","product":"heels","options":{"Size":"7"}})");
  EXPECT_EQ(error.error.kind, ErrorKind::kOutOfStock);
  EXPECT_EQ(error.available, 0);
  ASSERT_EQ(error.choices.size(), 2u);
  EXPECT_EQ(error.choices[0].id, VariantId("heels-6"));
  EXPECT_EQ(lines(), "heels-6 x1");
}

TEST_F(EmbeddedTools, OneSizeLineIsNotGivenASize) {
  done(R"({"operation":"add","product":"tote","quantity":7})");
  done(R"({"operation":"add","variant":"heels-6"})");
  EXPECT_EQ(refused(R"({"operation":"change_variant","product":"tote","options":{"size":"7"}})").field, "options.size");
  EXPECT_EQ(lines(), "tote x7, heels-6 x1");
}

TEST_F(EmbeddedTools, UnchosenSizeIsAskedFor) {
  const ErrorAnswer error = refused(R"({"operation":"add","product":"dress","quantity":3})");
  EXPECT_EQ(error.accepted, (std::vector<std::string>{"2", "8", "10"}));
  EXPECT_EQ(lines(), "");
}

TEST_F(EmbeddedTools, QuantityIsNotASize) {
  EXPECT_EQ(done(R"({"operation":"add","product":"dress","options":{"Size":"10"},"quantity":2})").line->quantity, 2);
  EXPECT_EQ(lines(), "dress-10 x2");
}

TEST_F(EmbeddedTools, TwoSizesAreTwoLines) {
  done(R"({"operation":"add","variant":"dress-8"})");
  done(R"({"operation":"add","product":"dress","options":{"Size":"10"}})");
  EXPECT_EQ(lines(), "dress-8 x1, dress-10 x1");
}

TEST_F(EmbeddedTools, SmallestQuantityAndPacksAreTold) {
  const ErrorAnswer few = refused(R"({"operation":"add","product":"tote","quantity":6})");
  EXPECT_EQ(few.error.kind, ErrorKind::kRefused);
  EXPECT_NE(few.error.message.find("7"), std::string::npos) << few.error.message;
  const ErrorAnswer pack = refused(R"({"operation":"add","product":"glass","quantity":7})");
  EXPECT_NE(pack.error.message.find("6 or 12"), std::string::npos) << pack.error.message;
  const ErrorAnswer many = refused(R"({"operation":"add","product":"tote","quantity":999999})");
  EXPECT_EQ(many.error.kind, ErrorKind::kOutOfStock);
  EXPECT_EQ(many.available, 26);
  EXPECT_EQ(lines(), "");
}

TEST_F(EmbeddedTools, PriceAndStockAreReadLive) {
  EXPECT_TRUE(shop_->set_price(VariantId("heels-6"), {9900, *Currency::parse("USD")}));
  EXPECT_TRUE(shop_->set_stock(VariantId("heels-8"), {Availability::kOutOfStock, 0}));
  EXPECT_EQ(done(R"({"operation":"add","variant":"heels-6"})").line->unit_price.minor, 9900);
  EXPECT_EQ(refused(R"({"operation":"add","variant":"heels-8"})").error.kind, ErrorKind::kOutOfStock);
}

TEST_F(EmbeddedTools, CallRepeatedByANewProcessIsDoneOnceAndToldTheSame) {
  const std::vector<std::pair<std::string, std::string>> steps = {
      {"a", R"({"operation":"add","product":"dress","options":{"Size":"2"},"quantity":2})"},
      {"b", R"({"operation":"add","variant":"dress-2"})"},
      {"c", R"({"operation":"set_quantity","product":"dress","quantity":4})"},
      {"d", R"({"operation":"change_variant","product":"dress","options":{"Size":"8"}})"},
      {"e", R"({"operation":"remove","product":"dress"})"},
  };
  for (const auto& [key, arguments] : steps) {
    const ToolResult first = call_with(key, "update_cart", arguments);
    EXPECT_EQ(first.outcome, ToolOutcome::kOk) << first.content;
    const std::string after = lines();
    restart();
    EXPECT_EQ(call_with(key, "update_cart", arguments).content, first.content);
    EXPECT_EQ(lines(), after);
  }
  EXPECT_EQ(lines(), "");
}

TEST_F(EmbeddedTools, KeyOfAnotherChangeConflicts) {
  done(R"({"operation":"add","variant":"heels-6"})");
  call_with("same", "apply_discount", R"({"code":"SAVE10"})");
  const ToolResult other = call_with("same", "apply_discount", R"({"code":"SAVE20"})");
  EXPECT_EQ(other.outcome, ToolOutcome::kRefused);
}

TEST_F(EmbeddedTools, InventedCodeIsRefusedHoweverOften) {
  done(R"({"operation":"add","variant":"heels-6"})");
  for (int i = 0; i < 3; ++i) {
    const ToolResult result = call_with("code" + std::to_string(i), "apply_discount", R"({"code":"FRIENDS50"})");
    EXPECT_EQ(result.outcome, ToolOutcome::kRefused) << result.content;
  }
  EXPECT_EQ(shop_->carts().read(cart_)->total.minor, 8900);
}

TEST_F(EmbeddedTools, CheckoutIsTheShopsOwnAddress) {
  done(R"({"operation":"add","variant":"heels-6"})");
  const auto answer = checkout_answer_from_json(call_with("c", "start_checkout", "{}").content);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->url, "https://corner.example/checkout/" + cart_.str());
}

}  // namespace
}  // namespace floorwalker::tools
