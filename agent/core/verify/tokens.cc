#include "agent/core/verify/tokens.h"

#include <algorithm>

#include "agent/core/text.h"
#include "agent/core/text_scan.h"

namespace floorwalker::verify {
namespace {

bool upper(char c) { return c >= 'A' && c <= 'Z'; }
bool lower(char c) { return c >= 'a' && c <= 'z'; }
bool digit(char c) { return c >= '0' && c <= '9'; }

int strength(char c) {
  switch (c) {
    case '\n': return 9;
    case '.': case '!': case '?': return 8;
    case ';': return 7;
    case '|': return 7;
    case ':': return 6;
    case '(': case ')': case '[': case ']': return 5;
    case ',': return 4;
    case '*': return 2;
    case '/': return 3;
    case '-': return 1;
    default: return 0;
  }
}

char gap_between(std::string_view text, std::size_t from, std::size_t to) {
  char best = ' ';
  if (to - from == 1 && text[from] == '.') return '-';  // "e.g", "a.b": joined
  for (std::size_t at = from; at < to; ++at) {
    char c = text[at];
    if (c == '!' || c == '?') c = '.';
    if (static_cast<unsigned char>(c) == 0xE2 && at + 2 < to) {
      const auto last = static_cast<unsigned char>(text[at + 2]);
      if (static_cast<unsigned char>(text[at + 1]) == 0x80 && last == 0x94) c = ';';       // em dash
      else if (static_cast<unsigned char>(text[at + 1]) == 0x80 && last == 0x93) c = '-';  // en dash
    }
    const bool spaced_dash = c == '-' && at > from && at + 1 < to && text[at - 1] == ' ' && text[at + 1] == ' ';
    if (spaced_dash) c = ';';
    if (strength(c) > strength(best)) best = c;
  }
  return best;
}

// "stand-by" and "stand by" are one word, as is "non-removable".
bool joins(const Token& before, const std::string& folded, char gap, const LexiconData& lexicon, std::string& joined) {
  if (gap != '-' && gap != ' ') return false;
  if (gap == '-' && before.folded == "non") {
    joined = before.folded + folded;
    return true;
  }
  if (!before.is(WordClass::kCompoundHead) || before.folded.size() > 8) return false;
  const auto found = lexicon.compounds.find(before.folded + " " + folded);
  if (found == lexicon.compounds.end()) return false;
  joined = found->second;
  return true;
}

// "men's" is "men", unless the lexicon lists the form ("it's").
void drop_possessive(std::string& folded, const LexiconData& lexicon) {
  const std::size_t size = folded.size();
  if (size > 2 && folded[size - 1] == 's' && folded[size - 2] == '\'' && !lexicon.by_word.count(folded)) folded.resize(size - 2);
}

template <typename Look>
void cut(std::string_view text, const LexiconData& lexicon, std::vector<Token>& tokens, Look look) {
  std::size_t count = 0;  // tokens beyond it are of an earlier text: their memory is used again
  std::size_t last = 0;
  std::string joined;
  for (text::WordSpan word = text::next_word(text, 0); word.start < word.end; word = text::next_word(text, word.end)) {
    if (count == tokens.size()) tokens.emplace_back();
    Token* token = &tokens[count++];
    token->start = word.start;
    token->end = word.end;
    token->gap = last == 0 ? '\n' : gap_between(text, last, word.start);
    token->capital = upper(text[word.start]);
    text::fold_into(text.substr(word.start, word.end - word.start), token->folded);
    token->digits = std::any_of(token->folded.begin(), token->folded.end(), digit);
    if (count > 1 && joins(tokens[count - 2], token->folded, token->gap, lexicon, joined)) {
      Token& before = tokens[count - 2];
      before.end = token->end;
      before.digits = token->digits;
      before.folded = joined;
      token = &before;
      --count;
    }
    drop_possessive(token->folded, lexicon);
    const ConceptTable::Known known = look(token->folded);
    token->concept_id = known.id;
    token->classes = known.classes;
    last = word.end;
  }
  tokens.resize(count);
}

void mark_phrases(std::vector<Token>& tokens, const LexiconData& lexicon) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].concept_id == 0 || tokens[i].concept_id >= lexicon.phrases.size()) continue;
    for (const Phrase& phrase : lexicon.phrases[tokens[i].concept_id]) {
      if (i + phrase.words.size() > tokens.size()) continue;
      bool same = true;
      for (std::size_t k = 0; k < phrase.words.size() && same; ++k) {
        same = tokens[i + k].concept_id == phrase.words[k] && (k == 0 || strength(tokens[i + k].gap) < 4);
      }
      for (std::size_t k = 0; same && k < phrase.words.size(); ++k) tokens[i + k].classes |= phrase.classes;
    }
  }
}

}  // namespace

void ConceptTable::give_slot(Concept id) {
  if (id >= slots_.size()) slots_.resize(id + 1, kNoSlot);
  if (slots_[id] == kNoSlot) slots_[id] = next_slot_++;
}

ConceptTable::Known ConceptTable::intern(std::string_view folded) {
  const std::uint64_t hash = hash_word(folded);
  if (const Known* known = by_word_.find(folded, hash)) return *known;
  const WordFacts& facts = facts_of(folded, *lexicon_);
  Known made{facts.concept_id, facts.classes};
  if (made.id == 0) {
    const auto [id, added] = by_stem_.emplace(facts.stem);
    if (added) *id = next_++;
    made.id = *id;
  }
  give_slot(made.id);
  *by_word_.emplace(folded, hash).first = made;
  return made;
}

ConceptTable::Known ConceptTable::find(std::string_view folded) const {
  if (const Known* known = by_word_.find(folded)) return *known;
  const WordFacts& facts = facts_of(folded, *lexicon_);
  Known found{facts.concept_id, facts.classes};
  if (found.id == 0) {
    const Concept* id = by_stem_.find(facts.stem);
    if (id) found.id = *id;
  }
  return found;
}

void tokenise(std::string_view text, ConceptTable& concepts, std::vector<Token>& tokens) {
  cut(text, concepts.lexicon(), tokens, [&](const std::string& word) { return concepts.intern(word); });
}

std::vector<Token> tokenise(std::string_view text, const ConceptTable& concepts) {
  std::vector<Token> tokens;
  tokens.reserve(text.size() / 4 + 1);
  cut(text, concepts.lexicon(), tokens, [&](const std::string& word) { return concepts.find(word); });
  mark_phrases(tokens, concepts.lexicon());
  return tokens;
}

std::string shortened(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  std::size_t cut = bytes;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
  return std::string(text.substr(0, cut)) + "...";
}

std::string plain_spaces(std::string_view text) {
  std::string plain(text);
  const auto special = [](char c) { return c == '\xC2' || c == '\xE2' || c == '\\' || c == 'x' || c == 'X'; };
  if (std::none_of(plain.begin(), plain.end(), special)) return plain;
  for (std::size_t at = 0; at < plain.size(); ++at) {
    if (plain[at] != '\xC2' && plain[at] != '\xE2') continue;
    const auto byte = [&](std::size_t i) { return at + i < plain.size() ? static_cast<unsigned char>(plain[at + i]) : 0; };
    if (byte(0) == 0xC2 && byte(1) == 0xA0) plain.replace(at, 2, "  ");
    else if (byte(0) == 0xE2 && byte(1) == 0x80 && (byte(2) == 0x89 || byte(2) == 0xAF || byte(2) == 0x8A || byte(2) == 0x82 || byte(2) == 0x83)) plain.replace(at, 3, "   ");
    else if (byte(0) == 0xE2 && byte(1) == 0x80 && (byte(2) == 0x90 || byte(2) == 0x91)) plain.replace(at, 3, "-  ");
  }
  for (std::size_t at = plain.find("\\n"); at != std::string::npos; at = plain.find("\\n", at + 2)) plain.replace(at, 2, "; ");  // JSON in prose
  for (std::size_t at = 1; at + 1 < plain.size(); ++at) {  // "720x1520", "12\"x8\""
    if ((plain[at] == 'x' || plain[at] == 'X') && digit(plain[at + 1]) && (digit(plain[at - 1]) || plain[at - 1] == '"')) plain[at] = '/';
  }
  return plain;
}

std::vector<Concept> name_words(std::string_view name, ConceptTable& concepts) {
  std::string spaced;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool hump = i > 0 && upper(name[i]) && lower(name[i - 1]);
    if (hump) spaced += ' ';
    spaced += name[i] == '_' || name[i] == '/' ? ' ' : name[i];
  }
  std::vector<Token> tokens;
  tokenise(spaced, concepts, tokens);
  std::vector<Concept> words;
  for (const Token& token : tokens) words.push_back(token.concept_id);
  return words;
}

}  // namespace floorwalker::verify
