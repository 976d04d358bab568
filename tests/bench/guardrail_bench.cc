#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "agent/cli/playbook_files.h"
#include "agent/core/gate.h"
#include "agent/core/guardrails/action_guard.h"
#include "agent/core/guardrails/input_guard.h"
#include "agent/core/guardrails/output_guard.h"
#include "agent/core/guardrails/personal.h"
#include "agent/core/guardrails/result_guard.h"
#include "tests/support/shared_data.h"

// How the action guard judges recorded writes of a real service desk: what the shop refused must be blocked before it sees it, what was
// done and right must pass.
//   guardrail_bench [--data DIR] [--playbook P] [--json] [--blocks] [--labels FILE] [--fold 0|1] [--repeat N]
// --repeat replays all that often; a turn's time is then the median.
// --blocks lists every wrong decision; --labels compares the confirmation rule with labels made by hand; --fold keeps every other
// conversation.
namespace {

using namespace floorwalker;
using nlohmann::json;

struct Options {
  std::filesystem::path data;
  std::string playbook = "playbooks/retail-service.yaml";
  std::string labels = "tests/bench/confirmation_labels.json";
  bool json = false;
  bool blocks = false;
  int fold = -1;
  int repeat = 1;
};

struct Write {
  std::string label;
  std::string error;
};

using Key = std::tuple<std::string, int, int>;  // conversation, message, call

std::vector<Message> messages_of(const json& conversation) {
  std::vector<Message> messages;
  for (const json& said : conversation.at("messages")) {
    Message message;
    const std::string role = said.at("role");
    message.role = role == "user" ? Role::kShopper : role == "assistant" ? Role::kAssistant : role == "tool" ? Role::kTool : Role::kSystem;
    const std::string content = said.contains("content") && said["content"].is_string() ? said["content"].get<std::string>() : "";
    if (message.role == Role::kTool) {
      message.result = {CallId(said.at("tool_call_id")), ToolOutcome::kOk, content, {}};
    } else {
      message.text = content;
    }
    if (said.contains("tool_calls") && said["tool_calls"].is_array()) {
      for (const json& call : said["tool_calls"]) {
        ToolCall made;
        made.id = CallId(call.at("id"));
        made.name = call.at("function").at("name");
        made.arguments = call.at("function").at("arguments");
        message.calls.push_back(std::move(made));
      }
    }
    messages.push_back(std::move(message));
  }
  return messages;
}

double cpu_micros() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

struct Measured {
  std::map<Key, guardrails::Ruling> rulings;
  std::vector<double> turn_micros;     // all guardrails
  std::vector<double> action_micros;   // the action guard alone
};

// Every guardrail of a live turn.
struct Guards {
  std::shared_ptr<const guardrails::ActionRules> actions;
  guardrails::InputGuard input;
  guardrails::ResultGuard results;
  guardrails::OutputRules output;
  std::vector<std::string> redact;
};

std::vector<std::string> pieces_of(const Message& message) {
  if (message.role != Role::kAssistant) return {};
  Cutter cutter;
  std::vector<std::string> pieces = cutter.feed(message.text);
  for (std::string& piece : cutter.finish()) pieces.push_back(std::move(piece));
  return pieces;
}

// What a conversation's other guards do with a message: a shopper's is tidied, redacted and judged, a result made harmless, a reply judged piece
// by piece.
class Others {
 public:
  explicit Others(const Guards& guards) : guards_(guards), redactor_(guards.redact) {}

  void take(const Message& message, const std::vector<std::string>& pieces) {
    if (message.role == Role::kShopper) {
      const std::string text = redactor_.redact(guards_.input.tidy(message.text));
      guards_.input.check(text);
      said_.push_back(guardrails::spoken(text));
    } else if (message.role == Role::kTool) {
      ToolResult result = message.result;
      result.content = redactor_.hide(std::move(result.content));
      guards_.results.check(std::move(result), ToolEffect::kRead);
    } else if (message.role == Role::kAssistant) {
      for (const std::string& piece : pieces) guards_.output.check(piece, said_, 0, &told_);
    }
    told_.add(message);
  }

 private:
  const Guards& guards_;
  guardrails::Redactor redactor_;
  guardrails::Told told_;
  std::vector<std::string> said_;
};

void replay(const std::string& id, const std::vector<Message>& messages, const Guards& guards, Measured& measured) {
  guardrails::ActionGuard guard(guards.actions);
  Others others(guards);
  double turn = 0, actions = 0;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (messages[i].role == Role::kShopper && i > 0) {
      measured.turn_micros.push_back(turn);
      measured.action_micros.push_back(actions);
      turn = actions = 0;
    }
    const double before = cpu_micros();
    for (std::size_t c = 0; c < messages[i].calls.size(); ++c) {
      measured.rulings[{id, static_cast<int>(i), static_cast<int>(c)}] = guard.decide(messages[i].calls[c]);
      guard.begin(messages[i].calls[c]);
    }
    guard.add(messages[i]);
    const double between = cpu_micros();
    const std::vector<std::string> pieces = pieces_of(messages[i]);   // the runner's work, with guards or without
    const double after = cpu_micros();
    others.take(messages[i], pieces);
    actions += between - before;
    turn += between - before + cpu_micros() - after;
  }
  measured.turn_micros.push_back(turn);
  measured.action_micros.push_back(actions);
}

void gather(const std::vector<double>& once, std::vector<std::vector<double>>& times) {
  times.resize(once.size());
  for (std::size_t turn = 0; turn < times.size(); ++turn) times[turn].push_back(once[turn]);
}

void add_medians(std::vector<std::vector<double>>& times, std::vector<double>& medians) {
  for (std::vector<double>& one : times) {
    std::sort(one.begin(), one.end());
    medians.push_back(one[one.size() / 2]);
  }
}

// Adds each turn's median time, which a busy machine disturbs less.
void replay_often(const std::string& id, const std::vector<Message>& messages, int repeat, const Guards& guards, Measured& measured) {
  std::vector<std::vector<double>> times, actions;  // by turn
  for (int i = 0; i < std::max(1, repeat); ++i) {
    Measured once;
    replay(id, messages, guards, once);
    gather(once.turn_micros, times);
    gather(once.action_micros, actions);
    measured.rulings.merge(once.rulings);
  }
  add_medians(times, measured.turn_micros);
  add_medians(actions, measured.action_micros);
}

bool in_fold(const std::string& id, int fold) {
  if (fold < 0) return true;
  unsigned hash = 2166136261u;
  for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return static_cast<int>((hash >> 7) & 1u) == fold;
}

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

// The labels tell a write by its line in writes.jsonl. A write that another rule stops needs no word of the confirmation rule: it is right where the
// shopper had not agreed, and says nothing where they had.
json label_report(const Options& options, const Measured& measured, std::vector<json>& wrong) {
  std::vector<Key> rows;
  test::each_line(options.data / "writes.jsonl", [&](std::string_view line) {
    const json write = json::parse(line);
    rows.emplace_back(write.at("id"), write.at("message"), write.at("call"));
  });
  std::ifstream file(options.labels);
  const json labels = json::parse(file).at("labels");
  int right = 0, all = 0, agreed_blocked = 0;
  for (const json& label : labels) {
    const auto ruling = measured.rulings.find(rows.at(label.at("row")));
    if (ruling == measured.rulings.end()) continue;
    ++all;
    const bool agreed = label.at("agreed");
    const bool asks = ruling->second.rule == "confirmation";
    const bool blocks = asks || ruling->second.decision != guardrails::Decision::kAllow;
    const bool is_right = agreed ? !asks : blocks;
    right += is_right ? 1 : 0;
    agreed_blocked += agreed && asks ? 1 : 0;
    if (!is_right) wrong.push_back({{"what", "label"}, {"row", label["row"]}, {"agreed", agreed}, {"unsure", label.contains("unsure")}, {"why", ruling->second.why}});
  }
  return {{"labelled", all}, {"right", right}, {"share_right", all ? static_cast<double>(right) / all : 0}, {"agreed_but_blocked", agreed_blocked}};
}

json report(const Options& options, const std::map<Key, Write>& writes, const Measured& measured, std::vector<json>& wrong) {
  std::map<std::string, int> total, blocked, by_confirmation;
  std::map<std::string, int> rules;
  for (const auto& [key, write] : writes) {
    const auto found = measured.rulings.find(key);
    if (found == measured.rulings.end()) continue;
    const guardrails::Ruling& ruling = found->second;
    const bool block = ruling.decision != guardrails::Decision::kAllow;
    const bool confirmation = ruling.rule == "confirmation";
    ++total[write.label];
    blocked[write.label] += block && !confirmation ? 1 : 0;
    by_confirmation[write.label] += confirmation ? 1 : 0;
    if (block) ++rules[write.label + " " + ruling.rule];
    if ((write.label == "E_rejected" && !block) || (write.label == "G_legit" && block)) {
      wrong.push_back({{"what", write.label}, {"id", std::get<0>(key)}, {"message", std::get<1>(key)}, {"call", std::get<2>(key)},
                       {"rule", ruling.rule}, {"why", ruling.why}, {"error", write.error}});
    }
  }
  const auto share = [&](std::map<std::string, int>& counts, const std::string& label) {
    return total[label] ? static_cast<double>(counts[label]) / total[label] : 0.0;
  };
  json out = {{"E_rejected", total["E_rejected"]},
              {"E_blocked", blocked["E_rejected"] + by_confirmation["E_rejected"]},
              {"E_blocked_share", share(blocked, "E_rejected") + share(by_confirmation, "E_rejected")},
              {"G_legit", total["G_legit"]},
              {"G_blocked_by_rules", blocked["G_legit"]},
              {"G_blocked_by_rules_share", share(blocked, "G_legit")},
              {"G_blocked_by_confirmation", by_confirmation["G_legit"]},
              {"G_blocked_by_confirmation_share", share(by_confirmation, "G_legit")},
              {"N_wrong", total["N_wrong"]},
              {"N_blocked", blocked["N_wrong"] + by_confirmation["N_wrong"]},
              {"turns", measured.turn_micros.size()},
              {"turn_p50_micros", percentile(measured.turn_micros, 0.5)},
              {"turn_p99_micros", percentile(measured.turn_micros, 0.99)},
              {"turn_actions_p50_micros", percentile(measured.action_micros, 0.5)},
              {"turn_actions_p99_micros", percentile(measured.action_micros, 0.99)},
              {"turn_max_micros", percentile(measured.turn_micros, 1)},
              {"rules", rules}};
  if (!options.labels.empty()) out["confirmation_labels"] = label_report(options, measured, wrong);
  return out;
}

Options parse(int argc, char** argv) {
  Options options;
  if (const auto data = test::shared_data()) options.data = *data / "tau-retail";
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    const auto value = [&] { return i + 1 < argc ? std::string(argv[++i]) : std::string(); };
    if (flag == "--data") options.data = value();
    else if (flag == "--playbook") options.playbook = value();
    else if (flag == "--labels") options.labels = value();
    else if (flag == "--fold") options.fold = std::atoi(value().c_str());
    else if (flag == "--repeat") options.repeat = std::atoi(value().c_str());
    else if (flag == "--json") options.json = true;
    else if (flag == "--blocks") options.blocks = true;
  }
  return options;
}

int run(const Options& options) {
  const LoadedPlaybook loaded = cli::load_playbook_file(options.playbook);
  for (const Finding& finding : loaded.findings) {
    std::cerr << finding.at.file << ":" << finding.at.line << ":" << finding.at.column << " " << finding.path << ": " << finding.message << "\n";
  }
  if (!loaded.ok()) return 1;
  const auto rules = guardrails::ActionRules::compile(loaded.playbook);
  if (!rules) {
    std::cerr << rules.error().message << "\n";
    return 1;
  }
  const Guards guards{*rules, guardrails::InputGuard(loaded.playbook.guardrails), guardrails::ResultGuard(loaded.playbook.guardrails.results),
                      guardrails::OutputRules(loaded.playbook.guardrails, {"update_cart", "search_catalogue"}), loaded.playbook.guardrails.redact};
  std::map<Key, Write> writes;
  test::each_line(options.data / "writes.jsonl", [&](std::string_view line) {
    const json write = json::parse(line);
    if (!in_fold(write.at("id"), options.fold)) return;
    writes[{write.at("id"), write.at("message"), write.at("call")}] = {write.at("label"), write.at("backend_error").is_string() ? write["backend_error"].get<std::string>() : ""};
  });
  Measured measured;
  test::each_line(options.data / "conversations.jsonl.gz", [&](std::string_view line) {
    const json conversation = json::parse(line);
    if (!in_fold(conversation.at("id"), options.fold)) return;
    replay_often(conversation.at("id"), messages_of(conversation), options.repeat, guards, measured);
  });
  std::vector<json> wrong;
  const json figures = report(options, writes, measured, wrong);
  if (options.blocks) {
    for (const json& one : wrong) std::cout << one.dump() << "\n";
  }
  std::cout << (options.json ? figures.dump() : figures.dump(2)) << "\n";
  return measured.rulings.empty() ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(parse(argc, argv));
  } catch (const std::exception& error) {
    std::cerr << "guardrail_bench: " << error.what() << "\n";
    return 1;
  }
}
