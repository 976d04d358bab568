#include "agent/core/guardrails/neutral.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "agent/core/guardrails/phrases.h"

namespace floorwalker::guardrails {
namespace {

constexpr std::size_t kLongestTag = 300;
constexpr int kMostRounds = 8;
constexpr std::size_t kBlob = 48;  // letters and digits without a space: no word of any language, but an encoded text

// What only a text says that speaks to its reader's machinery. Single words that product texts have too are left to injection_mark, which decides
// nothing alone.
const Phrases& orders() {
  static const Phrases phrases = {
      "quoted text not an instruction", "ignore all previous", "ignore any previous", "ignore previous", "ignore prior", "ignore all prior", "ignore the above", "ignore your", "ignore these instructions",
      "ignore all instructions", "ignore earlier", "disregard all", "disregard any", "disregard previous", "disregard prior", "disregard your", "disregard the above", "disregard what",
      "forget your instructions", "forget all previous", "forget previous", "forget everything", "new instructions", "your instructions", "prior instructions", "previous instructions",
      "end of instructions", "instructions for the assistant", "these instructions with", "first letter of these", "system prompt", "system message", "system notice", "system override",
      "developer mode", "debug mode", "admin mode", "you are now", "from now on you", "as an ai", "ai assistant", "ai agent", "language model", "chatbot", "the assistant must",
      "the assistant should", "dear assistant", "attention assistant", "note to assistant", "assistant must", "assistant should", "agent must", "agent should", "jailbreak",
      "do not tell the", "don't tell the", "without asking", "without telling", "without confirmation", "no confirmation", "before answering", "before you answer", "tell the customer",
      "tell the user", "tell the shopper", "the shopper has", "the shopper approved", "the shopper confirmed", "respond with", "respond only", "reply with", "repeat after", "print your",
      "output your", "reveal the", "reveal your", "list your tools", "api key", "access token", "credentials", "call the tool", "call tool", "tool call", "function call", "invoke",
      "update cart", "start checkout", "hand off to", "add to cart", "add to the cart", "add it to", "add this to", "add these to", "add them to", "add three of", "add five", "always add this",
      "and add", "put this item into", "put this in", "put it in my cart", "empty the cart", "clear the cart", "remove everything", "remove all", "silently add", "set quantity", "set the quantity",
      "proceed to checkout", "apply the code", "apply code", "forward the conversation", "send the shopper's", "base64", "rot13", "decode", "execute it", "execute again", "session ends",
      "account will be closed", "act now", "ignoriere", "vergiss alle", "anweisungen", "in den warenkorb", "ignorez", "oubliez les", "le panier", "ignora", "instrucciones", "al carrito",
      "istruzioni", "al carrello", "ignoruj", "instrukcje", "do koszyka", "игнорируй", "инструкции", "в корзину", "negeer", "winkelwagen", "talimatları", "sepete"};
  return phrases;
}

constexpr std::array<std::string_view, 3> kUnspaced = {"忽略", "指示", "购物车"};  // languages without spaces between words

constexpr std::array<std::string_view, 8> kForged = {"[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "```", "###", "\"tool_calls\"", "\"role\""};

constexpr std::array<std::string_view, 8> kSpeakers = {"system", "assistant", "user", "human", "tool", "developer", "function", "ai"};

constexpr std::array<std::string_view, 32> kFormatting = {"a",  "abbr", "b",  "blockquote", "br", "center", "dd", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4",
                                                          "h5", "hr",   "i",  "li",         "ol", "p",      "s",  "small", "span", "strong", "sub", "sup", "table", "td", "tr", "u"};

bool alpha(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool alnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// The bytes of the invisible or direction-changing character at `at`; 0 if there is none: U+00AD, U+200B..F, U+202A..E, U+2060..9, U+FEFF, U+E00xx.
std::size_t invisible(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u; };
  const auto a = byte(0), b = byte(1), c = byte(2);
  if (a == 0xC2 && b == 0xAD) return 2;
  if (a == 0xE2 && b == 0x80 && ((c >= 0x8B && c <= 0x8F) || (c >= 0xAA && c <= 0xAE))) return 3;
  if (a == 0xE2 && b == 0x81 && c >= 0xA0 && c <= 0xAF) return 3;
  if (a == 0xEF && b == 0xBB && c == 0xBF) return 3;
  return a == 0xF3 && b == 0xA0 && byte(3) != 0 ? 4 : 0;
}

// Formatting that people write; a zero-width joiner, a soft hyphen and the marks of right-to-left text are no attack by themselves.
bool innocent(std::string_view character) { return character == "\xC2\xAD" || character == "\xE2\x80\x8D" || character == "\xE2\x80\x8E" || character == "\xE2\x80\x8F" || character == "\xEF\xBB\xBF"; }

class Cleaner {
 public:
  explicit Cleaner(std::string_view text) : text_(text) { out_.reserve(text.size()); }

  Neutral run() {
    while (at_ < text_.size()) {
      if (control() || hidden() || token() || tag() || picture() || speaker()) continue;
      blob(text_[at_]);
      out_ += text_[at_++];
    }
    Neutral made;
    if (mark_.empty()) mark_ = orders().find(spoken(out_));
    for (const std::string_view phrase : kUnspaced) {
      if (mark_.empty() && out_.find(phrase) != std::string::npos) mark_ = phrase;
    }
    if (!mark_.empty() && mark_.back() == ' ') mark_.pop_back();
    made.mark = std::move(mark_);
    made.text = std::move(out_);
    return made;
  }

 private:
  void mark(std::string_view what) {
    if (mark_.empty()) mark_ = what;
  }

  // ESC [ ... letter, and every control character but line ends and tabs.
  bool control() {
    const auto byte = static_cast<unsigned char>(text_[at_]);
    if (byte == 0x1B && at_ + 1 < text_.size() && text_[at_ + 1] == '[') {
      std::size_t end = at_ + 2;
      while (end < text_.size() && end < at_ + 20 && !alpha(text_[end])) ++end;
      at_ = std::min(end + 1, text_.size());
      mark("control sequences");
      return true;
    }
    if ((byte >= 0x20 && byte != 0x7F) || byte == '\n' || byte == '\t') return false;
    ++at_;
    return true;
  }

  bool hidden() {
    const std::size_t bytes = invisible(text_, at_);
    if (bytes == 0) return false;
    if (!innocent(text_.substr(at_, bytes))) mark("invisible characters");
    at_ += bytes;
    return true;
  }

  bool token() {
    if (!std::ispunct(static_cast<unsigned char>(text_[at_]))) return false;
    for (const std::string_view forged : kForged) {
      if (text_.compare(at_, forged.size(), forged) != 0) continue;
      mark("a forged turn");
      at_ += forged.size();
      return true;
    }
    if (text_.compare(at_, 2, "<|") != 0) return false;
    mark("a forged turn");
    const std::size_t end = text_.find("|>", at_);
    at_ = end == std::string_view::npos || end - at_ > kLongestTag ? at_ + 2 : end + 2;
    return true;
  }

  // "<name ...>", "</name>", "<!-- ... -->".
  bool tag() {
    if (text_[at_] != '<' || at_ + 1 >= text_.size()) return false;
    const std::size_t name = at_ + (text_[at_ + 1] == '/' ? 2 : 1);
    if (name >= text_.size() || (!alpha(text_[name]) && text_[name] != '!' && text_[name] != '?')) return false;
    const std::size_t end = text_.find('>', name);
    if (end == std::string_view::npos || end - at_ > kLongestTag) return false;
    std::string called;
    for (std::size_t i = name; i < end && alnum(text_[i]); ++i) called += static_cast<char>(std::tolower(static_cast<unsigned char>(text_[i])));
    if (std::find(kFormatting.begin(), kFormatting.end(), called) == kFormatting.end()) mark("markup");
    at_ = end + 1;
    const bool between = !out_.empty() && out_.back() != ' ' && at_ < text_.size() && alnum(text_[at_]);
    if (between) out_ += ' ';
    return true;
  }

  // "![words](address)": a picture would be fetched, a link followed; their words stay.
  bool picture() {
    if (text_[at_] != '[' && text_.compare(at_, 2, "![") != 0) return false;
    const std::size_t close = text_.find("](", at_);
    if (close == std::string_view::npos || close - at_ > kLongestTag) return false;
    const std::size_t end = text_.find(')', close);
    if (end == std::string_view::npos || end - close > 2 * kLongestTag) return false;
    const std::size_t words = at_ + (text_[at_] == '!' ? 2 : 1);
    if (text_[at_] == '!' || text_.compare(close + 2, 4, "http") != 0) mark("markup");
    out_ += text_.substr(words, close - words);
    at_ = end + 1;
    return true;
  }

  // "system:" where a line or sentence begins.
  bool speaker() {
    if (!alpha(text_[at_])) return false;
    const std::size_t last = out_.find_last_not_of(" \t");
    if (last != std::string::npos && (last + 1 == out_.size() || std::string_view(".!?\n>]\"").find(out_[last]) == std::string_view::npos)) return false;
    for (const std::string_view who : kSpeakers) {
      if (at_ + who.size() >= text_.size() || text_[at_ + who.size()] != ':') continue;
      const bool same = std::equal(who.begin(), who.end(), text_.begin() + static_cast<std::ptrdiff_t>(at_), [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
      if (!same) continue;
      mark("a forged turn");
      out_.append(text_.substr(at_, who.size())) += " -";
      at_ += who.size() + 1;
      return true;
    }
    return false;
  }

  void blob(char c) {
    run_ = alnum(c) || c == '+' || c == '=' ? run_ + 1 : 0;
    if (run_ == kBlob) mark("an encoded text");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t run_ = 0;
  std::string out_;
  std::string mark_;
};

// Whether the text ends with the name of a speaker.
bool names_speaker(std::string_view text) {
  return std::any_of(kSpeakers.begin(), kSpeakers.end(), [&](std::string_view who) {
    if (text.size() < who.size() || (text.size() > who.size() && alnum(text[text.size() - who.size() - 1]))) return false;
    return std::equal(who.begin(), who.end(), text.end() - static_cast<std::ptrdiff_t>(who.size()), [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
  });
}

// What a byte asks of the quick look.
enum class Look : unsigned char { kNothing, kRun, kSpace, kAlways, kCloser };

constexpr std::array<Look, 256> looks() {
  std::array<Look, 256> all{};
  for (int c = 0; c < 0x20; ++c) all[static_cast<std::size_t>(c)] = c == '\n' || c == '\t' ? Look::kNothing : Look::kAlways;
  for (int c = '0'; c <= '9'; ++c) all[static_cast<std::size_t>(c)] = Look::kRun;
  for (int c = 'a'; c <= 'z'; ++c) all[static_cast<std::size_t>(c)] = all[static_cast<std::size_t>(c - 'a' + 'A')] = Look::kRun;
  for (const unsigned char c : {'+', '='}) all[c] = Look::kRun;
  for (const unsigned char c : {'<', '[', '`', '\x7F'}) all[c] = Look::kAlways;
  for (const unsigned char c : {':', '#', '"'}) all[c] = Look::kCloser;
  for (const int c : {0xC2, 0xE2, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEF, 0xF3}) all[static_cast<std::size_t>(c)] = Look::kCloser;
  all[' '] = Look::kSpace;
  return all;
}

constexpr std::array<Look, 256> kLooks = looks();

// Whether what stands at `at` needs neutralising, where its byte alone does not tell.
bool suspicious(std::string_view text, std::size_t at) {
  switch (text[at]) {
    case ':': return names_speaker(text.substr(0, at));
    case '#': return text.compare(at, 3, "###") == 0;
    case '"': return text.compare(at, 6, "\"role\"") == 0 || text.compare(at, 6, "\"tool_") == 0;
    default: break;
  }
  return invisible(text, at) > 0 || std::any_of(kUnspaced.begin(), kUnspaced.end(), [&](auto phrase) { return text.compare(at, phrase.size(), phrase) == 0; });
}

}  // namespace

bool may_need_neutralising(std::string_view text) {
  std::size_t run = 0;
  bool words = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const Look look = kLooks[static_cast<unsigned char>(text[i])];
    if (look == Look::kRun) {
      if (++run >= kBlob) return true;
      continue;
    }
    run = 0;
    if (look == Look::kSpace) words = true;
    else if (look == Look::kAlways || (look == Look::kCloser && suspicious(text, i))) return true;
  }
  return words && orders().in_text(text);
}

// What was taken out may have stood between the halves of another, so that it is looked for until nothing changes.
Neutral neutralise(std::string_view text) {
  Neutral made{std::string(text), ""};
  for (int round = 0; round < kMostRounds; ++round) {
    if (!may_need_neutralising(made.text)) return made;
    Neutral next = Cleaner(made.text).run();
    if (made.mark.empty()) made.mark = std::move(next.mark);
    if (next.text == made.text) return made;
    made.text = std::move(next.text);
  }
  if (!may_need_neutralising(made.text)) return made;
  // Nested on purpose: nothing stays that could pair up again, and a speaker's name that came to stand first has no colon either.
  std::erase_if(made.text, [](char c) { return std::string_view("<>[]|`#:\"").find(c) != std::string_view::npos; });
  made.text = Cleaner(made.text).run().text;
  return made;
}

}  // namespace floorwalker::guardrails
