#pragma once

#include <istream>
#include <set>
#include <string>

#include "agent/cli/command.h"
#include "agent/cli/composition.h"
#include "agent/core/ids.h"
#include "agent/core/result.h"

// The two ways of `chat`: with a person, and with a script.
namespace floorwalker::cli {

// What `chat` was asked for besides the settings.
struct ChatOptions {
  std::string session;   // --session: to go on with an earlier conversation
  std::string shopper;   // --shopper: who speaks, "" if nobody knows
  std::string script;    // --script: a file of turns, or "-"
  std::string record;    // --record: where the conversations are written as chat-completions messages
  std::string record_model;   // --record-model: a cassette of what the model was asked and answered
  bool json = false;
};

// Runs the turns of a script, one line each, and prints a line for each. Stops at a line that is no turn: kInvalidArgument with its number.
// `sessions` gathers the sessions that were spoken in.
Result<void> chat_by_script(Composition& composition, const ChatOptions& options, std::istream& script, const std::string& script_name,
                            std::set<SessionId>& sessions);

// Talks with whoever is at the terminal, or with the lines of standard input where it is none, until they leave.
Result<void> chat_with_person(Composition& composition, const ChatOptions& options, std::set<SessionId>& sessions);

// Writes to the log what the gate held back and why: for whoever tunes playbook, prompts or lexicon (--log-level info).
class LoggingListener : public runner::TurnListener {
 public:
  void released(std::string_view) override {}
  void withheld(std::string_view text, const std::vector<Claim>& claims) override;
};

// Adds the conversations to `file` as {"id","messages":[...]} lines, the form that `audit` reads.
Result<void> record_conversations(Composition& composition, const std::set<SessionId>& sessions, const std::string& file);

// A conversation as chat-completions messages, one JSON object.
std::string transcript_json(const Conversation& conversation);

}  // namespace floorwalker::cli
