#include "agent/core/json_lines.h"

#include <fstream>
#include <string>

namespace floorwalker {

Result<void> each_json_line(const std::filesystem::path& file, const std::function<Result<void>(std::string_view line)>& take) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(ErrorKind::kIo, file.string() + " cannot be read.");
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.empty()) continue;
    if (const auto taken = take(line); !taken) {
      return fail(ErrorKind::kMalformed, file.string() + ":" + std::to_string(number) + ": " + taken.error().message, taken.error().detail);
    }
  }
  return {};
}

}  // namespace floorwalker
