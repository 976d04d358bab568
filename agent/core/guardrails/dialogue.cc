#include "agent/core/guardrails/dialogue.h"

#include <algorithm>
#include <array>

#include "agent/core/guardrails/phrases.h"

namespace floorwalker::guardrails {
namespace {

// English; another language is another table.
const Phrases& yes_phrases() {
  static const Phrases phrases = {
      "yes", "yeah", "yep", "yup", "yea", "sure", "ok", "okay", "confirm", "confirmed", "confirming", "correct", "absolutely",
      "definitely", "certainly", "proceed", "agreed", "agree", "approve", "approved", "perfect", "exactly", "affirmative", "go ahead",
      "go for it", "do it", "do that", "do so", "do all", "do both", "get it done", "get this done", "sounds good", "sounds great",
      "sounds fine", "works for me", "that works", "that's fine", "thats fine", "that is fine", "i'm fine with", "that's right",
      "that is right", "that's it", "please do", "let's do", "you can do", "all good", "looks good", "looks right", "fine by me",
      "it's fine", "move forward", "happy to", "awesome", "no problem", "that would be great", "carry on"};
  return phrases;
}

const Phrases& hold_phrases() {
  static const Phrases phrases = {
      "please wait", "wait until", "wait before", "hold on", "not yet", "never mind", "nevermind", "don't proceed", "do not proceed",
      "don't do", "do not do", "don't process", "do not process", "don't want to proceed", "don't want you to", "do not want you to",
      "before i confirm", "before i decide", "before you proceed", "before we proceed", "before proceeding", "i haven't decided",
      "i have not decided", "don't go ahead", "do not go ahead", "think about it", "forget it"};
  return phrases;
}

constexpr std::array<const char*, 8> kDecline = {" don't want to ", " do not want to ", " don't ", " do not ", " rather not ", " prefer not to ", " won't ", " not want to "};

const Phrases& on_the_whole_phrases() {
  static const Phrases phrases = {"it", "that", "them", "this", "those", "anything", "these"};
  return phrases;
}

// "No" that refuses nothing.
const Phrases& harmless_no_phrases() {
  static const Phrases phrases = {
      "no problem", "no longer", "no other", "no more", "no further", "no changes", "no need", "no worries", "no that's all",
      "no thats all", "no that is all", "no i don't have any", "no nothing else", "no additional", "no other changes", "no that's it",
      "no i do not have any", "no that's everything", "no just", "no preference", "no rush", "no issue", "there are no"};
  return phrases;
}

const Phrases& wish_phrases() {
  static const Phrases phrases = {
      "please", "i'd like", "i would like", "i want", "i need", "i'd love", "i would love", "let's", "lets", "can you", "could you",
      "can we", "could we", "would you", "just", "go with", "i'll take", "i will take", "i'll go", "i choose", "i'd prefer", "i prefer",
      "use", "make it", "help me", "i wish", "can i", "could i", "i am looking to", "i'm looking to", "i'd also like", "i also want",
      "want to", "like to"};
  return phrases;
}

const Phrases& go_ahead_phrases() {
  static const Phrases phrases = {
      "confirm", "confirmation", "proceed", "go ahead", "shall i", "should i", "would you like", "do you want", "is that correct",
      "is this correct", "is that right", "is that okay", "is that ok", "sound good", "correct", "are you sure", "want me to", "may i",
      "can i", "ready to", "let me know if", "want to", "reply yes", "yes or no", "yes no", "you'd like", "do that", "is it okay",
      "is this okay", "does that work"};
  return phrases;
}

const Phrases& promise_phrases() {
  static const Phrases phrases = {
      "for your confirmation before", "final confirmation before", "for your final confirmation", "for final authorization"};
  return phrases;
}

// "I don't want to return it": the action's own word is declined, as a whole and not for some other thing.
bool declines(const std::string& words, const std::vector<std::string>& action_words) {
  for (const char* decline : kDecline) {
    const std::string phrase(decline, std::string_view(decline).size() - 1);
    for (std::size_t at = words.find(decline); at != std::string::npos; at = words.find(decline, at + 1)) {
      const std::string rest = words.substr(at + phrase.size(), 40);
      if (rest.size() > 1 && std::any_of(action_words.begin(), action_words.end(), [&](const auto& word) { return rest.compare(1, word.size(), word) == 0; }) &&
          on_the_whole_phrases().in(rest)) {
        return true;
      }
    }
  }
  return false;
}

// "Wait": as the first word it stops everything; later it usually is about something else.
bool holds(const std::string& words) {
  return words.compare(0, 6, " wait ") == 0 || words.compare(0, 6, " stop ") == 0 || words.compare(0, 13, " actually no ") == 0 || hold_phrases().in(words);
}

bool refuses(const std::string& words) {
  if (words.compare(0, 4, " no ") != 0 && words.compare(0, 6, " nope ") != 0) return false;
  return !harmless_no_phrases().in(words.substr(0, std::min<std::size_t>(words.size(), 60)));
}

bool names_action(const std::string& words, const std::vector<std::string>& action_words) {
  return std::any_of(action_words.begin(), action_words.end(), [&](const std::string& word) { return words.find(" " + word) != std::string::npos; });
}

}  // namespace

Stance stance(const std::string& words, const std::vector<std::string>& action_words, bool asked) {
  const bool yes = yes_phrases().in(words) || words.compare(0, 6, " fine ") == 0;
  const bool go = words.find(" yes ") != std::string::npos || words.find(" go ahead ") != std::string::npos || words.find(" please proceed ") != std::string::npos;
  const bool no = refuses(words) || declines(words, action_words);
  if (holds(words) && !go) return Stance::kNo;
  if (no && !yes) return Stance::kNo;
  if (yes) return Stance::kYes;
  if (names_action(words, action_words) || (asked && wish_phrases().in(words))) return Stance::kRequest;
  return Stance::kOther;
}

bool asks_to_go_ahead(std::string_view text, const std::string& words) {
  const bool question = text.find('?') != std::string_view::npos || words.find(" please ") != std::string::npos || words.find(" let me know ") != std::string::npos;
  return question && go_ahead_phrases().in(words);
}

void Dialogue::add(Speaker speaker, std::string_view text) {
  if (text.empty()) return;
  Said said;
  said.speaker = speaker;
  said.words = spoken(text);
  said.asks = speaker == Speaker::kAgent && asks_to_go_ahead(text, said.words);
  said.promises = speaker == Speaker::kAgent && promise_phrases().in(said.words);
  said.question = speaker == Speaker::kShopper && text.find('?') != std::string_view::npos;
  said_.push_back(std::move(said));
}

}  // namespace floorwalker::guardrails
