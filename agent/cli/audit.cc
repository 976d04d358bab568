#include "agent/cli/audit.h"

#include "agent/resources/resources.h"

namespace floorwalker::cli {

Result<verify::Lexicon> load_lexicon(const std::string& language) {
  const std::string path = "prompts/verify/lexicon." + language + ".yaml";
  const auto text = resources::find(path);
  if (!text) return fail(ErrorKind::kNotFound, "no lexicon for the language " + language, path);
  return verify::Lexicon::parse(*text);
}

Audit audit(const Transcript& transcript, const verify::Lexicon& lexicon, const verify::Verifier& verifier, const std::vector<Content>& content,
            const ActionAuditor& actions) {
  Audit result;
  result.id = transcript.id;
  verify::EvidenceStore evidence(lexicon);
  for (const Content& approved : content) evidence.add_content(approved.source, approved.text);
  for (std::size_t i = 0; i < transcript.messages.size(); ++i) {
    const Message& message = transcript.messages[i];
    if (message.role == Role::kAssistant && !message.text.empty()) result.replies.push_back({i, verifier.verify(message.text, evidence)});
    evidence.add(message);
    if (!result.replies.empty() && result.replies.back().message == i) evidence.add_proven(result.replies.back().claims);
  }
  if (actions) result.actions = actions(transcript);
  return result;
}

}  // namespace floorwalker::cli
