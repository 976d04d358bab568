#include "agent/core/guardrails/personal.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "agent/core/guardrails/phrases.h"

namespace floorwalker::guardrails {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool upper(char c) { return c >= 'A' && c <= 'Z'; }
bool letter(char c) { return upper(c) || (c >= 'a' && c <= 'z') || (c & 0x80) != 0; }

bool one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

bool wants(const std::vector<std::string>& kinds, std::string_view kind) { return std::find(kinds.begin(), kinds.end(), kind) != kinds.end(); }

// Whether a word or number goes on at `at`.
bool joined(std::string_view text, std::size_t at) { return at < text.size() && (digit(text[at]) || letter(text[at])); }

class Finder {
 public:
  Finder(std::string_view text, const std::vector<std::string>& kinds) : text_(text), kinds_(kinds) {}

  std::vector<PersonalSpan> run() {
    if (wants(kinds_, "email")) emails();
    if (wants(kinds_, "iban")) ibans();
    if (wants(kinds_, "card") || wants(kinds_, "phone")) numbers();
    if (wants(kinds_, "address")) addresses();
    std::sort(found_.begin(), found_.end(), [](const auto& a, const auto& b) { return a.start < b.start; });
    return std::move(found_);
  }

 private:
  bool taken(std::size_t start, std::size_t end) const {
    return std::any_of(found_.begin(), found_.end(), [&](const PersonalSpan& span) { return start < span.end && span.start < end; });
  }

  void add(const char* kind, std::size_t start, std::size_t end) {
    if (!taken(start, end)) found_.push_back({kind, start, end});
  }

  void emails() {
    const auto local = [](char c) { return digit(c) || letter(c) || one_of(c, "._%+-"); };
    const auto host = [](char c) { return digit(c) || letter(c) || one_of(c, ".-"); };
    for (std::size_t at = text_.find('@'); at != std::string_view::npos; at = text_.find('@', at + 1)) {
      std::size_t start = at, end = at + 1;
      while (start > 0 && local(text_[start - 1])) --start;
      while (end < text_.size() && host(text_[end])) ++end;
      while (end > at + 1 && one_of(text_[end - 1], ".-")) --end;
      const std::string_view domain = text_.substr(at + 1, end - at - 1);
      const std::size_t dot = domain.rfind('.');
      if (start < at && dot != std::string_view::npos && dot > 0 && domain.size() - dot > 2) add("email", start, end);
    }
  }

  // Digits with single separators between them, from `start`; gives the digits and where they end.
  std::pair<std::string, std::size_t> digits_from(std::size_t start, std::string_view separators) const {
    std::string digits;
    std::size_t end = start;
    for (std::size_t at = start; at < text_.size() && at - start < 40; ++at) {
      if (digit(text_[at])) {
        digits += text_[at];
        end = at + 1;
      } else if (!one_of(text_[at], separators) || at - end > 1) {
        break;
      }
    }
    return {digits, end};
  }

  void numbers() {
    for (std::size_t at = 0; at < text_.size(); ++at) {
      const bool begins = digit(text_[at]) || (one_of(text_[at], "+(") && at + 1 < text_.size() && digit(text_[at + 1]));
      if (!begins || (at > 0 && (joined(text_, at - 1) || one_of(text_[at - 1], "#.,")))) continue;
      const std::size_t end = std::max(card(at), phone(at));
      if (end > at) {
        at = end;
      } else {
        while (at + 1 < text_.size() && (digit(text_[at + 1]) || letter(text_[at + 1]))) ++at;
      }
    }
  }

  static bool luhn(const std::string& digits) {
    int sum = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
      int value = digits[digits.size() - 1 - i] - '0';
      if (i % 2 == 1) value = value > 4 ? value * 2 - 9 : value * 2;
      sum += value;
    }
    return sum % 10 == 0;
  }

  // Where the card number that begins at `start` ends; `start` if there is none.
  std::size_t card(std::size_t start) {
    if (!wants(kinds_, "card") || !digit(text_[start])) return start;
    const auto [digits, end] = digits_from(start, " -");
    const bool issued = digits[0] >= '2' && digits[0] <= '6';
    if (digits.size() < 14 || digits.size() > 19 || !issued || joined(text_, end) || !luhn(digits)) return start;
    add("card", start, end);
    return end;
  }

  std::size_t phone(std::size_t start) {
    if (!wants(kinds_, "phone")) return start;
    const bool plus = text_[start] == '+';
    const std::size_t first = plus ? start + 1 : start;
    const auto [digits, end] = digits_from(first, " -.()");
    if (joined(text_, end) || digits.size() > 15 || taken(start, end)) return start;
    const std::string_view written = text_.substr(first, end - first);
    const bool separated = written.size() > digits.size();
    const bool national = digits[0] == '0' && (digits.size() < 2 || digits[1] != '0') && digits.size() >= 9 && written.find('.') == std::string_view::npos;
    const bool american = separated && groups(written) && (digits.size() == 10 || (digits.size() == 11 && digits[0] == '1'));
    const bool told = digits.size() >= 7 && phone_before(start);
    if (!(plus && digits.size() >= 8) && !(national && !order_before(start)) && !american && !told) return start;
    add("phone", start, end);
    return end;
  }

  // "415-555-0132", "(415) 555-0132": groups of three, three and four at the end.
  static bool groups(std::string_view written) {
    std::string sizes;
    int run = 0;
    for (const char c : written) {
      if (digit(c)) {
        ++run;
      } else if (run > 0) {
        sizes += static_cast<char>('0' + run);
        run = 0;
      }
    }
    sizes += static_cast<char>('0' + run);
    return sizes == "334" || sizes == "1334";
  }

  bool said_before(std::size_t at, const Phrases& words) const { return words.in(spoken(text_.substr(at < 40 ? 0 : at - 40, std::min<std::size_t>(at, 40)))); }

  bool phone_before(std::size_t at) const {
    static const Phrases words = {"phone", "call me", "tel", "telephone", "mobile", "cell", "cellphone", "text me", "whatsapp", "reach me", "phone number", "my number", "telefon", "handy"};
    return said_before(at, words) && !order_before(at);
  }

  bool order_before(std::size_t at) const {
    static const Phrases words = {"order", "tracking", "item", "sku", "article", "part number", "model", "invoice", "serial", "ean", "isbn", "gtin"};
    return said_before(at, words);
  }

  void ibans() {
    for (std::size_t at = 0; at + 15 < text_.size(); ++at) {
      if (!upper(text_[at]) || !upper(text_[at + 1]) || !digit(text_[at + 2]) || !digit(text_[at + 3]) || (at > 0 && joined(text_, at - 1))) continue;
      std::string account;
      std::size_t end = at;
      for (std::size_t i = at; i < text_.size() && account.size() < 34; ++i) {
        if (digit(text_[i]) || upper(text_[i])) {
          account += text_[i];
          end = i + 1;
        } else if (text_[i] != ' ' || i > end) {
          break;
        }
        if (account.size() >= 15 && !joined(text_, end) && checks(account)) {
          add("iban", at, end);
          at = end;
          break;
        }
      }
    }
  }

  // ISO 13616: the first four characters moved to the end, letters as numbers, modulo 97.
  static bool checks(const std::string& account) {
    int rest = 0;
    for (std::size_t i = 0; i < account.size(); ++i) {
      const char c = account[(i + 4) % account.size()];
      rest = digit(c) ? (rest * 10 + (c - '0')) % 97 : (rest * 100 + (c - 'A' + 10)) % 97;
    }
    return rest == 1;
  }

  // "12 Elm Street", "Gartenstr. 5": a house number beside the name of a street.
  void addresses() {
    static const std::array<std::string_view, 24> kStreets = {"street", "st", "road", "rd", "avenue", "ave", "lane", "ln", "drive", "dr", "boulevard", "blvd",
                                                              "way", "court", "ct", "square", "terrace", "place", "close", "crescent", "highway", "hwy", "parkway", "pkwy"};
    const std::vector<Token> tokens = tokens_of_text();
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (!digit(tokens[i].folded[0])) continue;
      for (std::size_t j = i + 2; j < std::min(tokens.size(), i + 6) && upper(text_[tokens[j].start]); ++j) {
        if (std::find(kStreets.begin(), kStreets.end(), tokens[j].folded) != kStreets.end()) add("address", tokens[i].start, tokens[j].end);
      }
      if (i > 0 && german_street(tokens[i - 1].folded)) add("address", tokens[i - 1].start, tokens[i].end);
    }
  }

  struct Token {
    std::string folded;
    std::size_t start = 0, end = 0;
  };

  std::vector<Token> tokens_of_text() const {
    std::vector<Token> tokens;
    for (std::size_t at = 0; at < text_.size();) {
      const std::size_t start = at;
      while (at < text_.size() && joined(text_, at)) ++at;
      if (at > start) tokens.push_back({std::string(spoken(text_.substr(start, at - start))), start, at});
      else ++at;
    }
    for (Token& token : tokens) {
      token.folded.erase(std::remove(token.folded.begin(), token.folded.end(), ' '), token.folded.end());
      if (token.folded.empty()) token.folded = " ";
    }
    return tokens;
  }

  static bool german_street(const std::string& word) {
    const auto ends = [&](std::string_view end) { return word.size() > end.size() && word.compare(word.size() - end.size(), end.size(), end) == 0; };
    return ends("strasse") || ends("str") || ends("weg") || ends("platz") || ends("gasse") || ends("allee");
  }

  std::string_view text_;
  const std::vector<std::string>& kinds_;
  std::vector<PersonalSpan> found_;
};

// How a placeholder begins and ends around its number.
std::pair<std::string_view, std::string_view> frame(std::string_view kind) {
  if (kind == "email") return {"shopper-", "@private.invalid"};   // RFC 2606: no mail ever goes there
  if (kind == "phone") return {"[phone ", "]"};
  if (kind == "address") return {"[address ", "]"};
  if (kind == "card") return {"[card ", "]"};
  return {"[iban ", "]"};
}

constexpr std::array<std::string_view, 5> kKinds = {"email", "phone", "address", "card", "iban"};

// Calls `each(kind, start, number start, number end, end)` for every placeholder in the text.
template <typename Each>
void placeholders(std::string_view text, const Each& each) {
  for (const std::string_view kind : kKinds) {
    const auto [before, after] = frame(kind);
    for (std::size_t at = text.find(before); at != std::string_view::npos; at = text.find(before, at + 1)) {
      const std::size_t number = at + before.size();
      std::size_t end = number;
      while (end < text.size() && digit(text[end])) ++end;
      if (end > number && text.compare(end, after.size(), after) == 0) each(kind, at, number, end, end + after.size());
    }
  }
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
}

}  // namespace

std::vector<PersonalSpan> find_personal(std::string_view text, const std::vector<std::string>& kinds) {
  if (kinds.empty() || text.empty()) return {};
  return Finder(text, kinds).run();
}

std::string personal_in(std::string_view text, const std::string& kind) {
  std::string found;
  std::vector<std::pair<std::size_t, std::size_t>> placed;
  placeholders(text, [&](std::string_view of, std::size_t start, std::size_t, std::size_t, std::size_t end) {
    if (of != kind) return;
    placed.emplace_back(start, end);
    found += (found.empty() ? "" : ", ") + std::string(text.substr(start, end - start));
  });
  const auto open = [&](const PersonalSpan& span) {
    return std::none_of(placed.begin(), placed.end(), [&](const auto& one) { return span.start < one.second && one.first < span.end; });
  };
  const std::vector<PersonalSpan> spans = find_personal(text, {kind});
  const auto more = std::count_if(spans.begin(), spans.end(), open);
  if (more > 0) found += (found.empty() ? "" : ", ") + std::to_string(more) + " to be taken out";
  return found;
}

void Redactor::go_on_after(std::string_view stored) {
  placeholders(stored, [&](std::string_view kind, std::size_t, std::size_t number, std::size_t end, std::size_t) {
    int value = 0;
    std::from_chars(stored.data() + number, stored.data() + end, value);
    int& last = numbers_[std::string(kind)];
    last = std::max(last, value);
  });
}

std::string Redactor::redact(std::string_view text) {
  std::string out;
  std::size_t at = 0;
  for (const PersonalSpan& span : find_personal(text, kinds_)) {
    const std::string_view value = text.substr(span.start, span.end - span.start);
    bool placed = false;   // a placeholder that came back, in a copied message, stays itself
    placeholders(value, [&](auto, std::size_t start, auto, auto, std::size_t end) { placed = placed || end - start == value.size(); });
    if (placed) continue;
    out += text.substr(at, span.start - at);
    out += placeholder(span.kind, value);
    at = span.end;
  }
  out += text.substr(at);
  return out;
}

std::string Redactor::placeholder(const std::string& kind, std::string_view value) {
  const auto known = std::find_if(known_.begin(), known_.end(), [&](const auto& one) { return one.second == value; });
  if (known != known_.end()) return known->first;
  const auto [before, after] = frame(kind);
  std::string made = std::string(before) + std::to_string(++numbers_[kind]) + std::string(after);
  known_.emplace_back(made, value);
  return made;
}

std::string Redactor::hide(std::string text) const {
  for (const auto& [placeholder, value] : known_) {
    if (value.size() >= 6) replace_all(text, value, placeholder);
  }
  return text;
}

std::optional<std::string> Redactor::restore(std::string_view arguments) const {
  std::string restored(arguments);
  bool all = true;
  placeholders(arguments, [&](std::string_view kind, std::size_t start, auto, auto, std::size_t end) {
    const std::string_view placed = arguments.substr(start, end - start);
    const auto known = std::find_if(known_.begin(), known_.end(), [&](const auto& one) { return one.first == placed; });
    if (kind == "card" || kind == "iban") return;
    if (known == known_.end()) all = false;
    else replace_all(restored, placed, known->second);
  });
  if (!all) return std::nullopt;
  return restored;
}

std::string without_numbers(std::string_view redacted) {
  std::vector<std::pair<std::size_t, std::size_t>> numbers;
  placeholders(redacted, [&](auto, auto, std::size_t number, std::size_t end, auto) { numbers.emplace_back(number, end); });
  std::sort(numbers.begin(), numbers.end());
  std::string out;
  std::size_t at = 0;
  for (const auto& [start, end] : numbers) {
    out += redacted.substr(at, start - at);
    at = end;
  }
  return out.append(redacted.substr(at));
}

}  // namespace floorwalker::guardrails
