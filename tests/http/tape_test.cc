#include "adapters/http/tape.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/support/paths.h"
#include "tests/support/rest_stack.h"

// Shops that are recorded and played again.
namespace floorwalker::test {
namespace {

constexpr const char* kSecret = "very-secret-key";

std::string contents(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Leads nowhere: whoever asks has not played what was recorded.
class NoTransport final : public net::Transport {
 public:
  void start(net::Request request, net::Handlers handlers, std::stop_token) override {
    ADD_FAILURE() << "asked the shop: " << request.method << " " << request.url;
    handlers.done(Error{ErrorKind::kUnavailable, "no shop", ""});
  }
  void after(std::chrono::milliseconds, std::function<void()>) override {}
};

http::EngineOptions through(std::shared_ptr<http::Tape> tape, const char* secret) {
  http::EngineOptions options;
  options.tape = std::move(tape);
  options.environment = [secret](const std::string& name) -> std::optional<std::string> {
    if (name == "SHOP_URL" && secret) return "http://shop.test/base";
    return name == "SHOP_API_KEY" && secret ? std::optional<std::string>(secret) : std::nullopt;
  };
  options.wait = [](std::chrono::milliseconds) {};
  return options;
}

// The small shop, its answers as a test changes them.
class ChangedTransport final : public net::Transport {
 public:
  void start(net::Request request, net::Handlers handlers, std::stop_token stop) override {
    if (seen) seen(request);
    const auto base = request.url.find("/base");
    if (base != std::string::npos) request.url.erase(base, 5);
    auto body = std::make_shared<std::string>();
    net::Handlers changed = handlers;
    changed.head = [this, head = handlers.head](net::Head told) {
      if (headers) headers(told);
      head(told);
    };
    changed.data = [body](std::string_view bytes) { *body += bytes; };
    changed.done = [this, body, handlers](std::optional<Error> error) {
      if (answer) answer(*body);
      handlers.data(*body);
      handlers.done(std::move(error));
    };
    rest.start(std::move(request), std::move(changed), std::move(stop));
  }
  void after(std::chrono::milliseconds delay, std::function<void()> action) override { rest.after(delay, std::move(action)); }

  RestShop server;
  RestTransport rest{server};
  std::function<void(const net::Request&)> seen;
  std::function<void(net::Head&)> headers;
  std::function<void(std::string&)> answer;
};

class TapeTest : public testing::Test {
 protected:
  static std::unique_ptr<http::Shop> opened(http::Adapter adapter, net::Transport& transport, http::EngineOptions options) {
    auto shop = http::Shop::open(std::move(adapter), transport, std::make_unique<http::MemoryLedger>(), std::move(options));
    if (!shop) ADD_FAILURE() << shop.error().message << " " << shop.error().detail;
    return shop ? std::move(*shop) : nullptr;
  }

  // The shop of that track, to be recorded.
  std::unique_ptr<http::Shop> live(const std::string& track = "s/a", http::Adapter adapter = shipped_adapter("example-rest")) {
    return opened(std::move(adapter), transport_, through(recording_->recorder(track), kSecret));
  }

  // The same from the file, with neither shop nor address nor secret.
  std::unique_ptr<http::Shop> played(const std::string& track = "s/a", http::Adapter adapter = shipped_adapter("example-rest")) {
    EXPECT_TRUE(recording_->save());
    auto loaded = http::ShopRecording::load(file_);
    if (!loaded) ADD_FAILURE() << loaded.error().message;
    auto tape = (*loaded)->player(track);
    if (!tape) ADD_FAILURE() << tape.error().message;
    tape_ = *tape;
    return opened(std::move(adapter), nowhere_, through(tape_, nullptr));
  }

  TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_ / "shop.jsonl";
  std::shared_ptr<http::ShopRecording> recording_ = *http::ShopRecording::open(file_);
  ChangedTransport transport_;
  NoTransport nowhere_;
  std::shared_ptr<http::Tape> tape_;
};

std::string told(const Cart& cart) {
  std::string out;
  for (const CartLine& line : cart.lines) out += line.id.str() + " " + line.variant.str() + " x" + std::to_string(line.quantity) + "; ";
  return out + std::to_string(cart.total.minor);
}

template <typename T>
std::string told(const Result<T>& result, const std::function<std::string(const T&)>& words) {
  return (result ? words(*result) : std::string(to_string(result.error().kind)) + " " + result.error().message) + "\n";
}

// Everything that an agent may do in a shop, as text.
std::string visit(http::Shop& shop, const std::string& session, const char* variant = "tee-s") {
  const std::function<std::string(const ports::CartChange&)> of_change = [](const ports::CartChange& change) { return told(change.cart); };
  const std::function<std::string(const Cart&)> of_cart = [](const Cart& cart) { return told(cart); };
  const std::function<std::string(const std::string&)> as_is = [](const std::string& text) { return text; };
  std::string out = told<Product>(shop.catalogue().product(ProductId("tee")), [](const Product& product) { return product.title; });
  const auto cart = shop.carts().create(IdempotencyKey(session + "-new"));
  if (!cart) return out + cart.error().message;
  out += told(shop.carts().add(*cart, VariantId(variant), 1, IdempotencyKey(session + "-1")), of_change);
  out += told(shop.carts().add(*cart, VariantId(variant), 1, IdempotencyKey(session + "-2")), of_change);
  out += told(shop.carts().add(*cart, VariantId(variant), 9, IdempotencyKey(session + "-3")), of_change);
  out += told(shop.carts().apply_discount(*cart, "TAKE20", IdempotencyKey(session + "-4")), of_cart);
  out += told(shop.carts().checkout_url(*cart), as_is);
  return out + told(shop.carts().read(*cart), of_cart);
}

TEST_F(TapeTest, AShopIsPlayedWithoutBeingThere) {
  const std::string first = visit(*live(), "a");
  EXPECT_NE(first.find("tee-s x2; 3998"), std::string::npos) << first;
  EXPECT_NE(first.find("only 5 left"), std::string::npos) << first;
  EXPECT_NE(first.find("https://shop.example/pay/"), std::string::npos) << first;
  EXPECT_EQ(visit(*played(), "b"), first);   // with other idempotency keys
  EXPECT_TRUE(tape_->complaints().empty());
}

TEST_F(TapeTest, NeitherSecretsNorTokensOfCartsAreInTheFile) {
  bool sent = false;
  transport_.seen = [&](const net::Request& request) {
    for (const auto& [name, value] : request.headers) sent = sent || value == std::string("Bearer ") + kSecret;
  };
  transport_.answer = [](std::string& body) {   // a shop that talks too much
    if (body.starts_with("{") && body.find("\"error\"") == std::string::npos) body.insert(1, std::string("\"you_are\":\"") + kSecret + "\",");
  };
  const std::string first = visit(*live(), "a");
  EXPECT_TRUE(sent);
  EXPECT_EQ(visit(*played(), "a"), first);
  const std::string kept = contents(file_);
  EXPECT_EQ(kept.find(kSecret), std::string::npos);
  EXPECT_EQ(kept.find("secret-1"), std::string::npos) << "the cart's own id";
  EXPECT_EQ(kept.find("Authorization"), std::string::npos);
  EXPECT_EQ(first.find("secret-1"), std::string::npos);
  EXPECT_NE(kept.find("SHOP_API_KEY"), std::string::npos) << "that there was one";
}

TEST_F(TapeTest, ATokenInAHeaderComesAndGoesUnderAnotherName) {
  http::Adapter adapter = shipped_adapter("example-rest");
  adapter.state.push_back("session");
  http::Capture capture;
  capture.name = "session";
  capture.header = "x-session";
  adapter.operations.at("cart_create").steps[0].captures.push_back(capture);
  adapter.operations.at("cart_read").steps[0].headers.emplace_back("X-Session", *http::TextTemplate::parse("$session"));
  std::string sent;
  transport_.seen = [&](const net::Request& request) {
    for (const auto& [name, value] : request.headers) sent = name == "X-Session" ? value : sent;
  };
  transport_.headers = [](net::Head& head) {
    head.headers.emplace_back("x-session", "gid://shop/Session/c1-8f3e0a77?key=1b2c3d4e5f");
    head.headers.emplace_back("set-cookie", "tracker=another-secret-of-the-shop; Path=/");
  };
  const std::string first = visit(*live("s/a", adapter), "a");
  EXPECT_EQ(sent, "gid://shop/Session/c1-8f3e0a77?key=1b2c3d4e5f");
  EXPECT_EQ(visit(*played("s/a", adapter), "a"), first);
  const std::string kept = contents(file_);
  for (const char* part : {"c1-8f3e0a77", "1b2c3d4e5f", "another-secret"}) EXPECT_EQ(kept.find(part), std::string::npos) << part;
}

TEST_F(TapeTest, WhatWasNeverAskedIsToldAndNotMadeUp) {
  visit(*live(), "a");
  const std::string other = visit(*played(), "a", "tee-m");
  EXPECT_EQ(other.find("tee-m x"), std::string::npos) << other;
  ASSERT_FALSE(tape_->complaints().empty());
  const std::string complaint = tape_->complaints().front();
  for (const char* part : {"POST", "tee-m", "another content", "record it again with --record-shop", "shop.jsonl"}) EXPECT_NE(complaint.find(part), std::string::npos) << complaint;
  EXPECT_FALSE(played()->catalogue().product(ProductId("sofa")));
  EXPECT_NE(tape_->complaints().front().find("nothing like it was asked"), std::string::npos) << tape_->complaints().front();
}

TEST_F(TapeTest, AnAnswerIsTheOneOfItsTime) {
  const auto price = [](http::Shop& shop) { return shop.catalogue().product(ProductId("mug"))->variants[0].price.minor; };
  {
    const auto shop = live();
    EXPECT_EQ(price(*shop), 805);
    transport_.server.set_price("mug", 900);
    EXPECT_EQ(price(*shop), 900);
    const CartId cart = *shop->carts().create(IdempotencyKey("k"));
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(shop->carts().read(cart));   // as if facts had grown old
    ASSERT_TRUE(shop->carts().add(cart, VariantId("mug"), 2, IdempotencyKey("k1")));
    EXPECT_EQ(told(*shop->carts().read(cart)), "L2 mug x2; 1800");
  }
  const auto shop = played();
  EXPECT_EQ(price(*shop), 805);
  EXPECT_EQ(price(*shop), 900);
  EXPECT_EQ(price(*shop), 900);   // asked more often than before
  const CartId cart = *shop->carts().create(IdempotencyKey("k"));
  ASSERT_TRUE(shop->carts().add(cart, VariantId("mug"), 2, IdempotencyKey("k1")));   // asked less often: what was read before is not taken for what came after
  EXPECT_EQ(told(*shop->carts().read(cart)), "L2 mug x2; 1800");
  EXPECT_TRUE(tape_->complaints().empty());
}

TEST_F(TapeTest, FailuresArePlayedToo) {
  int writes = 0;
  transport_.rest.fault = [&](const net::Request& request) {
    const bool adds = request.method == "POST" && request.url.ends_with("/lines");
    return adds && ++writes == 1 ? Fault::kTimeoutAfter : request.url.ends_with("/mug") ? Fault::kErrorBefore : Fault::kNone;
  };
  const std::string first = visit(*live(), "a");
  EXPECT_NE(first.find("tee-s x1"), std::string::npos) << first;
  EXPECT_EQ(visit(*played(), "a"), first);
  const auto gone = live("s/b")->catalogue().product(ProductId("mug")), again = played("s/b")->catalogue().product(ProductId("mug"));
  ASSERT_FALSE(gone || again);
  EXPECT_EQ(gone.error(), again.error());
}

TEST_F(TapeTest, TracksDoNotMix) {
  {
    const auto a = live("s/a"), b = live("s/b");
    const CartId cart_a = *a->carts().create(IdempotencyKey("a")), cart_b = *b->carts().create(IdempotencyKey("b"));
    ASSERT_TRUE(a->carts().add(cart_a, VariantId("tee-s"), 1, IdempotencyKey("k1")));
    ASSERT_TRUE(b->carts().add(cart_b, VariantId("mug"), 1, IdempotencyKey("k1")));
  }
  const auto b = played("s/b");
  const CartId cart = *b->carts().create(IdempotencyKey("k"));
  const auto added = b->carts().add(cart, VariantId("mug"), 1, IdempotencyKey("k1"));
  ASSERT_TRUE(added) << added.error().message << " " << added.error().detail;
  EXPECT_EQ(told(added->cart), "L4 mug x1; 805");
  EXPECT_FALSE(b->carts().add(cart, VariantId("tee-s"), 1, IdempotencyKey("k2")));
}

TEST_F(TapeTest, RecordingAgainReplacesATrackAndLeavesTheOthers) {
  visit(*live("s/a"), "a");
  visit(*live("s/b"), "b");
  ASSERT_TRUE(recording_->save());
  recording_ = *http::ShopRecording::open(file_);
  transport_.server.rename("tee", "Another tee", "2026-02-01T00:00:00Z");
  visit(*live("s/a"), "a");
  EXPECT_EQ(played("s/a")->catalogue().product(ProductId("tee"))->title, "Another tee");
  EXPECT_EQ(played("s/b")->catalogue().product(ProductId("tee"))->title, "Contract tee");
}

TEST_F(TapeTest, AFileThatIsNoneIsNamedWithItsLine) {
  std::ofstream(file_) << "{\"track\":\"s/a\",\"url\":\"http://shop.test\",\"settings\":{},\"secrets\":[]}\n{\"model\":\"m\"}\n";
  const auto loaded = http::ShopRecording::load(file_);
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().message.find("shop.jsonl:2: not a recording of a shop"), std::string::npos) << loaded.error().message;
  EXPECT_EQ(http::ShopRecording::load(folder_ / "nothing.jsonl").error().kind, ErrorKind::kIo);
  std::ofstream(file_, std::ios::trunc) << "";
  const auto nothing = (*http::ShopRecording::load(file_))->player("s/a");
  ASSERT_FALSE(nothing);
  EXPECT_NE(nothing.error().message.find("--record-shop"), std::string::npos);
}

}  // namespace
}  // namespace floorwalker::test
