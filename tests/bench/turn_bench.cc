// turn_bench: processor time, latency and memory of a scripted turn of four model calls, with everything on: journal, evidence,
// verification of every sentence, argument checks. Prints one JSON object.
//
//   turn_bench --port PORT --shop shop.json [--whole] [--conc N] [--warm S] [--secs S] [--ramp MS] [--no-verify] [--no-journal]

#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <fstream>
#include <iostream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "agent/core/gate.h"
#include "agent/models/openai/openai_model.h"
#include "agent/net/curl_transport.h"
#include "agent/resources/resources.h"
#include "agent/runner/runner.h"
#include "agent/store/sqlite_journal.h"
#include "tests/support/memory_journal.h"
#include "tests/support/paths.h"
#include "tests/support/peer_shop.h"

namespace floorwalker {
namespace {

using Steady = std::chrono::steady_clock;

struct Flags {
  int port = 0;
  std::string shop;
  bool whole = false, no_verify = false, no_journal = false;
  int conc = 16;
  double warm = 1, secs = 5;
  int ramp = 0;
};

double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

long status_kib(const std::string& field) {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);) {
    if (line.compare(0, field.size(), field) == 0) return std::stol(line.substr(field.size() + 1));
  }
  return 0;
}

bool right(const Reply& reply) { return reply.text.find("I found two waterproof") == 0 && reply.text.find("129.90") != std::string::npos; }

// Keeps `conc` turns in flight, each in a session of its own, and counts those that end within the window.
class Load {
 public:
  Load(runner::Runner& runner, const Flags& flags, std::string said) : runner_(runner), flags_(flags), said_(std::move(said)) {}

  void begin(int lane) {
    const int n = next_++;
    const auto started = Steady::now();
    ++in_flight_;
    const auto begun = runner_.start({SessionId(std::to_string(lane) + "-" + std::to_string(n)), ShopperSaid{said_, "", 1}}, nullptr,
                                     [this, lane, started](Result<runner::TurnResult> result) { ended(lane, started, result); });
    if (!begun) {
      ++errors_;
      --in_flight_;
    }
  }

  void window(bool open) { counting_ = open; }
  void stop() { stopping_ = true; }
  int in_flight() const { return in_flight_; }

  nlohmann::json figures(double seconds, double cpu) {
    const std::lock_guard lock(mutex_);
    std::sort(latencies_.begin(), latencies_.end());
    const auto at = [&](double share) { return latencies_.empty() ? 0.0 : latencies_[std::min(latencies_.size() - 1, static_cast<std::size_t>(share * static_cast<double>(latencies_.size())))]; };
    return {{"mode", flags_.whole ? "whole" : "stream"}, {"conc", flags_.conc}, {"turns", latencies_.size()}, {"tps", static_cast<double>(latencies_.size()) / seconds},
            {"cpu_ms_turn", latencies_.empty() ? 0 : 1000 * cpu / static_cast<double>(latencies_.size())}, {"p50", at(0.5)}, {"p99", at(0.99)}, {"errs", errors_.load()},
            {"last_error", last_error_}};
  }

 private:
  void ended(int lane, Steady::time_point started, const Result<runner::TurnResult>& result) {
    --in_flight_;
    if (!result || !right(result->reply)) {
      ++errors_;
      const std::lock_guard lock(mutex_);
      last_error_ = result ? result->reply.text : result.error().message;
    } else if (counting_) {
      const std::lock_guard lock(mutex_);
      latencies_.push_back(std::chrono::duration<double, std::milli>(Steady::now() - started).count());
    }
    if (!stopping_ && errors_ < 20) begin(lane);
  }

  runner::Runner& runner_;
  const Flags& flags_;
  std::string said_;
  std::atomic<int> next_{0}, in_flight_{0}, errors_{0};
  std::atomic<bool> counting_{false}, stopping_{false};
  std::mutex mutex_;  // guards what follows
  std::vector<double> latencies_;
  std::string last_error_;
};

void pause(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

nlohmann::json measure(const Flags& flags, runner::Runner& runner, const std::string& said) {
  const long idle = status_kib("VmRSS:");
  Load load(runner, flags, said);
  for (int lane = 0; lane < flags.conc; ++lane) {
    load.begin(lane);
    if (flags.ramp > 0) pause(flags.ramp / 1000.0 / flags.conc);
  }
  pause(flags.warm);
  const double cpu = processor_seconds();
  const auto began = Steady::now();
  load.window(true);
  pause(flags.secs / 2);
  const long loaded = status_kib("VmRSS:");
  pause(flags.secs / 2);
  load.window(false);
  const double used = processor_seconds() - cpu;
  const double seconds = std::chrono::duration<double>(Steady::now() - began).count();
  load.stop();
  while (load.in_flight() > 0) pause(0.02);
  auto figures = load.figures(seconds, used);
  figures["rss_idle_mb"] = static_cast<double>(idle) / 1024;
  figures["rss_loaded_mb"] = static_cast<double>(loaded) / 1024;
  figures["kib_per_turn"] = static_cast<double>(loaded - idle) / flags.conc;
  return figures;
}

int run(int argc, char** argv) {
  Flags flags;
  CLI::App app{"Cost of a scripted turn of four model calls, all in."};
  app.add_option("--port", flags.port, "where the mock model server listens")->required();
  app.add_option("--shop", flags.shop, "shop.json")->required();
  app.add_flag("--whole", flags.whole, "without streaming");
  app.add_flag("--no-verify", flags.no_verify, "leave the verifier out, to see what it costs");
  app.add_flag("--no-journal", flags.no_journal, "keep the journal in memory, to see what it costs");
  app.add_option("--conc", flags.conc, "turns in flight");
  app.add_option("--warm", flags.warm, "seconds before the measured window");
  app.add_option("--secs", flags.secs, "the window's length");
  app.add_option("--ramp", flags.ramp, "milliseconds over which the turns begin");
  bool json = true;
  app.add_flag("--json", json, "prints JSON anyway");
  CLI11_PARSE(app, argc, argv);
  const auto lexicon = verify::Lexicon::parse(resources::find("prompts/verify/lexicon.en.yaml").value_or(""));
  if (!lexicon) throw std::runtime_error(lexicon.error().message);
  const verify::Verifier verifier(*lexicon);
  const test::PeerShop shop = test::PeerShop::load(flags.shop);
  const test::TemporaryFolder folder;
  auto sqlite = store::SqliteJournal::open(folder.path() / "journal.db", store::Durability::kPower);
  if (!sqlite) throw std::runtime_error(sqlite.error().message);
  test::MemoryJournal memory;
  net::CurlTransport transport;
  openai::OpenAiConfig config;
  config.base_url = "http://127.0.0.1:" + std::to_string(flags.port) + "/v1";
  config.settings.model = "mock";
  config.settings.stream = !flags.whole;
  openai::OpenAiModel model(config, {[&] { return shop.system; }, nullptr}, transport);
  const SystemClock clock;
  PlannerRules rules;
  rules.writes = {"add_to_cart"};
  rules.can_repair = {true};
  rules.limits.time = std::chrono::seconds(60);
  const GateMaker make_gate = [&]() -> std::unique_ptr<Gate> {
    if (flags.no_verify) return std::make_unique<OpenGate>();
    return std::make_unique<ProvingGate>(*lexicon, verifier);
  };
  runner::Options options;
  options.workers = 1;
  Journal& journal = flags.no_journal ? static_cast<Journal&>(memory) : **sqlite;
  runner::Runner runner({{&model}, *shop.tools, journal, clock, make_gate}, rules, options);
  std::cout << measure(flags, runner, shop.user).dump() << std::endl;
  return 0;
}

}  // namespace
}  // namespace floorwalker

int main(int argc, char** argv) { return floorwalker::run(argc, argv); }
