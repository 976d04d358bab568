#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace floorwalker::guardrails {

// What a shopper's message means for an action that waits for a yes.
enum class Stance {
  kYes,      // "yes, go ahead"
  kRequest,  // asks for the action in their own words: "please return the lamp"
  kNo,       // "wait", "don't do that yet"
  kOther,    // neither: a question, a detail, thanks
};

// `words` are what shoppers call the action. `asked`: the agent's message before put something to the shopper.
Stance stance(const std::string& spoken_text, const std::vector<std::string>& words, bool asked);

// Whether an agent's message asks for a go-ahead: "shall I proceed?", "please confirm".
bool asks_to_go_ahead(std::string_view text, const std::string& spoken_text);

// The dialogue so far, as far as consent needs it.
class Dialogue {
 public:
  enum class Speaker { kShopper, kAgent };

  struct Said {
    Speaker speaker = Speaker::kShopper;
    std::string words;    // as spoken() gives them
    bool asks = false;    // an agent's message that asks for a go-ahead
    bool promises = false;  // an agent's message that announces one more question before anything is done
    bool question = false;  // a shopper's message that asks back
  };

  void add(Speaker speaker, std::string_view text);
  const std::vector<Said>& said() const { return said_; }

 private:
  std::vector<Said> said_;
};

}  // namespace floorwalker::guardrails
