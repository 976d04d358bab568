#include "agent/core/verify/piece.h"

#include <algorithm>

#include "agent/core/text.h"

namespace floorwalker::verify {
bool named_apart(const EvidenceIndex& index, EntityIndex a, EntityIndex b) {
  const auto& mine = index.entities[a].names;
  const auto& others = index.entities[b].names;
  if (mine.empty() || others.empty()) return false;
  return std::none_of(mine.begin(), mine.end(), [&](Words name) {
    return std::any_of(others.begin(), others.end(), [&](Words other) { return std::ranges::equal(name, other); });
  });
}

namespace {

// An order, a cart: what it holds are things of other kinds than itself.
bool holder_of_named(const EvidenceIndex& index, EntityIndex holder, EntityIndex member) {
  return index.entities[holder].names.empty() && !index.entities[member].names.empty();
}

}  // namespace

bool kin_of(const EvidenceIndex& index, EntityIndex a, EntityIndex b) {
  if (named_apart(index, a, b)) return false;
  for (EntityIndex parent : index.entities[a].parents) {
    if (parent == 0) continue;
    const auto& others = index.entities[b].parents;
    if ((parent == b && !holder_of_named(index, b, a)) || std::find(others.begin(), others.end(), parent) != others.end()) return true;
    for (EntityIndex other : others) {
      const auto& above = index.entities[other].parents;
      if (other != 0 && std::find(above.begin(), above.end(), parent) != above.end()) return true;
    }
  }
  const auto& parents = index.entities[b].parents;
  return !holder_of_named(index, a, b) && std::find(parents.begin(), parents.end(), a) != parents.end();
}

namespace {

bool word_byte(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '#'; }

// Spans of identifiers: known ones, and whatever looks like one.
std::vector<IdentifierSpan> find_identifiers(std::string_view text, const std::vector<Token>& tokens, const EvidenceIndex& index) {
  std::vector<IdentifierSpan> found;
  if (std::none_of(tokens.begin(), tokens.end(), [](const Token& word) { return word.digits; })) return found;
  std::size_t token = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (!word_byte(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && word_byte(text[end])) ++end;
    std::size_t last = end;
    while (last > at && (text[last - 1] == '-' || text[last - 1] == '_' || text[last - 1] == '#')) --last;
    const std::string_view word = text.substr(at, last - at);
    const bool decimal = last < text.size() && text[last] == '.' && last + 1 < text.size() && text[last + 1] >= '0' && text[last + 1] <= '9';
    const bool grouped = (at > 0 && (text[at - 1] == '.' || text[at - 1] == ',') && at > 1 && text[at - 2] >= '0' && text[at - 2] <= '9') || decimal;
    const bool money = at > 0 && text[at - 1] == '$';
    const bool has_digit = std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
    std::string normal = has_digit ? normal_identifier(word) : std::string();
    const auto known = [&] { return normal.size() >= 4 && (index.entity_of_id.find(normal) || index.identifiers.contains(normal)); };
    if (!grouped && !money && has_digit && (looks_like_identifier(word) || known())) {
      while (token < tokens.size() && tokens[token].end <= at) ++token;
      std::size_t final = token;
      while (final + 1 < tokens.size() && tokens[final + 1].start < last) ++final;
      if (token < tokens.size()) found.push_back({at, last, token, final, std::move(normal)});
    }
    at = end;
  }
  return found;
}

bool separates(const Token& token) {
  switch (token.gap) {
    case ',': case ';': case ':': case '(': case ')': case '\n': case '.': case '|': return true;
    default: return token.is(WordClass::kAnd) || token.is(WordClass::kNegationEnd);
  }
}

// The token goes on with a name: "Modular Sofa, 4 Seats" is one.
bool within_name(const std::vector<Mention>& mentions, std::size_t token) {
  return std::any_of(mentions.begin(), mentions.end(), [&](const Mention& mention) { return !mention.by_id && mention.first < token && token <= mention.last; });
}

std::vector<std::uint16_t> segments_of(const std::vector<Token>& tokens, const std::vector<Mention>& mentions) {
  std::vector<std::uint16_t> segment(tokens.size(), 0);
  std::uint16_t at = 0;
  std::size_t start = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const bool value_of_label = i > 0 && tokens[i].gap == ':' && i - start <= 4;  // "Storage: 64 GB" is one statement
    if (i > 0 && separates(tokens[i]) && !value_of_label && !within_name(mentions, i)) {
      ++at;
      start = i;
    }
    segment[i] = at;
  }
  return segment;
}

// A verb that starts a new statement ends an earlier "not": "does not have NFC, and comes with a jack".
bool positive_verb(const std::vector<Token>& tokens, std::size_t i) {
  if (tokens[i].folded == "priced" || tokens[i].folded == "costing") return true;
  static constexpr std::string_view kVerbs[] = {"has", "comes", "features", "supports", "includes", "offers", "is", "are", "provides", "runs", "uses", "have"};
  if (std::find(std::begin(kVerbs), std::end(kVerbs), tokens[i].folded) == std::end(kVerbs)) return false;
  for (std::size_t back = 1; back <= 3 && back <= i; ++back) {
    if (tokens[i - back].is(WordClass::kNegation)) return false;
  }
  return true;
}

// ", the refund will take", ", price $20": a new statement or the next field of a list, which an earlier "not" does not reach.
bool starts_clause(const std::vector<Token>& tokens, std::size_t i) {
  static constexpr std::string_view kSubjects[] = {"the", "it", "you", "your", "i", "we", "this", "that", "they", "there", "please"};
  if (tokens[i].gap != ',') return false;
  if (tokens[i].is(WordClass::kMoney)) return true;
  if (std::find(std::begin(kSubjects), std::end(kSubjects), tokens[i].folded) == std::end(kSubjects)) return false;
  for (std::size_t next = i + 1; next < tokens.size() && next <= i + 5 && tokens[next].gap == ' '; ++next) {
    if (tokens[next].is(WordClass::kFuture) || tokens[next].is(WordClass::kCopula) || tokens[next].is(WordClass::kHypothetical)) return true;
    if (tokens[next].folded == "can" || tokens[next].folded == "has" || tokens[next].folded == "have") return true;
  }
  return false;
}

std::vector<bool> negation_of(const std::vector<Token>& tokens) {
  std::vector<bool> negated(tokens.size(), false);
  bool inside = false;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (token.gap == '.' || token.gap == ';' || token.gap == '\n' || token.gap == '|') inside = false;
    if (token.is(WordClass::kNegationEnd) || token.gap == '(' || token.gap == ')') inside = false;
    const bool figure = token.gap == ',' && token.folded[0] >= '0' && token.folded[0] <= '9' && token.folded.back() != 'g';  // "no backlight, 80% size"
    if (inside && (figure || positive_verb(tokens, i) || starts_clause(tokens, i))) inside = false;
    if (!token.is(WordClass::kNegation)) {
      negated[i] = inside;
      continue;
    }
    const bool only = (token.folded == "not") && i + 1 < tokens.size() && tokens[i + 1].folded == "only";
    const bool no_longer_matter = token.folded == "no" && i + 1 < tokens.size() && (tokens[i + 1].folded == "problem" || tokens[i + 1].folded == "worries");
    const bool answer = i + 1 < tokens.size() && tokens[i + 1].gap != ' ' && tokens[i + 1].gap != '-' && tokens[i + 1].gap != '*' && (token.folded == "no" || token.folded == "none");
    if (!only && !no_longer_matter && !answer) inside = true;
    negated[i] = inside || answer;
  }
  // "NFC (absent)", "NFC: no".
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    const Token& next = tokens[i + 1];
    const bool ends = i + 2 == tokens.size() || tokens[i + 2].gap != ' ';
    if (ends && next.gap == ' ' && (next.folded == "no" || next.folded == "none")) negated[i] = true;  // "water resistance no,"
    if ((next.gap == '(' || next.gap == ':' || next.gap == '*') && (next.is(WordClass::kNegation) || next.folded == "false") && !negated[i]) negated[i] = true;
  }
  return negated;
}

// Depth of a list line: indentation and whether it is numbered or a bullet; -1 for prose.
int list_depth(std::string_view text) {
  while (!text.empty() && (text.front() == '\n' || text.front() == '\r')) text.remove_prefix(1);
  std::size_t indent = 0;
  while (indent < text.size() && text[indent] == ' ') ++indent;
  std::size_t at = indent;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  if (at > indent && at < text.size() && (text[at] == '.' || text[at] == ')')) return static_cast<int>(indent) * 2;
  const std::string_view rest = text.substr(std::min(indent, text.size()));
  if (rest.substr(0, 2) == "- " || rest.substr(0, 2) == "* " || rest.substr(0, 3) == "•" || rest.substr(0, 2) == "+ " || rest.substr(0, 3) == "–") {
    return static_cast<int>(indent) * 2 + 1;
  }
  return -1;
}

struct NameRun {
  std::size_t length = 0;
  bool whole = false;
  std::vector<EntityIndex> entities;
};

void offer(NameRun& best, std::size_t length, bool whole, EntityIndex entity) {
  if (length > best.length || (length == best.length && whole && !best.whole)) {
    best.length = length;
    best.whole = whole;
    best.entities.clear();
  }
  if (length == best.length && whole == best.whole && std::find(best.entities.begin(), best.entities.end(), entity) == best.entities.end()) {
    best.entities.push_back(entity);
  }
}

NameRun longest_name(const std::vector<Token>& tokens, std::size_t i, const EvidenceIndex& index) {
  NameRun best;
  if (tokens[i].concept_id == 0) return best;
  for (const NamePosting& posting : index.named(tokens[i].concept_id)) {
    const Words name = index.entities[posting.entity].names[posting.name];
    std::size_t length = 1;
    while (i + length < tokens.size() && posting.position + length < name.size() && tokens[i + length].concept_id == name[posting.position + length] &&
           tokens[i + length].gap != '.' && tokens[i + length].gap != '\n') {
      ++length;
    }
    offer(best, length, length == name.size(), posting.entity);
  }
  return best;
}

// No fact of an unrelated thing holds the word: "LED" names no product where another one's panel is LED.
bool only_of(const EvidenceIndex& index, Concept word, EntityIndex entity) {
  for (const Posting& posting : index.holding(word)) {
    const Leaf& leaf = index.leaves[posting.leaf];
    if (leaf.trust != Trust::kMerchant || leaf.entity == 0 || leaf.entity == entity || index.content(posting.leaf)) continue;
    if (!kin_of(index, leaf.entity, entity)) return false;
  }
  return true;
}

// Part of a name that says what many things have: figures and letters alone ("30 W"), the words of an attribute ("USB-C" of USB-C ports).
bool names_no_thing(const std::vector<Token>& tokens, std::size_t i, std::size_t length, const EvidenceIndex& index) {
  const auto worded = [&](const Token& token) { return !token.is(WordClass::kStop) && !token.digits && token.folded.size() > 1; };
  if (std::none_of(tokens.begin() + static_cast<std::ptrdiff_t>(i), tokens.begin() + static_cast<std::ptrdiff_t>(i + length), worded)) return true;
  for (std::uint32_t leaf : index.attributed(tokens[i].concept_id)) {
    const Words key = index.leaves[leaf].own;
    const auto same = [](const Token& token, Concept word) { return token.concept_id == word; };
    const auto first = tokens.begin() + static_cast<std::ptrdiff_t>(i);
    for (std::size_t at = 0; at + length <= key.size(); ++at) {
      if (std::equal(first, first + static_cast<std::ptrdiff_t>(length), key.begin() + static_cast<std::ptrdiff_t>(at), same)) return true;
    }
  }
  return false;
}

bool names_something(const NameRun& run, const std::vector<Token>& tokens, std::size_t i, const EvidenceIndex& index) {
  std::size_t content = 0;
  for (std::size_t k = i; k < i + run.length; ++k) content += !tokens[k].is(WordClass::kStop) && !tokens[k].is(WordClass::kThing);
  if (content == 0) return run.whole && tokens[i].capital && tokens[i].folded.size() >= 5 && !tokens[i].is(WordClass::kThing);  // "Smartphone"
  if (run.whole) return true;
  if (names_no_thing(tokens, i, run.length, index)) return false;
  if (run.length >= 2 && content >= 2) return true;
  const bool rare = run.entities.size() == 1 && tokens[i].capital && tokens[i].folded.size() >= 3 && i > 0 && only_of(index, tokens[i].concept_id, run.entities[0]);
  return rare && tokens[i].gap != '.' && !tokens[i].is(WordClass::kEvaluative);
}

void find_named(const std::vector<Token>& tokens, const EvidenceIndex& index, std::vector<Mention>& mentions) {
  for (std::size_t i = 0; i < tokens.size();) {
    NameRun run = longest_name(tokens, i, index);
    if (run.length > 0 && names_something(run, tokens, i, index)) {
      mentions.push_back({i, i + run.length - 1, std::move(run.entities), false});
      i += run.length;
    } else {
      ++i;
    }
  }
}

// "the second one", "option 2".
void find_ordinals(const std::vector<Token>& tokens, const EvidenceIndex& index, std::vector<Mention>& mentions) {
  if (index.shown.empty()) return;
  const LexiconData& lexicon = index.lexicon.data();
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (!tokens[i].is(WordClass::kOrdinalWord) || !tokens[i + 1].is(WordClass::kOrdinalNoun)) continue;
    const auto ordinal = lexicon.ordinals.find(tokens[i].folded);
    if (ordinal == lexicon.ordinals.end()) continue;
    const std::size_t count = index.shown.size();
    const std::size_t at = ordinal->second < 0 ? count - 1 : static_cast<std::size_t>(ordinal->second) - 1;
    if (at < count && index.shown[at]) mentions.push_back({i, i + 1, {index.shown[at]}, false});
  }
}

void find_mentions(Piece& piece, const EvidenceIndex& index) {
  for (const IdentifierSpan& span : piece.identifiers) {
    if (const EntityIndex* entity = index.entity_of_id.find(span.normal)) piece.mentions.push_back({span.first, span.last, {*entity}, true});
  }
  find_named(piece.tokens, index, piece.mentions);
  find_ordinals(piece.tokens, index, piece.mentions);
  std::sort(piece.mentions.begin(), piece.mentions.end(), [](const Mention& a, const Mention& b) { return a.first < b.first; });
}

// Of each token: 1 + the first mention by name that it is part of, or 0.
std::vector<std::uint16_t> named_by(const Piece& piece) {
  std::vector<std::uint16_t> named(piece.tokens.size(), 0);
  for (std::size_t m = piece.mentions.size(); m-- > 0;) {
    if (piece.mentions[m].by_id) continue;
    for (std::size_t i = piece.mentions[m].first; i <= piece.mentions[m].last; ++i) named[i] = static_cast<std::uint16_t>(m + 1);
  }
  return named;
}

bool modal(const Token& token) {
  static constexpr std::string_view kModals[] = {"may", "might", "should", "would", "could"};
  return std::find(std::begin(kModals), std::end(kModals), token.folded) != std::end(kModals);
}

// "exchange", "replaced by": two things are spoken of, though perhaps one is named.
bool exchanges(const Token& token) {
  static constexpr std::string_view kStems[] = {"exchang", "replac", "swap", "switch", "chang", "modif", "upgrad"};
  if (std::string_view("erscmu").find(token.folded[0]) == std::string_view::npos) return false;
  return std::any_of(std::begin(kStems), std::end(kStems), [&](std::string_view stem) { return token.folded.compare(0, stem.size(), stem) == 0; });
}

void mark_sentence(Piece& piece) {
  const std::string_view text = piece.text;
  piece.question = text.find('?') != std::string_view::npos;
  for (const Token& token : piece.tokens) {
    piece.hypothetical = piece.hypothetical || token.is(WordClass::kHypothetical);
    piece.conditional = piece.conditional || (token.is(WordClass::kHypothetical) && !modal(token));
    piece.second_person = piece.second_person || token.is(WordClass::kSecondPerson);
    piece.request = piece.request || token.is(WordClass::kRequest);
    piece.exchange = piece.exchange || exchanges(token);
    piece.review = piece.review || token.is(WordClass::kReview);
    piece.versus = piece.versus || token.is(WordClass::kVersus);
  }
}

void drop_numbers_of_others(Piece& piece) {
  const auto inside = [&](const Number& number) {
    for (const IdentifierSpan& span : piece.identifiers) {
      if (number.start < span.end && span.start < number.end) return true;
    }
    for (const Date& date : piece.dates) {
      if (number.start < date.end && date.start < number.end) return true;
    }
    for (const Mention& mention : piece.mentions) {
      const bool within = number.first_token >= mention.first && number.last_token <= mention.last;
      if (within && !number.money) return true;
    }
    const bool list_number = number.first_token == 0 && piece.depth >= 0 && piece.depth % 2 == 0 && number.bare();
    return list_number;
  };
  piece.numbers.erase(std::remove_if(piece.numbers.begin(), piece.numbers.end(), inside), piece.numbers.end());
}

void add_descendants(const EvidenceIndex& index, EntityIndex entity, std::vector<char>& inside, int depth) {
  if (inside[entity] || depth > 8) return;
  inside[entity] = 1;
  for (EntityIndex child : index.entities[entity].children) add_descendants(index, child, inside, depth + 1);
}

// The entities, what belongs to them, and the things they belong to (without the latter's other members).
std::vector<char> closure(const EvidenceIndex& index, const std::vector<EntityIndex>& roots) {
  std::vector<char> inside(index.entities.size(), 0);
  for (EntityIndex root : roots) add_descendants(index, root, inside, 0);
  std::vector<EntityIndex> up = roots;
  for (int depth = 0; depth < 4 && !up.empty(); ++depth) {
    std::vector<EntityIndex> next;
    for (EntityIndex entity : up) {
      for (EntityIndex parent : index.entities[entity].parents) {
        if (!inside[parent]) next.push_back(parent);
        inside[parent] = 1;
      }
    }
    up = std::move(next);
  }
  inside[0] = 1;
  return inside;
}

bool narrow(const EvidenceIndex& index, Scope& scope, const std::vector<EntityIndex>& other) {
  std::vector<char> members(index.entities.size(), 0);
  for (EntityIndex root : other) add_descendants(index, root, members, 0);
  std::vector<EntityIndex> both;
  for (EntityIndex root : scope.roots) {
    if (members[root]) both.push_back(root);
  }
  if (both.empty()) {
    for (EntityIndex entity : other) {
      for (EntityIndex root : scope.roots) {
        for (EntityIndex parent : index.entities[entity].parents) {
          if (parent == root && std::find(both.begin(), both.end(), entity) == both.end()) both.push_back(entity);
        }
      }
    }
  }
  if (both.empty() || both.size() == scope.roots.size()) return false;
  scope.roots = std::move(both);
  return true;
}

}  // namespace

Piece read_piece(std::string_view text, const EvidenceIndex& index, const ReplyState& state) {
  Piece piece;
  piece.text = text;
  piece.tokens = tokenise(text, index.concepts);
  piece.depth = list_depth(text);
  piece.identifiers = find_identifiers(text, piece.tokens, index);
  piece.numbers = find_numbers(text, piece.tokens, index.lexicon.data());
  piece.dates = find_dates(text, piece.tokens, index.lexicon.data());
  piece.negated = negation_of(piece.tokens);
  piece.used.assign(piece.tokens.size(), false);
  find_mentions(piece, index);
  piece.named = named_by(piece);
  for (const Token& token : piece.tokens) piece.said.add(token.concept_id);
  piece.segment = segments_of(piece.tokens, piece.mentions);
  drop_numbers_of_others(piece);
  mark_sentence(piece);
  piece.pinned = pinned_to(piece, index);
  piece.told = told_of_names(piece, index);
  piece.context = state.focus;
  if (piece.depth >= 0) {
    for (const Level& level : state.levels) {
      if (level.depth < piece.depth && !level.entities.empty()) piece.context = level.entities;
    }
  }
  return piece;
}

void remember(const Piece& piece, ReplyState& state, std::size_t text_bytes) {
  state.code_points += text::code_points_before(piece.original, piece.original.size());
  state.bytes += text_bytes;
  if (piece.tokens.empty()) return;
  std::vector<EntityIndex> about = piece.context;
  if (!piece.mentions.empty()) {
    const auto id = std::find_if(piece.mentions.begin(), piece.mentions.end(), [](const Mention& mention) { return mention.by_id; });
    about = id != piece.mentions.end() ? id->entities : piece.mentions.back().entities;
    if (piece.depth < 0 && id == piece.mentions.end()) about = piece.mentions.front().entities;
  }
  while (!state.levels.empty() && state.levels.back().depth >= piece.depth) state.levels.pop_back();
  state.levels.push_back({piece.depth, about});
  if (piece.depth < 0 || !piece.mentions.empty()) state.focus = about;
  if (!piece.mentions.empty()) state.latest.clear();
  for (const Mention& mention : piece.mentions) {
    state.latest.insert(state.latest.end(), mention.entities.begin(), mention.entities.end());
    for (EntityIndex entity : mention.entities) {
      if (std::find(state.mentioned.begin(), state.mentioned.end(), entity) == state.mentioned.end()) state.mentioned.push_back(entity);
    }
  }
}

Claim& Examination::claim(std::size_t start, std::size_t end, ClaimKind kind, Verdict verdict, std::string why, const std::vector<std::uint32_t>& leaves) {
  Claim made;
  made.start = state.code_points + text::code_points_before(piece.original, start);
  made.end = state.code_points + text::code_points_before(piece.original, end);
  made.text = std::string(piece.original.substr(start, end - start));
  made.kind = kind;
  made.verdict = verdict;
  made.why = std::move(why);
  constexpr std::size_t kMostPointers = 4;
  for (std::uint32_t leaf : leaves) {
    if (made.evidence.size() == kMostPointers) break;
    std::string pointer = index.pointer(leaf);
    if (std::find(made.evidence.begin(), made.evidence.end(), pointer) == made.evidence.end()) made.evidence.push_back(std::move(pointer));
  }
  for (std::size_t i = 0; i < piece.tokens.size(); ++i) {
    if (piece.tokens[i].start < end && start < piece.tokens[i].end) piece.used[i] = true;
  }
  claims.push_back(std::move(made));
  return claims.back();
}

bool Examination::kin(const Scope& scope, EntityIndex entity) const {
  for (EntityIndex root : scope.roots) {
    if (kin_of(index, entity, root)) return true;
    for (EntityIndex child : index.entities[root].children) {
      if (root != 0 && kin_of(index, entity, child)) return true;
    }
  }
  return false;
}

bool Examination::one_identified(std::size_t token) const {
  if (piece.pinned[token]) return true;
  const Mention* only = nullptr;
  for (const Mention& mention : piece.mentions) {
    if (!mention.by_id || !index.entities[mention.entities[0]].children.empty()) continue;
    if (only) return false;
    only = &mention;
  }
  if (!only) return false;
  static constexpr std::string_view kChange[] = {"to", "into", "instead", "than", "from", "original", "current", "vs", "since", "because", "same", "as", "while", "replacement", "version", "or"};
  for (std::size_t i = std::min(only->last, token); i < std::max(only->first, token); ++i) {
    if (std::find(std::begin(kChange), std::end(kChange), piece.tokens[i].folded) != std::end(kChange)) return false;
    if (piece.exchange && (piece.tokens[i].folded == "with" || piece.tokens[i].folded == "for") && leads_elsewhere(piece, i)) return false;
    if (piece.tokens[i + 1].gap == '.' || piece.tokens[i].is(WordClass::kUnavailable)) return false;
    if (piece.tokens[i].is(WordClass::kNegationEnd) && !piece.tokens[i + 1].is(WordClass::kPronoun)) return false;
    if (piece.tokens[i].is(WordClass::kAvailable) && piece.negated[i]) return false;
  }
  return piece.text.find("→") == std::string_view::npos && piece.text.find("->") == std::string_view::npos;
}

std::string_view Examination::words(std::size_t first, std::size_t last) const {
  return piece.text.substr(piece.tokens[first].start, piece.tokens[last].end - piece.tokens[first].start);
}

// The mention that a place speaks of: in its own part of the sentence, else the last before it.
const Mention* Examination::meant_at(std::size_t token) const {
  if (piece.pinned[token]) return &piece.mentions[piece.pinned[token] - 1];
  if (piece.told[token]) return &piece.mentions[piece.told[token] - 1];
  const Mention* chosen = nullptr;
  std::size_t ids = 0;
  for (const Mention& mention : piece.mentions) ids += mention.by_id;
  for (const Mention& mention : piece.mentions) {
    const bool same_segment = piece.segment[mention.first] == piece.segment[token];
    const bool before = mention.first <= token;
    if (same_segment && (!chosen || before || piece.segment[chosen->first] != piece.segment[token])) chosen = &mention;
    else if (before && (!chosen || piece.segment[chosen->first] != piece.segment[token])) chosen = &mention;
  }
  const bool only_later = !chosen && !piece.mentions.empty();
  if (only_later && ((piece.mentions.size() == 1 && (piece.mentions[0].by_id || piece.context.empty())) || (ids == 1 && piece.mentions.back().by_id))) chosen = &piece.mentions.front();
  return chosen;
}

const Scope& Examination::scope_at(std::size_t token) const {
  const Mention* chosen = meant_at(token);
  for (const auto& [mention, scope] : scopes) {
    if (mention == chosen) return scope;
  }
  return scopes.emplace_back(chosen, scope_of(chosen)).second;
}

Scope Examination::scope_of(const Mention* chosen) const {
  Scope scope;
  if (piece.versus && !state.latest.empty() && !(chosen && chosen->by_id)) {
    scope.roots = state.latest;
    if (chosen) scope.roots.insert(scope.roots.end(), chosen->entities.begin(), chosen->entities.end());
    scope.everything = false;
    scope.inside = closure(index, scope.roots);
    return scope;
  }
  if (chosen) {
    scope.roots = chosen->entities;
    scope.exact = true;
  } else if (!piece.context.empty()) {
    scope.roots = piece.context;
  } else {
    return scope;
  }
  const auto ids = std::count_if(piece.mentions.begin(), piece.mentions.end(), [](const Mention& mention) { return mention.by_id; });
  for (const Mention& mention : piece.mentions) {
    if (chosen && &mention != chosen && (!mention.by_id || ids == 1)) narrow(index, scope, mention.entities);
  }
  if (chosen && !piece.context.empty()) narrow(index, scope, piece.context);
  scope.everything = false;
  scope.inside = closure(index, scope.roots);
  return scope;
}

}  // namespace floorwalker::verify
