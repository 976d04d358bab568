#include "tools/search/analysis.h"

#include <algorithm>
#include <unordered_set>

#include "agent/core/text.h"
#include "agent/core/units.h"

namespace floorwalker::search {
namespace {

Token::Before before_of(std::string_view gap) {
  if (gap == "-" || gap == "/" || gap == "‑" || gap == ".") return Token::Before::kHyphen;
  if (gap.find_first_of(",;:()[]{}|!?\n") != std::string_view::npos || gap.find(" - ") != std::string_view::npos ||
      gap.find("–") != std::string_view::npos || gap.find("—") != std::string_view::npos || gap.find("•") != std::string_view::npos) {
    return Token::Before::kBreak;
  }
  return Token::Before::kSpace;
}

bool is_number(std::string_view folded) {
  return !folded.empty() && folded.front() >= '0' && folded.front() <= '9' && folded.find_first_not_of("0123456789.,") == std::string_view::npos;
}

std::string unit_symbol(std::string_view spelling) {
  if (spelling.empty() || spelling.size() > 12) return "";
  const auto unit = find_unit(spelling);
  return unit && unit->dimension != Dimension::kNone ? text::fold(unit->symbol) : "";
}

}  // namespace

std::vector<Token> tokenise(std::string_view text) {
  std::vector<Token> tokens;
  std::size_t last_end = 0;
  for (text::Word& word : text::words(text)) {
    Token token{std::move(word.folded), word.start, word.end, Token::Before::kStart};
    if (!tokens.empty()) token.before = before_of(text.substr(last_end, word.start - last_end));
    last_end = word.end;
    tokens.push_back(std::move(token));
  }
  return tokens;
}

Quantity quantity_at(std::string_view text, const std::vector<Token>& tokens, std::size_t at) {
  const Token& token = tokens[at];
  const std::string& word = token.folded;
  if (word.empty() || word.front() < '0' || word.front() > '9') return {};
  const std::size_t digits = std::min(word.find_first_not_of("0123456789.,"), word.size());
  if (digits < word.size()) {  // "64gb"
    const std::string symbol = unit_symbol(std::string_view(word).substr(digits));
    return symbol.empty() ? Quantity{} : Quantity{word.substr(0, digits) + symbol, 1};
  }
  if (token.end < text.size() && (text[token.end] == '"' || text.substr(token.end, 3) == "″" || text.substr(token.end, 3) == "”")) {
    return {word + "in", 1};
  }
  if (at + 1 >= tokens.size() || tokens[at + 1].before == Token::Before::kBreak || has_digit(tokens[at + 1].folded)) return {};
  const std::string symbol = unit_symbol(tokens[at + 1].folded);
  return symbol.empty() ? Quantity{} : Quantity{word + symbol, 2};
}

std::string hyphenated_at(const std::vector<Token>& tokens, std::size_t at) {
  const auto hyphen = [&](std::size_t i) { return i < tokens.size() && tokens[i].before == Token::Before::kHyphen; };
  if (hyphen(at) || !hyphen(at + 1)) return "";
  std::string joined = tokens[at].folded;
  for (std::size_t i = at + 1; hyphen(i) && i < at + 4; ++i) joined += tokens[i].folded;
  return joined;
}

std::string stem_of(const std::string& folded) {
  if (folded.size() < 3) return folded;
  return text::stem(folded);
}

bool is_stopword(std::string_view folded) {
  static const std::unordered_set<std::string_view> kWords{
      "a",    "an",   "and",   "any",  "are",  "as",    "at",   "be",   "but",   "by",    "can",    "could", "do",    "does", "for",  "from",
      "get",  "give", "got",   "have", "hi",   "hello", "i",    "i'd",  "i'm",   "if",    "in",     "is",    "it",    "its",  "looking", "me",
      "my",   "need", "of",    "on",   "one",  "or",    "our",  "please", "sell", "show", "so",     "some",  "something", "that", "the", "their",
      "them", "there", "these", "this", "those", "to",  "us",   "want", "we",    "what",  "which",  "who",   "with",  "would", "you",  "your",
      "find", "buy",  "like",  "anything", "also", "am", "was", "were", "has",   "had",   "than",   "then",  "very",  "just"};
  return kWords.count(folded) > 0;
}

bool ends_head(std::string_view folded) {
  static const std::unordered_set<std::string_view> kWords{"for", "with", "from", "without", "by", "in", "on", "to", "of", "under", "compatible", "w", "featuring", "including", "fits"};
  return kWords.count(folded) > 0;
}

bool has_digit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool all_digits(std::string_view text) { return is_number(text); }

std::string normal_form(std::string_view text) {
  std::string joined;
  for (const text::Word& word : text::words(text)) {
    if (!joined.empty()) joined += ' ';
    joined += word.folded;
  }
  return joined;
}

}  // namespace floorwalker::search
