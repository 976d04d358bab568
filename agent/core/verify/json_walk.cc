#include "agent/core/verify/json_walk.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace floorwalker::verify {

namespace {

constexpr int kDeepest = 64;

bool space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool digit(char c) { return c >= '0' && c <= '9'; }
bool name_byte(char c) { return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.' || (c & 0x80); }

// Writes a code point at `out`, at most four bytes; one past it is returned.
char* put_utf8(char* out, unsigned value) {
  if (value < 0x80) {
    *out++ = static_cast<char>(value);
  } else if (value < 0x800) {
    *out++ = static_cast<char>(0xC0 | value >> 6);
    *out++ = static_cast<char>(0x80 | (value & 0x3F));
  } else if (value < 0x10000) {
    *out++ = static_cast<char>(0xE0 | value >> 12);
    *out++ = static_cast<char>(0x80 | (value >> 6 & 0x3F));
    *out++ = static_cast<char>(0x80 | (value & 0x3F));
  } else {
    *out++ = static_cast<char>(0xF0 | value >> 18);
    *out++ = static_cast<char>(0x80 | (value >> 12 & 0x3F));
    *out++ = static_cast<char>(0x80 | (value >> 6 & 0x3F));
    *out++ = static_cast<char>(0x80 | (value & 0x3F));
  }
  return out;
}

unsigned hex4(std::string_view text, std::size_t at) {
  unsigned value = 0;
  for (std::size_t i = at; i < at + 4 && i < text.size(); ++i) {
    const char c = text[i];
    value = value * 16 + static_cast<unsigned>(digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : 0);
  }
  return value;
}

}  // namespace

class JsonReader {
 public:
  // Strings are unescaped where they stand: what they mean is never longer than how it is written.
  JsonReader(JsonTree& tree, char* text, std::size_t size) : tree_(tree), writable_(text), text_(text, size) {}

  // The whole text as one value; false if anything is left over or broken.
  bool read_document() {
    add(0, {}, JsonNode::Type::kNull);
    if (!read_value(0, 0)) return false;
    skip_space();
    return at_ == text_.size();
  }

  // `key: value; value` pairs without braces around them.
  bool read_bare_pairs() {
    add(0, {}, JsonNode::Type::kObject);
    bool any = false;
    for (skip_separators(); at_ < text_.size(); skip_separators()) {
      const std::size_t before = at_;
      const std::string_view key = read_key();
      skip_space();
      if (key.empty() || at_ >= text_.size() || text_[at_] != ':') {
        at_ = before;
        return false;
      }
      ++at_;
      if (!read_values_of(key)) return false;
      any = true;
    }
    return any;
  }

 private:
  JsonTree& tree_;
  char* writable_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::uint32_t> last_child_;

  std::uint32_t add(std::uint32_t parent, std::string_view key, JsonNode::Type type) {
    const auto index = static_cast<std::uint32_t>(tree_.nodes_.size());
    JsonNode node;
    node.type = type;
    node.parent = parent;
    node.key = key;
    last_child_.push_back(0);
    if (index > 0) {
      if (last_child_[parent]) {
        tree_.nodes_[last_child_[parent]].next = index;
        node.position = tree_.nodes_[last_child_[parent]].position + 1;
      } else {
        tree_.nodes_[parent].first_child = index;
      }
      last_child_[parent] = index;
    }
    tree_.nodes_.push_back(node);
    return index;
  }

  void skip_space() {
    while (at_ < text_.size() && space(text_[at_])) ++at_;
  }

  void skip_separators() {
    while (at_ < text_.size() && (space(text_[at_]) || text_[at_] == ';' || text_[at_] == ',')) ++at_;
  }

  bool read_values_of(std::string_view key) {
    const std::uint32_t list = add(0, key, JsonNode::Type::kArray);
    for (;;) {
      skip_space();
      const std::uint32_t item = add(list, {}, JsonNode::Type::kNull);
      if (!read_value(item, 1)) return false;
      skip_space();
      if (at_ >= text_.size() || text_[at_] != ';') return true;
      ++at_;
      skip_space();
      if (at_ < text_.size() && text_[at_] != '{' && text_[at_] != '[' && text_[at_] != '"') return true;
    }
  }

  std::string_view read_key() {
    skip_space();
    if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) {
      const std::optional<std::string_view> quoted = read_string();
      return quoted ? *quoted : std::string_view{};
    }
    const std::size_t start = at_;
    while (at_ < text_.size() && name_byte(text_[at_])) ++at_;
    return text_.substr(start, at_ - start);
  }

  // A quoted string without its quotes.
  std::optional<std::string_view> read_string() {
    const char quote = text_[at_++];
    const std::size_t start = at_;
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\\') ++at_;
    char* out = writable_ + at_;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) out = unescape(out);
      else *out++ = text_[at_++];
    }
    if (at_ >= text_.size()) return std::nullopt;
    ++at_;
    return std::string_view(writable_ + start, static_cast<std::size_t>(out - (writable_ + start)));
  }

  char* unescape(char* out) {
    const char c = text_[at_ + 1];
    at_ += 2;
    switch (c) {
      case 'n': *out = '\n'; return out + 1;
      case 't': *out = '\t'; return out + 1;
      case 'r': *out = '\r'; return out + 1;
      case 'b': case 'f': *out = ' '; return out + 1;
      case 'u': break;
      default: *out = c; return out + 1;
    }
    unsigned value = hex4(text_, at_);
    at_ = std::min(at_ + 4, text_.size());
    if (value >= 0xD800 && value < 0xDC00 && text_.substr(at_, 2) == "\\u") {
      value = 0x10000 + ((value - 0xD800) << 10) + (hex4(text_, at_ + 2) - 0xDC00);
      at_ = std::min(at_ + 6, text_.size());
    }
    return put_utf8(out, value);
  }

  // Reads the value at the current place into the node that was made for it.
  bool read_value(std::uint32_t node, int depth) {
    skip_space();
    if (at_ >= text_.size() || depth > kDeepest) return false;
    const char c = text_[at_];
    if (c == '{') return read_children(node, depth, '}');
    if (c == '[' || c == '(') return read_children(node, depth, c == '[' ? ']' : ')');
    if (c == '"' || c == '\'') {
      const auto string = read_string();
      if (!string) return false;
      tree_.nodes_[node].type = JsonNode::Type::kString;
      tree_.nodes_[node].text = *string;
      return true;
    }
    return read_bare(node);
  }

  // A number, true, null ... or a bare word.
  bool read_bare(std::uint32_t node) {
    const std::size_t start = at_;
    while (at_ < text_.size() && (name_byte(text_[at_]) || text_[at_] == '+')) ++at_;
    const std::string_view word = text_.substr(start, at_ - start);
    if (word.empty()) return false;
    JsonNode& target = tree_.nodes_[node];
    target.text = word;
    if (word == "true" || word == "True" || word == "false" || word == "False") {
      target.type = JsonNode::Type::kBool;
      target.truth = word[0] == 't' || word[0] == 'T';
    } else if (word == "null" || word == "None" || word == "NaN") {
      target.type = JsonNode::Type::kNull;
    } else if (digit(word[0]) || (word.size() > 1 && (word[0] == '-' || word[0] == '.') && (digit(word[1]) || word[1] == '.'))) {
      target.type = JsonNode::Type::kNumber;
    } else {
      target.type = JsonNode::Type::kString;
    }
    return true;
  }

  bool read_children(std::uint32_t node, int depth, char close) {
    const bool object = close == '}';
    tree_.nodes_[node].type = object ? JsonNode::Type::kObject : JsonNode::Type::kArray;
    ++at_;
    for (;;) {
      skip_separators();
      if (at_ >= text_.size()) return false;
      if (text_[at_] == close) {
        ++at_;
        return true;
      }
      std::string_view key;
      if (object) {
        key = read_key();
        skip_space();
        if (key.empty() || at_ >= text_.size() || text_[at_] != ':') return false;
        ++at_;
      }
      const std::uint32_t child = add(node, key, JsonNode::Type::kNull);
      if (!read_value(child, depth + 1)) return false;
    }
  }
};

namespace {

// `name: {` or `name: [` or `name: "`: pairs without braces.
bool looks_like_pairs(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && name_byte(text[at])) ++at;
  if (at == 0 || at > 60) return false;
  while (at < text.size() && space(text[at])) ++at;
  if (at >= text.size() || text[at] != ':') return false;
  ++at;
  while (at < text.size() && space(text[at])) ++at;
  return at < text.size() && (text[at] == '{' || text[at] == '[');
}

}  // namespace

JsonTree JsonTree::parse(std::string_view text) {
  JsonTree tree;
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  tree.text_ = std::make_unique<char[]>(text.size() + 1);
  const auto copied = [&] {
    std::memcpy(tree.text_.get(), text.data(), text.size());
    return std::string_view(tree.text_.get(), text.size());
  };
  std::string_view owned = copied();
  const bool structured = !owned.empty() && (owned[0] == '{' || owned[0] == '[' || owned[0] == '"' || digit(owned[0]) || owned[0] == '-' ||
                                             owned == "true" || owned == "false" || owned == "null");
  if (structured) {
    tree.nodes_.reserve(16 + owned.size() / 24);
    if (JsonReader(tree, tree.text_.get(), owned.size()).read_document()) return tree;
    tree.nodes_.clear();
    owned = copied();
  }
  if (looks_like_pairs(owned)) {
    if (JsonReader(tree, tree.text_.get(), owned.size()).read_bare_pairs()) return tree;
    tree.nodes_.clear();
    owned = copied();
  }
  JsonNode whole;
  whole.type = JsonNode::Type::kString;
  whole.text = owned;
  tree.nodes_.push_back(whole);
  return tree;
}

std::uint32_t JsonTree::child(std::uint32_t object, std::string_view key) const {
  for (std::uint32_t at = nodes_[object].first_child; at; at = nodes_[at].next) {
    if (nodes_[at].key == key) return at;
  }
  return 0;
}

std::string JsonTree::pointer(std::uint32_t node) const {
  std::array<std::uint32_t, kDeepest + 2> steps{};
  std::size_t depth = 0;
  for (; node != 0 && depth < steps.size(); node = nodes_[node].parent) steps[depth++] = node;
  std::string path;
  path.reserve(48);
  while (depth-- > 0) {
    const JsonNode& step = nodes_[steps[depth]];
    path += '/';
    if (nodes_[step.parent].type != JsonNode::Type::kObject) {
      path += std::to_string(step.position);
      continue;
    }
    if (step.key.find_first_of("~/") == std::string_view::npos) {
      path += step.key;
      continue;
    }
    for (char c : step.key) {
      if (c == '~') path += "~0";
      else if (c == '/') path += "~1";
      else path += c;
    }
  }
  return path;
}

}  // namespace floorwalker::verify
