#include "agent/models/guided/dialogue/calls.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "agent/models/guided/dialogue/pages.h"

namespace floorwalker::guided {

namespace {

using nlohmann::json;

std::string arguments(const json& object) { return object.dump(-1, ' ', false, json::error_handler_t::replace); }

bool offered(const std::vector<ToolSpec>& tools, const std::string& name) {
  return std::any_of(tools.begin(), tools.end(), [&](const ToolSpec& spec) { return spec.name == name; });
}

std::string id_prefix(int turn) { return "t" + std::to_string(turn) + "c"; }

}  // namespace

Calls::Calls(const ModelRequest& request) : request_(request) {
  const Conversation& conversation = request.conversation;
  const std::string own = id_prefix(conversation.turn);
  for (const Message& message : conversation.messages) {
    if (message.turn != conversation.turn || message.role != Role::kAssistant) continue;
    for (const ToolCall& call : message.calls) done_.push_back({&call, nullptr, call.id.str().starts_with(own)});
  }
  for (const Message& message : conversation.messages) {
    if (message.turn != conversation.turn || message.role != Role::kTool) continue;
    for (Done& done : done_) {
      if (!done.result && done.call->id == message.result.call) {
        done.result = &message.result;
        break;
      }
    }
  }
}

const ToolCall* Calls::confirmed() const {
  const std::string id = "confirmed_" + std::to_string(request_.conversation.turn);
  for (const Done& done : done_) {
    if (done.call->id.str() == id) return done.call;
  }
  return nullptr;
}

// Another model writes the same arguments in another way.
bool Calls::is(const Done& done, const std::string& name, const std::string& arguments) const {
  if (!done.result || done.call->name != name) return false;
  if (done.call->arguments == arguments) return true;
  if (done.own) return false;
  const json theirs = json::parse(done.call->arguments, nullptr, false), ours = json::parse(arguments, nullptr, false);
  return !theirs.is_discarded() && (theirs == ours || (theirs.is_null() && ours.empty()));
}

const ToolResult* Calls::find(const std::string& name, const std::string& arguments, bool write, bool may_call) {
  const auto same = std::find(asked_.begin(), asked_.end(), std::pair(name, arguments));
  const bool again = !write && same != asked_.end();
  if (!again) asked_.emplace_back(name, arguments);
  for (Done& done : done_) {
    if ((!done.own && !write) || (write && done.taken) || !is(done, name, arguments)) continue;
    done.taken = write;
    return done.result;
  }
  if (again || !may_call) return nullptr;
  ToolCall& call = pending_.emplace_back();
  call.id = unused_id();
  call.name = name;
  call.arguments = arguments;
  return nullptr;
}

// An answered call keeps its id while the same code runs anew in a later step, and asks for its calls in another order.
CallId Calls::unused_id() const {
  const auto used = [&](const CallId& id) {
    const auto is_it = [&](const ToolCall& call) { return call.id == id; };
    return std::any_of(done_.begin(), done_.end(), [&](const Done& done) { return is_it(*done.call); }) || std::any_of(pending_.begin(), pending_.end(), is_it);
  };
  for (std::size_t number = asked_.size();; ++number) {
    if (const CallId id(id_prefix(request_.conversation.turn) + std::to_string(number)); !used(id)) return id;
  }
}

template <typename T>
Answer<T> Calls::answer(const std::string& name, const std::string& arguments, Result<T> (*read)(std::string_view), bool write) {
  Answer<T> found;
  const bool may_call = offered(request_.tools, name);  // at the last step nothing is, but what was answered stays answered
  const ToolResult* result = find(name, arguments, write, may_call);
  if (!result && !may_call) {
    found.outcome = ToolOutcome::kFailed;
    found.error.error = {ErrorKind::kUnavailable, "not available now", ""};
    return found;
  }
  if (!result) {
    found.waiting = true;
    return found;
  }
  found.outcome = result->outcome;
  const bool done = result->outcome == ToolOutcome::kOk;
  const auto has_value = [&] {
    Result<T> value = read(result->content);
    if (value) found.value = std::move(*value);
    return value.has_value();
  };
  if (done && !write && has_value()) return found;
  Result<ErrorAnswer> error = error_answer_from_json(result->content);
  if (done && write && !error && has_value()) return found;
  if (error) found.error = std::move(*error);
  else found.error.error = {ErrorKind::kMalformed, "", ""};
  if (done && write && error) found.error.error.kind = ErrorKind::kOutcomeUnknown;   // made, but a guard withheld its answer
  return found;
}

// Once unread, for the whole turn.
void Calls::note_prices(bool known) {
  if (prices_ != Prices::kUnread) prices_ = known ? Prices::kRead : Prices::kUnread;
}

Answer<SearchPage> Calls::search(const SearchRequest& request) {
  auto page = answer<SearchPage>("search_catalogue", to_json(request), read_page);
  if (page && !page->products.empty()) note_prices(!prices_unread(page->products));
  return page;
}

Answer<ShopShape> Calls::shape(const std::string& scope) {
  return answer<ShopShape>("describe_shop", arguments(scope.empty() ? json::object() : json{{"scope", scope}}), shop_shape_from_json);
}

Answer<ProductDetails> Calls::product(const ProductId& id) {
  auto details = answer<ProductDetails>("get_product", arguments({{"product", id.str()}}), product_details_from_json);
  if (details) note_prices(prices_known(details->product));
  return details;
}

Answer<Comparison> Calls::compare(const std::vector<ProductId>& products, const std::vector<std::string>& needs,
                                  const std::vector<std::string>& attributes) {
  json object{{"products", json::array()}};
  for (const ProductId& id : products) object["products"].push_back(id.str());
  if (!needs.empty()) object["needs"] = needs;
  if (!attributes.empty()) object["attributes"] = attributes;
  auto comparison = answer<Comparison>("compare_products", arguments(object), comparison_from_json);
  if (comparison) note_prices(!prices_unread(comparison->products));
  return comparison;
}

Answer<Compatibility> Calls::fits(const ProductId& a, const ProductId& b) {
  return answer<Compatibility>("check_compatibility", arguments({{"a", a.str()}, {"b", b.str()}}), compatibility_from_json);
}

Answer<Compatibility> Calls::fits(const ProductId& a, const std::string& kind, const std::map<std::string, std::string>& facts) {
  json object{{"a", a.str()}, {"facts", facts}};
  if (!kind.empty()) object["kind"] = kind;
  return answer<Compatibility>("check_compatibility", arguments(object), compatibility_from_json);
}

Answer<Addons> Calls::addons(const ProductId& product, const std::map<std::string, std::string>& said, const std::vector<std::string>& declined) {
  json object{{"product", product.str()}};
  if (!said.empty()) object["said"] = said;
  if (!declined.empty()) object["declined"] = declined;
  return answer<Addons>("suggest_addons", arguments(object), addons_from_json);
}

Answer<CartAnswer> Calls::view_cart() {
  if (!changed_) return answer<CartAnswer>("view_cart", "{}", cart_answer_from_json);
  Answer<CartAnswer> left;
  left.value.emplace().cart = *changed_;
  return left;
}

Answer<CartAnswer> Calls::change_cart(const std::string& name, const std::string& arguments) {
  auto changed = answer<CartAnswer>(name, arguments, cart_answer_from_json, true);
  if (changed) changed_ = changed->cart;
  return changed;
}

Answer<CartAnswer> Calls::add(const VariantId& variant, std::int64_t quantity) {
  return change_cart("update_cart", arguments({{"operation", "add"}, {"variant", variant.str()}, {"quantity", quantity}}));
}

Answer<CartAnswer> Calls::set_quantity(const LineId& line, std::int64_t quantity) {
  return change_cart("update_cart", arguments({{"operation", "set_quantity"}, {"line", line.str()}, {"quantity", quantity}}));
}

Answer<CartAnswer> Calls::change_variant(const LineId& line, const VariantId& variant) {
  return change_cart("update_cart", arguments({{"operation", "change_variant"}, {"line", line.str()}, {"variant", variant.str()}}));
}

Answer<CartAnswer> Calls::remove(const LineId& line) {
  return change_cart("update_cart", arguments({{"operation", "remove"}, {"line", line.str()}}));
}

Answer<CartAnswer> Calls::discount(const std::string& code) {
  return change_cart("apply_discount", arguments({{"code", code}}));
}

Answer<CheckoutAnswer> Calls::checkout() { return answer<CheckoutAnswer>("start_checkout", "{}", checkout_answer_from_json, true); }

Answer<PolicyAnswer> Calls::policy(const std::string& topic, const std::string& about) {
  json object{{"topic", topic}};
  if (!about.empty()) object["about"] = about;
  return answer<PolicyAnswer>("find_policy", arguments(object), policy_answer_from_json);
}

Answer<OrderAnswer> Calls::order(const std::string& id, const std::string& email) {
  return answer<OrderAnswer>("find_order", arguments({{"order", id}, {"email", email}}), order_answer_from_json);
}

Answer<HandOffAnswer> Calls::hand_off(const std::string& reason) {
  return answer<HandOffAnswer>("hand_off", arguments({{"reason", reason}}), hand_off_answer_from_json, true);
}

}  // namespace floorwalker::guided
