#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <random>
#include <regex>
#include <string>
#include <vector>

#include "tests/support/paths.h"

// The binary killed (SIGKILL) at random moments of whole conversations in the demo shop, then run again with the same script and state:
// every answer must be the one that an undisturbed run gives, and no cart line may be lost or doubled.
//   kill_bench [--runs 200] [--seed N] [--json]
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using nlohmann::json;

const std::vector<std::vector<std::string>> kConversations = {
    {"hi, I'm looking for a laptop for travel under $1500", "compare the first two", "add the first one", "16 GB", "512 GB", "two of them please",
     "what's in my cart?"},
    {"I need a TV for a bright room, around 55 inch", "does the first one have HDMI 2.1?", "add it", "a wall mount that fits it", "add the first one",
     "remove the tv", "what is in my cart"},
    {"a moisturizer for dry skin", "add the first one", "50 ml", "100 ml", "make it 3", "a cleanser", "add the second one", "cart please"},
    {"show me sofas under 2000", "add the cheapest", "gray", "do you deliver?", "add a travel mouse in coral", "check out", "yes"},
};

struct Child {
  pid_t pid = 0;
  Clock::time_point began;
};

Child launch(const fs::path& script, const fs::path& state, const fs::path& out) {
  const auto began = Clock::now();
  const pid_t pid = fork();
  if (pid == 0) {
    const int file = ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    ::dup2(file, STDOUT_FILENO);
    ::dup2(::open("/dev/null", O_WRONLY), STDERR_FILENO);
    ::execl(floorwalker::test::binary().c_str(), "floorwalker", "chat", "--json", "--script", script.c_str(), "--state", state.c_str(), nullptr);
    _exit(127);
  }
  return {pid, began};
}

bool finish(const Child& child) {
  int status = 0;
  ::waitpid(child.pid, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// What must be equal: everything but the times.
std::vector<std::string> lines_of(const fs::path& file) {
  std::vector<std::string> lines;
  std::ifstream in(file);
  const std::regex id("(cart|line)-[0-9a-f]+");   // the shop's own ids, other in every shop
  for (std::string line; std::getline(in, line);) {
    json turn = json::parse(std::regex_replace(line, id, "$1-#"), nullptr, false);
    if (turn.is_discarded()) break;   // the line that the kill cut
    turn.erase("cpu_micros");
    turn.erase("wall_micros");
    lines.push_back(turn.dump());
  }
  return lines;
}

struct Tally {
  int runs = 0, killed_in_flight = 0, wrong_answers = 0, wrong_carts = 0, failed = 0;
};

void write_script(const fs::path& file, const std::vector<std::string>& said) {
  std::ofstream out(file);
  for (std::size_t i = 0; i < said.size(); ++i) {
    out << json{{"session", "s"}, {"say", said[i]}, {"key", "k" + std::to_string(i)}}.dump() << "\n";
  }
}

void compare(const std::vector<std::string>& expected, const std::vector<std::string>& got, Tally& tally) {
  if (expected.size() != got.size()) {
    ++tally.failed;
    std::cerr << "expected " << expected.size() << " turns, got " << got.size() << "\n";
    return;
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const json a = json::parse(expected[i]), b = json::parse(got[i]);
    json same_cart = b;
    same_cart["cart"] = a["cart"];
    // A stored answer is told with the cart as it is now; only the last line must have the very same cart.
    const bool last = i + 1 == expected.size();
    if (same_cart != a) {
      ++tally.wrong_answers;
      std::cerr << "expected " << a.dump() << "\n     got " << b.dump() << "\n";
    }
    if (last && a["cart"] != b["cart"]) {
      ++tally.wrong_carts;
      std::cerr << "expected cart " << a["cart"].dump() << "\n     got " << b["cart"].dump() << "\n";
    }
  }
}

// One conversation: its script, what an undisturbed run answers, and how long that takes.
struct Reference {
  fs::path script;
  std::vector<std::string> lines;
  std::chrono::microseconds took{};
};

Reference undisturbed(const fs::path& folder, std::size_t number) {
  Reference reference{folder / ("script-" + std::to_string(number)), {}, {}};
  write_script(reference.script, kConversations[number]);
  const fs::path state = folder / ("reference-" + std::to_string(number)), out = folder / "out";
  const Child child = launch(reference.script, state, out);
  if (!finish(child)) throw std::runtime_error("the undisturbed conversation failed");
  reference.took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - child.began);
  reference.lines = lines_of(out);
  if (reference.lines.size() != kConversations[number].size()) throw std::runtime_error("the undisturbed conversation is incomplete");
  return reference;
}

// Waits until the run has printed that many lines.
void wait_for_lines(const fs::path& out, std::size_t lines) {
  for (int i = 0; i < 25000; ++i) {
    std::ifstream in(out);
    if (static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>(in), {}, '\n')) >= lines) return;
    ::usleep(200);
  }
}

void disturb(const Reference& reference, const fs::path& folder, std::mt19937_64& random, Tally& tally) {
  const fs::path state = folder / ("run-" + std::to_string(tally.runs)), out = folder / "out";
  // Half of the moments lie anywhere in the life of the process, half within a turn.
  const bool anywhere = tally.runs % 2 == 0;
  const std::size_t turn = random() % reference.lines.size();
  const auto longest = static_cast<std::uint64_t>(anywhere ? reference.took.count() : 12000);
  const Child child = launch(reference.script, state, out);
  if (!anywhere) wait_for_lines(out, turn);
  ::usleep(static_cast<useconds_t>(random() % longest));
  ::kill(child.pid, SIGKILL);
  if (!finish(child)) ++tally.killed_in_flight;
  if (!finish(launch(reference.script, state, out))) ++tally.failed;
  compare(reference.lines, lines_of(out), tally);
  ++tally.runs;
  fs::remove_all(state);
}

}  // namespace

int main(int argc, char** argv) {
  int runs = 200;
  std::uint64_t seed = std::random_device()();
  bool as_json = false;
  CLI::App app{"The binary killed at random moments of conversations, and run again"};
  app.add_option("--runs", runs);
  app.add_option("--seed", seed);
  app.add_flag("--json", as_json);
  CLI11_PARSE(app, argc, argv);
  const floorwalker::test::TemporaryFolder folder;
  std::vector<Reference> references;
  for (std::size_t i = 0; i < kConversations.size(); ++i) references.push_back(undisturbed(folder.path(), i));
  std::mt19937_64 random(seed);
  Tally tally;
  while (tally.runs < runs) disturb(references[static_cast<std::size_t>(tally.runs) % references.size()], folder.path(), random, tally);

  const json report = {{"runs", tally.runs},   {"killed_in_flight", tally.killed_in_flight}, {"wrong_answers", tally.wrong_answers},
                       {"wrong_carts", tally.wrong_carts}, {"failed", tally.failed},         {"seed", seed}};
  if (as_json) std::cout << report.dump() << "\n";
  else std::cout << tally.runs << " runs, " << tally.killed_in_flight << " killed before the end; wrong answers " << tally.wrong_answers
                 << ", carts with lost or doubled lines " << tally.wrong_carts << ", failed " << tally.failed << " (seed " << seed << ")\n";
  return tally.wrong_answers + tally.wrong_carts + tally.failed == 0 ? 0 : 1;
}
