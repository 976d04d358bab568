#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "adapters/http/ledger.h"
#include "agent/core/stopping.h"
#include "agent/net/curl_transport.h"
#include "tests/support/fault_server.h"
#include "tests/support/rest_stack.h"

// Faults as a network really makes them, at every request of every operation of every port, through the transport that users run.
namespace floorwalker::test {
namespace {

using ports::CartChange;

// Waits are short, so that many cases fit into a test.
http::Adapter hasty_adapter() {
  http::Adapter adapter = shipped_adapter("example-rest");
  adapter.operations["version"] = adapter.operations["currency"];   // a text of the shop's, asked for at each call
  std::string why;
  adapter.operations["version"].answer.at = {*http::Selector::parse("name", why)};
  adapter.limits.connect = std::chrono::milliseconds(1000);
  adapter.limits.total = std::chrono::milliseconds(300);
  adapter.limits.operation = std::chrono::milliseconds(3000);
  adapter.limits.retry_wait = std::chrono::milliseconds(2);
  adapter.limits.breaker_pause = std::chrono::milliseconds(1);
  adapter.limits.response_bytes = 1 << 18;
  return adapter;
}

struct SocketStack {
  explicit SocketStack(http::Adapter adapter = hasty_adapter()) {
    http::EngineOptions options;
    options.url = front.url();
    options.environment = [](const std::string&) { return std::nullopt; };
    auto opened = http::Shop::open(std::move(adapter), transport, std::make_unique<http::MemoryLedger>(), std::move(options));
    if (!opened) ADD_FAILURE() << opened.error().message << " " << opened.error().detail;
    else shop = std::move(*opened);
  }

  RestShop server;
  FaultServer front{server};
  net::CurlTransport transport;
  std::unique_ptr<http::Shop> shop;
};

struct Place {
  SocketStack& stack;
  CartId cart;
  LineId line;
};

struct Operation {
  const char* name;
  std::int64_t small, medium;   // pieces afterwards, if it was done; before: 2, 0
  // Nothing, or why not; fails the test if it tells what is not so.
  std::function<std::optional<Error>(const Place& at, const IdempotencyKey& key)> run;
};

template <typename T, typename Check>
std::optional<Error> judged(const Result<T>& result, Check right) {
  if (!result) return result.error();
  EXPECT_TRUE(right(*result));
  return std::nullopt;
}

std::int64_t pieces(const Cart& cart, const VariantId& variant) {
  std::int64_t all = 0;
  for (const CartLine& line : cart.lines) all += line.variant == variant ? line.quantity : 0;
  return all;
}

auto holding(std::int64_t small, std::int64_t medium) {
  return [=](const auto& told) {
    const Cart* cart = nullptr;
    if constexpr (std::is_same_v<std::decay_t<decltype(told)>, Cart>) cart = &told;
    else cart = &told.cart;
    return pieces(*cart, VariantId("tee-s")) == small && pieces(*cart, VariantId("tee-m")) == medium && pieces(*cart, VariantId("mug")) == 1;
  };
}

const std::vector<Operation>& writes() {
  static const std::vector<Operation> kWrites = {
      {"add to a line", 3, 0, [](const Place& at, const auto& key) { return judged(at.stack.shop->carts().add(at.cart, VariantId("tee-s"), 1, key), holding(3, 0)); }},
      {"add a line", 2, 1, [](const Place& at, const auto& key) { return judged(at.stack.shop->carts().add(at.cart, VariantId("tee-m"), 1, key), holding(2, 1)); }},
      {"set", 4, 0, [](const Place& at, const auto& key) { return judged(at.stack.shop->carts().set_quantity(at.cart, at.line, 4, key), holding(4, 0)); }},
      {"remove", 0, 0, [](const Place& at, const auto& key) { return judged(at.stack.shop->carts().remove(at.cart, at.line, key), holding(0, 0)); }},
      {"change variant", 0, 2, [](const Place& at, const auto& key) { return judged(at.stack.shop->carts().change_variant(at.cart, at.line, VariantId("tee-m"), key), holding(0, 2)); }},
      {"discount", 2, 0, [](const Place& at, const auto& key) {
         return judged(at.stack.shop->carts().apply_discount(at.cart, "TAKE20", key), [](const Cart& cart) { return cart.discounts.size() == 1 && holding(2, 0)(cart); });
       }},
  };
  return kWrites;
}

const std::vector<Operation>& reads() {
  static const std::vector<Operation> kReads = {
      {"product", 2, 0, [](const Place& at, const auto&) { return judged(at.stack.shop->catalogue().product(ProductId("tee")), [](const Product& one) { return one.variants.size() == 3; }); }},
      {"products", 2, 0, [](const Place& at, const auto&) { return judged(at.stack.shop->catalogue().products({ProductId("tee"), ProductId("mug")}), [](const auto& all) { return all.size() == 2; }); }},
      {"owner", 2, 0, [](const Place& at, const auto&) { return judged(at.stack.shop->catalogue().product_of(VariantId("cable")), [](const ProductId& id) { return id.str() == "cable"; }); }},
      {"each", 2, 0, [](const Place& at, const auto&) {
         std::size_t seen = 0;
         const auto all = at.stack.shop->catalogue().each([&](const Product&) { return ++seen, true; });
         EXPECT_TRUE(!all || seen == 3);
         return all ? std::nullopt : std::optional(all.error());
       }},
      {"read", 2, 0, [](const Place& at, const auto&) { return judged(at.stack.shop->carts().read(at.cart), holding(2, 0)); }},
      {"create", 2, 0, [](const Place& at, const auto& key) { return judged(at.stack.shop->carts().create(key), [&](const CartId& id) { return id != at.cart; }); }},
      {"checkout", 2, 0, [](const Place& at, const auto&) { return judged(at.stack.shop->carts().checkout_url(at.cart), [](const std::string& url) { return url.starts_with("https://shop.example/pay/"); }); }},
      {"policies", 2, 0, [](const Place& at, const auto&) { return judged(at.stack.shop->policies().all(), [](const auto& all) { return all.size() == 1; }); }},
      {"order", 2, 0, [](const Place& at, const auto&) { return judged(at.stack.shop->orders().find(OrderId("N-1"), "sam@example.com"), [](const Order& order) { return order.status == "shipped"; }); }},
      {"search", 2, 0, [](const Place& at, const auto&) { return judged(at.stack.shop->catalogue().find("tee", 10), [](const http::FoundProducts& found) { return found.complete && found.products.size() == 1; }); }},
      {"changed", 2, 0, [](const Place& at, const auto&) { return judged(at.stack.shop->catalogue().page("", "2025-12-01T00:00:00Z"), [](const http::ProductPage& page) { return page.products.size() == 3; }); }},
      {"version", 2, 0, [](const Place& at, const auto&) { return judged(at.stack.shop->catalogue().version(), [](const std::string& version) { return version == "Corner shop"; }); }},
  };
  return kReads;
}

bool honest(ErrorKind kind) {
  return kind == ErrorKind::kUnavailable || kind == ErrorKind::kTimeout || kind == ErrorKind::kMalformed || kind == ErrorKind::kOutcomeUnknown;
}

void expect_only_done_or_not(SocketStack& stack, const Operation& operation, const std::optional<Error>& trouble) {
  const std::int64_t small = stack.server.sold("tee-s"), medium = stack.server.sold("tee-m");
  const bool done = small == operation.small && medium == operation.medium;
  const bool untouched = small == 2 && medium == 0;
  const bool between = small == 2 && medium == operation.medium;   // added, the old line not removed yet
  EXPECT_TRUE(done || untouched || between) << small << " small, " << medium << " medium";
  EXPECT_EQ(stack.server.sold("mug"), 1);
  if (!trouble) {
    EXPECT_TRUE(done);
    return;
  }
  EXPECT_TRUE(honest(trouble->kind)) << to_string(trouble->kind) << ": " << trouble->message;
  EXPECT_TRUE(untouched || trouble->kind == ErrorKind::kOutcomeUnknown) << to_string(trouble->kind) << ": " << trouble->message;
}

struct Case {
  Fault fault;
  const char* name;
  const Operation* operation;
  std::size_t at, length;
  bool keys;
};

// Runs the operation with the fault at its request `at` and the `length - 1` after it, then again under its key, as the tools do, without.
void meet(const Case& one) {
  SCOPED_TRACE(std::string(one.name) + " at request " + std::to_string(one.at) + ", " + std::to_string(one.length) + " long, of " + one.operation->name + (one.keys ? "" : ", no keys"));
  SocketStack stack;
  stack.server.keeps_keys = one.keys;
  const auto cart = stack.shop->carts().create(IdempotencyKey("cart"));
  ASSERT_TRUE(cart) << cart.error().message;
  const auto line = stack.shop->carts().add(*cart, VariantId("tee-s"), 2, IdempotencyKey("first"));
  ASSERT_TRUE(line && stack.shop->carts().add(*cart, VariantId("mug"), 1, IdempotencyKey("second")));
  std::atomic<std::size_t> count{0};
  stack.front.set_fault([&](const std::string&, const std::string&) { return ++count >= one.at && count < one.at + one.length ? one.fault : Fault::kNone; });
  const Place place{stack, *cart, line->line};
  const IdempotencyKey key("the-operation");
  expect_only_done_or_not(stack, *one.operation, one.operation->run(place, key));
  stack.front.set_fault({});
  const auto again = one.operation->run(place, key);
  EXPECT_FALSE(again) << to_string(again->kind) << ": " << again->message << " " << again->detail;
  expect_only_done_or_not(stack, *one.operation, again);
}

void meet_all(const std::vector<Operation>& operations, std::size_t most, std::size_t least_cases) {
  std::vector<Case> cases;
  for (const auto& [fault, name] : every_fault()) {
    for (const Operation& operation : operations) {
      for (std::size_t at = 1; at <= most; ++at) {
        for (const std::size_t length : {1, 3}) cases.push_back({fault, name, &operation, at, length, at % 2 == 0});
      }
    }
  }
  EXPECT_GE(cases.size(), least_cases);
  std::atomic<std::size_t> next{0};
  std::vector<std::jthread> helpers;
  for (int i = 0; i < 8; ++i) {   // most of the time is waiting
    helpers.emplace_back([&] {
      for (std::size_t at = next++; at < cases.size(); at = next++) meet(cases[at]);
    });
  }
}

TEST(SocketFaults, NeverDoubleAWriteNorLoseALineNorClaimWhatIsNotSo) { meet_all(writes(), 5, 900); }

TEST(SocketFaults, ReachTheReaderAsErrorsAndNeverAsAnswers) { meet_all(reads(), 3, 900); }

// Each fault on the hand-off's only request, then without: people are told once, and what is not known is not denied.
TEST(SocketFaults, HandOffAtMostOnce) {
  for (const auto& [fault, name] : every_fault()) {
    SCOPED_TRACE(name);
    SocketStack stack;
    stack.front.set_fault([met = fault](const std::string&, const std::string&) { return met; });
    const auto first = stack.shop->desk().hand_off(SessionId("s"), "help", IdempotencyKey("k"));
    stack.front.set_fault({});
    EXPECT_TRUE(first || stack.server.tickets() == 0 || first.error().kind == ErrorKind::kOutcomeUnknown);
    const auto again = stack.shop->desk().hand_off(SessionId("s"), "help", IdempotencyKey("k"));
    EXPECT_TRUE(again || again.error().kind == ErrorKind::kOutcomeUnknown);
    EXPECT_TRUE(!first || (again && *again == *first));
    EXPECT_LE(stack.server.tickets(), 1);
  }
}

TEST(SocketFaults, GiveWayAtOnceWhenTheTurnIsOver) {
  http::Adapter patient = shipped_adapter("example-rest");   // eight seconds for a call, twelve for an operation
  SocketStack stack(std::move(patient));
  const auto cart = stack.shop->carts().create(IdempotencyKey("cart"));
  ASSERT_TRUE(cart);
  std::stop_source over;
  const auto begun = std::chrono::steady_clock::now();
  std::optional<Result<CartChange>> change;
  {
    stack.front.set_fault([&](const std::string& method, const std::string&) {
      if (method != "POST") return over.stop_requested() ? Fault::kTimeoutBefore : Fault::kNone;
      over.request_stop();
      return Fault::kTimeoutAfter;
    });
    const Stopping turn(over.get_token());
    change = stack.shop->carts().add(*cart, VariantId("mug"), 1, IdempotencyKey("k"));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(3));
  ASSERT_FALSE(*change);
  EXPECT_EQ(change->error().kind, ErrorKind::kOutcomeUnknown);
  stack.front.set_fault({});
  const auto again = stack.shop->carts().add(*cart, VariantId("mug"), 1, IdempotencyKey("k"));
  ASSERT_TRUE(again);
  EXPECT_EQ(stack.server.sold("mug"), 1);
}

}  // namespace
}  // namespace floorwalker::test
