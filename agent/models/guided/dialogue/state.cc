#include "agent/models/guided/dialogue/state.h"

#include <nlohmann/json.hpp>

namespace floorwalker::guided {

namespace {

using nlohmann::json;

json add_json(const PendingAdd& add) {
  json object{{"product", add.product.str()}, {"quantity", add.quantity}, {"options", add.options}};
  if (add.line) object["line"] = add.line->str();
  return object;
}

PendingAdd read_add(const json& object) {
  PendingAdd add{ProductId(object.at("product").get<std::string>()), object.at("quantity").get<std::int64_t>(),
                 object.at("options").get<std::map<std::string, std::string>>(), std::nullopt};
  if (object.contains("line")) add.line = LineId(object.at("line").get<std::string>());
  return add;
}

}  // namespace

State read_state(std::string_view text) {
  State state;
  if (text.empty()) return state;
  try {
    const json root = json::parse(text);
    state.pending = static_cast<Pending>(root.value("pending", 0));
    state.option = root.value("option", "");
    for (const json& add : root.value("adds", json::array())) state.adds.push_back(read_add(add));
    for (const json& id : root.value("candidates", json::array())) state.candidates.emplace_back(id.get<std::string>());
    state.act = root.value("act", "");
    state.said = root.value("said", std::vector<std::string>{});
    state.active = root.value("active", std::size_t{1});
    state.heard_turn = root.value("heard_turn", 0);
    state.offset = root.value("offset", std::size_t{0});
    state.total = root.value("total", std::size_t{0});
    state.questions = root.value("questions", 0);
    state.complained = root.value("complained", false);
    state.cart_in_doubt = root.value("cart_in_doubt", false);
    state.prices_unread = root.value("prices_unread", false);
    state.narrowed_since = root.value("narrowed_since", 0);
    state.quantity = root.value("quantity", 0);
    state.order = root.value("order", "");
    state.added = root.value("added", "");
    state.accessory = root.value("accessory", "");
    state.accessorised = root.value("accessorised", "");
    for (const json& entry : root.value("leanings", json::array())) state.leanings.emplace_back(entry.at(0).get<std::string>(), entry.at(1).get<bool>());
    return state;
  } catch (const json::exception&) {
    return State{};  // another model's plan: nothing of ours to remember
  }
}

std::string write_state(const State& state) {
  if (state == State{}) return {};
  json root = json::object();
  if (state.pending != Pending::kNone) root["pending"] = static_cast<int>(state.pending);
  if (!state.option.empty()) root["option"] = state.option;
  for (const PendingAdd& add : state.adds) root["adds"].push_back(add_json(add));
  for (const ProductId& id : state.candidates) root["candidates"].push_back(id.str());
  if (!state.act.empty()) root["act"] = state.act;
  if (!state.said.empty()) root["said"] = state.said;
  if (state.active != 1) root["active"] = state.active;
  if (state.heard_turn > 0) root["heard_turn"] = state.heard_turn;
  if (state.offset > 0) root["offset"] = state.offset;
  if (state.total > 0) root["total"] = state.total;
  if (state.questions > 0) root["questions"] = state.questions;
  if (state.complained) root["complained"] = true;
  if (state.cart_in_doubt) root["cart_in_doubt"] = true;
  if (state.prices_unread) root["prices_unread"] = true;
  if (state.narrowed_since > 0) root["narrowed_since"] = state.narrowed_since;
  if (state.quantity > 0) root["quantity"] = state.quantity;
  if (!state.order.empty()) root["order"] = state.order;
  if (!state.added.empty()) root["added"] = state.added;
  if (!state.accessory.empty()) root["accessory"] = state.accessory;
  if (!state.accessorised.empty()) root["accessorised"] = state.accessorised;
  for (const auto& [attribute, low] : state.leanings) root["leanings"].push_back({attribute, low});
  return root.dump();
}

}  // namespace floorwalker::guided
