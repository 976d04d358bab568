#include "agent/cli/playbook_files.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>

#include "agent/resources/resources.h"

namespace floorwalker::cli {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> read(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::optional<std::string> carried(const std::string& name) {
  for (const std::string& path : {name, "playbooks/" + name, "playbooks/" + name + ".yaml"}) {
    if (const auto bytes = resources::find(path)) return std::string(*bytes);
  }
  return std::nullopt;
}

std::optional<OpenedFile> open(const std::string& name, const std::string& from) {
  const fs::path beside = fs::path(from).parent_path();
  for (const fs::path& path : {beside / name, beside / (name + ".yaml"), fs::path(name)}) {
    if (auto text = read(path)) return OpenedFile{path.lexically_normal().string(), std::move(*text)};
  }
  auto text = carried(name);
  return text ? std::optional(OpenedFile{name, std::move(*text)}) : std::nullopt;
}

}  // namespace

LoadOptions playbook_files(const std::string& environment) {
  LoadOptions options;
  options.open = open;
  options.environment = environment;
  return options;
}

LoadedPlaybook load_playbook_file(const std::string& name, const std::string& environment) { return load_playbook_file(name, playbook_files(environment)); }

LoadedPlaybook load_playbook_file(const std::string& name, const LoadOptions& options) {
  if (const auto text = playbook_text(name)) return load_playbook(*text, name, options);
  LoadedPlaybook missing;
  missing.findings.push_back({Finding::Severity::kError, {name, 1, 1}, "", "the file cannot be read", ""});
  return missing;
}

std::vector<Finding> check_names(const Playbook& playbook, const Vocabulary& vocabulary, bool named_together) {
  std::vector<Finding> findings = check_against(playbook, vocabulary, named_together);
  excuse_carried(findings);
  return findings;
}

void excuse_carried(std::vector<Finding>& findings) {
  for (Finding& finding : findings) {
    std::error_code error;
    if (!fs::is_regular_file(finding.at.file, error)) finding.severity = Finding::Severity::kInactive;
  }
}

std::optional<std::string> playbook_text(const std::string& name) {
  if (auto text = read(name)) return text;
  return carried(name);
}

}  // namespace floorwalker::cli
