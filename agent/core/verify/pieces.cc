#include <algorithm>
#include <array>
#include <string_view>

#include "agent/core/text.h"
#include "agent/core/verify/verifier.h"

namespace floorwalker::verify {
namespace {

bool space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Words before a full stop that do not end a sentence.
bool abbreviation(std::string_view text, std::size_t point) {
  static constexpr std::array<std::string_view, 24> kKnown{"e.g", "i.e", "etc", "mr", "mrs", "ms", "dr", "st", "no", "vs", "approx", "inc",
                                                           "ltd", "co", "fl", "oz", "in", "ft", "lb", "lbs", "max", "min", "incl", "jr"};
  std::size_t start = point;
  while (start > 0 && (letter(text[start - 1]) || text[start - 1] == '.')) --start;
  if (point == start) return false;
  const std::string word = text::fold(text.substr(start, point - start));
  if (word.size() == 1) return word != "i";
  if (word == "no" || word == "in") return start > 0 && (digit(text[start - 1]) || text[point - 1] == 'o') && point + 2 < text.size() && digit(text[point + 2]);
  return std::find(kKnown.begin(), kKnown.end(), word) != kKnown.end();
}

// A list number at the start of a line: "1. Laptop".
bool list_number(std::string_view text, std::size_t point) {
  std::size_t start = point;
  while (start > 0 && digit(text[start - 1])) --start;
  if (start == point) return false;
  while (start > 0 && (text[start - 1] == ' ' || text[start - 1] == '*' || text[start - 1] == '#')) --start;
  return start == 0 && point < 8;
}


}  // namespace

std::size_t next_piece(std::string_view text, bool ended) {
  bool content = false;
  int brackets = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (letter(c) || digit(c)) {
      content = true;
      continue;
    }
    if (c == '\n' && content) {
      const std::size_t end = at + 1;
      return end;
    }
    if (c == '\\' && content && at + 1 < text.size() && text[at + 1] == 'n') return at + 2;  // a line break of JSON in prose
    if (!space(c)) content = true;
    if (c == '(' || c == '[') ++brackets;
    if ((c == ')' || c == ']') && brackets > 0) --brackets;
    if ((c != '.' && c != '!' && c != '?') || brackets > 0) continue;
    std::size_t end = at + 1;
    while (end < text.size() && (text[end] == '"' || text[end] == '\'' || text[end] == ')' || text[end] == '*' || text[end] == '.' || text[end] == '!' || text[end] == '?')) ++end;
    if (end == text.size()) break;
    if (!space(text[end])) continue;
    if (c == '.' && (abbreviation(text, at) || list_number(text, at))) continue;
    std::size_t after = end;
    while (after < text.size() && (text[after] == ' ' || text[after] == '\t')) ++after;
    if (after == text.size() && !ended) return 0;
    if (after < text.size() && text[after] == '\n') return after + 1;
    return after;
  }
  return ended ? text.size() : 0;
}

}  // namespace floorwalker::verify
