#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "agent/cli/command.h"
#include "agent/cli/composition.h"
#include "agent/cli/playbook_addons.h"
#include "agent/cli/playbook_commands.h"
#include "agent/cli/playbook_files.h"
#include "agent/cli/playbook_values.h"
#include "agent/core/playbook/loader.h"
#include "agent/resources/resources.h"

namespace floorwalker::cli {
namespace {

struct CheckOptions {
  std::vector<std::string> files;
  std::string environment;
  std::string shop;
  std::string format = "text";
  bool json = false;
};

std::string_view name_of(Finding::Severity severity) {
  switch (severity) {
    case Finding::Severity::kError: return "error";
    case Finding::Severity::kWarning: return "warning";
    case Finding::Severity::kInactive: break;
  }
  return "inactive";
}

std::string sentence(const Finding& finding) {
  std::string text = finding.path.empty() ? "" : finding.path + ": ";
  text += finding.message;
  if (!finding.suggestion.empty()) text += " (" + finding.suggestion + ")";
  return text;
}

std::size_t count(const std::vector<Finding>& findings, Finding::Severity severity) {
  return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(), [&](const auto& f) { return f.severity == severity; }));
}

void print_text(const std::string& file, const LoadedPlaybook& loaded) {
  for (const Finding& finding : loaded.findings) {
    std::cout << finding.at.file << ":" << finding.at.line << ":" << finding.at.column << ": " << name_of(finding.severity) << ": "
              << sentence(finding) << "\n";
  }
  std::cout << file << ": " << count(loaded.findings, Finding::Severity::kError) << " errors, "
            << count(loaded.findings, Finding::Severity::kWarning) << " warnings, " << count(loaded.findings, Finding::Severity::kInactive)
            << " inactive\n";
}

void print_json(const std::string& file, const LoadedPlaybook& loaded) {
  nlohmann::json findings = nlohmann::json::array();
  for (const Finding& finding : loaded.findings) {
    findings.push_back({{"file", finding.at.file},
                        {"line", finding.at.line},
                        {"column", finding.at.column},
                        {"severity", name_of(finding.severity)},
                        {"path", finding.path},
                        {"message", finding.message},
                        {"suggestion", finding.suggestion}});
  }
  const nlohmann::json line = {{"file", file},       {"playbook", loaded.playbook.name}, {"version", loaded.playbook.version},
                               {"hash", loaded.playbook.hash}, {"ok", loaded.ok()},   {"findings", std::move(findings)}};
  std::cout << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

// Workflow commands escape what would end them:
// https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions (read 2025-03).
std::string escaped(const std::string& text, bool property) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '%': out += "%25"; break;
      case '\r': out += "%0D"; break;
      case '\n': out += "%0A"; break;
      case ':': out += property ? "%3A" : ":"; break;
      case ',': out += property ? "%2C" : ","; break;
      default: out += c;
    }
  }
  return out;
}

void print_github(const LoadedPlaybook& loaded) {
  for (const Finding& finding : loaded.findings) {
    const char* level = finding.severity == Finding::Severity::kError ? "error" : finding.severity == Finding::Severity::kWarning ? "warning" : "notice";
    std::cout << "::" << level << " file=" << escaped(finding.at.file, true) << ",line=" << finding.at.line << ",col=" << finding.at.column
              << ",title=playbook::" << escaped(sentence(finding), false) << "\n";
  }
}

int check(const CheckOptions& options) {
  bool fine = true;
  std::unique_ptr<Composition> shop;
  if (!options.shop.empty()) {
    Settings settings;
    settings.shop = options.shop;
    auto opened = Composition::create(std::move(settings));
    if (!opened) return complain(opened.error());
    shop = std::move(*opened);
  }
  for (const std::string& file : options.files) {
    LoadedPlaybook loaded = load_playbook_file(file, options.environment);
    if (shop) {
      const auto vocabulary = shop->vocabulary();
      if (!vocabulary) return complain(vocabulary.error());
      // Both were named, so a name that the shop lacks is an error.
      for (Finding& finding : check_names(loaded.playbook, vocabulary->get(), true)) loaded.findings.push_back(std::move(finding));
      auto addons = check_addons(loaded.playbook, *shop);
      if (!addons) return complain(addons.error());
      for (Finding& finding : *addons) loaded.findings.push_back(std::move(finding));
      auto values = check_values(loaded.playbook, *shop);
      if (!values) return complain(values.error());
      for (Finding& finding : *values) loaded.findings.push_back(std::move(finding));
    }
    fine = fine && loaded.ok();
    if (options.json) {
      print_json(file, loaded);
    } else if (options.format == "github") {
      print_github(loaded);
    } else {
      print_text(file, loaded);
    }
  }
  return fine ? 0 : 1;
}

void add_check(CLI::App& playbook, Exit& exit) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command = playbook.add_subcommand("check", "Report everything that is wrong in playbooks");
  command->add_option("files", options->files, "Playbooks: files, or names of shipped ones")->required();
  command->add_option("--environment", options->environment, "Whose overrides apply");
  command->add_option("--shop", options->shop, "Also check the names, bounds and add-ons of the playbooks against this shop's catalogue");
  CLI::Option* format = command->add_option("--format", options->format, "How findings are printed")->check(CLI::IsMember({"text", "github"}));
  command->add_flag("--json", options->json, "One JSON object for each file")->excludes(format);
  command->callback([options, &exit] { exit.status = check(*options); });
}

void add_schema(CLI::App& playbook) {
  CLI::App* command = playbook.add_subcommand("schema", "Print the JSON Schema of playbooks, for editors");
  command->callback([] { std::cout << resources::find("playbooks/playbook.schema.json").value_or("{}\n"); });
}

}  // namespace

void add_playbook(CLI::App& app, Exit& exit) {
  CLI::App* playbook = app.add_subcommand("playbook", "Check and explain playbooks");
  playbook->require_subcommand(1);
  add_check(*playbook, exit);
  add_schema(*playbook);
  add_playbook_explain(*playbook, exit);
  add_playbook_diff(*playbook, exit);
  add_playbook_coverage(*playbook, exit);
}

}  // namespace floorwalker::cli
