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
      if (last_item(m)) with_after(m);
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

  // An amount before a name is the price of what was named before it: "lamp (item 1) - $20, red chair (item 2)".
  bool costs(std::size_t token) const {
    return std::any_of(piece_.numbers.begin(), piece_.numbers.end(), [&](const Number& number) { return number.money && number.first_token <= token && token <= number.last_token; });
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
      if (turns(piece_, i) || identifies(i) || piece_.tokens[i].is(WordClass::kUnavailable) || costs(i)) return;
      mark(i, m);
      const char gap = piece_.tokens[i].gap;
      if (gap == '.' || gap == '\n' || gap == ';' || gap == ':') return;
    }
  }

  bool last_item(std::size_t m) const {
    for (std::size_t next = m + 1; next < piece_.mentions.size(); ++next) {
      if (describable(piece_.mentions[next])) return false;
    }
    return true;
  }

  // "for the new one (item 12345678) with 1000 pieces, large": no other item is left that could be meant.
  void with_after(std::size_t m) {
    std::size_t from = piece_.mentions[m].last + 1;
    while (from < piece_.tokens.size() && group_[from] && group_[from] == group_[piece_.mentions[m].first]) ++from;
    if (from + 1 >= piece_.tokens.size() || piece_.tokens[from].folded != "with" || piece_.tokens[from].gap == '.' || piece_.tokens[from].gap == ',') return;
    for (std::size_t i = from + 1; i < piece_.tokens.size() && !turns(piece_, i); ++i) {
      const Token& token = piece_.tokens[i];
      if (token.gap == '.' || token.gap == '\n' || token.is(WordClass::kMoney)) return;
      mark(i, m);
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

  // "..., option B: item 12345679": what stands before the next item's label ends the description before it.
  bool starts_part(std::size_t token) const {
    static constexpr std::array<std::string_view, 8> kLabels{"item", "id", "ids", "option", "variant", "new", "number", "sku"};
    for (std::size_t at = token; token - at <= 4; --at) {
      const char gap = piece_.tokens[at].gap;
      if (gap == ',' || gap == ';' || gap == '\n' || gap == '|' || gap == ':' || at == 0) return true;
      const std::string& before = piece_.tokens[at - 1].folded;
      if (before.size() > 1 && std::find(kLabels.begin(), kLabels.end(), before) == kLabels.end()) return false;
    }
    return false;
  }

  // "12345678 (red, large)", "12345678: red, large".
  void after(std::size_t m) {
    const std::size_t from = piece_.mentions[m].last + 1;
    if (from >= piece_.tokens.size()) return;
    const std::uint16_t group = group_[from];
    const char gap = piece_.tokens[from].gap;
    const bool ended = piece_.text.substr(piece_.tokens[from - 1].end, piece_.tokens[from].start - piece_.tokens[from - 1].end).find(';') != std::string_view::npos;
    const bool introduces = !ended && (gap == ':' || gap == ';' || gap == ',' || gap == '|' || gap == '-' || gap == '*');
    const bool labelled = labels_follow(from);
    if (!group && !introduces && !labelled) return;
    std::size_t end = from;
    while (end < piece_.tokens.size() && !turns(piece_, end) && !identifies(end)) {
      if (group ? group_[end] != group : piece_.tokens[end].gap == '.' || piece_.tokens[end].gap == '\n') break;
      ++end;
    }
    const bool whole = end == piece_.tokens.size() || (group ? group_[end] != group : !identifies(end) || labelled || (starts_part(piece_.mentions[m].first) && starts_part(end)));
    if (!whole || (group && end < piece_.tokens.size() && group_[end] == group)) return;  // the next one's description may begin before its name
    for (std::size_t i = from; i < end; ++i) {
      if (group_[i] == group) mark(i, m);  // what stands in brackets further on is an aside
    }
  }
};

// "Desk Lamp (black, tall) - $20", "Desk Lamp: black, tall", "Desk Lamp - color: black".
class Teller {
 public:
  static constexpr std::size_t kTellingName = 3;  // so many words in a row of a thing's longer name name it too

  Teller(const Piece& piece, const EvidenceIndex& index) : piece_(piece), index_(index), group_(brackets_of(piece)), told_(piece.tokens.size(), 0) {}

  std::vector<std::uint16_t> tell() {
    for (std::size_t m = 0; m < piece_.mentions.size(); ++m) {
      const Mention& mention = piece_.mentions[m];
      if (!mention.by_id && whole_name(index_, mention) && !piece_.pinned[mention.first]) tell_of(m);
    }
    return std::move(told_);
  }

 private:
  const Piece& piece_;
  const EvidenceIndex& index_;
  std::vector<std::uint16_t> group_;
  std::vector<std::uint16_t> told_;

  bool another_thing(std::size_t token) const {
    return std::any_of(piece_.mentions.begin(), piece_.mentions.end(), [&](const Mention& other) {
      const bool named = whole_name(index_, other) || (other.entities.size() == 1 && other.last - other.first + 1 >= kTellingName);
      const bool an_item = other.by_id ? index_.entities[other.entities[0]].children.empty() : named;
      return other.first == token && an_item;
    });
  }

  bool ends(std::size_t token) const { return turns(piece_, token) || another_thing(token) || piece_.pinned[token]; }

  void tell_of(std::size_t m) {
    const std::size_t from = piece_.mentions[m].last + 1;
    if (from >= piece_.tokens.size()) return;
    const std::uint16_t group = group_[from];
    const bool bracket = group && group != group_[piece_.mentions[m].first];
    if (!bracket) return tell_on(m, from);
    std::size_t end = from;
    while (end < piece_.tokens.size() && !ends(end) && group_[end] == group) ++end;
    const std::size_t told = end;
    for (; end < piece_.tokens.size() && group_[end] == group; ++end) {
      if (another_thing(end) || piece_.pinned[end]) return;
    }
    for (std::size_t i = from; i < told; ++i) told_[i] = static_cast<std::uint16_t>(m + 1);
    tell_price(m, end);
    if (end < piece_.tokens.size() && piece_.tokens[end].gap == ':') tell_on(m, end);
  }

  // ": black, tall ($20)", up to the end of the sentence or line.
  void tell_on(std::size_t m, std::size_t from) {
    const char gap = piece_.tokens[from].gap;
    if (gap != ':' && gap != ';' && gap != '|') return;
    std::size_t end = from;
    while (end < piece_.tokens.size() && !ends(end) && !(end > from && (piece_.tokens[end].gap == '.' || piece_.tokens[end].gap == '\n'))) ++end;
    if (end < piece_.tokens.size() && (another_thing(end) || piece_.pinned[end])) return;  // the next one's description may begin before its name
    for (std::size_t i = from; i < end; ++i) {
      if (group_[i] == group_[from]) told_[i] = static_cast<std::uint16_t>(m + 1);
      else if (piece_.tokens[i].gap == '(') tell_price(m, i);
    }
  }

  // "Desk Lamp (black) - $20"
  void tell_price(std::size_t m, std::size_t from) {
    if (from >= piece_.tokens.size()) return;
    const char gap = piece_.tokens[from].gap;
    if (gap != ';' && gap != ')' && gap != ':' && gap != '(') return;
    for (const Number& number : piece_.numbers) {
      if (number.first_token != from || !number.money) continue;
      for (std::size_t i = from; i <= number.last_token; ++i) told_[i] = static_cast<std::uint16_t>(m + 1);
    }
  }
};

}  // namespace

bool whole_name(const EvidenceIndex& index, const Mention& mention) {
  const std::size_t length = mention.last - mention.first + 1;
  return std::any_of(mention.entities.begin(), mention.entities.end(), [&](EntityIndex thing) {
    const auto& names = index.entities[thing].names;
    return std::any_of(names.begin(), names.end(), [&](Words name) { return name.size() == length; });
  });
}

std::vector<std::uint16_t> told_of_names(const Piece& piece, const EvidenceIndex& index) {
  if (std::all_of(piece.mentions.begin(), piece.mentions.end(), [](const Mention& mention) { return mention.by_id; })) return std::vector<std::uint16_t>(piece.tokens.size(), 0);
  return Teller(piece, index).tell();
}

bool leads_elsewhere(const Piece& piece, std::size_t token) { return turns(piece, token); }

std::vector<std::uint16_t> pinned_to(const Piece& piece, const EvidenceIndex& index) {
  if (std::none_of(piece.mentions.begin(), piece.mentions.end(), [](const Mention& mention) { return mention.by_id; })) return std::vector<std::uint16_t>(piece.tokens.size(), 0);
  return Pinner(piece, index).pin();
}

}  // namespace floorwalker::verify
