#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <memory>
#include <set>

#include "agent/cli/chat_modes.h"
#include "agent/cli/command.h"
#include "agent/cli/composition.h"
#include "agent/cli/model_settings.h"
#include "agent/models/foreseen.h"

namespace floorwalker::cli {
namespace {

constexpr const char* kExamples = R"(
Examples:
  floorwalker                                     talk to the agent of the demo shop
  floorwalker chat --session anna                 go on with the conversation "anna", or begin it
  floorwalker chat --shop mine.db --playbook mine.yaml
  echo 'a light laptop under 900' | floorwalker chat
  floorwalker chat --script turns.jsonl --json    one line out for each turn; lines look like
    {"session":"s1","say":"a laptop for travel","key":"optional: a repeated key gets the stored answer"}
    {"session":"s1","event":{"type":"view","product":"P-17"}}
)";

}  // namespace

void LoggingListener::withheld(std::string_view text, const std::vector<Claim>& claims) {
  std::string why;
  for (const Claim& claim : claims) {
    if (claim.verdict == Verdict::kSupported || claim.verdict == Verdict::kSubjective) continue;
    why += "\n  " + std::string(to_string(claim.verdict)) + " " + std::string(to_string(claim.kind)) + " \"" + claim.text + "\": " + claim.why;
  }
  spdlog::info("withheld: \"{}\"{}", text, why);
}

namespace {

// A scripted or recorded model that was asked less, or more, than was foreseen has failed.
Result<void> check_foreseen(Composition& composition) {
  const auto chain = composition.models();
  if (!chain) return fail(chain.error());
  std::string all;
  for (const Model* model : *chain) {
    const auto* foreseen = dynamic_cast<const models::Foreseen*>(model);
    if (!foreseen) continue;
    for (const std::string& complaint : foreseen->complaints()) all += "\n  " + complaint;
  }
  if (all.empty()) return {};
  return fail(ErrorKind::kInternal, "The conversation did not go as the model's script or recording foresees:" + all);
}

Result<void> chat(const Settings& settings, const ChatOptions& options) {
  auto composition = Composition::create(settings, [](const std::string& what) { std::cerr << "floorwalker: " << what << "\n"; });
  if (!composition) return fail(composition.error());
  if (!options.record_model.empty()) {
    auto cassette = open_cassette(options.record_model, settings);
    if (!cassette) return fail(cassette.error());
    Composition::Wraps wraps;
    wraps.cassette = std::move(*cassette);
    (*composition)->wrap(std::move(wraps));
  }
  std::set<SessionId> sessions;
  Result<void> done;
  if (options.script.empty()) {
    done = chat_with_person(**composition, options, sessions);
  } else if (options.script == "-") {
    done = chat_by_script(**composition, options, std::cin, "standard input", sessions);
  } else {
    std::ifstream script(options.script);
    if (!script) return fail(ErrorKind::kIo, "The script " + options.script + " cannot be read.");
    done = chat_by_script(**composition, options, script, options.script, sessions);
  }
  if (!done) return done;
  if (!options.record.empty()) {
    if (auto recorded = record_conversations(**composition, sessions, options.record); !recorded) return recorded;
  }
  return check_foreseen(**composition);
}

}  // namespace

void add_chat(CLI::App& app, Exit& exit) {
  auto settings = std::make_shared<Settings>();
  auto options = std::make_shared<ChatOptions>();
  CLI::App* command = app.add_subcommand("chat", "Talk to the agent, in the terminal or by a script");
  add_settings(*command, *settings);
  command->add_option("--session", options->session, "go on with an earlier conversation")->type_name("ID");
  command->add_option("--shopper", options->shopper, "the shopper's account: limits per day count over all of their conversations")->type_name("ID");
  command->add_option("--script", options->script, "take the shopper's turns from a file of JSON lines, or from - (standard input)")
      ->type_name("FILE");
  command->add_option("--record", options->record, "add the conversations to a file, in the form that `audit` reads")->type_name("FILE");
  command->add_option("--record-model", options->record_model, "keep what a model server was asked and answered, for --model recorded:FILE")->type_name("FILE");
  command->add_flag("--json", options->json, "print one JSON object for each turn, and nothing else");
  command->footer(kExamples);
  command->callback([settings, options, &exit] {
    settings->fleeting = !options->script.empty();
    if (auto done = chat(*settings, *options); !done) exit.status = complain(done.error());
  });
}

}  // namespace floorwalker::cli
