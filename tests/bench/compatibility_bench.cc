// compatibility_bench: holds the shipped compatibility rules against real computer parts. For each of six kinds of pair it draws pairs, half
// of them at random and half made to match, and compares the engine with an oracle that reads the raw records and shares no code with it.
//
//   compatibility_bench --data DIR [--pairs N] [--seed N] [--json]
//
// Exit status 1 where a pair that must not be "yes" is, one that misses an attribute is not "unknown", or one that matches is not "yes".

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "agent/resources/resources.h"
#include "tests/support/shared_data.h"
#include "tools/compatibility/engine.h"

namespace floorwalker {
namespace {

using compatibility::Thing;
using nlohmann::json;

struct Part {
  json raw;
  Thing thing;
};

// ---- the records as things: nested keys joined by "_", numbers bare, as an importer without units would leave them

void flatten(const std::string& name, const json& value, std::vector<Attribute>& into) {
  if (value.is_object()) {
    for (const auto& [key, one] : value.items()) flatten(name.empty() ? key : name + "_" + key, one, into);
  } else if (value.is_array()) {
    for (const json& one : value) flatten(name, one, into);
  } else if (value.is_string() && !value.get<std::string>().empty()) {
    into.push_back({name, value.get<std::string>()});
  } else if (value.is_boolean()) {
    into.push_back({name, value.get<bool>()});
  } else if (value.is_number()) {
    into.push_back({name, Measure{value.get<double>(), Unit{}}});
  }
}

std::vector<Part> load(const std::filesystem::path& folder, const std::string& kind) {
  std::vector<Part> parts;
  test::each_line(folder / (kind + ".jsonl.gz"), [&](std::string_view line) {
    Part part{json::parse(line), {}};
    part.thing.id = ProductId(part.raw.at("opendb_id").get<std::string>());
    part.thing.title = part.raw.at("metadata").at("name").get<std::string>();
    part.thing.kind = kind;
    json record = part.raw;
    record.erase("metadata");
    record.erase("general_product_information");
    flatten("", record, part.thing.attributes);
    parts.push_back(std::move(part));
  });
  return parts;
}

// ---- the oracle, on raw records alone

enum class Truth { kMatches, kDiffers, kMissing, kOpen };  // open: the records do not settle it, and any answer but "no" or "yes" is free

std::string word(const json& raw, const char* a, const char* b = nullptr) {
  const json* value = raw.contains(a) ? &raw.at(a) : nullptr;
  if (value && b) value = value->is_object() && value->contains(b) ? &value->at(b) : nullptr;
  return value && value->is_string() ? value->get<std::string>() : "";
}

double number(const json& raw, const char* a, const char* b = nullptr) {
  const json* value = raw.contains(a) ? &raw.at(a) : nullptr;
  if (value && b) value = value->is_object() && value->contains(b) ? &value->at(b) : nullptr;
  return value && value->is_number() ? value->get<double>() : 0;
}

std::vector<std::string> words(const json& raw, const char* key) {
  return raw.contains(key) && raw.at(key).is_array() ? raw.at(key).get<std::vector<std::string>>() : std::vector<std::string>();
}

bool holds(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

// 1: sixth and seventh generation, 2: eighth and ninth, 0: not told.
int generation_of_processor(const json& cpu) {
  const std::string core = word(cpu, "microarchitecture");
  return holds(core, "Coffee Lake") ? 2 : holds(core, "Skylake") || holds(core, "Kaby Lake") ? 1 : 0;
}

int generation_of_board(const json& board) {
  static const std::set<std::string> kFirst = {"Z170", "Z270", "H110", "H170", "H270", "B150", "B250", "Q150", "Q170", "Q250", "Q270", "C232", "C236"};
  static const std::set<std::string> kSecond = {"Z370", "Z390", "H310", "H370", "B360", "B365", "Q370", "C242", "C246"};
  const std::string chipset = word(board, "chipset");
  const std::string name = chipset.substr(chipset.rfind(' ') + 1);
  return kFirst.count(name) ? 1 : kSecond.count(name) ? 2 : 0;
}

Truth processor_board(const json& cpu, const json& board) {
  std::string mine = word(cpu, "socket"), theirs = word(board, "socket");
  if (mine.empty() || theirs.empty()) return Truth::kMissing;
  if (mine == "TR4") mine = "sTR4";
  if (theirs == "TR4") theirs = "sTR4";
  if (theirs == "LGA 1151v2") return mine != "LGA 1151" ? Truth::kDiffers : generation_of_processor(cpu) == 2 ? Truth::kOpen : Truth::kDiffers;
  const bool older = (mine == "AM3" && theirs == "AM3+") || (mine == "FM2" && theirs == "FM2+");
  if (mine != theirs && !older) return Truth::kDiffers;
  if (mine == "LGA 1151") {
    const int cpu_generation = generation_of_processor(cpu), board_generation = generation_of_board(board);
    if (!cpu_generation || !board_generation) return Truth::kMissing;
    return cpu_generation == board_generation ? Truth::kMatches : Truth::kDiffers;
  }
  const std::string core = word(cpu, "microarchitecture");
  const bool newer = holds(core, "Haswell") || holds(core, "Broadwell");
  if (mine == "LGA 2011" && newer) return Truth::kOpen;  // a Haswell processor filed under LGA 2011: the record contradicts itself
  if (mine == "LGA 2011-3" && (holds(core, "Sandy") || holds(core, "Ivy"))) return Truth::kOpen;
  return Truth::kMatches;
}

Truth memory_board(const json& memory, const json& board) {
  const std::string type = word(memory, "ram_type"), form = word(memory, "form_factor"), wanted = word(board, "memory", "ram_type");
  if (type.empty() || form.empty() || wanted.empty()) return type.empty() || wanted.empty() || type == wanted ? Truth::kMissing : Truth::kDiffers;
  if (type != wanted || holds(form, "SO-DIMM")) return Truth::kDiffers;
  return word(memory, "registered") == "Registered" ? Truth::kOpen : Truth::kMatches;
}

Truth cooler_processor(const json& cooler, const json& cpu) {
  const std::string socket = word(cpu, "socket");
  const auto sockets = words(cooler, "cpu_sockets");
  if (socket.empty() || sockets.empty()) return Truth::kMissing;
  for (const std::string& one : sockets) {
    if (one == socket || (one == "LGA 1151v2" && socket == "LGA 1151")) return Truth::kMatches;
    if ((one == "TR4" && socket == "sTR4") || (one == "sTR4" && socket == "TR4")) return Truth::kMatches;
  }
  return Truth::kDiffers;
}

Truth card_case(const json& card, const json& box) {
  const double length = number(card, "length"), most = number(box, "max_video_card_length");
  if (length <= 0 || most <= 0) return Truth::kMissing;
  return length > most ? Truth::kDiffers : Truth::kMatches;
}

Truth board_case(const json& board, const json& box) {
  static const std::vector<std::string> kSizes = {"Mini-ITX", "Micro ATX", "ATX", "EATX"};  // each fits where a larger one does
  const std::string size = word(board, "form_factor");
  const auto takes = words(box, "supported_motherboard_form_factors");
  if (size.empty() || takes.empty()) return Truth::kMissing;
  if (std::find(takes.begin(), takes.end(), size) != takes.end()) return Truth::kMatches;
  const auto place = std::find(kSizes.begin(), kSizes.end(), size);
  if (place == kSizes.end()) return size == "Thin Mini-ITX" || size == "Flex ATX" || size == "Mini DTX" || size == "SSI CEB" ? Truth::kOpen : Truth::kDiffers;
  const auto larger = [&](const std::string& one) { return std::find(takes.begin(), takes.end(), one) != takes.end(); };
  return std::any_of(place, kSizes.end(), larger) ? Truth::kMatches : Truth::kDiffers;
}

Truth power(const json& cpu, const json& card, const json& supply) {
  const double processor = number(cpu, "specifications", "tdp"), graphics = number(card, "tdp"), watts = number(supply, "wattage");
  if (processor <= 0 || graphics <= 0 || watts <= 0) return Truth::kMissing;
  if (processor + graphics > watts) return Truth::kDiffers;
  return (processor + graphics + 75) * 1.1 <= watts ? Truth::kMatches : Truth::kOpen;
}

// ---- drawing and judging

struct Tally {
  std::string name;
  std::size_t pairs = 0, matches = 0, differs = 0, missing = 0, open = 0;
  std::size_t false_yes = 0, not_unknown = 0, not_yes = 0, false_no = 0;
  std::vector<std::string> examples{};
  double micros = 0;

  bool failed() const { return false_yes + not_unknown + not_yes > 0; }
};

void judge(Tally& tally, Truth truth, Fit fit, const std::string& what) {
  ++tally.pairs;
  bool wrong = false;
  switch (truth) {
    case Truth::kMatches: ++tally.matches, tally.not_yes += fit != Fit::kYes, tally.false_no += fit == Fit::kNo, wrong = fit != Fit::kYes; break;
    case Truth::kDiffers: ++tally.differs, tally.false_yes += fit == Fit::kYes, wrong = fit == Fit::kYes; break;
    case Truth::kMissing: ++tally.missing, tally.not_unknown += fit != Fit::kUnknown, wrong = fit != Fit::kUnknown; break;
    case Truth::kOpen: ++tally.open; break;
  }
  if (wrong && tally.examples.size() < 5) tally.examples.push_back(what + " -> " + std::string(to_string(fit)));
}

class Bench {
 public:
  Bench(compatibility::Engine engine, std::size_t pairs, std::uint64_t seed) : engine_(std::move(engine)), pairs_(pairs), random_(seed) {}

  // Pairs of two lists: every other one is searched for until it matches, a few draws long.
  Tally pairs(const std::string& name, const std::vector<Part>& left, const std::vector<Part>& right, Truth (*truth)(const json&, const json&)) {
    Tally tally{name};
    for (std::size_t i = 0; i < pairs_; ++i) {
      const Part *a = &any(left), *b = &any(right);
      for (int tries = 0; i % 2 && tries < 40 && truth(a->raw, b->raw) != Truth::kMatches; ++tries) b = &any(right);
      const auto start = std::chrono::steady_clock::now();
      const Compatibility answer = i % 4 < 2 ? engine_.check(a->thing, b->thing) : engine_.check(b->thing, a->thing);
      tally.micros += std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
      judge(tally, truth(a->raw, b->raw), answer.fit, a->thing.title + " | " + b->thing.title);
    }
    return tally;
  }

  Tally loads(const std::vector<Part>& cpus, const std::vector<Part>& cards, const std::vector<Part>& supplies) {
    Tally tally{"psu-load"};
    for (std::size_t i = 0; i < pairs_; ++i) {
      const Part *cpu = &any(cpus), *card = &any(cards), *supply = &any(supplies);
      const auto start = std::chrono::steady_clock::now();
      const auto checks = engine_.check_together({cpu->thing, card->thing, supply->thing});
      tally.micros += std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
      judge(tally, power(cpu->raw, card->raw, supply->raw), compatibility::all_of(checks), cpu->thing.title + " + " + card->thing.title + " | " + supply->thing.title);
    }
    return tally;
  }

 private:
  const Part& any(const std::vector<Part>& parts) { return parts[std::uniform_int_distribution<std::size_t>(0, parts.size() - 1)(random_)]; }

  compatibility::Engine engine_;
  std::size_t pairs_;
  std::mt19937_64 random_;
};

void print(const Tally& tally, bool as_json) {
  const double each = tally.pairs ? tally.micros / static_cast<double>(tally.pairs) : 0;
  if (as_json) {
    const json line = {{"pair", tally.name},         {"pairs", tally.pairs},         {"match", tally.matches},       {"differ", tally.differs},
                       {"missing", tally.missing},   {"open", tally.open},           {"false_yes", tally.false_yes}, {"missing_not_unknown", tally.not_unknown},
                       {"match_not_yes", tally.not_yes}, {"false_no", tally.false_no}, {"micros_each", each},         {"examples", tally.examples}};
    std::printf("%s\n", line.dump().c_str());
    return;
  }
  std::printf("%-18s %6zu pairs: %6zu match (%zu not yes, %zu no), %6zu differ (%zu yes), %5zu missing (%zu not unknown), %5zu open; %.1f us each\n", tally.name.c_str(),
              tally.pairs, tally.matches, tally.not_yes, tally.false_no, tally.differs, tally.false_yes, tally.missing, tally.not_unknown, tally.open, each);
  for (const std::string& example : tally.examples) std::printf("    %s\n", example.c_str());
}

compatibility::Engine shipped_rules() {
  std::vector<compatibility::Source> sources;
  for (const auto& rules : resources::under("tools/compatibility/")) sources.push_back({std::string(rules.path), rules.bytes});
  auto engine = compatibility::Engine::load(sources);
  if (!engine) throw std::runtime_error(engine.error().message);
  return std::move(*engine);
}

int run(const std::filesystem::path& data, std::size_t pairs, std::uint64_t seed, bool as_json) {
  const auto cpus = load(data, "CPU"), boards = load(data, "Motherboard"), memories = load(data, "RAM"), coolers = load(data, "CPUCooler");
  const auto cards = load(data, "GPU"), cases = load(data, "PCCase"), supplies = load(data, "PSU");
  Bench bench(shipped_rules(), pairs, seed);
  bool failed = false;
  const auto tell = [&](const Tally& tally) {
    print(tally, as_json);
    failed = failed || tally.failed();
  };
  tell(bench.pairs("processor-board", cpus, boards, processor_board));
  tell(bench.pairs("memory-board", memories, boards, memory_board));
  tell(bench.pairs("cooler-processor", coolers, cpus, cooler_processor));
  tell(bench.pairs("gpu-case", cards, cases, card_case));
  tell(bench.pairs("board-case", boards, cases, board_case));
  tell(bench.loads(cpus, cards, supplies));
  return failed ? 1 : 0;
}

}  // namespace
}  // namespace floorwalker

int main(int argc, char** argv) {
  CLI::App app{"Holds the compatibility rules against real computer parts."};
  std::string data;
  std::size_t pairs = 10000;
  std::uint64_t seed = 1;
  bool as_json = false;
  app.add_option("--data", data, "folder with CPU.jsonl.gz and the others")->required()->check(CLI::ExistingDirectory);
  app.add_option("--pairs", pairs, "pairs of each kind");
  app.add_option("--seed", seed, "of the draw");
  app.add_flag("--json", as_json, "one object a line");
  CLI11_PARSE(app, argc, argv);
  try {
    return floorwalker::run(data, pairs, seed, as_json);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "compatibility_bench: %s\n", error.what());
    return 1;
  }
}
