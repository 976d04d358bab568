#include "tests/support/rest_shop.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

namespace floorwalker::test {
namespace {

using nlohmann::json;

std::string decoded(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::vector<std::string> cut(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t end = text.find(at); ; end = text.find(at, from)) {
    if (end != from) parts.push_back(text.substr(from, end == std::string::npos ? end : end - from));
    if (end == std::string::npos) break;
    from = end + 1;
  }
  return parts;
}

std::string amount(std::int64_t cents) {
  std::string rest = std::to_string(cents % 100);
  return std::to_string(cents / 100) + "." + (rest.size() < 2 ? "0" : "") + rest;
}

RestShop::Answer refused(int status, const std::string& code, const std::string& message, std::optional<std::int64_t> available = {}) {
  json error = {{"code", code}, {"message", message}};
  if (available) error["available"] = *available;
  return {status, json{{"error", error}}.dump()};
}

json told(const RestShop::Variant& variant) {
  json out = {{"id", variant.id}, {"price", amount(variant.cents)}, {"choices", json::object()}, {"available", !variant.stock || *variant.stock > 0}};
  for (const auto& [name, value] : variant.choices) out["choices"][name] = value;
  if (variant.old_cents) out["old_price"] = amount(variant.old_cents);
  if (variant.stock) out["in_stock"] = *variant.stock;
  return out;
}

json told(const RestShop::Product& product) {
  json out = {{"id", product.id}, {"name", product.name}, {"brand", product.brand}, {"type", product.type}, {"description", product.description},
              {"properties", json::object()}, {"variants", json::array()}, {"page", "https://shop.example/p/" + product.id}};
  for (const auto& [name, value] : product.properties) out["properties"][name] = value;
  for (const RestShop::Variant& variant : product.variants) out["variants"].push_back(told(variant));
  return out;
}

std::string small(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// Whether name, brand and type hold all of the words, letter by letter, as simple shops look for them.
bool says(const RestShop::Product& product, const std::string& words) {
  const std::string all = small(product.name + " " + product.brand + " " + product.type);
  const std::vector<std::string> wanted = cut(small(words), ' ');
  return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& word) { return all.find(word) != std::string::npos; });
}

}  // namespace

std::string Asked::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

Address address_of(const std::string& target) {
  Address made;
  const std::size_t mark = std::min(target.find('?'), target.size());
  for (const std::string& part : cut(target.substr(0, mark), '/')) made.path.push_back(decoded(part));
  for (const std::string& pair : cut(target.substr(std::min(mark + 1, target.size())), '&')) {
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (pair.empty()) continue;
    const std::string value = equals < pair.size() ? decoded(pair.substr(equals + 1)) : "";
    const auto [at, first] = made.query.try_emplace(decoded(pair.substr(0, equals)), value);
    if (!first) at->second += "," + value;
  }
  return made;
}

Front front_of(RestShop& shop) {
  return [&shop](const Asked& asked) { return shop.answer(asked.method, asked.target, asked.body, asked.header("idempotency-key")); };
}

RestShop::RestShop() {
  add({"tee", "Contract tee", "Plain", "t-shirt", "<p>Soft &amp; plain.</p>", {{"material", "cotton"}, {"weight", "180 g"}},
       {{"tee-s", {{"Size", "S"}}, 1999, 0, 5}, {"tee-m", {{"Size", "M"}}, 1999, 2499, 2}, {"tee-l", {{"Size", "L"}}, 2150, 0, 0}}});
  add({"mug", "Täschchen-Becher ☕", "", "", "", {}, {{"mug", {}, 805, 0, std::nullopt}}});
  add({"cable", "Cable", "", "", "", {}, {{"cable", {}, 200, 0, 100, 4, 12, 4}}});
}

void RestShop::add(Product product) {
  const std::lock_guard lock(mutex_);
  places_[product.id] = products_.size();
  for (std::size_t i = 0; i < product.variants.size(); ++i) variants_[product.variants[i].id] = {products_.size(), i};
  products_.push_back(std::move(product));
}

void RestShop::set_stock(const std::string& id, std::optional<std::int64_t> count) {
  const std::lock_guard lock(mutex_);
  const auto [product, place] = variants_.at(id);
  products_[product].variants[place].stock = count;
}

void RestShop::set_price(const std::string& id, std::int64_t cents) {
  const std::lock_guard lock(mutex_);
  const auto [product, place] = variants_.at(id);
  products_[product].variants[place].cents = cents;
}

void RestShop::rename(const std::string& product, const std::string& name, const std::string& when) {
  const std::lock_guard lock(mutex_);
  products_[places_.at(product)].name = name;
  products_[places_.at(product)].changed = when;
}

std::int64_t RestShop::sold(const std::string& id) {
  const std::lock_guard lock(mutex_);
  std::int64_t all = 0;
  for (const auto& [name, cart] : carts_) {
    for (const Line& line : cart.lines) all += line.variant == id ? line.quantity : 0;
  }
  return all;
}

std::int64_t RestShop::tickets() {
  const std::lock_guard lock(mutex_);
  return tickets_;
}

void RestShop::forget_carts() {
  const std::lock_guard lock(mutex_);
  carts_.clear();
}

const RestShop::Variant* RestShop::variant(const std::string& id, const Product** owner) const {
  const auto found = variants_.find(id);
  if (found == variants_.end()) return nullptr;
  const Product& product = products_[found->second.first];
  if (owner) *owner = &product;
  return &product.variants[found->second.second];
}

RestShop::Answer RestShop::answer(const std::string& method, const std::string& target, const std::string& body, const std::string& key) {
  const std::lock_guard lock(mutex_);
  const bool kept = keeps_keys && !key.empty();
  if (kept) {
    if (const auto before = answers_.find(key); before != answers_.end()) return before->second;
  }
  const auto [path, query] = address_of(target);
  Answer made;
  try {
    made = route(method, path, query, body);
  } catch (const json::exception& error) {
    made = refused(400, "bad_request", error.what());
  }
  if (kept && made.status < 500) answers_[key] = made;
  return made;
}

RestShop::Answer RestShop::route(const std::string& method, const std::vector<std::string>& path, const Query& query, const std::string& body) {
  const Answer nothing = refused(404, "not_found", "there is no such thing");
  if (path.size() < 2 || path[0] != "api") return nothing;
  const std::string& what = path[1];
  if (what == "shop") return {200, R"({"name":"Corner shop","currency":"USD"})"};
  if (what == "products" && path.size() == 2) return products(query);
  if (what == "products") {
    const auto place = places_.find(path[2]);
    return place == places_.end() ? nothing : Answer{200, told(products_[place->second]).dump()};
  }
  if (what == "variants" && path.size() == 3) {
    const Product* owner = nullptr;
    return variant(path[2], &owner) ? Answer{200, json{{"product", owner->id}}.dump()} : nothing;
  }
  if (what == "policies") {
    return {200, R"({"policies":[{"id":"returns","topic":"returns","title":"Returns","html":"<p>Within 30 days.</p>","since":"2026-01-01T00:00:00Z"}]})"};
  }
  if (what == "orders" && path.size() == 3 && path[2] == "N-1") {
    return {200, R"({"number":"N-1","email":"sam@example.com","state":"shipped","date":"2026-02-27","total":"19.99",
        "lines":[{"variant":"tee-s","name":"Contract tee","choices":{"Size":"S"},"quantity":1,"price":"19.99"}]})"};
  }
  if (what == "tickets" && method == "POST") return {201, json{{"reference", "T-" + std::to_string(++tickets_)}}.dump()};
  if (what == "carts") return carts(method, path, body);
  return nothing;
}

RestShop::Answer RestShop::products(const Query& query) {
  json out = {{"total", products_.size()}, {"products", json::array()}};
  if (const auto ids = query.find("ids"); ids != query.end()) {
    for (const std::string& id : cut(ids->second, ',')) {
      if (const auto place = places_.find(id); place != places_.end()) out["products"].push_back(told(products_[place->second]));
    }
    return {200, out.dump()};
  }
  if (const auto since = query.find("changed_since"); since != query.end()) {
    for (const Product& product : products_) {
      if (product.changed >= since->second) out["products"].push_back(told(product));
    }
    out["total"] = out["products"].size();
    return {200, out.dump()};
  }
  std::vector<const Product*> listed;
  for (const Product& product : products_) {
    if (query.count("q") == 0 || says(product, query.at("q"))) listed.push_back(&product);
  }
  out["total"] = listed.size();
  const auto number = [&](const char* name, std::size_t otherwise) { return query.count(name) ? std::stoul(query.at(name)) : otherwise; };
  const std::size_t from = number("offset", 0), limit = number("limit", 20);
  for (std::size_t i = from; i < std::min(listed.size(), from + limit); ++i) out["products"].push_back(told(*listed[i]));
  return {200, out.dump()};
}

RestShop::Answer RestShop::carts(const std::string& method, const std::vector<std::string>& path, const std::string& body) {
  if (path.size() == 2 && method == "POST") {
    const std::string id = "secret-" + std::to_string(next_++);
    carts_[id].id = id;
    return {201, cart_json(carts_[id])};
  }
  const auto found = path.size() > 2 ? carts_.find(path[2]) : carts_.end();
  if (found == carts_.end()) return refused(404, "no_cart", "there is no such cart");
  Cart& cart = found->second;
  if (path.size() == 3) return {200, cart_json(cart)};
  const json asked = body.empty() ? json::object() : json::parse(body);
  if (path[3] == "codes" && path.size() == 5) {
    std::erase(cart.codes, path[4]);
    return {200, cart_json(cart)};
  }
  if (path[3] == "codes") return take_code(cart, asked.at("code"));
  if (path.size() == 4) {
    const std::string id = asked.at("variant");
    if (!variant(id)) return refused(404, "no_variant", "there is no such variant");
    const auto line = std::find_if(cart.lines.begin(), cart.lines.end(), [&](const Line& one) { return one.variant == id; });
    const std::int64_t had = line == cart.lines.end() ? 0 : line->quantity;
    return put(cart, id, had + asked.at("quantity").get<std::int64_t>());
  }
  const auto line = std::find_if(cart.lines.begin(), cart.lines.end(), [&](const Line& one) { return one.id == path[4]; });
  if (line == cart.lines.end()) return refused(404, "no_line", "there is no such line");
  if (method == "PUT") return put(cart, line->variant, asked.at("quantity").get<std::int64_t>());
  cart.lines.erase(line);
  return {200, cart_json(cart)};
}

RestShop::Answer RestShop::put(Cart& cart, const std::string& id, std::int64_t quantity) {
  const Variant& of = *variant(id);
  const bool odd = quantity < of.least || quantity > of.most || quantity % of.pack != 0;
  if (odd) return refused(422, "quantity_rule", "sold from " + std::to_string(of.least) + " in packs of " + std::to_string(of.pack));
  const bool too_many = of.stock && quantity > *of.stock;
  if (too_many && !clamps) return refused(422, "out_of_stock", "only " + std::to_string(*of.stock) + " left", of.stock);
  const std::int64_t now = too_many ? *of.stock : quantity;
  auto line = std::find_if(cart.lines.begin(), cart.lines.end(), [&](const Line& one) { return one.variant == id; });
  if (line == cart.lines.end() && now > 0) line = cart.lines.insert(cart.lines.end(), {"L" + std::to_string(next_++), id, 0});
  if (line != cart.lines.end()) line->quantity = now;
  if (too_many) return refused(422, "out_of_stock", "only " + std::to_string(*of.stock) + " left", of.stock);
  return {200, cart_json(cart)};
}

RestShop::Answer RestShop::take_code(Cart& cart, const std::string& code) {
  const bool idle = keeps_idle_codes && code == "SAVE10";
  if (off(cart, code) == 0 && !idle) return refused(422, "invalid_code", "the code " + code + " does not apply");
  if (std::find(cart.codes.begin(), cart.codes.end(), code) == cart.codes.end()) cart.codes.push_back(code);
  return {200, cart_json(cart)};
}

std::int64_t RestShop::subtotal(const Cart& cart) const {
  std::int64_t sum = 0;
  for (const Line& line : cart.lines) sum += variant(line.variant)->cents * line.quantity;
  return sum;
}

std::int64_t RestShop::off(const Cart& cart, const std::string& code) const {
  const std::int64_t sum = subtotal(cart);
  if (code == "SAVE10") return sum >= 5000 ? (sum + 5) / 10 : 0;
  if (code == "TAKE20") return std::min<std::int64_t>(sum, 2000);
  return 0;
}

std::string RestShop::cart_json(const Cart& cart) const {
  json out = {{"id", cart.id}, {"lines", json::array()}, {"codes", json::array()}, {"pay_at", "https://shop.example/pay/" + cart.id}};
  for (const Line& line : cart.lines) {
    const Product* owner = nullptr;
    const Variant* of = variant(line.variant, &owner);
    json one = {{"id", line.id}, {"product", owner->id}, {"variant", line.variant}, {"name", owner->name}, {"choices", json::object()},
                {"quantity", line.quantity}, {"price", amount(of->cents)}, {"total", amount(of->cents * line.quantity)}};
    for (const auto& [name, value] : of->choices) one["choices"][name] = value;
    out["lines"].push_back(std::move(one));
  }
  const std::int64_t sum = subtotal(cart);
  std::int64_t left = sum;
  for (const std::string& code : cart.codes) {
    const std::int64_t less = std::min(left, off(cart, code));
    if (less == 0 && !keeps_idle_codes) continue;
    left -= less;
    out["codes"].push_back({{"code", code}, {"amount", amount(less)}});
  }
  out["subtotal"] = amount(sum);
  out["total"] = amount(left);
  return out.dump();
}

// ---- the transport

const std::vector<std::pair<Fault, const char*>>& every_fault() {
  static const std::vector<std::pair<Fault, const char*>> kFaults = {
      {Fault::kTimeoutBefore, "time-out before the write"}, {Fault::kTimeoutAfter, "time-out after the write"}, {Fault::kResetBefore, "reset before"},
      {Fault::kResetAfter, "reset after"}, {Fault::kTooMany, "429"}, {Fault::kSecurity, "430"}, {Fault::kErrorBefore, "500 before"},
      {Fault::kErrorAfter, "500 after"}, {Fault::kBadGatewayHtml, "502 with HTML"}, {Fault::kCutShort, "truncated JSON"}, {Fault::kGarbage, "malformed JSON"},
      {Fault::kWrongType, "wrong content type"}, {Fault::kSlowBody, "slow body"}, {Fault::kHugeBody, "huge body"}, {Fault::kLostReply, "lost reply"},
      {Fault::kTwice, "delivered twice"}};
  return kFaults;
}

void RestTransport::after(std::chrono::milliseconds, std::function<void()> action) { action(); }

void RestTransport::start(net::Request request, net::Handlers handlers, std::stop_token) {
  ++requests;
  if (seen) seen(request);
  const Fault wrong = fault ? fault(request) : Fault::kNone;
  const std::size_t host = request.url.find('/', request.url.find("://") + 3);
  Asked asked{request.method, request.url.substr(host), request.body, {}};
  for (const auto& [name, value] : request.headers) asked.headers.emplace_back(small(name), value);
  const auto deliver = [&] { return shop_(asked); };
  const auto told = [&](const RestShop::Answer& answer) {
    net::Head head;
    head.status = answer.status;
    head.headers.emplace_back("content-type", answer.content_type);
    head.headers.insert(head.headers.end(), answer.headers.begin(), answer.headers.end());
    if (handlers.head) handlers.head(head);
    if (handlers.data) handlers.data(answer.body);
  };
  std::optional<Error> error;
  switch (wrong) {
    case Fault::kNone: told(deliver()); break;
    case Fault::kTimeoutBefore: error = Error{ErrorKind::kTimeout, "no answer in time", ""}; break;
    case Fault::kTimeoutAfter:
    case Fault::kLostReply: deliver(); error = Error{ErrorKind::kTimeout, "no answer in time", ""}; break;
    case Fault::kResetBefore: error = Error{ErrorKind::kUnavailable, "reset", ""}; break;
    case Fault::kResetAfter: deliver(); error = Error{ErrorKind::kUnavailable, "reset", ""}; break;
    case Fault::kTooMany: told({429, R"({"error":{"code":"slow_down","message":"too many"}})"}); break;
    case Fault::kSecurity: told({430, "Security Rejection", "text/plain"}); break;
    case Fault::kErrorBefore: told({500, R"({"message":"oops"})"}); break;
    case Fault::kErrorAfter: deliver(); told({500, R"({"message":"oops"})"}); break;
    case Fault::kBadGatewayHtml: deliver(); told({502, "<html>Bad gateway</html>", "text/html"}); break;
    case Fault::kCutShort: { auto answer = deliver(); answer.body.resize(answer.body.size() / 2); told(answer); break; }
    case Fault::kGarbage: { auto answer = deliver(); answer.body = "{]" + answer.body; told(answer); break; }
    case Fault::kWrongType: { auto answer = deliver(); answer.content_type = "text/html"; told(answer); break; }
    case Fault::kSlowBody: { auto answer = deliver(); answer.body.resize(answer.body.size() / 3); told(answer); error = Error{ErrorKind::kTimeout, "silent", ""}; break; }
    case Fault::kHugeBody: deliver(); error = Error{ErrorKind::kMalformed, "the answer is larger than allowed", ""}; break;
    case Fault::kTwice: deliver(); told(deliver()); break;
  }
  if (handlers.done) handlers.done(std::move(error));
}

}  // namespace floorwalker::test
