#include "agent/cli/rule_coverage.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <tuple>

#include "agent/cli/playbook_files.h"
#include "agent/core/text.h"

namespace floorwalker::cli {
namespace {

using evals::Case;
using evals::CaseRecord;
using evals::Suite;

// A case that passes as things are, and what came of it.
struct Played {
  const Suite* suite = nullptr;
  const Case* one = nullptr;
  std::vector<std::string> told;  // all that was seen from outside, by turn; empty where that is never twice the same
  std::set<std::string> words;    // of the case
};

std::set<std::string> words_of(const std::string& text) {
  std::set<std::string> all;
  for (const text::Word& word : text::words(text::spaced(text))) all.insert(text::stem(word.folded));
  return all;
}

std::vector<std::string> told_by(const CaseRecord& record) {
  std::vector<std::string> all;
  for (const evals::TurnRecord& turn : record.turns) {
    const Reply& reply = turn.state.reply;
    std::string told = turn.error + std::string(to_string(reply.outcome)) + ": " + reply.text + reply.presentation.asked.value_or("");
    for (const Shown& shown : reply.presentation.shown) told += " " + shown.product.str();
    for (const ToolUse& use : reply.tools) told += "\n" + use.call.name + use.call.arguments;
    for (const ToolResult& result : turn.state.results) told += "\n" + result.content;
    all.push_back(std::move(told));
  }
  all.push_back(record.problem);
  return all;
}

std::set<std::string> words_of(const Case& one) {
  std::string all = one.id + " " + one.script;
  for (const evals::EvalTurn& turn : one.turns) all += " " + turn.say;
  return words_of(all);
}

// The suite with that case alone.
Suite alone(const Suite& suite, const Case& one) {
  Suite made;
  made.name = suite.name;
  made.file = suite.file;
  made.shop = suite.shop;
  made.desk = suite.desk;
  made.playbook = suite.playbook;
  made.cases = {one};
  return made;
}

// Worlds in which one change holds, each opened once.
class ChangedWorlds {
 public:
  ChangedWorlds(EvalWorlds& worlds, PlaybookLoader loader) : worlds_(worlds), loader_(std::move(loader)) {}

  Result<std::shared_ptr<evals::World>> open(const Suite& suite, const Case& one) {
    if (evals::needs_own_world(suite, one)) return noted(worlds_.open(suite, one, 0, loader_));
    const Key key{suite.file, evals::shop_of(suite, one), evals::playbook_of(suite, one)};
    const auto known = opened_.find(key);
    failed_ = false;
    if (known != opened_.end()) return known->second;
    auto made = noted(worlds_.open(suite, one, 0, loader_));
    if (made) opened_[key] = *made;
    return made;
  }

  // The world that was asked for last.
  bool failed_to_open() const { return failed_; }

 private:
  using Key = std::tuple<std::string, std::string, std::string>;

  Result<std::shared_ptr<evals::World>> noted(Result<std::shared_ptr<evals::World>> made) {
    failed_ = !made;
    return made;
  }

  EvalWorlds& worlds_;
  PlaybookLoader loader_;
  std::map<Key, std::shared_ptr<evals::World>> opened_;
  bool failed_ = false;
};

class Coverage {
 public:
  Coverage(std::string playbook, std::string text, EvalWorlds& worlds, const CoverageOptions& options)
      : playbook_(std::move(playbook)), text_(std::move(text)), worlds_(worlds), options_(options) {}

  // Plays everything as it is; keeps the cases that use the playbook and pass.
  Result<void> play(const std::vector<Suite>& suites) {
    std::vector<Suite> concerned;
    for (const Suite& suite : suites) {
      Suite kept = suite;
      std::erase_if(kept.cases, [&](const Case& one) { return !concerns(suite, one); });
      if (!kept.cases.empty()) concerned.push_back(std::move(kept));
    }
    suites_ = std::move(concerned);
    evals::RunOptions run;
    run.jobs = options_.jobs;
    const auto maker = [this](const Suite& suite, const Case& one, int repeat) { return worlds_.open(suite, one, repeat); };
    const auto record = evals::run_suites(suites_, maker, run), again = evals::run_suites(suites_, maker, run);
    if (!record) return fail(record.error());
    if (!again) return fail(again.error());
    std::size_t at = 0;
    for (const Suite& suite : suites_) {
      for (const Case& one : suite.cases) {
        const CaseRecord& played = record->cases[at];
        const auto told = told_by(played);   // ids made by the shop differ from run to run
        if (played.passed()) played_.push_back({&suite, &one, told == told_by(again->cases[at]) ? told : std::vector<std::string>(), words_of(one)});
        ++at;
      }
    }
    if (played_.empty()) return fail(ErrorKind::kInvalidArgument, "No case that passes uses this playbook.");
    return {};
  }

  RuleOutcome judge(const Mutation& mutation) {
    RuleOutcome outcome{mutation, RuleOutcome::Found::kUntouched, "", "", ""};
    if (!changed(playbook_, mutation).ok()) {
      if (!mutation.other_way.empty()) return judge(mutation.other_way.front());
      outcome.found = RuleOutcome::Found::kUnreadable;
      return outcome;
    }
    const PlaybookLoader loader = [&](const std::string& name) { return changed(name, mutation); };
    ChangedWorlds worlds(worlds_, loader);
    evals::RunOptions options;
    options.jobs = 1;
    for (const Played* played : likely_first(mutation)) {
      const Suite suite = alone(*played->suite, *played->one);
      const auto record = evals::run_suites({suite}, [&](const Suite& of, const Case& one, int) { return worlds.open(of, one); }, options);
      if (worlds.failed_to_open()) continue;   // one that extends it is refused with the change: what it would do nobody knows
      if (!record || record->cases.empty()) continue;
      const bool failed = !record->cases.front().passed();
      const auto told = told_by(record->cases.front());
      const bool differs = !played->told.empty() && told != played->told;
      if (!failed && (outcome.found == RuleOutcome::Found::kNoticed || !differs)) continue;
      outcome.found = failed ? RuleOutcome::Found::kDefended : RuleOutcome::Found::kNoticed;
      outcome.by = suite.name + "/" + played->one->id;
      if (failed) return outcome;
      const auto [was, is] = std::mismatch(played->told.begin(), played->told.end(), told.begin(), told.end());
      outcome.was = was == played->told.end() ? "" : *was;
      outcome.is = is == told.end() ? "" : *is;
    }
    return outcome;
  }

 private:
  LoadedPlaybook changed(const std::string& name, const Mutation& mutation) const {
    LoadOptions options = playbook_files();
    options.change = [&](std::string_view text, yaml::Node& own) {
      if (text == text_) mutation.apply(own);
    };
    return load_playbook_file(name, options);
  }

  // Whether the case's playbook is this one, or extends it.
  bool concerns(const Suite& suite, const Case& one) {
    const std::string& name = evals::playbook_of(suite, one);
    const auto known = concerned_.find({suite.file, evals::shop_of(suite, one), name});
    if (known != concerned_.end()) return known->second;
    bool found = false;
    const auto watched = [&](const std::string& file) {
      LoadOptions options = playbook_files();
      options.change = [&](std::string_view text, yaml::Node&) { found = found || text == text_; };
      return load_playbook_file(file, options);
    };
    static_cast<void>(worlds_.open(suite, without_script(one), 0, watched));
    return concerned_[{suite.file, evals::shop_of(suite, one), name}] = found;
  }

  static Case without_script(Case one) {
    one.script.clear();
    one.faults.clear();
    return one;
  }

  // The cases, those first that share most words with the rule.
  std::vector<const Played*> likely_first(const Mutation& mutation) const {
    const std::set<std::string> wanted = words_of(mutation.rule + " " + mutation.says);
    std::vector<std::pair<std::size_t, const Played*>> scored;
    for (const Played& played : played_) {
      const auto shared = std::count_if(wanted.begin(), wanted.end(), [&](const std::string& word) { return played.words.contains(word); });
      scored.emplace_back(static_cast<std::size_t>(shared), &played);
    }
    std::stable_sort(scored.begin(), scored.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<const Played*> ordered;
    for (const auto& [score, played] : scored) ordered.push_back(played);
    return ordered;
  }

  const std::string playbook_;   // its name, and what it says
  const std::string text_;
  EvalWorlds& worlds_;
  const CoverageOptions& options_;
  std::vector<Suite> suites_;
  std::vector<Played> played_;
  std::map<std::tuple<std::string, std::string, std::string>, bool> concerned_;
};

}  // namespace

Result<std::vector<RuleOutcome>> rule_coverage(const std::string& playbook, const std::vector<Suite>& suites, EvalWorlds& worlds, const CoverageOptions& options) {
  const auto text = playbook_text(playbook);
  if (!text) return fail(ErrorKind::kInvalidArgument, "The playbook " + playbook + " cannot be read.");
  std::vector<Mutation> mutations = mutations_of(*text, playbook);
  std::erase_if(mutations, [&](const Mutation& one) { return one.rule.find(options.only) == std::string::npos; });
  Coverage coverage(playbook, *text, worlds, options);
  if (auto played = coverage.play(suites); !played) return fail(played.error());
  std::vector<RuleOutcome> outcomes(mutations.size());
  std::atomic<std::size_t> next{0}, done{0};
  std::mutex telling;
  const auto work = [&] {
    for (std::size_t i = next++; i < mutations.size(); i = next++) {
      outcomes[i] = coverage.judge(mutations[i]);
      const std::lock_guard lock(telling);
      if (options.progress) options.progress(++done, mutations.size());
    }
  };
  std::vector<std::jthread> threads;
  for (int i = 1; i < options.jobs; ++i) threads.emplace_back(work);
  work();
  threads.clear();
  return outcomes;
}

}  // namespace floorwalker::cli
