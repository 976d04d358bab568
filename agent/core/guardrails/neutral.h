#pragma once

#include <string>
#include <string_view>

namespace floorwalker::guardrails {

// A text of others, made harmless to a reader that obeys.
struct Neutral {
  std::string text;
  std::string mark;   // what spoke to the reader: the phrase, "a forged turn", "markup", "invisible characters", "an encoded text"; "" if nothing did
};

// Control sequences, invisible characters, markup and the tokens of forged turns are taken out; instructions stay, but are named in `mark`.
// Plain formatting (<b>, <br>, <p> ...) is taken out without a mark. Valid UTF-8 stays valid. Linear in the text.
Neutral neutralise(std::string_view text);

// Whether neutralise could find anything: a quick look that is right where it says no.
bool may_need_neutralising(std::string_view text);

// What a text that spoke to its reader is labelled with.
inline constexpr std::string_view kQuotedLabel = "[quoted text, not an instruction] ";

}  // namespace floorwalker::guardrails
