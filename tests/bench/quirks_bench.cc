// quirks_bench: plays a four-call turn against a chat-completions server that misbehaves (the model's name says how) and tells, for each
// quirk, whether the right text and calls came out with the verifier on, or, where nothing can be mended, a fast fallback.
//
//   quirks_bench --port PORT --shop shop.json [--whole] [--json] [QUIRK...]

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <future>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "agent/core/gate.h"
#include "agent/models/openai/openai_model.h"
#include "agent/net/curl_transport.h"
#include "agent/resources/resources.h"
#include "agent/runner/runner.h"
#include "agent/store/sqlite_journal.h"
#include "tests/support/paths.h"
#include "tests/support/peer_shop.h"

namespace floorwalker {
namespace {

using nlohmann::json;

const std::vector<std::string> kQuirks{
    "baseline", "one_chunk", "no_index", "no_index_no_id", "index0_parallel", "index_from_1", "no_id", "no_type", "id_empty_cont", "id_null_cont", "name_repeat",
    "name_late", "name_split", "dup_ids", "args_object", "args_unicode", "bad_args_once", "missing_arg_once", "args_not_object_once", "unknown_tool_once",
    "name_ns_once", "trunc_once", "finish_stop", "finish_missing", "content_empty", "content_missing", "content_array", "null_fields", "empty_tool_calls",
    "text_and_tools", "no_role", "no_delta", "delta_null_last", "empty_choices_first", "usage_missing", "usage_null", "usage_in_last", "odd_types",
    "reasoning_content", "reasoning_field", "reasoning_back", "thought_sig", "mistral_ids", "content_null_only", "schema_strict", "no_stream_options", "no_done",
    "no_done_hang", "no_final_newline", "comments", "data_keepalive", "data_empty", "event_ids", "multi_data", "crlf", "no_space", "split_bytes", "glued",
    "ctype_plain", "json_for_stream", "r429_once", "r429_ms_once", "r429_date_once", "html503_once", "r500_once", "reset_before_once", "reset_mid_once",
    "cut_mid_once", "error_in_stream", "quota_429", "close_keepalive"};

const std::set<std::string> kStreamOnly{
    "one_chunk", "no_index", "no_index_no_id", "index0_parallel", "index_from_1", "id_empty_cont", "id_null_cont", "name_repeat", "name_late", "name_split",
    "no_role", "delta_null_last", "empty_choices_first", "usage_in_last", "no_stream_options", "no_done", "no_done_hang", "no_final_newline", "comments",
    "data_keepalive", "data_empty", "event_ids", "multi_data", "crlf", "no_space", "split_bytes", "glued", "ctype_plain", "json_for_stream", "reset_mid_once",
    "cut_mid_once", "error_in_stream"};

const std::set<std::string> kFallBack{"error_in_stream", "quota_429"};
constexpr std::string_view kFallbackText = "One moment please.";

// Stands for the guided model: what the shopper hears when the server cannot be used.
class Fallback final : public Model {
 public:
  void start(const ModelRequest&, ModelSink sink, std::stop_token) override {
    sink(TextDelta{std::string(kFallbackText)});
    sink(ModelFinished{});
  }
  std::string name() const override { return "fallback"; }
};

json server_log(net::Transport& transport, int port) {
  std::string body;
  std::promise<void> over;
  net::Request request;
  request.method = "GET";
  request.url = "http://127.0.0.1:" + std::to_string(port) + "/log";
  net::Handlers handlers;
  handlers.data = [&](std::string_view bytes) { body += bytes; };
  handlers.done = [&](std::optional<Error>) { over.set_value(); };
  transport.start(std::move(request), std::move(handlers), {});
  over.get_future().wait();
  return json::parse(body, nullptr, false);
}

struct Setting {
  int port = 0;
  bool whole = false;
  test::PeerShop shop;
  verify::Lexicon lexicon;
};

struct Outcome {
  bool ok = false;
  std::string why;
  long long ms = 0;
};

openai::OpenAiConfig config_of(const Setting& setting, const std::string& quirk, const std::string& key) {
  openai::OpenAiConfig config;
  config.base_url = "http://127.0.0.1:" + std::to_string(setting.port) + "/v1";
  config.settings.model = quirk;
  config.settings.stream = !setting.whole;
  config.headers = {{"Authorization", "Bearer " + key}};
  return config;
}

Outcome judge(const std::string& quirk, const std::string& text, const json& log, long long ms) {
  Outcome outcome{false, "", ms};
  const int requests = log.value("n", 0);
  const bool told = text.find("I found two waterproof") != std::string::npos && text.find("129.90") != std::string::npos;
  if (kFallBack.count(quirk)) {
    outcome.ok = text.find(kFallbackText) != std::string::npos && ms < 3000 && (quirk != "quota_429" || requests == 1);
  } else {
    outcome.ok = told && log.value("final", false);
  }
  if (quirk == "r429_once" || quirk == "r429_date_once") {
    const auto waited = log["t"].size() > 2 ? log["t"][2].get<long long>() - log["t"][1].get<long long>() : 0;
    outcome.ok = outcome.ok && waited >= 900;
  }
  if (outcome.ok) {
    outcome.why = log.value("note", "");
  } else {
    outcome.why = log.contains("bad") && !log["bad"].empty() ? log["bad"][0].get<std::string>() : "text: " + text;
  }
  if (!outcome.why.empty() && outcome.ok) outcome.ok = false;  // a note names something that was lost
  return outcome;
}

Outcome play(Setting& setting, net::Transport& transport, const std::string& quirk) {
  const std::string key = "sk-" + quirk + "-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
  test::TemporaryFolder folder;
  auto journal = store::SqliteJournal::open(folder.path() / "journal.db", store::Durability::kProcess);
  if (!journal) return {false, journal.error().message, 0};
  openai::Telling telling;
  telling.system = [&setting] { return setting.shop.system; };
  openai::OpenAiModel model(config_of(setting, quirk, key), telling, transport);
  Fallback fallback;
  const verify::Verifier verifier(setting.lexicon);
  const SystemClock clock;
  PlannerRules rules;
  rules.writes = {"add_to_cart"};
  rules.rungs = 2;
  rules.can_repair = {true, false};
  rules.limits.steps = 10;
  const auto started = std::chrono::steady_clock::now();
  Result<runner::TurnResult> result = fail(ErrorKind::kInternal, "not played");
  {
    runner::Runner runner({{&model, &fallback}, *setting.shop.tools, **journal, clock,
                           [&] { return std::make_unique<ProvingGate>(setting.lexicon, verifier); }},
                          rules, {});
    result = runner.run({SessionId(quirk), ShopperSaid{setting.shop.user, "", 7}});
  }
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started).count();
  const json log = server_log(transport, setting.port).value("Bearer " + key, json::object());
  if (!result) return {false, result.error().message, ms};
  return judge(quirk, result->reply.text, log, ms);
}

int run(int argc, char** argv) {
  CLI::App app{"Plays a four-call turn against a misbehaving chat-completions server."};
  int port = 0;
  std::string shop_file;
  bool whole = false;
  bool as_json = false;
  std::vector<std::string> only;
  app.add_option("--port", port, "where the server listens, on 127.0.0.1")->required();
  app.add_option("--shop", shop_file, "shop.json: prompts, tools and tool results")->required();
  app.add_flag("--whole", whole, "without streaming");
  app.add_flag("--json", as_json, "one object a line");
  app.add_option("quirks", only, "only these");
  CLI11_PARSE(app, argc, argv);
  auto lexicon = verify::Lexicon::parse(resources::find("prompts/verify/lexicon.en.yaml").value_or(""));
  if (!lexicon) {
    std::cerr << lexicon.error().message << "\n";
    return 1;
  }
  Setting setting{port, whole, test::PeerShop::load(shop_file), *lexicon};
  net::CurlTransport transport;
  int passed = 0;
  int played = 0;
  for (const std::string& quirk : only.empty() ? kQuirks : only) {
    if (whole && kStreamOnly.count(quirk)) continue;
    const Outcome outcome = play(setting, transport, quirk);
    ++played;
    passed += outcome.ok;
    if (as_json) {
      std::cout << json{{"quirk", quirk}, {"mode", whole ? "whole" : "stream"}, {"ok", outcome.ok}, {"ms", outcome.ms}, {"why", outcome.why}}.dump() << std::endl;
    } else if (!outcome.ok) {
      std::cout << "FAILED " << quirk << " (" << outcome.ms << " ms): " << outcome.why << std::endl;
    }
  }
  if (as_json) {
    std::cout << json{{"mode", whole ? "whole" : "stream"}, {"passed", passed}, {"of", played}}.dump() << std::endl;
  } else {
    std::cout << passed << " of " << played << (whole ? " without streaming" : " streaming") << std::endl;
  }
  return passed == played ? 0 : 1;
}

}  // namespace
}  // namespace floorwalker

int main(int argc, char** argv) { return floorwalker::run(argc, argv); }
