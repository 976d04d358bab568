#include "agent/models/guided/dialogue/phrases.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>

namespace floorwalker::guided {

namespace {

std::vector<std::string> used_variables(std::string_view wording) {
  std::vector<std::string> used;
  for (std::size_t at = wording.find('{'); at != std::string_view::npos; at = wording.find('{', at + 1)) {
    const std::size_t end = wording.find('}', at);
    if (end == std::string_view::npos) break;
    used.emplace_back(wording.substr(at + 1, end - at - 1));
  }
  return used;
}

void check(const std::string& key, const std::vector<std::string>& declared, const std::vector<std::string>& wordings, const YAML::Node& node) {
  std::vector<std::string> used;
  for (const std::string& wording : wordings) {
    for (std::string& name : used_variables(wording)) {
      if (std::find(declared.begin(), declared.end(), name) == declared.end()) {
        throw YAML::Exception(node.Mark(), "'" + key + "' uses the undeclared variable '" + name + "'");
      }
      used.push_back(std::move(name));
    }
  }
  for (const std::string& name : declared) {
    if (std::find(used.begin(), used.end(), name) == used.end()) {
      throw YAML::Exception(node.Mark(), "'" + key + "' never uses its variable '" + name + "'");
    }
  }
}

const std::string* value_of(const Variables& variables, std::string_view name) {
  for (const auto& [known, value] : variables) {
    if (known == name) return &value;
  }
  return nullptr;
}

// Fills `text` from `at` up to a closing bracket or the end; tells through `whole` whether every variable had a value.
std::string fill(std::string_view text, std::size_t& at, const Variables& variables, bool& whole) {
  std::string out;
  while (at < text.size() && text[at] != ']') {
    if (text[at] == '[') {
      ++at;
      bool part_whole = true;
      const std::string part = fill(text, at, variables, part_whole);
      if (part_whole) out += part;
      if (at < text.size()) ++at;
    } else if (text[at] == '{') {
      const std::size_t end = std::min(text.find('}', at), text.size() - 1);
      const std::string* value = value_of(variables, text.substr(at + 1, end - at - 1));
      if (!value || value->empty()) whole = false;
      else out += *value;
      at = end + 1;
    } else {
      const bool twice = text[at] == '.' && out.ends_with('.');  // a value that is a sentence brings its own full stop
      if (!twice) out += text[at];
      ++at;
    }
  }
  return out;
}

}  // namespace

Result<Phrases> Phrases::load(std::string_view yaml) {
  try {
    Phrases phrases;
    const YAML::Node root = YAML::Load(std::string(yaml));
    for (const auto& item : root["replies"]) {
      const auto key = item.first.as<std::string>();
      Entry entry;
      for (const YAML::Node& name : item.second["vars"]) entry.variables.push_back(name.as<std::string>());
      const YAML::Node say = item.second["say"];
      if (!say || !say.IsSequence() || say.size() == 0) throw YAML::Exception(item.first.Mark(), "'" + key + "' says nothing");
      for (const YAML::Node& wording : say) entry.wordings.push_back(wording.as<std::string>());
      check(key, entry.variables, entry.wordings, item.first);
      phrases.entries_.emplace(key, std::move(entry));
    }
    return phrases;
  } catch (const YAML::Exception& error) {
    return fail(ErrorKind::kMalformed, std::string("replies: ") + error.what());
  }
}

std::string Phrases::say(std::string_view key, const Variables& variables, std::uint64_t seed) const {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return {};
  const auto& wordings = found->second.wordings;
  std::uint64_t mixed = seed;
  for (const char c : key) mixed = (mixed ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  std::size_t at = 0;
  bool whole = true;
  return fill(wordings[(mixed >> 7) % wordings.size()], at, variables, whole);
}

}  // namespace floorwalker::guided
