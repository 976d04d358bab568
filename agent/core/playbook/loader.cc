#include "agent/core/playbook/loader.h"

#include <algorithm>
#include <tuple>

#include "agent/core/digest.h"
#include "agent/core/playbook/consistency.h"
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
    yaml::overlay(below, own);
    return below;
  }

  std::string hash() const { return sha256(hashed_ + "\n" + options_.environment); }
  bool environment_found() const { return environment_found_; }
  const std::vector<std::string>& environments() const { return environments_; }

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
      if (one.type == Node::Type::kMap) yaml::overlay(all, one);
    }
    return all;
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
    const auto text = options_.open(*name, file);
    if (!text) {
      reader.error(extends, path, "there is no playbook '" + *name + "'", "name a file beside this one, or a shipped playbook");
      return {};
    }
    if (std::find(chain_.begin(), chain_.end(), *name) != chain_.end()) {
      reader.error(extends, path, "'" + *name + "' extends itself");
      return {};
    }
    Node below = read(*text, *name);
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
  std::string hashed_;
  bool environment_found_ = false;
};

void order(std::vector<Finding>& findings, const std::string& first_file) {
  std::stable_sort(findings.begin(), findings.end(), [&](const Finding& a, const Finding& b) {
    return std::make_tuple(a.at.file != first_file, a.at.file, a.at.line, a.at.column) <
           std::make_tuple(b.at.file != first_file, b.at.file, b.at.line, b.at.column);
  });
  const auto same = [](const Finding& a, const Finding& b) {
    return a.at.line == b.at.line && a.at.column == b.at.column && a.at.file == b.at.file && a.message == b.message;
  };
  findings.erase(std::unique(findings.begin(), findings.end(), same), findings.end());
}

void check_environment(const LoadOptions& options, const Layers& layers, const std::string& file, std::vector<Finding>& findings) {
  if (options.environment.empty() || layers.environment_found()) return;
  const std::string near = text::nearest(options.environment, layers.environments());
  findings.push_back({Finding::Severity::kError, {file, 1, 1}, "environments", "there is no environment '" + options.environment + "'",
                      near.empty() ? "" : "did you mean '" + near + "'?"});
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
    if (loaded.findings.empty()) yaml::check_consistency(root, loaded.playbook, file_name, options, loaded.findings);
  } else if (loaded.findings.empty()) {
    loaded.findings.push_back({Finding::Severity::kError, {file_name, 1, 1}, "", "the file holds no playbook", "start with 'playbook: NAME'"});
  }
  loaded.playbook.environment = options.environment;
  loaded.playbook.hash = layers.hash();
  order(loaded.findings, file_name);
  return loaded;
}

}  // namespace floorwalker
