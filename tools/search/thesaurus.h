#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace floorwalker::search {

// Other everyday names for a thing that shops sell, of which a catalogue may use any ("laptop", "notebook computer"). `phrase` is folded
// words joined by single spaces, in the singular. The playbook's own synonyms come on top.
std::vector<std::string> everyday_synonyms(std::string_view phrase);

}  // namespace floorwalker::search
