#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "agent/cli/eval_suites.h"
#include "agent/cli/playbook_commands.h"
#include "agent/cli/rule_coverage.h"

namespace floorwalker::cli {
namespace {

using Found = RuleOutcome::Found;

constexpr const char* kFooter = R"(
A rule is defended when a case fails that passes without the change; noticed when something differs and no case minds; untouched when nothing
differs; unreadable when the playbook cannot be loaded with the change, nor with a number shifted the other way. Exit status 1 with --fail-undefended: a rule is not defended.
)";

struct CoverageCommand {
  Settings settings;
  std::string playbook;
  std::vector<std::string> suites;
  CoverageOptions options;
  bool json = false;
  bool fail_undefended = false;
};

const char* name_of(Found found) {
  switch (found) {
    case Found::kDefended: return "defended";
    case Found::kNoticed: return "noticed";
    case Found::kUntouched: return "untouched";
    case Found::kUnreadable: break;
  }
  return "unreadable";
}

void print_json(const RuleOutcome& one) {
  const nlohmann::json row = {{"rule", one.mutation.rule}, {"says", one.mutation.says}, {"change", one.mutation.change}, {"file", one.mutation.at.file},
                              {"line", one.mutation.at.line}, {"found", name_of(one.found)}, {"by", one.by}, {"was", one.was}, {"is", one.is}};
  std::cout << row.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

void print_text(const RuleOutcome& one) {
  const Mutation& rule = one.mutation;
  std::cout << rule.at.file << ":" << rule.at.line << ": " << name_of(one.found) << ": " << rule.rule << " (" << rule.says << ") " << (rule.change == "removed" ? "" : "-> ") << rule.change
            << (one.by.empty() ? "" : ": " + one.by) << "\n";
}

std::size_t count(const std::vector<RuleOutcome>& all, Found found) {
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const RuleOutcome& one) { return one.found == found; }));
}

// What no suite can be played with counts as undefended: a rule is not defended by being hard to change.
int coverage(CoverageCommand command) {
  const auto suites = load_suites(command.suites);
  if (!suites) return complain(suites.error());
  EvalWorlds worlds(command.settings);
  if (isatty(STDERR_FILENO) != 0) {
    command.options.progress = [](std::size_t done, std::size_t all) { std::cerr << "\r\x1b[K" << done << " of " << all << " changes" << (done == all ? "\r\x1b[K" : "") << std::flush; };
  }
  const auto outcomes = rule_coverage(command.playbook, *suites, worlds, command.options);
  if (!outcomes) return complain(outcomes.error());
  for (const RuleOutcome& one : *outcomes) {
    if (command.json) print_json(one);
    else if (one.found != Found::kDefended) print_text(one);
  }
  const std::size_t undefended = outcomes->size() - count(*outcomes, Found::kDefended);
  if (!command.json) {
    std::cout << command.playbook << ": " << outcomes->size() << " changes: " << count(*outcomes, Found::kDefended) << " defended, " << count(*outcomes, Found::kNoticed) << " noticed, "
              << count(*outcomes, Found::kUntouched) << " untouched, " << count(*outcomes, Found::kUnreadable) << " unreadable\n";
  }
  return command.fail_undefended && undefended > 0 ? 1 : 0;
}

}  // namespace

void add_playbook_coverage(CLI::App& playbook, Exit& exit) {
  auto command = std::make_shared<CoverageCommand>();
  CLI::App* app = playbook.add_subcommand("coverage", "Tell which rules the evaluation suites defend: a case fails once the rule is gone or turned round");
  app->add_option("playbook", command->playbook, "A playbook file, or the name of a shipped one")->required();
  app->add_option("suites", command->suites, "Suite files, or folders of them")->required();
  app->add_option("--rule", command->options.only, "Only rules whose place holds this: \"needs.travel\"");
  app->add_option("--jobs", command->options.jobs, "Rules side by side (default 2)")->check(CLI::Range(1, 256));
  app->add_flag("--json", command->json, "One JSON object for each change");
  app->add_flag("--fail-undefended", command->fail_undefended, "Exit status 1 where a rule is not defended");
  app->footer(kFooter);
  app->callback([command, &exit] { exit.status = coverage(*command); });
}

}  // namespace floorwalker::cli
