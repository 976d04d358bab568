#include "adapters/http/json.h"

#include <simdjson.h>

#include <bit>
#include <cstring>

namespace floorwalker::http {

// What the values point into. Texts with escapes are unescaped in place: they only get shorter.
struct JsonDocument::Storage {
  std::string text;
};

namespace {

constexpr int kMaxDepth = 64;
constexpr std::uint64_t kOnes = 0x0101010101010101, kHighs = 0x8080808080808080;

constexpr std::size_t kPadding = 8;   // zero bytes after the text, so that eight can be looked at from anywhere in it

// How many of the eight bytes from there on come before a quote, a backslash or a control character.
std::size_t plain_bytes(const char* bytes) {
  if constexpr (std::endian::native == std::endian::little) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    const std::uint64_t quote = word ^ (kOnes * '"'), backslash = word ^ (kOnes * '\\');
    // The lowest mark is exact; those above it may come from a borrow.
    const std::uint64_t marks = (((word - kOnes * 0x20) & ~word) | ((quote - kOnes) & ~quote) | ((backslash - kOnes) & ~backslash)) & kHighs;
    return static_cast<std::size_t>(std::countr_zero(marks)) / 8;
  }
  std::size_t plain = 0;
  while (plain < 8 && static_cast<unsigned char>(bytes[plain]) >= 0x20 && bytes[plain] != '"' && bytes[plain] != '\\') ++plain;
  return plain;
}

bool digit(char c) { return c >= '0' && c <= '9'; }

char* put(char* out, std::uint32_t point) {
  if (point < 0x80) {
    *out++ = static_cast<char>(point);
  } else if (point < 0x800) {
    *out++ = static_cast<char>(0xC0 | point >> 6);
    *out++ = static_cast<char>(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    *out++ = static_cast<char>(0xE0 | point >> 12);
    *out++ = static_cast<char>(0x80 | (point >> 6 & 0x3F));
    *out++ = static_cast<char>(0x80 | (point & 0x3F));
  } else {
    *out++ = static_cast<char>(0xF0 | point >> 18);
    *out++ = static_cast<char>(0x80 | (point >> 12 & 0x3F));
    *out++ = static_cast<char>(0x80 | (point >> 6 & 0x3F));
    *out++ = static_cast<char>(0x80 | (point & 0x3F));
  }
  return out;
}

// One pass over the text, which is UTF-8 and followed by `kPadding`: checks all of it and writes the values down flat. The answers of shops
// are small and read whole; a parser that builds an index first, or keeps numbers as doubles only, has no use here.
class Parser {
 public:
  Parser(std::string& text, std::vector<Json>& values) : at_(text.data()), end_(text.data() + text.size() - kPadding), values_(values) {}

  // "" or what is wrong.
  const char* run() {
    if (!value({}, 0)) return why_;
    skip_space();
    return at_ == end_ ? "" : "text after the end";
  }

 private:
  bool wrong(const char* why) { return why_ = why, false; }

  void skip_space() {
    while (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t') ++at_;
  }

  bool take(std::string_view word) {
    if (static_cast<std::size_t>(end_ - at_) < word.size() || std::memcmp(at_, word.data(), word.size()) != 0) return wrong("a word that is none");
    at_ += word.size();
    return true;
  }

  bool value(std::string_view key, int depth) {
    if (depth > kMaxDepth) return wrong("too deep");
    skip_space();
    const std::size_t index = values_.size();
    Json& made = values_.emplace_back();
    made.key = key;
    switch (*at_) {
      case '{': return object(index, depth);
      case '[': return list(index, depth);
      case '"': made.type = Json::Type::kText; return text(made.text);
      case 't': made.type = Json::Type::kTrue; return take("true");
      case 'f': made.type = Json::Type::kFalse; return take("false");
      case 'n': return take("null");
      default: made.type = Json::Type::kNumber; return number(made.text);
    }
  }

  bool list(std::size_t index, int depth) {
    values_[index].type = Json::Type::kList;
    ++at_;
    skip_space();
    if (*at_ == ']') return ++at_, true;
    for (;;) {
      if (!value({}, depth + 1)) return false;
      skip_space();
      const char next = *at_;
      if (next != ',' && next != ']') return wrong("a list without an end");
      ++at_;
      if (next == ']') return close(index);
    }
  }

  bool object(std::size_t index, int depth) {
    values_[index].type = Json::Type::kObject;
    ++at_;
    skip_space();
    if (*at_ == '}') return ++at_, true;
    for (;;) {
      skip_space();
      std::string_view key;
      if (*at_ != '"' || !text(key)) return wrong("a member without a name");
      skip_space();
      if (*at_ != ':') return wrong("a member without a value");
      ++at_;
      if (!value(key, depth + 1)) return false;
      skip_space();
      const char next = *at_;
      if (next != ',' && next != '}') return wrong("an object without an end");
      ++at_;
      if (next == '}') return close(index);
    }
  }

  bool close(std::size_t index) {
    values_[index].span = static_cast<std::uint32_t>(values_.size() - index);
    return true;
  }

  bool number(std::string_view& out) {
    char* const start = at_;
    if (*at_ == '-') ++at_;
    if (*at_ == '0') ++at_;
    else if (!digits()) return wrong("a value that is none");
    if (*at_ == '.' && (++at_, !digits())) return wrong("a number without an end");
    if (*at_ == 'e' || *at_ == 'E') {
      ++at_;
      if (*at_ == '+' || *at_ == '-') ++at_;
      if (!digits()) return wrong("a number without an end");
    }
    out = {start, static_cast<std::size_t>(at_ - start)};
    return true;
  }

  bool digits() {
    const char* const start = at_;
    while (digit(*at_)) ++at_;
    return at_ != start;
  }

  bool text(std::string_view& out) {
    char* const start = ++at_;
    for (;;) {
      const std::size_t plain = plain_bytes(at_);
      at_ += plain;
      if (plain == 8) continue;
      if (*at_ == '"') break;
      if (*at_ == '\\') return escaped(start, out);
      return wrong("text without an end");   // or a bare control character
    }
    out = {start, static_cast<std::size_t>(at_++ - start)};
    return true;
  }

  // The rest of a text from its first escape on.
  bool escaped(char* start, std::string_view& out) {
    char* to = at_;
    while (*at_ != '"') {
      if (static_cast<unsigned char>(*at_) < 0x20) return wrong("text without an end");
      if (*at_ != '\\') *to++ = *at_++;
      else if (!escape(to)) return false;
    }
    ++at_;
    out = {start, static_cast<std::size_t>(to - start)};
    return true;
  }

  bool escape(char*& to) {
    static constexpr std::string_view kNames = "\"\\/bfnrt", kMeant = "\"\\/\b\f\n\r\t";
    const char name = *++at_;
    ++at_;
    if (name != 'u') {
      const std::size_t known = kNames.find(name);
      if (name == 0 || known == std::string_view::npos) return wrong("an escape that is none");
      *to++ = kMeant[known];
      return true;
    }
    std::uint32_t point = 0, low = 0;
    if (!hex(point)) return false;
    if (point >= 0xD800 && point < 0xDC00) {
      if (at_[0] != '\\' || at_[1] != 'u') return wrong("half a character");
      at_ += 2;
      if (!hex(low) || low < 0xDC00 || low > 0xDFFF) return wrong("half a character");
      point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
    } else if (point >= 0xDC00 && point < 0xE000) {
      return wrong("half a character");
    }
    to = put(to, point);
    return true;
  }

  bool hex(std::uint32_t& out) {
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = *at_;
      const char letter = static_cast<char>(c | 0x20);
      if (!digit(c) && (letter < 'a' || letter > 'f')) return wrong("an escape that is none");
      out = out * 16 + static_cast<std::uint32_t>(digit(c) ? c - '0' : letter - 'a' + 10);
    }
    return true;
  }

  char* at_;
  const char* end_;
  std::vector<Json>& values_;
  const char* why_ = "";
};

}  // namespace

JsonDocument::JsonDocument(std::unique_ptr<Storage> storage) : storage_(std::move(storage)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

Result<JsonDocument> JsonDocument::parse(std::string_view text) {
  JsonDocument made(std::make_unique<Storage>());
  std::string& own = made.storage_->text;
  own.reserve(text.size() + kPadding);
  own.append(text).append(kPadding, '\0');
  made.values_.reserve(text.size() / 12 + 8);
  const char* why = simdjson::validate_utf8(text.data(), text.size()) ? Parser(own, made.values_).run() : "bytes that are not UTF-8";
  if (*why) return fail(ErrorKind::kMalformed, "the shop's answer is not valid JSON", why);
  return made;
}

}  // namespace floorwalker::http
