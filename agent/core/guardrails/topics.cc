#include "agent/core/guardrails/topics.h"

#include <algorithm>

#include "agent/core/text.h"

namespace floorwalker::guardrails {
namespace {

struct Topic {
  const char* name;
  TopicWords words;
};

// English; another language is another table.
const std::vector<Topic>& topics() {
  static const std::vector<Topic> known = {
      {"medical_advice",
       {{"cures", "cure your", "treats your", "treat your condition", "heals", "diagnose", "diagnosis", "prescription", "instead of your medication",
         "stop taking your", "lower your blood pressure", "lowers blood pressure", "relieves pain", "will help your condition", "clinically proven to"},
        {"diagnose", "diagnosis", "what dose", "which dose", "dosage", "stop taking my", "instead of my medication", "my medication", "is it cancer", "cure my",
         "cure for", "treat my", "heal my", "my symptoms", "should i see a doctor", "medical advice", "prescribe"}}},
      {"legal_advice",
       {{"you can sue", "legal advice", "your legal rights are", "take them to court", "you are legally entitled"},
        {"can i sue", "should i sue", "sue you", "sue them", "legal advice", "my legal rights", "take them to court", "is it legal", "lawyer"}}},
      {"financial_advice",
       {{"good investment", "will increase in value", "hold its value", "invest in", "financial advice"},
        {"good investment", "increase in value", "should i invest", "invest in", "financial advice", "which stocks", "buy shares", "crypto"}}},
      {"politics",
       {{"election", "president", "political party", "vote for", "republican", "democrat"},
        {"election", "president", "political party", "vote for", "who should i vote", "republican", "republicans", "democrat", "democrats", "prime minister"}}},
      {"religion",
       {{"god wants", "your religion", "the bible says", "the quran says"},
        {"does god", "is there a god", "which religion", "true religion", "the bible say", "the quran say", "believe in god"}}},
  };
  return known;
}

}  // namespace

TopicWords words_of_topics(const std::vector<std::string>& wanted) {
  TopicWords words;
  for (const std::string& name : wanted) {
    const auto known = std::find_if(topics().begin(), topics().end(), [&](const Topic& topic) { return name == topic.name; });
    const TopicWords own = known == topics().end() ? TopicWords{{text::spaced(name)}, {text::spaced(name)}} : known->words;
    words.said.insert(words.said.end(), own.said.begin(), own.said.end());
    words.asked.insert(words.asked.end(), own.asked.begin(), own.asked.end());
  }
  return words;
}

}  // namespace floorwalker::guardrails
