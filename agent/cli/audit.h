#pragma once

#include <functional>
#include <string>
#include <vector>

#include "agent/cli/transcript.h"
#include "agent/core/evidence.h"
#include "agent/core/result.h"
#include "agent/core/verify/evidence_store.h"
#include "agent/core/verify/lexicon.h"
#include "agent/core/verify/verifier.h"

namespace floorwalker::cli {

// What the playbook's action guardrails would have said to a recorded call.
struct ActionDecision {
  std::size_t message = 0;  // index in the recording
  std::size_t call = 0;     // index in that message's calls
  std::string tool;
  std::string decision;     // "allow", "ask", "refuse"
  std::string rule;
  std::string why;
};

// One reply with its claims.
struct AuditedReply {
  std::size_t message = 0;  // index in the recording
  std::vector<Claim> claims;
};

struct Audit {
  std::string id;
  std::vector<AuditedReply> replies;
  std::vector<ActionDecision> actions;
};

// Approved content that holds in every recording: policies that the agent knew without a tool.
struct Content {
  std::string source;
  std::string text;
};

// Decides the calls of one recording, in order. Empty: no playbook was named.
using ActionAuditor = std::function<std::vector<ActionDecision>(const Transcript&)>;

// The lexicon that the binary carries for a language ("en"). Fails if it has none.
Result<verify::Lexicon> load_lexicon(const std::string& language);

// Verifies every assistant message against what the conversation's tools had returned before it. Only observes.
Audit audit(const Transcript& transcript, const verify::Lexicon& lexicon, const verify::Verifier& verifier, const std::vector<Content>& content,
            const ActionAuditor& actions);

}  // namespace floorwalker::cli
