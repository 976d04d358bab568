#include "adapters/http/shop.h"

#include <algorithm>

#include "agent/core/text.h"

namespace floorwalker::http {
namespace {

std::string trimmed_folded(const std::string& text) {
  const std::size_t start = text.find_first_not_of(" \t");
  return start == std::string::npos ? std::string() : text::fold(text.substr(start, text.find_last_not_of(" \t") - start + 1));
}

tl::unexpected<Error> not_told(const Adapter& adapter, const std::string& what) {
  const auto why = adapter.absent.find(what);
  return fail(ErrorKind::kUnavailable, "this shop's system does not tell " + what + " here" + (why == adapter.absent.end() ? "" : ": " + why->second));
}

class RemotePolicies final : public ports::Policies {
 public:
  explicit RemotePolicies(Engine& engine) : engine_(engine) {}

  Result<std::vector<Policy>> all() override {
    if (!engine_.adapter().operation("policies")) return not_told(engine_.adapter(), "policies");
    const auto shop = engine_.of_shop();
    if (!shop) return fail(shop.error());
    const Variables variables(*shop);
    const Ran ran = engine_.read("policies", variables);
    if (!ran) return fail(ran.error().error);
    std::vector<Policy> policies;
    if (!ran->value && engine_.adapter().operation("policies")->empty_if_absent) return policies;
    if (!ran->value || !ran->value->is_container()) {
      return fail(ErrorKind::kMalformed, "the shop's answer to 'policies' has no list of policies where the adapter looks for it");
    }
    for (const Json* item = ran->value->begin(); item != ran->value->end(); item = item->next()) {
      if (item->type != Json::Type::kObject) continue;   // a policy that the shop has not written
      auto policy = map_policy(*item, engine_.context(variables));
      if (!policy) return fail(policy.error());
      policies.push_back(std::move(*policy));
    }
    return policies;
  }

 private:
  Engine& engine_;
};

// An order whose e-mail differs, or which does not say whose it is, is answered like one that does not exist.
class RemoteOrders final : public ports::Orders {
 public:
  explicit RemoteOrders(Engine& engine) : engine_(engine) {}

  Result<Order> find(const OrderId& id, const std::string& email) override {
    if (!engine_.adapter().operation("order")) return not_told(engine_.adapter(), "orders");
    const auto unknown = [] { return fail(ErrorKind::kNotFound, "no order with that number and e-mail address"); };
    const std::string owner = trimmed_folded(email);
    if (id.empty() || owner.empty()) return unknown();
    const auto shop = engine_.of_shop();
    if (!shop) return fail(shop.error());
    Variables variables(*shop);
    variables.set("order", id.str());
    variables.set("email", owner);
    const Ran ran = engine_.read("order", variables);
    if (!ran) return ran.error().error.kind == ErrorKind::kNotFound ? Result<Order>(unknown()) : Result<Order>(fail(ran.error().error));
    if (!ran->value) return unknown();
    auto mapped = map_order(*ran->value, engine_.context(variables));
    if (!mapped) return fail(mapped.error());
    if (mapped->order.id != id || trimmed_folded(mapped->email) != owner) return unknown();
    return std::move(mapped->order);
  }

 private:
  Engine& engine_;
};

class RemoteDesk final : public ports::HandOffDesk {
 public:
  RemoteDesk(Engine& engine, Ledger& ledger) : engine_(engine), ledger_(ledger) {}

  Result<std::string> hand_off(const SessionId& session, const std::string& reason, const IdempotencyKey& key) override {
    if (key.empty()) return fail(ErrorKind::kInvalidArgument, "A hand-off needs an idempotency key.");
    auto record = ledger_.hand_off(key, session, reason);
    if (!record) return fail(record.error());
    const std::string own = "H-" + std::to_string(record->number);
    if (!engine_.adapter().operation("hand_off")) return own;
    if (!record->reference.empty()) return record->reference;
    if (record->sent) return unknown("it was sent before, and its answer was lost");   // once more might call two people
    const auto shop = engine_.of_shop();
    if (!shop) return fail(shop.error());
    Variables variables(*shop);
    variables.set("session", session.str());
    variables.set("reason", reason);
    variables.set("key", key.str());
    record->sent = true;
    if (auto kept = ledger_.keep_hand_off(key, *record); !kept) return fail(kept.error());
    const Ran ran = engine_.write("hand_off", variables);
    if (!ran && ran.error().unclear) return unknown(ran.error().error.detail);
    record->sent = ran.has_value();
    if (ran) record->reference = ran->text.empty() ? own : ran->text;
    if (auto kept = ledger_.keep_hand_off(key, *record); !kept) return fail(kept.error());
    return ran ? Result<std::string>(record->reference) : Result<std::string>(fail(ran.error().error));
  }

 private:
  static tl::unexpected<Error> unknown(const std::string& detail) {
    return fail(ErrorKind::kOutcomeUnknown, "the shop did not confirm the hand-off; it is not known whether anybody was told", detail);
  }

  Engine& engine_;
  Ledger& ledger_;
};

}  // namespace

Result<std::unique_ptr<Shop>> Shop::open(Adapter adapter, net::Transport& transport, std::unique_ptr<Ledger> ledger, EngineOptions options) {
  auto shop = prepare(std::move(adapter), transport, std::move(ledger), std::move(options));
  if (!shop) return shop;
  if (auto settled = (*shop)->engine_->settle(); !settled) return fail(settled.error());
  return shop;
}

Result<std::unique_ptr<Shop>> Shop::prepare(Adapter adapter, net::Transport& transport, std::unique_ptr<Ledger> ledger, EngineOptions options) {
  std::unique_ptr<Shop> shop(new Shop);
  auto engine = Engine::create(std::move(adapter), transport, std::move(options));
  if (!engine) return fail(engine.error());
  shop->ledger_ = std::move(ledger);
  shop->engine_ = std::move(*engine);
  shop->catalogue_ = std::make_unique<RemoteCatalogue>(*shop->engine_);
  shop->carts_ = std::make_unique<RemoteCarts>(*shop->engine_, *shop->catalogue_, *shop->ledger_);
  shop->policies_ = std::make_unique<RemotePolicies>(*shop->engine_);
  shop->orders_ = std::make_unique<RemoteOrders>(*shop->engine_);
  shop->desk_ = std::make_unique<RemoteDesk>(*shop->engine_, *shop->ledger_);
  return shop;
}

}  // namespace floorwalker::http
