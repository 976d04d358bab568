#include "evals/kept_results.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "agent/core/json_lines.h"
#include "agent/core/json_writer.h"
#include "agent/store/codec.h"

namespace floorwalker::evals {
namespace {

using Json = nlohmann::json;
using json::Writer;

void write_play_texts(Writer& w, std::initializer_list<std::pair<const char*, std::string_view>> texts) {
  for (const auto& [name, text] : texts) w.key(name).exact(text);
}

void write_kept_judgement(Writer& w, const Judgement& judgement) {
  w.open('{').key("wanted").boolean(judgement.wanted);
  write_play_texts(w, {{"ask", judgement.ask}, {"why", judgement.why}});
  w.key("votes").open('[');
  for (const Vote vote : judgement.votes) w.integer(static_cast<int>(vote));
  w.close(']').close('}');
}

void write_kept_turn(Writer& w, const TurnRecord& turn) {
  w.open('{');
  write_play_texts(w, {{"said", turn.said}, {"error", turn.state.error}});
  w.key("reply").raw(store::encode(turn.state.reply)).key("checked").boolean(turn.checked);
  w.key("wall_micros").integer(turn.state.wall_micros).key("cpu_micros").integer(turn.cpu_micros);
  w.key("results").open('[');
  for (const ToolResult& result : turn.state.results) w.exact(result.content);
  w.close(']').key("rules").open('[');
  for (const RuleDecision& rule : turn.state.rules) {
    write_play_texts(w.open('{'), {{"rule", rule.rule}, {"decision", rule.decision}, {"about", rule.about}, {"why", rule.why}});
    w.close('}');
  }
  w.close(']').key("failures").open('[');
  for (const Failure& failure : turn.failures) {
    write_play_texts(w.open('{'), {{"check", failure.check}, {"expected", failure.expected}, {"got", failure.got}, {"product", failure.product}});
    w.close('}');
  }
  w.close(']').key("judged").open('[');
  for (const Judgement& judgement : turn.judged) write_kept_judgement(w, judgement);
  w.close(']').close('}');
}

std::string line_of_play(const std::string& digest, const CaseRecord& record) {
  Writer w;
  w.open('{').field("play", digest);
  write_play_texts(w, {{"suite", record.suite}, {"id", record.id}, {"problem", record.problem}});
  w.key("repeat").integer(record.repeat).key("turns").open('[');
  for (const TurnRecord& turn : record.turns) write_kept_turn(w, turn);
  return w.close(']').close('}').take() + "\n";
}

Judgement read_kept_judgement(const Json& one) {
  Judgement made{one.at("ask"), one.at("wanted"), {}, one.at("why")};
  for (const Json& vote : one.at("votes")) made.votes.push_back(static_cast<Vote>(vote.get<int>()));
  return made;
}

Result<TurnRecord> read_kept_turn(const Json& one) {
  TurnRecord made;
  made.said = one.at("said");
  made.state.error = one.at("error");
  made.checked = one.at("checked");
  made.state.wall_micros = one.at("wall_micros");
  made.cpu_micros = one.at("cpu_micros");
  auto reply = store::decode_reply(one.at("reply").dump());
  if (!reply) return fail(reply.error());
  made.state.reply = std::move(*reply);
  made.state.shown = made.state.reply.presentation.shown;
  for (const Json& content : one.at("results")) {
    const ToolUse& use = made.state.reply.tools.at(made.state.results.size());
    made.state.results.push_back({use.call.id, use.outcome, content, {}});
  }
  for (const Json& rule : one.at("rules")) made.state.rules.push_back({rule.at("rule"), rule.at("decision"), rule.at("about"), rule.at("why")});
  for (const Json& failure : one.at("failures")) made.failures.push_back({failure.at("check"), failure.at("expected"), failure.at("got"), failure.at("product")});
  for (const Json& judgement : one.at("judged")) made.judged.push_back(read_kept_judgement(judgement));
  return made;
}

Result<std::pair<std::string, KeptPlay>> read_play(std::string_view line) {
  try {
    const Json entry = Json::parse(line);
    KeptPlay made{entry.at("problem"), {}};
    for (const Json& one : entry.at("turns")) {
      auto turn = read_kept_turn(one);
      if (!turn) return fail(turn.error());
      made.turns.push_back(std::move(*turn));
    }
    return std::pair{entry.at("play").get<std::string>(), std::move(made)};
  } catch (const std::exception& error) {
    return fail(ErrorKind::kMalformed, "no result of a case that 'eval --resume' kept", error.what());
  }
}

// What a program that was killed while it wrote left of its last line.
Result<void> drop_half_line(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  const std::size_t end = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1;
  if (end == text.size()) return {};
  if (end == 0 && !text.starts_with('{')) return fail(ErrorKind::kMalformed, file + " is no file of 'eval --resume'.");
  std::error_code error;
  std::filesystem::resize_file(file, end, error);
  return error ? Result<void>(fail(ErrorKind::kIo, file + " cannot be written.")) : Result<void>();
}

}  // namespace

Result<std::shared_ptr<KeptResults>> KeptResults::open(std::string file, std::string made_with) {
  auto made = std::make_shared<KeptResults>();
  made->file_ = std::move(file);
  made->made_with_ = std::move(made_with);
  if (!std::filesystem::exists(made->file_)) return made;
  if (auto dropped = drop_half_line(made->file_); !dropped) return fail(dropped.error());
  const auto read = each_json_line(made->file_, [&](std::string_view line) -> Result<void> {
    auto play = read_play(line);
    if (!play) return fail(play.error());
    made->plays_.insert_or_assign(std::move(play->first), std::move(play->second));
    return {};
  });
  if (!read) return fail(read.error());
  return made;
}

std::optional<KeptPlay> KeptResults::find(const std::string& digest) const {
  const std::lock_guard lock(mutex_);
  const auto found = plays_.find(digest);
  return found == plays_.end() ? std::nullopt : std::optional(found->second);
}

// One write of a whole line: what is in the file when the program ends is whole but for the last line at most.
Result<void> KeptResults::keep(const std::string& digest, const CaseRecord& record) {
  const std::string line = line_of_play(digest, record);
  const std::lock_guard lock(mutex_);
  std::ofstream out(file_, std::ios::app | std::ios::binary);
  out << line;
  if (!out.flush()) return fail(ErrorKind::kIo, file_ + " cannot be written.");
  return {};
}

}  // namespace floorwalker::evals
