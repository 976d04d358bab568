#include "tests/contract/shop_contract.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <optional>
#include <set>
#include <thread>

namespace floorwalker::test {
namespace {

class ShopContract : public testing::TestWithParam<ContractFactory> {
 protected:
  CartId new_cart() {
    auto cart = carts().create(key());
    EXPECT_TRUE(cart);
    return cart.value_or(CartId());
  }

  // A key that was not used before.
  IdempotencyKey key() { return IdempotencyKey("key-" + std::to_string(++keys_)); }

  Cart read(const CartId& cart) {
    auto now = carts().read(cart);
    EXPECT_TRUE(now) << now.error().message;
    return now.value_or(Cart());
  }

  ports::CartChange add(const CartId& cart, const char* of, std::int64_t quantity) {
    auto change = carts().add(cart, variant(of), quantity, key());
    EXPECT_TRUE(change) << change.error().message;
    return change.value_or(ports::CartChange());
  }

  template <typename T>
  static ErrorKind kind_of(const Result<T>& result) {
    EXPECT_FALSE(result.has_value());
    return result ? ErrorKind::kInternal : result.error().kind;
  }

  ports::Carts& carts() { return shop_->carts(); }
  ProductId product(const char* name) { return shop_->product(name); }
  VariantId variant(const char* name) { return shop_->variant(name); }

  // What a shop tells of so many pieces.
  std::optional<std::int64_t> counted(std::int64_t pieces) const { return shop_->counts_stock ? std::optional(pieces) : std::nullopt; }

  std::unique_ptr<ContractShop> shop_ = GetParam().make();
  int keys_ = 0;
};

TEST_P(ShopContract, TellsAProductWithItsVariantsPricesAndStock) {
  const auto tee = shop_->catalogue().product(product("tee"));
  ASSERT_TRUE(tee);
  EXPECT_EQ(tee->title, "Contract tee");
  EXPECT_EQ(tee->brand, "Plain");
  ASSERT_EQ(tee->variants.size(), 3u);
  EXPECT_EQ(tee->variants[0].options, (std::vector<OptionValue>{{"Size", "S"}}));
  EXPECT_EQ(tee->variants[0].price, (Money{1999, *Currency::parse("USD")}));
  EXPECT_EQ(tee->variants[0].stock.availability, Availability::kInStock);
  EXPECT_EQ(tee->variants[0].stock.count, counted(5));
  EXPECT_EQ(tee->variants[1].compare_at, shop_->tells_former_prices ? std::optional(Money{2499, *Currency::parse("USD")}) : std::nullopt);
  EXPECT_EQ(tee->variants[2].stock.availability, Availability::kOutOfStock);
  EXPECT_EQ(shop_->catalogue().currency().code(), "USD");
}

TEST_P(ShopContract, KeepsUnicodeInTitles) {
  const auto mug = shop_->catalogue().product(product("mug"));
  ASSERT_TRUE(mug);
  EXPECT_EQ(mug->title, "Täschchen-Becher ☕");
}

TEST_P(ShopContract, TellsSeveralProductsInTheOrderAskedAndLeavesUnknownOnesOut) {
  const auto products = shop_->catalogue().products({product("mug"), ProductId("nothing"), product("tee"), product("mug")});
  ASSERT_TRUE(products);
  std::vector<ProductId> ids;
  for (const Product& one : *products) ids.push_back(one.id);
  EXPECT_EQ(ids, (std::vector<ProductId>{product("mug"), product("tee"), product("mug")}));
}

TEST_P(ShopContract, SaysThatAnUnknownProductOrVariantIsNotFound) {
  EXPECT_EQ(kind_of(shop_->catalogue().product(ProductId("nothing"))), ErrorKind::kNotFound);
  EXPECT_EQ(kind_of(shop_->catalogue().product(ProductId(""))), ErrorKind::kNotFound);
  EXPECT_EQ(kind_of(shop_->catalogue().product_of(VariantId("nothing"))), ErrorKind::kNotFound);
}

TEST_P(ShopContract, FindsTheProductOfAVariant) {
  const auto owner = shop_->catalogue().product_of(variant("tee-m"));
  ASSERT_TRUE(owner);
  EXPECT_EQ(*owner, product("tee"));
}

TEST_P(ShopContract, VisitsEveryProductOnceInAStableOrderUntilToldToStop) {
  std::vector<std::string> first, second;
  ASSERT_TRUE(shop_->catalogue().each([&](const Product& product) { return first.push_back(product.id.str()), true; }));
  ASSERT_TRUE(shop_->catalogue().each([&](const Product& product) { return second.push_back(product.id.str()), second.size() < 2; }));
  EXPECT_EQ(std::set<std::string>(first.begin(), first.end()).size(), first.size());
  EXPECT_GE(first.size(), 2u);
  ASSERT_EQ(second.size(), 2u);
  EXPECT_TRUE(std::equal(second.begin(), second.end(), first.begin()));
}

TEST_P(ShopContract, MayBeAskedForProductsWhileVisitingThem) {
  std::size_t asked = 0;
  ASSERT_TRUE(shop_->catalogue().each([&](const Product& product) {
    const auto again = shop_->catalogue().product(product.id);
    EXPECT_TRUE(again && *again == product);
    return ++asked < 2;
  }));
  EXPECT_EQ(asked, 2u);
}

TEST_P(ShopContract, ReadsStockAndPriceAtEachCall) {
  shop_->set_stock("tee-s", 0);
  shop_->set_price("tee-s", 1750);
  const auto tee = shop_->catalogue().product(product("tee"));
  ASSERT_TRUE(tee);
  EXPECT_EQ(tee->variants[0].stock.availability, Availability::kOutOfStock);
  EXPECT_EQ(tee->variants[0].stock.count, counted(0));
  EXPECT_EQ(tee->variants[0].price.minor, 1750);
}

TEST_P(ShopContract, KeepsItsVersionWhenOnlyStockChanges) {
  const auto before = shop_->catalogue().version();
  shop_->set_stock("tee-s", 1);
  const auto after = shop_->catalogue().version();
  ASSERT_TRUE(before && after);
  EXPECT_EQ(*before, *after);
}

TEST_P(ShopContract, StartsCartsEmptyAndEachOnItsOwn) {
  const CartId one = new_cart();
  const CartId two = new_cart();
  EXPECT_NE(one, two);
  add(one, "mug", 1);
  EXPECT_EQ(read(one).lines.size(), 1u);
  EXPECT_TRUE(read(two).lines.empty());
  EXPECT_EQ(read(two).total.minor, 0);
}

TEST_P(ShopContract, AddsALineAndTellsTheCartAfterIt) {
  const CartId cart = new_cart();
  const ports::CartChange change = add(cart, "tee-s", 2);
  EXPECT_EQ(change.got, 2);
  ASSERT_EQ(change.cart.lines.size(), 1u);
  const CartLine& line = change.cart.lines.front();
  EXPECT_EQ(line.id, change.line);
  EXPECT_EQ(line.product, product("tee"));
  EXPECT_EQ(line.variant, variant("tee-s"));
  EXPECT_EQ(line.title, "Contract tee");
  EXPECT_EQ(line.options, (std::vector<OptionValue>{{"Size", "S"}}));
  EXPECT_EQ(line.quantity, 2);
  EXPECT_EQ(line.unit_price.minor, 1999);
  EXPECT_EQ(line.total.minor, 3998);
  EXPECT_EQ(change.cart, read(cart));
}

TEST_P(ShopContract, GrowsTheLineOfAVariantThatIsAddedAgain) {
  const CartId cart = new_cart();
  const LineId first = add(cart, "tee-s", 1).line;
  const ports::CartChange again = add(cart, "tee-s", 2);
  EXPECT_EQ(again.line, first);
  EXPECT_EQ(again.got, 2);
  ASSERT_EQ(again.cart.lines.size(), 1u);
  EXPECT_EQ(again.cart.lines.front().quantity, 3);
}

TEST_P(ShopContract, KeepsTwoVariantsOnTwoLines) {
  const CartId cart = new_cart();
  const LineId small = add(cart, "tee-s", 1).line;
  const LineId medium = add(cart, "tee-m", 1).line;
  EXPECT_NE(small, medium);
  EXPECT_EQ(read(cart).lines.size(), 2u);
}

TEST_P(ShopContract, ComputesTotalsInMinorUnits) {
  const CartId cart = new_cart();
  add(cart, "tee-s", 3);
  add(cart, "mug", 7);
  const Cart now = read(cart);
  EXPECT_EQ(now.subtotal.minor, 3 * 1999 + 7 * 805);
  EXPECT_EQ(now.total, now.subtotal);
  EXPECT_EQ(now.total.currency.code(), "USD");
}

TEST_P(ShopContract, RefusesMoreThanThereAreAndAddsNothing) {
  const CartId cart = new_cart();
  add(cart, "tee-m", 1);
  const auto change = carts().add(cart, variant("tee-m"), 2, key());
  EXPECT_EQ(kind_of(change), ErrorKind::kOutOfStock);
  EXPECT_NE(change.error().message.find("2"), std::string::npos) << change.error().message;
  ASSERT_EQ(read(cart).lines.size(), 1u);
  EXPECT_EQ(read(cart).lines.front().quantity, 1);
}

TEST_P(ShopContract, RefusesWhatIsSoldOut) {
  const CartId cart = new_cart();
  EXPECT_EQ(kind_of(carts().add(cart, variant("tee-l"), 1, key())), ErrorKind::kOutOfStock);
  EXPECT_TRUE(read(cart).lines.empty());
}

TEST_P(ShopContract, RefusesNoneFewerThanNoneAndHugeQuantities) {
  const CartId cart = new_cart();
  EXPECT_EQ(kind_of(carts().add(cart, variant("mug"), 0, key())), ErrorKind::kInvalidArgument);
  EXPECT_EQ(kind_of(carts().add(cart, variant("mug"), -1, key())), ErrorKind::kInvalidArgument);
  add(cart, "mug", 1);
  for (const std::int64_t huge : {std::int64_t{999'999}, std::int64_t{1} << 62, std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_FALSE(carts().add(cart, variant("mug"), huge, key())) << huge;
    EXPECT_FALSE(carts().add(cart, variant("tee-s"), huge, key())) << huge;
  }
  EXPECT_EQ(read(cart).total.minor, 805);
}

TEST_P(ShopContract, SaysThatUnknownIdsAreNotFoundAndChangesNothing) {
  const CartId cart = new_cart();
  const LineId line = add(cart, "mug", 1).line;
  EXPECT_EQ(kind_of(carts().add(cart, VariantId("nothing"), 1, key())), ErrorKind::kNotFound);
  EXPECT_EQ(kind_of(carts().add(CartId("nothing"), variant("mug"), 1, key())), ErrorKind::kNotFound);
  EXPECT_EQ(kind_of(carts().read(CartId("nothing"))), ErrorKind::kNotFound);
  EXPECT_EQ(kind_of(carts().set_quantity(cart, LineId("nothing"), 2, key())), ErrorKind::kNotFound);
  EXPECT_EQ(kind_of(carts().remove(cart, LineId("999"), key())), ErrorKind::kNotFound);
  EXPECT_EQ(kind_of(carts().change_variant(cart, line, VariantId("nothing"), key())), ErrorKind::kNotFound);
  EXPECT_EQ(kind_of(carts().checkout_url(CartId("nothing"))), ErrorKind::kNotFound);
  EXPECT_EQ(read(cart).lines.size(), 1u);
}

TEST_P(ShopContract, SaysThatAnExpiredCartIsGoneAndPutsNoOtherInItsPlace) {
  const CartId cart = new_cart();
  const LineId line = add(cart, "mug", 1).line;
  const CartId gone = shop_->expired_cart(cart);
  EXPECT_EQ(kind_of(carts().read(gone)), ErrorKind::kNotFound);
  EXPECT_EQ(kind_of(carts().add(gone, variant("tee-s"), 1, key())), ErrorKind::kNotFound);
  EXPECT_EQ(kind_of(carts().set_quantity(gone, line, 2, key())), ErrorKind::kNotFound);
  EXPECT_EQ(kind_of(carts().change_variant(gone, line, variant("tee-s"), key())), ErrorKind::kNotFound);
  EXPECT_EQ(kind_of(carts().remove(gone, line, key())), ErrorKind::kNotFound);
  EXPECT_EQ(kind_of(carts().apply_discount(gone, "TAKE20", key())), ErrorKind::kNotFound);
  EXPECT_EQ(kind_of(carts().checkout_url(gone)), ErrorKind::kNotFound);
  EXPECT_EQ(read(cart).lines.size(), 1u);
}

TEST_P(ShopContract, TakesCharactersOfEveryScriptInWhatItIsAsked) {
  const CartId cart = new_cart();
  add(cart, "mug", 1);
  EXPECT_EQ(read(cart).lines.front().title, "Täschchen-Becher ☕");
  EXPECT_EQ(kind_of(carts().apply_discount(cart, "ÄÖ-☕", key())), ErrorKind::kRefused);
  EXPECT_EQ(kind_of(shop_->catalogue().product(ProductId("商品-☕"))), ErrorKind::kNotFound);
  EXPECT_EQ(kind_of(carts().add(cart, VariantId("größe-👕"), 1, key())), ErrorKind::kNotFound);
  EXPECT_EQ(read(cart).total.minor, 805);
}

TEST_P(ShopContract, DoesNotReachTheLinesOfAnotherCart) {
  const CartId mine = new_cart();
  const CartId theirs = new_cart();
  add(mine, "mug", 1);
  const LineId second = add(mine, "tee-s", 1).line;
  add(theirs, "mug", 1);
  EXPECT_EQ(kind_of(carts().remove(theirs, second, key())), ErrorKind::kNotFound);
  EXPECT_EQ(read(mine).lines.size(), 2u);
  EXPECT_EQ(read(theirs).lines.size(), 1u);
}

TEST_P(ShopContract, SetsAQuantityAndRemovesALineAtNone) {
  const CartId cart = new_cart();
  const LineId line = add(cart, "tee-s", 1).line;
  const auto four = carts().set_quantity(cart, line, 4, key());
  ASSERT_TRUE(four);
  EXPECT_EQ(four->got, 4);
  EXPECT_EQ(four->cart.lines.front().quantity, 4);
  EXPECT_EQ(kind_of(carts().set_quantity(cart, line, 6, key())), ErrorKind::kOutOfStock);
  EXPECT_EQ(kind_of(carts().set_quantity(cart, line, -2, key())), ErrorKind::kInvalidArgument);
  EXPECT_EQ(read(cart).lines.front().quantity, 4);
  const auto none = carts().set_quantity(cart, line, 0, key());
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->cart.lines.empty());
  EXPECT_EQ(none->cart.total.minor, 0);
}

TEST_P(ShopContract, RemovesALine) {
  const CartId cart = new_cart();
  const LineId line = add(cart, "tee-s", 1).line;
  add(cart, "mug", 1);
  const auto change = carts().remove(cart, line, key());
  ASSERT_TRUE(change);
  ASSERT_EQ(change->cart.lines.size(), 1u);
  EXPECT_EQ(change->cart.lines.front().variant, variant("mug"));
  EXPECT_EQ(kind_of(carts().remove(cart, line, key())), ErrorKind::kNotFound);
}

TEST_P(ShopContract, PutsAnotherVariantInALinesPlace) {
  const CartId cart = new_cart();
  const LineId line = add(cart, "tee-s", 2).line;
  const auto change = carts().change_variant(cart, line, variant("tee-m"), key());
  ASSERT_TRUE(change) << change.error().message;
  ASSERT_EQ(change->cart.lines.size(), 1u);
  EXPECT_EQ(change->cart.lines.front().id, change->line);
  EXPECT_EQ(change->cart.lines.front().variant, variant("tee-m"));
  EXPECT_EQ(change->cart.lines.front().quantity, 2);
}

TEST_P(ShopContract, KeepsTheLineWhenTheOtherVariantCannotBeHad) {
  const CartId cart = new_cart();
  const LineId line = add(cart, "tee-s", 3).line;
  EXPECT_EQ(kind_of(carts().change_variant(cart, line, variant("tee-l"), key())), ErrorKind::kOutOfStock);
  EXPECT_EQ(kind_of(carts().change_variant(cart, line, variant("tee-m"), key())), ErrorKind::kOutOfStock);
  const Cart now = read(cart);
  ASSERT_EQ(now.lines.size(), 1u);
  EXPECT_EQ(now.lines.front().variant, variant("tee-s"));
  EXPECT_EQ(now.lines.front().quantity, 3);
}

TEST_P(ShopContract, MergesIntoTheLineThatHasTheOtherVariant) {
  const CartId cart = new_cart();
  const LineId small = add(cart, "tee-s", 1).line;
  add(cart, "tee-m", 1);
  const auto change = carts().change_variant(cart, small, variant("tee-m"), key());
  ASSERT_TRUE(change) << change.error().message;
  ASSERT_EQ(change->cart.lines.size(), 1u);
  EXPECT_EQ(change->cart.lines.front().variant, variant("tee-m"));
  EXPECT_EQ(change->cart.lines.front().quantity, 2);
}

TEST_P(ShopContract, KeepsToLeastMostAndPackQuantities) {
  if (!shop_->has_selling_rules) GTEST_SKIP() << "this shop sells everything one by one";
  const CartId cart = new_cart();
  for (const std::int64_t wrong : {1, 3, 6, 16}) {
    EXPECT_EQ(kind_of(carts().add(cart, variant("cable"), wrong, key())), ErrorKind::kRefused) << wrong;
  }
  const LineId line = add(cart, "cable", 8).line;
  EXPECT_EQ(kind_of(carts().add(cart, variant("cable"), 8, key())), ErrorKind::kRefused);
  EXPECT_EQ(kind_of(carts().set_quantity(cart, line, 2, key())), ErrorKind::kRefused);
  EXPECT_EQ(read(cart).lines.front().quantity, 8);
}

TEST_P(ShopContract, TakesADiscountOffInMinorUnits) {
  const CartId cart = new_cart();
  add(cart, "tee-s", 3);  // 59.97
  const auto now = carts().apply_discount(cart, "SAVE10", key());
  ASSERT_TRUE(now) << now.error().message;
  ASSERT_EQ(now->discounts.size(), 1u);
  EXPECT_EQ(now->discounts.front().code, "SAVE10");
  EXPECT_EQ(now->discounts.front().amount.minor, 600);
  EXPECT_EQ(now->subtotal.minor, 5997);
  EXPECT_EQ(now->total.minor, 5397);
}

TEST_P(ShopContract, NeverTakesOffMoreThanTheGoodsCost) {
  const CartId cart = new_cart();
  add(cart, "mug", 1);
  const auto now = carts().apply_discount(cart, "TAKE20", key());
  ASSERT_TRUE(now) << now.error().message;
  EXPECT_EQ(now->total.minor, 0);
}

TEST_P(ShopContract, RefusesCodesThatDoNotApply) {
  const CartId cart = new_cart();
  EXPECT_EQ(kind_of(carts().apply_discount(cart, "TAKE20", key())), ErrorKind::kRefused);  // the cart is empty
  add(cart, "mug", 1);
  EXPECT_EQ(kind_of(carts().apply_discount(cart, "NONSENSE", key())), ErrorKind::kRefused);
  EXPECT_EQ(kind_of(carts().apply_discount(cart, "OLD", key())), ErrorKind::kRefused);
  EXPECT_EQ(kind_of(carts().apply_discount(cart, "SAVE10", key())), ErrorKind::kRefused);  // from 50.00
  EXPECT_EQ(read(cart).total.minor, 805);
}

TEST_P(ShopContract, LetsADiscountLapseWithItsCondition) {
  const CartId cart = new_cart();
  const LineId line = add(cart, "tee-s", 3).line;
  ASSERT_TRUE(carts().apply_discount(cart, "SAVE10", key()));
  const auto less = carts().set_quantity(cart, line, 1, key());
  ASSERT_TRUE(less);
  EXPECT_TRUE(less->cart.discounts.empty());
  EXPECT_EQ(less->cart.total.minor, 1999);
}

TEST_P(ShopContract, TellsWhereToPayForWhatCanBeHad) {
  const CartId cart = new_cart();
  EXPECT_EQ(kind_of(carts().checkout_url(cart)), ErrorKind::kRefused);  // nothing to pay
  add(cart, "tee-s", 2);
  const auto url = carts().checkout_url(cart);
  ASSERT_TRUE(url);
  EXPECT_EQ(url->substr(0, 8), "https://");
  EXPECT_EQ(read(cart).lines.size(), 1u);
  shop_->set_stock("tee-s", shop_->counts_stock ? 1 : 0);
  EXPECT_EQ(kind_of(carts().checkout_url(cart)), ErrorKind::kOutOfStock);
}

TEST_P(ShopContract, TotalsACartThatWasLeftOvernightAtThePriceThatTheShopCharges) {
  const CartId cart = new_cart();
  add(cart, "tee-s", 2);
  shop_->set_price("tee-s", 2500);
  const std::int64_t charged = shop_->reprices_carts ? 2500 : 1999;
  EXPECT_EQ(read(cart).lines.front().unit_price.minor, charged);
  EXPECT_EQ(read(cart).total.minor, 2 * charged);
}

TEST_P(ShopContract, WritesOnceForAKey) {
  const CartId cart = new_cart();
  const IdempotencyKey once = key();
  const auto first = carts().add(cart, variant("tee-s"), 2, once);
  const auto second = carts().add(cart, variant("tee-s"), 2, once);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->cart, second->cart);
  EXPECT_EQ(first->line, second->line);
  EXPECT_EQ(read(cart).lines.front().quantity, 2);
}

TEST_P(ShopContract, AnswersARepeatedKeyAsItDidTheFirstTimeWhateverHappenedSince) {
  const CartId cart = new_cart();
  const IdempotencyKey once = key();
  const auto first = carts().add(cart, variant("tee-s"), 2, once);
  ASSERT_TRUE(first);
  ASSERT_TRUE(carts().remove(cart, first->line, key()));
  const auto second = carts().add(cart, variant("tee-s"), 2, once);
  ASSERT_TRUE(second);
  EXPECT_EQ(first->cart, second->cart);
  EXPECT_TRUE(read(cart).lines.empty());
}

TEST_P(ShopContract, RefusesAKeyThatComesBackWithOtherContent) {
  const CartId cart = new_cart();
  const IdempotencyKey once = key();
  ASSERT_TRUE(carts().add(cart, variant("tee-s"), 1, once));
  EXPECT_EQ(kind_of(carts().add(cart, variant("tee-s"), 2, once)), ErrorKind::kConflict);
  EXPECT_EQ(kind_of(carts().add(cart, variant("tee-m"), 1, once)), ErrorKind::kConflict);
  EXPECT_EQ(read(cart).lines.front().quantity, 1);
}

TEST_P(ShopContract, MakesOneCartForAKey) {
  const IdempotencyKey once = key();
  const auto first = carts().create(once);
  const auto second = carts().create(once);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(*first, *second);
}

TEST_P(ShopContract, TellsWhatCameOfAKey) {
  const CartId cart = new_cart();
  const IdempotencyKey once = key();
  const auto before = carts().done(cart, once);
  ASSERT_TRUE(before);
  EXPECT_FALSE(before->has_value());
  const auto change = carts().add(cart, variant("mug"), 1, once);
  const auto after = carts().done(cart, once);
  ASSERT_TRUE(change && after && after->has_value());
  EXPECT_EQ((*after)->cart, change->cart);
}

TEST_P(ShopContract, LosesNoAddOfManyThreads) {
  if (!shop_->has_threads) GTEST_SKIP() << "this shop is for one thread";
  constexpr int kThreads = 4;
  constexpr int kAdds = 5;
  const CartId cart = new_cart();
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kAdds; ++i) {
        const IdempotencyKey once("thread-" + std::to_string(thread) + "-" + std::to_string(i));
        EXPECT_TRUE(carts().add(cart, variant("mug"), 1, once));
        EXPECT_TRUE(carts().add(cart, variant("mug"), 1, once));  // delivered twice
        EXPECT_TRUE(shop_->catalogue().product(product("tee")));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_EQ(read(cart).lines.size(), 1u);
  EXPECT_EQ(read(cart).lines.front().quantity, kThreads * kAdds);
}

TEST_P(ShopContract, SellsTheLastPieceIntoOneCartNoMoreOftenThanItIsThere) {
  if (!shop_->has_threads) GTEST_SKIP() << "this shop is for one thread";
  const CartId cart = new_cart();
  std::atomic<int> added{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      if (carts().add(cart, variant("tee-m"), 1, IdempotencyKey("race-" + std::to_string(thread)))) ++added;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(added, 2);
  EXPECT_EQ(read(cart).lines.front().quantity, 2);
}

TEST_P(ShopContract, TellsItsPolicies) {
  const auto policies = shop_->policies().all();
  if (!shop_->has_policies) {
    EXPECT_EQ(kind_of(policies), ErrorKind::kUnavailable);   // and the agent says that it cannot know
    return;
  }
  ASSERT_TRUE(policies);
  ASSERT_EQ(policies->size(), 1u);
  EXPECT_FALSE(policies->front().id.empty());
  EXPECT_EQ(policies->front().topic, "returns");
  EXPECT_EQ(policies->front().title, "Returns");
  EXPECT_EQ(policies->front().text, "Within 30 days.");
  EXPECT_EQ(policies->front().date, shop_->dates_policies ? "2026-01-01" : "");
}

TEST_P(ShopContract, TellsAnOrderOnlyToWhoeverKnowsItsEmail) {
  if (!shop_->has_orders) {
    EXPECT_FALSE(shop_->orders().find(OrderId("N-1"), "sam@example.com"));
    GTEST_SKIP() << "this shop tells no orders";
  }
  const auto order = shop_->orders().find(OrderId("N-1"), " Sam@Example.com ");
  ASSERT_TRUE(order) << order.error().message;
  EXPECT_EQ(order->status, "shipped");
  ASSERT_EQ(order->lines.size(), 1u);
  EXPECT_EQ(order->lines.front().title, "Contract tee");
  EXPECT_EQ(order->total.minor, 1999);
  const auto stranger = shop_->orders().find(OrderId("N-1"), "eve@example.com");
  const auto unknown = shop_->orders().find(OrderId("N-2"), "sam@example.com");
  EXPECT_EQ(kind_of(stranger), ErrorKind::kNotFound);
  EXPECT_EQ(kind_of(shop_->orders().find(OrderId("N-1"), "")), ErrorKind::kNotFound);
  EXPECT_EQ(kind_of(unknown), ErrorKind::kNotFound);
  EXPECT_EQ(stranger.error().message, unknown.error().message);
}

TEST_P(ShopContract, HandsOffOnceForAKey) {
  const IdempotencyKey once = key();
  const auto first = shop_->desk().hand_off(SessionId("s1"), "complaint", once);
  const auto again = shop_->desk().hand_off(SessionId("s1"), "complaint", once);
  const auto other = shop_->desk().hand_off(SessionId("s2"), "complaint", key());
  ASSERT_TRUE(first && again && other);
  EXPECT_FALSE(first->empty());
  EXPECT_EQ(*first, *again);
  EXPECT_NE(*first, *other);
}

std::string name_of(const testing::TestParamInfo<ContractFactory>& factory) { return factory.param.name; }

INSTANTIATE_TEST_SUITE_P(Shops, ShopContract, testing::Values(embedded_contract_shop(), rest_contract_shop(), clamping_contract_shop()), name_of);
INSTANTIATE_TEST_SUITE_P(Platforms, ShopContract, testing::ValuesIn(platform_contract_shops()), name_of);

}  // namespace
}  // namespace floorwalker::test
