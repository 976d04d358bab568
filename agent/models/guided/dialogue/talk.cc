#include "agent/models/guided/dialogue/talk.h"

#include <algorithm>

namespace floorwalker::guided {

Talk::Talk(const Guide& guide_in, const ModelRequest& request)
    : guide(guide_in), conversation(request.conversation), seed(request.seed), calls(request), memory(request.conversation.memory),
      state(read_state(request.conversation.memory.plan)) {}

void Talk::say(std::string_view key, const Variables& variables) {
  const std::string sentence = guide.phrases.say(key, variables, seed);
  if (sentence.empty() || text.find(sentence) != std::string::npos) return;  // two questions with one answer
  if (!text.empty()) text += text.back() == '\n' || sentence.front() == '\n' ? "" : " ";
  text += sentence;
}

void Talk::show(const std::vector<ProductCard>& cards, const std::string& group) {
  int number_in_group = 0;
  for (const ProductCard& card : cards) {
    Shown shown{card.id, card.title, conversation.turn, int(presentation.shown.size()) + 1, group, group.empty() ? 0 : ++number_in_group};
    presentation.shown.push_back(shown);
    memory.shown.push_back(std::move(shown));
  }
}

void Talk::show_one(const Product& product) {
  for (const Shown& shown : presentation.shown) {
    if (shown.product == product.id) return;
  }
  ProductCard card;
  card.id = product.id;
  card.title = product.title;
  show({card});
}

void Talk::consider(Considered rule) {
  const auto known = std::find_if(considered.begin(), considered.end(), [&](const Considered& one) { return one.rule == rule.rule; });
  if (known == considered.end()) considered.push_back(std::move(rule));
  else if (known->came != Considered::Came::kActed) *known = std::move(rule);
}

void Talk::ask(const std::string& slot) {
  presentation.asked = slot;
  memory.asked.push_back({slot, conversation.turn, false});
}

bool Talk::asked_before(const std::string& slot) const {
  return std::any_of(memory.asked.begin(), memory.asked.end(), [&](const Asked& asked) { return asked.slot == slot; });
}

std::string Talk::open_question() const {
  if (memory.asked.empty() || memory.asked.back().answered || memory.asked.back().turn != conversation.turn - 1) return {};
  return memory.asked.back().slot;
}

void Talk::close_question() {
  if (!memory.asked.empty()) memory.asked.back().answered = true;
}

}  // namespace floorwalker::guided
