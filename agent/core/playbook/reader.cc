#include "agent/core/playbook/reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "agent/core/text.h"

namespace floorwalker::yaml {
namespace {

constexpr std::size_t kMaxFindings = 500;

// What YAML 1.1 readers take for a boolean. We never guess: where text is wanted these need quotes.
bool looks_boolean(const Node& node) {
  static constexpr std::array<const char*, 8> kWords = {"yes", "no", "on", "off", "true", "false", "y", "n"};
  if (node.quoted) return false;
  const std::string folded = text::fold(node.text);
  return std::any_of(kWords.begin(), kWords.end(), [&](const char* word) { return folded == word; });
}

std::string described(const Node& node) {
  switch (node.type) {
    case Node::Type::kNull: return "nothing";
    case Node::Type::kList: return "a list";
    case Node::Type::kMap: return "a map of keys";
    case Node::Type::kScalar: break;
  }
  constexpr std::size_t kShown = 40;
  return "'" + (node.text.size() > kShown ? text::sanitise(node.text.substr(0, kShown)) + "..." : node.text) + "'";
}

std::string listed(const std::vector<std::string>& names) { return text::join_and(names, "or"); }

std::string did_you_mean(const std::string& word, const std::vector<std::string>& names) {
  const std::string near = text::nearest(word, names);
  return near.empty() ? "" : "did you mean '" + near + "'?";
}

// Splits "10 m" into its number and what follows; nothing if it does not start with a plain decimal number.
struct NumberAndRest {
  std::int64_t thousandths = 0;
  std::string rest;
};

std::optional<NumberAndRest> split_number(const std::string& text) {
  std::size_t at = 0;
  std::int64_t whole = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), whole);
  at = static_cast<std::size_t>(end - text.data());
  if (bad != std::errc{} || whole < 0 || whole > 1'000'000'000'000 || at == 0 || text[0] == '-') return std::nullopt;
  std::int64_t thousandths = whole * 1000;
  if (at < text.size() && text[at] == '.') {
    std::int64_t unit = 100;
    std::size_t digits = 0;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++digits, unit /= 10) thousandths += (text[at] - '0') * unit;
    if (digits == 0 || digits > 3) return std::nullopt;
  }
  while (at < text.size() && text[at] == ' ') ++at;
  return NumberAndRest{thousandths, text.substr(at)};
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(const std::string& text) {
  static const std::map<std::string, std::int64_t> kMillis = {
      {"ms", 1}, {"s", 1000}, {"sec", 1000}, {"second", 1000}, {"seconds", 1000}, {"m", 60'000}, {"min", 60'000}, {"minute", 60'000},
      {"minutes", 60'000}, {"h", 3'600'000}, {"hour", 3'600'000}, {"hours", 3'600'000}, {"d", 86'400'000}, {"day", 86'400'000}, {"days", 86'400'000}};
  const auto parts = split_number(text);
  if (!parts) return std::nullopt;
  const auto unit = kMillis.find(parts->rest);
  constexpr std::int64_t kYear = 366LL * 86'400'000;
  if (unit == kMillis.end() || parts->thousandths / 1000 > kYear / unit->second) return std::nullopt;
  return std::chrono::milliseconds(parts->thousandths * unit->second / 1000);
}

std::optional<int> parse_permille(const std::string& text) {
  const auto parts = split_number(text);
  if (!parts || parts->rest != "%" || parts->thousandths % 100 != 0 || parts->thousandths > 1'000'000) return std::nullopt;
  return static_cast<int>(parts->thousandths / 100);
}

std::optional<Money> parse_money(const std::string& text) {
  const std::size_t space = text.rfind(' ');
  if (space == std::string::npos || space == 0) return std::nullopt;
  const auto currency = Currency::parse(text.substr(space + 1));
  if (!currency) return std::nullopt;
  const auto minor = parse_minor(text.substr(0, space), *currency);
  if (!minor || *minor < 0) return std::nullopt;
  return Money{*minor, *currency};
}

Path Path::key(const std::string& name) const {
  return {text.empty() ? name : text + "." + name, pattern.empty() ? name : pattern + "." + name};
}

Path Path::entry(const std::string& name) const {
  return {text.empty() ? name : text + "." + name, pattern.empty() ? "*" : pattern + ".*"};
}

Path Path::item(std::size_t index) const { return {text + "[" + std::to_string(index) + "]", pattern + "[]"}; }

void Reader::error(const SourcePosition& at, const Path& path, std::string message, std::string suggestion) {
  if (findings_.size() < kMaxFindings) {
    findings_.push_back({Finding::Severity::kError, at, path.text, std::move(message), std::move(suggestion)});
  }
}

void Reader::error(const Node& node, const Path& path, std::string message, std::string suggestion) {
  error(node.at, path, std::move(message), std::move(suggestion));
}

bool Reader::is(const Node& node, const Path& path, Node::Type type, const std::string& wanted) {
  if (node.type == type) return true;
  error(node, path, wanted + " is wanted here, not " + described(node));
  return false;
}

void Reader::known_keys(const Path& path, const std::vector<Key>& keys) {
  if (!accepted_) return;
  auto& names = (*accepted_)[path.pattern];
  for (const Key& key : keys) {
    if (std::find(names.begin(), names.end(), key.name) == names.end()) names.emplace_back(key.name);
  }
}

void Reader::require_present(const Node& node, const Path& path, const std::vector<Key>& keys) {
  for (const Key& key : keys) {
    if (key.presence == Presence::kRequired && !node.find(key.name)) {
      error(node, path.key(key.name), std::string("'") + key.name + "' is missing");
    }
  }
}

void Reader::object(const Node& node, const Path& path, const std::vector<Key>& keys) {
  object_and_table(node, path, keys, [&](const Node::Entry& entry, const Path&) {
    std::vector<std::string> names;
    for (const Key& key : keys) names.emplace_back(key.name);
    const std::string near = did_you_mean(entry.key, names);
    error(entry.at, path.key(entry.key), "there is no key '" + entry.key + "' here", near.empty() ? "known here: " + listed(names) : near);
  });
}

void Reader::object_and_table(const Node& node, const Path& path, const std::vector<Key>& keys,
                              const std::function<void(const Node::Entry&, const Path&)>& free) {
  known_keys(path, keys);
  if (!is(node, path, Node::Type::kMap, "a map of keys")) return;
  for (const Node::Entry& entry : node.entries) {
    const auto key = std::find_if(keys.begin(), keys.end(), [&](const Key& known) { return entry.key == known.name; });
    if (key == keys.end()) {
      free(entry, path.entry(entry.key));
    } else {
      key->read(entry.value, path.key(entry.key));
    }
  }
  require_present(node, path, keys);
}

void Reader::table(const Node& node, const Path& path, const std::function<void(const Node::Entry&, const Path&)>& free) {
  if (!is(node, path, Node::Type::kMap, "a map of names")) return;
  for (const Node::Entry& entry : node.entries) {
    Node key;
    key.type = Node::Type::kScalar;
    key.text = entry.key;
    key.quoted = entry.quoted;
    key.at = entry.at;
    if (text_of(key, path.entry(entry.key))) free(entry, path.entry(entry.key));
  }
}

void Reader::list(const Node& node, const Path& path, const Field& item) {
  if (!is(node, path, Node::Type::kList, "a list")) return;
  for (std::size_t i = 0; i < node.items.size(); ++i) item(node.items[i], path.item(i));
}

const Node::Entry* Reader::single(const Node& node, const Path& path, const std::string& wanted) {
  if (node.type == Node::Type::kMap && node.entries.size() == 1) return &node.entries.front();
  error(node, path, wanted + " is wanted here, not " + (node.type == Node::Type::kMap ? "several keys" : described(node)));
  return nullptr;
}

std::optional<std::string> Reader::text_of(const Node& node, const Path& path) {
  if (!is(node, path, Node::Type::kScalar, "text")) return std::nullopt;
  if (looks_boolean(node)) {
    error(node, path, "YAML reads " + node.text + " as a boolean, but text is wanted here", "write \"" + node.text + "\" in quotes");
    return std::nullopt;
  }
  if (node.text.find_first_not_of(" \n\t") == std::string::npos) {
    error(node, path, "the text is empty", "leave the key out to keep its default");
    return std::nullopt;
  }
  return node.text;
}

Field Reader::text(std::string& out) {
  return [this, &out](const Node& node, const Path& path) {
    if (auto value = text_of(node, path)) out = std::move(*value);
  };
}

Field Reader::texts(std::vector<std::string>& out) {
  return [this, &out](const Node& node, const Path& path) {
    std::vector<std::string> read;
    const Field item = [&](const Node& element, const Path& at) {
      auto value = text_of(element, at);
      if (!value) return;
      if (std::find(read.begin(), read.end(), *value) != read.end()) {
        error(element, at, "'" + *value + "' is listed twice");
      } else {
        read.push_back(std::move(*value));
      }
    };
    if (node.type == Node::Type::kScalar) {
      item(node, path);
    } else {
      list(node, path, item);
    }
    out = std::move(read);
  };
}

Field Reader::texts(std::optional<std::vector<std::string>>& out) {
  return [this, &out](const Node& node, const Path& path) { texts(out.emplace())(node, path); };
}

Field Reader::text_table(std::map<std::string, std::string>& out) {
  return [this, &out](const Node& node, const Path& path) {
    table(node, path, [&](const Node::Entry& entry, const Path& at) { text(out[entry.key])(entry.value, at); });
  };
}

Field Reader::texts_table(std::map<std::string, std::vector<std::string>>& out) {
  return [this, &out](const Node& node, const Path& path) {
    table(node, path, [&](const Node::Entry& entry, const Path& at) { texts(out[entry.key])(entry.value, at); });
  };
}

Field Reader::boolean(bool& out) {
  return [this, &out](const Node& node, const Path& path) {
    const bool plain = node.type == Node::Type::kScalar && !node.quoted;
    if (plain && node.text == "true") {
      out = true;
    } else if (plain && node.text == "false") {
      out = false;
    } else {
      error(node, path, "true or false is wanted here, not " + described(node));
    }
  };
}

Field Reader::money(std::optional<Money>& out) {
  return [this, &out](const Node& node, const Path& path) {
    const auto value = text_of(node, path);
    if (!value) return;
    out = parse_money(*value);
    if (!out) error(node, path, "an amount with its currency is wanted here, not " + described(node), "write it as \"5000 USD\"");
  };
}

Field Reader::duration(std::chrono::milliseconds& out) {
  return [this, &out](const Node& node, const Path& path) {
    const auto value = text_of(node, path);
    if (!value) return;
    const auto read = parse_duration(*value);
    if (read) {
      out = *read;
    } else {
      error(node, path, "a duration with its unit is wanted here, not " + described(node), "write it as \"30s\", \"10m\" or \"2h\"");
    }
  };
}

Field Reader::permille(std::optional<int>& out, int high) {
  return [this, &out, high](const Node& node, const Path& path) {
    const auto value = text_of(node, path);
    if (!value) return;
    const auto read = parse_permille(*value);
    if (!read) {
      error(node, path, "a percentage is wanted here, not " + described(node), "write it as \"10%\" or \"2.5%\"");
    } else if (*read > high) {
      error(node, path, "at most " + std::to_string(high / 10) + "% is possible here, not " + *value);
    } else {
      out = read;
    }
  };
}

Field Reader::permille(int& out, int high) {
  return [this, &out, high](const Node& node, const Path& path) {
    std::optional<int> read;
    permille(read, high)(node, path);
    if (read) out = *read;
  };
}

Field Reader::choice(std::string& out, std::vector<std::string> values) {
  return [this, &out, values = std::move(values)](const Node& node, const Path& path) {
    if (auto chosen = one_of(node, path, values)) out = std::move(*chosen);
  };
}

std::optional<std::int64_t> Reader::integer(const Node& node, const Path& path, std::int64_t low, std::int64_t high) {
  std::int64_t value = 0;
  const char* end = node.text.data() + node.text.size();
  const auto [stop, bad] = std::from_chars(node.text.data(), end, value);
  if (node.type != Node::Type::kScalar || node.quoted || node.text.empty() || bad != std::errc{} || stop != end) {
    error(node, path, "a whole number is wanted here, not " + described(node));
    return std::nullopt;
  }
  const std::size_t digits = node.text.front() == '-' ? 1 : 0;
  if (node.text[digits] == '0' && node.text.size() > digits + 1) {   // octal to YAML 1.1, decimal to YAML 1.2
    error(node, path, "'" + node.text + "' is read as octal by some, so a whole number does not begin with 0", "write " + std::to_string(value));
    return std::nullopt;
  }
  if (value < low || value > high) {
    error(node, path, "a number from " + std::to_string(low) + " to " + std::to_string(high) + " is wanted here, not " + node.text);
    return std::nullopt;
  }
  return value;
}

std::optional<std::string> Reader::one_of(const Node& node, const Path& path, const std::vector<std::string>& values) {
  if (node.type == Node::Type::kScalar && std::find(values.begin(), values.end(), node.text) != values.end()) return node.text;
  error(node, path, listed(values) + " is wanted here, not " + described(node),
        node.type == Node::Type::kScalar ? did_you_mean(node.text, values) : "");
  return std::nullopt;
}

}  // namespace floorwalker::yaml
