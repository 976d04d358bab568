#include <gtest/gtest.h>

#include "tests/support/memory_shop.h"
#include "tools/registry.h"
#include "tools/shop.h"

namespace floorwalker::tools {
namespace {

using Change = CartAnswer::Change;

class CartTools : public ::testing::Test {
 protected:
  CartTools() {
    add_product("D-1", "Office dress", {"2", "4", "6", "8"});
    shop_.catalogue.find("D-1")->variants[1].stock = {Availability::kOutOfStock, 0};
    shop_.catalogue.find("D-1")->variants[2].stock = {Availability::kLowStock, 2};
    shop_.catalogue.add(test::simple_product("T-1", "Canvas tote", "tote", 1900));
    Product shirt = test::simple_product("S-1", "Linen shirt", "shirt", 4900);
    shirt.variants.clear();
    const std::vector<std::pair<std::string, std::string>> kinds = {{"Black", "M"}, {"Black", "L"}, {"White", "M"}};
    for (const auto& [colour, size] : kinds) {
      Variant variant = shop_.catalogue.find("T-1")->variants[0];
      variant.id = VariantId("S-1-" + colour + "-" + size);
      variant.options = {{"Size", size}, {"Color", colour}};
      shirt.variants.push_back(variant);
    }
    shop_.catalogue.add(shirt);
  }

  void add_product(const char* id, const char* title, const std::vector<std::string>& sizes) {
    Product product = test::simple_product(id, title, "dress", 8900);
    test::set_variants(product, "Size", sizes);
    shop_.catalogue.add(product);
  }

  // A call with a key of its own; the cart that an answer tells is the session's cart from then on.
  ToolResult call(const std::string& name, const std::string& arguments) { return call_with("k" + std::to_string(++calls_), name, arguments); }

  ToolResult call_with(const std::string& key, const std::string& name, const std::string& arguments) {
    ToolContext context;
    context.cart = cart_;
    context.key = IdempotencyKey(key);
    ToolCall made;
    made.name = name;
    made.arguments = arguments;
    const ToolResult result = registry_.call(made, context);
    if (const auto answer = cart_answer_from_json(result.content); answer && !answer->cart.id.empty()) cart_ = answer->cart.id;
    return result;
  }

  CartAnswer done(const std::string& arguments) {
    const ToolResult result = call("update_cart", arguments);
    EXPECT_EQ(result.outcome, ToolOutcome::kOk) << result.content;
    return *cart_answer_from_json(result.content);
  }

  ErrorAnswer refused(const std::string& arguments, ToolOutcome outcome = ToolOutcome::kFailed, const std::string& tool = "update_cart") {
    const ToolResult result = call(tool, arguments);
    EXPECT_EQ(result.outcome, outcome) << result.content;
    const auto error = error_answer_from_json(result.content);
    return error ? *error : ErrorAnswer{};
  }

  // "D-1-2 x1, T-1-v x2"
  std::string lines() {
    if (cart_.empty()) return "";
    std::string all;
    const Cart cart = *shop_.carts.read(cart_);
    for (const CartLine& line : cart.lines) {
      all += (all.empty() ? "" : ", ") + line.variant.str() + " x" + std::to_string(line.quantity);
    }
    return all;
  }

  void lose_reply(bool applied) { shop_.carts.faults.push_back({{ErrorKind::kOutcomeUnknown, "the reply was lost", ""}, applied}); }

  test::MemoryShop shop_;
  Registry registry_{shop_tools({&shop_.catalogue, &shop_.search, &shop_.carts, nullptr, nullptr, nullptr},
                                {std::make_shared<Playbook>(), std::make_shared<compatibility::Engine>()})};
  CartId cart_;
  int calls_ = 0;
};

TEST_F(CartTools, ViewOfNoCartIsAnEmptyOne) {
  const auto answer = cart_answer_from_json(call("view_cart", "{}").content);
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->cart.lines.empty());
  EXPECT_TRUE(answer->cart.id.empty());
}

TEST_F(CartTools, AddMakesTheCartAndTellsItsId) {
  const CartAnswer answer = done(R"({"operation":"add","product":"D-1","options":{"size":"2"}})");
  EXPECT_EQ(answer.change, Change::kAdded);
  EXPECT_FALSE(answer.cart.id.empty());
  EXPECT_EQ(answer.line->variant, VariantId("D-1-2"));
  EXPECT_FALSE(answer.before);
  EXPECT_EQ(lines(), "D-1-2 x1");
}

TEST_F(CartTools, AddNeverChoosesAVariantForTheShopper) {
  const ErrorAnswer error = refused(R"({"operation":"add","product":"D-1"})");
  EXPECT_EQ(error.error.kind, ErrorKind::kInvalidArgument);
  EXPECT_EQ(error.field, "options.Size");
  EXPECT_EQ(error.accepted, (std::vector<std::string>{"2", "6", "8", "4"}));  // in stock first
  EXPECT_EQ(error.choices.size(), 4u);
  EXPECT_EQ(lines(), "");
}

TEST_F(CartTools, AddAsksOnlyForWhatIsStillOpen) {
  EXPECT_EQ(refused(R"({"operation":"add","product":"S-1","options":{"colour":"black"}})").accepted, (std::vector<std::string>{"M", "L"}));
  EXPECT_EQ(done(R"({"operation":"add","product":"S-1","options":{"colour":"white"}})").line->variant, VariantId("S-1-White-M"));
  EXPECT_EQ(done(R"({"operation":"add","product":"S-1","options":{"colour":"black","size":"large"}})").line->variant, VariantId("S-1-Black-L"));
}

TEST_F(CartTools, AddNamesTheValuesThatExist) {
  const ErrorAnswer error = refused(R"({"operation":"add","product":"D-1","options":{"Size":"7"}})");
  EXPECT_EQ(error.error.message, "Office dress does not come in Size 7; it comes in 2, 6, 8, 4");
  EXPECT_EQ(refused(R"({"operation":"add","product":"D-1","options":{"Sleeve":"long"}})").accepted, std::vector<std::string>{"Size"});
  EXPECT_EQ(refused(R"({"operation":"add","product":"T-1","options":{"size":"7"}})").error.message, "Canvas tote comes in one version only: there is no size to choose");
}

TEST_F(CartTools, AddTakesTheVariantThatIsNamed) {
  EXPECT_EQ(done(R"({"operation":"add","variant":"<D-1-8>","quantity":"2"})").got, 2);
  EXPECT_EQ(refused(R"({"operation":"add","variant":"D-1-8","product":"T-1"})").field, "variant");
  EXPECT_EQ(refused(R"({"operation":"add","variant":"D-1-8","options":{"Size":"2"}})").field, "options");
  EXPECT_EQ(refused(R"({"operation":"add","variant":"nothing"})").error.kind, ErrorKind::kNotFound);
  EXPECT_EQ(refused(R"({"operation":"add"})").field, "variant");
  EXPECT_EQ(lines(), "D-1-8 x2");
}

TEST_F(CartTools, AddRefusesQuantitiesThatAreNone) {
  for (const char* bad : {"0", "-1", "\"abc\"", "1.5", "2000000"}) {
    EXPECT_EQ(refused(std::string(R"({"operation":"add","product":"T-1","quantity":)") + bad + "}").field, "quantity") << bad;
  }
  EXPECT_EQ(lines(), "");
}

TEST_F(CartTools, AddOfWhatIsSoldOutNamesTheSiblingsInStock) {
  const ErrorAnswer error = refused(R"({"operation":"add","product":"D-1","options":{"Size":"4"}})", ToolOutcome::kRefused);
  EXPECT_EQ(error.error.kind, ErrorKind::kOutOfStock);
  EXPECT_EQ(error.available, 0);
  ASSERT_EQ(error.choices.size(), 3u);
  EXPECT_NE(error.error.message.find("Office dress in Size 4 is sold out; in stock: Size 2; Size 6; Size 8"), std::string::npos) << error.error.message;
  EXPECT_EQ(lines(), "");
}

TEST_F(CartTools, AddOfMoreThanThereAreSaysHowManyThereAre) {
  const ErrorAnswer error = refused(R"({"operation":"add","variant":"D-1-6","quantity":5})", ToolOutcome::kRefused);
  EXPECT_EQ(error.error.kind, ErrorKind::kOutOfStock);
  EXPECT_EQ(error.available, 2);
  EXPECT_EQ(lines(), "");
}

TEST_F(CartTools, AddTellsWhatAClampingShopReallyAdded) {
  shop_.carts.clamps = true;
  const CartAnswer answer = done(R"({"operation":"add","variant":"D-1-6","quantity":5})");
  EXPECT_EQ(answer.change, Change::kPartlyAdded);
  EXPECT_EQ(answer.asked, 5);
  EXPECT_EQ(answer.got, 2);
  EXPECT_EQ(answer.available, 2);
  EXPECT_EQ(refused(R"({"operation":"add","variant":"D-1-6","quantity":1})", ToolOutcome::kRefused).error.kind, ErrorKind::kOutOfStock);
}

TEST_F(CartTools, TwoSizesAreTwoLines) {
  done(R"({"operation":"add","variant":"D-1-8"})");
  done(R"({"operation":"add","product":"D-1","options":{"Size":"2"}})");
  EXPECT_EQ(lines(), "D-1-8 x1, D-1-2 x1");
}

TEST_F(CartTools, AddingAgainGrowsTheLineAndTellsWhatItWas) {
  done(R"({"operation":"add","variant":"D-1-8"})");
  const CartAnswer answer = done(R"({"operation":"add","variant":"D-1-8","quantity":2})");
  EXPECT_EQ(answer.before->quantity, 1);
  EXPECT_EQ(answer.line->quantity, 3);
  EXPECT_EQ(answer.got, 2);
}

TEST_F(CartTools, ChangeOfSizeReplacesTheLine) {
  done(R"({"operation":"add","variant":"D-1-2","quantity":2})");
  done(R"({"operation":"add","product":"T-1"})");
  const CartAnswer answer = done(R"({"operation":"change_variant","product":"D-1","options":{"Size":"8"}})");
  EXPECT_EQ(answer.change, Change::kVariantChanged);
  EXPECT_EQ(answer.before->variant, VariantId("D-1-2"));
  EXPECT_EQ(answer.line->variant, VariantId("D-1-8"));
  EXPECT_EQ(lines(), "D-1-8 x2, T-1-v x1");
}

TEST_F(CartTools, ChangeOfSizeThatFailsKeepsTheLine) {
  const CartAnswer added = done(R"({"operation":"add","variant":"D-1-2"})");
  const std::string line = added.line->id.str();
  const ErrorAnswer error = refused(R"({"operation":"change_variant","line":")" + line + R"(","options":{"Size":"4"}})", ToolOutcome::kRefused);
  EXPECT_EQ(error.error.kind, ErrorKind::kOutOfStock);
  ASSERT_TRUE(error.cart);
  EXPECT_EQ(lines(), "D-1-2 x1");
  EXPECT_EQ(refused(R"({"operation":"change_variant","line":")" + line + R"(","options":{"Size":"9"}})").field, "options.Size");
  EXPECT_EQ(refused(R"({"operation":"change_variant","line":")" + line + R"(","variant":"T-1-v"})").field, "variant");
  EXPECT_EQ(refused(R"({"operation":"change_variant","line":")" + line + R"("})").field, "options");
  EXPECT_EQ(refused(R"({"operation":"change_variant","line":")" + line + R"(","options":{"Size":"8"},"quantity":3})").field, "quantity");
}

TEST_F(CartTools, ChangeOfOneOptionKeepsTheOthers) {
  done(R"({"operation":"add","variant":"S-1-Black-L"})");
  EXPECT_EQ(refused(R"({"operation":"change_variant","product":"S-1","options":{"colour":"white"}})").field, "options");
  EXPECT_EQ(lines(), "S-1-Black-L x1");
  EXPECT_EQ(done(R"({"operation":"change_variant","product":"S-1","options":{"Size":"M"}})").line->variant, VariantId("S-1-Black-M"));
}

TEST_F(CartTools, ChangeOfSizeNeverTouchesAOneSizeLine) {
  done(R"({"operation":"add","product":"T-1"})");
  EXPECT_EQ(refused(R"({"operation":"change_variant","product":"T-1","options":{"size":"7"}})").error.kind, ErrorKind::kInvalidArgument);
  EXPECT_EQ(lines(), "T-1-v x1");
}

TEST_F(CartTools, ChangeToTheSameVariantChangesNothing) {
  done(R"({"operation":"add","variant":"D-1-2"})");
  const std::size_t writes = shop_.carts.writes;
  EXPECT_EQ(done(R"({"operation":"change_variant","product":"D-1","options":{"Size":"2"}})").change, Change::kNone);
  EXPECT_EQ(shop_.carts.writes, writes);
}

TEST_F(CartTools, QuantityZeroRemovesTheLine) {
  done(R"({"operation":"add","variant":"D-1-2"})");
  const CartAnswer answer = done(R"({"operation":"set_quantity","product":"D-1","quantity":0})");
  EXPECT_EQ(answer.change, Change::kRemoved);
  EXPECT_EQ(answer.line->variant, VariantId("D-1-2"));
  EXPECT_EQ(lines(), "");
}

TEST_F(CartTools, QuantityIsSetAndBounded) {
  const std::string line = done(R"({"operation":"add","variant":"D-1-6"})").line->id.str();
  const CartAnswer answer = done(R"({"operation":"set_quantity","line":")" + line + R"(","quantity":2})");
  EXPECT_EQ(answer.change, Change::kQuantityChanged);
  EXPECT_EQ(answer.before->quantity, 1);
  EXPECT_EQ(answer.got, 2);
  EXPECT_EQ(refused(R"({"operation":"set_quantity","line":")" + line + R"(","quantity":3})", ToolOutcome::kRefused).available, 2);
  EXPECT_EQ(refused(R"({"operation":"set_quantity","line":")" + line + R"("})").field, "quantity");
  EXPECT_EQ(lines(), "D-1-6 x2");
}

TEST_F(CartTools, LineMustBeClear) {
  EXPECT_EQ(refused(R"({"operation":"remove","line":"line-1"})").error.message, "the cart is empty");
  done(R"({"operation":"add","variant":"D-1-2"})");
  done(R"({"operation":"add","variant":"D-1-8"})");
  const ErrorAnswer several = refused(R"({"operation":"remove","product":"D-1"})");
  EXPECT_EQ(several.field, "line");
  EXPECT_EQ(several.accepted.size(), 2u);
  EXPECT_EQ(refused(R"({"operation":"remove"})").field, "line");
  EXPECT_EQ(refused(R"({"operation":"remove","line":"nothing"})").error.kind, ErrorKind::kNotFound);
  EXPECT_EQ(done(R"({"operation":"remove","variant":"D-1-2"})").change, Change::kRemoved);
  EXPECT_EQ(lines(), "D-1-8 x1");
}

TEST_F(CartTools, OneKeyIsOneChangeAndOneAnswer) {
  done(R"({"operation":"add","product":"T-1"})");
  const std::vector<std::pair<std::string, std::string>> calls = {
      {"a", R"({"operation":"add","variant":"D-1-2","quantity":2})"},
      {"b", R"({"operation":"set_quantity","product":"D-1","quantity":3})"},
      {"c", R"({"operation":"change_variant","product":"D-1","options":{"Size":"8"}})"},
      {"d", R"({"operation":"remove","product":"D-1"})"},
      {"e", R"({"operation":"set_quantity","product":"T-1","quantity":0})"},
  };
  for (const auto& [key, arguments] : calls) {
    const ToolResult first = call_with(key, "update_cart", arguments);
    const std::string after = lines();
    const ToolResult again = call_with(key, "update_cart", arguments);
    EXPECT_EQ(first.outcome, ToolOutcome::kOk) << first.content;
    EXPECT_EQ(first.content, again.content);
    EXPECT_EQ(lines(), after);
  }
}

TEST_F(CartTools, FirstAddRepeatedAfterACrashFindsItsCart) {
  const std::string arguments = R"({"operation":"add","product":"T-1"})";
  const ToolResult first = call_with("a", "update_cart", arguments);
  cart_ = CartId();  // the answer was lost with the process
  EXPECT_EQ(call_with("a", "update_cart", arguments).content, first.content);
  EXPECT_EQ(lines(), "T-1-v x1");
}

TEST_F(CartTools, LostReplyOfADoneChangeIsFoundInTheCart) {
  done(R"({"operation":"add","variant":"D-1-2"})");
  lose_reply(true);
  EXPECT_EQ(done(R"({"operation":"add","product":"T-1"})").change, Change::kAdded);
  lose_reply(true);
  EXPECT_EQ(done(R"({"operation":"change_variant","product":"D-1","options":{"Size":"8"}})").line->variant, VariantId("D-1-8"));
  lose_reply(true);
  EXPECT_EQ(done(R"({"operation":"set_quantity","product":"D-1","quantity":2})").got, 2);
  lose_reply(true);
  EXPECT_EQ(done(R"({"operation":"remove","product":"T-1"})").change, Change::kRemoved);
  EXPECT_EQ(lines(), "D-1-8 x2");
}

TEST_F(CartTools, LostReplyOfAChangeThatWasNotDoneIsMadeUpForOnce) {
  done(R"({"operation":"add","variant":"D-1-2"})");
  lose_reply(false);
  EXPECT_EQ(done(R"({"operation":"add","product":"T-1"})").change, Change::kAdded);
  EXPECT_EQ(lines(), "D-1-2 x1, T-1-v x1");
}

TEST_F(CartTools, DoubtThatRemainsIsSaid) {
  done(R"({"operation":"add","variant":"D-1-2"})");
  lose_reply(false);
  lose_reply(false);
  const ErrorAnswer error = refused(R"({"operation":"add","product":"T-1"})", ToolOutcome::kUnknown);
  EXPECT_EQ(error.error.kind, ErrorKind::kOutcomeUnknown);
  ASSERT_TRUE(error.cart);
  EXPECT_EQ(error.cart->lines.size(), 1u);
}

TEST_F(CartTools, FailureOfTheShopIsToldAsItIsWithTheCartReadAgain) {
  done(R"({"operation":"add","variant":"D-1-2"})");
  for (const ErrorKind kind : {ErrorKind::kUnavailable, ErrorKind::kTimeout, ErrorKind::kIo}) {
    shop_.carts.faults.push_back({{kind, "no answer", "host"}, false});
    const ErrorAnswer error = refused(R"({"operation":"add","product":"T-1"})");
    EXPECT_EQ(error.error.kind, kind);
    EXPECT_TRUE(error.cart);
  }
  EXPECT_EQ(lines(), "D-1-2 x1");
}

TEST_F(CartTools, KeyUsedForAnotherChangeConflicts) {
  done(R"({"operation":"add","variant":"D-1-2"})");
  call_with("same", "apply_discount", R"({"code":"SAVE10"})");
  const ToolResult result = call_with("same", "apply_discount", R"({"code":"OTHER"})");
  EXPECT_EQ(result.outcome, ToolOutcome::kRefused);
  EXPECT_EQ(error_answer_from_json(result.content)->error.kind, ErrorKind::kConflict);
}

TEST_F(CartTools, ExpiredCartIsToldBeforeAnAddBeginsANewOne) {
  cart_ = CartId("gone");
  for (const auto& answer : {refused("{}", ToolOutcome::kFailed, "view_cart"), refused(R"({"operation":"remove","line":"l"})"),
                             refused(R"({"code":"SAVE10"})", ToolOutcome::kFailed, "apply_discount"), refused("{}", ToolOutcome::kFailed, "start_checkout")}) {
    EXPECT_EQ(answer.error.kind, ErrorKind::kNotFound);
    EXPECT_EQ(answer.field, "cart");
    EXPECT_NE(answer.error.message.find("expired"), std::string::npos) << answer.error.message;
  }
  const ErrorAnswer first = refused(R"({"operation":"add","product":"T-1"})");
  EXPECT_EQ(first.field, "cart");
  EXPECT_NE(first.error.message.find("nothing was added"), std::string::npos) << first.error.message;
  ASSERT_TRUE(first.cart);
  EXPECT_TRUE(first.cart->lines.empty());
  cart_ = first.cart->id;
  EXPECT_EQ(done(R"({"operation":"add","product":"T-1"})").cart.id, cart_);
  EXPECT_NE(cart_, CartId("gone"));
}

TEST_F(CartTools, DiscountIsToldOnlyWhereTheCartShowsIt) {
  EXPECT_EQ(refused(R"({"code":"SAVE10"})", ToolOutcome::kRefused, "apply_discount").error.kind, ErrorKind::kRefused);
  done(R"({"operation":"add","product":"T-1"})");
  EXPECT_EQ(refused(R"({"code":"NONE"})", ToolOutcome::kRefused, "apply_discount").error.message, "the code 'NONE' is not valid");
  const auto answer = cart_answer_from_json(call("apply_discount", R"({"code":"SAVE10"})").content);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->change, Change::kDiscountApplied);
  EXPECT_EQ(answer->cart.total.minor, 1710);
}

TEST_F(CartTools, CheckoutNeedsSomethingToPayFor) {
  EXPECT_EQ(refused("{}", ToolOutcome::kRefused, "start_checkout").error.kind, ErrorKind::kRefused);
  done(R"({"operation":"add","product":"T-1"})");
  const auto answer = checkout_answer_from_json(call("start_checkout", "{}").content);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->url, "https://shop.example/checkout/" + cart_.str());
  EXPECT_EQ(answer->cart.lines.size(), 1u);
}

TEST_F(CartTools, CheckoutAddressMustBeOne) {
  done(R"({"operation":"add","product":"T-1"})");
  shop_.carts.checkout = "javascript:pay()//";
  EXPECT_EQ(refused("{}", ToolOutcome::kFailed, "start_checkout").error.kind, ErrorKind::kMalformed);
}

TEST_F(CartTools, CartThatCannotBeReadIsNoEmptyCart) {
  done(R"({"operation":"add","product":"T-1"})");
  for (const char* tool : {"view_cart", "start_checkout"}) {
    shop_.carts.read_faults.push_back({ErrorKind::kUnavailable, "the shop does not answer", ""});
    EXPECT_EQ(refused("{}", ToolOutcome::kFailed, tool).error.kind, ErrorKind::kUnavailable);
  }
}

}  // namespace
}  // namespace floorwalker::tools
