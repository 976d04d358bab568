#include "tests/support/guided_dialogue.h"

#include <chrono>
#include <stdexcept>

#include "agent/core/answers_json.h"
#include "agent/resources/resources.h"

namespace floorwalker::test {

namespace {

constexpr int kMostSteps = 12;

// Keys that no earlier run used: a shop in a file outlives a test.
std::string fresh_session() {
  static int sessions = 0;
  return "test-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count()) + "-" + std::to_string(++sessions);
}

search::SearchRules rules_of(const Playbook& playbook) { return {playbook.vocabulary, playbook.ranking}; }

}  // namespace

bool Dialogue::Turn::called(const std::string& name) const {
  for (const ToolCall& call : calls) {
    if (call.name == name) return true;
  }
  return false;
}

std::vector<std::string> Dialogue::Turn::shown() const {
  std::vector<std::string> ids;
  for (const Shown& shown : presentation.shown) ids.push_back(shown.product.str());
  return ids;
}

std::vector<std::string> Dialogue::Turn::titles() const {
  std::vector<std::string> titles;
  for (const Shown& shown : presentation.shown) titles.push_back(shown.title);
  return titles;
}

Dialogue::Dialogue(tools::Shop shop, Playbook playbook, std::shared_ptr<const search::Index> index,
                   std::shared_ptr<const compatibility::Engine> rules)
    : shop_(shop), playbook_(std::make_shared<const Playbook>(std::move(playbook))) {
  search_ = std::make_unique<search::IndexedSearch>(*shop_.catalogue, index, rules_of(*playbook_));
  vocabulary_ = std::make_unique<search::CatalogueVocabulary>(index, playbook_->vocabulary);
  shop_.search = search_.get();
  tools_ = std::make_unique<tools::Registry>(tools::shop_tools(shop_, {playbook_, std::move(rules)}));
  const guided::Texts texts{*resources::find("prompts/guided/lexicon.en.yaml"), *resources::find("prompts/guided/replies.en.yaml")};
  auto model = guided::GuidedModel::create(*vocabulary_, *playbook_, texts);
  if (!model) throw std::runtime_error(model.error().message);
  model_ = std::move(*model);
  conversation_.session = SessionId(fresh_session());
  conversation_.currency = shop_.catalogue->currency();
}

Dialogue::Turn Dialogue::say(const std::string& text) {
  Turn turn;
  Message message;
  message.text = text;
  message.turn = ++conversation_.turn;
  conversation_.messages.push_back(message);
  for (turn.steps = 1; turn.steps <= kMostSteps; ++turn.steps) {
    Turn step;
    std::optional<Memory> memory;
    const ModelRequest request{.conversation = conversation_, .tools = tools_->specs(), .seed = std::uint64_t(conversation_.turn)};
    model_->start(request, [&](ModelEvent event) {
      if (auto* delta = std::get_if<TextDelta>(&event)) step.text += delta->text;
      if (auto* call = std::get_if<ToolCallReady>(&event)) step.calls.push_back(call->call);
      if (auto* finished = std::get_if<ModelFinished>(&event)) {
        memory = finished->memory;
        if (finished->presentation) turn.presentation = *finished->presentation;
      }
    }, {});
    Message said;
    said.role = Role::kAssistant;
    said.text = step.text;
    said.calls = step.calls;
    said.turn = conversation_.turn;
    conversation_.messages.push_back(said);
    turn.text += step.text;
    if (step.calls.empty()) {
      if (memory) conversation_.memory = *memory;
      return turn;
    }
    step.calls.swap(turn.calls);
    for (ToolCall& call : turn.calls) step.calls.push_back(std::move(call));
    const std::size_t before = step.calls.size() - said.calls.size();
    turn.calls = std::move(step.calls);
    for (std::size_t i = before; i < turn.calls.size(); ++i) {
      ToolContext context;
      context.session = conversation_.session;
      context.cart = conversation_.cart;
      context.key = IdempotencyKey(conversation_.session.str() + "/" + std::to_string(++writes_));
      Message result;
      result.role = Role::kTool;
      result.turn = conversation_.turn;
      result.result = tools_->call(turn.calls[i], context);
      result.result.call = turn.calls[i].id;
      if (result.result.outcome == ToolOutcome::kOk && turn.calls[i].name == "update_cart") {
        if (const auto answer = cart_answer_from_json(result.result.content)) conversation_.cart = answer->cart.id;
      }
      turn.results.push_back(result.result);
      conversation_.messages.push_back(std::move(result));
    }
  }
  throw std::runtime_error("the model still calls tools after " + std::to_string(kMostSteps) + " steps for: " + text);
}

Cart Dialogue::cart() {
  if (conversation_.cart.empty()) return {};
  return shop_.carts->read(conversation_.cart).value();
}

}  // namespace floorwalker::test
