#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "adapters/http/ledger.h"
#include "tests/support/paths.h"
#include "tests/support/rest_stack.h"

// Every fault at every request of every operation: never a double write, never a lost line, never a claim that the cart does not bear out.
namespace floorwalker::test {
namespace {

using ports::CartChange;

struct Operation {
  const char* name;
  std::int64_t small, medium, mug;   // pieces afterwards, if it was done; before: 2, 0, 1
  std::function<Result<Cart>(RestStack& stack, const CartId& cart, const LineId& line, const IdempotencyKey& key)> run;
};

Result<Cart> cart_of(Result<CartChange> change) {
  if (!change) return fail(change.error());
  return std::move(change->cart);
}

const std::vector<Operation>& operations() {
  static const std::vector<Operation> kOperations = {
      {"add to a line", 3, 0, 1, [](auto& stack, const auto& cart, const auto&, const auto& key) { return cart_of(stack.shop->carts().add(cart, VariantId("tee-s"), 1, key)); }},
      {"add a line", 2, 1, 1, [](auto& stack, const auto& cart, const auto&, const auto& key) { return cart_of(stack.shop->carts().add(cart, VariantId("tee-m"), 1, key)); }},
      {"set", 4, 0, 1, [](auto& stack, const auto& cart, const auto& line, const auto& key) { return cart_of(stack.shop->carts().set_quantity(cart, line, 4, key)); }},
      {"remove", 0, 0, 1, [](auto& stack, const auto& cart, const auto& line, const auto& key) { return cart_of(stack.shop->carts().remove(cart, line, key)); }},
      {"change variant", 0, 2, 1, [](auto& stack, const auto& cart, const auto& line, const auto& key) { return cart_of(stack.shop->carts().change_variant(cart, line, VariantId("tee-m"), key)); }},
      {"discount", 2, 0, 1, [](auto& stack, const auto& cart, const auto&, const auto& key) { return stack.shop->carts().apply_discount(cart, "TAKE20", key); }},
      {"read", 2, 0, 1, [](auto& stack, const auto& cart, const auto&, const auto&) { return stack.shop->carts().read(cart); }},
  };
  return kOperations;
}

std::int64_t pieces(const Cart& cart, const char* variant) {
  std::int64_t all = 0;
  for (const CartLine& line : cart.lines) all += line.variant.str() == variant ? line.quantity : 0;
  return all;
}

// Runs the operation with a fault at its request `at` and the `length - 1` after it, then again under its key as the tools do, without.
void meet(Fault fault, const char* name, const Operation& operation, std::size_t at, std::size_t length, bool keys) {
  SCOPED_TRACE(std::string(name) + " at request " + std::to_string(at) + " of " + operation.name + (keys ? "" : ", no keys"));
  RestStack stack;
  stack.server.keeps_keys = keys;
  const auto cart = stack.shop->carts().create(IdempotencyKey("cart"));
  const auto line = stack.shop->carts().add(*cart, VariantId("tee-s"), 2, IdempotencyKey("first"));
  ASSERT_TRUE(stack.shop->carts().add(*cart, VariantId("mug"), 1, IdempotencyKey("second")));
  std::size_t count = 0;
  stack.transport.fault = [&](const net::Request&) { return ++count >= at && count < at + length ? fault : Fault::kNone; };
  const IdempotencyKey key("the-operation");
  auto told = operation.run(stack, *cart, line->line, key);
  stack.transport.fault = nullptr;
  const bool done = stack.server.sold("tee-s") == operation.small && stack.server.sold("tee-m") == operation.medium;
  const bool untouched = stack.server.sold("tee-s") == 2 && stack.server.sold("tee-m") == 0;
  const bool between = stack.server.sold("tee-s") == 2 && stack.server.sold("tee-m") == operation.medium;   // added, the old line not removed yet
  EXPECT_TRUE(done || untouched || between) << stack.server.sold("tee-s") << " small, " << stack.server.sold("tee-m") << " medium";
  EXPECT_EQ(stack.server.sold("mug"), 1);
  if (told) {
    EXPECT_TRUE(done);
    EXPECT_EQ(pieces(*told, "tee-s"), operation.small);
    EXPECT_EQ(pieces(*told, "tee-m"), operation.medium);
    EXPECT_EQ(pieces(*told, "mug"), 1);
  } else if (told.error().kind != ErrorKind::kOutcomeUnknown) {
    EXPECT_TRUE(untouched) << to_string(told.error().kind) << ": " << told.error().message;
  }
  auto again = operation.run(stack, *cart, line->line, key);
  if (!again) {   // the breaker may still be open
    EXPECT_EQ(again.error().kind, ErrorKind::kUnavailable) << again.error().message << " " << again.error().detail;
    return;
  }
  EXPECT_EQ(stack.server.sold("tee-s"), operation.small);
  EXPECT_EQ(stack.server.sold("tee-m"), operation.medium);
  EXPECT_EQ(stack.server.sold("mug"), 1);
}

TEST(Faults, NeverDoubleAWriteNorLoseALineNorClaimWhatIsNotSo) {
  std::size_t cases = 0;
  for (const auto& [fault, name] : every_fault()) {
    for (const Operation& operation : operations()) {
      for (std::size_t at = 1; at <= 8; ++at) {
        for (const std::size_t length : {1, 2, 4}) {
          meet(fault, name, operation, at, length, at % 2 == 0);
          if (testing::Test::HasFatalFailure()) return;
          ++cases;
        }
      }
    }
  }
  EXPECT_GT(cases, 2000u);
}

// One operation under faults of several kinds, a kind for each method; then what is told is compared with what a fresh look shows.
struct Mixed {
  std::vector<std::pair<std::string, Fault>> faults;   // by method
  std::string name;
};

std::vector<Mixed> mixed_faults() {
  std::vector<Mixed> all;
  for (const auto& [on_post, post] : every_fault()) {
    for (const auto& [on_back, back] : every_fault()) {
      all.push_back({{{"POST", on_post}, {"PUT", on_back}, {"DELETE", on_back}}, std::string(post) + ", then " + back});
    }
  }
  for (const auto& [on_back, back] : every_fault()) all.push_back({{{"PUT", on_back}, {"DELETE", on_back}}, std::string("only on the way back: ") + back});
  return all;
}

void break_as(RestStack& stack, const Mixed& mixed) {
  stack.transport.fault = [&mixed](const net::Request& request) {
    for (const auto& [method, fault] : mixed.faults) {
      if (request.method == method) return fault;
    }
    return Fault::kNone;
  };
}

// What is told as done is what the cart holds; what is told as refused has changed nothing; else it is told as unknown.
void expect_told_as_it_is(RestStack& stack, const CartId& cart, const Cart& before, const Result<CartChange>& told, std::int64_t asked) {
  stack.transport.fault = nullptr;
  auto fresh = stack.shop->carts().read(cart);
  ASSERT_TRUE(fresh) << fresh.error().message;
  if (told) {
    EXPECT_EQ(told->cart, *fresh);
    EXPECT_LE(told->got, asked);
  } else if (told.error().kind != ErrorKind::kOutcomeUnknown) {
    EXPECT_EQ(*fresh, before) << to_string(told.error().kind) << ": " << told.error().message;
  }
}

http::Adapter without_breaker() {
  http::Adapter adapter = shipped_adapter("example-rest");
  adapter.limits.breaker_failures = 1000;
  return adapter;
}

TEST(Faults, OfTwoKindsAtOnceAreToldAsTheyLeaveTheCart) {
  for (const Mixed& mixed : mixed_faults()) {
    for (const bool clamps : {false, true}) {
      SCOPED_TRACE(mixed.name + (clamps ? ", clamping" : ""));
      RestStack stack(without_breaker());
      stack.server.keeps_keys = false;
      stack.server.clamps = clamps;
      const auto cart = stack.shop->carts().create(IdempotencyKey("cart"));
      const auto line = stack.shop->carts().add(*cart, VariantId("tee-s"), 3, IdempotencyKey("first"));
      ASSERT_TRUE(line);
      break_as(stack, mixed);
      const auto told = stack.shop->carts().add(*cart, VariantId("mug"), 1, IdempotencyKey("mug"));
      expect_told_as_it_is(stack, *cart, line->cart, told, 1);
      EXPECT_TRUE(!told || stack.server.sold("mug") == 1);
      const auto now = stack.shop->carts().read(*cart);
      ASSERT_TRUE(now);
      break_as(stack, mixed);
      const auto more = stack.shop->carts().add(*cart, VariantId("tee-m"), 3, IdempotencyKey("more"));   // of which there are two
      expect_told_as_it_is(stack, *cart, *now, more, 3);
      EXPECT_FALSE(more && more->got == 3);
    }
  }
}

TEST(Faults, OnTheWayBackOfAChangeOfVariantAreNeverToldAsNothingDone) {
  for (const Mixed& mixed : mixed_faults()) {
    SCOPED_TRACE(mixed.name);
    RestStack stack(without_breaker());
    stack.server.keeps_keys = false;
    stack.server.clamps = true;
    const auto cart = stack.shop->carts().create(IdempotencyKey("cart"));
    const auto line = stack.shop->carts().add(*cart, VariantId("tee-s"), 3, IdempotencyKey("first"));
    ASSERT_TRUE(line);
    break_as(stack, mixed);
    const auto told = stack.shop->carts().change_variant(*cart, line->line, VariantId("tee-m"), IdempotencyKey("change"));
    EXPECT_FALSE(told);   // there are two of M
    expect_told_as_it_is(stack, *cart, line->cart, told, 3);
    EXPECT_EQ(stack.server.sold("tee-s"), 3);
    if (!told && told.error().kind != ErrorKind::kOutcomeUnknown) continue;
    const auto again = stack.shop->carts().change_variant(*cart, line->line, VariantId("tee-m"), IdempotencyKey("change"));
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind, ErrorKind::kOutOfStock) << again.error().message;
    EXPECT_EQ(stack.server.sold("tee-m"), 0);   // what was left behind is taken back
  }
}

TEST(Faults, TellPeopleOfAShopperOnceAndNeverDenyThatTheyWereTold) {
  for (const auto& [fault, name] : every_fault()) {
    SCOPED_TRACE(name);
    RestStack stack(without_breaker());
    stack.transport.fault = [met = fault](const net::Request&) { return met; };
    const IdempotencyKey key("help");
    const auto first = stack.shop->desk().hand_off(SessionId("s"), "help", key);
    stack.transport.fault = nullptr;
    const bool was_told = stack.server.tickets() > 0;
    EXPECT_TRUE(was_told || !first);
    EXPECT_TRUE(first || !was_told || first.error().kind == ErrorKind::kOutcomeUnknown);
    const auto again = stack.shop->desk().hand_off(SessionId("s"), "help", key);
    EXPECT_TRUE(again || again.error().kind == ErrorKind::kOutcomeUnknown);
    EXPECT_TRUE(!first || (again && *again == *first));
    EXPECT_LE(stack.server.tickets(), 1);
  }
}

TEST(Faults, ReachTheReaderAsErrorsAndNeverAsAnswers) {
  for (const auto& [fault, name] : every_fault()) {
    RestStack stack;
    const Fault met = fault;
    stack.transport.fault = [met](const net::Request&) { return met; };
    const auto product = stack.shop->catalogue().product(ProductId("tee"));
    if (fault == Fault::kTwice) {
      EXPECT_TRUE(product);
      continue;
    }
    ASSERT_FALSE(product) << name;
    EXPECT_TRUE(product.error().kind == ErrorKind::kUnavailable || product.error().kind == ErrorKind::kTimeout || product.error().kind == ErrorKind::kMalformed) << name;
    EXPECT_FALSE(stack.shop->policies().all()) << name;
    EXPECT_FALSE(stack.shop->orders().find(OrderId("N-1"), "sam@example.com")) << name;
    EXPECT_FALSE(stack.shop->catalogue().each([](const Product&) { return true; })) << name;
    EXPECT_FALSE(stack.shop->carts().create(IdempotencyKey("cart"))) << name;
  }
}

TEST(Ledger, IsForItsOwnersEyesOnly) {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "actions.db";
  std::ofstream(file.string()) << "";   // as an older version left it
  std::filesystem::permissions(file, std::filesystem::perms(0644));
  const auto ledger = std::move(*http::SqliteLedger::open(file));
  ASSERT_TRUE(ledger->keep_cart(CartId("c"), R"({"cart":"secret"})"));
  for (const auto& one : std::filesystem::directory_iterator(folder.path())) {
    EXPECT_EQ(one.status().permissions(), std::filesystem::perms(0600)) << one.path();
  }
}

TEST(Ledger, KnowsWhatCameOfAHandOff) {
  const TemporaryFolder folder;
  const IdempotencyKey key("k"), other("o");
  {
    const auto ledger = std::move(*http::SqliteLedger::open(folder / "actions.db"));
    auto record = ledger->hand_off(key, SessionId("s"), "help");
    ASSERT_TRUE(record);
    EXPECT_FALSE(record->sent);
    record->sent = true;
    ASSERT_TRUE(ledger->keep_hand_off(key, *record));
    record->reference = "T-7";
    ASSERT_TRUE(ledger->keep_hand_off(key, *record));
    auto second = ledger->hand_off(other, SessionId("s"), "help");
    second->sent = true;
    ASSERT_TRUE(ledger->keep_hand_off(other, *second));
    second->sent = false;
    ASSERT_TRUE(ledger->keep_hand_off(other, *second));
  }
  const auto ledger = std::move(*http::SqliteLedger::open(folder / "actions.db"));
  const auto kept = ledger->hand_off(key, SessionId("s"), "help");
  ASSERT_TRUE(kept);
  EXPECT_TRUE(kept->sent);
  EXPECT_EQ(kept->reference, "T-7");
  EXPECT_FALSE(ledger->hand_off(other, SessionId("s"), "help")->sent);
}

TEST(Ledger, KnowsCartsAndWritesAfterTheProcessIsGone) {
  const TemporaryFolder folder;
  const auto stack = [&](RestShop* kept) {
    auto made = std::make_unique<RestStack>(shipped_adapter("example-rest"), std::move(*http::SqliteLedger::open(folder / "actions.db")));
    static_cast<void>(kept);
    return made;
  };
  CartId cart;
  CartChange first;
  {
    const auto before = stack(nullptr);
    cart = *before->shop->carts().create(IdempotencyKey("c"));
    EXPECT_EQ(cart.str().find("secret"), std::string::npos);
    first = *before->shop->carts().add(cart, VariantId("tee-s"), 2, IdempotencyKey("k"));
  }
  const auto after = stack(nullptr);   // a new process, before an empty server
  const auto told = after->shop->carts().done(cart, IdempotencyKey("k"));
  ASSERT_TRUE(told && *told);
  EXPECT_EQ((*told)->cart, first.cart);
  EXPECT_EQ((*told)->line, first.line);
  const auto again = after->shop->carts().add(cart, VariantId("tee-s"), 2, IdempotencyKey("k"));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->cart, first.cart);
  EXPECT_EQ(after->server.sold("tee-s"), 0);
}

}  // namespace
}  // namespace floorwalker::test
