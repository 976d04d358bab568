#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "agent/cli/composition.h"
#include "agent/cli/explanation.h"
#include "agent/cli/playbook_commands.h"
#include "agent/cli/playbook_files.h"
#include "agent/cli/transcript.h"
#include "agent/core/text.h"

namespace floorwalker::cli {
namespace {

using guardrails::Considered;
using nlohmann::json;

std::string printable(std::string_view text) { return text::sanitise(text); }

// A playbook that replays; its errors all at once where it has any.
Result<Explainer> open_explainer(const std::string& name, std::string& hash) {
  LoadedPlaybook loaded = load_playbook_file(name);
  std::string errors;
  for (const Finding& finding : loaded.findings) {
    if (finding.severity != Finding::Severity::kError) continue;
    errors += "\n  " + finding.at.file + ":" + std::to_string(finding.at.line) + ":" + std::to_string(finding.at.column) + ": " + finding.path + ": " + finding.message;
  }
  if (!errors.empty()) return fail(ErrorKind::kInvalidArgument, "the playbook has errors:" + errors);
  hash = loaded.playbook.hash;
  return Explainer::create(std::make_shared<const Playbook>(std::move(loaded.playbook)), own_writes());
}

std::string_view name_of(Considered::Came came) {
  switch (came) {
    case Considered::Came::kPassed: return "passed";
    case Considered::Came::kActed: return "acted";
    case Considered::Came::kCouldNotRun: break;
  }
  return "could_not_run";
}

json row_of(const std::string& id, const std::string& hash, const Explained& one) {
  json considered = json::array();
  for (const Considered& rule : one.considered) considered.push_back({{"rule", rule.rule}, {"came", name_of(rule.came)}, {"why", rule.why}});
  return {{"id", id},           {"playbook", hash}, {"turn", one.turn}, {"message", one.message},         {"call", one.call}, {"what", one.what}, {"subject", one.subject},
          {"decision", one.decision}, {"rule", one.rule}, {"why", one.why},   {"considered", std::move(considered)}};
}

void print_line(const json& row) { std::cout << row.dump(-1, ' ', false, json::error_handler_t::replace) << "\n"; }

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  constexpr std::size_t kMost = 100;
  if (text.size() <= kMost) return printable(text);
  std::size_t end = kMost;
  while (end > 0 && (text[end] & 0xC0) == 0x80) --end;
  return printable(text.substr(0, end)) + "...";
}

void print_explained(const Explained& one) {
  std::cout << "  message " << one.message << ", " << one.what << " \"" << one_line(one.subject) << "\": " << one.decision;
  if (!one.rule.empty()) std::cout << " by " << one.rule << ": " << one_line(one.why);
  std::cout << "\n";
  for (const Considered& rule : one.considered) {
    const char* mark = rule.came == Considered::Came::kPassed ? "ok  " : rule.came == Considered::Came::kActed ? "ACTS" : "????";
    std::cout << "    " << mark << " " << rule.rule << (rule.why.empty() ? "" : ": " + one_line(rule.why)) << "\n";
  }
}

struct ExplainOptions {
  Settings settings;
  std::string what;
  int turn = 0;
  bool json = false;
};

void tell(const std::string& id, const std::string& hash, const std::vector<Explained>& all, const ExplainOptions& options) {
  int turn = -1;
  if (!options.json) std::cout << "conversation " << printable(id) << ", playbook " << hash.substr(0, 12) << "\n";
  for (const Explained& one : all) {
    if (options.turn > 0 && one.turn != options.turn) continue;
    if (options.json) {
      print_line(row_of(id, hash, one));
      continue;
    }
    if (one.turn != turn) std::cout << "turn " << one.turn << "\n";
    turn = one.turn;
    print_explained(one);
  }
}

// A session of the store: the named one, or the latest.
Result<StoredSession> stored_session(Composition& composition, const std::string& id) {
  const auto journal = composition.journal();
  if (!journal) return fail(journal.error());
  SessionId session(id);
  if (id.empty()) {
    auto latest = journal->get().sessions(1);
    if (!latest) return fail(latest.error());
    if (latest->empty()) return fail(ErrorKind::kNotFound, "There is no session yet; name a transcript, or another store with --state.");
    session = latest->front();
  }
  auto stored = journal->get().open(session);
  if (!stored) return fail(stored.error());
  if (stored->conversation.messages.empty()) return fail(ErrorKind::kNotFound, "There is no session \"" + session.str() + "\" and no file of that name.");
  return stored;
}

Result<void> explain(ExplainOptions options) {
  const std::string own = options.settings.shop.empty() ? "adapters/embedded/demo/playbook.yaml" : "retail";
  std::string hash;
  const auto explainer = open_explainer(options.settings.playbook.empty() ? own : options.settings.playbook, hash);
  if (!explainer) return fail(explainer.error());
  if (!options.what.empty() && std::filesystem::is_regular_file(options.what)) {
    auto reader = TranscriptReader::open(options.what);
    if (!reader) return fail(reader.error());
    for (;;) {
      auto next = reader->next();
      if (!next) return fail(next.error());
      if (!next->has_value()) return {};
      tell((*next)->id, hash, explainer->explain((*next)->messages), options);
    }
  }
  auto composition = Composition::create(options.settings);
  if (!composition) return fail(composition.error());
  const auto stored = stored_session(**composition, options.what);
  if (!stored) return fail(stored.error());
  tell(stored->conversation.session.str(), hash, explainer->explain(stored->conversation.messages), options);
  return {};
}

struct DiffOptions {
  std::string a, b;
  std::vector<std::string> files;
  bool json = false;
};

struct Differences {
  std::size_t conversations = 0, decisions = 0, differ = 0;
};

void compare(const Transcript& transcript, const Explainer& a, const Explainer& b, bool as_json, Differences& counts) {
  const auto left = a.explain(transcript.messages), right = b.explain(transcript.messages);
  ++counts.conversations;
  counts.decisions += left.size();
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i].decision == right[i].decision && left[i].rule == right[i].rule) continue;
    ++counts.differ;
    const auto side = [](const Explained& one) { return json{{"decision", one.decision}, {"rule", one.rule}, {"why", one.why}}; };
    if (as_json) {
      print_line({{"id", transcript.id}, {"turn", left[i].turn}, {"message", left[i].message}, {"call", left[i].call}, {"what", left[i].what}, {"subject", left[i].subject}, {"a", side(left[i])}, {"b", side(right[i])}});
      continue;
    }
    const auto told = [](const Explained& one) { return one.decision + (one.rule.empty() ? "" : " (" + one.rule + ")"); };
    std::cout << printable(transcript.id) << ", message " << left[i].message << ", " << left[i].what << " \"" << one_line(left[i].subject) << "\": " << told(left[i]) << " -> " << told(right[i]);
    const std::string& why = right[i].why.empty() ? left[i].why : right[i].why;
    std::cout << (why.empty() ? "" : ": " + one_line(why)) << "\n";
  }
}

Result<void> diff(const DiffOptions& options) {
  std::string hash;
  const auto a = open_explainer(options.a, hash);
  if (!a) return fail(a.error());
  const auto b = open_explainer(options.b, hash);
  if (!b) return fail(b.error());
  Differences counts;
  for (const std::string& file : options.files) {
    auto reader = TranscriptReader::open(file);
    if (!reader) return fail(reader.error());
    for (;;) {
      auto next = reader->next();
      if (!next) return fail(next.error());
      if (!next->has_value()) break;
      compare(**next, *a, *b, options.json, counts);
    }
  }
  if (!options.json) std::cout << counts.conversations << " conversations, " << counts.decisions << " decisions, " << counts.differ << " differ\n";
  return {};
}

}  // namespace

void add_playbook_explain(CLI::App& playbook, Exit& exit) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App* command = playbook.add_subcommand("explain", "Say of every turn which rules were looked at, which acted, and on what values");
  command->add_option("what", options->what, "A session of the store, or a file of recorded conversations (default: the latest session)");
  command->add_option("--turn", options->turn, "Only this turn")->check(CLI::PositiveNumber);
  command->add_flag("--json", options->json, "One JSON object for each message, call and result");
  add_settings(*command, options->settings);
  command->callback([options, &exit] {
    if (auto done = explain(*options); !done) exit.status = complain(done.error());
  });
}

void add_playbook_diff(CLI::App& playbook, Exit& exit) {
  auto options = std::make_shared<DiffOptions>();
  CLI::App* command = playbook.add_subcommand("diff", "Show what two playbooks decide differently over recorded conversations");
  command->add_option("a", options->a, "The playbook as it is")->required();
  command->add_option("b", options->b, "The playbook as it would be")->required();
  command->add_option("transcripts", options->files, "JSON lines of {id, messages}, plain or gzip")->required()->check(CLI::ExistingFile);
  command->add_flag("--json", options->json, "One JSON object for each difference");
  command->callback([options, &exit] {
    if (auto done = diff(*options); !done) exit.status = complain(done.error());
  });
}

}  // namespace floorwalker::cli
