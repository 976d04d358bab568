#pragma once

#include <string>
#include <vector>

namespace floorwalker::guardrails {

// The phrases by which a topic of a playbook is recognised. Some topics are known by their usual words, any other by its own name.
struct TopicWords {
  std::vector<std::string> said;    // by an agent that gives advice on it
  std::vector<std::string> asked;   // by a shopper who wants it
};

// The words of all these topics together.
TopicWords words_of_topics(const std::vector<std::string>& topics);

}  // namespace floorwalker::guardrails
