#include "adapters/http/file_reader.h"

#include <cctype>
#include <utility>

namespace floorwalker::http {
namespace {

using yaml::Node;
using yaml::Path;

bool is_number(const std::string& text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const std::size_t digits = at;
  bool point = false;
  for (; at < text.size(); ++at) {
    if (text[at] == '.' && !point && at > digits && at + 1 < text.size()) {
      point = true;
    } else if (!std::isdigit(static_cast<unsigned char>(text[at]))) {
      return false;
    }
  }
  return at > digits && !(text[digits] == '0' && text.size() > digits + 1 && text[digits + 1] != '.');
}

}  // namespace

void FileReader::note(const std::vector<std::string>& names, const Node& node, const Path& path, bool header) {
  for (const std::string& name : names) uses.push_back({name, operation, node.at, path, header});
}

std::optional<Selector> FileReader::parse_selector(const Node& node, const Path& path) {
  const auto text = yaml.text_of(node, path);
  if (!text) return std::nullopt;
  std::string why;
  auto made = Selector::parse(*text, why);
  if (!made) yaml.error(node, path, why);
  if (made) note(made->variables(), node, path);
  return made;
}

yaml::Field FileReader::selector(std::optional<Selector>& out) {
  return [this, &out](const Node& node, const Path& path) { out = parse_selector(node, path); };
}

yaml::Field FileReader::selectors(std::vector<Selector>& out) {
  return [this, &out](const Node& node, const Path& path) {
    const auto add = [&](const Node& one, const Path& at) {
      if (auto made = parse_selector(one, at)) out.push_back(std::move(*made));
    };
    out.clear();
    if (node.type == Node::Type::kList) {
      yaml.list(node, path, add);
    } else {
      add(node, path);
    }
  };
}

// "${storefront}/p/{handle}": variables, and selectors in braces.
void FileReader::composed(Field& out, const Node& node, const Path& path) {
  const auto text = yaml.text_of(node, path);
  if (!text) return;
  std::string why, literal;
  const auto flush = [&] {
    auto made = TextTemplate::parse(std::exchange(literal, {}));
    if (!made) return yaml.error(node, path, made.error().message);
    note(made->variables(), node, path);
    if (!made->empty()) out.composed.push_back({std::move(*made), std::nullopt});
  };
  for (std::size_t at = 0; at < text->size();) {
    const bool variable = text->compare(at, 2, "${") == 0;
    if ((*text)[at] != '{' && !variable) {
      literal += (*text)[at++];
      continue;
    }
    const std::size_t close = text->find('}', at);
    if (close == std::string::npos) return yaml.error(node, path, "'{' lacks its '}'");
    if (variable) {
      literal += text->substr(at, close + 1 - at);
    } else {
      flush();
      auto made = Selector::parse(text->substr(at + 1, close - at - 1), why);
      if (!made) return yaml.error(node, path, why);
      note(made->variables(), node, path);
      out.composed.push_back({{}, std::move(made)});
    }
    at = close + 1;
  }
  flush();
}

yaml::Field FileReader::field(Field& out) {
  return [this, &out](const Node& node, const Path& path) {
    if (node.type != Node::Type::kMap) return selectors(out.at)(node, path);
    const yaml::Field fixed = [&](const Node& value, const Path& at) { text_template(out.fixed.emplace())(value, at); };
    yaml.object(node, path,
                {{"at", selectors(out.at)},
                 {"text", [&](const Node& value, const Path& at) { composed(out, value, at); }},
                 {"value", fixed},
                 {"pick", yaml.choice(out.last, {{"first", false}, {"last", true}})},
                 {"as", yaml.choice(out.as, {{"text", Field::As::kText}, {"html", Field::As::kHtml}})},
                 {"values", yaml.text_table(out.values)},
                 {"otherwise", [&](const Node& value, const Path& at) { yaml.text(out.otherwise.emplace())(value, at); }}});
    if (!out.given()) yaml.error(node, path, "one of 'at', 'text' and 'value' says where this comes from");
    if (out.otherwise && out.values.empty()) yaml.error(*node.find("otherwise"), path.key("otherwise"), "'otherwise' is for words that 'values' does not name, and there are no 'values'");
  };
}

yaml::Field FileReader::money(MoneyField& out) {
  return [this, &out](const Node& node, const Path& path) {
    if (node.type != Node::Type::kMap) return selectors(out.at)(node, path);
    const yaml::Field form = [&](const Node& value, const Path& at) {
      yaml.choice(out.form.emplace(), {{"decimal", MoneyForm::kDecimal}, {"minor", MoneyForm::kMinor}})(value, at);
    };
    yaml.object(node, path, {{"at", selectors(out.at)}, {"sum", selectors(out.sum)}, {"form", form}, {"currency", field(out.currency)}});
    if (!out.given()) yaml.error(node, path, "'at' or 'sum' says where the amount stands");
  };
}

yaml::Field FileReader::text_template(TextTemplate& out, bool header) {
  return [this, &out, header](const Node& node, const Path& path) {
    const bool scalar = node.type == Node::Type::kScalar && !node.quoted && (node.text == "true" || node.text == "false");
    const auto text = scalar ? std::optional(node.text) : yaml.text_of(node, path);
    if (!text) return;
    auto made = TextTemplate::parse(*text);
    if (!made) return yaml.error(node, path, made.error().message);
    note(made->variables(), node, path, header);
    out = std::move(*made);
  };
}

yaml::Field FileReader::templates(std::vector<std::pair<std::string, TextTemplate>>& out, bool headers) {
  return [this, &out, headers](const Node& node, const Path& path) {
    out.clear();
    yaml.table(node, path, [&](const Node::Entry& entry, const Path& at) {
      out.emplace_back(entry.key, TextTemplate());
      text_template(out.back().second, headers)(entry.value, at);
    });
  };
}

yaml::Field FileReader::json(JsonTemplate& out) {
  return [this, &out](const Node& node, const Path& path) {
    switch (node.type) {
      case Node::Type::kNull: return;
      case Node::Type::kList:
        out.kind = JsonTemplate::Kind::kList;
        yaml.list(node, path, [&](const Node& item, const Path& at) { json(out.items.emplace_back())(item, at); });
        return;
      case Node::Type::kMap:
        out.kind = JsonTemplate::Kind::kObject;
        yaml.table(node, path, [&](const Node::Entry& entry, const Path& at) {
          out.keys.push_back(entry.key);
          json(out.items.emplace_back())(entry.value, at);
        });
        return;
      case Node::Type::kScalar: break;
    }
    if (!node.quoted && (node.text == "true" || node.text == "false" || node.text == "null" || is_number(node.text))) {
      out.literal = node.text;
      return;
    }
    out.kind = JsonTemplate::Kind::kText;
    Node text = node;
    out.optional = text.text.starts_with('$') && text.text.ends_with('?') && !text.text.starts_with("$$");
    if (out.optional) text.text.pop_back();
    if (text.text.empty()) return;
    text_template(out.text)(text, path);
  };
}

}  // namespace floorwalker::http
