#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <fstream>
#include <future>
#include <iterator>
#include <map>
#include <mutex>

#include "adapters/http/check.h"
#include "adapters/http/mirror.h"
#include "tests/support/paths.h"
#include "tests/support/rest_stack.h"

namespace floorwalker::test {
namespace {

bool is(const net::Request& request, const char* method, const char* part) {
  return request.method == method && request.url.find(part) != std::string::npos;
}

// Answers every request as told, and remembers them.
class ScriptedTransport final : public net::Transport {
 public:
  void start(net::Request request, net::Handlers handlers, std::stop_token) override {
    requests.push_back(request);
    const net::Head head = answers.empty() ? net::Head{500, {}} : answers.front().first;
    const std::string body = answers.empty() ? "" : answers.front().second;
    if (!answers.empty()) answers.erase(answers.begin());
    if (handlers.head) handlers.head(head);
    if (handlers.data) handlers.data(body);
    if (handlers.done) handlers.done(std::nullopt);
  }
  void after(std::chrono::milliseconds, std::function<void()>) override {}

  std::vector<std::pair<net::Head, std::string>> answers;
  std::vector<net::Request> requests;
};

net::Head json_head(int status, std::vector<std::pair<std::string, std::string>> more = {}) {
  net::Head head{status, {{"content-type", "application/json; charset=utf-8"}}};
  head.headers.insert(head.headers.end(), more.begin(), more.end());
  return head;
}

// An engine of the template adapter over scripted answers; its first call (the currency) is answered.
struct Scripted {
  explicit Scripted(http::Adapter adapter = shipped_adapter("example-rest")) {
    transport.answers.push_back({json_head(200), R"({"currency":"USD"})"});
    http::EngineOptions options;
    options.url = "https://shop.test/base/";
    options.clock = &clock;
    options.environment = [](const std::string&) { return std::optional<std::string>("very-secret-key"); };
    options.wait = [this](std::chrono::milliseconds time) { waits.push_back(time), clock.advance(time); };
    engine = std::move(*http::Engine::create(std::move(adapter), transport, std::move(options)));
    EXPECT_TRUE(engine->settle());
    transport.requests.clear();
  }

  http::Ran product() {
    http::Variables variables(*engine->of_shop());
    variables.set("product", std::string("a b"));
    return engine->read("product", variables);
  }

  ScriptedTransport transport;
  ManualClock clock{Time(std::chrono::hours(1000))};
  std::vector<std::chrono::milliseconds> waits;
  std::unique_ptr<http::Engine> engine;
};

TEST(Engine, SendsWhatTheFileSays) {
  Scripted shop;
  shop.transport.answers.push_back({json_head(200), "{}"});
  ASSERT_TRUE(shop.product());
  EXPECT_EQ(shop.transport.requests[0].url, "https://shop.test/base/api/products/a%20b");
  EXPECT_EQ(shop.transport.requests[0].method, "GET");
  const std::pair<std::string, std::string> bearer("Authorization", "Bearer very-secret-key");
  EXPECT_NE(std::find(shop.transport.requests[0].headers.begin(), shop.transport.requests[0].headers.end(), bearer), shop.transport.requests[0].headers.end());
}

TEST(Engine, TriesReadsAgainWithGrowingPausesAndNoLongerThanAllowed) {
  Scripted shop;
  for (int i = 0; i < 3; ++i) shop.transport.answers.push_back({json_head(503), "{}"});
  const auto ran = shop.product();
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().error.kind, ErrorKind::kUnavailable);
  ASSERT_EQ(shop.waits.size(), 2u);
  EXPECT_GE(shop.waits[0].count(), 100);
  EXPECT_LE(shop.waits[0].count(), 200);
  EXPECT_GE(shop.waits[1].count(), 200);
  EXPECT_LE(shop.waits[1].count(), 400);
}

TEST(Engine, WaitsAsLongAsTheShopAsksUnlessThatIsTooLong) {
  Scripted shop;
  shop.transport.answers.push_back({json_head(429, {{"retry-after", "3"}}), "{}"});
  shop.transport.answers.push_back({json_head(200), "{}"});
  EXPECT_TRUE(shop.product());
  EXPECT_EQ(shop.waits.at(0), std::chrono::seconds(3));
  shop.transport.answers.push_back({json_head(429, {{"retry-after", "60"}}), "{}"});
  EXPECT_FALSE(shop.product());
  EXPECT_EQ(shop.waits.size(), 1u);
}

TEST(Engine, SendsWritesOnceWhateverHappens) {
  Scripted shop;
  http::Variables variables(*shop.engine->of_shop());
  variables.set("cart", std::string("secret-cart-1"));
  variables.set("variant", std::string("v"));
  variables.set("quantity", std::int64_t{1});
  shop.transport.answers.push_back({json_head(503), "{}"});
  const auto ran = shop.engine->write("cart_add", variables);
  ASSERT_FALSE(ran);
  EXPECT_TRUE(ran.error().unclear);
  EXPECT_EQ(shop.transport.requests.size(), 1u);
  EXPECT_EQ(shop.transport.requests[0].body, R"({"variant":"v","quantity":1})");
}

TEST(Engine, KeepsSecretsOutOfWhatItTells) {
  Scripted shop;
  http::Variables variables(*shop.engine->of_shop());
  variables.set("cart", std::string("secret-cart-1"));
  shop.transport.answers.push_back({json_head(400), R"({"message":"bad key very-secret-key for secret-cart-1"})"});
  const auto ran = shop.engine->write("cart_read", variables);
  ASSERT_FALSE(ran);
  EXPECT_EQ((ran.error().error.message + ran.error().error.detail).find("secret-"), std::string::npos) << ran.error().error.detail;
  EXPECT_NE(ran.error().error.detail.find("***"), std::string::npos);
}

// What is told of a refused call whose answer is `body`, for a cart with that id.
std::string told_of(const std::string& body, const std::string& cart, int status = 400) {
  Scripted shop;
  http::Variables variables(*shop.engine->of_shop());
  variables.set("cart", cart);
  shop.transport.answers.push_back({json_head(status), body});
  const auto ran = shop.engine->write("cart_read", variables);
  EXPECT_FALSE(ran);
  return ran ? std::string() : ran.error().error.message + " " + ran.error().error.detail;
}

TEST(Engine, HidesASecretBeforeItCutsWhatItTells) {
  for (std::size_t before = 360; before < 400; ++before) {
    const std::string told = told_of(R"({"message":")" + std::string(before, 'x') + R"(very-secret-key"})", "c-1");
    EXPECT_EQ(told.find("very"), std::string::npos) << told;
  }
  for (std::size_t before = 270; before < 300; ++before) {   // the shop's own words are cut as well
    const std::string told = told_of(R"({"error":{"code":"no_line","message":")" + std::string(before, 'x') + R"(very-secret-key"}})", "c-1");
    EXPECT_EQ(told.find("very"), std::string::npos) << told;
  }
}

TEST(Engine, KnowsASecretInEveryWayItIsWritten) {
  const std::string cart = "gid://shop/Cart/abc/def?key=k+3y/val&x=1";
  for (const char* spelled : {"gid://shop/Cart/abc/def?key=k+3y/val&x=1", "gid%3A%2F%2Fshop%2FCart%2Fabc%2Fdef%3Fkey%3Dk%2B3y%2Fval%26x%3D1",
                              "gid%3a%2f%2fshop%2fCart%2fabc%2fdef%3fkey%3dk%2b3y%2fval%26x%3d1", R"(gid:\/\/shop\/Cart\/abc\/def?key=k+3y\/val\u0026x=1)",
                              "https://shop.test/cart/abc?key=k+3y/val", R"(key=k\u002b3y\/val)", "key=k%2B3y%2Fval"}) {
    const std::string told = told_of(std::string(R"({"message":"see )") + spelled + R"("})", cart);
    EXPECT_EQ(told.find("3y"), std::string::npos) << told;
    EXPECT_NE(told.find("***"), std::string::npos) << told;
  }
}

TEST(Engine, HidesTokensThatEarlierStepsAndTheSetupTold) {
  const std::string text = R"(extends: example-rest
adapter: tokens
setup:
  - get: /api/visit
    capture: {visit: token}
headers: {X-Visit: $visit}
operations:
  version:
    steps:
      - {get: /api/ticket, capture: {pass: pass}}
      - {get: /api/version, headers: {X-Pass: $pass}, capture: {fresh: fresh}, with: {f: $fresh}}
    answer: version
)";
  http::LoadedAdapter loaded = http::load_adapter(text, "tokens.yaml", [](const std::string&) -> std::optional<std::string> {
    std::ifstream in(source_dir() / "adapters/example-rest.yaml", std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  });
  for (const Finding& finding : loaded.findings) ADD_FAILURE() << finding.path << ": " << finding.message;
  ScriptedTransport transport;
  http::EngineOptions options;
  options.url = "https://shop.test";
  options.environment = [](const std::string&) { return std::optional<std::string>(); };
  const auto engine = std::move(*http::Engine::create(std::move(loaded.adapter), transport, std::move(options)));
  transport.answers = {{json_head(200), R"({"token":"visit-token"})"}, {json_head(200), R"({"currency":"USD"})"}};
  ASSERT_TRUE(engine->settle());
  transport.answers = {{json_head(200), R"({"pass":"pass-token"})"}, {json_head(400), R"({"fresh":"fresh-token","message":"visit-token and pass-token are worn out"})"}};
  const auto ran = engine->read("version", **engine->of_shop());
  ASSERT_FALSE(ran);
  const std::string told = ran.error().error.message + ran.error().error.detail;
  EXPECT_EQ(told.find("-token"), std::string::npos) << told;
  EXPECT_NE(told.find("are worn out"), std::string::npos) << told;
}

TEST(Engine, SaysWhatTheSetupOfTheShopLacks) {
  http::Adapter adapter = shipped_adapter("medusa");
  ScriptedTransport transport;
  http::EngineOptions options;
  options.url = "https://shop.test";
  options.environment = [](const std::string&) { return std::optional<std::string>("value"); };
  options.settings = {{"currency", "usd"}, {"checkout_url", "https://shop.test/pay"}};
  const auto engine = std::move(*http::Engine::create(std::move(adapter), transport, std::move(options)));
  transport.answers = {{json_head(200), R"({"regions":[]})"}};
  const auto settled = engine->settle();
  ASSERT_FALSE(settled);
  EXPECT_EQ(settled.error().kind, ErrorKind::kMalformed);
  EXPECT_NE(settled.error().message.find("'region'"), std::string::npos) << settled.error().message;
}

TEST(Engine, FollowsRelativeRedirectsOfReadsAndSaysWhereWritesAreSent) {
  Scripted shop;
  for (const auto& [location, url] : std::vector<std::pair<std::string, std::string>>{{"new", "https://shop.test/base/api/products/new"},
                                                                                    {"?v=2", "https://shop.test/base/api/products/a%20b?v=2"},
                                                                                    {"//shop.test/x", "https://shop.test/x"},
                                                                                    {"/y#part", "https://shop.test/y"},
                                                                                    {"https://shop.test/z", "https://shop.test/z"}}) {
    shop.transport.answers = {{json_head(302, {{"location", location}}), ""}, {json_head(200), "{}"}};
    EXPECT_TRUE(shop.product()) << location;
    EXPECT_EQ(shop.transport.requests.back().url, url);
  }
  for (const char* location : {"//evil.example/x", "javascript:x", "", "http://shop.test/plain"}) {
    shop.transport.answers = {{json_head(302, {{"location", location}}), ""}};
    EXPECT_FALSE(shop.product()) << location;
  }
  http::Variables variables(*shop.engine->of_shop());
  variables.set("cart", std::string("c-1"));
  shop.transport.answers = {{json_head(308, {{"location", "/base/api/v2/lines"}}), ""}};
  const auto ran = shop.engine->write("cart_add", variables);
  ASSERT_FALSE(ran);
  EXPECT_TRUE(ran.error().unclear);
  EXPECT_NE(ran.error().error.detail.find("redirects a POST to /base/api/v2/lines: put that path into the adapter"), std::string::npos) << ran.error().error.detail;
}

TEST(Engine, IsNotMadeWithoutAPlaceToPay) {
  for (const char* name : {"vendure", "medusa"}) {
    ScriptedTransport transport;
    http::EngineOptions options;
    options.url = "https://shop.test";
    options.environment = [](const std::string& variable) { return variable.ends_with("_KEY") ? std::optional<std::string>("key") : std::nullopt; };
    const auto without = http::Engine::create(shipped_adapter(name), transport, options);
    ASSERT_FALSE(without);
    EXPECT_NE(without.error().message.find("_CHECKOUT_URL"), std::string::npos) << without.error().message;
    options.settings["checkout_url"] = "https://shop.test/pay";
    EXPECT_TRUE(http::Engine::create(shipped_adapter(name), transport, options));
  }
}

TEST(Engine, TakesNoNumberThatIsNone) {
  for (const auto& [word, right] : std::vector<std::pair<std::string, bool>>{{"12", true}, {"abc", false}, {"12x", false}, {"", false}}) {
    http::Adapter adapter = shipped_adapter("example-rest");
    adapter.settings.push_back({"depth", std::int64_t{3}, "SHOP_DEPTH", {}, {}, false});
    ScriptedTransport transport;
    http::EngineOptions options;
    options.url = "https://shop.test";
    options.environment = [&](const std::string& name) { return name == "SHOP_DEPTH" ? std::optional(word) : std::nullopt; };
    EXPECT_EQ(http::Engine::create(std::move(adapter), transport, std::move(options)).has_value(), right) << word;
  }
}

TEST(Engine, GoesNowhereButToTheShop) {
  Scripted shop;
  shop.transport.answers.push_back({json_head(302, {{"location", "http://169.254.169.254/latest"}}), ""});
  EXPECT_FALSE(shop.product());
  EXPECT_EQ(shop.transport.requests.size(), 1u);
  shop.transport.answers.push_back({json_head(301, {{"location", "/base/api/new"}}), ""});
  shop.transport.answers.push_back({json_head(200), "{}"});
  EXPECT_TRUE(shop.product());
  EXPECT_EQ(shop.transport.requests.back().url, "https://shop.test/base/api/new");
  shop.transport.answers.push_back({json_head(301, {{"location", "https://shop.test.evil.example/"}}), ""});
  EXPECT_FALSE(shop.product());
}

TEST(Engine, StopsAskingAShopThatKeepsFailingForAWhile) {
  Scripted shop;
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(shop.product());   // three attempts each, answered 500
  const std::size_t asked = shop.transport.requests.size();
  EXPECT_FALSE(shop.product());
  EXPECT_EQ(shop.transport.requests.size(), asked);
  shop.clock.advance(std::chrono::seconds(10));
  shop.transport.answers.push_back({json_head(200), "{}"});
  EXPECT_TRUE(shop.product());
  shop.transport.answers.push_back({json_head(200), "{}"});
  EXPECT_TRUE(shop.product());
}

// Gives answers only when it is told to.
class HeldTransport final : public net::Transport {
 public:
  void start(net::Request, net::Handlers handlers, std::stop_token) override {
    const std::lock_guard lock(mutex);
    held.push_back(std::move(handlers));
    came.notify_all();
  }
  void after(std::chrono::milliseconds, std::function<void()>) override {}
  void wait_for(std::size_t count) {
    std::unique_lock lock(mutex);
    came.wait(lock, [&] { return held.size() >= count; });
  }
  void answer(std::size_t which) {
    held[which].head(json_head(200));
    held[which].data("{}");
    held[which].done(std::nullopt);
  }

  std::mutex mutex;
  std::condition_variable came;
  std::deque<net::Handlers> held;
};

TEST(Exchange, AsksNoMoreAtATimeThanIsAllowedAndDoesNotBlameTheShopForIt) {
  HeldTransport transport;
  http::Limits limits;
  limits.concurrency = 2;
  limits.breaker_failures = 1;
  const SystemClock clock;
  http::Exchange exchange(transport, limits, clock);
  const auto ask = [&] { return exchange.send({}, std::chrono::seconds(60)); };
  auto first = std::async(std::launch::async, ask), second = std::async(std::launch::async, ask);
  transport.wait_for(2);
  const auto third = exchange.send({}, std::chrono::milliseconds(1));
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().detail, http::kNoRoom);
  transport.answer(0);
  auto fourth = std::async(std::launch::async, ask);
  transport.wait_for(3);
  transport.answer(1);
  transport.answer(2);
  EXPECT_TRUE(first.get() && second.get() && fourth.get());
}

TEST(Engine, RemembersWhatACookieSays) {
  http::LoadedAdapter loaded = http::load_adapter(R"(extends: example-rest
adapter: cookies
state: [visit]
operations:
  cart_create: {post: /api/carts, capture: {visit: {cookie: sid}}}
  cart_read: {get: /api/cart, headers: {Cookie: "sid=$visit"}, answer: .}
  cart_add: {post: /api/cart, body: {variant: $variant, quantity: $quantity}}
  cart_set: {put: "/api/cart/$line", body: {quantity: $quantity}}
  cart_remove: {delete: "/api/cart/$line"}
  discount: {post: /api/codes, body: {code: $code}}
  checkout: {get: /api/cart, answer: pay_at}
)", "cookies.yaml", [](const std::string&) -> std::optional<std::string> {
    std::ifstream in(source_dir() / "adapters/example-rest.yaml", std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  });
  for (const Finding& finding : loaded.findings) ADD_FAILURE() << finding.path << ": " << finding.message;
  Scripted shop(std::move(loaded.adapter));
  shop.transport.answers.push_back({json_head(201, {{"set-cookie", "lang=en"}, {"set-cookie", "sid=a-b=c; Path=/; HttpOnly"}}), "{}"});
  const auto made = shop.engine->write("cart_create", **shop.engine->of_shop());
  ASSERT_TRUE(made);
  ASSERT_EQ(made->captured.size(), 1u);
  EXPECT_EQ(http::to_text(made->captured[0].second), "a-b=c");
  http::Variables variables(*shop.engine->of_shop());
  variables.set("visit", made->captured[0].second);
  shop.transport.answers.push_back({json_head(200), "{}"});
  ASSERT_TRUE(shop.engine->read("cart_read", variables));
  const std::pair<std::string, std::string> cookie("Cookie", "sid=a-b=c");
  const auto& headers = shop.transport.requests.back().headers;
  EXPECT_NE(std::find(headers.begin(), headers.end(), cookie), headers.end());
}

TEST(Engine, UnderstandsRefusalsInsideSuccessWithTheirNumbers) {
  Scripted shop;
  http::Variables variables(*shop.engine->of_shop());
  variables.set("cart", std::string("c"));
  variables.set("variant", std::string("v"));
  variables.set("quantity", std::int64_t{99});
  shop.transport.answers.push_back({json_head(200), R"({"error":{"code":"out_of_stock","message":"26 left","available":26}})"});
  const auto ran = shop.engine->write("cart_add", variables);
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().error.kind, ErrorKind::kOutOfStock);
  EXPECT_EQ(ran.error().available, 26);
  shop.transport.answers.push_back({json_head(200), R"({"error":{"code":"a_new_one","message":"not on Sundays"}})"});
  const auto other = shop.engine->write("cart_add", variables);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().error.kind, ErrorKind::kRefused);
  EXPECT_EQ(other.error().error.message, "not on Sundays");
}

TEST(Engine, TakesNothingThatIsNoJsonForAnAnswer) {
  Scripted shop;
  for (const auto& [type, body] : std::vector<std::pair<std::string, std::string>>{{"text/html", "{}"}, {"application/json", "{\"id\":"}, {"application/json", "<html>"}}) {
    for (int i = 0; i < 3; ++i) shop.transport.answers.push_back({{200, {{"content-type", type}}}, body});
    const auto ran = shop.product();
    ASSERT_FALSE(ran);
    EXPECT_EQ(ran.error().error.kind, ErrorKind::kMalformed);
    shop.transport.answers.push_back({json_head(200), "{}"});
    EXPECT_TRUE(shop.product());
  }
}

TEST(Engine, NeedsAnAddressAndItsSecrets) {
  ScriptedTransport transport;
  http::EngineOptions nothing;
  nothing.environment = [](const std::string&) { return std::optional<std::string>(); };
  EXPECT_FALSE(http::Engine::create(shipped_adapter("example-rest"), transport, nothing));
  for (const char* wrong : {"ftp://shop.test", "shop.test", "https://user:word@shop.test", "https://"}) {
    nothing.url = wrong;
    EXPECT_FALSE(http::Engine::create(shipped_adapter("example-rest"), transport, nothing)) << wrong;
  }
  nothing.url = "https://shop.test";
  nothing.settings["no_such"] = "x";
  EXPECT_FALSE(http::Engine::create(shipped_adapter("example-rest"), transport, nothing));
}

// ---- the copy of the catalogue

void fill(RestShop& shop, int products) {
  for (int i = 0; i < products; ++i) {
    const std::string id = "p-" + std::to_string(i);
    shop.add({id, "Product " + id, "Brand", "thing", "Text", {}, {{id + "-v", {}, 100 + i, 0, 5}}});
  }
}

TEST(Mirror, CopiesEverythingOnceAndKeepsItsVersionWhenOnlyStockChanges) {
  RestStack stack;
  fill(stack.server, 250);
  const TemporaryFolder folder;
  const auto mirror = std::move(*http::Mirror::open(folder / "copy.db"));
  const auto first = mirror->sync(stack.shop->catalogue());
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->products, 253u);
  EXPECT_EQ(first->changed, 253u);
  const std::string version = *mirror->version();
  stack.server.set_stock("tee-s", 1);
  http::SyncOptions everything;
  everything.all = true;
  const auto second = mirror->sync(stack.shop->catalogue(), {}, everything);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->changed, 0u);
  EXPECT_EQ(*mirror->version(), version);
  stack.server.set_price("tee-s", 1);
  const auto third = mirror->sync(stack.shop->catalogue(), {}, everything);
  ASSERT_TRUE(third);
  EXPECT_EQ(third->changed, 1u);
  EXPECT_NE(*mirror->version(), version);
  EXPECT_EQ(mirror->product_of(VariantId("tee-l"))->value_or(ProductId()).str(), "tee");
}

TEST(Mirror, GoesOnWhereASyncWasCutOff) {
  RestStack stack;
  fill(stack.server, 450);
  const TemporaryFolder folder;
  {
    const auto mirror = std::move(*http::Mirror::open(folder / "copy.db"));
    stack.transport.fault = [](const net::Request& request) { return is(request, "GET", "offset=300") ? Fault::kErrorBefore : Fault::kNone; };
    EXPECT_FALSE(mirror->sync(stack.shop->catalogue()));
    EXPECT_FALSE(mirror->complete());
  }
  std::vector<std::string> pages;
  stack.transport.fault = nullptr;
  stack.transport.seen = [&](const net::Request& request) { pages.push_back(request.url); };
  const auto mirror = std::move(*http::Mirror::open(folder / "copy.db"));
  const auto report = mirror->sync(stack.shop->catalogue());
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->resumed);
  EXPECT_EQ(report->products, 453u);
  EXPECT_EQ(pages.size(), 2u);   // the fourth page and the fifth
  std::size_t kept = 0;
  ASSERT_TRUE(mirror->each([&](const Product&) { return ++kept, true; }));
  EXPECT_EQ(kept, 453u);
}

TEST(Mirror, AsksOnlyForWhatChangedUntilItIsTimeToLookAtEverything) {
  RestStack stack;
  fill(stack.server, 50);
  const TemporaryFolder folder;
  const auto mirror = std::move(*http::Mirror::open(folder / "copy.db"));
  http::SyncOptions options;
  options.now = Time(std::chrono::sys_days(std::chrono::year(2026) / 3 / 1));
  ASSERT_TRUE(mirror->sync(stack.shop->catalogue(), {}, options));
  const std::string version = *mirror->version();
  options.now += std::chrono::hours(1);
  stack.server.rename("mug", "Another mug", "2026-03-01T00:30:00Z");
  const auto changes = mirror->sync(stack.shop->catalogue(), {}, options);
  ASSERT_TRUE(changes);
  EXPECT_TRUE(changes->only_changes);
  EXPECT_EQ(changes->products, 1u);
  EXPECT_EQ(changes->changed, 1u);
  EXPECT_EQ(changes->removed, 0u);
  EXPECT_NE(*mirror->version(), version);
  std::size_t kept = 0;
  ASSERT_TRUE(mirror->each([&](const Product&) { return ++kept, true; }));
  EXPECT_EQ(kept, 53u);
  options.now += std::chrono::hours(24);
  const auto all = mirror->sync(stack.shop->catalogue(), {}, options);
  ASSERT_TRUE(all);
  EXPECT_FALSE(all->only_changes);
  EXPECT_EQ(all->products, 53u);
}

// ---- answers that lack the products

std::string listing(std::initializer_list<const char*> ids, std::optional<int> total) {
  std::string products;
  for (const char* id : ids) {
    products += (products.empty() ? "" : ",") + std::string(R"({"id":")") + id + R"(","name":"Thing","variants":[{"id":")" + id + R"(-v","price":"1.00"}]})";
  }
  return "{\"products\":[" + products + "]" + (total ? ",\"total\":" + std::to_string(*total) : "") + "}";
}

// A copy of two products, made over scripted answers.
struct Copied {
  explicit Copied(http::Adapter adapter = shipped_adapter("example-rest")) : shop(std::move(adapter)) {
    everything.all = true;
    EXPECT_TRUE(sync({listing({"a", "b"}, 2)}));
    EXPECT_EQ(kept(), 2u);
  }

  Result<http::SyncReport> sync(const std::vector<std::string>& bodies) {
    for (const std::string& body : bodies) shop.transport.answers.push_back({json_head(200), body});
    auto report = mirror->sync(catalogue, {}, everything);
    EXPECT_TRUE(shop.transport.answers.empty());
    return report;
  }

  std::size_t kept() const {
    std::size_t count = 0;
    EXPECT_TRUE(mirror->each([&](const Product&) { return ++count, true; }));
    return count;
  }

  Scripted shop;
  http::RemoteCatalogue catalogue{*shop.engine};
  const TemporaryFolder folder;
  std::unique_ptr<http::Mirror> mirror = std::move(*http::Mirror::open(folder / "copy.db"));
  http::SyncOptions everything;
};

TEST(Mirror, KeepsTheCopyWhenTheShopAnswersWithoutProducts) {
  Copied copy;
  const std::vector<std::vector<std::string>> lacking = {{"{}"}, {R"({"products":null})"}, {R"({"items":[{"id":"a"}]})"}, {R"({"products":{}})"},
                                                         {R"({"products":[],"total":3})"}, {R"({"products":[]})"}, {listing({"a"}, 2), R"({"products":[],"total":2})"}};
  for (const std::vector<std::string>& bodies : lacking) {
    const std::string version = *copy.mirror->version();
    const auto report = copy.sync(bodies);
    ASSERT_FALSE(report) << bodies.front();
    EXPECT_EQ(report.error().kind, ErrorKind::kMalformed);
    EXPECT_EQ(copy.kept(), 2u) << bodies.front();
    EXPECT_EQ(*copy.mirror->version(), version);
  }
  const auto again = copy.sync({listing({"a", "b"}, 2)});
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->resumed);
  EXPECT_EQ(again->removed, 0u);
}

TEST(Mirror, ForgetsEverythingOnlyWhenTheShopSaysThatItHasNone) {
  Copied copy;
  const auto none = copy.sync({R"({"products":[],"total":0})"});
  ASSERT_TRUE(none) << none.error().message;
  EXPECT_EQ(none->removed, 2u);
  EXPECT_EQ(copy.kept(), 0u);
}

TEST(Mirror, KeepsTheCopyOfAShopWithoutTotalsWhenNothingIsListed) {
  http::Adapter adapter = shipped_adapter("example-rest");
  adapter.operations["each"].page.total.reset();
  Copied copy(std::move(adapter));
  const auto none = copy.sync({R"({"products":[]})"});
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().message.find("copy.db"), std::string::npos) << none.error().message;
  EXPECT_EQ(copy.kept(), 2u);
  const auto fewer = copy.sync({listing({"b"}, {})});
  ASSERT_TRUE(fewer);
  EXPECT_EQ(fewer->removed, 1u);
}

TEST(Catalogue, TakesAnAnswerWithoutItsListForNoAnswer) {
  http::Adapter tolerant = shipped_adapter("example-rest");
  for (auto& [name, operation] : tolerant.operations) operation.empty_if_absent = true;
  Scripted strict, told(std::move(tolerant));
  http::RemoteCatalogue catalogue(*strict.engine), empty(*told.engine);
  const auto ask = [](Scripted& shop, auto run) {
    shop.transport.answers.push_back({json_head(200), "{}"});
    return run();
  };
  EXPECT_EQ(ask(strict, [&] { return catalogue.find("tee", 10); }).error().kind, ErrorKind::kMalformed);
  EXPECT_EQ(ask(strict, [&] { return catalogue.products({ProductId("tee")}); }).error().kind, ErrorKind::kMalformed);
  EXPECT_EQ(ask(strict, [&] { return catalogue.page("", "2026-01-01T00:00:00Z"); }).error().kind, ErrorKind::kMalformed);
  EXPECT_TRUE(ask(told, [&] { return empty.find("tee", 10); }));
  EXPECT_TRUE(ask(told, [&] { return empty.products({ProductId("tee")}); }));
}

// ---- the check

std::map<std::string, http::CheckResult> checked(RestStack& stack, const std::string& code = "TAKE20") {
  http::CheckOptions options;
  options.good_code = code;
  std::map<std::string, http::CheckResult> by_name;
  for (http::CheckResult& result : http::check_shop(*stack.shop, options)) by_name.emplace(result.name, std::move(result));
  return by_name;
}

TEST(Check, TriesEverythingOnTheShopOfTheTutorial) {
  RestStack stack;
  const auto results = checked(stack);
  EXPECT_GE(results.size(), 22u);
  for (const auto& [name, result] : results) EXPECT_EQ(result.verdict, http::CheckResult::Verdict::kPassed) << name << ": " << result.detail;
}

TEST(Check, TakesWhatItCouldNotTryForAFailure) {
  http::Adapter adapter = shipped_adapter("example-rest");
  for (const char* name : {"policies", "order"}) adapter.operations.erase(name);
  adapter.absent["orders"] = "nobody keeps them";
  RestStack stack(std::move(adapter));
  stack.server.set_stock("tee-m", 0);
  const auto results = checked(stack, "");
  const auto verdict = [&](const char* name) { return results.at(name).verdict; };
  EXPECT_EQ(verdict("another variant takes a line's place"), http::CheckResult::Verdict::kFailed);
  EXPECT_EQ(verdict("a code that applies takes off what the total shows"), http::CheckResult::Verdict::kFailed);
  EXPECT_EQ(verdict("policies are told, or said to be absent"), http::CheckResult::Verdict::kFailed);
  EXPECT_EQ(verdict("orders are told to their owners, or said to be absent"), http::CheckResult::Verdict::kAbsent);
}

TEST(Check, WantsExactStockOrADeclarationThatThereIsNone) {
  for (const bool declared : {false, true}) {
    http::Adapter adapter = shipped_adapter("example-rest");
    adapter.product.variants.stock.count = {};
    if (declared) adapter.absent["exact stock"] = "the shop tells a level only";
    RestStack stack(std::move(adapter));
    stack.server.set_stock("tee-s", std::nullopt);
    stack.server.set_stock("tee-m", std::nullopt);
    const auto results = checked(stack);
    EXPECT_EQ(results.at("more than there is is refused and changes nothing").verdict, declared ? http::CheckResult::Verdict::kAbsent : http::CheckResult::Verdict::kFailed);
  }
}

}  // namespace
}  // namespace floorwalker::test
