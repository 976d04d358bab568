#include "agent/core/playbook/loader.h"

#include <algorithm>
#include <tuple>

#include "agent/core/digest.h"
#include "agent/core/playbook/consistency.h"
#include "agent/core/playbook/loosened.h"
#include "agent/core/playbook/sections.h"
#include "agent/core/text.h"

namespace floorwalker {
namespace {

using yaml::Node;
using yaml::Path;
using yaml::Reader;

constexpr std::size_t kMaxParents = 8;

// Reads a file with its parents laid under it, and gathers what the content hash covers.
class Layers {
 public:
  Layers(const LoadOptions& options, std::vector<Finding>& findings) : options_(options), findings_(findings) {}

  Node read(std::string_view text, const std::string& file) {
    chain_.push_back(file);
    hashed_ += sha256(text);
    Node own = yaml::parse(text, file, findings_);
    if (options_.change) options_.change(text, own);
    apply_environment(own, file);
    Node below = parents(own, file);
    chain_.pop_back();
    if (below.entries.empty()) return own;
    if (!chain_.empty()) note_loosened(below, own);
    yaml::overlay(below, own);
    return below;
  }

  std::string hash() const { return sha256(hashed_ + "\n" + options_.environment); }
  bool environment_found() const { return environment_found_; }
  const std::vector<std::string>& environments() const { return environments_; }

  // Guardrails that a parent makes looser than its own parents hold for the child unseen, unless the child says so itself.
  void report_loosened(const Node& root) {
    for (const yaml::Loosened& one : loosened_) {
      const Node* node = yaml::node_under(root, one.path);
      if (!node || node->at.file != one.at.file || node->at.line != one.at.line || node->at.column != one.at.column) continue;
      findings_.push_back({Finding::Severity::kError, one.at, one.path, "this parent makes the guardrail looser than the playbook it extends",
                           "say it in the playbook itself too if it is meant, or set it back"});
    }
  }

 private:
  // Every parent, each laid over those named before it; an empty map if there is none.
  Node parents(const Node& own, const std::string& file) {
    const Node* extends = own.find("extends");
    Node all;
    all.type = Node::Type::kMap;
    if (!extends) return all;
    const Path path{"extends", "extends"};
    if (extends->type != Node::Type::kList) return parent(*extends, path, file);
    for (std::size_t i = 0; i < extends->items.size(); ++i) {
      const Node one = parent(extends->items[i], path.item(i), file);
      if (one.type != Node::Type::kMap) continue;
      note_loosened(all, one);
      yaml::overlay(all, one);
    }
    return all;
  }

  void note_loosened(const Node& under, const Node& over) {
    for (yaml::Loosened& one : yaml::loosened(under, over)) loosened_.push_back(std::move(one));
  }

  Node parent(const Node& extends, const Path& path, const std::string& file) {
    Reader reader(findings_, nullptr);
    const auto name = reader.text_of(extends, path);
    if (!name) return {};
    if (chain_.size() >= kMaxParents) {
      reader.error(extends, path, "more than " + std::to_string(kMaxParents) + " playbooks extend each other");
      return {};
    }
    if (!options_.open) {
      reader.error(extends, path, "'" + *name + "' cannot be opened here");
      return {};
    }
    const auto opened = options_.open(*name, file);
    if (!opened) {
      reader.error(extends, path, "there is no playbook '" + *name + "'", "name a file beside this one, or a shipped playbook");
      return {};
    }
    if (std::find(chain_.begin(), chain_.end(), opened->path) != chain_.end()) {
      reader.error(extends, path, "'" + *name + "' extends itself");
      return {};
    }
    Node below = read(opened->text, opened->path);
    std::erase_if(below.entries, [](const Node::Entry& entry) { return entry.key == "playbook" || entry.key == "version" || entry.key == "extends"; });
    return below;
  }

  // Lays the chosen environment over the file's own settings. All of them are checked, the chosen one counts.
  void apply_environment(Node& own, const std::string& file) {
    const Node* found = own.find("environments");
    if (!found) return;
    const Node environments = *found;
    Reader reader(findings_, nullptr);
    reader.table(environments, {"environments", "environments"}, [&](const Node::Entry& entry, const Path& path) {
      environments_.push_back(entry.key);
      if (entry.value.type != Node::Type::kMap) {
        reader.error(entry.value, path, "a map of the settings that differ is wanted here");
        return;
      }
      for (const Node::Entry& inner : entry.value.entries) {
        if (inner.key == "environments" || inner.key == "extends" || inner.key == "playbook") {
          reader.error(inner.at, path.key(inner.key), "'" + inner.key + "' cannot differ between environments");
        }
      }
      if (entry.key == options_.environment) {
        environment_found_ = true;
        yaml::overlay(own, entry.value);
      } else {
        check_alone(entry.value, path);
      }
    });
    std::erase_if(own.entries, [](const Node::Entry& entry) { return entry.key == "environments"; });
    static_cast<void>(file);
  }

  // An environment that is not chosen must be right all the same.
  void check_alone(const Node& overrides, const Path& path) {
    std::vector<Finding> found;
    Reader reader(found, nullptr);
    Playbook ignored;
    yaml::read_playbook(reader, overrides, ignored);
    for (Finding& finding : found) {
      if (finding.path == "playbook") continue;
      finding.path = path.text + (finding.path.empty() ? "" : "." + finding.path);
      findings_.push_back(std::move(finding));
    }
  }

  const LoadOptions& options_;
  std::vector<Finding>& findings_;
  std::vector<std::string> chain_;
  std::vector<std::string> environments_;
  std::vector<yaml::Loosened> loosened_;
  std::string hashed_;
  bool environment_found_ = false;
};

bool tell_the_same(const Finding& a, const Finding& b) {
  return a.at.line == b.at.line && a.at.column == b.at.column && a.at.file == b.at.file && a.message == b.message;
}

void order(std::vector<Finding>& findings, const std::string& first_file) {
  std::stable_sort(findings.begin(), findings.end(), [&](const Finding& a, const Finding& b) {
    return std::make_tuple(a.at.file != first_file, a.at.file, a.at.line, a.at.column) <
           std::make_tuple(b.at.file != first_file, b.at.file, b.at.line, b.at.column);
  });
  findings.erase(std::unique(findings.begin(), findings.end(), tell_the_same), findings.end());
}

void check_environment(const LoadOptions& options, const Layers& layers, const std::string& file, std::vector<Finding>& findings) {
  if (options.environment.empty() || layers.environment_found()) return;
  const std::string near = text::nearest(options.environment, layers.environments());
  findings.push_back({Finding::Severity::kError, {file, 1, 1}, "environments", "there is no environment '" + options.environment + "'",
                      near.empty() ? "" : "did you mean '" + near + "'?"});
}

// Whether one of the places holds the other, or is it.
bool concern_each_other(const std::string& a, const std::string& b) {
  const std::string& outer = a.size() < b.size() ? a : b;
  const std::string& inner = a.size() < b.size() ? b : a;
  return inner.starts_with(outer) && (inner.size() == outer.size() || inner[outer.size()] == '.' || inner[outer.size()] == '[');
}

// Holds together what could be read: about a place that has a mistake of its own nothing more is said, and nothing at all where a parent is missing.
void check_together(const Node& root, const Playbook& playbook, const std::string& file, const LoadOptions& options, const std::string& place,
                    std::vector<Finding>& findings) {
  const auto at_parent = [](const Finding& finding) { return finding.path.starts_with("extends"); };
  if (std::any_of(findings.begin(), findings.end(), at_parent)) return;
  std::vector<Finding> found;
  yaml::check_consistency(root, playbook, file, options, found);
  std::erase_if(found, [&](const Finding& one) {
    return std::any_of(findings.begin(), findings.end(), [&](const Finding& read) { return !read.path.empty() && concern_each_other(read.path, one.path); });
  });
  for (Finding& one : found) {
    one.path = place + one.path;
    findings.push_back(std::move(one));
  }
}

// Rules that contradict each other only in an environment that is not chosen are wrong all the same.
void check_other_environments(std::string_view yaml, const std::string& file, const LoadOptions& options, const Layers& layers, std::vector<Finding>& findings) {
  for (const std::string& name : layers.environments()) {
    if (name == options.environment) continue;
    LoadOptions other = options;
    other.environment = name;
    other.accepted = nullptr;
    std::vector<Finding> found;
    const Node root = Layers(other, found).read(yaml, file);
    if (root.type != Node::Type::kMap) continue;
    Playbook playbook;
    Reader reader(found, nullptr);
    yaml::read_playbook(reader, root, playbook);
    const std::size_t told = found.size();
    check_together(root, playbook, file, other, "environments." + name + ".", found);
    for (std::size_t i = told; i < found.size(); ++i) {
      const auto known = [&](const Finding& one) { return tell_the_same(one, found[i]); };
      if (std::none_of(findings.begin(), findings.end(), known)) findings.push_back(std::move(found[i]));
    }
  }
}

}  // namespace

bool LoadedPlaybook::ok() const {
  return std::none_of(findings.begin(), findings.end(), [](const Finding& finding) { return finding.severity == Finding::Severity::kError; });
}

LoadedPlaybook load_playbook(std::string_view yaml, const std::string& file_name, const LoadOptions& options) {
  LoadedPlaybook loaded;
  Layers layers(options, loaded.findings);
  const Node root = layers.read(yaml, file_name);
  check_environment(options, layers, file_name, loaded.findings);
  if (root.type == Node::Type::kMap) {
    Reader reader(loaded.findings, options.accepted);
    yaml::read_playbook(reader, root, loaded.playbook);
    layers.report_loosened(root);
    check_together(root, loaded.playbook, file_name, options, "", loaded.findings);
    check_other_environments(yaml, file_name, options, layers, loaded.findings);
  } else if (loaded.findings.empty()) {
    loaded.findings.push_back({Finding::Severity::kError, {file_name, 1, 1}, "", "the file holds no playbook", "start with 'playbook: NAME'"});
  }
  loaded.playbook.environment = options.environment;
  loaded.playbook.hash = layers.hash();
  order(loaded.findings, file_name);
  return loaded;
}

}  // namespace floorwalker
