#include <algorithm>
#include <set>
#include <string>

#include <fmt/format.h>

#include "agent/core/text.h"
#include "agent/core/verify/phrase.h"
#include "agent/core/verify/piece.h"

// "We don't carry tote bags": a search that says so proves it; one that knows such things, whether or not it found any within its limits,
// says the opposite.
namespace floorwalker::verify {
namespace {

// The words of a reply that name what the shop is said not to have.
struct Absent {
  std::size_t first = 0, last = 0;  // tokens, last inclusive
  std::set<std::string> stems;
};

std::set<std::string> stems_of(std::string_view text) {
  std::set<std::string> stems;
  for (const text::Word& word : text::words(text)) stems.insert(text::stem(word.folded));
  return stems;
}

// What follows the verb up to the next mark; nothing where more words narrow it: "in red", "under 50".
Absent absent_after(const Piece& piece, std::size_t verb) {
  Absent found;
  for (std::size_t i = verb + 1; i < piece.tokens.size(); ++i) {
    const Token& token = piece.tokens[i];
    if (token.gap != ' ') break;
    if (token.is(WordClass::kSlight)) continue;
    if (!is_content(token) && !token.is(WordClass::kThing)) return {};
    if (found.stems.empty()) found.first = i;
    found.last = i;
    found.stems.insert(text::stem(token.folded));
  }
  return found;
}

std::string_view text_at(const JsonTree& tree, std::uint32_t object, std::string_view key) {
  const std::uint32_t at = tree[object].type == JsonNode::Type::kObject ? tree.child(object, key) : 0;
  return at && tree[at].type == JsonNode::Type::kString ? tree[at].text : std::string_view();
}

// What one search has to say about it.
enum class Says { kNothing, kNone, kSome };

Says said_by(const Document& document, const Absent& absent) {
  const JsonTree& tree = document.tree;
  const std::string_view outcome = text_at(tree, 0, "outcome");
  if (outcome.empty()) return Says::kNothing;
  const std::set<std::string> kind = stems_of(text_at(tree, 0, "kind"));
  const std::uint32_t request = tree.child(0, "request");
  std::set<std::string> asked = request ? stems_of(text_at(tree, request, "words")) : std::set<std::string>();
  if (outcome == "not_carried") {
    asked.insert(kind.begin(), kind.end());
    return std::includes(asked.begin(), asked.end(), absent.stems.begin(), absent.stems.end()) ? Says::kNone : Says::kNothing;
  }
  const bool knows = outcome == "found" || outcome == "none_match" || outcome == "cannot_filter";
  return knows && kind == absent.stems ? Says::kSome : Says::kNothing;
}

void decide(Examination& exam, const Absent& absent) {
  const auto& tokens = exam.piece.tokens;
  const auto& documents = exam.index.documents;
  for (auto document = documents.rbegin(); document != documents.rend(); ++document) {  // the latest word counts
    const Says says = (*document)->live && (*document)->trust == Trust::kMerchant ? said_by(**document, absent) : Says::kNothing;
    if (says == Says::kNothing) continue;
    const bool none = says == Says::kNone;
    Claim& claim = exam.claim(tokens[absent.first].start, tokens[absent.last].end, ClaimKind::kAvailability, none ? Verdict::kSupported : Verdict::kContradicted,
                              none ? "the search says that the shop has none" : "the shop has such things, as the search says");
    claim.evidence.push_back((*document)->source + (none ? "#/outcome" : "#/kind"));
    return;
  }
}

}  // namespace

void check_absence(Examination& exam) {
  const Piece& piece = exam.piece;
  if (piece.question || piece.hypothetical) return;
  for (std::size_t i = 1; i < piece.tokens.size(); ++i) {
    if (!piece.tokens[i].is(WordClass::kSelling) || !piece.negated[i]) continue;
    const Absent absent = absent_after(piece, i);
    const bool free = !absent.stems.empty() && std::none_of(piece.used.begin() + static_cast<std::ptrdiff_t>(absent.first), piece.used.begin() + static_cast<std::ptrdiff_t>(absent.last + 1), [](bool used) { return used; });
    if (free) decide(exam, absent);
  }
}

}  // namespace floorwalker::verify
