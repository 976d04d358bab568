#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "agent/cli/playbook_files.h"
#include "agent/core/guardrails/action_guard.h"
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
  std::string labels;
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
  std::vector<double> turn_micros;
};

void replay(const std::string& id, const std::vector<Message>& messages, const std::shared_ptr<const guardrails::ActionRules>& rules, Measured& measured) {
  guardrails::ActionGuard guard(rules);
  double turn = 0;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (messages[i].role == Role::kShopper && i > 0) {
      measured.turn_micros.push_back(turn);
      turn = 0;
    }
    const double before = cpu_micros();
    for (std::size_t c = 0; c < messages[i].calls.size(); ++c) {
      measured.rulings[{id, static_cast<int>(i), static_cast<int>(c)}] = guard.decide(messages[i].calls[c]);
      guard.begin(messages[i].calls[c]);
    }
    guard.add(messages[i]);
    turn += cpu_micros() - before;
  }
  measured.turn_micros.push_back(turn);
}

// Adds each turn's median time, which a busy machine disturbs less.
void replay_often(const std::string& id, const std::vector<Message>& messages, int repeat, const std::shared_ptr<const guardrails::ActionRules>& rules,
                  Measured& measured) {
  std::vector<std::vector<double>> times;  // by turn
  for (int i = 0; i < std::max(1, repeat); ++i) {
    Measured once;
    replay(id, messages, rules, once);
    times.resize(once.turn_micros.size());
    for (std::size_t turn = 0; turn < times.size(); ++turn) times[turn].push_back(once.turn_micros[turn]);
    measured.rulings.merge(once.rulings);
  }
  for (std::vector<double>& one : times) {
    std::sort(one.begin(), one.end());
    measured.turn_micros.push_back(one[one.size() / 2]);
  }
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

json label_report(const Options& options, const Measured& measured, std::vector<json>& wrong) {
  int right = 0, all = 0, agreed_blocked = 0;
  test::each_line(options.labels, [&](std::string_view line) {
    const json label = json::parse(line);
    const auto ruling = measured.rulings.find({label.at("id"), label.at("message"), label.at("call")});
    if (ruling == measured.rulings.end()) return;
    ++all;
    const bool blocked = ruling->second.rule == "confirmation";
    const bool agreed = label.at("label") == "agreed";
    right += blocked != agreed ? 1 : 0;
    if (agreed && blocked) ++agreed_blocked;
    if (blocked == agreed) wrong.push_back({{"what", "label"}, {"id", label["id"]}, {"message", label["message"]}, {"agreed", agreed}, {"why", ruling->second.why}});
  });
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
    replay_often(conversation.at("id"), messages_of(conversation), options.repeat, *rules, measured);
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
