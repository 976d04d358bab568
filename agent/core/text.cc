#include "agent/core/text.h"

#include <libstemmer.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <unordered_map>

#include "agent/core/text_scan.h"

namespace floorwalker::text {
namespace {

using namespace std::literals;

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;  // 0: malformed
};

bool continuation(unsigned char c) { return (c & 0xC0) == 0x80; }

CodePoint decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char first = byte(0);
  const std::size_t left = text.size() - at;
  if (first < 0x80) return {first, 1};
  if (first >= 0xC2 && first < 0xE0 && left >= 2 && continuation(byte(1))) return {char32_t((first & 0x1F) << 6 | (byte(1) & 0x3F)), 2};
  if (first >= 0xE0 && first < 0xF0 && left >= 3 && continuation(byte(1)) && continuation(byte(2))) {
    const char32_t value = char32_t((first & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F));
    if (value >= 0x800 && !(value >= 0xD800 && value < 0xE000)) return {value, 3};
  }
  if (first >= 0xF0 && first < 0xF5 && left >= 4 && continuation(byte(1)) && continuation(byte(2)) && continuation(byte(3))) {
    const char32_t value = char32_t((first & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F));
    if (value >= 0x10000 && value < 0x110000) return {value, 4};
  }
  return {first, 0};
}

void append(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

// Windows-1252 for the bytes 0x80..0x9F; the rest is Latin-1.
constexpr std::array<char32_t, 32> kWindows1252{
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD,
    0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};

// Base letters of U+00C0..U+017F, '\0' where there is none.
constexpr std::string_view kLatin1 =
    "aaaaaa\0ceeeeiiiidnooooo\0ouuuuy\0\0aaaaaa\0ceeeeiiiidnooooo\0ouuuuy\0y"sv;
constexpr std::string_view kLatinExtended =
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii\0\0jjkkkllllllllllnnnnnnnnnoooooo\0\0rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"sv;

// What a code point becomes when folded; null: it stays.
const char* folded_sign(char32_t c) {
  switch (c) {
    case 0xDF: return "ss";
    case 0xC6: case 0xE6: return "ae";
    case 0xDE: case 0xFE: return "th";
    case 0x152: case 0x153: return "oe";
    case 0x132: case 0x133: return "ij";
    case 0x2018: case 0x2019: case 0x201B: case 0x2BC: case 0xB4: case 0x60: case 0x2032: return "'";
    case 0x201C: case 0x201D: case 0x201E: case 0xAB: case 0xBB: case 0x2033: return "\"";
    case 0x2010: case 0x2011: case 0x2012: case 0x2013: case 0x2014: case 0x2015: case 0x2212: return "-";
    case 0x2026: return "...";
    case 0xD7: return "x";
    case 0xB2: return "2";
    case 0xB3: return "3";
    case 0xB5: case 0x3BC: return "u";
    case 0x2122: case 0xAE: case 0xA9: case 0xAD: case 0x200B: case 0x200D: case 0xFEFF: return "";
    case 0xA0: case 0x2002: case 0x2003: case 0x2009: case 0x202F: return " ";
    case 0xFB01: return "fi";
    case 0xFB02: return "fl";
    default: return nullptr;
  }
}

void append_folded(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    return;
  }
  if (const char* sign = folded_sign(c)) {
    out += sign;
    return;
  }
  char base = 0;
  if (c >= 0xC0 && c <= 0xFF) base = kLatin1[c - 0xC0];
  if (c >= 0x100 && c <= 0x17F) base = kLatinExtended[c - 0x100];
  if (base) {
    out += base;
  } else if ((c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F)) {  // Greek and Cyrillic capitals
    append(out, c + 32);
  } else if (c >= 0x300 && c <= 0x36F) {
    // a combining mark: dropped
  } else {
    append(out, c);
  }
}

bool letter_or_digit(char32_t c) {
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  if (c < 0xC0) return c == 0xAA || c == 0xB5 || c == 0xBA || c == 0xB2 || c == 0xB3;
  if (c == 0xD7 || c == 0xF7) return false;
  return !(c >= 0x2000 && c <= 0x2BFF) && !(c >= 0x3000 && c <= 0x303F) && !(c >= 0xFF00 && c <= 0xFF0F) && c != 0xFFFD && c < 0x1F000;
}

bool ascii_digit(char c) { return c >= '0' && c <= '9'; }

// Letters and digits of ASCII, by byte.
constexpr std::array<bool, 256> kAsciiWord = [] {
  std::array<bool, 256> table{};
  for (unsigned c = 0; c < 0x80; ++c) table[c] = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return table;
}();

// A point or comma between digits, or an apostrophe between letters, belongs to the word.
bool joins(std::string_view text, std::size_t at, std::size_t start, std::size_t bytes) {
  if (at == start || at + bytes >= text.size()) return false;
  const char before = text[at - 1];
  const char after = text[at + bytes];
  if (bytes == 1 && (text[at] == '.' || text[at] == ',')) {
    const bool all_digits = std::all_of(text.begin() + static_cast<std::ptrdiff_t>(start), text.begin() + static_cast<std::ptrdiff_t>(at),
                                        [](char c) { return ascii_digit(c) || c == '.' || c == ','; });
    return all_digits && ascii_digit(before) && ascii_digit(after);
  }
  const bool apostrophe = (bytes == 1 && text[at] == '\'') || (bytes == 3 && decode(text, at).value == 0x2019);
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80); };
  return apostrophe && letter(before) && letter(after);
}

struct StemmerDeleter {
  void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
};

// Snowball stemmers are not safe for several threads: one of each language per thread.
sb_stemmer* stemmer_for(std::string_view language) {
  thread_local std::map<std::string, std::unique_ptr<sb_stemmer, StemmerDeleter>, std::less<>> stemmers;
  auto found = stemmers.find(language);
  if (found == stemmers.end()) {
    const std::string name(language);
    found = stemmers.emplace(name, std::unique_ptr<sb_stemmer, StemmerDeleter>(sb_stemmer_new(name.c_str(), "UTF_8"))).first;
  }
  return found->second.get();
}

std::string stem_anew(std::string_view folded_word, std::string_view language) {
  sb_stemmer* stemmer = stemmer_for(language);
  if (!stemmer) return std::string(folded_word);
  const auto* stemmed =
      sb_stemmer_stem(stemmer, reinterpret_cast<const sb_symbol*>(folded_word.data()), static_cast<int>(folded_word.size()));
  if (!stemmed) return std::string(folded_word);
  return {reinterpret_cast<const char*>(stemmed), static_cast<std::size_t>(sb_stemmer_length(stemmer))};
}

bool block_tag(std::string_view name) {
  static constexpr std::array<std::string_view, 16> kBlocks{"p",  "br", "div", "li", "ul", "ol", "tr", "table",
                                                            "h1", "h2", "h3",  "h4", "h5", "h6", "hr", "section"};
  return std::find(kBlocks.begin(), kBlocks.end(), name) != kBlocks.end();
}

std::string tag_name(std::string_view tag) {
  std::string name;
  for (char c : tag) {
    if (c == '/' && name.empty()) continue;
    if (!letter_or_digit(static_cast<unsigned char>(c))) break;
    name += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  }
  return name;
}

// Where a tag that opens at `at` ends (one past '>'), or 0 if `<` is just a character ("< 5 kg").
std::size_t tag_end(std::string_view html, std::size_t at) {
  if (at + 1 >= html.size()) return 0;
  const char next = html[at + 1];
  if (html.substr(at, 4) == "<!--") {
    const std::size_t close = html.find("-->", at);
    return close == std::string_view::npos ? html.size() : close + 3;
  }
  const bool tag = next == '/' || next == '!' || (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
  if (!tag) return 0;
  const std::size_t close = html.find('>', at);
  return close == std::string_view::npos ? 0 : close + 1;
}

struct Entity {
  std::string text;
  std::size_t length = 0;  // 0: no entity
};

Entity entity_at(std::string_view html, std::size_t at) {
  static const std::unordered_map<std::string_view, std::string_view> kNamed{
      {"amp", "&"},   {"lt", "<"},     {"gt", ">"},     {"quot", "\""},  {"apos", "'"},  {"nbsp", " "},  {"reg", "®"},
      {"trade", "™"}, {"copy", "©"},   {"deg", "°"},    {"euro", "€"},   {"pound", "£"}, {"times", "×"}, {"ndash", "–"},
      {"mdash", "—"}, {"rsquo", "’"},  {"lsquo", "‘"},  {"ldquo", "“"},  {"rdquo", "”"}, {"bull", "•"},  {"hellip", "…"},
      {"eacute", "é"}, {"uuml", "ü"},  {"ouml", "ö"},   {"auml", "ä"},   {"szlig", "ß"}, {"frac12", "½"}, {"sup2", "²"}, {"micro", "µ"}};
  const std::size_t end = html.find(';', at);
  if (end == std::string_view::npos || end - at > 10 || end == at + 1) return {};
  const std::string_view name = html.substr(at + 1, end - at - 1);
  if (name[0] == '#') {
    const bool hex = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
    const std::string digits(name.substr(hex ? 2 : 1));
    char* stop = nullptr;
    const unsigned long value = std::strtoul(digits.c_str(), &stop, hex ? 16 : 10);
    if (digits.empty() || *stop != 0 || value == 0 || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return {};
    Entity entity{"", end - at + 1};
    append(entity.text, static_cast<char32_t>(value));
    return entity;
  }
  const auto found = kNamed.find(name);
  if (found == kNamed.end()) return {};
  return {std::string(found->second), end - at + 1};
}

// One space between words, at most one line break between blocks.
bool blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

std::string collapse(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool space = false;
  bool line = false;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '\n') {
      line = true;
    } else if (blank(text[at])) {
      space = true;
    } else {
      if (!out.empty() && line) out += '\n';
      if (!out.empty() && !line && space) out += ' ';
      line = space = false;
      std::size_t next = at + 1;
      while (next < text.size() && !blank(text[next])) ++next;
      out.append(text, at, next - at);
      at = next;
      continue;
    }
    ++at;
  }
  return out;
}

}  // namespace

namespace {

// Where the printable ASCII from `at` on ends; eight bytes are looked at together.
std::size_t end_of_plain(std::string_view bytes, std::size_t at) {
  constexpr std::uint64_t kOnes = 0x0101010101010101, kHighs = 0x8080808080808080;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    if ((((word - kOnes * 0x20) & ~word) | word | (word + kOnes)) & kHighs) break;
  }
  while (at < bytes.size() && bytes[at] >= 0x20 && bytes[at] < 0x7F) ++at;
  return at;
}

}  // namespace

std::string sanitise(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t plain = end_of_plain(bytes, at);   // most texts are printable ASCII: whole runs of it are copied
    if (plain > at) {
      out.append(bytes, at, plain - at);
      at = plain;
      continue;
    }
    const CodePoint point = decode(bytes, at);
    if (point.bytes == 0) {
      const auto byte = static_cast<unsigned char>(bytes[at]);
      append(out, byte < 0xA0 ? kWindows1252[byte - 0x80] : byte);
      ++at;
      continue;
    }
    const bool control = point.value < 0x20 ? point.value != '\n' && point.value != '\t' : point.value >= 0x7F && point.value < 0xA0;
    if (!control) out.append(bytes, at, point.bytes);
    at += point.bytes;
  }
  return out;
}

std::string strip_html(std::string_view html) {
  std::string out;
  out.reserve(html.size());
  for (std::size_t at = 0; at < html.size();) {
    if (html[at] == '<') {
      if (const std::size_t end = tag_end(html, at)) {
        const std::string name = tag_name(html.substr(at + 1, end - at - 1));
        const bool opens = html[at + 1] != '/';
        at = end;
        if (opens && (name == "script" || name == "style")) {
          const std::size_t close = html.find("</" + name, at);
          at = close == std::string_view::npos ? html.size() : close;
        }
        if (block_tag(name)) out += '\n';
        continue;
      }
    }
    if (html[at] == '&') {
      const Entity entity = entity_at(html, at);
      if (entity.length) {
        out += entity.text;
        at += entity.length;
        continue;
      }
    }
    std::size_t next = at + 1;
    while (next < html.size() && html[next] != '<' && html[next] != '&') ++next;
    out.append(html, at, next - at);
    at = next;
  }
  return collapse(out);
}

void fold_into(std::string_view utf8, std::string& out) {
  out.assign(utf8);
  std::size_t at = 0;
  for (; at < utf8.size() && static_cast<unsigned char>(utf8[at]) < 0x80; ++at) out[at] = static_cast<char>(utf8[at] >= 'A' && utf8[at] <= 'Z' ? utf8[at] + 32 : utf8[at]);
  if (at == utf8.size()) return;
  out.resize(at);
  while (at < utf8.size()) {
    const CodePoint point = decode(utf8, at);
    append_folded(out, point.value);
    at += point.bytes ? point.bytes : 1;
  }
}

std::string fold(std::string_view utf8) {
  std::string out;
  fold_into(utf8, out);
  return out;
}

namespace {

// One past the word that starts at `start`.
std::size_t word_end(std::string_view utf8, std::size_t start) {
  std::size_t at = start;
  while (at < utf8.size()) {
    if (kAsciiWord[static_cast<unsigned char>(utf8[at])]) {
      ++at;
      continue;
    }
    const CodePoint point = decode(utf8, at);
    const std::size_t bytes = point.bytes ? point.bytes : 1;
    const bool ignorable = point.value == 0xAD || point.value == 0x200D || (point.value >= 0x300 && point.value <= 0x36F);
    if (point.bytes == 0 || (!letter_or_digit(point.value) && !ignorable && !joins(utf8, at, start, bytes))) break;
    at += bytes;
  }
  return at;
}

}  // namespace

WordSpan next_word(std::string_view utf8, std::size_t from) {
  for (std::size_t at = from; at < utf8.size();) {
    const auto byte = static_cast<unsigned char>(utf8[at]);
    if (!kAsciiWord[byte]) {
      const CodePoint point = byte < 0x80 ? CodePoint{byte, 1} : decode(utf8, at);
      if (byte < 0x80 || point.bytes == 0 || !letter_or_digit(point.value)) {
        at += point.bytes ? point.bytes : 1;
        continue;
      }
    }
    return {at, word_end(utf8, at)};
  }
  return {utf8.size(), utf8.size()};
}

std::vector<Word> words(std::string_view utf8) {
  std::vector<Word> found;
  found.reserve(utf8.size() / 5 + 1);
  for (WordSpan word = next_word(utf8, 0); word.start < word.end; word = next_word(utf8, word.end)) {
    found.push_back({fold(utf8.substr(word.start, word.end - word.start)), word.start, word.end});
  }
  return found;
}

std::string stem(std::string_view folded_word, std::string_view language) {
  if (std::any_of(folded_word.begin(), folded_word.end(), ascii_digit)) return std::string(folded_word);
  // The words of one catalogue and one talk come again and again.
  struct Known {
    std::string word, language, stem;
  };
  constexpr std::size_t kKnown = 2048, kLongest = 15;  // letters that a string holds in place
  if (folded_word.size() > kLongest) return stem_anew(folded_word, language);
  thread_local std::vector<Known> known(kKnown);
  Known& place = known[std::hash<std::string_view>()(folded_word) % kKnown];
  if (place.word != folded_word || place.language != language) place = {std::string(folded_word), std::string(language), stem_anew(folded_word, language)};
  return place.stem;
}

std::size_t code_points_before(std::string_view utf8, std::size_t offset) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < std::min(offset, utf8.size()); ++i) count += !continuation(static_cast<unsigned char>(utf8[i]));
  return count;
}

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  const std::size_t gap = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (gap > limit) return limit + 1;
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    std::size_t best = row[0];
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + cost});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
      best = std::min(best, row[j]);
    }
    if (best > limit) return limit + 1;
    std::swap(before, last);
    std::swap(last, row);
  }
  return std::min(last[b.size()], limit + 1);
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  std::string best;
  const std::string folded = fold(word);
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(folded, fold(candidate), best_distance);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string join_and(const std::vector<std::string>& parts, std::string_view last) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += i + 1 == parts.size() ? " " + std::string(last) + " " : ", ";
    out += parts[i];
  }
  return out;
}

std::string spaced(std::string_view identifier) {
  std::string out(identifier);
  std::replace(out.begin(), out.end(), '_', ' ');
  return out;
}

}  // namespace floorwalker::text
