#include <algorithm>
#include <array>

#include "agent/core/verify/piece.h"

// Whose description a word is part of, where the sentence's own form says it: "(item 12345678, red, large)", "12345678 (red, large)",
// "red, large (item 12345678)", "12345678: red, large".
namespace floorwalker::verify {
namespace {

// Words after which another thing is spoken of.
constexpr std::array<std::string_view, 19> kTurns{"to", "into", "instead", "than", "from", "vs", "versus", "because", "since", "same",
                                                  "as", "while", "replacement", "or", "but", "although", "unlike", "like", "against"};

// "with item 123", "with the ID 123": says the name of what was described.
bool introduces_id(const Piece& piece, std::size_t token) {
  for (std::size_t next = token + 1; next <= token + 3 && next < piece.tokens.size(); ++next) {
    if (piece.tokens[next].folded == "id" || piece.tokens[next].folded == "item") return true;
    if (piece.tokens[next].folded != "the" && piece.tokens[next].folded != "an") return false;
  }
  return false;
}

// "red → blue": an arrow before the word.
bool arrow_before(const Piece& piece, std::size_t token) {
  if (token == 0) return false;
  const std::size_t from = piece.tokens[token - 1].end;
  const std::string_view between = piece.text.substr(from, piece.tokens[token].start - from);
  return between.find("\xE2\x86\x92") != std::string_view::npos || between.find("->") != std::string_view::npos;
}

bool turns(const Piece& piece, std::size_t token) {
  const std::string& word = piece.tokens[token].folded;
  if (arrow_before(piece, token)) return true;
  if (word == "with" && introduces_id(piece, token)) return false;
  if (piece.exchange && (word == "for" || word == "with" || word == "and")) return true;
  return std::find(kTurns.begin(), kTurns.end(), word) != kTurns.end();
}

// Of each token: the bracket that it stands in, 0 for none. Brackets within brackets count as the outer one's.
std::vector<std::uint16_t> brackets_of(const Piece& piece) {
  std::vector<std::uint16_t> group(piece.tokens.size(), 0);
  std::uint16_t last = 0;
  int depth = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < piece.tokens.size(); ++i) {
    for (; at < piece.tokens[i].start; ++at) {
      const char c = piece.text[at];
      if ((c == '(' || c == '[' || c == '{') && depth++ == 0) ++last;
      if ((c == ')' || c == ']' || c == '}') && depth > 0) --depth;
    }
    group[i] = depth > 0 ? last : 0;
  }
  return group;
}

class Pinner {
 public:
  Pinner(const Piece& piece, const EvidenceIndex& index) : piece_(piece), index_(index), group_(brackets_of(piece)), pinned_(piece.tokens.size(), 0) {}

  std::vector<std::uint16_t> pin() {
    for (std::size_t m = 0; m < piece_.mentions.size(); ++m) {
      if (!describable(piece_.mentions[m])) continue;
      const Mention& mention = piece_.mentions[m];
      if (group_[mention.first]) around(m);
      else after(m);
    }
    return std::move(pinned_);
  }

 private:
  const Piece& piece_;
  const EvidenceIndex& index_;
  std::vector<std::uint16_t> group_;
  std::vector<std::uint16_t> pinned_;

  // One thing without members of its own: a variant, an item.
  bool describable(const Mention& mention) const {
    return mention.by_id && mention.entities.size() == 1 && mention.entities[0] != 0 && index_.entities[mention.entities[0]].children.empty();
  }

  bool identifies(std::size_t token) const {
    return std::any_of(piece_.mentions.begin(), piece_.mentions.end(), [&](const Mention& other) { return other.first <= token && token <= other.last && describable(other); });
  }

  void mark(std::size_t token, std::size_t mention) {
    if (pinned_[token] == 0) pinned_[token] = static_cast<std::uint16_t>(mention + 1);
  }

  // "red, large (item 12345678, $20)": the bracket, and what stands before it.
  void around(std::size_t m) {
    const Mention& mention = piece_.mentions[m];
    const std::uint16_t group = group_[mention.first];
    std::size_t first = mention.first;
    std::size_t last = mention.last;
    while (first > 0 && group_[first - 1] == group) --first;
    while (last + 1 < group_.size() && group_[last + 1] == group) ++last;
    for (std::size_t i = first; i <= last; ++i) {
      const bool another = (i < mention.first || i > mention.last) && identifies(i);
      if (another || turns(piece_, i)) return;
    }
    for (std::size_t i = first; i <= last; ++i) mark(i, m);
    for (std::size_t i = first; i-- > 0;) {
      if (group_[i] || turns(piece_, i) || identifies(i) || piece_.tokens[i].is(WordClass::kUnavailable)) return;
      mark(i, m);
      const char gap = piece_.tokens[i].gap;
      if (gap == '.' || gap == '\n' || gap == ';' || gap == ':') return;
    }
  }

  // "12345678 color: red": a label and a value are next.
  bool labels_follow(std::size_t from) const {
    for (std::size_t i = from + 1; i < piece_.tokens.size() && i <= from + 3; ++i) {
      if (piece_.tokens[i].gap == ':') return true;
      if (piece_.tokens[i].gap != ' ') return false;
    }
    return false;
  }

  // "12345678 (red, large)", "12345678: red, large".
  void after(std::size_t m) {
    const std::size_t from = piece_.mentions[m].last + 1;
    if (from >= piece_.tokens.size()) return;
    const std::uint16_t group = group_[from];
    const char gap = piece_.tokens[from].gap;
    const bool introduces = gap == ':' || gap == ';' || gap == ',' || gap == '|' || gap == '-' || gap == '*';
    const bool labelled = labels_follow(from);
    if (!group && !introduces && !labelled) return;
    std::size_t end = from;
    while (end < piece_.tokens.size() && !turns(piece_, end) && !identifies(end)) {
      if (group ? group_[end] != group : piece_.tokens[end].gap == '.' || piece_.tokens[end].gap == '\n') break;
      ++end;
    }
    const bool whole = end == piece_.tokens.size() || (group ? group_[end] != group : !identifies(end) || labelled);
    if (!whole || (group && end < piece_.tokens.size() && group_[end] == group)) return;  // the next one's description may begin before its name
    for (std::size_t i = from; i < end; ++i) {
      if (group_[i] == group) mark(i, m);  // what stands in brackets further on is an aside
    }
  }
};

}  // namespace

bool leads_elsewhere(const Piece& piece, std::size_t token) { return turns(piece, token); }

std::vector<std::uint16_t> pinned_to(const Piece& piece, const EvidenceIndex& index) {
  if (std::none_of(piece.mentions.begin(), piece.mentions.end(), [](const Mention& mention) { return mention.by_id; })) return std::vector<std::uint16_t>(piece.tokens.size(), 0);
  return Pinner(piece, index).pin();
}

}  // namespace floorwalker::verify
