#include <algorithm>

#include "agent/models/guided/dialogue/handlers.h"

// What the shop has promised, where an order is, and when a person should take over.
namespace floorwalker::guided {

namespace {

constexpr std::size_t kShortPolicy = 130;
constexpr std::size_t kSentencesQuoted = 2;

std::vector<std::string> sentences_of(const std::string& text) {
  std::vector<std::string> found;
  std::string sentence;
  for (std::size_t i = 0; i < text.size(); ++i) {
    sentence += text[i];
    const bool end = text[i] == '.' && (i + 1 == text.size() || text[i + 1] == ' ' || text[i + 1] == '\n');
    if (!end && text[i] != '\n') continue;
    while (!sentence.empty() && (sentence.front() == ' ' || sentence.front() == '\n')) sentence.erase(0, 1);
    while (!sentence.empty() && sentence.back() == '\n') sentence.pop_back();
    if (!sentence.empty()) found.push_back(sentence);
    sentence.clear();
  }
  if (!sentence.empty()) found.push_back(sentence);
  return found;
}

// Words of a sentence that would answer the question: its own, and what answers "when" and "how much".
std::vector<std::string> answering_words(const Talk& talk, const Heard& heard) {
  std::vector<std::string> words = heard.reference.words;
  for (const text::Word& word : heard.words) {
    const auto more = talk.guide.lexicon.answering.find(word.folded);
    if (more != talk.guide.lexicon.answering.end()) words.insert(words.end(), more->second.begin(), more->second.end());
  }
  return words;
}

// The policy's own words: all of a very short one, else the sentences nearest to the question, in its order.
std::string quote(const Talk& talk, const Policy& policy, const Heard& heard) {
  if (policy.text.size() <= kShortPolicy) return policy.text;
  const auto sentences = sentences_of(policy.text);
  const auto asked = answering_words(talk, heard);
  std::vector<std::pair<std::size_t, std::size_t>> scored;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    std::size_t score = 0;
    const auto parts = text::words(sentences[i]);
    for (const std::string& word : asked) {
      score += std::any_of(parts.begin(), parts.end(), [&](const text::Word& part) { return text::stem(part.folded) == text::stem(word); });
    }
    if (talk.text.find(sentences[i]) == std::string::npos) scored.emplace_back(score, i);
  }
  std::stable_sort(scored.begin(), scored.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  scored.resize(std::min(scored.size(), kSentencesQuoted));
  if (!scored.empty() && scored.front().first > 0) std::erase_if(scored, [](const auto& entry) { return entry.first == 0; });
  std::sort(scored.begin(), scored.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  std::string text;
  for (const auto& [score, index] : scored) text += (text.empty() ? "" : " ") + sentences[index];
  return text;
}

}  // namespace

void policy(Talk& talk, const Heard& heard) {
  const std::string topic = heard.topic.empty() ? heard.text : heard.topic;
  const std::string about = talk.memory.focus ? talk.memory.focus->str() : std::string();
  const auto answer = talk.calls.policy(topic, about);
  if (answer.waiting) return;
  if (!answer) return talk.say("policy.unavailable", {});
  if (answer->policies.empty()) {
    talk.say("policy.none", {{"topic", text::spaced(topic)}});
    talk.state.pending = Pending::kHandOff;
    return talk.ask("hand_off:policy");
  }
  const Policy& best = answer->policies.front();
  const std::string text = quote(talk, best, heard);
  if (!text.empty()) talk.say("policy", {{"title", best.title}, {"text", text}});
}

void order(Talk& talk, const Heard& heard) {
  const std::string id = heard.order.empty() ? talk.state.order : heard.order;
  if (id.empty() || heard.email.empty()) {
    talk.say(id.empty() && heard.email.empty() ? "order.need_both" : id.empty() ? "order.need_id" : "order.need_email", {});
    talk.state.order = id;
    talk.state.pending = Pending::kEmail;
    talk.ask("order");
    return;
  }
  const auto answer = talk.calls.order(id, heard.email);
  if (answer.waiting) return;
  talk.state.order.clear();
  if (!answer || answer->orders.empty()) return talk.say("order.not_found", {});
  for (const Order& found : answer->orders) {
    std::vector<std::string> lines;
    for (const OrderLine& line : found.lines) lines.push_back(line.title);
    talk.say("order.status", {{"order", found.id.str()}, {"status", text::spaced(found.status)}, {"lines", text::join_and(lines)},
                              {"expected", found.expected}, {"tracking", found.tracking}});
  }
}

void hand_off(Talk& talk, const Heard& heard) {
  const auto answer = talk.calls.hand_off(heard.text);
  if (answer.waiting) return;
  if (!answer) return talk.say(answer.error.error.kind == ErrorKind::kOutcomeUnknown ? "hand_off.unknown" : "hand_off.failed", {});
  talk.say("hand_off", {{"reference", answer->reference}});
  talk.presentation.hand_off = true;
}

void complaint(Talk& talk, const Heard& heard) {
  talk.state.complained = true;
  if (!heard.order.empty() || !heard.email.empty()) {
    talk.say("complaint.sorry", {});
    return order(talk, heard);
  }
  const std::string topic = heard.topic.empty() ? "returns" : heard.topic;
  const auto answer = talk.calls.policy(topic, "");
  if (answer.waiting) return;
  talk.say("complaint.sorry", {});
  if (answer && !answer->policies.empty()) talk.say("policy", {{"title", answer->policies.front().title}, {"text", quote(talk, answer->policies.front(), heard)}});
  talk.say("complaint.next", {});
  talk.state.pending = Pending::kEmail;
  talk.ask("order");
}

}  // namespace floorwalker::guided
