#include "agent/models/guided/dialogue/pages.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "agent/core/answers_json.h"

namespace floorwalker::guided {

namespace {

constexpr std::size_t kRemembered = 24;

struct Read {
  std::string content;
  std::shared_ptr<const SearchPage> page;  // null for a place that is free
};

}  // namespace

std::shared_ptr<const SearchPage> page_in(std::string_view content) {
  thread_local std::array<Read, kRemembered> recent;  // the last used first
  const auto known = std::find_if(recent.begin(), recent.end(), [&](const Read& read) { return read.page && read.content == content; });
  if (known != recent.end()) {
    std::rotate(recent.begin(), known, known + 1);
    return recent.front().page;
  }
  Result<SearchPage> page = search_page_from_json(content);
  if (!page) return nullptr;
  std::rotate(recent.begin(), recent.end() - 1, recent.end());
  recent.front() = {std::string(content), std::make_shared<const SearchPage>(std::move(*page))};
  return recent.front().page;
}

Result<SearchPage> read_page(std::string_view content) {
  if (const auto page = page_in(content)) return *page;
  return search_page_from_json(content);  // for what is wrong with it
}

}  // namespace floorwalker::guided
