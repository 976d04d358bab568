#include "tests/support/verifier_data.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/support/shared_data.h"

namespace floorwalker::bench {

using nlohmann::json;
namespace fs = std::filesystem;

namespace {

std::vector<cli::Transcript> transcripts(const fs::path& file) {
  auto reader = cli::TranscriptReader::open(file.string());
  if (!reader) throw std::runtime_error(reader.error().message);
  std::vector<cli::Transcript> all;
  for (;;) {
    auto next = reader->next();
    if (!next) throw std::runtime_error(next.error().message);
    if (!next->has_value()) return all;
    all.push_back(std::move(**next));
  }
}

// One line of tab-separated values with quotes as spreadsheets write them.
std::vector<std::string> cells(std::string_view line) {
  std::vector<std::string> found(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      found.back() += '"';
      ++i;
    } else if (c == '"' && (quoted || found.back().empty())) {
      quoted = !quoted;
    } else if (c == '\t' && !quoted) {
      found.emplace_back();
    } else if (c != '\r') {
      found.back() += c;
    }
  }
  return found;
}

}  // namespace

cli::Transcript told_of(std::string id, std::string question, std::string result, std::string reply) {
  cli::Transcript made;
  made.id = std::move(id);
  Message asked;
  asked.text = std::move(question);
  Message called;
  called.role = Role::kAssistant;
  ToolCall call;
  call.id = CallId("c1");
  call.name = "get_product";
  call.arguments = "{}";
  called.calls.push_back(std::move(call));
  Message answered;
  answered.role = Role::kTool;
  answered.result = {CallId("c1"), ToolOutcome::kOk, std::move(result), {}};
  Message said;
  said.role = Role::kAssistant;
  said.text = std::move(reply);
  made.messages = {std::move(asked), std::move(called), std::move(answered), std::move(said)};
  return made;
}

std::vector<LabelledReply> phones(const fs::path& data) {
  const fs::path file = data / "grounding" / "phones.jsonl.gz";
  std::vector<LabelledReply> replies;
  for (cli::Transcript& transcript : transcripts(file)) replies.push_back({std::move(transcript), {}});
  std::size_t at = 0;
  test::each_line(file, [&](std::string_view line) {
    const json row = json::parse(line);
    for (const json& label : row.at("labels")) replies.at(at).labels.push_back({label.at("start"), label.at("end"), label.at("type")});
    ++at;
  });
  return replies;
}

std::vector<cli::Transcript> service_desk(const fs::path& data) { return transcripts(data / "tau-retail" / "conversations.jsonl.gz"); }

std::vector<BadClaim> bad_claims(const fs::path& data) {
  std::vector<BadClaim> claims;
  test::each_line(data / "tau-retail" / "bad-claims.jsonl", [&](std::string_view line) {
    const json row = json::parse(line);
    claims.push_back({row.at("id"), row.at("message"), row.at("line")});
  });
  return claims;
}

std::vector<cli::Transcript> true_sentences(const fs::path& data, const std::string& set) {
  std::vector<cli::Transcript> found;
  for (const char* part : {"train", "dev"}) {
    const fs::path file = data / "pqa" / (set + "_" + part + ".tsv");
    if (!fs::exists(file)) continue;
    bool header = true;
    test::each_line(file, [&](std::string_view line) {
      const std::vector<std::string> row = cells(line);
      const bool answer = row.size() >= 4;
      if (!header && row.size() >= 2) {
        found.push_back(told_of(std::string(part) + "/" + std::to_string(found.size()), answer ? row[1] : "Tell me about it.", answer ? row[2] : row[0], answer ? row[3] : row[1]));
      }
      header = false;
    });
  }
  return found;
}

}  // namespace floorwalker::bench
