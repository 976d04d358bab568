#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "adapters/http/ledger.h"
#include "agent/net/curl_transport.h"
#include "tests/support/fault_server.h"
#include "tests/support/platform_shops.h"
#include "tests/support/rest_stack.h"

// Every fault at every operation that a shipped adapter has, and at its setup: each operation says in a header which one it is, so an operation that no
// visit to the shop reaches fails the test. Never a double write, never a lost line, never a claim that the cart does not bear out.
namespace floorwalker::test {
namespace {

using ports::CartChange;

struct Platform {
  const char* name;
  http::Adapter (*adapter)();
  Front (*front)(RestShop& goods);

  friend void PrintTo(const Platform& platform, std::ostream* out) { *out << platform.name; }
};

http::Adapter rest_with_all() {
  http::Adapter adapter = shipped_adapter("example-rest");
  std::string why;
  adapter.operations["version"] = adapter.operations["currency"];
  adapter.operations["version"].answer.at = {*http::Selector::parse("name", why)};
  http::Operation undo = adapter.operations["cart_remove"];
  undo.steps[0].path = *http::TextTemplate::parse("/api/carts/$cart/codes/$code");
  undo.answer = {};
  adapter.operations["discount_undo"] = undo;
  adapter.cart.lists_idle_codes = true;
  return adapter;
}

Front refusing_front(RestShop& goods) {
  goods.keeps_idle_codes = true;
  return front_of(goods);
}

Front clamping_front(RestShop& goods) {
  goods.clamps = true;
  goods.keeps_keys = false;
  return refusing_front(goods);
}

const std::vector<Platform>& platforms() {
  static const std::vector<Platform> kPlatforms = {{"Rest", rest_with_all, refusing_front},
                                                   {"ClampingRest", rest_with_all, clamping_front},
                                                   {"Shopify", [] { return shipped_adapter("shopify"); }, shopify_front},
                                                   {"Vendure", [] { return shipped_adapter("vendure"); }, vendure_front},
                                                   {"Medusa", [] { return shipped_adapter("medusa"); }, medusa_front}};
  return kPlatforms;
}

constexpr const char* kSetup = "setup";
constexpr const char* kOperation = "X-Operation";
constexpr const char* kFault = "X-Fault";

void mark(std::vector<http::Call>& calls, const std::string& name) {
  for (http::Call& call : calls) call.headers.emplace_back(kOperation, *http::TextTemplate::parse(name));
}

// The adapter of a platform, each of whose requests names its operation.
http::Adapter marked(const Platform& platform) {
  http::Adapter adapter = platform.adapter();
  mark(adapter.setup, kSetup);
  for (auto& [name, operation] : adapter.operations) mark(operation.steps, name);
  adapter.limits.breaker_failures = 100'000;
  adapter.limits.total = std::chrono::seconds(10);   // of a healthy request on a loaded machine
  adapter.limits.operation = std::chrono::seconds(20);
  adapter.limits.retries = 1;
  adapter.limits.response_bytes = 1 << 18;
  return adapter;
}

http::EngineOptions options_at(const std::string& url, const http::Adapter& adapter) {
  http::EngineOptions options;
  options.url = url;
  options.environment = [](const std::string& name) { return name == "MEDUSA_PUBLISHABLE_KEY" ? std::optional<std::string>("pk_test") : std::nullopt; };
  options.wait = [](std::chrono::milliseconds) {};
  if (adapter.name == "vendure" || adapter.name == "medusa") options.settings["checkout_url"] = "https://shop.example/pay";
  return options;
}

// A shop whose operation of that name meets the fault while it is broken.
class Stand {
 public:
  enum class Lasts { kOn, kOnce };

  Stand(const http::Adapter& adapter, net::Transport& transport, const std::string& url) : adapter_(adapter) {
    auto opened = http::Shop::prepare(adapter_, transport, std::make_unique<http::MemoryLedger>(), options_at(url, adapter_));
    if (!opened) ADD_FAILURE() << opened.error().message;
    else shop = std::move(*opened);
  }

  void set(Fault fault, std::string operation, Lasts lasts) { fault_ = fault, operation_ = std::move(operation), most_ = lasts == Lasts::kOnce ? 1 : SIZE_MAX; }
  void break_down() { left_ = most_; }
  void heal() { left_ = 0; }

  // What a request of the operation meets.
  Fault meets(const std::string& operation) {
    if (operation != operation_ || left_ == 0) return Fault::kNone;
    --left_;
    ++met;
    return fault_;
  }

  bool delivers_twice() const { return fault_ == Fault::kTwice; }   // a shop that knows no keys cannot tell
  bool has(const char* operation) const { return adapter_.operation(operation) != nullptr; }

  std::unique_ptr<http::Shop> shop;
  std::atomic<std::size_t> met{0};

 private:
  const http::Adapter& adapter_;
  Fault fault_ = Fault::kNone;
  std::string operation_;
  std::size_t most_ = 0;   // requests that meet it each time
  std::atomic<std::size_t> left_{0};
};

// The operation that a request is of, "" for none.
std::string operation_of(const net::Request& request) {
  const auto named = std::find_if(request.headers.begin(), request.headers.end(), [](const auto& header) { return header.first == kOperation; });
  return named == request.headers.end() ? std::string() : named->second;
}

// Names the fault that a request is to meet, so that it meets it however late it reaches the shop. Waits long for healthy answers,
// and not for those that will not come: where the write comes first, as long as that takes.
class Impatient final : public net::Transport {
 public:
  void start(net::Request request, net::Handlers handlers, std::stop_token stop) override {
    const Fault fault = stand->meets(operation_of(request));
    request.headers.emplace_back(kFault, std::to_string(static_cast<int>(fault)));
    if (fault == Fault::kTimeoutBefore) request.deadlines.total = std::chrono::milliseconds(30);
    if (fault == Fault::kTimeoutAfter || fault == Fault::kSlowBody) request.deadlines.total = std::chrono::milliseconds(150);
    real_.start(std::move(request), std::move(handlers), stop);
  }
  void after(std::chrono::milliseconds delay, std::function<void()> action) override { real_.after(delay, std::move(action)); }

  Stand* stand = nullptr;

 private:
  net::CurlTransport real_;
};

bool honest(ErrorKind kind) { return kind == ErrorKind::kUnavailable || kind == ErrorKind::kTimeout || kind == ErrorKind::kMalformed; }

// What lies in all carts together.
struct Pieces {
  std::int64_t small = 0, medium = 0, mug = 0;
  bool operator==(const Pieces&) const = default;
};

Pieces sold(RestShop& goods) { return {goods.sold("tee-s"), goods.sold("tee-m"), goods.sold("mug")}; }

Pieces told_in(const Cart& cart) {
  Pieces told;
  for (const CartLine& line : cart.lines) (line.variant.str() == "tee-s" ? told.small : line.variant.str() == "tee-m" ? told.medium : told.mug) += line.quantity;
  return told;
}

std::ostream& operator<<(std::ostream& out, const Pieces& pieces) { return out << pieces.small << " small, " << pieces.medium << " medium, " << pieces.mug << " mugs"; }

// One change of a cart, and what the carts hold after it.
struct Write {
  const char* name;
  const char* line;                   // the variant whose line it changes, "" for none
  Pieces after;
  std::optional<ErrorKind> refusal;   // what it comes to where nothing fails; nothing: it is done
  std::function<Result<Cart>(ports::Carts& carts, const CartId& cart, const LineId& line, const IdempotencyKey& key)> run;
};

Result<Cart> cart_of(Result<CartChange> change) {
  if (!change) return fail(change.error());
  return std::move(change->cart);
}

auto adding(const char* variant, std::int64_t quantity) {
  return [=](ports::Carts& carts, const CartId& cart, const LineId&, const IdempotencyKey& key) { return cart_of(carts.add(cart, VariantId(variant), quantity, key)); };
}

auto setting(std::int64_t quantity) {
  return [=](ports::Carts& carts, const CartId& cart, const LineId& line, const IdempotencyKey& key) { return cart_of(carts.set_quantity(cart, line, quantity, key)); };
}

auto with_code(const char* code) {
  return [=](ports::Carts& carts, const CartId& cart, const LineId&, const IdempotencyKey& key) { return carts.apply_discount(cart, code, key); };
}

// A cart's life, with every operation that changes it. There are five small tees and two medium ones.
const std::vector<Write>& life() {
  constexpr auto kSoldOut = ErrorKind::kOutOfStock;
  static const std::vector<Write> kLife = {
      {"add", "", {2, 0, 0}, {}, adding("tee-s", 2)},
      {"add another", "", {2, 0, 1}, {}, adding("mug", 1)},
      {"add more than there is", "", {2, 0, 1}, kSoldOut, adding("tee-m", 3)},
      {"add to a line more than there is", "", {2, 0, 1}, kSoldOut, adding("tee-s", 4)},
      {"set more than there is", "tee-s", {2, 0, 1}, kSoldOut, setting(6)},
      {"a code that takes nothing off", "", {2, 0, 1}, ErrorKind::kRefused, with_code("SAVE10")},
      {"a code", "", {2, 0, 1}, {}, with_code("TAKE20")},
      {"another code that takes nothing off", "", {2, 0, 1}, ErrorKind::kRefused, with_code("SAVE10")},
      {"set", "tee-s", {1, 0, 1}, {}, setting(1)},
      {"change variant", "tee-s", {0, 1, 1}, {},
       [](auto& carts, const auto& cart, const auto& line, const auto& key) { return cart_of(carts.change_variant(cart, line, VariantId("tee-m"), key)); }},
      {"remove", "mug", {0, 1, 0}, {}, [](auto& carts, const auto& cart, const auto& line, const auto& key) { return cart_of(carts.remove(cart, line, key)); }},
  };
  return kLife;
}

// Whether the shop's refusal is told; one whose reasons were cut off is a refusal still.
bool fits(const Write& write, const Error& told) { return write.refusal && (told.kind == write.refusal || told.kind == ErrorKind::kRefused); }

// Whether it may be told that some were added, where the shop did not take back what there is of too many.
bool in_part(const Write& write) { return write.refusal == ErrorKind::kOutOfStock; }

struct Visit {
  Stand& stand;
  RestShop& goods;
  CartId cart{};
  int keys = 0;

  IdempotencyKey key() { return IdempotencyKey("key-" + std::to_string(++keys)); }

  LineId line_of(const std::string& variant) {
    const auto now = stand.shop->carts().read(cart);
    if (!now) return {};
    const auto at = std::find_if(now->lines.begin(), now->lines.end(), [&](const CartLine& line) { return line.variant.str() == variant; });
    return at == now->lines.end() ? LineId() : at->id;
  }

  // With the fault, then without: the first time the right answer or an honest error, then the right answer.
  template <typename Ask, typename Right>
  void look(const char* what, Ask ask, Right right) {
    SCOPED_TRACE(what);
    stand.break_down();
    const auto first = ask();
    stand.heal();
    EXPECT_TRUE(first ? right(*first) : honest(first.error().kind)) << (first ? "a wrong answer" : first.error().message);
    const auto again = ask();
    ASSERT_TRUE(again) << again.error().message << " " << again.error().detail;
    EXPECT_TRUE(right(*again));
  }

  void look_round() {
    auto& catalogue = stand.shop->catalogue();
    const bool policies = stand.has("policies"), orders = stand.has("order");
    look("owner", [&] { return catalogue.product_of(VariantId("cable")); }, [](const ProductId& id) { return id.str() == "cable"; });
    look("product", [&] { return catalogue.product(ProductId("tee")); }, [](const Product& one) { return one.variants.size() == 3; });
    look("products", [&] { return catalogue.products({ProductId("tee"), ProductId("mug")}); }, [](const auto& all) { return all.size() == 2; });
    look("page", [&] { return catalogue.page(""); }, [](const http::ProductPage& page) { return page.products.size() == 3; });
    look("changed", [&] { return catalogue.page("", "2025-12-01T00:00:00Z"); }, [](const http::ProductPage& page) { return page.products.size() == 3; });
    look("search", [&] { return catalogue.find("tee", 10); }, [](const http::FoundProducts& found) { return found.complete && found.products.size() == 1; });
    look("version", [&] { return catalogue.version(); }, [](const std::string& version) { return !version.empty(); });
    if (policies) look("policies", [&] { return stand.shop->policies().all(); }, [](const auto& all) { return all.size() == 1; });
    if (orders) look("order", [&] { return stand.shop->orders().find(OrderId("N-1"), "sam@example.com"); }, [](const Order& order) { return order.id.str() == "N-1"; });
  }

  void expect_told(const Write& write, const Result<Cart>& told, const Pieces& before) {
    const Pieces now = sold(goods);
    if (told) {
      EXPECT_EQ(told_in(*told), now);
      EXPECT_TRUE(now == write.after || in_part(write)) << now;
    } else if (told.error().kind == ErrorKind::kOutcomeUnknown) {
      EXPECT_TRUE(now.small >= std::min(before.small, write.after.small) && now.medium >= std::min(before.medium, write.after.medium) && now.mug >= std::min(before.mug, write.after.mug)) << now;
    } else {
      EXPECT_TRUE(honest(told.error().kind) || fits(write, told.error())) << told.error().message;
      EXPECT_EQ(now, before) << told.error().message;
    }
  }

  void change(const Write& write) {
    SCOPED_TRACE(write.name);
    const Pieces before = sold(goods);
    const LineId line = line_of(write.line);
    const IdempotencyKey mine = key();
    stand.break_down();
    const auto told = write.run(stand.shop->carts(), cart, line, mine);
    stand.heal();
    expect_told(write, told, before);
    const auto again = write.run(stand.shop->carts(), cart, line, mine);   // as the tools do
    if (told && in_part(write)) return put_back(write.after);
    EXPECT_EQ(sold(goods), write.after);
    EXPECT_EQ(again.has_value(), !write.refusal) << (again ? "done" : again.error().message + " " + again.error().detail);
    EXPECT_TRUE(again || fits(write, again.error())) << again.error().message;
  }

  void put_back(const Pieces& as) {
    for (const auto& [variant, quantity] : {std::pair{"tee-s", as.small}, std::pair{"tee-m", as.medium}}) {
      const LineId line = line_of(variant);
      EXPECT_TRUE(line.empty() || stand.shop->carts().set_quantity(cart, line, quantity, key()));
    }
    EXPECT_EQ(sold(goods), as);
  }

  void live() {
    const IdempotencyKey mine = key();
    look("create", [&] { return stand.shop->carts().create(mine); }, [&](const CartId& id) { return cart = id, true; });
    for (const Write& write : life()) change(write);
    look("read", [&] { return stand.shop->carts().read(cart); }, [](const Cart& now) {
      return told_in(now) == Pieces{0, 1, 0} && now.discounts.size() == 1 && now.discounts[0].code == "TAKE20" && now.total.minor == 0;
    });
    look("checkout", [&] { return stand.shop->carts().checkout_url(cart); }, [](const std::string& url) { return url.starts_with("https://shop.example/pay"); });
    stand.break_down();
    const auto first = stand.shop->desk().hand_off(SessionId("s"), "help", mine);
    stand.heal();
    const auto again = stand.shop->desk().hand_off(SessionId("s"), "help", mine);
    EXPECT_TRUE(again || again.error().kind == ErrorKind::kOutcomeUnknown);
    EXPECT_TRUE(!first || (again && *again == *first));
    EXPECT_LE(goods.tickets(), stand.delivers_twice() && !goods.keeps_keys ? 2 : 1);
  }
};

struct Case {
  std::string operation;
  Fault fault;
  const char* name;
};

// Every operation with which an adapter asks the shop anything, and every fault.
std::vector<Case> every_case(const http::Adapter& adapter) {
  std::vector<Case> cases;
  const auto add = [&](const std::string& operation) {
    for (const auto& [fault, name] : every_fault()) cases.push_back({operation, fault, name});
  };
  if (!adapter.setup.empty()) add(kSetup);
  for (const auto& [operation, how] : adapter.operations) {
    if (!how.steps.empty()) add(operation);
  }
  return cases;
}

void visit(Stand& stand, RestShop& goods) {
  Visit shopper{stand, goods};
  shopper.look_round();
  shopper.live();
  EXPECT_GT(stand.met, 0u) << "the operation meets no fault: the visit has to lead to it";
}

// The cases, some at a time; none after one that failed.
void in_turns(const std::vector<Case>& cases, unsigned at_once, const std::function<void(const Case& one)>& play) {
  std::atomic<std::size_t> next{0};
  std::vector<std::jthread> shoppers;
  for (unsigned i = 0; i < at_once; ++i) {
    shoppers.emplace_back([&] {
      for (std::size_t at = next++; at < cases.size() && !testing::Test::HasFailure(); at = next++) play(cases[at]);
    });
  }
}

class OperationFaults : public testing::TestWithParam<Platform> {
 protected:
  const Platform& platform_ = GetParam();
  const http::Adapter adapter_ = marked(platform_);
};

TEST_P(OperationFaults, ThatDoNotEndMeetEveryOperation) {
  in_turns(every_case(adapter_), 2, [&](const Case& one) {
    SCOPED_TRACE(std::string(one.name) + " at " + one.operation);
    RestShop goods;
    RestTransport transport(platform_.front(goods));
    Stand stand(adapter_, transport, "http://shop.test");
    stand.set(one.fault, one.operation, Stand::Lasts::kOn);
    transport.fault = [&](const net::Request& request) { return stand.meets(operation_of(request)); };
    visit(stand, goods);
  });
}

TEST_P(OperationFaults, OverSocketsMeetEveryOperation) {
  in_turns(every_case(adapter_), 12, [&](const Case& one) {   // most of the time is waiting
    SCOPED_TRACE(std::string(one.name) + " once at " + one.operation);
    RestShop goods;
    FaultServer front(platform_.front(goods));
    Impatient transport;
    Stand stand(adapter_, transport, front.url());
    transport.stand = &stand;
    stand.set(one.fault, one.operation, Stand::Lasts::kOnce);
    front.set_fault_by([](const Asked& asked) { return static_cast<Fault>(std::stoi(asked.header("x-fault"))); });
    visit(stand, goods);
    front.set_fault_by({});
  });
}

INSTANTIATE_TEST_SUITE_P(Adapters, OperationFaults, testing::ValuesIn(platforms()), [](const auto& platform) { return std::string(platform.param.name); });

}  // namespace
}  // namespace floorwalker::test
