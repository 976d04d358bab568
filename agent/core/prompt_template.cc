#include "agent/core/prompt_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "agent/core/digest.h"
#include "agent/core/text.h"

namespace floorwalker {
namespace {

constexpr std::string_view kRule = "---\n";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n' || text.front() == '\r')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

std::vector<std::string> list_of(std::string_view text) {
  std::vector<std::string> items;
  text = trimmed(text);
  if (!text.empty() && text.front() == '[') text.remove_prefix(1);
  if (!text.empty() && text.back() == ']') text.remove_suffix(1);
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view item = trimmed(text.substr(0, comma));
    if (!item.empty()) items.emplace_back(item);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return items;
}

struct Slot {
  std::string_view name;
  std::size_t start = 0, end = 0;
};

std::vector<Slot> slots_of(std::string_view text) {
  std::vector<Slot> slots;
  for (std::size_t at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", at)) {
    const std::size_t close = text.find("}}", at);
    if (close == std::string_view::npos) break;
    slots.push_back({trimmed(text.substr(at + 2, close - at - 2)), at, close + 2});
    at = close + 2;
  }
  return slots;
}

int line_of(std::string_view text, std::size_t offset) {
  return 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

}  // namespace

Result<PromptTemplate> PromptTemplate::parse(std::string_view text, std::string_view file_name) {
  const auto wrong = [&](std::size_t offset, const std::string& what) {
    return fail(ErrorKind::kMalformed, fmt::format("{}:{}: {}", file_name, line_of(text, offset), what));
  };
  const std::size_t end = text.find("\n---\n", kRule.size() - 1);
  if (text.substr(0, kRule.size()) != kRule || end == std::string_view::npos) return wrong(0, "a prompt begins with a header between two lines of '---'");
  PromptTemplate prompt;
  prompt.hash_ = sha256(text);
  std::string_view header = text.substr(kRule.size(), end + 1 - kRule.size());
  while (!header.empty()) {
    const std::size_t line_end = std::min(header.find('\n'), header.size());
    const std::string_view line = header.substr(0, line_end);
    const std::size_t colon = line.find(':');
    const std::string_view key = trimmed(line.substr(0, colon));
    if (colon == std::string_view::npos || (key != "version" && key != "variables")) {
      return wrong(static_cast<std::size_t>(line.data() - text.data()), fmt::format("'{}' is no key of a prompt's header: version, variables", key));
    }
    if (key == "version") prompt.version_ = trimmed(line.substr(colon + 1));
    if (key == "variables") prompt.variables_ = list_of(line.substr(colon + 1));
    header.remove_prefix(std::min(line_end + 1, header.size()));
  }
  const std::size_t body = end + 5;
  prompt.body_ = text.substr(body);
  std::set<std::string, std::less<>> unused(prompt.variables_.begin(), prompt.variables_.end());
  for (const Slot& slot : slots_of(prompt.body_)) {
    if (std::find(prompt.variables_.begin(), prompt.variables_.end(), slot.name) == prompt.variables_.end()) {
      const std::string near = text::nearest(slot.name, prompt.variables_);
      return wrong(body + slot.start, fmt::format("variable '{}' is not declared{}", slot.name, near.empty() ? "" : "; did you mean '" + near + "'?"));
    }
    unused.erase(std::string(slot.name));
  }
  if (!unused.empty()) return wrong(0, fmt::format("variable '{}' is declared but not used", *unused.begin()));
  return prompt;
}

Result<std::string> PromptTemplate::render(const std::map<std::string, std::string>& values) const {
  std::string out;
  std::string_view rest = body_;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find("\n\n"), rest.size());
    const std::string_view paragraph = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 2, rest.size()));
    std::string text;
    std::size_t from = 0;
    bool any_value = false;
    const std::vector<Slot> slots = slots_of(paragraph);
    for (const Slot& slot : slots) {
      const auto found = values.find(std::string(slot.name));
      if (found == values.end()) return fail(ErrorKind::kInvalidArgument, fmt::format("the prompt's variable '{}' has no value", slot.name));
      text += paragraph.substr(from, slot.start - from);
      text += found->second;
      any_value = any_value || !found->second.empty();
      from = slot.end;
    }
    text += paragraph.substr(from);
    if (!slots.empty() && !any_value) continue;
    if (!out.empty()) out += "\n\n";
    out += text;
  }
  return std::string(trimmed(out));
}

}  // namespace floorwalker
