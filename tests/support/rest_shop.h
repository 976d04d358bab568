#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/net/http.h"

namespace floorwalker::test {

// A request as a shop gets it.
struct Asked {
  std::string method, target, body;
  std::vector<std::pair<std::string, std::string>> headers;   // names in small letters

  std::string header(std::string_view name) const;            // "" if it is not there
};

// What a request asks for, "/api/products?ids=tee,mug" taken apart and decoded. Of a name that is there several times, the values are one list
// with commas.
struct Address {
  std::vector<std::string> path;
  std::map<std::string, std::string> query;
};
Address address_of(const std::string& target);

// The small shop that adapters/README.md tells how to connect: REST, JSON, everything in memory. It answers requests as values, so that
// tests run it without sockets (RestTransport) and tests/servers runs it behind a port. Safe for every thread.
class RestShop {
 public:
  struct Variant {
    std::string id;
    std::vector<std::pair<std::string, std::string>> choices;
    std::int64_t cents = 0;
    std::int64_t old_cents = 0;             // 0: none
    std::optional<std::int64_t> stock;      // nothing: there is plenty, uncounted
    std::int64_t least = 1, most = 1'000'000, pack = 1;
  };
  struct Product {
    std::string id, name, brand, type, description;
    std::vector<std::pair<std::string, std::string>> properties;
    std::vector<Variant> variants;
    std::string changed = "2026-01-01T00:00:00Z";
  };
  struct Answer {
    int status = 200;
    std::string body;
    std::string content_type = "application/json";
    std::vector<std::pair<std::string, std::string>> headers{};
  };

  RestShop();   // with the goods of tests/contract/shop_contract.h

  Answer answer(const std::string& method, const std::string& target, const std::string& body, const std::string& key);

  void add(Product product);
  void set_stock(const std::string& variant, std::optional<std::int64_t> count);
  void set_price(const std::string& variant, std::int64_t cents);
  void rename(const std::string& product, const std::string& name, const std::string& when);

  // Pieces of a variant in all carts together: what was really written.
  std::int64_t sold(const std::string& variant);

  std::int64_t tickets();     // hand-offs that people were told of
  void forget_carts();        // as a shop does that starts anew, or after a while

  bool keeps_keys = true;    // a repeated Idempotency-Key gets the first answer
  bool clamps = false;       // puts what is left into the cart and complains
  bool keeps_idle_codes = false;   // a code that takes nothing off yet stays in the cart

 private:
  struct Line {
    std::string id, variant;
    std::int64_t quantity = 0;
  };
  struct Cart {
    std::string id;
    std::vector<Line> lines;
    std::vector<std::string> codes;
  };
  using Query = std::map<std::string, std::string>;

  Answer route(const std::string& method, const std::vector<std::string>& path, const Query& query, const std::string& body);
  Answer products(const Query& query);
  Answer carts(const std::string& method, const std::vector<std::string>& path, const std::string& body);
  Answer put(Cart& cart, const std::string& variant, std::int64_t quantity);   // how many there should be
  Answer take_code(Cart& cart, const std::string& code);
  std::string cart_json(const Cart& cart) const;
  std::int64_t subtotal(const Cart& cart) const;
  std::int64_t off(const Cart& cart, const std::string& code) const;
  const Variant* variant(const std::string& id, const Product** owner = nullptr) const;

  std::mutex mutex_;   // guards what follows
  std::vector<Product> products_;
  std::map<std::string, std::size_t> places_;              // of products by id
  std::map<std::string, std::pair<std::size_t, std::size_t>> variants_;   // product and position
  std::map<std::string, Cart> carts_;
  std::map<std::string, Answer> answers_;
  std::int64_t tickets_ = 0;
  int next_ = 1;
};

// What answers requests: the small shop, or one that speaks otherwise.
using Front = std::function<RestShop::Answer(const Asked&)>;
Front front_of(RestShop& shop);

// What goes wrong with a request.
enum class Fault {
  kNone, kTimeoutBefore, kTimeoutAfter, kResetBefore, kResetAfter, kTooMany, kSecurity, kErrorBefore, kErrorAfter, kBadGatewayHtml,
  kCutShort, kGarbage, kWrongType, kSlowBody, kHugeBody, kLostReply, kTwice
};
const std::vector<std::pair<Fault, const char*>>& every_fault();

// A transport that leads to a shop in the same process, and breaks as told.
class RestTransport final : public net::Transport {
 public:
  explicit RestTransport(RestShop& shop) : shop_(front_of(shop)) {}
  explicit RestTransport(Front shop) : shop_(std::move(shop)) {}

  void start(net::Request request, net::Handlers handlers, std::stop_token stop) override;
  void after(std::chrono::milliseconds delay, std::function<void()> action) override;

  // Which fault meets a request; asked for each.
  std::function<Fault(const net::Request& request)> fault;
  std::function<void(const net::Request& request)> seen;
  std::atomic<std::size_t> requests{0};

 private:
  Front shop_;
};

}  // namespace floorwalker::test
