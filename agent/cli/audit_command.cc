#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "agent/cli/audit.h"
#include "agent/cli/audit_actions.h"
#include "agent/cli/command.h"
#include "agent/core/text.h"

namespace floorwalker::cli {
namespace {

using nlohmann::json;

struct AuditOptions {
  std::vector<std::string> files;
  std::vector<std::string> content;
  std::string language = "en";
  std::string playbook;
  bool json = false;
  bool all = false;
};

// How often each verdict was given.
using Tally = std::map<Verdict, std::size_t>;

json row_of(const Audit& audit) {
  json replies = json::array();
  for (const AuditedReply& reply : audit.replies) {
    json claims = json::array();
    for (const Claim& claim : reply.claims) {
      claims.push_back({{"start", claim.start}, {"end", claim.end}, {"text", claim.text}, {"kind", to_string(claim.kind)},
                        {"verdict", to_string(claim.verdict)}, {"why", claim.why}, {"evidence", claim.evidence}});
    }
    replies.push_back({{"message", reply.message}, {"claims", std::move(claims)}});
  }
  json actions = json::array();
  for (const ActionDecision& action : audit.actions) {
    actions.push_back({{"message", action.message}, {"call", action.call}, {"tool", action.tool}, {"decision", action.decision},
                       {"rule", action.rule}, {"why", action.why}});
  }
  return {{"id", audit.id}, {"replies", std::move(replies)}, {"actions", std::move(actions)}};
}

std::string_view colour_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kSupported: return "\033[32m";
    case Verdict::kContradicted: return "\033[1;31m";
    case Verdict::kUnsupported: return "\033[33m";
    case Verdict::kSubjective: break;
  }
  return "\033[36m";
}

// Byte offset of a code point.
std::size_t byte_of(std::string_view text, std::size_t point) {
  std::size_t at = 0;
  while (at < text.size() && point > 0) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
    --point;
  }
  return at;
}

// What was recorded is printed without its control characters: it must not drive the terminal.
std::string printable(std::string_view text) { return text::sanitise(text); }

std::string coloured(std::string_view reply, const std::vector<Claim>& claims, bool colours) {
  std::string out;
  std::size_t at = 0;
  for (const Claim& claim : claims) {
    const std::size_t start = byte_of(reply, claim.start);
    const std::size_t end = byte_of(reply, claim.end);
    if (start < at) continue;
    out += printable(reply.substr(at, start - at));
    if (colours) out += colour_of(claim.verdict);
    out += printable(reply.substr(start, end - start));
    if (colours) out += "\033[0m";
    at = end;
  }
  return out + printable(reply.substr(std::min(at, reply.size())));
}

void print_reply(const Transcript& transcript, const AuditedReply& reply, bool all, bool colours) {
  const bool flagged = std::any_of(reply.claims.begin(), reply.claims.end(), [](const Claim& claim) {
    return claim.verdict == Verdict::kContradicted || claim.verdict == Verdict::kUnsupported;
  });
  if (!flagged && !all) return;
  std::cout << transcript.id << ", message " << reply.message << "\n" << coloured(transcript.messages[reply.message].text, reply.claims, colours) << "\n";
  for (const Claim& claim : reply.claims) {
    if (!all && (claim.verdict == Verdict::kSupported || claim.verdict == Verdict::kSubjective)) continue;
    std::cout << "  " << (colours ? colour_of(claim.verdict) : "") << to_string(claim.verdict) << (colours ? "\033[0m" : "") << " " << to_string(claim.kind)
              << " \"" << printable(claim.text) << "\": " << printable(claim.why);
    for (const std::string& pointer : claim.evidence) std::cout << " [" << printable(pointer) << "]";
    std::cout << "\n";
  }
  std::cout << "\n";
}

void print_actions(const Audit& audit) {
  for (const ActionDecision& action : audit.actions) {
    if (action.decision == "allow") continue;
    std::cout << audit.id << ", message " << action.message << ": " << action.decision << " " << printable(action.tool) << " (" << action.rule
              << "): " << printable(action.why) << "\n";
  }
}

Result<std::vector<Content>> read_content(const std::vector<std::string>& files) {
  std::vector<Content> content;
  for (const std::string& path : files) {
    std::ifstream in(path);
    if (!in) return fail(ErrorKind::kIo, "cannot read " + path);
    std::ostringstream text;
    text << in.rdbuf();
    content.push_back({path, text.str()});
  }
  return content;
}

int refuse(const Error& error) {
  std::cerr << "floorwalker: " << error.message << "\n";
  return 1;
}

class AuditRun {
 public:
  AuditRun(const AuditOptions& options, const verify::Lexicon& lexicon, std::vector<Content> content, ActionAuditor actions)
      : options_(options), lexicon_(lexicon), verifier_(lexicon), content_(std::move(content)), actions_(std::move(actions)) {}

  Result<void> file(const std::string& path) {
    auto reader = TranscriptReader::open(path);
    if (!reader) return fail(reader.error());
    for (;;) {
      auto next = reader->next();
      if (!next) return fail(next.error());
      if (!next->has_value()) return {};
      one(**next);
    }
  }

  void summary() const {
    if (options_.json) return;
    std::cout << conversations_ << " conversations, " << replies_ << " replies";
    for (const auto& [verdict, count] : tally_) std::cout << ", " << count << " " << to_string(verdict);
    for (const auto& [decision, count] : calls_) std::cout << ", " << count << " " << decision;
    std::cout << "\n";
  }

 private:
  const AuditOptions& options_;
  const verify::Lexicon& lexicon_;
  verify::Verifier verifier_;
  std::vector<Content> content_;
  ActionAuditor actions_;
  Tally tally_;
  std::map<std::string, std::size_t> calls_;   // "calls allowed" ...: how many
  std::size_t conversations_ = 0;
  std::size_t replies_ = 0;

  void one(const Transcript& transcript) {
    const Audit result = audit(transcript, lexicon_, verifier_, content_, actions_);
    ++conversations_;
    replies_ += result.replies.size();
    for (const AuditedReply& reply : result.replies) {
      for (const Claim& claim : reply.claims) ++tally_[claim.verdict];
    }
    for (const ActionDecision& action : result.actions) {
      ++calls_[action.decision == "allow" ? "calls allowed" : action.decision == "ask" ? "calls to be asked about" : "calls refused"];
    }
    if (options_.json) {
      std::cout << row_of(result).dump(-1, ' ', false, json::error_handler_t::replace) << "\n";
      return;
    }
    const bool colours = isatty(STDOUT_FILENO) != 0;
    for (const AuditedReply& reply : result.replies) print_reply(transcript, reply, options_.all, colours);
    print_actions(result);
  }
};

int run_audit(const AuditOptions& options) {
  const auto lexicon = load_lexicon(options.language);
  if (!lexicon) return refuse(lexicon.error());
  auto content = read_content(options.content);
  if (!content) return refuse(content.error());
  auto actions = action_auditor(options.playbook);
  if (!actions) return refuse(actions.error());
  AuditRun run(options, *lexicon, std::move(*content), std::move(*actions));
  for (const std::string& path : options.files) {
    if (const auto done = run.file(path); !done) return refuse(done.error());
  }
  run.summary();
  return 0;
}

}  // namespace

void add_audit(CLI::App& app, Exit& exit) {
  auto options = std::make_shared<AuditOptions>();
  CLI::App* command = app.add_subcommand("audit", "Check every claim of recorded conversations against what their tools returned");
  command->add_option("transcripts", options->files, "JSON lines of {id, messages}, plain or gzip")->required()->check(CLI::ExistingFile);
  command->add_option("--content", options->content, "Approved text that the agent knew without a tool (policies); repeatable")->check(CLI::ExistingFile);
  command->add_option("--playbook", options->playbook, "Also say which calls this playbook would have allowed, asked about or refused");
  command->add_option("--language", options->language, "Language of the replies");
  command->add_flag("--json", options->json, "One JSON object a conversation");
  command->add_flag("--all", options->all, "Print every reply, not only those with a claim that is not supported");
  command->callback([options, &exit] { exit.status = run_audit(*options); });
}

}  // namespace floorwalker::cli
