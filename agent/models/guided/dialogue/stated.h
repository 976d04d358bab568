#pragma once

#include "agent/models/guided/dialogue/talk.h"

// Figures in a question, held against those that a product states.
namespace floorwalker::guided {

// Answers "how many gigabytes is it?", "does it have 8 GB?" and "is it usb 3?" from the record. False where the question names no such figure,
// or the product states none that it can be held against.
bool say_figure(Talk& talk, const Product& product, const Heard& heard);

// "8", "2.0": digits with at most one point among them.
bool is_figure(const std::string& word);

// The unit that is asked for: "how many gigabytes".
std::optional<Unit> unit_asked(const Heard& heard, const Lexicon& lexicon);

// A question that yes or no would answer: it does not begin with a word such as "what" or "how".
bool asks_whether(const Talk& talk, const Heard& heard);

}  // namespace floorwalker::guided
