#pragma once

#include <memory>
#include <string_view>

#include "agent/core/answers.h"
#include "agent/core/result.h"

namespace floorwalker::guided {

// A search result as a conversation's messages hold it; null if the text is none. Each thread remembers the last few that it read: every
// step of a turn, and the turns after it, read the same ones again.
std::shared_ptr<const SearchPage> page_in(std::string_view content);

// The same as a value.
Result<SearchPage> read_page(std::string_view content);

}  // namespace floorwalker::guided
