#pragma once

#include <string_view>

namespace floorwalker::search {

// Whether a word (folded) is everyday English, of feelings, people, times and doings. Such a word is spelled as it was meant: where no product
// has it, "pain" is no slip for "plain".
bool is_ordinary(std::string_view folded);

}  // namespace floorwalker::search
