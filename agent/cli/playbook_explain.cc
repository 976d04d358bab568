#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <map>
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
#include "agent/core/playbook/selling_rules.h"
#include "agent/core/text.h"

namespace floorwalker::cli {
namespace {

using nlohmann::json;

std::string printable(std::string_view text) { return text::sanitise(text); }

// A playbook that replays.
struct Replaying {
  std::shared_ptr<const Playbook> playbook;
  Explainer explainer;
};

// Its errors all at once where it has any.
Result<Replaying> open_explainer(const std::string& name, const std::string& environment = {}) {
  LoadedPlaybook loaded = load_playbook_file(name, environment);
  std::string errors;
  for (const Finding& finding : loaded.findings) {
    if (finding.severity != Finding::Severity::kError) continue;
    errors += "\n  " + finding.at.file + ":" + std::to_string(finding.at.line) + ":" + std::to_string(finding.at.column) + ": " + finding.path + ": " + finding.message;
  }
  if (!errors.empty()) return fail(ErrorKind::kInvalidArgument, "the playbook has errors:" + errors);
  auto playbook = std::make_shared<const Playbook>(std::move(loaded.playbook));
  auto explainer = Explainer::create(playbook, own_writes());
  if (!explainer) return fail(explainer.error());
  return Replaying{std::move(playbook), std::move(*explainer)};
}

json row_of(const std::string& id, const std::string& hash, const std::string& played_under, const Explained& one) {
  json considered = json::array();
  for (const Considered& rule : one.considered) considered.push_back({{"rule", rule.rule}, {"came", to_string(rule.came)}, {"why", rule.why}});
  return {{"id", id},           {"playbook", hash}, {"played_under", played_under}, {"turn", one.turn}, {"message", one.message ? json(*one.message) : json()}, {"call", one.call}, {"what", one.what},
          {"subject", one.subject}, {"decision", one.decision}, {"rule", one.rule}, {"why", one.why},   {"considered", std::move(considered)}};
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
  std::cout << "  " << (one.message ? "message " + std::to_string(*one.message) + ", " : "") << one.what;
  if (!one.subject.empty()) std::cout << " \"" << one_line(one.subject) << "\"";
  std::cout << ": " << one.decision;
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

// `under`: by turn, the playbook that the turn was played under, as the journal has it.
void tell(const std::string& id, const Playbook& playbook, const std::vector<Explained>& all, const ExplainOptions& options, const std::map<int, std::string>& under = {}) {
  int turn = -1;
  const std::string version = playbook.version.empty() ? "" : " " + playbook.version;
  if (!options.json) std::cout << "conversation " << printable(id) << ", playbook " << printable(playbook.name + version) << " " << playbook.hash.substr(0, 12) << "\n";
  for (const Explained& one : all) {
    if (options.turn > 0 && one.turn != options.turn) continue;
    const auto played = under.find(one.turn);
    const std::string played_under = played == under.end() ? "" : played->second;
    if (options.json) {
      print_line(row_of(id, playbook.hash, played_under, one));
      continue;
    }
    if (one.turn != turn) std::cout << "turn " << one.turn << (played_under.empty() ? "" : ", played under " + printable(played_under)) << "\n";
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
  if (stored->conversation.turn == 0) return fail(ErrorKind::kNotFound, "There is no session \"" + session.str() + "\" and no file of that name.");
  return stored;
}

// The limit on changes per day, which the runner holds to because only it knows of the shopper's other sessions: of every write what was counted when
// it was about to be made.
Result<void> explain_days(std::vector<Explained>& all, const Conversation& conversation, Journal& journal, int most) {
  const auto actions = journal.actions(conversation.session);
  if (!actions) return fail(actions.error());
  for (const Action& action : *actions) {
    const auto made = journal.writes_between(conversation.session, action.began - std::chrono::hours(24), action.began, action.key);
    if (!made) return fail(made.error());
    for (Explained& one : all) {
      if (one.what != "call" || one.turn != action.turn || conversation.messages[*one.message].calls[one.call].id != action.call.id) continue;
      const bool acts = *made >= most;
      const std::string why = std::to_string(*made) + " changes in the 24 hours before, at most " + std::to_string(most);
      one.considered.push_back({"writes_per_day", acts ? Considered::Came::kActed : Considered::Came::kPassed, why});
      if (!acts || one.decision != "allow") continue;
      one.decision = "refuse";
      one.rule = "writes_per_day";
      one.why = why;
    }
  }
  return {};
}

// In a file of conversations nobody knows of the shopper's other ones.
void days_unknown(std::vector<Explained>& all, int most) {
  for (Explained& one : all) {
    const bool write = std::find(own_writes().begin(), own_writes().end(), one.subject) != own_writes().end();
    if (one.what != "call" || !write) continue;
    one.considered.push_back({"writes_per_day", Considered::Came::kCouldNotRun, "at most " + std::to_string(most) + "; the shopper's other conversations are not known here"});
  }
}

Result<void> explain_file(const ExplainOptions& options, const Replaying& replaying) {
  const auto most = replaying.playbook->guardrails.max_writes_per_day;
  auto reader = TranscriptReader::open(options.what);
  if (!reader) return fail(reader.error());
  for (;;) {
    auto next = reader->next();
    if (!next) return fail(next.error());
    if (!next->has_value()) return {};
    std::vector<Explained> all = replaying.explainer.explain((*next)->messages);
    if (most) days_unknown(all, *most);
    tell((*next)->id, *replaying.playbook, all, options);
  }
}

Result<void> explain(ExplainOptions options) {
  auto settings = with_config(std::move(options.settings));
  if (!settings) return fail(settings.error());
  options.settings = std::move(*settings);
  const std::string own = options.settings.shop.empty() ? "adapters/embedded/demo/playbook.yaml" : "retail";
  const auto replaying = open_explainer(options.settings.playbook.empty() ? own : options.settings.playbook, options.settings.environment);
  if (!replaying) return fail(replaying.error());
  if (!options.what.empty() && std::filesystem::is_regular_file(options.what)) return explain_file(options, *replaying);
  auto composition = Composition::create(options.settings);
  if (!composition) return fail(composition.error());
  const auto stored = stored_session(**composition, options.what);
  if (!stored) return fail(stored.error());
  const Conversation& conversation = stored->conversation;
  const auto journal = (*composition)->journal();
  if (!journal) return fail(journal.error());
  const auto events = journal->get().events(conversation.session);
  if (!events) return fail(events.error());
  std::vector<Explained> all = replaying->explainer.explain(conversation.messages, *events, conversation.memory.shown);
  if (const auto most = replaying->playbook->guardrails.max_writes_per_day) {
    if (auto days = explain_days(all, conversation, journal->get(), *most); !days) return days;
  }
  tell(conversation.session.str(), *replaying->playbook, all, options, stored->playbooks);
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
      print_line({{"id", transcript.id}, {"turn", left[i].turn}, {"message", *left[i].message}, {"call", left[i].call}, {"what", left[i].what}, {"subject", left[i].subject}, {"a", side(left[i])}, {"b", side(right[i])}});
      continue;
    }
    const auto told = [](const Explained& one) { return one.decision + (one.rule.empty() ? "" : " (" + one.rule + ")"); };
    std::cout << printable(transcript.id) << ", message " << *left[i].message << ", " << left[i].what << " \"" << one_line(left[i].subject) << "\": " << told(left[i]) << " -> " << told(right[i]);
    const std::string& why = right[i].why.empty() ? left[i].why : right[i].why;
    std::cout << (why.empty() ? "" : ": " + one_line(why)) << "\n";
  }
}

Result<void> diff(const DiffOptions& options) {
  const auto a = open_explainer(options.a);
  if (!a) return fail(a.error());
  const auto b = open_explainer(options.b);
  if (!b) return fail(b.error());
  Differences counts;
  for (const std::string& file : options.files) {
    auto reader = TranscriptReader::open(file);
    if (!reader) return fail(reader.error());
    for (;;) {
      auto next = reader->next();
      if (!next) return fail(next.error());
      if (!next->has_value()) break;
      compare(**next, a->explainer, b->explainer, options.json, counts);
    }
  }
  if (!options.json) std::cout << counts.conversations << " conversations, " << counts.decisions << " decisions, " << counts.differ << " differ\n";
  return {};
}

}  // namespace

void add_playbook_explain(CLI::App& playbook, Exit& exit) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App* command = playbook.add_subcommand("explain", "Say of every turn, silent ones too, which rules were looked at, which acted, and on what values");
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
