#include <algorithm>

#include <fmt/format.h>

#include "agent/core/verify/phrase.h"
#include "agent/core/verify/piece.h"

// Proper names - products, brands, systems - that neither tool results nor the shopper ever named.
namespace floorwalker::verify {
namespace {

// Within a sentence, not the start of one, nor a label or title.
bool inside_sentence(const Examination& exam, std::size_t i) {
  const auto& tokens = exam.piece.tokens;
  if (i == 0 || tokens[i].gap != ' ' || tokens[i - 1].capital) return false;
  const std::size_t start = tokens[i].start;
  return start == 0 || exam.piece.text[start - 1] == ' ';
}

// Acronyms and contractions ("CVV", "I'll") are words of the language.
bool unknown(const Examination& exam, const Token& token) {
  if (!token.capital || token.concept_id != 0 || token.folded.size() < 4 || token.folded.find('\'') != std::string::npos) return false;
  const std::string_view word = exam.piece.text.substr(token.start, token.end - token.start);
  return word.find("’") == std::string_view::npos && token.folded.compare(0, 3, "non") != 0;
}

// Part of an identifier, which is another check's.
bool identifies(const Examination& exam, std::size_t token) {
  const auto& spans = exam.piece.identifiers;
  return std::any_of(spans.begin(), spans.end(), [&](const IdentifierSpan& span) { return span.first <= token && token <= span.last; });
}

// Followed by a colon it is a label, by a question an offer of words.
bool labels(const Examination& exam, std::size_t last) {
  const auto& tokens = exam.piece.tokens;
  return last + 1 < tokens.size() ? tokens[last + 1].gap == ':' : !exam.piece.text.empty() && exam.piece.text.find_last_of(':') >= tokens[last].end && exam.piece.text.find_last_of(':') != std::string_view::npos;
}

}  // namespace

void check_names(Examination& exam) {
  const auto& tokens = exam.piece.tokens;
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    if (!tokens[i].capital || exam.piece.used[i] || identifies(exam, i) || !inside_sentence(exam, i)) continue;
    std::size_t last = i;
    bool any = unknown(exam, tokens[i]);
    while (last + 1 < tokens.size() && tokens[last + 1].capital && tokens[last + 1].gap == ' ' && !identifies(exam, last + 1)) any = unknown(exam, tokens[++last]) || any;
    const bool alternative = tokens[i - 1].folded == "or" || tokens[i - 1].folded == "like" || (i > 1 && tokens[i - 2].folded == "or");
    if (any && !alternative && !labels(exam, last) && !exam.piece.negated[i] && !exam.piece.hypothetical) {
      exam.claim(tokens[i].start, tokens[last].end, ClaimKind::kName, Verdict::kUnsupported, "no tool result names it");
    }
    i = last;
  }
}

}  // namespace floorwalker::verify
