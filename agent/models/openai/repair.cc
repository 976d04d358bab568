#include "agent/models/openai/repair.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "agent/core/text.h"

namespace floorwalker::openai {
namespace {

using nlohmann::json;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

std::string_view without_fence(std::string_view text) {
  if (text.substr(0, 3) != "```") return text;
  const std::size_t line = text.find('\n');
  if (line == std::string_view::npos || text.size() < line + 4 || text.substr(text.size() - 3) != "```") return text;
  return trimmed(text.substr(line + 1, text.size() - line - 4));
}

std::optional<std::string> as_object(std::string_view text) {
  const json parsed = json::parse(text, nullptr, false, true);
  if (parsed.is_object()) return parsed.dump();
  if (!parsed.is_string()) return std::nullopt;
  const json inner = json::parse(parsed.get_ref<const std::string&>(), nullptr, false);
  if (!inner.is_object()) return std::nullopt;
  return inner.dump();
}

// Rewrites one string literal that starts at text[at] with double quotes and escaped controls. Returns its end, npos if it never closes.
std::size_t copy_string(std::string_view text, std::size_t at, std::string& out) {
  const char quote = text[at++];
  out += '"';
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == quote) {
      out += '"';
      return at + 1;
    }
    if (c == '\\' && at + 1 < text.size()) {
      if (text[at + 1] != '\'') out += c;
      out += text[++at];
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '"') {
      out += "\\\"";
    } else {
      out += c;
    }
  }
  return std::string_view::npos;
}

char last_significant(const std::string& out) {
  const std::size_t at = out.find_last_not_of(" \t\r\n");
  return at == std::string::npos ? 0 : out[at];
}

// Drops commas that separate nothing, translates quotes and Python words. Nothing if a string never closes.
std::optional<std::string> loosened(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"' || c == '\'') {
      at = copy_string(text, at, out);
      if (at == std::string_view::npos) return std::nullopt;
      continue;
    }
    if (c == ',') {
      std::size_t next = at + 1;
      while (next < text.size() && std::isspace(static_cast<unsigned char>(text[next]))) ++next;
      const char before = last_significant(out);
      const bool useless = next == text.size() || text[next] == ',' || text[next] == '}' || text[next] == ']' || before == '{' || before == '[';
      if (!useless) out += c;
      ++at;
      continue;
    }
    bool word = false;
    for (const auto& [python, plain] : {std::pair{"True", "true"}, {"False", "false"}, {"None", "null"}}) {
      if (text.substr(at, std::string_view(python).size()) == python) {
        out += plain;
        at += std::string_view(python).size();
        word = true;
        break;
      }
    }
    if (!word) out += text[at++];
  }
  return out;
}

std::string bare(std::string_view name) {
  std::string out;
  for (const char c : text::fold(name)) {
    if (std::isalnum(static_cast<unsigned char>(c))) out += c;
  }
  return out;
}

}  // namespace

std::optional<std::string> repair_arguments(std::string_view text) {
  text = without_fence(trimmed(text));
  if (text.empty() || text == "null") return "{}";
  if (auto object = as_object(text)) return object;
  if (text.front() != '{' || text.back() != '}') return std::nullopt;
  const auto loose = loosened(text);
  return loose ? as_object(*loose) : std::nullopt;
}

std::string intended_tool(std::string_view name, const std::vector<std::string>& names) {
  const auto known = [&](std::string_view candidate) { return std::find(names.begin(), names.end(), candidate) != names.end(); };
  name = trimmed(name);
  if (known(name)) return std::string(name);
  const std::size_t prefix = name.find_last_of(".:/");
  if (prefix != std::string_view::npos && known(name.substr(prefix + 1))) return std::string(name.substr(prefix + 1));
  const std::string wanted = bare(prefix == std::string_view::npos ? name : name.substr(prefix + 1));
  for (const std::string& candidate : names) {
    if (!wanted.empty() && bare(candidate) == wanted) return candidate;
  }
  return "";
}

}  // namespace floorwalker::openai
