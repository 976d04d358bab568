#include "tests/support/retail_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "tests/support/shared_data.h"

namespace floorwalker::test {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kDigits = "0123456789+-*/(). ";

// The parameters of each tool, in order: what a call must have, and no more.
const std::vector<std::pair<std::string, std::vector<std::string>>>& parameters() {
  static const std::vector<std::string> address{"address1", "address2", "city", "state", "country", "zip"};
  static const auto with = [](std::string first) {
    std::vector<std::string> all{std::move(first)};
    all.insert(all.end(), address.begin(), address.end());
    return all;
  };
  static const std::vector<std::pair<std::string, std::vector<std::string>>> kAll = {
      {"find_user_id_by_email", {"email"}},
      {"find_user_id_by_name_zip", {"first_name", "last_name", "zip"}},
      {"get_user_details", {"user_id"}},
      {"get_order_details", {"order_id"}},
      {"get_product_details", {"product_id"}},
      {"list_all_product_types", {}},
      {"calculate", {"expression"}},
      {"think", {"thought"}},
      {"transfer_to_human_agents", {"summary"}},
      {"cancel_pending_order", {"order_id", "reason"}},
      {"modify_pending_order_address", with("order_id")},
      {"modify_pending_order_items", {"order_id", "item_ids", "new_item_ids", "payment_method_id"}},
      {"modify_pending_order_payment", {"order_id", "payment_method_id"}},
      {"modify_user_address", with("user_id")},
      {"return_delivered_order_items", {"order_id", "item_ids", "payment_method_id"}},
      {"exchange_delivered_order_items", {"order_id", "item_ids", "new_item_ids", "payment_method_id"}}};
  return kAll;
}

bool writes(const std::string& tool) {
  return tool.starts_with("cancel") || tool.starts_with("modify") || tool.starts_with("return") || tool.starts_with("exchange") || tool.starts_with("transfer");
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string text_at(const Json& value, const std::string& key) {
  const auto found = value.find(key);
  return found != value.end() && found->is_string() ? found->get<std::string>() : "";
}

// Python's round(x, 2): correctly rounded from the exact binary value, which is what printf does.
double cents(double value) { return std::strtod(fmt::format("{:.2f}", value).c_str(), nullptr); }

// repr of a float: shortest digits that read back the same, with ".0" for whole numbers.
std::string python_float(double value) {
  std::string text;
  for (int digits = 1; digits <= 17; ++digits) {
    char buffer[40];
    std::snprintf(buffer, sizeof buffer, "%.*g", digits, value);
    text = buffer;
    if (std::strtod(buffer, nullptr) == value) break;
  }
  if (text.find('e') != std::string::npos && std::abs(value) >= 1e-4 && std::abs(value) < 1e16) {
    text = fmt::format("{:.0f}", value);
  }
  return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}

// The items named, as Python iterates the argument: a list's elements, a text's characters.
std::vector<std::string> items_of(const Json& args, const std::string& key) {
  std::vector<std::string> items;
  const Json& value = args.at(key);
  if (value.is_string()) {
    for (const char c : value.get<std::string>()) items.emplace_back(1, c);
    return items;
  }
  for (const Json& item : value) items.push_back(item.is_string() ? item.get<std::string>() : item.dump());
  return items;
}

Json sorted(std::vector<std::string> items) {
  std::sort(items.begin(), items.end());
  return items;
}

// Sums and products of decimal numbers, with brackets.
class Calculator {
 public:
  explicit Calculator(const std::string& text) : text_(text) {}
  double value() {
    const double result = sum();
    skip();
    if (at_ != text_.size()) throw std::invalid_argument("invalid syntax");
    return result;
  }

 private:
  void skip() { while (at_ < text_.size() && text_[at_] == ' ') ++at_; }
  bool take(char c) {
    skip();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  double sum() {
    double result = product();
    for (;;) {
      if (take('+')) result += product();
      else if (take('-')) result -= product();
      else return result;
    }
  }
  double product() {
    double result = factor();
    for (;;) {
      if (take('*')) result *= factor();
      else if (take('/')) result /= factor();
      else return result;
    }
  }
  double factor() {
    if (take('-')) return -factor();
    if (take('+')) return factor();
    if (take('(')) {
      const double result = sum();
      if (!take(')')) throw std::invalid_argument("invalid syntax");
      return result;
    }
    skip();
    const char* begin = text_.c_str() + at_;
    char* end = nullptr;
    const double result = std::strtod(begin, &end);
    if (end == begin) throw std::invalid_argument("invalid syntax");
    at_ += static_cast<std::size_t>(end - begin);
    return result;
  }

  const std::string& text_;
  std::size_t at_ = 0;
};

Json refund(const Json& amount, const Json& method) { return {{"transaction_type", "refund"}, {"amount", amount}, {"payment_method_id", method}}; }

void add_to_balance(Json& method, double amount) { method["balance"] = cents(method["balance"].get<double>() + amount); }

}  // namespace

std::string python_json(const Json& value) {
  if (value.is_number_float()) return python_float(value.get<double>());
  if (value.is_string()) return value.dump(-1, ' ', true);
  if (!value.is_structured()) return value.dump();
  std::string out;
  for (const auto& [key, item] : value.items()) {
    out += out.empty() ? "" : ", ";
    if (value.is_object()) out += Json(key).dump(-1, ' ', true) + ": ";
    out += python_json(item);
  }
  return value.is_object() ? "{" + out + "}" : "[" + out + "]";
}

std::shared_ptr<const RetailDesk::Data> RetailDesk::Data::read(const std::filesystem::path& file) {
  auto data = std::make_shared<Data>();
  std::string text;
  each_line(file, [&](std::string_view line) { text.append(line); });
  const Json shop = Json::parse(text);
  data->products = shop.at("products");
  data->users = shop.at("users");
  data->orders = shop.at("orders");
  for (const auto& [id, user] : data->users.items()) {
    data->user_by_email.emplace(lower(text_at(user, "email")), id);
    const Json& name = user.at("name");
    data->user_by_name.emplace(lower(text_at(name, "first_name")) + "|" + lower(text_at(name, "last_name")) + "|" + text_at(user.at("address"), "zip"), id);
  }
  return data;
}

const std::vector<std::string>& RetailDesk::tool_names() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names;
    for (const auto& [name, unused] : parameters()) names.push_back(name);
    return names;
  }();
  return kNames;
}

RetailDesk::RetailDesk(std::shared_ptr<const Data> data, Edition edition, Fault fault) : data_(std::move(data)), edition_(edition), fault_(fault) {
  for (const std::string& name : tool_names()) specs_.push_back({name, "", R"({"type":"object"})", writes(name) ? ToolEffect::kWrite : ToolEffect::kRead});
}

ToolResult RetailDesk::call(const ToolCall& call, const ToolContext& context) {
  std::string text = answer(call.name, call.arguments);
  const ToolOutcome outcome = text.starts_with("Error") ? ToolOutcome::kRefused : ToolOutcome::kOk;
  return {call.id, outcome, std::move(text), context.now};
}

std::string RetailDesk::answer(const std::string& tool, const std::string& arguments) {
  if (tool == "think") return "";
  const auto& known = tool_names();
  if (std::find(known.begin(), known.end(), tool) == known.end()) return "Unknown action " + tool;
  const Json args = Json::parse(arguments, nullptr, false);
  if (!args.is_object()) return "Error: the arguments are no JSON object";
  try {
    check_arguments(tool, args);
    return dispatch(tool, args);
  } catch (const Refused& refused) {
    return "Error: " + refused.why;
  } catch (const nlohmann::json::exception& error) {
    return std::string("Error: ") + error.what();
  }
}

void RetailDesk::refuse(const std::string& why) const {
  std::string text = why;
  if (edition_ == Edition::kTau1) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  throw Refused{text};
}

void RetailDesk::refuse(const std::string& tau2, const std::string& tau1) const { throw Refused{edition_ == Edition::kTau2 ? tau2 : tau1}; }

// As Python complains of a call: unexpected names first, then missing ones.
void RetailDesk::check_arguments(const std::string& tool, const Json& args) const {
  std::string function = "RetailTools." + tool + "()";
  if (edition_ == Edition::kTau1) {
    function.clear();
    for (std::size_t i = 0; i < tool.size(); ++i) {
      if (tool[i] != '_') function += i == 0 || tool[i - 1] == '_' ? static_cast<char>(std::toupper(static_cast<unsigned char>(tool[i]))) : tool[i];
    }
    function += ".invoke()";
  }
  const auto found = std::find_if(parameters().begin(), parameters().end(), [&](const auto& one) { return one.first == tool; });
  for (const auto& [name, value] : args.items()) {
    if (std::find(found->second.begin(), found->second.end(), name) == found->second.end()) throw Refused{function + " got an unexpected keyword argument '" + name + "'"};
  }
  std::vector<std::string> missing;
  for (const std::string& name : found->second) {
    if (!args.contains(name)) missing.push_back("'" + name + "'");
  }
  if (missing.empty()) return;
  std::string list = missing[0];
  for (std::size_t i = 1; i < missing.size(); ++i) list += (i + 1 < missing.size() ? ", " : missing.size() == 2 ? " and " : ", and ") + missing[i];
  throw Refused{fmt::format("{} missing {} required positional argument{}: {}", function, missing.size(), missing.size() == 1 ? "" : "s", list)};
}

std::string RetailDesk::dispatch(const std::string& tool, const Json& args) {
  if (tool == "find_user_id_by_email") return find_by_email(args);
  if (tool == "find_user_id_by_name_zip") return find_by_name(args);
  if (tool == "transfer_to_human_agents") return "Transfer successful";
  if (tool == "calculate") return calculate(args);
  if (tool == "get_order_details") return told_order(order(args));
  if (tool == "cancel_pending_order") return cancel(args);
  if (tool == "exchange_delivered_order_items") return exchange(args);
  if (tool == "modify_pending_order_address") return modify_address(args);
  if (tool == "modify_pending_order_items") return modify_items(args);
  if (tool == "modify_pending_order_payment") return modify_payment(args);
  if (tool == "modify_user_address") return modify_user(args);
  if (tool == "return_delivered_order_items") return give_back(args);
  if (tool == "get_user_details") {
    const Json* found = user(text_at(args, "user_id"));
    if (!found) refuse("User not found");
    return told_user(*found);
  }
  if (tool == "get_product_details") {
    const auto found = data_->products.find(text_at(args, "product_id"));
    if (found == data_->products.end()) refuse("Product not found");
    return python_json(*found);
  }
  std::map<std::string, std::string> kinds;
  for (const Json& product : data_->products) kinds[text_at(product, "name")] = text_at(product, "product_id");
  Json list = Json::object();
  for (const auto& [name, id] : kinds) list[name] = id;
  return python_json(list);
}

// ---- rows

Json& RetailDesk::order(const Json& args) {
  const std::string id = text_at(args, "order_id");
  const auto touched = orders_.find(id);
  if (touched != orders_.end()) return touched->second;
  const auto found = data_->orders.find(id);
  if (found == data_->orders.end()) refuse("Order not found");
  return orders_[id] = *found;
}

Json* RetailDesk::user(const std::string& id) {
  const auto touched = users_.find(id);
  if (touched != users_.end()) return &touched->second;
  const auto found = data_->users.find(id);
  if (found == data_->users.end()) return nullptr;
  Json& user = users_[id] = *found;
  if (edition_ == Edition::kTau1) {  // whole balances are integers there
    for (Json& method : user["payment_methods"]) {
      if (!method.contains("balance")) continue;
      const double balance = method["balance"].get<double>();
      if (balance == std::floor(balance)) method["balance"] = static_cast<std::int64_t>(balance);
    }
  }
  return &user;
}

Json& RetailDesk::payment_method(const Json& order, const std::string& id) {
  Json& methods = (*user(text_at(order, "user_id")))["payment_methods"];
  if (!methods.contains(id)) refuse("Payment method not found");
  return methods[id];
}

std::string RetailDesk::told_user(const Json& user) const {
  if (edition_ == Edition::kTau2) return python_json(user);
  Json told = Json::object();
  for (const char* key : {"name", "address", "email"}) told[key] = user.at(key);
  told["payment_methods"] = Json::object();
  for (const auto& [id, method] : user.at("payment_methods").items()) {
    Json& one = told["payment_methods"][id] = Json::object();
    for (const char* key : {"source", "balance", "brand", "last_four", "id"}) {
      if (method.contains(key)) one[key] = method.at(key);
    }
  }
  told["orders"] = user.at("orders");
  return python_json(told);
}

std::string RetailDesk::told_order(const Json& order) const {
  Json told = Json::object();
  const bool second = edition_ == Edition::kTau2;
  for (const char* key : {"order_id", "user_id", "address", "items"}) told[key] = order.at(key);
  for (const char* key : {second ? "status" : "fulfillments", second ? "fulfillments" : "status", "payment_history"}) told[key] = order.at(key);
  for (const char* key : {"cancel_reason", "exchange_items", "exchange_new_items", "exchange_payment_method_id", "exchange_price_difference",
                          "return_items", "return_payment_method_id"}) {
    const bool there = order.contains(key) && !order.at(key).is_null();
    if (there) told[key] = order.at(key);
    if (!there && second) told[key] = nullptr;
  }
  return python_json(told);
}

std::string RetailDesk::changes() const {
  Json out = Json::object();
  for (const auto& [id, order] : orders_) {
    if (order != data_->orders.at(id)) out[id] = told_order(order);
  }
  for (const auto& [id, user] : users_) {
    if (user != data_->users.at(id)) out[id] = told_user(user);
  }
  return out.dump(1);
}

// ---- tools

std::string RetailDesk::find_by_email(const Json& args) {
  const auto found = data_->user_by_email.find(lower(text_at(args, "email")));
  if (found == data_->user_by_email.end()) refuse("User not found");
  return found->second;
}

std::string RetailDesk::find_by_name(const Json& args) {
  const auto found = data_->user_by_name.find(lower(text_at(args, "first_name")) + "|" + lower(text_at(args, "last_name")) + "|" + text_at(args, "zip"));
  if (found == data_->user_by_name.end()) refuse("User not found");
  return found->second;
}

std::string RetailDesk::calculate(const Json& args) const {
  const std::string expression = text_at(args, "expression");
  if (expression.find_first_not_of(kDigits) != std::string::npos) refuse("Invalid characters in expression");
  try {
    return python_float(cents(Calculator(expression).value()));
  } catch (const std::invalid_argument& error) {
    return std::string("Error: ") + error.what();
  }
}

std::string RetailDesk::cancel(const Json& args) {
  Json& o = order(args);
  if (o["status"] != "pending") refuse("Non-pending order cannot be cancelled");
  const std::string reason = text_at(args, "reason");
  if (reason != "no longer needed" && reason != "ordered by mistake") refuse("Invalid reason");
  const Json paid = o["payment_history"];
  for (const Json& payment : paid) {
    const std::string method = text_at(payment, "payment_method_id");
    o["payment_history"].push_back(refund(payment.at("amount"), method));
    if (method.find("gift_card") != std::string::npos) add_to_balance(payment_method(o, method), payment.at("amount").get<double>());
  }
  o["status"] = "cancelled";
  o["cancel_reason"] = reason;
  return told_order(o);
}

// What the new items cost more than the old ones, unrounded; refuses what cannot be swapped.
double RetailDesk::swapped(const Json& o, const Json& args, bool exchanging, std::vector<Json>& variants) const {
  const bool second = edition_ == Edition::kTau2;
  const std::vector<std::string> items = items_of(args, "item_ids"), news = items_of(args, "new_item_ids");
  const auto in_order = [&](const std::string& id) {
    return std::count_if(o.at("items").begin(), o.at("items").end(), [&](const Json& item) { return item.at("item_id") == id; });
  };
  for (const std::string& id : items) {
    if (std::count(items.begin(), items.end(), id) > in_order(id)) throw Refused{second && exchanging ? "Number of " + id + " not found." : id + " not found"};
  }
  if (items.size() != news.size()) refuse(std::string("The number of items to be exchanged should match") + (second && exchanging ? "." : ""));
  double difference = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (second && !exchanging && items[i] == news[i]) refuse("The new item id should be different from the old item id");
    const auto item = std::find_if(o.at("items").begin(), o.at("items").end(), [&](const Json& one) { return one.at("item_id") == items[i]; });
    const Json& offered = data_->products.at(text_at(*item, "product_id")).at("variants");
    if (second && !offered.contains(news[i])) refuse("Variant not found");
    if (!offered.contains(news[i]) || !offered.at(news[i]).at("available").get<bool>()) refuse("New item " + news[i] + " not found or available");
    variants.push_back(offered.at(news[i]));
    difference += variants.back().at("price").get<double>() - item->at("price").get<double>();
  }
  return difference;
}

std::string RetailDesk::exchange(const Json& args) {
  Json& o = order(args);
  if (o["status"] != "delivered") refuse("Non-delivered order cannot be exchanged");
  std::vector<Json> variants;
  const double difference = cents(swapped(o, args, true, variants));
  const std::string method_id = text_at(args, "payment_method_id");
  const Json& method = payment_method(o, method_id);
  if (method["source"] == "gift_card" && method["balance"].get<double>() < difference) refuse("Insufficient gift card balance to pay for the price difference");
  o["status"] = "exchange requested";
  o["exchange_items"] = sorted(items_of(args, "item_ids"));
  o["exchange_new_items"] = sorted(items_of(args, "new_item_ids"));
  o["exchange_payment_method_id"] = method_id;
  o["exchange_price_difference"] = difference;
  return told_order(o);
}

std::string RetailDesk::modify_items(const Json& args) {
  Json& o = order(args);
  if (o["status"] != "pending") refuse("Non-pending order cannot be modified");
  std::vector<Json> variants;
  const double difference = swapped(o, args, false, variants);
  const std::string method_id = text_at(args, "payment_method_id");
  Json& method = payment_method(o, method_id);
  if (method["source"] == "gift_card" && method["balance"].get<double>() < difference) refuse("Insufficient gift card balance to pay for the new item");
  o["payment_history"].push_back({{"transaction_type", difference > 0 ? "payment" : "refund"}, {"amount", std::abs(difference)}, {"payment_method_id", method_id}});
  if (method["source"] == "gift_card") add_to_balance(method, -difference);
  const bool faulty = edition_ == Edition::kTau2 && fault_ == Fault::kReproduced;
  const std::vector<std::string> items = items_of(args, "item_ids"), news = items_of(args, "new_item_ids");
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Json& variant = faulty ? variants.back() : variants[i];
    const auto item = std::find_if(o["items"].begin(), o["items"].end(), [&](const Json& one) { return one.at("item_id") == items[i]; });
    (*item)["item_id"] = news[i];
    (*item)["price"] = variant.at("price");
    (*item)["options"] = variant.at("options");
  }
  o["status"] = "pending (item modified)";
  return told_order(o);
}

std::string RetailDesk::modify_payment(const Json& args) {
  Json& o = order(args);
  const std::string status = text_at(o, "status");
  const bool pending = edition_ == Edition::kTau2 ? status.find("pending") != std::string::npos : status == "pending";
  if (!pending) refuse("Non-pending order cannot be modified");
  const std::string method_id = text_at(args, "payment_method_id");
  Json& method = payment_method(o, method_id);
  Json& history = o["payment_history"];
  if (history.size() > 1 || history[0]["transaction_type"] != "payment") refuse("There should be exactly one payment for a pending order");
  const std::string old = text_at(history[0], "payment_method_id");
  if (old == method_id) refuse("The new payment method should be different from the current one");
  const Json amount = history[0]["amount"];
  const bool gift = method["source"] == "gift_card";
  if (gift && method["balance"].get<double>() < amount.get<double>()) refuse("Insufficient gift card balance to pay for the order");
  history.push_back({{"transaction_type", "payment"}, {"amount", amount}, {"payment_method_id", method_id}});
  history.push_back(refund(amount, old));
  if (gift) add_to_balance(method, -amount.get<double>());
  if (old.find("gift_card") != std::string::npos) add_to_balance(payment_method(o, old), amount.get<double>());
  return told_order(o);
}

namespace {

Json address_of(const Json& args, bool second) {
  Json address = Json::object();
  for (const char* key : {"address1", "address2", "city", second ? "country" : "state", second ? "state" : "country", "zip"}) address[key] = args.at(key);
  return address;
}

}  // namespace

std::string RetailDesk::modify_address(const Json& args) {
  Json& o = order(args);
  const std::string status = text_at(o, "status");
  const bool pending = edition_ == Edition::kTau2 ? status.find("pending") != std::string::npos : status == "pending";
  if (!pending) refuse("Non-pending order cannot be modified");
  o["address"] = address_of(args, edition_ == Edition::kTau2);
  return told_order(o);
}

std::string RetailDesk::modify_user(const Json& args) {
  Json* found = user(text_at(args, "user_id"));
  if (!found) refuse("User not found");
  (*found)["address"] = address_of(args, edition_ == Edition::kTau2);
  return told_user(*found);
}

std::string RetailDesk::give_back(const Json& args) {
  Json& o = order(args);
  if (o["status"] != "delivered") refuse("Non-delivered order cannot be returned");
  const std::string method_id = text_at(args, "payment_method_id");
  (void)payment_method(o, method_id);
  if (method_id.find("gift_card") == std::string::npos && method_id != text_at(o["payment_history"][0], "payment_method_id")) {
    refuse("Payment method should be the original payment method", "payment method should be either the original payment method or a gift card");
  }
  const std::vector<std::string> items = items_of(args, "item_ids");
  for (const std::string& id : items) {
    const auto held = std::count_if(o["items"].begin(), o["items"].end(), [&](const Json& item) { return item.at("item_id") == id; });
    if (std::count(items.begin(), items.end(), id) > held) refuse("Some item not found");
  }
  o["status"] = "return requested";
  o["return_items"] = sorted(items);
  o["return_payment_method_id"] = method_id;
  return told_order(o);
}

}  // namespace floorwalker::test
