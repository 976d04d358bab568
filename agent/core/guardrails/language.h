#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace floorwalker::guardrails {

// The language of a message as a two-letter code, told by its script and its most frequent words; "" where that is not clear, as for "Sony 55 inch".
// Where `likely` may be meant as well, the message is taken for that.
std::string language_of(std::string_view text, const std::vector<std::string>& likely);

// The languages that can be told.
const std::vector<std::string>& known_languages();

}  // namespace floorwalker::guardrails
