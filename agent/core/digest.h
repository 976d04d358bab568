#pragma once

#include <string>
#include <string_view>

namespace floorwalker {

// SHA-256 (FIPS 180-4) as 64 lower-case hexadecimal digits: for content hashes and for binding a confirmation to an exact action.
std::string sha256(std::string_view bytes);

}  // namespace floorwalker
