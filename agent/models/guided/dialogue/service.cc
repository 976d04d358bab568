#include <algorithm>

#include "agent/core/guardrails/injection.h"
#include "agent/models/guided/dialogue/handlers.h"
#include "agent/models/guided/dialogue/resolve.h"

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
  const std::string told = guardrails::unmarked(policy.text);
  if (told.size() <= kShortPolicy) return told;
  const auto sentences = sentences_of(told);
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

// The things that a question about a service names: "furniture delivery", "do you collect old mattresses?"; "" if none.
std::string things_named(const Heard& heard) {
  std::string names;
  for (const Known& known : heard.known) {
    if (known.negated || !(known.reading(Mention::What::kKind) || known.reading(Mention::What::kCategory))) continue;
    const std::size_t from = heard.words[known.span.first].start;
    names += (names.empty() ? "" : " ") + heard.text.substr(from, heard.words[known.span.last - 1].end - from);
  }
  return names;
}

// "furniture delivery upstairs?", before anything was shown: all that is said beside the topic.
std::string words_beside(const Heard& heard, const Lexicon& lexicon) {
  std::string words;
  for (const std::string& word : heard.reference.words) {
    if (word.size() < 4 || lexicon.question_words.count(word) || lexicon.own.count(word) || lexicon.the.count(word) || text::stem(word) == text::stem(heard.topic)) continue;
    words += (words.empty() ? "" : " ") + word;
  }
  return words;
}

// Whether what the talk is about is one of the things named.
bool is_focus(Talk& talk, const std::string& names) {
  CardBook book(talk.conversation);
  const ProductCard* card = talk.memory.focus ? book.card(*talk.memory.focus) : nullptr;
  std::vector<std::string> words;
  for (const text::Word& word : text::words(names)) words.push_back(word.folded);
  return card && described_by(*card, words) > 0;
}

// "do you carry it up the stairs?", and the shop's terms have no word of stairs: what they are silent about; "" where they speak of it, or where
// no single thing is asked for.
std::string left_unsaid(const Talk& talk, const Heard& heard, const Policy& policy) {
  const Lexicon& lexicon = talk.guide.lexicon;
  const auto asked = heard.reference.words;
  const bool open = std::any_of(heard.words.begin(), heard.words.end(), [&](const text::Word& word) { return lexicon.open_questions.count(word.folded) > 0; });
  if (!heard.question || open) return {};
  const auto told = text::words(policy.title + " " + policy.text);
  std::string unsaid;
  for (const std::string& word : asked) {
    const bool thing = std::any_of(heard.known.begin(), heard.known.end(), [&](const Known& known) {
      return std::any_of(heard.words.begin() + std::ptrdiff_t(known.span.first), heard.words.begin() + std::ptrdiff_t(known.span.last), [&](const text::Word& part) { return part.folded == word; });
    });
    if (thing || lexicon.question_words.count(word) || lexicon.own.count(word) || lexicon.the.count(word) || word.size() < 4) continue;
    const std::string stem = text::stem(word);
    if (stem == text::stem(heard.topic) || std::any_of(told.begin(), told.end(), [&](const text::Word& part) { return text::stem(part.folded) == stem; })) return {};
    unsaid = word;
  }
  return unsaid;
}

}  // namespace

void policy(Talk& talk, const Heard& heard) {
  const std::string topic = heard.topic.empty() ? heard.text : heard.topic;
  std::string things = things_named(heard);
  if (things.empty() && !talk.memory.focus && !heard.topic.empty()) things = words_beside(heard, talk.guide.lexicon);
  const bool other = !things.empty() && !is_focus(talk, things);
  const std::string about = talk.memory.focus && !other ? talk.memory.focus->str() : std::string();
  const auto answer = talk.calls.policy(other ? topic + " " + things : topic, about);
  if (answer.waiting) return;
  if (!answer) return talk.say("policy.unavailable", {});
  if (answer->policies.empty()) {
    const bool known = std::find(talk.unpublished.begin(), talk.unpublished.end(), text::spaced(topic)) != talk.unpublished.end();
    if (!known) talk.unpublished.push_back(text::spaced(topic));
    return;
  }
  const Policy& best = answer->policies.front();
  const std::string text = quote(talk, best, heard);
  if (!text.empty()) talk.say("policy", {{"title", best.title}, {"text", text}});
  if (const std::string unsaid = left_unsaid(talk, heard, best); !unsaid.empty()) talk.say("policy.silent", {{"what", unsaid}});
}

void say_unpublished(Talk& talk) {
  if (talk.unpublished.empty()) return;
  talk.say("policy.none", {{"topic", text::join_and(talk.unpublished, "or")}});
  if (talk.presentation.asked) return;
  talk.state.pending = Pending::kHandOff;
  talk.ask("hand_off:policy");
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
