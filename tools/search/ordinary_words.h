#pragma once

#include <string_view>

namespace floorwalker::search {

// Whether a word (folded) is everyday English. Such a word is spelled as it was meant: where no product has it, "pain" is no slip for "plain"
// and "pink" none for "pine". The words are those of the SCOWL lists of size 35 (http://wordlist.aspell.net), American and British.
bool is_ordinary(std::string_view folded);

}  // namespace floorwalker::search
